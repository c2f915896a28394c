/* SPDX-License-Identifier: MIT */
/* txq: PRIVATE to core; see txq.c. */
#ifndef TCPLENS_TXQ_H
#define TCPLENS_TXQ_H

#include "core/conn.h"

void txq_init(struct txq *q);
void txq_release(struct pool *pool, struct txq *q);
size_t txq_lower(const struct txq *q, seqno seq);
const struct txrec *txq_find_acked(const struct txq *q, seqno seq);
/* A range behind the last, to be filled. */
struct txrec *txq_append(struct pool *pool, struct txq *q);
/* Makes `at` a boundary between ranges. */
void txq_split(struct pool *pool, struct txq *q, seqno at);
/* All that is in the queue of [seq, end) was sent once more. */
void txq_again(struct pool *pool, struct txq *q, seqno seq, seqno end, struct txlatest latest);
/* The first transmission of what is there comes now: what was known of it was a later one. */
void txq_overtaken(struct pool *pool, struct txq *q, const struct txrec *first);
/* The first range counts as sent at ts for the first time. */
void txq_restart(struct txq *q, nsec ts);
/* Bytes of [seq, end) that are in the queue. */
uint32_t txq_seen(const struct txq *q, seqno seq, seqno end);
void txq_fill(struct pool *pool, struct txq *q, const struct txrec *r);
void txq_ack(struct txq *q, seqno una);

#endif
