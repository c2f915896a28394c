/* SPDX-License-Identifier: MIT */
/*
 * test_engine: what the engine promises besides being right: budgets and what goes first when they
 * are used up, handles, freezing, clearing, histories in pages, every connection told exactly once,
 * the same facts whichever way packets are batched.
 */
#include <string.h>

#include "pkt.h"

static struct totals
totals(struct watch *w)
{
	struct totals t;

	engine_totals(w->e, &t);
	return t;
}

static struct connref
ref_of(struct pair *c)
{
	return pair_detail(c, c->w->now - PKT_EPOCH).f.ref;
}

static bool
is_there(struct watch *w, struct connref ref)
{
	static struct conn_detail d;

	return engine_detail(w->e, w->now, ref, &d);
}

/* The n-th pair of many, with ports of its own. */
static void
pair_nth(struct pair *c, struct watch *w, uint16_t n)
{
	pair_init(c, w, 1000 + n * 7u);
	c->end[CLIENT].port = (uint16_t)(20000 + n);
}

static void
close_it(struct pair *c)
{
	fin(c, CLIENT);
	fin(c, SERVER);
	ack(c, CLIENT);
}

static void
open_small(struct watch *w, uint32_t max_connections)
{
	struct engine_config cfg = watch_config();

	cfg.max_connections = max_connections;
	watch_open_with(w, cfg);
}

static void
open_large(struct watch *w)
{
	struct engine_config cfg = watch_config();

	cfg.memory = (size_t)256 << 20;
	watch_open_with(w, cfg);
}

/* ---- budgets ---- */

static void
test_ended_go_first(void **state)
{
	(void)state;
	struct watch w;
	struct pair c[5];
	struct connref ref[5];
	open_small(&w, 4);
	for (uint16_t i = 0; i < 4; i++) {
		pair_nth(&c[i], &w, i);
		pair_handshake(&c[i], SEC(1) * i, MS(20));
		ref[i] = ref_of(&c[i]);
	}
	close_it(&c[2]);
	pair_nth(&c[4], &w, 4);
	syn(&c[4]);
	assert_false(is_there(&w, ref[2]));
	assert_true(is_there(&w, ref[0]) && is_there(&w, ref[1]) && is_there(&w, ref[3]));
	assert_int_equal(totals(&w).evicted, 1);
	assert_int_equal(totals(&w).tracked, 4);
	assert_int_equal(totals(&w).connections, 5);
	watch_close(&w);
}

static void
test_pinned_stay(void **state)
{
	(void)state;
	struct watch w;
	struct pair c[4];
	struct connref ref[4];
	open_small(&w, 2);
	for (uint16_t i = 0; i < 2; i++) {
		pair_nth(&c[i], &w, i);
		pair_handshake(&c[i], SEC(1) * i, MS(20));
		close_it(&c[i]);
		ref[i] = ref_of(&c[i]);
	}
	engine_pin(w.e, ref[0], true);
	pair_nth(&c[2], &w, 2);
	syn(&c[2]);
	assert_true(is_there(&w, ref[0]));
	assert_false(is_there(&w, ref[1]));
	engine_pin(w.e, ref[0], false);
	pair_nth(&c[3], &w, 3);
	syn(&c[3]);
	assert_false(is_there(&w, ref[0]));
	watch_close(&w);
}

/* A flood may push out what is finished and what never began, not what is in use. */
static void
test_flood_spares_the_open(void **state)
{
	(void)state;
	struct watch w;
	struct pair open, flood;
	open_small(&w, 16);
	pair_nth(&open, &w, 9999);
	pair_handshake(&open, MS(0), MS(20));
	data(&open, CLIENT, .len = 100, .at = MS(30));
	struct connref ref = ref_of(&open);
	for (uint16_t i = 0; i < 200; i++) {
		pair_nth(&flood, &w, i);
		syn(&flood);
	}
	assert_true(is_there(&w, ref));
	assert_int_equal(totals(&w).tracked, 16);
	assert_int_equal(totals(&w).connections, 201);
	assert_int_equal(totals(&w).evicted + totals(&w).refused, 185);
	watch_close(&w);
}

