/* SPDX-License-Identifier: MIT */
/*
 * index: the filtered, sorted list of connections. A new list is built beside the shown one in
 * small pieces: the table is scanned in slices, runs are sorted, runs are merged. So no key press
 * waits for a million rows. The cost of a rescan decides how soon the next one may begin. For one
 * thread; the engine locks itself.
 */
#include "config.h"

#include "model/model.h"

#include "model/model_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SLICE       1024         /* items per scan call, per sorted run and per piece of a merge */
#define REST_FACTOR 10           /* pause after a rescan, in multiples of its cost */
#define TIME_PERIOD NSEC_PER_SEC /* how often what depends on the time alone is evaluated again */
#define NO_ROW      UINT32_MAX

enum phase { PHASE_REST, PHASE_SCAN, PHASE_RUNS, PHASE_MERGE };

struct items {
	struct scan_item *at;
	size_t n, capacity;
};

/* The text keys of one scan. */
struct text_keys {
	uint8_t *bytes; /* each key behind a byte with its length, in the order of the scan */
	size_t used, capacity;
	uint32_t *at; /* by slot of the connection: offset of its key in .bytes */
	size_t slots; /* allocated */
};

struct index {
	struct engine *engine;
	struct filter *filter; /* owned; NULL everything */
	struct sort_order order;
	bool hold, hide_closed;

	struct items rows;  /* the shown list */
	struct items build; /* the next list */
	struct items spare; /* target of the merge */
	enum phase phase;
	bool dirty;              /* filter or order changed: rescan at once */
	uint32_t cursor;         /* of the scan */
	size_t done;             /* items sorted into runs */
	size_t width;            /* of the runs being merged */
	size_t left, right, out; /* next items of the two runs, and where they go */
	size_t pair;             /* where the two runs begin */
	nsec now;                /* of the scan */
	struct severity_counts shown;   /* in rows */
	struct severity_counts counted; /* in the list being built */
	uint64_t change; /* of the engine, when the scan began */
	nsec cost;       /* of this rescan so far */
	nsec not_before; /* next rescan; monotonic clock */
	nsec finished;   /* last rescan; monotonic clock */
	struct text_keys text;

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
	free(ix->text.bytes);
	free(ix->text.at);
	free(ix->row_of);
	free(ix);
}

static void
rescan(struct index *ix)
{
	ix->dirty = true;
	ix->phase = PHASE_REST;
}

void
index_set_filter(struct index *ix, struct filter *f)
{
	filter_free(ix->filter);
	ix->filter = f;
	rescan(ix);
}

void
index_set_sort(struct index *ix, const struct column *c, bool reverse)
{
	ix->order = (struct sort_order){c, reverse};
	if (ix->row_of) /* from now on the new order is held */
		memset(ix->row_of, 0xff, ix->row_of_size * sizeof(*ix->row_of));
	rescan(ix);
}

void
index_hide_closed(struct index *ix, bool hide)
{
	ix->hide_closed = hide;
	rescan(ix);
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
hold_rows(struct index *ix)
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
		hold_rows(ix);
	rescan(ix);
}

/* Row in the shown list; NO_ROW, which is larger than any row, for a new connection. */
static uint32_t
held_row(const struct index *ix, struct connref ref)
{
	const uint32_t row = ref.slot < ix->row_of_size ? ix->row_of[ref.slot] : NO_ROW;

	return row != NO_ROW && connref_equal(ix->rows.at[row].ref, ref) ? row : NO_ROW;
}

/* ---- keys ---- */

static void
append_text_key(struct text_keys *t, const struct sort_order *order, const struct row_context *row)
{
	assert(t->used + 1 + TEXT_KEY_MAX <= t->capacity);
	const size_t n = sort_text_key(order, row, t->bytes + t->used + 1);

	t->bytes[t->used] = (uint8_t)n;
	t->used += 1 + n;
}

static bool
has_text_keys(const struct index *ix)
{
	return ix->order.column && ix->order.column->text_key;
}

/* key_fn of the scan. */
static int64_t
row_key(const void *arg, const struct conn_facts *f)
{
	struct index *const *const scan = arg;
	struct index *const ix = *scan;
	const struct row_context row = {.facts = f, .now = ix->now};

	if (has_text_keys(ix))
		append_text_key(&ix->text, &ix->order, &row);
	ix->counted.errors += f->verdict.severity == SEV_ERROR;
	ix->counted.warnings += f->verdict.severity == SEV_WARNING;
	return sort_key(&ix->order, &row);
}

