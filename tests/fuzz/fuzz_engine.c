/* SPDX-License-Identifier: MIT */
/*
 * fuzz_engine: the input is a sequence of records, each a length byte and that many bytes: what to
 * do (mostly: a packet), how much later, and how the packet differs from the next regular one of
 * its connection. Missing bytes mean no difference, so that any input is valid. At the end, and
 * where a record asks for it, the invariants are checked.
 */
#include <stdlib.h>
#include <string.h>

#include "../sim/invariants.h"
#include "core/engine.h"
#include "core/flow/flow.h"
#include "core/flow/conn_table.h"
#include "core/flow/pool.h"

#define TUPLES	    24
#define CONNECTIONS 16 /* few, so that connections are evicted */

struct record {
	const uint8_t *at;
	size_t left;
};

struct run {
	struct engine *e;
	nsec now;
	uint64_t frame;
	int64_t next[TUPLES][2];
};

static uint32_t
take(struct record *r, size_t n)
{
	uint32_t v = 0;

	for (; n > 0 && r->left > 0; n--, r->left--)
		v = v << 8 | *r->at++;
	return v;
}

/* A signed step, mostly a small one, from one or two bytes. */
static int32_t
take_step(struct record *r)
{
	uint32_t v = take(r, 1);

	if (v < 128)
		return (int32_t)v - (v >= 64 ? 128 : 0);
	int32_t big = (int32_t)(take(r, 2) << (v & 15));
	return v & 64 ? -big : big;
}

static void
put_options(struct record *r, struct packet *p)
{
	p->options = (uint16_t)take(r, 2);
	p->mss = (uint16_t)take(r, 2);
	p->wscale = (uint8_t)take(r, 1);
	p->tfo_len = (uint8_t)take(r, 1);
	p->tsval = (uint32_t)(p->ts / NSEC_PER_MS) + (uint32_t)take_step(r);
	p->tsecr = p->tsval - 20 + (uint32_t)take_step(r);
	p->n_sack = p->options & OPT_SACK ? (uint8_t)(1 + take(r, 1) % PACKET_SACK_MAX) : 0;
	for (int i = 0; i < p->n_sack; i++) {
		p->sack[i].left = p->ack + (seqno)take_step(r);
		p->sack[i].right = p->sack[i].left + (seqno)take_step(r);
	}
	if (p->options & OPT_MPTCP)
		p->mptcp = (uint8_t)take(r, 1);
}

static void
ingest(struct run *run, struct record *r)
{
	uint32_t who = take(r, 1), t = who / 2 % TUPLES;
	bool back = who & 1;
	seqno isn[2] = {0xfffff000u + t * 77, t * 99999};
	struct packet p = {.ts = run->now, .frame = ++run->frame, .ref = run->frame, .vlan = -1,
			   .ip_version = 4, .ttl = 64, .sport = (uint16_t)(40000 + t), .dport = 80};

	p.src[15] = back ? 2 : 1;
	p.dst[15] = back ? 1 : 2;
	if (back) {
		p.sport = 80;
		p.dport = (uint16_t)(40000 + t);
	}
	p.flags = (uint16_t)take(r, 1);
	p.payload_len = take(r, 2);
	p.seq = isn[back] + (seqno)run->next[t][back] + (seqno)take_step(r);
	p.ack = isn[!back] + (seqno)run->next[t][!back] + (seqno)take_step(r);
	p.window = (uint16_t)take(r, 2);
	p.ip_id = (uint16_t)take(r, 2);
	put_options(r, &p);
	p.digest = take(r, 1);
	p.icmp_version = take(r, 1) == 255 ? 4 : 0;
	p.icmp_type = (uint8_t)take(r, 1);
	p.icmp_code = (uint8_t)take(r, 1);
	p.scope = take(r, 1);
	int64_t end = (int64_t)(int32_t)(p.seq - isn[back]) + packet_seg_len(&p);
	if (end > run->next[t][back])
		run->next[t][back] = end;
	engine_ingest(run->e, &p, 1);
}

static void
apply(struct run *run, struct record *r)
{
	uint32_t what = take(r, 1), slot = what % CONNECTIONS;

	run->now += (nsec)take_step(r) * (what & 1 ? NSEC_PER_MS : 30 * NSEC_PER_US);
	if (run->now < NSEC_PER_SEC)
		run->now = NSEC_PER_SEC;
	if (what < 240)
		ingest(run, r);
	else if (what < 246)
		engine_tick(run->e, run->now += (nsec)take(r, 2) * NSEC_PER_SEC);
	else if (what < 248)
		engine_freeze(run->e, what & 1);
	else if (what < 250)
		engine_pin(run->e, (struct connref){slot, take(r, 1)}, what & 1);
	else if (what == 250)
		engine_clear(run->e);
	else
		invariants_check(run->e, run->now, CONNECTIONS);
}

static void
on_segment(void *ctx, const struct segment *s)
{
	(void)ctx;
	invariants_segment(s);
}

static void
on_connection(void *ctx, const struct conn_detail *d)
{
	(void)ctx;
	invariants_detail(d);
}

/* When all connections are gone the pool must be unused. Includes private headers on purpose. */
static void
all_given_back(struct engine *e)
{
	for (uint32_t i = 0; i < CONNECTIONS; i++)
		engine_core(e)->table->conns[i].pins = 0;
	engine_clear(e);
	if (pool_used(engine_core(e)->pool) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct engine_sink sink = {
		.segment = on_segment, .amend = on_segment, .connection = on_connection};
	struct engine_config cfg = {.max_connections = CONNECTIONS, .memory = 1 << 20,
				    .history = true, .seed = 1, .sink = &sink};
	struct run run = {.e = engine_new(&cfg, NULL), .now = 1700000000 * NSEC_PER_SEC};

	if (!run.e)
		return 0;
	while (size > 0) {
		size_t n = data[0] < size ? data[0] : size - 1;
		struct record r = {data + 1, n};

		data += n + 1;
		size -= n + 1;
		apply(&run, &r);
	}
	engine_freeze(run.e, false);
	invariants_check(run.e, run.now, CONNECTIONS);
	engine_finish(run.e);
	all_given_back(run.e);
	engine_free(run.e);
	return 0;
}
