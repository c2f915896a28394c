/* SPDX-License-Identifier: MIT */
/*
 * state: the RFC 9293 state of each end, inferred from what it sends and from what it provably
 * received; reset validity (RFC 9293 3.10.7, RFC 5961); how a connection ended.
 */
#include "core/segment/state.h"

#include "core/flow/cold.h"
#include "core/flow/sendq.h"
#include "core/segment/segment.h"
#include "core/segment/timers.h"

#include <stdlib.h>

#define TIME_WAIT_LEN (60 * NSEC_PER_SEC)

enum event {
	EV_SEND_SYN,
	EV_SEND_SYN_ACK,
	EV_SEND_ACK_OF_SYN,
	EV_SEND_FIN,
	EV_GOT_SYN,
	EV_GOT_ACK_OF_SYN,
	EV_GOT_ACK_OF_FIN,
	EV_GOT_FIN,
	EV_SEND_OTHER, /* mid-stream: it speaks, so it is established at least */
	EV_GOT_OTHER,
	EVENT_COUNT,
};

/* 0 (TCP_UNKNOWN): stays as it is. clang-format off */
static const uint8_t next_state[TCP_STATE_COUNT][EVENT_COUNT] = {
	[TCP_UNKNOWN] = {
		[EV_SEND_SYN] = TCP_SYN_SENT, [EV_SEND_SYN_ACK] = TCP_SYN_RECV,
		[EV_GOT_SYN] = TCP_LISTEN, [EV_SEND_ACK_OF_SYN] = TCP_ESTAB,
		[EV_SEND_FIN] = TCP_FIN_WAIT_1, [EV_GOT_FIN] = TCP_CLOSE_WAIT,
		[EV_SEND_OTHER] = TCP_ESTAB, [EV_GOT_OTHER] = TCP_ESTAB,
	},
	[TCP_LISTEN] = {
		[EV_SEND_SYN] = TCP_SYN_SENT, [EV_SEND_SYN_ACK] = TCP_SYN_RECV,
		[EV_SEND_OTHER] = TCP_ESTAB,
	},
	[TCP_SYN_SENT] = {
		[EV_SEND_SYN_ACK] = TCP_SYN_RECV, [EV_SEND_ACK_OF_SYN] = TCP_ESTAB,
	},
	[TCP_SYN_RECV] = {
		[EV_GOT_ACK_OF_SYN] = TCP_ESTAB, [EV_SEND_FIN] = TCP_FIN_WAIT_1,
		[EV_GOT_FIN] = TCP_CLOSE_WAIT,
	},
	[TCP_ESTAB] = {
		[EV_SEND_FIN] = TCP_FIN_WAIT_1, [EV_GOT_FIN] = TCP_CLOSE_WAIT,
	},
	[TCP_FIN_WAIT_1] = {
		[EV_GOT_ACK_OF_FIN] = TCP_FIN_WAIT_2, [EV_GOT_FIN] = TCP_CLOSING,
	},
	[TCP_FIN_WAIT_2] = {
		[EV_GOT_FIN] = TCP_TIME_WAIT,
	},
	[TCP_CLOSE_WAIT] = {
		[EV_SEND_FIN] = TCP_LAST_ACK,
	},
	[TCP_CLOSING] = {
		[EV_GOT_ACK_OF_FIN] = TCP_TIME_WAIT,
	},
	[TCP_LAST_ACK] = {
		[EV_GOT_ACK_OF_FIN] = TCP_CLOSED,
	},
};
/* clang-format on */

static void
step(struct half *h, enum event ev)
{
	uint8_t to = next_state[h->state][ev];

	if (to != TCP_UNKNOWN)
		h->state = to;
}

static bool
acks(const struct seg *s, seqno of)
{
	return (s->p->flags & TH_ACK) && seq_lt(of, s->p->ack);
}

static bool
acks_syn(const struct seg *s)
{
	return half_has(s->rcv, H_ISN) && acks(s, s->rcv->seq.isn) &&
	       seq_le(s->p->ack, s->rcv->seq.nxt);
}

static bool
acks_fin(const struct seg *s)
{
	return half_has(s->rcv, H_FIN) && acks(s, s->rcv->fin_seq);
}

/* ---- what sending it says of the sender ---- */

