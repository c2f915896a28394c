/* SPDX-License-Identifier: MIT */
/*
 * table: see table.h. Why an index of our own: the capacity is fixed, so open addressing with
 * 8-byte entries never resizes (a growing hash pauses for tens of milliseconds at a million
 * entries), and the index can be prefetched a batch ahead. The hash is keyed: tuples are chosen by
 * strangers.
 */
#define _GNU_SOURCE
#include "core/flow/table.h"

#include "core/flow/history.h"
#include "core/flow/pages.h"

#include <assert.h>
#include <string.h>
#include <linux/mman.h> /* MADV_COLLAPSE */
#include <sys/mman.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* A longer run of occupied entries than this is refused and counted, whoever made it. */
#define PROBE_MAX 256
#define INDEX_HUGE_FROM 32 /* connections for each huge page of the index */
#define CACHED	  512 /* connections that the processor's caches hold */
#define LINE	  ((size_t)64) /* of the processor's cache */
#define HALF_LINES (sizeof(struct half) / LINE)
#define HALF_SENT_LINES 2 /* those that any packet of its sender touches */
#define HALF_DATA_LINE	2 /* from here on what acknowledges its data touches it */

static void *
map(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* A huge page begins `few` bytes, whole pages, behind its beginning. */
static void *
map_aligned(size_t size, size_t few)
{
	char *all = map(size + HUGE_PAGE);
	const size_t before = -((uintptr_t)all + few) % HUGE_PAGE;
	const size_t used = (size + PAGE - 1) / PAGE * PAGE;

	if (!all)
		return NULL;
	if (before > 0)
		munmap(all, before);
	munmap(all + before + used, HUGE_PAGE - before);
	return all + before;
}

/* For what fills from its beginning. */
static void *
map_growing(size_t size)
{
	char *p = map_aligned(size, PAGES_FEW);

	if (p && size > PAGES_FEW)
		madvise(p + PAGES_FEW, size - PAGES_FEW, MADV_HUGEPAGE);
	return p;
}

_Static_assert(sizeof(struct half) % LINE == 0, "an end begins with a line of the cache");

bool
table_init(struct table *t, uint32_t capacity, uint64_t seed)
{
	uint32_t entries = 16;

	memset(t, 0, sizeof(*t));
	while (entries < capacity * 2)
		entries *= 2;
	t->capacity = capacity;
	t->mask = entries - 1;
	t->seed = seed;
	t->next_id = 1;
	t->conns_size = (size_t)capacity * sizeof(*t->conns);
	t->halves_size = (size_t)capacity * sizeof(*t->halves);
	t->free_size = (size_t)capacity * sizeof(*t->free);
	t->index_size = (size_t)entries * sizeof(*t->index);
	t->index_huge_from = t->index_size < HUGE_PAGE
				     ? UINT32_MAX
				     : INDEX_HUGE_FROM * (uint32_t)(t->index_size >> HUGE_SHIFT);
	t->conns = map_growing(t->conns_size);
	t->halves = map_growing(t->halves_size);
	t->free = map(t->free_size);
	t->index = map_aligned(t->index_size, 0);
	for (int i = 0; i < CLASS_COUNT; i++)
		t->lists[i] = (struct list){NO_SLOT, NO_SLOT, 0};
	if (!t->conns || !t->halves || !t->free || !t->index) {
		table_done(t);
		return false;
	}
	return true;
}

/* Memory that was never used is cleared by the kernel when it is touched, a huge page at a time:
 * better here than under the lock. Slots from `fresh` on belong to whoever adds connections. */
void
table_prepare(struct table *t, uint32_t n)
{
	size_t want = ((size_t)t->fresh + n) * sizeof(*t->conns);

	for (; t->touched < want && t->touched < t->conns_size; t->touched += PAGE)
		((volatile char *)t->conns)[t->touched] = 0;
	want = ((size_t)t->fresh_halves + n) * sizeof(*t->halves);
	for (; t->touched_halves < want && t->touched_halves < t->halves_size;
	     t->touched_halves += PAGE)
		((volatile char *)t->halves)[t->touched_halves] = 0;
}

void
table_done(struct table *t)
{
	if (t->conns)
		munmap(t->conns, t->conns_size);
	if (t->halves)
		munmap(t->halves, t->halves_size);
	if (t->free)
		munmap(t->free, t->free_size);
	if (t->index)
		munmap(t->index, t->index_size);
	memset(t, 0, sizeof(*t));
}

static bool
is_v4_mapped(const uint8_t addr[16])
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};

	return memcmp(addr, prefix, sizeof(prefix)) == 0;
}

