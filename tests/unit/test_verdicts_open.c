/* SPDX-License-Identifier: MIT */
/*
 * test_verdicts_open: the verdicts of how a connection begins, or does not: for each a connection
 * that has it, with its numbers and its evidence, and one that nearly does.
 */
#include "verdict_case.h"

static void
test_refused(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	uint64_t f = rst_ack(&c, SERVER, .seq = SEQ_ISN, .win = WIN_ZERO, .at = MS(0.02));
	LOOK(c, MS(1));
	assert_verdict(V_REFUSED);
	const struct verdict *v = verdict_of(&d, V_REFUSED);
	assert_int_equal(v->severity, SEV_ERROR);
	assert_int_equal(v->side, SERVER);
	assert_int_equal(v->refused.after, US(20));
	assert_evidence(v, 1);
	assert_evidence(v, f);
	assert_no_verdict(V_RESET);
	assert_no_verdict(V_NO_ANSWER);
	watch_close(&w);
}

static void
test_rejected(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	uint64_t f = pair_icmp(&c, MS(5), 7, 3, 13, 0);
	LOOK(c, MS(10));
	assert_verdict(V_REJECTED);
	const struct verdict *v = verdict_of(&d, V_REJECTED);
	assert_int_equal(v->side, SERVER);
	assert_int_equal(v->rejected.icmp.type, 3);
	assert_int_equal(v->rejected.icmp.code, 13);
	assert_int_equal(v->rejected.icmp.from[15], 7);
	assert_int_equal(v->rejected.after, MS(5));
	assert_int_equal(v->rejected.syns, 1);
	assert_false(v->rejected.by_server);
	assert_evidence(v, 1);
	assert_evidence(v, f);
	assert_no_verdict(V_REFUSED);
	assert_int_equal(d.n_icmp, 1);
	assert_int_equal(d.icmp[0].frame, f);
	assert_int_equal(d.icmp[0].quotes, 1);
	watch_close(&w);
}

/* Every kind that ends or hinders an opening; source quench does not. */
static void
test_rejected_by(void **state)
{
	static const struct {
		uint8_t type, code;
		bool rejects;
	} kinds[] = {{3, 0, true}, {3, 4, false}, {4, 0, false}, {11, 0, true}, {12, 0, true}};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		BEGIN(w, c);
		syn(&c, .at = MS(0));
		pair_icmp(&c, MS(5), 7, kinds[i].type, kinds[i].code, 0);
		LOOK(c, MS(10));
		assert_int_equal(!verdict_of(&d, V_REJECTED), !kinds[i].rejects);
		assert_int_equal(d.f.end_cause, kinds[i].rejects ? END_REJECTED : END_OPEN);
		watch_close(&w);
	}
}

/* A client that tries again is rejected again, until somebody answers. */
static void
test_rejected_again(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	pair_icmp(&c, MS(5), 7, 3, 1, 0);
	syn(&c, .at = SEC(1));
	LOOK(c, SEC(1.5));
	assert_verdict(V_REJECTED);
	assert_int_equal(verdict_of(&d, V_REJECTED)->rejected.syns, 2);
	assert_no_verdict(V_NO_ANSWER);
	synack(&c, .at = SEC(1.52));
	ack(&c, CLIENT, .at = SEC(1.53));
	LOOK(c, SEC(2));
	assert_no_verdict(V_REJECTED);
	watch_close(&w);
}

static void
test_no_answer(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = SEC(0));
	LOOK(c, MS(300));
	assert_no_verdict(V_NO_ANSWER); /* it may come yet */
	syn(&c, .at = SEC(1.01));
	syn(&c, .at = SEC(3.02));
	LOOK(c, SEC(4));
	assert_verdict(V_NO_ANSWER);
	const struct verdict *v = verdict_of(&d, V_NO_ANSWER);
	assert_int_equal(v->no_answer.syns, 3);
	assert_int_equal(v->no_answer.elapsed, SEC(4));
	assert_evidence(v, 1);
	watch_close(&w);
}

