/* SPDX-License-Identifier: MIT */
/* syn_memory: which connection the latest SYNs belong to; a newer one may displace another. */
#include "core/flow/syn_memory.h"

#include <stdlib.h>
#include <string.h>

#define BITS 11

struct syn_memory {
	struct syn_kept {
		uint32_t key; /* 0: none */
		struct connref ref;
	} kept[1 << BITS];
};

struct syn_memory *
syn_memory_new(void)
{
	return calloc(1, sizeof(struct syn_memory));
}

void
syn_memory_free(struct syn_memory *m)
{
	free(m);
}

static uint32_t
syn_key(const uint8_t client[16], uint16_t port, seqno isn)
{
	uint64_t part[2];

	memcpy(part, client, sizeof(part));
	part[0] ^= part[1] * UINT64_C(0x9e3779b97f4a7c15) ^ ((uint64_t)isn << 16 | port);
	return (uint32_t)(part[0] * UINT64_C(0xd6e8feb86659fd93) >> 32) | 1;
}

void
syn_memory_add(struct syn_memory *m, const struct packet *syn, const struct conn *c)
{
	const uint32_t key = syn_key(syn->src, syn->sport, syn->seq);

	m->kept[key >> (32 - BITS)] = (struct syn_kept){key, {c->slot, c->gen}};
}

bool
syn_memory_find(const struct syn_memory *m, const struct packet *syn_ack, struct connref *out)
{
	const uint32_t key = syn_key(syn_ack->dst, syn_ack->dport, syn_ack->ack - 1);
	const struct syn_kept *k = &m->kept[key >> (32 - BITS)];

	*out = k->ref;
	return k->key == key;
}
