/* SPDX-License-Identifier: MIT */
/*
 * test_findings: for every finding at least one segment that has it and one that nearly does.
 * Written from the definitions; every case runs at low sequence numbers and across 2^32.
 * The capture is at the client, round trips take 20 ms. Ports used again: test_states.
 */
#include "pkt.h"

/* Established at 20 ms, 10 rounds of talk until 400 ms; then the test's own time begins. */
#define BEGIN(w, c)                                                                                \
	struct watch w;                                                                            \
	struct pair c;                                                                             \
	watch_open(&w);                                                                            \
	pair_init(&c, &w, ISN(state));                                                             \
	pair_handshake(&c, MS(0), MS(20));                                                         \
	pair_talk(&c, MS(50), 10);                                                                 \
	int64_t C = c.next[CLIENT], S = c.next[SERVER];                                            \
	(void)C, (void)S

#define DETAIL(c) pair_detail(c, (c)->w->now - PKT_EPOCH)

/* ---- sent again ---- */

static void
test_retransmission(void **state)
{
	BEGIN(w, c);
	uint64_t f = data(&c, CLIENT, .len = 100, .at = SEC(1));
	uint64_t g = data(&c, CLIENT, .seq = C, .len = 100, .at = SEC(1.23));
	assert_findings(&w, f, 0);
	assert_findings(&w, g, FINDING(F_RETRANSMISSION));
	const struct segment *s = seg_at(&w, g);
	assert_int_equal(s->rexmit_of, f);
	assert_int_equal(s->rexmit_n, 1);
	assert_int_equal(s->rexmit_after, MS(230));
	assert_int_equal(DETAIL(&c).f.half[CLIENT].retransmissions, 1);
	assert_int_equal(DETAIL(&c).f.half[CLIENT].retransmitted_bytes, 100);
	watch_close(&w);
}

static void
test_next_data_is_none(void **state)
{
	BEGIN(w, c);
	data(&c, CLIENT, .len = 100, .at = SEC(1));
	uint64_t g = data(&c, CLIENT, .len = 100, .at = SEC(1.23));
	assert_findings(&w, g, 0);
	assert_int_equal(seg_at(&w, g)->cause, CAUSE_NONE);
	watch_close(&w);
}

/* Other borders than the first time: it is the bytes that count. */
static void
test_retransmission_cut_otherwise(void **state)
{
	BEGIN(w, c);
	uint64_t f = data(&c, CLIENT, .len = 3000, .at = SEC(1));
	uint64_t g = data(&c, CLIENT, .seq = C + 1000, .len = 1000, .at = SEC(1.25));
	assert_true(has_finding(&w, g, F_RETRANSMISSION));
	assert_int_equal(seg_at(&w, g)->rexmit_of, f);
	assert_int_equal(DETAIL(&c).f.half[CLIENT].unique_bytes, 5000 + 3000);
	watch_close(&w);
}

/* Four segments, the first is lost past the capture point: three SACKs bring it again. */
static uint64_t
lose_the_first(struct pair *c, int64_t C)
{
	for (int i = 0; i < 4; i++)
		data(c, CLIENT, .len = 1000, .at = SEC(1) + US(10) * i);
	for (int i = 1; i < 4; i++)
		ack(c, SERVER, .ack = C, .at = SEC(1.02) + US(10) * i,
		    .sack = {{C + 1000, C + 1000 + 1000 * i}});
	return data(c, CLIENT, .seq = C, .len = 1000, .at = SEC(1.02) + US(60));
}

static void
test_fast_retransmission(void **state)
{
	BEGIN(w, c);
	uint64_t f = lose_the_first(&c, C);
	ack(&c, SERVER, .at = SEC(1.045));
	assert_findings(&w, f, FINDING(F_RETRANSMISSION) | FINDING(F_FAST_RETRANSMISSION));
	assert_int_equal(seg_at(&w, f)->cause, CAUSE_FAST);
	assert_int_not_equal(seg_at(&w, f)->needed, NEEDED_NO);
	watch_close(&w);
}

