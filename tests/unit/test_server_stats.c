/* SPDX-License-Identifier: MIT */
/*
 * test_server_stats: connections summed up by their server: sums, order, revisions, limits, and the
 * sample that quantiles are taken from.
 */
#include "unit.h"

#include "model/model.h"

#include <stdlib.h>
#include <string.h>

#define SEED 42

/* A connection of number `id` to host `host`, port 80. */
static struct conn_facts
connection(uint64_t id, uint8_t host, enum end_cause end)
{
	struct conn_facts f = {.id = id, .end_cause = (uint8_t)end};

	f.end[SERVER].addr[15] = host;
	f.end[SERVER].port = 80;
	for (int i = 0; i < 2; i++)
		f.half[i].rtt.srtt = -1;
	return f;
}

static void
set_rtt(struct conn_facts *f, nsec rtt)
{
	f->half[CLIENT].rtt.srtt = rtt;
	f->half[CLIENT].rtt.samples = 1;
}

static void
test_sums(void **state)
{
	struct server_table *t = server_table_new(10, SEED);
	struct conn_facts f = connection(1, 5, END_CLOSED);
	struct server_stats *s;

	(void)state;
	f.half[CLIENT].segments = 7;
	f.half[SERVER].segments = 8;
	f.half[CLIENT].retransmissions = 1;
	f.half[SERVER].retransmissions = 2;
	f.half[CLIENT].unique_bytes = 100;
	f.half[SERVER].unique_bytes = 1000;
	f.verdict_set = UINT64_C(1) << V_LOSS;
	server_table_add(t, &f);
	for (int end = END_OPEN; end < END_CAUSE_COUNT; end++) {
		f = connection(2 + (uint64_t)end, 5, (enum end_cause)end);
		server_table_add(t, &f);
	}
	assert_int_equal(server_table_sorted(t, &s), 1);
	assert_int_equal(s->end.port, 80);
	assert_int_equal(s->counts[SERVER_CONNECTIONS], 1 + END_CAUSE_COUNT);
	assert_int_equal(s->counts[SERVER_OPEN], 1);
	assert_int_equal(s->counts[SERVER_REFUSED], 2);
	assert_int_equal(s->counts[SERVER_UNANSWERED], 1);
	assert_int_equal(s->counts[SERVER_RESET], 1);
	assert_int_equal(s->counts[SERVER_TIMED_OUT], 1);
	assert_int_equal(s->counts[SERVER_SEGMENTS], 15);
	assert_int_equal(s->counts[SERVER_RETRANSMISSIONS], 3);
	assert_int_equal(s->counts[SERVER_BYTES_IN], 100);
	assert_int_equal(s->counts[SERVER_BYTES_OUT], 1000);
	assert_int_equal(s->verdicts[V_LOSS], 1);
	assert_int_equal(s->verdicts[V_REFUSED], 0);
	free(s);
	server_table_free(t);
}

static void
test_order(void **state)
{
	static const struct {
		uint8_t host;
		enum end_cause end;
	} made[] = {
		{1, END_CLOSED},  {2, END_CLOSED}, {2, END_CLOSED},
		{3, END_REFUSED}, {4, END_CLOSED},
	};
	struct server_table *t = server_table_new(10, SEED);
	struct server_stats *s;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(made); i++) {
		const struct conn_facts f = connection(i + 1, made[i].host, made[i].end);

		server_table_add(t, &f);
	}
	assert_int_equal(server_table_sorted(t, &s), 4);
	assert_int_equal(s[0].end.addr[15], 3); /* failures first */
	assert_int_equal(s[1].end.addr[15], 2); /* then the most connections */
	assert_int_equal(s[2].end.addr[15], 1);
	assert_int_equal(s[3].end.addr[15], 4);
	free(s);
	server_table_free(t);
}