/* match_fn of the scan. */
static bool
row_matches(const void *arg, const struct conn_facts *f)
{
	struct index *const *const scan = arg;
	const struct index *const ix = *scan;

	if (ix->hide_closed && f->end_cause != END_OPEN)
		return false;
	return filter_match(ix->filter, &(struct row_context){.facts = f, .now = ix->now});
}

/* Room for the text keys of n more items: nothing is allocated under the engine's lock. */
static void
reserve_text_keys(struct text_keys *t, size_t n)
{
	const size_t needed = t->used + n * (1 + TEXT_KEY_MAX);

	if (t->capacity >= needed)
		return;
	t->capacity = needed * 2;
	t->bytes = xreallocarray(t->bytes, t->capacity, 1);
}

/* Records where the keys of n items just scanned begin; the first one begins at `at`. */
static void
place_text_keys(struct text_keys *t, const struct scan_item *items, size_t n, size_t at)
{
	for (size_t i = 0; i < n; i++) {
		const uint32_t slot = items[i].ref.slot;

		if (slot >= t->slots) {
			t->slots = (size_t)slot * 2 + 1;
			t->at = xreallocarray(t->at, t->slots, sizeof(*t->at));
		}
		t->at[slot] = (uint32_t)at;
		at += 1 + t->bytes[at];
	}
	assert(at == t->used);
}

static int
compare_text_keys(const struct index *ix, uint32_t slot_a, uint32_t slot_b)
{
	const uint8_t *a = ix->text.bytes + ix->text.at[slot_a];
	const uint8_t *b = ix->text.bytes + ix->text.at[slot_b];

	return sort_compare_text(&ix->order, a + 1, *a, b + 1, *b);
}

static int
compare_keys(const struct index *ix, const struct scan_item *a, const struct scan_item *b)
{
	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (has_text_keys(ix)) {
		const int order = compare_text_keys(ix, a->ref.slot, b->ref.slot);

		if (order != 0)
			return order;
	}
	return (a->ref.slot > b->ref.slot) - (a->ref.slot < b->ref.slot);
}

/* For qsort_r: arg is the index. */
static int
compare(const void *pa, const void *pb, void *arg)
{
	const struct scan_item *a = pa, *b = pb;
	const struct index *ix = arg;

	if (ix->hold) {
		const uint32_t row_a = held_row(ix, a->ref), row_b = held_row(ix, b->ref);

		if (row_a != row_b)
			return row_a < row_b ? -1 : 1;
	}
	return compare_keys(ix, a, b);
}

/* ---- building ---- */

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
	ix->text.used = 0;
	ix->now = now;
	ix->counted = (struct severity_counts){0};
}

static void
scan_slice(struct index *ix)
{
	const size_t text = ix->text.used;

	reserve(&ix->build, ix->build.n + SLICE);
	if (has_text_keys(ix))
		reserve_text_keys(&ix->text, SLICE);
	struct scan_item *items = ix->build.at + ix->build.n;
	const size_t n = engine_scan(ix->engine, &ix->cursor, ix->now, row_matches, row_key, &ix,
				     items, SLICE);

	if (has_text_keys(ix))
		place_text_keys(&ix->text, items, n, text);
	ix->build.n += n;
	if (ix->cursor == UINT32_MAX) {
		ix->phase = PHASE_RUNS;
		ix->done = 0;
	}
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
		qsort_r(ix->build.at + ix->done, n, sizeof(*ix->build.at), compare, ix);
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
			(ix->left < middle && compare(&a[ix->left], &a[ix->right], ix) <= 0);

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

/* Shows the list that was built; returns whether it differs from the one shown before. */
static bool
publish(struct index *ix)
{
	const bool changed = !same_rows(&ix->rows, &ix->build) ||
			     ix->shown.errors != ix->counted.errors ||
			     ix->shown.warnings != ix->counted.warnings;

	swap(&ix->rows, &ix->build);
	ix->shown = ix->counted;
	if (ix->hold)
		hold_rows(ix);
	ix->phase = PHASE_REST;
	return changed;
}

/* One piece of the merge; returns whether that was the last one and the list changed. */
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

/* The time of the next rescan on the monotonic clock; NSEC_NEVER: none is needed. */
static nsec
scan_due(const struct index *ix)
{
	const bool ages =
		filter_uses_time(ix->filter) || (ix->order.column && ix->order.column->ages);
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

/* ---- queries ---- */

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

struct severity_counts
index_severities(const struct index *ix)
{
	return ix->shown;
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
