/* SPDX-License-Identifier: MIT */
/*
 * connection_header: the upper part of the Connection screen, as lines: endpoints and state, the
 * verdicts, a table with one row per end, the handshake, the running timer. On small screens the
 * last ones are left out.
 */
#include <string.h>

#include "base/i18n.h"
#include "ui/table.h"
#include "ui/tabs/connection.h"

/* ---- the table of both ends ---- */

/* Row 0 is the client, row 1 the server. */
static const struct half_facts *
cell_end(const struct table_cell *cell)
{
	const struct view *v = cell->data;
	const struct connection *c = v->state;

	return &c->d.f.half[cell->row];
}

static void
put(char *out, size_t size, const char *s)
{
	struct text t = text_on(out, size);

	text_add(&t, "%s", s);
}

static void
number_or_none(char *out, size_t size, int64_t n)
{
	struct text t = text_on(out, size);

	if (n < 0)
		text_add(&t, "%s", glyph(GLYPH_NONE));
	else
		text_add(&t, "%lld", (long long)n);
}

static void
duration_or_none(char *out, size_t size, nsec d)
{
	if (d < 0)
		put(out, size, glyph(GLYPH_NONE));
	else
		text_duration(out, size, d);
}

static void
yes_no(char *out, size_t size, int v)
{
	put(out, size, v > 0 ? _("yes") : v == 0 ? _("no") : "?");
}

static void
end_name(const struct table_cell *cell, char *out, size_t size)
{
	put(out, size, cell->row == CLIENT ? _("client") : _("server"));
}

static void
end_state(const struct table_cell *cell, char *out, size_t size)
{
	const struct half_facts *h = cell_end(cell);

	/* Nobody listens for sure where no packet was captured. */
	put(out, size, h->segments > 0 ? tcp_state_name(h->state) : "?");
}

static void
end_mss(const struct table_cell *cell, char *out, size_t size)
{
	number_or_none(out, size, cell_end(cell)->mss);
}

static void
end_wscale(const struct table_cell *cell, char *out, size_t size)
{
	const struct half_facts *h = cell_end(cell);

	if (h->wscale == -2)
		put(out, size, "?");
	else
		number_or_none(out, size, h->wscale);
}

static void
end_sack(const struct table_cell *cell, char *out, size_t size)
{
	yes_no(out, size, cell_end(cell)->sack);
}

static void
end_timestamps(const struct table_cell *cell, char *out, size_t size)
{
	yes_no(out, size, cell_end(cell)->timestamps);
}

static void
end_segments(const struct table_cell *cell, char *out, size_t size)
{
	text_count(out, size, cell_end(cell)->segments);
}

static void
end_bytes(const struct table_cell *cell, char *out, size_t size)
{
	text_count(out, size, cell_end(cell)->bytes);
}

static void
end_retx(const struct table_cell *cell, char *out, size_t size)
{
	text_count(out, size, cell_end(cell)->retransmissions);
}

static void
end_rtt(const struct table_cell *cell, char *out, size_t size)
{
	const struct half_facts *h = cell_end(cell);

	duration_or_none(out, size, h->rtt.samples > 0 ? h->rtt.srtt : -1);
}

static void
end_rto(const struct table_cell *cell, char *out, size_t size)
{
	duration_or_none(out, size, cell_end(cell)->timer.rto);
}

static void
end_window(const struct table_cell *cell, char *out, size_t size)
{
	const struct half_facts *h = cell_end(cell);
	char n[16];
	struct text t = text_on(out, size);
	bool unknown = !h->scaled && h->wscale == -2;

	text_add(&t, "%s%s", text_count(n, sizeof(n), h->window), unknown ? "?" : "");
}

static void
end_flight(const struct table_cell *cell, char *out, size_t size)
{
	text_count(out, size, cell_end(cell)->in_flight);
}

static void
end_rate(const struct table_cell *cell, char *out, size_t size)
{
	const struct view *v = cell->data;
	uint64_t rate = cell_end(cell)->rate;

	text_count(out, size, v->ui->bits ? rate * 8 : rate);
}

