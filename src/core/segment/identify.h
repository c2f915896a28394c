/* SPDX-License-Identifier: MIT */
/* identify: PRIVATE to the core. Which connection a packet belongs to. */
#ifndef TCPLENS_CORE_SEGMENT_IDENTIFY_H
#define TCPLENS_CORE_SEGMENT_IDENTIFY_H

#include "core/flow/flow.h"

/* The newest connection of the packet's tuple, with endpoints, or NULL. *from: who sent it. */
struct conn *identify_existing(struct core *core, const struct packet *p, uint64_t hash,
			       enum side *from);
/* The connection the packet belongs to, made if need be; found: what identify_existing() gave, with
 * its *from. NULL: it cannot be tracked. *fresh: this packet opened it. */
struct conn *identify(struct core *core, struct conn *found, const struct packet *p, uint64_t hash,
		      enum side *from, bool *fresh);
/* A new connection of nothing but this SYN, without endpoints; NULL: it cannot be tracked. */
struct conn *identify_lone_syn(struct core *core, const struct packet *p, uint64_t hash);

#endif
