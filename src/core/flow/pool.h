/* SPDX-License-Identifier: MIT */
/*
 * pool: memory for what grows with trouble (unacknowledged ranges, segment histories), within one
 * budget. Classes of 2^n and 3·2^n bytes on free lists over large blocks: in steady state nothing
 * is asked of the system, and freed room is used again by whoever needs that size.
 * Not locked: belongs to the engine and is used under its lock.
 */
#ifndef TCPLENS_CORE_FLOW_POOL_H
#define TCPLENS_CORE_FLOW_POOL_H

#include <stddef.h>

struct pool;
struct pool *pool_new(size_t budget); /* bytes; NULL: no memory */
void pool_free_all(struct pool *p);
/* Has the next block ready: what the system takes its time for happens before the lock. Only the
 * thread that gets memory may call it. */
void pool_prepare(struct pool *p);
/* At least size bytes, not cleared; NULL: the budget is used up. size ≤ POOL_MAX_SIZE. */
void *pool_get(struct pool *p, size_t size);
void pool_put(struct pool *p, void *mem, size_t size); /* size as asked for; mem NULL: nothing */
size_t pool_used(const struct pool *p);

#define POOL_MAX_SIZE ((size_t)1 << 18)

#endif
