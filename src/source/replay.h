/* SPDX-License-Identifier: MIT */
/*
 * replay: converts between packet time and the monotonic clock. Locks nothing. Private to this
 * layer.
 */
#ifndef TCPLENS_SOURCE_REPLAY_H
#define TCPLENS_SOURCE_REPLAY_H

#include "base/base.h"

struct replay {
	double speed; /* 1: the packets' own pace; 0: as fast as possible */
	bool anchored;
	nsec packet_time; /* reached when the monotonic clock showed `clock` */
	nsec clock;
};

/* The packet time that the replay has reached at `clock`. */
nsec replay_now(const struct replay *r, nsec clock);
/* Starts at the packet time; no effect if it has started. */
void replay_begin(struct replay *r, nsec packet_time, nsec clock);
/* How long until a packet of that time is due; 0: now. */
nsec replay_delay(const struct replay *r, nsec packet_time, nsec clock);

#endif
