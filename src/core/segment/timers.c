/* SPDX-License-Identifier: MIT */
/*
 * timers: which retransmission timer a sender runs, due when, giving up when; computed from the
 * packets' own time by Linux's rules (RFC 6298, RFC 8985 7, RFC 9293 3.8.6.1; tcp_timer.c's
 * behaviour), corrected by what the ladder seen so far says of the sender.
 */
#include "core/segment/timers.h"

#include "core/flow/cold.h"
#include "core/flow/sendq.h"
#include "core/segment/backoff.h"
#include "core/segment/lateness.h"
#include "core/segment/rtt.h"
#include "core/segment/segment.h"
#include "core/segment/seqspace.h"

#include <assert.h>

#define RTO_MIN         (200 * NSEC_PER_MS)
#define RTO_MAX         (120 * NSEC_PER_SEC)
#define SYN_FIRST       NSEC_PER_SEC
#define ACK_SLACK       (5 * NSEC_PER_MS)
#define GIVE_UP_SYN_ACK (63 * NSEC_PER_SEC) /* tcp_synack_retries = 5 */

/* attempt: the one that is due; the first transmission, or the first probe, is 1. */
static void
timer_arm(struct half *h, enum timer_kind kind, unsigned attempt, nsec start, nsec len)
{
	assert(kind < TIMER_KIND_COUNT);
	h->timer_kind = kind;
	h->attempt = (uint8_t)(attempt < UINT8_MAX ? attempt : UINT8_MAX);
	h->timer.start = start;
	h->timer.length = len;
	h->timer_slack_us = 0;
}

static void
slack_set(struct half *h, nsec slack)
{
	h->timer_slack_us = (uint32_t)((slack + NSEC_PER_US - 1) / NSEC_PER_US);
}

static nsec
slack_of(const struct half *h)
{
	return h->timer_slack_us * NSEC_PER_US;
}

/* The sender's clock counts whole jiffies, rounded up, and back-off doubles the rounding too. */
static nsec
jiffy_excess(nsec rto, uint8_t backoff)
{
	nsec jiffy = 4 * NSEC_PER_MS, part = rto % jiffy;

	return part ? (jiffy - part) << (backoff < 10 ? backoff : 10) : 0;
}

void
timer_stop(struct half *h)
{
	timer_arm(h, TIMER_NONE, 0, 0, -1);
}

/* ---- SYNs ---- */

void
timer_syn_sent(struct half *h, nsec now)
{
	nsec slack, gap = syn_next_gap(h->syn > 1 ? backoff_ladder(h) : NULL, &slack);

	timer_arm(h, TIMER_SYN, h->syn + 1u, now, gap);
	slack_set(h, slack);
}

/* Two equal intervals: this system does not back off. */
static bool
syn_ack_is_steady(const struct half *h)
{
	const struct ladder *l = backoff_ladder(h);

	return l && l->n > 1 && l->cause == CAUSE_SYN_ACK &&
	       gap_is_about(ladder_gap(l, l->n - 1u), ladder_gap(l, l->n - 2u));
}

/* A SYN-ACK that answers a repeated SYN is no attempt of the timer, but starts it anew. */
static void
syn_ack_timer(const struct seg *s)
{
	struct half *h = s->snd;
	uint32_t again = h->cold->by_cause[CAUSE_SYN_ACK];
	nsec length = h->timer.length;

	if (again == 0)
		length = SYN_FIRST;
	else if (h->timer_kind == TIMER_NONE) /* its ACK was seen and did not count */
		length = SYN_FIRST << (again < 7 ? again : 7);
	else if (timer_fired(s->c, s->from, s->now) && !syn_ack_is_steady(h))
		length = nsec_min(length * 2, RTO_MAX);
	timer_arm(h, TIMER_SYN_ACK, again + 2, s->now, length);
}

/* After a challenge ACK Linux tries its SYN again almost at once. */
void
timer_syn_at_once(struct half *h, nsec now)
{
	if (h->timer_kind == TIMER_SYN)
		timer_arm(h, TIMER_SYN, h->attempt, now, 8 * NSEC_PER_MS);
}

/* ---- data ---- */

static bool
sack_agreed(const struct conn *c)
{
	const struct half *a = &c->half[0], *b = &c->half[1];

	if (half_has(a, H_OPTS) && half_has(b, H_OPTS))
		return half_has(a, H_SACK_OK) && half_has(b, H_SACK_OK);
	return half_has(a, H_SACK_SEEN) || half_has(b, H_SACK_SEEN);
}

/* As the sender counts them; a captured super-segment holds several. */
static bool
is_one_segment_out(const struct half *h, const struct half *peer)
{
	const struct sent_range *r = sendq_at(&h->sendq, 0);

	return h->sendq.len == 1 && r->end - r->seq <= (peer->mss ? peer->mss : 1460u);
}

