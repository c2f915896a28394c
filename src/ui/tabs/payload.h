/* SPDX-License-Identifier: MIT */
/*
 * payload: where the payload of a connection is to be found, each byte once: an index of pieces of
 * segments for each side, in the order of sequence numbers. The first transmission of a byte counts
 * (RFC 9293 3.4); bytes that no segment carried are gaps. It holds no bytes.
 */
#ifndef TCPLENS_UI_PAYLOAD_H
#define TCPLENS_UI_PAYLOAD_H

#include "core/facts.h"

#define PAYLOAD_PIECES_MAX 65536 /* of one side */

/* Bytes that one segment was the first to carry. */
struct piece {
	int64_t seq;    /* of the first byte, relative */
	uint64_t place; /* the segment's number in the connection */
	uint64_t ref;   /* packet store */
	uint32_t skip;  /* bytes of the segment's payload before the piece */
	uint32_t len;
	uint8_t from; /* enum side */
};

/* Zeroed at the beginning. */
struct payload {
	struct payload_side {
		struct piece *items; /* by sequence number, without overlap */
		size_t n, size;
		int64_t base; /* of the first byte, when a SYN was seen */
		bool based;
	} side[2];
	bool full; /* a segment was left out, because of PAYLOAD_PIECES_MAX */
};

/* Adds what a segment carries first; segments come in the order of capture. Returns whether a piece
 * has come before another one of its side, so that a walk that has begun is to begin again. */
bool payload_add(struct payload *p, const struct segment *s, uint64_t place);
/* Frees its memory and makes it empty. */
void payload_clear(struct payload *p);

/* A walk through the pieces of one side or of both, zeroed at the beginning. A piece comes when all
 * captured bytes before it have come. */
struct payload_walk {
	size_t at[2]; /* the next piece of each side */
};

/* The next piece, or NULL at the present end. sides: 1 << side, or both of them. *gap: how many
 * bytes are missing between it and the piece of its side before, or after the SYN. */
const struct piece *payload_next(const struct payload *p, struct payload_walk *w, unsigned sides,
				 uint64_t *gap);

#endif
