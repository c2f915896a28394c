/* SPDX-License-Identifier: MIT */
/*
 * test_states: each end's RFC 9293 state at every segment, resets that count and resets that do
 * not, which connection a segment belongs to, how connections end. Written from the standards;
 * every sequence runs at low sequence numbers and across 2^32.
 * Not here: states against time alone (test_timers), words of verdicts (test_verdicts).
 */
#include <string.h>

#include "pkt.h"

/* Captured at the client: what passes has reached it; the server's receipts are known only from
 * what it acknowledges. */
#define BEGIN(w, c)                                                                                \
	struct watch w;                                                                            \
	struct pair c;                                                                             \
	watch_open(&w);                                                                            \
	pair_init(&c, &w, ISN(state))

#define DETAIL(c) pair_detail(c, (c)->w->now - PKT_EPOCH)

static uint64_t
connections(struct watch *w)
{
	struct totals t;

	engine_totals(w->e, &t);
	return t.connections;
}

static void
handshake(struct pair *c, nsec at)
{
	syn(c, .at = at);
	synack(c, .at = at + MS(20));
	ack(c, CLIENT, .at = at + MS(20.05));
}

/* ---- opening ---- */

static void
test_three_way(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	assert_int_equal(DETAIL(&c).f.half[CLIENT].state, TCP_SYN_SENT);
	assert_conn(&c, CONN_SYN_SENT);
	synack(&c, .at = MS(20));
	assert_states(&c, TCP_SYN_SENT, TCP_SYN_RECV);
	assert_conn(&c, CONN_SYN_RECV);
	ack(&c, CLIENT, .at = MS(21));
	assert_states(&c, TCP_ESTAB, TCP_ESTAB);
	assert_conn(&c, CONN_ESTAB);
	struct conn_detail d = DETAIL(&c);
	assert_false(d.f.roles_guessed);
	assert_int_equal(d.f.syn_to_synack, MS(20));
	assert_int_equal(d.f.synack_to_ack, MS(1));
	assert_int_equal(d.f.completeness, COMPLETE_SYN | COMPLETE_SYN_ACK | COMPLETE_ACK);
	assert_int_equal(d.f.half[CLIENT].isn, c.isn[CLIENT]);
	watch_close(&w);
}

static void
test_syn_ack_repeated_after_ack(void **state)
{
	BEGIN(w, c);
	handshake(&c, MS(0));
	assert_states(&c, TCP_ESTAB, TCP_ESTAB);
	synack(&c, .at = SEC(1.02));
	assert_states(&c, TCP_ESTAB, TCP_SYN_RECV);
	uint64_t f = ack(&c, CLIENT, .seq = 1, .ack = 1);
	assert_true(has_finding(&w, f, F_RE_ACK));
	assert_false(has_finding(&w, f, F_DUPLICATE_ACK));
	watch_close(&w);
}

static void
test_simultaneous_open(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	tcp(&c, SERVER, TH_SYN, .at = MS(1));
	assert_states(&c, TCP_SYN_SENT, TCP_SYN_SENT);
	uint64_t f = tcp(&c, CLIENT, TH_SYN | TH_ACK, .at = MS(11));
	assert_int_equal(DETAIL(&c).f.half[CLIENT].state, TCP_SYN_RECV);
	uint64_t g = synack(&c, .at = MS(12));
	assert_int_equal(DETAIL(&c).f.half[CLIENT].state, TCP_ESTAB);
	assert_false(has_finding(&w, f, F_RETRANSMISSION));
	assert_false(has_finding(&w, g, F_RETRANSMISSION));
	data(&c, CLIENT, .len = 10, .at = MS(30));
	ack(&c, SERVER, .at = MS(50));
	assert_states(&c, TCP_ESTAB, TCP_ESTAB);
	assert_int_equal(connections(&w), 1);
	watch_close(&w);
}

