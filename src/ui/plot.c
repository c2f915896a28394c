/* SPDX-License-Identifier: MIT */
/* plot: see plot.h. */
#include "ui/plot.h"

/* ---- scale ---- */

struct plot_scale
plot_scale_new(int dots)
{
	return (struct plot_scale){.low = INT64_MAX, .high = INT64_MIN, .dots = dots};
}

void
plot_include(struct plot_scale *s, const struct series_point *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i].count == 0)
			continue;
		s->low = p[i].min < s->low ? p[i].min : s->low;
		s->high = p[i].max > s->high ? p[i].max : s->high;
	}
}

int
plot_dot(const struct plot_scale *s, int64_t value)
{
	double range = (double)s->high - (double)s->low;

	if (value < s->low)
		return s->dots;
	if (value > s->high)
		return -1;
	if (range <= 0)
		return s->dots - 1;
	double up = ((double)value - (double)s->low) * (s->dots - 1) / range;
	return s->dots - 1 - (int)(up + 0.5);
}

/* ---- curves ---- */

void
plot_hold(struct series_point *p, size_t n, const struct series_point *carry)
{
	const struct series_point *before = carry;

	for (size_t i = 0; i < n; i++) {
		if (p[i].count == 0 && before && before->count > 0)
			p[i] = (struct series_point){
				.count = 1,
				.min = before->last,
				.max = before->last,
				.last = before->last,
			};
		before = &p[i];
	}
}

static void
draw_column(struct canvas *c, const struct plot_scale *s, enum plot_style style,
	    const struct series_point *p, size_t i, enum role role)
{
	int x = (int)i, top = plot_dot(s, p[i].max), bottom = plot_dot(s, p[i].min);

	if (style == PLOT_BARS) {
		if (p[i].max > s->low)
			canvas_line(c, x, top, x, s->dots - 1, role);
		return;
	}
	if (style != PLOT_RANGES && i > 0 && p[i - 1].count > 0) {
		int from = plot_dot(s, p[i - 1].last);

		top = from < top ? from : top;
		bottom = from > bottom ? from : bottom;
	}
	if (style != PLOT_DASHES || i % 4 < 2 || bottom - top > 1)
		canvas_line(c, x, top, x, bottom, role);
}

void
plot_draw(struct canvas *c, const struct plot_scale *s, enum plot_style style,
	  const struct series_point *p, size_t n, enum role role)
{
	for (size_t i = 0; i < n; i++)
		if (p[i].count > 0)
			draw_column(c, s, style, p, i, role);
}

/* ---- labels ---- */

int64_t
plot_step(int64_t range, int most)
{
	static const int factors[] = {1, 2, 5};
	int64_t power = 1;

	for (;; power *= 10)
		for (size_t i = 0; i < ARRAY_LEN(factors); i++) {
			int64_t step = power * factors[i];

			if (range / step <= most || power > INT64_MAX / 50)
				return step;
		}
}

char *
plot_time(char *out, size_t size, nsec t, nsec step)
{
	struct text text = text_on(out, size);
	int digits = 0;

	if (step >= 60 * NSEC_PER_SEC)
		return text_duration(out, size, t);
	for (nsec unit = NSEC_PER_SEC; unit > step && digits < 9; unit /= 10)
		digits++;
	text_add(&text, "%.*fs", digits, (double)t / (double)NSEC_PER_SEC);
	return out;
}
