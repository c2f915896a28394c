/* SPDX-License-Identifier: MIT */
/*
 * test_table: the flow table against a naive array, in random order and nearly full; the queues'
 * order; the pool's budget. Private headers of the core on purpose: this is its inside.
 */
#include <stdlib.h>
#include <string.h>

#include "core/flow/pool.h"
#include "core/flow/conn_table.h"
#include "draw.h"
#include "unit.h"

#define CAPACITY 37
#define TUPLES	 60
#define STEPS	 100000

/* Tuple n, seen from either end. */
static struct packet
tuple(uint32_t n, bool back)
{
	struct packet p = {.sport = (uint16_t)(1000 + n % 7), .dport = 80};

	p.src[15] = (uint8_t)(1 + n / 7);
	p.dst[15] = 200;
	if (!back)
		return p;
	struct packet q = p;
	memcpy(q.src, p.dst, 16);
	memcpy(q.dst, p.src, 16);
	q.sport = p.dport;
	q.dport = p.sport;
	return q;
}

static struct conn *
add(struct table *t, uint32_t n, nsec now)
{
	struct packet p = tuple(n, false);
	struct conn *c = table_add(t, table_hash(t, &p), &p, now);

	if (c) {
		memcpy(c->end[CLIENT].addr, p.src, 16);
		memcpy(c->end[SERVER].addr, p.dst, 16);
		c->end[CLIENT].port = p.sport;
		c->end[SERVER].port = p.dport;
	}
	return c;
}

static struct conn *
find(struct table *t, uint32_t n, bool back)
{
	struct packet p = tuple(n, back);
	enum side from;
	struct conn *c = table_find(t, table_hash(t, &p), &p, &from);

	if (c)
		assert_int_equal(from, back ? SERVER : CLIENT);
	return c;
}

/* What must be in the table: per tuple its instances, oldest first. */
struct model {
	uint64_t id[TUPLES][CAPACITY];
	struct connref ref[TUPLES][CAPACITY];
	uint32_t n[TUPLES], total;
};

static void
check(struct table *t, const struct model *m, uint32_t n)
{
	for (int back = 0; back < 2; back++) {
		struct conn *c = find(t, n, back);

		if (m->n[n] == 0) {
			assert_null(c);
			continue;
		}
		assert_non_null(c);
		assert_int_equal(c->id, m->id[n][m->n[n] - 1]); /* the newest answers */
	}
	for (uint32_t i = 0; i < m->n[n]; i++) {
		struct conn *c = table_at(t, m->ref[n][i]);

		assert_non_null(c);
		assert_int_equal(c->id, m->id[n][i]);
	}
	assert_int_equal(t->used, m->total);
}

static void
model_add(struct table *t, struct model *m, uint32_t n)
{
	struct conn *c = add(t, n, 1);

	if (m->total == CAPACITY) {
		assert_null(c);
		return;
	}
	assert_non_null(c);
	m->id[n][m->n[n]] = c->id;
	m->ref[n][m->n[n]++] = (struct connref){c->slot, c->gen};
	m->total++;
}

static void
model_remove(struct table *t, struct model *m, uint32_t n)
{
	if (m->n[n] == 0)
		return;
	uint32_t i = draw(2) ? 0 : m->n[n] - 1; /* the oldest goes, or the newest */
	struct connref ref = m->ref[n][i];
	table_remove(t, table_at(t, ref));
	assert_null(table_at(t, ref)); /* the handle names nobody now */
	m->n[n]--;
	for (; i < m->n[n]; i++) {
		m->id[n][i] = m->id[n][i + 1];
		m->ref[n][i] = m->ref[n][i + 1];
	}
	m->total--;
}