/* When the first of what is outstanding was last sent. */
static nsec
head_sent(const struct half *h)
{
	return sendq_last_sent(&h->sendq, sendq_at(&h->sendq, 0)).ts;
}

static nsec
rto_remaining(const struct half *h, nsec now)
{
	return head_sent(h) + rtt_rto(h) - now;
}

/* Of the first outstanding segment; where none is, of bytes that are acknowledged already. */
static unsigned
next_attempt(const struct half *h)
{
	const struct ladder *l = backoff_ladder(h);

	if (h->sendq.len > 0)
		return sendq_at(&h->sendq, 0)->sent + 1u;
	return l ? l->n + 2u : 2;
}

static void
rto_arm(struct half *h, nsec now, nsec len)
{
	timer_arm(h, TIMER_RTO, next_attempt(h), now, nsec_max(len, NSEC_PER_MS));
	slack_set(h, rtt_rto(h) < rtt_rto_max(h) ? jiffy_excess(rtt_rto_base(h), h->backoff)
						 : jiffy_excess(rtt_rto_max(h), 0));
}

/* RFC 8985 7.2 as Linux does it: only with SACK, outside recovery, one probe at a time. */
static bool
tlp_arm(const struct conn *c, struct half *h, const struct half *peer, nsec now, nsec rto_left)
{
	nsec pto = NSEC_PER_SEC;

	if (!sack_agreed(c) || h->cold->backoff.no_tlp || h->ca != CA_OPEN ||
	    h->cold->recovery.peer_dups > 0 || h->sendq.len == 0 || half_has(h, H_TLP_OUT))
		return false;
	if (h->rtt.samples)
		pto = 2 * rtt_srtt(h) + (is_one_segment_out(h, peer) ? RTO_MIN : 2 * NSEC_PER_MS);
	if (rto_left > 0)
		pto = nsec_min(pto, rto_left);
	timer_arm(h, TIMER_TLP, sendq_at(&h->sendq, h->sendq.len - 1u)->sent + 1u, now, pto);
	slack_set(h, jiffy_excess(pto, 0));
	return true;
}

/* A tail-loss probe sends new data where there is some (RFC 8985 7.3): nothing came, and the probe
 * time has just run out. */
static bool
is_probe_of_new(const struct seg *s)
{
	const struct half *h = s->snd;
	nsec due = h->timer.start + h->timer.length;

	return h->timer_kind == TIMER_TLP && h->sendq.len > 1 && s->now >= due &&
	       s->now <= due + slack_of(h) + timer_lateness(0, h->timer.length) &&
	       s->now - s->rcv->last_ts > h->timer.length / 2;
}

static void
data_sent(const struct seg *s, bool was_idle)
{
	struct half *h = s->snd;
	nsec left;

	if (h->sendq.len == 0)
		return;
	left = rto_remaining(h, s->now);
	if (is_probe_of_new(s)) {
		cold_get(s->core, h)->recovery.tlp_end = h->seq.nxt;
		if (h->cold != &half_cold_none)
			h->flags |= H_TLP_OUT;
		rto_arm(h, s->now, rtt_rto(h));
		return;
	}
	if (!tlp_arm(s->c, h, s->rcv, s->now, left) &&
	    (was_idle || h->timer_kind == TIMER_TLP || h->timer_kind == TIMER_NONE ||
	     h->timer_kind == TIMER_PERSIST || h->timer_kind == TIMER_KEEPALIVE))
		rto_arm(h, s->now, left);
}

/* The ACK of all that s repeats has had the time to reach the sender: it does not get it. */
static bool
is_past_its_ack(const struct seg *s)
{
	const struct half *h = s->snd;

	return half_has(h, H_UNA) && seq_le(s->end, h->seq.una) &&
	       s->now - h->ack_ts > rtt_min_to(s->c, s->from) + ACK_SLACK;
}

static void
data_sent_again(const struct seg *s)
{
	struct half *h = s->snd;
	bool head = h->sendq.len > 0 && s->seq == sendq_at(&h->sendq, 0)->seq;
	bool timer = s->cause == CAUSE_RTO || s->cause == CAUSE_TLP || s->cause == CAUSE_FIN;

	if (h->sendq.len == 0) {
		if (!timer || !is_past_its_ack(s))
			return;
		h->flags |= H_DEAF;
	}
	if (timer || head)
		rto_arm(h, s->now, rtt_rto(h));
}

/* ---- probes ---- */

static nsec
probe_gap(const struct half *h)
{
	nsec gap = nsec_max(rtt_rto_base(h), RTO_MIN);

	for (int i = 0; i < h->cold->zero_window.probes_sent && gap < RTO_MAX; i++)
		gap *= 2;
	return nsec_min(gap, RTO_MAX);
}