static void
test_history_keeps_its_budget(void **state)
{
	(void)state;
	struct watch w;
	struct pair c;
	struct engine_config cfg = watch_config();
	cfg.memory = 1 << 20;
	watch_open_with(&w, cfg);
	pair_nth(&c, &w, 0);
	pair_handshake(&c, MS(0), MS(20));
	for (int i = 0; i < 30000; i++) {
		data(&c, SERVER, .len = 100, .at = SEC(1) + MS(1) * i);
		ack(&c, CLIENT);
	}
	struct conn_detail d = pair_detail(&c, SEC(40));
	struct segment s[8];
	uint64_t total, lost;
	size_t n = engine_segments(w.e, d.f.ref, 0, 8, s, &total, &lost);
	assert_int_equal(n, 8);
	assert_true(lost > 0 && totals(&w).history_lost > 0);
	assert_int_equal(total + lost, 60003);
	assert_int_equal(d.f.half[SERVER].segments, 30001); /* the counters lose nothing */
	n = engine_segments(w.e, d.f.ref, total - 1, 8, s, &total, &lost);
	assert_int_equal(n, 1);
	assert_int_equal(s[0].frame, w.frame);
	watch_close(&w);
}

/* What is kept is the beginning and the end; the gap between them is where it says. */
static void
test_history_marks_its_gap(void **state)
{
	(void)state;
	struct watch w;
	struct pair c;
	struct history_facts h;
	struct segment s[2];
	uint64_t total, lost;
	struct engine_config cfg = watch_config();
	cfg.memory = 1 << 20;
	watch_open_with(&w, cfg);
	pair_nth(&c, &w, 0);
	pair_handshake(&c, MS(0), MS(20));
	assert_true(engine_history(w.e, ref_of(&c), &h));
	assert_int_equal(h.dropped, 0);
	for (int i = 0; i < 30000; i++) {
		data(&c, SERVER, .len = 100, .at = SEC(1) + MS(1) * i);
		ack(&c, CLIENT);
	}
	assert_true(engine_history(w.e, ref_of(&c), &h));
	assert_int_equal(h.gap, 6);
	assert_int_equal(h.kept + h.dropped, 60003);
	assert_int_equal(engine_segments(w.e, ref_of(&c), h.gap - 1, 2, s, &total, &lost), 2);
	assert_int_equal(s[0].frame, 6);
	assert_int_equal(s[1].frame, 7 + h.dropped);
	watch_close(&w);
}

/* Every place gives the segment of its frame, in chunks of all sizes. */
static void
test_history_by_place(void **state)
{
	(void)state;
	struct watch w;
	struct pair c;
	open_large(&w);
	pair_nth(&c, &w, 0);
	pair_handshake(&c, MS(0), MS(20));
	for (int i = 0; i < 20000; i++) {
		data(&c, SERVER, .len = 100, .at = SEC(1) + MS(1) * i);
		ack(&c, CLIENT);
	}
	for (uint64_t at = 0; at < 40003; at += 1 + at % 97) {
		struct segment s[3];
		uint64_t total, lost;
		size_t n = engine_segments(w.e, ref_of(&c), at, 3, s, &total, &lost);

		assert_int_equal(total, 40003);
		assert_int_equal(n, at + 3 <= total ? 3 : total - at);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(s[i].frame, at + i + 1);
		if (at % 2 == 1 && at > 3) /* data: acknowledged by the next frame */
			assert_int_equal(s[0].acked_by, s[0].len ? at + 2 : 0);
	}
	watch_close(&w);
}

static void
test_find_segment(void **state)
{
	(void)state;
	struct watch w;
	struct pair c;
	const uint32_t marks = FINDING(F_ZERO_WINDOW) | MARK_RESET;
	open_large(&w);
	pair_nth(&c, &w, 0);
	pair_handshake(&c, MS(0), MS(20));
	for (int i = 0; i < 20000; i++) {
		data(&c, SERVER, .len = 100, .at = SEC(1) + MS(1) * i);
		if (i == 7000 || i == 7001)
			ack(&c, CLIENT, .win = WIN_ZERO);
		else
			ack(&c, CLIENT);
	}
	const struct connref ref = ref_of(&c);
	const int64_t first = 3 + 2 * 7000 + 1, second = first + 2;
	assert_int_equal(engine_find_segment(w.e, ref, 0, true, marks), first);
	assert_int_equal(engine_find_segment(w.e, ref, (uint64_t)first, true, marks), first);
	assert_int_equal(engine_find_segment(w.e, ref, (uint64_t)first + 1, true, marks), second);
	assert_int_equal(engine_find_segment(w.e, ref, (uint64_t)second + 1, true, marks), -1);
	assert_int_equal(engine_find_segment(w.e, ref, 40003, false, marks), second);
	assert_int_equal(engine_find_segment(w.e, ref, (uint64_t)second, false, marks), first);
	assert_int_equal(engine_find_segment(w.e, ref, (uint64_t)first, false, marks), -1);
	assert_int_equal(engine_find_segment(w.e, ref, 0, true, FINDING(F_DSACK)), -1);
	rst_ack(&c, SERVER);
	assert_int_equal(engine_find_segment(w.e, ref, (uint64_t)second + 1, true, marks), 40003);
	watch_close(&w);
}

