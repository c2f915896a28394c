/* SPDX-License-Identifier: MIT */
/*
 * test_reasm.c: fragments: any order, copies, overlaps, budgets, time, and what the segment that
 * comes out of them says.
 */
#include "unit.h"

#include "frames.h"

static struct decoder *d;
static struct buf b;
static struct packet p;
static uint8_t whole[60000];
static uint32_t whole_len;
static nsec now;
static uint64_t number;

static int
setup(void **state)
{
	(void)state;
	d = decoder_new();
	now = INT64_C(1700000000) * NSEC_PER_SEC;
	number = 0;
	return !d;
}

static int
teardown(void **state)
{
	(void)state;
	decoder_free(d);
	return 0;
}

/* The datagram to be cut up: plain_segment with that payload. */
static void
begin_datagram(int version, uint32_t payload)
{
	struct tcp_spec s = plain_segment;

	s.payload = payload;
	buf_begin(&b);
	push_tcp(&b, &s);
	whole_len = buf_len(&b);
	if (version == 4)
		finish_tcp(buf_bytes(&b), whole_len, host_a4, host_b4, 4);
	else
		finish_tcp(buf_bytes(&b), whole_len, host_a6, host_b6, 16);
	memcpy(whole, buf_bytes(&b), whole_len);
}

static enum decode_result
send_cut(uint32_t snaplen)
{
	struct frame f = buf_frame(&b, 101);

	f.ts = now;
	f.number = ++number;
	if (f.cap_len > snaplen)
		f.cap_len = snaplen;
	return decode_frame(d, &f, &p);
}

static void
build4(uint16_t id, uint32_t from, uint32_t to)
{
	buf_begin(&b);
	push_bytes(&b, whole + from, to - from);
	push_ipv4_fragment(&b, 6, id, (uint16_t)((to < whole_len) << 13 | from / 8));
}

static enum decode_result
send4(uint16_t id, uint32_t from, uint32_t to)
{
	build4(id, from, to);
	return send_cut(UINT32_MAX);
}

static enum decode_result
send6(uint32_t id, uint32_t from, uint32_t to)
{
	uint8_t *h;

	buf_begin(&b);
	push_bytes(&b, whole + from, to - from);
	h = push_hex(&b, "06 00 0000 00000000");
	put16(h + 2, from | (to < whole_len));
	put32(h + 4, id);
	push_ipv6(&b, 44);
	return send_cut(UINT32_MAX);
}

static void
assert_whole(uint32_t payload, unsigned fragments)
{
	assert_int_equal(p.payload_len, payload);
	assert_int_equal(p.seq, 0x01020304);
	assert_int_equal(p.csum, CSUM_GOOD);
	assert_int_equal(p.reassembled, 1);
	assert_int_equal(p.fragments, fragments);
	assert_int_equal(p.frame, number); /* of the last fragment */
	assert_int_equal(p.ts, now);
	assert_int_equal(p.truncated, 0);
}

static void
test_in_order(void **state)
{
	(void)state;
	begin_datagram(4, 100);
	assert_int_equal(send4(1, 0, 64), DECODE_FRAGMENT);
	now += NSEC_PER_SEC;
	assert_int_equal(send4(1, 64, 128), DECODE_FRAGMENT);
	assert_int_equal(send4(1, 128, whole_len), DECODE_TCP);
	assert_whole(100, 3);
	assert_int_equal(decoder_fragments_lost(d), 0);
}

static void
test_out_of_order(void **state)
{
	(void)state;
	begin_datagram(6, 2000);
	assert_int_equal(send6(9, 1024, whole_len), DECODE_FRAGMENT);
	assert_int_equal(send6(9, 512, 1024), DECODE_FRAGMENT);
	assert_int_equal(send6(9, 0, 512), DECODE_TCP);
	assert_whole(2000, 3);
}

/* A first fragment with less than a TCP header is held like any other. */
static void
test_tiny_first(void **state)
{
	(void)state;
	begin_datagram(4, 100);
	assert_int_equal(send4(1, 0, 8), DECODE_FRAGMENT);
	assert_int_equal(send4(1, 8, whole_len), DECODE_TCP);
	assert_whole(100, 2);
}

