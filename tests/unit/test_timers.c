/* SPDX-License-Identifier: MIT */
/*
 * test_timers: which timer a sender runs, when it fires, which attempt, when all ends; for the
 * ladders of handshake, data, closed window and keep-alive. The times are those of Linux at 250 Hz,
 * whose timers are never early and by a known measure late.
 */
#include "../sim/estimator.h"
#include "pkt.h"

#define BEGIN(w, c)                                                                                \
	struct watch w;                                                                            \
	struct pair c;                                                                             \
	watch_open(&w);                                                                            \
	pair_init(&c, &w, ISN(state))

#define DETAIL(c) pair_detail(c, (c)->w->now - PKT_EPOCH)

/* How late a timer of that length may be (the timer wheel, 250 Hz), and one tick. */
static nsec
lateness(nsec length)
{
	nsec step = length < MS(256) ? MS(4) : length < SEC(2.048) ? MS(32)
		    : length < SEC(16.384) ? MS(256) : length < SEC(131) ? SEC(2.048) : SEC(16.4);

	return step + MS(4);
}

/* `moment` lies in the interval shown, which is no wider than the wheel makes it. */
static void
assert_due(struct pair *c, enum side side, enum timer_kind kind, nsec moment, nsec length)
{
	struct timer_facts t = DETAIL(c).f.half[side].timer;

	assert_string_equal(timer_kind_name((enum timer_kind)t.kind), timer_kind_name(kind));
	assert_true(t.due != NSEC_NEVER);
	nsec due = t.due - PKT_EPOCH, latest = t.due_latest - PKT_EPOCH;
	if (due > moment + length / 1000 + MS(4) || latest < moment ||
	    latest - due > 3 * lateness(length))
		fail_msg("due %.3f … %.3f s, wanted %.3f s", (double)due / 1e9,
			 (double)latest / 1e9, (double)moment / 1e9);
}

static void
assert_gives_up(struct pair *c, enum side side, nsec from, nsec to)
{
	nsec g = DETAIL(c).f.half[side].timer.gives_up;

	assert_true(g != NSEC_NEVER);
	g -= PKT_EPOCH;
	if (g < from || g > to)
		fail_msg("gives up at %.3f s, not %.3f … %.3f s", (double)g / 1e9,
			 (double)from / 1e9, (double)to / 1e9);
}

/* ---- the handshake ---- */

static void
test_syn_ladder_linear(void **state)
{
	BEGIN(w, c);
	const double at[] = {0, 1.008, 2.032, 3.056, 4.08, 5.104, 7.12, 11.22, 19.4, 35.5};
	const double gap[] = {1, 1, 1, 1, 1, 2, 4, 8, 16, 32};
	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		syn(&c, .at = SEC(at[i]));
		struct timer_facts t = DETAIL(&c).f.half[CLIENT].timer;
		assert_int_equal(t.attempt, i + 2);
		if (i >= 2) /* three SYNs a second apart: linear */
			assert_due(&c, CLIENT, TIMER_SYN, SEC(at[i] + gap[i]), SEC(gap[i]));
	}
	assert_gives_up(&c, CLIENT, SEC(127), SEC(140));
	struct conn_detail d = DETAIL(&c);
	assert_int_equal(d.half[CLIENT].n_gaps, 9);
	assert_int_equal(d.half[CLIENT].ladder_cause, CAUSE_SYN);
	assert_int_equal(d.half[CLIENT].gaps[0], MS(1008));
	assert_int_equal(d.f.half[CLIENT].by_cause[CAUSE_SYN], 9);
	watch_close(&w);
}

static void
test_syn_ladder_doubling(void **state)
{
	BEGIN(w, c);
	const double at[] = {0, 1.006, 3.018, 7.178, 15.37, 31.5};
	const double gap[] = {1, 2, 4, 8, 16, 32};
	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		syn(&c, .at = SEC(at[i]));
		if (i >= 2) /* the second gap has doubled */
			assert_due(&c, CLIENT, TIMER_SYN, SEC(at[i] + gap[i]), SEC(gap[i]));
	}
	assert_gives_up(&c, CLIENT, SEC(125), SEC(135));
	watch_close(&w);
}

