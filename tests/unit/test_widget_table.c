/* SPDX-License-Identifier: MIT */
/* Unit test of the table widget: which columns are shown, how wide, and the text of a row. */
#include "config.h"

#include "unit.h"

#include <string.h>

#include "ui/table.h"

static int formatted; /* cells */

/* Row r of a column: its arg, r times. */
static void
format_letters(const struct table_cell *cell, char *out, size_t size)
{
	struct text t = text_on(out, size);

	formatted++;
	for (size_t i = 0; i < cell->row; i++)
		text_add(&t, "%s", (const char *)cell->column->arg);
}

static const struct table_column columns[] = {
	{"AB", .min = 4, .ideal = 6, .flags = TABLE_FROM, .format = format_letters, .arg = "a"},
	{"C", .min = 3, .flags = TABLE_TO | TABLE_RIGHT, .format = format_letters, .arg = "c"},
	{"LONG", .min = 2, .from = 30, .format = format_letters, .arg = "d"},
	{"", .min = 10, .shrink = 1, .flags = TABLE_REST, .format = format_letters, .arg = "e"},
};

static struct table
lay_out(int width, size_t first, size_t n)
{
	struct table t = {.columns = columns, .n_columns = ARRAY_LEN(columns), .indent = 1};

	table_lay_out(&t, width, first, n);
	return t;
}

static void
assert_row(const struct table *t, size_t row, const char *expected)
{
	char text[128];

	assert_string_equal(table_row_text(t, row, text, sizeof(text)), expected);
}

static void
test_all_columns_fit(void **state)
{
	struct table t = lay_out(40, 0, 0);

	(void)state;
	assert_int_equal(t.n_slots, 4);
	assert_int_equal(t.slots[2].width, 4); /* that of the title */
	assert_int_equal(t.slots[3].x + t.slots[3].width, 40);
	assert_row(&t, TABLE_NONE, " AB       C LONG");
	assert_row(&t, 2, " aa      cc dd   ee");
	assert_row(&t, 5, " aaa~   cc~ ddd~ eeeee");
}

static void
test_columns_from_a_width_on(void **state)
{
	struct table t = lay_out(29, 0, 0);

	(void)state;
	assert_int_equal(t.n_slots, 3);
	assert_int_equal(t.slots[2].column, 3);
	assert_int_equal(lay_out(30, 0, 0).n_slots, 4);
}

/* The column with the highest `shrink` is cut to 8 cells, then left out; then from the right. */
static void
test_order_of_shrinking(void **state)
{
	struct table t = lay_out(20, 0, 0);

	(void)state;
	assert_int_equal(t.n_slots, 3);
	assert_int_equal(t.slots[2].width, 8);
	t = lay_out(19, 0, 0);
	assert_int_equal(t.n_slots, 2);
	t = lay_out(10, 0, 0);
	assert_int_equal(t.n_slots, 1);
	assert_int_equal(t.slots[0].column, 0);
	assert_int_equal(lay_out(1, 0, 0).n_slots, 1);
}

/* Only as far as the rows on the screen need it, and never narrower again on the same width. */
static void
test_columns_grow_with_their_texts(void **state)
{
	struct table t = lay_out(40, 0, 6);

	(void)state;
	assert_int_equal(t.slots[0].width, 5);
	table_lay_out(&t, 40, 0, 2);
	assert_int_equal(t.slots[0].width, 5);
	table_lay_out(&t, 40, 0, 20);
	assert_int_equal(t.slots[0].width, 6);
	table_lay_out(&t, 41, 0, 2);
	assert_int_equal(t.slots[0].width, 4);
}

/* A table of a million rows costs what its rows on the screen cost. */
static void
test_only_shown_rows_are_formatted(void **state)
{
	struct table t = lay_out(40, 0, 0);

	(void)state;
	formatted = 0;
	table_lay_out(&t, 40, 3, 2);
	assert_int_equal(formatted, 2); /* of the one column that grows */
	assert_row(&t, 4, " aaaa   cc~ dddd eeee");
	assert_int_equal(formatted, 6);
}

static void
test_slot_at(void **state)
{
	struct table t = lay_out(40, 0, 0);

	(void)state;
	assert_null(table_slot_at(&t, 0));
	assert_int_equal(table_slot_at(&t, 1)->column, 0);
	assert_int_equal(table_slot_at(&t, 4)->column, 0);
	assert_null(table_slot_at(&t, 5));
	assert_int_equal(table_slot_at(&t, 8)->column, 1);
	assert_int_equal(table_slot_at(&t, 39)->column, 3);
	assert_null(table_slot_at(&t, 40));
	assert_null(table_slot_at(&t, -1));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_all_columns_fit),
	cmocka_unit_test(test_columns_from_a_width_on),
	cmocka_unit_test(test_order_of_shrinking),
	cmocka_unit_test(test_columns_grow_with_their_texts),
	cmocka_unit_test(test_only_shown_rows_are_formatted),
	cmocka_unit_test(test_slot_at),
};

UNIT_MAIN(tests)
