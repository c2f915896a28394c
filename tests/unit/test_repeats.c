/* SPDX-License-Identifier: MIT */
/*
 * test_repeats: how repetitions are counted, what makes a sender repeat, and what is no repetition
 * but a copy of the packet. Where it matters a case runs with and without time stamps, over IPv4
 * and IPv6.
 */
#include "pkt.h"

#define BEGIN(w, c)                                                                                \
	struct watch w;                                                                            \
	struct pair c;                                                                             \
	watch_open(&w);                                                                            \
	pair_init(&c, &w, ISN(state))

#define DETAIL(c) pair_detail(c, (c)->w->now - PKT_EPOCH)

#define assert_repeat(w, frame, n_, after_, cause_)                                                \
	do {                                                                                       \
		const struct segment *s_ = seg_at(w, frame);                                       \
		assert_non_null(s_);                                                               \
		assert_int_equal(s_->rexmit_n, n_);                                                \
		assert_int_equal(s_->rexmit_after / NSEC_PER_MS, (after_) / NSEC_PER_MS);          \
		assert_string_equal(cause_name((enum cause)s_->cause), cause_name(cause_));        \
	} while (0)

/* ---- counting ---- */

/* Windows tries a refused port up to three times: the answers do not start the count anew. */
static void
test_refused_syn_repeated(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	rst_ack(&c, SERVER, .seq = SEQ_ISN, .at = MS(0.1));
	uint64_t f = syn(&c, .at = MS(500));
	rst_ack(&c, SERVER, .seq = SEQ_ISN, .at = MS(500.1));
	uint64_t g = syn(&c, .at = MS(1010));
	rst_ack(&c, SERVER, .seq = SEQ_ISN, .at = MS(1010.1));
	assert_repeat(&w, f, 1, MS(500), CAUSE_SYN);
	assert_repeat(&w, g, 2, MS(510), CAUSE_SYN);
	assert_findings(&w, f, FINDING(F_RETRANSMISSION));
	assert_int_equal(seg_at(&w, g)->needed, NEEDED_UNKNOWN);
	struct conn_detail d = DETAIL(&c);
	assert_int_equal(d.f.state, CONN_REFUSED);
	assert_int_equal(d.f.half[CLIENT].spurious, 0);
	assert_int_equal(d.half[CLIENT].n_gaps, 2);
	assert_int_equal(d.half[CLIENT].gaps[1], MS(510));
	watch_close(&w);
}

/* The SYN-ACKs do not arrive at the client: its ladder goes on although each SYN is answered. */
static void
test_answered_syn_repeated(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	synack(&c, .at = MS(0.1));
	uint64_t f = syn(&c, .at = SEC(1.01));
	synack(&c, .at = SEC(1.0101));
	uint64_t g = syn(&c, .at = SEC(3.03));
	synack(&c, .at = SEC(3.0301));
	assert_repeat(&w, f, 1, SEC(1.01), CAUSE_SYN);
	assert_repeat(&w, g, 2, SEC(2.02), CAUSE_SYN);
	assert_int_equal(DETAIL(&c).half[CLIENT].n_gaps, 2);
	watch_close(&w);
}

/* The server repeats its SYN-ACK although the ACK was captured. */
static void
test_acknowledged_syn_ack_repeated(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(10));
	uint64_t f = synack(&c, .at = SEC(1.02));
	ack(&c, CLIENT);
	uint64_t g = synack(&c, .at = SEC(3.04));
	ack(&c, CLIENT);
	assert_repeat(&w, f, 1, SEC(1.01), CAUSE_SYN_ACK);
	assert_repeat(&w, g, 2, SEC(2.02), CAUSE_SYN_ACK);
	watch_close(&w);
}

