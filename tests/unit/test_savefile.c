/* SPDX-License-Identifier: MIT */
/*
 * Unit test of savefile: every variant of the formats, built byte by byte, and every record again
 * by its reference. Not covered: damage (test_damage), what becomes of the frames (test_source).
 */
#include "config.h"

#include "capread.h"

#include <string.h>
#include <unistd.h>

/* ---- pcap ---- */

static void
test_pcap_variants(void **state)
{
	(void)state;
	static const struct {
		uint32_t magic;
		nsec unit;
		bool swap;
	} v[] = {
		{0xa1b2c3d4, 1000, false},
		{0xa1b2c3d4, 1000, true},
		{0xa1b23c4d, 1, false},
		{0xa1b23c4d, 1, true},
	};
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		struct capfile c = {.swap = v[i].swap};
		struct got g;

		pcap_header(&c, v[i].magic, 4, 1);
		pcap_packet(&c, 1700000000, 123456, 10, 60, 60);
		pcap_packet(&c, 1700000001, 7, 20, 0, 0);
		pcap_packet(&c, UINT32_MAX, 999999, 30, 50, 1500);
		read_bytes(c.buf, c.len, &g);
		assert_int_equal(g.end, SAVEFILE_END);
		assert_int_equal(g.n, 3);
		assert_frame(&g.f[0], 1, 1700000000 * NSEC_PER_SEC + 123456 * v[i].unit, 60, 60, 1);
		assert_frame(&g.f[1], 2, 1700000001 * NSEC_PER_SEC + 7 * v[i].unit, 0, 0, 1);
		assert_frame(&g.f[2], 3, UINT32_MAX * NSEC_PER_SEC + 999999 * v[i].unit, 50, 1500,
			     1);
		assert_int_equal(record_offset(g.f[0].ref), 24);
		assert_int_equal(record_offset(g.f[1].ref), 24 + 16 + 60);
		assert_int_equal(g.first[0], 10);
		assert_int_equal(g.first[2], 30);
		capfile_free(&c);
	}
}

static void
test_pcap_modified(void **state)
{
	(void)state;
	for (int swap = 0; swap < 2; swap++) {
		struct capfile c = {.swap = swap};
		struct got g;

		pcap_header(&c, 0xa1b2cd34, 4, 1);
		for (uint8_t type = 0; type <= 4; type += 4) {
			put32(&c, 5);
			put32(&c, 6);
			put32(&c, 40);
			put32(&c, 44);
			put32(&c, 2);    /* ifindex */
			put16(&c, 2048); /* protocol */
			put8(&c, type);
			put8(&c, 0);
			put_payload(&c, 9, 40);
		}
		read_bytes(c.buf, c.len, &g);
		assert_int_equal(g.end, SAVEFILE_END);
		assert_int_equal(g.n, 2);
		assert_frame(&g.f[1], 2, 5 * NSEC_PER_SEC + 6000, 40, 44, 1);
		assert_int_equal(g.first[1], 9);
		assert_int_equal(g.f[0].direction, DIR_IN);
		assert_int_equal(g.f[1].direction, DIR_OUT);
		capfile_free(&c);
	}
}

static void
test_pcap_old_version_has_lengths_swapped(void **state)
{
	(void)state;
	struct capfile c = {0};
	struct got g;
	pcap_header(&c, 0xa1b2c3d4, 2, 1);
	pcap_packet(&c, 1, 0, 1, 60, 60);
	size_t at = c.len;
	pcap_packet(&c, 2, 0, 2, 60, 60);
	set32(&c, at + 8, 1500); /* the wire's length stands first */
	read_bytes(c.buf, c.len, &g);
	assert_int_equal(g.n, 2);
	assert_frame(&g.f[1], 2, 2 * NSEC_PER_SEC, 60, 1500, 1);
	capfile_free(&c);
}

static void
test_pcap_linktype_without_fcs_bits(void **state)
{
	(void)state;
	struct capfile c = {0};
	struct got g;
	pcap_header(&c, 0xa1b2c3d4, 4, 0x24000071);
	pcap_packet(&c, 1, 0, 1, 60, 60);
	read_bytes(c.buf, c.len, &g);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.f[0].linktype, 0x71);
	capfile_free(&c);
}

