/* SPDX-License-Identifier: MIT */
/*
 * test_txq: the queue of unacknowledged ranges against a model that keeps the same of every byte,
 * over random sequences of what happens to a sender. Private headers of the core on purpose.
 */
#include <string.h>

#include "core/flow/pool.h"
#include "core/flow/sendq.h"
#include "draw.h"
#include "unit.h"

#define SPACE 3000 /* bytes of one round */
#define ROUNDS 400

struct byte {
	bool there;
	uint8_t sent;
	nsec first;
	uint32_t tsval;
	struct last_sent latest;
};

struct model {
	struct pool *pool;
	struct sendq q;
	seqno base;
	uint32_t una, nxt; /* from base */
	uint32_t clock;	   /* of transmissions */
	struct byte byte[SPACE];
};

/* What a transmission at that moment says: every one another. */
static struct sent_range
record(struct model *m, uint32_t from, uint32_t to)
{
	m->clock++;
	return (struct sent_range){.seq = m->base + from, .end = m->base + to, .first_ts = m->clock,
			      .tsval = m->clock * 3, .ip_id = (uint16_t)(m->clock * 7), .sent = 1};
}

static struct last_sent
latest_at(uint32_t clock)
{
	return (struct last_sent){clock, clock * 3, (uint16_t)(clock * 7)};
}

static void
send_new(struct model *m, uint32_t len)
{
	uint32_t to = m->nxt + len < SPACE ? m->nxt + len : SPACE;
	struct sent_range r;

	if (to == m->nxt)
		return;
	r = record(m, m->nxt, to);
	*sendq_append(m->pool, &m->q) = r;
	for (uint32_t i = m->nxt; i < to; i++)
		m->byte[i] = (struct byte){true, 1, r.first_ts, r.tsval, latest_at(m->clock)};
	m->nxt = to;
}

/* What was jumped over is filled later. */
static void
jump_over(struct model *m, uint32_t len)
{
	m->nxt = m->nxt + len < SPACE ? m->nxt + len : SPACE;
}

static void
fill(struct model *m, uint32_t from, uint32_t to)
{
	struct sent_range r = record(m, from, to);

	sendq_fill(m->pool, &m->q, &r);
	for (uint32_t i = from; i < to; i++)
		if (!m->byte[i].there)
			m->byte[i] = (struct byte){true, 1, r.first_ts, r.tsval,
						   latest_at(m->clock)};
}

static void
send_again(struct model *m, uint32_t from, uint32_t to)
{
	m->clock++;
	sendq_again(m->pool, &m->q, m->base + from, m->base + to, latest_at(m->clock));
	for (uint32_t i = from; i < to; i++) {
		m->byte[i].sent += m->byte[i].there;
		m->byte[i].latest = latest_at(m->clock);
	}
}

/* All of the range in which `at` lies. */
static void
overtaken(struct model *m, uint32_t at)
{
	const struct sent_range *found = sendq_find(&m->q, m->base + at);
	struct sent_range r;

	if (!found)
		return;
	uint32_t from = found->seq - m->base, to = found->end - m->base;
	r = record(m, at, at + 1);
	sendq_overtaken(m->pool, &m->q, &r);
	for (uint32_t i = from; i < to; i++)
		m->byte[i].tsval = r.tsval;
}

static void
acknowledge(struct model *m, uint32_t una)
{
	sendq_ack(&m->q, m->base + una);
	m->una = una;
}

static void
happen(struct model *m)
{
	uint32_t room = m->nxt - m->una, a = m->una + draw(room + 1), b = m->una + draw(room + 1);
	uint32_t from = a < b ? a : b, to = a < b ? b : a, what = draw(20);

	if (what < 8)
		send_new(m, 1 + draw(40));
	else if (what < 9)
		jump_over(m, 1 + draw(20));
	else if (what < 15)
		acknowledge(m, from);
	else if (what < 17 && from < to)
		send_again(m, from, to);
	else if (what < 18 && from < to)
		fill(m, from, to);
	else if (what < 19 && from < m->nxt)
		overtaken(m, from);
	else
		sendq_split(m->pool, &m->q, m->base + from);
}

