/* SPDX-License-Identifier: MIT */
/*
 * test_verdicts_reset: each row of the decision tree of resets: a connection that it decides, with
 * its numbers and its evidence, and one step beside it, where the neighbouring row decides.
 */
#include "verdict_case.h"

#define SITUATION(s) assert_int_equal(verdict_of(&d, V_RESET)->reset.situation, s)

/* 200 bytes to the server and 1000 back, all acknowledged, within 100 ms from `at`. */
static void
exchange(struct pair *c, nsec at)
{
	data(c, CLIENT, .len = 200, .at = at);
	ack(c, SERVER, .at = at + MS(20));
	data(c, SERVER, .len = 1000, .at = at + MS(30));
	ack(c, CLIENT, .at = at + MS(30.1));
}

static void
establish(struct pair *c)
{
	pair_handshake(c, MS(0), MS(20));
	exchange(c, MS(50));
}

/* ---- a reset that does not count ---- */

static void
test_wrong_number(void **state)
{
	BEGIN(w, c);
	establish(&c);
	uint64_t f = rst(&c, CLIENT, .seq = 202, .at = SEC(1)); /* one beyond */
	ack(&c, SERVER, .at = SEC(1.02));
	LOOK(c, SEC(2));
	assert_verdict(V_RESET_IGNORED);
	const struct verdict *v = verdict_of(&d, V_RESET_IGNORED);
	assert_int_equal(v->severity, SEV_WARNING);
	assert_int_equal(v->side, CLIENT);
	assert_int_equal(v->reset_ignored.why, IGNORED_SEQ);
	assert_int_equal(v->reset_ignored.number, 202);
	assert_int_equal(v->reset_ignored.wanted, 201);
	assert_int_equal(v->reset_ignored.went_on, MS(20));
	assert_evidence(v, f);
	assert_no_verdict(V_RESET);
	assert_conn(&c, CONN_ESTAB);
	watch_close(&w);
}

static void
test_right_number(void **state)
{
	BEGIN(w, c);
	establish(&c);
	rst(&c, CLIENT, .seq = 201, .at = SEC(1));
	LOOK(c, SEC(2));
	assert_no_verdict(V_RESET_IGNORED);
	assert_verdict(V_RESET);
	assert_conn(&c, CONN_RESET);
	watch_close(&w);
}

/* What is on its way when the reset passes proves nothing; what comes later does. */
static void
test_receiver_goes_on(void **state)
{
	BEGIN(w, c);
	establish(&c);
	rst_ack(&c, CLIENT, .at = SEC(1));
	data(&c, SERVER, .len = 100, .at = SEC(1.015));
	LOOK(c, SEC(1.02));
	assert_verdict(V_RESET);
	data(&c, SERVER, .seq = 1001, .len = 100, .at = SEC(1.3));
	data(&c, SERVER, .seq = 1001, .len = 100, .at = SEC(1.7));
	LOOK(c, SEC(2));
	assert_no_verdict(V_RESET);
	assert_verdict(V_RESET_IGNORED);
	const struct verdict *v = verdict_of(&d, V_RESET_IGNORED);
	assert_int_equal(v->reset_ignored.why, IGNORED_WENT_ON);
	assert_int_equal(v->reset_ignored.went_on, MS(700));
	assert_int_equal(d.f.end_cause, END_OPEN);
	watch_close(&w);
}

/* The end that reset says so again when its peer goes on: the first one holds after all. */
static void
test_reset_repeated(void **state)
{
	BEGIN(w, c);
	establish(&c);
	uint64_t f = rst_ack(&c, CLIENT, .at = SEC(1));
	fin(&c, SERVER, .at = SEC(3));
	rst(&c, CLIENT, .seq = 201, .at = SEC(3.0001));
	LOOK(c, SEC(4));
	assert_no_verdict(V_RESET_IGNORED);
	assert_verdict(V_RESET);
	assert_evidence(verdict_of(&d, V_RESET), f);
	assert_int_equal(d.f.ended, PKT_EPOCH + SEC(1));
	watch_close(&w);
}

