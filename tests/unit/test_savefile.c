/* SPDX-License-Identifier: MIT */
/*
 * Unit test of savefile and stream: every variant of the formats, built byte by byte; every record
 * again by its reference; files cut at every byte and damaged at every byte; compressed files; a
 * pipe that is filled in pieces. Not covered: what becomes of the frames (test_source).
 */
#include "config.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capfile.h"
#include "source/savefile.h"

#define FRAMES_MAX 64

/* What a reader gave. */
struct got {
	struct frame f[FRAMES_MAX];
	uint8_t first[FRAMES_MAX]; /* byte of data */
	size_t n;
	enum savefile_result end;
	uint64_t kernel, interface;
	char err[512];
};

static void
read_all(struct stream *st, struct got *g)
{
	struct savefile sf;
	memset(g, 0, sizeof(*g));
	savefile_open(&sf, st);
	for (;;) {
		struct frame f;
		g->end = savefile_next(&sf, &f);
		if (g->end == SAVEFILE_WAIT && st->regular)
			fail();
		if (g->end != SAVEFILE_FRAME)
			break;
		assert_true(f.cap_len <= RECORD_DATA_MAX && f.cap_len <= f.wire_len);
		for (uint32_t i = 1; i < f.cap_len; i++) /* also: every byte can be read */
			if (f.data[i] != (uint8_t)(f.data[0] + i))
				g->first[g->n % FRAMES_MAX] = 0xff;
		if (g->n < FRAMES_MAX) {
			g->f[g->n] = f;
			g->first[g->n] = f.cap_len ? f.data[0] : 0;
		}
		g->n++;
	}
	savefile_drops(&sf, &g->kernel, &g->interface);
	snprintf(g->err, sizeof(g->err), "%s", sf.err.msg);
	savefile_close(&sf);
}

/* From memory of exactly that size, so that a sanitizer sees one byte too far. */
static void
read_bytes(const uint8_t *p, size_t len, struct got *g)
{
	struct stream st;
	uint8_t *copy = malloc(len ? len : 1);
	if (len)
		memcpy(copy, p, len);
	stream_open_memory(&st, copy, len);
	read_all(&st, g);
	stream_close(&st);
	free(copy);
}

static void
read_path(const char *path, struct got *g)
{
	struct stream st;
	struct err err = {""};
	assert_true(stream_open(&st, path, &err));
	read_all(&st, g);
	stream_close(&st);
}

static void
assert_frame(const struct frame *f, uint64_t number, nsec ts, uint32_t cap_len, uint32_t wire_len,
	     int linktype)
{
	assert_int_equal(f->number, number);
	assert_int_equal(f->ts, ts);
	assert_int_equal(f->cap_len, cap_len);
	assert_int_equal(f->wire_len, wire_len);
	assert_int_equal(f->linktype, linktype);
}

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
			put32(&c, 2);	 /* ifindex */
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
test_pcapng_absurd_times_saturate(void **state)
{
	(void)state;
	assert_int_equal(read_one_time(0, 0, UINT64_MAX), INT64_MAX / 2);
	assert_int_equal(read_one_time(6, INT64_MAX, 1), INT64_MAX / 2);
	assert_int_equal(read_one_time(6, INT64_MIN, 1), 0);
	assert_int_equal(read_one_time(6, -10, 1), 0);
}

