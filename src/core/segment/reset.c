/* SPDX-License-Identifier: MIT */
/*
 * reset: whether an endpoint accepts a reset (RFC 9293 3.10.7, RFC 5961 3.2), what it answers and
 * what stood before it, and what the ends do afterwards. What it means is for verdict_reset.c.
 */
#include "core/segment/reset.h"

#include "core/flow/cold.h"
#include "core/flow/coverage.h"
#include "core/flow/sendq.h"
#include "core/segment/rtt.h"
#include "core/segment/seqspace.h"
#include "core/segment/timers.h"

#include <stdlib.h>

#define ANSWER_TIME   NSEC_PER_SEC      /* so long may an answer take beyond the round trip */
#define JITTER        (2 * NSEC_PER_MS) /* two capture queues may swap this much */
#define UNKNOWN_RTT   NSEC_PER_SEC      /* a round trip that was not measured */
#define RTT_TOLERANCE (10 * NSEC_PER_MS)
#define IPID_IDLE     (10 * NSEC_PER_SEC) /* a host's IP IDs may go anywhere in so long */

/* ---- whether it counts ---- */

static bool
valid_for_syn_sent(const struct seg *s)
{
	const struct half *rcv = s->rcv;

	return (s->p->flags & TH_ACK) && half_has(rcv, H_ISN) && seq_lt(rcv->seq.isn, s->p->ack) &&
	       seq_le(s->p->ack, rcv->seq.nxt);
}

/* A hole is known at una: RCV.NXT is there, and Linux takes the highest SACK edge as well. */
static bool
valid_behind_hole(const struct half *h, seqno seq)
{
	const struct sent_range *last = NULL;

	for (size_t i = 0; i < h->sendq.len; i++)
		if (sendq_at(&h->sendq, i)->flags & SENT_SACKED)
			last = sendq_at(&h->sendq, i);
	return !last || seq == last->end;
}

bool
reset_valid(const struct seg *s)
{
	const struct half *h = s->snd, *rcv = s->rcv;

	if (rcv->state == TCP_SYN_SENT && !half_has(h, H_SYN_ACK))
		return valid_for_syn_sent(s);
	if (!half_has(h, H_SEQ))
		return !half_has(rcv, H_ACK) || s->seq == rcv->adv.ack;
	/* RCV.NXT lies between the last ACK it sent and the end of what arrived in order; one less
	 * is taken once the FIN has come. */
	if (half_has(rcv, H_ACK))
		return seq_le(rcv->adv.ack - half_has(h, H_FIN), s->seq) &&
		       seq_le(s->seq, h->seq.nxt) &&
		       (seq_le(s->seq, rcv->adv.ack) || valid_behind_hole(h, s->seq));
	return s->seq == h->seq.nxt || s->seq == h->seq.isn + 1;
}

/* ---- what it answers ---- */

static bool
is_latest(const struct half *h, frame_mark mark)
{
	return mark != 0 && h->last_frame == mark;
}

static bool
latest_is_syn(const struct half *h)
{
	const frame_mark again = h->cold->syn_repeat.last_frame;

	return is_latest(h, again ? again : h->syn_frame);
}

/* An answer to a segment without connection repeats its ACK as its own number (RFC 9293 3.10.7.1).
 * Windows sends it with an ACK of what it answers; that is told from an abort by its window of 0,
 * and by the time stamps that only an abort may carry. */
static bool
answers_by_number(const struct seg *s)
{
	const struct packet *p = s->p;
	const struct half *asked = s->rcv;
	bool windows = p->window == 0 && !(p->options & OPT_TS);

	if (!half_has(asked, H_ACK)) /* a SYN has nothing to repeat: the reset acknowledges it */
		return (p->flags & TH_ACK) && s->rst_valid;
	if (latest_is_syn(asked) && !half_has(s->snd, H_ACK))
		return s->seq == asked->adv.ack;
	if (s->seq != asked->adv.ack)
		return false;
	if (!(p->flags & TH_ACK))
		return true;
	return windows && (s->snd->segments == s->snd->rst || seq_lt(asked->seq.una, p->ack));
}

