/* SPDX-License-Identifier: MIT */
/*
 * test_index: the sorted, filtered list against a naive one. The engine is a table of facts here,
 * scanned in slices of odd sizes, so that connections come, go and change between any two slices.
 * Not covered: how long a step takes (bench).
 */
#include "config.h"

#include "unit.h"

/* The index as it is, with this table in the engine's place. */
#define engine_totals table_totals
#define engine_scan   table_scan
#include "model/index.c"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_MAX 20000
#define FOREVER   (3600 * NSEC_PER_SEC)

/* ---- an engine that is just a table ---- */

struct engine {
	struct conn_facts table[TABLE_MAX]; /* gen 0: empty */
	size_t n;
	uint64_t change, next_id;
	unsigned scans, totals;
	size_t slice;
};

void
engine_totals(struct engine *e, struct totals *out)
{
	*out = (struct totals){.change = e->change};
	e->totals++;
}

size_t
engine_scan(struct engine *e, uint32_t *cursor, nsec now, match_fn *match, key_fn *key,
	    const void *arg, struct scan_item *out, size_t max)
{
	size_t n = 0, i = *cursor;

	(void)now;
	if (i == 0)
		e->scans++;
	for (size_t looked = 0; i < e->n && looked < e->slice && n < max; i++, looked++) {
		const struct conn_facts *f = &e->table[i];

		if (f->ref.gen != 0 && match(arg, f))
			out[n++] = (struct scan_item){f->ref, key(arg, f)};
	}
	*cursor = i < e->n ? (uint32_t)i : UINT32_MAX;
	return n;
}

static struct engine *
engine_of(size_t n)
{
	struct engine *e = xcalloc(1, sizeof(*e));

	e->slice = 97;
	e->n = n;
	return e;
}

static void
put_row(struct engine *e, size_t slot, uint32_t retx)
{
	const uint32_t gen = e->table[slot].ref.gen + 1;

	e->table[slot] = (struct conn_facts){
		.ref = {(uint32_t)slot, gen}, .id = ++e->next_id, .ip_version = 4};
	e->table[slot].start = (nsec)e->next_id;
	e->table[slot].end[SERVER].port = (uint16_t)(slot % 100);
	e->table[slot].half[CLIENT].retransmissions = retx;
	e->change++;
}

static uint32_t
next_random(void)
{
	static uint32_t random = 1;

	random = random * 1664525 + 1013904223;
	return random >> 8;
}

static void
let_settle(struct index *ix)
{
	while (!index_settled(ix))
		index_step(ix, 0, FOREVER);
}

/* ---- the naive list ---- */

static struct engine *sorted_engine;
static int sorted_by; /* 0 id descending, 1 retx descending, 2 retx ascending */

static int64_t
naive_key(uint32_t slot)
{
	const struct conn_facts *f = &sorted_engine->table[slot];
	const int64_t retx = f->half[CLIENT].retransmissions;

	return sorted_by == 0 ? -(int64_t)f->id : sorted_by == 1 ? -retx : retx;
}

static int
naive_compare(const void *pa, const void *pb)
{
	const uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
	const int64_t ka = naive_key(a), kb = naive_key(b);

	return ka != kb ? (ka < kb ? -1 : 1) : (a > b) - (a < b);
}

static void
check(struct index *ix, struct engine *e, int by, int port)
{
	uint32_t *slots = xcalloc(e->n + 1, sizeof(*slots));
	size_t n = 0;

	for (size_t i = 0; i < e->n; i++) {
		if (e->table[i].ref.gen != 0 && (port < 0 || e->table[i].end[SERVER].port == port))
			slots[n++] = (uint32_t)i;
	}
	sorted_engine = e;
	sorted_by = by;
	qsort(slots, n, sizeof(*slots), naive_compare);
	assert_int_equal(index_count(ix), n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(index_at(ix, i).slot, slots[i]);
	free(slots);
}

static struct filter *
filter_of(const char *expr)
{
	struct filter_error error;
	struct filter *f = filter_parse(expr, &error);

	assert_non_null(f);
	return f;
}

/* ---- tests ---- */

static void
test_sizes(void **state)
{
	static const size_t sizes[] = {0,    1,    2,    3,    1023, 1024, 1025,
				       2047, 2048, 2049, 3073, 5000, 20000};

	(void)state;
	for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
		struct engine *e = engine_of(sizes[s]);
		struct index *ix = index_new(e);

		for (size_t i = 0; i < sizes[s]; i++)
			put_row(e, i, next_random() % 50);
		assert_int_equal(index_count(ix), 0);
		let_settle(ix);
		check(ix, e, 0, -1);
		index_set_sort(ix, column_by_name("retx"), false);
		let_settle(ix);
		check(ix, e, 1, -1);
		index_set_sort(ix, column_by_name("retx"), true);
		let_settle(ix);
		check(ix, e, 2, -1);
		index_set_filter(ix, filter_of("port 42 or port 0"));
		index_set_filter(ix, filter_of("dst 42"));
		let_settle(ix);
		check(ix, e, 2, 42);
		index_free(ix);
		free(e);
	}
}