static void
test_timeout_is_not_fast(void **state)
{
	BEGIN(w, c);
	data(&c, CLIENT, .len = 1000, .at = SEC(1));
	uint64_t f = data(&c, CLIENT, .seq = C, .len = 1000, .at = SEC(1.23));
	assert_false(has_finding(&w, f, F_FAST_RETRANSMISSION));
	watch_close(&w);
}

static void
test_spurious_when_acked(void **state)
{
	BEGIN(w, c);
	data(&c, SERVER, .len = 1000, .at = SEC(1));
	ack(&c, CLIENT, .at = SEC(1) + US(50));
	uint64_t f = data(&c, SERVER, .seq = S, .len = 1000, .at = SEC(1.23));
	assert_findings(&w, f,
			FINDING(F_RETRANSMISSION) | FINDING(F_SPURIOUS_RETRANSMISSION));
	assert_int_equal(seg_at(&w, f)->needed, NEEDED_NO);
	watch_close(&w);
}

static void
test_spurious_when_sacked(void **state)
{
	BEGIN(w, c);
	data(&c, SERVER, .len = 1000, .at = SEC(1), .unseen = true);
	data(&c, SERVER, .len = 1000, .at = SEC(1) + US(10));
	ack(&c, CLIENT, .ack = S, .sack = {{S + 1000, S + 2000}}, .at = SEC(1) + US(50));
	uint64_t f = data(&c, SERVER, .seq = S + 1000, .len = 1000, .at = SEC(1.23));
	assert_true(has_finding(&w, f, F_SPURIOUS_RETRANSMISSION));
	watch_close(&w);
}

/* A D-SACK after it proves it needless; until then it is not known. */
static void
test_spurious_by_late_proof(void **state)
{
	BEGIN(w, c);
	data(&c, CLIENT, .len = 1000, .at = SEC(1));
	uint64_t f = data(&c, CLIENT, .seq = C, .len = 1000, .at = SEC(1.23));
	assert_int_not_equal(seg_at(&w, f)->needed, NEEDED_NO);
	assert_false(has_finding(&w, f, F_SPURIOUS_RETRANSMISSION));
	ack(&c, SERVER, .at = SEC(1.24), .tsecr = c.ts_base[CLIENT] + 1000);
	uint64_t g = ack(&c, SERVER, .at = SEC(1.25), .sack = {{C, C + 1000}});
	assert_int_equal(seg_at(&w, f)->needed, NEEDED_NO);
	assert_true(has_finding(&w, f, F_SPURIOUS_RETRANSMISSION));
	assert_true(has_finding(&w, g, F_DSACK));
	assert_false(has_finding(&w, g, F_DUPLICATE_ACK));
	assert_int_equal(DETAIL(&c).f.half[CLIENT].spurious, 1);
	watch_close(&w);
}

static void
test_needed_one_is_not_spurious(void **state)
{
	BEGIN(w, c);
	data(&c, CLIENT, .len = 1000, .at = SEC(1));
	uint64_t f = data(&c, CLIENT, .seq = C, .len = 1000, .at = SEC(1.23));
	ack(&c, SERVER, .at = SEC(1.25)); /* echoes the repetition's time stamp */
	assert_false(has_finding(&w, f, F_SPURIOUS_RETRANSMISSION));
	assert_int_not_equal(seg_at(&w, f)->needed, NEEDED_NO);
	watch_close(&w);
}

/* ---- order ---- */

static void
test_out_of_order(void **state)
{
	BEGIN(w, c);
	uint16_t id = c.ip_id[SERVER];
	uint64_t f = data(&c, SERVER, .seq = S + 1000, .len = 1000, .ip_id = id + 1, .at = SEC(1));
	uint64_t g = data(&c, SERVER, .seq = S, .len = 1000, .ip_id = id, .at = SEC(1.0005));
	c.ip_id[SERVER] = id + 2;
	c.next[SERVER] = S + 2000;
	ack(&c, CLIENT, .at = SEC(1.0006));
	data(&c, SERVER, .len = 10, .at = SEC(2));
	assert_findings(&w, g, FINDING(F_OUT_OF_ORDER));
	assert_findings(&w, f, 0); /* what was missing came by */
	assert_int_equal(DETAIL(&c).f.half[SERVER].out_of_order, 1);
	assert_int_equal(DETAIL(&c).f.half[SERVER].retransmissions, 0);
	watch_close(&w);
}

