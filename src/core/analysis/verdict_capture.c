/* SPDX-License-Identifier: MIT */
/* verdict_capture: predicates of what the capture itself lacks. */
#include "core/analysis/verdict_rules.h"

#define ONE_SIDED_SEGMENTS 4

/* With its own SYN captured, its ACK shows an answer that was not. Without, its peer's silence is
 * to be believed where other packets of that host to this one are captured. */
static bool
may_be_answered_unseen(const struct verdict_input *in, enum side s)
{
	return half_has(&in->c->half[s], H_ISN) || !host_heard(in, (enum side)!s);
}

/* Not of SYNs alone: silence is then what is to be reported. */
bool
verdict_one_sided(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;
	enum side s = c->half[SERVER].segments > 0 ? SERVER : CLIENT;

	if (c->half[!s].segments > 0 || !half_has(&c->half[s], H_ACK) ||
	    c->half[s].segments < ONE_SIDED_SEGMENTS || !may_be_answered_unseen(in, s))
		return false;
	v->side = s;
	v->time = c->start;
	evidence_frame(v, c->first_frame);
	return true;
}

bool
verdict_midstream(const struct verdict_input *in, struct verdict *v)
{
	if (!(in->c->flags & C_MIDSTREAM))
		return false;
	v->time = in->c->start;
	evidence_frame(v, in->c->first_frame);
	return true;
}

/* The hole has captured bytes behind it: what the capture ends with may only be late in it. */
static const struct hole *
inner_hole(const struct half *h)
{
	const struct retransmit_log *t = h->cold->retransmit_log;

	for (unsigned i = t ? t->n_holes : 0; i > 0; i--)
		if (seq_lt(t->holes[i - 1].end, h->seq.nxt))
			return &t->holes[i - 1];
	return NULL;
}

bool
verdict_capture_loss(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;

	if (!(c->flags & C_LOST_BY_CAPTURE))
		return false;
	for (int i = 0; i < 2; i++) {
		const struct hole *hole = inner_hole(&c->half[i]);

		if (!hole)
			continue;
		v->side = (uint8_t)i;
		v->time = hole->acked_ts;
		evidence_frame(v, hole->frame);
	}
	return v->time != 0;
}