/* The ACKs are captured but do not reach the sender. */
static void
test_acknowledged_data_repeated(void **state)
{
	for (int later = 0; later < 40; later += 39) {
		BEGIN(w, c);
		pair_handshake(&c, MS(0), MS(10));
		uint64_t e = data(&c, CLIENT, .len = 1000, .at = SEC(1));
		ack(&c, SERVER, .at = SEC(1.01));
		for (int i = 0; i < later; i++) /* nothing is kept of the first transmission */
			data(&c, SERVER, .len = 100);
		uint64_t f = data(&c, CLIENT, .seq = 1, .len = 1000, .at = SEC(1.22));
		ack(&c, SERVER, .at = SEC(1.23));
		uint64_t g = data(&c, CLIENT, .seq = 1, .len = 1000, .at = SEC(1.66));
		ack(&c, SERVER, .at = SEC(1.67));
		uint64_t h = data(&c, CLIENT, .seq = 1, .len = 1000, .at = SEC(2.54));
		assert_int_equal(seg_at(&w, f)->rexmit_of, e);
		assert_repeat(&w, f, 1, MS(220), (enum cause)seg_at(&w, f)->cause);
		assert_repeat(&w, g, 2, MS(440), CAUSE_RTO);
		assert_repeat(&w, h, 3, MS(880), CAUSE_RTO);
		assert_int_equal(seg_at(&w, h)->needed, NEEDED_NO);
		assert_int_equal(DETAIL(&c).half[CLIENT].n_gaps, 3);
		watch_close(&w);
	}
}

/* ---- causes ---- */

/* Some round trips, so that both ends' times are known. */
static void
talk(struct pair *c, nsec rtt)
{
	nsec at = SEC(1);

	pair_handshake(c, MS(0), rtt);
	for (int i = 0; i < 10; i++, at += 2 * rtt) {
		data(c, CLIENT, .len = 100, .at = at);
		ack(c, SERVER, .at = at + rtt);
	}
	c->w->now = PKT_EPOCH + nsec_max(at, SEC(40));
}

/* SACKs of three later segments, far apart, and the first is sent again just after the third: fast,
 * however long the round trip is. */
static void
test_fast_with_sack(void **state)
{
	const nsec rtt[] = {MS(1), MS(30), MS(600)};

	for (size_t k = 0; k < ARRAY_LEN(rtt); k++) {
		BEGIN(w, c);
		talk(&c, rtt[k]);
		nsec apart = rtt[k] / 8, at = SEC(50);
		int64_t s = c.next[CLIENT];
		for (int i = 0; i < 4; i++)
			data(&c, CLIENT, .len = 500, .at = at + apart * i);
		for (int i = 1; i < 4; i++)
			ack(&c, SERVER, .ack = s, .at = at + rtt[k] + apart * i,
			    .sack = {{s + 500, s + 500 + 500 * i}});
		uint64_t f = data(&c, CLIENT, .seq = s, .len = 500,
				  .at = at + rtt[k] + apart * 3 + US(500));
		assert_int_equal(seg_at(&w, f)->cause, CAUSE_FAST);
		watch_close(&w);
	}
}

/* One duplicate ACK without SACK, and the first is sent again when this sender's short time-out has
 * passed: nothing but the timer. */
static void
test_short_timeout_after_a_duplicate_ack(void **state)
{
	for (int sack = 0; sack < 2; sack++) {
		BEGIN(w, c);
		c.sack = sack;
		talk(&c, MS(1));
		int64_t s = c.next[CLIENT];
		data(&c, CLIENT, .len = 500, .at = SEC(50));
		data(&c, CLIENT, .len = 500, .at = SEC(50) + US(100));
		if (sack)
			ack(&c, SERVER, .ack = s, .at = SEC(50.0012),
			    .sack = {{s + 500, s + 1000}});
		else
			ack(&c, SERVER, .ack = s, .at = SEC(50.0012));
		uint64_t f = data(&c, CLIENT, .seq = s, .len = 500, .at = SEC(50.0505));
		assert_int_equal(seg_at(&w, f)->cause, CAUSE_RTO);
		watch_close(&w);
	}
}

/* Only one side is captured: nothing of the peer can have brought about what is sent again. */
static void
test_ladder_of_one_side(void **state)
{
	const double gaps[] = {207, 208, 408, 848, 1664, 3264};

	for (int known = 0; known < 2; known++) {
		BEGIN(w, c);
		if (known)
			syn(&c, .at = MS(0));
		c.next[CLIENT] = c.next[SERVER] = 1;
		nsec at = MS(100);
		data(&c, CLIENT, .len = 200, .at = at);
		for (size_t i = 0; i < ARRAY_LEN(gaps); i++) {
			at += MS(gaps[i]);
			uint64_t f = data(&c, CLIENT, .seq = 1, .len = 200, .at = at);
			enum cause cause = (enum cause)seg_at(&w, f)->cause;

			assert_true(cause == CAUSE_RTO || (i == 0 && cause == CAUSE_TLP));
			assert_int_equal(seg_at(&w, f)->needed, NEEDED_UNKNOWN);
		}
		engine_finish(w.e);
		for (uint64_t f = w.frame; f > w.frame - ARRAY_LEN(gaps); f--)
			assert_int_equal(seg_at(&w, f)->needed, NEEDED_UNKNOWN);
		watch_close(&w);
	}
}