static void
all_blocks(struct capfile *c)
{
	ng_section(c);
	ng_unknown(c, 0x0bad, 12);
	ng_interface(c, 1, 96, -1, 0);
	ng_interface(c, 101, 0, 9, 0);
	ng_packet(c, 0, 1000000, 10, 61, 61, 1);
	ng_packet(c, 1, 2000000000, 20, 40, 1500, 2);
	ng_unknown(c, 4, 0); /* name resolution */
	ng_simple(c, 30, 200, 96);
	ng_old_packet(c, 1, 3000000000, 40, 33);
	ng_statistics(c, 0, 3, 5);
	ng_statistics(c, 0, 4, 6);
	ng_statistics(c, 1, 10, 100);
	ng_packet(c, 0, 4000000, 50, 0, 0, 0);
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

/* ---- damage ---- */

static void
assert_damaged(const struct capfile *c, size_t packets, const char *what)
{
	struct got g;
	read_bytes(c->buf, c->len, &g);
	assert_int_equal(g.end, SAVEFILE_DAMAGED);
	assert_int_equal(g.n, packets);
	if (!strstr(g.err, what))
		fail_msg("\"%s\" does not say \"%s\"", g.err, what);
	assert_null(strchr(g.err, '\n'));
}

static void
test_not_a_capture(void **state)
{
	(void)state;
	struct capfile c = {0};
	assert_damaged(&c, 0, "empty");
	put_bytes(&c, "GIF", 3);
	assert_damaged(&c, 0, "not a capture");
	put_bytes(&c, "89a, and more of that", 20);
	assert_damaged(&c, 0, "not a capture");
	capfile_free(&c);
}

static void
test_pcap_damage_is_located(void **state)
{
	(void)state;
	struct capfile c = {0};
	pcap_header(&c, 0xa1b2c3d4, 4, 1);
	pcap_packet(&c, 1, 0, 1, 60, 60);
	size_t at = c.len;
	pcap_packet(&c, 2, 0, 2, 60, 60);
	set32(&c, at + 8, RECORD_DATA_MAX + 1);
	assert_damaged(&c, 1, "damaged (a record of 262145 bytes) at offset 100, after 1 packets");
	set32(&c, at + 8, UINT32_MAX);
	assert_damaged(&c, 1, "at offset 100, after 1 packets");
	set32(&c, at + 8, RECORD_DATA_MAX);
	assert_damaged(&c, 1, "cut short in the middle of a record at offset 100");
	capfile_free(&c);
}

static void
test_pcapng_damage(void **state)
{
	(void)state;
	static const struct {
		size_t at; /* in the second packet's block */
		uint32_t value;
		const char *what;
	} d[] = {
		{4, 8, "length"},	   {4, 95, "length"},
		{4, UINT32_MAX - 3, "length"}, {4, 88, "length"},
		{8, 1, "interface"},	   {8, UINT32_MAX, "interface"},
		{20, 61, "lengths"},	   {20, UINT32_MAX, "lengths"},
		{88, 96, "length"},
	};
	for (size_t i = 0; i < ARRAY_LEN(d); i++) {
		struct capfile c = {0};
		ng_section(&c);
		ng_interface(&c, 1, 0, -1, 0);
		ng_packet(&c, 0, 1, 1, 60, 60, -1);
		size_t at = c.len;
		ng_packet(&c, 0, 2, 2, 60, 60, -1);
		ng_packet(&c, 0, 3, 3, 60, 60, -1);
		assert_int_equal(c.len - at, 2 * 92);
		set32(&c, at + d[i].at, d[i].value);
		assert_damaged(&c, 1, d[i].what);
		assert_damaged(&c, 1, "after 1 packets");
		capfile_free(&c);
	}
}

static void
test_pcapng_impossible_resolution(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct capfile c = {0};
		ng_section(&c);
		ng_interface(&c, 1, 0, i ? 20 : 0x80 | 64, 0);
		assert_damaged(&c, 0, "time resolution");
		capfile_free(&c);
	}
}

static void
test_pcapng_options_that_lie(void **state)
{
	(void)state;
	struct capfile c = {0};
	struct got g;
	ng_section(&c);
	ng_interface(&c, 1, 0, -1, 0);
	size_t at = c.len;
	ng_packet(&c, 0, 1, 1, 60, 60, 1);
	c.buf[at + 28 + 60 + 2] = 0xff; /* the option's length */
	read_bytes(c.buf, c.len, &g);
	assert_int_equal(g.end, SAVEFILE_END);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.f[0].direction, DIR_UNKNOWN);
	capfile_free(&c);
}

static void
sample(struct capfile *c, int which)
{
	c->swap = which & 1;
	if (which < 2)
		all_blocks(c);
	else {
		pcap_header(c, which < 4 ? 0xa1b2c3d4 : 0xa1b23c4d, 4, 1);
		for (uint8_t i = 0; i < 4; i++)
			pcap_packet(c, i, i, (uint8_t)(i * 10), 20u + i, 60);
	}
	if (which == 1) {
		c->swap = false;
		all_blocks(c);
	}
}

/* Where the record of sample's frame i ends in the file. */
static size_t
record_end(const struct capfile *c, int which, const struct got *whole, size_t i)
{
	size_t at = (size_t)record_offset(whole->f[i].ref);
	bool swap = which == 1 ? i < 5 : which & 1;
	return at + (which < 2 ? get32(c->buf + at + 4, swap) : 16 + whole->f[i].cap_len);
}

static void
test_cut_at_every_byte(void **state)
{
	(void)state;
	for (int which = 0; which < 6; which++) {
		struct capfile c = {0};
		struct got whole, g;
		sample(&c, which);
		read_bytes(c.buf, c.len, &whole);
		for (size_t cut = 0; cut < c.len; cut++) {
			size_t expected = 0;
			for (size_t i = 0; i < whole.n; i++)
				expected += record_end(&c, which, &whole, i) <= cut;
			read_bytes(c.buf, cut, &g);
			assert_int_equal(g.n, expected);
			for (size_t i = 0; i < g.n; i++) {
				assert_int_equal(g.f[i].ts, whole.f[i].ts);
				assert_int_equal(g.first[i], whole.first[i]);
			}
			assert_true(g.end == SAVEFILE_END || g.err[0]);
		}
		capfile_free(&c);
	}
}