/* One thing per step, however small the budget: the same list in the end. */
static void
test_small_steps(void **state)
{
	struct engine *e = engine_of(4000);
	struct index *ix = index_new(e);
	unsigned steps = 0;

	(void)state;
	for (size_t i = 0; i < e->n; i++)
		put_row(e, i, next_random() % 9);
	index_set_sort(ix, column_by_name("retx"), false);
	while (!index_settled(ix)) {
		const bool changed = index_step(ix, 0, 0);

		steps++;
		/* the old list is shown until the new one is whole */
		assert_int_equal(index_count(ix), changed ? 4000 : 0);
		if (changed)
			assert_true(index_settled(ix));
	}
	assert_true(steps > 40);
	check(ix, e, 1, -1);
	index_free(ix);
	free(e);
}

/* The screens sleep exactly as long as there is nothing to do. */
static void
test_wait(void **state)
{
	struct engine *e = engine_of(100);
	struct index *ix = index_new(e);

	(void)state;
	assert_int_equal(index_wait(ix), 0);
	let_settle(ix);
	assert_true(index_wait(ix) == NSEC_NEVER);
	put_row(e, 1, 1);
	assert_true(index_settled(ix));
	assert_true(index_wait(ix) < NSEC_NEVER);
	index_set_sort(ix, column_by_name("retx"), true);
	assert_int_equal(index_wait(ix), 0);
	index_free(ix);
	free(e);
}

static void
test_random_life(void **state)
{
	struct engine *e = engine_of(3000);
	struct index *ix = index_new(e);

	(void)state;
	for (int round = 0; round < 60; round++) {
		for (int i = 0; i < 200; i++) {
			const size_t slot = next_random() % e->n;

			if (next_random() % 4 == 0)
				e->table[slot].ref.gen = 0;
			else
				put_row(e, slot, next_random() % 20);
			if (i % 10 == 0)
				index_step(ix, 0, 0);
		}
		e->change++;
		index_set_sort(ix, round % 3 == 0 ? NULL : column_by_name("retx"), round % 3 == 2);
		let_settle(ix);
		check(ix, e, round % 3, -1);
	}
	index_free(ix);
	free(e);
}

static void
test_no_work_without_change(void **state)
{
	struct engine *e = engine_of(10);
	struct index *ix = index_new(e);

	(void)state;
	put_row(e, 3, 1);
	let_settle(ix);
	const unsigned scans = e->scans;

	for (int i = 0; i < 100; i++)
		assert_false(index_step(ix, 0, FOREVER));
	assert_int_equal(e->scans, scans);
	put_row(e, 4, 1);
	while (!index_step(ix, 0, FOREVER)) /* rests ten times as long as it worked */
		;
	assert_int_equal(e->scans, scans + 1);
	assert_int_equal(index_count(ix), 2);
	/* what changed does not show in the list: asked again, the list is the same */
	e->change++;
	while (e->scans == scans + 1)
		assert_false(index_step(ix, 0, FOREVER));
	index_free(ix);
	free(e);
}

static void
test_find(void **state)
{
	struct engine *e = engine_of(10);
	struct index *ix = index_new(e);

	(void)state;
	put_row(e, 3, 5);
	put_row(e, 7, 1);
	put_row(e, 8, 3);
	index_set_sort(ix, column_by_name("retx"), false);
	let_settle(ix);
	assert_int_equal(index_find(ix, e->table[3].ref), 0);
	assert_int_equal(index_find(ix, e->table[8].ref), 1);
	assert_int_equal(index_find(ix, e->table[7].ref), 2);
	assert_int_equal(index_find(ix, (struct connref){7, 99}), -1);
	assert_int_equal(index_find(ix, (struct connref){5, 1}), -1);
	assert_int_equal(index_at(ix, 3).gen, 0);
	index_free(ix);
	free(e);
}