static void
end_spurious(const struct table_cell *cell, char *out, size_t size)
{
	text_count(out, size, cell_end(cell)->spurious);
}

static void
end_dup_acks(const struct table_cell *cell, char *out, size_t size)
{
	text_count(out, size, cell_end(cell)->duplicate_acks);
}

static void
end_zero_window(const struct table_cell *cell, char *out, size_t size)
{
	const struct half_facts *h = cell_end(cell);

	duration_or_none(out, size, h->zero_windows > 0 ? h->zero_window_time : -1);
}

static void
end_ttl(const struct table_cell *cell, char *out, size_t size)
{
	const struct half_facts *h = cell_end(cell);

	number_or_none(out, size, h->ttl > 0 ? h->ttl : -1);
}

/* Titles are protocol words; what does not fit is left out from the right. */
/* clang-format off */
static const struct table_column end_columns[] = {
	{"", .min = 7, .format = end_name},
	{N_("STATE"), .min = 10, .format = end_state},
	{N_("RETX"), .min = 4, .flags = TABLE_RIGHT, .format = end_retx},
	{N_("RTT"), .min = 7, .flags = TABLE_RIGHT, .format = end_rtt},
	{N_("RTO"), .min = 7, .flags = TABLE_RIGHT, .format = end_rto},
	{N_("PKTS"), .min = 5, .flags = TABLE_RIGHT, .format = end_segments},
	{N_("BYTES"), .min = 5, .flags = TABLE_RIGHT, .format = end_bytes},
	{N_("WINDOW"), .min = 6, .flags = TABLE_RIGHT, .format = end_window},
	{N_("MSS"), .min = 5, .flags = TABLE_RIGHT, .format = end_mss},
	{N_("WS"), .min = 2, .flags = TABLE_RIGHT, .format = end_wscale},
	{N_("SACK"), .min = 4, .flags = TABLE_RIGHT, .format = end_sack},
	{N_("TS"), .min = 3, .flags = TABLE_RIGHT, .format = end_timestamps},
	{N_("FLIGHT"), .min = 6, .flags = TABLE_RIGHT, .format = end_flight},
	{N_("RATE"), .min = 5, .flags = TABLE_RIGHT, .format = end_rate},
	{N_("SPUR"), .min = 4, .flags = TABLE_RIGHT, .format = end_spurious},
	{N_("DUPACK"), .min = 6, .flags = TABLE_RIGHT, .format = end_dup_acks},
	{N_("WIN 0"), .min = 7, .flags = TABLE_RIGHT, .format = end_zero_window},
	{N_("TTL"), .min = 3, .flags = TABLE_RIGHT, .format = end_ttl},
};
/* clang-format on */

static void
ends_add(const struct view *v, struct lines *out, int cols)
{
	struct table t = {
		.columns = end_columns, .n_columns = ARRAY_LEN(end_columns), .data = v};
	char text[LINE_MAX_BYTES];

	table_lay_out(&t, cols - 1, 0, 0);
	lines_add(out, ROLE_HEADER, "%s", table_row_text(&t, TABLE_NONE, text, sizeof(text)));
	lines_add(out, ROLE_NORMAL, "%s", table_row_text(&t, CLIENT, text, sizeof(text)));
	lines_add(out, ROLE_NORMAL, "%s", table_row_text(&t, SERVER, text, sizeof(text)));
}

/* ---- the other lines ---- */

