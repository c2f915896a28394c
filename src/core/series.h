/* SPDX-License-Identifier: MIT */
/* series: PRIVATE to the core. Searches and series over the kept segments of one connection. */
#ifndef TCPLENS_CORE_SERIES_H
#define TCPLENS_CORE_SERIES_H

#include "core/flow/flow.h"

/* Looks at kept segments from *place on (forward) or before it, numbers below `limit` only, at most
 * `work` steps. true: done, and *place is the segment found or UINT64_MAX; false: go on from
 * *place. A step is a segment, or a chunk without any such
 * mark. */
bool find_segment(const struct conn *c, uint64_t *place, bool forward, uint32_t marks,
		  uint32_t limit, unsigned work);
/* Place of the first kept segment that is not before t, by bisection. */
uint64_t series_begin(const struct conn *c, nsec t, uint32_t limit);
/* Adds at most `work` segments from *place on to out[q->n]. true: done. */
bool series_add(const struct conn *c, uint64_t *place, const struct series_query *q,
		uint32_t limit, unsigned work, struct series_point *out);

#endif
