/* SPDX-License-Identifier: MIT */
/* facts_fill: what others may know of a connection, copied out of it at one moment. */
#include "core/facts_fill.h"

#include "core/analysis/time_ledger.h"
#include "core/analysis/verdicts.h"
#include "core/segment/backoff.h"
#include "core/segment/sender.h"
#include "core/segment/lone_syn.h"
#include "core/segment/rtt.h"
#include "core/segment/state.h"
#include "core/segment/timers.h"
#include "core/segment/window.h"

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
cold_fill(const struct half_cold *r, struct half_facts *out)
{
	out->retransmitted_bytes = r->retransmitted_bytes;
	out->retransmissions = cold_retransmissions(r);
	out->spurious = r->spurious;
	out->out_of_order = r->out_of_order;
	out->duplicate_acks = r->duplicate_acks;
	out->zero_windows = r->zero_windows;
	out->window_full = r->window_full;
	out->window_updates = r->window_updates;
	out->keep_alives = r->keep_alives;
	out->duplicates = r->duplicates;
	memcpy(out->by_cause, r->by_cause, sizeof(out->by_cause));
	out->zero_window_time = r->zero_window.total;
	out->zero_window_since = r->zero_window.since;
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
	out->isn = h->seq.isn;
	out->segments = h->segments;
	out->bytes = h->payload.bytes;
	out->unique_bytes = h->payload.unique_bytes;
	cold_fill(h->cold, out);
	lost_segments(c, s, &out->lost_before, &out->lost_behind);
	out->zero_window_time =
		nsec_add(out->zero_window_time, window_closed_for(c, s, now));
	out->syn = h->syn;
	out->fin = h->fin;
	out->rst = h->rst;
	out->window = h->adv.window;
	out->in_flight = half_in_flight(h);
	out->rate = (uint64_t)half_rate(h, now);
	out->last_sent = h->last_ts;
	rtt_fill(h, &out->rtt);
}

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
	out->kept = c->log_next - c->log_lost;
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
	out->state = (uint8_t)row_state(c, cause, gives_up, now);
	out->end_cause = (uint8_t)cause;
	out->ended_by = cause == END_OPEN ? -1 : c->ended_by; /* half-closed is not ended */
	out->ended = c->ended;
	out->syn_to_synack = c->syn_to_synack;
	out->synack_to_ack = c->synack_to_ack;
}

void
facts_fill(const struct core *core, const struct conn *conn, nsec now, struct conn_facts *out)
{
	struct conn_expanded room;
	const struct conn *c;

	c = conn_expand(conn, &room);
	conn_fill(c, now, out);
	out->n_verdicts =
		(uint8_t)verdicts_of(core, c, now, &out->verdict, 1, &out->verdict_set);
	if (out->n_verdicts == 0)
		memset(&out->verdict, 0, sizeof(out->verdict));
}

/* The ladder where there is one; without one its counts are 0 and the rest is not filled in. */
static void
ladder_fill(const struct conn *c, enum side s, struct conn_detail *out)
{
	const struct half *h = &c->half[s];
	const struct ladder *l = h->cold->retransmit_log ? &h->cold->retransmit_log->best : NULL;

	out->half[s].n_gaps = out->half[s].n_expected = 0;
	if (!l || l->n == 0)
		return;
	out->half[s].n_gaps = l->n;
	for (unsigned i = 0; i < l->n; i++)
		out->half[s].gaps[i] = l->gap_us[i] * NSEC_PER_US;
	out->half[s].ladder_cause = l->cause;
	out->half[s].first_is_tlp = l->tlp_first;
	out->half[s].answered = l->answered;
	out->half[s].ladder_start = l->start;
	out->half[s].ladder_seq = l->seq - h->seq.isn;
	out->half[s].ladder_first_frame = l->frame;
	out->half[s].n_expected =
		(uint8_t)ladder_expected(l, out->half[s].expected, &out->half[s].stack);
}

static void
icmp_fill(const struct conn *c, struct conn_detail *out)
{
	const struct icmp_log *log = c->cold->icmp;
	const unsigned oldest = log && log->n == ICMP_KEPT ? log->at : 0;

	out->icmp_total = 0;
	out->n_icmp = log ? log->n : 0;
	for (int role = 0; log && role < ICMP_ROLE_COUNT; role++)
		out->icmp_total += log->count[role];
	for (unsigned i = 0; i < out->n_icmp; i++)
		out->icmp[i] = log->latest[(oldest + i) % ICMP_KEPT].record;
}

void
detail_fill(const struct core *core, const struct conn *conn, nsec now, struct conn_detail *out)
{
	struct conn_expanded room;
	const struct conn *c = conn_expand(conn, &room);

	conn_fill(c, now, &out->f);
	out->revision = c->revision;
	time_facts_fill(c, &out->time);
	out->n_verdicts = (uint8_t)verdicts_of(core, c, now, out->verdicts, VERDICT_COUNT,
					       &out->f.verdict_set);
	out->f.n_verdicts = out->n_verdicts;
	if (out->n_verdicts > 0)
		out->f.verdict = out->verdicts[0];
	else
		memset(&out->f.verdict, 0, sizeof(out->f.verdict));
	ladder_fill(c, CLIENT, out);
	ladder_fill(c, SERVER, out);
	icmp_fill(c, out);
}
