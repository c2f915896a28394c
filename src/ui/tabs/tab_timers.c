/* SPDX-License-Identifier: MIT */
/*
 * tab_timers: the Timers tab: per end its RTO, the running timer and when the sender gives up, and
 * the longest series of attempts: the measured intervals beside those that the sender's rules give.
 * Also the running timer as one line, for the header.
 */
#include <string.h>

#include "base/i18n.h"
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

/* The difference of a measured interval from the expected one, in per cent. */
static void
off_text(char *out, size_t size, nsec gap, nsec expected)
{
	struct text t = text_on(out, size);

	if (expected > 0)
		text_add(&t, "%+.1f%%", (double)(gap - expected) * 100.0 / (double)expected);
}

/* Adds one row of the table of attempts. */
static void
ladder_row(struct lines *l, enum role role, const char *number, const char *at, const char *gap,
	   const char *expected, const char *off)
{
	const char *const cells[] = {number, at, gap, expected, off};
	static const int widths[] = {5, 14, 11, 12, 10}; /* cells; the second column is aligned to the left */
	char row[LINE_MAX_BYTES];
	struct text t = text_on(row, sizeof(row));

	for (size_t i = 0; i < ARRAY_LEN(cells); i++) {
		int pad = widths[i] - (int)text_width(cells[i]) - (i == 1 ? 2 : 0);

		pad = pad > 0 ? pad : 0;
		if (i == 1)
			text_add(&t, "  %s%*s", cells[i], pad, "");
		else
			text_add(&t, "%*s%s", pad, "", cells[i]);
	}
	lines_add(l, role, "%s", row);
}

static char *
number_text(char *out, size_t size, int n)
{
	struct text t = text_on(out, size);

	text_add(&t, "%d", n);
	return out;
}

static void
gap_row(struct lines *l, const struct conn_detail *d, int side, int i, nsec at)
{
	nsec gap = d->half[side].gaps[i];
	nsec expected = i < d->half[side].n_expected ? d->half[side].expected[i] : 0;
	char n[16], clock[64], g[24], e[24] = "", off[96];

	seconds_text(g, sizeof(g), gap);
	if (expected > 0)
		seconds_text(e, sizeof(e), expected);
	off_text(off, sizeof(off), gap, expected);
	ladder_row(l, ROLE_NORMAL, number_text(n, sizeof(n), i + 2),
		   text_clock(clock, sizeof(clock), at, 3), g, e, off);
	if (i != 0 || !d->half[side].first_is_tlp)
		return;
	struct text_line *line = &l->items[l->n - 1];
	struct text t = {line->text, sizeof(line->text), strlen(line->text)};
	text_add(&t, "  %s", _("tail-loss probe"));
}

/* Whether the running timer belongs to the ladder whose last attempt was at `at`. */
static bool
ladder_goes_on(const struct conn_detail *d, int side, nsec at)
{
	return !d->half[side].answered && timer_runs(d, side) &&
	       at == d->f.half[side].last_sent;
}

/* The attempts that are expected: the next one, and later ones where the rules are known. */
static void
expected_rows(struct lines *l, const struct conn_detail *d, int side, nsec at)
{
	int i = d->half[side].n_gaps;
	char n[16], clock[64], e[24];
	nsec next = d->f.half[side].timer.due;

	do {
		seconds_text(e, sizeof(e), next - at);
		ladder_row(l, ROLE_DIM, number_text(n, sizeof(n), i + 2),
			   text_clock(clock, sizeof(clock), next, 3), "", e, _("to come"));
		at = next;
		if (++i < d->half[side].n_expected)
			next = at + d->half[side].expected[i];
	} while (i < d->half[side].n_expected);
}

static void
ladder_add(struct lines *l, const struct conn_detail *d, int side)
{
	int n = d->half[side].n_gaps;
	nsec at;
	char clock[64];

	if (n == 0)
		return;
	at = d->half[side].ladder_start;
	lines_add(l, ROLE_NORMAL, _("  longest ladder: %d attempts, cause %s, seq %lu, frame %llu"),
		  n + 1, cause_text(d->half[side].ladder_cause),
		  (unsigned long)d->half[side].ladder_seq,
		  (unsigned long long)d->half[side].ladder_first_frame);
	if (d->half[side].stack)
		lines_add(l, ROLE_NORMAL, _("  these are the intervals of %s"),
			  _(d->half[side].stack));
	ladder_row(l, ROLE_HEADER, "#", _("AT"), _("GAP"), _("EXPECTED"), _("OFF"));
	ladder_row(l, ROLE_NORMAL, "1", text_clock(clock, sizeof(clock), at, 3), glyph(GLYPH_NONE),
		   "", "");
	for (int i = 0; i < n; i++) {
		at += d->half[side].gaps[i];
		gap_row(l, d, side, i, at);
	}
	if (ladder_goes_on(d, side, at))
		expected_rows(l, d, side, at);
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
