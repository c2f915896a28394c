/* SPDX-License-Identifier: MIT */
/* window: PRIVATE to the core. The receive window that an endpoint announces. */
#ifndef TCPLENS_CORE_SEGMENT_WINDOW_H
#define TCPLENS_CORE_SEGMENT_WINDOW_H

#include "core/segment/segment.h"

/* Takes over the window of a segment that its sender announces. */
void window_sent(struct seg *s);
/* The segment, before it is applied, may have had to wait for a window too small to send into. */
void window_wait_watch(struct seg *s);
/* For how long the window of that end has been closed since it last closed, at `now` or when the
 * connection ended; 0: it is open. */
nsec window_closed_for(const struct conn *c, enum side s, nsec now);

#endif
