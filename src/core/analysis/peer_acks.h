/* SPDX-License-Identifier: MIT */
/* peer_acks: PRIVATE to the core. What a sender of data had received when it sent a segment. */
#ifndef TCPLENS_CORE_ANALYSIS_PEER_ACKS_H
#define TCPLENS_CORE_ANALYSIS_PEER_ACKS_H

#include "core/flow/ledger.h"
#include "core/segment/segment.h"

/* Of a round trip: where a ring holds a round trip of too many ACKs, so many of them are told
 * apart. */
#define RING_STEPS (PEER_ACKS * 3 / 4)

/* x->ring is not NULL; s: an ACK of the peer; edge: right edge of the window it offers; rtt: what
 * the ring must last. */
void peer_acks_add(struct time_side *x, const struct seg *s, seqno edge, nsec rtt);
/* The ACK that came so many before the newest; age < r->n. */
const struct peer_ack *peer_acks_at(const struct ack_ring *r, unsigned age);
/* Age of the newest ACK that x had when it sent s; −1: none is kept. to_sender: least time between
 * capture and sender, one way. */
int peer_acks_known(const struct time_side *x, const struct seg *s, nsec to_sender);
/* Learns from a segment of x its time stamp clock, and the loop from an ACK to the segment that
 * echoes it. */
void peer_acks_learn(struct time_side *x, const struct seg *s);

#endif