static void
test_split_handshake(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	tcp(&c, SERVER, TH_SYN, .at = MS(10));
	uint64_t f = tcp(&c, CLIENT, TH_SYN | TH_ACK, .at = MS(11));
	ack(&c, SERVER, .at = MS(21));
	assert_states(&c, TCP_ESTAB, TCP_ESTAB);
	assert_false(has_finding(&w, f, F_RETRANSMISSION));
	assert_int_equal(DETAIL(&c).f.end[CLIENT].port, 40000);
	assert_false(DETAIL(&c).f.roles_guessed);
	watch_close(&w);
}

static void
test_fast_open_accepted(void **state)
{
	BEGIN(w, c);
	syn(&c, .len = 100, .tfo = 9, .at = MS(0));
	synack(&c, .ack = 101, .at = MS(20));
	uint64_t f = ack(&c, CLIENT, .at = MS(21));
	assert_states(&c, TCP_ESTAB, TCP_ESTAB);
	assert_findings(&w, f, 0);
	assert_int_equal(DETAIL(&c).f.half[CLIENT].unique_bytes, 100);
	assert_int_equal(DETAIL(&c).f.half[CLIENT].retransmissions, 0);
	watch_close(&w);
}

static void
test_fast_open_refused(void **state)
{
	BEGIN(w, c);
	syn(&c, .len = 100, .tfo = 9, .at = MS(0));
	synack(&c, .ack = 1, .at = MS(20));
	uint64_t f = data(&c, CLIENT, .seq = 1, .len = 100, .at = MS(20.1));
	assert_states(&c, TCP_ESTAB, TCP_ESTAB);
	assert_int_equal(seg_at(&w, f)->cause, CAUSE_TFO);
	assert_int_equal(DETAIL(&c).f.half[CLIENT].by_cause[CAUSE_TFO], 1);
	assert_int_equal(DETAIL(&c).f.half[CLIENT].unique_bytes, 100);
	watch_close(&w);
}

static void
test_midstream(void **state)
{
	BEGIN(w, c);
	c.next[CLIENT] = c.next[SERVER] = 5000;
	c.end[CLIENT].port = 80; /* so that it is the other that looks like a client */
	c.end[SERVER].port = 45000;
	uint64_t f = data(&c, CLIENT, .len = 100, .at = MS(0));
	ack(&c, SERVER, .at = MS(20));
	struct conn_detail d = DETAIL(&c);
	assert_true(d.f.roles_guessed);
	assert_int_equal(d.f.end[SERVER].port, 80);
	assert_int_equal(d.f.state, CONN_MIDSTREAM);
	assert_int_equal(d.f.half[CLIENT].wscale, -2);
	assert_int_equal(seg_at(&w, f)->seq, 1);
	assert_int_equal(seg_at(&w, f)->ack, 1);
	assert_true(seg_at(&w, f)->window_unscaled);
	watch_close(&w);
}

/* A repeated SYN-ACK tells who is who after all. */
static void
test_roles_told_later(void **state)
{
	BEGIN(w, c);
	c.end[CLIENT].port = 80;
	c.end[SERVER].port = 45000;
	tcp(&c, SERVER, TH_SYN | TH_ACK, .ack = 1, .at = MS(0));
	struct conn_detail d = DETAIL(&c);
	assert_int_equal(d.f.end[SERVER].port, 45000);
	assert_false(d.f.roles_guessed);
	watch_close(&w);
}

/* What was recorded of an end goes with it. */
static void
test_roles_told_after_icmp(void **state)
{
	BEGIN(w, c);
	c.end[CLIENT].port = 80;
	c.end[SERVER].port = 45000;
	data(&c, CLIENT, .len = 100, .at = MS(0));
	pair_icmp(&c, MS(5), 7, 3, 1, 0);
	struct conn_detail d = DETAIL(&c);
	assert_int_equal(d.icmp[0].from, SERVER);
	tcp(&c, SERVER, TH_SYN | TH_ACK, .ack = 1, .at = MS(10));
	d = DETAIL(&c);
	assert_int_equal(d.f.end[SERVER].port, 45000);
	assert_int_equal(d.icmp[0].from, CLIENT);
	watch_close(&w);
}

/* ---- closing ---- */

