/* SPDX-License-Identifier: MIT */
/*
 * columns: the table of columns of the list of connections: how each is formatted and sorted. A
 * cell depends on nothing but its row_context.
 */
#include "model/model.h"

#include "base/i18n.h"
#include "model/model_private.h"

#include <assert.h>
#include <string.h>

#define LONG_TEXT 1024
#define BAR_CELLS 4

static void
put(char *out, size_t size, const char *s)
{
	struct text t = text_on(out, size);

	text_add(&t, "%s", s);
}

static void
put_none(char *out, size_t size, const struct cell_style *st)
{
	put(out, size, st->ascii ? "-" : "\u2013");
}

/* ---- flag, addresses, state ---- */

static void
format_flag(const struct row_context *row, char *out, size_t size)
{
	struct text t = text_on(out, size);

	text_add(&t, "%c", severity_letter((enum severity)row->facts->verdict.severity));
}

static int64_t
key_flag(const struct row_context *row)
{
	return row->facts->verdict.severity;
}

/* Cut in the middle of the address when it is too wide, so that the port stays. */
static void
format_endpoint(const struct endpoint *e, const struct cell_style *st, char *out, size_t size)
{
	char full[128];
	const char *name = st->names ? service_name(e->port) : NULL;

	text_endpoint(full, sizeof(full), e->addr, e->port);
	char *colon = strrchr(full, ':');

	if (name && colon) {
		struct text t = text_on(colon, sizeof(full) - (size_t)(colon - full));

		text_add(&t, ":%s", name);
	}
	if (st->width <= 0 || !colon)
		put(out, size, full);
	else
		text_cut_middle(out, size, full, (size_t)st->width, text_width(colon));
}

static void
format_client(const struct row_context *row, char *out, size_t size)
{
	format_endpoint(&row->facts->end[CLIENT], &row->style, out, size);
}

static void
format_server(const struct row_context *row, char *out, size_t size)
{
	format_endpoint(&row->facts->end[SERVER], &row->style, out, size);
}

/* IPv4 exactly, by address and port; after it IPv6 by the first 62 bits of the address. */
static int64_t
endpoint_key(const struct conn_facts *f, enum side side)
{
	const struct endpoint *e = &f->end[side];
	const bool v4 = f->ip_version == 4;
	uint64_t v = 0;

	for (int i = 0; i < (v4 ? 4 : 8); i++)
		v = v << 8 | e->addr[(v4 ? 12 : 0) + i];
	return (int64_t)(v4 ? v << 16 | e->port : UINT64_C(1) << 62 | v >> 2);
}

/* The rest of an IPv6 endpoint; IPv4 needs none. */
static size_t
endpoint_text_key(const struct conn_facts *f, enum side side, uint8_t out[TEXT_KEY_MAX])
{
	const struct endpoint *e = &f->end[side];

	if (f->ip_version == 4)
		return 0;
	memcpy(out, e->addr, sizeof(e->addr));
	out[sizeof(e->addr)] = (uint8_t)(e->port >> 8);
	out[sizeof(e->addr) + 1] = (uint8_t)e->port;
	return sizeof(e->addr) + 2;
}

static int64_t
key_client(const struct row_context *row)
{
	return endpoint_key(row->facts, CLIENT);
}

static size_t
text_key_client(const struct row_context *row, uint8_t out[TEXT_KEY_MAX])
{
	return endpoint_text_key(row->facts, CLIENT, out);
}

static int64_t
key_server(const struct row_context *row)
{
	return endpoint_key(row->facts, SERVER);
}

static size_t
text_key_server(const struct row_context *row, uint8_t out[TEXT_KEY_MAX])
{
	return endpoint_text_key(row->facts, SERVER, out);
}

static void
format_state(const struct row_context *row, char *out, size_t size)
{
	put(out, size, conn_state_name((enum conn_state)row->facts->state));
}

static int64_t
key_state(const struct row_context *row)
{
	return row->facts->state;
}

static void
format_diagnosis(const struct row_context *row, char *out, size_t size)
{
	const struct verdict *v = &row->facts->verdict;
	char text[LONG_TEXT];

	if (v->severity == SEV_NONE)
		put_none(out, size, &row->style);
	else
		put(out, size, verdict_short(text, sizeof(text), v, row->facts, row->now));
}