static void
test_hold(void **state)
{
	struct engine *e = engine_of(10);
	struct index *ix = index_new(e);

	(void)state;
	put_row(e, 1, 30);
	put_row(e, 2, 20);
	put_row(e, 3, 10);
	index_set_sort(ix, column_by_name("retx"), false);
	let_settle(ix);
	index_hold_order(ix, true);
	/* 3 overtakes, 2 goes, new ones come: nothing moves, new ones stand at the end */
	e->table[3].half[CLIENT].retransmissions = 99;
	e->table[2].ref.gen = 0;
	put_row(e, 0, 50);
	put_row(e, 9, 60);
	let_settle(ix);
	assert_int_equal(index_count(ix), 4);
	assert_int_equal(index_at(ix, 0).slot, 1);
	assert_int_equal(index_at(ix, 1).slot, 3);
	assert_int_equal(index_at(ix, 2).slot, 9);
	assert_int_equal(index_at(ix, 3).slot, 0);
	/* what was new is held from now on, whatever becomes of its key */
	e->table[9].half[CLIENT].retransmissions = 40;
	index_hide_closed(ix, true);
	let_settle(ix);
	assert_int_equal(index_at(ix, 2).slot, 9);
	assert_int_equal(index_at(ix, 3).slot, 0);
	/* a new connection in a held slot is new */
	put_row(e, 1, 1);
	index_hide_closed(ix, true);
	let_settle(ix);
	assert_int_equal(index_at(ix, 0).slot, 3);
	assert_int_equal(index_at(ix, 3).slot, 1);
	/* another order asked for: that one is held from now on */
	index_set_sort(ix, column_by_name("retx"), true);
	let_settle(ix);
	assert_int_equal(index_at(ix, 0).slot, 1);
	assert_int_equal(index_at(ix, 3).slot, 3);
	index_hold_order(ix, false);
	let_settle(ix);
	assert_int_equal(index_at(ix, 0).slot, 1);
	index_free(ix);
	free(e);
}

/* New rows at the end of a held list are sorted too, however close their keys are. */
static void
test_hold_sorts_new_rows(void **state)
{
	struct engine *e = engine_of(10);
	struct index *ix = index_new(e);

	(void)state;
	put_row(e, 0, 1);
	index_set_sort(ix, column_by_name("retx"), false);
	let_settle(ix);
	index_hold_order(ix, true);
	put_row(e, 1, 4);
	put_row(e, 2, 5);
	put_row(e, 3, 6);
	let_settle(ix);
	for (size_t i = 1; i < 4; i++)
		assert_int_equal(index_at(ix, i).slot, 4 - i);
	index_free(ix);
	free(e);
}

/* Without a column: errors, warnings, the rest; in each the latest news first; a note is none. */
static void
test_attention_first(void **state)
{
	static const size_t expected[] = {4, 2, 0, 5, 3, 1};
	struct engine *e = engine_of(6);
	struct index *ix = index_new(e);

	(void)state;
	for (size_t i = 0; i < 6; i++)
		put_row(e, i, 0); /* starts at 1 to 6 */
	e->table[0].verdict = (struct verdict){.severity = SEV_WARNING, .time = 20};
	e->table[1].verdict = (struct verdict){.severity = SEV_NOTE, .time = 30};
	e->table[2].verdict = (struct verdict){.severity = SEV_ERROR, .time = 9};
	e->table[4].verdict = (struct verdict){.severity = SEV_ERROR, .time = 10};
	let_settle(ix);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(index_at(ix, i).slot, expected[i]);
	assert_int_equal(index_severities(ix).errors, 2);
	assert_int_equal(index_severities(ix).warnings, 1);
	index_free(ix);
	free(e);
}

/* ---- text keys ---- */

static int
compare_servers(const struct conn_facts *a, const struct conn_facts *b)
{
	const struct endpoint *x = &a->end[SERVER], *y = &b->end[SERVER];

	if (a->ip_version != b->ip_version)
		return a->ip_version - b->ip_version;
	const int order = memcmp(x->addr, y->addr, sizeof(x->addr));

	return order != 0 ? order : x->port - y->port;
}

