/* SPDX-License-Identifier: MIT */
/*
 * truth: compares what the engine reported about a simulated run with what really happened. What
 * cannot be known at the capture point is left out; the rest is counted, and what must never be
 * wrong (counts, a needed retransmission called spurious, impossible sequences of states) is an
 * error.
 */
#ifndef TCPLENS_TESTS_TRUTH_H
#define TCPLENS_TESTS_TRUTH_H

#include "sim.h"

struct score {
	uint64_t asked, right;
};

struct scores {
	struct score label; /* of segments whose bytes were captured before, probes, keep-alives */
	struct score hole;    /* first transmission or not, where the bytes come late or again */
	struct score clean;   /* no finding on ordinary segments */
	struct score copy;    /* duplicates made by the network */
	struct score cause;   /* of retransmissions, captured at their sender */
	struct score cause_far; /* elsewhere */
	struct score needed;  /* where the engine decided */
	struct score state;   /* of both endpoints at the end */
	struct score timer;   /* a retransmission comes within the reported interval */
	uint64_t errors;
};

/* What the engine reported about a run, by frame. */
struct said {
	struct segment *seg; /* [frame - 1]; .frame 0: nothing */
	size_t size;
	struct timer_event timer[2]; /* as they stand */
	struct timer_event *before;  /* the sender's timer when the frame came */
	struct conn_detail conn;
	unsigned conns;
};

void truth_compare(const struct sim *s, const struct said *said, struct scores *out, bool verbose);

#endif