static void
test_first_syn(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	assert_due(&c, CLIENT, TIMER_SYN, SEC(1), SEC(1));
	assert_int_equal(DETAIL(&c).f.half[SERVER].timer.kind, TIMER_NONE);
	synack(&c, .at = MS(20));
	ack(&c, CLIENT, .at = MS(21));
	assert_int_equal(DETAIL(&c).f.half[CLIENT].timer.kind, TIMER_NONE);
	assert_int_equal(DETAIL(&c).f.half[SERVER].timer.kind, TIMER_NONE);
	watch_close(&w);
}

static void
test_syn_gives_up(void **state)
{
	BEGIN(w, c);
	const double at[] = {0, 1.006, 3.018, 7.178, 15.37, 31.5, 65.3};
	for (size_t i = 0; i < ARRAY_LEN(at); i++)
		syn(&c, .at = SEC(at[i]));
	watch_until(&w, SEC(120));
	assert_int_equal(DETAIL(&c).f.half[CLIENT].state, TCP_SYN_SENT);
	assert_conn(&c, CONN_SYN_SENT); /* still trying */
	watch_until(&w, SEC(150));
	struct conn_detail d = DETAIL(&c);
	assert_string_equal(end_cause_name((enum end_cause)d.f.end_cause), "no-answer");
	assert_conn(&c, CONN_NO_ANSWER);
	assert_int_equal(d.f.half[CLIENT].timer.kind, TIMER_NONE);
	watch_close(&w);
}

/* After the last SYN nothing more is sent: the next expiry gives up. */
static void
test_last_syn(void **state)
{
	BEGIN(w, c);
	const double at[] = {0, 1.006, 3.018, 7.178, 15.37, 31.5, 65.3};
	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		syn(&c, .at = SEC(at[i]));
		struct timer_facts t = DETAIL(&c).f.half[CLIENT].timer;
		assert_int_equal(t.due == NSEC_NEVER, i == ARRAY_LEN(at) - 1);
	}
	assert_gives_up(&c, CLIENT, SEC(129), SEC(130));
	assert_int_equal(DETAIL(&c).f.half[CLIENT].timer.kind, TIMER_SYN);
	watch_close(&w);
}

static void
test_syn_ack_ladder(void **state)
{
	BEGIN(w, c);
	const double at[] = {0.02, 1.025, 3.041, 7.073, 15.27, 31.4};
	const double gap[] = {1, 2, 4, 8, 16, 32};
	syn(&c, .at = MS(0));
	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		synack(&c, .at = SEC(at[i]));
		if (i < 5)
			assert_due(&c, SERVER, TIMER_SYN_ACK, SEC(at[i] + gap[i]), SEC(gap[i]));
	}
	assert_gives_up(&c, SERVER, SEC(62), SEC(67));
	assert_int_equal(DETAIL(&c).f.half[SERVER].by_cause[CAUSE_SYN_ACK], 5);
	watch_close(&w);
}

/* ---- data ---- */

/* One segment in flight, then silence: probe after R, then R, 2R, 4R … */
static void
test_cable_pulled(void **state)
{
	BEGIN(w, c);
	struct estimator r = {0};
	pair_handshake(&c, MS(0), MS(28));
	estimator_sample(&r, MS(28), 1, 1);
	nsec rto = estimator_rto(&r), at = MS(1000);
	data(&c, CLIENT, .len = 1000, .at = at);
	assert_int_equal(DETAIL(&c).f.half[CLIENT].timer.rto / NSEC_PER_MS, rto / NSEC_PER_MS);
	assert_due(&c, CLIENT, TIMER_TLP, at + rto, rto);
	uint64_t f = data(&c, CLIENT, .seq = 1, .len = 1000, .at = at += rto + MS(1));
	assert_int_equal(seg_at(&w, f)->cause, CAUSE_TLP);
	assert_due(&c, CLIENT, TIMER_RTO, at + rto, rto);
	for (int i = 0; i < 8; i++) {
		nsec gap = rto << i;

		f = data(&c, CLIENT, .seq = 1, .len = 1000,
			 .at = at += gap + lateness(gap) / 2);
		assert_int_equal(seg_at(&w, f)->cause, CAUSE_RTO);
		assert_due(&c, CLIENT, TIMER_RTO, at + (gap * 2), gap * 2);
	}
	struct conn_detail d = DETAIL(&c);
	assert_true(d.half[CLIENT].first_is_tlp);
	assert_int_equal(d.half[CLIENT].n_gaps, 9);
	assert_gives_up(&c, CLIENT, SEC(900), SEC(1100));
	watch_close(&w);
}

