/* SPDX-License-Identifier: MIT */
/*
 * connection_header: the upper part of the Connection screen, as lines: who, the diagnoses, the
 * handshake, a table with one row per end, and the timer that runs. The most telling come first, so
 * that small screens lose the rest.
 */
#include <string.h>

#include "base/i18n.h"
#include "ui/tabs/connection.h"

/* ---- the table of both ends ---- */

struct end_column {
	const char *title;
	int width;
	void (*format)(const struct half_facts *h, bool bits, char *out, size_t size);
};

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
end_state(const struct half_facts *h, bool bits, char *out, size_t size)
{
	(void)bits;
	put(out, size, tcp_state_name(h->state));
}

static void
end_mss(const struct half_facts *h, bool bits, char *out, size_t size)
{
	(void)bits;
	number_or_none(out, size, h->mss);
}

static void
end_wscale(const struct half_facts *h, bool bits, char *out, size_t size)
{
	(void)bits;
	if (h->wscale == -2)
		put(out, size, "?");
	else
		number_or_none(out, size, h->wscale);
}

static void
end_sack(const struct half_facts *h, bool bits, char *out, size_t size)
{
	(void)bits;
	yes_no(out, size, h->sack);
}

static void
end_timestamps(const struct half_facts *h, bool bits, char *out, size_t size)
{
	(void)bits;
	yes_no(out, size, h->timestamps);
}

static void
end_segments(const struct half_facts *h, bool bits, char *out, size_t size)
{
	(void)bits;
	text_count(out, size, h->segments);
}

static void
end_bytes(const struct half_facts *h, bool bits, char *out, size_t size)
{
	(void)bits;
	text_count(out, size, h->bytes);
}

static void
end_retx(const struct half_facts *h, bool bits, char *out, size_t size)
{
	(void)bits;
	text_count(out, size, h->retransmissions);
}

static void
end_rtt(const struct half_facts *h, bool bits, char *out, size_t size)
{
	(void)bits;
	duration_or_none(out, size, h->rtt.samples > 0 ? h->rtt.srtt : -1);
}

static void
end_rto(const struct half_facts *h, bool bits, char *out, size_t size)
{
	(void)bits;
	duration_or_none(out, size, h->timer.rto);
}

static void
end_window(const struct half_facts *h, bool bits, char *out, size_t size)
{
	char n[16];
	struct text t = text_on(out, size);
	bool unknown = !h->scaled && h->wscale == -2;

	(void)bits;
	text_add(&t, "%s%s", text_count(n, sizeof(n), h->window), unknown ? "?" : "");
}

static void
end_flight(const struct half_facts *h, bool bits, char *out, size_t size)
{
	(void)bits;
	text_count(out, size, h->in_flight);
}

static void
end_rate(const struct half_facts *h, bool bits, char *out, size_t size)
{
	text_count(out, size, bits ? h->rate * 8 : h->rate);
}

static void
end_spurious(const struct half_facts *h, bool bits, char *out, size_t size)
{
	(void)bits;
	text_count(out, size, h->spurious);
}

static void
end_dup_acks(const struct half_facts *h, bool bits, char *out, size_t size)
{
	(void)bits;
	text_count(out, size, h->duplicate_acks);
}

static void
end_zero_window(const struct half_facts *h, bool bits, char *out, size_t size)
{
	(void)bits;
	duration_or_none(out, size, h->zero_windows > 0 ? h->zero_window_time : -1);
}

static void
end_ttl(const struct half_facts *h, bool bits, char *out, size_t size)
{
	(void)bits;
	number_or_none(out, size, h->ttl > 0 ? h->ttl : -1);
}

/* Titles are protocol words; the first ones are on every screen that has room for them. */
/* clang-format off */
static const struct end_column end_columns[] = {
	{N_("STATE"), 10, end_state},
	{N_("RETX"), 4, end_retx},
	{N_("RTT"), 7, end_rtt},
	{N_("RTO"), 7, end_rto},
	{N_("PKTS"), 5, end_segments},
	{N_("BYTES"), 5, end_bytes},
	{N_("WINDOW"), 6, end_window},
	{N_("MSS"), 5, end_mss},
	{N_("WS"), 2, end_wscale},
	{N_("SACK"), 4, end_sack},
	{N_("TS"), 3, end_timestamps},
	{N_("FLIGHT"), 6, end_flight},
	{N_("RATE"), 5, end_rate},
	{N_("SPUR"), 4, end_spurious},
	{N_("DUPACK"), 6, end_dup_acks},
	{N_("WIN 0"), 7, end_zero_window},
	{N_("TTL"), 3, end_ttl},
};
/* clang-format on */

#define END_NAME 7 /* "client " */

/* Appends s, `width` columns wide, to the right; the first column (state) to the left. */
static void
cell_add(struct text *t, size_t i, int width, const char *s)
{
	int pad = width - (int)text_width(s);

	text_add(t, " %*s%s%*s", i > 0 && pad > 0 ? pad : 0, "", s, i == 0 && pad > 0 ? pad : 0,
		 "");
}

static void
end_add(const struct view *v, struct lines *out, int cols, int side, const char *name)
{
	const struct connection *f = v->state;
	char row[LINE_MAX_BYTES], cell[64];
	struct text t = text_on(row, sizeof(row));
	int used = END_NAME, pad = END_NAME - (int)text_width(name);

	text_add(&t, "%s%*s", name, pad > 0 ? pad : 0, "");
	for (size_t i = 0; i < ARRAY_LEN(end_columns); i++) {
		const struct end_column *c = &end_columns[i];
		int width = (int)text_width(_(c->title));

		width = width > c->width ? width : c->width;
		if ((used += 1 + width) > cols - 1)
			break;
		if (side < 0)
			put(cell, sizeof(cell), _(c->title));
		else
			c->format(&f->d.f.half[side], v->ui->bits, cell, sizeof(cell));
		cell_add(&t, i, width, cell);
	}
	lines_add(out, side < 0 ? ROLE_HEADER : ROLE_NORMAL, "%s", row);
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
	if (out->n > max)
		out->n = max;
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
	if (out->n + 3 <= max) {
		end_add(v, out, cols, -1, "");
		end_add(v, out, cols, CLIENT, _("client"));
		end_add(v, out, cols, SERVER, _("server"));
	}
	if (out->n < max)
		handshake_add(v, out);
	if (out->n < max)
		time_line(&((const struct connection *)v->state)->d.time, cols, out);
	if (out->n < max)
		timers_add(v, cols, out);
}