static void
test_sender_goes_on(void **state)
{
	BEGIN(w, c);
	establish(&c);
	uint64_t f = rst(&c, SERVER, .seq = 1001, .at = SEC(1));
	data(&c, CLIENT, .len = 10, .at = SEC(11));
	ack(&c, SERVER, .at = SEC(11.02));
	LOOK(c, SEC(12));
	assert_verdict(V_RESET_SUSPECT);
	const struct verdict *v = verdict_of(&d, V_RESET_SUSPECT);
	assert_int_equal(v->reset_suspect.suspicion, SUSPECT_WENT_ON);
	assert_int_equal(v->side, SERVER);
	assert_evidence(v, f);
	assert_no_verdict(V_RESET);
	assert_no_verdict(V_HALF_OPEN);
	assert_states(&c, TCP_ESTAB, TCP_ESTAB);
	watch_close(&w);
}

static void
test_wrong_ack_of_syn(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	rst_ack(&c, SERVER, .seq = SEQ_ISN, .ack = 2, .at = MS(20));
	syn(&c, .at = SEC(1));
	rst_ack(&c, SERVER, .seq = SEQ_ISN, .ack = 2, .at = SEC(1.02));
	LOOK(c, SEC(2));
	assert_verdict(V_RESET_IGNORED);
	assert_int_equal(verdict_of(&d, V_RESET_IGNORED)->reset_ignored.why, IGNORED_ACK);
	assert_int_equal(verdict_of(&d, V_RESET_IGNORED)->reset_ignored.count, 2);
	assert_verdict(V_NO_ANSWER);
	assert_int_equal(verdict_of(&d, V_NO_ANSWER)->no_answer.resets, 2);
	assert_no_verdict(V_REFUSED);
	watch_close(&w);
}

/* ---- a reset in the opening ---- */

static void
test_own_reset_after_syns(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	syn(&c, .at = SEC(1));
	syn(&c, .at = SEC(3));
	uint64_t f = rst(&c, CLIENT, .at = SEC(4));
	LOOK(c, SEC(9));
	assert_verdict(V_NO_ANSWER);
	const struct verdict *v = verdict_of(&d, V_NO_ANSWER);
	assert_int_equal(v->no_answer.end, NO_ANSWER_RESET);
	assert_int_equal(v->no_answer.syns, 3);
	assert_int_equal(v->no_answer.elapsed, SEC(4));
	assert_evidence(v, f);
	assert_no_verdict(V_RESET);
	assert_int_equal(d.f.end_cause, END_NO_ANSWER);
	watch_close(&w);
}

static void
test_abandoned_handshake(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	uint64_t g = synack(&c, .at = MS(20));
	uint64_t f = rst(&c, CLIENT, .at = MS(20.1));
	LOOK(c, SEC(1));
	assert_verdict(V_RESET);
	assert_severity(V_RESET, SEV_NOTE);
	SITUATION(RESET_ABANDONED);
	assert_evidence(verdict_of(&d, V_RESET), f);
	assert_evidence(verdict_of(&d, V_RESET), g);
	assert_no_verdict(V_HALF_OPEN);
	assert_no_verdict(V_NO_ANSWER);
	watch_close(&w);
}

static void
test_health_check(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	synack(&c, .at = MS(20));
	rst_ack(&c, CLIENT, .at = MS(20.1));
	LOOK(c, SEC(1));
	assert_severity(V_RESET, SEV_NOTE);
	SITUATION(RESET_ABANDONED);
	watch_close(&w);
}

/* A SYN-ACK whose SYN nobody saw: forged in the name of the one who resets it. */
static void
test_unasked_syn_ack(void **state)
{
	BEGIN(w, c);
	synack(&c, .ack = 1, .at = MS(0));
	rst(&c, CLIENT, .seq = 1, .at = MS(1));
	LOOK(c, SEC(1));
	assert_verdict(V_UNKNOWN_CONNECTION);
	assert_severity(V_UNKNOWN_CONNECTION, SEV_NOTE);
	assert_int_equal(verdict_of(&d, V_UNKNOWN_CONNECTION)->unknown_connection.answered,
			 ANSWERS_SYN_ACK);
	assert_no_verdict(V_RESET);
	assert_no_verdict(V_HALF_OPEN);
	watch_close(&w);
}

static void
test_syn_acks_given_up(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	synack(&c, .at = MS(20));
	synack(&c, .ack = 1, .at = SEC(1.02));
	synack(&c, .ack = 1, .at = SEC(3.02));
	rst_ack(&c, SERVER, .at = SEC(7));
	LOOK(c, SEC(8));
	assert_verdict(V_RESET);
	SITUATION(RESET_SYN_ACKS);
	assert_int_equal(verdict_of(&d, V_RESET)->reset.count, 3);
	watch_close(&w);
}

