/* SPDX-License-Identifier: MIT */
/* Unit test of plots: values to dots, values held between points, curves, steps of labels. */
#include "config.h"

#include "unit.h"

#include <string.h>

#include "ui/plot.h"

/* A point with one value. */
static struct series_point
point(int64_t value)
{
	return (struct series_point){1, 0, value, value, value};
}

static void
test_values_become_dots(void **state)
{
	const struct plot_scale s = {.low = 100, .high = 400, .dots = 16};

	(void)state;
	assert_int_equal(plot_dot(&s, 100), 15);
	assert_int_equal(plot_dot(&s, 400), 0);
	assert_int_equal(plot_dot(&s, 240), 8);
	assert_int_equal(plot_dot(&s, 99), 16);
	assert_int_equal(plot_dot(&s, 401), -1);
}

static void
test_scales_without_height(void **state)
{
	const struct plot_scale one = {.low = 7, .high = 7, .dots = 8};
	const struct plot_scale widest = {.low = INT64_MIN, .high = INT64_MAX, .dots = 8};
	const struct plot_scale none = plot_scale_new(8);

	(void)state;
	assert_int_equal(plot_dot(&one, 7), 7);
	assert_int_equal(plot_dot(&widest, INT64_MAX), 0);
	assert_int_equal(plot_dot(&widest, INT64_MIN), 7);
	assert_int_equal(plot_dot(&none, 0), 8);
}

static void
test_scale_includes_points_with_values(void **state)
{
	const struct series_point p[] = {{0}, {2, 0, -5, 30, 10}, {0}, point(12)};
	struct plot_scale s = plot_scale_new(4);

	(void)state;
	plot_include(&s, p, 1);
	assert_true(s.low > s.high);
	plot_include(&s, p, ARRAY_LEN(p));
	assert_int_equal(s.low, -5);
	assert_int_equal(s.high, 30);
}

static void
test_latest_value_is_held(void **state)
{
	struct series_point p[] = {{0}, {2, 0, 1, 9, 4}, {0}, {0}, point(2)};
	const struct series_point carry = point(3), nothing = {0};

	(void)state;
	plot_hold(p, ARRAY_LEN(p), &nothing);
	assert_int_equal(p[0].count, 0);
	assert_int_equal(p[3].min, 4);
	assert_int_equal(p[3].max, 4);
	assert_int_equal(p[4].last, 2);
	plot_hold(p, ARRAY_LEN(p), &carry);
	assert_int_equal(p[0].last, 3);
}

/* The curve as lines of braille, two cells wide and one high. */
static const char *
picture(enum plot_style style, const struct series_point p[4])
{
	const struct plot_scale s = {.low = 0, .high = 3, .dots = CANVAS_DOTS_Y};
	static char out[4 * CANVAS_CELL_BYTES];
	struct canvas *c = canvas_new(2, 1);
	struct text t = text_on(out, sizeof(out));
	char cell[CANVAS_CELL_BYTES];

	canvas_set_style(c, CANVAS_BRAILLE);
	plot_draw(c, &s, style, p, 4, ROLE_NORMAL);
	for (int i = 0; i < 2; i++) {
		canvas_cell(c, i, 0, cell);
		text_add(&t, "%s", cell[0] != '\0' ? cell : " ");
	}
	canvas_free(c);
	return out;
}

static void
test_curves(void **state)
{
	const struct series_point p[4] = {point(0), point(3), {0}, {2, 0, 1, 2, 2}};
	const struct series_point flat[4] = {point(3), point(3), point(3), point(3)};

	(void)state;
	assert_string_equal(picture(PLOT_RANGES, p), "⡈⠰");
	assert_string_equal(picture(PLOT_STEPS, p), "⣸⠰");
	assert_string_equal(picture(PLOT_BARS, p), "⢸⢰");
	assert_string_equal(picture(PLOT_STEPS, flat), "⠉⠉");
	assert_string_equal(picture(PLOT_DASHES, flat), "⠉ ");
}

static void
test_steps_of_labels(void **state)
{
	static const struct {
		int64_t range;
		int most;
		int64_t step;
	} cases[] = {
		{0, 5, 1},     {5, 5, 1},      {12, 5, 5},	  {10, 5, 2},
		{99, 10, 10},  {1000, 3, 500}, {INT64_MAX, 1, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t step = plot_step(cases[i].range, cases[i].most);

		assert_true(step > 0);
		if (cases[i].step > 0)
			assert_int_equal(step, cases[i].step);
	}
}

static void
test_times_as_exact_as_their_steps(void **state)
{
	char out[32];

	(void)state;
	assert_string_equal(plot_time(out, sizeof(out), 2 * NSEC_PER_SEC, NSEC_PER_SEC), "2s");
	assert_string_equal(plot_time(out, sizeof(out), 1250 * NSEC_PER_MS, 50 * NSEC_PER_MS),
			    "1.25s");
	assert_string_equal(plot_time(out, sizeof(out), 5 * NSEC_PER_US, NSEC_PER_US),
			    "0.000005s");
	assert_string_equal(plot_time(out, sizeof(out), 0, 1), "0.000000000s");
	assert_string_equal(plot_time(out, sizeof(out), 120 * NSEC_PER_SEC, 60 * NSEC_PER_SEC),
			    "2m00s");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_values_become_dots),
	cmocka_unit_test(test_scales_without_height),
	cmocka_unit_test(test_scale_includes_points_with_values),
	cmocka_unit_test(test_latest_value_is_held),
	cmocka_unit_test(test_curves),
	cmocka_unit_test(test_steps_of_labels),
	cmocka_unit_test(test_times_as_exact_as_their_steps),
};

UNIT_MAIN(tests)
