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

	*out = (struct rtt_facts){-1, -1, -1, -1, -1, r->samples};
	if (r->samples == 0)
		return;
	out->min = r->min;
	out->max = r->max;
	out->sum = r->sum;
	out->srtt = rtt_srtt(h);
	out->rttvar = (r->mdev >> 2) * NSEC_PER_US;
}

static void
half_fill(const struct conn *c, enum side s, nsec now, struct half_facts *out)
{
	const struct half *h = &c->half[s], *peer = &c->half[!s];

	*out = (struct half_facts){
		.state = (uint8_t)state_now(h, c, now),
		.sack = offered(h, H_SACK_OK), .timestamps = offered(h, H_TS_OK),
		.wscale = h->wscale,
		.scaled = h->wscale >= 0 && peer->wscale != -1,
		.mss = h->mss ? h->mss : -1, .isn = h->isn,
		.segments = h->segments, .bytes = h->bytes, .unique_bytes = h->unique_bytes,
		.retransmitted_bytes = h->rare->retransmitted_bytes,
		.retransmissions = h->rare->retransmissions, .spurious = h->rare->spurious,
		.out_of_order = h->rare->out_of_order, .duplicate_acks = h->rare->duplicate_acks,
		.zero_windows = h->rare->zero_windows, .window_full = h->rare->window_full,
		.window_updates = h->rare->window_updates, .keep_alives = h->rare->keep_alives,
		.duplicates = h->rare->duplicates, .syn = h->syn, .fin = h->fin, .rst = h->rst,
		.zero_window_time = h->rare->zero_time, .zero_window_since = h->rare->zero_since,
		.window = h->window, .in_flight = half_in_flight(h),
		.rate = (uint64_t)half_recent(h, now),
		.last_sent = h->last_ts, .ttl = h->ttl,
	};
	memcpy(out->by_cause, h->rare->by_cause, sizeof out->by_cause);
	if (h->rare->zero_since && now > h->rare->zero_since && c->end_cause == END_OPEN)
		out->zero_window_time += now - h->rare->zero_since;
	rtt_fill(h, &out->rtt);
	timer_facts_fill(c, s, 0, &out->timer);
	if (out->timer.gives_up < now) { /* it has */
		out->timer.kind = TIMER_NONE;
		out->timer.due = out->timer.due_latest = NSEC_NEVER;
	}
}

static void
conn_fill(const struct conn *c, nsec now, struct conn_facts *out)
{
	*out = (struct conn_facts){
		.ref = {c->slot, c->gen}, .id = c->id, .end = {c->end[0], c->end[1]},
		.ip_version = c->ip_version, .roles_guessed = (c->flags & C_GUESSED) != 0,
		.pinned = c->pins > 0, .state = (uint8_t)state_row(c, now),
		.end_cause = (uint8_t)state_end_cause(c, now), .ended_by = c->ended_by,
		.completeness = c->completeness, .vlan = c->vlan, .interface = c->interface,
		.start = c->start, .last = c->last, .ended = c->ended,
		.syn_to_synack = c->syn_to_synack, .synack_to_ack = c->synack_to_ack,
		.remembered = c->log_next - c->log_lost,
	};
	if (out->end_cause == END_OPEN) /* half-closed is not ended */
		out->ended_by = -1;
	half_fill(c, CLIENT, now, &out->half[CLIENT]);
	half_fill(c, SERVER, now, &out->half[SERVER]);
}

void
facts_fill(const struct conn *conn, nsec now, struct conn_facts *out)
{
	struct whole room;
	const struct conn *c = conn_whole(conn, &room);

	conn_fill(c, now, out);
	out->n_verdicts = (uint8_t)verdicts_of(c, now, &out->verdict, 1);
	if (out->n_verdicts == 0)
		memset(&out->verdict, 0, sizeof out->verdict);
}

static void
ladder_fill(const struct conn *c, enum side s, struct conn_detail *out)
{
	const struct half *h = &c->half[s];
	const struct ladder *l = h->rare->trouble ? &h->rare->trouble->best : NULL;

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

void
detail_fill(const struct conn *conn, nsec now, struct conn_detail *out)
{
	struct whole room;
	const struct conn *c = conn_whole(conn, &room);

	/* Not the verdicts and ladders that are not there: this is done for every connection. */
	memset(out->half, 0, sizeof out->half);
	conn_fill(c, now, &out->f);
	out->n_verdicts = (uint8_t)verdicts_of(c, now, out->verdicts, VERDICT_COUNT);
	out->f.n_verdicts = out->n_verdicts;
	if (out->n_verdicts > 0)
		out->f.verdict = out->verdicts[0];
	ladder_fill(c, CLIENT, out);
	ladder_fill(c, SERVER, out);
}
