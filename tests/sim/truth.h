/* SPDX-License-Identifier: MIT */
/*
 * truth: compares what the engine said of a simulated run with what really happened. What a
 * capture point cannot know is not asked; what it can is counted, and what must never be wrong
 * (counts, "spurious" said of what was needed, states that cannot follow) is an error at once.
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
	struct score clean;   /* nothing said of segments that are nothing */
	struct score copy;    /* the network's copies */
	struct score cause;   /* of retransmissions, captured at their sender */
	struct score cause_far; /* elsewhere */
	struct score needed;  /* where the engine ventured an answer */
	struct score state;   /* of both ends at the end */
	struct score timer;   /* a retransmission comes when it was announced */
	uint64_t errors;
};

/* What the engine said of a run, by frame. */
struct said {
	struct segment *seg; /* [frame - 1]; .frame 0: nothing */
	size_t size;
	struct timer_event timer[2]; /* as they stand */
	struct timer_event *before;  /* of the sender, when the frame came */
	struct conn_detail conn;
	unsigned conns;
};

void truth_compare(const struct sim *s, const struct said *said, struct scores *out, bool verbose);

#endif