/* The same for both directions: the (address, port) pairs are put in order together. */
static uint64_t
hash_v6(uint64_t seed, const struct packet *p)
{
	int order = memcmp(p->src, p->dst, 16);
	bool src_first = order < 0 || (order == 0 && p->sport <= p->dport);
	uint16_t ports[2] = {src_first ? p->sport : p->dport, src_first ? p->dport : p->sport};
	uint8_t key[36];

	memcpy(key, src_first ? p->src : p->dst, 16);
	memcpy(key + 16, src_first ? p->dst : p->src, 16);
	memcpy(key + 32, ports, 4);
	return XXH3_64bits_withSeed(key, sizeof(key), seed);
}

/* Only what differs, in whole words: stored in pieces and read at once it would wait. Which end
 * is the lower is chance, so no branch depends on it. */
static uint64_t
hash_v4(uint64_t seed, const struct packet *p)
{
	uint32_t src, dst;
	uint64_t a, b, key[2];

	memcpy(&src, p->src + 12, 4);
	memcpy(&dst, p->dst + 12, 4);
	a = (uint64_t)src << 16 | p->sport;
	b = (uint64_t)dst << 16 | p->dport;
	key[0] = b ^ ((a ^ b) & -(uint64_t)(a < b)); /* the lower */
	key[1] = a ^ b;
	return XXH3_64bits_withSeed(key, sizeof(key), seed);
}

uint64_t
table_hash(const struct table *t, const struct packet *p)
{
	if (is_v4_mapped(p->src) && is_v4_mapped(p->dst))
		return hash_v4(t->seed, p);
	return hash_v6(t->seed, p);
}

/* Entries hold slot + 1, so that fresh zero pages are empty ones. */
static inline uint32_t
entry_slot(const struct slot *s)
{
	return s->conn - 1;
}

static inline uint32_t
hash_tag(uint64_t hash)
{
	return (uint32_t)(hash >> 32);
}

/* Where in the index a connection goes is chance. A few touch a page each; once there are many each
 * huge page is asked for whole, with what stands in it. Without the calls (old kernels) memory is
 * cleared later, that is all. */
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

/* Lines [from, to) of what begins at p. The empty statement: else a compiler that sees the callers,
 * too, takes a function that only prefetches for one that does nothing, and leaves it out. */
