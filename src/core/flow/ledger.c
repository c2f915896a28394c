/* SPDX-License-Identifier: MIT */
/* ledger: see ledger.h. */
#include "core/flow/ledger.h"

#include "core/flow/pool.h"

#include <string.h>

static void *
get_cleared(struct core *core, size_t size)
{
	void *mem = pool_get(core->pool, size);

	if (mem)
		memset(mem, 0, size);
	return mem;
}

struct time_ledger_full *
ledger_full_get(struct core *core, struct time_ledger *l)
{
	if (!l->full)
		l->full = get_cleared(core, sizeof(*l->full));
	return l->full;
}

struct ack_ring *
ledger_ring_get(struct core *core, struct time_side *x)
{
	if (!x->ring)
		x->ring = get_cleared(core, sizeof(*x->ring));
	return x->ring;
}

void
ledger_release(struct core *core, struct conn *c)
{
	struct time_ledger *l = conn_time(c);

	if (!l->full)
		return;
	for (int i = 0; i < 2; i++)
		pool_put(core->pool, l->full->side[i].ring, sizeof(*l->full->side[i].ring));
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
	if (l->full) {
		struct time_side x = l->full->side[CLIENT];

		l->full->side[CLIENT] = l->full->side[SERVER];
		l->full->side[SERVER] = x;
	}
}