/* When the newest instance of a tuple goes, the one before it answers again. */
static void
test_against_naive_array(void **state)
{
	(void)state;
	static struct model m;
	struct table t;
	memset(&m, 0, sizeof(m));
	assert_true(table_init(&t, CAPACITY, 7));
	for (int i = 0; i < STEPS; i++) {
		uint32_t n = draw(TUPLES);

		if (draw(100) < 52)
			model_add(&t, &m, n);
		else
			model_remove(&t, &m, n);
		check(&t, &m, n);
		check(&t, &m, draw(TUPLES));
	}
	table_done(&t);
}

static void
test_queues_in_order(void **state)
{
	(void)state;
	struct table t;
	struct conn *c[5];
	assert_true(table_init(&t, 8, 7));
	for (uint32_t i = 0; i < 5; i++)
		c[i] = add(&t, i, i);
	assert_ptr_equal(table_oldest(&t, CLASS_OPENING), c[0]);
	table_requeue(&t, c[0], 10);
	assert_ptr_equal(table_oldest(&t, CLASS_OPENING), c[1]);
	table_class(&t, c[3], CLASS_ENDED, 11);
	table_class(&t, c[1], CLASS_ENDED, 12);
	assert_ptr_equal(table_oldest(&t, CLASS_ENDED), c[3]);
	assert_ptr_equal(table_oldest(&t, CLASS_OPENING), c[2]);
	table_remove(&t, c[3]);
	assert_ptr_equal(table_oldest(&t, CLASS_ENDED), c[1]);
	assert_null(table_oldest(&t, CLASS_OPEN));
	table_done(&t);
}

static void
test_ids_never_again(void **state)
{
	(void)state;
	struct table t;
	uint64_t last = 0;
	assert_true(table_init(&t, 2, 7));
	for (int i = 0; i < 100; i++) {
		struct conn *c = add(&t, 3, i);

		assert_true(c->id > last);
		last = c->id;
		table_remove(&t, c);
	}
	table_done(&t);
}

static void
test_pool_keeps_its_budget(void **state)
{
	(void)state;
	struct pool *p = pool_new(4 << 20);
	void *got[4096];
	size_t n = 0;
	while (n < 4096 && (got[n] = pool_get(p, 4000)))
		memset(got[n++], 0xa5, 4000);
	assert_true(n >= 900 && n * 4000 <= 4 << 20);
	assert_true(pool_used(p) <= 4 << 20);
	for (size_t i = 0; i < n; i++)
		pool_put(p, got[i], 4000);
	assert_int_equal(pool_used(p), 0);
	for (size_t i = 0; i < n; i++) /* what was given back is there again */
		assert_non_null(pool_get(p, 4000));
	pool_free_all(p);
}

/* Pieces of any size, larger than what is left of a block or than a whole one, lie apart. */
static void
test_pool_pieces_lie_apart(void **state)
{
	(void)state;
	static const size_t sizes[] = {POOL_MAX_SIZE, 64, 1000, POOL_MAX_SIZE / 2, 96, 5000};
	struct pool *p = pool_new(16 << 20);
	struct {
		unsigned char *at;
		size_t size;
	} got[2000];
	size_t n = 0, failed = 0;
	for (size_t i = 0; failed < ARRAY_LEN(sizes) && n < ARRAY_LEN(got); i++) {
		got[n].size = sizes[i % ARRAY_LEN(sizes)];
		got[n].at = pool_get(p, got[n].size);
		if (!got[n].at) {
			failed++;
			continue;
		}
		failed = 0;
		memset(got[n].at, (int)n % 251, got[n].size);
		n++;
	}
	assert_true(failed > 0 && n > 100);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < got[i].size; k++)
			if (got[i].at[k] != i % 251)
				fail_msg("piece %zu of %zu was written over", i, n);
	pool_free_all(p);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_against_naive_array),
	cmocka_unit_test(test_queues_in_order),
	cmocka_unit_test(test_ids_never_again),
	cmocka_unit_test(test_pool_keeps_its_budget),
	cmocka_unit_test(test_pool_pieces_lie_apart),
};

UNIT_MAIN(tests)