/* ---- a reset that answers a segment ---- */

static void
test_forgotten(void **state)
{
	BEGIN(w, c);
	establish(&c);
	uint64_t g = data(&c, CLIENT, .len = 100, .at = SEC(100));
	uint64_t f = rst(&c, SERVER, .win = WIN_ZERO, .at = SEC(100.02));
	LOOK(c, SEC(101));
	assert_verdict(V_HALF_OPEN);
	const struct verdict *v = verdict_of(&d, V_HALF_OPEN);
	assert_int_equal(v->severity, SEV_ERROR);
	assert_int_equal(v->side, SERVER);
	assert_int_equal(v->half_open.how, HALF_OPEN_BY_RESET);
	assert_int_equal(v->half_open.answered, ANSWERS_DATA);
	assert_int_equal(v->half_open.silence, SEC(100.02) - MS(80));
	assert_evidence(v, f);
	assert_evidence(v, g);
	assert_no_verdict(V_RESET);
	watch_close(&w);
}

/* RTT 20 ms, so RTO 220 ms: 2.2 s of silence are needed, from 80 ms on. */
static void
test_forgotten_or_closed(void **state)
{
	for (int long_enough = 0; long_enough < 2; long_enough++) {
		BEGIN(w, c);
		establish(&c);
		nsec at = MS(80) + (long_enough ? MS(2260) : MS(2000));
		data(&c, CLIENT, .len = 100, .at = at - MS(20));
		rst(&c, SERVER, .win = WIN_ZERO, .at = at);
		LOOK(c, SEC(5));
		assert_int_equal(!verdict_of(&d, V_HALF_OPEN), !long_enough);
		assert_int_equal(!verdict_of(&d, V_RESET), long_enough);
		if (!long_enough)
			SITUATION(RESET_SOCKET_GONE);
		watch_close(&w);
	}
}

static void
test_socket_closed_at_keepalive(void **state)
{
	BEGIN(w, c);
	establish(&c);
	ack(&c, CLIENT, .seq = 200, .at = SEC(60));
	rst(&c, SERVER, .win = WIN_ZERO, .at = SEC(60.02));
	LOOK(c, SEC(61));
	assert_verdict(V_HALF_OPEN);
	assert_int_equal(verdict_of(&d, V_HALF_OPEN)->half_open.answered, ANSWERS_PROBE);
	watch_close(&w);
}

static void
test_never_heard(void **state)
{
	BEGIN(w, c);
	c.next[CLIENT] = c.next[SERVER] = 5000;
	uint64_t g = data(&c, CLIENT, .len = 100, .at = MS(10));
	uint64_t f = rst(&c, SERVER, .win = WIN_ZERO, .at = MS(30));
	LOOK(c, SEC(1));
	assert_verdict(V_UNKNOWN_CONNECTION);
	const struct verdict *v = verdict_of(&d, V_UNKNOWN_CONNECTION);
	assert_int_equal(v->severity, SEV_ERROR);
	assert_int_equal(v->side, SERVER);
	assert_int_equal(v->unknown_connection.answered, ANSWERS_DATA);
	assert_evidence(v, f);
	assert_evidence(v, g);
	assert_no_verdict(V_RESET);
	/* The other end is left with half a connection; for how long is not known. */
	assert_verdict(V_HALF_OPEN);
	assert_severity(V_HALF_OPEN, SEV_NOTE);
	assert_int_equal(verdict_of(&d, V_HALF_OPEN)->half_open.how, HALF_OPEN_BELIEVED);
	assert_int_equal(verdict_of(&d, V_HALF_OPEN)->half_open.silence, -1);
	watch_close(&w);
}

