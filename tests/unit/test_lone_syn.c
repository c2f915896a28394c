/* SPDX-License-Identifier: MIT */
/*
 * test_first: what is made of a first SYN at once (first.c) must be, byte for byte, what the long
 * way makes of one. The long way is taken where the tuple was used before. Private headers of the
 * core on purpose.
 */
#include <string.h>

#include "core/engine.h"
#include "core/flow/sendq.h"
#include "core/flow/conn_table.h"
#include "core/segment/identify.h"
#include "core/segment/lone_syn.h"
#include "draw.h"
#include "unit.h"

#define EPOCH (INT64_C(1700000000) * NSEC_PER_SEC)

static struct packet
random_syn(void)
{
	static const uint8_t v4[12] = {[10] = 0xff, [11] = 0xff};
	struct packet p = {
		.ts = EPOCH + draw(1000000000), .frame = 2, .vlan = -1, .sport = 40000,
		.dport = 80, .scope = draw(2) * draw(UINT32_MAX), .seq = draw(UINT32_MAX),
		.flags = (uint16_t)(TH_SYN | (draw(2) ? TH_ECE | TH_CWR : 0)),
		.window = (uint16_t)draw(65536), .digest = draw(UINT32_MAX),
		.mss = (uint16_t)draw(65536), .wscale = (uint8_t)draw(draw(2) ? 256 : 20),
		.tsval = draw(UINT32_MAX), .tsecr = draw(2) * draw(UINT32_MAX),
		.interface = draw(300), .ip_id = (uint16_t)(draw(4) ? draw(65536) : draw(70)),
		.ip_version = draw(2) ? 4 : 6, .ttl = (uint8_t)draw(256),
		.direction = (uint8_t)draw(3), .csum = (uint8_t)draw(4),
	};

	p.options = (uint16_t)(draw(0x800) & ~(uint32_t)(OPT_CUT | OPT_SACK));
	memcpy(p.src, v4, sizeof(v4));
	memcpy(p.dst, v4, sizeof(v4));
	p.src[15] = 1;
	p.dst[15] = 2;
	return p;
}

static struct engine *
engine_open(void)
{
	struct engine_config cfg = {.max_connections = 4, .memory = 1 << 20, .seed = 1};
	struct err err;
	struct engine *e = engine_new(&cfg, &err);

	assert_non_null(e);
	return e;
}

static struct conn *
newest(struct engine *e, const struct packet *p)
{
	enum side from;
	struct conn *c =
		identify_existing(engine_core(e), p, table_hash(engine_core(e)->table, p), &from);

	assert_non_null(c);
	assert_int_equal(from, CLIENT);
	return c;
}

/* The tuple's former use: a SYN with another number, refused. */
static void
use_before(struct engine *e, const struct packet *syn)
{
	struct packet p = *syn, r = *syn;

	p.ts = EPOCH - 600 * NSEC_PER_SEC;
	p.frame = 1;
	p.seq = syn->seq + 1000000;
	engine_ingest(e, &p, 1);
	r.ts = p.ts;
	memcpy(r.src, syn->dst, 16);
	memcpy(r.dst, syn->src, 16);
	r.sport = syn->dport;
	r.dport = syn->sport;
	r.flags = TH_RST | TH_ACK;
	r.seq = 0;
	r.ack = p.seq + 1;
	r.digest++;
	engine_ingest(e, &r, 1);
}

/* Where its queue lies is no part of it; that a port is reused is counted in a rare of its own. */
static void
assert_same_half(const struct half *a, const struct half *b)
{
	struct half x = *a, y = *b;

	assert_ptr_equal(a->sendq.rec, a->sendq.in_line);
	assert_ptr_equal(b->sendq.rec, b->sendq.in_line);
	assert_ptr_equal(a->cold, &half_cold_none);
	x.sendq.rec = y.sendq.rec = NULL;
	x.cold = y.cold = NULL;
	assert_memory_equal(&x, &y, sizeof(x));
}