/* ---- needed or not ---- */

/* Data and FIN are delayed, both are sent again, and three ACKs come: the peer agreed to SACK but
 * reports no duplicates, so the ACKs that repeat the first answer the copies. */
static void
test_repeated_acks_answer_copies(void **state)
{
	BEGIN(w, c);
	talk(&c, MS(40));
	int64_t s = c.next[CLIENT];
	data(&c, CLIENT, .len = 16, .at = SEC(50));
	fin(&c, CLIENT, .at = SEC(50.0002));
	uint32_t tsval = c.ts_sent[CLIENT];
	uint64_t f = fin(&c, CLIENT, .seq = s + 16, .at = SEC(50.1025));
	uint64_t g = data(&c, CLIENT, .seq = s, .len = 16, .flags = TH_FIN, .at = SEC(50.3545));
	for (int i = 0; i < 3; i++)
		ack(&c, SERVER, .tsecr = tsval, .at = SEC(50.409) + US(100) * i);
	assert_int_equal(seg_at(&w, f)->needed, NEEDED_NO);
	assert_int_equal(seg_at(&w, g)->needed, NEEDED_NO);
	assert_true(has_finding(&w, f, F_SPURIOUS_RETRANSMISSION));
	struct conn_detail d = DETAIL(&c);
	assert_int_equal(d.f.half[CLIENT].spurious, 2);
	assert_null(verdict_of(&d, V_LOSS));
	watch_close(&w);
}

/* One ACK only: the FIN's first copy may have been lost. */
static void
test_one_ack_answers_no_copy(void **state)
{
	BEGIN(w, c);
	talk(&c, MS(40));
	data(&c, CLIENT, .len = 16, .at = SEC(50));
	int64_t s = c.next[CLIENT];
	fin(&c, CLIENT, .at = SEC(50.0002));
	uint64_t f = fin(&c, CLIENT, .seq = s, .at = SEC(50.1025));
	ack(&c, SERVER, .at = SEC(50.1425));
	assert_int_not_equal(seg_at(&w, f)->needed, NEEDED_NO);
	watch_close(&w);
}

/* A simultaneous close of BSD systems: the ACK of the peer's FIN bears the own one again. */
static void
test_fin_on_an_ack(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), US(20));
	fin(&c, CLIENT, .ack = 1, .at = MS(10));
	fin(&c, SERVER, .ack = 1, .at = MS(10.012));
	uint64_t f = fin(&c, CLIENT, .seq = 1, .ack = 2, .at = MS(10.023));
	ack(&c, SERVER, .ack = 2, .at = MS(10.035));
	assert_int_equal(seg_at(&w, f)->cause, CAUSE_UNKNOWN);
	engine_finish(w.e);
	assert_int_equal(seg_at(&w, f)->needed, NEEDED_UNKNOWN);
	struct conn_detail d = DETAIL(&c);
	assert_int_equal(d.f.end_cause, END_CLOSED);
	assert_null(verdict_of(&d, V_LOSS));
	watch_close(&w);
}

/* Acknowledged bytes sent again together with new ones. */
static void
test_acknowledged_bytes_beside_new(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	data(&c, CLIENT, .len = 67, .at = SEC(1));
	ack(&c, SERVER, .at = SEC(1.1));
	uint64_t f = data(&c, CLIENT, .seq = 1, .len = 350, .at = SEC(28));
	data(&c, SERVER, .len = 39, .at = SEC(28.06));
	assert_int_equal(seg_at(&w, f)->needed, NEEDED_NO);
	assert_int_equal(seg_at(&w, f)->cause, CAUSE_UNKNOWN);
	struct conn_detail d = DETAIL(&c);
	assert_null(verdict_of(&d, V_LOSS));
	assert_int_equal(d.f.half[CLIENT].unique_bytes, 350);
	watch_close(&w);
}

