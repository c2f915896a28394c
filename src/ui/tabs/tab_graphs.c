/* SPDX-License-Identifier: MIT */
/*
 * tab_graphs: the Graphs tab: what one side sent, over time, as one of four graphs. Curves are told
 * apart by letters on them and by how they are drawn, not by colour alone. The cursor is a column;
 * the line below the graph has its values.
 */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "ui/tabs/graphs.h"

#define GUTTER	     7	/* columns of the labels of values */
#define LETTER_EVERY 18 /* columns between two letters of a curve */

static bool
graphs_open(struct view *v, const void *arg, struct err *err)
{
	struct graphs *g = v->state;

	(void)arg;
	(void)err;
	g->columns = 1; /* until it is drawn */
	return true;
}

static bool
graphs_update(struct view *v)
{
	struct graphs *g = v->state;

	if (!g->zoomed)
		graphs_show(v, graphs_begin(v), graphs_end(v) - graphs_begin(v));
	return false;
}

/* ---- drawing ---- */

static char *
value_text(char *out, size_t size, const struct view *v, int64_t value)
{
	const struct graphs *g = v->state;
	const bool rate = graphs_shown(g)->unit == UNIT_RATE;
	struct text t = text_on(out, size);
	char number[16];

	value = value > 0 ? value : 0;
	if (graphs_shown(g)->unit == UNIT_DURATION)
		return text_duration(out, size, value);
	const uint64_t n = (uint64_t)value * (rate && v->ui->bits ? 8 : 1);
	text_add(&t, "%s%s", text_count(number, sizeof(number), n),
		 rate && v->ui->bits ? "b" : "");
	return out;
}

static void
letter_draw(const struct graphs *g, struct area plot, const struct curve *curve, size_t i,
	    int column)
{
	const struct series_point p = graphs_values(g, i, column);
	const int dot = p.count > 0 ? plot_dot(&g->scale, p.last) : -1;
	const char text[2] = {curve->letter, '\0'};

	if (dot >= 0 && dot < g->scale.dots)
		term_put(plot.y + dot / CANVAS_DOTS_Y, plot.x + column, 1, curve->role, text);
}

static void
letters_draw(const struct graphs *g, struct area plot)
{
	const struct graph *graph = graphs_shown(g);

	for (size_t i = 0; i < graph->n_curves; i++) {
		const struct curve *curve = &graph->curves[i];
		int first = curve->use == USE_MARKS ? 0 : 2 + (int)i * LETTER_EVERY / CURVES_MAX;

		if (graph->n_curves == 1)
			continue;
		for (int x = first; x < g->columns; x += curve->use == USE_MARKS ? 1 : LETTER_EVERY)
			letter_draw(g, plot, curve, i, x);
	}
}

static void
cursor_draw(const struct view *v, const struct canvas *c, struct area plot)
{
	const struct graphs *g = v->state;
	const int column = graphs_column(g, graphs_cursor_time(v));
	char cell[CANVAS_CELL_BYTES];

	for (int y = 0; y < plot.lines; y++) {
		canvas_cell(c, column, y, cell);
		term_put(plot.y + y, plot.x + column, 1, ROLE_SELECTED,
			 cell[0] != '\0' ? cell : " ");
	}
}

static void
value_labels_draw(const struct view *v, struct area a, struct area plot)
{
	const struct graphs *g = v->state;
	const struct plot_scale *s = &g->scale;
	char text[24];

	if (s->low > s->high)
		return;
	const int64_t step = plot_step(s->high - s->low, plot.lines / 2);
	for (int64_t at = (s->low + step - 1) / step * step; at <= s->high; at += step) {
		const int line = plot_dot(s, at) / CANVAS_DOTS_Y;

		value_text(text, sizeof(text), v, at);
		term_put(plot.y + line, a.x + GUTTER - 1 - (int)text_width(text), GUTTER - 1,
			 ROLE_LABEL, text);
	}
}

/* The part of the area that the curves are in. */
static struct area
plot_area(struct area a)
{
	const int width = a.columns - GUTTER - 1;

	return (struct area){a.y, a.x + GUTTER, a.lines, width > 1 ? width : 1};
}

static void
graphs_draw(struct view *v, struct area a)
{
	struct graphs *g = v->state;
	const struct area plot = plot_area(a);

	graphs_fetch(v, plot);
	struct canvas *c = canvas_new(plot.columns, plot.lines);
	for (size_t i = 0; i < graphs_shown(g)->n_curves; i++) {
		const struct curve *curve = &graphs_shown(g)->curves[i];

		if (curve->use != USE_MARKS)
			plot_draw(c, &g->scale, curve->style, g->points[i], g->n, curve->role);
	}
	canvas_flush(c, plot.y, plot.x);
	cursor_draw(v, c, plot);
	letters_draw(g, plot);
	value_labels_draw(v, a, plot);
	if (g->scale.low > g->scale.high)
		term_put(plot.y, plot.x + 1, plot.columns - 1, ROLE_NORMAL,
			 _("There are no values in this time"));
	canvas_free(c);
}

