/* SPDX-License-Identifier: MIT */
/* receiver: PRIVATE to the core. What a segment's acknowledgement changes in its receiver. */
#ifndef TCPLENS_CORE_SEGMENT_RECEIVER_H
#define TCPLENS_CORE_SEGMENT_RECEIVER_H

#include "core/segment/segment.h"

void receiver_update(struct seg *s);

#endif