static void
persist_arm(struct half *h, nsec now)
{
	timer_arm(h, TIMER_PERSIST, h->cold->zero_window.probes_sent + 1, now, probe_gap(h));
	slack_set(h, jiffy_excess(nsec_max(rtt_rto_base(h), RTO_MIN),
				  h->cold->zero_window.probes_sent));
}

static void
keepalive_arm(struct half *h, nsec now)
{
	const struct keepalive *ka = &h->cold->keepalive;
	nsec gap = ka->unanswered > 0 && ka->gap ? ka->gap : ka->idle, late;

	/* Before two probes in a row were captured their interval is a guess: Linux's own, or as
	 * long as the idle time where that was set shorter. */
	if (ka->unanswered == 1 && !ka->gap)
		gap = nsec_min(ka->idle, 75 * NSEC_PER_SEC);
	late = timer_lateness(0, gap);
	/* The measured interval holds some lateness already. */
	timer_arm(h, TIMER_KEEPALIVE, ka->unanswered + 1, now, nsec_max(gap - late, NSEC_PER_MS));
	slack_set(h, late);
}

/* When h last sent anything but a keep-alive: those do not restart the peer's timer. */
static nsec
half_spoke(const struct half *h)
{
	return h->last_kind == KIND_KEEP_ALIVE ? h->cold->keepalive.spoke : h->last_ts;
}

static void
probe_sent(const struct seg *s)
{
	struct half *h = s->snd;
	struct half_cold *r = cold_get(s->core, h);

	if (s->kind == KIND_ZERO_WINDOW_PROBE) {
		r->zero_window.probes_sent += r->zero_window.probes_sent < 30;
		r->zero_window.probes_all += r->zero_window.probes_all < UINT16_MAX;
		persist_arm(h, s->now);
		return;
	}
	if (r->keepalive.unanswered > 0)
		r->keepalive.gap = s->now - r->keepalive.last_ts;
	else
		r->keepalive.idle = s->now - half_spoke(s->rcv);
	r->keepalive.last_ts = s->now;
	r->keepalive.probes++;
	r->keepalive.unanswered += r->keepalive.unanswered < UINT8_MAX;
	keepalive_arm(h, s->now);
}

void
timer_sent(struct seg *s, bool was_idle)
{
	struct half *h = s->snd;

	if (s->p->flags & TH_RST)
		timer_stop(h);
	else if (s->kind == KIND_KEEP_ALIVE || s->kind == KIND_ZERO_WINDOW_PROBE)
		probe_sent(s);
	else if ((s->p->flags & TH_SYN) && s->range == RANGE_LATE)
		return; /* it was answered before it was captured */
	else if ((s->p->flags & (TH_SYN | TH_ACK)) == TH_SYN)
		timer_syn_sent(h, s->now);
	else if (s->p->flags & TH_SYN)
		syn_ack_timer(s);
	else if (s->range == RANGE_AGAIN || s->range == RANGE_HOLE)
		data_sent_again(s);
	else if (s->range != RANGE_NONE)
		data_sent(s, was_idle);
	if (s->range == RANGE_NEW || s->range == RANGE_GAP)
		h->flags &= ~(uint32_t)H_DEAF;
}

/* s came to its receiver: what that does to the receiver's own timer. */
void
timer_acked(struct seg *s, seqno una_before)
{
	struct half *h = s->rcv;
	bool advanced = half_has(h, H_UNA) && h->seq.una != una_before;

	if (h->state == TCP_CLOSED) { /* a peer that did not hear of the end answers nothing */
		if (!h->cold->closed_got)
			cold_get(s->core, h)->closed_got = s->silent_since;
		return;
	}
	if (h->cold->closed_got)
		cold_get(s->core, h)->closed_got = 0;
	if (h->cold->keepalive.unanswered && s->kind != KIND_KEEP_ALIVE) {
		cold_get(s->core, h)->keepalive.unanswered = 0;
		backoff_answered(s->core, h);
	}
	if (h->cold->zero_window.probes_sent && s->snd->adv.window > 0 && !s->window_closed) {
		cold_get(s->core, h)->zero_window.probes_sent = 0;
		backoff_answered(s->core, h);
	}
	if (h->timer_kind == TIMER_SYN_ACK && (s->c->flags & C_ACCEPT_FULL) &&
	    h->state == TCP_SYN_RECV)
		return;
	if (half_has(h, H_DEAF))
		return;
	if (half_in_flight(h) == 0 || h->sendq.len == 0) {
		if (s->snd->adv.window == 0 && half_has(h, H_WAS_BLOCKED) &&
		    !(s->p->flags & TH_RST))
			persist_arm(h, s->now);
		else if (h->timer_kind == TIMER_KEEPALIVE ||
			 (h->cold->keepalive.idle && h->cold->keepalive.probes > 1))
			keepalive_arm(h, s->now);
		else if (h->timer_kind != TIMER_NONE)
			timer_stop(h);
		return;
	}
	/* SACKs of what was sent before the head was last sent move the timer, too. */
	if (!advanced && !(s->sacked_sent && s->sacked_sent < head_sent(h)))
		return;
	if (!tlp_arm(s->c, h, s->snd, s->now, rtt_rto(h)))
		rto_arm(h, s->now, rtt_rto(h));
}

