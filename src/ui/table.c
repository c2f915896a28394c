/* SPDX-License-Identifier: MIT */
/* table: see table.h. */
#include <string.h>

#include "base/i18n.h"
#include "ui/table.h"

#define CUT_WIDTH 8 /* a column is not cut to less, but left out */
#define TEXT_MAX  1024

static const struct table_column *
slot_column(const struct table *t, const struct table_slot *s)
{
	return &t->columns[s->column];
}

static const char *
title_text(const struct table_column *c)
{
	return c->title[0] != '\0' ? _(c->title) : "";
}

/* ---- layout ---- */

static bool
has_arrow(const struct table *t, size_t slot)
{
	return slot > 0 && (slot_column(t, &t->slots[slot])->flags & TABLE_TO) &&
	       (slot_column(t, &t->slots[slot - 1])->flags & TABLE_FROM);
}

/* Blanks before a column; the arrow is one of them. */
static int
gap_before(const struct table *t, size_t slot)
{
	return slot == 0 ? 0 : has_arrow(t, slot) ? 3 : 1;
}

static void
choose_columns(struct table *t)
{
	t->n_slots = 0;
	for (size_t i = 0; i < t->n_columns && i < TABLE_COLUMNS_MAX; i++) {
		const struct table_column *c = &t->columns[i];
		int title = (int)text_width(title_text(c));

		if (!(c->flags & TABLE_HIDDEN) && c->from <= t->width)
			t->slots[t->n_slots++] =
				(struct table_slot){i, 0, c->min > title ? c->min : title};
	}
}

/* Cells that are left; negative: that are missing. */
static int
spare_width(const struct table *t)
{
	int spare = t->width - t->indent;

	for (size_t i = 0; i < t->n_slots; i++)
		spare -= gap_before(t, i) + t->slots[i].width;
	return spare;
}

/* The slot that gives way first. */
static size_t
weakest_slot(const struct table *t)
{
	size_t weakest = 0;

	for (size_t i = 1; i < t->n_slots; i++)
		if (slot_column(t, &t->slots[i])->shrink >=
		    slot_column(t, &t->slots[weakest])->shrink)
			weakest = i;
	return weakest;
}

static void
remove_slot(struct table *t, size_t i)
{
	t->n_slots--;
	memmove(&t->slots[i], &t->slots[i + 1], (t->n_slots - i) * sizeof(t->slots[0]));
}

static void
fit_columns(struct table *t)
{
	for (int spare; t->n_slots > 1 && (spare = spare_width(t)) < 0;) {
		size_t i = weakest_slot(t);

		if (t->slots[i].width + spare >= CUT_WIDTH)
			t->slots[i].width += spare;
		else
			remove_slot(t, i);
	}
}

static void
measure_column(struct table *t, size_t column, size_t first, size_t n)
{
	const struct table_column *c = &t->columns[column];
	struct table_cell cell = {.column = c, .data = t->data, .width = c->ideal};
	int *needed = &t->needed[column];
	char text[TEXT_MAX];

	for (size_t i = 0; i < n && *needed < c->ideal; i++) {
		cell.row = first + i;
		text[0] = '\0';
		c->format(&cell, text, sizeof(text));
		int width = (int)text_width(text);
		if (width > *needed)
			*needed = width < c->ideal ? width : c->ideal;
	}
}

/* Hands out the spare width, one cell at a time to every column that can use it. */
static void
grow_columns(struct table *t)
{
	int spare = spare_width(t);

	for (bool grew = true; spare > 0 && grew;) {
		grew = false;
		for (size_t i = 0; i < t->n_slots && spare > 0; i++) {
			struct table_slot *s = &t->slots[i];

			if (s->width < t->needed[s->column]) {
				s->width++;
				spare--;
				grew = true;
			}
		}
	}
	for (size_t i = 0; i < t->n_slots && spare > 0; i++)
		if (slot_column(t, &t->slots[i])->flags & TABLE_REST) {
			t->slots[i].width += spare;
			return;
		}
}

void
table_lay_out(struct table *t, int width, size_t first, size_t n)
{
	int x = t->indent;

	if (width != t->width)
		memset(t->needed, 0, sizeof(t->needed));
	t->width = width;
	choose_columns(t);
	for (size_t i = 0; i < t->n_slots; i++)
		measure_column(t, t->slots[i].column, first, n);
	fit_columns(t);
	grow_columns(t);
	for (size_t i = 0; i < t->n_slots; i++) {
		x += gap_before(t, i);
		t->slots[i].x = x;
		x += t->slots[i].width;
	}
}

/* ---- drawing ---- */

/* The text of a cell, or the title (TABLE_NONE), cut to the slot's width; returns where it begins,
 * in cells from the left edge of the area. */
static int
slot_text(const struct table *t, const struct table_slot *s, size_t row, char *out, size_t size)
{
	const struct table_column *c = slot_column(t, s);
	struct table_cell cell = {c, t->data, row, s->width};
	char text[TEXT_MAX] = "";

	if (row != TABLE_NONE)
		c->format(&cell, text, sizeof(text));
	int width = (int)text_cut(out, size, row != TABLE_NONE ? text : title_text(c),
				  s->width > 0 ? (size_t)s->width : 0);
	return s->x + (c->flags & TABLE_RIGHT ? s->width - width : 0);
}

static void
draw_sort_mark(const struct table *t, struct area line, const struct table_slot *s, int x,
	       int width, bool descending)
{
	int mark = slot_column(t, s)->flags & TABLE_RIGHT ? x - 1 : x + width;

	if (mark >= 0 && mark < line.columns)
		term_put(line.y, line.x + mark, 1, ROLE_SORTED,
			 glyph(descending ? GLYPH_DOWN : GLYPH_UP));
}

void
table_draw_titles(const struct table *t, struct area line, size_t sorted, bool descending)
{
	char text[TEXT_MAX];

	for (size_t i = 0; i < t->n_slots; i++) {
		const struct table_slot *s = &t->slots[i];
		bool mark = s->column == sorted;
		int x = slot_text(t, s, TABLE_NONE, text, sizeof(text));
		int width = term_put(line.y, line.x + x, line.columns - x,
				     mark ? ROLE_SORTED : ROLE_HEADER, text);

		if (mark)
			draw_sort_mark(t, line, s, x, width, descending);
	}
}

void
table_draw_row(const struct table *t, struct area line, size_t row, enum role plain, enum role loud)
{
	char text[TEXT_MAX];

	for (size_t i = 0; i < t->n_slots; i++) {
		const struct table_slot *s = &t->slots[i];
		int x = slot_text(t, s, row, text, sizeof(text));

		if (has_arrow(t, i))
			term_put(line.y, line.x + s->x - 2, 1, plain, glyph(GLYPH_RIGHT));
		term_put(line.y, line.x + x, line.columns - x,
			 slot_column(t, s)->flags & TABLE_LOUD ? loud : plain, text);
	}
}

char *
table_row_text(const struct table *t, size_t row, char *out, size_t size)
{
	struct text all = text_on(out, size);
	char text[TEXT_MAX];

	for (size_t i = 0; i < t->n_slots; i++) {
		int x = slot_text(t, &t->slots[i], row, text, sizeof(text));
		int used = (int)text_width(out);

		if (text[0] != '\0')
			text_add(&all, "%*s%s", x > used ? x - used : 0, "", text);
	}
	return out;
}

const struct table_slot *
table_slot_at(const struct table *t, int x)
{
	for (size_t i = 0; i < t->n_slots; i++)
		if (x >= t->slots[i].x && x < t->slots[i].x + t->slots[i].width)
			return &t->slots[i];
	return NULL;
}
