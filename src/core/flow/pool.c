/* SPDX-License-Identifier: MIT */
/* pool: see pool.h. Blocks are never given back before the end: the budget is a ceiling. */
#define _GNU_SOURCE
#include "core/flow/pool.h"

#include "core/flow/pages.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#define CLASS_COUNT 25 /* 64, 96, 128, 192 … 2^18 bytes */

struct free_piece {
	struct free_piece *next;
};

struct block {
	struct block *next;
	size_t size; /* with this */
};

struct pool {
	size_t budget, taken, used;
	unsigned char *at, *end; /* unused rest of the newest block */
	struct block *blocks;
	struct block *spare; /* ready for when the newest is full */
	struct free_piece *free[CLASS_COUNT];
};

struct pool *
pool_new(size_t budget)
{
	struct pool *p = calloc(1, sizeof(*p));

	if (p)
		p->budget = budget < HUGE_PAGE ? HUGE_PAGE : budget;
	return p;
}

void
pool_free_all(struct pool *p)
{
	while (p && p->blocks) {
		struct block *b = p->blocks;

		p->blocks = b->next;
		free(b);
	}
	if (p)
		free(p->spare);
	free(p);
}

static size_t
class_size(unsigned c)
{
	return (size_t)(c & 1 ? 96 : 64) << (c >> 1);
}

static unsigned
class_of(size_t size)
{
	unsigned c = 0;

	while (class_size(c) < size)
		c++;
	assert(c < CLASS_COUNT);
	return c;
}

/* 0: the budget is used up */
static size_t
next_size(const struct pool *p)
{
	const size_t left = (p->budget - p->taken) / PAGE * PAGE;

	if (p->taken == 0)
		return PAGES_FEW;
	return left < HUGE_PAGE ? left : HUGE_PAGE;
}

/* A block from the system. The kernel clears memory at the first touch: that happens here, except
 * for the first block, of which a small capture needs little. */
static struct block *
block_new(struct pool *p)
{
	const size_t size = next_size(p);
	struct block *b;

	if (size == 0)
		return NULL;
	b = aligned_alloc(size == HUGE_PAGE ? HUGE_PAGE : PAGE, size);
	if (!b)
		return NULL;
	if (size == HUGE_PAGE) {
		madvise(b, size, MADV_HUGEPAGE);
		for (size_t at = 0; at < size; at += PAGE)
			((volatile unsigned char *)b)[at] = 0;
	}
	b->size = size;
	p->taken += size;
	return b;
}

/* Called often: gets a spare block once half of the newest one is used. */
void
pool_prepare(struct pool *p)
{
	if (!p->spare && p->blocks && (size_t)(p->end - p->at) < p->blocks->size / 2)
		p->spare = block_new(p);
}

static bool
block_add(struct pool *p)
{
	struct block *b = p->spare ? p->spare : block_new(p);

	p->spare = NULL;
	if (!b)
		return false;
	b->next = p->blocks;
	p->blocks = b;
	p->at = (unsigned char *)b + 64;
	p->end = (unsigned char *)b + b->size;
	return true;
}

/* The rest of a block that is too small for the class requested goes to the smaller classes. */
static void
rest_share(struct pool *p)
{
	for (unsigned c = CLASS_COUNT; c-- > 0;)
		while ((size_t)(p->end - p->at) >= class_size(c)) {
			struct free_piece *f = (void *)p->at;

			f->next = p->free[c];
			p->free[c] = f;
			p->at += class_size(c);
		}
}

void *
pool_get(struct pool *p, size_t size)
{
	unsigned c = class_of(size);
	size_t room = class_size(c);
	struct free_piece *f = p->free[c];

	if (f) {
		p->free[c] = f->next;
	} else {
		while ((size_t)(p->end - p->at) < room) { /* the first is small */
			rest_share(p);
			if (!block_add(p))
				return NULL;
		}
		f = (void *)p->at;
		p->at += room;
	}
	p->used += room;
	return f;
}

void
pool_put(struct pool *p, void *mem, size_t size)
{
	unsigned c = class_of(size);
	struct free_piece *f = mem;

	if (!mem)
		return;
	assert(p->used >= class_size(c));
	f->next = p->free[c];
	p->free[c] = f;
	p->used -= class_size(c);
}

size_t
pool_used(const struct pool *p)
{
	return p->used;
}

size_t
pool_budget(const struct pool *p)
{
	return p->budget;
}
