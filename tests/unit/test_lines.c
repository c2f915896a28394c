/* SPDX-License-Identifier: MIT */
/* Unit test of text that is broken into lines: nothing is lost and no line is too wide. */
#include "config.h"

#include "unit.h"

#include <locale.h>
#include <string.h>

#include "ui/lines.h"

static void
test_breaks_at_blanks(void **state)
{
	struct lines l = {0};

	(void)state;
	lines_wrap(&l, ROLE_NORMAL, 20, 4, "ab", "one two three four five");
	assert_int_equal(l.n, 2);
	assert_string_equal(l.items[0].text, "ab  one two three");
	assert_string_equal(l.items[1].text, "    four five");
	lines_free(&l);
}

static void
test_long_head_takes_room_of_the_first_line(void **state)
{
	struct lines l = {0};

	(void)state;
	lines_wrap(&l, ROLE_NORMAL, 20, 2, "  a head: ", "one two three four");
	assert_int_equal(l.n, 2);
	assert_string_equal(l.items[0].text, "  a head: one two");
	assert_string_equal(l.items[1].text, "  three four");
	lines_free(&l);
}

static void
test_long_word_is_cut(void **state)
{
	struct lines l = {0};

	(void)state;
	lines_wrap(&l, ROLE_NORMAL, 16, 0, "", "abcdefghijklmnopqrstuvwxyz");
	assert_int_equal(l.n, 2);
	assert_string_equal(l.items[0].text, "abcdefghijklmnop");
	assert_string_equal(l.items[1].text, "qrstuvwxyz");
	lines_free(&l);
}

static void
test_empty_text_gives_its_head(void **state)
{
	struct lines l = {0};

	(void)state;
	lines_wrap(&l, ROLE_NORMAL, 40, 4, "head", "");
	assert_int_equal(l.n, 1);
	assert_string_equal(l.items[0].text, "head");
	lines_free(&l);
}

static void
test_no_line_is_too_wide(void **state)
{
	static const char text[] = "wörter — und 汉字汉字汉字汉字汉字汉字 mixed with plain ones";

	(void)state;
	for (int width = 13; width < 70; width++) {
		struct lines l = {0};
		size_t bytes = 0;

		lines_wrap(&l, ROLE_NORMAL, width, 0, "", text);
		for (size_t i = 0; i < l.n; i++) {
			assert_true((int)text_width(l.items[i].text) <= width);
			for (const char *p = l.items[i].text; *p != '\0'; p++)
				bytes += *p != ' ';
		}
		size_t expected = 0;
		for (const char *p = text; *p != '\0'; p++)
			expected += *p != ' ';
		assert_int_equal(bytes, expected);
		lines_free(&l);
	}
}

static void
test_dropped_lines_leave_a_mark(void **state)
{
	struct lines l = {0};

	(void)state;
	lines_wrap(&l, ROLE_NORMAL, 13, 0, "", "one two three four five");
	lines_cut(&l, 2, 13);
	assert_int_equal(l.n, 2);
	assert_string_equal(l.items[1].text, "four five");
	lines_add(&l, ROLE_NORMAL, "six");
	lines_cut(&l, 2, 13);
	assert_int_equal(l.n, 2);
	assert_string_equal(l.items[1].text, "four five…");
	lines_cut(&l, 1, 13);
	assert_string_equal(l.items[0].text, "one two thre…");
	lines_cut(&l, 0, 13);
	assert_int_equal(l.n, 0);
	lines_free(&l);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_breaks_at_blanks),
	cmocka_unit_test(test_long_head_takes_room_of_the_first_line),
	cmocka_unit_test(test_long_word_is_cut),
	cmocka_unit_test(test_empty_text_gives_its_head),
	cmocka_unit_test(test_no_line_is_too_wide),
	cmocka_unit_test(test_dropped_lines_leave_a_mark),
};

int
main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