static void
test_largest(void **state)
{
	(void)state;
	begin_datagram(4, 59900);
	for (uint32_t at = 0; at + 1480 < whole_len; at += 1480)
		assert_int_equal(send4(1, at, at + 1480), DECODE_FRAGMENT);
	assert_int_equal(send4(1, whole_len / 1480 * 1480, whole_len), DECODE_TCP);
	assert_whole(59900, whole_len / 1480 + 1);
}

static void
test_interleaved(void **state)
{
	(void)state;
	begin_datagram(4, 100);
	assert_int_equal(send4(1, 0, 64), DECODE_FRAGMENT);
	assert_int_equal(send4(2, 64, whole_len), DECODE_FRAGMENT);
	assert_int_equal(send4(2, 0, 64), DECODE_TCP);
	assert_int_equal(send4(1, 64, whole_len), DECODE_TCP);
	assert_whole(100, 2);
}

static void
test_copies(void **state)
{
	(void)state;
	begin_datagram(4, 100);
	assert_int_equal(send4(1, 0, 64), DECODE_FRAGMENT);
	assert_int_equal(send4(1, 0, 64), DECODE_FRAGMENT);
	assert_int_equal(send4(1, 64, whole_len), DECODE_TCP);
	assert_whole(100, 2);
	/* The second interface's copy of the last one is not the start of another datagram. */
	assert_int_equal(send4(1, 64, whole_len), DECODE_FRAGMENT);
	now += 60 * NSEC_PER_SEC;
	assert_int_equal(decoder_fragments_lost(d), 0);
	/* Much later the id is used again. */
	assert_int_equal(send4(1, 0, 64), DECODE_FRAGMENT);
	assert_int_equal(send4(1, 64, whole_len), DECODE_TCP);
	assert_whole(100, 2);
}

static void
test_overlap_first_wins(void **state)
{
	(void)state;
	begin_datagram(4, 100);
	assert_int_equal(send4(1, 0, 64), DECODE_FRAGMENT);
	whole[40] ^= 0xff; /* the later one lies about bytes that are already there */
	assert_int_equal(send4(1, 32, whole_len), DECODE_TCP);
	whole[40] ^= 0xff;
	assert_whole(100, 2);
}

static void
test_overlap_spoils_ipv6(void **state)
{
	(void)state;
	begin_datagram(6, 100);
	assert_int_equal(send6(1, 0, 64), DECODE_FRAGMENT);
	assert_int_equal(send6(1, 32, whole_len), DECODE_MALFORMED);
	assert_int_equal(send6(1, 64, whole_len), DECODE_MALFORMED);
	assert_int_equal(send6(1, 0, 64), DECODE_MALFORMED);
	assert_int_equal(decoder_fragments_lost(d), 4);
}

/* The same bytes again are a copy, other bytes in their place are not. */
static void
test_copy_of_ipv6(void **state)
{
	(void)state;
	begin_datagram(6, 100);
	assert_int_equal(send6(1, 0, 64), DECODE_FRAGMENT);
	assert_int_equal(send6(1, 0, 64), DECODE_FRAGMENT);
	assert_int_equal(send6(1, 64, whole_len), DECODE_TCP);
	assert_whole(100, 2);
	assert_int_equal(send6(2, 0, 64), DECODE_FRAGMENT);
	whole[40] ^= 0xff;
	assert_int_equal(send6(2, 32, 64), DECODE_MALFORMED);
	whole[40] ^= 0xff;
	assert_int_equal(send6(2, 64, whole_len), DECODE_MALFORMED);
}

static void
test_lengths_that_lie(void **state)
{
	(void)state;
	begin_datagram(4, 100);
	assert_int_equal(send4(1, 0, 63), DECODE_MALFORMED); /* not a multiple of eight */
	assert_int_equal(send4(1, 64, whole_len), DECODE_FRAGMENT);
	buf_begin(&b); /* beyond the end that is known */
	push(&b, 64);
	push_ipv4_fragment(&b, 6, 1, 0x2000 | 200);
	assert_int_equal(send_cut(UINT32_MAX), DECODE_MALFORMED);
	buf_begin(&b); /* longer than a datagram can be */
	push(&b, 64);
	push_ipv4_fragment(&b, 6, 2, 0x1fff);
	assert_int_equal(send_cut(UINT32_MAX), DECODE_MALFORMED);
	assert_int_equal(send4(1, 0, 64), DECODE_TCP);
	assert_whole(100, 2);
	assert_int_equal(decoder_fragments_lost(d), 3);
}

