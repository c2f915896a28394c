/* SPDX-License-Identifier: MIT */
/* cold: PRIVATE to the core. The cold parts of connections and endpoints, made when needed. */
#ifndef TCPLENS_CORE_FLOW_COLD_H
#define TCPLENS_CORE_FLOW_COLD_H

#include "core/flow/flow.h"

/* The cold part, to be written to. Without memory: a scratch one, and what is written is lost. */
struct half_cold *cold_get(struct core *core, struct half *h);
struct conn_cold *conn_cold_get(struct core *core, struct conn *c);
/* The client and the server change places. */
void conn_cold_swap(struct core *core, struct conn *c);
/* c->cold->icmp, made if need be; NULL: no memory. */
struct icmp_log *icmp_log_get(struct core *core, struct conn *c);
/* Makes h->cold->retransmit_log. false: no memory. */
bool retransmit_log_get(struct core *core, struct half *h);
/* Room in a list that is full, where it may still grow and there is memory. */
void retransmit_log_grow(struct core *core, struct retransmit_log *t);
void retransmit_log_grow_holes(struct core *core, struct retransmit_log *t);
/* The latest retransmission of the byte at seq that is still kept, or NULL. */
struct retx *retransmission_latest(const struct half *h, seqno seq);
/* Counts the retransmissions whose need is still open into n_open. */
void retransmit_count_open(struct core *core, struct half *h);
/* Gives back the cold part of an endpoint. */
void cold_release(struct core *core, struct half *h);
void conn_cold_release(struct core *core, struct conn *c);

#endif