/* A segment without ACK is a probe: it harms nobody, and no end believes in a connection. */
static void
test_probe_without_ack(void **state)
{
	static const uint16_t probes[] = {0, TH_FIN, TH_FIN | TH_PSH | TH_URG};

	for (size_t i = 0; i < ARRAY_LEN(probes); i++) {
		BEGIN(w, c);
		c.next[CLIENT] = c.next[SERVER] = 5000;
		tcp(&c, CLIENT, probes[i], .at = MS(10));
		rst_ack(&c, SERVER, .seq = SEQ_ISN, .win = WIN_ZERO, .at = MS(11));
		LOOK(c, SEC(1));
		assert_verdict(V_UNKNOWN_CONNECTION);
		assert_severity(V_UNKNOWN_CONNECTION, SEV_NOTE);
		assert_int_equal(
			verdict_of(&d, V_UNKNOWN_CONNECTION)->unknown_connection.answered,
			ANSWERS_NO_ACK);
		assert_no_verdict(V_HALF_OPEN);
		watch_close(&w);
	}
}

static void
test_alone(void **state)
{
	BEGIN(w, c);
	c.next[CLIENT] = c.next[SERVER] = 5000;
	rst_ack(&c, CLIENT, .at = MS(10));
	LOOK(c, SEC(1));
	assert_verdict(V_RESET);
	assert_severity(V_RESET, SEV_NOTE);
	SITUATION(RESET_ALONE);
	assert_no_verdict(V_UNKNOWN_CONNECTION);
	watch_close(&w);
}

/* ---- after a close ---- */

static void
test_data_after_close(void **state)
{
	BEGIN(w, c);
	establish(&c);
	fin(&c, CLIENT, .at = SEC(8));
	uint64_t g = data(&c, SERVER, .ack = 201, .len = 100, .at = SEC(8.01));
	uint64_t f = rst(&c, CLIENT, .seq = 202, .at = SEC(8.0101));
	LOOK(c, SEC(9));
	assert_verdict(V_RESET);
	SITUATION(RESET_LATE_DATA);
	const struct verdict *v = verdict_of(&d, V_RESET);
	assert_int_equal(v->reset.bytes, 100);
	assert_int_equal(v->severity, SEV_WARNING);
	assert_evidence(v, f);
	(void)g;
	watch_close(&w);
}

static void
test_reset_after_own_fin(void **state)
{
	BEGIN(w, c);
	establish(&c);
	fin(&c, CLIENT, .at = SEC(8));
	rst_ack(&c, CLIENT, .at = SEC(8.00002));
	LOOK(c, SEC(9));
	SITUATION(RESET_AFTER_FIN);
	assert_severity(V_RESET, SEV_NOTE);
	watch_close(&w);
}

static void
test_reset_instead_of_fin(void **state)
{
	BEGIN(w, c);
	establish(&c);
	fin(&c, SERVER, .at = SEC(8));
	rst_ack(&c, CLIENT, .at = SEC(8.0001));
	LOOK(c, SEC(9));
	SITUATION(RESET_CLOSING);
	assert_severity(V_RESET, SEV_NOTE);
	watch_close(&w);
}

static void
test_reset_instead_of_fin_with_data_pending(void **state)
{
	BEGIN(w, c);
	establish(&c);
	data(&c, SERVER, .len = 500, .at = SEC(7.99));
	fin(&c, SERVER, .at = SEC(8));
	rst_ack(&c, CLIENT, .ack = 1001, .at = SEC(8.0001));
	LOOK(c, SEC(9));
	SITUATION(RESET_IN_FLIGHT);
	assert_int_equal(verdict_of(&d, V_RESET)->reset.bytes, 500);
	assert_severity(V_RESET, SEV_WARNING);
	watch_close(&w);
}

static void
test_reset_after_both_closed(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	fin(&c, CLIENT, .at = MS(100));
	fin(&c, SERVER, .at = MS(120));
	ack(&c, CLIENT, .at = MS(120.1));
	LOOK(c, MS(121));
	assert_int_equal(d.n_verdicts, 0);
	rst(&c, CLIENT, .at = MS(122));
	LOOK(c, SEC(1));
	assert_verdict(V_RESET_AFTER_CLOSE);
	assert_severity(V_RESET_AFTER_CLOSE, SEV_NOTE);
	assert_no_verdict(V_RESET);
	assert_int_equal(d.f.end_cause, END_CLOSED);
	watch_close(&w);
}

/* ---- spontaneous ---- */

static void
test_before_any_data(void **state)
{
	for (int by_server = 0; by_server < 2; by_server++) {
		BEGIN(w, c);
		pair_handshake(&c, MS(0), MS(20));
		rst_ack(&c, by_server ? SERVER : CLIENT, .at = SEC(1));
		LOOK(c, SEC(2));
		SITUATION(RESET_BEFORE_DATA);
		assert_severity(V_RESET, by_server ? SEV_WARNING : SEV_NOTE);
		watch_close(&w);
	}
}

