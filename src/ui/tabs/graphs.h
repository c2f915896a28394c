/* SPDX-License-Identifier: MIT */
/*
 * graphs: what the Graphs tab shows: the curves of each graph, the shown time, the cursor and the
 * values, each curve one point for each column of dots.
 */
#ifndef TCPLENS_UI_GRAPHS_H
#define TCPLENS_UI_GRAPHS_H

#include "ui/plot.h"
#include "ui/tabs/connection.h"

#define CURVES_MAX 4

enum curve_use {
	USE_DATA,
	USE_LIMIT, /* of the others: does not enlarge the scale without bound */
	USE_MARKS, /* only letters, one for each column with a value */
};

struct curve {
	char letter;	  /* on the curve, in the legend and before its values */
	const char *name; /* N_() */
	enum series_kind kind;
	enum plot_style style;
	enum role role;
	enum curve_use use;
};

struct graph {
	const char *title; /* N_() */
	enum unit unit;
	bool from_zero;
	size_t n_curves;
	struct curve curves[CURVES_MAX]; /* what is drawn later covers what was drawn before */
};

/* The state of the tab. */
struct graphs {
	size_t graph;	 /* index of graphs[] */
	bool other_side; /* not the one with more payload */
	bool zoomed;	 /* t0 and t1 stay; else the whole connection */
	nsec t0, t1;	 /* shown: [t0, t1) */
	nsec cursor;	 /* 0: on the newest segment */
	int columns;	 /* of the graph, as drawn last */
	size_t n;	 /* points of each curve */
	struct series_point *points[CURVES_MAX];
	struct plot_scale scale;
	bool limit_above; /* the limit is too far above the data to be drawn */
};

#define GRAPHS_COUNT 4

/* The one of them that is shown. */
const struct graph *graphs_shown(const struct graphs *g);
/* The side whose data is shown. */
enum side graphs_side(const struct view *v);

/* ---- time: all of it is from graphs_begin() to before graphs_end() ---- */
nsec graphs_begin(const struct view *v);
nsec graphs_end(const struct view *v);
/* Shows [t0, t0 + span), moved and cut to what there is. */
void graphs_show(struct view *v, nsec t0, nsec span);
/* The cursor is there. */
nsec graphs_cursor_time(const struct view *v);
/* Moves the cursor, and the shown time if it must. */
void graphs_set_cursor(struct view *v, nsec t);
/* Time of the left edge of a column, and the column of a time, within the graph. */
nsec graphs_column_time(const struct graphs *g, int column);
int graphs_column(const struct graphs *g, nsec t);

/* ---- values ---- */
/* Gets the points of all curves for a graph of so many columns and lines. */
void graphs_fetch(struct view *v, struct area plot);
/* The values of a curve in a column of the screen; count 0: none. */
struct series_point graphs_values(const struct graphs *g, size_t curve, int column);
/* Place of the first kept segment at or after t, or of the last one; false: none is kept. */
bool graphs_place(struct view *v, nsec t, uint64_t *place);

#endif
