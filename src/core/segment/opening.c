/* SPDX-License-Identifier: MIT */
/*
 * opening: what is noted of how a connection begins: a SYN that meets an older connection of its
 * ports, answers from two hosts or from another one, SYN-ACKs that their timer repeats, SYNs that
 * ask for ECN.
 */
#include "core/segment/opening.h"

#include "core/flow/cold.h"
#include "core/flow/lifecycle.h"
#include "core/flow/syn_memory.h"
#include "core/flow/conn_table.h"
#include "core/segment/emit.h"
#include "core/segment/timers.h"

#include <string.h>

#define LATE_REPEAT (NSEC_PER_SEC + NSEC_PER_SEC / 2) /* no timer of a SYN-ACK runs so long first  \
						       */

/* ---- a SYN that meets an older connection (RFC 9293 3.5.1, RFC 5961 4) ---- */

static void
challenge_note(struct core *core, struct conn *c, const struct seg *s)
{
	struct syn_challenge *ch;

	conn_touch(core, c);
	c->flags |= C_CHALLENGED;
	ch = &conn_cold_get(core, c)->challenge;
	ch->count += ch->count < UINT16_MAX;
	ch->frame = frame_marked(c, s->p->frame);
	ch->older = s->c == c ? 0 : s->c->id;
}

/* The newest connection of the ports, if its SYN waits for an answer of this segment's sender. */
static struct conn *
waiting_opening(struct seg *s, uint64_t hash)
{
	enum side from;
	struct conn *c = table_find(s->core->table, hash, s->p, &from);

	if (!c || !c->half || c->half[!from].state != TCP_SYN_SENT)
		return NULL;
	return c;
}

/* The peer answers a SYN with an ACK of another connection. */
static void
challenge_watch(struct seg *s, uint64_t hash)
{
	struct conn *c;

	if (!s->pure_ack)
		return;
	if (s->c->flags & C_REPLACED)
		c = waiting_opening(s, hash);
	else
		c = s->kind == KIND_ODD && s->rcv->state == TCP_SYN_SENT ? s->c : NULL;
	if (c)
		challenge_note(s->core, c, s);
}

void
opening_over_older(struct seg *s, uint64_t hash)
{
	struct conn *c = s->c, *newest;
	enum side from;

	if (!(c->flags & C_REPLACED) || !(s->p->flags & TH_RST) || !s->rst_valid ||
	    c->end_cause != END_RESET)
		return;
	c->flags |= C_HALF_OPEN_SYN;
	newest = table_find(s->core->table, hash, s->p, &from);
	if (!newest || newest == c || newest->half[from].state != TCP_SYN_SENT)
		return;
	conn_touch(s->core, newest);
	newest->flags |= C_CHALLENGED;
	timer_syn_at_once(&newest->half[from], s->now);
	if (s->core->sink.timer)
		timers_emit(s->core, newest, s->now);
}

/* ---- who answers ---- */

/* Two SYN-ACKs with different numbers to one SYN. */
static void
two_answers_watch(struct seg *s)
{
	const struct half *client = s->rcv;
	struct conn_cold *a;

	if (client->syn != 1 || s->c->syn_to_synack < 0 || s->c->cold->second_answer.ts ||
	    !(half_has(s->snd, H_TWO_ISNS) || s->kind == KIND_ODD))
		return;
	a = conn_cold_get(s->core, s->c);
	a->second_answer.ts = s->now;
	a->second_answer.frame = frame_marked(s->c, s->p->frame);
	a->second_answer.apart = s->now - client->syn_ts - s->c->syn_to_synack;
	a->second_answer.late = (s->c->flags & C_HANDSHAKE_DONE) != 0;
}

static void
responder_note(struct core *core, struct conn *c, const struct conn *other, bool is_answer)
{
	struct other_responder *r;

	conn_touch(core, c);
	r = &conn_cold_get(core, c)->responder;
	memcpy(r->addr, other->end[SERVER].addr, sizeof(r->addr));
	r->port = other->end[SERVER].port;
	r->related = other->id;
	r->is_answer = is_answer;
}

/* A SYN-ACK to which there was no SYN on these ports answers one to another server. */
static void
responder_watch(struct seg *s)
{
	struct connref ref;
	struct conn *asked;

	if (!s->new_instance || half_has(s->rcv, H_ISN) ||
	    !syn_memory_find(s->core->syns, s->p, &ref))
		return;
	asked = table_at(s->core->table, ref);
	if (!asked || asked == s->c || !table_same_end(&asked->end[CLIENT], s->p->dst, s->p->dport))
		return;
	responder_note(s->core, asked, s->c, false);
	responder_note(s->core, s->c, asked, true);
}

/* ---- repeated SYNs and SYN-ACKs ---- */

/* A SYN-ACK that follows a repeated SYN answers it; any other is sent by its timer. */
static bool
is_by_timer(const struct seg *s)
{
	return half_syn_last(s->rcv) <= half_syn_last(s->snd);
}

static void
syn_ack_watch(struct seg *s)
{
	struct syn_repeat *r;
	bool first = s->snd->cold->syn_repeat.after_ack == 0;

	if (s->range != RANGE_AGAIN || !is_by_timer(s))
		return;
	r = &cold_get(s->core, s->snd)->syn_repeat;
	r->by_timer += r->by_timer < UINT16_MAX;
	if (!(s->c->flags & C_HANDSHAKE_DONE))
		return;
	r->after_ack += r->after_ack < UINT16_MAX;
	if (first)
		r->late = s->rexmit_after > LATE_REPEAT;
	/* Its time stamp echoes what is newer than the SYN: the ACK has arrived. */
	if ((s->p->options & OPT_TS) && s->rcv->syn == 1 &&
	    (int32_t)(s->p->tsecr - s->snd->tsecr_sent) > 0)
		r->ack_echoed = true;
}

static void
ecn_watch(struct seg *s)
{
	const uint16_t ecn = TH_ECE | TH_CWR;
	struct half *h = s->snd;

	if ((s->p->flags & ecn) == ecn && h->syn == 0)
		h->flags |= H_ECN_SYN;
	else if (!(s->p->flags & ecn) && half_has(h, H_ECN_SYN))
		h->flags |= H_ECN_DROPPED;
}

void
opening_watch(struct seg *s, uint64_t hash)
{
	const uint16_t kind = s->p->flags & (TH_SYN | TH_ACK | TH_RST);

	challenge_watch(s, hash);
	if (kind == TH_SYN) {
		ecn_watch(s);
	} else if (kind == (TH_SYN | TH_ACK)) {
		two_answers_watch(s);
		responder_watch(s);
		syn_ack_watch(s);
	}
}
