/* SPDX-License-Identifier: MIT */
/*
 * columns: the table of columns of the list of connections: how each is written and sorted. What a
 * cell says comes from the facts and the time alone. Used by one thread, that of the screens.
 */
#include "model/model.h"

#include "base/i18n.h"
#include "model/model_private.h"

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

/* Negative: unknown */
static void
put_duration(char *out, size_t size, const struct cell_style *st, nsec d)
{
	if (d < 0)
		put_none(out, size, st);
	else
		text_duration(out, size, d);
}

static void
put_number(char *out, size_t size, const struct cell_style *st, int64_t v)
{
	struct text t = text_on(out, size);

	if (v < 0)
		put_none(out, size, st);
	else
		text_add(&t, "%lld", (long long)v);
}

/* ---- flag, addresses, state ---- */

static void
format_flag(const struct conn_facts *f, const struct cell_style *st, char *out, size_t size)
{
	struct text t = text_on(out, size);

	(void)st;
	text_add(&t, "%c", severity_letter((enum severity)f->verdict.severity));
}

static int64_t
key_flag(const struct conn_facts *f, nsec now)
{
	(void)now;
	return f->verdict.severity;
}

static void
format_endpoint(const struct endpoint *e, const struct cell_style *st, char *out, size_t size)
{
	char whole[128];
	const char *name = st->names ? service_name(e->port) : NULL;

	text_endpoint(whole, sizeof(whole), e->addr, e->port);
	char *colon = strrchr(whole, ':');

	if (name && colon) {
		struct text t = text_on(colon, sizeof(whole) - (size_t)(colon - whole));

		text_add(&t, ":%s", name);
	}
	if (st->width <= 0 || !colon)
		put(out, size, whole);
	else
		text_cut_middle(out, size, whole, (size_t)st->width, text_width(colon));
}

static void
format_client(const struct conn_facts *f, const struct cell_style *st, char *out, size_t size)
{
	format_endpoint(&f->end[CLIENT], st, out, size);
}

static void
format_server(const struct conn_facts *f, const struct cell_style *st, char *out, size_t size)
{
	format_endpoint(&f->end[SERVER], st, out, size);
}

/* IPv4 by address and port, before IPv6 by the first 62 bits of its address. */
static int64_t
key_endpoint(const struct endpoint *e, uint8_t ip_version)
{
	uint64_t v = 0;
	const bool v4 = ip_version == 4;

	for (int i = 0; i < (v4 ? 4 : 8); i++)
		v = v << 8 | e->addr[(v4 ? 12 : 0) + i];
	return (int64_t)(v4 ? v << 16 | e->port : UINT64_C(1) << 62 | v >> 2);
}

static int64_t
key_client(const struct conn_facts *f, nsec now)
{
	(void)now;
	return key_endpoint(&f->end[CLIENT], f->ip_version);
}

static int64_t
key_server(const struct conn_facts *f, nsec now)
{
	(void)now;
	return key_endpoint(&f->end[SERVER], f->ip_version);
}

static void
format_state(const struct conn_facts *f, const struct cell_style *st, char *out, size_t size)
{
	(void)st;
	put(out, size, conn_state_name((enum conn_state)f->state));
}

static int64_t
key_state(const struct conn_facts *f, nsec now)
{
	(void)now;
	return f->state;
}

static void
format_diagnosis(const struct conn_facts *f, const struct cell_style *st, char *out, size_t size)
{
	char text[LONG_TEXT];

	if (f->verdict.severity == SEV_NONE)
		put_none(out, size, st);
	else
		put(out, size, verdict_short(text, sizeof(text), &f->verdict, f, st->now));
}

/* By severity, then by kind, then the latest first. */
static int64_t
key_diagnosis(const struct conn_facts *f, nsec now)
{
	const int64_t kind = (SEV_ERROR - f->verdict.severity) * 64 + f->verdict.code;
	const nsec age = nsec_max(now - f->verdict.time, 0) / NSEC_PER_MS;

	return kind << 48 | nsec_min(age, (INT64_C(1) << 48) - 1);
}

/* ---- NEXT: the retransmission that is due ---- */