/* Without SACK there is no probe: R, 2R, 4R. */
static void
test_ladder_without_sack(void **state)
{
	BEGIN(w, c);
	c.sack = false;
	pair_handshake(&c, MS(0), MS(28));
	nsec rto = MS(228), at = MS(1000);
	data(&c, CLIENT, .len = 1000, .at = at);
	for (int i = 0; i < 5; i++) {
		assert_due(&c, CLIENT, TIMER_RTO, at + (rto << i), rto << i);
		uint64_t f = data(&c, CLIENT, .seq = 1, .len = 1000,
				  .at = at += (rto << i) + MS(2));
		assert_int_equal(seg_at(&w, f)->cause, CAUSE_RTO);
	}
	assert_false(DETAIL(&c).half[CLIENT].first_is_tlp);
	watch_close(&w);
}

/* Two segments in flight: the last one is probed after 2 SRTT + 2 ms, the first times out. */
static void
test_tail_probe_of_many(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	data(&c, CLIENT, .len = 1000, .at = SEC(1));
	data(&c, CLIENT, .len = 1000, .at = SEC(1) + US(20));
	assert_due(&c, CLIENT, TIMER_TLP, SEC(1.042), MS(42));
	uint64_t f = data(&c, CLIENT, .seq = 1001, .len = 1000, .at = SEC(1.045));
	assert_int_equal(seg_at(&w, f)->cause, CAUSE_TLP);
	uint64_t g = data(&c, CLIENT, .seq = 1, .len = 1000, .at = SEC(1.223));
	assert_int_equal(seg_at(&w, g)->cause, CAUSE_RTO);
	watch_close(&w);
}

static void
test_timer_stops_when_acked(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	data(&c, CLIENT, .len = 1000, .at = SEC(1));
	assert_int_not_equal(DETAIL(&c).f.half[CLIENT].timer.kind, TIMER_NONE);
	ack(&c, SERVER, .at = SEC(1.02));
	assert_int_equal(DETAIL(&c).f.half[CLIENT].timer.kind, TIMER_NONE);
	assert_int_equal(timer_last(&w, CLIENT)->t.kind, TIMER_NONE);
	watch_close(&w);
}

static void
test_back_off_undone_by_progress(void **state)
{
	BEGIN(w, c);
	c.sack = false;
	pair_handshake(&c, MS(0), MS(20));
	data(&c, CLIENT, .len = 1000, .at = SEC(1));
	data(&c, CLIENT, .seq = 1, .len = 1000, .at = SEC(1.222));
	data(&c, CLIENT, .seq = 1, .len = 1000, .at = SEC(1.67));
	ack(&c, SERVER, .at = SEC(1.69));
	data(&c, CLIENT, .len = 1000, .at = SEC(2));
	struct timer_facts t = DETAIL(&c).f.half[CLIENT].timer;
	assert_int_equal(t.attempt, 2);
	assert_true(t.rto < MS(260));
	watch_close(&w);
}

static void
test_fin_is_timed_too(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	fin(&c, CLIENT, .at = SEC(1));
	assert_due(&c, CLIENT, TIMER_TLP, SEC(1.22), MS(220));
	uint64_t f = fin(&c, CLIENT, .seq = 1, .at = SEC(1.222));
	assert_true(has_finding(&w, f, F_RETRANSMISSION));
	assert_int_equal(seg_at(&w, f)->cause, CAUSE_FIN);
	watch_close(&w);
}

/* ---- the closed window, the idle connection ---- */

