/* SPDX-License-Identifier: MIT */
/*
 * retransmit_cause: why bytes were sent again (a timer, a loss signal, an ICMP error) and the
 * ordinal of the repetition. Whether it was needed is decided by retransmit_needed.c.
 */
#include "core/analysis/retransmit_cause.h"

#include "core/analysis/retransmit_needed.h"
#include "core/flow/cold.h"
#include "core/flow/sendq.h"
#include "core/segment/backoff.h"
#include "core/segment/emit.h"
#include "core/segment/path_size.h"
#include "core/segment/rtt.h"
#include "core/segment/sack.h"
#include "core/segment/segment.h"
#include "core/segment/timers.h"

#include <string.h>

#define HINT_FRESH (5 * NSEC_PER_MS)  /* ACK-clocked: that soon after a loss hint */
#define CLOCK_PAUSE 10 /* ticks of the sender's time stamp clock, mostly ms */
#define ACK_PATIENCE (5 * NSEC_PER_MS)
#define REO_SLACK  (12 * NSEC_PER_MS) /* RACK's reordering timer counts whole jiffies */

/* ---- before the update: why ---- */

static const struct sent_range *
copied_record(const struct seg *s)
{
	const struct sendq *q = &s->snd->sendq;
	const struct sent_range *r = sendq_find(q, s->seq);
	size_t i;

	if (r)
		return r;
	i = sendq_lower(q, s->seq);
	if (i < q->len && seq_lt(sendq_at(q, i)->seq, s->end))
		return sendq_at(q, i);
	return sendq_find_acked(q, s->seq);
}

static bool
all_sacked(const struct seg *s)
{
	const struct sendq *q = &s->snd->sendq;
	seqno at = s->seq;

	for (size_t i = sendq_lower(q, at); i < q->len && seq_lt(at, s->end); i++) {
		const struct sent_range *r = sendq_at(q, i);

		if (seq_lt(at, r->seq) || !(r->flags & SENT_SACKED))
			return false;
		at = r->end;
	}
	return seq_le(s->end, at);
}

static bool
already_delivered(const struct seg *s)
{
	if (s->c->end_cause == END_REFUSED) /* Windows tries a refused SYN up to three times */
		return false;
	if (half_has(s->snd, H_UNA) && seq_le(seq_min(s->end, s->snd->seq.nxt), s->snd->seq.una))
		return true; /* what it repeats, whatever new bytes follow */
	return all_sacked(s);
}

/* Data sent later than this range is known to have arrived. */
static bool
sacked_above(const struct seg *s)
{
	const struct sendq *q = &s->snd->sendq;

	for (size_t i = sendq_lower(q, s->end); i < q->len; i++)
		if (sendq_at(q, i)->flags & SENT_SACKED)
			return true;
	return false;
}

/* The time stamp that a segment echoes tells which ACKs its sender had got (RFC 7323 4). */
static bool
knew_of_loss(const struct seg *s)
{
	const struct half *h = s->snd;

	return !(s->p->options & OPT_TS) || !half_has(h, H_HINT_TS) ||
	       (int32_t)(s->p->tsecr - h->cold->recovery.hint_tsval) >= 0;
}

/* By the sender's own clock it was silent and got nothing before it sent this: a timer ran out,
 * however closely the segments arrive here. */
static bool
woke_by_itself(const struct seg *s)
{
	const struct half *h = s->snd;

	return ((s->c->far >> s->from) & 1) && (s->p->options & OPT_TS) && half_has(h, H_TS_SEEN) &&
	       s->p->tsecr == h->tsecr_sent && (int32_t)(s->p->tsval - h->tsval) >= CLOCK_PAUSE;
}

/* Sent because the peer's ACKs told of a loss, not because a timer ran out: about as long after
 * a hint as hint and retransmission need to and from the sender, and RACK may wait a little. */
static bool
ack_clocked(const struct seg *s, nsec patience)
{
	const struct half *h = s->snd;
	nsec near = rtt_min_to(s->c, s->from);
	nsec least = near > HINT_FRESH ? near - near / 4 : 0;

	/* A way as short as HINT_FRESH may be the sender's own time. */
	if (!h->cold->recovery.hint_ts || !knew_of_loss(s))
		return false;
	return s->now - h->cold->recovery.hint_first >= least &&
	       s->now - h->cold->recovery.hint_ts <= near + near / 8 + patience;
}