/* By severity, then by verdict code, then the latest first. */
static int64_t
key_diagnosis(const struct row_context *row)
{
	const struct verdict *v = &row->facts->verdict;
	const int64_t kind = (SEV_ERROR - v->severity) * 64 + v->code;
	const nsec age = nsec_max(row->now - v->time, 0) / NSEC_PER_MS;

	return kind << 48 | nsec_min(age, (INT64_C(1) << 48) - 1);
}

/* ---- NEXT: when the next retransmission is due ---- */

/* Whether a countdown is shown: for a timer that repeats something, or one of an opening. Every
 * sender with data in flight has a timer; showing those of healthy ones would only flicker. */
static bool
counts_down(const struct timer_facts *t)
{
	switch (t->kind) {
	case TIMER_NONE:
		return false;
	case TIMER_RTO:
	case TIMER_TLP: /* attempt 2 is the first repetition */
		return t->attempt > 2 && t->due != NSEC_NEVER;
	case TIMER_KEEPALIVE:
		return t->attempt > 1 && t->due != NSEC_NEVER;
	default:
		return t->due != NSEC_NEVER;
	}
}

/* The side whose timer expires first; -1: none counts down. */
static int
next_side(const struct conn_facts *f)
{
	const struct timer_facts *c = &f->half[CLIENT].timer, *s = &f->half[SERVER].timer;

	if (counts_down(c) && (!counts_down(s) || c->due <= s->due))
		return CLIENT;
	return counts_down(s) ? SERVER : -1;
}

/* A bar of the time that is left of the interval from the last segment to the deadline. */
static void
add_bar(struct text *t, const struct half_facts *h, const struct row_context *row)
{
	const nsec interval = h->timer.due - h->last_sent;
	const nsec left = nsec_max(h->timer.due - row->now, 0);
	const int full =
		interval <= 0 ? 0 : (int)nsec_min(left / (interval / BAR_CELLS + 1), BAR_CELLS);
	const bool ascii = row->style.ascii;

	text_add(t, " ");
	for (int i = 0; i < BAR_CELLS; i++) {
		if (i < full)
			text_add(t, "%s", ascii ? "#" : "\u2593");
		else
			text_add(t, "%s", ascii ? "." : "\u2591");
	}
}

static void
format_next(const struct row_context *row, char *out, size_t size)
{
	const int side = next_side(row->facts);
	struct text t = text_on(out, size);
	char left[16];

	if (side < 0) {
		put_none(out, size, &row->style);
		return;
	}
	const struct half_facts *h = &row->facts->half[side];

	if (row->now > h->timer.due_latest)
		text_add(&t, "%s", _("late"));
	else if (row->now >= h->timer.due)
		text_add(&t, "%s", _("now"));
	else
		text_add(&t, "%s", text_duration(left, sizeof(left), h->timer.due - row->now));
	if (row->style.width >= (int)text_width(out) + 1 + BAR_CELLS)
		add_bar(&t, h, row);
}

static int64_t
key_next(const struct row_context *row)
{
	const int side = next_side(row->facts);

	return side < 0 ? INT64_MAX : row->facts->half[side].timer.due;
}

/* ---- windows, options, the start, the end ---- */

static void
put_window(char *out, size_t size, const struct half_facts *h)
{
	char n[16];
	struct text t = text_on(out, size);

	text_count(n, sizeof(n), h->window);
	text_add(&t, "%s%s", n, h->wscale == -2 && h->window > 0 ? "?" : "");
}

static void
format_client_window(const struct row_context *row, char *out, size_t size)
{
	put_window(out, size, &row->facts->half[CLIENT]);
}

static void
format_server_window(const struct row_context *row, char *out, size_t size)
{
	put_window(out, size, &row->facts->half[SERVER]);
}

static void
put_mss(char *out, size_t size, const struct cell_style *st, const struct half_facts *h)
{
	struct text t = text_on(out, size);

	if (h->mss < 0 && h->wscale < 0)
		put_none(out, size, st);
	else if (h->wscale < 0)
		text_add(&t, "%d/-", h->mss);
	else
		text_add(&t, "%d/%d", h->mss, h->wscale);
}

static void
format_client_mss(const struct row_context *row, char *out, size_t size)
{
	put_mss(out, size, &row->style, &row->facts->half[CLIENT]);
}

