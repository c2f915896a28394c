/* SPDX-License-Identifier: MIT */
/* capread: see its header. */
#include "config.h"

#include "capread.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
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
	g->drops_known = savefile_drops(&sf, &g->kernel, &g->interface);
	snprintf(g->err, sizeof(g->err), "%s", sf.err.msg);
	savefile_close(&sf);
}

void
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

void
read_path(const char *path, struct got *g)
{
	struct stream st;
	struct err err = {""};

	assert_true(stream_open(&st, path, &err));
	read_all(&st, g);
	stream_close(&st);
}

void
assert_frame(const struct frame *f, uint64_t number, nsec ts, uint32_t cap_len, uint32_t wire_len,
	     int linktype)
{
	assert_int_equal(f->number, number);
	assert_int_equal(f->ts, ts);
	assert_int_equal(f->cap_len, cap_len);
	assert_int_equal(f->wire_len, wire_len);
	assert_int_equal(f->linktype, linktype);
}

void
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

void
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

size_t
record_end(const struct capfile *c, int which, const struct got *whole, size_t i)
{
	size_t at = (size_t)record_offset(whole->f[i].ref);
	bool swap = which == 1 ? i < 5 : which & 1;

	return at + (which < 2 ? get32(c->buf + at + 4, swap) : 16 + whole->f[i].cap_len);
}
