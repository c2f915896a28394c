/* SPDX-License-Identifier: MIT */
/*
 * view_servers: all connections summed up by the server's address and port, those with most
 * failures first; Enter shows the connections of one server. The sums are computed in slices beside
 * the shown ones, and again when connections have changed.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/i18n.h"
#include "ui/app.h"
#include "ui/lines.h"
#include "ui/table.h"

#define SERVERS_MAX   4096                /* rows */
#define BUDGET        (10 * NSEC_PER_MS)  /* of summing up per turn */
#define REST_MIN      (500 * NSEC_PER_MS) /* between two summations */
#define REST_FACTOR   10                  /* the same, in multiples of the time that one took */
#define VERDICT_LINES 2

struct servers {
	struct server_table *sums; /* being computed; NULL: at rest */
	uint32_t cursor;           /* of engine_visit() */
	uint64_t change;           /* of the engine, when the summation began */
	nsec cost;                 /* of this summation so far */
	nsec not_before;           /* the next summation; monotonic */
	bool known;                /* there was a first summation */
	struct server_stats *rows;
	size_t n;
	uint64_t unlisted; /* connections of the servers that found no room */
	struct endpoint selected;
	struct table table;
};

/* ---- summing up ---- */

static void
add_connection(void *arg, const struct conn_facts *f)
{
	server_table_add(arg, f);
}

static void
sums_begin(struct servers *s, const struct ui *ui)
{
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != (ssize_t)sizeof(seed))
		seed = (uint64_t)term_clock();
	s->sums = server_table_new(SERVERS_MAX, seed);
	s->cursor = 0;
	s->change = ui->totals.change;
	s->cost = 0;
}

/* Replaces the shown rows by the new sums. */
static void
sums_end(struct servers *s, nsec clock)
{
	free(s->rows);
	s->n = server_table_sorted(s->sums, &s->rows);
	s->unlisted = server_table_others(s->sums)->counts[SERVER_CONNECTIONS];
	server_table_free(s->sums);
	s->sums = NULL;
	s->known = true;
	s->not_before = clock + nsec_max(REST_MIN, REST_FACTOR * s->cost);
}

/* Sums up for a bounded time; returns whether there are new rows. */
static bool
sums_step(struct servers *s, struct ui *ui)
{
	const nsec start = term_clock();
	nsec clock;

	do {
		engine_visit(ui->engine, &s->cursor, ui->now, add_connection, s->sums);
		clock = term_clock();
	} while (s->cursor != UINT32_MAX && clock - start < BUDGET);
	s->cost += clock - start;
	if (s->cursor != UINT32_MAX)
		return false;
	sums_end(s, clock);
	return true;
}

/* How long until there is work to do. */
static nsec
sums_wait(const struct servers *s, const struct ui *ui)
{
	if (s->sums)
		return 0;
	if (s->known && s->change == ui->totals.change)
		return NSEC_NEVER;
	return nsec_max(0, s->not_before - term_clock());
}

/* ---- list ---- */

static ptrdiff_t
find_selected(const struct servers *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->rows[i].end.port == s->selected.port &&
		    memcmp(s->rows[i].end.addr, s->selected.addr, sizeof(s->selected.addr)) == 0)
			return (ptrdiff_t)i;
	return -1;
}

static void
servers_moved(struct view *v)
{
	struct servers *s = v->state;

	if (v->list.cursor < s->n)
		s->selected = s->rows[v->list.cursor].end;
}

static bool
servers_update(struct view *v)
{
	struct servers *s = v->state;
	bool changed = false;

	if (sums_wait(s, v->ui) == 0) {
		if (!s->sums)
			sums_begin(s, v->ui);
		changed = sums_step(s, v->ui);
	}
	v->wait = sums_wait(s, v->ui);
	if (!changed)
		return false;
	list_sync(&v->list, s->n, find_selected(s));
	servers_moved(v);
	return true;
}

/* ---- columns ---- */

static const struct server_stats *
cell_server(const struct table_cell *cell)
{
	const struct servers *s = cell->data;

	return &s->rows[cell->row];
}

/* The verdict of the highest severity, of equal ones that of most connections; VERDICT_COUNT: no
 * connection has one. */