static void
test_close_in_four(void **state)
{
	BEGIN(w, c);
	handshake(&c, MS(0));
	fin(&c, CLIENT, .at = MS(100));
	assert_int_equal(DETAIL(&c).f.half[CLIENT].state, TCP_FIN_WAIT_1);
	ack(&c, SERVER, .at = MS(120));
	assert_states(&c, TCP_FIN_WAIT_2, TCP_CLOSE_WAIT);
	data(&c, SERVER, .len = 500, .at = MS(500));
	assert_states(&c, TCP_FIN_WAIT_2, TCP_CLOSE_WAIT);
	ack(&c, CLIENT, .at = MS(501));
	fin(&c, SERVER, .at = MS(600));
	assert_states(&c, TCP_TIME_WAIT, TCP_LAST_ACK);
	ack(&c, CLIENT, .at = MS(601));
	assert_states(&c, TCP_TIME_WAIT, TCP_CLOSED);
	assert_conn(&c, CONN_TIME_WAIT);
	assert_int_equal(DETAIL(&c).f.end_cause, END_CLOSED);
	assert_int_equal(DETAIL(&c).f.ended_by, CLIENT);
	watch_close(&w);
}

/* The server closes first: that the client's FIN reached it is known from its ACK only. */
static void
test_close_by_server(void **state)
{
	BEGIN(w, c);
	handshake(&c, MS(0));
	fin(&c, SERVER, .at = MS(100));
	ack(&c, CLIENT, .at = MS(101));
	assert_states(&c, TCP_CLOSE_WAIT, TCP_FIN_WAIT_2);
	fin(&c, CLIENT, .at = MS(600));
	assert_states(&c, TCP_LAST_ACK, TCP_FIN_WAIT_2);
	ack(&c, SERVER, .at = MS(620));
	assert_states(&c, TCP_CLOSED, TCP_TIME_WAIT);
	watch_close(&w);
}

static void
test_close_in_three(void **state)
{
	BEGIN(w, c);
	handshake(&c, MS(0));
	fin(&c, SERVER, .at = MS(100));
	fin(&c, CLIENT, .at = MS(101));
	assert_states(&c, TCP_LAST_ACK, TCP_FIN_WAIT_2);
	ack(&c, SERVER, .at = MS(120));
	assert_states(&c, TCP_CLOSED, TCP_TIME_WAIT);
	assert_int_equal(DETAIL(&c).f.ended_by, SERVER);
	watch_close(&w);
}

static void
test_close_at_once(void **state)
{
	BEGIN(w, c);
	handshake(&c, MS(0));
	fin(&c, CLIENT, .at = MS(100));
	fin(&c, SERVER, .ack = 1, .at = MS(105));
	assert_states(&c, TCP_CLOSING, TCP_FIN_WAIT_1);
	ack(&c, CLIENT, .at = MS(106));
	assert_int_equal(DETAIL(&c).f.half[CLIENT].state, TCP_CLOSING);
	ack(&c, SERVER, .at = MS(120));
	assert_states(&c, TCP_TIME_WAIT, TCP_TIME_WAIT);
	watch_close(&w);
}

static void
test_fin_again_in_time_wait(void **state)
{
	BEGIN(w, c);
	handshake(&c, MS(0));
	fin(&c, CLIENT, .at = MS(100));
	fin(&c, SERVER, .at = MS(120));
	ack(&c, CLIENT, .at = MS(121));
	assert_states(&c, TCP_TIME_WAIT, TCP_CLOSED);
	uint64_t f = fin(&c, SERVER, .seq = 1, .at = MS(350));
	ack(&c, CLIENT, .at = MS(351));
	assert_true(has_finding(&w, f, F_RETRANSMISSION));
	assert_int_equal(seg_at(&w, f)->cause, CAUSE_FIN);
	assert_int_equal(DETAIL(&c).f.half[CLIENT].state, TCP_TIME_WAIT);
	assert_int_equal(connections(&w), 1);
	watch_close(&w);
}

