/* SPDX-License-Identifier: MIT */
/* tab_bar: a line of labels, and the views behind them, of which one is shown in the parent's
 * list area. A view is opened when it is first shown and then keeps its state. */
#ifndef TCPLENS_UI_TAB_BAR_H
#define TCPLENS_UI_TAB_BAR_H

#include "ui/app.h"

#define TABS_MAX 9 /* the keys 1 to 9 */

struct tab_bar {
	const struct view_ops *const *ops; /* borrowed */
	int count, shown;
	struct view *views[TABS_MAX]; /* NULL: not yet opened */
};

/* Makes that view the parent's child. On failure the message says why and nothing changes. */
void tab_bar_show(struct tab_bar *b, struct view *parent, int tab);
/* Draws the labels on one line; returns the columns used. */
int tab_bar_draw(const struct tab_bar *b, struct area line);
/* Shows the view whose label is at column x of the line. */
void tab_bar_click(struct tab_bar *b, struct view *parent, struct area line, int x);
void tab_bar_close(struct tab_bar *b);

#endif