static enum answered
answered_by(const struct seg *s)
{
	const struct half *asked = s->rcv;

	if (asked->last_ts == 0 || asked->last_ts < s->silent_since ||
	    s->now - asked->last_ts > ANSWER_TIME + 2 * rtt_min_to(s->c, s->from) ||
	    !answers_by_number(s))
		return ANSWERS_NOTHING;
	if (latest_is_syn(asked))
		return half_has(asked, H_SYN_ACK) ? ANSWERS_SYN_ACK : ANSWERS_SYN;
	if (!half_has(asked, H_ACK))
		return ANSWERS_NO_ACK;
	if (asked->last_kind == KIND_KEEP_ALIVE || asked->last_kind == KIND_ZERO_WINDOW_PROBE)
		return ANSWERS_PROBE;
	if (half_has(asked, H_LAST_FIN))
		return ANSWERS_FIN;
	return half_has(asked, H_LAST_DATA) ? ANSWERS_DATA : ANSWERS_ACK;
}

/* ---- what stood before it ---- */

static uint32_t
late_bytes(const struct half *sender, const struct half *receiver)
{
	uint32_t n = 0;

	if (!half_has(sender, H_FIN))
		return 0;
	for (size_t i = 0; i < receiver->sendq.len; i++) {
		const struct sent_range *r = sendq_at(&receiver->sendq, i);

		if (r->frame > sender->fin_frame)
			n += r->end - r->seq - !!(r->flags & SENT_FIN);
	}
	return n;
}

/* Payload of h that its peer had acknowledged. */
static uint64_t
acked_payload(const struct half *h, const struct half *peer)
{
	int64_t n;

	if (!half_has(h, H_SEQ) || !half_has(peer, H_ACK))
		return 0;
	n = half_rel(h, peer->adv.ack) - 1 - half_has(h, H_FIN_ACKED);
	return n > 0 ? (uint64_t)n : 0;
}

/* Payload of the receiver that the abort s itself acknowledges. An answer to a segment without
 * connection acknowledges what nobody has received. */
static uint32_t
acked_by_abort(const struct seg *s, enum answered answered)
{
	const struct half *rcv = s->rcv;
	const seqno una = rcv->seq.una, ack = s->p->ack;

	if (answered != ANSWERS_NOTHING || !(s->p->flags & TH_ACK) || half_in_flight(rcv) == 0 ||
	    !seq_lt(una, ack) || !seq_le(ack, rcv->seq.nxt))
		return 0;
	return ack - una - (half_has(rcv, H_FIN) && ack == rcv->seq.nxt);
}

/* Payload on its way. */
static uint32_t
in_flight(const struct half *h)
{
	const uint32_t n = half_in_flight(h);

	return n > 0 && half_has(h, H_FIN) && !half_has(h, H_FIN_ACKED) ? n - 1 : n;
}

/* Its TTL, or its IP ID and its lack of time stamps, are unlike its sender's other packets. */
static enum suspicion
suspicion_of(const struct seg *s)
{
	const struct half *h = s->snd;
	const struct packet *p = s->p;

	if (h->segments <= h->rst + 1u)
		return SUSPECT_NOTHING;
	if (h->ttl && abs((int)h->ttl - (int)p->ttl) > 1)
		return SUSPECT_TTL;
	if ((p->flags & TH_ACK) && s->now - s->silent_since < IPID_IDLE &&
	    ipid_is_foreign(h, p->ip_version == 4 ? p->ip_id : 0) && half_has(h, H_TS_SEEN) &&
	    !(p->options & OPT_TS))
		return SUSPECT_IP_ID;
	return SUSPECT_NOTHING;
}

