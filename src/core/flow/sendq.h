/* SPDX-License-Identifier: MIT */
/* sendq: PRIVATE to the core. The unacknowledged ranges of a sender; see sendq.c. */
#ifndef TCPLENS_CORE_FLOW_SENDQ_H
#define TCPLENS_CORE_FLOW_SENDQ_H

#include "core/flow/flow.h"

void sendq_init(struct sendq *q);
/* Gives back its memory. */
void sendq_release(struct pool *pool, struct sendq *q);
/* Range i, 0 the oldest unacknowledged; i < len. */
struct sent_range *sendq_at(const struct sendq *q, size_t i);
/* The range that holds seq, or NULL. */
struct sent_range *sendq_find(const struct sendq *q, seqno seq);
/* The latest transmission of r, which must be a range of q. */
struct last_sent sendq_last_sent(const struct sendq *q, const struct sent_range *r);
/* Index of the first range that ends after seq; len when there is none. */
size_t sendq_lower(const struct sendq *q, seqno seq);
/* An acknowledged range that can still be read and holds seq, newest first; or NULL. */
const struct sent_range *sendq_find_acked(const struct sendq *q, seqno seq);
/* A new last range, to be filled by the caller. */
struct sent_range *sendq_append(struct pool *pool, struct sendq *q);
/* Makes `at` a boundary between ranges. */
void sendq_split(struct pool *pool, struct sendq *q, seqno at);
/* The queued ranges of [seq, end) were sent once more. */
void sendq_again(struct pool *pool, struct sendq *q, seqno seq, seqno end, struct last_sent latest);
/* The first transmission of a queued range arrives now, overtaken by a later one that was known. */
void sendq_overtaken(struct pool *pool, struct sendq *q, const struct sent_range *first);
/* The first range counts as first sent at ts. */
void sendq_restart(struct sendq *q, nsec ts);
/* Bytes of [seq, end) that are in the queue. */
uint32_t sendq_seen(const struct sendq *q, seqno seq, seqno end);
/* Queues the parts of [r->seq, r->end) that are not queued yet, as copies of r. */
void sendq_fill(struct pool *pool, struct sendq *q, const struct sent_range *r);
/* Nothing is outstanding any more, though it was not acknowledged. */
void sendq_drop(struct sendq *q);
/* Moves SND.UNA: acknowledged ranges stay readable until their room is needed. */
void sendq_ack(struct sendq *q, seqno una);

#endif
