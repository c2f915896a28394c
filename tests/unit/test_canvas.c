/* SPDX-License-Identifier: MIT */
/* Unit test of the canvas: dots and lines in braille, half blocks and ASCII; without a terminal. */
#include "config.h"

#include "unit.h"

#include <limits.h>
#include <string.h>

#include "ui/canvas.h"

#define TEXT_MAX 512

/* The canvas as lines of text, each cell without dots a blank. */
static const char *
picture(const struct canvas *c, int columns, int lines)
{
	static char out[TEXT_MAX];
	struct text t = text_on(out, sizeof(out));
	char cell[CANVAS_CELL_BYTES];

	for (int line = 0; line < lines; line++) {
		for (int column = 0; column < columns; column++) {
			canvas_cell(c, column, line, cell);
			text_add(&t, "%s", cell[0] != '\0' ? cell : " ");
		}
		text_add(&t, "%s", line + 1 < lines ? "\n" : "");
	}
	return out;
}

static struct canvas *
new_canvas(int columns, int lines, enum canvas_style style)
{
	struct canvas *c = canvas_new(columns, lines);

	canvas_set_style(c, style);
	return c;
}

static void
test_each_dot_has_its_braille_bit(void **state)
{
	static const char *const dots[CANVAS_DOTS_Y][CANVAS_DOTS_X] = {
		{"⠁", "⠈"}, {"⠂", "⠐"}, {"⠄", "⠠"}, {"⡀", "⢀"}};

	(void)state;
	for (int y = 0; y < CANVAS_DOTS_Y; y++)
		for (int x = 0; x < CANVAS_DOTS_X; x++) {
			struct canvas *c = new_canvas(1, 1, CANVAS_BRAILLE);

			canvas_dot(c, x, y, ROLE_NOTE);
			assert_string_equal(picture(c, 1, 1), dots[y][x]);
			canvas_free(c);
		}
}

static void
test_dots_add_up(void **state)
{
	struct canvas *c = new_canvas(2, 1, CANVAS_BRAILLE);

	(void)state;
	for (int y = 0; y < CANVAS_DOTS_Y; y++)
		for (int x = 0; x < CANVAS_DOTS_X; x++)
			canvas_dot(c, x, y, ROLE_NOTE);
	canvas_dot(c, 2, 0, ROLE_NOTE);
	canvas_dot(c, 3, 3, ROLE_NOTE);
	assert_string_equal(picture(c, 2, 1), "⣿⢁");
	canvas_clear(c);
	assert_string_equal(picture(c, 2, 1), "  ");
	canvas_free(c);
}

static void
test_role_of_the_latest_dot(void **state)
{
	struct canvas *c = new_canvas(2, 1, CANVAS_BRAILLE);
	char cell[CANVAS_CELL_BYTES];

	(void)state;
	canvas_dot(c, 0, 0, ROLE_ERROR);
	canvas_dot(c, 1, 1, ROLE_WARNING);
	canvas_dot(c, 2, 0, ROLE_ERROR);
	assert_int_equal(canvas_cell(c, 0, 0, cell), ROLE_WARNING);
	assert_int_equal(canvas_cell(c, 1, 0, cell), ROLE_ERROR);
	canvas_free(c);
}