/* A timer worth a countdown: something is being repeated, or an opening waits. Every sender with
 * data in flight has a timer; that of a healthy one would only flicker. */
static bool
counts_down(const struct timer_facts *t)
{
	switch (t->kind) {
	case TIMER_NONE:
		return false;
	case TIMER_RTO:
	case TIMER_TLP:
	case TIMER_KEEPALIVE:
		return t->attempt > 1 && t->due != NSEC_NEVER;
	default:
		return t->due != NSEC_NEVER;
	}
}

/* The end whose timer fires first; -1: none counts down. */
static int
next_side(const struct conn_facts *f)
{
	const struct timer_facts *c = &f->half[CLIENT].timer, *s = &f->half[SERVER].timer;

	if (counts_down(c) && (!counts_down(s) || c->due <= s->due))
		return CLIENT;
	return counts_down(s) ? SERVER : -1;
}

static void
add_bar(struct text *t, const struct half_facts *h, const struct cell_style *st)
{
	const nsec whole = h->timer.due - h->last_sent;
	const nsec left = nsec_max(h->timer.due - st->now, 0);
	const int full = whole <= 0 ? 0 : (int)nsec_min(left / (whole / BAR_CELLS + 1), BAR_CELLS);

	text_add(t, " ");
	for (int i = 0; i < BAR_CELLS; i++) {
		if (i < full)
			text_add(t, "%s", st->ascii ? "#" : "\u2593");
		else
			text_add(t, "%s", st->ascii ? "." : "\u2591");
	}
}

static void
format_next(const struct conn_facts *f, const struct cell_style *st, char *out, size_t size)
{
	const int side = next_side(f);
	struct text t = text_on(out, size);
	char left[16];

	if (side < 0) {
		put_none(out, size, st);
		return;
	}
	const struct timer_facts *timer = &f->half[side].timer;

	if (st->now > timer->due_latest)
		text_add(&t, "%s", _("late"));
	else if (st->now >= timer->due)
		text_add(&t, "%s", _("now"));
	else
		text_add(&t, "%s", text_duration(left, sizeof(left), timer->due - st->now));
	if (st->width >= (int)text_width(out) + 1 + BAR_CELLS)
		add_bar(&t, &f->half[side], st);
}

static int64_t
key_next(const struct conn_facts *f, nsec now)
{
	const int side = next_side(f);

	(void)now;
	return side < 0 ? INT64_MAX : f->half[side].timer.due;
}

/* ---- figures ---- */

/* Each end's estimate is of the whole way; that of the end which measured more often counts: the
 * other may have sent nothing since the handshake. */
nsec
conn_rtt(const struct conn_facts *f)
{
	const struct rtt_facts *c = &f->half[CLIENT].rtt, *s = &f->half[SERVER].rtt;

	if (c->samples == s->samples)
		return nsec_max(c->srtt, s->srtt);
	return c->samples > s->samples ? c->srtt : s->srtt;
}

static nsec
zero_window_time(const struct conn_facts *f)
{
	return f->half[CLIENT].zero_window_time + f->half[SERVER].zero_window_time;
}

static uint64_t
both_causes(const struct conn_facts *f, enum cause c)
{
	return (uint64_t)f->half[CLIENT].by_cause[c] + f->half[SERVER].by_cause[c];
}

static void
put_rate(char *out, size_t size, const struct cell_style *st, uint64_t bytes)
{
	char n[16];
	struct text t = text_on(out, size);

	text_count(n, sizeof(n), st->bits ? bytes * 8 : bytes);
	text_add(&t, "%s%s", n, st->bits && bytes > 0 ? "b" : "");
}

static void
format_interface(const struct conn_facts *f, const struct cell_style *st, char *out, size_t size)
{
	put_number(out, size, st, f->interface == 0 ? -1 : (int64_t)f->interface);
}

static int64_t
key_interface(const struct conn_facts *f, nsec now)
{
	(void)now;
	return f->interface;
}

static void
put_window(char *out, size_t size, const struct half_facts *h)
{
	char n[16];
	struct text t = text_on(out, size);

	text_count(n, sizeof(n), h->window);
	text_add(&t, "%s%s", n, h->wscale == -2 && h->window > 0 ? "?" : "");
}