/* SYNs at intervals that grow shorter are made by no timer: nothing is known of the next one. */
static void
test_no_forecast_of_unknown_ladder(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = SEC(0));
	syn(&c, .at = SEC(6.4));
	syn(&c, .at = SEC(9.2));
	syn(&c, .at = SEC(12));
	LOOK(c, SEC(12.1));
	assert_verdict(V_NO_ANSWER);
	const struct verdict *v = verdict_of(&d, V_NO_ANSWER);
	assert_int_equal(v->no_answer.forecast.next, -1);
	assert_true(v->no_answer.forecast.gives_up == NSEC_NEVER);
	assert_int_equal(v->no_answer.end, NO_ANSWER_WAITS);
	watch_close(&w);
}

static void
test_answer_ends_no_answer(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = SEC(0));
	syn(&c, .at = SEC(1.01));
	synack(&c, .at = SEC(1.03));
	ack(&c, CLIENT, .at = SEC(1.031));
	LOOK(c, SEC(2));
	assert_no_verdict(V_NO_ANSWER);
	assert_verdict(V_SYN_LOST);
	watch_close(&w);
}

static void
test_first_syn_answered(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	LOOK(c, SEC(1));
	assert_int_equal(d.n_verdicts, 0);
	assert_int_equal(d.f.verdict.severity, SEV_NONE);
	watch_close(&w);
}

static void
test_syn_ack_unanswered(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	synack(&c, .at = MS(20));
	LOOK(c, MS(100));
	assert_no_verdict(V_SYN_ACK_UNANSWERED);
	synack(&c, .at = SEC(1.03));
	synack(&c, .at = SEC(3.05));
	LOOK(c, SEC(4));
	assert_verdict(V_SYN_ACK_UNANSWERED);
	assert_int_equal(verdict_of(&d, V_SYN_ACK_UNANSWERED)->syn_ack_unanswered.syn_acks, 3);
	watch_close(&w);
}

static void
test_accept_queue_full(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	data(&c, CLIENT, .len = 100, .at = MS(30));
	for (int i = 0; i < 3; i++) {
		synack(&c, .ack = 1, .at = SEC(1.05 * (1 << i)));
		ack(&c, CLIENT);
	}
	LOOK(c, SEC(5));
	assert_verdict(V_ACCEPT_QUEUE_FULL);
	assert_int_equal(verdict_of(&d, V_ACCEPT_QUEUE_FULL)->accept_queue_full.repeats, 3);
	watch_close(&w);
}

static void
test_port_reuse(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	fin(&c, CLIENT, .at = MS(100));
	fin(&c, SERVER, .at = MS(120));
	ack(&c, CLIENT, .at = MS(120.1));
	LOOK(c, MS(200));
	assert_no_verdict(V_PORT_REUSE);
	pair_anew(&c, 100000);
	pair_handshake(&c, SEC(2), MS(20));
	LOOK(c, SEC(3));
	assert_verdict(V_PORT_REUSE);
	watch_close(&w);
}

/* The reset comes from nearer than the host's other packets: 57 and 60 of 64. */
static void
test_refused_by_firewall(void **state)
{
	static const uint8_t ttl[] = {57, 60, 255};

	for (size_t i = 0; i < ARRAY_LEN(ttl); i++) {
		BEGIN(w, c);
		pair_handshake(&c, MS(0), MS(20));
		pair_talk(&c, MS(50), 3);
		c.end[CLIENT].port++;
		pair_anew(&c, 1000);
		syn(&c, .at = SEC(2));
		rst_ack(&c, SERVER, .seq = SEQ_ISN, .win = WIN_ZERO, .ttl = ttl[i],
			.at = SEC(2.001));
		LOOK(c, SEC(3));
		assert_int_equal(verdict_of(&d, V_REFUSED)->refused.firewall, ttl[i] == 60);
		watch_close(&w);
	}
}

/* Two SYNs with different numbers at once: each reset belongs to the one that it acknowledges. */
static void
test_both_refused(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	struct pair first = c;
	pair_anew(&c, 0x10000);
	syn(&c, .at = MS(0.03));
	rst_ack(&c, SERVER, .seq = SEQ_ISN, .win = WIN_ZERO, .at = MS(1));
	uint64_t f = rst_ack(&first, SERVER, .seq = SEQ_ISN, .win = WIN_ZERO, .at = MS(1.03));
	LOOK(c, SEC(1));
	assert_verdict(V_REFUSED);
	assert_int_equal(pair_count(&c), 2);
	watch_until(&w, SEC(30));
	assert_int_equal(w.n_conns, 2);
	for (size_t i = 0; i < w.n_conns; i++)
		assert_int_equal(w.conns[i].f.end_cause, END_REFUSED);
	(void)f;
	watch_close(&w);
}

