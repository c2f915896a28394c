/* SPDX-License-Identifier: MIT */
/* truth: see truth.h. */
#include "truth.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPACE (1 << 20) /* bytes of sequence space of a run, at the most */

struct compare {
	const struct sim *s;
	const struct said *said;
	struct scores *out;
	bool verbose;
	uint8_t *captured[2]; /* per byte: passed the capture point */
	uint8_t *had[2];      /* per byte: an earlier transmission reached the peer */
	uint8_t *need;	      /* per transmission */
	int64_t hi[2];	      /* captured so far */
	bool window_closed[2]; /* as of the latest captured packet of that endpoint */
};

static void ATTR_FORMAT(3, 4)
say(const struct compare *c, size_t frame, const char *fmt, ...)
{
	va_list ap;

	if (!c->verbose)
		return;
	printf("#   frame %zu: ", frame + 1);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static void
count(struct score *s, bool right)
{
	s->asked++;
	s->right += right;
}

static void
must(const struct compare *c, bool right, size_t frame, const char *what)
{
	if (right)
		return;
	c->out->errors++;
	printf("# wrong: %s (frame %zu)\n", what, frame + 1);
}

/* How many of the bytes are set; sets them when `set`. */
static int64_t
bytes_set(uint8_t *map, int64_t from, int64_t to, bool set)
{
	int64_t n = 0;

	for (int64_t i = from; i < to && i < SPACE; i++) {
		n += map[i];
		map[i] |= set;
	}
	return n;
}

/* A retransmission was needed when no earlier transmission of the same bytes reached the peer. */
static void
find_needs(struct compare *c)
{
	for (size_t i = 0; i < c->s->n_sent; i++) {
		const struct sent *t = &c->s->sent[i];

		if (t->kind != SENT_FIRST && t->kind != SENT_AGAIN)
			continue;
		c->need[i] = bytes_set(c->had[t->from], t->seq, t->end, false) < t->end - t->seq;
		if (t->delivered)
			bytes_set(c->had[t->from], t->seq, t->end, true);
	}
}

/* ---- one captured packet ---- */

static const uint32_t special = FINDING(F_RETRANSMISSION) | FINDING(F_FAST_RETRANSMISSION) |
				FINDING(F_SPURIOUS_RETRANSMISSION) | FINDING(F_OUT_OF_ORDER) |
				FINDING(F_DUPLICATE_PACKET) | FINDING(F_KEEP_ALIVE) |
				FINDING(F_ZERO_WINDOW_PROBE);

static bool
cause_fits(const struct sent *t, uint8_t said)
{
	if ((t->flags & TH_FIN) && t->payload == 0 && said == CAUSE_FIN)
		return true;
	switch (t->cause) {
	case CAUSE_FAST:
		return said == CAUSE_FAST || said == CAUSE_RECOVERY;
	case CAUSE_RECOVERY:
		return said == CAUSE_RECOVERY || said == CAUSE_RTO;
	case CAUSE_FIN:
		return said == CAUSE_RTO;
	default:
		return said == t->cause;
	}
}

static bool
near_sender(const struct sim *s, enum side from)
{
	return from == CLIENT ? s->where == 0 : s->where == 100;
}

/* Increasing IP IDs tell the order in which the sender sent. */
static bool
order_shows(const struct sim *s, enum side from)
{
	return s->end[from].id_mode == ID_COUNTS;
}

/* k repeats the bytes of i, without payload or IP ID, at the same time: it cannot be told from a
 * second capture of the same packet. */
static bool
is_like_copy(const struct sim *s, size_t i, size_t k)
{
	const struct packet *a = &s->captured[i].p, *b = &s->captured[k].p;

	return b->payload_len == 0 && b->ip_id == 0 && a->digest == b->digest &&
	       b->ts - a->ts < NSEC_PER_MS;
}

static bool
may_be_copy(const struct sim *s, size_t k)
{
	for (size_t i = k; i-- > 0 && s->captured[k].p.ts - s->captured[i].p.ts < NSEC_PER_MS;)
		if (is_like_copy(s, i, k))
			return true;
	return false;
}

/* D-SACKs also report copies that were not captured: what those prove cannot be known. */
static bool
doubled_unseen(const struct sim *s, const struct sent *t)
{
	for (size_t i = 0; i < s->n_sent; i++)
		if (s->sent[i].doubled && s->sent[i].from == t->from && s->sent[i].seq < t->end &&
		    t->seq < s->sent[i].end)
			return true;
	return false;
}

static void
compare_need(struct compare *c, size_t i, const struct sent *t, const struct segment *g)
{
	bool need = c->need[c->s->captured[i].sent];

	if (doubled_unseen(c->s, t) || (i + 1 < c->s->n_captured && is_like_copy(c->s, i, i + 1)))
		return;
	must(c, !(need && g->needed == NEEDED_NO), i, "spurious said of what was needed");
	if (g->needed == NEEDED_UNKNOWN || c->s->cut_to != NSEC_NEVER ||
	    c->s->cut_from != NSEC_NEVER)
		return; /* at the end of the capture, without any ACK of it, it looks lost */
	count(&c->out->needed, (g->needed == NEEDED_YES) == need);
	if ((g->needed == NEEDED_YES) != need)
		say(c, i, "needed %d, said %d", need, g->needed);
}

static void
compare_again(struct compare *c, size_t i, const struct sent *t, const struct segment *g,
	      int64_t seen)
{
	int64_t len = t->end - t->seq;
	bool again = (g->findings & FINDING(F_RETRANSMISSION)) != 0;
	bool past_all = t->seq >= c->hi[t->from]; /* never captured: cannot be known */

	if (past_all)
		return;
	if (seen == len || order_shows(c->s, t->from))
		count(seen == len ? &c->out->label : &c->out->hole, again);
	if (!again) {
		say(c, i, "retransmission (cause %d) called %x", t->cause, g->findings);
		return;
	}
	if (seen == len) {
		bool fits = cause_fits(t, g->cause);

		count(near_sender(c->s, t->from) ? &c->out->cause : &c->out->cause_far, fits);
		if (!fits)
			say(c, i, "cause %s called %s", cause_name(t->cause),
			    cause_name((enum cause)g->cause));
	}
	compare_need(c, i, t, g);
}

static void
compare_first(struct compare *c, size_t i, const struct sent *t, const struct segment *g,
	      int64_t seen)
{
	bool late = t->end > t->seq && t->seq < c->hi[t->from];

	if (late && seen > 0)
		return; /* its own retransmission was captured first */
	if (late) {
		bool right = g->findings & FINDING(F_OUT_OF_ORDER);

		if (order_shows(c->s, t->from))
			count(&c->out->hole, right);
		if (!right)
			say(c, i, "reordered first transmission called %x", g->findings);
		return;
	}
	bool clean = (g->findings & special) == 0;
	count(&c->out->clean, clean);
	if (!clean)
		say(c, i, "ordinary segment called %x", g->findings & special);
}

static void
compare_probe(struct compare *c, size_t i, const struct sent *t, const struct segment *g)
{
	enum finding want = t->kind == SENT_PROBE ? F_ZERO_WINDOW_PROBE : F_KEEP_ALIVE;

	if (t->kind == SENT_PROBE && !c->window_closed[!t->from])
		return; /* the segment that closed the window was not captured */
	bool right = (g->findings & FINDING(want)) != 0;
	count(&c->out->label, right);
	if (!right)
		say(c, i, "%s called %x", finding_info(want)->name, g->findings);
}

static void
compare_timer(struct compare *c, size_t i, const struct sent *t, const struct segment *g)
{
	const struct timer_facts *b = &c->said->before[i].t;

	if (t->kind != SENT_AGAIN || !near_sender(c->s, t->from) || b->kind == TIMER_NONE ||
	    (t->cause != CAUSE_RTO && t->cause != CAUSE_SYN && t->cause != CAUSE_TLP))
		return;
	bool right = g->ts >= b->due - NSEC_PER_MS && g->ts <= b->due_latest + NSEC_PER_MS;
	count(&c->out->timer, right);
	if (!right)
		say(c, i, "%s came %.1f ms after due, interval %.1f ms, timer %s, cause %s",
		    "retransmission", (double)(g->ts - b->due) / 1e6,
		    (double)(b->due_latest - b->due) / 1e6,
		    timer_kind_name((enum timer_kind)b->kind), cause_name(t->cause));
}

static void
compare_packet(struct compare *c, size_t i)
{
	const struct captured *p = &c->s->captured[i];
	const struct sent *t = &c->s->sent[p->sent];
	const struct segment *g = &c->said->seg[i];
	bool sequence = t->kind == SENT_FIRST || t->kind == SENT_AGAIN;
	int64_t end = p->p.flags & TH_RST ? t->seq : t->end;
	int64_t seen = sequence ? bytes_set(c->captured[t->from], t->seq, end, true) : 0;

	if (p->copy) {
		bool marked = g->frame == 0 || g->findings & FINDING(F_DUPLICATE_PACKET);

		if (order_shows(c->s, t->from) && sequence && p->p.ip_id != 0)
			count(&c->out->copy, marked);
	} else if (g->frame == 0) {
		must(c, p->p.ip_id == 0 || t->end == t->seq, i,
		     "dropped a packet as captured twice");
	} else if (t->kind == SENT_AGAIN) {
		compare_again(c, i, t, g, seen);
		compare_timer(c, i, t, g);
	} else if (t->kind == SENT_FIRST) {
		compare_first(c, i, t, g, seen);
	} else {
		compare_probe(c, i, t, g);
	}
	if (sequence && end > c->hi[t->from])
		c->hi[t->from] = end;
	c->window_closed[t->from] = p->p.window == 0;
}

/* ---- the run as a whole ---- */

static void
compare_counts(struct compare *c, enum side side)
{
	uint64_t segments = 0, bytes = 0, unique = 0;
	const struct half_facts *h = &c->said->conn.f.half[side];

	memset(c->had[side], 0, SPACE);
	for (size_t i = 0; i < c->s->n_captured; i++) {
		const struct captured *p = &c->s->captured[i];
		const struct sent *t = &c->s->sent[p->sent];

		if (t->from != side || c->said->seg[i].frame == 0)
			continue;
		if ((c->said->seg[i].findings & FINDING(F_DUPLICATE_PACKET)) &&
		    may_be_copy(c->s, i))
			continue;
		segments++;
		bytes += t->payload;
		int64_t from = t->seq + !!(t->flags & TH_SYN);
		unique += t->payload - (uint64_t)bytes_set(c->had[side], from, from + t->payload,
							   true);
	}
	must(c, h->segments == segments, 0, "number of segments");
	must(c, h->bytes == bytes, 0, "bytes");
	must(c, h->unique_bytes == unique, 0, "unique bytes");
}

/* 1 << state: the states that may follow, at once or later. */
static const uint16_t later[TCP_STATE_COUNT] = {
#define B(s) (1u << TCP_##s)
	[TCP_UNKNOWN] = 0xffff,
	[TCP_LISTEN] = 0xffff,
	[TCP_SYN_SENT] = 0xffff & ~B(UNKNOWN) & ~B(LISTEN),
	[TCP_SYN_RECV] = 0xffff & ~B(UNKNOWN) & ~B(LISTEN) & ~B(SYN_SENT),
	/* back to SYN-RECV: the captured ACK did not reach it */
	[TCP_ESTAB] = 0xffff & ~B(UNKNOWN) & ~B(LISTEN) & ~B(SYN_SENT),
	[TCP_FIN_WAIT_1] = B(FIN_WAIT_1) | B(FIN_WAIT_2) | B(CLOSING) | B(TIME_WAIT) | B(CLOSED),
	[TCP_FIN_WAIT_2] = B(FIN_WAIT_2) | B(TIME_WAIT) | B(CLOSED),
	/* to FIN-WAIT-1: the captured FIN had not arrived when it sent its own */
	[TCP_CLOSE_WAIT] = B(CLOSE_WAIT) | B(FIN_WAIT_1) | B(LAST_ACK) | B(CLOSED),
	[TCP_CLOSING] = B(CLOSING) | B(TIME_WAIT) | B(CLOSED),
	[TCP_LAST_ACK] = B(LAST_ACK) | B(CLOSED),
	[TCP_TIME_WAIT] = B(TIME_WAIT) | B(CLOSED),
	/* back: the captured reset did not reach it */
	[TCP_CLOSED] = B(CLOSED) | B(ESTAB) | B(FIN_WAIT_1) | B(CLOSE_WAIT) | B(LAST_ACK),
#undef B
};

static void
compare_transitions(struct compare *c)
{
	uint8_t state[2] = {TCP_UNKNOWN, TCP_UNKNOWN};

	for (size_t i = 0; i < c->s->n_captured; i++) {
		const struct segment *g = &c->said->seg[i];

		for (int k = 0; g->frame > 0 && k < 2; k++) {
			bool may = later[state[k]] & 1u << g->state[k];

			must(c, may, i, "a state that cannot follow");
			if (!may)
				printf("#   %s: %s to %s\n", k == CLIENT ? "client" : "server",
				       tcp_state_name(state[k]),
				       tcp_state_name((enum tcp_state)g->state[k]));
			state[k] = g->state[k];
		}
	}
}

/* Comparable if everything that the endpoints did was visible at the capture point in the end. */
static void
compare_states(struct compare *c)
{
	const struct sim *s = c->s;

	if (s->reset_lost || s->end[0].gave_up || s->end[1].gave_up || s->refuse)
		return;
	for (int k = 0; k < 2; k++) {
		uint8_t said = c->said->conn.f.half[k].state;

		count(&c->out->state, said == s->end[k].state);
		if (said != s->end[k].state)
			say(c, s->n_captured - 1, "%s in %s, said %s",
			    k == CLIENT ? "client" : "server", tcp_state_name(s->end[k].state),
			    tcp_state_name((enum tcp_state)said));
	}
}

void
truth_compare(const struct sim *s, const struct said *said, struct scores *out, bool verbose)
{
	static uint8_t maps[4][SPACE];
	struct compare c = {.s = s, .said = said, .out = out, .verbose = verbose,
			    .captured = {maps[0], maps[1]}, .had = {maps[2], maps[3]}};

	memset(maps, 0, sizeof(maps));
	c.need = xcalloc(s->n_sent + 1, 1);
	find_needs(&c);
	for (size_t i = 0; i < s->n_captured; i++)
		compare_packet(&c, i);
	must(&c, said->conns == (s->n_captured > 0), 0, "one connection, reported once");
	if (said->conns == 1) {
		compare_counts(&c, CLIENT);
		compare_counts(&c, SERVER);
		if (!s->refuse) /* a SYN after a refusal begins a new connection */
			compare_transitions(&c);
		compare_states(&c);
	}
	free(c.need);
}