/* A later report of the same connection replaces the first, at another server too. */
static void
test_revision(void **state)
{
	struct server_table *t = server_table_new(10, SEED);
	struct conn_facts f = connection(1, 5, END_RESET);
	struct server_stats *s;

	(void)state;
	f.half[CLIENT].unique_bytes = 10;
	f.verdict_set = UINT64_C(1) << V_RESET;
	server_table_add(t, &f);
	f.half[CLIENT].unique_bytes = 210;
	f.end_cause = END_CLOSED;
	f.verdict_set = 0;
	server_table_add(t, &f);
	assert_int_equal(server_table_sorted(t, &s), 1);
	assert_int_equal(s->counts[SERVER_CONNECTIONS], 1);
	assert_int_equal(s->counts[SERVER_RESET], 0);
	assert_int_equal(s->counts[SERVER_BYTES_IN], 210);
	assert_int_equal(s->verdicts[V_RESET], 0);
	free(s);
	f.end[SERVER].port = 81;
	server_table_add(t, &f);
	assert_int_equal(server_table_sorted(t, &s), 2);
	assert_int_equal(s[0].counts[SERVER_CONNECTIONS], 1);
	assert_int_equal(s[0].end.port, 81);
	assert_int_equal(s[1].counts[SERVER_CONNECTIONS], 0);
	free(s);
	server_table_free(t);
}

static void
test_limit(void **state)
{
	struct server_table *t = server_table_new(100, SEED);
	struct server_stats *s;

	(void)state;
	for (uint64_t i = 0; i < 1000; i++) {
		struct conn_facts f = connection(i + 1, (uint8_t)i, END_CLOSED);

		f.end[SERVER].addr[14] = (uint8_t)(i >> 8);
		server_table_add(t, &f);
		server_table_add(t, &f);
	}
	assert_int_equal(server_table_sorted(t, &s), 100);
	for (int i = 0; i < 100; i++)
		assert_int_equal(s[i].counts[SERVER_CONNECTIONS], 1);
	assert_int_equal(server_table_others(t)->counts[SERVER_CONNECTIONS], 900);
	free(s);
	server_table_free(t);
}

static void
test_quantiles(void **state)
{
	struct server_table *t = server_table_new(10, SEED);
	struct server_stats *s;

	(void)state;
	assert_int_equal(duration_quantile(&(struct duration_sample){0}, 50), -1);
	for (uint64_t i = 1; i <= 9; i++) {
		struct conn_facts f = connection(i, 5, END_CLOSED);

		if (i <= 5)
			set_rtt(&f, (nsec)i * NSEC_PER_MS);
		server_table_add(t, &f);
	}
	server_table_sorted(t, &s);
	assert_int_equal(s->rtt.n, 5);
	assert_int_equal(duration_quantile(&s->rtt, 0), NSEC_PER_MS);
	assert_int_equal(duration_quantile(&s->rtt, 50), 3 * NSEC_PER_MS);
	assert_int_equal(duration_quantile(&s->rtt, 100), 5 * NSEC_PER_MS);
	free(s);
	server_table_free(t);
}

/* Of many values the sample keeps early and late ones. */
static void
test_sample(void **state)
{
	struct server_table *t = server_table_new(10, SEED);
	struct server_stats *s;

	(void)state;
	for (uint64_t i = 0; i < 10000; i++) {
		struct conn_facts f = connection(i + 1, 5, END_CLOSED);

		set_rtt(&f, (nsec)i);
		server_table_add(t, &f);
	}
	server_table_sorted(t, &s);
	assert_int_equal(s->rtt.n, 10000);
	assert_in_range(duration_quantile(&s->rtt, 50), 2500, 7500);
	assert_in_range(duration_quantile(&s->rtt, 0), 0, 2500);
	assert_in_range(duration_quantile(&s->rtt, 100), 7500, 10000);
	free(s);
	server_table_free(t);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_sums),      cmocka_unit_test(test_order),
	cmocka_unit_test(test_revision),  cmocka_unit_test(test_limit),
	cmocka_unit_test(test_quantiles), cmocka_unit_test(test_sample),
};

UNIT_MAIN(tests)