static inline void
prefetch_lines(const void *p, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		__builtin_prefetch((const char *)p + i * LINE, 1);
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
		if (s->tag == hash_tag(hash)) {
			const struct conn *c = &t->conns[entry_slot(s)];

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

/* Whose data the packet carries or acknowledges. Who speaks and what is chance: here, and below, no
 * branch depends on it. */
static inline const struct half *
half_of_data(const struct conn *c, const struct packet *p)
{
	unsigned sender = c->end[CLIENT].port != p->sport, ack = p->payload_len == 0;

	return &c->half[sender ^ ack];
}

/* See struct half and struct conn for who touches what. */
void
table_prefetch_halves(const struct conn *c, const struct packet *p)
{
	unsigned sender;

	if (!c)
		return;
	if (is_opening_or_closing(c, p))
		prefetch_lines(c, 1, sizeof(*c) / LINE);
	if (!c->half)
		return;
	sender = c->end[CLIENT].port != p->sport;
	prefetch_lines(&c->half[sender], 0, HALF_SENT_LINES);
	prefetch_lines(&c->half[!sender], 0, 1);
	prefetch_lines(half_of_data(c, p), HALF_DATA_LINE, HALF_LINES);
}

/* Where the packet's range will be noted, or those are that it acknowledges. */
void
table_prefetch_queue(const struct conn *c, const struct packet *p)
{
	const struct sendq *q;

	if (!c || !c->half)
		return;
	q = &half_of_data(c, p)->sendq;
	prefetch_lines(&q->rec[q->head + q->len * (p->payload_len > 0)], 0, 2);
}

/* All of slot, once what stands at `ahead` is near. */
void
table_prefetch_whole(const struct table *t, uint32_t slot, uint32_t ahead)
{
	if (ahead < t->fresh)
		prefetch_lines(&t->conns[ahead], 0, sizeof(*t->conns) / LINE);
	if (slot < t->fresh && t->conns[slot].half)
		prefetch_lines(t->conns[slot].half, 0, 2 * HALF_LINES);
}

bool
table_same_end(const struct endpoint *e, const uint8_t addr[16], uint16_t port)
{
	return e->port == port && memcmp(e->addr, addr, 16) == 0;
}

/* A socket connected to itself has two equal ends: the sequence number tells who speaks. */
static enum side
self_side(const struct conn *c, const struct packet *p)
{
	uint32_t d[2];

	for (int i = 0; i < 2; i++) {
		int32_t away = (int32_t)(p->seq - c->half[i].seq.nxt);

		d[i] = half_has(&c->half[i], H_SEQ) ? (uint32_t)(away < 0 ? -away : away)
						    : UINT32_MAX;
	}
	return d[SERVER] < d[CLIENT] ? SERVER : CLIENT;
}

/* The packet goes from end s to the other. */
static inline bool
goes_from(const struct conn *c, enum side s, const struct packet *p)
{
	return table_same_end(&c->end[s], p->src, p->sport) &&
	       table_same_end(&c->end[!s], p->dst, p->dport);
}

/* Who speaks is chance: the port tells, without a branch, unless both ends have the same. */
static bool
conn_matches(const struct conn *c, const struct packet *p, enum side *from)
{
	if (UNLIKELY(p->sport == p->dport)) {
		bool forth = goes_from(c, CLIENT, p), back = goes_from(c, SERVER, p);

		*from = !forth ? SERVER : back && c->half ? self_side(c, p) : CLIENT;
		return forth || back;
	}
	*from = (enum side)(c->end[CLIENT].port != p->sport);
	return goes_from(c, *from, p);
}

struct conn *
table_find(const struct table *t, uint64_t hash, const struct packet *p, enum side *from)
{
	for (uint32_t i = 0; i < PROBE_MAX; i++) {
		const struct slot *s = &t->index[(hash + i) & t->mask];

		if (s->conn == 0)
			return NULL;
		if (s->tag == hash_tag(hash) && conn_matches(&t->conns[entry_slot(s)], p, from))
			return &t->conns[entry_slot(s)];
	}
	return NULL;
}

/* The index entry of a connection, if it is the instance indexed. */
static struct slot *
index_entry(const struct table *t, const struct conn *c)
{
	for (uint32_t i = 0; i < PROBE_MAX; i++) {
		struct slot *s = &t->index[(c->hash + i) & t->mask];

		if (s->conn == 0)
			return NULL;
		if (entry_slot(s) == c->slot)
			return s;
	}
	return NULL;
}

static bool
index_insert(struct table *t, uint64_t hash, uint32_t conn)
{
	for (uint32_t i = 0; i < PROBE_MAX; i++) {
		struct slot *s = &t->index[(hash + i) & t->mask];

		if (s->conn == 0) {
			*s = (struct slot){hash_tag(hash), conn + 1};
			return true;
		}
	}
	return false;
}

/* Backward-shift deletion: no tombstones, runs stay short. */
static void
index_delete(struct table *t, struct slot *gone)
{
	uint32_t hole = (uint32_t)(gone - t->index), at = hole;

	for (;;) {
		struct slot *s;
		uint32_t home;

		at = (at + 1) & t->mask;
		s = &t->index[at];
		if (s->conn == 0)
			break;
		home = t->conns[entry_slot(s)].hash & t->mask;
		if (((at - home) & t->mask) >= ((at - hole) & t->mask)) {
			t->index[hole] = *s;
			hole = at;
		}
	}
	t->index[hole].conn = 0;
}

static uint32_t
slot_take(struct table *t)
{
	if (t->n_free > 0)
		return t->free[--t->n_free];
	return t->fresh < t->capacity ? t->fresh++ : NO_SLOT;
}

static void
list_unlink(struct table *t, struct conn *c)
{
	struct list *l = &t->lists[c->cls];

	if (c->prev != NO_SLOT)
		t->conns[c->prev].next = c->next;
	else
		l->first = c->next;
	if (c->next != NO_SLOT)
		t->conns[c->next].prev = c->prev;
	else
		l->last = c->prev;
	l->n--;
}

static void
list_append(struct table *t, struct conn *c, enum conn_class cls, nsec now)
{
	struct list *l = &t->lists[cls];

	c->cls = cls;
	c->queued = now;
	c->prev = l->last;
	c->next = NO_SLOT;
	if (l->last != NO_SLOT)
		t->conns[l->last].next = c->slot;
	else
		l->first = c->slot;
	l->last = c->slot;
	l->n++;
}

/* There are as many as connections. */
struct half *
table_halves(struct table *t)
{
	union halves *ends = t->free_halves;

	if (!ends)
		return t->halves[t->fresh_halves++].half;
	t->free_halves = ends->next;
	memset(ends, 0, sizeof(*ends));
	return ends->half;
}

static void
halves_give(struct table *t, struct half *half)
{
	union halves *ends = (union halves *)half;

	if (!ends)
		return;
	ends->next = t->free_halves;
	t->free_halves = ends;
}

struct conn *
table_add(struct table *t, uint64_t hash, const struct packet *p, nsec now)
{
	enum side from;
	struct conn *old = table_find(t, hash, p, &from), *c;
	uint32_t fresh = t->fresh, slot = slot_take(t), gen;

	if (slot == NO_SLOT)
		return NULL;
	c = &t->conns[slot];
	gen = c->gen + 1;
	if (slot < fresh) /* fresh pages are empty as they are */
		memset(c, 0, sizeof(*c));
	c->slot = slot;
	c->gen = gen ? gen : 1;
	c->hash = (uint32_t)hash;
	c->older = NO_SLOT;
	if (old) {
		index_entry(t, old)->conn = slot + 1;
		c->older = old->slot;
	} else if (!index_insert(t, hash, slot)) {
		t->free[t->n_free++] = slot;
		return NULL;
	}
	c->id = t->next_id++;
	list_append(t, c, CLASS_OPENING, now);
	t->used++;
	return c;
}

/* Numbers grow: whoever came to that slot since has a higher one. */
struct conn *
table_older(const struct table *t, const struct conn *c)
{
	struct conn *old = c->older != NO_SLOT ? &t->conns[c->older] : NULL;

	return old && old->id != 0 && old->id < c->id ? old : NULL;
}

void
table_remove(struct table *t, struct conn *c)
{
	struct slot *s = index_entry(t, c);

	assert(c->id != 0);
	if (s) {
		struct conn *old = table_older(t, c);

		/* An older instance that is still kept answers for the tuple again. */
		if (old)
			s->conn = old->slot + 1;
		else
			index_delete(t, s);
	}
	list_unlink(t, c);
	halves_give(t, c->half);
	c->half = NULL;
	c->id = 0;
	c->gen++;
	t->free[t->n_free++] = c->slot;
	t->used--;
}

void
table_class(struct table *t, struct conn *c, enum conn_class cls, nsec now)
{
	if (c->cls == cls)
		return;
	list_unlink(t, c);
	list_append(t, c, cls, now);
}

void
table_requeue(struct table *t, struct conn *c, nsec now)
{
	enum conn_class cls = c->cls;

	list_unlink(t, c);
	list_append(t, c, cls, now);
}

struct conn *
table_oldest(const struct table *t, enum conn_class cls)
{
	uint32_t s = t->lists[cls].first;

	return s == NO_SLOT ? NULL : &t->conns[s];
}

struct conn *
table_at(const struct table *t, struct connref ref)
{
	struct conn *c;

	if (ref.gen == 0 || ref.slot >= t->fresh)
		return NULL;
	c = &t->conns[ref.slot];
	return c->id != 0 && c->gen == ref.gen ? c : NULL;
}
