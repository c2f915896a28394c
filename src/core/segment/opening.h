/* SPDX-License-Identifier: MIT */
/* opening: PRIVATE to the core. What is noted of how a connection begins. */
#ifndef TCPLENS_CORE_SEGMENT_OPENING_H
#define TCPLENS_CORE_SEGMENT_OPENING_H

#include "core/segment/segment.h"

/* The segment is decided, and changes nothing yet. hash: table_hash() of its packet. */
void opening_watch(struct seg *s, uint64_t hash);
/* The segment was applied: a reset may have ended an older connection of its ports. */
void opening_over_older(struct seg *s, uint64_t hash);

#endif
