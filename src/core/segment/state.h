/* SPDX-License-Identifier: MIT */
/* state: PRIVATE to the core. RFC 9293 states, and how a connection ended. */
#ifndef TCPLENS_CORE_SEGMENT_STATE_H
#define TCPLENS_CORE_SEGMENT_STATE_H

#include "core/segment/segment.h"

void state_segment(struct seg *s);
/* The endpoint's state at `now`: some states pass with time alone. */
enum tcp_state state_now(const struct half *h, const struct conn *c, nsec now);
/* gives_up: timer_gives_up() of each endpoint. */
enum end_cause state_end_cause(const struct conn *c, const nsec gives_up[2], nsec now);
/* The row's word; cause: what state_end_cause() says. */
enum conn_state row_state(const struct conn *c, enum end_cause cause, const nsec gives_up[2],
			  nsec now);

#endif
