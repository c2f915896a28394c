/* SPDX-License-Identifier: MIT */
/* capture_gap: PRIVATE to the core. Gaps of the capture that are wider than any window. */
#ifndef TCPLENS_CORE_SEGMENT_CAPTURE_GAP_H
#define TCPLENS_CORE_SEGMENT_CAPTURE_GAP_H

#include "core/segment/segment.h"

/* Whether the receiver will answer the segment and otherwise ignore it (RFC 9293 3.10.7.4): its
 * numbers do not fit the connection, and no gap of the capture explains them. */
bool segment_is_odd(const struct seg *s);
/* Resumes tracking behind a gap: where a number of the segment lies far ahead, the sequence space
 * moves there. Takes an earlier resumption back when this segment disproves it. */
void capture_gap_cross(struct seg *s);

#endif