/* At the sender going back is sending again, however quickly. */
static void
test_never_out_of_order_at_the_sender(void **state)
{
	BEGIN(w, c);
	uint64_t f = lose_the_first(&c, C);
	assert_false(has_finding(&w, f, F_OUT_OF_ORDER));
	watch_close(&w);
}

static void
test_lost_segment(void **state)
{
	BEGIN(w, c);
	data(&c, SERVER, .len = 1000, .at = SEC(1), .unseen = true);
	uint64_t f = data(&c, SERVER, .len = 1000, .at = SEC(1) + US(20));
	ack(&c, CLIENT, .at = SEC(1) + US(80)); /* it had it: the capture lost it */
	data(&c, SERVER, .len = 1000, .at = SEC(1.5));
	assert_findings(&w, f, FINDING(F_LOST_SEGMENT));
	watch_close(&w);
}

static void
test_ack_lost_segment(void **state)
{
	BEGIN(w, c);
	data(&c, SERVER, .len = 1000, .at = SEC(1), .unseen = true);
	uint64_t f = ack(&c, CLIENT, .at = SEC(1) + US(80));
	watch_until(&w, SEC(2));
	data(&c, SERVER, .len = 1000, .at = SEC(3));
	assert_true(has_finding(&w, f, F_ACK_LOST_SEGMENT));
	watch_close(&w);
}

static void
test_ack_of_all_is_no_ack_lost(void **state)
{
	BEGIN(w, c);
	data(&c, SERVER, .len = 1000, .at = SEC(1));
	uint64_t f = ack(&c, CLIENT, .at = SEC(1) + US(80));
	assert_findings(&w, f, 0);
	watch_close(&w);
}

/* ---- acknowledgements ---- */

static void
test_duplicate_ack(void **state)
{
	BEGIN(w, c);
	c.sack = false;
	for (int i = 0; i < 4; i++)
		data(&c, CLIENT, .len = 1000, .at = SEC(1) + US(10) * i);
	for (uint16_t i = 1; i < 4; i++) {
		uint64_t f = ack(&c, SERVER, .ack = C, .at = SEC(1.02) + US(10) * i);

		assert_findings(&w, f, FINDING(F_DUPLICATE_ACK));
		assert_int_equal(seg_at(&w, f)->dup_ack, i);
	}
	assert_int_equal(DETAIL(&c).f.half[SERVER].duplicate_acks, 3);
	watch_close(&w);
}

/* SACK news makes it one, whatever the window does. */
static void
test_duplicate_ack_with_other_window(void **state)
{
	BEGIN(w, c);
	for (int i = 0; i < 3; i++)
		data(&c, CLIENT, .len = 1000, .at = SEC(1) + US(10) * i);
	uint64_t f = ack(&c, SERVER, .ack = C, .win = 600, .at = SEC(1.02),
			 .sack = {{C + 1000, C + 2000}});
	assert_findings(&w, f, FINDING(F_DUPLICATE_ACK));
	watch_close(&w);
}

static void
test_no_duplicate_ack_when_nothing_is_due(void **state)
{
	BEGIN(w, c);
	uint64_t f = ack(&c, CLIENT, .at = SEC(1));
	assert_false(has_finding(&w, f, F_DUPLICATE_ACK));
	watch_close(&w);
}

/* Data that carries the same ACK is none. */
static void
test_data_is_no_duplicate_ack(void **state)
{
	BEGIN(w, c);
	data(&c, CLIENT, .len = 1000, .at = SEC(1));
	uint64_t f = data(&c, SERVER, .ack = C, .len = 100, .at = SEC(1.001));
	assert_findings(&w, f, 0);
	watch_close(&w);
}

