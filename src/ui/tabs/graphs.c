/* SPDX-License-Identifier: MIT */
/* graphs: see graphs.h. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "ui/tabs/graphs.h"

#define SPAN_MIN   (100 * NSEC_PER_US) /* the closest zoom */
#define FAR_FACTOR 3 /* a limit further away than this many times the data is not drawn */

/* clang-format off */
static const struct graph graphs[GRAPHS_COUNT] = {
	{N_("Sequence"), UNIT_BYTES, false, 4, {
		{'W', N_("window edge"), SERIES_EDGE, PLOT_DASHES, ROLE_WARNING, USE_LIMIT},
		{'A', N_("acknowledged"), SERIES_ACK, PLOT_STEPS, ROLE_NOTE, USE_DATA},
		{'D', N_("data"), SERIES_SEQ, PLOT_RANGES, ROLE_NORMAL, USE_DATA},
		{'R', N_("sent again"), SERIES_RETRANSMIT, PLOT_RANGES, ROLE_ERROR, USE_MARKS}}},
	{N_("Round-trip time"), UNIT_DURATION, true, 1, {
		{'T', N_("time until acknowledged"), SERIES_RTT, PLOT_RANGES, ROLE_NORMAL, USE_DATA}}},
	{N_("Rate"), UNIT_RATE, true, 1, {
		{'B', N_("payload per second"), SERIES_BYTES, PLOT_BARS, ROLE_NORMAL, USE_DATA}}},
	{N_("In flight"), UNIT_BYTES, true, 2, {
		{'W', N_("window"), SERIES_WINDOW, PLOT_DASHES, ROLE_WARNING, USE_LIMIT},
		{'F', N_("bytes in flight"), SERIES_FLIGHT, PLOT_STEPS, ROLE_NORMAL, USE_DATA}}},
};
/* clang-format on */

const struct graph *
graphs_shown(const struct graphs *g)
{
	return &graphs[g->graph];
}

enum side
graphs_side(const struct view *v)
{
	const struct half_facts *half = tab_connection(v)->d.f.half;
	const struct graphs *g = v->state;
	bool server = half[SERVER].unique_bytes > half[CLIENT].unique_bytes;

	return server != g->other_side ? SERVER : CLIENT;
}

/* ---- time ---- */

nsec
graphs_begin(const struct view *v)
{
	return tab_connection(v)->d.f.start;
}

/* Behind the newest segment. */
nsec
graphs_end(const struct view *v)
{
	const struct conn_facts *f = &tab_connection(v)->d.f;

	return nsec_max(f->last + 1, f->start + SPAN_MIN);
}

nsec
graphs_cursor_time(const struct view *v)
{
	const struct graphs *g = v->state;

	return g->cursor != 0 ? g->cursor : tab_connection(v)->d.f.last;
}

nsec
graphs_column_time(const struct graphs *g, int column)
{
	return g->t0 + (nsec)((double)(g->t1 - g->t0) * column / g->columns);
}

int
graphs_column(const struct graphs *g, nsec t)
{
	double at = (double)(t - g->t0) * g->columns / (double)(g->t1 - g->t0);

	return at < 0 ? 0 : at >= g->columns ? g->columns - 1 : (int)at;
}

void
graphs_show(struct view *v, nsec t0, nsec span)
{
	const nsec begin = graphs_begin(v), end = graphs_end(v);
	struct graphs *g = v->state;

	span = nsec_max(span, SPAN_MIN);
	g->zoomed = span < end - begin;
	t0 = nsec_max(begin, nsec_min(t0, end - span));
	g->t0 = g->zoomed ? t0 : begin;
	g->t1 = g->zoomed ? t0 + span : end;
}

/* ---- values ---- */

/* Payload per second of each column of the screen, from that of each column of dots. */
static void
points_to_rate(struct series_point *p, size_t n, nsec column)
{
	for (size_t i = 0; i + 1 < n; i += CANVAS_DOTS_X) {
		double bytes = (double)(p[i].sum + p[i + 1].sum);
		int64_t rate = (int64_t)(bytes * NSEC_PER_SEC / (double)nsec_max(column, 1));

		p[i] = (struct series_point){1, 0, rate, rate, rate};
		p[i + 1] = p[i];
	}
}

