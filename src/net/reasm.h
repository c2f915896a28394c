/* SPDX-License-Identifier: MIT */
/*
 * reasm.h: reassembly of IP fragments. Private to net; a struct reasm is part of a decoder.
 */
#ifndef TCPLENS_NET_REASM_H
#define TCPLENS_NET_REASM_H

#include "net/decode.h"

#define REASM_SETS   64
#define REASM_WAYS   4
#define REASM_MEMORY (8u << 20) /* bytes of incomplete datagrams */

struct datagram;

struct reasm {
	nsec now; /* time of the latest frame */
	struct datagram *slots; /* REASM_SETS × REASM_WAYS */
	size_t memory; /* in use */
	uint64_t lost; /* fragments of datagrams that were dropped */
	uint8_t *open; /* bytes of the latest complete datagram, which is being decoded */
};

struct fragment {
	uint32_t id;
	uint32_t offset; /* bytes */
	bool more;
	uint8_t protocol; /* of the whole datagram */
};

/* Returns false when there is no memory. */
bool reasm_init(struct reasm *r);
void reasm_free(struct reasm *r);
/* Fragments of datagrams that were dropped or have expired. */
uint64_t reasm_lost(const struct reasm *r);
/* Stores the fragment at the cursor. Returns true when its datagram is complete: the cursor is then
 * at the start of the datagram, whose bytes are valid until the next one is complete. Otherwise
 * *result is the result for the fragment. */
bool reasm_add(struct reasm *r, struct walk *w, const struct fragment *fr,
	       enum decode_result *result);

#endif
