/* SPDX-License-Identifier: MIT */
/* receiver: PRIVATE to the core. What a segment's acknowledgement changes in its receiver. */
#ifndef TCPLENS_CORE_SEGMENT_RECEIVER_H
#define TCPLENS_CORE_SEGMENT_RECEIVER_H

#include "core/segment/segment.h"

/* Keeps the bytes [seq, end) of h as never captured, though h sent them. */
void hole_keep(struct seg *s, struct half *h, seqno seq, seqno end);
/* Drops that hole again, if it is the latest one. */
void hole_forget(struct half *h, seqno seq, seqno end);
void receiver_update(struct seg *s);

#endif
