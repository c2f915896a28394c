/* SPDX-License-Identifier: MIT */
/* verdict_open: predicates of how a connection begins, or does not. */
#include "core/analysis/verdict_rules.h"

#include <string.h>

#define REUSE_QUICK (60 * NSEC_PER_SEC)

/* The error may answer an earlier SYN than the latest. */
static nsec
since_syn(const struct conn *c, const struct half *asked)
{
	nsec d = c->ended - half_syn_last(asked);

	return d >= 0 ? d : c->ended - asked->syn_ts;
}

bool
verdict_refused(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;
	const struct half *asked;

	if (c->end_cause != END_REFUSED)
		return false;
	v->side = (uint8_t)c->ended_by;
	asked = &c->half[!v->side];
	v->time = c->ended;
	v->refused.after = since_syn(c, asked);
	v->refused.syns = asked->syn;
	evidence_frame(v, syn_frame_last(c, asked));
	evidence_frame(v, frame_of(c, c->end_frame));
	return true;
}

/* Also while the client tries again: nothing else answers it. */
bool
verdict_rejected(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;
	const struct icmp_record *r = icmp_latest(c, ICMP_REJECTS);
	const struct half *asked;

	if (!r || half_has(&c->half[!r->from], H_SEQ))
		return false;
	asked = &c->half[r->from];
	v->side = !r->from;
	v->time = r->ts;
	v->rejected.after =
		r->ts - (half_syn_last(asked) <= r->ts ? half_syn_last(asked) : asked->syn_ts);
	v->rejected.syns = asked->syn;
	v->rejected.icmp = r->notice;
	v->rejected.by_server = memcmp(r->notice.from, c->end[v->side].addr, 16) == 0;
	evidence_frame(v, syn_frame_last(c, asked));
	evidence_icmp(v, c, ICMP_REJECTS);
	return true;
}

static enum no_answer_end
no_answer_end(const struct verdict_input *in, const struct forecast *f)
{
	if (in->c->end_cause == END_NO_ANSWER)
		return NO_ANSWER_RESET;
	return f->gives_up < in->now ? NO_ANSWER_GAVE_UP : NO_ANSWER_WAITS;
}

static uint32_t
resets_not_accepted(const struct conn *c)
{
	const struct reset_record *r = &c->cold->reset;

	return r->fate == FATE_REFUSED && r->from == SERVER ? r->count : 0;
}

static bool
is_not_answered(const struct conn *c)
{
	return (c->half[CLIENT].state == TCP_SYN_SENT || c->end_cause == END_NO_ANSWER) &&
	       !half_has(&c->half[SERVER], H_SEQ) && icmp_count(c, ICMP_REJECTS) == 0;
}

/* One SYN alone counts after a second of silence. */
bool
verdict_no_answer(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;
	const struct half *h = &c->half[CLIENT];
	nsec until = c->end_cause == END_OPEN ? in->now : c->ended;

	if (!is_not_answered(c) || (h->syn < 2 && until - half_syn_last(h) < NSEC_PER_SEC))
		return false;
	v->side = CLIENT;
	v->time = half_syn_last(h);
	v->no_answer.syns = h->syn;
	v->no_answer.elapsed = until - h->syn_ts;
	v->no_answer.forecast = forecast_of(in, CLIENT);
	v->no_answer.end = (uint8_t)no_answer_end(in, &v->no_answer.forecast);
	v->no_answer.resets = resets_not_accepted(c);
	evidence_frame(v, frame_of(c, h->syn_frame));
	evidence_retransmissions(v, h);
	evidence_frame(v, frame_of(c, c->end_frame));
	return true;
}

/* One or two repeated SYN-ACKs may mean a lost ACK; more, or ignored data, that nobody accepts. */
static bool
is_not_accepted(const struct conn *c)
{
	const struct half *h = &c->half[SERVER];

	return (c->flags & C_ACCEPT_FULL) && h->payload.bytes == 0 &&
	       (h->cold->by_cause[CAUSE_SYN_ACK] > 2 ||
		cold_retransmissions(c->half[CLIENT].cold) > 0);
}

bool
verdict_syn_ack_unanswered(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;
	const struct half *h = &c->half[SERVER];

	if (h->state != TCP_SYN_RECV || h->syn < 2 || c->end_cause != END_OPEN ||
	    is_not_accepted(c))
		return false;
	v->side = SERVER;
	v->time = half_syn_last(h);
	v->syn_ack_unanswered.ack_seen = (c->flags & C_HANDSHAKE_DONE) != 0;
	v->likely = v->syn_ack_unanswered.ack_seen;
	v->syn_ack_unanswered.syn_acks = h->syn;
	v->syn_ack_unanswered.elapsed = in->now - h->syn_ts;
	evidence_frame(v, frame_of(c, h->syn_frame));
	evidence_retransmissions(v, h);
	return true;
}

/* Likely only: the ACK may be lost behind the capture point. */
bool
verdict_accept_queue_full(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;
	const struct half *h = &c->half[SERVER];

	if (!is_not_accepted(c))
		return false;
	v->side = SERVER;
	v->likely = true;
	v->time = half_syn_last(h);
	v->accept_queue_full.repeats = h->cold->by_cause[CAUSE_SYN_ACK];
	v->accept_queue_full.ignored = cold_retransmissions(c->half[CLIENT].cold);
	evidence_frame(v, frame_of(c, c->hs_frame));
	evidence_retransmissions(v, h);
	return true;
}

bool
verdict_syn_lost(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;
	const struct half *h = &c->half[CLIENT];

	if (h->cold->by_cause[CAUSE_SYN] == 0 || !(c->flags & C_HANDSHAKE_DONE) ||
	    (c->flags & C_CHALLENGED))
		return false;
	v->side = CLIENT;
	v->time = half_syn_last(h);
	v->syn_lost.syns = h->syn;
	v->syn_lost.cost = half_syn_last(h) - h->syn_ts;
	evidence_frame(v, frame_of(c, h->syn_frame));
	evidence_retransmissions(v, h);
	return true;
}

bool
verdict_port_reuse(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;

	if (!(c->flags & C_PORT_REUSED) || c->start - c->cold->prior_ended > REUSE_QUICK)
		return false;
	v->time = c->start;
	v->port_reuse.after = c->start - c->cold->prior_ended;
	evidence_frame(v, c->first_frame);
	return true;
}
