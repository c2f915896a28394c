/* SPDX-License-Identifier: MIT */
/*
 * lateness: Linux keeps its timers in a wheel of levels, each of which is eight times coarser than
 * the one below (kernel/time/timer.c). A timer fires at the next slot of its level, never early.
 */
#include "core/segment/lateness.h"

/* A level has 64 slots and ends one short of them (LVL_START). */
nsec
timer_lateness(unsigned hz, nsec timeout)
{
	nsec jiffy = hz ? NSEC_PER_SEC / hz : 4 * NSEC_PER_MS, gran = jiffy, level = 63 * jiffy;

	while (timeout >= level && level < INT64_MAX / 16) {
		gran *= 8;
		level *= 8;
	}
	return gran + jiffy;
}
