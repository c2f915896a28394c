/* SPDX-License-Identifier: MIT */
/*
 * plot: series of values as curves on a canvas, one point for each column of dots, and the steps of
 * the axes' labels. Knows numbers only, not what they measure.
 */
#ifndef TCPLENS_UI_PLOT_H
#define TCPLENS_UI_PLOT_H

#include "core/facts.h"
#include "ui/canvas.h"

/* The values of the lowest and the highest dot; `dots` is the height of the canvas. */
struct plot_scale {
	int64_t low, high; /* low > high: nothing was included yet */
	int dots;
};

/* A scale of so many dots without a value yet. */
struct plot_scale plot_scale_new(int dots);
/* Widens the scale so that all values of the points are on it. */
void plot_include(struct plot_scale *s, const struct series_point *p, size_t n);
/* The row of dots of a value, 0 at the top; -1 and `dots` for values above and below the scale. */
int plot_dot(const struct plot_scale *s, int64_t value);

/* Gives each point without a value the latest value before it; carry: that before the first point,
 * or NULL. */
void plot_hold(struct series_point *p, size_t n, const struct series_point *carry);

/* How a curve is drawn: from the smallest to the largest value of a column; as steps, each value
 * until the next one; the same with gaps; as an area from the bottom up to the value. */
enum plot_style { PLOT_RANGES, PLOT_STEPS, PLOT_DASHES, PLOT_BARS };
/* Draws the points that have values, the first one in the leftmost column of dots. */
void plot_draw(struct canvas *c, const struct plot_scale *s, enum plot_style style,
	       const struct series_point *p, size_t n, enum role role);

/* The smallest of 1, 2, 5, 10, 20, 50 … that divides the range into at most `most` parts. */
int64_t plot_step(int64_t range, int most);
/* A time since the start, as exact as labels that are `step` apart must be: "1.25s". */
char *plot_time(char *out, size_t size, nsec t, nsec step);

#endif