/* The same while the old bytes are outstanding: they may have been lost. */
static void
test_outstanding_bytes_beside_new(void **state)
{
	BEGIN(w, c);
	pair_handshake(&c, MS(0), MS(20));
	data(&c, CLIENT, .len = 67, .at = SEC(1));
	uint64_t f = data(&c, CLIENT, .seq = 1, .len = 350, .at = SEC(1.23));
	ack(&c, SERVER, .at = SEC(1.25));
	assert_int_not_equal(seg_at(&w, f)->needed, NEEDED_NO);
	assert_int_not_equal(seg_at(&w, f)->cause, CAUSE_UNKNOWN);
	watch_close(&w);
}

/* ---- copies of packets ---- */

static uint64_t
capture_duplicates(struct watch *w)
{
	struct totals t;

	engine_totals(w->e, &t);
	return t.capture_duplicates;
}

/* Every packet is captured twice, the second `later` than the first, or stamped earlier. */
static void
talk_captured_twice(struct pair *c, nsec later)
{
	syn(c, .at = MS(1));
	pair_copy(c, later, 0);
	synack(c, .at = MS(10));
	pair_copy(c, later, 0);
	ack(c, CLIENT, .at = MS(10.1));
	pair_copy(c, later, 0);
	data(c, CLIENT, .len = 100, .at = MS(20));
	data(c, CLIENT, .len = 100, .at = MS(20.1));
	pair_copy(c, later, 0);
	ack(c, SERVER, .ack = 101, .at = MS(30)); /* while more is outstanding */
	pair_copy(c, later, 0);
	ack(c, SERVER, .at = MS(30.1));
	fin(c, CLIENT, .at = MS(100));
	pair_copy(c, later, 0);
	fin(c, SERVER, .at = MS(110));
	pair_copy(c, later, 0);
	ack(c, CLIENT);
}

static void
test_captured_twice(void **state)
{
	const nsec later[] = {US(0), US(15), -US(7)};

	for (unsigned i = 0; i < 4 * ARRAY_LEN(later); i++) {
		BEGIN(w, c);
		c.ts = i & 1;
		c.ip_id_zero = i & 2;
		talk_captured_twice(&c, later[i / 4]);
		assert_int_equal(capture_duplicates(&w), 7);
		assert_states(&c, TCP_TIME_WAIT, TCP_CLOSED);
		struct conn_detail d = DETAIL(&c);
		for (int side = CLIENT; side <= SERVER; side++) {
			assert_int_equal(d.f.half[side].syn, 1);
			assert_int_equal(d.f.half[side].fin, 1);
			assert_int_equal(d.f.half[side].retransmissions, 0);
			assert_int_equal(d.f.half[side].duplicate_acks, 0);
			assert_int_equal(d.f.half[side].duplicates, 0);
		}
		assert_int_equal(d.f.half[CLIENT].bytes, 200);
		watch_close(&w);
	}
}

/* Duplicate ACKs without IP ID, time stamps and SACK are the same byte for byte. */
static void
test_duplicate_acks_are_no_copies(void **state)
{
	BEGIN(w, c);
	c.ts = c.sack = false;
	c.ip_id_zero = true;
	pair_handshake(&c, MS(0), MS(10));
	for (int i = 0; i < 5; i++)
		data(&c, CLIENT, .len = 1000, .at = SEC(1) + US(5) * i);
	ack(&c, SERVER, .ack = 1001, .at = SEC(1.01));
	for (int i = 1; i < 4; i++) {
		uint64_t f = ack(&c, SERVER, .ack = 1001, .at = SEC(1.01) + US(10) * i);

		assert_findings(&w, f, FINDING(F_DUPLICATE_ACK));
	}
	assert_int_equal(capture_duplicates(&w), 0);
	watch_close(&w);
}

/* Nor are two ACKs between which a needless copy of data came. */
static void
test_repeated_ack_at_once_is_no_copy(void **state)
{
	BEGIN(w, c);
	c.ts = c.sack = false;
	c.ip_id_zero = true;
	pair_handshake(&c, MS(0), MS(10));
	data(&c, SERVER, .len = 1000, .at = SEC(1));
	ack(&c, CLIENT, .at = SEC(1) + US(1));
	data(&c, SERVER, .seq = 1, .len = 1000, .at = SEC(1.3));
	ack(&c, CLIENT, .at = SEC(1.3) + US(1));
	data(&c, SERVER, .seq = 1, .len = 500, .at = SEC(1.3) + US(2));
	uint64_t f = ack(&c, CLIENT, .at = SEC(1.3) + US(3));
	assert_false(has_finding(&w, f, F_DUPLICATE_PACKET));
	watch_close(&w);
}