/* "D data  A acknowledged …" from x on. */
static void
legend_draw(const struct graphs *g, struct area a, int x)
{
	const struct graph *graph = graphs_shown(g);
	char text[128];

	for (size_t i = graph->n_curves; i-- > 0;) {
		const struct curve *curve = &graph->curves[i];
		struct text t = text_on(text, sizeof(text));

		text_add(&t, "%c %s", curve->letter, _(curve->name));
		if (curve->use == USE_LIMIT && g->limit_above)
			text_add(&t, " %s", _("(above the graph)"));
		x += 2 + term_put(a.y, x, a.columns - x, curve->role, text);
	}
}

static void
graphs_draw_top(struct view *v, struct area a)
{
	const struct graphs *g = v->state;
	char text[128];
	struct text t = text_on(text, sizeof(text));

	text_add(&t, "%s, %s", _(graphs_shown(g)->title),
		 graphs_side(v) == CLIENT ? _("from the client") : _("from the server"));
	const int used = term_put(a.y, 1, a.columns - 1, ROLE_TITLE, text);
	if (a.lines > 1)
		legend_draw(g, (struct area){a.y + 1, a.x, 1, a.columns}, 1);
	else
		legend_draw(g, a, used + 3);
}

static void
time_labels_draw(const struct view *v, struct area line)
{
	const struct graphs *g = v->state;
	const nsec start = graphs_begin(v), step = plot_step(g->t1 - g->t0, g->columns / 12 + 1);
	const struct area plot = plot_area(line);
	char text[32];

	for (nsec at = (g->t0 - start + step - 1) / step * step; start + at < g->t1; at += step) {
		const int x = graphs_column(g, start + at);

		plot_time(text, sizeof(text), at, step);
		if (x + (int)text_width(text) <= plot.columns)
			term_put(line.y, plot.x + x, plot.columns - x, ROLE_LABEL, text);
	}
}

/* "D 12k–14k" of the column of the cursor. */
static void
readout_add(struct text *t, const struct view *v, size_t curve, int column)
{
	const struct graphs *g = v->state;
	const struct series_point p = graphs_values(g, curve, column);
	char low[24], high[24];

	text_add(t, "  %c ", graphs_shown(g)->curves[curve].letter);
	if (p.count == 0) {
		text_add(t, "%s", glyph(GLYPH_NONE));
		return;
	}
	value_text(low, sizeof(low), v, p.min);
	value_text(high, sizeof(high), v, p.max);
	text_add(t, "%s", low);
	if (strcmp(low, high) != 0)
		text_add(t, "%s%s", glyph(GLYPH_NONE), high);
}

static void
readout_draw(const struct view *v, struct area line)
{
	const struct graphs *g = v->state;
	const int column = graphs_column(g, graphs_cursor_time(v));
	const nsec step = plot_step(g->t1 - g->t0, g->columns);
	char text[192], time[32];
	struct text t = text_on(text, sizeof(text));

	plot_time(time, sizeof(time), graphs_column_time(g, column) - graphs_begin(v), step);
	text_add(&t, "%s", time);
	for (size_t i = graphs_shown(g)->n_curves; i-- > 0;)
		readout_add(&t, v, i, column);
	term_put(line.y, 1, line.columns - 1, ROLE_NORMAL, text);
	term_point(line.y, plot_area(line).x + column);
}

static void
graphs_draw_bottom(struct view *v, struct area a)
{
	if (a.lines > 1)
		time_labels_draw(v, a);
	a.y += a.lines - 1;
	readout_draw(v, a);
}

static struct layout
graphs_lay_out(struct view *v, struct area a)
{
	(void)v;
	return layout_split(a, a.columns < 90 && a.lines >= 9 ? 2 : 1, a.lines >= 5 ? 2 : 1);
}

static void
graphs_close(struct view *v)
{
	struct graphs *g = v->state;

	for (size_t i = 0; i < CURVES_MAX; i++)
		free(g->points[i]);
}

/* ---- keys ---- */

static void
graph_step(struct view *v, size_t by)
{
	struct graphs *g = v->state;

	g->graph = (g->graph + by) % GRAPHS_COUNT;
}

static void
next_graph(struct view *v)
{
	graph_step(v, 1);
}

static void
previous_graph(struct view *v)
{
	graph_step(v, GRAPHS_COUNT - 1);
}

static void
other_side(struct view *v)
{
	struct graphs *g = v->state;

	g->other_side = !g->other_side;
}

static void
cursor_move(struct view *v, int by)
{
	const struct graphs *g = v->state;
	const nsec column = nsec_max((g->t1 - g->t0) / nsec_max(g->columns, 1), 1);
	const int at = graphs_column(g, graphs_cursor_time(v));

	graphs_set_cursor(v, graphs_column_time(g, at + by) + column / 2);
}

static void
cursor_left(struct view *v)
{
	cursor_move(v, -1);
}

static void
cursor_right(struct view *v)
{
	cursor_move(v, 1);
}

