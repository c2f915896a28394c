/* SPDX-License-Identifier: MIT */
/* emit: PRIVATE to the core. Segments and timers to the history and to the sink. */
#ifndef TCPLENS_CORE_SEGMENT_EMIT_H
#define TCPLENS_CORE_SEGMENT_EMIT_H

#include "core/segment/segment.h"

/* The segment goes to the history of c, and to the sink. */
void segment_record(struct seg *s, struct conn *c);
/* The kept segment was revised; final: nothing can change it any more. */
void segment_amend(struct core *core, struct conn *c, uint32_t log, bool final);
/* The roles of both ends were guessed wrongly: the kept segments change sides. */
void segments_turn(struct conn *c);
/* The roles are decided: what was pending for them alone is final. */
void segments_settle(struct core *core, struct conn *c);
/* Timers that changed go to the sink. */
void timers_emit(struct core *core, struct conn *c, nsec now);
/* Segment and timers, where anybody wants them. */
void segment_emit(struct seg *s);

#endif
