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
		assert_repeat(&w, g, 2, MS(440), (enum cause)seg_at(&w, g)->cause);
		assert_repeat(&w, h, 3, MS(880), (enum cause)seg_at(&w, h)->cause);
		assert_int_equal(seg_at(&w, h)->needed, NEEDED_NO);
		assert_int_equal(DETAIL(&c).half[CLIENT].n_gaps, 3);
		watch_close(&w);
	}
}

static const struct CMUnitTest tests[] = {
	SEQ_TEST(test_refused_syn_repeated),
	SEQ_TEST(test_answered_syn_repeated),
	SEQ_TEST(test_acknowledged_syn_ack_repeated),
	SEQ_TEST(test_acknowledged_data_repeated),
};

UNIT_MAIN(tests)
