/* SPDX-License-Identifier: MIT */
/*
 * verdict_reset: predicates of what a reset means: the rows of a decision tree, first whether it
 * counts, then who answers what with it. What stood before it was recorded by segment/reset.c.
 */
#include "core/analysis/verdict_rules.h"

#include "core/segment/rtt.h"

#define FORGOTTEN_MIN                                                                              \
	NSEC_PER_SEC       /* an end silent for less has its socket closed, not forgotten          \
			    */
#define FORGOTTEN_RTO 10   /* and for so many time-outs of the other */
#define GAVE_UP_MIN   2    /* repeats */
#define WINDOW_FALL   1000 /* bytes */

static void
reset_frames(struct verdict *v, const struct conn *c)
{
	evidence_frame(v, frame_of(c, c->cold->reset.answers));
	evidence_frame(v, frame_of(c, c->cold->reset.frame));
}

/* ---- the rows ---- */

static bool
answers_something(const struct reset_record *r)
{
	return r->answered != ANSWERS_NOTHING && r->answered != ANSWERS_SYN;
}

/* It comes from an end of which nothing else was captured. */
static bool
is_from_unheard(const struct reset_record *r)
{
	return !r->heard && answers_something(r);
}

static nsec
forgotten_after(const struct conn *c, const struct reset_record *r)
{
	const struct half *asked = &c->half[!r->from];

	return rtt_rto_known(asked) ? nsec_max(FORGOTTEN_MIN, FORGOTTEN_RTO * rtt_rto_base(asked))
				    : FORGOTTEN_MIN;
}

/* It answers a segment, and its sender was heard before, but not for long. */
static bool
is_forgotten(const struct conn *c, const struct reset_record *r)
{
	return r->heard && answers_something(r) && r->answered != ANSWERS_SYN_ACK &&
	       !half_has(&c->half[r->from], H_FIN) && r->silence >= forgotten_after(c, r);
}

static bool
is_opener(const struct conn *c, const struct reset_record *r)
{
	return half_has(&c->half[r->from], H_SYN_SENT);
}

/* The handshake's last segment is the reset, or it comes right after it. */
static bool
abandons_handshake(const struct conn *c, const struct reset_record *r)
{
	return is_opener(c, r) && half_has(&c->half[!r->from], H_SYN_ACK) &&
	       (r->answered == ANSWERS_SYN_ACK || !(c->flags & C_HANDSHAKE_DONE));
}

static bool
has_no_payload(const struct conn *c)
{
	return c->half[CLIENT].payload.unique_bytes + c->half[SERVER].payload.unique_bytes == 0;
}

/* What came is still in its buffer: its window fell by about that much. */
static bool
left_unread(const struct conn *c, const struct reset_record *r)
{
	const struct half *h = &c->half[r->from];
	const uint64_t fall = h->adv.window_max - h->adv.window;

	return fall >= WINDOW_FALL && fall >= r->received / 2 && fall / 4 <= r->received;
}

static enum reset_situation
situation_pending(const struct conn *c, const struct reset_record *r)
{
	if (left_unread(c, r))
		return RESET_UNREAD;
	if (r->in_flight[CLIENT] + r->in_flight[SERVER] > 0)
		return RESET_IN_FLIGHT;
	return (c->flags & C_SERVER_LAST) ? RESET_ALL_ACKED : RESET_NOT_ANSWERED;
}

static enum reset_situation
situation_of(const struct conn *c, const struct reset_record *r)
{
	const struct half *h = &c->half[r->from], *peer = &c->half[!r->from];

	if (!r->heard && !r->met)
		return RESET_ALONE;
	if (r->probes > 0)
		return RESET_KEEPALIVE;
	if (r->repeats >= GAVE_UP_MIN)
		return r->state[r->from] == TCP_SYN_RECV ? RESET_SYN_ACKS : RESET_GAVE_UP;
	if (abandons_handshake(c, r))
		return RESET_ABANDONED;
	if (half_has(h, H_FIN))
		return r->late > 0 ? RESET_LATE_DATA : RESET_AFTER_FIN;
	if (r->heard && answers_something(r))
		return RESET_SOCKET_GONE;
	if (half_has(peer, H_FIN) && r->in_flight[CLIENT] + r->in_flight[SERVER] == 0)
		return RESET_CLOSING;
	if (has_no_payload(c))
		return (c->flags & C_MIDSTREAM) ? RESET_ALL_ACKED : RESET_BEFORE_DATA;
	return situation_pending(c, r);
}