static void
test_re_ack_of_data(void **state)
{
	BEGIN(w, c);
	c.sack = false;
	data(&c, SERVER, .len = 1000, .at = SEC(1));
	ack(&c, CLIENT, .at = SEC(1) + US(50));
	data(&c, SERVER, .seq = S, .len = 1000, .at = SEC(1.23));
	uint64_t f = ack(&c, CLIENT, .at = SEC(1.2301));
	assert_findings(&w, f, FINDING(F_RE_ACK));
	watch_close(&w);
}

static void
test_ordinary_sack_is_no_dsack(void **state)
{
	BEGIN(w, c);
	for (int i = 0; i < 2; i++)
		data(&c, CLIENT, .len = 1000, .at = SEC(1) + US(10) * i);
	uint64_t f = ack(&c, SERVER, .ack = C, .at = SEC(1.02), .sack = {{C + 1000, C + 2000}});
	assert_false(has_finding(&w, f, F_DSACK));
	watch_close(&w);
}

/* ---- the window ---- */

static void
test_zero_window(void **state)
{
	BEGIN(w, c);
	data(&c, SERVER, .len = 1000, .at = SEC(1));
	uint64_t f = ack(&c, CLIENT, .win = WIN_ZERO, .at = SEC(1) + US(50));
	assert_true(has_finding(&w, f, F_ZERO_WINDOW));
	assert_int_equal(DETAIL(&c).f.half[CLIENT].zero_windows, 1);
	watch_close(&w);
}

static void
test_small_window_is_not_zero(void **state)
{
	BEGIN(w, c);
	data(&c, SERVER, .len = 1000, .at = SEC(1));
	uint64_t f = ack(&c, CLIENT, .win = 1, .at = SEC(1) + US(50));
	assert_false(has_finding(&w, f, F_ZERO_WINDOW));
	f = rst_ack(&c, CLIENT, .win = WIN_ZERO, .at = SEC(2));
	assert_false(has_finding(&w, f, F_ZERO_WINDOW));
	watch_close(&w);
}

static void
close_window(struct pair *c)
{
	data(c, SERVER, .len = 1000, .at = SEC(1));
	ack(c, CLIENT, .win = WIN_ZERO, .at = SEC(1) + US(50));
}

static void
test_zero_window_probe(void **state)
{
	BEGIN(w, c);
	close_window(&c);
	uint64_t f = ack(&c, SERVER, .seq = S + 999, .at = SEC(1.25));
	uint64_t g = ack(&c, CLIENT, .win = WIN_ZERO, .at = SEC(1.25) + US(50));
	assert_findings(&w, f, FINDING(F_ZERO_WINDOW_PROBE));
	assert_true(has_finding(&w, g, F_ZERO_WINDOW_PROBE_ACK));
	assert_false(has_finding(&w, g, F_DUPLICATE_ACK));
	watch_close(&w);
}

/* As BSD and Windows do it: with the next byte. */
static void
test_zero_window_probe_of_one_byte(void **state)
{
	BEGIN(w, c);
	close_window(&c);
	uint64_t f = data(&c, SERVER, .seq = S + 1000, .len = 1, .at = SEC(1.25));
	uint64_t g = ack(&c, CLIENT, .ack = S + 1000, .win = WIN_ZERO, .at = SEC(1.25) + US(50));
	assert_findings(&w, f, FINDING(F_ZERO_WINDOW_PROBE));
	assert_true(has_finding(&w, g, F_ZERO_WINDOW_PROBE_ACK));
	watch_close(&w);
}

static void
test_keep_alive(void **state)
{
	BEGIN(w, c);
	uint64_t f = ack(&c, SERVER, .seq = S - 1, .at = SEC(8));
	uint64_t g = ack(&c, CLIENT, .at = SEC(8) + US(50));
	assert_findings(&w, f, FINDING(F_KEEP_ALIVE));
	assert_findings(&w, g, FINDING(F_KEEP_ALIVE_ACK));
	assert_int_equal(DETAIL(&c).f.half[SERVER].keep_alives, 1);
	assert_int_equal(DETAIL(&c).f.half[SERVER].retransmissions, 0);
	watch_close(&w);
}

