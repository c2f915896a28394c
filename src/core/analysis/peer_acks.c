/* SPDX-License-Identifier: MIT */
/*
 * peer_acks: what a sender of data had received when it sent a segment. Away from its host the
 * capture sees ACKs before the sender gets them; which of them it had is told by the time stamp
 * that the segment echoes (RFC 7323), else by the times.
 */
#include "core/analysis/peer_acks.h"

#define SLACK (500 * NSEC_PER_US) /* between the two clocks of a comparison */

const struct peer_ack *
peer_acks_at(const struct ack_ring *r, unsigned age)
{
	return &r->at[(r->newest - age) & (r->cap - 1u)];
}

/* Whether one more entry would push out what a round trip needs. */
static bool
ring_is_dense(const struct ack_ring *r, nsec now, nsec rtt)
{
	return r->n == r->cap && now - peer_acks_at(r, r->cap - 1u)->t < rtt + rtt / 4;
}

void
peer_acks_add(struct time_side *x, const struct seg *s, seqno edge, nsec rtt)
{
	struct ack_ring *r = x->ring;
	struct peer_ack *a = &r->at[r->newest];

	if (r->n > 0 && a->ack == s->p->ack && a->edge == edge && s->p->n_sack == 0)
		return; /* nothing that makes a sender send */
	if (ring_is_dense(r, s->now, rtt)) {
		ledger_ring_grow(s->core, x);
		r = x->ring;
		a = &r->at[r->newest];
	}
	/* Where ACKs are too many the newest entry stands for those close to it. */
	if (!ring_is_dense(r, s->now, rtt) || s->now - r->begun >= rtt / RING_STEPS) {
		r->newest = (uint8_t)((r->newest + (r->n > 0)) & (r->cap - 1u));
		r->n += r->n < r->cap;
		a = &r->at[r->newest];
		r->begun = s->now;
	}
	r->has_ts = (s->p->options & OPT_TS) != 0;
	*a = (struct peer_ack){s->now, s->p->tsval, s->p->ack, edge, s->p->window == 0};
}

/* Age in the ring of the newest ACK that the sender had when it sent s; −1: none. */
int
peer_acks_known(const struct time_side *x, const struct seg *s, nsec to_sender)
{
	const struct ack_ring *r = x->ring;
	const struct packet *p = s->p;

	for (int age = 0; r && age < r->n; age++) {
		const struct peer_ack *a = peer_acks_at(r, (unsigned)age);

		if (a->t > s->now - 2 * to_sender + SLACK)
			continue;
		if (r->has_ts && (p->options & OPT_TS) && (int32_t)(p->tsecr - a->tsval) < 0)
			continue;
		return age;
	}
	return -1;
}

/* By the ACK whose time stamp the segment echoes. */
static void
loop_learn(struct time_side *x, const struct seg *s)
{
	const struct ack_ring *r = x->ring;

	/* Further segments with the same echo came later than the first. */
	if (!r || !r->has_ts || !(s->p->options & OPT_TS) || s->p->tsecr == x->echoed)
		return;
	x->echoed = s->p->tsecr;
	for (unsigned age = 0; age < r->n; age++) {
		const struct peer_ack *a = peer_acks_at(r, age);

		if ((int32_t)(a->tsval - s->p->tsecr) < 0)
			return;
		if (a->tsval != s->p->tsecr || a->t > s->now)
			continue;
		x->loop = s->now - a->t;
		if (x->loop_min == 0 || x->loop < x->loop_min)
			x->loop_min = nsec_max(x->loop, 1);
	}
}

static void
clock_learn(struct time_side *x, const struct seg *s)
{
	nsec base;

	if (!(s->p->options & OPT_TS))
		return;
	if (!x->has_clock) {
		x->has_clock = true;
		x->first_tsval = s->p->tsval;
		x->first_ts = x->clock_base = s->now;
		return;
	}
	base = s->now - (nsec)(int32_t)(s->p->tsval - x->first_tsval) * NSEC_PER_MS;
	/* Only a clock of milliseconds stays near its base. */
	if (x->first_ts - base > NSEC_PER_SEC / 2)
		x->has_clock = false;
	x->clock_base = nsec_min(x->clock_base, base);
}

void
peer_acks_learn(struct time_side *x, const struct seg *s)
{
	clock_learn(x, s);
	loop_learn(x, s);
}
