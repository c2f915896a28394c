/* SPDX-License-Identifier: MIT */
/* cold: see cold.h. */
#include "core/flow/cold.h"

#include "core/flow/pool.h"

#include <string.h>

const struct half_cold half_cold_none;

struct half_cold *
cold_get(struct core *core, struct half *h)
{
	struct half_cold *r;

	/* What is not half_cold_none was allocated here and may be written to. */
	if (h->cold != &half_cold_none)
		return (struct half_cold *)(uintptr_t)h->cold;
	r = pool_get(core->pool, sizeof(*r));
	if (!r)
		return &core->scratch->half_cold;
	memset(r, 0, sizeof(*r));
	h->cold = r;
	return r;
}

const struct conn_cold conn_cold_none;

struct conn_cold *
conn_cold_get(struct core *core, struct conn *c)
{
	struct conn_cold *a;

	if (c->cold != &conn_cold_none)
		return (struct conn_cold *)(uintptr_t)c->cold;
	a = pool_get(core->pool, sizeof(*a));
	if (!a)
		return &core->scratch->conn_cold;
	memset(a, 0, sizeof(*a));
	c->cold = a;
	return a;
}

void
conn_cold_swap(struct core *core, struct conn *c)
{
	struct conn_cold *a;
	struct reset_record *r;
	uint8_t state;
	uint32_t in_flight;

	if (c->cold == &conn_cold_none)
		return;
	a = conn_cold_get(core, c);
	a->pmtu_side = !a->pmtu_side;
	r = &a->reset;
	r->from = !r->from;
	state = r->state[0];
	r->state[0] = r->state[1];
	r->state[1] = state;
	in_flight = r->in_flight[0];
	r->in_flight[0] = r->in_flight[1];
	r->in_flight[1] = in_flight;
	for (unsigned i = 0; a->icmp && i < a->icmp->n; i++)
		a->icmp->latest[i].record.from = !a->icmp->latest[i].record.from;
}

struct icmp_log *
icmp_log_get(struct core *core, struct conn *c)
{
	struct conn_cold *a = conn_cold_get(core, c);

	if (!a->icmp && c->cold == a) {
		a->icmp = pool_get(core->pool, sizeof(*a->icmp));
		if (a->icmp)
			memset(a->icmp, 0, sizeof(*a->icmp));
	}
	return c->cold == a ? a->icmp : NULL;
}

bool
retransmit_log_get(struct core *core, struct half *h)
{
	struct half_cold *r = cold_get(core, h);

	if (!r->retransmit_log && h->cold == r) {
		r->retransmit_log = pool_get(core->pool, sizeof(*r->retransmit_log));
		if (r->retransmit_log)
			memset(r->retransmit_log, 0, sizeof(*r->retransmit_log));
	}
	return h->cold->retransmit_log;
}

static void *
list_more(struct core *core, void *list, uint8_t *cap, unsigned max, size_t size)
{
	struct pool *pool = core->pool;
	unsigned more = *cap ? 2u * *cap : 2;
	void *fresh;

	if (more > max)
		return list;
	fresh = pool_get(pool, more * size);
	if (!fresh)
		return list;
	if (list)
		memcpy(fresh, list, *cap * size);
	pool_put(pool, list, *cap * size);
	*cap = (uint8_t)more;
	return fresh;
}

void
retransmit_log_grow(struct core *core, struct retransmit_log *t)
{
	if (t->retx_at > 0) /* the ring has wrapped: growing it would break its order */
		return;
	t->retx = list_more(core, t->retx, &t->retx_cap, RETX_MAX, sizeof(*t->retx));
	if (t->n_retx < t->retx_cap)
		t->retx_at = t->n_retx;
}

void
retransmit_log_grow_holes(struct core *core, struct retransmit_log *t)
{
	t->holes = list_more(core, t->holes, &t->hole_cap, HOLE_MAX, sizeof(*t->holes));
}

static void
retransmit_log_release(struct pool *pool, struct retransmit_log *t)
{
	if (!t)
		return;
	pool_put(pool, t->retx, t->retx_cap * sizeof(*t->retx));
	pool_put(pool, t->holes, t->hole_cap * sizeof(*t->holes));
	pool_put(pool, t, sizeof(*t));
}

struct retx *
retransmission_latest(const struct half *h, seqno seq)
{
	const struct retransmit_log *t = h->cold->retransmit_log;
	struct retx *latest = NULL;

	for (size_t i = 0; t && i < t->n_retx; i++) {
		struct retx *x = &t->retx[i];

		if (seq_le(x->seq, seq) && seq_lt(seq, x->end) &&
		    (!latest || x->frame > latest->frame))
			latest = x;
	}
	return latest;
}

void
retransmit_count_open(struct core *core, struct half *h)
{
	const struct retransmit_log *t = h->cold->retransmit_log;
	uint8_t n = 0;

	for (size_t i = 0; i < t->n_retx; i++)
		n += t->retx[i].open;
	cold_get(core, h)->n_open = n;
}

void
cold_release(struct core *core, struct half *h)
{
	if (h->cold == &half_cold_none)
		return;
	retransmit_log_release(core->pool, h->cold->retransmit_log);
	pool_put(core->pool, cold_get(core, h), sizeof(*h->cold));
	h->cold = &half_cold_none;
}

void
conn_cold_release(struct core *core, struct conn *c)
{
	if (c->cold == &conn_cold_none)
		return;
	pool_put(core->pool, c->cold->icmp, sizeof(*c->cold->icmp));
	pool_put(core->pool, conn_cold_get(core, c), sizeof(*c->cold));
	c->cold = &conn_cold_none;
}
