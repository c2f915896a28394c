/* SPDX-License-Identifier: MIT */
/*
 * tab_timers: the Timers tab: per end its RTO, the running timer and when the sender gives up, and
 * the longest series of attempts: the measured intervals beside those that the sender's rules give.
 * Also the running timer as one line, for the header.
 */
#include <string.h>

#include "base/i18n.h"
#include "ui/table.h"
#include "ui/tabs/connection.h"

#define BAR_CELLS 12

bool
timer_runs(const struct conn_detail *d, int side)
{
	const struct timer_facts *t = &d->f.half[side].timer;

	return d->f.ended == 0 && t->kind != TIMER_NONE && t->due != NSEC_NEVER;
}

int
timer_side(const struct conn_detail *d)
{
	const struct half_facts *h = d->f.half;

	if (!timer_runs(d, CLIENT) || !timer_runs(d, SERVER))
		return timer_runs(d, CLIENT) ? CLIENT : timer_runs(d, SERVER) ? SERVER : -1;
	return h[CLIENT].timer.due <= h[SERVER].timer.due ? CLIENT : SERVER;
}

void
seconds_text(char *out, size_t size, nsec d)
{
	struct text t = text_on(out, size);
	nsec a = d < 0 ? -d : d;

	text_add(&t, "%s%lld.%06lld", d < 0 ? "-" : "", (long long)(a / NSEC_PER_SEC),
		 (long long)(a % NSEC_PER_SEC / NSEC_PER_US));
}

char *
timer_bar(char *out, size_t size, const struct half_facts *h, nsec now, int cells)
{
	struct text t = text_on(out, size);
	nsec whole = h->timer.due - h->last_sent, over = now - h->last_sent;
	int full = whole > 0 ? (int)(over * cells / whole) : cells;

	if (full > cells)
		full = cells;
	for (int i = 0; i < cells; i++)
		text_add(&t, "%s", glyph(i < full ? GLYPH_FULL : GLYPH_EMPTY));
	return out;
}

/* What the timer is for. Protocol words are not translated. */
static const char *
kind_text(enum timer_kind k)
{
	switch (k) {
	case TIMER_SYN:
		return "SYN";
	case TIMER_SYN_ACK:
		return "SYN-ACK";
	case TIMER_RTO:
		return "RTO";
	case TIMER_TLP:
		return _("tail-loss probe");
	case TIMER_PERSIST:
		return _("zero window probe");
	case TIMER_KEEPALIVE:
		return _("keep-alive probe");
	default:
		return _("no timer");
	}
}

/* "in 1.2s", or that it is late. */
static void
due_text(char *out, size_t size, const struct timer_facts *timer, nsec now)
{
	struct text t = text_on(out, size);
	char d[16];

	if (timer->due > now)
		text_add(&t, _("in %s"), text_duration(d, sizeof(d), timer->due - now));
	else if (timer->due_latest == NSEC_NEVER || now <= timer->due_latest)
		text_add(&t, "%s", _("due now"));
	else
		text_add(&t, _("overdue by %s"),
			 text_duration(d, sizeof(d), now - timer->due_latest));
}

char *
timer_text(char *out, size_t size, const struct ui *ui, const struct conn_detail *d, int side)
{
	const struct half_facts *h = &d->f.half[side];
	char due[32], bar[64], up[64];
	struct text t = text_on(out, size);

	due_text(due, sizeof(due), &h->timer, ui->now);
	timer_bar(bar, sizeof(bar), h, ui->now,
		  term_columns() < 100 ? BAR_CELLS / 2 : BAR_CELLS);
	if (side == CLIENT)
		text_add(&t, _("client: %s, attempt %u %s %s"), kind_text(h->timer.kind),
			 h->timer.attempt, due, bar);
	else
		text_add(&t, _("server: %s, attempt %u %s %s"), kind_text(h->timer.kind),
			 h->timer.attempt, due, bar);
	if (h->timer.gives_up != NSEC_NEVER && h->timer.gives_up != 0)
		text_add(&t, _("; gives up at %s"),
			 text_clock(up, sizeof(up), h->timer.gives_up, 0));
	return out;
}

/* ---- the tab ---- */

static const char *
cause_text(enum cause c)
{
	const char *name = cause_name(c);

	return name ? name : "?";
}

