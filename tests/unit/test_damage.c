/* SPDX-License-Identifier: MIT */
/*
 * Unit test of savefile and stream with damaged and incomplete input: files cut at every byte and
 * damaged at every byte, compressed files, a pipe that is filled in pieces.
 */
#include "config.h"

#include "capread.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
		{4, 8, "length"},    {4, 95, "length"},           {4, UINT32_MAX - 3, "length"},
		{4, 88, "length"},   {8, 1, "interface"},         {8, UINT32_MAX, "interface"},
		{20, 61, "lengths"}, {20, UINT32_MAX, "lengths"}, {88, 96, "length"},
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
test_pcapng_invalid_resolution(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct capfile c = {0};

		ng_section(&c);
		ng_interface(&c, 1, 0, i ? 20 : 0x80 | 64, 0);
		assert_damaged(&c, 0, "if_tsresol");
		capfile_free(&c);
	}
}

static void
test_pcapng_invalid_options(void **state)
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
test_cut_at_every_byte(void **state)
{
	(void)state;
	for (int which = 0; which < SAMPLES; which++) {
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

/* Changes each byte: reading ends, within bounds, with the packets before it unchanged. */
static void
test_damage_at_every_byte(void **state)
{
	(void)state;
	static const uint8_t values[] = {0x00, 0xff, 0x80, 0x01};
	for (int which = 0; which < SAMPLES; which++) {
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

#if defined(HAVE_ZLIB) || defined(HAVE_ZSTD)
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

/* A little input has a lot of output: the end of the input is not the end of the output. */
static void
check_highly_packed(pack_fn *pack)
{
	struct capfile c = {0};
	struct got g;
	char path[64];
	static const uint8_t zeros[60000];

	pcap_header(&c, 0xa1b2c3d4, 4, 1);
	for (uint32_t i = 0; i < 300; i++) {
		pcap_packet(&c, i, 0, 0, 0, 60000);
		set32(&c, c.len - 8, sizeof(zeros));
		put_bytes(&c, zeros, sizeof(zeros));
	}
	uint8_t *out = malloc(c.len);
	bytes_save(out, pack(c.buf, c.len, out, c.len), path);
	read_path(path, &g);
	assert_string_equal(g.err, "");
	assert_int_equal(g.end, SAVEFILE_END);
	assert_int_equal(g.n, 300);
	unlink(path);
	free(out);
	capfile_free(&c);
}
#endif

static void
test_gzip(void **state)
{
	(void)state;
#ifdef HAVE_ZLIB
	check_packed(pack_gzip);
	check_highly_packed(pack_gzip);
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
	check_highly_packed(pack_zstd);
#else
	skip();
#endif
}

static void
test_unsupported_compression_is_named(void **state)
{
	(void)state;
	struct got g;
	char path[64];
	bytes_save("BZh91AY&SY", 10, path);
	read_path(path, &g);
	assert_int_equal(g.end, SAVEFILE_DAMAGED);
	assert_non_null(strstr(g.err, "bzip2"));
	assert_null(strstr(g.err, "offset"));
	unlink(path);
}

static void
send_bytes(int fd, const uint8_t *p, size_t len)
{
	assert_int_equal(write(fd, p, len), len);
}

/* A packet is delivered as soon as its last byte is there, and not earlier. */
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
	for (int which = 0; which < SAMPLES; which++) {
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
/* Reading a compressed pipe repeatedly while it is empty is not an error. */
static void
test_compressed_pipe_waits(void **state)
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

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_not_a_capture),
	cmocka_unit_test(test_pcap_damage_is_located),
	cmocka_unit_test(test_pcapng_damage),
	cmocka_unit_test(test_pcapng_invalid_resolution),
	cmocka_unit_test(test_pcapng_invalid_options),
	cmocka_unit_test(test_cut_at_every_byte),
	cmocka_unit_test(test_damage_at_every_byte),
	cmocka_unit_test(test_file_in_blocks),
	cmocka_unit_test(test_gzip),
	cmocka_unit_test(test_zstd),
	cmocka_unit_test(test_unsupported_compression_is_named),
	cmocka_unit_test(test_pipe_in_pieces),
#ifdef HAVE_ZLIB
	cmocka_unit_test(test_compressed_pipe_waits),
#endif
};

UNIT_MAIN(tests)