static void
test_half_closed(void **state)
{
	BEGIN(w, c);
	handshake(&c, MS(0));
	fin(&c, CLIENT, .at = MS(100));
	ack(&c, SERVER, .at = MS(120));
	watch_until(&w, SEC(20));
	assert_states(&c, TCP_FIN_WAIT_2, TCP_CLOSE_WAIT);
	assert_int_equal(DETAIL(&c).f.end_cause, END_OPEN);
	watch_close(&w);
}

/* A FIN without ACK is no segment of an established connection. */
static void
test_bare_fin_means_nothing(void **state)
{
	BEGIN(w, c);
	handshake(&c, MS(0));
	tcp(&c, CLIENT, TH_FIN, .seq = 1, .at = MS(100));
	assert_states(&c, TCP_ESTAB, TCP_ESTAB);
	assert_int_equal(DETAIL(&c).f.completeness & COMPLETE_FIN, 0);
	watch_close(&w);
}

/* ---- resets ---- */

static void
test_refused(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	rst_ack(&c, SERVER, .seq = SEQ_ISN, .win = WIN_ZERO, .at = MS(0.02));
	struct conn_detail d = DETAIL(&c);
	assert_conn(&c, CONN_REFUSED);
	assert_states(&c, TCP_CLOSED, TCP_CLOSED);
	assert_int_equal(d.f.end_cause, END_REFUSED);
	assert_int_equal(d.f.ended_by, SERVER);
	assert_int_equal(d.f.completeness, COMPLETE_SYN | COMPLETE_RST);
	watch_close(&w);
}

/* A reset in SYN-SENT counts only if it acknowledges the SYN. */
static void
test_reset_of_another_syn(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	rst_ack(&c, SERVER, .seq = SEQ_ISN, .ack = 77, .at = MS(10));
	assert_int_equal(DETAIL(&c).f.half[CLIENT].state, TCP_SYN_SENT);
	rst(&c, SERVER, .seq = SEQ_ISN, .at = MS(11));
	assert_int_equal(DETAIL(&c).f.half[CLIENT].state, TCP_SYN_SENT);
	assert_int_equal(DETAIL(&c).f.end_cause, END_OPEN);
	watch_close(&w);
}

static void
test_reset_exact(void **state)
{
	BEGIN(w, c);
	handshake(&c, MS(0));
	data(&c, CLIENT, .len = 100, .at = MS(50));
	ack(&c, SERVER, .at = MS(70));
	rst_ack(&c, SERVER, .at = MS(100));
	assert_states(&c, TCP_CLOSED, TCP_CLOSED);
	assert_conn(&c, CONN_RESET);
	assert_int_equal(DETAIL(&c).f.end_cause, END_RESET);
	assert_int_equal(DETAIL(&c).f.ended_by, SERVER);
	watch_close(&w);
}

static void
test_reset_not_exact(void **state)
{
	BEGIN(w, c);
	handshake(&c, MS(0));
	data(&c, SERVER, .len = 100, .at = MS(50));
	ack(&c, CLIENT, .at = MS(51));
	rst(&c, SERVER, .seq = 1001, .at = MS(100)); /* in the window, not RCV.NXT */
	assert_states(&c, TCP_ESTAB, TCP_ESTAB);
	uint64_t f = ack(&c, CLIENT, .ack = 101, .at = MS(101));
	assert_true(has_finding(&w, f, F_CHALLENGE_ACK));
	data(&c, SERVER, .seq = 101, .len = 100, .at = MS(140));
	ack(&c, CLIENT, .at = MS(141));
	assert_states(&c, TCP_ESTAB, TCP_ESTAB);
	assert_int_equal(DETAIL(&c).f.end_cause, END_OPEN);
	watch_close(&w);
}

static void
test_reset_outside_window(void **state)
{
	BEGIN(w, c);
	handshake(&c, MS(0));
	rst(&c, SERVER, .seq = 900000000, .at = MS(100));
	rst(&c, SERVER, .seq = -5000, .at = MS(101));
	assert_states(&c, TCP_ESTAB, TCP_ESTAB);
	watch_close(&w);
}