static void
rto_add(struct lines *l, const struct half_facts *h)
{
	char rto[16], srtt[16], var[16];

	if (h->timer.rto < 0)
		return;
	if (h->timer.srtt < 0)
		lines_add(l, ROLE_NORMAL, _("  RTO %s (no RTT measured yet)"),
			  text_duration(rto, sizeof(rto), h->timer.rto));
	else
		lines_add(l, ROLE_NORMAL, _("  RTO %s  (SRTT %s, RTTVAR %s)"),
			  text_duration(rto, sizeof(rto), h->timer.rto),
			  text_duration(srtt, sizeof(srtt), h->timer.srtt),
			  text_duration(var, sizeof(var), h->timer.rttvar));
}

/* ---- the table of attempts ---- */

struct attempt {
	int number;
	nsec at;
	nsec gap;      /* measured, since the attempt before; -1: the first one */
	nsec expected; /* the same, by the sender's rules; 0 unknown */
	bool to_come;
	bool probe; /* a tail-loss probe */
};

#define ATTEMPTS_MAX (2 * LADDER_MAX + 2)

static const struct attempt *
cell_attempt(const struct table_cell *cell)
{
	const struct attempt *attempts = cell->data;

	return &attempts[cell->row];
}

static void
format_number(const struct table_cell *cell, char *out, size_t size)
{
	struct text t = text_on(out, size);

	text_add(&t, "%d", cell_attempt(cell)->number);
}

static void
format_at(const struct table_cell *cell, char *out, size_t size)
{
	text_clock(out, size, cell_attempt(cell)->at, 3);
}

static void
format_gap(const struct table_cell *cell, char *out, size_t size)
{
	const struct attempt *a = cell_attempt(cell);
	struct text t = text_on(out, size);

	if (a->gap < 0)
		text_add(&t, "%s", glyph(GLYPH_NONE));
	else if (!a->to_come)
		seconds_text(out, size, a->gap);
}

static void
format_expected(const struct table_cell *cell, char *out, size_t size)
{
	if (cell_attempt(cell)->expected > 0)
		seconds_text(out, size, cell_attempt(cell)->expected);
}

/* The difference of the measured interval from the expected one, in per cent. */
static void
format_off(const struct table_cell *cell, char *out, size_t size)
{
	const struct attempt *a = cell_attempt(cell);
	struct text t = text_on(out, size);

	if (a->to_come)
		text_add(&t, "%s", _("to come"));
	else if (a->expected > 0)
		text_add(&t, "%+.1f%%",
			 (double)(a->gap - a->expected) * 100.0 / (double)a->expected);
}

static void
format_remark(const struct table_cell *cell, char *out, size_t size)
{
	struct text t = text_on(out, size);

	if (cell_attempt(cell)->probe)
		text_add(&t, " %s", _("tail-loss probe"));
}

static const struct table_column attempt_columns[] = {
	{N_("#"), .min = 5, .flags = TABLE_RIGHT, .format = format_number},
	{N_("AT"), .min = 13, .format = format_at},
	{N_("GAP"), .min = 10, .flags = TABLE_RIGHT, .format = format_gap},
	{N_("EXPECTED"), .min = 11, .flags = TABLE_RIGHT, .format = format_expected},
	{N_("OFF"), .min = 9, .flags = TABLE_RIGHT, .format = format_off},
	{"", .flags = TABLE_REST, .format = format_remark},
};

/* Whether the running timer belongs to the ladder whose last attempt was at `at`. */
static bool
ladder_goes_on(const struct conn_detail *d, int side, nsec at)
{
	return timer_runs(d, side) && at == d->f.half[side].last_sent;
}

/* Adds the attempts that are expected: the next one, and later ones where the rules are known. */
static size_t
attempts_to_come(const struct conn_detail *d, int side, size_t n, struct attempt out[ATTEMPTS_MAX])
{
	const struct ladder_facts *l = &d->half[side];
	nsec next = d->f.half[side].timer.due;
	int i = l->n_gaps;

	do {
		nsec before = out[n - 1].at;

		out[n] = (struct attempt){
			.number = i + 2, .at = next, .expected = next - before, .to_come = true};
		n++;
		if (++i < l->n_expected)
			next += l->expected[i];
	} while (i < l->n_expected && n < ATTEMPTS_MAX);
	return n;
}

/* The longest ladder of that end; returns how many attempts. */
static size_t
attempts_of(const struct conn_detail *d, int side, struct attempt out[ATTEMPTS_MAX])
{
	const struct ladder_facts *l = &d->half[side];
	size_t n = 1;

	out[0] = (struct attempt){.number = 1, .at = l->ladder_start, .gap = -1};
	for (int i = 0; i < l->n_gaps; i++, n++)
		out[n] = (struct attempt){
			.number = i + 2,
			.at = out[n - 1].at + l->gaps[i],
			.gap = l->gaps[i],
			.expected = i < l->n_expected ? l->expected[i] : 0,
			.probe = i == 0 && l->first_is_tlp,
		};
	return ladder_goes_on(d, side, out[n - 1].at) ? attempts_to_come(d, side, n, out) : n;
}

