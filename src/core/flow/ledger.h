/* SPDX-License-Identifier: MIT */
/*
 * ledger: PRIVATE to the core. What analysis/time_ledger.c keeps of a connection that is more than
 * requests and answers, and its memory.
 */
#ifndef TCPLENS_CORE_FLOW_LEDGER_H
#define TCPLENS_CORE_FLOW_LEDGER_H

#include "core/flow/flow.h"

#define PEER_ACKS	32 /* powers of 2 */
#define PEER_ACKS_FIRST 8

/* See time_in_queue(). */
struct time_queue {
	nsec spent;
	nsec rtt_min, rtt_max;
};

/* What verdicts ask of the ledger beside the sums. */
struct time_waits {
	uint32_t n;	 /* waits for that application */
	uint32_t n_long; /* of at least 100 ms and four round trips */
};

/* An ACK of the peer, as the sender of data gets it. */
struct peer_ack {
	nsec t; /* captured */
	uint32_t tsval;
	seqno ack, edge; /* right edge of the window it offers */
	bool zero;	 /* its window is 0 */
};

struct ack_ring {
	uint8_t n, newest, cap; /* cap: PEER_ACKS_FIRST, or PEER_ACKS where these do not last */
	bool has_ts;
	nsec begun; /* when the newest entry was begun; later ACKs may have replaced it */
	struct peer_ack at[];
};

struct time_side {
	nsec prev;	  /* when it sent its latest payload; 0 none */
	seqno acked_then; /* its acknowledgement in that segment */
	uint8_t prev_class;
	bool prev_small; /* shorter than the MSS */
	struct ack_ring *ring; /* the peer's ACKs; NULL: sends no bulk, or no memory */
	/* Its time stamp clock: capture time minus TSval · tick, the least so far. */
	nsec clock_base, first_ts;
	uint32_t first_tsval, echoed; /* TSecr of its latest segment */
	bool has_clock;
	nsec left; /* when its latest payload left it, by its own clock where known */
	/* From the peer's ACK that a segment of it echoes to that segment, at the capture: the
	 * least, 0 unknown, and the latest. */
	nsec loop_min, loop;
};

struct time_ledger_full {
	nsec spent[TIME_CLASS_COUNT - TIME_COMPACT];
	struct time_side side[2];
	nsec delayed_ack;
	uint32_t delayed_ack_waits;
	uint8_t delayed_side; /* enum side whose small segments waited last */
	struct time_waits waits[3]; /* for the server, the client, the sender of bulk */
	struct time_queue queue;
	double rate_max;
};

/* l->full, made if need be; NULL: no memory. */
struct time_ledger_full *ledger_full_get(struct core *core, struct time_ledger *l);
/* x->ring, made if need be; NULL: no memory. */
struct ack_ring *ledger_ring_get(struct core *core, struct time_side *x);
/* Gives the ring its full capacity, where there is memory. */
void ledger_ring_grow(struct core *core, struct time_side *x);
void ledger_release(struct core *core, struct conn *c);
/* The roles of the connection's endpoints are swapped. */
void ledger_swap(struct conn *c);

#endif
