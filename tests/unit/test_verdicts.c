/* SPDX-License-Identifier: MIT */
/*
 * test_verdicts: for every diagnosis a connection that has it, with the numbers and the evidence it
 * names, and one that nearly does. The sentences made of them are the model's tests.
 */
#include "verdict_case.h"

/* ---- silence ---- */

static void
test_peer_silent(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	data(&c, CLIENT, .len = 100, .at = SEC(1));
	data(&c, CLIENT, .seq = 1, .len = 100, .at = SEC(1.222));
	data(&c, CLIENT, .seq = 1, .len = 100, .at = SEC(1.444));
	uint64_t f = data(&c, CLIENT, .seq = 1, .len = 100, .at = SEC(1.89));
	LOOK(c, SEC(2));
	assert_verdict(V_PEER_SILENT);
	const struct verdict *v = verdict_of(&d, V_PEER_SILENT);
	assert_int_equal(v->severity, SEV_ERROR);
	assert_evidence(v, f);
	ack(&c, SERVER, .at = SEC(2.1));
	LOOK(c, SEC(2.2));
	assert_no_verdict(V_PEER_SILENT); /* it answered after all */
	watch_close(&w);
}

/* An attempt that does not come although the capture goes on contradicts the ladder. */
static void
test_overdue_attempt(void **state)
{
	BEGIN(w, c);
	engine_set_live(w.e, true);
	pair_handshake(&c, MS(0), MS(20));
	data(&c, CLIENT, .len = 100, .at = SEC(1));
	data(&c, CLIENT, .seq = 1, .len = 100, .at = MS(1222));
	data(&c, CLIENT, .seq = 1, .len = 100, .at = MS(1666)); /* the next: at 2.55 */
	LOOK(c, SEC(3));
	assert_int_equal(verdict_of(&d, V_PEER_SILENT)->silence.forecast.overdue, 0);
	assert_int_equal(verdict_of(&d, V_PEER_SILENT)->silence.forecast.next, 0);
	LOOK(c, MS(11666));
	assert_int_equal(verdict_of(&d, V_PEER_SILENT)->silence.forecast.overdue, SEC(10));
	assert_int_equal(verdict_of(&d, V_PEER_SILENT)->silence.forecast.next, -1);
	LOOK(c, SEC(5000));
	assert_no_verdict(V_TIMED_OUT); /* it did not make its attempts */
	watch_close(&w);
}

/* ---- the window ---- */

static void
test_window_closed(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	data(&c, SERVER, .len = 1000, .at = SEC(1));
	uint64_t f = ack(&c, CLIENT, .win = WIN_ZERO, .at = SEC(1.0001));
	LOOK(c, SEC(1.1));
	assert_no_verdict(V_WINDOW_CLOSED);
	LOOK(c, SEC(4.1));
	assert_verdict(V_WINDOW_CLOSED);
	const struct verdict *v = verdict_of(&d, V_WINDOW_CLOSED);
	assert_int_equal(v->side, CLIENT);
	assert_evidence(v, f);
	assert_true(d.f.half[CLIENT].zero_window_time >= SEC(3));
	watch_close(&w);
}

static void
test_window_closed_briefly(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	data(&c, SERVER, .len = 1000, .at = SEC(1));
	ack(&c, CLIENT, .win = WIN_ZERO, .at = SEC(1.0001));
	ack(&c, CLIENT, .win = 500, .at = SEC(1.05));
	LOOK(c, SEC(10));
	assert_no_verdict(V_WINDOW_CLOSED);
	watch_close(&w);
}

/* ---- loss and its kin ---- */

static void
send_with_loss(struct pair *c, int n, int every)
{
	for (int i = 0; i < n; i++) {
		nsec at = SEC(1) + MS(600) * i;
		int64_t seq = c->next[CLIENT];

		data(c, CLIENT, .len = 1000, .at = at);
		if (i % every == 0)
			data(c, CLIENT, .seq = seq, .len = 1000, .at = at + MS(230));
		ack(c, SERVER, .at = at + MS(260));
	}
}

static void
test_loss(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	send_with_loss(&c, 60, 10);
	LOOK(c, SEC(60));
	assert_verdict(V_LOSS);
	assert_int_equal(verdict_of(&d, V_LOSS)->side, CLIENT);
	watch_close(&w);
}

static void
test_hardly_any_loss(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	send_with_loss(&c, 300, 300);
	LOOK(c, SEC(200));
	assert_no_verdict(V_LOSS);
	watch_close(&w);
}

static void
test_duplicates(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	for (int i = 0; i < 6; i++) {
		data(&c, SERVER, .len = 1000, .at = SEC(1) + MS(100) * i);
		pair_copy(&c, MS(5), 0);
	}
	LOOK(c, SEC(3));
	assert_verdict(V_DUPLICATES);
	assert_no_verdict(V_LOSS);
	watch_close(&w);
}

