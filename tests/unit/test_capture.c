/* SPDX-License-Identifier: MIT */
/*
 * Test of the capture thread with the real decoder and engine: it reads a capture in memory at full
 * speed, repeatedly, while this thread makes all queries that a screen makes. Meant for the thread
 * sanitizer; also checks that no packet is lost. Not covered: live interfaces (the lab).
 */
#include "config.h"

#include "unit.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capfile.h"
#include "source/internal.h"
#include "source/ring.h"

enum { CONNECTIONS = 300, SEGMENTS = 60, ROUNDS = 6 };

/* Ethernet, IPv4, TCP with `len` bytes of payload; the client is 10.0.0.1. */
static void
put_segment(struct capfile *c, uint32_t sec, uint16_t client_port, bool from_client, uint32_t seq,
	    uint32_t ack, uint8_t flags, uint16_t len)
{
	uint8_t f[54] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45};
	const uint8_t client[4] = {10, 0, 0, 1}, server[4] = {10, 0, 0, 2};
	const uint32_t words[2] = {__builtin_bswap32(seq), __builtin_bswap32(ack)};
	uint16_t ports[2] = {__builtin_bswap16(client_port), __builtin_bswap16(80)};

	f[16] = (uint8_t)((40 + len) >> 8);
	f[17] = (uint8_t)(40 + len);
	f[22] = 64;
	f[23] = 6;
	memcpy(f + 26, from_client ? client : server, 4);
	memcpy(f + 30, from_client ? server : client, 4);
	memcpy(f + 34, &ports[!from_client], 2);
	memcpy(f + 36, &ports[from_client], 2);
	memcpy(f + 38, words, 8);
	f[46] = 0x50;
	f[47] = flags;
	f[48] = 0x10;
	put32(c, sec);
	put32(c, 0);
	put32(c, 54u + len);
	put32(c, 54u + len);
	put_bytes(c, f, sizeof(f));
	put_payload(c, (uint8_t)seq, len);
}

/* Connections side by side: handshake, then data from the client. */
static void
many_connections(struct capfile *c)
{
	pcap_header(c, 0xa1b23c4d, 4, 1);
	for (uint32_t i = 0; i < SEGMENTS; i++)
		for (uint16_t k = 0; k < CONNECTIONS; k++) {
			uint16_t port = (uint16_t)(20000 + k);

			if (i == 0)
				put_segment(c, i, port, true, 99, 0, TH_SYN, 0);
			else if (i == 1)
				put_segment(c, i, port, false, 499, 100, TH_SYN | TH_ACK, 0);
			else
				put_segment(c, i, port, true, 100 + (i - 2) * 10, 500,
					    TH_ACK | TH_PSH, 10);
		}
}

static struct engine *
make_engine(void)
{
	struct err err = {""};
	struct engine_config cfg = {
		.max_connections = 1024, .memory = 8 << 20, .history = true, .seed = 42};
	struct engine *e = engine_new(&cfg, &err);

	assert_string_equal(err.msg, "");
	assert_non_null(e);
	return e;
}

static void
check_bytes(struct source *s, const struct segment *g)
{
	struct frame f;
	uint8_t buf[128];

	if (store_read(s, g->ref, &f, buf, sizeof(buf)) != STORE_OK)
		return; /* of an earlier round */
	assert_int_equal(f.cap_len, 54 + g->len);
	if (g->len)
		assert_int_equal(buf[54], (uint8_t)g->raw_seq);
}

/* The queries of a screen about some connections. */
static void
ask_rows(struct source *s, struct engine *e, const struct scan_item *items, size_t n)
{
	struct connref refs[64];
	struct conn_facts rows[64];
	struct segment segments[32];
	uint64_t total, lost;

	for (size_t i = 0; i < n; i++)
		refs[i] = items[i].ref;
	engine_rows(e, source_now(s), refs, n, rows);
	for (size_t i = 0; i < n; i += 7) {
		size_t got = engine_segments(e, refs[i], 0, 32, segments, &total, &lost);

		for (size_t k = 0; k < got; k++)
			check_bytes(s, &segments[k]);
	}
}