static void
test_pcap_wire_length_below_captured(void **state)
{
	(void)state;
	struct capfile c = {0};
	struct got g;
	pcap_header(&c, 0xa1b2c3d4, 4, 1);
	pcap_packet(&c, 1, 0, 1, 60, 10);
	read_bytes(c.buf, c.len, &g);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.f[0].wire_len, 60);
	capfile_free(&c);
}

/* ---- pcapng ---- */

static nsec
read_one_time(int tsresol, int64_t offset, uint64_t units)
{
	struct capfile c = {0};
	struct got g;

	ng_section(&c);
	ng_interface(&c, 1, 0, tsresol, offset);
	ng_packet(&c, 0, units, 1, 60, 60, -1);
	read_bytes(c.buf, c.len, &g);
	assert_int_equal(g.end, SAVEFILE_END);
	assert_int_equal(g.n, 1);
	capfile_free(&c);
	return g.f[0].ts;
}

static void
test_pcapng_time_resolutions(void **state)
{
	(void)state;
	const nsec t = 1700000000 * NSEC_PER_SEC;
	assert_int_equal(read_one_time(-1, 0, 1700000000000001), t + 1000);
	assert_int_equal(read_one_time(6, 0, 1700000000000001), t + 1000);
	assert_int_equal(read_one_time(9, 0, 1700000000000000001), t + 1);
	assert_int_equal(read_one_time(3, 0, 1700000000001), t + NSEC_PER_MS);
	assert_int_equal(read_one_time(0, 0, 1700000000), t);
	assert_int_equal(read_one_time(10, 0, 17000000000000000019u), t + 1);
	assert_int_equal(read_one_time(12, 0, 5000000001999), 5000000001);
	assert_int_equal(read_one_time(0x80, 0, 1700000000), t);
	assert_int_equal(read_one_time(0x80 | 10, 0, 1700000000ull * 1024 + 512),
			 t + NSEC_PER_SEC / 2);
	assert_int_equal(read_one_time(0x80 | 32, 0, (1700000000ull << 32) + (1u << 31)),
			 t + NSEC_PER_SEC / 2);
	assert_int_equal(read_one_time(0x80 | 63, 0, UINT64_MAX), 2 * NSEC_PER_SEC - 1);
	assert_int_equal(read_one_time(6, 1600000000, 100000000000000), t);
	assert_int_equal(read_one_time(6, -1, 1700000001000000), t);
}

static void
test_pcapng_times_saturate(void **state)
{
	(void)state;
	assert_int_equal(read_one_time(0, 0, UINT64_MAX), INT64_MAX / 2);
	assert_int_equal(read_one_time(6, INT64_MAX, 1), INT64_MAX / 2);
	assert_int_equal(read_one_time(6, INT64_MIN, 1), 0);
	assert_int_equal(read_one_time(6, -10, 1), 0);
}

static void
assert_all_blocks(const struct got *g, size_t first)
{
	const struct frame *f = g->f + first;

	assert_frame(&f[0], first + 1, NSEC_PER_SEC, 61, 61, 1);
	assert_frame(&f[1], first + 2, 2 * NSEC_PER_SEC, 40, 1500, 101);
	assert_frame(&f[2], first + 3, 2 * NSEC_PER_SEC, 96, 200, 1);
	assert_frame(&f[3], first + 4, 3 * NSEC_PER_SEC, 33, 33, 101);
	assert_frame(&f[4], first + 5, 4 * NSEC_PER_SEC, 0, 0, 1);
	assert_int_equal(f[0].direction, DIR_IN);
	assert_int_equal(f[1].direction, DIR_OUT);
	assert_int_equal(f[2].direction, DIR_UNKNOWN);
	assert_int_equal(f[0].interface, 1);
	assert_int_equal(f[1].interface, 2);
	assert_int_equal(g->first[first], 10);
	assert_int_equal(g->first[first + 1], 20);
	assert_int_equal(g->first[first + 2], 30);
	assert_int_equal(g->first[first + 3], 40);
}