/* One that is not accepted says nothing new of a connection that a reset has ended; nor does one
 * that was to be expected after both had finished. */
static bool
is_worth_keeping(const struct seg *s, enum reset_fate fate)
{
	const struct conn *c = s->c;

	if (c->end_cause == END_REFUSED || c->end_cause == END_REJECTED)
		return false;
	if (c->cold->reset.fate == FATE_TAKEN || c->cold->reset.fate == FATE_LATE)
		return false;
	return fate != FATE_REFUSED || c->end_cause == END_OPEN;
}

static void
reset_keep(struct seg *s, enum reset_fate fate)
{
	struct conn *c = s->c;
	const struct half *h = s->snd, *rcv = s->rcv;
	const enum answered answered = answered_by(s);
	const uint32_t acked = acked_by_abort(s, answered);
	struct reset_record *r;
	uint16_t count = 1;

	if (!is_worth_keeping(s, fate))
		return;
	r = &conn_cold_get(s->core, c)->reset;
	if (r->fate == fate && r->from == s->from && r->count < UINT16_MAX)
		count = r->count + 1;
	*r = (struct reset_record){
		.ts = s->now,
		.silence = s->silent_since ? s->now - s->silent_since : -1,
		.idle = c->last ? nsec_max(s->now - c->last, 0) : -1,
		.received = acked_payload(rcv, h) + acked,
		.frame = frame_marked(c, s->p->frame),
		.answered = (uint8_t)answered,
		.seq = s->seq,
		.wanted = rcv->adv.ack,
		.ack = h->adv.ack,
		.late = late_bytes(h, rcv),
		.in_flight = {in_flight(&c->half[CLIENT]), in_flight(&c->half[SERVER])},
		.count = count,
		.fate = fate,
		.from = s->from,
		.state = {c->half[CLIENT].state, c->half[SERVER].state},
		.probes = h->cold->keepalive.unanswered,
		.repeats = (uint8_t)repeats_unanswered(c, s->from),
		.ttl = s->p->ttl,
		.suspicion = suspicion_of(s),
		.heard = h->segments > h->rst,
		.met = rcv->segments > 0,
	};
	r->in_flight[!s->from] -= acked;
	if (r->answered != ANSWERS_NOTHING)
		r->answers = rcv->last_frame;
}

/* Its receiver had gone on because the first one did not reach it: this one says the same again. */
static bool
is_repeated(const struct seg *s)
{
	const struct reset_record *r = &s->c->cold->reset;

	return r->fate == FATE_UNHEEDED && r->from == s->from;
}

static bool
both_finished(const struct conn *c)
{
	return half_has(&c->half[0], H_FIN) && half_has(&c->half[1], H_FIN);
}

void
reset_examine(struct seg *s)
{
	const struct half *asked = s->rcv;

	if (!s->rst_valid && s->snd->state == TCP_SYN_SENT)
		return; /* it ends an older connection, which its SYN has met */
	if (!s->rst_valid)
		reset_keep(s, FATE_REFUSED);
	else if (both_finished(s->c))
		reset_keep(s, FATE_LATE);
	else if (is_repeated(s))
		conn_cold_get(s->core, s->c)->reset.fate = FATE_TAKEN;
	else if (asked->state != TCP_SYN_SENT || half_has(s->snd, H_SYN_ACK))
		reset_keep(s, FATE_TAKEN);
}

/* ---- what it ends ---- */

/* From how many hops away: the difference to what hosts begin with. */
static int
hops_of(uint8_t ttl)
{
	return ttl <= 64 ? 64 - ttl : ttl <= 128 ? 128 - ttl : 255 - ttl;
}

/* It comes from nearer or farther than that host's other packets. Hosts may begin resets with
 * another TTL, so only equal beginnings are compared. */
static bool
is_from_elsewhere(const struct seg *s)
{
	const uint8_t ttl = s->p->ttl, usual = coverage_ttl(s->core->coverage, s->p->src);

	return usual && ttl && (ttl > 128) == (usual > 128) && (ttl > 64) == (usual > 64) &&
	       abs(hops_of(ttl) - hops_of(usual)) > 1;
}

