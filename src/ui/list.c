/* SPDX-License-Identifier: MIT */
/* list: see list.h. */
#include "ui/list.h"

static size_t
last_top(const struct list *l)
{
	size_t lines = l->lines > 0 ? (size_t)l->lines : 1;

	return l->count > lines ? l->count - lines : 0;
}

/* Keeps the cursor on a row, and that row on the screen. */
static void
list_clamp(struct list *l)
{
	size_t lines = l->lines > 0 ? (size_t)l->lines : 1;

	if (l->cursor >= l->count)
		l->cursor = l->count > 0 ? l->count - 1 : 0;
	if (l->scrolls) {
		if (l->top > last_top(l))
			l->top = last_top(l);
		l->cursor = l->top;
		return;
	}
	if (l->cursor < l->top)
		l->top = l->cursor;
	if (l->cursor >= l->top + lines)
		l->top = l->cursor - lines + 1;
	if (l->top > last_top(l))
		l->top = last_top(l);
}

void
list_sync(struct list *l, size_t count, ptrdiff_t found)
{
	l->count = count;
	if (found >= 0 && l->touched && (size_t)found != l->cursor) {
		/* The row stays on the same line of the screen where possible. */
		size_t offset = l->cursor - l->top;

		l->cursor = (size_t)found;
		l->top = l->cursor > offset ? l->cursor - offset : 0;
	}
	list_clamp(l);
}

void
list_resize(struct list *l, int lines)
{
	l->lines = lines > 0 ? lines : 1;
	list_clamp(l);
}

void
list_go(struct list *l, size_t row)
{
	if (l->scrolls)
		l->top = row;
	else
		l->cursor = row;
	l->touched = true;
	list_clamp(l);
}

void
list_move(struct list *l, ptrdiff_t by)
{
	size_t from = l->scrolls ? l->top : l->cursor;
	size_t back = by < 0 ? (size_t)-by : 0;

	list_go(l, by >= 0 ? from + (size_t)by : from > back ? from - back : 0);
}

void
list_scroll(struct list *l, ptrdiff_t by)
{
	size_t back = by < 0 ? (size_t)-by : 0;
	size_t lines = l->lines > 0 ? (size_t)l->lines : 1;

	l->top = by >= 0 ? l->top + (size_t)by : l->top > back ? l->top - back : 0;
	if (l->top > last_top(l))
		l->top = last_top(l);
	if (l->cursor < l->top)
		l->cursor = l->top;
	if (l->cursor >= l->top + lines)
		l->cursor = l->top + lines - 1;
	l->touched = true;
	list_clamp(l);
}