static void
test_series(void **state)
{
	(void)state;
	struct watch w;
	struct pair c;
	struct series_point p[10];
	open_large(&w);
	pair_nth(&c, &w, 0);
	pair_handshake(&c, MS(0), MS(20));
	for (int i = 0; i < 10000; i++) {
		data(&c, SERVER, .len = 100, .at = SEC(1) + MS(1) * i);
		ack(&c, CLIENT);
	}
	struct series_query q = {SERIES_BYTES, SERVER, PKT_EPOCH + SEC(1), PKT_EPOCH + SEC(11), 10};
	engine_series(w.e, ref_of(&c), &q, p);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(p[i].count, 1000);
		assert_int_equal(p[i].sum, 100000);
	}
	q.kind = SERIES_SEQ;
	engine_series(w.e, ref_of(&c), &q, p);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(p[i].min, 1 + 100 * (1000 * i + 1));
		assert_int_equal(p[i].max, 1 + 100 * (1000 * i + 1000));
	}
	q.kind = SERIES_FLIGHT;
	engine_series(w.e, ref_of(&c), &q, p);
	assert_int_equal(p[5].min, 0);
	assert_int_equal(p[5].max, 100);
	q.kind = SERIES_RETRANSMIT;
	engine_series(w.e, ref_of(&c), &q, p);
	assert_int_equal(p[5].count, 0);
	watch_close(&w);
}

static void
test_no_history_wanted(void **state)
{
	(void)state;
	struct watch w = {.now = PKT_EPOCH};
	struct pair c;
	struct segment s[8];
	uint64_t total, lost;
	struct engine_config cfg = watch_config();
	cfg.history = false;
	w.e = engine_new(&cfg, NULL); /* without a sink, which would want them */
	pair_nth(&c, &w, 0);
	pair_handshake(&c, MS(0), MS(20));
	assert_int_equal(engine_segments(w.e, ref_of(&c), 0, 8, s, &total, &lost), 0);
	assert_int_equal(total, 0);
	assert_int_equal(pair_detail(&c, MS(30)).f.kept, 0);
	watch_close(&w);
}

/* ---- handles ---- */

static void
test_stale_handles_name_nobody(void **state)
{
	(void)state;
	struct watch w;
	struct pair a, b;
	struct conn_facts rows[2];
	struct segment s;
	uint64_t total, lost;
	open_small(&w, 1);
	pair_nth(&a, &w, 0);
	syn(&a);
	rst_ack(&a, SERVER, .seq = SEQ_ISN);
	struct connref old = ref_of(&a);
	pair_nth(&b, &w, 1);
	syn(&b);
	const struct connref refs[] = {old, ref_of(&b)};
	engine_rows(w.e, w.now, refs, 2, rows);
	assert_int_equal(rows[0].ref.gen, 0);
	assert_true(connref_equal(rows[1].ref, refs[1]));
	assert_int_equal(engine_segments(w.e, old, 0, 1, &s, &total, &lost), 0);
	engine_pin(w.e, old, true); /* does nothing */
	assert_false(is_there(&w, (struct connref){12345, 1}));
	assert_false(is_there(&w, (struct connref){UINT32_MAX, UINT32_MAX}));
	watch_close(&w);
}

/* ---- freezing and clearing ---- */

static void
test_freeze(void **state)
{
	(void)state;
	struct watch w;
	struct pair c, later;
	watch_open(&w);
	pair_nth(&c, &w, 0);
	pair_handshake(&c, MS(0), MS(20));
	struct totals before = totals(&w);
	engine_freeze(w.e, true);
	close_it(&c);
	pair_nth(&later, &w, 1);
	syn(&later);
	struct conn_detail d = pair_detail(&c, MS(30));
	assert_int_equal(d.f.half[CLIENT].state, TCP_ESTAB);
	assert_int_equal(d.f.half[CLIENT].segments, 2);
	assert_int_equal(d.f.kept, 3);
	assert_int_equal(pair_count(&later), 0);
	assert_int_equal(totals(&w).packets, before.packets + 4); /* "+4" */
	assert_int_equal(totals(&w).tracked, before.tracked);
	engine_freeze(w.e, false);
	assert_int_equal(pair_detail(&c, MS(30)).f.half[CLIENT].state, TCP_TIME_WAIT);
	assert_int_equal(pair_count(&later), 1);
	watch_close(&w);
}

