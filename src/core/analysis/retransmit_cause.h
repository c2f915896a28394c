/* SPDX-License-Identifier: MIT */
/* retransmit_cause: PRIVATE to the core. Why bytes were sent again. */
#ifndef TCPLENS_CORE_ANALYSIS_RETRANSMIT_CAUSE_H
#define TCPLENS_CORE_ANALYSIS_RETRANSMIT_CAUSE_H

#include "core/segment/segment.h"

/* Decides s->cause, needed, pending, rexmit_*; changes nothing else. */
void retransmit_cause_decide(struct seg *s);
/* Before the sender's update, so that the timers still stand as they fired. */
void retransmit_record(struct seg *s);

#endif
