/* SPDX-License-Identifier: MIT */
/*
 * fail_alloc: for LD_PRELOAD: makes allocations fail. FAIL_AT=n: the n-th of the program that is
 * run, counted from 1; FAIL_FOR=m: m in a row (default: all from then on).
 */
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

static atomic_ulong count;
static unsigned long first, last; /* ordinals of those that fail; 0: none do */

__attribute__((constructor)) static void
configure(void)
{
	const char *at = getenv("FAIL_AT"), *for_so_many = getenv("FAIL_FOR");
	unsigned long begin = at ? strtoul(at, NULL, 10) : 0;

	last = for_so_many ? begin + strtoul(for_so_many, NULL, 10) - 1 : (unsigned long)-1;
	atomic_store(&count, 0);
	first = begin;
}

static int
fails(void)
{
	unsigned long n = atomic_fetch_add(&count, 1) + 1;

	if (first == 0 || n < first || n > last)
		return 0;
	errno = ENOMEM;
	return 1;
}

void *
malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t size)
{
	return fails() ? NULL : __libc_realloc(p, size);
}