/* What was on the frozen screen is still there although it had to go meanwhile. */
static void
test_freeze_keeps_what_goes(void **state)
{
	(void)state;
	struct watch w;
	struct pair c, flood;
	open_small(&w, 4);
	pair_nth(&c, &w, 9999);
	syn(&c);
	rst_ack(&c, SERVER, .seq = SEQ_ISN);
	engine_freeze(w.e, true);
	for (uint16_t i = 0; i < 20; i++) {
		pair_nth(&flood, &w, i);
		syn(&flood);
	}
	assert_int_equal(pair_count(&c), 1);
	assert_conn(&c, CONN_REFUSED);
	engine_freeze(w.e, false);
	watch_close(&w);
}

/* Everything that was said of it, also where that was much. */
static void
test_freeze_keeps_all_that_was_said(void **state)
{
	(void)state;
	struct watch w;
	struct pair c;
	watch_open(&w);
	pair_nth(&c, &w, 0);
	syn(&c, .at = MS(0));
	syn(&c, .at = SEC(1));
	synack(&c, .at = SEC(1.02));
	ack(&c, CLIENT);
	data(&c, CLIENT, .len = 100, .at = SEC(1.1));
	data(&c, CLIENT, .seq = 1, .len = 100, .at = SEC(1.4));
	data(&c, CLIENT, .seq = 1, .len = 100, .at = SEC(2));
	data(&c, CLIENT, .seq = 1, .len = 100, .at = SEC(3.2));
	engine_freeze(w.e, true);
	const struct conn_detail before = pair_detail(&c, SEC(3.3));
	ack(&c, SERVER, .at = SEC(3.4));
	close_it(&c);
	const struct conn_detail after = pair_detail(&c, SEC(3.3));
	assert_true(before.n_verdicts > 1);
	assert_true(before.half[CLIENT].n_gaps > 1);
	assert_int_equal(after.n_verdicts, before.n_verdicts);
	assert_memory_equal(after.verdicts, before.verdicts,
			    before.n_verdicts * sizeof(before.verdicts[0]));
	assert_int_equal(after.half[CLIENT].n_gaps, before.half[CLIENT].n_gaps);
	assert_memory_equal(after.half[CLIENT].gaps, before.half[CLIENT].gaps,
			    before.half[CLIENT].n_gaps * sizeof(nsec));
	assert_int_equal(after.half[SERVER].n_gaps, 0);
	assert_int_equal(after.f.n_verdicts, before.f.n_verdicts);
	assert_int_equal(after.f.state, before.f.state);
	watch_close(&w);
}

static void
test_clear(void **state)
{
	(void)state;
	struct watch w;
	struct pair c;
	watch_open(&w);
	pair_nth(&c, &w, 0);
	pair_handshake(&c, MS(0), MS(20));
	uint64_t id = pair_detail(&c, MS(30)).f.id;
	engine_clear(w.e);
	assert_int_equal(totals(&w).tracked, 0);
	assert_int_equal(pair_count(&c), 0);
	data(&c, CLIENT, .len = 10, .at = SEC(1));
	assert_true(pair_detail(&c, SEC(1)).f.id > id);
	assert_int_equal(w.n_conns, 1); /* told before it was forgotten */
	watch_close(&w);
}

/* ---- told exactly once ---- */

static void
test_each_connection_told_once(void **state)
{
	(void)state;
	struct watch w;
	struct pair c;
	bool told[101] = {false};
	open_small(&w, 30);
	for (uint16_t i = 0; i < 100; i++) {
		pair_nth(&c, &w, i);
		pair_handshake(&c, SEC(1) * i, MS(20));
		if (i % 3 == 0)
			close_it(&c);
		if (i % 3 == 1)
			rst_ack(&c, SERVER);
	}
	watch_until(&w, SEC(400));
	engine_finish(w.e);
	for (size_t i = 0; i < w.n_conns; i++) {
		assert_true(w.conns[i].f.id >= 1 && w.conns[i].f.id <= 100);
		assert_false(told[w.conns[i].f.id]);
		told[w.conns[i].f.id] = true;
	}
	assert_int_equal(w.n_conns, 100);
	watch_close(&w);
}

/* ---- batches ---- */