static void
put_scale(char *out, size_t size, const struct cell_style *st, const struct half_facts *h)
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
format_start(const struct conn_facts *f, const struct cell_style *st, char *out, size_t size)
{
	(void)st;
	text_clock(out, size, f->start, 3);
}

static int64_t
key_start(const struct conn_facts *f, nsec now)
{
	(void)now;
	return f->start;
}

static void
format_ended_by(const struct conn_facts *f, const struct cell_style *st, char *out, size_t size)
{
	if (f->ended_by < 0)
		put_none(out, size, st);
	else
		put(out, size, f->ended_by == CLIENT ? _("client") : _("server"));
}

static int64_t
key_ended_by(const struct conn_facts *f, nsec now)
{
	(void)now;
	return f->ended_by;
}

/*
 * Columns that show one figure: `figure` is an expression of f (the facts) and now, which is also
 * the key; `put` writes it with out, size, st and v in scope.
 */
#define FIGURE_COLUMN(name, type, figure, write)                                                   \
	static int64_t key_##name(const struct conn_facts *f, nsec now)                            \
	{                                                                                          \
		(void)f;                                                                           \
		(void)now;                                                                         \
		return (int64_t)(figure);                                                          \
	}                                                                                          \
	static void format_##name(const struct conn_facts *f, const struct cell_style *st,         \
				  char *out, size_t size)                                          \
	{                                                                                          \
		const type v = (type)key_##name(f, st->now);                                       \
		(void)v;                                                                           \
		write;                                                                             \
	}

#define COUNT_COLUMN(name, figure) FIGURE_COLUMN(name, uint64_t, figure, text_count(out, size, v))
#define DURATION_COLUMN(name, figure)                                                              \
	FIGURE_COLUMN(name, nsec, figure, put_duration(out, size, st, v))
#define NUMBER_COLUMN(name, figure)                                                                \
	FIGURE_COLUMN(name, int64_t, figure, put_number(out, size, st, v))
COUNT_COLUMN(retx, (uint64_t)f->half[CLIENT].retransmissions + f->half[SERVER].retransmissions)
DURATION_COLUMN(rtt, conn_rtt(f))
FIGURE_COLUMN(rate, uint64_t, f->half[CLIENT].rate + f->half[SERVER].rate,
	      put_rate(out, size, st, v))
DURATION_COLUMN(idle, nsec_max(now - f->last, 0))
COUNT_COLUMN(bytes, f->half[CLIENT].bytes + f->half[SERVER].bytes)
COUNT_COLUMN(sent, f->half[CLIENT].bytes)
COUNT_COLUMN(received, f->half[SERVER].bytes)
FIGURE_COLUMN(sent_rate, uint64_t, f->half[CLIENT].rate, put_rate(out, size, st, v))
FIGURE_COLUMN(received_rate, uint64_t, f->half[SERVER].rate, put_rate(out, size, st, v))
COUNT_COLUMN(segments, f->half[CLIENT].segments + f->half[SERVER].segments)
DURATION_COLUMN(age, nsec_max(now - f->start, 0))
DURATION_COLUMN(lasted, (f->ended != 0 ? f->ended : f->last) - f->start)
DURATION_COLUMN(rto, nsec_max(f->half[CLIENT].timer.rto, f->half[SERVER].timer.rto))
COUNT_COLUMN(timeouts, both_causes(f, CAUSE_RTO))
COUNT_COLUMN(fast, both_causes(f, CAUSE_FAST) + both_causes(f, CAUSE_RECOVERY))
COUNT_COLUMN(tlp, both_causes(f, CAUSE_TLP))
COUNT_COLUMN(spurious, (uint64_t)f->half[CLIENT].spurious + f->half[SERVER].spurious)
COUNT_COLUMN(out_of_order, (uint64_t)f->half[CLIENT].out_of_order + f->half[SERVER].out_of_order)
COUNT_COLUMN(dup_acks, (uint64_t)f->half[CLIENT].duplicate_acks + f->half[SERVER].duplicate_acks)
COUNT_COLUMN(in_flight, (uint64_t)f->half[CLIENT].in_flight + f->half[SERVER].in_flight)
FIGURE_COLUMN(client_window, int64_t, f->half[CLIENT].window,
	      put_window(out, size, &f->half[CLIENT]))
