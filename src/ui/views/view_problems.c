/* SPDX-License-Identifier: MIT */
/*
 * view_problems: what went wrong, across all connections, newest first; Enter goes to the one. The
 * engine's table is walked in slices, a few per turn, so that a large one never stops the screen.
 */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "ui/lines.h"
#include "ui/table.h"
#include "ui/app.h"

#define PROBLEMS_MAX 4096 /* kept: the newest */
#define SLICE        1024
#define SLICES       16  /* per turn */
#define ROWS_MAX     256 /* engine_rows' limit */
#define WHOLE_LINES  3   /* for the sentence under the cursor */

struct problems {
	struct connref selected;
	bool has_selected;
	uint32_t cursor; /* of the walk in progress; UINT32_MAX: none */
	uint64_t change; /* of the engine, when the present list's walk began */
	uint64_t walking;
	size_t n, n_new;
	struct scan_item items[PROBLEMS_MAX];
	struct scan_item new[PROBLEMS_MAX + SLICE];
	size_t first, n_rows;
	struct conn_facts rows[ROWS_MAX];
	struct table table;
};

static bool
has_problem(const void *arg, const struct conn_facts *f)
{
	(void)arg;
	return f->verdict.severity != SEV_NONE;
}

static int64_t
newest_first(const void *arg, const struct conn_facts *f)
{
	(void)arg;
	return -f->verdict.time;
}

static int
by_key(const void *a, const void *b)
{
	const struct scan_item *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

/* Walks on; true: the walk is complete. */
static bool
walk(struct problems *p, struct ui *ui)
{
	for (int i = 0; i < SLICES && p->cursor != UINT32_MAX; i++) {
		p->n_new += engine_scan(ui->engine, &p->cursor, ui->now, has_problem, newest_first,
					NULL, p->new + p->n_new, SLICE);
		if (p->n_new > PROBLEMS_MAX) {
			qsort(p->new, p->n_new, sizeof(p->new[0]), by_key);
			p->n_new = PROBLEMS_MAX;
		}
	}
	return p->cursor == UINT32_MAX;
}

static ptrdiff_t
find_selected(const struct problems *p)
{
	for (size_t i = 0; p->has_selected && i < p->n; i++)
		if (connref_equal(p->items[i].ref, p->selected))
			return (ptrdiff_t)i;
	return -1;
}

static void
problems_moved(struct view *v)
{
	struct problems *p = v->state;

	p->has_selected = v->list.cursor < p->n;
	if (p->has_selected)
		p->selected = p->items[v->list.cursor].ref;
}

static bool
problems_update(struct view *v)
{
	struct problems *p = v->state;

	if (p->cursor == UINT32_MAX && p->change == v->ui->totals.change)
		return false;
	if (p->cursor == UINT32_MAX) {
		p->cursor = 0;
		p->n_new = 0;
		p->walking = v->ui->totals.change;
	}
	if (!walk(p, v->ui))
		return false;
	qsort(p->new, p->n_new, sizeof(p->new[0]), by_key);
	memcpy(p->items, p->new, p->n_new * sizeof(p->new[0]));
	p->n = p->n_new;
	p->change = p->walking;
	ptrdiff_t found = find_selected(p);
	list_sync(&v->list, p->n, found);
	if (!v->list.touched || found < 0)
		problems_moved(v);
	return true;
}

static void
problems_fetch(struct view *v, size_t first, size_t n)
{
	struct problems *p = v->state;
	struct connref refs[ROWS_MAX];

	p->first = first;
	p->n_rows = n < ROWS_MAX ? n : ROWS_MAX;
	for (size_t i = 0; i < p->n_rows; i++)
		refs[i] = p->items[first + i].ref;
	engine_rows(v->ui->engine, v->ui->now, refs, p->n_rows, p->rows);
	table_lay_out(&p->table, v->layout.list.columns, first, p->n_rows);
}

/* The facts of a row on the screen; NULL: the connection is gone. */
static const struct conn_facts *
row_facts(const struct problems *p, size_t row)
{
	if (row < p->first || row - p->first >= p->n_rows || p->rows[row - p->first].ref.gen == 0)
		return NULL;
	return &p->rows[row - p->first];
}

/* ---- columns ---- */

static const struct conn_facts *
cell_facts(const struct table_cell *cell)
{
	const struct view *v = cell->data;
	const struct problems *p = v->state;

	return &p->rows[cell->row - p->first];
}

static void
format_time(const struct table_cell *cell, char *out, size_t size)
{
	text_clock(out, size, cell_facts(cell)->verdict.time, 0);
}

static void
format_severity(const struct table_cell *cell, char *out, size_t size)
{
	struct text t = text_on(out, size);

	text_add(&t, "%c", severity_letter(cell_facts(cell)->verdict.severity));
}

/* arg is the number of the end. Its port is kept where the address is too long. */
static void
format_end(const struct table_cell *cell, char *out, size_t size)
{
	const enum side *side = cell->column->arg;
	const struct endpoint *e = &cell_facts(cell)->end[*side];
	char text[64];

	text_endpoint(text, sizeof(text), e->addr, e->port);
	text_cut_middle(out, size, text, (size_t)cell->width, 6);
}

static void
format_sentence(const struct table_cell *cell, char *out, size_t size)
{
	const struct view *v = cell->data;
	const struct conn_facts *c = cell_facts(cell);

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

	(void)arg;
	(void)err;
	p->table = (struct table){
		.columns = problem_columns,
		.n_columns = ARRAY_LEN(problem_columns),
		.data = v,
		.indent = 1,
	};
	p->cursor = UINT32_MAX;
	p->change = ~v->ui->totals.change;
	problems_update(v);
	return true;
}

/* ---- drawing ---- */

static struct layout
problems_lay_out(struct view *v, struct area a)
{
	(void)v;
	return layout_split(a, 1, a.lines < 12 ? 0 : WHOLE_LINES);
}

static void
problems_draw_top(struct view *v, struct area a)
{
	const struct problems *p = v->state;

	term_printf(a.y, 1, a.columns - 1, ROLE_TITLE, _("Problems, newest first: %zu"), p->n);
}

static void
problems_draw_row(struct view *v, size_t row, struct area a, bool selected)
{
	const struct problems *p = v->state;
	const struct conn_facts *c = row_facts(p, row);

	if (c)
		table_draw_row(&p->table, a, row, selected ? ROLE_SELECTED : ROLE_NORMAL,
			       selected ? ROLE_SELECTED : severity_role(c->verdict.severity));
}

/* The whole sentence of the row under the cursor: its line may be too short for it. */
static void
problems_draw_bottom(struct view *v, struct area a)
{
	const struct problems *p = v->state;
	const struct conn_facts *c = row_facts(p, v->list.cursor);
	struct lines whole = {0};
	char text[512];

	if (!c)
		return;
	verdict_text(text, sizeof(text), &c->verdict, c, v->ui->now);
	lines_wrap(&whole, ROLE_NOTE, a.columns - 2, 0, "", text);
	for (size_t i = 0; i < whole.n && i < (size_t)a.lines; i++)
		term_put(a.y + (int)i, 1, a.columns - 1, ROLE_NOTE, whole.items[i].text);
	lines_free(&whole);
}

static void
problems_empty(struct view *v, char *out, size_t size)
{
	struct text t = text_on(out, size);

	(void)v;
	text_add(&t, "%s", _("Nothing went wrong so far"));
}

static void
problems_enter(struct view *v)
{
	const struct problems *p = v->state;

	if (v->list.cursor < p->n)
		ui_open(v->ui, &view_connection,
			&(struct connection_arg){p->items[v->list.cursor].ref});
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
