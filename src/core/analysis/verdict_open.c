/* SPDX-License-Identifier: MIT */
/* verdict_open: predicates of how a connection begins, or does not. */
#include "core/analysis/verdict_rules.h"

#include <string.h>

#define REUSE_QUICK      (60 * NSEC_PER_SEC)
#define TWO_ANSWERS_NEAR (200 * NSEC_PER_MS)

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
	v->refused.firewall = (c->flags & C_FOREIGN_TTL) != 0;
	v->likely = v->refused.firewall;
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

/* An older connection answered the SYN: not shown where nothing of the server is captured. */
static bool
is_challenged(const struct verdict_input *in)
{
	return (in->c->flags & C_CHALLENGED) && host_heard(in, SERVER);
}

static bool
is_not_answered(const struct verdict_input *in)
{
	const struct conn *c = in->c;

	return (c->half[CLIENT].state == TCP_SYN_SENT || c->end_cause == END_NO_ANSWER) &&
	       !half_has(&c->half[SERVER], H_SEQ) && icmp_count(c, ICMP_REJECTS) == 0 &&
	       !is_challenged(in) && !c->cold->responder.related;
}

/* A single SYN says nothing where nothing of the server's host to the client's is captured. */
static bool
is_silence_heard(const struct verdict_input *in, nsec until)
{
	const struct half *h = &in->c->half[CLIENT];

	if (h->syn > 1)
		return true;
	return until - half_syn_last(h) >= NSEC_PER_SEC && host_heard(in, SERVER);
}