static enum verdict_code
worst_verdict(const struct server_stats *s)
{
	int worst = VERDICT_COUNT;

	for (int code = 0; code < VERDICT_COUNT; code++) {
		if (s->verdicts[code] == 0)
			continue;
		const int more = worst == VERDICT_COUNT
					 ? 1
					 : (int)verdict_severity((enum verdict_code)code) -
						   (int)verdict_severity((enum verdict_code)worst);

		if (more > 0 || (more == 0 && s->verdicts[code] > s->verdicts[worst]))
			worst = code;
	}
	return (enum verdict_code)worst;
}

static enum severity
worst_severity(const struct server_stats *s)
{
	const enum verdict_code worst = worst_verdict(s);

	return worst == VERDICT_COUNT ? SEV_NONE : verdict_severity(worst);
}

static void
format_severity(const struct table_cell *cell, char *out, size_t size)
{
	struct text t = text_on(out, size);

	text_add(&t, "%c", severity_letter(worst_severity(cell_server(cell))));
}

/* The port is kept where the address is too long. */
static void
format_server(const struct table_cell *cell, char *out, size_t size)
{
	const struct endpoint *e = &cell_server(cell)->end;
	char text[64];

	text_endpoint(text, sizeof(text), e->addr, e->port);
	text_cut_middle(out, size, text, (size_t)cell->width, 6);
}

/* arg: which count. */
static void
format_count(const struct table_cell *cell, char *out, size_t size)
{
	const enum server_count *count = cell->column->arg;

	text_count(out, size, cell_server(cell)->counts[*count]);
}

static void
format_retx(const struct table_cell *cell, char *out, size_t size)
{
	server_retransmission_text(cell_server(cell), out, size);
}

static void
format_rtt(const struct table_cell *cell, char *out, size_t size)
{
	const nsec rtt = duration_quantile(&cell_server(cell)->rtt, 50);
	struct text t = text_on(out, size);

	if (rtt >= 0)
		text_duration(out, size, rtt);
	else
		text_add(&t, "-");
}

static void
format_verdict(const struct table_cell *cell, char *out, size_t size)
{
	const enum verdict_code worst = worst_verdict(cell_server(cell));
	struct text t = text_on(out, size);

	if (worst != VERDICT_COUNT)
		text_add(&t, "%s", verdict_name(worst));
}

#define COUNT(count)                                                                               \
	.flags = TABLE_RIGHT, .format = format_count, .arg = &(const enum server_count){count}

/* clang-format off */
static const struct table_column server_columns[] = {
	{"", .min = 1, .flags = TABLE_LOUD, .format = format_severity},
	{N_("SERVER"), .min = 21, .ideal = 47, .format = format_server},
	{N_("CONNS"), .min = 5, .shrink = 1, COUNT(SERVER_CONNECTIONS)},
	{N_("OPEN"), .min = 4, .shrink = 3, COUNT(SERVER_OPEN)},
	{N_("REFUSED"), .min = 5, .shrink = 2, COUNT(SERVER_REFUSED)},
	{N_("NO-ANSW"), .min = 5, .shrink = 2, COUNT(SERVER_UNANSWERED)},
	{N_("RESET"), .min = 5, .shrink = 3, COUNT(SERVER_RESET)},
	{N_("TIMEOUT"), .min = 5, .from = 100, .shrink = 3, COUNT(SERVER_TIMED_OUT)},
	{N_("RETX"), .min = 5, .ideal = 6, .shrink = 4, .flags = TABLE_RIGHT, .format = format_retx},
	{N_("RTT"), .min = 6, .ideal = 7, .shrink = 4, .flags = TABLE_RIGHT, .format = format_rtt},
	{N_("C->S"), .min = 4, .ideal = 5, .shrink = 5, COUNT(SERVER_BYTES_IN)},
	{N_("S->C"), .min = 4, .ideal = 5, .shrink = 5, COUNT(SERVER_BYTES_OUT)},
	{N_("DIAGNOSIS"), .min = 12, .from = 100, .flags = TABLE_LOUD | TABLE_REST, .format = format_verdict},
};
/* clang-format on */

static bool
servers_open(struct view *v, const void *arg, struct err *err)
{
	struct servers *s = v->state;

	(void)arg;
	(void)err;
	s->table = (struct table){
		.columns = server_columns,
		.n_columns = ARRAY_LEN(server_columns),
		.data = s,
	};
	servers_update(v);
	return true;
}

static void
servers_close(struct view *v)
{
	struct servers *s = v->state;

	server_table_free(s->sums);
	free(s->rows);
}

/* ---- drawing ---- */

