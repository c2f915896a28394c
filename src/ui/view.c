/* SPDX-License-Identifier: MIT */
/*
 * view: what happens to every view: it is opened, brought up to date, laid out, drawn, clicked and
 * closed. A view may show another one, its child, in place of its own list.
 */
#include <stdlib.h>

#include "ui/view.h"

const struct view_ops *const all_views[] = {
#define VIEW_POINTER(name) &view_##name,
#define TAB_POINTER(name, key, help) &tab_##name,
	VIEWS(VIEW_POINTER) CONNECTION_TABS(TAB_POINTER) NULL,
#undef VIEW_POINTER
#undef TAB_POINTER
};

struct view *
view_open(struct ui *ui, struct view *parent, const struct view_ops *ops, const void *arg,
	  struct err *err)
{
	struct view *v = xcalloc(1, sizeof(*v));

	v->ops = ops;
	v->ui = ui;
	v->parent = parent;
	v->list.lines = 1;
	v->state = xcalloc(1, ops->state_size > 0 ? ops->state_size : 1);
	if (ops->open && !ops->open(v, arg, err)) {
		free(v->state);
		free(v);
		return NULL;
	}
	return v;
}

void
view_close(struct view *v)
{
	if (v->ops->close)
		v->ops->close(v);
	free(v->state);
	free(v);
}

struct view *
view_focus(struct view *v)
{
	while (v->child)
		v = v->child;
	return v;
}

/* Time must be watched for the child's sake too. */
static void
inherit_clock(struct view *v)
{
	v->counting_down |= v->child->counting_down;
	v->ticking |= v->child->ticking;
}

bool
view_update(struct view *v)
{
	v->wait = NSEC_NEVER;
	bool changed = v->ops->update && v->ops->update(v);
	if (v->child) {
		changed |= view_update(v->child);
		v->wait = nsec_min(v->wait, v->child->wait);
		inherit_clock(v);
	}
	return changed;
}

void
view_moved(struct view *v)
{
	for (; v; v = v->child)
		if (v->ops->moved)
			v->ops->moved(v);
}

/* ---- layout and drawing ---- */

struct layout
layout_split(struct area a, int top, int bottom)
{
	int lines = a.lines > 0 ? a.lines : 0;

	top = top < lines ? top : lines;
	bottom = bottom < lines - top ? bottom : lines - top;
	return (struct layout){
		.top = {a.y, a.x, top, a.columns},
		.list = {a.y + top, a.x, lines - top - bottom, a.columns},
		.bottom = {a.y + lines - bottom, a.x, bottom, a.columns},
	};
}

static void
draw_empty(struct view *v, struct area a)
{
	char text[512] = "";

	if (v->ops->empty_text)
		v->ops->empty_text(v, text, sizeof(text));
	term_put(a.y + (a.lines > 2), a.x + 2, a.columns - 2, ROLE_NORMAL, text);
}

static void
draw_rows(struct view *v, struct area a)
{
	size_t first = v->list.top, n = v->list.count - first;

	if (n > (size_t)a.lines)
		n = (size_t)a.lines;
	if (v->ops->fetch)
		v->ops->fetch(v, first, n);
	if (v->list.scrolls)
		term_point(a.y, a.x);
	for (size_t i = 0; i < n; i++) {
		struct area row = {a.y + (int)i, a.x, 1, a.columns};
		bool selected = !v->list.scrolls && first + i == v->list.cursor;

		if (selected) {
			term_fill(row.y, row.x, row.columns, ROLE_SELECTED);
			term_point(row.y, row.x);
		}
		v->ops->draw_row(v, first + i, row, selected);
	}
}

static void
draw_middle(struct view *v, struct area a)
{
	if (v->child) {
		view_draw(v->child, a);
		inherit_clock(v);
		return;
	}
	list_resize(&v->list, a.lines);
	if (v->ops->draw)
		v->ops->draw(v, a);
	else if (v->list.count == 0)
		draw_empty(v, a);
	else
		draw_rows(v, a);
}

void
view_draw(struct view *v, struct area a)
{
	v->layout = v->ops->lay_out ? v->ops->lay_out(v, a)
				    : layout_split(a, v->ops->top_lines, 0);
	v->counting_down = v->ticking = false;
	if (v->layout.list.lines > 0)
		draw_middle(v, v->layout.list);
	if (v->layout.top.lines > 0)
		v->ops->draw_top(v, v->layout.top);
	if (v->layout.bottom.lines > 0)
		v->ops->draw_bottom(v, v->layout.bottom);
}

/* ---- mouse ---- */

static bool
area_has(const struct area *a, int y, int x)
{
	return y >= a->y && y < a->y + a->lines && x >= a->x && x < a->x + a->columns;
}

bool
view_click(struct view *v, int y, int x)
{
	const struct area *a = &v->layout.list;
	bool in_list = area_has(a, y, x);

	if (in_list && v->child)
		return view_click(v->child, y, x);
	if (!in_list || v->ops->draw) {
		if (v->ops->click)
			v->ops->click(v, y, x);
		return false;
	}
	size_t row = v->list.top + (size_t)(y - a->y);
	if (row >= v->list.count || v->list.scrolls)
		return false;
	list_go(&v->list, row);
	return true;
}
