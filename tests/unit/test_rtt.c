/* SPDX-License-Identifier: MIT */
/*
 * test_rtt: the time-out estimator against an independent one, written in floating point from its
 * description; and which segments give a sample at all.
 */
#include <math.h>

#include "../sim/estimator.h"
#include "core/segment/rtt.h"
#include "pkt.h"

static void
assert_near(double a, double b, double tolerance)
{
	if (fabs(a - b) > tolerance)
		fail_msg("%f is not within %f of %f", a, tolerance, b);
}

/* ---- the estimator ---- */

static double
rto_ms(const struct rtt *r)
{
	return (double)rtt_rto_base(&(struct half){.rtt = *r, .cold = &half_cold_none}) / 1e6;
}

static void
feed(struct rtt *r, struct estimator *e, nsec sample, seqno *una)
{
	*una += 1000;
	rtt_sample(r, sample, *una, *una + 5000);
	estimator_sample(e, sample, *una, *una + 5000);
	/* Integers of microseconds, shifted: each step may cut a few. */
	assert_near(r->srtt / 8e3, e->srtt, 0.02 + e->srtt * 1e-3);
	assert_near(rto_ms(r), (double)estimator_rto(e) / 1e6,
		    0.05 + (double)estimator_rto(e) * 5e-9);
}

static nsec
steady(unsigned i, uint32_t random)
{
	(void)i;
	return MS(50) + US(random % 500);
}

static nsec
wild(unsigned i, uint32_t random)
{
	(void)i;
	return US(100) + US(random % 900000);
}

static nsec
step_up(unsigned i, uint32_t random)
{
	return (i < 50 ? MS(20) : MS(700)) + US(random % 1000);
}

static nsec
step_down(unsigned i, uint32_t random)
{
	return (i < 50 ? MS(900) : MS(5)) + US(random % 1000);
}

static void
test_against_description(void **state)
{
	(void)state;
	nsec (*const shapes[])(unsigned, uint32_t) = {steady, wild, step_up, step_down};
	for (size_t k = 0; k < ARRAY_LEN(shapes); k++) {
		struct rtt r = {0};
		struct estimator e = {0};
		seqno una = 1000;
		uint32_t random = 12345;

		for (unsigned i = 0; i < 300; i++) {
			random = random * 1664525 + 1013904223;
			feed(&r, &e, shapes[k](i, random >> 8), &una);
		}
	}
}

/* The first time-out after a handshake is RTT + max(2 RTT, 200 ms). */
static void
test_first_sample(void **state)
{
	(void)state;
	const struct {
		double rtt, rto;
	} known[] = {{0.1, 200.1}, {20, 220}, {100, 300}, {200.8, 602.4}, {1000, 3000}};
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		struct rtt r = {0};

		rtt_sample(&r, MS(known[i].rtt), 1, 1);
		assert_near(rto_ms(&r), known[i].rto, 0.01);
	}
}

static void
test_never_below_floor(void **state)
{
	(void)state;
	struct rtt r = {0};
	seqno una = 0xfffffff0;
	for (int i = 0; i < 200; i++, una += 1000)
		rtt_sample(&r, US(300), una, una + 3000);
	assert_true(rto_ms(&r) >= 200 && rto_ms(&r) <= 200.4);
}

static void
test_bounds(void **state)
{
	(void)state;
	struct rtt r = {0};
	rtt_sample(&r, -5, 1, 1); /* time ran backwards: no sample */
	assert_int_equal(r.samples, 0);
	for (int i = 0; i < 20; i++)
		rtt_sample(&r, SEC(100000), 1, 1);
	assert_true(rto_ms(&r) > 0 && rto_ms(&r) <= 120000);
	assert_true(r.srtt > 0 && r.rttvar > 0);
}

