/* SPDX-License-Identifier: MIT */
/* seglog: see seglog.h. */
#include "core/flow/history.h"

#include "core/flow/pool.h"

#include <assert.h>
#include <string.h>

static size_t
chunk_size(unsigned cap)
{
	return sizeof(struct history_chunk) + cap * sizeof(struct segment);
}

bool
history_init(struct history *l, size_t budget)
{
	memset(l, 0, sizeof(*l));
	l->pool = pool_new(budget);
	return l->pool;
}

void
history_done(struct history *l)
{
	pool_free_all(l->pool);
}

static void
age_unlink(struct history *l, struct history_chunk *k)
{
	int which = k->cap == HISTORY_LATER;

	if (k->older)
		k->older->newer = k->newer;
	else
		l->age[which].oldest = k->newer;
	if (k->newer)
		k->newer->older = k->older;
	else
		l->age[which].newest = k->older;
}

static void
age_append(struct history *l, struct history_chunk *k)
{
	int which = k->cap == HISTORY_LATER;

	k->older = l->age[which].newest;
	k->newer = NULL;
	if (k->older)
		k->older->newer = k;
	else
		l->age[which].oldest = k;
	l->age[which].newest = k;
}

static void
chunk_free(struct history *l, struct history_chunk *k)
{
	age_unlink(l, k);
	pool_put(l->pool, k, chunk_size(k->cap));
}

/* Takes a chunk away from its connection. */
static void
chunk_forget(struct history *l, struct history_chunk *k)
{
	struct conn *c = k->owner;
	struct history_chunk **at = &c->log_first, *before = NULL;

	while (*at != k) {
		before = *at;
		at = &(*at)->next;
	}
	*at = k->next;
	if (c->log_last == k)
		c->log_last = before;
	c->log_lost += k->n;
	l->lost += k->n;
	chunk_free(l, k);
}

static struct history_chunk *
chunk_new(struct history *l, unsigned cap)
{
	struct history_chunk *k = pool_get(l->pool, chunk_size(cap));
	int which = cap == HISTORY_LATER;

	if (!k && l->age[which].oldest) {
		chunk_forget(l, l->age[which].oldest);
		k = pool_get(l->pool, chunk_size(cap));
	}
	if (!k)
		return NULL;
	memset(k, 0, sizeof(*k));
	k->cap = (uint16_t)cap;
	age_append(l, k);
	return k;
}

void
history_add(struct history *l, struct conn *c, const struct segment *s)
{
	struct history_chunk *k = c->log_last;

	if (!k || k->n == k->cap) {
		struct history_chunk *fresh = chunk_new(l, k ? HISTORY_LATER : HISTORY_FIRST);

		if (!fresh) {
			c->log_lost++;
			l->lost++;
			c->log_next++;
			return;
		}
		fresh->owner = c;
		fresh->number = c->log_next;
		k = c->log_last; /* making room may have taken it */
		if (k)
			k->next = fresh;
		else
			c->log_first = fresh;
		c->log_last = fresh;
		k = fresh;
	}
	k->seg[k->n++] = *s;
	c->log_next++;
}

struct segment *
history_get(struct conn *c, uint32_t number)
{
	struct history_chunk *k = c->log_last;

	if (!k)
		return NULL;
	if (number < k->number)
		for (k = c->log_first; k && number >= k->number + k->n; k = k->next)
			;
	if (!k || number < k->number || number >= k->number + k->n)
		return NULL;
	return &k->seg[number - k->number];
}

void
history_drop_all(struct history *l, struct conn *c)
{
	while (c->log_first) {
		struct history_chunk *k = c->log_first;

		c->log_first = k->next;
		chunk_free(l, k);
	}
	c->log_last = NULL;
}

size_t
history_copy(const struct conn *c, uint64_t first, size_t n, uint32_t limit, struct segment *out,
	    uint64_t *total)
{
	uint64_t at = 0;
	size_t copied = 0;

	for (const struct history_chunk *k = c->log_first; k; k = k->next) {
		uint32_t have = k->number >= limit	  ? 0
				: limit - k->number < k->n ? limit - k->number
							   : k->n;

		if (at + have > first && copied < n) {
			uint32_t skip = first > at ? (uint32_t)(first - at) : 0;
			size_t take = have - skip < n - copied ? have - skip : n - copied;

			memcpy(out + copied, k->seg + skip, take * sizeof(*out));
			copied += take;
		}
		at += have;
	}
	*total = at;
	return copied;
}
