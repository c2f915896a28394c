/* SPDX-License-Identifier: MIT */
/*
 * Unit test of the list widget: moving, scrolling and sticking to a row that moves. No terminal is
 * needed; what is drawn is tested by the tests of the screens.
 */
#include "config.h"

#include "unit.h"

#include "ui/list.h"

static struct list
list_of(size_t count, int lines)
{
	struct list l = {0};

	list_resize(&l, lines);
	list_sync(&l, count, -1);
	return l;
}

static void
assert_shown(const struct list *l)
{
	assert_true(l->count == 0 ? l->cursor == 0 : l->cursor < l->count);
	assert_true(l->cursor >= l->top);
	assert_true(l->cursor < l->top + (size_t)l->lines);
	assert_true(l->top == 0 || l->top + (size_t)l->lines <= l->count);
}

static void
test_moves_within_bounds(void **state)
{
	struct list l = list_of(5, 3);

	(void)state;
	list_move(&l, -1);
	assert_int_equal(l.cursor, 0);
	list_move(&l, 3);
	assert_int_equal(l.cursor, 3);
	assert_int_equal(l.top, 1);
	list_move(&l, 100);
	assert_int_equal(l.cursor, 4);
	assert_int_equal(l.top, 2);
	list_move(&l, -100);
	assert_int_equal(l.cursor, 0);
	assert_int_equal(l.top, 0);
}

static void
test_empty(void **state)
{
	struct list l = list_of(0, 3);

	(void)state;
	list_move(&l, 1);
	list_scroll(&l, 5);
	list_go(&l, 7);
	assert_int_equal(l.cursor, 0);
	assert_int_equal(l.top, 0);
}

static void
test_first_row_until_touched(void **state)
{
	struct list l = list_of(5, 3);

	(void)state;
	/* The one that was first is third now: the cursor stays on the first row. */
	list_sync(&l, 7, 2);
	assert_int_equal(l.cursor, 0);
}

static void
test_sticks_to_its_row(void **state)
{
	struct list l = list_of(10, 4);

	(void)state;
	list_go(&l, 5);
	size_t line = l.cursor - l.top;
	list_sync(&l, 12, 7);
	assert_int_equal(l.cursor, 7);
	assert_int_equal(l.cursor - l.top, line);
	list_sync(&l, 3, 0);
	assert_int_equal(l.cursor, 0);
	assert_shown(&l);
}

static void
test_selected_row_vanishes(void **state)
{
	struct list l = list_of(10, 4);

	(void)state;
	list_go(&l, 9);
	list_sync(&l, 6, -1);
	assert_int_equal(l.cursor, 5);
	assert_shown(&l);
	list_sync(&l, 0, -1);
	assert_shown(&l);
}

static void
test_wheel_keeps_cursor_visible(void **state)
{
	struct list l = list_of(20, 5);

	(void)state;
	list_scroll(&l, 3);
	assert_int_equal(l.top, 3);
	assert_int_equal(l.cursor, 3);
	list_go(&l, 19);
	list_scroll(&l, -4);
	assert_int_equal(l.top, 11);
	assert_int_equal(l.cursor, 15);
	list_scroll(&l, 1000);
	assert_int_equal(l.top, 15);
}

static void
test_resize(void **state)
{
	struct list l = list_of(20, 10);

	(void)state;
	list_go(&l, 9);
	list_resize(&l, 3);
	assert_shown(&l);
	assert_int_equal(l.cursor, 9);
	list_resize(&l, 100);
	assert_int_equal(l.top, 0);
	list_resize(&l, 0);
	assert_int_equal(l.lines, 1);
	assert_shown(&l);
}

static void
test_text_scrolls(void **state)
{
	struct list l = list_of(20, 5);

	(void)state;
	l.scrolls = true;
	list_move(&l, 2);
	assert_int_equal(l.top, 2);
	list_go(&l, 19);
	assert_int_equal(l.top, 15);
	list_move(&l, -1);
	assert_int_equal(l.top, 14);
}

/* Whatever happens in whatever order, the cursor is on a row and the row on the screen. */
static void
test_any_sequence(void **state)
{
	struct list l = list_of(7, 3);
	uint32_t seed = 1;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		seed = seed * 1664525 + 1013904223;
		uint32_t r = seed >> 8;
		ptrdiff_t by = (ptrdiff_t)(r >> 4) % 41 - 20;
		size_t count = (r >> 4) % 30;
		switch (r % 5) {
		case 0:
			list_move(&l, by);
			break;
		case 1:
			list_scroll(&l, by);
			break;
		case 2:
			list_go(&l, count);
			break;
		case 3:
			list_resize(&l, (int)by);
			break;
		default:
			list_sync(&l, count, by < 0 || (size_t)by >= count ? -1 : by);
		}
		assert_shown(&l);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_moves_within_bounds),
	cmocka_unit_test(test_empty),
	cmocka_unit_test(test_first_row_until_touched),
	cmocka_unit_test(test_sticks_to_its_row),
	cmocka_unit_test(test_selected_row_vanishes),
	cmocka_unit_test(test_wheel_keeps_cursor_visible),
	cmocka_unit_test(test_resize),
	cmocka_unit_test(test_text_scrolls),
	cmocka_unit_test(test_any_sequence),
};

UNIT_MAIN(tests)
