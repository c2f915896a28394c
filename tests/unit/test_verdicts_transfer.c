/* SPDX-License-Identifier: MIT */
/*
 * test_verdicts_transfer: the verdicts of what happens while data is sent: for each a connection
 * that has it, with its numbers, and one that nearly does.
 */
#include "verdict_case.h"

/* ---- windows ---- */

/* However many segments announce the closed window, it closed once. */
static void
test_window_closed_once(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	data(&c, SERVER, .len = 1000, .at = SEC(1));
	for (int i = 0; i < 4; i++)
		ack(&c, CLIENT, .win = WIN_ZERO, .at = MS(1001) + MS(250) * i);
	ack(&c, CLIENT, .at = MS(2001));
	LOOK(c, SEC(3));
	assert_verdict(V_WINDOW_CLOSED);
	const struct verdict *v = verdict_of(&d, V_WINDOW_CLOSED);
	assert_int_equal(v->window_closed.closures, 1);
	assert_int_equal(v->window_closed.closed_for, 0);
	assert_int_equal(v->window_closed.total, SEC(1));
	assert_int_equal(v->window_closed.reading, WINDOW_NOT_READ);
	watch_close(&w);
}

static void
test_window_closed_ends_with_reset(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	data(&c, SERVER, .len = 1000, .at = SEC(1));
	ack(&c, CLIENT, .win = WIN_ZERO, .at = MS(1001));
	rst_ack(&c, SERVER, .at = MS(3001));
	LOOK(c, SEC(20));
	assert_verdict(V_WINDOW_CLOSED);
	assert_int_equal(verdict_of(&d, V_WINDOW_CLOSED)->window_closed.closed_for, 0);
	assert_int_equal(verdict_of(&d, V_WINDOW_CLOSED)->window_closed.total, SEC(2));
	watch_close(&w);
}

/* A proxy opens the window when it has reached the server. */
static void
test_window_closed_in_syn_ack(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	synack(&c, .win = WIN_ZERO, .at = MS(20));
	ack(&c, CLIENT, .at = MS(21));
	ack(&c, SERVER, .at = SEC(2));
	LOOK(c, SEC(3));
	assert_no_verdict(V_WINDOW_CLOSED);
	watch_close(&w);
}

static void
test_window_not_open_yet(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	synack(&c, .win = WIN_ZERO, .at = MS(20));
	ack(&c, CLIENT, .at = MS(21));
	LOOK(c, SEC(3));
	assert_verdict(V_WINDOW_CLOSED);
	assert_int_equal(verdict_of(&d, V_WINDOW_CLOSED)->window_closed.reading, WINDOW_NOT_YET);
	watch_close(&w);
}

/* It takes back room for which bytes were on their way; they are sent again. */
static void
retract_after(struct pair *c, int bytes_in_flight)
{
	pair_handshake(c, MS(0), MS(20));
	pair_talk(c, MS(100), 3);
	for (int i = 0; i < bytes_in_flight / 1000; i++)
		data(c, CLIENT, .len = 1000, .at = SEC(1) + US(100) * i);
	ack(c, SERVER, .ack = c->next[CLIENT] - bytes_in_flight, .win = 16, .at = SEC(1.02));
	data(c, CLIENT, .seq = c->next[CLIENT] - 1000, .len = 1000, .at = SEC(1.3));
	ack(c, SERVER, .at = SEC(1.32));
}

static void
test_window_retracted(void **state)
{
	BEGIN(w, c);
	retract_after(&c, 4000); /* 16 << 7 = 2048 */
	LOOK(c, SEC(2));
	assert_verdict(V_WINDOW_RETRACTED);
	const struct verdict *v = verdict_of(&d, V_WINDOW_RETRACTED);
	assert_int_equal(v->side, SERVER);
	assert_int_equal(v->window_retracted.times, 1);
	assert_int_equal(v->window_retracted.refused, 4000 - 2048);
	assert_no_verdict(V_LOSS);
	watch_close(&w);
}

/* All that was sent still has room. */
static void
test_window_shrinks_above_data(void **state)
{
	BEGIN(w, c);
	retract_after(&c, 2000);
	LOOK(c, SEC(2));
	assert_no_verdict(V_WINDOW_RETRACTED);
	watch_close(&w);
}

/* ---- loss ---- */

static uint32_t
sum_of_causes(const struct verdict_loss *l)
{
	return l->by_timeout + l->by_probe + l->fast + l->recovery + l->fin + l->unknown;
}

/* Three segments, the first of which is sent again. */
static void
lose_first_of_three(struct pair *c, bool unseen)
{
	int64_t lost;

	pair_handshake(c, MS(0), MS(20));
	pair_talk(c, MS(100), 3);
	lost = c->next[CLIENT];
	data(c, CLIENT, .len = 1000, .at = SEC(1), .unseen = unseen);
	data(c, CLIENT, .len = 1000, .at = SEC(1.001));
	data(c, CLIENT, .len = 1000, .at = SEC(1.002));
	ack(c, SERVER, .ack = lost, .at = SEC(1.021), .sack = {{lost + 1000, lost + 3000}});
	data(c, CLIENT, .seq = lost, .len = 1000, .at = SEC(1.03));
	ack(c, SERVER, .at = SEC(1.05));
}

static void
test_loss_behind(void **state)
{
	BEGIN(w, c);
	lose_first_of_three(&c, false);
	LOOK(c, SEC(2));
	assert_verdict(V_LOSS);
	const struct verdict_loss *l = &verdict_of(&d, V_LOSS)->loss;
	assert_int_equal(l->behind, 1);
	assert_int_equal(l->before, 0);
	assert_int_equal(sum_of_causes(l), 1);
	watch_close(&w);
}