static void
test_as_by_the_long_way(void **state)
{
	(void)state;
	for (int i = 0; i < 2000; i++) {
		const struct packet syn = random_syn();
		struct engine *shortly = engine_open(), *longly = engine_open();

		assert_true(is_lone_syn(&syn));
		engine_ingest(shortly, &syn, 1);
		use_before(longly, &syn);
		engine_ingest(longly, &syn, 1);
		const struct conn *a = newest(shortly, &syn), *b = newest(longly, &syn);
		assert_true(b->flags & C_PORT_REUSED);
		assert_same_half(&a->half[CLIENT], &b->half[CLIENT]);
		assert_same_half(&a->half[SERVER], &b->half[SERVER]);
		assert_int_equal(a->completeness, b->completeness);
		assert_int_equal(a->near, b->near);
		assert_int_equal(a->far, b->far);
		assert_int_equal(a->cls, b->cls);
		assert_int_equal(a->start, b->start);
		assert_int_equal(a->last, b->last);
		assert_int_equal(a->ended, b->ended);
		assert_int_equal(a->syn_to_synack, b->syn_to_synack);
		assert_int_equal(a->synack_to_ack, b->synack_to_ack);
		assert_int_equal(a->end_frame, b->end_frame);
		assert_int_equal(a->hs_frame, b->hs_frame);
		engine_free(shortly);
		engine_free(longly);
	}
}

/* Who only looks does not make its ends, and sees the same as afterwards. */
static void
test_looking_changes_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 2000; i++) {
		const struct packet syn = random_syn();
		const nsec now = syn.ts + i % 8 * (NSEC_PER_SEC / 4) - 1;
		struct engine *e = engine_open();
		static struct conn_detail before, after;
		enum side from;
		struct conn *c;

		engine_ingest(e, &syn, 1);
		c = table_find(engine_core(e)->table, table_hash(engine_core(e)->table, &syn), &syn,
			       &from);
		assert_null(c->half);
		const struct connref ref = {c->slot, c->gen};
		memset(&before, 0, sizeof(before));
		memset(&after, 0, sizeof(after));
		assert_true(engine_detail(e, now, ref, &before));
		assert_null(c->half);
		newest(e, &syn);
		assert_non_null(c->half);
		assert_true(engine_detail(e, now, ref, &after));
		assert_memory_equal(&before, &after, sizeof(before));
		engine_clear(e);
		engine_free(e);
	}
}

/* Ends are given back: many more connections than there is room for, half of them answered. */
static void
test_room_is_used_again(void **state)
{
	(void)state;
	struct engine *e = engine_open();
	struct totals t;
	for (int i = 0; i < 1000; i++) {
		struct packet syn = random_syn(), answer;

		syn.sport = (uint16_t)(1024 + i);
		syn.ts = EPOCH + i * NSEC_PER_SEC;
		syn.frame = (uint64_t)i * 2 + 1;
		engine_ingest(e, &syn, 1);
		if (i % 2)
			continue;
		answer = syn;
		memcpy(answer.src, syn.dst, 16);
		memcpy(answer.dst, syn.src, 16);
		answer.sport = syn.dport;
		answer.dport = syn.sport;
		answer.flags = TH_SYN | TH_ACK;
		answer.ack = syn.seq + 1;
		answer.frame++;
		answer.digest++;
		engine_ingest(e, &answer, 1);
	}
	engine_totals(e, &t);
	assert_int_equal(t.connections, 1000);
	assert_int_equal(t.tracked, 4);
	assert_int_equal(t.evicted, 996);
	assert_true(engine_core(e)->table->fresh_halves <= 4);
	engine_free(e);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_as_by_the_long_way),
	cmocka_unit_test(test_looking_changes_nothing),
	cmocka_unit_test(test_room_is_used_again),
};

UNIT_MAIN(tests)
