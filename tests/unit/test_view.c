/* SPDX-License-Identifier: MIT */
/*
 * Unit test of what a view is promised: a view and two tabs of the test's own are opened, laid out,
 * drawn, given keys and clicks, and closed as those of the program. No terminal is needed: what is
 * drawn goes nowhere.
 */
#include "config.h"

#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "ui/app.h"
#include "ui/tab_bar.h"

#define ROWS 20

/* ---- two tabs: one of rows, one drawn in one piece ---- */

static struct {
	int opened, closed, updated, fetched, drawn, moved, clicked, acted;
	struct area area;
	size_t first, last; /* rows drawn by the latest drawing */
} rows, piece;

static bool
rows_open(struct view *v, const void *arg, struct err *err)
{
	(void)arg;
	(void)err;
	assert_int_equal(*(int *)v->state, 0);
	rows.opened++;
	return true;
}

static void
rows_close(struct view *v)
{
	(void)v;
	rows.closed++;
}

static bool
rows_update(struct view *v)
{
	rows.updated++;
	v->wait = 7;
	list_sync(&v->list, ROWS, -1);
	return true;
}

static void
rows_fetch(struct view *v, size_t first, size_t n)
{
	(void)v;
	rows.fetched++;
	rows.first = first;
	rows.last = first + n - 1;
}

static void
rows_draw_row(struct view *v, size_t row, struct area a, bool selected)
{
	assert_true(row >= rows.first && row <= rows.last);
	assert_int_equal(selected, row == v->list.cursor);
	assert_int_equal(a.y, v->layout.list.y + (int)(row - rows.first));
	v->ticking = true;
}

static void
rows_draw_top(struct view *v, struct area a)
{
	(void)v;
	rows.area = a;
}

static void
rows_moved(struct view *v)
{
	(void)v;
	rows.moved++;
}

static void
rows_act(struct view *v)
{
	assert_ptr_equal(v->parent->child, v);
	rows.acted++;
}

static const struct action rows_actions[] = {
	{"act", {'x'}, NULL, "", rows_act},
	{0},
};

static const struct view_ops rows_tab = {
	.name = "rows",
	.title = "Rows",
	.state_size = sizeof(int),
	.open = rows_open,
	.close = rows_close,
	.update = rows_update,
	.top_lines = 1,
	.draw_top = rows_draw_top,
	.fetch = rows_fetch,
	.draw_row = rows_draw_row,
	.moved = rows_moved,
	.actions = rows_actions,
};

static void
piece_draw(struct view *v, struct area a)
{
	(void)v;
	piece.drawn++;
	piece.area = a;
}

static void
piece_click(struct view *v, int y, int x)
{
	(void)v;
	(void)x;
	assert_true(y >= piece.area.y);
	piece.clicked++;
}

static const struct view_ops piece_tab = {
	.name = "piece",
	.title = "Piece",
	.draw = piece_draw,
	.click = piece_click,
};

/* ---- the view that shows them ---- */

static const struct view_ops *const tabs[] = {&rows_tab, &piece_tab};
static int host_acted;

static bool
host_open(struct view *v, const void *arg, struct err *err)
{
	struct tab_bar *b = v->state;

	if (!arg)
		return err_set(err, "refused");
	*b = (struct tab_bar){.ops = tabs, .count = 2};
	tab_bar_show(b, v, 0);
	return true;
}

static void
host_close(struct view *v)
{
	tab_bar_close(v->state);
}

static void
host_draw_top(struct view *v, struct area a)
{
	tab_bar_draw(v->state, a);
}

static void
host_click(struct view *v, int y, int x)
{
	if (y == v->layout.top.y)
		tab_bar_click(v->state, v, v->layout.top, x);
}

static void
host_act(struct view *v)
{
	assert_null(v->parent);
	host_acted++;
}

static const struct action host_actions[] = {
	{"act", {'x', 'z'}, NULL, "", host_act},
	{0},
};

static const struct view_ops host_view = {
	.name = "host",
	.title = "Host",
	.state_size = sizeof(struct tab_bar),
	.open = host_open,
	.close = host_close,
	.top_lines = 1,
	.draw_top = host_draw_top,
	.click = host_click,
	.actions = host_actions,
};

/* ---- the tests ---- */

static const struct area screen = {1, 0, 10, 80};

static struct ui *
start(void)
{
	struct ui *ui = xcalloc(1, sizeof(*ui));

	memset(&rows, 0, sizeof(rows));
	memset(&piece, 0, sizeof(piece));
	host_acted = 0;
	ui_open(ui, &host_view, "");
	assert_int_equal(ui->depth, 1);
	view_draw(ui_view(ui), screen);
	return ui;
}

static void
stop(struct ui *ui)
{
	view_close(ui_view(ui));
	free(ui);
}

static void
press(struct ui *ui, int key)
{
	actions_dispatch(ui, &(struct event){.key = key});
}