static void
format_server_mss(const struct row_context *row, char *out, size_t size)
{
	put_mss(out, size, &row->style, &row->facts->half[SERVER]);
}

static void
format_start(const struct row_context *row, char *out, size_t size)
{
	text_clock(out, size, row->facts->start, 3);
}

static void
format_ended_by(const struct row_context *row, char *out, size_t size)
{
	if (row->facts->ended_by < 0)
		put_none(out, size, &row->style);
	else
		put(out, size, row->facts->ended_by == CLIENT ? _("client") : _("server"));
}

/* ---- figures: the key is the value, and the unit says how it is formatted ---- */

/* Each end estimates the whole round trip. The estimate of the end with more samples is used: the
 * other one may have sent nothing since the handshake. */
nsec
conn_rtt(const struct conn_facts *f)
{
	const struct rtt_facts *c = &f->half[CLIENT].rtt, *s = &f->half[SERVER].rtt;

	if (c->samples == s->samples)
		return nsec_max(c->srtt, s->srtt);
	return c->samples > s->samples ? c->srtt : s->srtt;
}

static nsec
handshake_time(const struct conn_facts *f)
{
	if (f->syn_to_synack < 0 || f->synack_to_ack < 0)
		return -1;
	return f->syn_to_synack + f->synack_to_ack;
}

static int64_t
retransmissions_by(const struct conn_facts *f, enum cause c)
{
	return (int64_t)f->half[CLIENT].by_cause[c] + f->half[SERVER].by_cause[c];
}

/* value: an expression of f (the facts) and now */
#define FIGURE(name, value)                                                                        \
	static int64_t key_##name(const struct row_context *row)                                   \
	{                                                                                          \
		const struct conn_facts *f = row->facts;                                           \
		const nsec now = row->now;                                                         \
                                                                                                   \
		(void)now;                                                                         \
		return (int64_t)(value);                                                           \
	}
#define BOTH(field) ((int64_t)f->half[CLIENT].field + (int64_t)f->half[SERVER].field)

FIGURE(retx, BOTH(retransmissions))
FIGURE(rtt, conn_rtt(f))
FIGURE(rate, BOTH(rate))
FIGURE(idle, nsec_max(now - f->last, 0))
FIGURE(bytes, BOTH(bytes))
FIGURE(sent, f->half[CLIENT].bytes)
FIGURE(received, f->half[SERVER].bytes)
FIGURE(sent_rate, f->half[CLIENT].rate)
FIGURE(received_rate, f->half[SERVER].rate)
FIGURE(segments, BOTH(segments))
FIGURE(age, nsec_max(now - f->start, 0))
FIGURE(lasted, (f->ended != 0 ? f->ended : f->last) - f->start)
FIGURE(rto, nsec_max(f->half[CLIENT].timer.rto, f->half[SERVER].timer.rto))
FIGURE(timeouts, retransmissions_by(f, CAUSE_RTO))
FIGURE(fast, retransmissions_by(f, CAUSE_FAST) + retransmissions_by(f, CAUSE_RECOVERY))
FIGURE(tlp, retransmissions_by(f, CAUSE_TLP))
FIGURE(spurious, BOTH(spurious))
FIGURE(out_of_order, BOTH(out_of_order))
FIGURE(dup_acks, BOTH(duplicate_acks))
FIGURE(in_flight, BOTH(in_flight))
FIGURE(client_window, f->half[CLIENT].window)
FIGURE(server_window, f->half[SERVER].window)
FIGURE(zero_window, BOTH(zero_window_time))
FIGURE(client_mss, f->half[CLIENT].mss)
FIGURE(server_mss, f->half[SERVER].mss)
FIGURE(handshake, handshake_time(f))
FIGURE(ended_by, f->ended_by)
FIGURE(vlan, f->vlan)
FIGURE(interface, f->interface == 0 ? -1 : (int64_t)f->interface)
FIGURE(start, f->start)
FIGURE(id, f->id)

static void
put_rate(char *out, size_t size, const struct cell_style *st, uint64_t bytes)
{
	char n[16];
	struct text t = text_on(out, size);

	text_count(n, sizeof(n), st->bits ? bytes * 8 : bytes);
	text_add(&t, "%s%s", n, st->bits && bytes > 0 ? "b" : "");
}

