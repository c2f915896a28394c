/* SPDX-License-Identifier: MIT */
/* emit: see emit.h. */
#include "core/segment/emit.h"

#include "core/flow/cold.h"
#include "core/flow/history.h"
#include "core/segment/segment.h"
#include "core/segment/timers.h"

#define TURN_MAX 4096 /* kept segments that are turned round with their connection */

/* The segment's own window, also where it is no offer: a reset's, an unacceptable segment's. */
static uint32_t
window_said(const struct seg *s)
{
	const struct half *h = s->snd;
	bool scaled = !(s->p->flags & TH_SYN) && h->wscale > 0 && s->rcv->wscale != -1;

	return scaled ? (uint32_t)s->p->window << h->wscale : s->p->window;
}

static void
segment_fill(const struct seg *s, struct segment *out)
{
	const struct packet *p = s->p;
	bool ack = (p->flags & TH_ACK) != 0;

	*out = (struct segment){
		.ts = p->ts, .frame = p->frame, .ref = p->ref, .conn_id = s->c->id,
		.seq = half_rel(s->snd, p->seq),
		.ack = ack ? half_rel(s->rcv, p->ack) : -1,
		.raw_seq = p->seq, .raw_ack = p->ack, .len = p->payload_len,
		.window = window_said(s),
		.in_flight = {half_in_flight(&s->c->half[CLIENT]),
			      half_in_flight(&s->c->half[SERVER])},
		.findings = s->findings, .flags = p->flags, .dup_ack = s->dup_ack,
		.from = s->from,
		.state = {s->c->half[0].state, s->c->half[1].state},
		.cause = s->cause, .needed = s->needed,
		.pending = s->pending || (s->c->flags & C_ROLES_OPEN), .settled = !s->pending,
		.window_unscaled = s->snd->wscale == -2 && !(p->flags & TH_SYN),
		.rexmit_n = s->rexmit_n, .rexmit_of = s->rexmit_of,
		.rexmit_after = s->rexmit_after,
	};
}

void
segment_record(struct seg *s, struct conn *c)
{
	const struct engine_sink *sink = &s->core->sink;
	struct segment out;

	segment_fill(s, &out);
	history_add(s->core->log, c, &out);
	if (sink->segment)
		sink->segment(sink->ctx, &out);
}

void
segment_amend(struct core *core, struct conn *c, uint32_t log, bool final)
{
	struct segment *s = history_get(c, log);

	if (!s)
		return;
	history_marks_changed(c, log);
	if (final)
		s->settled = true;
	s->pending = !s->settled || (c->flags & C_ROLES_OPEN);
	if (core->sink.amend)
		core->sink.amend(core->sink.ctx, s);
}

static void
segment_turn(struct segment *s)
{
	uint32_t in_flight = s->in_flight[CLIENT];
	uint8_t state = s->state[CLIENT];

	s->from = !s->from;
	s->in_flight[CLIENT] = s->in_flight[SERVER];
	s->in_flight[SERVER] = in_flight;
	s->state[CLIENT] = s->state[SERVER];
	s->state[SERVER] = state;
}

void
segments_turn(struct conn *c)
{
	for (uint32_t i = 0; i < c->log_next && i < TURN_MAX; i++) {
		struct segment *s = history_get(c, i);

		if (!s)
			continue;
		segment_turn(s);
		history_marks_changed(c, i);
	}
}

void
segments_settle(struct core *core, struct conn *c)
{
	c->flags &= (uint16_t)~C_ROLES_OPEN;
	for (uint32_t i = 0; i < c->log_next; i++) {
		const struct segment *s = history_get(c, i);

		if (s && s->pending)
			segment_amend(core, c, i, s->settled);
	}
}

void
timers_emit(struct core *core, struct conn *c, nsec now)
{
	const struct engine_sink *sink = &core->sink;

	for (int i = 0; i < 2; i++) {
		struct half_cold *told = cold_get(core, &c->half[i]);
		struct timer_event ev = {.time = now, .conn_id = c->id, .from = (uint8_t)i};

		timer_facts_fill(c, (enum side)i, core->hz, &ev.t);
		if (ev.t.kind == told->emitted.kind && ev.t.due == told->emitted.due &&
		    ev.t.attempt == told->emitted.attempt && ev.t.rto == told->emitted.rto)
			continue;
		told->emitted.kind = ev.t.kind;
		told->emitted.due = ev.t.due;
		told->emitted.attempt = (uint8_t)ev.t.attempt;
		told->emitted.rto = ev.t.rto;
		sink->timer(sink->ctx, &ev);
	}
}

void
segment_emit(struct seg *s)
{
	if (s->core->history)
		segment_record(s, s->c);
	if (s->core->sink.timer)
		timers_emit(s->core, s->c, s->now);
}
