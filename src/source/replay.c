/* SPDX-License-Identifier: MIT */
/*
 * replay: converts between packet time and the monotonic clock, at a constant pace. The caller
 * supplies the clock and the lock.
 */
#include "config.h"

#include "source/replay.h"

#include "source/savefile.h"

/* d × factor, saturating with room left for additions. */
static nsec
scaled(nsec d, double factor)
{
	double v = (double)d * factor, limit = (double)(INT64_MAX / 4);

	return v > limit ? INT64_MAX / 4 : v < -limit ? -(INT64_MAX / 4) : (nsec)v;
}

/* a + b, saturating with room left for additions. */
static nsec
sum(nsec a, nsec b)
{
	nsec limit = FRAME_TIME_MAX, r;

	if (__builtin_add_overflow(a, b, &r))
		r = a < 0 ? -limit : limit;
	return nsec_max(-limit, nsec_min(r, limit));
}

nsec
replay_now(const struct replay *r, nsec clock)
{
	if (!r->anchored || r->speed == 0)
		return r->packet_time;
	return sum(r->packet_time, scaled(clock - r->clock, r->speed));
}

void
replay_begin(struct replay *r, nsec packet_time, nsec clock)
{
	if (r->anchored)
		return;
	r->anchored = true;
	r->packet_time = packet_time;
	r->clock = clock;
}

nsec
replay_delay(const struct replay *r, nsec packet_time, nsec clock)
{
	if (r->speed == 0)
		return 0;
	nsec ahead = sum(packet_time, -replay_now(r, clock));
	return ahead <= 0 ? 0 : scaled(ahead, 1 / r->speed);
}
