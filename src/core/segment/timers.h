/* SPDX-License-Identifier: MIT */
/* timers: PRIVATE to the core. Which retransmission timer a sender runs; see timers.c. */
#ifndef TCPLENS_CORE_SEGMENT_TIMERS_H
#define TCPLENS_CORE_SEGMENT_TIMERS_H

#include "core/segment/segment.h"

/* was_idle: nothing was outstanding before the segment. */
void timer_sent(struct seg *s, bool was_idle);
void timer_acked(struct seg *s, seqno una_before);
void timer_stop(struct half *h);
void timer_syn_sent(struct half *h, nsec now);
/* After a challenge ACK Linux repeats its SYN almost at once. */
void timer_syn_at_once(struct half *h, nsec now);
/* Whether the running timer has come due by now, within what the capture can tell. */
bool timer_fired(const struct conn *c, enum side s, nsec now);
void timer_facts_fill(const struct conn *c, enum side s, unsigned hz, struct timer_facts *out);
/* When the sender of unanswered SYNs or data gives up; NSEC_NEVER unknown. */
nsec timer_gives_up(const struct conn *c, enum side s);
/* Nominal moment of the next attempt; NSEC_NEVER: none runs, unknown, or none will follow. */
nsec timer_due(const struct conn *c, enum side s);
/* How often that end has sent its oldest unacknowledged bytes again since its peer was heard. */
unsigned repeats_unanswered(const struct conn *c, enum side s);

#endif