static void
test_keep_alive_with_one_byte(void **state)
{
	BEGIN(w, c);
	uint64_t f = data(&c, SERVER, .seq = S - 1, .len = 1, .at = SEC(8));
	assert_findings(&w, f, FINDING(F_KEEP_ALIVE));
	assert_int_equal(DETAIL(&c).f.half[SERVER].unique_bytes, 10000);
	watch_close(&w);
}

static void
test_plain_ack_is_no_keep_alive(void **state)
{
	BEGIN(w, c);
	uint64_t f = ack(&c, SERVER, .at = SEC(8));
	uint64_t g = ack(&c, CLIENT, .at = SEC(8) + US(50));
	assert_false(has_finding(&w, f, F_KEEP_ALIVE));
	assert_false(has_finding(&w, g, F_KEEP_ALIVE_ACK));
	watch_close(&w);
}

/* The client's window: 502 << 7 bytes. */
static void
fill_window(struct pair *c, uint32_t last)
{
	uint32_t window = 502u << 7;

	data(c, SERVER, .len = window - 1000, .at = SEC(1));
	data(c, SERVER, .len = last, .at = SEC(1) + US(20));
}

static void
test_window_full(void **state)
{
	BEGIN(w, c);
	fill_window(&c, 1000);
	assert_findings(&w, w.frame, FINDING(F_WINDOW_FULL));
	assert_findings(&w, w.frame - 1, 0);
	watch_close(&w);
}

static void
test_window_nearly_full(void **state)
{
	BEGIN(w, c);
	fill_window(&c, 999);
	assert_findings(&w, w.frame, 0);
	watch_close(&w);
}

static void
test_window_update(void **state)
{
	BEGIN(w, c);
	close_window(&c);
	uint64_t f = ack(&c, CLIENT, .win = 400, .at = SEC(2));
	assert_findings(&w, f, FINDING(F_WINDOW_UPDATE));
	assert_int_equal(DETAIL(&c).f.half[CLIENT].window, 400 << 7);
	assert_int_equal(DETAIL(&c).f.half[CLIENT].zero_window_since, 0);
	watch_close(&w);
}

static void
test_ack_with_other_window_is_no_update(void **state)
{
	BEGIN(w, c);
	data(&c, SERVER, .len = 1000, .at = SEC(1));
	uint64_t f = ack(&c, CLIENT, .win = 400, .at = SEC(1) + US(50));
	assert_findings(&w, f, 0);
	watch_close(&w);
}

/* The window of a SYN is never scaled. */
static void
test_windows_scaled_after_the_handshake(void **state)
{
	BEGIN(w, c);
	assert_int_equal(seg_at(&w, 1)->window, 502);
	assert_int_equal(seg_at(&w, 3)->window, 502 << 7);
	watch_close(&w);
}

/* ---- copies ---- */

static void
test_duplicate_packet(void **state)
{
	BEGIN(w, c);
	data(&c, SERVER, .len = 1000, .at = SEC(1));
	uint64_t f = pair_copy(&c, MS(30), 0);
	assert_findings(&w, f, FINDING(F_DUPLICATE_PACKET));
	assert_int_equal(DETAIL(&c).f.half[SERVER].duplicates, 1);
	assert_int_equal(DETAIL(&c).f.half[SERVER].retransmissions, 0);
	watch_close(&w);
}

static uint64_t
comes(struct watch *w, struct packet *p, nsec at)
{
	p->ts = PKT_EPOCH + at;
	p->frame = ++w->frame;
	watch_ingest(w, p);
	return p->frame;
}

/* The original and its copies in the wrong order: what is older than all is the original, what is
 * younger than that was sent again, whatever came before. */
