/* SPDX-License-Identifier: MIT */
/*
 * conn_table: PRIVATE to the core. Which connection a packet belongs to: an array of connections
 * with a fixed capacity, an index by hash, and per class a queue in order of age, from which room
 * is made.
 * Not locked: used under the engine's lock, but for the calls that say otherwise.
 */
#ifndef TCPLENS_CORE_FLOW_CONN_TABLE_H
#define TCPLENS_CORE_FLOW_CONN_TABLE_H

#include "core/flow/flow.h"

#define INDEX_PAGES 128 /* huge pages of the index at the largest capacity */

struct table {
	struct conn *conns;
	union halves *halves; /* [capacity], taken in any order */
	union halves *free_halves;
	uint32_t fresh_halves; /* [0, fresh_halves) were in use at least once */
	uint32_t capacity, fresh, n_free; /* slots; [0, fresh) were in use at least once */
	uint32_t *free;
	uint32_t used;
	struct slot {
		uint32_t tag, conn; /* high bits of the hash; slot number + 1, 0 empty */
	} *index;
	uint32_t mask;
	uint64_t seed;
	struct list {
		uint32_t first, last; /* oldest, newest */
		uint32_t n;
	} lists[CLASS_COUNT];
	uint64_t next_id;
	size_t conns_size, halves_size, free_size, index_size;
	size_t touched, touched_halves; /* bytes of conns and ends that have memory */
	uint32_t index_huge_from; /* connections */
	bool index_ready[INDEX_PAGES]; /* huge pages of the index that have memory */
};

bool table_init(struct table *t, uint32_t capacity, uint64_t seed);
void table_done(struct table *t);
/* Makes room for n more connections without page faults. Called unlocked, by the thread that adds
 * connections. */
void table_prepare(struct table *t, uint32_t n);

uint64_t table_hash(const struct table *t, const struct packet *p);
/* Asks for the index entry, and takes memory for it. Called unlocked, by the thread that adds
 * connections. */
void table_prefetch_index(struct table *t, uint64_t hash);
/* The following are called one after the other, some packets apart, because each needs what the one
 * before it asked for. The first returns the connection that the packet most probably belongs to,
 * without having read it; NULL: none, or the table is small enough for the caches. history:
 * segments are kept. */
const struct conn *table_prefetch_conn(const struct table *t, uint64_t hash, bool history);
void table_prefetch_halves(const struct conn *c, const struct packet *p);
void table_prefetch_queue(const struct conn *c, const struct packet *p);
/* For walks: the endpoints of `slot`, and the connection at `ahead`. */
void table_prefetch_whole(const struct table *t, uint32_t slot, uint32_t ahead);

/* The newest connection of the packet's tuple, or NULL. *from: the side that sent it. */
struct conn *table_find(const struct table *t, uint64_t hash, const struct packet *p,
			enum side *from);
/* A zeroed connection without endpoints, indexed in place of an older one of its tuple; NULL: no
 * slot is free (make room first), or the index is crowded there. */
struct conn *table_add(struct table *t, uint64_t hash, const struct packet *p, nsec now);
/* Zeroed endpoints, owned by the connection they are given to until table_remove(). */
struct half *table_halves(struct table *t);
/* The connection that had its tuple before, or NULL. */
struct conn *table_older(const struct table *t, const struct conn *c);
void table_remove(struct table *t, struct conn *c);
void table_class(struct table *t, struct conn *c, enum conn_class cls, nsec now);
/* Puts it at the young end of the queue of its class. */
void table_requeue(struct table *t, struct conn *c, nsec now);
struct conn *table_oldest(const struct table *t, enum conn_class cls);
struct conn *table_at(const struct table *t, struct connref ref);
bool table_same_end(const struct endpoint *e, const uint8_t addr[16], uint16_t port);

/* Index entries hold slot + 1, so that fresh zero pages are empty entries. */
static inline uint32_t
table_entry_slot(const struct slot *s)
{
	return s->conn - 1;
}

static inline uint32_t
table_hash_tag(uint64_t hash)
{
	return (uint32_t)(hash >> 32);
}

#endif
