/* SPDX-License-Identifier: MIT */
/*
 * history: PRIVATE to the core. The kept segments of connections, in chunks from one budget: a
 * small first chunk (the handshake), then larger ones that grow with the connection. When the
 * budget is used up the oldest later chunk of all connections is dropped, and beginnings last. So
 * what is kept of a connection is its beginning, possibly a gap, and its end.
 *
 * A segment has a number (0 for the connection's first, dropped ones included) and, among the kept
 * ones, a place. Both are found in O(log chunks), the newest at once.
 */
#ifndef TCPLENS_CORE_FLOW_HISTORY_H
#define TCPLENS_CORE_FLOW_HISTORY_H

#include "core/flow/flow.h"

#define HISTORY_FIRST 6 /* segments of the first chunk */

struct history_chunk {
	struct history_chunk *older, *newer; /* in the queue of all first or all later chunks */
	struct conn *owner;
	uint32_t size;	 /* bytes asked of the pool */
	uint32_t number; /* of seg[0] */
	uint32_t marks;	 /* segment_marks() that any of its segments has, or had */
	uint16_t n, cap;
	bool is_first;
	struct segment seg[];
};

/* The later chunks of a connection, oldest first. */
struct history_index {
	uint32_t head, n, cap; /* entries [head, head + n) */
	uint32_t made;	       /* chunks ever */
	struct history_entry {
		struct history_chunk *chunk;
		uint32_t number; /* of the chunk's first segment */
		uint32_t place;	 /* the same, before anything was dropped */
	} entries[];
};

struct history {
	struct pool *pool;
	struct history_queue {
		struct history_chunk *oldest, *newest;
	} first, later;
	uint64_t lost; /* segments dropped from all histories */
};

/* Some kept segments of a connection, in order. */
struct history_span {
	struct segment *seg; /* [n]; NULL: there is none at that place */
	uint32_t n;
	uint32_t marks; /* segment_marks() that any segment of its chunk may have */
};

bool history_init(struct history *l, size_t budget); /* bytes; false: no memory */
void history_done(struct history *l);
void history_add(struct history *l, struct conn *c, const struct segment *s);
/* The kept segment with that number, or NULL. */
struct segment *history_get(const struct conn *c, uint32_t number);
/* The segment with that number got findings: a search must not pass over it. */
void history_marks_changed(const struct conn *c, uint32_t number);
/* Drops all, as many chunks as there are. */
void history_drop_all(struct history *l, struct conn *c);
/* How many segments with numbers below `limit` are kept. */
uint64_t history_kept(const struct conn *c, uint32_t limit);
/* Place of the first kept segment that lies behind dropped ones; 0: none were dropped between. */
uint64_t history_gap(const struct conn *c);
/* The kept segments from a place to the end of its chunk. */
struct history_span history_at(const struct conn *c, uint64_t place);
/* How many kept segments lie before that place in its chunk. */
uint32_t history_before(const struct conn *c, uint64_t place);
/* Copies kept segments [first, first + n) by place, of numbers below `limit`; returns how many. */
size_t history_copy(const struct conn *c, uint64_t first, size_t n, uint32_t limit,
		    struct segment *out);

#endif