static void
test_time_out(void **state)
{
	(void)state;
	begin_datagram(4, 100);
	assert_int_equal(send4(1, 0, 64), DECODE_FRAGMENT);
	now += 31 * NSEC_PER_SEC;
	assert_int_equal(send4(1, 64, whole_len), DECODE_FRAGMENT);
	assert_int_equal(decoder_fragments_lost(d), 1);
	now += 31 * NSEC_PER_SEC;
	assert_int_equal(send4(7, 0, 64), DECODE_FRAGMENT);
	assert_int_equal(decoder_fragments_lost(d), 2);
}

/* A flood of first fragments costs what it may, and what was dropped is counted. */
static void
test_budget(void **state)
{
	enum { FLOOD = 20000 };

	(void)state;
	begin_datagram(4, 59900);
	for (unsigned i = 0; i < FLOOD; i++)
		assert_int_equal(send4((uint16_t)i, 50000, 51480), DECODE_FRAGMENT);
	assert_in_range(decoder_fragments_lost(d), FLOOD - 256, FLOOD);
	begin_datagram(4, 100);
	assert_int_equal(send4(1, 0, 64), DECODE_FRAGMENT);
	assert_int_equal(send4(1, 64, whole_len), DECODE_TCP);
	assert_whole(100, 2);
}

static void
test_snaplen(void **state)
{
	(void)state;
	begin_datagram(4, 1000);
	build4(1, 0, 512);
	assert_int_equal(send_cut(20 + 60), DECODE_FRAGMENT);
	build4(1, 512, whole_len);
	assert_int_equal(send_cut(20 + 60), DECODE_TCP);
	assert_int_equal(p.payload_len, 1000);
	assert_int_equal(p.options, OPT_TS);
	assert_int_equal(p.truncated, 1);
	assert_int_equal(p.csum, CSUM_UNKNOWN);
	assert_int_equal(p.reassembled, 1);
}

/* The outer packet is in fragments, the segment is in the tunnel. */
static void
test_fragmented_tunnel(void **state)
{
	struct tcp_spec s = plain_segment;

	(void)state;
	s.payload = 1400;
	buf_begin(&b);
	push_tcp(&b, &s);
	push_ipv4(&b, 6);
	push_ethernet(&b, 0x0800);
	push_hex(&b, "08000000 00002a00");
	push_udp(&b, 50000, 4789);
	whole_len = buf_len(&b);
	memcpy(whole, buf_bytes(&b), whole_len);
	for (uint32_t at = 0; at < whole_len; at += 512) {
		const uint32_t end = at + 512 < whole_len ? at + 512 : whole_len;

		buf_begin(&b);
		push_bytes(&b, whole + at, end - at);
		push_ipv4_fragment(&b, 17, 5,
				   (uint16_t)((end < whole_len) << 13 | at / 8));
		assert_int_equal(send_cut(UINT32_MAX),
				 end < whole_len ? DECODE_FRAGMENT : DECODE_TCP);
	}
	assert_whole(1400, 3);
	assert_int_not_equal(p.scope, 0);
}

#define REASM_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static const struct CMUnitTest tests[] = {
	REASM_TEST(test_in_order),
	REASM_TEST(test_out_of_order),
	REASM_TEST(test_tiny_first),
	REASM_TEST(test_largest),
	REASM_TEST(test_interleaved),
	REASM_TEST(test_copies),
	REASM_TEST(test_overlap_first_wins),
	REASM_TEST(test_overlap_spoils_ipv6),
	REASM_TEST(test_copy_of_ipv6),
	REASM_TEST(test_lengths_that_lie),
	REASM_TEST(test_time_out),
	REASM_TEST(test_budget),
	REASM_TEST(test_snaplen),
	REASM_TEST(test_fragmented_tunnel),
};

UNIT_MAIN(tests)
