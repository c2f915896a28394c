/* SPDX-License-Identifier: MIT */
/*
 * tab_ledger: the Time tab: where the time of the connection went, class by class, the largest
 * first, with what each class means. Also the one-line bar of it for the header.
 */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "ui/tabs/connection.h"

#define BAR_CELLS   20
#define HEADER_BAR  5 /* cells of each class in the header */
#define HEADER_MOST 3 /* classes there */

struct share {
	enum time_class cls;
	nsec spent;
};

static int
larger_first(const void *a, const void *b)
{
	const struct share *x = a, *y = b;

	if (x->spent != y->spent)
		return x->spent < y->spent ? 1 : -1;
	return x->cls < y->cls ? -1 : x->cls > y->cls;
}

/* The classes that took any time; returns how many. */
static size_t
shares_of(const struct time_facts *t, struct share out[TIME_CLASS_COUNT])
{
	size_t n = 0;

	for (int i = 0; i < TIME_CLASS_COUNT; i++)
		if (t->spent[i] > 0)
			out[n++] = (struct share){(enum time_class)i, t->spent[i]};
	qsort(out, n, sizeof(out[0]), larger_first);
	return n;
}

/* Rounded, of 100. */
static int
percent_of(nsec part, nsec whole)
{
	return whole > 0 ? (int)((double)part * 100.0 / (double)whole + 0.5) : 0;
}

static void
bar_add(struct text *t, int percent, int cells)
{
	int full = (percent * cells + 50) / 100;

	for (int i = 0; i < cells; i++)
		text_add(t, "%s", i < full ? glyph(GLYPH_FULL) : " ");
}

void
time_line(const struct time_facts *facts, int width, struct lines *out)
{
	struct share shares[TIME_CLASS_COUNT];
	size_t n = shares_of(facts, shares);
	char line[LINE_MAX_BYTES], piece[128], life[16];
	struct text t = text_on(line, sizeof(line));

	text_add(&t, _("of %s:"), text_duration(life, sizeof(life), facts->life));
	for (size_t i = 0; i < n && i < HEADER_MOST; i++) {
		const int percent = percent_of(shares[i].spent, facts->life);
		struct text p = text_on(piece, sizeof(piece));

		text_add(&p, "  %s %d%% ", time_class_label(shares[i].cls), percent);
		for (int k = 0; k < (percent * HEADER_BAR + 50) / 100; k++)
			text_add(&p, "%s", glyph(GLYPH_FULL));
		if ((int)(text_width(line) + text_width(piece)) < width)
			text_add(&t, "%s", piece);
	}
	lines_add(out, ROLE_NORMAL, "%s", line);
}

/* ---- the tab ---- */

static void
class_add(struct lines *l, const struct share *s, nsec life)
{
	const char *label = time_class_label(s->cls);
	const int percent = percent_of(s->spent, life);
	const int pad = 26 - (int)text_width(label);
	char line[LINE_MAX_BYTES], spent[16];
	struct text t = text_on(line, sizeof(line));

	text_add(&t, "%s%*s", label, pad > 0 ? pad : 0, "");
	text_add(&t, "%8s %3d%% ", text_duration(spent, sizeof(spent), s->spent), percent);
	bar_add(&t, percent, BAR_CELLS);
	lines_add(l, ROLE_NORMAL, "%s", line);
	lines_add(l, ROLE_DIM, "  %s", _(time_class_help(s->cls)));
}

static void
time_build(struct lines *l, const struct time_facts *facts)
{
	struct share shares[TIME_CLASS_COUNT];
	size_t n = shares_of(facts, shares);
	char life[16];

	lines_clear(l);
	lines_add(l, ROLE_TITLE,
		  _("Where the time went: %s from the first to the latest packet"),
		  text_duration(life, sizeof(life), facts->life));
	for (size_t i = 0; i < n; i++)
		class_add(l, &shares[i], facts->life);
}

static void
time_close(struct view *v)
{
	lines_free(v->state);
}

static bool
time_update(struct view *v)
{
	const struct connection *c = tab_connection(v);
	struct lines *l = v->state;

	if (!c->gone || l->n == 0)
		time_build(l, &c->d.time);
	list_sync(&v->list, l->n, -1);
	return false;
}

static void
time_draw_row(struct view *v, size_t row, struct area a, bool selected)
{
	const struct lines *l = v->state;
	enum role role = tab_connection(v)->gone ? ROLE_DIM : l->items[row].role;

	if (selected)
		role = ROLE_SELECTED;
	term_put(a.y, 1, a.columns - 1, role, l->items[row].text);
}

const struct view_ops tab_ledger = {
	.name = "ledger",
	.title = N_("Time"),
	.help = N_("Where the time of the connection went: every gap between its segments is "
		   "charged to what ended it."),
	.state_size = sizeof(struct lines),
	.close = time_close,
	.update = time_update,
	.draw_row = time_draw_row,
};
