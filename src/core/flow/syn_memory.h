/* SPDX-License-Identifier: MIT */
/*
 * syn_memory: PRIVATE to the core. Which connection the latest SYNs belong to, by client and
 * number: for answers that come from another address or port than the one that was asked.
 */
#ifndef TCPLENS_CORE_FLOW_SYN_MEMORY_H
#define TCPLENS_CORE_FLOW_SYN_MEMORY_H

#include "core/flow/flow.h"

struct syn_memory;

/* NULL: no memory. */
struct syn_memory *syn_memory_new(void);
void syn_memory_free(struct syn_memory *m);
/* A SYN without ACK that opens a connection. */
void syn_memory_add(struct syn_memory *m, const struct packet *syn, const struct conn *c);
/* The connection whose SYN this SYN-ACK acknowledges, perhaps: to be checked. false: none. */
bool syn_memory_find(const struct syn_memory *m, const struct packet *syn_ack, struct connref *out);

#endif