static void
test_persist(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	data(&c, CLIENT, .len = 502u << 7, .at = SEC(1)); /* fills the window: there is more */
	ack(&c, SERVER, .win = WIN_ZERO, .at = SEC(1.02));
	nsec at = SEC(1.02), step = MS(220);
	assert_due(&c, CLIENT, TIMER_PERSIST, at + step, step);
	for (int i = 0; i < 4; i++) {
		ack(&c, CLIENT, .seq = 502 << 7, .at = at += step + MS(2));
		step *= 2;
		ack(&c, SERVER, .win = WIN_ZERO, .at = at += MS(20));
		assert_due(&c, CLIENT, TIMER_PERSIST, at + step, step);
	}
	ack(&c, SERVER, .win = 500, .at = at + MS(100));
	assert_int_not_equal(DETAIL(&c).f.half[CLIENT].timer.kind, TIMER_PERSIST);
	watch_close(&w);
}

static void
test_keepalive(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	data(&c, CLIENT, .len = 100, .at = MS(100));
	ack(&c, SERVER, .at = MS(120));
	for (int i = 1; i < 4; i++) { /* never answered */
		uint64_t f = ack(&c, CLIENT, .seq = 100, .at = SEC(10 * i));
		assert_true(has_finding(&w, f, F_KEEP_ALIVE));
	}
	assert_due(&c, CLIENT, TIMER_KEEPALIVE, SEC(40), SEC(10));
	assert_int_equal(DETAIL(&c).f.half[CLIENT].keep_alives, 3);
	watch_close(&w);
}

/* ---- until it all ends ---- */

static void
test_sender_gives_up(void **state)
{
	BEGIN(w, c);
	c.sack = false;
	pair_handshake(&c, MS(0), MS(20));
	nsec at = SEC(1), step = MS(220);
	data(&c, CLIENT, .len = 1000, .at = at);
	for (int i = 0; i < 15; i++) {
		data(&c, CLIENT, .seq = 1, .len = 1000, .at = at += step + MS(2));
		step = step * 2 < SEC(120) ? step * 2 : SEC(120);
	}
	assert_int_equal(DETAIL(&c).f.end_cause, END_OPEN);
	nsec gives_up = DETAIL(&c).f.half[CLIENT].timer.gives_up - PKT_EPOCH;
	if (gives_up <= at || gives_up > at + SEC(140))
		fail_msg("at %.1f s it gives up at %.1f s", (double)at / 1e9,
			 (double)gives_up / 1e9);
	watch_until(&w, gives_up + SEC(30));
	assert_conn(&c, CONN_TIMED_OUT);
	watch_close(&w);
}

/* ---- what ladders teach ---- */

/* One segment in flight and silence; the repetitions of it come at these intervals, ms. */
static void
ladder(struct pair *c, const double *gaps, size_t n)
{
	nsec at = SEC(1);

	pair_handshake(c, MS(0), MS(24));
	data(c, CLIENT, .len = 300, .at = at);
	for (size_t i = 0; i < n; i++)
		data(c, CLIENT, .seq = 1, .len = 300, .at = at += MS(gaps[i]));
}

static enum cause
cause_at(struct watch *w, uint64_t frame)
{
	return (enum cause)seg_at(w, frame)->cause;
}

/* The time-out's upper limit is 2 s (tcp_rto_max_ms): when due and when all ends follow from it. */
static void
test_upper_limit(void **state)
{
	const double gaps[] = {226, 228, 464, 928, 1826, 2018, 2012, 2016, 2016};

	for (int ts = 0; ts < 2; ts++) {
		BEGIN(w, c);
		c.ts = ts;
		ladder(&c, gaps, ARRAY_LEN(gaps));
		assert_int_equal(cause_at(&w, 5), CAUSE_TLP);
		for (uint64_t f = 6; f < 14; f++)
			assert_int_equal(cause_at(&w, f), CAUSE_RTO);
		nsec last = seg_at(&w, 13)->ts - PKT_EPOCH;
		assert_due(&c, CLIENT, TIMER_RTO, last + SEC(2), SEC(2));
		assert_gives_up(&c, CLIENT, SEC(27), SEC(31));
		watch_close(&w);
	}
}

