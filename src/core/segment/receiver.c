/* SPDX-License-Identifier: MIT */
/*
 * receiver: what a segment's acknowledgement changes in the endpoint that it goes to: its
 * unacknowledged ranges, its round-trip times, its state of recovery.
 */
#include "core/segment/receiver.h"

#include "core/flow/cold.h"
#include "core/flow/history.h"
#include "core/flow/sendq.h"
#include "core/segment/backoff.h"
#include "core/segment/emit.h"
#include "core/segment/rtt.h"
#include "core/segment/sack.h"
#include "core/segment/sender.h"
#include "core/segment/segment.h"
#include "core/segment/seqspace.h"

#include <assert.h>
#include <string.h>

#define SAMPLE_MAX (3600 * NSEC_PER_SEC) /* time stamps of damaged files may lie centuries apart */
#define BELOW_MAX (1u << 24) /* bytes: no window in use is larger */

/* What the kernel would take as its sample from these ranges (tcp_clean_rtx_queue): the time since
 * the first one sent only once; else, with time stamps, since the copy that the ACK echoes. */
static nsec
ack_sample(struct half *h, const struct seg *s)
{
	const struct packet *p = s->p;
	nsec first = -1, echoed = -1;
	bool retrans = false;

	for (size_t i = 0; i < h->sendq.len; i++) {
		const struct sent_range *r = sendq_at(&h->sendq, i);

		if (seq_lt(p->ack, r->end))
			break;
		if (r->end - r->seq > h->passed_max)
			h->passed_max = r->end - r->seq;
		if (r->flags & SENT_RETRANS)
			retrans = true;
		else if (first < 0 && !(r->flags & SENT_SACKED))
			first = r->first_ts;
		if ((p->options & OPT_TS) && half_has(h, H_TS_SEEN) && echoed < 0) {
			struct last_sent latest = sendq_last_sent(&h->sendq, r);

			if (p->tsecr == latest.tsval)
				echoed = latest.ts;
			else if (p->tsecr == r->tsval && !(r->flags & SENT_LOST))
				echoed = r->first_ts;
		}
	}
	if (first >= 0 && !retrans)
		return p->ts - first;
	return echoed >= 0 ? p->ts - echoed : -1;
}

static void
ack_remember(struct core *core, struct conn *c, const struct half *h, const struct seg *s)
{
	if (!core->history)
		return;
	for (size_t i = 0; i < h->sendq.len; i++) {
		const struct sent_range *r = sendq_at(&h->sendq, i);
		struct segment *log;

		if (seq_lt(s->p->ack, r->end))
			return;
		log = history_get(c, r->log);
		if (r->flags & SENT_GAP) /* what was before it is settled */
			segment_amend(core, c, r->log, true);
		if (log && !log->acked_by) {
			log->acked_by = s->p->frame;
			log->acked_after = s->p->ts - r->first_ts;
		}
	}
}

/* Keeps a hole, after: the segment behind it, NULL when none was captured. */
static void
hole_add(struct seg *s, struct half *h, struct hole hole)
{
	struct retransmit_log *t;

	if (!retransmit_log_get(s->core, h))
		return;
	t = h->cold->retransmit_log;
	if (t->n_holes == t->hole_cap)
		retransmit_log_grow_holes(s->core, t);
	if (t->hole_cap == 0)
		return;
	if (t->n_holes == t->hole_cap)
		memmove(t->holes, t->holes + 1, --t->n_holes * sizeof(t->holes[0]));
	t->holes[t->n_holes++] = hole;
	assert(t->n_holes <= HOLE_MAX);
}

/* A hole of which the capture has nothing behind it but this segment. */
void
hole_keep(struct seg *s, struct half *h, seqno seq, seqno end)
{
	hole_add(s, h,
		 (struct hole){.seq = seq, .end = end, .acked_ts = s->now,
			       .frame = s->p->frame, .log = s->log,
			       .ip_id = h->ipid.newest, .tsval = h->tsval});
}

void
hole_forget(struct half *h, seqno seq, seqno end)
{
	struct retransmit_log *t = h->cold->retransmit_log;

	if (t && t->n_holes > 0 && t->holes[t->n_holes - 1].seq == seq &&
	    t->holes[t->n_holes - 1].end == end)
		t->n_holes--;
}