static void
attempts_add(struct lines *l, const struct conn_detail *d, int side)
{
	struct attempt attempts[ATTEMPTS_MAX];
	size_t n = attempts_of(d, side, attempts);
	struct table t = {
		.columns = attempt_columns,
		.n_columns = ARRAY_LEN(attempt_columns),
		.data = attempts,
	};
	char text[LINE_MAX_BYTES];

	table_lay_out(&t, term_columns(), 0, 0);
	lines_add(l, ROLE_HEADER, "%s", table_row_text(&t, TABLE_NONE, text, sizeof(text)));
	for (size_t i = 0; i < n; i++)
		lines_add(l, attempts[i].to_come ? ROLE_DIM : ROLE_NORMAL, "%s",
			  table_row_text(&t, i, text, sizeof(text)));
}

/* ---- the lines of an end ---- */

static void
ladder_add(struct lines *l, const struct conn_detail *d, int side)
{
	const struct ladder_facts *ladder = &d->half[side];

	if (ladder->n_gaps == 0)
		return;
	lines_add(l, ROLE_NORMAL, _("  longest ladder: %d attempts, cause %s, seq %lu, frame %llu"),
		  ladder->n_gaps + 1, cause_text(ladder->ladder_cause),
		  (unsigned long)ladder->ladder_seq,
		  (unsigned long long)ladder->ladder_first_frame);
	if (ladder->stack)
		lines_add(l, ROLE_NORMAL, _("  these are the intervals of %s"), _(ladder->stack));
	attempts_add(l, d, side);
}

static void
next_add(struct lines *l, nsec now, const struct conn_detail *d, int side)
{
	const struct half_facts *h = &d->f.half[side];
	char due[32], bar[128], clock[64], left[16];

	if (!timer_runs(d, side)) {
		lines_add(l, ROLE_DIM, "  %s", _("no timer runs"));
		return;
	}
	due_text(due, sizeof(due), &h->timer, now);
	timer_bar(bar, sizeof(bar), h, now, BAR_CELLS);
	lines_add(l, ROLE_NOTE, _("  next: %s, attempt %u %s %s at %s"), kind_text(h->timer.kind),
		  h->timer.attempt, due, bar, text_clock(clock, sizeof(clock), h->timer.due, 3));
	if (h->timer.gives_up != NSEC_NEVER && h->timer.gives_up != 0)
		lines_add(l, ROLE_NOTE, _("  gives up at %s, in %s"),
			  text_clock(clock, sizeof(clock), h->timer.gives_up, 3),
			  text_duration(left, sizeof(left),
					nsec_max(0, h->timer.gives_up - now)));
}

static void
timers_close(struct view *v)
{
	lines_free(v->state);
}

static void
timers_build(struct lines *l, const struct conn_detail *d, nsec now)
{
	char end[64];

	lines_clear(l);
	for (int side = 0; side < 2; side++) {
		const struct endpoint *e = &d->f.end[side];

		if (side > 0)
			lines_add(l, ROLE_NORMAL, " ");
		text_endpoint(end, sizeof(end), e->addr, e->port);
		lines_add(l, ROLE_TITLE, side == CLIENT ? _("client %s") : _("server %s"), end);
		rto_add(l, &d->f.half[side]);
		next_add(l, now, d, side);
		ladder_add(l, d, side);
	}
}

static bool
timers_update(struct view *v)
{
	const struct connection *c = tab_connection(v);
	struct lines *l = v->state;

	v->list.scrolls = true;
	if (!c->gone || l->n == 0)
		timers_build(l, &c->d, v->ui->now);
	list_sync(&v->list, l->n, -1);
	return false;
}

static void
timers_draw_row(struct view *v, size_t row, struct area a, bool selected)
{
	const struct lines *l = v->state;
	enum role role = tab_connection(v)->gone ? ROLE_DIM : l->items[row].role;

	(void)selected;
	term_put(a.y, 1, a.columns - 1, role, l->items[row].text);
}

const struct view_ops tab_timers = {
	.name = "timers",
	.title = N_("Timers"),
	.help = N_("The retransmission timers of both ends: the one that runs, and the longest "
		   "ladder of attempts beside the intervals that are expected."),
	.state_size = sizeof(struct lines),
	.close = timers_close,
	.update = timers_update,
	.draw_row = timers_draw_row,
};