static void
test_original_overtaken_by_two_copies(void **state)
{
	BEGIN(w, c);
	struct packet p[3];
	for (int i = 0; i < 3; i++)
		p[i] = pair_packet(&c, SERVER, TH_ACK,
				   &(struct pkt){.seq = S, .len = 1000, .at = SEC(1 + i)});
	c.next[SERVER] = S + 1000;
	comes(&w, &p[2], SEC(3.5));
	ack(&c, CLIENT, .at = SEC(3.51));
	uint64_t original = comes(&w, &p[0], SEC(3.52));
	uint64_t copy = comes(&w, &p[1], SEC(3.53));
	assert_findings(&w, original, FINDING(F_OUT_OF_ORDER));
	assert_true(has_finding(&w, copy, F_RETRANSMISSION));
	assert_false(has_finding(&w, copy, F_OUT_OF_ORDER));
	assert_int_equal(seg_at(&w, copy)->rexmit_of, original);
	watch_close(&w);
}

/* However many others came in between. */
static void
test_duplicate_ack_packet_comes_late(void **state)
{
	BEGIN(w, c);
	data(&c, SERVER, .len = 1000, .at = SEC(1));
	ack(&c, CLIENT);
	struct packet p = c.last;
	for (int i = 0; i < 30; i++) {
		data(&c, SERVER, .len = 1000);
		ack(&c, CLIENT);
	}
	p.ts = c.last.ts + US(100);
	p.frame = ++w.frame;
	watch_ingest(&w, &p);
	assert_findings(&w, p.frame, FINDING(F_DUPLICATE_PACKET));
	assert_int_equal(DETAIL(&c).f.half[CLIENT].duplicates, 1);
	watch_close(&w);
}

static void
test_sent_again_is_no_copy(void **state)
{
	BEGIN(w, c);
	data(&c, SERVER, .len = 1000, .at = SEC(1));
	uint64_t f = data(&c, SERVER, .seq = S, .len = 1000, .at = SEC(1.23));
	assert_false(has_finding(&w, f, F_DUPLICATE_PACKET));
	watch_close(&w);
}

static uint64_t
capture_duplicates(struct watch *w)
{
	struct totals t;

	engine_totals(w->e, &t);
	return t.capture_duplicates;
}

static void
test_captured_twice(void **state)
{
	BEGIN(w, c);
	data(&c, SERVER, .len = 1000, .at = SEC(1));
	uint64_t f = pair_copy(&c, US(15), 1); /* past a router */
	assert_findings(&w, f, FINDING(F_DUPLICATE_PACKET));
	assert_int_equal(capture_duplicates(&w), 1);
	assert_int_equal(DETAIL(&c).f.half[SERVER].bytes, 11000);
	assert_int_equal(DETAIL(&c).f.half[SERVER].duplicates, 0);
	watch_close(&w);
}

static void
test_captured_twice_without_ip_id(void **state)
{
	BEGIN(w, c);
	data(&c, SERVER, .len = 1000, .at = SEC(1));
	data(&c, SERVER, .seq = S, .len = 1000, .at = SEC(1.0001)); /* another IP ID */
	assert_int_equal(capture_duplicates(&w), 0);
	watch_close(&w);
}

/* Old bytes and new ones in one segment: counted byte by byte. */
static void
test_retransmission_that_extends(void **state)
{
	BEGIN(w, c);
	data(&c, CLIENT, .len = 100, .at = SEC(1));
	uint64_t g = data(&c, CLIENT, .seq = C, .len = 300, .at = SEC(1.23));
	assert_true(has_finding(&w, g, F_RETRANSMISSION));
	assert_int_equal(DETAIL(&c).f.half[CLIENT].unique_bytes, 5000 + 300);
	assert_int_equal(DETAIL(&c).f.half[CLIENT].retransmitted_bytes, 100);
	watch_close(&w);
}

