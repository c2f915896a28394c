/* SPDX-License-Identifier: MIT */
/* verdict_reset: predicates of what a reset means. */
#include "core/analysis/verdict_rules.h"

#define IDLE_LONG (60 * NSEC_PER_SEC)

bool
verdict_half_open(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;

	if (!(c->flags & C_HALF_OPEN) || c->end_cause != END_RESET)
		return false;
	v->side = (uint8_t)c->ended_by;
	v->time = c->ended;
	v->half_open.silence = c->cold->end_silence;
	v->half_open.by_syn = (c->flags & C_HALF_OPEN_SYN) != 0;
	evidence_frame(v, frame_of(c, c->cold->end_answers));
	evidence_frame(v, frame_of(c, c->end_frame));
	return true;
}

static enum reset_situation
reset_situation(const struct conn *c)
{
	const struct half *h = &c->half[c->ended_by], *peer = &c->half[!c->ended_by];

	if (h->cold->keepalive.unanswered > 1)
		return RESET_KEEPALIVE;
	if (half_has(h, H_FIN))
		return RESET_AFTER_FIN;
	if (h->payload.unique_bytes + peer->payload.unique_bytes == 0 && !(c->flags & C_MIDSTREAM))
		return RESET_BEFORE_DATA;
	return c->cold->end_silence >= IDLE_LONG ? RESET_IDLE : RESET_IN_TRANSFER;
}

bool
verdict_reset(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;
	const struct half *h;

	if (c->end_cause != END_RESET || (c->flags & C_HALF_OPEN))
		return false;
	v->side = (uint8_t)c->ended_by;
	h = &c->half[v->side];
	v->time = c->ended;
	v->reset.situation = (uint8_t)reset_situation(c);
	v->reset.idle = c->cold->end_silence;
	v->reset.sent = h->payload.unique_bytes;
	v->reset.received = c->half[!v->side].payload.unique_bytes;
	v->reset.count = h->cold->keepalive.unanswered;
	evidence_frame(v, frame_of(c, c->cold->end_answers));
	evidence_frame(v, frame_of(c, c->end_frame));
	return true;
}

bool
verdict_reset_after_close(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;

	if (!(c->flags & C_RESET_LATE))
		return false;
	v->side = c->half[CLIENT].rst ? CLIENT : SERVER;
	v->time = c->last;
	evidence_frame(v, frame_of(c, c->end_frame));
	return true;
}

bool
verdict_reset_suspect(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;

	if (!c->rst_suspect)
		return false;
	v->side = c->ended_by >= 0 ? (uint8_t)c->ended_by : (c->half[SERVER].rst ? SERVER : CLIENT);
	v->likely = true;
	v->time = c->ended ? c->ended : c->last;
	v->reset_suspect.suspicion = c->end_cause == END_RESET ? SUSPECT_TTL : SUSPECT_WENT_ON;
	v->reset_suspect.ttl = c->cold->rst_ttl;
	v->reset_suspect.usual_ttl = c->half[v->side].ttl;
	evidence_frame(v, frame_of(c, c->end_frame));
	return true;
}
