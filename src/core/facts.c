/* SPDX-License-Identifier: MIT */
/* facts: what others may know of a connection, copied out of it at one moment. */
#include "core/conn.h"

#include <string.h>

static int8_t
offered(const struct half *h, uint32_t flag)
{
	if (!half_has(h, H_OPTS))
		return -1;
	return half_has(h, flag) ? 1 : 0;
}

static void
rtt_fill(const struct half *h, struct rtt_facts *out)
{
	const struct rtt *r = &h->rtt;

	out->samples = r->samples;
	if (r->samples == 0) {
		out->min = out->max = out->sum = out->srtt = out->rttvar = -1;
		return;
	}
	out->min = r->min;
	out->max = r->max;
	out->sum = r->sum;
	out->srtt = rtt_srtt(h);
	out->rttvar = (r->mdev >> 2) * NSEC_PER_US;
}

/* Returns when the sender gives up, also where that is over. */
static nsec
timer_fill(const struct conn *c, enum side s, nsec now, struct timer_facts *out)
{
	timer_facts_fill(c, s, 0, out);
	if (out->gives_up < now) {
		out->kind = TIMER_NONE;
		out->due = out->due_latest = NSEC_NEVER;
	}
	return out->gives_up;
}

/* In the order of its fields: the compiler makes few moves of many. */
static void
rare_fill(const struct conn *c, const struct rare *r, nsec now, struct half_facts *out)
{
	out->retransmitted_bytes = r->retransmitted_bytes;
	out->retransmissions = rare_retransmissions(r);
	out->spurious = r->spurious;
	out->out_of_order = r->out_of_order;
	out->duplicate_acks = r->duplicate_acks;
	out->zero_windows = r->zero_windows;
	out->window_full = r->window_full;
	out->window_updates = r->window_updates;
	out->keep_alives = r->keep_alives;
	out->duplicates = r->duplicates;
	memcpy(out->by_cause, r->by_cause, sizeof(out->by_cause));
	out->zero_window_time = r->zero_time;
	out->zero_window_since = r->zero_since;
	if (r->zero_since && now > r->zero_since && c->end_cause == END_OPEN)
		out->zero_window_time += now - r->zero_since;
}

static void
half_fill(const struct conn *c, enum side s, nsec now, struct half_facts *out)
{
	const struct half *h = &c->half[s], *peer = &c->half[!s];

	out->state = (uint8_t)state_now(h, c, now);
	out->sack = offered(h, H_SACK_OK);
	out->timestamps = offered(h, H_TS_OK);
	out->wscale = h->wscale;
	out->scaled = h->wscale >= 0 && peer->wscale != -1;
	out->ttl = h->ttl;
	out->mss = h->mss ? h->mss : -1;
	out->isn = h->isn;
	out->segments = h->segments;
	out->bytes = h->bytes;
	out->unique_bytes = h->unique_bytes;
	rare_fill(c, h->rare, now, out);
	out->syn = h->syn;
	out->fin = h->fin;
	out->rst = h->rst;
	out->window = h->window;
	out->in_flight = half_in_flight(h);
	out->rate = (uint64_t)half_recent(h, now);
	out->last_sent = h->last_ts;
	rtt_fill(h, &out->rtt);
}

/* What is the same with and without ends. */
static void
common_fill(const struct conn *c, struct conn_facts *out)
{
	out->ref = (struct connref){c->slot, c->gen};
	out->id = c->id;
	out->end[CLIENT] = c->end[CLIENT];
	out->end[SERVER] = c->end[SERVER];
	out->ip_version = c->ip_version;
	out->roles_guessed = (c->flags & C_GUESSED) != 0;
	out->pinned = c->pins > 0;
	out->completeness = c->completeness;
	out->vlan = c->vlan;
	out->interface = c->interface;
	out->start = c->start;
	out->last = c->last;
	out->remembered = c->log_next - c->log_lost;
}

/* All but the verdict. */
static void
conn_fill(const struct conn *c, nsec now, struct conn_facts *out)
{
	nsec gives_up[2];

	for (int s = CLIENT; s <= SERVER; s++) {
		half_fill(c, (enum side)s, now, &out->half[s]);
		gives_up[s] = timer_fill(c, (enum side)s, now, &out->half[s].timer);
	}
	const enum end_cause cause = state_end_cause(c, gives_up, now);

	common_fill(c, out);
	out->state = (uint8_t)state_row(c, cause, gives_up, now);
	out->end_cause = (uint8_t)cause;
	out->ended_by = cause == END_OPEN ? -1 : c->ended_by; /* half-closed is not ended */
	out->ended = c->ended;
	out->syn_to_synack = c->syn_to_synack;
	out->synack_to_ack = c->synack_to_ack;
}

/* ---- the short way: floods consist of connections of which this is all ---- */

/* Sent just now and nothing else to be said of it: no verdict, no timer has run out. */
static bool
is_fresh_syn(const struct conn *c, nsec now)
{
	return !c->half && (c->flags & ~(uint32_t)C_REPORTED) == 0 && c->aside == &aside_none &&
	       !c->rst_suspect && (c->end_cause == END_OPEN || c->end_cause == END_EVICTED) &&
	       now - c->start < NSEC_PER_SEC;
}