/* What the peer reported suffices for a retransmission before the time-out: data sent later has
 * arrived (RFC 8985), or three duplicate ACKs (RFC 5681 3.2). */
static bool
loss_reported(const struct seg *s)
{
	return (s->snd->cold->recovery.peer_dups >= 3 || sacked_above(s)) && knew_of_loss(s);
}

static nsec
fresh(const struct half *h)
{
	return nsec_max(HINT_FRESH, h->rtt.samples ? rtt_srtt(h) / 8 : 0);
}

static nsec
rack_patience(const struct half *h)
{
	return nsec_max(fresh(h), REO_SLACK + (h->rtt.samples ? rtt_srtt(h) / 4 : 0));
}

/* The sender's state of recovery; one far away learns its end later than the capture does. */
static enum ca_state
ca_of_sender(const struct seg *s)
{
	const struct half *h = s->snd;

	if (h->ca == CA_OPEN && h->cold->recovery.left_state != CA_OPEN &&
	    ((s->c->far >> s->from) & 1) &&
	    s->now - h->cold->recovery.left_ts <= rtt_min_to(s->c, s->from) + fresh(h))
		return (enum ca_state)h->cold->recovery.left_state;
	return (enum ca_state)h->ca;
}

static bool
is_fin_alone(const struct seg *s)
{
	return (s->p->flags & TH_FIN) && s->p->payload_len == 0;
}

/* Once for each refusal: what is sent after that has other reasons. */
static bool
is_pmtu_resend(const struct seg *s)
{
	const struct conn *c = s->c;

	if (s->rexmit_n > 1 && c->cold->pmtu_ts - s->last_sent < NSEC_PER_MS)
		return false;
	return pmtu_concerns(s) && pmtu_allows(s) && s->now - c->cold->pmtu_ts < NSEC_PER_SEC;
}

static bool
is_tfo_resend(const struct seg *s)
{
	const struct half *h = s->snd;

	return half_has(h, H_TFO_REFUSED) && seq_lt(h->seq.isn, s->seq) &&
	       seq_le(s->end, h->cold->syn_repeat.refused_end) && s->rexmit_n == 1;
}

/* The time-out since its last transmission has passed, whatever else is known. */
static bool
rto_passed(const struct seg *s)
{
	const struct half *h = s->snd;
	nsec rto = rtt_rto(h);

	if (timer_fired(s->c, s->from, s->now) && h->timer_kind == TIMER_RTO)
		return true;
	return s->last_sent && s->now - s->last_sent >= rto - rto / 10 &&
	       s->now - nsec_max(h->ack_ts, s->last_sent) >= rto - rto / 5;
}

static enum cause
cause_in_loss(const struct seg *s)
{
	const struct half *h = s->snd;

	if (seq_le(s->seq, h->seq.una) && rto_passed(s) && !ack_clocked(s, fresh(h)))
		return CAUSE_RTO;
	return CAUSE_RECOVERY;
}

static enum cause
cause_in_recovery(const struct seg *s)
{
	if (rto_passed(s) && !ack_clocked(s, fresh(s->snd)))
		return CAUSE_RTO;
	return CAUSE_FAST;
}

/* Which timer of a sender that is not seen to run: with SACK the first to try again is the
 * tail-loss probe, of the last segment (RFC 8985 7.3); the time-out repeats the first. */
static enum cause
cause_of_silence(const struct seg *s)
{
	const struct half *h = s->snd;
	nsec rto = rtt_rto(h);

	if (s->end == h->seq.nxt && s->rexmit_n == 1 && s->rexmit_after < rto + rto / 2 &&
	    reports_duplicates(s->c) && !half_has(h, H_TLP_OUT))
		return CAUSE_TLP;
	return CAUSE_RTO;
}

/* No sign of loss was given: only a timer is left, even one shorter than expected. */
static enum cause
cause_timer(const struct seg *s)
{
	const struct half *h = s->snd;

	if (s->now - s->rcv->last_ts < rtt_min_to(s->c, s->from) + fresh(h) && !woke_by_itself(s) &&
	    knew_of_loss(s))
		return CAUSE_UNKNOWN;
	return h->timer_kind == TIMER_RTO ? CAUSE_RTO : cause_of_silence(s);
}