static void
test_unreachable(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	uint64_t g = data(&c, CLIENT, .len = 200, .at = SEC(1));
	pair_icmp(&c, SEC(1.01), 7, 3, 1, 0);
	for (int i = 0; i < 3; i++) {
		g = data(&c, CLIENT, .seq = 1, .len = 200, .at = SEC(1) + MS(222) * (1 << i));
		pair_icmp(&c, w.now - PKT_EPOCH + MS(10), 7, 3, 1, 0);
	}
	LOOK(c, SEC(2));
	assert_verdict(V_UNREACHABLE);
	assert_verdict(V_PEER_SILENT);
	const struct verdict *v = verdict_of(&d, V_UNREACHABLE);
	assert_int_equal(v->severity, SEV_WARNING);
	assert_int_equal(v->side, CLIENT);
	assert_int_equal(v->unreachable.times, 4);
	assert_int_equal(v->unreachable.repeats, 3);
	assert_int_equal(v->unreachable.icmp.from[15], 7);
	assert_evidence(v, g);
	assert_evidence(v, w.frame);
	assert_int_equal(d.icmp_total, 4);
	assert_int_equal(d.icmp[3].quotes, g);
	watch_close(&w);
}

/* An error that quotes what was acknowledged long ago is not believed. */
static void
test_unreachable_of_old_data(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	data(&c, CLIENT, .len = 200, .at = SEC(1));
	struct packet old = c.last;
	ack(&c, SERVER, .at = SEC(1.02));
	c.last = old;
	pair_icmp(&c, SEC(1.1), 7, 3, 1, 0);
	LOOK(c, SEC(2));
	assert_no_verdict(V_UNREACHABLE);
	assert_int_equal(d.n_icmp, 0);
	watch_close(&w);
}

static void
test_path_mtu_heeded(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	data(&c, CLIENT, .len = 1448, .at = SEC(1));
	uint64_t g = pair_icmp(&c, SEC(1.001), 9, 3, 4, 600);
	uint64_t f = data(&c, CLIENT, .seq = 1, .len = 548, .at = SEC(1.0011));
	data(&c, CLIENT, .seq = 549, .len = 548, .at = SEC(1.0012));
	assert_int_equal(seg_at(&w, f)->cause, CAUSE_PMTU);
	LOOK(c, SEC(1.01));
	assert_verdict(V_PATH_MTU);
	const struct verdict *v = verdict_of(&d, V_PATH_MTU);
	assert_int_equal(v->severity, SEV_NOTE);
	assert_int_equal(v->path_mtu.kind, PATH_MTU_HEEDED);
	assert_int_equal(v->path_mtu.icmp.mtu, 600);
	assert_int_equal(v->path_mtu.cut, 2);
	assert_evidence(v, g);
	watch_close(&w);
}

/* 20 IP, 20 TCP, 12 for time stamps: 1448 bytes make 1500, and 1408 make 1460. */
static void
test_path_mtu_ignored(void **state)
{
	for (uint32_t len = 1408; len <= 1409; len++) {
		BEGIN(w, c);
		pair_handshake(&c, MS(0), MS(20));
		data(&c, CLIENT, .len = 1448, .at = SEC(1));
		pair_icmp(&c, SEC(1.001), 9, 3, 4, 1460);
		data(&c, CLIENT, .seq = 1, .len = len, .at = SEC(1.25));
		LOOK(c, SEC(2));
		const struct verdict *v = verdict_of(&d, V_PATH_MTU);
		assert_int_equal(v->path_mtu.kind,
				 len == 1408 ? PATH_MTU_HEEDED : PATH_MTU_IGNORED);
		assert_int_equal(v->severity, len == 1408 ? SEV_NOTE : SEV_ERROR);
		watch_close(&w);
	}
}

static void
test_keepalive_unanswered(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	data(&c, CLIENT, .len = 100, .at = MS(50));
	ack(&c, SERVER, .at = MS(70));
	ack(&c, CLIENT, .seq = 100, .at = SEC(10));
	ack(&c, SERVER, .at = SEC(10.02));
	LOOK(c, SEC(11));
	assert_no_verdict(V_KEEPALIVE_UNANSWERED);
	for (int i = 2; i < 5; i++)
		ack(&c, CLIENT, .seq = 100, .at = SEC(10 * i));
	LOOK(c, SEC(45));
	assert_verdict(V_KEEPALIVE_UNANSWERED);
	watch_close(&w);
}

/* ---- what is odd, and what the capture lacks ---- */

static void
test_half_closed(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	fin(&c, CLIENT, .at = MS(100));
	ack(&c, SERVER, .at = MS(120));
	LOOK(c, SEC(1));
	assert_no_verdict(V_HALF_CLOSED);
	LOOK(c, SEC(20));
	assert_verdict(V_HALF_CLOSED);
	watch_close(&w);
}

static void
test_midstream(void **state)
{
	BEGIN(w, c);
	c.next[CLIENT] = c.next[SERVER] = 5000;
	pair_talk(&c, MS(50), 3);
	LOOK(c, SEC(1));
	assert_verdict(V_MIDSTREAM);
	assert_no_verdict(V_ONE_SIDED);
	watch_close(&w);
}

