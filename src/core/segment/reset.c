/* SPDX-License-Identifier: MIT */
/*
 * reset: whether an endpoint accepts a reset (RFC 9293 3.10.7, RFC 5961 3.2), and what is recorded
 * of the reset that ended a connection.
 */
#include "core/segment/reset.h"

#include "core/flow/cold.h"
#include "core/segment/timers.h"

#include <stdlib.h>

bool
reset_valid(const struct seg *s)
{
	const struct half *h = s->snd, *rcv = s->rcv;

	if (rcv->state == TCP_SYN_SENT && !half_has(h, H_SYN_ACK))
		return (s->p->flags & TH_ACK) && half_has(rcv, H_ISN) &&
		       seq_lt(rcv->seq.isn, s->p->ack) && seq_le(s->p->ack, rcv->seq.nxt);
	if (!half_has(h, H_SEQ))
		return !half_has(rcv, H_ACK) || s->seq == rcv->adv.ack;
	/* RCV.NXT lies between the last ACK it sent and the end of what arrived in order. */
	if (half_has(rcv, H_ACK))
		return seq_le(rcv->adv.ack - half_has(h, H_FIN), s->seq) &&
		       seq_le(s->seq, h->seq.nxt);
	return s->seq == h->seq.nxt || s->seq == h->seq.isn + 1;
}

static bool
both_finished(const struct conn *c)
{
	return half_has(&c->half[0], H_FIN) && half_has(&c->half[1], H_FIN);
}

/* A reset that answers a segment for which there is no connection: no ACK, the number taken from
 * the segment it answers (RFC 9293 3.10.7.1). */
static bool
answers_unknown(const struct seg *s)
{
	const struct half *asked = s->rcv;

	return !(s->p->flags & TH_ACK) && half_has(asked, H_ACK) && s->seq == asked->adv.ack &&
	       asked->last_ts >= s->silent_since && !half_has(s->snd, H_FIN);
}

static void
suspect_note(struct seg *s)
{
	const struct half *h = s->snd;

	conn_cold_get(s->core, s->c)->rst_ttl = s->p->ttl;
	if (h->ttl && h->segments > 1 && abs((int)h->ttl - (int)s->p->ttl) > 1)
		s->c->rst_suspect = true;
}

static void
reset_ends(struct seg *s)
{
	struct conn *c = s->c;
	struct half *asked = s->rcv;
	struct conn_cold *a;

	c->end_frame = frame_marked(c, s->p->frame);
	a = conn_cold_get(s->core, c);
	a->end_answers = asked->last_frame;
	a->end_silence = s->silent_since ? s->now - s->silent_since : -1;
	if (asked->state == TCP_SYN_SENT && !half_has(s->snd, H_SYN_ACK)) {
		c->end_cause = END_REFUSED;
	} else {
		suspect_note(s);
		c->end_cause = END_RESET;
		if (answers_unknown(s))
			c->flags |= C_HALF_OPEN;
	}
	c->ended_by = (int8_t)s->from;
	c->half[0].state = c->half[1].state = TCP_CLOSED;
	timer_stop(&c->half[0]);
	timer_stop(&c->half[1]);
	c->ended = nsec_max(s->now, c->last);
}

void
reset_apply(struct seg *s)
{
	struct conn *c = s->c;

	if (!s->rst_valid)
		return;
	if (c->end_cause != END_OPEN && c->end_cause != END_CLOSED)
		return;
	if (both_finished(c)) {
		if (!(c->flags & C_RESET_LATE)) {
			c->flags |= C_RESET_LATE;
			c->end_frame = frame_marked(c, s->p->frame);
			conn_cold_get(s->core, c)->end_answers = s->rcv->last_frame;
		}
		c->half[0].state = c->half[1].state = TCP_CLOSED;
		timer_stop(&c->half[0]);
		timer_stop(&c->half[1]);
		return;
	}
	reset_ends(s);
}

/* The end that is said to have reset goes on as if nothing had happened: it was not its reset. */
void
reset_disprove(struct seg *s)
{
	struct conn *c = s->c;

	if (c->end_cause != END_RESET || c->ended_by != (int8_t)s->from ||
	    (s->p->flags & (TH_SYN | TH_RST)) || s->range == RANGE_AGAIN || s->kind == KIND_ODD ||
	    half_has(s->snd, H_FIN))
		return;
	if (!(s->range == RANGE_NEW || (s->pure_ack && s->seq == s->snd->seq.nxt &&
					seq_lt(s->snd->adv.ack, s->p->ack))))
		return;
	c->end_cause = END_OPEN;
	c->ended = 0;
	c->ended_by = -1;
	c->rst_suspect = true;
	c->flags &= ~(uint32_t)C_HALF_OPEN;
	c->half[0].state = c->half[1].state = TCP_ESTAB;
}
