/* SPDX-License-Identifier: MIT */
/*
 * retransmit_needed: whether a retransmission was needed, by what comes after it: a D-SACK (RFC
 * 2883), Eifel (RFC 3522), the times. Why it was sent is decided by retransmit_cause.c.
 */
#include "core/analysis/retransmit_needed.h"

#include "core/flow/cold.h"
#include "core/flow/history.h"
#include "core/flow/sendq.h"
#include "core/segment/emit.h"
#include "core/segment/rtt.h"
#include "core/segment/sack.h"
#include "core/segment/segment.h"

#include <assert.h>

#define CLOCK_TICK (10 * NSEC_PER_MS) /* of the slowest time stamp clocks in use */

/* The time-out was a mistake as a whole: Linux undoes it at the next progress (F-RTO, D-SACK), once
 * the peer's reports have accounted for every copy sent since (undo_retrans). */
static void
loss_undo(struct core *core, struct half *h)
{
	const struct retransmit_log *t = h->cold->retransmit_log;

	if (h->ca != CA_LOSS)
		return;
	for (size_t i = 0; i < t->n_retx; i++)
		if (t->retx[i].ts >= h->cold->recovery.rto_first && !t->retx[i].proved)
			return;
	h->ca = CA_OPEN;
	h->backoff = 0;
	cold_get(core, h)->recovery.rto_first = 0;
}

/* Whether a retransmission counts as one for a loss: of data or a FIN, and not needless. One of
 * which the cause is unknown counts when it was needed. */
static bool
is_for_loss(uint8_t cause, uint8_t needed)
{
	switch (cause) {
	case CAUSE_RTO:
	case CAUSE_TLP:
	case CAUSE_FAST:
	case CAUSE_RECOVERY:
	case CAUSE_FIN:
		return needed != NEEDED_NO;
	case CAUSE_UNKNOWN:
		return needed == NEEDED_YES;
	default:
		return false;
	}
}

void
lost_count(struct half_cold *r, uint8_t cause, bool before, uint8_t needed, uint8_t needed_before)
{
	bool is = is_for_loss(cause, needed), was = is_for_loss(cause, needed_before);

	if (is == was)
		return;
	r->lost.by_cause[cause] += is ? 1 : -1u;
	if (before)
		r->lost.before += is ? 1 : -1u;
	assert(r->lost.by_cause[cause] <= r->by_cause[cause]);
}

/* final: nothing that may still come can change it. */
static void
retx_decide(struct core *core, struct conn *c, struct half *h, struct retx *x, enum needed n,
	    bool final, nsec now)
{
	struct segment *log = history_get(c, x->log);

	if (n == NEEDED_NO && x->needed != NEEDED_NO) {
		cold_get(core, h)->spurious++;
		cold_get(core, h)->spurious_syns +=
			x->cause == CAUSE_SYN || x->cause == CAUSE_SYN_ACK;
	}
	lost_count(cold_get(core, h), x->cause, x->hole, n, x->needed);
	if (n == x->needed && !final)
		return;
	if (x->needed != n)
		x->decided = now;
	x->needed = n;
	x->open = !final;
	if (log && log->frame == x->frame) {
		log->needed = n;
		if (n == NEEDED_NO)
			log->findings |= FINDING(F_SPURIOUS_RETRANSMISSION);
	}
	segment_amend(core, c, x->log, final);
}

/* The peer reports what it gets twice (RFC 2883), as far as is known. */
static bool
peer_reports(const struct conn *c, enum side peer)
{
	return reports_duplicates(c) && !half_has(&c->half[peer], H_NO_DSACK);
}

static bool
dsack_covers(const struct seg *s, const struct retx *x)
{
	const struct packet *p = s->p;

	return s->dsack && seq_lt(p->sack[0].left, x->end) && seq_lt(x->seq, p->sack[0].right);
}

/* One report is of one copy: of several repetitions of the same bytes the latest one of which none
 * has come yet, be it known as needless already. */
static bool
dsack_proves(const struct seg *s, const struct retransmit_log *t, size_t i)
{
	const struct retx *x = &t->retx[i];

	if (!dsack_covers(s, x))
		return false;
	for (size_t k = 0; k < t->n_retx; k++) {
		const struct retx *y = &t->retx[k];

		if (y->frame > x->frame && seq_lt(y->seq, x->end) && seq_lt(x->seq, y->end) &&
		    (!y->proved || y->proved == s->p->frame))
			return false;
	}
	return true;
}

/* The ACK that moves the edge over the retransmission echoes an older time stamp: an earlier copy
 * made it move (RFC 3522). Only at the very edge: elsewhere a delayed ACK echoes older ones. */