static void
test_pcapng_blocks(void **state)
{
	(void)state;
	for (int swap = 0; swap < 2; swap++) {
		struct capfile c = {.swap = swap};
		struct got g;

		all_blocks(&c);
		read_bytes(c.buf, c.len, &g);
		assert_int_equal(g.end, SAVEFILE_END);
		assert_int_equal(g.n, 5);
		assert_all_blocks(&g, 0);
		assert_int_equal(g.interface, 4 + 10);
		assert_true(g.drops_known);
		assert_int_equal(g.kernel, 6 + 100);
		capfile_free(&c);
	}
}

static void
test_pcapng_sections_of_either_order(void **state)
{
	(void)state;
	struct capfile c = {0};
	struct got g;
	all_blocks(&c);
	c.swap = true;
	all_blocks(&c);
	c.swap = false;
	all_blocks(&c);
	read_bytes(c.buf, c.len, &g);
	assert_int_equal(g.end, SAVEFILE_END);
	assert_int_equal(g.n, 15);
	for (size_t i = 0; i < 15; i += 5)
		assert_all_blocks(&g, i);
	capfile_free(&c);
}

static void
test_pcapng_interfaces_end_with_their_section(void **state)
{
	(void)state;
	struct capfile c = {0};
	struct got g;
	all_blocks(&c);
	ng_section(&c);
	ng_interface(&c, 1, 0, -1, 0);
	ng_packet(&c, 1, 1, 1, 10, 10, -1);
	read_bytes(c.buf, c.len, &g);
	assert_int_equal(g.end, SAVEFILE_DAMAGED);
	assert_int_equal(g.n, 5);
	capfile_free(&c);
}

static void
test_pcapng_large_unknown_block(void **state)
{
	(void)state;
	struct capfile c = {0};
	struct got g;
	char path[64];
	ng_section(&c);
	ng_interface(&c, 1, 0, -1, 0);
	ng_unknown(&c, 0x80000001, 3 << 20);
	ng_packet(&c, 0, 1, 7, 60, 60, -1);
	capfile_save(&c, path);
	read_path(path, &g);
	assert_int_equal(g.end, SAVEFILE_END);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.first[0], 7);
	unlink(path);
	capfile_free(&c);
}

static void
test_record_parse_again(void **state)
{
	(void)state;
	for (int which = 0; which < SAMPLES; which++) {
		struct capfile c = {0};
		struct savefile sf;
		struct stream st;
		struct frame f;

		sample(&c, which);
		stream_open_memory(&st, c.buf, c.len);
		savefile_open(&sf, &st);
		int n = 0;
		while (savefile_next(&sf, &f) == SAVEFILE_FRAME) {
			struct record_format rf;
			struct record r;
			size_t at = (size_t)record_offset(f.ref);

			n++;
			assert_true(savefile_format(&sf, f.ref, &rf));
			assert_true(record_parse(&rf, c.buf + at, RECORD_HEADER_MAX, &r));
			assert_int_equal(r.cap_len, f.cap_len);
			assert_int_equal(rf.linktype, f.linktype);
			assert_true(!r.timed || r.ts == f.ts);
			assert_ptr_equal(c.buf + at + r.data, f.data);
		}
		assert_true(n >= 4);
		assert_false(savefile_format(&sf, UINT64_MAX, &(struct record_format){0}));
		savefile_close(&sf);
		capfile_free(&c);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_pcap_variants),
	cmocka_unit_test(test_pcap_modified),
	cmocka_unit_test(test_pcap_old_version_has_lengths_swapped),
	cmocka_unit_test(test_pcap_linktype_without_fcs_bits),
	cmocka_unit_test(test_pcap_wire_length_below_captured),
	cmocka_unit_test(test_pcapng_time_resolutions),
	cmocka_unit_test(test_pcapng_times_saturate),
	cmocka_unit_test(test_pcapng_blocks),
	cmocka_unit_test(test_pcapng_sections_of_either_order),
	cmocka_unit_test(test_pcapng_interfaces_end_with_their_section),
	cmocka_unit_test(test_pcapng_large_unknown_block),
	cmocka_unit_test(test_record_parse_again),
};

UNIT_MAIN(tests)