/* Nothing came from the peer since the previous attempt: only a timer is left. */
static bool
is_unheard(const struct seg *s)
{
	return s->last_sent && s->rcv->last_ts <= s->last_sent;
}

static enum cause
cause_unheard(const struct seg *s)
{
	const struct half *h = s->snd;

	if (timer_fired(s->c, s->from, s->now) && h->timer_kind == TIMER_TLP &&
	    s->end == h->seq.nxt)
		return CAUSE_TLP;
	if (h->ca != CA_OPEN || h->timer_kind == TIMER_RTO)
		return CAUSE_RTO;
	return cause_of_silence(s);
}

static enum cause
cause_open(const struct seg *s)
{
	const struct half *h = s->snd;
	bool fired = timer_fired(s->c, s->from, s->now);

	if (ack_clocked(s, rack_patience(h)))
		return CAUSE_FAST;
	if (fired && h->timer_kind == TIMER_TLP && s->end == h->seq.nxt)
		return CAUSE_TLP;
	if (fired && h->timer_kind == TIMER_RTO)
		return CAUSE_RTO;
	if (rto_passed(s))
		return cause_of_silence(s);
	if (loss_reported(s) && !woke_by_itself(s) && ack_clocked(s, rtt_srtt(h) / 2))
		return CAUSE_FAST;
	return cause_timer(s);
}

/* Sent for another reason: new bytes to which acknowledged ones were added, or an ACK of something
 * new on which the FIN stands once more (a simultaneous close of BSD systems). */
static bool
is_beside_new(const struct seg *s)
{
	const struct half *h = s->snd;

	if (seq_lt(h->seq.nxt, s->end) && half_has(h, H_UNA) && h->seq.una == h->seq.nxt)
		return true;
	return is_fin_alone(s) && half_has(h, H_ACK) && seq_lt(h->adv.ack, s->p->ack) &&
	       !timer_fired(s->c, s->from, s->now);
}

static enum cause
cause_of(const struct seg *s)
{
	const struct half *h = s->snd;
	uint16_t syn = s->p->flags & (TH_SYN | TH_ACK);

	if (syn & TH_SYN)
		return syn == TH_SYN ? CAUSE_SYN : CAUSE_SYN_ACK;
	if (is_pmtu_resend(s))
		return CAUSE_PMTU;
	if (is_tfo_resend(s))
		return CAUSE_TFO;
	if (is_beside_new(s))
		return CAUSE_UNKNOWN;
	if (is_fin_alone(s))
		return CAUSE_FIN;
	if (is_unheard(s))
		return cause_unheard(s);
	if (ca_of_sender(s) == CA_LOSS && seq_lt(s->seq, h->cold->recovery.point))
		return cause_in_loss(s);
	if (ca_of_sender(s) == CA_RECOVERY && seq_lt(s->seq, h->cold->recovery.point))
		return cause_in_recovery(s);
	return cause_open(s);
}

/* Of a SYN or SYN-ACK the count goes on whether or not it was answered. */
static void
repeat_of_syn(struct seg *s)
{
	const struct half *h = s->snd;
	enum cause cause = (s->p->flags & TH_ACK) ? CAUSE_SYN_ACK : CAUSE_SYN;

	s->rexmit_n = h->cold->by_cause[cause] + 1;
	s->rexmit_of = frame_of(s->c, h->syn_frame);
	s->last_sent = half_syn_last(h);
}

static void
repeat_of_data(struct seg *s)
{
	const struct sent_range *r = copied_record(s);
	const struct retx *x;

	if (r) {
		s->rexmit_n = r->sent;
		s->rexmit_of = (r->flags & SENT_LOST) ? 0 : frame_of(s->c, r->frame);
		s->last_sent = sendq_last_sent(&s->snd->sendq, r).ts;
		return;
	}
	x = retransmission_latest(s->snd, s->seq);
	if (x) {
		s->rexmit_n = x->n + 1;
		s->last_sent = x->ts;
	}
}

