/* SPDX-License-Identifier: MIT */
/* lone_syn: PRIVATE to the core. Connections of a single SYN. */
#ifndef TCPLENS_CORE_SEGMENT_LONE_SYN_H
#define TCPLENS_CORE_SEGMENT_LONE_SYN_H

#include "core/flow/flow.h"

/* Whether the packet is ordinary enough to be kept as a struct lone_syn. */
bool is_lone_syn(const struct packet *p);
void lone_syn_keep(struct conn *c, const struct packet *p);
/* Gives the connection its endpoints: zeroed ones, owned by it from then on. */
void lone_syn_expand(struct conn *c, struct half half[2]);
/* The connection itself, or as it would be with endpoints, in room. */
const struct conn *conn_expand(const struct conn *c, struct conn_expanded *room);

#endif