static void
title_add(const struct view *v, struct lines *out)
{
	const struct connection *f = v->state;
	const struct conn_facts *c = &f->d.f;
	char from[64], to[64], start[64], lasting[16];

	text_endpoint(from, sizeof(from), c->end[CLIENT].addr, c->end[CLIENT].port);
	text_endpoint(to, sizeof(to), c->end[SERVER].addr, c->end[SERVER].port);
	text_clock(start, sizeof(start), c->start, 3);
	text_duration(lasting, sizeof(lasting),
		      nsec_max(0, (c->ended ? c->last : v->ui->now) - c->start));
	if (f->gone)
		lines_add(out, ROLE_WARNING, "%s",
			  _("No longer tracked: this is the last that was known"));
	lines_add(out, ROLE_TITLE, _("#%llu  %s %s %s  %s  since %s, %s"),
		  (unsigned long long)c->id, from, glyph(GLYPH_RIGHT), to,
		  conn_state_name(c->state), start, lasting);
}

static void
verdicts_add(const struct view *v, int cols, size_t max, struct lines *out)
{
	const struct connection *f = v->state;
	char text[512], head[8];

	for (size_t i = 0; i < f->d.n_verdicts && out->n < max; i++) {
		const struct verdict *verdict = &f->d.verdicts[i];
		struct text t = text_on(head, sizeof(head));

		text_add(&t, "%c ", severity_letter(verdict->severity));
		verdict_text(text, sizeof(text), verdict, &f->d.f, v->ui->now);
		lines_wrap(out, severity_role(verdict->severity), cols - 1, 2, head, text);
	}
	lines_cut(out, max, cols - 1);
}

/* How long each side took to answer in the handshake, or why that is not known: always one line, so
 * that nothing below moves while the handshake is seen. */
static void
handshake_add(const struct view *v, struct lines *out)
{
	const struct connection *f = v->state;
	const struct conn_facts *c = &f->d.f;
	char all[16], server[16], client[16];

	if (c->syn_to_synack >= 0 && c->synack_to_ack >= 0)
		lines_add(out, ROLE_NORMAL, _("handshake %s: server side %s, client side %s"),
			  text_duration(all, sizeof(all), c->syn_to_synack + c->synack_to_ack),
			  text_duration(server, sizeof(server), c->syn_to_synack),
			  text_duration(client, sizeof(client), c->synack_to_ack));
	else if (c->syn_to_synack >= 0)
		lines_add(out, ROLE_NORMAL, _("handshake: server side %s, not finished"),
			  text_duration(server, sizeof(server), c->syn_to_synack));
	else if (c->roles_guessed)
		lines_add(out, ROLE_NORMAL, "%s",
			  _("handshake not seen: which end is the client is a guess"));
	else if (c->completeness & COMPLETE_ACK)
		lines_add(out, ROLE_NORMAL, "%s", _("handshake not seen completely"));
	else
		lines_add(out, ROLE_NORMAL, "%s", _("handshake not finished"));
}

/* The timer that expires first, and the other end's behind it where there is room: one line as long
 * as the connection is open, because timers start and stop with every segment. */
static void
timers_add(const struct view *v, int cols, struct lines *out)
{
	const struct connection *f = v->state;
	int side = timer_side(&f->d);
	char first[256], other[256] = "";

	if (f->d.f.ended != 0)
		return;
	if (side < 0) {
		lines_add(out, ROLE_DIM, "%s", _("no timer runs"));
		return;
	}
	timer_text(first, sizeof(first), v->ui, &f->d, side);
	if (timer_runs(&f->d, !side))
		timer_text(other, sizeof(other), v->ui, &f->d, !side);
	if (other[0] != '\0' && (int)(text_width(first) + text_width(other)) + 3 < cols)
		lines_add(out, ROLE_NOTE, "%s   %s", first, other);
	else
		lines_add(out, ROLE_NOTE, "%s", first);
}

void
header_build(const struct view *v, int cols, size_t max, struct lines *out)
{
	title_add(v, out);
	size_t rest = max > 6 ? max - 5 : 2;
	verdicts_add(v, cols, rest > 6 ? 6 : rest, out);
	if (out->n + 3 <= max)
		ends_add(v, out, cols);
	if (out->n < max)
		handshake_add(v, out);
	if (out->n < max)
		time_line(&((const struct connection *)v->state)->d.time, cols, out);
	if (out->n < max)
		timers_add(v, cols, out);
}
