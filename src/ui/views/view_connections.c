/* SPDX-License-Identifier: MIT */
/*
 * view_connections: the Connections screen. The model defines the columns and their texts; this
 * file decides which of them fit and where they go, and what the keys do with the list.
 */
#include <string.h>

#include "base/i18n.h"
#include "ui/app.h"

#define ROWS_MAX    256 /* engine_rows' limit */
#define LEAST_WIDTH 8   /* of a column that is cut */

struct slot {
	const struct column *column;
	int x, width;
};

struct connections {
	struct connref selected;
	bool has_selected;
	size_t first, n;
	struct conn_facts rows[ROWS_MAX];
	size_t n_slots;
	struct slot slots[COLUMNS_MAX];
	int screen;              /* the width that the needs were measured on */
	int needed[COLUMNS_MAX]; /* widest text so far, by place in columns[]; never shrinks, so
				  * that columns do not jump about */
};

/* On screens too narrow for what is shown everywhere else. */
static const char *const narrow[] = {"flag", "server", "state", "diagnosis"};
#define NARROW 60

static int
column_width(const struct column *c)
{
	int title = (int)text_width(_(c->title));

	return c->width > title ? c->width : title;
}

/* Blanks before a column: the arrow stands between client and server. */
static int
gap_before(const struct connections *f, size_t i)
{
	if (i == 0)
		return 0;
	return strcmp(f->slots[i].column->name, "server") == 0 &&
			       strcmp(f->slots[i - 1].column->name, "client") == 0
		       ? 3
		       : 1;
}

static void
slots_choose(struct connections *f, const struct ui *ui, int width)
{
	f->n_slots = 0;
	for (size_t i = 0; i < column_count && f->n_slots < COLUMNS_MAX; i++) {
		const struct column *c = ui->column_order[i];
		bool wanted = ui_column_shown(ui, c, width);

		if (width < NARROW && ui->columns[c - columns] == COLUMN_BY_WIDTH) {
			wanted = false;
			for (size_t k = 0; k < ARRAY_LEN(narrow); k++)
				wanted |= strcmp(c->name, narrow[k]) == 0;
		}
		if (wanted)
			f->slots[f->n_slots++] = (struct slot){c, 0, column_width(c)};
	}
}

static int
slots_width(const struct connections *f)
{
	int width = 0;

	for (size_t i = 0; i < f->n_slots; i++)
		width += gap_before(f, i) + f->slots[i].width;
	return width;
}

/* What is too much goes from the right; the last one is cut where some of it can be shown. */
static void
slots_fit(struct connections *f, int screen)
{
	for (int over; f->n_slots > 1 && (over = slots_width(f) - screen) > 0;) {
		struct slot *last = &f->slots[f->n_slots - 1];

		if (last->width - over >= LEAST_WIDTH)
			last->width -= over;
		else
			f->n_slots--;
	}
}

/* How wide the texts of the rows on screen would like to be. */
static void
slots_measure(struct connections *f, const struct ui *ui)
{
	struct row_context row = {.now = ui->now, .style = ui_style(ui)};
	char text[512];

	for (size_t k = 0; k < f->n_slots; k++) {
		const struct column *c = f->slots[k].column;

		row.style.width = c->max_width;
		int *needed = &f->needed[c - columns];
		for (size_t i = 0; i < f->n && *needed < c->max_width; i++) {
			if (f->rows[i].ref.gen == 0)
				continue;
			row.facts = &f->rows[i];
			column_format(c, &row, text, sizeof(text));
			int width = (int)text_width(text);
			if (width > *needed)
				*needed = width < c->max_width ? width : c->max_width;
		}
	}
}

/* Hands out the spare room, one cell at a time to every column that can use it. */
static void
slots_grow(struct connections *f, int spare)
{
	for (bool grew = true; spare > 0 && grew;) {
		grew = false;
		for (size_t i = 0; i < f->n_slots && spare > 0; i++) {
			struct slot *s = &f->slots[i];

			if (s->width < f->needed[s->column - columns]) {
				s->width++;
				spare--;
				grew = true;
			}
		}
	}
}