/* A host that gives every packet the same IP ID. */
static void
begin_fixed_ip_id(struct watch *w, struct pair *c, void **state)
{
	watch_open(w);
	pair_init(c, w, ISN(state));
	c->ts = false;
	syn(c, .ip_id = 77, .at = MS(0));
	synack(c, .at = MS(10));
	ack(c, CLIENT, .ip_id = 77);
}

static void
test_fixed_ip_id_and_a_fin(void **state)
{
	struct watch w;
	struct pair c;

	begin_fixed_ip_id(&w, &c, state);
	data(&c, CLIENT, .len = 100, .ip_id = 77, .at = MS(20));
	uint64_t f = data(&c, CLIENT, .seq = 1, .len = 100, .flags = TH_FIN, .ip_id = 77,
			  .at = MS(320));
	assert_true(has_finding(&w, f, F_RETRANSMISSION));
	assert_false(has_finding(&w, f, F_DUPLICATE_PACKET));
	ack(&c, SERVER, .at = MS(330));
	assert_states(&c, TCP_FIN_WAIT_2, TCP_CLOSE_WAIT);
	watch_close(&w);
}

static void
test_fixed_ip_id_sent_again(void **state)
{
	const nsec after[] = {MS(30), MS(300), SEC(300)};

	for (size_t i = 0; i < ARRAY_LEN(after); i++) {
		struct watch w;
		struct pair c;

		begin_fixed_ip_id(&w, &c, state);
		data(&c, CLIENT, .len = 100, .ip_id = 77, .at = MS(20));
		uint64_t f = data(&c, CLIENT, .seq = 1, .len = 100, .ip_id = 77,
				  .at = MS(20) + after[i]);
		assert_true(has_finding(&w, f, F_RETRANSMISSION));
		assert_int_equal(seg_at(&w, f)->rexmit_n, 1);
		assert_int_equal(seg_at(&w, f)->rexmit_after, after[i]);
		watch_close(&w);
	}
}

/* A sender whose IP IDs count: the same ID is the same packet, but not for ever. */
static void
test_counted_ip_id_again(void **state)
{
	const nsec after[] = {MS(30), MS(300), SEC(300)};

	for (size_t i = 0; i < ARRAY_LEN(after); i++) {
		BEGIN(w, c);
		c.ts = false;
		pair_handshake(&c, MS(0), MS(10));
		data(&c, CLIENT, .len = 100, .at = MS(20));
		uint64_t f = pair_copy(&c, after[i], 0);
		assert_int_equal(has_finding(&w, f, F_DUPLICATE_PACKET), after[i] < SEC(10));
		assert_int_equal(has_finding(&w, f, F_RETRANSMISSION), after[i] > SEC(10));
		watch_close(&w);
	}
}

static const struct CMUnitTest tests[] = {
	SEQ_TEST(test_repeated_acks_answer_copies),
	SEQ_TEST(test_one_ack_answers_no_copy),
	SEQ_TEST(test_fin_on_an_ack),
	SEQ_TEST(test_acknowledged_bytes_beside_new),
	SEQ_TEST(test_outstanding_bytes_beside_new),
	SEQ_TEST(test_fast_with_sack),
	SEQ_TEST(test_short_timeout_after_a_duplicate_ack),
	SEQ_TEST(test_ladder_of_one_side),
	SEQ_TEST(test_captured_twice),
	SEQ_TEST(test_duplicate_acks_are_no_copies),
	SEQ_TEST(test_repeated_ack_at_once_is_no_copy),
	SEQ_TEST(test_fixed_ip_id_and_a_fin),
	SEQ_TEST(test_fixed_ip_id_sent_again),
	SEQ_TEST(test_counted_ip_id_again),
	SEQ_TEST(test_refused_syn_repeated),
	SEQ_TEST(test_answered_syn_repeated),
	SEQ_TEST(test_acknowledged_syn_ack_repeated),
	SEQ_TEST(test_acknowledged_data_repeated),
};

UNIT_MAIN(tests)
