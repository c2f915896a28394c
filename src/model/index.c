/* SPDX-License-Identifier: MIT */
/*
 * index: the filtered, sorted list of connections. A new list is built beside the one that is
 * shown, in small pieces: the table is scanned in slices, runs are sorted, runs are merged. So no
 * key press ever waits for a million rows. What a rescan cost decides how soon the next one may
 * begin. Used by one thread, that of the screens; the engine locks itself.
 */
#include "model/model.h"

#include "model/model_private.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SLICE       1024         /* items per scan call, per sorted run and per piece of a merge */
#define REST_FACTOR 10           /* rest after a rescan: so many times what it cost */
#define TIME_PERIOD NSEC_PER_SEC /* filters that depend on the time are evaluated again */
#define NEW_ROWS    (INT64_C(1) << 62) /* held order: keys of rows that were not there before */
#define NO_ROW      UINT32_MAX

enum phase { PHASE_REST, PHASE_SCAN, PHASE_RUNS, PHASE_MERGE };

struct items {
	struct scan_item *at;
	size_t n, capacity;
};

struct index {
	struct engine *engine;
	struct filter *filter; /* owned; NULL everything */
	const struct column *sort;
	bool reverse, hold, hide_closed;

	struct items rows;  /* what is shown */
	struct items build; /* what will be */
	struct items spare; /* merged into */
	enum phase phase;
	bool dirty;              /* the question changed: ask again at once */
	uint32_t cursor;         /* of the scan */
	size_t done;             /* items sorted into runs */
	size_t width;            /* of the runs being merged */
	size_t left, right, out; /* next items of the two runs, and where they go */
	size_t pair;             /* where the two runs begin */
	struct filter_query query;
	uint64_t change; /* of the engine, when the scan began */
	nsec cost;       /* of this rescan so far */
	nsec not_before; /* next rescan; monotonic clock */
	nsec finished;   /* last rescan; monotonic clock */

	uint32_t *row_of; /* by slot, while the order is held */
	size_t row_of_size;
};

static nsec
clock_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

struct index *
index_new(struct engine *e)
{
	struct index *ix = xcalloc(1, sizeof(*ix));

	ix->engine = e;
	ix->dirty = true;
	return ix;
}

void
index_free(struct index *ix)
{
	if (!ix)
		return;
	filter_free(ix->filter);
	free(ix->rows.at);
	free(ix->build.at);
	free(ix->spare.at);
	free(ix->row_of);
	free(ix);
}

static void
ask_again(struct index *ix)
{
	ix->dirty = true;
	ix->phase = PHASE_REST;
}

void
index_set_filter(struct index *ix, struct filter *f)
{
	filter_free(ix->filter);
	ix->filter = f;
	ask_again(ix);
}

void
index_set_sort(struct index *ix, const struct column *c, bool reverse)
{
	ix->sort = c;
	ix->reverse = reverse;
	if (ix->row_of) /* a new order was asked for: hold that one */
		memset(ix->row_of, 0xff, ix->row_of_size * sizeof(*ix->row_of));
	ask_again(ix);
}

void
index_hide_closed(struct index *ix, bool hide)
{
	ix->hide_closed = hide;
	ask_again(ix);
}

static void
reserve(struct items *s, size_t n)
{
	if (s->capacity >= n)
		return;
	s->capacity = n * 2;
	s->at = xreallocarray(s->at, s->capacity, sizeof(*s->at));
}

/* ---- held order ---- */

static void
remember_rows(struct index *ix)
{
	uint32_t highest = 0;

	for (size_t i = 0; i < ix->rows.n; i++) {
		if (ix->rows.at[i].ref.slot > highest)
			highest = ix->rows.at[i].ref.slot;
	}
	if (ix->row_of_size <= highest) {
		ix->row_of_size = (size_t)highest + 1;
		ix->row_of = xreallocarray(ix->row_of, ix->row_of_size, sizeof(*ix->row_of));
	}
	memset(ix->row_of, 0xff, ix->row_of_size * sizeof(*ix->row_of));
	for (size_t i = 0; i < ix->rows.n; i++)
		ix->row_of[ix->rows.at[i].ref.slot] = (uint32_t)i;
}

void
index_hold_order(struct index *ix, bool hold)
{
	ix->hold = hold;
	if (hold)
		remember_rows(ix);
	ask_again(ix);
}

static int64_t
held_key(const struct index *ix, struct connref ref, int64_t key)
{
	const uint32_t row = ref.slot < ix->row_of_size ? ix->row_of[ref.slot] : NO_ROW;

	if (row != NO_ROW && connref_equal(ix->rows.at[row].ref, ref))
		return row;
	return NEW_ROWS + key / 4;
}

/* ---- building ---- */

/* Largest first turns the key round; what has no value (INT64_MAX) stays last. */
static int64_t
ordered_key(const struct index *ix, int64_t key)
{
	const bool descending = (ix->sort && ix->sort->descending) != ix->reverse;

	return descending && key != INT64_MAX ? ~key : key;
}

static void
begin_scan(struct index *ix, nsec now)
{
	struct totals t;

	engine_totals(ix->engine, &t);
	ix->change = t.change;
	ix->dirty = false;
	ix->phase = PHASE_SCAN;
	ix->cursor = 0;
	ix->build.n = 0;
	ix->cost = 0;
	ix->query = (struct filter_query){ix->filter, now, ix->sort, ix->hide_closed};
}

