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
	r = pool_get(engine_pool(e), sizeof(*r));
	if (!r)
		return &engine_scratch(e)->rare;
	memset(r, 0, sizeof(*r));
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
	a = pool_get(engine_pool(e), sizeof(*a));
	if (!a)
		return &engine_scratch(e)->aside;
	memset(a, 0, sizeof(*a));
	c->aside = a;
	return a;
}

bool
half_trouble(struct engine *e, struct half *h)
{
	struct rare *r = half_rare(e, h);

	if (!r->trouble && h->rare == r) {
		r->trouble = pool_get(engine_pool(e), sizeof(*r->trouble));
		if (r->trouble)
			memset(r->trouble, 0, sizeof(*r->trouble));
	}
	return h->rare->trouble;
}

static void *
list_more(struct engine *e, void *list, uint8_t *cap, unsigned max, size_t size)
{
	struct pool *pool = engine_pool(e);
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
trouble_more_retx(struct engine *e, struct trouble *t)
{
	if (t->retx_at > 0) /* it has turned: the order must not be torn */
		return;
	t->retx = list_more(e, t->retx, &t->retx_cap, RETX_MAX, sizeof(*t->retx));
	if (t->n_retx < t->retx_cap)
		t->retx_at = t->n_retx;
}

void
trouble_more_holes(struct engine *e, struct trouble *t)
{
	t->holes = list_more(e, t->holes, &t->hole_cap, HOLE_MAX, sizeof(*t->holes));
}

static void
trouble_release(struct pool *pool, struct trouble *t)
{
	if (!t)
		return;
	pool_put(pool, t->retx, t->retx_cap * sizeof(*t->retx));
	pool_put(pool, t->holes, t->hole_cap * sizeof(*t->holes));
	pool_put(pool, t, sizeof(*t));
}

void
half_release(struct engine *e, struct half *h)
{
	struct pool *pool = engine_pool(e);

	txq_release(pool, &h->q);
	if (h->rare != &rare_none) {
		trouble_release(pool, h->rare->trouble);
		pool_put(pool, half_rare(e, h), sizeof(*h->rare));
	}
	h->rare = &rare_none;
}