static struct source_status
ask_everything(struct source *s, struct engine *e)
{
	struct source_status st;
	struct scan_item items[64];
	struct totals t;
	uint32_t cursor = 0;

	source_status(s, &st);
	engine_totals(e, &t);
	assert_true(t.tracked <= 1024);
	while (cursor != UINT32_MAX) {
		size_t n = engine_scan(e, &cursor, source_now(s), NULL, NULL, NULL, items, 64);

		assert_true(n <= 64);
		ask_rows(s, e, items, n);
	}
	return st;
}

static void
one_round(const struct capfile *c, struct engine *e, double speed)
{
	struct err err = {""};
	struct source_config cfg = {.memory = c->buf,
				    .memory_len = c->len,
				    .memory_name = "memory",
				    .speed = speed,
				    .keep_bytes = true};
	struct source *s = source_open(&cfg, &err, NULL);

	assert_non_null(s);
	assert_true(source_prepare(s, &err));
	assert_true(source_start(s, e, &err));
	struct source_status st;
	do {
		st = ask_everything(s, e);
	} while (st.phase == SOURCE_RUNNING);
	assert_int_equal(st.phase, SOURCE_ENDED);
	assert_int_equal(st.packets, SEGMENTS * CONNECTIONS);
	ask_everything(s, e);
	source_close(s);
}

static void
test_screen_and_capture_side_by_side(void **state)
{
	(void)state;
	struct capfile c = {0};
	struct totals t;
	many_connections(&c);
	struct engine *e = make_engine();
	for (int i = 0; i < ROUNDS; i++) {
		one_round(&c, e, i % 2 ? 2000 : 0);
		engine_totals(e, &t);
		assert_int_equal(t.packets, (uint64_t)(i + 1) * SEGMENTS * CONNECTIONS);
		engine_clear(e);
	}
	engine_free(e);
	capfile_free(&c);
}

/* ---- the ring of live packets: one adds, another reads ---- */

struct ring_job {
	struct ring *ring;
	atomic_uint_fast64_t latest; /* reference of the frame added last */
	atomic_bool enough;
};

static void *
add_frames(void *arg)
{
	struct ring_job *j = arg;
	uint8_t data[1500];

	for (unsigned i = 0; !atomic_load(&j->enough); i++) {
		unsigned len = i * 7 % 1500;

		memset(data, (int)(len & 0xff), len);
		atomic_store(&j->latest, ring_add(j->ring, &(struct frame){.number = len,
									   .data = data,
									   .cap_len = len}));
	}
	return NULL;
}

static void
test_ring_is_read_while_it_fills(void **state)
{
	(void)state;
	struct ring_job j = {.ring = ring_new(1 << 20)};
	pthread_t thread;
	uint64_t refs[1024] = {0}; /* the last ones seen: some are overwritten by now */
	uint8_t buf[1500];
	struct frame f;
	unsigned found = 0;
	assert_int_equal(pthread_create(&thread, NULL, add_frames, &j), 0);
	for (size_t n = 0; found < 20000; n++) {
		refs[n % ARRAY_LEN(refs)] = atomic_load(&j.latest);
		uint64_t ref = refs[n * n % ARRAY_LEN(refs)];
		if (!ref || !ring_read(j.ring, ref, &f, buf, sizeof(buf)))
			continue;
		found++;
		assert_int_equal(f.number, f.cap_len);
		for (unsigned k = 0; k < f.cap_len; k += 100)
			assert_int_equal(buf[k], f.cap_len & 0xff);
	}
	atomic_store(&j.enough, true);
	pthread_join(thread, NULL);
	assert_true(ring_read(j.ring, atomic_load(&j.latest), &f, buf, sizeof(buf)));
	ring_free(j.ring);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_screen_and_capture_side_by_side),
	cmocka_unit_test(test_ring_is_read_while_it_fills),
};

UNIT_MAIN(tests)
