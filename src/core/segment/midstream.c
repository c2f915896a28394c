/* SPDX-License-Identifier: MIT */
/*
 * midstream: where the capture began in mid-stream the first numbers of an endpoint are taken as
 * its position. What it sent before is neither missing nor lost. An ACK without data may be a
 * keep-alive, which stands one byte below that position (RFC 9293 3.8.4): the peer's first ACK
 * tells, and until then such ACKs are pending.
 */
#include "core/segment/midstream.h"

#include "core/flow/cold.h"
#include "core/flow/history.h"
#include "core/segment/emit.h"

#include <assert.h>

#define ROLES_TIME     (2 * NSEC_PER_MS)
#define ROLES_SEGMENTS 16
#define BARE_MAX 32 /* ACKs without data that are kept pending at most */

/* The position was known so far only from what the peer acknowledged, and data was in flight. */
static void
in_flight_passed(struct seg *s)
{
	struct half *h = s->snd;

	if (h->segments > 0 || !half_has(h, H_SEQ) || half_has(h, H_ISN) ||
	    !seq_lt(h->seq.nxt, s->p->seq))
		return;
	half_reach(h, s->p->seq);
	h->seq.una = s->p->seq;
}

/* ---- ACKs without data at the beginning ---- */

static void
probe_mark(struct segment *log, const struct segment *before, uint32_t n)
{
	log->findings |= FINDING(F_KEEP_ALIVE);
	log->cause = CAUSE_PROBE;
	log->rexmit_n = n;
	log->rexmit_of = before ? before->frame : 0;
	log->rexmit_after = before ? log->ts - before->ts : -1;
}

static void
probes_count(struct core *core, struct half *h)
{
	struct half_cold *r = cold_get(core, h);

	r->keepalive.probes = (uint16_t)h->segments;
	r->keepalive.last_ts = h->last_ts;
	r->keep_alives = (uint32_t)h->segments;
	r->by_cause[CAUSE_PROBE] = (uint32_t)h->segments;
}

/* All that h has sent so far is final; probes: they were keep-alives. */
static void
bare_settle(struct seg *s, struct half *h, bool probes)
{
	const struct segment *before = NULL;

	assert(h->segments <= BARE_MAX + 1);
	h->flags &= ~(uint32_t)H_BARE_START;
	if (probes)
		probes_count(s->core, h);
	for (uint32_t i = 0; i < s->c->log_next; i++) {
		struct segment *log = history_get(s->c, i);

		if (log && probes)
			probe_mark(log, before, i + 1);
		before = log;
		segment_amend(s->core, s->c, i, true);
	}
}

/* The peer wants the byte after the one that the bare ACKs stand at: they were keep-alives. */
static void
bare_answered(struct seg *s)
{
	struct half *h = s->rcv;
	bool probes = (s->p->flags & TH_ACK) && s->p->ack == h->seq.nxt + 1;

	bare_settle(s, h, probes);
	if (!probes)
		return;
	half_reach(h, s->p->ack);
	h->seq.una = s->p->ack;
	h->flags |= H_UNA;
	h->last_kind = KIND_KEEP_ALIVE;
	cold_get(s->core, h)->keepalive.active = 0;
}

static bool
is_bare_start(const struct seg *s)
{
	const struct half *h = s->snd;

	if (!s->pure_ack || s->rcv->segments > 0 || half_has(h, H_ISN) || s->p->n_sack > 0 ||
	    h->segments > BARE_MAX)
		return false;
	return h->segments == 0 || (half_has(h, H_BARE_START) && s->seq == h->seq.nxt &&
				    s->p->ack == h->adv.ack && s->p->window == h->window_raw);
}

/* Capture queues may still deliver the SYN or SYN-ACK that tells who is client. */
static bool
roles_may_turn(const struct seg *s)
{
	return s->now - s->c->start <= ROLES_TIME && s->c->log_next < ROLES_SEGMENTS;
}

void
midstream_begin(struct seg *s)
{
	if (!(s->c->flags & C_MIDSTREAM))
		return;
	if ((s->c->flags & C_ROLES_OPEN) && !roles_may_turn(s))
		segments_settle(s->core, s->c);
	in_flight_passed(s);
	if (half_has(s->rcv, H_BARE_START))
		bare_answered(s);
	if (is_bare_start(s)) {
		assert(s->c->log_next == s->snd->segments || !s->core->history);
		s->snd->flags |= H_BARE_START;
		s->pending = true;
	} else if (half_has(s->snd, H_BARE_START)) {
		bare_settle(s, s->snd, false);
	}
}