static void
cause_repeat(struct seg *s)
{
	s->rexmit_n = 1;
	if (s->p->flags & TH_SYN)
		repeat_of_syn(s);
	else
		repeat_of_data(s);
	s->rexmit_after = s->last_sent ? nsec_max(s->now - s->last_sent, 0) : -1;
}

/* What was never captured was sent about when its follower was. */
static void
cause_hole(struct seg *s)
{
	const struct half *h = s->snd;
	size_t i = sendq_lower(&h->sendq, s->seq);

	s->rexmit_n = 1;
	if (i < h->sendq.len)
		s->last_sent = sendq_at(&h->sendq, i)->first_ts;
}

static void
cause_probe(struct seg *s)
{
	const struct half *h = s->snd;
	bool zero = s->kind == KIND_ZERO_WINDOW_PROBE;
	uint32_t before = zero ? h->cold->zero_window.probes_sent : h->cold->keepalive.unanswered;

	s->cause = CAUSE_PROBE;
	s->rexmit_n = before + 1;
	s->rexmit_of = frame_of(s->c, h->last_frame);
	s->rexmit_after = s->now - h->last_ts;
}

/* The earlier copy came to the peer, whatever became of it there: an older connection answered the
 * SYN; the peer got all and took nothing; or it was seen at the peer's own host, which then spoke.
 */
static bool
reached_peer(const struct seg *s)
{
	const struct half *h = s->snd;

	if (s->cause == CAUSE_SYN)
		return (s->c->flags & C_CHALLENGED) != 0;
	if (s->cause == CAUSE_TFO) /* the SYN-ACK answers the SYN that had carried it */
		return true;
	if (s->range != RANGE_AGAIN || s->cause == CAUSE_SYN_ACK ||
	    s->p->csum == CSUM_BAD)
		return false;
	if (s->rexmit_n == 1 && half_has(h, H_SACK_OK) && h->cold->recovery.rejected_end != 0 &&
	    seq_le(s->end, h->cold->recovery.rejected_end) &&
	    h->cold->recovery.rejected_end - s->end < UINT32_C(1) << 30)
		return true;
	return s->c->near == 1 << !s->from && s->seen_bytes == s->end - s->seq &&
	       s->rcv->state >= TCP_ESTAB &&
	       !(s->c->flags & C_ACCEPT_FULL) && s->last_sent && s->rcv->last_ts > s->last_sent &&
	       s->rcv->payload.bytes + s->rcv->segments > 2;
}

void
retransmit_cause_decide(struct seg *s)
{
	if (s->kind == KIND_ZERO_WINDOW_PROBE || s->kind == KIND_KEEP_ALIVE) {
		cause_probe(s);
		return;
	}
	if (s->range == RANGE_AGAIN)
		cause_repeat(s);
	else if (s->range == RANGE_HOLE)
		cause_hole(s);
	else
		return;
	s->cause = cause_of(s);
	s->needed = already_delivered(s) || reached_peer(s) ? NEEDED_NO : NEEDED_UNKNOWN;
	s->pending = s->needed == NEEDED_UNKNOWN && s->cause != CAUSE_TFO;
	if (s->needed == NEEDED_NO && s->cause != CAUSE_TFO && seq_le(s->end, s->snd->seq.nxt))
		s->kind = KIND_OLD_DATA;
	if ((s->p->flags & (TH_SYN | TH_ACK)) == (TH_SYN | TH_ACK))
		s->kind = KIND_SYN_ACK_COPY;
}

/* ---- after it: what is kept ---- */

/* The one about to be overwritten will not be watched any longer. */
static void
retx_expire(struct seg *s, struct retx *x)
{
	if (!x->open)
		return;
	x->open = false;
	segment_amend(s->core, s->c, x->log, true);
}