/* A SYN that is never repeated is a scan or a flood, or nobody waits for its answer. */
bool
verdict_no_answer(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;
	const struct half *h = &c->half[CLIENT];
	const nsec until = c->end_cause == END_OPEN ? in->now : c->ended;

	if (!is_not_answered(in) || !is_silence_heard(in, until))
		return false;
	v->side = CLIENT;
	v->time = half_syn_last(h);
	if (h->syn == 1)
		v->severity = SEV_NOTE;
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

/* ---- a handshake that the server does not see finished ---- */

static uint32_t
client_repeats(const struct conn *c)
{
	return cold_retransmissions(c->half[CLIENT].cold) -
	       c->half[CLIENT].cold->by_cause[CAUSE_SYN];
}

/* The client's first data is taken at once, though one ACK or several did not count; or none has
 * come and the SYN-ACK is repeated later than any timer would: the server waits for it on purpose.
 * One repetition in time may as well mean a lost ACK. */
static bool
is_deferred(const struct conn *c)
{
	const struct half *client = &c->half[CLIENT], *server = &c->half[SERVER];
	const struct syn_repeat *r = &server->cold->syn_repeat;

	if ((!r->late && r->after_ack < 2) || client_repeats(c) > 0)
		return false;
	if (client->payload.bytes == 0)
		return r->late && server->state == TCP_SYN_RECV;
	return half_has(client, H_UNA) && seq_lt(client->seq.isn + 1, client->seq.una);
}

/* One or two repeated SYN-ACKs may mean a lost ACK; more, or ignored data, that nobody accepts. */
static bool
is_not_accepted(const struct conn *c)
{
	return (c->flags & C_ACCEPT_FULL) && !is_deferred(c) &&
	       (c->half[SERVER].cold->syn_repeat.after_ack > 2 || client_repeats(c) > 0);
}

bool
verdict_syn_ack_unanswered(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;
	const struct half *h = &c->half[SERVER];

	if (h->state != TCP_SYN_RECV || h->cold->syn_repeat.by_timer == 0 ||
	    c->end_cause != END_OPEN || is_not_accepted(c) || is_deferred(c))
		return false;
	v->side = SERVER;
	v->time = half_syn_last(h);
	v->syn_ack_unanswered.ack_seen = (c->flags & C_HANDSHAKE_DONE) != 0;
	v->likely = v->syn_ack_unanswered.ack_seen;
	v->syn_ack_unanswered.syn_acks = h->cold->syn_repeat.by_timer + 1u;
	v->syn_ack_unanswered.elapsed = in->now - h->syn_ts;
	evidence_frame(v, frame_of(c, h->syn_frame));
	evidence_retransmissions(v, h);
	return true;
}

/* Likely, unless the SYN-ACK itself shows that the ACK has arrived: it may be lost behind the
 * capture point. */
bool
verdict_accept_queue_full(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;
	const struct half *h = &c->half[SERVER];

	if (!is_not_accepted(c))
		return false;
	v->side = SERVER;
	v->time = half_syn_last(h);
	v->accept_queue_full.ack_arrived = h->cold->syn_repeat.ack_echoed;
	v->likely = !v->accept_queue_full.ack_arrived;
	v->accept_queue_full.repeats = h->cold->syn_repeat.after_ack;
	v->accept_queue_full.ignored = client_repeats(c);
	v->accept_queue_full.over = h->state != TCP_SYN_RECV;
	evidence_frame(v, frame_of(c, c->hs_frame));
	evidence_retransmissions(v, h);
	return true;
}

bool
verdict_deferred_accept(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;
	const struct half *h = &c->half[SERVER], *client = &c->half[CLIENT];
	const nsec acked = h->syn_ts + c->synack_to_ack;

	if (!is_deferred(c))
		return false;
	v->side = SERVER;
	v->time = half_syn_last(h);
	v->deferred_accept.over = client->payload.bytes > 0;
	v->likely = !v->deferred_accept.over;
	v->deferred_accept.repeats = h->cold->syn_repeat.after_ack;
	v->deferred_accept.waited = (v->deferred_accept.over ? v->time : in->now) - acked;
	evidence_frame(v, frame_of(c, c->hs_frame));
	evidence_retransmissions(v, h);
	return true;
}

static enum syn_lost_what
syn_lost_what(const struct conn *c)
{
	const struct half *client = &c->half[CLIENT], *server = &c->half[SERVER];

	if (server->syn_ts && server->syn_ts < half_syn_last(client))
		return SYN_LOST_ANSWER;
	return half_has(client, H_ECN_DROPPED) ? SYN_LOST_ECN : SYN_LOST_SYN;
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
	v->syn_lost.what = (uint8_t)syn_lost_what(c);
	evidence_frame(v, frame_of(c, h->syn_frame));
	evidence_retransmissions(v, h);
	return true;
}

/* ---- odd answers ---- */

/* One that comes long after the first was acknowledged changes nothing. */
bool
verdict_two_answers(const struct verdict_input *in, struct verdict *v)
{
	const struct second_answer *a = &in->c->cold->second_answer;

	if (!a->ts)
		return false;
	v->side = SERVER;
	v->time = a->ts;
	v->two_answers.apart = a->apart;
	if (a->late && a->apart > TWO_ANSWERS_NEAR)
		v->severity = SEV_NOTE;
	evidence_frame(v, frame_of(in->c, in->c->half[SERVER].syn_frame));
	evidence_frame(v, frame_of(in->c, a->frame));
	return true;
}

/* On the connection of the SYN while nobody else answers it; on that of the answer once the client
 * has refused it. */
bool
verdict_wrong_responder(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;
	const struct other_responder *r = &c->cold->responder;

	if (!r->related)
		return false;
	if (r->is_answer ? c->end_cause != END_RESET || c->ended_by != CLIENT
			 : half_has(&c->half[SERVER], H_SEQ) != 0)
		return false;
	v->side = CLIENT;
	v->time = c->start;
	memcpy(v->wrong_responder.addr, r->addr, sizeof(v->wrong_responder.addr));
	v->wrong_responder.port = r->port;
	v->wrong_responder.is_answer = r->is_answer;
	v->wrong_responder.related = r->related;
	evidence_frame(v, c->first_frame);
	evidence_frame(v, frame_of(c, c->end_frame));
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