static void
ends_stop(struct conn *c)
{
	for (int i = 0; i < 2; i++) {
		c->half[i].state = TCP_CLOSED;
		timer_stop(&c->half[i]);
	}
}

/* What the reset means where its receiver has an opening under way, and where it sent it itself. */
static enum end_cause
end_cause_of(const struct seg *s)
{
	if (s->rcv->state == TCP_SYN_SENT && !half_has(s->snd, H_SYN_ACK))
		return END_REFUSED;
	if (s->snd->state == TCP_SYN_SENT && !half_has(s->rcv, H_SEQ))
		return END_NO_ANSWER;
	return END_RESET;
}

void
reset_apply(struct seg *s)
{
	struct conn *c = s->c;
	const struct reset_record *r = &c->cold->reset;
	const bool ended = c->end_cause != END_OPEN && c->end_cause != END_CLOSED;

	if (!s->rst_valid || ended)
		return;
	if (c->end_cause == END_OPEN)
		c->ended = r->fate == FATE_TAKEN ? r->ts : nsec_max(s->now, c->last);
	if (both_finished(c)) {
		c->end_cause = END_CLOSED;
	} else {
		c->end_frame = frame_marked(c, s->p->frame);
		c->end_cause = end_cause_of(s);
		if (c->end_cause == END_REFUSED && is_from_elsewhere(s))
			c->flags |= C_FOREIGN_TTL;
		c->ended_by = (int8_t)s->from;
	}
	ends_stop(c);
}

/* ---- what the ends do afterwards ---- */

/* The end that is said to have reset sends what is new, or acknowledges what is. */
static bool
sender_went_on(const struct seg *s, const struct reset_record *r)
{
	if (r->from != s->from || s->now - r->ts < JITTER || s->range == RANGE_AGAIN)
		return false;
	if (s->range == RANGE_NEW)
		return !half_has(s->snd, H_FIN) || (s->p->flags & TH_FIN);
	return s->pure_ack && s->seq == s->snd->seq.nxt && seq_lt(r->ack, s->p->ack);
}

/* Its receiver sends anything after it must have had it. */
static bool
receiver_went_on(const struct seg *s, const struct reset_record *r)
{
	const nsec rtt = rtt_min_to(s->c, s->from);
	const nsec way = rtt ? rtt + rtt / 4 + RTT_TOLERANCE : UNKNOWN_RTT;

	return r->from != s->from && r->fate == FATE_TAKEN && s->now - r->ts > way;
}

/* An end whose reset is not heeded has closed; one that did not send it has not. */
static void
take_back(struct conn *c, const struct reset_record *r)
{
	struct half *receiver = &c->half[!r->from], *sender = &c->half[r->from];

	if (receiver->state == TCP_CLOSED)
		receiver->state = r->state[!r->from];
	if (r->fate == FATE_DISOWNED && sender->state == TCP_CLOSED)
		sender->state = r->state[r->from];
	if (c->end_cause != END_RESET)
		return;
	c->end_cause = END_OPEN;
	c->ended = 0;
	c->ended_by = -1;
}

void
reset_disprove(struct seg *s)
{
	struct conn *c = s->c;
	const struct reset_record *r = &c->cold->reset;
	struct reset_record *changed;

	if ((r->fate != FATE_TAKEN && r->fate != FATE_UNHEEDED) || (s->p->flags & TH_SYN) ||
	    s->kind == KIND_ODD)
		return;
	if (!sender_went_on(s, r) && !receiver_went_on(s, r))
		return;
	changed = &conn_cold_get(s->core, c)->reset;
	changed->fate = r->from == s->from ? FATE_DISOWNED : FATE_UNHEEDED;
	changed->went_on = s->now;
	take_back(c, changed);
}