/* The last value before the shown time; count 0: none. */
static struct series_point
value_before(const struct view *v, const struct series_query *shown)
{
	struct series_query q = *shown;
	struct series_point before = {0};

	q.t0 = graphs_begin(v);
	q.t1 = shown->t0;
	q.n = 1;
	if (q.t1 > q.t0)
		engine_series(v->ui->engine, tab_connection(v)->ref, &q, &before);
	return before;
}

static void
curve_fetch(struct view *v, const struct curve *curve, struct series_point *p)
{
	const struct graphs *g = v->state;
	const struct series_query q = {curve->kind, graphs_side(v), g->t0, g->t1, g->n};

	memset(p, 0, g->n * sizeof(*p));
	engine_series(v->ui->engine, tab_connection(v)->ref, &q, p);
	if (curve->style == PLOT_BARS)
		points_to_rate(p, g->n, (g->t1 - g->t0) / g->columns);
	if (curve->style == PLOT_STEPS || curve->style == PLOT_DASHES) {
		const struct series_point before = value_before(v, &q);

		plot_hold(p, g->n, &before);
	}
}

/* Limits are on the scale unless that would make the other curves too small to read. */
static void
scale_build(struct graphs *g, int dots)
{
	const struct graph *graph = graphs_shown(g);
	struct plot_scale data = plot_scale_new(dots), all;

	for (size_t i = 0; i < graph->n_curves; i++)
		if (graph->curves[i].use != USE_LIMIT)
			plot_include(&data, g->points[i], g->n);
	if (graph->from_zero && data.low > 0)
		data.low = 0;
	all = data;
	for (size_t i = 0; i < graph->n_curves; i++)
		if (graph->curves[i].use == USE_LIMIT)
			plot_include(&all, g->points[i], g->n);
	bool readable = data.low >= data.high ||
			(double)all.high - (double)data.low <=
				FAR_FACTOR * ((double)data.high - (double)data.low);
	g->scale = readable ? all : data;
	g->limit_above = !readable;
}

void
graphs_fetch(struct view *v, struct area plot)
{
	struct graphs *g = v->state;

	g->columns = plot.columns;
	g->n = (size_t)plot.columns * CANVAS_DOTS_X;
	for (size_t i = 0; i < graphs_shown(g)->n_curves; i++) {
		g->points[i] = xreallocarray(g->points[i], g->n, sizeof(*g->points[i]));
		curve_fetch(v, &graphs_shown(g)->curves[i], g->points[i]);
	}
	scale_build(g, plot.lines * CANVAS_DOTS_Y);
}

struct series_point
graphs_values(const struct graphs *g, size_t curve, int column)
{
	const struct series_point *p = &g->points[curve][(size_t)column * CANVAS_DOTS_X];
	struct series_point sum = p[0];

	if (p[0].count == 0)
		return p[1];
	if (p[1].count == 0)
		return sum;
	sum.count += p[1].count;
	sum.min = p[1].min < sum.min ? p[1].min : sum.min;
	sum.max = p[1].max > sum.max ? p[1].max : sum.max;
	sum.last = p[1].last;
	return sum;
}

/* ---- cursor ---- */

void
graphs_set_cursor(struct view *v, nsec t)
{
	const nsec begin = graphs_begin(v), end = graphs_end(v);
	struct graphs *g = v->state;

	g->cursor = nsec_max(begin, nsec_min(t, end - 1));
	if (g->zoomed && g->cursor < g->t0)
		graphs_show(v, g->cursor, g->t1 - g->t0);
	else if (g->zoomed && g->cursor >= g->t1)
		graphs_show(v, g->cursor + 1 - (g->t1 - g->t0), g->t1 - g->t0);
}

bool
graphs_place(struct view *v, nsec t, uint64_t *place)
{
	uint64_t low = 0, high, total, lost;
	struct segment s;

	engine_segments(v->ui->engine, tab_connection(v)->ref, 0, 1, &s, &total, &lost);
	if (total == 0)
		return false;
	for (high = total - 1; low < high;) {
		const uint64_t middle = low + (high - low) / 2;

		if (engine_segments(v->ui->engine, tab_connection(v)->ref, middle, 1, &s, &total,
				    &lost) != 1)
			return false;
		if (s.ts < t)
			low = middle + 1;
		else
			high = middle;
	}
	*place = low;
	return true;
}
