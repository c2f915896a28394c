/* SPDX-License-Identifier: MIT */
/*
 * backoff: PRIVATE to the core. The ladder of attempts that a sender's timer makes, and what the
 * measured intervals teach of that timer.
 */
#ifndef TCPLENS_CORE_SEGMENT_BACKOFF_H
#define TCPLENS_CORE_SEGMENT_BACKOFF_H

#include "core/segment/segment.h"

/* Extends the ladder by the repetition s, and learns from it: the base of the time-out, its upper
 * limit, whether it doubles at all. Sets the sender's back-off. Before the timer is armed anew. */
void backoff_attempt(struct seg *s);
/* The same for a window probe or a keep-alive; n: its ordinal since the ladder began, from 1. */
void backoff_probe(struct seg *s, unsigned n);
/* What the ladder of h repeats is answered: it ends. */
void backoff_answered(struct core *core, struct half *h);
/* The ladder that is being climbed, NULL: none. */
const struct ladder *backoff_ladder(const struct half *h);
/* Interval i of a ladder, ns; i < n. */
nsec ladder_gap(const struct ladder *l, size_t i);
/* Whether a measured interval may be one of that nominal length, which timers exceed a little. */
bool gap_is_about(nsec gap, nsec nominal);
/* The next interval of a SYN ladder, nominal, ns; l NULL: nothing was repeated yet. *slack: how
 * much longer it is if the ladder doubles, where both kinds are still possible. */
nsec syn_next_gap(const struct ladder *l, nsec *slack);
/* When a sender gives up unanswered data or SYNs, by its rules and its measured ladder, nominal;
 * NSEC_NEVER: unknown. */
nsec backoff_gives_up(const struct half *h);
nsec syn_gives_up(const struct half *h);
/* The ladder as the sender's timer would have it, interval by interval, 0 where an attempt was not
 * made by a timer; returns how many. *stack: N_() whose intervals these are, or NULL. */
size_t ladder_expected(const struct ladder *l, nsec out[LADDER_MAX], const char **stack);

#endif