FIGURE_COLUMN(server_window, int64_t, f->half[SERVER].window,
	      put_window(out, size, &f->half[SERVER]))
DURATION_COLUMN(zero_window, zero_window_time(f))
FIGURE_COLUMN(client_mss, int64_t, f->half[CLIENT].mss, put_scale(out, size, st, &f->half[CLIENT]))
FIGURE_COLUMN(server_mss, int64_t, f->half[SERVER].mss, put_scale(out, size, st, &f->half[SERVER]))
DURATION_COLUMN(handshake, f->syn_to_synack < 0 || f->synack_to_ack < 0
				   ? -1
				   : f->syn_to_synack + f->synack_to_ack)
NUMBER_COLUMN(vlan, f->vlan)
NUMBER_COLUMN(id, f->id)

/* clang-format off */
#define CELL(name) .format = format_##name, .key = key_##name

const struct column columns[] = {
	{"flag", "", N_("E error, W warning, N note"),
	 1, 1, ALIGN_LEFT, 0, true, UNIT_NONE, CELL(flag)},
	{"client", N_("CLIENT"), N_("who opened the connection"),
	 13, 47, ALIGN_LEFT, 0, false, UNIT_NONE, CELL(client)},
	{"server", N_("SERVER"), N_("who was called"),
	 13, 47, ALIGN_LEFT, 0, false, UNIT_NONE, CELL(server)},
	{"state", N_("STATE"), N_("the connection's state, or how it ended"),
	 10, 11, ALIGN_LEFT, 0, false, UNIT_NONE, CELL(state)},
	{"diagnosis", N_("DIAGNOSIS"), N_("what is wrong, in a few words"),
	 20, 60, ALIGN_LEFT, 56, false, UNIT_NONE, CELL(diagnosis)},
	{"retx", N_("RETX"), N_("retransmissions, both directions"),
	 4, 5, ALIGN_RIGHT, 76, true, UNIT_COUNT, CELL(retx)},
	{"next", N_("NEXT"), N_("when the next retransmission or probe is due"),
	 6, 11, ALIGN_LEFT, 71, false, UNIT_NONE, CELL(next)},
	{"rtt", N_("RTT"), N_("round trip between the ends, smoothed"),
	 6, 7, ALIGN_RIGHT, 92, true, UNIT_DURATION, CELL(rtt)},
	{"rate", N_("RATE"), N_("payload per second now, both directions"),
	 5, 6, ALIGN_RIGHT, 99, true, UNIT_RATE, CELL(rate), .ages = true},
	{"idle", N_("IDLE"), N_("time since the last packet"),
	 5, 7, ALIGN_RIGHT, 106, true, UNIT_DURATION, CELL(idle), .ages = true},
	{"sent", N_("SENT"), N_("payload bytes from client to server"),
	 5, 5, ALIGN_RIGHT, 140, true, UNIT_BYTES, CELL(sent)},
	{"received", N_("RCVD"), N_("payload bytes from server to client"),
	 5, 5, ALIGN_RIGHT, 140, true, UNIT_BYTES, CELL(received)},
	{"bytes", N_("BYTES"), N_("payload bytes, both directions"),
	 5, 5, ALIGN_RIGHT, -1, true, UNIT_BYTES, CELL(bytes)},
	{"age", N_("AGE"), N_("time since the first packet"),
	 5, 7, ALIGN_RIGHT, 156, true, UNIT_DURATION, CELL(age), .ages = true},
	{"sent-rate", N_("UP/s"), N_("payload per second now, client to server"),
	 5, 6, ALIGN_RIGHT, -1, true, UNIT_RATE, CELL(sent_rate), .ages = true},
	{"received-rate", N_("DOWN/s"), N_("payload per second now, server to client"),
	 6, 6, ALIGN_RIGHT, -1, true, UNIT_RATE, CELL(received_rate), .ages = true},
	{"segments", N_("SEGS"), N_("segments, both directions"),
	 5, 5, ALIGN_RIGHT, -1, true, UNIT_COUNT, CELL(segments)},
	{"lasted", N_("LASTED"), N_("time from the first packet to the end or the last one"),
	 6, 7, ALIGN_RIGHT, -1, true, UNIT_DURATION, CELL(lasted)},
	{"rto", N_("RTO"), N_("retransmission timeout as it stands, the larger of both ends'"),
	 6, 7, ALIGN_RIGHT, 170, true, UNIT_DURATION, CELL(rto)},
	{"timeouts", N_("TIMEO"), N_("retransmissions by timeout"),
	 5, 5, ALIGN_RIGHT, 184, true, UNIT_COUNT, CELL(timeouts)},
	{"fast", N_("FAST"), N_("fast retransmissions and those of the recovery after them"),
	 5, 5, ALIGN_RIGHT, 184, true, UNIT_COUNT, CELL(fast)},
	{"tlp", N_("TLP"), N_("tail-loss probes"),
	 5, 5, ALIGN_RIGHT, 184, true, UNIT_COUNT, CELL(tlp)},
	{"spurious", N_("SPUR"), N_("retransmissions that were not needed"),
	 5, 5, ALIGN_RIGHT, -1, true, UNIT_COUNT, CELL(spurious)},
	{"out-of-order", N_("OOO"), N_("segments that the network reordered"),
	 5, 5, ALIGN_RIGHT, -1, true, UNIT_COUNT, CELL(out_of_order)},
	{"dup-acks", N_("DUPACK"), N_("duplicate ACKs, both directions"),
	 6, 6, ALIGN_RIGHT, -1, true, UNIT_COUNT, CELL(dup_acks)},
	{"in-flight", N_("FLIGHT"), N_("bytes sent and not yet acknowledged, both directions"),
	 6, 6, ALIGN_RIGHT, 200, true, UNIT_BYTES, CELL(in_flight)},
	{"client-window", N_("WIN-C"), N_("bytes that the client is ready to take"),
	 5, 6, ALIGN_RIGHT, -1, true, UNIT_BYTES, CELL(client_window)},
	{"server-window", N_("WIN-S"), N_("bytes that the server is ready to take"),
	 5, 6, ALIGN_RIGHT, -1, true, UNIT_BYTES, CELL(server_window)},
	{"zero-window", N_("ZEROWIN"), N_("time during which a window was closed, in total"),
	 7, 7, ALIGN_RIGHT, -1, true, UNIT_DURATION, CELL(zero_window), .ages = true},
	{"client-mss", N_("MSS/WS-C"), N_("client's maximum segment size and window scale"),
	 8, 8, ALIGN_RIGHT, -1, true, UNIT_NONE, CELL(client_mss)},
	{"server-mss", N_("MSS/WS-S"), N_("server's maximum segment size and window scale"),
	 8, 8, ALIGN_RIGHT, -1, true, UNIT_NONE, CELL(server_mss)},
	{"handshake", N_("SETUP"), N_("time that the handshake took"),
	 6, 7, ALIGN_RIGHT, -1, true, UNIT_DURATION, CELL(handshake)},
	{"ended-by", N_("ENDED BY"), N_("who closed or aborted first"),
	 8, 8, ALIGN_LEFT, -1, false, UNIT_NONE, CELL(ended_by)},
	{"vlan", N_("VLAN"), N_("VLAN id"),
	 4, 4, ALIGN_RIGHT, -1, false, UNIT_COUNT, CELL(vlan)},
	{"interface", N_("IFACE"), N_("number of the interface"),
	 5, 5, ALIGN_RIGHT, -1, false, UNIT_COUNT, CELL(interface)},
	{"start", N_("START"), N_("when the first packet was seen"),
	 12, 12, ALIGN_LEFT, -1, true, UNIT_NONE, CELL(start)},
	{"id", N_("ID"), N_("the connection's number in this capture"),
	 5, 8, ALIGN_RIGHT, -1, true, UNIT_COUNT, CELL(id)},
};
/* clang-format on */
const size_t column_count = ARRAY_LEN(columns);

const struct column *
column_by_name(const char *name)
{
	for (size_t i = 0; i < column_count; i++) {
		if (strcmp(columns[i].name, name) == 0)
			return &columns[i];
	}
	return NULL;
}