/* Without memory it is not kept, and its need stays what it seems now. */
static void
retx_add(struct seg *s, struct retransmit_log *t)
{
	struct retx *x;

	if (t->n_retx == t->retx_cap)
		retransmit_log_grow(s->core, t);
	if (t->retx_cap == 0) {
		s->pending = false;
		return;
	}
	x = &t->retx[t->retx_at];
	if (t->n_retx == t->retx_cap)
		retx_expire(s, x);
	*x = (struct retx){
		.seq = s->seq, .end = s->end, .ts = s->now,
		.prev_ts = s->last_sent, .frame = s->p->frame, .tsval = s->p->tsval,
		.n = (uint16_t)(s->rexmit_n < UINT16_MAX ? s->rexmit_n : UINT16_MAX - 1),
		.log = s->log, .ip_id = s->p->ip_id, .cause = s->cause, .needed = s->needed,
		.has_ts = (s->p->options & OPT_TS) != 0, .open = s->pending,
		.hole = s->range == RANGE_HOLE,
	};
	t->retx_at = (uint8_t)((t->retx_at + 1) % t->retx_cap);
	t->n_retx += t->n_retx < t->retx_cap;
}

/* Without memory for where an episode ends there is none. */
static void
congestion_state(struct seg *s)
{
	struct half *h = s->snd;
	struct half_cold *r = cold_get(s->core, h);
	bool kept = h->cold == r;

	if (s->cause == CAUSE_RTO || (s->cause == CAUSE_FIN && timer_fired(s->c, s->from, s->now) &&
				      h->timer_kind == TIMER_RTO)) {
		h->ca = kept ? CA_LOSS : CA_OPEN;
		r->recovery.point = h->seq.nxt;
		if (!h->cold->recovery.rto_first)
			r->recovery.rto_first = s->now;
		h->flags &= ~(uint32_t)H_TLP_OUT;
	} else if (s->cause == CAUSE_FAST && h->ca == CA_OPEN) {
		h->ca = kept ? CA_RECOVERY : CA_OPEN;
		r->recovery.point = h->seq.nxt;
	} else if ((s->cause == CAUSE_TLP || s->cause == CAUSE_FIN) && kept) {
		h->flags |= H_TLP_OUT;
		r->recovery.tlp_end = h->seq.nxt;
	}
}

/* Its sender must have had the ACK of these bytes, and repeats them all the same. */
static void
ignored_ack_watch(const struct seg *s, struct half_cold *r)
{
	const struct half *h = s->snd;
	const nsec way = rtt_min_to(s->c, s->from);

	if (s->needed != NEEDED_NO || s->range != RANGE_AGAIN || s->cause == CAUSE_SYN_ACK ||
	    s->cause == CAUSE_TFO || !half_has(h, H_UNA) || seq_lt(h->seq.una, s->end) ||
	    !h->ack_ts || s->now - h->ack_ts <= way + way / 2 + ACK_PATIENCE)
		return;
	if (r->ignored.run > 0 && r->ignored.seq == s->seq)
		r->ignored.run += r->ignored.run < UINT16_MAX;
	else
		r->ignored.run = 1;
	r->ignored.seq = s->seq;
	if (r->ignored.run >= r->ignored.longest) {
		r->ignored.longest = r->ignored.run;
		r->ignored.ts = s->now;
		r->ignored.frame = frame_marked(s->c, s->p->frame);
	}
}

/* Called before the sender's update, so that the timers still stand as they fired. */
void
retransmit_record(struct seg *s)
{
	struct half *h = s->snd;
	struct half_cold *r;

	if (s->cause == CAUSE_NONE)
		return;
	cold_get(s->core, h)->by_cause[s->cause]++;
	if (s->cause == CAUSE_PROBE) {
		backoff_probe(s, s->rexmit_n);
		return;
	}
	r = cold_get(s->core, h);
	r->retransmitted_bytes += s->range == RANGE_HOLE || s->seen_bytes > s->p->payload_len
					  ? s->p->payload_len
					  : s->seen_bytes;
	r->spurious += s->needed == NEEDED_NO && s->cause != CAUSE_TFO;
	lost_count(r, s->cause, s->range == RANGE_HOLE, s->needed, NEEDED_NO);
	r->spurious_syns += s->needed == NEEDED_NO && (s->p->flags & TH_SYN);
	ignored_ack_watch(s, r);
	retransmit_log_get(s->core, h);
	backoff_attempt(s);
	congestion_state(s);
	if (!h->cold->retransmit_log) {
		s->pending = false;
		return;
	}
	retx_add(s, h->cold->retransmit_log);
	retransmit_count_open(s->core, h);
}
