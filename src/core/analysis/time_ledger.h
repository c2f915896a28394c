/* SPDX-License-Identifier: MIT */
/* time_ledger: PRIVATE to the core. Where a connection's time goes; see time_ledger.c. */
#ifndef TCPLENS_CORE_ANALYSIS_TIME_LEDGER_H
#define TCPLENS_CORE_ANALYSIS_TIME_LEDGER_H

#include "core/flow/ledger.h"
#include "core/segment/segment.h"

/* Charges the time before the segment, after everything else was updated. */
void time_ledger_segment(struct seg *s);
/* The sums, with the time since the latest charge as it would be charged if it ended now. */
void time_facts_fill(const struct conn *c, struct time_facts *out);
/* cls: TIME_SERVER, TIME_CLIENT or TIME_SENDER_APPLICATION. */
struct time_waits time_waits_of(const struct conn *c, enum time_class cls);
/* The time in which a queue on the path made round trips at least four times the shortest one and
 * longer than 100 ms, while data flowed at about the path's rate. */
struct time_queue time_in_queue(const struct conn *c);

#endif