static void
check_record(const struct model *m, const struct sent_range *r, const struct byte *b)
{
	const struct last_sent latest = sendq_last_sent(&m->q, r);

	assert_int_equal(r->first_ts, b->first);
	assert_int_equal(r->tsval, b->tsval);
	assert_int_equal(r->sent, b->sent);
	assert_int_equal(latest.ts, b->latest.ts);
	assert_int_equal(latest.tsval, b->latest.tsval);
	assert_int_equal(latest.ip_id, b->latest.ip_id);
}

static void
check(const struct model *m)
{
	uint32_t seen = 0;

	for (uint32_t i = m->una; i < m->nxt; i++) {
		const struct sent_range *r = sendq_find(&m->q, m->base + i);

		assert_true(!r == !m->byte[i].there);
		if (r)
			check_record(m, r, &m->byte[i]);
		seen += m->byte[i].there;
	}
	assert_int_equal(sendq_seen(&m->q, m->base + m->una, m->base + m->nxt), seen);
	/* What is still known of the past is true. */
	for (uint32_t i = 0; i < m->una; i++) {
		const struct sent_range *r = sendq_find_acked(&m->q, m->base + i);

		if (r)
			check_record(m, r, &m->byte[i]);
	}
	for (size_t i = 1; i < m->q.len; i++)
		assert_true(seq_le(sendq_at(&m->q, i - 1)->end, sendq_at(&m->q, i)->seq));
}

static void
test_against_a_model(void **state)
{
	(void)state;
	static struct model m;
	m.pool = pool_new(16 << 20);
	for (int round = 0; round < ROUNDS; round++) {
		struct pool *pool = m.pool;

		memset(&m, 0, sizeof(m));
		m.pool = pool;
		m.base = draw(2) ? draw(UINT32_MAX) : UINT32_MAX - draw(SPACE);
		sendq_init(&m.q);
		for (int i = 0; i < 150; i++) {
			happen(&m);
			check(&m);
		}
		sendq_release(m.pool, &m.q);
		assert_int_equal(pool_used(m.pool), 0);
	}
	pool_free_all(m.pool);
}

/* The latest of what was acknowledged stays known, as long as it is not much that flies. */
static void
test_remembers_what_was_acknowledged(void **state)
{
	(void)state;
	static struct model m;
	m.pool = pool_new(16 << 20);
	sendq_init(&m.q);
	for (int i = 0; i < 4; i++)
		send_new(&m, 10);
	for (uint32_t i = 0; i < 100; i++) {
		send_new(&m, 10);
		acknowledge(&m, m.una + 10);
		if (i >= 6)
			for (uint32_t back = 1; back <= 6; back++)
				assert_non_null(sendq_find_acked(&m.q, m.base + m.una - 10 * back));
	}
	sendq_release(m.pool, &m.q);
	pool_free_all(m.pool);
}

/* Without memory the oldest ranges are forgotten, and no first transmission changes. */
static void
test_without_memory(void **state)
{
	(void)state;
	static struct model m;
	m.pool = pool_new(1);
	while (pool_get(m.pool, POOL_MAX_SIZE) || pool_get(m.pool, 64))
		;
	sendq_init(&m.q);
	for (int i = 0; i < 200; i++) {
		send_new(&m, 10);
		sendq_again(m.pool, &m.q, m.base, m.base + m.nxt, latest_at(9999));
		assert_true(m.q.len >= 1 && m.q.len <= SENDQ_INLINE);
		assert_int_equal(sendq_at(&m.q, m.q.len - 1u)->first_ts, m.clock);
		assert_int_equal(sendq_last_sent(&m.q, sendq_at(&m.q, 0)).ts,
				 sendq_at(&m.q, 0)->first_ts);
	}
	sendq_release(m.pool, &m.q);
	pool_free_all(m.pool);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_against_a_model),
	cmocka_unit_test(test_remembers_what_was_acknowledged),
	cmocka_unit_test(test_without_memory),
};

UNIT_MAIN(tests)