/* Where nothing of the server's host to the client's is captured, the silence after one SYN says
 * nothing. */
static void
test_single_syn(void **state)
{
	enum { NOT, BY_OTHERS, BY_CLIENT, KINDS };

	for (int by = 0; by < KINDS; by++) {
		BEGIN(w, c);
		const bool heard = by == BY_CLIENT;
		struct pair other;

		pair_init(&other, &w, ISN(state));
		other.end[CLIENT].port++;
		other.end[CLIENT].addr[15] += by == BY_OTHERS;
		if (by != NOT)
			pair_handshake(&other, MS(0), MS(20));
		syn(&c, .at = SEC(1));
		LOOK(c, SEC(1.9));
		assert_no_verdict(V_NO_ANSWER);
		LOOK(c, SEC(4));
		assert_int_equal(!verdict_of(&d, V_NO_ANSWER), !heard);
		if (heard)
			assert_severity(V_NO_ANSWER, SEV_NOTE);
		watch_close(&w);
	}
}

/* Time of which the capture says nothing does not count: the next packet comes two days later. */
static void
test_time_that_did_not_pass(void **state)
{
	BEGIN(w, c);
	struct pair other;
	syn(&c, .at = MS(0));
	syn(&c, .at = SEC(1));
	syn(&c, .at = SEC(3));
	pair_init(&other, &w, ISN(state));
	other.end[CLIENT].port = 50000;
	pair_handshake(&other, SEC(172800), MS(20));
	LOOK(c, SEC(172801));
	assert_verdict(V_NO_ANSWER);
	assert_int_equal(verdict_of(&d, V_NO_ANSWER)->no_answer.elapsed, SEC(3));
	assert_int_equal(verdict_of(&d, V_NO_ANSWER)->no_answer.end, NO_ANSWER_WAITS);
	watch_close(&w);
}

/* Other hosts' packets do not show that these two are captured; in a live capture time passes. */
static void
test_other_hosts_go_on(void **state)
{
	for (int live = 0; live < 2; live++) {
		BEGIN(w, c);
		struct pair other;
		engine_set_live(w.e, live);
		syn(&c, .at = MS(0));
		syn(&c, .at = SEC(1));
		pair_init(&other, &w, ISN(state));
		other.end[CLIENT].addr[15] = 77;
		other.end[SERVER].addr[15] = 78;
		pair_handshake(&other, SEC(20), MS(20));
		LOOK(c, SEC(20));
		assert_int_equal(verdict_of(&d, V_NO_ANSWER)->no_answer.elapsed,
				 live ? SEC(20) : SEC(1));
		watch_close(&w);
	}
}

/* ---- SYN-ACKs ---- */

/* What answers a repeated SYN is not sent by a timer. */
static void
test_syn_acks_that_answer(void **state)
{
	BEGIN(w, c);
	for (int i = 0; i < 3; i++) {
		syn(&c, .at = SEC(i));
		synack(&c, .ack = 1, .at = SEC(i) + MS(20));
	}
	LOOK(c, SEC(2.5));
	assert_no_verdict(V_SYN_ACK_UNANSWERED);
	synack(&c, .ack = 1, .at = SEC(3.03));
	LOOK(c, SEC(4));
	assert_verdict(V_SYN_ACK_UNANSWERED);
	assert_int_equal(verdict_of(&d, V_SYN_ACK_UNANSWERED)->syn_ack_unanswered.syn_acks, 2);
	watch_close(&w);
}

static void
test_ack_arrived_at_full_queue(void **state)
{
	for (int echoes = 0; echoes < 2; echoes++) {
		BEGIN(w, c);
		pair_handshake(&c, MS(0), MS(20));
		uint32_t of_syn = c.ts_base[CLIENT], of_ack = c.ts_sent[CLIENT];
		data(&c, CLIENT, .len = 100, .at = MS(30));
		data(&c, CLIENT, .seq = 1, .len = 100, .at = MS(260));
		synack(&c, .ack = 1, .tsecr = echoes ? of_ack : of_syn, .at = SEC(1.05));
		LOOK(c, SEC(2));
		assert_verdict(V_ACCEPT_QUEUE_FULL);
		const struct verdict *v = verdict_of(&d, V_ACCEPT_QUEUE_FULL);
		assert_int_equal(v->accept_queue_full.ack_arrived, echoes);
		assert_int_equal(v->likely, !echoes);
		assert_int_equal(v->accept_queue_full.repeats, 1);
		assert_int_equal(v->accept_queue_full.ignored, 1);
		assert_false(v->accept_queue_full.over);
		watch_close(&w);
	}
}