/* The timer of an unacknowledged SYN-ACK fired although the ACK was seen: it did not arrive, or
 * there was no room to accept the connection (B4). */
static void
syn_ack_again(struct seg *s)
{
	struct half *h = s->snd;

	if (h->state == TCP_ESTAB && s->cause == CAUSE_SYN_ACK && h->payload.bytes == 0) {
		h->state = TCP_SYN_RECV;
		s->c->flags |= C_ACCEPT_FULL;
	}
}

static void
sender_syn(struct seg *s)
{
	bool ack = (s->p->flags & TH_ACK) != 0;

	if (ack && half_has(s->rcv, H_ISN) && s->p->ack != s->rcv->seq.isn + 1 &&
	    !half_has(s->rcv, H_TFO_DATA))
		return;
	step(s->snd, ack ? EV_SEND_SYN_ACK : EV_SEND_SYN);
	if (ack && s->range == RANGE_AGAIN)
		syn_ack_again(s);
}

/* A listener that had no room takes the connection after all: it answers more than the SYN. */
static bool
accepted_late(const struct seg *s)
{
	return (s->c->flags & C_ACCEPT_FULL) && half_has(s->rcv, H_ISN) &&
	       (s->p->payload_len > 0 || acks(s, s->rcv->seq.isn + 1) || (s->p->flags & TH_FIN));
}

static void
sender_steps(struct seg *s)
{
	uint16_t f = s->p->flags;

	if (f & TH_SYN) {
		sender_syn(s);
		return;
	}
	if (acks_syn(s))
		step(s->snd, EV_SEND_ACK_OF_SYN);
	if (!half_has(s->snd, H_ISN))
		step(s->snd, EV_SEND_OTHER);
	if (s->snd->state == TCP_SYN_RECV && accepted_late(s))
		step(s->snd, EV_GOT_ACK_OF_SYN);
	/* Acknowledging the peer's FIN proves that it arrived. */
	if (acks_fin(s))
		step(s->snd, EV_GOT_FIN);
	if ((f & TH_FIN) && (f & TH_ACK)) {
		/* The peer's FIN was still on its way to it. */
		if (s->snd->state == TCP_CLOSE_WAIT && !acks_fin(s))
			s->snd->state = TCP_ESTAB;
		step(s->snd, EV_SEND_FIN);
	}
}

/* ---- what it says of the receiver, if it got it ---- */

static bool
in_order(const struct half *h)
{
	seqno at = half_has(h, H_UNA) ? h->seq.una : h->seq.isn;

	for (size_t i = 0; i < h->sendq.len; i++) {
		const struct sent_range *r = sendq_at(&h->sendq, i);

		if (seq_lt(at, r->seq))
			return false;
		at = seq_max(at, r->end);
	}
	return true;
}

/* Where the capture is not at the receiver, a FIN counts once it is acknowledged. */
static bool
fin_arrived(const struct seg *s)
{
	if (!(s->p->flags & TH_FIN) || !(s->p->flags & TH_ACK))
		return false;
	return !((s->c->far >> !s->from) & 1) && in_order(s->snd);
}

static void
receiver_steps(struct seg *s)
{
	struct half *h = s->rcv;

	if (s->p->flags & TH_SYN)
		step(h, EV_GOT_SYN);
	if (acks_syn(s) && h->state == TCP_SYN_RECV && !(s->c->flags & C_ACCEPT_FULL))
		step(h, EV_GOT_ACK_OF_SYN);
	if (!half_has(h, H_ISN) && !(s->p->flags & TH_SYN))
		step(h, EV_GOT_OTHER);
	if (acks_fin(s))
		step(h, EV_GOT_ACK_OF_FIN);
	if (fin_arrived(s))
		step(h, EV_GOT_FIN);
}

/* ---- resets ---- */

/* Would the receiver take this reset? (B3) */
bool
state_reset_valid(const struct seg *s)
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
reset_suspect(struct seg *s)
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
		reset_suspect(s);
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

static void
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
static void
reset_forged(struct seg *s)
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

