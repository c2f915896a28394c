/* SPDX-License-Identifier: MIT */
/*
 * srctest: for tests of the source layer: a decoder and an engine that only record their input, and
 * functions that open sources on memory and on pipes. Tests wait for an event, with a generous
 * limit; no result depends on how long something took.
 */
#ifndef TCPLENS_TEST_SRCTEST_H
#define TCPLENS_TEST_SRCTEST_H

#include "unit.h"

#include <stdatomic.h>

#include "capfile.h"
#include "source/capture_filter.h"
#include "source/internal.h"
#include "source/packet_writer.h"
#include "source/ring.h"
#include "source/spool.h"

#define SEEN_MAX 4096

struct engine {
	atomic_uint n; /* segments */
	struct packet seen[SEEN_MAX];
	uint64_t others;
	unsigned ticks;
	nsec tick[SEEN_MAX];
	unsigned tick_at[SEEN_MAX]; /* n at that time */
};

/* A link type that this decoder does not support. */
#define LINKTYPE_NOT_KNOWN 147

/* The engine of the current test. */
extern struct engine *engine;
int setup(void **state);
int teardown(void **state);
#define SOURCE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

/* source_open() and source_prepare(). */
struct source *open_source(const struct source_config *cfg, struct err *err, bool *denied);
struct source *open_memory(const struct capfile *c, struct source_config cfg);
/* In this thread, to the end. */
struct source_status run(struct source *s);
void start(struct source *s);
/* Until n segments have arrived or the source has ended; 20 s at most. */
struct source_status wait_for(struct source *s, unsigned n);
struct source_status wait_end(struct source *s);
/* n packets, `gap` seconds apart, of sizes 20 + i. */
void numbered(struct capfile *c, unsigned n, uint32_t gap);

/* A source on a FIFO, and its other end. */
struct pipe_source {
	struct source *s;
	int fd;
	char path[64];
};

void open_pipe(struct pipe_source *p, struct source_config cfg);
void send_part(const struct pipe_source *p, const struct capfile *c, size_t from, size_t to);
void close_writer(struct pipe_source *p);

#endif
