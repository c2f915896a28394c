/* SPDX-License-Identifier: MIT */
/*
 * conn_table: see conn_table.h. Why the index is our own: the capacity is fixed, so open
 * addressing with 8-byte entries never resizes (a growing hash table pauses for tens of
 * milliseconds at a million entries), and the index can be prefetched a batch ahead. The hash is
 * keyed, because attackers choose tuples.
 */
#include "core/flow/conn_table.h"

#include <assert.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* A longer run of occupied entries than this is refused and counted, whoever made it. */
#define PROBE_MAX 256

static bool
is_v4_mapped(const uint8_t addr[16])
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};

	return memcmp(addr, prefix, sizeof(prefix)) == 0;
}

/* The same hash for both directions: the lower (address, port) pair comes first. */
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

/* Hashes only the bytes that differ between IPv4 tuples, as whole words, because a load that spans
 * recent smaller stores stalls. The direction is unpredictable, so the ordering is branchless. */
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

bool
table_same_end(const struct endpoint *e, const uint8_t addr[16], uint16_t port)
{
	return e->port == port && memcmp(e->addr, addr, 16) == 0;
}

/* A socket connected to itself has two equal endpoints: the sequence number tells the sender. */
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

/* Whether the packet goes from endpoint s to the other one. */
static inline bool
goes_from(const struct conn *c, enum side s, const struct packet *p)
{
	return table_same_end(&c->end[s], p->src, p->sport) &&
	       table_same_end(&c->end[!s], p->dst, p->dport);
}

/* The direction is unpredictable, so the sender is told by its port without a branch, unless both
 * endpoints have the same port. */
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
		if (s->tag == table_hash_tag(hash) &&
		    conn_matches(&t->conns[table_entry_slot(s)], p, from))
			return &t->conns[table_entry_slot(s)];
	}
	return NULL;
}

/* The index entry of a connection; NULL where a newer connection of its tuple is indexed. */
static struct slot *
index_entry(const struct table *t, const struct conn *c)
{
	for (uint32_t i = 0; i < PROBE_MAX; i++) {
		struct slot *s = &t->index[(c->hash + i) & t->mask];

		if (s->conn == 0)
			return NULL;
		if (table_entry_slot(s) == c->slot)
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
			*s = (struct slot){table_hash_tag(hash), conn + 1};
			return true;
		}
	}
	return false;
}

/* Backward-shift deletion: without tombstones, runs stay short. */
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
		home = t->conns[table_entry_slot(s)].hash & t->mask;
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

	assert(c->cls < CLASS_COUNT && l->n > 0);
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

	assert(cls < CLASS_COUNT && l->n < t->capacity);
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

/* There are as many as slots, so one is always left. */
struct half *
table_halves(struct table *t)
{
	union halves *halves = t->free_halves;

	if (!halves) {
		assert(t->fresh_halves < t->capacity);
		return t->halves[t->fresh_halves++].half;
	}
	t->free_halves = halves->next;
	memset(halves, 0, sizeof(*halves));
	return halves->half;
}

static void
halves_give(struct table *t, struct half *half)
{
	union halves *halves = (union halves *)half;

	if (!halves)
		return;
	halves->next = t->free_halves;
	t->free_halves = halves;
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
	assert(c->id == 0);
	if (slot < fresh) /* fresh pages are zero already */
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

/* Ids only grow: a connection that took over the slot since has a higher one. */
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

	assert(c->id != 0 && t->used > 0 && t->n_free < t->capacity);
	if (s) {
		struct conn *old = table_older(t, c);

		/* An older connection of the tuple that is still there is indexed again. */
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
