/* SPDX-License-Identifier: MIT */
/* verdicts: PRIVATE to the core. Which verdicts hold of a connection at a moment. */
#ifndef TCPLENS_CORE_VERDICTS_H
#define TCPLENS_CORE_VERDICTS_H

#include "core/flow/flow.h"

/* Writes the verdicts that hold at `now`, most telling first, max at the most; returns how many it
 * wrote. *set: bit per enum verdict_code of all that hold. */
size_t verdicts_of(const struct core *core, const struct conn *c, nsec now, struct verdict *out,
		   size_t max, uint64_t *set);
/* verdicts_of() without its shortcut, for the tests to show that both find the same. */
size_t verdicts_of_all_rules(const struct core *core, const struct conn *c, nsec now,
			     struct verdict *out, size_t max, uint64_t *set);

/* Data and FINs of that end that were lost on their way, by where: before the capture point, or
 * behind it. Those since the peer was last heard are not known to be lost, and are not counted. */
void lost_segments(const struct conn *c, enum side s, uint32_t *before, uint32_t *behind);

#endif