static void
test_in_mid_transfer(void **state)
{
	BEGIN(w, c);
	establish(&c);
	data(&c, SERVER, .len = 1000, .at = SEC(1));
	uint64_t f = rst_ack(&c, CLIENT, .ack = 1001, .at = SEC(1.001));
	LOOK(c, SEC(2));
	assert_verdict(V_RESET);
	SITUATION(RESET_IN_FLIGHT);
	const struct verdict *v = verdict_of(&d, V_RESET);
	assert_int_equal(v->side, CLIENT);
	assert_int_equal(v->severity, SEV_WARNING);
	assert_int_equal(v->reset.sent, 200);
	assert_int_equal(v->reset.received, 1000); /* not what is still on its way */
	assert_int_equal(v->reset.bytes, 1000);
	assert_evidence(v, f);
	watch_close(&w);
}

/* An abort may be the first to acknowledge what came, and only a part of it. */
static void
test_abort_acknowledges(void **state)
{
	BEGIN(w, c);
	establish(&c);
	data(&c, SERVER, .len = 700, .at = SEC(1));
	data(&c, SERVER, .len = 300, .at = SEC(1.0001));
	rst_ack(&c, CLIENT, .ack = 1701, .at = SEC(1.001));
	LOOK(c, SEC(2));
	SITUATION(RESET_IN_FLIGHT);
	assert_int_equal(verdict_of(&d, V_RESET)->reset.received, 1700);
	assert_int_equal(verdict_of(&d, V_RESET)->reset.bytes, 300);
	watch_close(&w);
}

static void
test_abort_acknowledges_fin(void **state)
{
	BEGIN(w, c);
	establish(&c);
	data(&c, SERVER, .len = 500, .at = SEC(1));
	fin(&c, SERVER, .at = SEC(1.0001));
	rst_ack(&c, CLIENT, .ack = 1502, .at = SEC(1.001));
	LOOK(c, SEC(2));
	SITUATION(RESET_CLOSING);
	assert_int_equal(verdict_of(&d, V_RESET)->reset.received, 1500);
	assert_int_equal(verdict_of(&d, V_RESET)->reset.bytes, 0);
	watch_close(&w);
}

static void
test_request_not_answered(void **state)
{
	BEGIN(w, c);
	establish(&c);
	data(&c, CLIENT, .len = 50, .at = SEC(1));
	ack(&c, SERVER, .at = SEC(1.02));
	rst_ack(&c, SERVER, .at = SEC(4));
	LOOK(c, SEC(5));
	SITUATION(RESET_NOT_ANSWERED);
	assert_int_equal(verdict_of(&d, V_RESET)->reset.idle, SEC(2.98));
	assert_int_equal(verdict_of(&d, V_RESET)->reset.received, 250);
	watch_close(&w);
}

static void
test_all_acknowledged(void **state)
{
	for (int by_server = 0; by_server < 2; by_server++) {
		BEGIN(w, c);
		establish(&c);
		rst_ack(&c, by_server ? SERVER : CLIENT, .at = SEC(1.0801));
		LOOK(c, SEC(2));
		SITUATION(RESET_ALL_ACKED);
		assert_int_equal(verdict_of(&d, V_RESET)->reset.idle, SEC(1));
		assert_severity(V_RESET, by_server ? SEV_WARNING : SEV_NOTE);
		watch_close(&w);
	}
}

static void
test_unread_data(void **state)
{
	BEGIN(w, c);
	establish(&c);
	data(&c, CLIENT, .len = 1400, .at = SEC(1));
	ack(&c, SERVER, .win = 490, .at = SEC(1.02)); /* 19 units of 128 bytes less */
	rst_ack(&c, SERVER, .at = SEC(2));
	LOOK(c, SEC(3));
	SITUATION(RESET_UNREAD);
	watch_close(&w);
}

static void
test_keepalives_then_reset(void **state)
{
	BEGIN(w, c);
	establish(&c);
	for (int i = 0; i < 3; i++)
		ack(&c, CLIENT, .seq = 200, .at = SEC(60 + 10 * i));
	rst_ack(&c, CLIENT, .at = SEC(90));
	LOOK(c, SEC(91));
	SITUATION(RESET_KEEPALIVE);
	assert_int_equal(verdict_of(&d, V_RESET)->reset.count, 3);
	watch_close(&w);
}