static void
end_in_order(struct seg *s)
{
	struct conn *c = s->c;
	bool done = true;

	for (int i = 0; i < 2; i++)
		done = done &&
		       (c->half[i].state == TCP_CLOSED || c->half[i].state == TCP_TIME_WAIT);
	if (done && c->end_cause == END_OPEN) {
		c->end_cause = END_CLOSED;
		c->ended = nsec_max(s->now, c->last);
	}
	if (c->ended_by < 0 && (s->p->flags & TH_FIN))
		c->ended_by = (int8_t)s->from;
}

/* The same SYN again after its reset: Windows tries a refused port up to three times (A4). */
static void
refused_retry(struct seg *s)
{
	struct conn *c = s->c;

	if (c->end_cause != END_REFUSED || (s->p->flags & (TH_SYN | TH_ACK)) != TH_SYN)
		return;
	c->end_cause = END_OPEN;
	c->ended = 0;
	c->ended_by = -1;
	s->snd->state = TCP_SYN_SENT;
	s->rcv->state = TCP_LISTEN;
}

void
state_segment(struct seg *s)
{
	if (s->p->flags & TH_RST) {
		reset_apply(s);
		return;
	}
	refused_retry(s);
	reset_forged(s);
	if (s->kind == KIND_ODD || (s->c->end_cause != END_OPEN && s->c->end_cause != END_CLOSED))
		return;
	sender_steps(s);
	receiver_steps(s);
	end_in_order(s);
}

/* ---- told ---- */

/* A state that passes with time alone. */
enum tcp_state
state_now(const struct half *h, const struct conn *c, nsec now)
{
	if (h->state == TCP_TIME_WAIT && now - c->last > TIME_WAIT_LEN)
		return TCP_CLOSED;
	return (enum tcp_state)h->state;
}

enum end_cause
state_end_cause(const struct conn *c, const nsec gives_up[2], nsec now)
{
	if (c->end_cause != END_OPEN)
		return (enum end_cause)c->end_cause;
	for (int i = 0; i < 2; i++) {
		const struct half *h = &c->half[i];

		if (h->state == TCP_SYN_SENT && !half_has(&c->half[!i], H_SEQ)) {
			if (h->syn > 1 || gives_up[i] < now)
				return END_NO_ANSWER;
		} else if (gives_up[i] < now) {
			return END_TIMED_OUT;
		}
	}
	return END_OPEN;
}

/* Which of both ends' states tells more: that of the higher rank. */
static const struct {
	uint8_t rank, row;
} telling[TCP_STATE_COUNT] = {
	[TCP_SYN_RECV] = {8, CONN_SYN_RECV},     [TCP_SYN_SENT] = {7, CONN_SYN_SENT},
	[TCP_LAST_ACK] = {6, CONN_LAST_ACK},     [TCP_CLOSING] = {5, CONN_CLOSING},
	[TCP_TIME_WAIT] = {4, CONN_TIME_WAIT},   [TCP_CLOSE_WAIT] = {3, CONN_CLOSE_WAIT},
	[TCP_FIN_WAIT_1] = {2, CONN_FIN_WAIT_1}, [TCP_FIN_WAIT_2] = {1, CONN_FIN_WAIT_2},
};

static enum conn_state
row_by_ends(const struct conn *c, nsec now)
{
	enum tcp_state a = state_now(&c->half[0], c, now), b = state_now(&c->half[1], c, now);
	enum tcp_state more = telling[a].rank > telling[b].rank ? a : b;

	if (telling[more].rank > 0)
		return (enum conn_state)telling[more].row;
	if (a == TCP_CLOSED && b == TCP_CLOSED)
		return CONN_CLOSED;
	return (c->flags & C_MIDSTREAM) ? CONN_MIDSTREAM : CONN_ESTAB;
}

enum conn_state
row_state(const struct conn *c, enum end_cause cause, const nsec gives_up[2], nsec now)
{
	switch (cause) {
	case END_REFUSED:
		return CONN_REFUSED;
	case END_REJECTED:
		return CONN_REJECTED;
	case END_RESET:
		return CONN_RESET;
	case END_TIMED_OUT:
		return CONN_TIMED_OUT;
	case END_NO_ANSWER:
		if (gives_up[CLIENT] < now || c->half[CLIENT].timer_kind == TIMER_NONE)
			return CONN_NO_ANSWER;
		return CONN_SYN_SENT;
	default:
		return row_by_ends(c, now);
	}
}
