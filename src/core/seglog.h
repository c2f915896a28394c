/* SPDX-License-Identifier: MIT */
/*
 * seglog: PRIVATE to core. The remembered segments of connections, in chunks from one budget: a
 * small first chunk (the handshake), then larger ones. When the budget is used up the oldest later
 * chunk of all connections goes first, the beginnings last.
 */
#ifndef TCPLENS_SEGLOG_H
#define TCPLENS_SEGLOG_H

#include "core/conn.h"

#define SEGLOG_FIRST 6
#define SEGLOG_LATER 28

struct seglog_chunk {
	struct seglog_chunk *next;	   /* of the connection */
	struct seglog_chunk *older, *newer; /* of all chunks of its size, by age */
	struct conn *owner;
	uint32_t number; /* of seg[0] */
	uint16_t n, cap;
	struct segment seg[];
};

struct seglog {
	struct pool *pool;
	struct {
		struct seglog_chunk *oldest, *newest;
	} age[2]; /* [0] first chunks, [1] later ones */
	uint64_t lost;
};

bool seglog_init(struct seglog *l, size_t budget);
void seglog_done(struct seglog *l);
void seglog_add(struct seglog *l, struct conn *c, const struct segment *s);
void seglog_drop(struct seglog *l, struct conn *c);
/* Remembered segments [first, first + n) by place; only those numbered below `limit`. */
size_t seglog_copy(const struct conn *c, uint64_t first, size_t n, uint32_t limit,
		   struct segment *out, uint64_t *total);

#endif
