/* SPDX-License-Identifier: MIT */
/* process: PRIVATE to the core. One packet, from its connection to its place in the history. */
#ifndef TCPLENS_CORE_PROCESS_H
#define TCPLENS_CORE_PROCESS_H

#include "core/flow/flow.h"

/* hash: table_hash() of the packet. */
void process_packet(struct core *core, const struct packet *p, uint64_t hash);

#endif
