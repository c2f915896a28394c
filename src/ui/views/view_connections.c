/* SPDX-License-Identifier: MIT */
/*
 * view_connections: the Connections screen. The model defines the columns and their texts; this
 * file decides which of them fit and where they go, and what the keys do with the list.
 */
#include <string.h>

#include "base/i18n.h"
#include "ui/index_rows.h"
#include "ui/table.h"

#define ROOMY	       16 /* lines: fewer are all for the list */
#define SENTENCE_LINES 2
#define NARROW	       60 /* narrower screens have the columns in narrow[] only */

struct connections {
	struct ui *ui;
	struct index_rows rows;
	struct table_column columns[COLUMNS_MAX]; /* as ui->column_order */
	struct table table;
};

static const char *const narrow[] = {"flag", "server", "state", "diagnosis"};

/* ---- columns ---- */

static void
format_cell(const struct table_cell *cell, char *out, size_t size)
{
	const struct connections *f = cell->data;
	struct row_context row = {.now = f->ui->now, .style = ui_style(f->ui)};

	row.facts = index_rows_facts(&f->rows, cell->row);
	row.style.width = cell->width;
	if (row.facts)
		column_format(cell->column->arg, &row, out, size);
}

static bool
is_one_of(const char *name, const char *const names[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static bool
is_shown(const struct ui *ui, const struct column *c, int width)
{
	if (width < NARROW && ui->columns[c - columns] == COLUMN_BY_WIDTH)
		return is_one_of(c->name, narrow, ARRAY_LEN(narrow));
	return ui_column_shown(ui, c, width);
}

static unsigned
column_flags(const struct column *c)
{
	static const char *const loud[] = {"flag", "state", "diagnosis"};
	unsigned flags = TABLE_SORTABLE;

	flags |= c->align == ALIGN_RIGHT ? TABLE_RIGHT : 0;
	flags |= is_one_of(c->name, loud, ARRAY_LEN(loud)) ? TABLE_LOUD : 0;
	flags |= strcmp(c->name, "client") == 0 ? TABLE_FROM : 0;
	flags |= strcmp(c->name, "server") == 0 ? TABLE_TO : 0;
	return flags;
}

static void
lay_out_table(struct connections *f, int width)
{
	for (size_t i = 0; i < column_count; i++) {
		const struct column *c = f->ui->column_order[i];

		f->columns[i] = (struct table_column){
			.title = c->title,
			.min = c->width,
			.ideal = c->max_width,
			.flags = column_flags(c) | (is_shown(f->ui, c, width) ? 0 : TABLE_HIDDEN),
			.format = format_cell,
			.arg = c,
		};
	}
	table_lay_out(&f->table, width, f->rows.first, f->rows.n);
}

static bool
connections_open(struct view *v, const void *arg, struct err *err)
{
	struct connections *f = v->state;

	(void)arg;
	(void)err;
	f->ui = v->ui;
	f->rows.index = v->ui->index;
	f->table = (struct table){.columns = f->columns, .n_columns = column_count, .data = f};
	return true;
}

/* ---- list ---- */

static void
connections_moved(struct view *v)
{
	struct connections *f = v->state;

	index_rows_moved(&f->rows, v);
}

static bool
connections_update(struct view *v)
{
	struct connections *f = v->state;

	return index_rows_update(&f->rows, v);
}

static void
connections_fetch(struct view *v, size_t first, size_t n)
{
	struct connections *f = v->state;

	index_rows_fetch(&f->rows, v, first, n);
	lay_out_table(f, v->layout.list.columns);
}

static bool
is_over(const struct conn_facts *c)
{
	return c->state == CONN_CLOSED || c->state == CONN_TIME_WAIT;
}

static bool
counts_down(const struct conn_facts *c, nsec now)
{
	for (int side = 0; side < 2; side++) {
		const struct timer_facts *t = &c->half[side].timer;

		if (t->kind != TIMER_NONE && t->due != NSEC_NEVER && t->due > now)
			return true;
	}
	return false;
}

static void
connections_draw_row(struct view *v, size_t row, struct area a, bool selected)
{
	struct connections *f = v->state;
	const struct conn_facts *c = index_rows_facts(&f->rows, row);

	if (!c)
		return;
	enum severity severity = c->n_verdicts > 0 ? c->verdict.severity : SEV_NONE;
	enum role plain = selected ? ROLE_SELECTED : is_over(c) ? ROLE_DIM : ROLE_NORMAL;
	enum role loud = selected || severity == SEV_NONE ? plain : severity_role(severity);
	if (ui_is_tagged(v->ui, c->id))
		term_put(a.y, 1, 1, plain, "+"); /* behind the flag */
	table_draw_row(&f->table, a, row, plain, loud);
	v->counting_down |= ui_time_moves(v->ui) && counts_down(c, v->ui->now);
	v->ticking |= ui_time_moves(v->ui);
}

static void
connections_draw_top(struct view *v, struct area a)
{
	struct connections *f = v->state;
	const struct ui *ui = v->ui;
	size_t sorted = TABLE_NONE;

	if (v->list.count == 0) {
		f->rows.n = 0;
		lay_out_table(f, a.columns);
	}
	for (size_t i = 0; i < column_count && ui->sort; i++)
		if (f->columns[i].arg == ui->sort)
			sorted = i;
	table_draw_titles(&f->table, a, sorted,
			  ui->sort && ui->sort_reverse != ui->sort->descending);
}

static void
connections_empty(struct view *v, char *out, size_t size)
{
	const struct ui *ui = v->ui;
	struct text t = text_on(out, size);

	if (!ui->source)
		text_add(&t, "%s", _("No source of packets: I chooses an interface"));
	else if (ui->totals.tracked > 0 && ui->filter[0] != '\0')
		text_add(&t, _("None of the %llu connections matches the filter: %s"),
			 (unsigned long long)ui->totals.tracked, ui->filter);
	else if (ui->totals.tracked > 0 && ui->hide_closed)
		text_add(&t, "%s", _("Every connection is closed: H shows them"));
	else if (ui->status.phase != SOURCE_RUNNING)
		text_add(&t, _("No TCP connections in %s (%llu packets)"), ui->status.name,
			 (unsigned long long)ui->totals.packets);
	else if (ui->totals.packets > 0)
		text_add(&t, _("%llu packets, no TCP connection yet"),
			 (unsigned long long)ui->totals.packets);
	else
		text_add(&t, _("Waiting for packets on %s %s"), ui->status.name,
			 glyph(GLYPH_ELLIPSIS));
}

/* ---- sorting ---- */

static void
sort_by(struct ui *ui, const struct column *c)
{
	ui_set_sort(ui, c, c == ui->sort && c ? !ui->sort_reverse : false);
}

static const struct column *
slot_column(const struct connections *f, const struct table_slot *s)
{
	return f->columns[s->column].arg;
}

/* A click on a title sorts by its column. */
static void
connections_click(struct view *v, int y, int x)
{
	const struct connections *f = v->state;
	const struct table_slot *s = table_slot_at(&f->table, x - v->layout.top.x);

	if (s && y == v->layout.top.y)
		sort_by(v->ui, slot_column(f, s));
}

/* Sorts by the shown column to the left (-1) or right (1). */
static void
sort_step(struct view *v, int by)
{
	const struct connections *f = v->state;
	int n = (int)f->table.n_slots, at = by > 0 ? -1 : n;

	for (int i = 0; i < n; i++)
		if (slot_column(f, &f->table.slots[i]) == v->ui->sort)
			at = i;
	if (n > 0)
		ui_set_sort(v->ui, slot_column(f, &f->table.slots[(at + by + n) % n]), false);
}

static void
sort_left(struct view *v)
{
	sort_step(v, -1);
}

static void
sort_right(struct view *v)
{
	sort_step(v, 1);
}

static void
sort_menu(struct view *v)
{
	ui_open(v->ui, &view_sort, NULL);
}

static void
columns_menu(struct view *v)
{
	ui_open(v->ui, &view_columns, NULL);
}

static void
sort_reverse(struct view *v)
{
	struct ui *ui = v->ui;

	ui_set_sort(ui, ui->sort, !ui->sort_reverse);
}

static void
hold(struct view *v)
{
	struct ui *ui = v->ui;

	ui->hold_order = !ui->hold_order;
	index_hold_order(ui->index, ui->hold_order);
	ui_say(ui, "%s",
	       ui->hold_order ? _("Order held: new connections come last, nothing moves")
			      : _("Order no longer held"));
}

static void
hide_closed(struct view *v)
{
	struct ui *ui = v->ui;

	ui->hide_closed = !ui->hide_closed;
	index_hide_closed(ui->index, ui->hide_closed);
	ui_say(ui, "%s",
	       ui->hide_closed ? _("Closed connections are hidden")
			       : _("Closed connections are shown"));
}

/* ---- selection ---- */

static struct layout
connections_lay_out(struct view *v, struct area a)
{
	(void)v;
	return layout_split(a, 1, a.lines < ROOMY ? 0 : SENTENCE_LINES);
}

static void
connections_draw_bottom(struct view *v, struct area a)
{
	const struct connections *f = v->state;

	index_rows_draw_sentence(&f->rows, v, a);
}

/* The selected connection; says so when there is none. */
static bool
selected_facts(struct ui *ui, struct view *v, struct conn_facts *out)
{
	struct connections *f = v->state;

	if (index_rows_selected(&f->rows, v, out))
		return true;
	ui_say(ui, _("No connection is selected"));
	return false;
}

static void
enter(struct view *v)
{
	struct ui *ui = v->ui;
	struct conn_facts c;

	if (selected_facts(ui, v, &c))
		ui_open(ui, &view_connection, &(struct connection_arg){c.ref});
}

static void
tag(struct view *v)
{
	struct ui *ui = v->ui;
	struct conn_facts c;

	if (!selected_facts(ui, v, &c))
		return;
	ui_toggle_tag(ui, c.id, c.ref);
	list_move(&v->list, 1);
}

static void
untag_all(struct view *v)
{
	struct ui *ui = v->ui;

	ui->n_tags = 0;
	ui_say(ui, _("No connection is tagged any more"));
}

static void
save(struct view *v)
{
	struct ui *ui = v->ui;
	struct conn_facts c;

	if (ui->n_tags > 0)
		save_ask(ui, ui->tags, ui->n_tags);
	else if (selected_facts(ui, v, &c))
		save_ask(ui, &(struct tag){c.id, c.ref}, 1);
}

static void
interfaces(struct view *v)
{
	ui_open(v->ui, &view_interfaces, NULL);
}

static void
why(struct view *v)
{
	struct ui *ui = v->ui;
	struct conn_facts c;

	if (selected_facts(ui, v, &c))
		ui_open(ui, &view_why, &(struct connection_arg){c.ref});
}

static void
problems(struct view *v)
{
	ui_open(v->ui, &view_problems, NULL);
}

static void
servers(struct view *v)
{
	ui_open(v->ui, &view_servers, NULL);
}

static const struct action connections_actions[] = {
	{"open", {K_ENTER, K_RIGHT}, N_("Open"), N_("look into the connection"), enter},
	{"filter",
	 {'/', 'f', K_F(4), K_F(7)},
	 N_("Filter"),
	 N_("narrow the list while typing; an empty line shows all"),
	 action_filter},
	{"sort", {'s', K_F(6)}, N_("Sort"), N_("choose what to sort by"), sort_menu},
	{"tag", {' '}, N_("Tag"), N_("tag or untag, for saving several"), tag},
	{"save",
	 {'w', K_F(2)},
	 N_("Save"),
	 N_("save its packets, or those of the tagged: .pcap or .pcapng, .gz or .zst"),
	 save},
	{"why", {'v'}, N_("Why"), N_("why: the rule and the segments behind the diagnosis"), why},
	{"problems", {'P'}, N_("Problems"), N_("what went wrong, newest first"), problems},
	{"servers", {'E'}, N_("Servers"), N_("the connections summed up by server"), servers},
	{"capture-filter",
	 {'B'},
	 NULL,
	 N_("capture only what a pcap filter lets through"),
	 action_capture_filter},
	{"columns", {'c'}, NULL, N_("choose the columns"), columns_menu},
	{"sort-left", {'<'}, NULL, N_("sort by the column to the left"), sort_left},
	{"sort-right", {'>'}, NULL, N_("sort by the column to the right"), sort_right},
	{"reverse", {'S'}, NULL, N_("reverse the order"), sort_reverse},
	{"hold", {'o'}, NULL, N_("hold the order: nothing moves"), hold},
	{"untag", {'U'}, NULL, N_("untag all"), untag_all},
	{"closed", {'H'}, NULL, N_("hide or show closed connections"), hide_closed},
	{"interfaces", {'I'}, NULL, N_("capture from another interface"), interfaces},
	{0},
};

const struct view_ops view_connections = {
	.name = "connections",
	.title = N_("Connections"),
	.help = N_("Every TCP connection: errors first, then warnings, then the rest, each "
		   "newest first. E is an error, W a warning, N a note; NEXT counts down to "
		   "the next retransmission."),
	.state_size = sizeof(struct connections),
	.open = connections_open,
	.update = connections_update,
	.moved = connections_moved,
	.lay_out = connections_lay_out,
	.draw_top = connections_draw_top,
	.draw_bottom = connections_draw_bottom,
	.fetch = connections_fetch,
	.draw_row = connections_draw_row,
	.click = connections_click,
	.empty_text = connections_empty,
	.actions = connections_actions,
};
