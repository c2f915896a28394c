/* SPDX-License-Identifier: MIT */
/* retransmit_needed: PRIVATE to the core. Whether a retransmission was needed. */
#ifndef TCPLENS_CORE_ANALYSIS_RETRANSMIT_NEEDED_H
#define TCPLENS_CORE_ANALYSIS_RETRANSMIT_NEEDED_H

#include "core/segment/segment.h"

/* What this ACK, which moved the receiver's una from una_before, proves of earlier ones. */
void retransmit_needed_update(struct seg *s, seqno una_before);
/* The network made a copy of this segment. */
void retransmit_copied(const struct seg *s);
/* Counts a retransmission among those for losses, or takes it out, when its need changes. before:
 * its original was lost before the capture point. One that is new was NEEDED_NO before. */
void lost_count(struct half_cold *r, uint8_t cause, bool before, uint8_t needed,
		uint8_t needed_before);
/* Nothing more will come: decides what is still open. */
void retransmit_needed_close(struct core *core, struct conn *c);

#endif
