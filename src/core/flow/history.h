/* SPDX-License-Identifier: MIT */
/*
 * seglog: PRIVATE to the core. The kept segments of connections, in chunks from one budget: a
 * small first chunk (the handshake), then larger ones. When the budget is used up the oldest later
 * chunk of all connections goes first, the beginnings last.
 */
#ifndef TCPLENS_CORE_FLOW_HISTORY_H
#define TCPLENS_CORE_FLOW_HISTORY_H

#include "core/flow/flow.h"

#define HISTORY_FIRST 6
#define HISTORY_LATER 28

struct history_chunk {
	struct history_chunk *next;	   /* of the connection */
	struct history_chunk *older, *newer; /* of all chunks of its size, by age */
	struct conn *owner;
	uint32_t number; /* of seg[0] */
	uint16_t n, cap;
	struct segment seg[];
};

struct history {
	struct pool *pool;
	struct {
		struct history_chunk *oldest, *newest;
	} age[2]; /* [0] first chunks, [1] later ones */
	uint64_t lost;
};

bool history_init(struct history *l, size_t budget);
void history_done(struct history *l);
void history_add(struct history *l, struct conn *c, const struct segment *s);
/* The kept segment with that number, or NULL. */
struct segment *history_get(struct conn *c, uint32_t number);
void history_drop_all(struct history *l, struct conn *c);
/* Remembered segments [first, first + n) by place; only those numbered below `limit`. */
size_t history_copy(const struct conn *c, uint64_t first, size_t n, uint32_t limit,
		   struct segment *out, uint64_t *total);

#endif