static bool
eifel(const struct seg *s, const struct retx *x, seqno una_before)
{
	return x->has_ts && (s->p->options & OPT_TS) && x->seq == una_before &&
	       seq_lt(x->seq, s->p->ack) && (int32_t)(s->p->tsecr - x->tsval) < 0;
}

/* Too soon for the retransmission to have made the way. Beside the receiver there is no way. */
static bool
too_soon(const struct seg *s, const struct retx *x, seqno una_before)
{
	const struct rtt *r = &s->rcv->rtt;

	return r->samples > 2 && r->min > NSEC_PER_MS && seq_le(una_before, x->seq) &&
	       seq_le(x->end, s->p->ack) && s->now - x->ts < r->min / 2;
}

/* The very retransmission moved the edge: what it filled was missing. */
static bool
filled_the_edge(const struct seg *s, const struct retx *x, seqno una_before)
{
	if (x->seq != una_before || !seq_lt(x->seq, s->p->ack))
		return false;
	/* Within one tick of the sender's clock both copies bear the same time stamp. */
	if (x->has_ts && (s->p->options & OPT_TS))
		return (int32_t)(s->p->tsecr - x->tsval) >= 0 && x->ts - x->prev_ts >= CLOCK_TICK;
	/* Without either an ACK that got lost would look the same. */
	return peer_reports(s->c, s->from) &&
	       (s->rcv->rtt.samples == 0 || s->now - x->ts >= s->rcv->rtt.min / 2);
}

/* What was sent after the retransmission is acknowledged, so it has arrived, too: had it been a
 * duplicate, its report would have come with this ACK or before. */
static bool
report_overdue(const struct seg *s, const struct retx *x)
{
	const struct half *h = s->rcv;
	nsec rtt = h->rtt.samples ? rtt_srtt(h) + (h->rtt.mdev >> 2) * NSEC_PER_US : NSEC_PER_SEC;

	if (!seq_le(x->end, h->seq.una) || !peer_reports(s->c, s->from))
		return false;
	if (x->has_ts && (s->p->options & OPT_TS))
		return (int32_t)(s->p->tsecr - x->tsval) > 0;
	return s->now - x->ts > rtt + rtt / 4 + 4 * NSEC_PER_MS;
}

/* A copy that was only late may still arrive and be reported. */
static bool
report_impossible(const struct seg *s, const struct retx *x)
{
	const struct half *h = s->rcv;
	nsec rtt = h->rtt.samples ? rtt_srtt(h) : NSEC_PER_SEC;

	return !peer_reports(s->c, s->from) ||
	       (x->decided && s->now - x->decided > 2 * rtt + 50 * NSEC_PER_MS);
}

/* Its copy will be reported by a D-SACK that says nothing of the retransmission. */
void
retransmit_copied(const struct seg *s)
{
	struct retransmit_log *t = s->snd->cold->retransmit_log;
	struct retx *latest = NULL;

	for (size_t i = 0; t && i < t->n_retx; i++) {
		struct retx *x = &t->retx[i];

		if (seq_lt(x->seq, s->end) && seq_lt(s->seq, x->end) &&
		    (!latest || x->frame > latest->frame))
			latest = x;
	}
	if (latest && latest->copies < UINT8_MAX)
		latest->copies++;
}

/* All that is outstanding was sent too lately to have been answered. */
static bool
outstanding_is_young(const struct half *h, nsec now)
{
	for (size_t i = 0; i < h->sendq.len; i++)
		if (now - sendq_last_sent(&h->sendq, sendq_at(&h->sendq, i)).ts >=
		    h->rtt.min / 10 * 9)
			return false;
	return h->rtt.samples > 0;
}

/* An ACK that says nothing new may answer it: a needless copy is answered at once. */
static bool
may_answer(const struct seg *s, const struct retx *x)
{
	const struct half *h = s->rcv;
	nsec rtt = h->rtt.samples ? rtt_srtt(h) + (h->rtt.mdev >> 2) * NSEC_PER_US : NSEC_PER_SEC;
	nsec longest = nsec_max(rtt + rtt / 4 + 4 * NSEC_PER_MS, h->rtt.max);

	return !x->proved && seq_le(x->end, h->seq.una) && s->now - x->ts <= longest;
}

/* The latest copy that a repeated ACK may answer, or NULL. */
static struct retx *
answerable(const struct seg *s, struct retransmit_log *t)
{
	struct retx *latest = NULL;

	for (size_t i = 0; i < t->n_retx; i++)
		if (may_answer(s, &t->retx[i]) && (!latest || t->retx[i].frame > latest->frame))
			latest = &t->retx[i];
	return latest;
}

