/* SPDX-License-Identifier: MIT */
/* verdict_capture: predicates of what the capture itself lacks. */
#include "core/analysis/verdict_rules.h"

#define ONE_SIDED_SEGMENTS 4

/* Not of SYNs alone: silence is then what is to be reported. */
bool
verdict_one_sided(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;
	enum side s = c->half[SERVER].segments > 0 ? SERVER : CLIENT;

	if (c->half[!s].segments > 0 || !half_has(&c->half[s], H_ACK) ||
	    c->half[s].segments < ONE_SIDED_SEGMENTS)
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

bool
verdict_capture_loss(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;

	if (!(c->flags & C_LOST_BY_CAPTURE))
		return false;
	v->time = c->last;
	for (int i = 0; i < 2; i++) {
		const struct retransmit_log *t = c->half[i].cold->retransmit_log;

		if (t && t->n_holes > 0) {
			v->side = (uint8_t)i;
			evidence_frame(v, t->holes[t->n_holes - 1].frame);
		}
	}
	return true;
}