static void
scan_slice(struct index *ix)
{
	reserve(&ix->build, ix->build.n + SLICE);
	struct scan_item *items = ix->build.at + ix->build.n;
	const size_t n = engine_scan(ix->engine, &ix->cursor, ix->query.now, filter_match,
				     filter_key, &ix->query, items, SLICE);

	for (size_t i = 0; i < n; i++) {
		items[i].key = ordered_key(ix, items[i].key);
		if (ix->hold)
			items[i].key = held_key(ix, items[i].ref, items[i].key);
	}
	ix->build.n += n;
	if (ix->cursor == UINT32_MAX) {
		ix->phase = PHASE_RUNS;
		ix->done = 0;
	}
}

static int
compare(const void *pa, const void *pb)
{
	const struct scan_item *a = pa, *b = pb;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return (a->ref.slot > b->ref.slot) - (a->ref.slot < b->ref.slot);
}

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void
begin_pair(struct index *ix, size_t pair)
{
	ix->pair = ix->left = ix->out = pair;
	ix->right = smaller(pair + ix->width, ix->build.n);
}

static void
sort_run(struct index *ix)
{
	const size_t n = smaller(SLICE, ix->build.n - ix->done);

	if (n > 0)
		qsort(ix->build.at + ix->done, n, sizeof(*ix->build.at), compare);
	ix->done += n;
	if (ix->done < ix->build.n)
		return;
	ix->phase = PHASE_MERGE;
	ix->width = SLICE;
	reserve(&ix->spare, ix->build.n);
	begin_pair(ix, 0);
}

/* Merges at most SLICE items of the present pair of runs; true when the pair is done. */
static bool
merge_piece(struct index *ix)
{
	const struct scan_item *a = ix->build.at;
	const size_t middle = smaller(ix->pair + ix->width, ix->build.n);
	const size_t end = smaller(ix->pair + 2 * ix->width, ix->build.n);
	const size_t stop = smaller(ix->out + SLICE, end);

	while (ix->out < stop) {
		const bool from_left =
			ix->right >= end ||
			(ix->left < middle && compare(&a[ix->left], &a[ix->right]) <= 0);

		ix->spare.at[ix->out++] = from_left ? a[ix->left++] : a[ix->right++];
	}
	return ix->out == end;
}

static void
swap(struct items *a, struct items *b)
{
	const struct items t = *a;

	*a = *b;
	*b = t;
}

static bool
same_rows(const struct items *a, const struct items *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (!connref_equal(a->at[i].ref, b->at[i].ref))
			return false;
	}
	return true;
}

/* Shows what was built; whether it differs from what was shown. */
static bool
publish(struct index *ix)
{
	const bool changed = !same_rows(&ix->rows, &ix->build);

	swap(&ix->rows, &ix->build);
	if (ix->hold)
		remember_rows(ix);
	ix->phase = PHASE_REST;
	return changed;
}

/* One piece of the merge; true when it was the last one and the list changed. */
static bool
merge(struct index *ix)
{
	if (ix->width >= ix->build.n)
		return publish(ix);
	if (!merge_piece(ix))
		return false;
	if (ix->out < ix->build.n) {
		begin_pair(ix, ix->out);
		return false;
	}
	ix->spare.n = ix->build.n;
	swap(&ix->build, &ix->spare);
	ix->width *= 2;
	begin_pair(ix, 0);
	return false;
}

static bool
advance(struct index *ix)
{
	switch (ix->phase) {
	case PHASE_SCAN:
		scan_slice(ix);
		return false;
	case PHASE_RUNS:
		sort_run(ix);
		return false;
	case PHASE_MERGE:
		return merge(ix);
	default:
		return false;
	}
}

/* The moment of the next rescan on the monotonic clock; NSEC_NEVER: none is needed. */
static nsec
scan_due(const struct index *ix)
{
	const bool ages = filter_uses_time(ix->filter) || (ix->sort && ix->sort->ages);
	struct totals t;

	if (ix->dirty)
		return 0;
	engine_totals(ix->engine, &t);
	if (t.change != ix->change)
		return ix->not_before;
	return ages ? nsec_max(ix->not_before, ix->finished + TIME_PERIOD) : NSEC_NEVER;
}

bool
index_step(struct index *ix, nsec now, nsec budget)
{
	const nsec start = clock_now();
	nsec clock = start;
	bool changed = false;

	if (ix->phase == PHASE_REST) {
		if (scan_due(ix) > start)
			return false;
		begin_scan(ix, now);
	}
	do {
		changed = advance(ix);
		clock = clock_now();
	} while (ix->phase != PHASE_REST && clock - start < budget);
	ix->cost += clock - start;
	if (ix->phase == PHASE_REST) {
		ix->finished = clock;
		ix->not_before = clock + REST_FACTOR * ix->cost;
	}
	return changed;
}

/* ---- asking ---- */

bool
index_settled(const struct index *ix)
{
	return ix->phase == PHASE_REST && !ix->dirty;
}

nsec
index_wait(const struct index *ix)
{
	const nsec due = ix->phase == PHASE_REST ? scan_due(ix) : 0;

	return due == NSEC_NEVER ? NSEC_NEVER : nsec_max(0, due - clock_now());
}

size_t
index_count(const struct index *ix)
{
	return ix->rows.n;
}

struct connref
index_at(const struct index *ix, size_t row)
{
	return row < ix->rows.n ? ix->rows.at[row].ref : (struct connref){0, 0};
}

ptrdiff_t
index_find(const struct index *ix, struct connref ref)
{
	for (size_t i = 0; i < ix->rows.n; i++) {
		if (connref_equal(ix->rows.at[i].ref, ref))
			return (ptrdiff_t)i;
	}
	return -1;
}
