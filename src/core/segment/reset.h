/* SPDX-License-Identifier: MIT */
/* reset: PRIVATE to the core. Resets: whether they count, what they answer and what they end. */
#ifndef TCPLENS_CORE_SEGMENT_RESET_H
#define TCPLENS_CORE_SEGMENT_RESET_H

#include "core/segment/segment.h"

/* Whether the receiver accepts this reset (RFC 9293 3.10.7.4, RFC 5961 3.2). */
bool reset_valid(const struct seg *s);
/* Records a reset and what stood before it; s->rst_valid is decided, nothing else is changed yet.
 */
void reset_examine(struct seg *s);
/* Ends the connection where the reset counts. */
void reset_apply(struct seg *s);
/* Takes an earlier reset back where its receiver, or its supposed sender, goes on. */
void reset_disprove(struct seg *s);

#endif