static void
test_batches_change_nothing(void **state)
{
	(void)state;
	struct watch one, many;
	struct pair a, b;
	struct packet p[ENGINE_BATCH];
	size_t n = 0;
	watch_open(&one);
	watch_open(&many);
	pair_nth(&a, &one, 0);
	pair_handshake(&a, MS(0), MS(20));
	pair_talk(&a, MS(50), 10);
	pair_nth(&b, &many, 0);
	p[n++] = pair_packet(&b, CLIENT, TH_SYN, &(struct pkt){.at = MS(0)});
	p[n++] = pair_packet(&b, SERVER, TH_SYN | TH_ACK, &(struct pkt){.at = MS(20)});
	p[n++] = pair_packet(&b, CLIENT, TH_ACK, &(struct pkt){.at = MS(20.05)});
	p[0].ts = PKT_EPOCH;
	for (int i = 0; i < 10; i++) {
		nsec at = MS(50) + MS(30) * i;

		p[n++] = pair_packet(&b, SERVER, TH_ACK | TH_PSH,
				     &(struct pkt){.at = at, .len = 1000});
		p[n++] = pair_packet(&b, CLIENT, TH_ACK, &(struct pkt){.at = at + PKT_STEP});
		p[n++] = pair_packet(&b, CLIENT, TH_ACK | TH_PSH,
				     &(struct pkt){.at = at + MS(2), .len = 500});
		p[n++] = pair_packet(&b, SERVER, TH_ACK, &(struct pkt){.at = at + MS(22)});
	}
	for (size_t i = 0; i < n; i++)
		p[i].frame = p[i].ref = i + 1;
	engine_ingest(many.e, p, n);
	struct conn_detail x = pair_detail(&a, SEC(1)), y = pair_detail(&b, SEC(1));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(x.f.half[i].segments, y.f.half[i].segments);
		assert_int_equal(x.f.half[i].unique_bytes, y.f.half[i].unique_bytes);
		assert_int_equal(x.f.half[i].rtt.sum, y.f.half[i].rtt.sum);
		assert_int_equal(x.f.half[i].timer.rto, y.f.half[i].timer.rto);
	}
	assert_int_equal(one.n_segs, many.n_segs);
	for (size_t i = 0; i < one.n_segs; i++)
		assert_int_equal(one.segs[i].now.findings, many.segs[i].now.findings);
	watch_close(&one);
	watch_close(&many);
}

static void
test_counts_of_what_gave_no_packet(void **state)
{
	(void)state;
	struct watch w;
	uint64_t counts[DECODE_RESULT_COUNT] = {0};
	watch_open(&w);
	counts[DECODE_OTHER] = 5;
	counts[DECODE_MALFORMED] = 2;
	engine_count(w.e, counts);
	assert_int_equal(totals(&w).packets, 7);
	assert_int_equal(totals(&w).decode[DECODE_MALFORMED], 2);
	assert_int_equal(totals(&w).segments, 0);
	watch_close(&w);
}

static void
test_time_runs_backwards(void **state)
{
	struct watch w;
	struct pair c;

	watch_open(&w);
	pair_init(&c, &w, ISN(state));
	pair_handshake(&c, SEC(100), MS(20));
	data(&c, CLIENT, .len = 100, .at = SEC(101));
	ack(&c, SERVER, .at = SEC(41)); /* the clock was set back by a minute */
	data(&c, CLIENT, .len = 100, .at = SEC(42));
	ack(&c, SERVER, .at = SEC(42.02));
	struct conn_detail d = pair_detail(&c, SEC(101));
	assert_true(d.f.half[CLIENT].rtt.min >= 0);
	assert_true(d.f.half[CLIENT].rtt.max <= MS(25));
	assert_true(d.f.start <= d.f.last);
	watch_close(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_ended_go_first),
	cmocka_unit_test(test_pinned_stay),
	cmocka_unit_test(test_flood_spares_the_open),
	cmocka_unit_test(test_history_keeps_its_budget),
	cmocka_unit_test(test_stale_handles_name_nobody),
	cmocka_unit_test(test_freeze_keeps_what_goes),
	cmocka_unit_test(test_clear),
	cmocka_unit_test(test_each_connection_told_once),
	cmocka_unit_test(test_batches_change_nothing),
	cmocka_unit_test(test_counts_of_what_gave_no_packet),
	cmocka_unit_test(test_history_marks_its_gap),
	cmocka_unit_test(test_history_by_place),
	cmocka_unit_test(test_find_segment),
	cmocka_unit_test(test_series),
	cmocka_unit_test(test_no_history_wanted),
	cmocka_unit_test(test_freeze),
	cmocka_unit_test(test_freeze_keeps_all_that_was_said),
	SEQ_TEST(test_time_runs_backwards),
};

UNIT_MAIN(tests)
