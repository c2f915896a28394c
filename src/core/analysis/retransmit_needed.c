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

/* final: nothing that may still come can change it. */
static void
retx_decide(struct core *core, struct conn *c, struct half *h, struct retx *x, enum needed n,
	    bool final, nsec now)
{
	struct segment *log = history_get(c, x->log);

	if (n == NEEDED_NO && x->needed != NEEDED_NO)
		cold_get(core, h)->spurious++;
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
	if (x->has_ts && (s->p->options & OPT_TS))
		return (int32_t)(s->p->tsecr - x->tsval) >= 0;
	/* Without either an ACK that got lost would look the same. */
	return reports_duplicates(s->c) &&
	       (s->rcv->rtt.samples == 0 || s->now - x->ts >= s->rcv->rtt.min / 2);
}

/* What was sent after the retransmission is acknowledged, so it has arrived, too: had it been a
 * duplicate, its report would have come with this ACK or before. */
static bool
report_overdue(const struct seg *s, const struct retx *x)
{
	const struct half *h = s->rcv;
	nsec rtt = h->rtt.samples ? rtt_srtt(h) + (h->rtt.mdev >> 2) * NSEC_PER_US : NSEC_PER_SEC;

	if (!seq_le(x->end, h->seq.una) || !reports_duplicates(s->c))
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

	return !reports_duplicates(s->c) ||
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

	return !x->proved && seq_le(x->end, h->seq.una) &&
	       s->now - x->ts <= rtt + rtt / 4 + 4 * NSEC_PER_MS;
}

/* Without SACK nothing reports a duplicate, but an ACK that repeats what was acknowledged, before
 * anything outstanding can have come, answers one: the latest copy that may have been. */
static void
answered_copy(struct seg *s, seqno una_before)
{
	const uint32_t explained = FINDING(F_KEEP_ALIVE_ACK) | FINDING(F_ZERO_WINDOW_PROBE_ACK) |
				   FINDING(F_CHALLENGE_ACK) | FINDING(F_WINDOW_UPDATE);
	struct half *h = s->rcv;
	struct retransmit_log *t = h->cold->retransmit_log;
	struct retx *latest = NULL;

	if (!s->pure_ack || reports_duplicates(s->c) || s->p->ack != una_before ||
	    h->seq.una != una_before || (s->findings & explained) ||
	    !outstanding_is_young(h, s->now))
		return;
	for (size_t i = 0; i < t->n_retx; i++)
		if (may_answer(s, &t->retx[i]) &&
		    (!latest || t->retx[i].frame > latest->frame))
			latest = &t->retx[i];
	if (!latest)
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
proof_since(struct seg *s, struct retransmit_log *t, seqno una_before)
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
		proof_since(s, t, una_before);
}

/* Nothing more will come. What was acknowledged without a report of a duplicate was missing, and
 * what an established peer never acknowledged had to be sent again. A peer that never answered a
 * SYN may have received it all the same. Of a peer that was never captured nothing is known. */
static enum needed
needed_at_last(const struct conn *c, enum side from, const struct retx *x)
{
	const struct half *h = &c->half[from];
	bool acked = half_has(h, H_UNA) && seq_le(x->end, h->seq.una);

	if (x->needed != NEEDED_UNKNOWN || c->half[!from].segments == 0)
		return (enum needed)x->needed;
	if (acked)
		return reports_duplicates(c) ? NEEDED_YES : NEEDED_UNKNOWN;
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