static struct layout
servers_lay_out(struct view *v, struct area a)
{
	(void)v;
	return layout_split(a, 2, a.lines < 12 ? 0 : VERDICT_LINES);
}

static void
servers_fetch(struct view *v, size_t first, size_t n)
{
	struct servers *s = v->state;

	table_lay_out(&s->table, v->layout.list.columns, first, n);
}

static void
servers_draw_top(struct view *v, struct area a)
{
	struct servers *s = v->state;
	struct area titles = {a.y + 1, a.x, 1, a.columns};

	if (s->n == 0)
		table_lay_out(&s->table, a.columns, 0, 0);
	if (s->unlisted > 0)
		term_printf(a.y, 1, a.columns - 1, ROLE_TITLE,
			    _("Servers: %zu; %llu connections of other servers are not shown"),
			    s->n, (unsigned long long)s->unlisted);
	else
		term_printf(a.y, 1, a.columns - 1, ROLE_TITLE,
			    _("Servers, most failures first: %zu"), s->n);
	table_draw_titles(&s->table, titles, TABLE_NONE, false);
}

static void
servers_draw_row(struct view *v, size_t row, struct area a, bool selected)
{
	const struct servers *s = v->state;
	const enum severity severity = worst_severity(&s->rows[row]);
	const enum role plain = selected ? ROLE_SELECTED : ROLE_NORMAL;
	const bool loud = !selected && severity != SEV_NONE;

	table_draw_row(&s->table, a, row, plain, loud ? severity_role(severity) : plain);
}

/* "E refused: 3, W lossy: 1" */
static void
verdict_counts(const struct server_stats *s, char *out, size_t size)
{
	struct text t = text_on(out, size);

	for (int i = 0; i < VERDICT_COUNT; i++) {
		const enum verdict_code code = (enum verdict_code)i;

		if (s->verdicts[i] > 0)
			text_add(&t, "%s%c %s: %llu", t.len > 0 ? ", " : "",
				 severity_letter(verdict_severity(code)), verdict_name(code),
				 (unsigned long long)s->verdicts[i]);
	}
	if (t.len == 0)
		text_add(&t, "%s", _("no TCP problem found"));
}

/* How many connections of the row under the cursor have which verdict. */
static void
servers_draw_bottom(struct view *v, struct area a)
{
	const struct servers *s = v->state;
	struct lines whole = {0};
	char text[512];

	if (v->list.cursor >= s->n)
		return;
	verdict_counts(&s->rows[v->list.cursor], text, sizeof(text));
	lines_wrap(&whole, ROLE_NOTE, a.columns - 2, 0, "", text);
	for (size_t i = 0; i < whole.n && i < (size_t)a.lines; i++)
		term_put(a.y + (int)i, 1, a.columns - 1, ROLE_NOTE, whole.items[i].text);
	lines_free(&whole);
}

static void
servers_empty(struct view *v, char *out, size_t size)
{
	const struct servers *s = v->state;
	struct text t = text_on(out, size);

	text_add(&t, "%s", s->known ? _("No connections so far") : _("Searching"));
}

static void
show_only(struct view *v)
{
	const struct servers *s = v->state;
	char server[64], filter[80];
	struct text t = text_on(filter, sizeof(filter));

	if (v->list.cursor >= s->n)
		return;
	const struct endpoint *e = &s->rows[v->list.cursor].end;

	text_add(&t, "dst %s", text_endpoint(server, sizeof(server), e->addr, e->port));
	ui_filter(v->ui, filter);
	ui_back(v->ui);
}

static const struct action servers_actions[] = {
	{"only",
	 {K_ENTER, K_RIGHT},
	 N_("Show"),
	 N_("show only the connections of this server"),
	 show_only},
	{0},
};

const struct view_ops view_servers = {
	.name = "servers",
	.title = N_("Servers"),
	.help = N_("All connections summed up by server, most failures first. RETX is the share of "
		   "segments that were retransmissions, RTT the median of the connections."),
	.state_size = sizeof(struct servers),
	.open = servers_open,
	.close = servers_close,
	.update = servers_update,
	.moved = servers_moved,
	.lay_out = servers_lay_out,
	.draw_top = servers_draw_top,
	.fetch = servers_fetch,
	.draw_row = servers_draw_row,
	.draw_bottom = servers_draw_bottom,
	.empty_text = servers_empty,
	.actions = servers_actions,
};