/* An interval that doubles as it should teaches no limit, nor does the default limit. */
static void
test_no_upper_limit(void **state)
{
	const double gaps[] = {226,  228,   464,   928,	  1826,	 3840,
			       7424, 14600, 29200, 58400, 116000, 121000};

	BEGIN(w, c);
	ladder(&c, gaps, ARRAY_LEN(gaps));
	nsec last = seg_at(&w, 16)->ts - PKT_EPOCH;
	assert_due(&c, CLIENT, TIMER_RTO, last + SEC(120), SEC(120));
	watch_close(&w);
}

/* Thin streams: the first time-outs do not double (tcp_thin_linear_timeouts). */
static void
test_linear_timeouts(void **state)
{
	const double gaps[] = {226, 228, 228, 228, 228, 228, 231, 228, 460, 928};

	for (size_t n = 4; n <= ARRAY_LEN(gaps); n++) {
		BEGIN(w, c);
		ladder(&c, gaps, n);
		for (uint64_t f = 6; f < 5 + n; f++)
			assert_int_equal(cause_at(&w, f), CAUSE_RTO);
		nsec last = seg_at(&w, 4 + n)->ts - PKT_EPOCH;
		nsec next = n < 8 ? MS(224) : MS(448) << (n - 8);
		assert_due(&c, CLIENT, TIMER_RTO, last + next, next);
		watch_close(&w);
	}
}

/* A system that repeats at equal intervals for ever. */
static void
test_fixed_interval(void **state)
{
	const double gaps[] = {500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500};

	BEGIN(w, c);
	c.sack = false;
	ladder(&c, gaps, ARRAY_LEN(gaps));
	for (uint64_t f = 5; f < 16; f++)
		assert_int_equal(cause_at(&w, f), CAUSE_RTO);
	nsec last = seg_at(&w, 15)->ts - PKT_EPOCH;
	assert_due(&c, CLIENT, TIMER_RTO, last + MS(500), MS(500));
	watch_close(&w);
}

/* SYNs a second apart, more than any linear ladder has. */
static void
test_fixed_syn_interval(void **state)
{
	BEGIN(w, c);
	for (int i = 0; i < 9; i++)
		syn(&c, .at = SEC(i * 1.01));
	assert_due(&c, CLIENT, TIMER_SYN, SEC(9.09), SEC(1));
	watch_close(&w);
}

/* What looked like a tail-loss probe was the time-out: the next interval has doubled. */
static void
test_first_repeat_was_the_timeout(void **state)
{
	const double gaps[] = {300, 600};

	BEGIN(w, c);
	ladder(&c, gaps, 1);
	assert_int_equal(cause_at(&w, 5), CAUSE_TLP);
	data(&c, CLIENT, .seq = 1, .len = 300, .at = SEC(1.9));
	assert_int_equal(cause_at(&w, 5), CAUSE_RTO);
	assert_int_equal(seg_at_once(&w, 5)->cause, CAUSE_TLP);
	assert_int_equal(cause_at(&w, 6), CAUSE_RTO);
	struct conn_detail d = DETAIL(&c);
	assert_int_equal(d.f.half[CLIENT].by_cause[CAUSE_TLP], 0);
	assert_int_equal(d.f.half[CLIENT].by_cause[CAUSE_RTO], 2);
	assert_int_equal(d.half[CLIENT].ladder_cause, CAUSE_RTO);
	assert_false(d.half[CLIENT].first_is_tlp);
	assert_due(&c, CLIENT, TIMER_RTO, SEC(1.9) + MS(1200), MS(1200));
	/* this sender has no probes: the next data is timed at once */
	ack(&c, SERVER, .at = SEC(2));
	data(&c, CLIENT, .len = 300, .at = SEC(4));
	assert_int_equal(DETAIL(&c).f.half[CLIENT].timer.kind, TIMER_RTO);
	watch_close(&w);
}

/* The next interval is the same again: it was the probe. */
static void
test_first_repeat_was_the_probe(void **state)
{
	const double gaps[] = {226, 228, 464};

	BEGIN(w, c);
	ladder(&c, gaps, ARRAY_LEN(gaps));
	assert_int_equal(cause_at(&w, 5), CAUSE_TLP);
	assert_true(DETAIL(&c).half[CLIENT].first_is_tlp);
	watch_close(&w);
}

