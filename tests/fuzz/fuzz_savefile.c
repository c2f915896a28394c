/* SPDX-License-Identifier: MIT */
/*
 * fuzz_savefile.c: any bytes as a capture file, from memory and once more as a file (which may be
 * compressed). What is read must lie within the input, the same both ways, and be found again by
 * its reference.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "source/savefile.h"

#define CHECK(x)                                                                                   \
	do {                                                                                       \
		if (!(x))                                                                          \
			abort();                                                                   \
	} while (0)

static void
check_again(struct savefile *sf, const struct frame *f, const uint8_t *data, size_t size)
{
	struct record_format rf;
	struct record r;
	uint64_t at = record_offset(f->ref);
	size_t left = size - (size_t)at;

	CHECK(at < size && savefile_format(sf, f->ref, &rf));
	CHECK(record_parse(&rf, data + at, left < RECORD_HEADER_MAX ? left : RECORD_HEADER_MAX,
			   &r));
	CHECK(r.cap_len == f->cap_len && rf.linktype == f->linktype);
	CHECK(data + at + r.data == f->data && r.data + r.cap_len <= r.total && r.total <= left);
}

static uint64_t
sum(uint64_t h, const struct frame *f)
{
	const uint64_t v[] = {(uint64_t)f->ts, f->number,   f->ref,
			      f->cap_len,      f->wire_len, (uint64_t)f->linktype};

	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		h = (h ^ v[i]) * UINT64_C(0x9e3779b97f4a7c15);
	for (uint32_t i = 0; i < f->cap_len; i += 1 + f->cap_len / 64)
		h = (h ^ f->data[i]) * UINT64_C(0x9e3779b97f4a7c15);
	return h;
}

/* Reads to the end; returns a digest of everything read. memory: the input itself, or NULL. */
static uint64_t
read_all(struct stream *st, const uint8_t *memory, size_t size)
{
	struct savefile sf;
	struct frame f;
	enum savefile_result r;
	uint64_t h = 1, kernel, interface;

	savefile_open(&sf, st);
	while ((r = savefile_next(&sf, &f)) == SAVEFILE_FRAME) {
		CHECK(f.cap_len <= RECORD_DATA_MAX && f.cap_len <= f.wire_len && f.ts >= 0);
		CHECK(f.ts <= INT64_MAX / 2 && f.number == sf.number);
		if (memory)
			check_again(&sf, &f, memory, size);
		h = sum(h, &f);
	}
	CHECK(r == SAVEFILE_END || (r == SAVEFILE_DAMAGED && sf.err.msg[0]));
	savefile_drops(&sf, &kernel, &interface);
	savefile_close(&sf);
	return h;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stream st;
	struct err err;
	char path[64];
	int fd = memfd_create("savefile", MFD_CLOEXEC);
	struct text t = text_on(path, sizeof(path));
	uint64_t h;

	stream_open_memory(&st, data, size);
	h = read_all(&st, data, size);
	stream_close(&st);

	CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	text_add(&t, "/proc/self/fd/%d", fd);
	CHECK(stream_open(&st, path, &err));
	uint64_t again = read_all(&st, NULL, 0);
	CHECK(again == h || st.unpacker);
	stream_close(&st);
	close(fd);
	return 0;
}