/* Whatever a byte becomes: it ends, within bounds, and what comes before it is unchanged. */
static void
test_damage_at_every_byte(void **state)
{
	(void)state;
	static const uint8_t values[] = {0x00, 0xff, 0x80, 0x01};
	for (int which = 0; which < 6; which++) {
		struct capfile c = {0};
		struct got whole, g;
		sample(&c, which);
		read_bytes(c.buf, c.len, &whole);
		for (size_t at = 0; at < c.len; at++) {
			uint8_t was = c.buf[at];
			for (size_t v = 0; v < ARRAY_LEN(values); v++) {
				c.buf[at] = values[v];
				read_bytes(c.buf, c.len, &g);
				assert_true(g.end == SAVEFILE_END || g.end == SAVEFILE_DAMAGED);
				assert_true(g.end == SAVEFILE_END || g.err[0]);
				for (size_t i = 0; i + 1 < whole.n; i++)
					if (record_offset(whole.f[i + 1].ref) <= at)
						assert_true(g.n > i &&
							    g.f[i].ref == whole.f[i].ref);
			}
			c.buf[at] = was;
		}
		capfile_free(&c);
	}
}

/* ---- files, compressed files, pipes ---- */

/* Larger than the buffer, so that records straddle blocks. */
static void
large(struct capfile *c, uint32_t packets)
{
	pcap_header(c, 0xa1b23c4d, 4, 1);
	for (uint32_t i = 0; i < packets; i++)
		pcap_packet(c, i, i, (uint8_t)i, i % 1500, 1500);
}

static void
assert_large(const struct got *g, uint32_t packets)
{
	assert_string_equal(g->err, "");
	assert_int_equal(g->end, SAVEFILE_END);
	assert_int_equal(g->n, packets);
	for (uint32_t i = 0; i < FRAMES_MAX; i++)
		assert_frame(&g->f[i], i + 1, i * NSEC_PER_SEC + i, i % 1500, 1500, 1);
}

static void
test_file_in_blocks(void **state)
{
	(void)state;
	struct capfile c = {0};
	struct got g;
	char path[64];
	large(&c, 4000);
	capfile_save(&c, path);
	read_path(path, &g);
	assert_large(&g, 4000);
	unlink(path);
	capfile_free(&c);
}

typedef size_t pack_fn(const uint8_t *p, size_t len, uint8_t *out, size_t size);

static void
check_packed(pack_fn *pack)
{
	struct capfile c = {0};
	struct got g;
	char path[64];
	large(&c, 4000);
	size_t half = c.len / 2, size = c.len + 4096;
	uint8_t *out = malloc(size);
	/* two members, as concatenated files have them */
	size_t n = pack(c.buf, half, out, size);
	size_t first = n;
	n += pack(c.buf + half, c.len - half, out + n, size - n);
	bytes_save(out, n, path);
	read_path(path, &g);
	assert_large(&g, 4000);
	unlink(path);
	/* cut short: what was whole is delivered */
	bytes_save(out, first + (n - first) / 2, path);
	read_path(path, &g);
	assert_int_equal(g.end, SAVEFILE_DAMAGED);
	assert_true(g.n >= 1500 && g.n < 4000);
	assert_non_null(strstr(g.err, "cut short"));
	unlink(path);
	/* damaged in the middle */
	memset(out + first + (n - first) / 2, 0xa5, 64);
	bytes_save(out, n, path);
	read_path(path, &g);
	assert_int_equal(g.end, SAVEFILE_DAMAGED);
	assert_true(g.n >= 1500 && g.n < 4000);
	unlink(path);
	free(out);
	capfile_free(&c);
}

static void
test_gzip(void **state)
{
	(void)state;
#ifdef HAVE_ZLIB
	check_packed(pack_gzip);
#else
	skip();
#endif
}

static void
test_zstd(void **state)
{
	(void)state;
#ifdef HAVE_ZSTD
	check_packed(pack_zstd);
#else
	skip();
#endif
}

static void
test_unknown_packing_is_named(void **state)
{
	(void)state;
	struct got g;
	char path[64];
	bytes_save("BZh91AY&SY", 10, path);
	read_path(path, &g);
	assert_int_equal(g.end, SAVEFILE_DAMAGED);
	assert_non_null(strstr(g.err, "bzip2"));
	unlink(path);
}

static void
send_bytes(int fd, const uint8_t *p, size_t len)
{
	assert_int_equal(write(fd, p, len), len);
}

