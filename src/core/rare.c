/* SPDX-License-Identifier: MIT */
/*
 * rare: the parts of a connection that few ever need, made when they are and given back at its end.
 */
#include "core/txq.h"

#include <string.h>

const struct rare rare_none;

struct rare *
half_rare(struct engine *e, struct half *h)
{
	struct rare *r;

	/* What is not rare_none was made here, and is ours to change. */
	if (h->rare != &rare_none)
		return (struct rare *)(uintptr_t)h->rare;
	r = pool_get(engine_pool(e), sizeof *r);
	if (!r)
		return &engine_scratch(e)->rare;
	memset(r, 0, sizeof *r);
	h->rare = r;
	return r;
}

const struct aside aside_none;

struct aside *
conn_aside(struct engine *e, struct conn *c)
{
	struct aside *a;

	if (c->aside != &aside_none)
		return (struct aside *)(uintptr_t)c->aside;
	a = pool_get(engine_pool(e), sizeof *a);
	if (!a)
		return &engine_scratch(e)->aside;
	memset(a, 0, sizeof *a);
	c->aside = a;
	return a;
}

bool
half_trouble(struct engine *e, struct half *h)
{
	struct rare *r = half_rare(e, h);

	if (!r->trouble && h->rare == r) {
		r->trouble = pool_get(engine_pool(e), sizeof *r->trouble);
		if (r->trouble)
			memset(r->trouble, 0, sizeof *r->trouble);
	}
	return h->rare->trouble != NULL;
}

void
half_release(struct engine *e, struct half *h)
{
	struct pool *pool = engine_pool(e);

	txq_release(pool, &h->q);
	if (h->rare != &rare_none) {
		pool_put(pool, h->rare->trouble, sizeof *h->rare->trouble);
		pool_put(pool, half_rare(e, h), sizeof *h->rare);
	}
	h->rare = &rare_none;
}
