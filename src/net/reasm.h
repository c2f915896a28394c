/* SPDX-License-Identifier: MIT */
/*
 * reasm.h: datagrams being put together from fragments. Private to net; a struct reasm is part of
 * a decoder.
 */
#ifndef TCPLENS_NET_REASM_H
#define TCPLENS_NET_REASM_H

#include "net/decode.h"

#define REASM_SETS   64
#define REASM_WAYS   4
#define REASM_MEMORY (8u << 20) /* bytes of fragments kept */

struct datagram;

struct reasm {
	nsec now; /* time of the latest frame */
	struct datagram *slots; /* REASM_SETS × REASM_WAYS */
	size_t memory; /* in use */
	uint64_t lost; /* fragments dropped unfinished */
	uint8_t *open; /* the latest whole datagram, which the walk may still read */
};

struct fragment {
	uint32_t id;
	uint32_t offset; /* bytes */
	bool more;
	uint8_t protocol; /* of the whole datagram */
};

/* false: no memory. */
bool reasm_init(struct reasm *r);
void reasm_free(struct reasm *r);
/* Fragments dropped, and those that wait for longer than they may. */
uint64_t reasm_lost(const struct reasm *r);
/* Keeps the fragment under the cursor. True when it was the one missing: the cursor is then at the
 * start of the datagram, whose bytes live until the next one is whole. Otherwise *result says what
 * became of the fragment. */
bool reasm_add(struct reasm *r, struct walk *w, const struct fragment *fr,
	       enum decode_result *result);

#endif