/* Hosts of one IPv6 network differ beyond the first 62 bits only, IPv4 comes first. */
static void
put_host(struct engine *e, size_t slot)
{
	put_row(e, slot, 0);
	struct endpoint *server = &e->table[slot].end[SERVER];

	e->table[slot].ip_version = next_random() % 4 == 0 ? 4 : 6;
	if (e->table[slot].ip_version == 4)
		memset(server->addr + 10, 0xff, 2);
	else
		server->addr[0] = 0xfd;
	server->addr[12] = (uint8_t)(next_random() % 3);
	server->addr[15] = (uint8_t)(next_random() % 3);
	server->port = (uint16_t)(255 + next_random() % 3);
}

static void
test_text_keys(void **state)
{
	struct engine *e = engine_of(5000);
	struct index *ix = index_new(e);

	(void)state;
	for (size_t i = 0; i < e->n; i++)
		put_host(e, i);
	for (int reverse = 0; reverse < 2; reverse++) {
		index_set_sort(ix, column_by_name("server"), reverse);
		let_settle(ix);
		assert_int_equal(index_count(ix), e->n);
		for (size_t i = 1; i < e->n; i++) {
			const uint32_t a = index_at(ix, i - 1).slot, b = index_at(ix, i).slot;
			const int order = compare_servers(&e->table[a], &e->table[b]);

			assert_true(reverse ? order >= 0 : order <= 0);
			assert_true(order != 0 || a < b);
		}
	}
	index_free(ix);
	free(e);
}

/* "" for even slots, else "b", "bb", "bbb" …: the key alone says nothing. */
static int64_t
no_key(const struct row_context *row)
{
	(void)row;
	return 0;
}

static size_t
text_key_by_slot(const struct row_context *row, uint8_t out[TEXT_KEY_MAX])
{
	const uint32_t slot = row->facts->ref.slot;

	memset(out, 'b', TEXT_KEY_MAX);
	return slot % 2 == 0 ? 0 : slot > TEXT_KEY_MAX ? TEXT_KEY_MAX : slot;
}

static void
test_rows_without_text_come_last(void **state)
{
	static const struct column by_text = {
		.name = "text", .key = no_key, .text_key = text_key_by_slot};
	static const uint32_t up[] = {1, 3, 5, 0, 2, 4}, down[] = {5, 3, 1, 0, 2, 4};
	struct engine *e = engine_of(6);
	struct index *ix = index_new(e);

	(void)state;
	for (size_t i = 0; i < e->n; i++)
		put_row(e, i, 0);
	index_set_sort(ix, &by_text, false);
	let_settle(ix);
	for (size_t i = 0; i < e->n; i++)
		assert_int_equal(index_at(ix, i).slot, up[i]);
	index_set_sort(ix, &by_text, true);
	let_settle(ix);
	for (size_t i = 0; i < e->n; i++)
		assert_int_equal(index_at(ix, i).slot, down[i]);
	/* new rows of a held order are sorted by their text */
	index_hold_order(ix, true);
	for (size_t i = 0; i < e->n; i++)
		put_row(e, i, 0);
	let_settle(ix);
	for (size_t i = 0; i < e->n; i++)
		assert_int_equal(index_at(ix, i).slot, down[i]);
	index_free(ix);
	free(e);
}

static void
test_hide_closed(void **state)
{
	struct engine *e = engine_of(10);
	struct index *ix = index_new(e);

	(void)state;
	put_row(e, 1, 0);
	put_row(e, 2, 0);
	e->table[2].end_cause = END_CLOSED;
	let_settle(ix);
	assert_int_equal(index_count(ix), 2);
	index_hide_closed(ix, true);
	let_settle(ix);
	assert_int_equal(index_count(ix), 1);
	assert_int_equal(index_at(ix, 0).slot, 1);
	index_free(ix);
	free(e);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_wait),
	cmocka_unit_test(test_sizes),
	cmocka_unit_test(test_small_steps),
	cmocka_unit_test(test_random_life),
	cmocka_unit_test(test_no_work_without_change),
	cmocka_unit_test(test_find),
	cmocka_unit_test(test_hold),
	cmocka_unit_test(test_hold_sorts_new_rows),
	cmocka_unit_test(test_attention_first),
	cmocka_unit_test(test_text_keys),
	cmocka_unit_test(test_rows_without_text_come_last),
	cmocka_unit_test(test_hide_closed),
};

UNIT_MAIN(tests)