static void
test_reset_at_sack_edge(void **state)
{
	BEGIN(w, c);
	handshake(&c, MS(0));
	data(&c, SERVER, .len = 1000, .at = MS(50), .unseen = true);
	data(&c, SERVER, .len = 1000, .at = MS(50.1));
	ack(&c, CLIENT, .ack = 1, .sack = {{1001, 2001}}, .at = MS(50.2));
	rst(&c, SERVER, .seq = 2001, .at = MS(100));
	assert_states(&c, TCP_CLOSED, TCP_CLOSED);
	watch_close(&w);
}

static void
test_reset_after_fin(void **state)
{
	BEGIN(w, c);
	handshake(&c, MS(0));
	fin(&c, SERVER, .at = MS(100));
	ack(&c, CLIENT, .at = MS(101));
	rst(&c, SERVER, .seq = 1, .at = MS(120)); /* RCV.NXT - 1 */
	assert_int_equal(DETAIL(&c).f.half[CLIENT].state, TCP_CLOSED);
	watch_close(&w);
}

static void
test_reset_after_close_is_graceful(void **state)
{
	BEGIN(w, c);
	handshake(&c, MS(0));
	fin(&c, CLIENT, .at = MS(100));
	fin(&c, SERVER, .at = MS(120));
	ack(&c, CLIENT, .at = MS(121));
	rst(&c, CLIENT, .at = MS(122));
	assert_int_equal(DETAIL(&c).f.end_cause, END_CLOSED);
	watch_close(&w);
}

static void
test_rejected(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	pair_icmp(&c, MS(5), 7, 3, 13, 0);
	assert_conn(&c, CONN_REJECTED);
	assert_int_equal(DETAIL(&c).f.end_cause, END_REJECTED);
	watch_close(&w);
}

/* ICMP errors do not end an established connection (RFC 5927). */
static void
test_icmp_is_soft_when_established(void **state)
{
	BEGIN(w, c);
	handshake(&c, MS(0));
	data(&c, CLIENT, .len = 100, .at = MS(50));
	pair_icmp(&c, MS(60), 7, 3, 1, 0);
	assert_states(&c, TCP_ESTAB, TCP_ESTAB);
	watch_close(&w);
}

/* ---- which connection ---- */

static void
test_syn_again_is_the_same(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	uint64_t f = syn(&c, .at = SEC(1.01));
	assert_true(has_finding(&w, f, F_RETRANSMISSION));
	assert_int_equal(seg_at(&w, f)->cause, CAUSE_SYN);
	assert_int_equal(connections(&w), 1);
	watch_close(&w);
}

static void
test_syn_after_reset_is_the_same(void **state)
{
	BEGIN(w, c);
	for (int i = 0; i < 3; i++) { /* as Windows insists */
		syn(&c, .at = MS(500 * i));
		rst_ack(&c, SERVER, .seq = SEQ_ISN, .at = MS(500 * i + 1));
	}
	assert_int_equal(connections(&w), 1);
	assert_conn(&c, CONN_REFUSED);
	watch_close(&w);
}

static void
close_gracefully(struct pair *c, nsec at)
{
	handshake(c, at);
	fin(c, CLIENT, .at = at + MS(100));
	fin(c, SERVER, .at = at + MS(120));
	ack(c, CLIENT, .at = at + MS(121));
}

static void
test_ports_reused(void **state)
{
	BEGIN(w, c);
	close_gracefully(&c, MS(0));
	pair_anew(&c, 100000);
	uint64_t f = syn(&c, .at = SEC(2));
	assert_true(has_finding(&w, f, F_REUSED_PORTS));
	assert_int_equal(connections(&w), 2);
	assert_conn(&c, CONN_SYN_SENT);
	watch_close(&w);
}

static void
test_late_syn_is_no_reuse(void **state)
{
	BEGIN(w, c);
	close_gracefully(&c, MS(0));
	uint64_t f = syn(&c, .tsval = c.ts_base[CLIENT], .at = SEC(1));
	assert_false(has_finding(&w, f, F_REUSED_PORTS));
	assert_int_equal(connections(&w), 1);
	watch_close(&w);
}