static void
hole_before(struct seg *s, seqno seq, const struct sent_range *behind)
{
	hole_add(s, s->rcv,
		 (struct hole){.seq = seq, .end = behind->seq, .acked_ts = s->now,
			       .ts = behind->first_ts, .frame = frame_of(s->c, behind->frame),
			       .log = behind->log, .tsval = behind->tsval,
			       .ip_id = behind->ip_id});
}

/* Bytes that the peer has and that the capture never saw, though it had begun. */
static void
holes_acked(struct seg *s)
{
	struct half *h = s->rcv;
	seqno at = h->seq.una, ack = s->p->ack;

	if (!half_has(h, H_ISN)) /* below the first byte captured nothing is known */
		at = seq_max(at, h->seq.isn + 1);
	for (size_t i = 0; i < h->sendq.len && seq_lt(at, ack); i++) {
		const struct sent_range *r = sendq_at(&h->sendq, i);

		if (seq_le(ack, r->seq))
			break;
		if (seq_lt(at, r->seq) && !is_first_captured(h, r)) {
			s->c->flags |= C_LOST_BY_CAPTURE;
			hole_before(s, at, r);
		}
		at = seq_max(at, r->end);
	}
	if (seq_lt(at, ack)) {
		s->c->flags |= C_LOST_BY_CAPTURE;
		hole_keep(s, h, at, ack);
	}
}

static void
edge_unseen(struct half *h, seqno ack)
{
	if (seq_lt(h->seq.nxt, ack))
		half_reach(h, ack);
}

static uint32_t
peer_min_of(nsec least)
{
	return least < UINT32_MAX ? (uint32_t)least : UINT32_MAX;
}

/* The estimator counts as the sender's kernel does, with the whole round trip; what the capture
 * point sees of it is the half towards the peer. The other half is added at its least. */
static void
sample_take(struct conn *c, enum side from, nsec sample)
{
	struct half *h = &c->half[from], *other = &c->half[!from];

	if (sample < 0)
		return;
	sample = nsec_min(sample, SAMPLE_MAX);
	rtt_sample(&h->rtt, sample + rtt_min_to(c, from), h->seq.una, h->seq.nxt);
	if (rtt_observe(&h->rtt, sample))
		other->rtt.peer_min = peer_min_of(sample);
	h->backoff = 0;
	/* The first sample of this half completes the only one of the other. */
	if (h->rtt.samples == 1 && other->rtt.samples == 1) {
		nsec first = other->rtt.min;

		other->rtt = (struct rtt){.peer_min = other->rtt.peer_min};
		rtt_sample(&other->rtt, first + sample, other->seq.una, other->seq.nxt);
		rtt_observe(&other->rtt, first);
	}
}

/* A run of hints: a sender far away acts on its first when the latest is just passing. */
static void
hint(struct half *h, const struct seg *s)
{
	nsec pause = nsec_max(2 * rtt_min_to(s->c, !s->from) + 50 * NSEC_PER_MS, rtt_srtt(h) / 2);
	struct half_cold *r = cold_get(s->core, h);

	if (!r->recovery.hint_ts || s->now - r->recovery.hint_ts > pause) {
		r->recovery.hint_first = s->now;
		r->recovery.hint_tsval = s->p->tsval;
		h->flags &= ~(uint32_t)H_HINT_TS;
		if (s->p->options & OPT_TS)
			h->flags |= H_HINT_TS;
	}
	r->recovery.hint_ts = s->now;
}

/* Where SACK is agreed a duplicate ACK without SACK says: a segment came and was not taken (RFC
 * 7323 5.3). As many of them as segments outstanding: all have come. */
static void
plain_duplicate(struct core *core, struct half *h, nsec now)
{
	struct half_cold *cold = cold_get(core, h);
	seqno to = h->seq.una;
	uint32_t n = 0;

	if (++cold->recovery.plain_dups < 3 || !half_has(h, H_SACK_OK))
		return;
	for (size_t i = 0; i < h->sendq.len && n <= cold->recovery.plain_dups; i++) {
		const struct sent_range *r = sendq_at(&h->sendq, i);

		if (r->first_ts + h->rtt.min > now) /* cannot be answered yet */
			break;
		n += !(r->flags & SENT_SACKED);
		to = r->end;
	}
	if (cold->recovery.plain_dups >= n)
		cold->recovery.rejected_end = to;
}

