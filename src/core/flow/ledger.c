/* SPDX-License-Identifier: MIT */
/* ledger: see ledger.h. */
#include "core/flow/ledger.h"

#include "core/flow/pool.h"

#include <string.h>

/* Sent ranges and what belongs to losses come first: the ledger takes no more than half. */
static void *
get_cleared(struct core *core, size_t size)
{
	void *mem = pool_used(core->pool) < pool_budget(core->pool) / 2 ? pool_get(core->pool, size)
									: NULL;

	if (mem)
		memset(mem, 0, size);
	return mem;
}

struct time_ledger_full *
ledger_full_get(struct core *core, struct time_ledger *l)
{
	if (l->full)
		return l->full;
	l->full = get_cleared(core, sizeof(*l->full));
	for (int i = 0; l->full && i < 2; i++)
		l->full->waits[i] = (struct time_waits){l->waits[i], l->long_waits[i]};
	return l->full;
}

static size_t
ring_size(unsigned cap)
{
	return sizeof(struct ack_ring) + cap * sizeof(struct peer_ack);
}

struct ack_ring *
ledger_ring_get(struct core *core, struct time_side *x)
{
	if (x->ring)
		return x->ring;
	x->ring = get_cleared(core, ring_size(PEER_ACKS_FIRST));
	if (x->ring)
		x->ring->cap = PEER_ACKS_FIRST;
	return x->ring;
}

void
ledger_ring_grow(struct core *core, struct time_side *x)
{
	struct ack_ring *r = x->ring, *fresh;

	if (r->cap == PEER_ACKS)
		return;
	fresh = get_cleared(core, ring_size(PEER_ACKS));
	if (!fresh)
		return;
	*fresh = *r;
	fresh->cap = PEER_ACKS;
	for (unsigned i = 0; i < r->n; i++) /* the oldest first */
		fresh->at[i] = r->at[(r->newest + r->cap - (r->n - 1 - i)) % r->cap];
	fresh->newest = r->n > 0 ? (uint8_t)(r->n - 1) : 0;
	x->ring = fresh;
	pool_put(core->pool, r, ring_size(r->cap));
}

void
ledger_release(struct core *core, struct conn *c)
{
	struct time_ledger *l = conn_time(c);

	if (!l->full)
		return;
	for (int i = 0; i < 2; i++)
		if (l->full->side[i].ring)
			pool_put(core->pool, l->full->side[i].ring,
				 ring_size(l->full->side[i].ring->cap));
	pool_put(core->pool, l->full, sizeof(*l->full));
	l->full = NULL;
}

void
ledger_swap(struct conn *c)
{
	struct time_ledger *l = conn_time(c);
	nsec server = l->spent[TIME_SERVER];

	l->spent[TIME_SERVER] = l->spent[TIME_CLIENT];
	l->spent[TIME_CLIENT] = server;
	l->last_side = !l->last_side;
	for (int i = 0; i < 2; i++) {
		uint8_t *w = i ? l->long_waits : l->waits, first = w[0];

		w[0] = w[1];
		w[1] = first;
	}
	if (l->full) {
		struct time_side x = l->full->side[CLIENT];

		l->full->side[CLIENT] = l->full->side[SERVER];
		l->full->side[SERVER] = x;
	}
}
