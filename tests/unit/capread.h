/* SPDX-License-Identifier: MIT */
/* capread: for tests of capture files: reads one to its end and keeps what came; sample files. */
#ifndef TCPLENS_TEST_CAPREAD_H
#define TCPLENS_TEST_CAPREAD_H

#include "unit.h"

#include "capfile.h"
#include "source/savefile.h"

#define FRAMES_MAX 64

/* What a reader gave. */
struct got {
	struct frame f[FRAMES_MAX];
	uint8_t first[FRAMES_MAX]; /* byte of data */
	size_t n;
	enum savefile_result end;
	bool drops_known;
	uint64_t kernel, interface;
	char err[512];
};

void read_all(struct stream *st, struct got *g);
/* From memory of exactly that size, so that a sanitizer sees one byte too far. */
void read_bytes(const uint8_t *p, size_t len, struct got *g);
void read_path(const char *path, struct got *g);
void assert_frame(const struct frame *f, uint64_t number, nsec ts, uint32_t cap_len,
		  uint32_t wire_len, int linktype);

/* A pcapng section with every kind of block: five packets. */
void all_blocks(struct capfile *c);
/* Each format in each byte order: which < SAMPLES; the first two are pcapng. */
#define SAMPLES 6
void sample(struct capfile *c, int which);
/* Where the record of sample's frame i ends in the file. */
size_t record_end(const struct capfile *c, int which, const struct got *whole, size_t i);

#endif
