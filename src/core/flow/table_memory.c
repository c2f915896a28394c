/* SPDX-License-Identifier: MIT */
/*
 * table_memory: the memory of the table. All of it is reserved at once and given by the kernel when
 * it is touched: what fills from its beginning gets huge pages after its first few hundred KB.
 */
#define _GNU_SOURCE
#include "core/flow/pages.h"
#include "core/flow/conn_table.h"

#include <string.h>
#include <sys/mman.h>

#define INDEX_HUGE_FROM 32 /* connections per huge page of the index, from which it pays */

static void *
map(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* Memory in which a huge page begins `few` bytes (whole pages) behind the beginning. */
static void *
map_aligned(size_t size, size_t few)
{
	char *all = map(size + HUGE_PAGE);
	const size_t before = -((uintptr_t)all + few) % HUGE_PAGE;
	const size_t used = (size + PAGE - 1) / PAGE * PAGE;

	if (!all)
		return NULL;
	if (before > 0)
		munmap(all, before);
	munmap(all + before + used, HUGE_PAGE - before);
	return all + before;
}

/* Memory that fills from its beginning: huge pages after the first few hundred KB. */
static void *
map_growing(size_t size)
{
	char *p = map_aligned(size, PAGES_FEW);

	if (p && size > PAGES_FEW)
		madvise(p + PAGES_FEW, size - PAGES_FEW, MADV_HUGEPAGE);
	return p;
}

bool
table_init(struct table *t, uint32_t capacity, uint64_t seed)
{
	uint32_t entries = 16;

	memset(t, 0, sizeof(*t));
	while (entries < capacity * 2)
		entries *= 2;
	t->capacity = capacity;
	t->mask = entries - 1;
	t->seed = seed;
	t->next_id = 1;
	t->conns_size = (size_t)capacity * sizeof(*t->conns);
	t->halves_size = (size_t)capacity * sizeof(*t->halves);
	t->free_size = (size_t)capacity * sizeof(*t->free);
	t->index_size = (size_t)entries * sizeof(*t->index);
	t->index_huge_from = t->index_size < HUGE_PAGE
				     ? UINT32_MAX
				     : INDEX_HUGE_FROM * (uint32_t)(t->index_size >> HUGE_SHIFT);
	t->conns = map_growing(t->conns_size);
	t->halves = map_growing(t->halves_size);
	t->free = map(t->free_size);
	t->index = map_aligned(t->index_size, 0);
	for (int i = 0; i < CLASS_COUNT; i++)
		t->lists[i] = (struct list){NO_SLOT, NO_SLOT, 0};
	if (!t->conns || !t->halves || !t->free || !t->index) {
		table_done(t);
		return false;
	}
	return true;
}

/* The kernel clears memory at its first touch, a huge page at a time: better here than under the
 * lock. Slots from `fresh` on are touched only by the thread that adds connections. */
void
table_prepare(struct table *t, uint32_t n)
{
	size_t want = ((size_t)t->fresh + n) * sizeof(*t->conns);

	for (; t->touched < want && t->touched < t->conns_size; t->touched += PAGE)
		((volatile char *)t->conns)[t->touched] = 0;
	want = ((size_t)t->fresh_halves + n) * sizeof(*t->halves);
	for (; t->touched_halves < want && t->touched_halves < t->halves_size;
	     t->touched_halves += PAGE)
		((volatile char *)t->halves)[t->touched_halves] = 0;
}

void
table_done(struct table *t)
{
	if (t->conns)
		munmap(t->conns, t->conns_size);
	if (t->halves)
		munmap(t->halves, t->halves_size);
	if (t->free)
		munmap(t->free, t->free_size);
	if (t->index)
		munmap(t->index, t->index_size);
	memset(t, 0, sizeof(*t));
}