/* ---- the verdicts ---- */

static const struct reset_record *
taken_reset(const struct conn *c)
{
	return c->end_cause == END_RESET && c->cold->reset.fate == FATE_TAKEN ? &c->cold->reset
									      : NULL;
}

/* A handshake that the SYN's sender did not ask for is no trouble of anybody. */
bool
verdict_unknown_connection(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;
	const struct reset_record *r = taken_reset(c);

	if (!r || !is_from_unheard(r) || c->cold->responder.related)
		return false;
	v->side = r->from;
	v->time = r->ts;
	v->unknown_connection.answered = r->answered;
	if (r->answered == ANSWERS_SYN_ACK || r->answered == ANSWERS_NO_ACK)
		v->severity = SEV_NOTE;
	reset_frames(v, c);
	return true;
}

static bool
half_open_replaced(const struct conn *c, struct verdict *v)
{
	if (!(c->flags & C_HALF_OPEN_SYN) || c->end_cause != END_RESET)
		return false;
	v->side = (uint8_t)c->ended_by;
	v->time = c->ended;
	v->severity = SEV_NOTE;
	v->half_open.how = HALF_OPEN_REPLACED;
	v->half_open.silence = c->cold->reset.silence;
	reset_frames(v, c);
	return true;
}

/* A SYN was answered by an older connection of its ports. */
static bool
half_open_syn_met(const struct conn *c, struct verdict *v)
{
	const struct half *h = &c->half[CLIENT];

	if (!(c->flags & C_CHALLENGED))
		return false;
	v->side = CLIENT;
	v->time = h->syn_ts;
	v->half_open.how = HALF_OPEN_SYN_MET;
	v->half_open.silence = -1;
	v->half_open.answers = c->cold->challenge.count;
	v->half_open.older = c->cold->challenge.older;
	v->half_open.cost = half_syn_last(h) - h->syn_ts;
	v->half_open.connected = half_has(&c->half[SERVER], H_SYN_ACK);
	if (v->half_open.connected)
		v->severity = SEV_NOTE;
	evidence_frame(v, frame_of(c, h->syn_frame));
	evidence_frame(v, frame_of(c, c->cold->challenge.frame));
	return true;
}

static bool
half_open_by_reset(const struct conn *c, struct verdict *v)
{
	const struct reset_record *r = taken_reset(c);
	bool believed = r && is_from_unheard(r) && r->answered != ANSWERS_SYN_ACK &&
			r->answered != ANSWERS_NO_ACK;

	if (!r || !(believed || is_forgotten(c, r)))
		return false;
	v->side = believed ? !r->from : r->from;
	v->time = r->ts;
	v->half_open.how = believed ? HALF_OPEN_BELIEVED : HALF_OPEN_BY_RESET;
	v->half_open.answered = r->answered;
	v->half_open.silence = r->silence;
	if (believed)
		v->severity = SEV_NOTE;
	reset_frames(v, c);
	return true;
}

bool
verdict_half_open(const struct verdict_input *in, struct verdict *v)
{
	if (!host_heard(in, CLIENT) || !host_heard(in, SERVER))
		return false;
	return half_open_replaced(in->c, v) || half_open_by_reset(in->c, v) ||
	       half_open_syn_met(in->c, v);
}

