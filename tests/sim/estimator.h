/* SPDX-License-Identifier: MIT */
/*
 * estimator: round-trip time and retransmission time-out by RFC 6298 as Linux counts it, written
 * from the description alone, in floating point, to check the engine's integer arithmetic.
 */
#ifndef TCPLENS_TESTS_ESTIMATOR_H
#define TCPLENS_TESTS_ESTIMATOR_H

#include "base/base.h"

/* Milliseconds. */
struct estimator {
	double srtt, mdev, rttvar, mdev_max; /* mdev, rttvar, mdev_max: four times the deviation */
	int64_t window_end;		     /* the variance may shrink once this is acknowledged */
	unsigned samples;
};

#define ESTIMATOR_FLOOR 200.0 /* of four times the deviation */

static inline void
estimator_sample(struct estimator *r, nsec sample, int64_t una, int64_t nxt)
{
	double m = (double)sample / 1e6;

	if (r->samples++ == 0) {
		*r = (struct estimator){.srtt = m, .mdev = 2 * m, .window_end = nxt, .samples = 1};
		r->rttvar = r->mdev_max = r->mdev > ESTIMATOR_FLOOR ? r->mdev : ESTIMATOR_FLOOR;
		return;
	}
	double err = m - r->srtt, grow;
	r->srtt += err / 8;
	if (err < 0) {
		grow = -err - r->mdev / 4;
		if (grow > 0)
			grow /= 8;
	} else {
		grow = err - r->mdev / 4;
	}
	r->mdev += grow;
	if (r->mdev > r->mdev_max)
		r->mdev_max = r->mdev;
	if (r->mdev_max > r->rttvar)
		r->rttvar = r->mdev_max;
	if (una > r->window_end) {
		if (r->mdev_max < r->rttvar)
			r->rttvar -= (r->rttvar - r->mdev_max) / 4;
		r->window_end = nxt;
		r->mdev_max = ESTIMATOR_FLOOR;
	}
}

static inline nsec
estimator_rto(const struct estimator *r)
{
	double ms = r->samples > 0 ? r->srtt + r->rttvar : 1000;

	return (nsec)((ms > 120000 ? 120000 : ms) * 1e6);
}

#endif
