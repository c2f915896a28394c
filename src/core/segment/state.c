/* SPDX-License-Identifier: MIT */
/*
 * state: the RFC 9293 state of each end, inferred from what it sends and from what it provably
 * received; how a connection ended.
 */
#include "core/segment/state.h"

#include "core/flow/sendq.h"
#include "core/segment/reset.h"

#define TIME_WAIT_LEN (60 * NSEC_PER_SEC)
#define LADDER_SEEN   2 /* attempts after the first */

enum event {
	EV_SEND_SYN,
	EV_SEND_SYN_ACK,
	EV_SEND_ACK_OF_SYN,
	EV_SEND_FIN,
	EV_GOT_SYN,
	EV_GOT_SYN_ACK,
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
		[EV_GOT_SYN] = TCP_LISTEN, [EV_GOT_SYN_ACK] = TCP_SYN_SENT,
		[EV_SEND_ACK_OF_SYN] = TCP_ESTAB,
		[EV_SEND_FIN] = TCP_FIN_WAIT_1, [EV_GOT_FIN] = TCP_CLOSE_WAIT,
		[EV_SEND_OTHER] = TCP_ESTAB, [EV_GOT_OTHER] = TCP_ESTAB,
	},
	[TCP_LISTEN] = {
		[EV_SEND_SYN] = TCP_SYN_SENT, [EV_SEND_SYN_ACK] = TCP_SYN_RECV,
		[EV_SEND_OTHER] = TCP_ESTAB, [EV_GOT_OTHER] = TCP_ESTAB,
	},
	[TCP_SYN_SENT] = {
		[EV_SEND_SYN_ACK] = TCP_SYN_RECV, [EV_SEND_ACK_OF_SYN] = TCP_ESTAB,
		[EV_GOT_ACK_OF_SYN] = TCP_ESTAB,
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

/* The peer's SYN-ACK was not captured, but whoever acknowledges something has got one. */
static bool
acks_unseen_syn(const struct seg *s)
{
	return s->snd->state == TCP_SYN_SENT && !half_has(s->rcv, H_ISN) &&
	       (s->p->flags & (TH_ACK | TH_SYN)) == TH_ACK && seq_lt(s->snd->seq.isn, s->seq);
}

/* Its sender is past the handshake, and the receiver's SYN is acknowledged: so is the receiver. */
static bool
acks_syn_of_established(const struct seg *s)
{
	const struct half *h = s->rcv;

	return h->state == TCP_SYN_SENT && !half_has(s->snd, H_ISN) && half_has(h, H_ISN) &&
	       acks(s, h->seq.isn) && seq_le(s->p->ack, h->seq.nxt);
}

static bool
acks_fin(const struct seg *s)
{
	return half_has(s->rcv, H_FIN) && acks(s, s->rcv->fin_seq);
}

/* ---- what sending it says of the sender ---- */

/* The timer of an unacknowledged SYN-ACK fired although the ACK was seen: it did not arrive, or
 * there was no room to accept the connection. */
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
	if (acks_syn(s) || acks_unseen_syn(s))
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
		step(h, (s->p->flags & TH_ACK) ? EV_GOT_SYN_ACK : EV_GOT_SYN);
	else if (acks_syn_of_established(s))
		step(h, EV_GOT_ACK_OF_SYN);
	if (acks_syn(s) && h->state == TCP_SYN_RECV && !(s->c->flags & C_ACCEPT_FULL))
		step(h, EV_GOT_ACK_OF_SYN);
	if (!half_has(h, H_ISN) && !(s->p->flags & TH_SYN) && s->snd->state >= TCP_ESTAB)
		step(h, EV_GOT_OTHER);
	if (acks_fin(s))
		step(h, EV_GOT_ACK_OF_FIN);
	if (fin_arrived(s))
		step(h, EV_GOT_FIN);
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

/* The same SYN again after its reset: Windows tries a refused port up to three times. */
static void
refused_retry(struct seg *s)
{
	struct conn *c = s->c;

	if ((c->end_cause != END_REFUSED && c->end_cause != END_REJECTED) ||
	    (s->p->flags & (TH_SYN | TH_ACK)) != TH_SYN)
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
	reset_disprove(s);
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

/* Whether the sender was seen to try again and again: a deadline that passes without any attempt
 * says that the capture was not running, not that the sender gave up. */
static bool
has_ladder(const struct half *h)
{
	const struct retransmit_log *t = h->cold->retransmit_log;
	seqno first = half_has(h, H_UNA) ? h->seq.una : h->seq.isn;

	return t && t->now.n >= LADDER_SEEN && t->now.seq == first && seq_lt(first, h->seq.nxt);
}

enum end_cause
state_end_cause(const struct conn *c, const nsec gives_up[2], nsec now)
{
	if (c->end_cause != END_OPEN)
		return (enum end_cause)c->end_cause;
	for (int i = 0; i < 2; i++) {
		const struct half *h = &c->half[i];

		if (h->state == TCP_SYN_SENT && !half_has(&c->half[!i], H_SEQ)) {
			if (h->syn > 1)
				return END_NO_ANSWER;
		} else if (gives_up[i] < now && has_ladder(h)) {
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
