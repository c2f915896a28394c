/* SPDX-License-Identifier: MIT */
/* list: position in a list whose rows come, go and move. Knows numbers of rows only. */
#ifndef TCPLENS_UI_LIST_H
#define TCPLENS_UI_LIST_H

#include "base/base.h"

struct list {
	size_t count; /* of rows */
	size_t top;   /* the first shown row */
	size_t cursor;
	int lines;    /* rows that fit the screen, ≥ 1 */
	bool touched; /* the user has moved: the cursor follows its row when rows move */
	bool scrolls; /* text without a cursor: keys move what is shown */
};

/* The rows changed: there are `count` now, and the selected one is row `found` (-1: gone). */
void list_sync(struct list *l, size_t count, ptrdiff_t found);
/* So many rows fit now. */
void list_resize(struct list *l, int lines);
/* Moves the cursor, or the text, by so many rows. */
void list_move(struct list *l, ptrdiff_t by);
/* Moves the cursor, or the text, to that row. */
void list_go(struct list *l, size_t row);
/* Moves what is shown, as a mouse wheel does; the cursor moves only to stay on the screen. */
void list_scroll(struct list *l, ptrdiff_t by);

#endif