static void
test_lines_in_all_directions(void **state)
{
	static const struct {
		int x0, y0, x1, y1;
		const char *picture;
	} lines[] = {
		{0, 0, 3, 0, "⠉⠉\n  "},  {0, 7, 3, 7, "  \n⣀⣀"}, {0, 0, 0, 7, "⡇ \n⡇ "},
		{0, 0, 3, 3, "⠑⢄\n  "},  {0, 3, 3, 0, "⡠⠊\n  "}, {0, 0, 3, 7, "⢣ \n ⢣"},
		{0, 7, 3, 0, " ⡜\n⡜ "}, {2, 5, 2, 5, "  \n ⠂"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		for (int backward = 0; backward < 2; backward++) {
			struct canvas *c = new_canvas(2, 2, CANVAS_BRAILLE);

			if (backward)
				canvas_line(c, lines[i].x1, lines[i].y1, lines[i].x0, lines[i].y0,
					    ROLE_NOTE);
			else
				canvas_line(c, lines[i].x0, lines[i].y0, lines[i].x1, lines[i].y1,
					    ROLE_NOTE);
			assert_string_equal(picture(c, 2, 2), lines[i].picture);
			canvas_free(c);
		}
}

/* What is outside is cut off, and a line that enters and leaves again passes where it should. */
static void
test_outside_is_not_drawn(void **state)
{
	struct canvas *c = new_canvas(2, 1, CANVAS_BRAILLE);

	(void)state;
	canvas_dot(c, -1, 0, ROLE_NOTE);
	canvas_dot(c, 0, -1, ROLE_NOTE);
	canvas_dot(c, 4, 0, ROLE_NOTE);
	canvas_dot(c, 0, 4, ROLE_NOTE);
	canvas_dot(c, INT_MIN, INT_MAX, ROLE_NOTE);
	canvas_line(c, -5, -1, 9, -1, ROLE_NOTE);
	canvas_line(c, 5, 0, 9, 3, ROLE_NOTE);
	canvas_line(c, 0, 9, 3, 5, ROLE_NOTE);
	assert_string_equal(picture(c, 2, 1), "  ");
	canvas_line(c, -400000000, -400000000, 400000000, 400000000, ROLE_NOTE);
	assert_string_equal(picture(c, 2, 1), "⠑⢄");
	canvas_clear(c);
	canvas_line(c, INT_MIN, 1, INT_MAX, 1, ROLE_NOTE);
	assert_string_equal(picture(c, 2, 1), "⠒⠒");
	canvas_clear(c);
	canvas_line(c, INT_MAX, INT_MIN, INT_MIN, INT_MAX, ROLE_NOTE);
	canvas_line(c, INT_MIN, INT_MIN, INT_MIN, INT_MAX, ROLE_NOTE);
	assert_string_equal(picture(c, 2, 1), "⠁ ");
	canvas_free(c);
}

static void
test_half_blocks(void **state)
{
	struct canvas *c = new_canvas(5, 1, CANVAS_BLOCK);

	(void)state;
	canvas_dot(c, 0, 1, ROLE_NOTE);
	canvas_dot(c, 3, 2, ROLE_NOTE);
	canvas_line(c, 4, 0, 4, 3, ROLE_NOTE);
	canvas_line(c, 7, 0, 7, 3, ROLE_NOTE);
	canvas_line(c, 8, 0, 9, 3, ROLE_NOTE);
	assert_string_equal(picture(c, 5, 1), "▀▄▌▐█");
	canvas_free(c);
}

static void
test_ascii(void **state)
{
	struct canvas *c = new_canvas(10, 1, CANVAS_ASCII);

	(void)state;
	canvas_dot(c, 0, 0, ROLE_NOTE);
	canvas_line(c, 2, 1, 3, 2, ROLE_NOTE);
	canvas_dot(c, 4, 3, ROLE_NOTE);
	canvas_line(c, 6, 2, 7, 3, ROLE_NOTE);
	canvas_line(c, 8, 0, 8, 3, ROLE_NOTE);
	canvas_line(c, 10, 3, 11, 0, ROLE_NOTE);
	canvas_line(c, 12, 0, 13, 3, ROLE_NOTE);
	canvas_line(c, 14, 0, 14, 3, ROLE_NOTE);
	canvas_line(c, 15, 0, 15, 3, ROLE_NOTE);
	canvas_dot(c, 16, 0, ROLE_NOTE);
	canvas_line(c, 16, 3, 17, 3, ROLE_NOTE);
	assert_string_equal(picture(c, 10, 1), "'-_.|/\\#: ");
	canvas_free(c);
}

static void
test_tiny_ones(void **state)
{
	struct canvas *c = new_canvas(0, -3, CANVAS_ASCII);

	(void)state;
	canvas_line(c, 0, 0, 1, 3, ROLE_NOTE);
	assert_string_equal(picture(c, 1, 1), "\\");
	canvas_free(c);
	canvas_free(NULL);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_each_dot_has_its_braille_bit),
	cmocka_unit_test(test_dots_add_up),
	cmocka_unit_test(test_role_of_the_latest_dot),
	cmocka_unit_test(test_lines_in_all_directions),
	cmocka_unit_test(test_outside_is_not_drawn),
	cmocka_unit_test(test_half_blocks),
	cmocka_unit_test(test_ascii),
	cmocka_unit_test(test_tiny_ones),
};

UNIT_MAIN(tests)