/* SYN-ACK after 20 ms, ACK at once; the server repeats its SYN-ACK after 4 s. */
static void
wait_for_data(struct pair *c, nsec repeat)
{
	pair_handshake(c, MS(0), MS(20));
	synack(c, .ack = 1, .at = repeat);
	ack(c, CLIENT);
}

static void
test_deferred_accept(void **state)
{
	BEGIN(w, c);
	wait_for_data(&c, SEC(4));
	LOOK(c, SEC(5));
	assert_verdict(V_DEFERRED_ACCEPT);
	assert_severity(V_DEFERRED_ACCEPT, SEV_NOTE);
	assert_false(verdict_of(&d, V_DEFERRED_ACCEPT)->deferred_accept.over);
	assert_no_verdict(V_ACCEPT_QUEUE_FULL);
	assert_no_verdict(V_SYN_ACK_UNANSWERED);
	data(&c, CLIENT, .len = 100, .at = SEC(6));
	ack(&c, SERVER, .at = SEC(6.02));
	LOOK(c, SEC(7));
	assert_verdict(V_DEFERRED_ACCEPT);
	assert_true(verdict_of(&d, V_DEFERRED_ACCEPT)->deferred_accept.over);
	assert_int_equal(verdict_of(&d, V_DEFERRED_ACCEPT)->deferred_accept.repeats, 1);
	watch_close(&w);
}

/* The same, but the timer of a SYN-ACK runs a second: a lost ACK looks like that. */
static void
test_lost_ack_is_not_deferred(void **state)
{
	BEGIN(w, c);
	wait_for_data(&c, SEC(1.03));
	data(&c, CLIENT, .len = 100, .at = SEC(6));
	ack(&c, SERVER, .at = SEC(6.02));
	LOOK(c, SEC(7));
	assert_no_verdict(V_DEFERRED_ACCEPT);
	assert_no_verdict(V_ACCEPT_QUEUE_FULL);
	watch_close(&w);
}

/* ---- SYNs that were lost ---- */

static void
test_syn_lost(void **state)
{
	for (int what = SYN_LOST_SYN; what <= SYN_LOST_ECN; what++) {
		BEGIN(w, c);
		syn(&c, .flags = what == SYN_LOST_ECN ? TH_ECE | TH_CWR : 0, .at = MS(0));
		if (what == SYN_LOST_ANSWER)
			synack(&c, .at = MS(20));
		syn(&c, .at = SEC(1));
		synack(&c, .at = SEC(1.02));
		ack(&c, CLIENT, .at = SEC(1.03));
		LOOK(c, SEC(2));
		assert_verdict(V_SYN_LOST);
		const struct verdict *v = verdict_of(&d, V_SYN_LOST);
		assert_int_equal(v->syn_lost.what, what);
		assert_int_equal(v->syn_lost.syns, 2);
		assert_int_equal(v->syn_lost.cost, SEC(1));
		assert_severity(V_SYN_LOST, SEV_NOTE);
		watch_close(&w);
	}
}

/* ---- a SYN that meets an older connection ---- */

/* The client forgets the connection and opens another one from the same port: *old. */
static void
meet_older(struct pair *c, struct pair *old)
{
	pair_handshake(c, MS(0), MS(20));
	data(c, CLIENT, .len = 10, .at = MS(50));
	ack(c, SERVER, .at = MS(70));
	*old = *c;
	pair_anew(c, 0x20000000);
	syn(c, .at = SEC(10));
}

