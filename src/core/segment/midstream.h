/* SPDX-License-Identifier: MIT */
/* midstream: PRIVATE to the core. The first segments where the capture began in mid-stream. */
#ifndef TCPLENS_CORE_SEGMENT_MIDSTREAM_H
#define TCPLENS_CORE_SEGMENT_MIDSTREAM_H

#include "core/segment/segment.h"

/* Before anything is decided of s: takes its numbers for where its sender stands, if it is the
 * sender's first, and settles what the peer's first segments were. */
void midstream_begin(struct seg *s);

#endif