static void
test_one_sided(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	synack(&c, .unseen = true, .at = MS(20));
	ack(&c, CLIENT, .at = MS(20.05));
	for (int i = 0; i < 10; i++) {
		data(&c, CLIENT, .len = 100, .at = MS(100 + 50 * i));
		data(&c, SERVER, .len = 100, .at = MS(120 + 50 * i), .unseen = true);
		ack(&c, CLIENT, .at = MS(121 + 50 * i));
	}
	LOOK(c, SEC(1));
	assert_verdict(V_ONE_SIDED);
	assert_no_verdict(V_NO_ANSWER);
	assert_no_verdict(V_PEER_SILENT);
	watch_close(&w);
}

/* What of the server's host is captured beside the connection. */
enum { HEARD_NOT, HEARD_BY_OTHERS, HEARD_BY_CLIENT, HEARD_KINDS };

static void
hear_server(struct watch *w, seqno isn, int heard)
{
	struct pair other;

	if (heard == HEARD_NOT)
		return;
	pair_init(&other, w, isn);
	other.end[CLIENT].port = 50000;
	if (heard == HEARD_BY_OTHERS)
		other.end[CLIENT].addr[15] = 77;
	pair_handshake(&other, MS(0), MS(20));
}

/* Begun before the capture, it may as well go into silence where another connection shows that the
 * server's packets are captured. The ACK of a SYN-ACK shows that this one's are not. */
static void
test_one_sided_pair(void **state)
{
	for (int i = 0; i < 2 * HEARD_KINDS; i++) {
		BEGIN(w, c);
		const int heard = i / 2;
		const bool begun = i % 2;

		hear_server(&w, ISN(state), heard);
		syn(&c, .unseen = begun, .at = MS(50));
		synack(&c, .unseen = true, .at = MS(70));
		ack(&c, CLIENT, .at = MS(70.05));
		for (int k = 0; k < 4; k++)
			data(&c, CLIENT, .len = 100, .at = MS(80 + k));
		LOOK(c, SEC(1));
		assert_int_equal(!verdict_of(&d, V_ONE_SIDED), heard == HEARD_BY_CLIENT && begun);
		watch_close(&w);
	}
}

/* More repetitions than are kept; the server is heard after them, or never. */
static void
test_one_sided_loss(void **state)
{
	for (int heard = 0; heard < 2; heard++) {
		BEGIN(w, c);
		syn(&c, .at = MS(0));
		synack(&c, .unseen = !heard, .at = MS(20));
		ack(&c, CLIENT, .at = MS(20.05));
		for (uint32_t i = 0; i < 50; i++) {
			data(&c, CLIENT, .len = 100, .at = SEC(1 + i));
			data(&c, CLIENT, .seq = 1 + 100 * i, .len = 100, .at = SEC(1.3 + i));
			ack(&c, SERVER, .unseen = !heard, .at = SEC(1.32 + i));
		}
		LOOK(c, SEC(52));
		assert_int_equal(!verdict_of(&d, V_LOSS), !heard);
		assert_int_equal(!verdict_of(&d, V_ONE_SIDED), heard);
		watch_close(&w);
	}
}

/* A ladder still shows that its sender hears nothing. */
static void
test_one_sided_ladder(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	synack(&c, .unseen = true, .at = MS(20));
	ack(&c, CLIENT, .at = MS(20.05));
	data(&c, CLIENT, .len = 100, .at = SEC(1));
	for (int i = 0; i < 5; i++)
		data(&c, CLIENT, .seq = 1, .len = 100, .at = SEC(1) + MS(220) * ((2 << i) - 1));
	LOOK(c, SEC(16));
	assert_verdict(V_PEER_SILENT);
	assert_verdict(V_ONE_SIDED);
	assert_no_verdict(V_LOSS);
	watch_close(&w);
}

static void
test_capture_loss(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	for (int i = 0; i < 20; i++) {
		data(&c, SERVER, .len = 1000, .at = MS(100 + 50 * i), .unseen = i % 5 == 2);
		ack(&c, CLIENT, .at = MS(100.1 + 50 * i));
	}
	LOOK(c, SEC(3));
	assert_verdict(V_CAPTURE_LOSS);
	assert_no_verdict(V_LOSS);
	watch_close(&w);
}

static const struct CMUnitTest tests[] = {
	SEQ_TEST(test_unreachable),
	SEQ_TEST(test_unreachable_of_old_data),
	SEQ_TEST(test_peer_silent),
	SEQ_TEST(test_overdue_attempt),
	SEQ_TEST(test_window_closed),
	SEQ_TEST(test_window_closed_briefly),
	SEQ_TEST(test_loss),
	SEQ_TEST(test_hardly_any_loss),
	SEQ_TEST(test_duplicates),
	SEQ_TEST(test_path_mtu_heeded),
	SEQ_TEST(test_path_mtu_ignored),
	SEQ_TEST(test_keepalive_unanswered),
	SEQ_TEST(test_half_closed),
	SEQ_TEST(test_midstream),
	SEQ_TEST(test_one_sided),
	SEQ_TEST(test_one_sided_pair),
	SEQ_TEST(test_one_sided_loss),
	SEQ_TEST(test_one_sided_ladder),
	SEQ_TEST(test_capture_loss),
};

UNIT_MAIN(tests)