static void
test_a_view_that_refuses_says_why(void **state)
{
	struct ui *ui = xcalloc(1, sizeof(*ui));

	(void)state;
	ui_open(ui, &host_view, NULL);
	assert_int_equal(ui->depth, 0);
	assert_string_equal(ui->message, "refused");
	free(ui);
}

static void
test_layout_is_one_for_all(void **state)
{
	struct ui *ui = start();
	const struct view *host = ui_view(ui), *tab = host->child;

	(void)state;
	assert_int_equal(host->layout.top.lines, 1);
	assert_int_equal(host->layout.list.y, 2);
	assert_int_equal(tab->layout.top.y, 2);
	assert_int_equal(rows.area.y, 2);
	assert_int_equal(tab->layout.list.y, 3);
	assert_int_equal(tab->layout.list.lines, 8);
	assert_int_equal(tab->list.lines, 8);
	assert_int_equal(rows.last, 7);
	view_draw(ui_view(ui), (struct area){1, 0, 0, 80});
	view_draw(ui_view(ui), (struct area){1, 0, -3, 80});
	assert_int_equal(tab->layout.list.lines, 8);
	stop(ui);
}

static void
test_the_child_gets_keys_first(void **state)
{
	struct ui *ui = start();

	(void)state;
	press(ui, 'x');
	assert_int_equal(rows.acted, 1);
	assert_int_equal(host_acted, 0);
	press(ui, 'z');
	assert_int_equal(host_acted, 1);
	press(ui, 'j');
	assert_int_equal(ui_view(ui)->child->list.cursor, 1);
	assert_int_equal(rows.moved, 3);
	press(ui, '%');
	assert_true(ui->message[0] != '\0');
	stop(ui);
}

static void
test_clicks_reach_what_was_drawn_there(void **state)
{
	struct ui *ui = start();

	(void)state;
	assert_true(view_click(ui_view(ui), 5, 10));
	assert_int_equal(ui_view(ui)->child->list.cursor, 2);
	assert_false(view_click(ui_view(ui), 1, 14)); /* " [1 Rows]   2 Piece  " */
	assert_ptr_equal(ui_view(ui)->child->ops, &piece_tab);
	view_draw(ui_view(ui), screen);
	assert_int_equal(piece.drawn, 1);
	assert_int_equal(piece.area.y, 2);
	assert_int_equal(piece.area.lines, 9);
	assert_false(view_click(ui_view(ui), 6, 3));
	assert_int_equal(piece.clicked, 1);
	stop(ui);
}

static void
test_a_tab_keeps_its_state(void **state)
{
	struct ui *ui = start();
	struct tab_bar *b = ui_view(ui)->state;

	(void)state;
	press(ui, K_END);
	tab_bar_show(b, ui_view(ui), 1);
	tab_bar_show(b, ui_view(ui), 0);
	assert_int_equal(rows.opened, 1);
	assert_int_equal(ui_view(ui)->child->list.cursor, ROWS - 1);
	assert_int_equal(rows.closed, 0);
	stop(ui);
	assert_int_equal(rows.closed, 1);
}

static void
test_the_clock_of_a_child_counts(void **state)
{
	struct ui *ui = start();

	(void)state;
	assert_true(ui_view(ui)->ticking);
	assert_true(view_update(ui_view(ui)));
	assert_int_equal(ui_view(ui)->wait, 7);
	tab_bar_show(ui_view(ui)->state, ui_view(ui), 1);
	view_draw(ui_view(ui), screen);
	assert_false(ui_view(ui)->ticking);
	assert_false(view_update(ui_view(ui)));
	assert_true(ui_view(ui)->wait == NSEC_NEVER);
	stop(ui);
}

/* A view or a tab is in the help and in the manual as soon as it has its line in the table. */
static void
test_every_view_is_listed_once(void **state)
{
	size_t n = 0;

	(void)state;
	for (; all_views[n]; n++) {
		assert_true(all_views[n]->name && all_views[n]->title && all_views[n]->help);
		assert_true(all_views[n]->draw_row || all_views[n]->draw ||
			    all_views[n] == &view_connection);
		for (size_t i = 0; i < n; i++)
			assert_ptr_not_equal(all_views[i], all_views[n]);
	}
#define COUNT_VIEW(name) -1
#define COUNT_TAB(name, key, help) -1
	assert_int_equal((int)n VIEWS(COUNT_VIEW) CONNECTION_TABS(COUNT_TAB), 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_view_that_refuses_says_why),
	cmocka_unit_test(test_layout_is_one_for_all),
	cmocka_unit_test(test_the_child_gets_keys_first),
	cmocka_unit_test(test_clicks_reach_what_was_drawn_there),
	cmocka_unit_test(test_a_tab_keeps_its_state),
	cmocka_unit_test(test_the_clock_of_a_child_counts),
	cmocka_unit_test(test_every_view_is_listed_once),
};

UNIT_MAIN(tests)