static void
slots_lay_out(struct connections *f, const struct ui *ui, int screen)
{
	int x = 0;

	if (screen != f->screen)
		memset(f->needed, 0, sizeof(f->needed));
	f->screen = screen;
	slots_choose(f, ui, screen);
	slots_measure(f, ui);
	slots_fit(f, screen);
	slots_grow(f, screen - slots_width(f));
	for (size_t i = 0; i < f->n_slots; i++) {
		x += gap_before(f, i);
		f->slots[i].x = x;
		x += f->slots[i].width;
	}
}

/* ---- list ---- */

static void
connections_moved(struct view *v)
{
	struct connections *f = v->state;

	f->has_selected = v->list.cursor < index_count(v->ui->index);
	if (f->has_selected)
		f->selected = index_at(v->ui->index, v->list.cursor);
}

static bool
connections_update(struct view *v)
{
	struct connections *f = v->state;
	struct index *ix = v->ui->index;
	size_t cursor = v->list.cursor;
	ptrdiff_t found = f->has_selected ? index_find(ix, f->selected) : -1;

	list_sync(&v->list, index_count(ix), found);
	/* Before the first move the first row is the selected one, whoever that is; a selected one
	 * that vanished leaves the cursor where it was. */
	if (!v->list.touched || found < 0)
		connections_moved(v);
	return v->list.cursor != cursor;
}