/* A packet is given as soon as its last byte is there, and nothing is before. */
static void
check_pipe(const struct capfile *c, int which, size_t step, const struct got *whole)
{
	int fd[2];
	struct savefile sf;
	struct frame f;
	size_t n = 0;
	assert_int_equal(pipe(fd), 0);
	struct stream st = {.fd = fd[0], .owns_fd = true};
	st.buf = malloc(1 << 20);
	st.data = st.buf;
	savefile_open(&sf, &st);
	for (size_t at = 0; at < c->len; at += step) {
		size_t part = c->len - at < step ? c->len - at : step;
		send_bytes(fd[1], c->buf + at, part);
		while (savefile_next(&sf, &f) == SAVEFILE_FRAME) {
			assert_true(n < whole->n);
			assert_int_equal(f.ts, whole->f[n].ts);
			assert_int_equal(f.ref, whole->f[n].ref);
			n++;
		}
		for (size_t i = n; i < whole->n; i++) /* not later than possible */
			assert_true(record_end(c, which, whole, i) > at + part);
		assert_int_equal(savefile_next(&sf, &f), SAVEFILE_WAIT);
	}
	close(fd[1]);
	assert_int_equal(savefile_next(&sf, &f), SAVEFILE_END);
	assert_int_equal(n, whole->n);
	savefile_close(&sf);
	stream_close(&st);
}

static void
test_pipe_in_pieces(void **state)
{
	(void)state;
	for (int which = 0; which < 6; which++) {
		struct capfile c = {0};
		struct got whole;
		sample(&c, which);
		read_bytes(c.buf, c.len, &whole);
		for (size_t step = 1; step < 40; step += 3)
			check_pipe(&c, which, step, &whole);
		capfile_free(&c);
	}
}

#ifdef HAVE_ZLIB
/* Asking a compressed pipe again and again while nothing comes is no error. */
static void
test_packed_pipe_waits(void **state)
{
	(void)state;
	struct capfile c = {0};
	uint8_t out[4096];
	struct frame f;
	struct savefile sf;
	int fd[2];
	pcap_header(&c, 0xa1b23c4d, 4, 1);
	pcap_packet(&c, 1, 0, 1, 60, 60);
	for (int kind = 0; kind < 2; kind++) {
		size_t n = pack_gzip(c.buf, c.len, out, sizeof(out));
#ifdef HAVE_ZSTD
		if (kind)
			n = pack_zstd(c.buf, c.len, out, sizeof(out));
#endif
		assert_int_equal(pipe(fd), 0);
		struct stream st = {.fd = fd[0], .owns_fd = true};
		st.buf = malloc(1 << 20);
		st.data = st.buf;
		savefile_open(&sf, &st);
		send_bytes(fd[1], out, 9);
		for (int i = 0; i < 100; i++)
			assert_int_equal(savefile_next(&sf, &f), SAVEFILE_WAIT);
		send_bytes(fd[1], out + 9, n - 9);
		assert_int_equal(savefile_next(&sf, &f), SAVEFILE_FRAME);
		for (int i = 0; i < 100; i++)
			assert_int_equal(savefile_next(&sf, &f), SAVEFILE_WAIT);
		close(fd[1]);
		assert_int_equal(savefile_next(&sf, &f), SAVEFILE_END);
		savefile_close(&sf);
		stream_close(&st);
	}
	capfile_free(&c);
}
#endif

static void
test_record_parse_again(void **state)
{
	(void)state;
	for (int which = 0; which < 6; which++) {
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
	cmocka_unit_test(test_pcapng_absurd_times_saturate),
	cmocka_unit_test(test_pcapng_blocks),
	cmocka_unit_test(test_pcapng_sections_of_either_order),
	cmocka_unit_test(test_pcapng_interfaces_end_with_their_section),
	cmocka_unit_test(test_pcapng_large_unknown_block),
	cmocka_unit_test(test_not_a_capture),
	cmocka_unit_test(test_pcap_damage_is_located),
	cmocka_unit_test(test_pcapng_damage),
	cmocka_unit_test(test_pcapng_impossible_resolution),
	cmocka_unit_test(test_pcapng_options_that_lie),
	cmocka_unit_test(test_cut_at_every_byte),
	cmocka_unit_test(test_damage_at_every_byte),
	cmocka_unit_test(test_file_in_blocks),
	cmocka_unit_test(test_gzip),
	cmocka_unit_test(test_zstd),
	cmocka_unit_test(test_unknown_packing_is_named),
	cmocka_unit_test(test_pipe_in_pieces),
#ifdef HAVE_ZLIB
	cmocka_unit_test(test_packed_pipe_waits),
#endif
	cmocka_unit_test(test_record_parse_again),
};

UNIT_MAIN(tests)
