/* SPDX-License-Identifier: MIT */
/*
 * pool: memory for what grows with trouble (sent ranges, cold parts, segment histories), within one
 * budget. Size classes of 2^n and 3·2^n bytes with free lists over large blocks: in steady state
 * nothing is requested from the system. Pieces of one class are never merged into another's.
 * Not locked: used under the engine's lock.
 */
#ifndef TCPLENS_CORE_FLOW_POOL_H
#define TCPLENS_CORE_FLOW_POOL_H

#include <stddef.h>

struct pool;
struct pool *pool_new(size_t budget); /* bytes; NULL: no memory */
void pool_free_all(struct pool *p);
/* Gets the next block from the system before it is needed, outside the lock. Only the thread that
 * calls pool_get() may call it. */
void pool_prepare(struct pool *p);
/* At least size bytes, not cleared; NULL: the budget is used up. size ≤ POOL_MAX_SIZE. */
void *pool_get(struct pool *p, size_t size);
void pool_put(struct pool *p, void *mem, size_t size); /* size as requested; mem may be NULL */
size_t pool_used(const struct pool *p);
size_t pool_budget(const struct pool *p);

#define POOL_MAX_SIZE ((size_t)1 << 18)

#endif
