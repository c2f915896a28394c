/* SPDX-License-Identifier: MIT */
/*
 * prefetch: asks for the cache lines that a packet will touch, some packets ahead. With many
 * connections a packet costs cache misses, not arithmetic. struct half and struct conn say which
 * line is touched by what.
 */
#define _GNU_SOURCE
#include "core/flow/history.h"
#include "core/flow/pages.h"
#include "core/flow/conn_table.h"

#include <linux/mman.h> /* MADV_COLLAPSE */
#include <sys/mman.h>

#define CACHED		512 /* connections that fit the processor's caches: nothing is far */
#define HALF_LINES	(sizeof(struct half) / CACHE_LINE)
#define HALF_SENT_LINES 2 /* lines that any packet of the sender touches */
#define HALF_DATA_LINE	2 /* from this line on: touched by what acknowledges its data */

/* Connections spread over the whole index. A few of them touch one small page each; once there are
 * many, each huge page is requested as a whole, keeping its contents. On kernels without these
 * calls the memory is cleared later, at the first touch. */
static void
index_page_take(struct table *t, size_t page)
{
	size_t at = page << HUGE_SHIFT, size = HUGE_PAGE;

	t->index_ready[page] = true;
	if (size > t->index_size - at)
		size = t->index_size - at;
	madvise((char *)t->index + at, size, MADV_HUGEPAGE);
#ifdef MADV_COLLAPSE
	if (size == HUGE_PAGE)
		madvise((char *)t->index + at, size, MADV_COLLAPSE);
#endif
#ifdef MADV_POPULATE_WRITE
	madvise((char *)t->index + at, size, MADV_POPULATE_WRITE);
#endif
}

void
table_prefetch_index(struct table *t, uint64_t hash)
{
	size_t entry = hash & t->mask, page = entry * sizeof(*t->index) >> HUGE_SHIFT;

	if (UNLIKELY(!t->index_ready[page]) && t->fresh >= t->index_huge_from)
		index_page_take(t, page);
	__builtin_prefetch(&t->index[entry]);
}

/* Lines [from, to) of what begins at p. The empty asm statement keeps a compiler that optimises
 * across functions from dropping the call as one without effect. */
static inline void
prefetch_lines(const void *p, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		__builtin_prefetch((const char *)p + i * CACHE_LINE, 1);
	__asm__ volatile("");
}

const struct conn *
table_prefetch_conn(const struct table *t, uint64_t hash, bool history)
{
	if (t->fresh < CACHED)
		return NULL;
	for (uint32_t i = 0; i < 4; i++) {
		const struct slot *s = &t->index[(hash + i) & t->mask];

		if (s->conn == 0)
			return NULL;
		if (s->tag == table_hash_tag(hash)) {
			const struct conn *c = &t->conns[table_entry_slot(s)];

			prefetch_lines(c, 0, history ? 2 : 1);
			return c;
		}
	}
	return NULL;
}

static bool
is_opening_or_closing(const struct conn *c, const struct packet *p)
{
	return (p->flags & (TH_SYN | TH_FIN | TH_RST)) || !(c->flags & C_HANDSHAKE_DONE);
}

/* The endpoint whose data the packet carries or acknowledges. The direction is unpredictable, so
 * this and what follows is branchless. */
static inline const struct half *
half_of_data(const struct conn *c, const struct packet *p)
{
	unsigned sender = c->end[CLIENT].port != p->sport, ack = p->payload_len == 0;

	return &c->half[sender ^ ack];
}

void
table_prefetch_halves(const struct conn *c, const struct packet *p)
{
	unsigned sender;

	if (!c)
		return;
	if (is_opening_or_closing(c, p))
		prefetch_lines(c, 1, sizeof(*c) / CACHE_LINE);
	if (!c->half)
		return;
	sender = c->end[CLIENT].port != p->sport;
	prefetch_lines(&c->half[sender], 0, HALF_SENT_LINES);
	prefetch_lines(&c->half[!sender], 0, 1);
	prefetch_lines(half_of_data(c, p), HALF_DATA_LINE, HALF_LINES);
	prefetch_lines(conn_time(c), 0, 1);
}

/* The sent range that the packet will add, or the first ones that it acknowledges. */
void
table_prefetch_queue(const struct conn *c, const struct packet *p)
{
	const struct sendq *q;

	if (!c || !c->half)
		return;
	q = &half_of_data(c, p)->sendq;
	prefetch_lines(&q->rec[q->head + q->len * (p->payload_len > 0)], 0, 2);
}

void
table_prefetch_whole(const struct table *t, uint32_t slot, uint32_t ahead)
{
	if (ahead < t->fresh)
		prefetch_lines(&t->conns[ahead], 0, sizeof(*t->conns) / CACHE_LINE);
	if (slot < t->fresh && t->conns[slot].half)
		prefetch_lines(t->conns[slot].half, 0, 2 * HALF_LINES);
}