static void
test_loss_before(void **state)
{
	BEGIN(w, c);
	lose_first_of_three(&c, true);
	LOOK(c, SEC(2));
	assert_verdict(V_LOSS);
	const struct verdict_loss *l = &verdict_of(&d, V_LOSS)->loss;
	assert_int_equal(l->before, 1);
	assert_int_equal(l->behind, 0);
	assert_int_equal(d.f.half[CLIENT].lost_before, 1);
	assert_int_equal(d.f.half[CLIENT].lost_behind, 0);
	assert_int_equal(sum_of_causes(l), 1);
	watch_close(&w);
}

/* A SYN that is repeated is no data that had arrived. */
static void
test_spurious_without_syns(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	synack(&c, .at = MS(20));
	synack(&c, .at = MS(1020));
	ack(&c, CLIENT, .at = MS(1021));
	LOOK(c, SEC(2));
	assert_no_verdict(V_SPURIOUS);
	watch_close(&w);
}

/* ---- sizes that do not pass ---- */

/* A large segment is never acknowledged, `small` bytes behind it are. */
static void
send_large(struct pair *c, int attempts, bool sacked)
{
	int64_t large;

	pair_handshake(c, MS(0), MS(20));
	data(c, CLIENT, .len = 100, .at = SEC(1));
	ack(c, SERVER, .at = SEC(1.02));
	large = c->next[CLIENT];
	data(c, CLIENT, .len = 1448, .at = SEC(2));
	data(c, CLIENT, .len = 200, .at = SEC(2.001));
	if (sacked)
		ack(c, SERVER, .ack = large, .at = SEC(2.021),
		    .sack = {{large + 1448, large + 1648}});
	for (int i = 1; i < attempts; i++)
		data(c, CLIENT, .seq = large, .len = 1448, .at = SEC(2) + MS(250) * ((1 << i) - 1));
}

static void
test_path_mtu_black_hole(void **state)
{
	BEGIN(w, c);
	send_large(&c, 4, true);
	LOOK(c, SEC(5));
	assert_verdict(V_PATH_MTU);
	const struct verdict *v = verdict_of(&d, V_PATH_MTU);
	assert_int_equal(v->severity, SEV_ERROR);
	assert_int_equal(v->side, CLIENT);
	assert_int_equal(v->path_mtu.kind, PATH_MTU_BLACK_HOLE);
	assert_int_equal(v->path_mtu.fails, 1448);
	assert_int_equal(v->path_mtu.passes, 200);
	assert_int_equal(v->path_mtu.attempts, 4);
	assert_no_verdict(V_LOSS);
	watch_close(&w);
}

static void
test_path_mtu_too_few_attempts(void **state)
{
	BEGIN(w, c);
	send_large(&c, 2, true);
	LOOK(c, SEC(3));
	assert_no_verdict(V_PATH_MTU);
	watch_close(&w);
}

/* Nothing at all comes back. */
static void
test_path_mtu_silence(void **state)
{
	BEGIN(w, c);
	send_large(&c, 4, false);
	LOOK(c, SEC(5));
	assert_no_verdict(V_PATH_MTU);
	watch_close(&w);
}

/* ---- what the sender does not take ---- */

static void
repeat_acknowledged(struct pair *c, int times)
{
	int64_t seq;

	pair_handshake(c, MS(0), MS(20));
	seq = c->next[CLIENT];
	data(c, CLIENT, .len = 500, .at = SEC(1));
	ack(c, SERVER, .at = SEC(1.02));
	for (int i = 0; i < times; i++) {
		nsec at = SEC(1) + MS(250) * ((2 << i) - 1);

		data(c, CLIENT, .seq = seq, .len = 500, .at = at);
		ack(c, SERVER, .at = at + MS(20));
	}
}

static void
test_acks_ignored(void **state)
{
	BEGIN(w, c);
	repeat_acknowledged(&c, 3);
	LOOK(c, SEC(6));
	assert_verdict(V_ACKS_IGNORED);
	assert_int_equal(verdict_of(&d, V_ACKS_IGNORED)->acks_ignored.repeats, 3);
	assert_severity(V_ACKS_IGNORED, SEV_WARNING);
	watch_close(&w);
}

static void
test_acks_ignored_once(void **state)
{
	BEGIN(w, c);
	repeat_acknowledged(&c, 1);
	LOOK(c, SEC(6));
	assert_no_verdict(V_ACKS_IGNORED);
	watch_close(&w);
}

static const struct CMUnitTest tests[] = {
	SEQ_TEST(test_window_closed_once),
	SEQ_TEST(test_window_closed_ends_with_reset),
	SEQ_TEST(test_window_closed_in_syn_ack),
	SEQ_TEST(test_window_not_open_yet),
	SEQ_TEST(test_window_retracted),
	SEQ_TEST(test_window_shrinks_above_data),
	SEQ_TEST(test_loss_behind),
	SEQ_TEST(test_loss_before),
	SEQ_TEST(test_spurious_without_syns),
	SEQ_TEST(test_path_mtu_black_hole),
	SEQ_TEST(test_path_mtu_too_few_attempts),
	SEQ_TEST(test_path_mtu_silence),
	SEQ_TEST(test_acks_ignored),
	SEQ_TEST(test_acks_ignored_once),
};

UNIT_MAIN(tests)
