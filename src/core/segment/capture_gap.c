/* SPDX-License-Identifier: MIT */
/*
 * capture_gap: tracking is resumed after a gap of the capture that is wider than the windows. A
 * number far ahead means that the capture missed something, or that the segment is none of this
 * connection (forged, or left over from an older one). It is believed at first if nothing else in
 * the segment contradicts it; the old position is kept until the next segments confirm the new one
 * or show that the connection goes on where it was.
 */
#include "core/segment/capture_gap.h"

#include "core/flow/cold.h"
#include "core/flow/history.h"
#include "core/flow/sendq.h"
#include "core/segment/emit.h"
#include "core/segment/receiver.h"
#include "core/segment/timers.h"

#include <assert.h>
#include <stdlib.h>

#define REACH_MIN      65536		  /* bytes: the least that counts as far ahead */
#define CAPTURE_JITTER (2 * NSEC_PER_MS) /* capture queues may swap packets within this time */

static bool
is_synchronised(const struct half *h)
{
	return h->state >= TCP_ESTAB && h->state < TCP_CLOSED;
}

/* Bytes beyond what was captured that a sender may still reach without a gap of the capture: two
 * windows of its receiver. */
static int64_t
reach(const struct half *receiver)
{
	return (int64_t)2 * receiver->adv.window_max + REACH_MIN;
}

/* ---- is it of this connection? ---- */

/* The time stamps are those of a later segment of the same sender (RFC 7323 5.3). */
static bool
has_newer_time_stamp(const struct seg *s)
{
	return half_has(s->snd, H_TS_SEEN) && (s->p->options & OPT_TS) &&
	       (int32_t)(s->p->tsval - s->snd->tsval) >= 0;
}

/* Nothing in the segment but its distance speaks against this connection. */
static bool
fits(const struct seg *s)
{
	const struct packet *p = s->p;
	const struct half *snd = s->snd;

	if (half_has(snd, H_TS_SEEN) && !(p->options & OPT_CUT))
		return has_newer_time_stamp(s);
	return !snd->ttl || abs((int)snd->ttl - (int)p->ttl) <= 1;
}

static bool
is_far_ahead(const struct half *sender, const struct half *receiver, seqno seq)
{
	return (int32_t)(seq - sender->seq.nxt) > reach(receiver);
}

/* Either an old segment, or one after a gap of more than 2 GB. */
static bool
is_far_behind(const struct half *sender, const struct half *receiver, seqno seq)
{
	return (int32_t)(sender->seq.nxt - seq) > 4 * reach(receiver);
}

/* Beyond 2^31 the distance alone cannot tell forward from backward; a sender's clock can. */
static bool
seq_crosses(const struct seg *s)
{
	if (is_far_ahead(s->snd, s->rcv, s->p->seq))
		return fits(s);
	return is_far_behind(s->snd, s->rcv, s->p->seq) && has_newer_time_stamp(s) &&
	       s->p->tsval != s->snd->tsval;
}

static bool
ack_crosses(const struct seg *s)
{
	return (s->p->flags & TH_ACK) && half_has(s->rcv, H_SEQ) &&
	       is_far_ahead(s->rcv, s->snd, s->p->ack) && fits(s);
}

/* Acknowledges the SYN, or data after it that the capture missed: the echoed time stamp tells the
 * latter from the ACK of an older connection (RFC 9293 3.10.7.3). */
static bool
answers_syn(const struct seg *s)
{
	const struct half *client = s->rcv;
	const struct packet *p = s->p;

	if (!half_has(client, H_ISN))
		return true;
	if (seq_le(p->ack, client->seq.isn))
		return false;
	return seq_le(p->ack, client->seq.nxt) ||
	       ((p->options & OPT_TS) && half_has(client, H_TS_SEEN) &&
		(int32_t)(p->tsecr - client->tsval) >= 0 && fits(s));
}

bool
segment_is_odd(const struct seg *s)
{
	const struct packet *p = s->p;

	if (p->flags & TH_RST)
		return !s->rst_valid;
	if (s->rcv->state == TCP_SYN_SENT && (p->flags & TH_ACK))
		return !answers_syn(s);
	if (!is_synchronised(s->rcv) || !half_has(s->snd, H_SEQ))
		return false;
	if ((p->flags & (TH_SYN | TH_ACK)) == (TH_SYN | TH_ACK))
		return half_has(s->snd, H_SYN_ACK) && p->seq != s->snd->seq.isn;
	if (p->flags & TH_SYN)
		return half_has(s->snd, H_ISN) &&
		       (p->seq != s->snd->seq.isn || is_synchronised(s->snd));
	if (is_far_ahead(s->snd, s->rcv, p->seq) || is_far_behind(s->snd, s->rcv, p->seq))
		return true;
	return (p->flags & TH_ACK) && half_has(s->rcv, H_SEQ) &&
	       is_far_ahead(s->rcv, s->snd, p->ack);
}