static void
test_other_ports_are_no_reuse(void **state)
{
	BEGIN(w, c);
	close_gracefully(&c, MS(0));
	pair_anew(&c, 100000);
	c.end[CLIENT].port++;
	uint64_t f = syn(&c, .at = SEC(2));
	assert_false(has_finding(&w, f, F_REUSED_PORTS));
	watch_close(&w);
}

static void
test_server_isn_replaced(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	synack(&c, .at = MS(20));
	c.isn[SERVER] += 77777; /* a SYN cookie made anew */
	c.next[SERVER] = 0;
	synack(&c, .at = SEC(1.02));
	ack(&c, CLIENT, .at = SEC(1.021));
	assert_int_equal(connections(&w), 1);
	assert_states(&c, TCP_ESTAB, TCP_ESTAB);
	assert_int_equal(DETAIL(&c).f.half[SERVER].isn, c.isn[SERVER]);
	watch_close(&w);
}

static void
test_midstream_after_long_silence(void **state)
{
	BEGIN(w, c);
	handshake(&c, MS(0));
	data(&c, CLIENT, .len = 100, .at = MS(50));
	ack(&c, SERVER, .at = MS(70));
	pair_anew(&c, 0x60000000);
	c.next[CLIENT] = c.next[SERVER] = 1;
	data(&c, CLIENT, .len = 100, .at = SEC(400));
	assert_int_equal(connections(&w), 2);
	assert_conn(&c, CONN_MIDSTREAM);
	watch_close(&w);
}

static void
test_long_silence_alone_is_no_new_one(void **state)
{
	BEGIN(w, c);
	handshake(&c, MS(0));
	data(&c, CLIENT, .len = 100, .at = MS(50));
	ack(&c, SERVER, .at = MS(70));
	data(&c, CLIENT, .len = 100, .at = SEC(400));
	assert_int_equal(connections(&w), 1);
	assert_conn(&c, CONN_ESTAB);
	watch_close(&w);
}

static void
test_vlans_apart_only_where_proven(void **state)
{
	BEGIN(w, c);
	handshake(&c, MS(0));
	data(&c, CLIENT, .len = 100, .at = MS(50));
	struct packet p = c.last; /* the same packet, seen again past a router, tagged */
	p.scope = 77;
	p.vlan = 5;
	p.ttl--;
	p.ts += US(30);
	p.frame = ++w.frame;
	watch_ingest(&w, &p);
	assert_int_equal(connections(&w), 1);
	assert_true(has_finding(&w, p.frame, F_DUPLICATE_PACKET));
	watch_close(&w);
}

/* From its SYN on, a connection that is captured before and after a router is one. */
static void
test_routed_between_vlans(void **state)
{
	BEGIN(w, c);
	syn(&c, .at = MS(0));
	struct packet p = c.last;
	p.scope = 77;
	p.vlan = 5;
	p.ttl--;
	p.ts += US(30);
	p.frame = ++w.frame;
	watch_ingest(&w, &p);
	assert_int_equal(connections(&w), 1);
	assert_true(has_finding(&w, p.frame, F_DUPLICATE_PACKET));
	p.seq += 77777; /* another SYN there is another connection */
	p.digest++;
	p.ip_id++;
	p.frame = ++w.frame;
	watch_ingest(&w, &p);
	assert_int_equal(connections(&w), 2);
	watch_close(&w);
}

static void
test_socket_connected_to_itself(void **state)
{
	BEGIN(w, c);
	c.end[SERVER] = c.end[CLIENT];
	syn(&c, .at = MS(0));
	c.isn[SERVER] = c.isn[CLIENT];
	c.next[SERVER] = 1;
	tcp(&c, CLIENT, TH_SYN | TH_ACK, .seq = SEQ_ISN, .ack = 1, .at = MS(0.02));
	assert_int_equal(connections(&w), 1);
	watch_close(&w);
}

