/* SPDX-License-Identifier: MIT */
/* Unit test of the index of payload: order, repeated bytes, gaps, both sides. */
#include "config.h"

#include "unit.h"

#include <string.h>

#include "ui/tabs/payload.h"

static struct payload payload;
static uint64_t place;

/* A segment of [seq, seq + len); its ref is its place, from 0. */
static bool
add(enum side from, int64_t seq, uint32_t len)
{
	const struct segment s = {.seq = seq, .len = len, .ref = place, .from = (uint8_t)from};

	return payload_add(&payload, &s, place++);
}

static void
add_syn(enum side from)
{
	const struct segment s = {.flags = TH_SYN, .from = (uint8_t)from};

	payload_add(&payload, &s, place++);
}

/* "c1+10@0 c[5]16+4@1": side, gap, sequence number, length and place of each piece. */
static const char *
pieces(unsigned sides)
{
	static char out[256];
	struct text t = text_on(out, sizeof(out));
	struct payload_walk w = {0};
	const struct piece *p;
	uint64_t gap;

	while ((p = payload_next(&payload, &w, sides, &gap))) {
		text_add(&t, "%s%c", t.len > 0 ? " " : "", p->from == CLIENT ? 'c' : 's');
		if (gap > 0)
			text_add(&t, "[%llu]", (unsigned long long)gap);
		text_add(&t, "%lld+%u@%llu", (long long)p->seq, p->len, (unsigned long long)p->ref);
		if (p->skip > 0)
			text_add(&t, "/%u", p->skip);
	}
	return out;
}

static int
begin(void **state)
{
	(void)state;
	payload_clear(&payload);
	place = 0;
	return 0;
}

static void
test_in_order(void **state)
{
	(void)state;
	assert_false(add(CLIENT, 1, 10));
	assert_false(add(CLIENT, 11, 10));
	assert_string_equal(pieces(3), "c1+10@0 c11+10@1");
}

static void
test_out_of_order(void **state)
{
	(void)state;
	assert_false(add(CLIENT, 1, 10));
	assert_false(add(CLIENT, 21, 10));
	assert_true(add(CLIENT, 11, 10));
	assert_string_equal(pieces(3), "c1+10@0 c11+10@2 c21+10@1");
}

static void
test_repeated_bytes_come_once_and_the_first_counts(void **state)
{
	(void)state;
	add(CLIENT, 1, 10);
	assert_false(add(CLIENT, 1, 10));
	add(CLIENT, 21, 10);
	assert_true(add(CLIENT, 6, 30));
	assert_string_equal(pieces(3), "c1+10@0 c11+10@3/5 c21+10@2 c31+5@3/25");
}

static void
test_gap(void **state)
{
	(void)state;
	add(CLIENT, 101, 10);
	add(CLIENT, 116, 10);
	assert_string_equal(pieces(3), "c101+10@0 c[5]116+10@1");
}

static void
test_gap_after_the_syn(void **state)
{
	(void)state;
	add_syn(CLIENT);
	add(CLIENT, 4, 2);
	add(CLIENT, -1, 3); /* two bytes before the first one */
	assert_string_equal(pieces(3), "c1+1@2/2 c[2]4+2@1");
}

static void
test_keep_alive_is_no_payload(void **state)
{
	const struct segment s = {.seq = 7, .len = 1, .findings = FINDING(F_KEEP_ALIVE)};

	(void)state;
	payload_add(&payload, &s, place++);
	assert_string_equal(pieces(3), "");
}

static void
test_both_sides(void **state)
{
	(void)state;
	add(CLIENT, 1, 5);
	add(SERVER, 1, 7);
	add(CLIENT, 11, 5);
	add(SERVER, 8, 7);
	add(CLIENT, 6, 5); /* what came after it comes after it */
	assert_string_equal(pieces(3), "c1+5@0 s1+7@1 s8+7@3 c6+5@4 c11+5@2");
	assert_string_equal(pieces(1U << CLIENT), "c1+5@0 c6+5@4 c11+5@2");
	assert_string_equal(pieces(1U << SERVER), "s1+7@1 s8+7@3");
}

static void
test_bounded(void **state)
{
	(void)state;
	for (int i = 0; i < PAYLOAD_PIECES_MAX; i++)
		add(CLIENT, 1 + i, 1);
	assert_false(payload.full);
	add(CLIENT, 1 + PAYLOAD_PIECES_MAX, 1);
	assert_true(payload.full);
	assert_int_equal(payload.side[CLIENT].n, PAYLOAD_PIECES_MAX);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup(test_in_order, begin),
	cmocka_unit_test_setup(test_out_of_order, begin),
	cmocka_unit_test_setup(test_repeated_bytes_come_once_and_the_first_counts, begin),
	cmocka_unit_test_setup(test_gap, begin),
	cmocka_unit_test_setup(test_gap_after_the_syn, begin),
	cmocka_unit_test_setup(test_keep_alive_is_no_payload, begin),
	cmocka_unit_test_setup(test_both_sides, begin),
	cmocka_unit_test_setup(test_bounded, begin),
};

int
main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	payload_clear(&payload);
	return failed;
}