/* A probe of several segments comes long before the time-out, and tells nothing of it. */
static void
test_probe_lowers_no_floor(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(38));
	data(&c, CLIENT, .len = 300, .at = SEC(1)); /* one packet here, two at the sender */
	data(&c, CLIENT, .seq = 1, .len = 300, .at = SEC(1.080));
	assert_int_equal(cause_at(&w, 5), CAUSE_TLP);
	assert_true(DETAIL(&c).f.half[CLIENT].timer.rto > MS(200));
	watch_close(&w);
}

/* The estimate is 200.02 ms, the sender counts 204: the intervals decide when it ends. */
static void
test_gives_up_by_measured_ladder(void **state)
{
	BEGIN(w, c);
	c.sack = false;
	pair_handshake(&c, MS(0), US(20));
	nsec at = SEC(1), gap = MS(204);
	data(&c, CLIENT, .len = 10, .at = at);
	for (int i = 0; i < 15; i++, gap = nsec_min(gap * 2, SEC(120))) {
		data(&c, CLIENT, .seq = 1, .len = 10, .at = at += gap);
		assert_gives_up(&c, CLIENT, SEC(1 + 924), SEC(1 + 954));
	}
	struct timer_facts t = DETAIL(&c).f.half[CLIENT].timer;
	assert_true(t.due == NSEC_NEVER);
	assert_int_equal(t.attempt, 17);
	watch_close(&w);
}

/* The ACKs are captured, but the sender goes on: its timer runs. */
static void
test_timer_of_acknowledged_bytes(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(10));
	data(&c, CLIENT, .len = 1000, .at = SEC(1));
	ack(&c, SERVER, .at = SEC(1.01));
	assert_int_equal(DETAIL(&c).f.half[CLIENT].timer.kind, TIMER_NONE);
	data(&c, CLIENT, .seq = 1, .len = 1000, .at = SEC(1.22));
	ack(&c, SERVER, .at = SEC(1.23));
	data(&c, CLIENT, .seq = 1, .len = 1000, .at = SEC(1.44));
	ack(&c, SERVER, .at = SEC(1.45));
	assert_due(&c, CLIENT, TIMER_RTO, SEC(1.44) + MS(420), MS(420));
	data(&c, CLIENT, .len = 1000, .at = SEC(1.6)); /* it has got them */
	ack(&c, SERVER, .at = SEC(1.61));
	assert_int_equal(DETAIL(&c).f.half[CLIENT].timer.kind, TIMER_NONE);
	watch_close(&w);
}

static void
test_ladders_of_probes(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	data(&c, CLIENT, .len = 100, .at = MS(100));
	ack(&c, SERVER, .at = MS(120));
	for (int i = 1; i < 4; i++)
		ack(&c, CLIENT, .seq = 100, .at = SEC(10 * i));
	struct conn_detail d = DETAIL(&c);
	assert_int_equal(d.half[CLIENT].n_gaps, 2);
	assert_int_equal(d.half[CLIENT].gaps[1], SEC(10));
	assert_int_equal(d.half[CLIENT].ladder_cause, CAUSE_PROBE);
	assert_false(d.half[CLIENT].answered);
	assert_int_equal(d.f.half[CLIENT].timer.attempt, 4);
	ack(&c, SERVER, .at = SEC(30.1));
	assert_true(DETAIL(&c).half[CLIENT].answered);
	watch_close(&w);
}

/* A time-out that sends two segments again is one expiry, and the ladder is of the first one. */
static void
test_one_expiry_of_two_segments(void **state)
{
	BEGIN(w, c);
	c.sack = false;
	pair_handshake(&c, MS(0), MS(20));
	data(&c, CLIENT, .len = 1448, .at = SEC(1));
	nsec at = SEC(1), gap = MS(224);
	for (int i = 0; i < 4; i++, gap *= 2) {
		at += gap;
		data(&c, CLIENT, .seq = 1, .len = 1408, .at = at);
		data(&c, CLIENT, .seq = 1409, .len = 40, .at = at + US(10));
	}
	assert_due(&c, CLIENT, TIMER_RTO, at + gap, gap);
	struct conn_detail d = DETAIL(&c);
	assert_int_equal(d.half[CLIENT].n_gaps, 4);
	assert_int_equal(d.half[CLIENT].gaps[3], gap / 2);
	watch_close(&w);
}