static void
test_meets_older(void **state)
{
	BEGIN(w, c);
	struct pair old;
	meet_older(&c, &old);
	LOOK(c, SEC(10.01));
	assert_no_verdict(V_HALF_OPEN);
	uint64_t f = ack(&old, SERVER, .at = SEC(10.02));
	syn(&c, .at = SEC(11));
	ack(&old, SERVER, .at = SEC(11.02));
	LOOK(c, SEC(12));
	assert_verdict(V_HALF_OPEN);
	const struct verdict *v = verdict_of(&d, V_HALF_OPEN);
	assert_int_equal(v->severity, SEV_ERROR);
	assert_int_equal(v->half_open.how, HALF_OPEN_SYN_MET);
	assert_int_equal(v->half_open.answers, 2);
	assert_int_equal(v->half_open.older, 1);
	assert_false(v->half_open.connected);
	assert_no_verdict(V_NO_ANSWER);
	(void)f;
	watch_close(&w);
}

static void
test_meets_older_and_connects(void **state)
{
	BEGIN(w, c);
	struct pair old;
	meet_older(&c, &old);
	ack(&old, SERVER, .at = SEC(10.02));
	rst(&old, CLIENT, .seq = 11, .at = SEC(10.0201));
	syn(&c, .at = SEC(10.03));
	synack(&c, .at = SEC(10.05));
	ack(&c, CLIENT, .at = SEC(10.0501));
	LOOK(c, SEC(11));
	assert_verdict(V_HALF_OPEN);
	assert_severity(V_HALF_OPEN, SEV_NOTE);
	assert_true(verdict_of(&d, V_HALF_OPEN)->half_open.connected);
	assert_int_equal(verdict_of(&d, V_HALF_OPEN)->half_open.cost, MS(30));
	assert_no_verdict(V_SYN_LOST);
	watch_until(&w, SEC(60));
	assert_true(w.n_conns > 0); /* the older one: replaced */
	const struct verdict *v = verdict_of(&w.conns[0], V_HALF_OPEN);
	assert_non_null(v);
	assert_int_equal(v->half_open.how, HALF_OPEN_REPLACED);
	assert_int_equal(v->severity, SEV_NOTE);
	watch_close(&w);
}

/* Without the server's packets nothing shows that it still held the older connection; that nobody
 * answers the SYNs is shown by their repetition. */
static void
test_meets_older_one_sided(void **state)
{
	BEGIN(w, c);
	struct pair old = c;
	syn(&old, .at = MS(0));
	synack(&old, .unseen = true, .at = MS(20));
	ack(&old, CLIENT, .at = MS(20.05));
	data(&old, CLIENT, .len = 10, .at = MS(30));
	pair_anew(&c, 100000);
	syn(&c, .at = SEC(10));
	rst(&old, CLIENT, .seq = 11, .at = SEC(10.0201));
	LOOK(c, SEC(10.5));
	assert_no_verdict(V_HALF_OPEN);
	assert_no_verdict(V_NO_ANSWER);
	syn(&c, .at = SEC(11));
	syn(&c, .at = SEC(13));
	LOOK(c, SEC(14));
	assert_no_verdict(V_HALF_OPEN);
	assert_verdict(V_NO_ANSWER);
	watch_until(&w, SEC(60));
	assert_true(w.n_conns > 0); /* the older one: replaced */
	assert_null(verdict_of(&w.conns[0], V_HALF_OPEN));
	watch_close(&w);
}

/* The older connection began before the capture. */
static void
test_meets_unseen_older(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	ack(&c, SERVER, .seq = 70000, .ack = 80000, .tsecr = 5, .at = MS(20));
	rst(&c, CLIENT, .seq = 80000, .at = MS(20.1));
	syn(&c, .at = MS(30));
	LOOK(c, MS(40));
	assert_verdict(V_HALF_OPEN);
	assert_int_equal(verdict_of(&d, V_HALF_OPEN)->half_open.older, 0);
	assert_no_verdict(V_RESET);
	assert_no_verdict(V_RESET_IGNORED);
	watch_close(&w);
}

/* ---- odd answers ---- */

static void
test_two_answers(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	synack(&c, .at = MS(20));
	struct pair second = c;
	second.isn[SERVER] += 0x123456;
	second.next[SERVER] = 0;
	uint64_t f = synack(&second, .at = MS(21.5));
	LOOK(c, MS(30));
	assert_verdict(V_TWO_ANSWERS);
	const struct verdict *v = verdict_of(&d, V_TWO_ANSWERS);
	assert_int_equal(v->severity, SEV_WARNING);
	assert_int_equal(v->two_answers.apart, MS(1.5));
	assert_evidence(v, f);
	watch_close(&w);
}