static void
to_first(struct view *v)
{
	graphs_set_cursor(v, graphs_begin(v));
}

/* The cursor stays on the newest segment, also when more come. */
static void
to_newest(struct view *v)
{
	struct graphs *g = v->state;

	graphs_set_cursor(v, tab_connection(v)->d.f.last);
	g->cursor = 0;
}

/* Multiplies the shown time by num/den; the cursor stays where it is on the screen. */
static void
zoom(struct view *v, int num, int den)
{
	struct graphs *g = v->state;
	const double factor = (double)num / den;
	const nsec at = graphs_cursor_time(v), span = g->t1 - g->t0;

	graphs_show(v, at - (nsec)((double)(at - g->t0) * factor), (nsec)((double)span * factor));
}

static void
zoom_in(struct view *v)
{
	zoom(v, 1, 2);
}

static void
zoom_out(struct view *v)
{
	const struct graphs *g = v->state;

	if (g->zoomed)
		zoom(v, 2, 1);
	else
		ui_say(v->ui, "%s", _("The whole connection is shown; + shows less of it"));
}

static void
zoom_whole(struct view *v)
{
	struct graphs *g = v->state;

	g->zoomed = false;
}

static void
pan(struct view *v, int direction)
{
	struct graphs *g = v->state;
	const nsec span = g->t1 - g->t0, before = g->t0, at = graphs_cursor_time(v);

	if (!g->zoomed) {
		ui_say(v->ui, "%s", _("The whole connection is shown; + shows less of it"));
		return;
	}
	graphs_show(v, g->t0 + direction * (span / 2), span);
	graphs_set_cursor(v, at + g->t0 - before);
}

static void
pan_left(struct view *v)
{
	pan(v, -1);
}

static void
pan_right(struct view *v)
{
	pan(v, 1);
}

/* Whether there is a letter of its own for what was sent in this column. */
static bool
is_marked(const struct graphs *g, int column)
{
	const struct graph *graph = graphs_shown(g);

	for (size_t i = 0; i < graph->n_curves; i++)
		if (graph->curves[i].use == USE_MARKS && graphs_values(g, i, column).count > 0)
			return true;
	return false;
}

/* To the first segment of the column; of a marked one, to the first that was sent again. */
static void
jump(struct view *v)
{
	const struct graphs *g = v->state;
	const int column = graphs_column(g, graphs_cursor_time(v));
	uint64_t place;

	if (!graphs_place(v, graphs_column_time(g, column), &place)) {
		ui_say(v->ui, "%s", _("No segment of this connection is kept any more"));
		return;
	}
	if (is_marked(g, column)) {
		const int64_t again = engine_find_segment(v->ui->engine, tab_connection(v)->ref,
							  place, true, FINDING(F_RETRANSMISSION));

		place = again >= 0 ? (uint64_t)again : place;
	}
	connection_show_segment(v, place);
}

static const struct action graphs_actions[] = {
	{"jump", {K_ENTER}, N_("Segment"), N_("the segment under the cursor"), jump},
	{"next-graph",
	 {'m', K_DOWN, 'j'},
	 N_("Graph"),
	 N_("the next graph: sequence, round-trip time, rate, in flight"),
	 next_graph},
	{"previous-graph", {'M', K_UP, 'k'}, NULL, N_("the graph before"), previous_graph},
	{"side", {'d'}, N_("Direction"), N_("what the other side sent"), other_side},
	{"zoom-in", {'+', '='}, N_("Zoom"), N_("less time around the cursor"), zoom_in},
	{"zoom-out", {'-', '_'}, NULL, N_("more time around the cursor"), zoom_out},
	{"whole", {'0'}, NULL, N_("the whole connection"), zoom_whole},
	{"cursor-left", {K_LEFT}, NULL, N_("the cursor one column to the left"), cursor_left},
	{"cursor-right", {K_RIGHT}, NULL, N_("the cursor one column to the right"), cursor_right},
	{"pan-left", {'<', K_PAGE_UP, K_CTRL('b')}, NULL, N_("earlier"), pan_left},
	{"pan-right", {'>', K_PAGE_DOWN, K_CTRL('f')}, NULL, N_("later"), pan_right},
	{"to-first", {K_HOME, 'g'}, NULL, N_("to the first segment"), to_first},
	{"to-newest", {K_END, 'G'}, NULL, N_("to the newest segment"), to_newest},
	{0},
};

const struct view_ops tab_graphs = {
	.name = "graphs",
	.title = N_("Graphs"),
	.help = N_("What one side sent over time: sequence numbers, round-trip time, rate, bytes "
		   "in flight. Letters on the curves are those of the legend; the line below the "
		   "graph has the values under the cursor."),
	.state_size = sizeof(struct graphs),
	.open = graphs_open,
	.close = graphs_close,
	.update = graphs_update,
	.lay_out = graphs_lay_out,
	.draw = graphs_draw,
	.draw_top = graphs_draw_top,
	.draw_bottom = graphs_draw_bottom,
	.actions = graphs_actions,
};