/* Packets reach the capture with jitter, and its idea of the RTO is an estimate. */
bool
timer_fired(const struct conn *c, enum side s, nsec now)
{
	const struct half *h = &c->half[s];
	nsec tolerance;

	if (h->timer_kind == TIMER_NONE || h->timer.length < 0)
		return false;
	tolerance = h->timer.length / 10 + 5 * NSEC_PER_MS;
	if ((c->far >> s) & 1)
		tolerance += rtt_min_to(c, s) / 4;
	return now >= h->timer.start + h->timer.length - tolerance;
}

/* ---- told ---- */

/* By the sender's rules, counted from its first attempt. */
static nsec
model_gives_up(const struct conn *c, enum side s)
{
	const struct half *h = &c->half[s];

	switch (h->timer_kind) {
	case TIMER_SYN:
		return syn_gives_up(h);
	case TIMER_SYN_ACK:
		return h->syn_ts + GIVE_UP_SYN_ACK;
	case TIMER_RTO:
	case TIMER_TLP:
		return backoff_gives_up(h);
	default:
		return NSEC_NEVER;
	}
}

/* What is to be expected of the sender of c->half[s]. */
struct outlook {
	nsec due;      /* as timer_due */
	nsec gives_up; /* as timer_gives_up */
};

/* Where the next expiry ends it no attempt follows. Lateness has added up, so it may come after the
 * moment that the rules name. */
static struct outlook
look_ahead(const struct conn *c, enum side s)
{
	const struct half *h = &c->half[s];
	nsec next = h->timer.start + h->timer.length, model;

	if (h->timer_kind == TIMER_NONE)
		return (struct outlook){NSEC_NEVER, NSEC_NEVER};
	model = model_gives_up(c, s);
	if (h->timer.length < 0)
		return (struct outlook){NSEC_NEVER, model};
	if (model != NSEC_NEVER && next >= model - h->timer.length / 64)
		return (struct outlook){NSEC_NEVER, next};
	return (struct outlook){next, model};
}

nsec
timer_gives_up(const struct conn *c, enum side s)
{
	return look_ahead(c, s).gives_up;
}

nsec
timer_due(const struct conn *c, enum side s)
{
	return look_ahead(c, s).due;
}

static nsec
timer_rto(const struct half *h)
{
	if (h->timer_kind == TIMER_SYN || h->timer_kind == TIMER_SYN_ACK)
		return h->timer.length;
	return rtt_rto_known(h) ? rtt_rto(h) : -1;
}

void
timer_facts_fill(const struct conn *c, enum side s, unsigned hz, struct timer_facts *out)
{
	const struct half *h = &c->half[s];
	const struct outlook o = look_ahead(c, s);

	out->kind = h->timer_kind;
	out->attempt = h->attempt;
	out->due = out->due_latest = o.due;
	out->gives_up = o.gives_up;
	out->rto = timer_rto(h);
	out->srtt = rtt_srtt(h);
	out->rttvar = h->rtt.samples ? (h->rtt.mdev >> 2) * NSEC_PER_US : -1;
	if (o.due != NSEC_NEVER)
		out->due_latest += slack_of(h) + timer_lateness(hz, h->timer.length + slack_of(h)) +
				   rtt_min_to(c, s) / 4 + NSEC_PER_MS;
}

/* The oldest bytes without acknowledgement. Where the peer is not captured, its SYN-ACK is known to
 * have come by the ACK of it. */
static seqno
oldest_unacked(const struct half *h)
{
	const struct sent_range *r = sendq_at(&h->sendq, 0);

	if (half_has(h, H_UNA))
		return h->seq.una;
	if ((r->flags & SENT_SYN) && half_has(h, H_ACK) && h->sendq.len > 1)
		return sendq_at(&h->sendq, 1)->seq;
	return r->seq;
}

unsigned
repeats_unanswered(const struct conn *c, enum side s)
{
	const struct half *h = &c->half[s];
	const struct ladder *l = backoff_ladder(h);

	if (!l || h->sendq.len == 0 || conn_last_got(c, s) > l->start)
		return 0;
	return l->seq == oldest_unacked(h) ? l->n : 0;
}
