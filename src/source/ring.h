/* SPDX-License-Identifier: MIT */
/*
 * ring: the bytes of the latest live packets, in a fixed piece of memory. Private to this layer.
 */
#ifndef TCPLENS_SOURCE_RING_H
#define TCPLENS_SOURCE_RING_H

#include "net/net.h"

struct ring;

/* NULL: no memory. */
struct ring *ring_new(size_t size);
void ring_free(struct ring *r);
/* Stores the frame in place of the oldest ones; returns its reference, 0 if it is too large. */
uint64_t ring_add(struct ring *r, const struct frame *f);
/* As store_read(). Any thread. */
bool ring_read(struct ring *r, uint64_t ref, struct frame *f, uint8_t *buf, size_t size);

#endif
