/* SPDX-License-Identifier: MIT */
/*
 * view_problems: what went wrong, across all connections, newest first; Enter goes to the
 * connection. Its rows are an index of its own, which is brought up to date while it is shown.
 */
#include "base/i18n.h"
#include "ui/index_rows.h"
#include "ui/lines.h"
#include "ui/table.h"

#define INDEX_BUDGET   (10 * NSEC_PER_MS) /* of work on the index per turn */
#define SENTENCE_LINES 3                  /* for the sentence under the cursor */

struct problems {
	struct index_rows rows;
	struct table table;
};

static int64_t
verdict_time(const struct row_context *row)
{
	return row->facts->verdict.time;
}

/* The order: by the time of the verdict, the newest first. */
static const struct column newest = {.name = "newest", .descending = true, .key = verdict_time};

static void
problems_moved(struct view *v)
{
	struct problems *p = v->state;

	index_rows_moved(&p->rows, v);
}

static bool
problems_update(struct view *v)
{
	struct problems *p = v->state;
	bool changed = index_step(p->rows.index, v->ui->now, INDEX_BUDGET);

	v->wait = index_wait(p->rows.index);
	return index_rows_update(&p->rows, v) || changed;
}

static void
problems_fetch(struct view *v, size_t first, size_t n)
{
	struct problems *p = v->state;

	index_rows_fetch(&p->rows, v, first, n);
	table_lay_out(&p->table, v->layout.list.columns, first, p->rows.n);
}

/* ---- columns ---- */

static const struct conn_facts *
cell_facts(const struct table_cell *cell)
{
	const struct view *v = cell->data;
	const struct problems *p = v->state;

	return index_rows_facts(&p->rows, cell->row);
}

static void
format_time(const struct table_cell *cell, char *out, size_t size)
{
	const struct conn_facts *c = cell_facts(cell);

	if (c)
		text_clock(out, size, c->verdict.time, 0);
}

static void
format_severity(const struct table_cell *cell, char *out, size_t size)
{
	const struct conn_facts *c = cell_facts(cell);
	struct text t = text_on(out, size);

	if (c)
		text_add(&t, "%c", severity_letter(c->verdict.severity));
}

/* arg is the side. An address that is too long is cut before its port. */
static void
format_end(const struct table_cell *cell, char *out, size_t size)
{
	const enum side *side = cell->column->arg;
	const struct conn_facts *c = cell_facts(cell);
	char text[64];

	if (!c)
		return;
	text_endpoint(text, sizeof(text), c->end[*side].addr, c->end[*side].port);
	text_cut_middle(out, size, text, (size_t)cell->width, 6);
}

static void
format_sentence(const struct table_cell *cell, char *out, size_t size)
{
	const struct view *v = cell->data;
	const struct conn_facts *c = cell_facts(cell);

	if (c)
		verdict_text(out, size, &c->verdict, c, v->ui->now);
}

static const enum side client = CLIENT, server = SERVER;

/* clang-format off */
static const struct table_column problem_columns[] = {
	{"", .min = 8, .format = format_time},
	{"", .min = 1, .flags = TABLE_LOUD, .format = format_severity},
	{"", .min = 21, .ideal = 47, .from = 110, .flags = TABLE_FROM, .format = format_end, .arg = &client},
	{"", .min = 21, .ideal = 47, .from = 70, .flags = TABLE_TO, .format = format_end, .arg = &server},
	{"", .min = 50, .shrink = 1, .flags = TABLE_LOUD | TABLE_REST, .format = format_sentence},
};
/* clang-format on */

static bool
problems_open(struct view *v, const void *arg, struct err *err)
{
	struct problems *p = v->state;
	struct filter_error error;

	(void)arg;
	(void)err;
	p->table = (struct table){
		.columns = problem_columns,
		.n_columns = ARRAY_LEN(problem_columns),
		.data = v,
		.indent = 1,
	};
	p->rows.index = index_new(v->ui->engine);
	index_set_filter(p->rows.index, filter_parse("severity >= note", &error));
	index_set_sort(p->rows.index, &newest, false);
	problems_update(v);
	return true;
}

static void
problems_close(struct view *v)
{
	struct problems *p = v->state;

	index_free(p->rows.index);
}

/* ---- drawing ---- */

static struct layout
problems_lay_out(struct view *v, struct area a)
{
	(void)v;
	return layout_split(a, 1, a.lines < 12 ? 0 : SENTENCE_LINES);
}

static void
problems_draw_top(struct view *v, struct area a)
{
	term_printf(a.y, 1, a.columns - 1, ROLE_TITLE, _("Problems, newest first: %zu"),
		    v->list.count);
}

static void
problems_draw_row(struct view *v, size_t row, struct area a, bool selected)
{
	const struct problems *p = v->state;
	const struct conn_facts *c = index_rows_facts(&p->rows, row);

	if (c)
		table_draw_row(&p->table, a, row, selected ? ROLE_SELECTED : ROLE_NORMAL,
			       selected ? ROLE_SELECTED : severity_role(c->verdict.severity));
}

static void
problems_draw_bottom(struct view *v, struct area a)
{
	const struct problems *p = v->state;

	index_rows_draw_sentence(&p->rows, v, a);
}

static void
problems_empty(struct view *v, char *out, size_t size)
{
	const struct problems *p = v->state;
	struct text t = text_on(out, size);

	text_add(&t, "%s",
		 index_settled(p->rows.index) ? _("No TCP problem found so far") : _("Searching"));
}

static void
problems_enter(struct view *v)
{
	const struct problems *p = v->state;

	if (p->rows.has_selected)
		ui_open(v->ui, &view_connection, &(struct connection_arg){p->rows.selected});
}

static const struct action problems_actions[] = {
	{"open", {K_ENTER, K_RIGHT}, N_("Open"), N_("look into the connection"), problems_enter},
	{0},
};

const struct view_ops view_problems = {
	.name = "problems",
	.title = N_("Problems"),
	.help = N_("What went wrong, across all connections, newest first."),
	.state_size = sizeof(struct problems),
	.open = problems_open,
	.close = problems_close,
	.update = problems_update,
	.moved = problems_moved,
	.lay_out = problems_lay_out,
	.draw_top = problems_draw_top,
	.fetch = problems_fetch,
	.draw_row = problems_draw_row,
	.draw_bottom = problems_draw_bottom,
	.empty_text = problems_empty,
	.actions = problems_actions,
};