/* The client forgot the connection and opens it anew: challenge ACK, reset, the SYN again. */
static void
test_half_open_found_by_syn(void **state)
{
	BEGIN(w, c);
	handshake(&c, MS(0));
	data(&c, CLIENT, .len = 100, .at = MS(50));
	ack(&c, SERVER, .at = MS(70));
	struct pair old = c;
	pair_anew(&c, 5000000);
	syn(&c, .at = SEC(10));
	uint64_t f = ack(&old, SERVER, .at = SEC(10.02)); /* of the old connection */
	assert_true(has_finding(&w, f, F_CHALLENGE_ACK));
	assert_int_equal(seg_at(&w, f)->ack, 101);
	rst(&old, CLIENT, .seq = 101, .at = SEC(10.021));
	uint64_t g = syn(&c, .at = SEC(10.033));
	synack(&c, .at = SEC(10.053));
	ack(&c, CLIENT, .at = SEC(10.054));
	assert_int_equal(connections(&w), 2);
	assert_states(&c, TCP_ESTAB, TCP_ESTAB);
	assert_int_equal(seg_at(&w, g)->seq, 0);
	watch_close(&w);
}

/* Two capture queues swapped the second and the third packet: the handshake is known anyway. */
static void
test_handshake_out_of_order(void **state)
{
	struct watch w;
	struct pair c;

	watch_open(&w);
	pair_init(&c, &w, ISN(state));
	syn(&c, .at = MS(0));
	ack(&c, CLIENT, .at = MS(20.1));
	synack(&c, .at = MS(20.2));
	data(&c, CLIENT, .len = 10, .at = MS(21));
	struct conn_detail d = pair_detail(&c, MS(22));
	assert_int_equal(d.f.state, CONN_ESTAB);
	assert_int_equal(d.f.synack_to_ack, MS(0.8));
	watch_close(&w);
}

static const struct CMUnitTest tests[] = {
	SEQ_TEST(test_handshake_out_of_order),
	SEQ_TEST(test_half_open_found_by_syn),
	SEQ_TEST(test_three_way),
	SEQ_TEST(test_syn_ack_repeated_after_ack),
	SEQ_TEST(test_simultaneous_open),
	SEQ_TEST(test_split_handshake),
	SEQ_TEST(test_fast_open_accepted),
	SEQ_TEST(test_fast_open_refused),
	SEQ_TEST(test_midstream),
	SEQ_TEST(test_roles_told_later),
	SEQ_TEST(test_roles_told_after_icmp),
	SEQ_TEST(test_close_in_four),
	SEQ_TEST(test_close_by_server),
	SEQ_TEST(test_close_in_three),
	SEQ_TEST(test_close_at_once),
	SEQ_TEST(test_fin_again_in_time_wait),
	SEQ_TEST(test_half_closed),
	SEQ_TEST(test_bare_fin_means_nothing),
	SEQ_TEST(test_refused),
	SEQ_TEST(test_reset_of_another_syn),
	SEQ_TEST(test_reset_exact),
	SEQ_TEST(test_reset_not_exact),
	SEQ_TEST(test_reset_outside_window),
	SEQ_TEST(test_reset_at_sack_edge),
	SEQ_TEST(test_reset_after_fin),
	SEQ_TEST(test_reset_after_close_is_graceful),
	SEQ_TEST(test_rejected),
	SEQ_TEST(test_icmp_is_soft_when_established),
	SEQ_TEST(test_syn_again_is_the_same),
	SEQ_TEST(test_syn_after_reset_is_the_same),
	SEQ_TEST(test_ports_reused),
	SEQ_TEST(test_late_syn_is_no_reuse),
	SEQ_TEST(test_other_ports_are_no_reuse),
	SEQ_TEST(test_server_isn_replaced),
	SEQ_TEST(test_midstream_after_long_silence),
	SEQ_TEST(test_long_silence_alone_is_no_new_one),
	SEQ_TEST(test_vlans_apart_only_where_proven),
	SEQ_TEST(test_routed_between_vlans),
	SEQ_TEST(test_socket_connected_to_itself),
};

UNIT_MAIN(tests)