/* ---- to the other side of the gap ---- */

/* All that h had outstanding belongs to the time before the gap. */
static void
outstanding_drop(struct core *core, struct half *h)
{
	sendq_drop(&h->sendq);
	h->ca = CA_OPEN;
	h->backoff = 0;
	h->flags &= ~(uint32_t)(H_TLP_OUT | H_BYTE_PROBE | H_WAS_BLOCKED);
	timer_stop(h);
	if (h->cold != &half_cold_none) {
		struct half_cold *r = cold_get(core, h);

		r->recovery = (struct recovery){.rejected_end = r->recovery.rejected_end};
	}
}

/* SND.UNA, if it is of use: before both endpoints are synchronised any number is taken, also one
 * 2^31 and more ahead of what was acknowledged. */
static seqno
acknowledged(const struct half *h)
{
	bool valid = half_has(h, H_UNA) && seq_le(h->seq.una, h->seq.nxt);

	return valid ? h->seq.una : h->seq.nxt;
}

/* by_ack: the peer acknowledges `to`, which h was not seen to send. */
static void
jump(struct seg *s, struct half *h, seqno to, bool by_ack)
{
	const struct capture_jump old = {
		.ts = s->now, .from = h->seq.nxt, .to = to,
		.una = acknowledged(h),
		.log = s->log, .by_ack = by_ack, .pending = true,
	};

	outstanding_drop(s->core, h);
	hole_keep(s, h, old.from, to);
	half_reach(h, to);
	h->seq.una = to;
	h->flags |= H_UNA;
	cold_get(s->core, h)->jump = old;
	assert(half_in_flight(h) == 0);
}

/* The segment that showed the jump is final, unless its other number jumped as well and is still
 * open. */
static void
jump_close(struct seg *s, struct half *h)
{
	struct capture_jump *j = &cold_get(s->core, h)->jump;
	const struct capture_jump *other = &(h == s->snd ? s->rcv : s->snd)->cold->jump;

	j->pending = false;
	segment_amend(s->core, s->c, j->log, !other->pending || other->log != j->log);
}

static void
jump_confirm(struct seg *s, struct half *h)
{
	s->c->flags |= C_LOST_BY_CAPTURE;
	jump_close(s, h);
}

/* h goes on where it was: the segment far ahead was none of this connection. */
static void
jump_undo(struct seg *s, struct half *h)
{
	const struct capture_jump *j = &h->cold->jump;
	struct half *peer = h == s->snd ? s->rcv : s->snd;
	struct segment *log = history_get(s->c, j->log);

	outstanding_drop(s->core, h);
	hole_forget(h, j->from, j->to);
	if (j->to - h->seq.isn < j->from - h->seq.isn)
		h->seq.wraps--;
	h->seq.nxt = j->from;
	h->seq.una = j->una;
	if (j->by_ack)
		peer->adv.ack = j->una;
	(j->by_ack ? peer : h)->last_kind = KIND_ODD;
	if (log)
		log->findings &= ~FINDING(j->by_ack ? F_ACK_LOST_SEGMENT : F_LOST_SEGMENT);
	jump_close(s, h);
	assert(seq_le(h->seq.una, h->seq.nxt));
}

/* A number of this segment lies where the connection was before the jump. */
static bool
is_before_jump(const struct seg *s, const struct capture_jump *j, seqno number)
{
	return s->now - j->ts > CAPTURE_JITTER && seq_le(number, j->from) &&
	       j->from - number < REACH_MIN;
}

static void
jump_settle(struct seg *s, struct half *h)
{
	const struct capture_jump *j = &h->cold->jump;
	const bool sent = h == s->snd;
	const seqno number = sent ? s->p->seq : s->p->ack;

	if (!sent && !(s->p->flags & TH_ACK))
		return;
	if (is_before_jump(s, j, number))
		jump_undo(s, h);
	else if (seq_le(j->to, number) && seq_le(number, h->seq.nxt) &&
		 (sent || !j->by_ack || seq_lt(j->to, number)))
		jump_confirm(s, h);
}

void
capture_gap_cross(struct seg *s)
{
	if (s->p->flags & (TH_SYN | TH_RST))
		return;
	if (s->snd->cold->jump.pending)
		jump_settle(s, s->snd);
	if (s->rcv->cold->jump.pending)
		jump_settle(s, s->rcv);
	if (!is_synchronised(s->rcv) || !half_has(s->snd, H_SEQ))
		return;
	s->seq_crosses_gap = seq_crosses(s);
	s->ack_crosses_gap = ack_crosses(s);
	if (s->seq_crosses_gap)
		jump(s, s->snd, s->p->seq, false);
	if (s->ack_crosses_gap) {
		jump(s, s->rcv, s->p->ack, true);
		s->snd->adv.ack = s->p->ack;
		s->snd->dup_acks = 0;
	}
}