/* What is not 0 in an end that has sent nothing. */
static void
silent_fill(struct half_facts *out)
{
	out->state = TCP_LISTEN;
	out->sack = out->timestamps = -1;
	out->wscale = -2;
	out->mss = -1;
	out->rtt.min = out->rtt.max = out->rtt.sum = out->rtt.srtt = out->rtt.rttvar = -1;
	out->timer.due = out->timer.due_latest = out->timer.gives_up = NSEC_NEVER;
	out->timer.rto = out->timer.srtt = out->timer.rttvar = -1;
}

static void
asking_fill(const struct conn *c, struct half_facts *out)
{
	const struct first_syn *syn = &c->syn;

	out->state = TCP_SYN_SENT;
	out->sack = (syn->options & OPT_SACK_OK) != 0;
	out->timestamps = (syn->options & OPT_TS) != 0;
	out->wscale = -1;
	if (syn->options & OPT_WSCALE)
		out->wscale = (int8_t)(syn->wscale > 14 ? 14 : syn->wscale);
	out->scaled = out->wscale >= 0;
	out->ttl = syn->ttl;
	if ((syn->options & OPT_MSS) && syn->mss)
		out->mss = syn->mss;
	out->isn = syn->seq;
	out->segments = out->syn = 1;
	out->window = syn->window;
	out->last_sent = c->start;
	timer_facts_first_syn(c->start, &out->timer);
}

/* The ends and what follows them are cleared in one go: there is little in them. */
static void
fresh_syn_fill(const struct conn *c, struct conn_facts *out)
{
	const size_t ends = offsetof(struct conn_facts, half);

	memset((char *)out + ends, 0, sizeof(*out) - ends);
	common_fill(c, out);
	silent_fill(&out->half[CLIENT]);
	silent_fill(&out->half[SERVER]);
	asking_fill(c, &out->half[CLIENT]);
	out->state = CONN_SYN_SENT;
	out->end_cause = c->end_cause;
	out->ended_by = c->end_cause == END_OPEN ? -1 : c->ended_by;
	out->ended = 0;
	out->syn_to_synack = out->synack_to_ack = -1;
}

void
facts_fill(const struct conn *conn, nsec now, struct conn_facts *out)
{
	struct whole room;
	const struct conn *c;

	if (is_fresh_syn(conn, now)) {
		fresh_syn_fill(conn, out);
		return;
	}
	c = conn_whole(conn, &room);
	conn_fill(c, now, out);
	out->n_verdicts = (uint8_t)verdicts_of(c, now, &out->verdict, 1);
	if (out->n_verdicts == 0)
		memset(&out->verdict, 0, sizeof(out->verdict));
}

/* The ladder, where there is one: else its numbers of gaps say that the rest is not filled in. */
static void
ladder_fill(const struct conn *c, enum side s, struct conn_detail *out)
{
	const struct half *h = &c->half[s];
	const struct ladder *l = h->rare->trouble ? &h->rare->trouble->best : NULL;

	out->half[s].n_gaps = out->half[s].n_expected = 0;
	if (!l || l->n == 0)
		return;
	out->half[s].n_gaps = l->n;
	for (unsigned i = 0; i < l->n; i++)
		out->half[s].gaps[i] = l->gap_us[i] * NSEC_PER_US;
	out->half[s].ladder_cause = l->cause;
	out->half[s].first_is_tlp = l->tlp_first;
	out->half[s].ladder_start = l->start;
	out->half[s].ladder_seq = l->seq - h->isn;
	out->half[s].ladder_first_frame = l->frame;
	out->half[s].n_expected =
		(uint8_t)timer_expected(c, s, l, out->half[s].expected, &out->half[s].stack);
}

static void
whole_fill(const struct conn *conn, nsec now, struct conn_detail *out)
{
	struct whole room;
	const struct conn *c = conn_whole(conn, &room);

	conn_fill(c, now, &out->f);
	out->n_verdicts = (uint8_t)verdicts_of(c, now, out->verdicts, VERDICT_COUNT);
	out->f.n_verdicts = out->n_verdicts;
	if (out->n_verdicts > 0)
		out->f.verdict = out->verdicts[0];
	else
		memset(&out->f.verdict, 0, sizeof(out->f.verdict));
	ladder_fill(c, CLIENT, out);
	ladder_fill(c, SERVER, out);
}

/* Not the verdicts and ladders that are not there: this is done for every connection. */
void
detail_fill(const struct conn *c, nsec now, struct conn_detail *out)
{
	if (!is_fresh_syn(c, now)) {
		whole_fill(c, now, out);
		return;
	}
	fresh_syn_fill(c, &out->f);
	out->n_verdicts = 0;
	for (int s = CLIENT; s <= SERVER; s++)
		out->half[s].n_gaps = out->half[s].n_expected = 0;
}