/* ---- deadlines that pass while nothing is captured ---- */

/* No attempt of a sender was captured: the capture was not running, nobody gave up. */
static void
test_deadline_without_attempts(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	assert_int_equal(pair_detail(&c, SEC(200000)).f.end_cause, END_OPEN);
	synack(&c, .at = MS(10));
	assert_int_equal(pair_detail(&c, SEC(200000)).f.end_cause, END_OPEN);
	assert_int_equal(pair_detail(&c, SEC(200000)).f.state, CONN_SYN_RECV);
	ack(&c, CLIENT);
	data(&c, CLIENT, .len = 100, .at = MS(20));
	assert_int_equal(pair_detail(&c, SEC(200000)).f.end_cause, END_OPEN);
	assert_int_equal(pair_detail(&c, SEC(200000)).f.state, CONN_ESTAB);
	watch_close(&w);
}

static void
test_deadline_after_attempts(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	synack(&c, .at = MS(10));
	for (int i = 0, gap = 1, at = 1; i < 5; i++, gap *= 2, at += gap)
		synack(&c, .at = SEC(at));
	assert_int_equal(pair_detail(&c, SEC(50)).f.end_cause, END_OPEN);
	assert_int_equal(pair_detail(&c, SEC(200)).f.end_cause, END_TIMED_OUT);
	watch_close(&w);
}

/* Time stamps of a damaged file: nothing overflows, which a build with sanitizers checks. */
static void
test_times_centuries_apart(void **state)
{
	const nsec far = INT64_C(2500000000000000000);

	BEGIN(w, c);
	syn(&c, .at = MS(0));
	synack(&c, .at = far);
	ack(&c, CLIENT, .at = MS(1));
	data(&c, CLIENT, .len = 100, .at = far);
	ack(&c, SERVER, .win = WIN_ZERO, .at = MS(2));
	data(&c, CLIENT, .seq = 1, .len = 100, .at = far);
	ack(&c, SERVER, .at = far + MS(1));
	ack(&c, CLIENT, .seq = 100, .at = far + SEC(2));
	struct conn_detail d = pair_detail(&c, far + SEC(3));
	assert_true(d.f.half[CLIENT].rtt.max <= SEC(3600));
	assert_true(d.f.half[SERVER].rtt.max <= SEC(3600));
	watch_close(&w);
}

static const struct CMUnitTest tests[] = {
	SEQ_TEST(test_times_centuries_apart),
	SEQ_TEST(test_one_expiry_of_two_segments),
	SEQ_TEST(test_upper_limit),
	SEQ_TEST(test_no_upper_limit),
	SEQ_TEST(test_linear_timeouts),
	SEQ_TEST(test_fixed_interval),
	SEQ_TEST(test_fixed_syn_interval),
	SEQ_TEST(test_first_repeat_was_the_timeout),
	SEQ_TEST(test_first_repeat_was_the_probe),
	SEQ_TEST(test_probe_lowers_no_floor),
	SEQ_TEST(test_gives_up_by_measured_ladder),
	SEQ_TEST(test_timer_of_acknowledged_bytes),
	SEQ_TEST(test_ladders_of_probes),
	SEQ_TEST(test_deadline_without_attempts),
	SEQ_TEST(test_deadline_after_attempts),
	SEQ_TEST(test_syn_ladder_linear),
	SEQ_TEST(test_syn_ladder_doubling),
	SEQ_TEST(test_first_syn),
	SEQ_TEST(test_syn_gives_up),
	SEQ_TEST(test_last_syn),
	SEQ_TEST(test_syn_ack_ladder),
	SEQ_TEST(test_cable_pulled),
	SEQ_TEST(test_ladder_without_sack),
	SEQ_TEST(test_tail_probe_of_many),
	SEQ_TEST(test_timer_stops_when_acked),
	SEQ_TEST(test_back_off_undone_by_progress),
	SEQ_TEST(test_fin_is_timed_too),
	SEQ_TEST(test_persist),
	SEQ_TEST(test_keepalive),
	SEQ_TEST(test_sender_gives_up),
};

UNIT_MAIN(tests)