static void
test_retransmissions_then_reset(void **state)
{
	BEGIN(w, c);
	establish(&c);
	for (int i = 0; i < 4; i++)
		data(&c, CLIENT, .seq = 201, .len = 70, .at = SEC(1) + MS(250) * ((1 << i) - 1));
	rst_ack(&c, CLIENT, .at = SEC(5));
	LOOK(c, SEC(6));
	SITUATION(RESET_GAVE_UP);
	assert_int_equal(verdict_of(&d, V_RESET)->reset.count, 4); /* the first included */
	assert_int_equal(verdict_of(&d, V_RESET)->reset.bytes, 70);
	assert_severity(V_RESET, SEV_ERROR);
	watch_close(&w);
}

/* ---- a reset unlike its sender's packets ---- */

static void
test_suspect_ttl(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	pair_talk(&c, MS(50), 5);
	rst_ack(&c, SERVER, .ttl = 240, .ip_id = 7, .at = SEC(1));
	LOOK(c, SEC(2));
	assert_verdict(V_RESET_SUSPECT);
	const struct verdict *v = verdict_of(&d, V_RESET_SUSPECT);
	assert_int_equal(v->reset_suspect.suspicion, SUSPECT_TTL);
	assert_int_equal(v->reset_suspect.ttl, 240);
	assert_int_equal(v->reset_suspect.usual_ttl, 57);
	assert_true(v->likely);
	assert_verdict(V_RESET); /* beside it */
	watch_close(&w);
}

static void
test_suspect_ip_id(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	pair_talk(&c, MS(50), 8);
	rst_ack(&c, SERVER, .ip_id = 100,
		.at = SEC(1)); /* 30 000 away; resets have no time stamp */
	LOOK(c, SEC(2));
	assert_int_equal(verdict_of(&d, V_RESET_SUSPECT)->reset_suspect.suspicion, SUSPECT_IP_ID);
	watch_close(&w);
}

static void
test_own_reset_is_not_suspect(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	pair_talk(&c, MS(50), 8);
	rst_ack(&c, SERVER, .at = SEC(1));
	LOOK(c, SEC(2));
	assert_no_verdict(V_RESET_SUSPECT);
	watch_close(&w);
}

static const struct CMUnitTest tests[] = {
	SEQ_TEST(test_wrong_number),
	SEQ_TEST(test_right_number),
	SEQ_TEST(test_receiver_goes_on),
	SEQ_TEST(test_reset_repeated),
	SEQ_TEST(test_sender_goes_on),
	SEQ_TEST(test_wrong_ack_of_syn),
	SEQ_TEST(test_own_reset_after_syns),
	SEQ_TEST(test_abandoned_handshake),
	SEQ_TEST(test_health_check),
	SEQ_TEST(test_unasked_syn_ack),
	SEQ_TEST(test_syn_acks_given_up),
	SEQ_TEST(test_forgotten),
	SEQ_TEST(test_forgotten_or_closed),
	SEQ_TEST(test_socket_closed_at_keepalive),
	SEQ_TEST(test_never_heard),
	SEQ_TEST(test_probe_without_ack),
	SEQ_TEST(test_alone),
	SEQ_TEST(test_data_after_close),
	SEQ_TEST(test_reset_after_own_fin),
	SEQ_TEST(test_reset_instead_of_fin),
	SEQ_TEST(test_reset_instead_of_fin_with_data_pending),
	SEQ_TEST(test_reset_after_both_closed),
	SEQ_TEST(test_before_any_data),
	SEQ_TEST(test_in_mid_transfer),
	SEQ_TEST(test_abort_acknowledges),
	SEQ_TEST(test_abort_acknowledges_fin),
	SEQ_TEST(test_request_not_answered),
	SEQ_TEST(test_all_acknowledged),
	SEQ_TEST(test_unread_data),
	SEQ_TEST(test_keepalives_then_reset),
	SEQ_TEST(test_retransmissions_then_reset),
	SEQ_TEST(test_suspect_ttl),
	SEQ_TEST(test_suspect_ip_id),
	SEQ_TEST(test_own_reset_is_not_suspect),
};

UNIT_MAIN(tests)