static void
put_number(char *out, size_t size, int64_t v)
{
	struct text t = text_on(out, size);

	text_add(&t, "%lld", (long long)v);
}

static void
format_figure(const struct column *c, const struct row_context *row, char *out, size_t size)
{
	const int64_t v = c->key(row);

	if (v < 0)
		put_none(out, size, &row->style);
	else if (c->unit == UNIT_DURATION)
		text_duration(out, size, v);
	else if (c->unit == UNIT_RATE)
		put_rate(out, size, &row->style, (uint64_t)v);
	else if (c->unit == UNIT_NUMBER)
		put_number(out, size, v);
	else
		text_count(out, size, (uint64_t)v);
}

void
column_format(const struct column *c, const struct row_context *row, char *out, size_t size)
{
	if (c->format)
		c->format(row, out, size);
	else
		format_figure(c, row, out, size);
}

/* clang-format off */
#define CELL(name) .format = format_##name, .key = key_##name
#define ENDPOINT(name) CELL(name), .text_key = text_key_##name
#define KEY(name) .key = key_##name

const struct column columns[] = {
	{"flag", "", N_("E error, W warning, N note"),
	 1, 1, ALIGN_LEFT, 0, true, UNIT_NONE, CELL(flag)},
	{"client", N_("CLIENT"), N_("client address and port"),
	 13, 47, ALIGN_LEFT, 0, false, UNIT_NONE, ENDPOINT(client)},
	{"server", N_("SERVER"), N_("server address and port"),
	 13, 47, ALIGN_LEFT, 0, false, UNIT_NONE, ENDPOINT(server)},
	{"state", N_("STATE"), N_("the connection's state, or how it ended"),
	 10, 11, ALIGN_LEFT, 0, false, UNIT_NONE, CELL(state)},
	{"diagnosis", N_("DIAGNOSIS"), N_("what is wrong, in a few words"),
	 20, 60, ALIGN_LEFT, 56, false, UNIT_NONE, CELL(diagnosis)},
	{"retx", N_("RETX"), N_("retransmissions, both directions"),
	 4, 5, ALIGN_RIGHT, 76, true, UNIT_COUNT, KEY(retx)},
	{"next", N_("NEXT"), N_("when the next retransmission or probe is due"),
	 6, 11, ALIGN_LEFT, 71, false, UNIT_NONE, CELL(next)},
	{"rtt", N_("RTT"), N_("smoothed round-trip time between the endpoints"),
	 6, 7, ALIGN_RIGHT, 92, true, UNIT_DURATION, KEY(rtt)},
	{"rate", N_("RATE"), N_("current payload rate per second, both directions"),
	 5, 6, ALIGN_RIGHT, 99, true, UNIT_RATE, KEY(rate), .ages = true},
	{"idle", N_("IDLE"), N_("time since the last packet"),
	 5, 7, ALIGN_RIGHT, 106, true, UNIT_DURATION, KEY(idle), .ages = true},
	{"sent", N_("SENT"), N_("payload bytes from client to server"),
	 5, 5, ALIGN_RIGHT, 140, true, UNIT_BYTES, KEY(sent)},
	{"received", N_("RCVD"), N_("payload bytes from server to client"),
	 5, 5, ALIGN_RIGHT, 140, true, UNIT_BYTES, KEY(received)},
	{"bytes", N_("BYTES"), N_("payload bytes, both directions"),
	 5, 5, ALIGN_RIGHT, -1, true, UNIT_BYTES, KEY(bytes)},
	{"age", N_("AGE"), N_("time since the first packet"),
	 5, 7, ALIGN_RIGHT, 156, true, UNIT_DURATION, KEY(age), .ages = true},
	{"sent-rate", N_("UP/s"), N_("current payload rate per second, client to server"),
	 5, 6, ALIGN_RIGHT, -1, true, UNIT_RATE, KEY(sent_rate), .ages = true},
	{"received-rate", N_("DOWN/s"), N_("current payload rate per second, server to client"),
	 6, 6, ALIGN_RIGHT, -1, true, UNIT_RATE, KEY(received_rate), .ages = true},
	{"segments", N_("SEGS"), N_("segments, both directions"),
	 5, 5, ALIGN_RIGHT, -1, true, UNIT_COUNT, KEY(segments)},
	{"lasted", N_("LASTED"), N_("time from the first packet to the end or the last packet"),
	 6, 7, ALIGN_RIGHT, -1, true, UNIT_DURATION, KEY(lasted)},
	{"rto", N_("RTO"), N_("current retransmission timeout, the larger one of both ends"),
	 6, 7, ALIGN_RIGHT, 170, true, UNIT_DURATION, KEY(rto)},
	{"timeouts", N_("TIMEO"), N_("retransmissions by timeout"),
	 5, 5, ALIGN_RIGHT, 184, true, UNIT_COUNT, KEY(timeouts)},
	{"fast", N_("FAST"), N_("fast retransmissions and those of the recovery after them"),
	 5, 5, ALIGN_RIGHT, 184, true, UNIT_COUNT, KEY(fast)},
	{"tlp", N_("TLP"), N_("tail-loss probes"),
	 5, 5, ALIGN_RIGHT, 184, true, UNIT_COUNT, KEY(tlp)},
	{"spurious", N_("SPUR"), N_("retransmissions that were not needed"),
	 5, 5, ALIGN_RIGHT, -1, true, UNIT_COUNT, KEY(spurious)},
	{"out-of-order", N_("OOO"), N_("segments that the network reordered"),
	 5, 5, ALIGN_RIGHT, -1, true, UNIT_COUNT, KEY(out_of_order)},
	{"dup-acks", N_("DUPACK"), N_("duplicate ACKs, both directions"),
	 6, 6, ALIGN_RIGHT, -1, true, UNIT_COUNT, KEY(dup_acks)},
	{"in-flight", N_("FLIGHT"), N_("bytes sent and not yet acknowledged, both directions"),
	 6, 6, ALIGN_RIGHT, 200, true, UNIT_BYTES, KEY(in_flight)},
	{"client-window", N_("WIN-C"), N_("receive window that the client offers"),
	 5, 6, ALIGN_RIGHT, -1, true, UNIT_BYTES, CELL(client_window)},
	{"server-window", N_("WIN-S"), N_("receive window that the server offers"),
	 5, 6, ALIGN_RIGHT, -1, true, UNIT_BYTES, CELL(server_window)},
	{"zero-window", N_("ZEROWIN"), N_("total time with a closed window"),
	 7, 7, ALIGN_RIGHT, -1, true, UNIT_DURATION, KEY(zero_window), .ages = true},
	{"client-mss", N_("MSS/WS-C"), N_("client's maximum segment size and window scale"),
	 8, 8, ALIGN_RIGHT, -1, true, UNIT_NONE, CELL(client_mss)},
	{"server-mss", N_("MSS/WS-S"), N_("server's maximum segment size and window scale"),
	 8, 8, ALIGN_RIGHT, -1, true, UNIT_NONE, CELL(server_mss)},
	{"handshake", N_("SETUP"), N_("duration of the handshake"),
	 6, 7, ALIGN_RIGHT, -1, true, UNIT_DURATION, KEY(handshake)},
	{"ended-by", N_("ENDED BY"), N_("the side that closed or aborted first"),
	 8, 8, ALIGN_LEFT, -1, false, UNIT_NONE, CELL(ended_by)},
	{"vlan", N_("VLAN"), N_("VLAN id"),
	 4, 4, ALIGN_RIGHT, -1, false, UNIT_NUMBER, KEY(vlan)},
	{"interface", N_("IFACE"), N_("number of the interface"),
	 5, 5, ALIGN_RIGHT, -1, false, UNIT_NUMBER, KEY(interface)},
	{"start", N_("START"), N_("time of the first packet"),
	 12, 12, ALIGN_LEFT, -1, true, UNIT_NONE, CELL(start)},
	{"id", N_("ID"), N_("the connection's number in this capture"),
	 5, 8, ALIGN_RIGHT, -1, true, UNIT_NUMBER, KEY(id)},
};
/* clang-format on */
const size_t column_count = ARRAY_LEN(columns);
static_assert(ARRAY_LEN(columns) <= COLUMN_LIST_MAX, "a list may name every column");

const struct column *
column_by_name(const char *name)
{
	for (size_t i = 0; i < column_count; i++) {
		if (strcmp(columns[i].name, name) == 0)
			return &columns[i];
	}
	return NULL;
}