static void
connections_fetch(struct view *v, size_t first, size_t n)
{
	struct connections *f = v->state;
	struct connref refs[ROWS_MAX];

	f->first = first;
	f->n = n < ROWS_MAX ? n : ROWS_MAX;
	for (size_t i = 0; i < f->n; i++)
		refs[i] = index_at(v->ui->index, first + i);
	engine_rows(v->ui->engine, v->ui->now, refs, f->n, f->rows);
	slots_lay_out(f, v->ui, term_columns());
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
cell_draw(const struct view *v, const struct slot *s, const struct conn_facts *c, int y,
	  enum role role)
{
	struct row_context row = {.facts = c, .now = v->ui->now, .style = ui_style(v->ui)};
	char text[512], cut[512];

	row.style.width = s->width;
	column_format(s->column, &row, text, sizeof(text));
	size_t width = text_cut(cut, sizeof(cut), text, (size_t)s->width);
	int x = s->x;
	if (s->column->align == ALIGN_RIGHT)
		x += s->width - (int)width;
	term_put(y, x, s->width, role, cut);
}

static void
connections_draw_row(struct view *v, size_t row, struct area a, bool selected)
{
	struct connections *f = v->state;
	const struct conn_facts *c = &f->rows[row - f->first];

	if (row - f->first >= f->n || c->ref.gen == 0)
		return; /* gone since the list was made; the next turn leaves it out */
	enum severity severity = c->n_verdicts > 0 ? c->verdict.severity : SEV_NONE;
	enum role plain = selected ? ROLE_SELECTED : is_over(c) ? ROLE_DIM : ROLE_NORMAL;
	enum role loud = selected               ? ROLE_SELECTED
			 : severity == SEV_NONE ? plain
						: severity_role(severity);
	if (ui_is_tagged(v->ui, c->id))
		term_put(a.y, 1, 1, plain, "+"); /* behind the flag */
	for (size_t i = 0; i < f->n_slots; i++) {
		const char *name = f->slots[i].column->name;
		bool telling = strcmp(name, "flag") == 0 || strcmp(name, "state") == 0 ||
			       strcmp(name, "diagnosis") == 0;

		if (gap_before(f, i) == 3)
			term_put(a.y, f->slots[i].x - 2, 1, plain, glyph(GLYPH_RIGHT));
		cell_draw(v, &f->slots[i], c, a.y, telling ? loud : plain);
	}
	v->counting_down |= ui_time_moves(v->ui) && counts_down(c, v->ui->now);
	v->ticking |= ui_time_moves(v->ui);
}

static void
connections_draw_top(struct view *v, struct area a)
{
	struct connections *f = v->state;

	if (v->list.count == 0)
		slots_lay_out(f, v->ui, a.columns);
	for (size_t i = 0; i < f->n_slots; i++) {
		const struct slot *s = &f->slots[i];
		const char *title = _(s->column->title);
		int x = s->x;

		if (s->column->align == ALIGN_RIGHT)
			x += s->width - (int)text_width(title);
		enum role role = s->column == v->ui->sort ? ROLE_SORTED : ROLE_HEADER;
		int used = term_put(a.y, x, s->width, role, title);
		int mark =
			s->column->align == ALIGN_RIGHT ? x - 1 : x + used; /* maybe in the gap */
		if (role == ROLE_SORTED && mark >= 0 && mark < a.columns)
			term_put(a.y, mark, 1, role,
				 glyph(v->ui->sort_reverse != s->column->descending ? GLYPH_DOWN
										    : GLYPH_UP));
	}
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

static void
connections_click(struct view *v, int y, int x)
{
	const struct connections *f = v->state;

	for (size_t i = 0; y == v->layout.top.y && i < f->n_slots; i++)
		if (x >= f->slots[i].x && x < f->slots[i].x + f->slots[i].width)
			sort_by(v->ui, f->slots[i].column);
}

/* The next shown column to either side is sorted by. */
static void
sort_step(struct ui *ui, struct view *v, int by)
{
	const struct connections *f = v->state;
	int n = (int)f->n_slots, at = by > 0 ? -1 : n;

	for (int i = 0; i < n; i++)
		if (f->slots[i].column == ui->sort)
			at = i;
	if (n > 0)
		ui_set_sort(ui, f->slots[(at + by + n) % n].column, false);
}

static void
sort_left(struct view *v)
{
	sort_step(v->ui, v, -1);
}

static void
sort_right(struct view *v)
{
	sort_step(v->ui, v, 1);
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
sort_turn(struct view *v)
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

/* The selected connection; says so when there is none. */
static bool
selected_facts(struct ui *ui, struct view *v, struct conn_facts *out)
{
	struct connections *f = v->state;

	if (f->has_selected) {
		engine_rows(ui->engine, ui->now, &f->selected, 1, out);
		if (out->ref.gen != 0)
			return true;
	}
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
	{"capture-filter",
	 {'B'},
	 NULL,
	 N_("capture only what a pcap filter lets through"),
	 action_capture_filter},
	{"columns", {'c'}, NULL, N_("choose the columns"), columns_menu},
	{"sort-left", {'<'}, NULL, N_("sort by the column to the left"), sort_left},
	{"sort-right", {'>'}, NULL, N_("sort by the column to the right"), sort_right},
	{"reverse", {'S'}, NULL, N_("reverse the order"), sort_turn},
	{"hold", {'o'}, NULL, N_("hold the order: nothing moves"), hold},
	{"untag", {'U'}, NULL, N_("untag all"), untag_all},
	{"closed", {'H'}, NULL, N_("hide or show closed connections"), hide_closed},
	{"interfaces", {'I'}, NULL, N_("capture from another interface"), interfaces},
	{0},
};

const struct view_ops view_connections = {
	.name = "connections",
	.title = N_("Connections"),
	.help = N_("Every TCP connection, the newest first. E is an error, W a warning, "
		   "N a note; NEXT counts down to the next retransmission."),
	.state_size = sizeof(struct connections),
	.update = connections_update,
	.moved = connections_moved,
	.top_lines = 1,
	.draw_top = connections_draw_top,
	.fetch = connections_fetch,
	.draw_row = connections_draw_row,
	.click = connections_click,
	.empty_text = connections_empty,
	.actions = connections_actions,
};
