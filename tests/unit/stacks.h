/* SPDX-License-Identifier: MIT */
/*
 * stacks.h: one frame of every link type and encapsulation that is decoded, each around
 * plain_segment of frames.h.
 */
#ifndef TCPLENS_TEST_STACKS_H
#define TCPLENS_TEST_STACKS_H

#include "frames.h"

struct stack {
	const char *name;
	int linktype;
	int ip_version;
	int vlan;    /* of the segment, -1 none */
	bool scoped; /* has an identifier that tells connections apart */
	const char *recipe;
};

extern const struct stack stacks[];
extern const size_t n_stacks;

void stack_build(struct buf *b, const struct stack *s);

#endif