static void
test_second_answer_too_late(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	struct pair second = c;
	second.isn[SERVER] += 0x123456;
	second.next[SERVER] = 0;
	synack(&second, .ack = 1, .at = MS(500));
	LOOK(c, SEC(1));
	assert_verdict(V_TWO_ANSWERS);
	assert_severity(V_TWO_ANSWERS, SEV_NOTE);
	watch_close(&w);
}

static void
test_same_answer_twice(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	synack(&c, .at = MS(20));
	synack(&c, .ack = 1, .at = SEC(1.03));
	LOOK(c, SEC(2));
	assert_no_verdict(V_TWO_ANSWERS);
	watch_close(&w);
}

/* Another address answers the SYN, and the client refuses what it did not ask for. */
static void
test_wrong_responder(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	struct pair other = c;
	other.end[SERVER].addr[15] = 6;
	synack(&other, .at = MS(20));
	rst(&other, CLIENT, .at = MS(20.1));
	LOOK(c, MS(30));
	assert_verdict(V_WRONG_RESPONDER);
	const struct verdict *v = verdict_of(&d, V_WRONG_RESPONDER);
	assert_int_equal(v->severity, SEV_ERROR);
	assert_int_equal(v->wrong_responder.addr[15], 6);
	assert_int_equal(v->wrong_responder.port, 80);
	assert_int_equal(v->wrong_responder.related, 2);
	assert_false(v->wrong_responder.is_answer);
	assert_no_verdict(V_NO_ANSWER);
	LOOK(other, MS(30));
	assert_verdict(V_WRONG_RESPONDER);
	v = verdict_of(&d, V_WRONG_RESPONDER);
	assert_int_equal(v->wrong_responder.addr[15], 2);
	assert_int_equal(v->wrong_responder.related, 1);
	assert_true(v->wrong_responder.is_answer);
	assert_no_verdict(V_UNKNOWN_CONNECTION);
	watch_close(&w);
}

/* The right one answers as well: nothing is wrong with its connection. */
static void
test_right_responder(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	struct pair other = c;
	other.end[SERVER].addr[15] = 6;
	synack(&other, .at = MS(20));
	synack(&c, .at = MS(21));
	ack(&c, CLIENT, .at = MS(21.1));
	LOOK(c, MS(30));
	assert_no_verdict(V_WRONG_RESPONDER);
	LOOK(other, MS(30));
	assert_no_verdict(V_WRONG_RESPONDER);
	watch_close(&w);
}

static const struct CMUnitTest tests[] = {
	SEQ_TEST(test_refused),
	SEQ_TEST(test_refused_by_firewall),
	SEQ_TEST(test_both_refused),
	SEQ_TEST(test_rejected),
	SEQ_TEST(test_rejected_by),
	SEQ_TEST(test_rejected_again),
	SEQ_TEST(test_no_answer),
	SEQ_TEST(test_single_syn),
	SEQ_TEST(test_time_that_did_not_pass),
	SEQ_TEST(test_other_hosts_go_on),
	SEQ_TEST(test_no_forecast_of_unknown_ladder),
	SEQ_TEST(test_answer_ends_no_answer),
	SEQ_TEST(test_first_syn_answered),
	SEQ_TEST(test_syn_ack_unanswered),
	SEQ_TEST(test_accept_queue_full),
	SEQ_TEST(test_syn_acks_that_answer),
	SEQ_TEST(test_ack_arrived_at_full_queue),
	SEQ_TEST(test_deferred_accept),
	SEQ_TEST(test_lost_ack_is_not_deferred),
	SEQ_TEST(test_syn_lost),
	SEQ_TEST(test_meets_older),
	SEQ_TEST(test_meets_older_and_connects),
	SEQ_TEST(test_meets_older_one_sided),
	SEQ_TEST(test_meets_unseen_older),
	SEQ_TEST(test_two_answers),
	SEQ_TEST(test_second_answer_too_late),
	SEQ_TEST(test_same_answer_twice),
	SEQ_TEST(test_wrong_responder),
	SEQ_TEST(test_right_responder),
	SEQ_TEST(test_port_reuse),
};

UNIT_MAIN(tests)
