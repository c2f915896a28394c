/* SPDX-License-Identifier: MIT */
/* draw: numbers that look random and are the same in every run. */
#ifndef TCPLENS_TESTS_DRAW_H
#define TCPLENS_TESTS_DRAW_H

#include <stdint.h>

/* 0 … below − 1, at most 2^31 of them. */
static inline uint32_t
draw(uint32_t below)
{
	static uint64_t random = 88172645463325252u;

	random ^= random << 13;
	random ^= random >> 7;
	random ^= random << 17;
	return (uint32_t)(random >> 33) % below;
}

#endif