/* Where nothing is outstanding a repeated ACK can only answer a copy. One that does not report it
 * shows that this peer reports none, though SACK was agreed. */
static bool
must_answer(struct seg *s)
{
	const struct half *h = s->rcv;

	if (!peer_reports(s->c, s->from))
		return outstanding_is_young(h, s->now);
	if (s->dsack || half_in_flight(h) > 0)
		return false;
	s->snd->flags |= H_NO_DSACK;
	return true;
}

/* Without reports of duplicates: an ACK that repeats what was acknowledged, before anything
 * outstanding can have come, answers the latest copy that may have been one. */
static void
answered_copy(struct seg *s, seqno una_before)
{
	const uint32_t explained = FINDING(F_KEEP_ALIVE_ACK) | FINDING(F_ZERO_WINDOW_PROBE_ACK) |
				   FINDING(F_CHALLENGE_ACK) | FINDING(F_WINDOW_UPDATE);
	struct half *h = s->rcv;
	struct retx *latest;

	if (!s->pure_ack || s->p->ack != una_before || h->seq.una != una_before ||
	    (s->findings & explained))
		return;
	latest = answerable(s, h->cold->retransmit_log);
	if (!latest || !must_answer(s))
		return;
	if (latest->copies > 0) {
		latest->copies--;
		return;
	}
	latest->proved = s->p->frame;
	if (latest->open && latest->needed == NEEDED_UNKNOWN)
		retx_decide(s->core, s->c, h, latest, NEEDED_NO, true, s->now);
}

static ATTR_NOINLINE void
evidence_since(struct seg *s, struct retransmit_log *t, seqno una_before)
{
	struct half *h = s->rcv;

	for (size_t i = 0; i < t->n_retx; i++) {
		struct retx *x = &t->retx[i];
		bool proved;

		if (!x->open && !s->dsack)
			continue;
		proved = !x->proved && dsack_proves(s, t, i);
		if (proved && x->copies > 0) {
			x->copies--;
			proved = false;
		}
		if (proved)
			x->proved = s->p->frame;
		if (x->needed == NEEDED_NO || x->cause == CAUSE_TFO)
			continue;
		if (proved || eifel(s, x, una_before) || too_soon(s, x, una_before))
			retx_decide(s->core, s->c, h, x, NEEDED_NO, true, s->now);
		else if (x->needed == NEEDED_YES || filled_the_edge(s, x, una_before) ||
			 report_overdue(s, x))
			retx_decide(s->core, s->c, h, x, NEEDED_YES, report_impossible(s, x),
				    s->now);
	}
	answered_copy(s, una_before);
	retransmit_count_open(s->core, h);
	if (h->seq.una != una_before)
		loss_undo(s->core, h);
}

/* After the peer's ACK was applied. */
void
retransmit_needed_update(struct seg *s, seqno una_before)
{
	const struct half *h = s->rcv;
	struct retransmit_log *t = h->cold->retransmit_log;

	if (t && (s->p->flags & TH_ACK) && !(s->p->flags & TH_RST) &&
	    (h->cold->n_open > 0 || s->dsack || h->ca != CA_OPEN))
		evidence_since(s, t, una_before);
}

/* Nothing more will come. What was acknowledged without a report of a duplicate was missing, and
 * what an established peer never acknowledged had to be sent again. A peer that never answered a
 * SYN may have received it all the same. Of a peer that was never captured nothing is known. */
static enum needed
needed_at_last(const struct conn *c, enum side from, const struct retx *x)
{
	const struct half *h = &c->half[from];
	bool acked = half_has(h, H_UNA) && seq_le(x->end, h->seq.una);

	if (x->needed != NEEDED_UNKNOWN || x->cause == CAUSE_UNKNOWN ||
	    c->half[!from].segments == 0)
		return (enum needed)x->needed;
	if (acked)
		return peer_reports(c, (enum side) !from) ? NEEDED_YES : NEEDED_UNKNOWN;
	return x->cause == CAUSE_SYN ? NEEDED_UNKNOWN : NEEDED_YES;
}

void
retransmit_needed_close(struct core *core, struct conn *c)
{
	if (c->flags & C_ROLES_OPEN)
		segments_settle(core, c);
	for (int i = 0; c->half && i < 2; i++) {
		struct half *h = &c->half[i];
		struct retransmit_log *t = h->cold->retransmit_log;

		for (size_t k = 0; t && k < t->n_retx; k++)
			if (t->retx[k].open)
				retx_decide(core, c, h, &t->retx[k],
					    needed_at_last(c, (enum side)i, &t->retx[k]), true,
					    c->last);
	}
}