/* Not every sender has Linux's floor: what its timer showed holds, however the samples vary. */
static void
test_learned(void **state)
{
	(void)state;
	struct rtt r = {0};
	assert_near(rto_ms(&r), 1000, 0); /* RFC 6298 2.1 */
	rtt_learn(&r, MS(600));
	assert_near(rto_ms(&r), 600, 0);
	for (int i = 0; i < 20; i++)
		rtt_sample(&r, i % 2 ? MS(150) : MS(10), 1, 1);
	assert_true(rto_ms(&r) > 250);
	rtt_learn(&r, MS(90));
	assert_near(rto_ms(&r), 90, 0.01);
	for (int i = 0; i < 500; i++)
		rtt_sample(&r, MS(10), (seqno)i * 1000, (seqno)i * 1000 + 500);
	assert_true(rto_ms(&r) < 90);
}

/* ---- which segments give a sample ---- */

static void
test_samples_by_direction(void **state)
{
	struct watch w;
	struct pair c;

	watch_open(&w);
	pair_init(&c, &w, ISN(state));
	pair_handshake(&c, MS(0), MS(20));
	data(&c, CLIENT, .len = 100, .at = MS(100));
	ack(&c, SERVER, .at = MS(125));
	data(&c, SERVER, .len = 100, .at = MS(200));
	ack(&c, CLIENT, .at = MS(200.4));
	struct conn_detail d = pair_detail(&c, MS(300));
	assert_int_equal(d.f.half[CLIENT].rtt.max, MS(25));
	assert_int_equal(d.f.half[CLIENT].rtt.min, MS(20));
	assert_int_equal(d.f.half[SERVER].rtt.max, MS(0.4));
	assert_int_equal(d.f.half[SERVER].rtt.min, US(50)); /* SYN-ACK to ACK */
	watch_close(&w);
}

/* Karn: which copy was acknowledged is not known without time stamps. */

/* The sender waits for both ways; the capture stands between them, however long they are. */
static void
test_both_ways_count(void **state)
{
	const nsec near[] = {MS(3), MS(4290), MS(5000)};

	for (size_t i = 0; i < ARRAY_LEN(near); i++) {
		struct watch w;
		struct pair c;

		watch_open(&w);
		pair_init(&c, &w, ISN(state));
		tcp(&c, CLIENT, TH_SYN, .at = MS(0));
		tcp(&c, SERVER, TH_SYN | TH_ACK, .at = MS(20));
		ack(&c, CLIENT, .at = MS(20) + near[i]);
		struct conn_detail d = pair_detail(&c, MS(30) + near[i]);
		assert_int_equal(d.f.half[CLIENT].rtt.min, MS(20));
		assert_int_equal(d.f.half[SERVER].rtt.min, near[i]);
		assert_int_equal(d.f.half[CLIENT].rtt.srtt, MS(20) + near[i]);
		assert_int_equal(d.f.half[SERVER].rtt.srtt, MS(20) + near[i]);
		data(&c, CLIENT, .len = 100, .at = MS(100) + near[i]);
		ack(&c, SERVER, .at = MS(120) + near[i]);
		d = pair_detail(&c, MS(130) + near[i]);
		assert_int_equal(d.f.half[CLIENT].rtt.srtt, MS(20) + near[i]);
		watch_close(&w);
	}
}

static void
test_no_sample_from_repeated(void **state)
{
	struct watch w;
	struct pair c;

	watch_open(&w);
	pair_init(&c, &w, ISN(state));
	c.ts = false;
	pair_handshake(&c, MS(0), MS(20));
	uint64_t before = pair_detail(&c, MS(30)).f.half[CLIENT].rtt.samples;
	data(&c, CLIENT, .len = 100, .at = MS(100));
	data(&c, CLIENT, .seq = 1, .len = 100, .at = MS(330));
	ack(&c, SERVER, .at = MS(350));
	struct conn_detail d = pair_detail(&c, MS(400));
	assert_int_equal(d.f.half[CLIENT].rtt.samples, before);
	assert_int_equal(d.f.half[CLIENT].rtt.max, MS(20));
	watch_close(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_against_description),
	cmocka_unit_test(test_first_sample),
	cmocka_unit_test(test_never_below_floor),
	cmocka_unit_test(test_bounds),
	cmocka_unit_test(test_learned),
	SEQ_TEST(test_samples_by_direction),
	SEQ_TEST(test_both_ways_count),
	SEQ_TEST(test_no_sample_from_repeated),
};

UNIT_MAIN(tests)