/* The same times, but its IP ID is newer: lost before the capture point and sent again. */
static void
test_hole_filled_again_is_not_out_of_order(void **state)
{
	BEGIN(w, c);
	data(&c, SERVER, .len = 1000, .at = SEC(1), .unseen = true);
	for (int i = 1; i < 5; i++)
		data(&c, SERVER, .len = 1000, .at = SEC(1) + US(20) * i);
	for (int i = 1; i < 4; i++)
		ack(&c, CLIENT, .ack = S, .at = SEC(1) + US(100 + i),
		    .sack = {{S + 1000, S + 1000 + 1000 * i}});
	uint64_t g = data(&c, SERVER, .seq = S, .len = 1000, .at = SEC(1.021));
	ack(&c, CLIENT, .at = SEC(1.0211));
	assert_true(has_finding(&w, g, F_RETRANSMISSION));
	assert_false(has_finding(&w, g, F_OUT_OF_ORDER));
	assert_int_equal(seg_at(&w, g)->needed, NEEDED_YES);
	watch_close(&w);
}

/* MPTCP signals on ACKs that repeat numbers. */
static void
test_mptcp_is_no_duplicate_ack(void **state)
{
	struct watch w;
	struct pair c;

	watch_open(&w);
	pair_init(&c, &w, ISN(state));
	syn(&c, .mptcp = 1);
	synack(&c, .mptcp = 1, .at = MS(20));
	ack(&c, CLIENT, .mptcp = 1, .at = MS(20.05));
	data(&c, CLIENT, .len = 1000, .at = SEC(1));
	uint64_t f = ack(&c, SERVER, .ack = 1, .mptcp = 4, .at = SEC(1.001));
	assert_false(has_finding(&w, f, F_DUPLICATE_ACK));
	watch_close(&w);
}

static const struct CMUnitTest tests[] = {
	SEQ_TEST(test_mptcp_is_no_duplicate_ack),
	SEQ_TEST(test_out_of_order),
	SEQ_TEST(test_hole_filled_again_is_not_out_of_order),
	SEQ_TEST(test_retransmission_that_extends),
	SEQ_TEST(test_retransmission),
	SEQ_TEST(test_next_data_is_none),
	SEQ_TEST(test_retransmission_cut_otherwise),
	SEQ_TEST(test_fast_retransmission),
	SEQ_TEST(test_timeout_is_not_fast),
	SEQ_TEST(test_spurious_when_acked),
	SEQ_TEST(test_spurious_when_sacked),
	SEQ_TEST(test_spurious_by_late_proof),
	SEQ_TEST(test_needed_one_is_not_spurious),
	SEQ_TEST(test_never_out_of_order_at_the_sender),
	SEQ_TEST(test_lost_segment),
	SEQ_TEST(test_ack_lost_segment),
	SEQ_TEST(test_ack_of_all_is_no_ack_lost),
	SEQ_TEST(test_duplicate_ack),
	SEQ_TEST(test_duplicate_ack_with_other_window),
	SEQ_TEST(test_no_duplicate_ack_when_nothing_is_due),
	SEQ_TEST(test_data_is_no_duplicate_ack),
	SEQ_TEST(test_re_ack_of_data),
	SEQ_TEST(test_ordinary_sack_is_no_dsack),
	SEQ_TEST(test_zero_window),
	SEQ_TEST(test_small_window_is_not_zero),
	SEQ_TEST(test_zero_window_probe),
	SEQ_TEST(test_zero_window_probe_of_one_byte),
	SEQ_TEST(test_keep_alive),
	SEQ_TEST(test_keep_alive_with_one_byte),
	SEQ_TEST(test_plain_ack_is_no_keep_alive),
	SEQ_TEST(test_window_full),
	SEQ_TEST(test_window_nearly_full),
	SEQ_TEST(test_window_update),
	SEQ_TEST(test_ack_with_other_window_is_no_update),
	SEQ_TEST(test_windows_scaled_after_the_handshake),
	SEQ_TEST(test_duplicate_packet),
	SEQ_TEST(test_duplicate_ack_packet_comes_late),
	SEQ_TEST(test_original_overtaken_by_two_copies),
	SEQ_TEST(test_sent_again_is_no_copy),
	SEQ_TEST(test_captured_twice),
	SEQ_TEST(test_captured_twice_without_ip_id),
};

UNIT_MAIN(tests)