/* Harmless where the end that asked for something has what it asked for. */
static enum severity
reset_severity(const struct conn *c, const struct reset_record *r, enum reset_situation s)
{
	switch (s) {
	case RESET_ALONE:
	case RESET_ABANDONED:
	case RESET_AFTER_FIN:
	case RESET_CLOSING:
		return SEV_NOTE;
	case RESET_BEFORE_DATA:
		return is_opener(c, r) ? SEV_NOTE : SEV_WARNING;
	case RESET_ALL_ACKED:
		return r->from == CLIENT ? SEV_NOTE : SEV_WARNING;
	case RESET_GAVE_UP:
		return SEV_ERROR;
	default:
		return SEV_WARNING;
	}
}

static void
reset_numbers(const struct conn *c, const struct reset_record *r, struct verdict_reset *out)
{
	out->answered = r->answered;
	out->idle = r->idle;
	out->sent = c->half[r->from].payload.unique_bytes;
	out->received = r->received;
	switch (out->situation) {
	case RESET_KEEPALIVE:
		out->count = r->probes;
		break;
	case RESET_GAVE_UP:
	case RESET_SYN_ACKS:
		out->count = r->repeats + 1u;
		out->bytes = r->in_flight[r->from];
		break;
	case RESET_LATE_DATA:
		out->bytes = r->late;
		break;
	default:
		out->bytes = r->in_flight[CLIENT] + r->in_flight[SERVER];
	}
}

bool
verdict_reset(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;
	const struct reset_record *r = taken_reset(c);
	enum reset_situation s;

	if (!r || (c->flags & C_HALF_OPEN_SYN) || is_from_unheard(r) || is_forgotten(c, r))
		return false;
	s = situation_of(c, r);
	v->side = r->from;
	v->time = r->ts;
	v->severity = (uint8_t)reset_severity(c, r, s);
	v->reset.situation = (uint8_t)s;
	reset_numbers(c, r, &v->reset);
	reset_frames(v, c);
	return true;
}

bool
verdict_reset_after_close(const struct verdict_input *in, struct verdict *v)
{
	const struct reset_record *r = &in->c->cold->reset;

	if (r->fate != FATE_LATE)
		return false;
	v->side = r->from;
	v->time = r->ts;
	reset_frames(v, in->c);
	return true;
}

static enum reset_ignored_why
ignored_why(const struct conn *c, const struct reset_record *r)
{
	if (r->fate == FATE_UNHEEDED)
		return IGNORED_WENT_ON;
	return half_has(&c->half[!r->from], H_ACK) ? IGNORED_SEQ : IGNORED_ACK;
}

/* One whose numbers were mended by a later one counts no longer. */
bool
verdict_reset_ignored(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;
	const struct reset_record *r = &c->cold->reset;
	const struct half *receiver = &c->half[!r->from];

	if (r->fate != FATE_REFUSED && r->fate != FATE_UNHEEDED)
		return false;
	v->side = r->from;
	v->time = r->ts;
	v->reset_ignored.why = (uint8_t)ignored_why(c, r);
	v->reset_ignored.number = half_rel(&c->half[r->from], r->seq);
	v->reset_ignored.wanted = half_rel(&c->half[r->from], r->wanted);
	v->reset_ignored.count = r->count;
	v->reset_ignored.went_on = receiver->last_ts > r->ts ? receiver->last_ts - r->ts : -1;
	v->reset_ignored.repeats = repeats_unanswered(c, (enum side) !r->from);
	reset_frames(v, c);
	return true;
}

bool
verdict_reset_suspect(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;
	const struct reset_record *r = &c->cold->reset;
	bool disowned = r->fate == FATE_DISOWNED;

	if (!disowned && (r->suspicion == SUSPECT_NOTHING || r->fate == FATE_LATE))
		return false;
	v->side = r->from;
	v->likely = true;
	v->time = r->ts;
	v->reset_suspect.suspicion = disowned ? SUSPECT_WENT_ON : r->suspicion;
	v->reset_suspect.ttl = r->ttl;
	v->reset_suspect.usual_ttl = c->half[r->from].ttl;
	reset_frames(v, c);
	return true;
}