static void
ack_advance(struct seg *s)
{
	struct half *h = s->rcv;
	seqno ack = s->p->ack;
	nsec sample = ack_sample(h, s);
	bool any = h->sendq.len > 0 && seq_le(sendq_at(&h->sendq, 0)->end, ack);

	/* An end that is not captured at all misses everything. */
	if (h->last_ts > 0 || h->segments > 0)
		holes_acked(s);
	ack_remember(s->core, s->c, h, s);
	edge_unseen(h, ack);
	h->seq.una = ack;
	h->ack_ts = s->now;
	if (backoff_ladder(h) && seq_lt(backoff_ladder(h)->seq, ack))
		backoff_answered(s->core, h);
	if (h->cold->recovery.peer_dups)
		cold_get(s->core, h)->recovery.peer_dups =
			cold_get(s->core, h)->recovery.plain_dups = 0;
	sendq_ack(&h->sendq, ack);
	sample_take(s->c, !s->from, sample);
	/* Without any sample (Karn) progress still ends the back-off: new data is ACKed. */
	if (any && h->ca != CA_LOSS)
		h->backoff = 0;
	if (h->ca != CA_OPEN && seq_le(h->cold->recovery.point, ack)) {
		cold_get(s->core, h)->recovery.left_state = h->ca;
		cold_get(s->core, h)->recovery.left_ts = s->now;
		h->ca = CA_OPEN;
	} else if (h->ca != CA_OPEN) {
		hint(h, s);
	}
	if (half_has(h, H_TLP_OUT) && seq_le(h->cold->recovery.tlp_end, ack))
		h->flags &= ~(uint32_t)H_TLP_OUT;
	if (h->ca == CA_OPEN && h->cold->recovery.rto_first)
		cold_get(s->core, h)->recovery.rto_first = 0;
}

/* Where the peer's first ACK finds h. In mid-stream it may lie below what was captured: those bytes
 * were sent before the capture began, and the peer lacks them. */
static seqno
first_unacked(const struct half *h, seqno ack)
{
	seqno first = h->sendq.len > 0 ? sendq_at(&h->sendq, 0)->seq : h->seq.nxt;

	return !half_has(h, H_ISN) && seq_lt(ack, first) && first - ack < BELOW_MAX ? ack : first;
}

void
receiver_update(struct seg *s)
{
	struct half *h = s->rcv, *snd = s->snd;
	const struct packet *p = s->p;

	if (!(p->flags & TH_ACK) || ((p->flags & TH_RST) && !s->rst_valid))
		return;
	if (!half_has(h, H_SEQ) && !(p->flags & TH_RST)) {
		half_base_guess(h, p->ack);
		h->seq.una = p->ack;
		h->flags |= H_UNA;
	}
	if (half_has(h, H_BYTE_PROBE) && p->ack == h->seq.nxt + 1) {
		edge_unseen(h, p->ack);
		h->flags &= ~(uint32_t)H_BYTE_PROBE;
	}
	if (!half_has(h, H_UNA)) {
		h->seq.una = first_unacked(h, p->ack);
		h->flags |= H_UNA;
	}
	if (seq_lt(h->seq.una, p->ack) && p->ack - h->seq.una < UINT32_C(1) << 30)
		ack_advance(s);
	if (s->new_sack || s->dup_ack) {
		hint(h, s);
		cold_get(s->core, h)->recovery.peer_dups++;
		if (!p->n_sack)
			plain_duplicate(s->core, h, s->now);
	}
	if (p->options & OPT_SACK)
		sack_apply(s);
	/* Where the edge stands still the kernel measures by what is newly SACKed. */
	if (s->sacked_sent && h->ack_ts != s->now)
		sample_take(s->c, !s->from, s->now - s->sacked_sent);
	if (half_has(h, H_FIN) && seq_lt(h->fin_seq, p->ack))
		h->flags |= H_FIN_ACKED;
	if (!half_has(snd, H_ACK) || seq_lt(snd->adv.ack, p->ack)) {
		snd->adv.ack = p->ack;
		snd->dup_acks = 0;
	}
	snd->flags |= H_ACK;
}
