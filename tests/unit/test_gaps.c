/* SPDX-License-Identifier: MIT */
/*
 * test_gaps: a connection is tracked on after the capture missed a part of it: data, either
 * direction, the beginning or segments of the handshake; and what belongs to no gap stays ignored.
 * Every case runs with and without time stamps, over IPv4 and IPv6, at low sequence numbers and
 * across 2^32.
 */
#include "pkt.h"

#define DETAIL(c) pair_detail(c, (c)->w->now - PKT_EPOCH)
#define LOST(f)	  FINDING(F_##f)

struct variant {
	bool ts;
	uint8_t ip_version;
};

static const struct variant variants[] = {{true, 4}, {false, 4}, {true, 6}, {false, 6}};

static void
begin(struct watch *w, struct pair *c, void **state, const struct variant *v)
{
	watch_open(w);
	pair_init(c, w, ISN(state));
	c->ts = v->ts;
	c->ip_version = v->ip_version;
}

#define EACH_VARIANT(w, c)                                                                         \
	struct watch w;                                                                            \
	struct pair c;                                                                             \
	for (size_t v_ = 0; v_ < ARRAY_LEN(variants) && (begin(&w, &c, state, &variants[v_]), 1);  \
	     watch_close(&w), v_++)

/* `bytes` of data and its acknowledgements pass uncaptured. */
static void
miss(struct pair *c, enum side from, uint32_t bytes)
{
	for (uint32_t sent = 0; sent < bytes; sent += 1000) {
		data(c, from, .len = bytes - sent < 1000 ? bytes - sent : 1000, .unseen = true);
		ack(c, !from, .unseen = true);
	}
}

static void
close_by_client(struct pair *c, nsec at)
{
	fin(c, CLIENT, .at = at);
	fin(c, SERVER, .at = at + MS(10));
	ack(c, CLIENT);
}

/* ---- gaps wider than the window ---- */

static void
test_data_missed(void **state)
{
	for (int from = CLIENT; from <= SERVER; from++) {
		EACH_VARIANT(w, c)
		{
			pair_handshake(&c, MS(0), MS(10));
			data(&c, CLIENT, .len = 1000, .at = MS(20));
			data(&c, SERVER, .len = 1000, .at = MS(30));
			ack(&c, CLIENT);
			miss(&c, from, 300000);
			uint64_t f = data(&c, from, .len = 1000, .at = SEC(1));
			uint64_t g = ack(&c, !from, .at = SEC(1.01));
			uint64_t h = data(&c, from, .len = 1000, .at = SEC(1.02));
			uint64_t i = ack(&c, !from, .at = SEC(1.03));
			assert_findings(&w, f, LOST(LOST_SEGMENT));
			assert_findings(&w, g, 0);
			assert_findings(&w, h, 0);
			assert_findings(&w, i, 0);
			close_by_client(&c, SEC(1.1));
			assert_states(&c, TCP_TIME_WAIT, TCP_CLOSED);
			struct conn_detail d = DETAIL(&c);
			assert_int_equal(d.f.half[from].bytes, 3000);
			assert_int_equal(d.f.half[from].retransmissions, 0);
			assert_int_equal(d.f.end_cause, END_CLOSED);
			assert_non_null(verdict_of(&d, V_CAPTURE_LOSS));
			assert_null(verdict_of(&d, V_LOSS));
		}
	}
}

static void
test_data_missed_and_an_ack_first(void **state)
{
	EACH_VARIANT(w, c)
	{
		pair_handshake(&c, MS(0), MS(10));
		data(&c, SERVER, .len = 1000, .at = MS(30));
		ack(&c, CLIENT);
		miss(&c, SERVER, 300000);
		uint64_t f = ack(&c, CLIENT, .at = SEC(1));
		uint64_t g = data(&c, SERVER, .len = 1000, .at = SEC(1.01));
		uint64_t h = ack(&c, CLIENT);
		assert_findings(&w, f, LOST(ACK_LOST_SEGMENT));
		assert_findings(&w, g, 0);
		assert_findings(&w, h, 0);
		close_by_client(&c, SEC(1.1));
		assert_states(&c, TCP_TIME_WAIT, TCP_CLOSED);
		assert_int_equal(DETAIL(&c).f.half[SERVER].bytes, 2000);
	}
}

static void
test_both_directions_missed(void **state)
{
	EACH_VARIANT(w, c)
	{
		pair_handshake(&c, MS(0), MS(10));
		data(&c, CLIENT, .len = 1000, .at = MS(20));
		ack(&c, SERVER, .at = MS(30));
		miss(&c, CLIENT, 5000000);
		miss(&c, SERVER, 900000);
		uint64_t f = data(&c, CLIENT, .len = 100, .at = SEC(40));
		uint64_t g = data(&c, SERVER, .len = 100, .at = SEC(40.01));
		assert_findings(&w, f, LOST(LOST_SEGMENT) | LOST(ACK_LOST_SEGMENT));
		assert_findings(&w, g, 0);
		close_by_client(&c, SEC(41));
		assert_states(&c, TCP_TIME_WAIT, TCP_CLOSED);
	}
}

/* Without the handshake the window's scale is unknown: small gaps are wide already. */
static void
test_data_missed_in_mid_stream(void **state)
{
	EACH_VARIANT(w, c)
	{
		c.next[CLIENT] = c.next[SERVER] = 1;
		data(&c, CLIENT, .len = 1000, .at = MS(20));
		data(&c, SERVER, .len = 1000, .at = MS(30));
		ack(&c, CLIENT);
		miss(&c, CLIENT, 70000);
		uint64_t f = data(&c, CLIENT, .len = 1000, .at = SEC(1));
		uint64_t g = ack(&c, SERVER, .at = SEC(1.01));
		assert_findings(&w, f, LOST(LOST_SEGMENT));
		assert_findings(&w, g, 0);
		close_by_client(&c, SEC(1.1));
		assert_states(&c, TCP_TIME_WAIT, TCP_CLOSED);
	}
}

/* More than 2^31 bytes missed look as if they lay behind; the time stamps tell. */
static void
test_two_gigabytes_missed(void **state)
{
	struct watch w;
	struct pair c;

	begin(&w, &c, state, &variants[0]);
	pair_handshake(&c, MS(0), MS(10));
	data(&c, CLIENT, .len = 1000, .at = MS(20));
	ack(&c, SERVER, .at = MS(30));
	c.next[CLIENT] += INT64_C(3000000000);
	uint64_t f = data(&c, CLIENT, .len = 1000, .at = SEC(30));
	uint64_t g = ack(&c, SERVER, .at = SEC(30.01));
	uint64_t h = data(&c, CLIENT, .len = 1000, .at = SEC(30.02));
	assert_findings(&w, f, LOST(LOST_SEGMENT));
	assert_findings(&w, g, 0);
	assert_findings(&w, h, 0);
	assert_int_equal(seg_at(&w, h)->seq, INT64_C(3000000000) + 2001);
	watch_close(&w);
}

/* Without the sender's time stamps it is none of its segments. */
static void
test_far_ahead_without_time_stamps(void **state)
{
	struct watch w;
	struct pair c;

	begin(&w, &c, state, &variants[0]);
	pair_handshake(&c, MS(0), MS(10));
	data(&c, CLIENT, .len = 1000, .at = MS(20));
	ack(&c, SERVER, .at = MS(30));
	int64_t next = c.next[CLIENT];
	uint64_t f = data(&c, CLIENT, .seq = 400000000, .len = 1000, .no_ts = true, .at = SEC(1));
	c.next[CLIENT] = next;
	uint64_t g = ack(&c, SERVER, .at = SEC(1.01));
	assert_findings(&w, f, 0);
	assert_findings(&w, g, LOST(CHALLENGE_ACK));
	uint64_t h = data(&c, CLIENT, .len = 1000, .at = SEC(2));
	assert_findings(&w, h, 0);
	struct conn_detail d = DETAIL(&c);
	assert_null(verdict_of(&d, V_CAPTURE_LOSS));
	watch_close(&w);
}

/* Nothing speaks against the segment but that its receiver refuses it. */
static void
test_far_ahead_and_refused(void **state)
{
	EACH_VARIANT(w, c)
	{
		pair_handshake(&c, MS(0), MS(10));
		data(&c, CLIENT, .len = 1000, .at = MS(20));
		ack(&c, SERVER, .at = MS(30));
		int64_t next = c.next[CLIENT];
		uint64_t f = data(&c, CLIENT, .seq = 400000000, .len = 1000, .at = SEC(1));
		c.next[CLIENT] = next;
		uint64_t g = ack(&c, SERVER, .at = SEC(1.01));
		assert_findings(&w, f, 0);
		assert_findings(&w, g, LOST(CHALLENGE_ACK));
		uint64_t h = data(&c, CLIENT, .len = 1000, .at = SEC(2));
		uint64_t i = ack(&c, SERVER, .at = SEC(2.01));
		assert_findings(&w, h, 0);
		assert_findings(&w, i, 0);
		assert_int_equal(seg_at(&w, h)->seq, 1001);
		struct conn_detail d = DETAIL(&c);
		assert_null(verdict_of(&d, V_CAPTURE_LOSS));
		close_by_client(&c, SEC(3));
		assert_states(&c, TCP_TIME_WAIT, TCP_CLOSED);
	}
}

/* The sender goes on where it was before anybody has answered. */
static void
test_far_ahead_and_not_followed(void **state)
{
	EACH_VARIANT(w, c)
	{
		pair_handshake(&c, MS(0), MS(10));
		data(&c, CLIENT, .len = 1000, .at = MS(20));
		ack(&c, SERVER, .at = MS(30));
		int64_t next = c.next[SERVER];
		uint64_t f = ack(&c, CLIENT, .ack = 500000000, .at = SEC(1));
		c.next[SERVER] = next;
		uint64_t g = data(&c, SERVER, .len = 500, .at = SEC(2));
		uint64_t h = ack(&c, CLIENT);
		assert_findings(&w, f, 0);
		assert_findings(&w, g, 0);
		assert_findings(&w, h, 0);
		assert_int_equal(seg_at(&w, g)->seq, 1);
		struct conn_detail d = DETAIL(&c);
		assert_null(verdict_of(&d, V_CAPTURE_LOSS));
	}
}

/* ---- holes within the window ---- */

static void
test_hole_acknowledged(void **state)
{
	EACH_VARIANT(w, c)
	{
		pair_handshake(&c, MS(0), MS(10));
		data(&c, CLIENT, .len = 100, .at = MS(20));
		data(&c, CLIENT, .len = 100, .at = MS(20.1), .unseen = true);
		uint64_t f = data(&c, CLIENT, .len = 100, .at = MS(20.2));
		uint64_t g = ack(&c, SERVER, .at = MS(30));
		data(&c, CLIENT, .len = 100, .at = MS(40));
		uint64_t h = ack(&c, SERVER, .at = MS(50));
		assert_findings(&w, f, LOST(LOST_SEGMENT));
		assert_findings(&w, g, LOST(ACK_LOST_SEGMENT));
		assert_findings(&w, h, 0);
		struct conn_detail d = DETAIL(&c);
		assert_non_null(verdict_of(&d, V_CAPTURE_LOSS));
	}
}

/* The ACK stops at the hole: the peer lacks the bytes, too. */
static void
test_hole_not_acknowledged(void **state)
{
	EACH_VARIANT(w, c)
	{
		pair_handshake(&c, MS(0), MS(10));
		data(&c, CLIENT, .len = 100, .at = MS(20));
		data(&c, CLIENT, .len = 100, .at = MS(20.1), .unseen = true);
		data(&c, CLIENT, .len = 100, .at = MS(20.2));
		uint64_t g = ack(&c, SERVER, .ack = 101, .at = MS(30));
		assert_findings(&w, g, 0);
		struct conn_detail d = DETAIL(&c);
		assert_null(verdict_of(&d, V_CAPTURE_LOSS));
	}
}

/* The capture begins while data is in flight: nothing was lost by it. */
static void
test_begins_in_flight(void **state)
{
	EACH_VARIANT(w, c)
	{
		c.next[CLIENT] = 9001;
		c.next[SERVER] = 1;
		uint64_t e = ack(&c, SERVER, .ack = 5001, .at = MS(0));
		uint64_t f = data(&c, CLIENT, .len = 1000, .at = MS(0.1));
		uint64_t g = ack(&c, SERVER, .ack = 7001, .at = MS(5));
		uint64_t h = ack(&c, SERVER, .at = MS(10));
		assert_findings(&w, e, 0);
		assert_findings(&w, f, 0);
		assert_findings(&w, g, 0);
		assert_findings(&w, h, 0);
		struct conn_detail d = DETAIL(&c);
		assert_null(verdict_of(&d, V_CAPTURE_LOSS));
	}
}

/* The peer lacks what was sent before the capture began: sending it again is needed. */
static void
test_below_the_first_byte(void **state)
{
	EACH_VARIANT(w, c)
	{
		c.next[CLIENT] = 1;
		c.next[SERVER] = 5001;
		data(&c, SERVER, .len = 100, .at = MS(1));
		ack(&c, CLIENT, .ack = 3001, .at = MS(50));
		c.sack = true;
		uint64_t f = data(&c, SERVER, .seq = 3001, .len = 2000, .at = MS(250));
		uint64_t g = ack(&c, CLIENT, .at = MS(300));
		assert_true(has_finding(&w, f, F_RETRANSMISSION));
		assert_int_not_equal(seg_at(&w, f)->needed, NEEDED_NO);
		assert_findings(&w, g, 0);
		struct conn_detail d = DETAIL(&c);
		assert_int_equal(d.f.half[SERVER].spurious, 0);
		assert_null(verdict_of(&d, V_CAPTURE_LOSS));
	}
}

/* ---- keep-alives ---- */

static uint64_t
keepalive(struct pair *c, enum side from, uint32_t len, nsec at)
{
	return ack(c, from, .seq = c->next[from] - 1, .len = len, .at = at);
}

/* Both ends probe the idle connection: the other one's probe and its answer are no traffic. */
static void
test_keepalives_of_both_ends(void **state)
{
	for (uint32_t len = 0; len < 2; len++) {
		EACH_VARIANT(w, c)
		{
			pair_handshake(&c, MS(0), MS(10));
			data(&c, CLIENT, .len = 100, .at = MS(20));
			data(&c, SERVER, .len = 100, .at = MS(30));
			ack(&c, CLIENT);
			for (int k = 6; k < 9; k++) {
				uint64_t e = keepalive(&c, CLIENT, len, SEC(10 * k));
				uint64_t f = ack(&c, SERVER, .at = SEC(10 * k + 0.01));
				uint64_t g = keepalive(&c, SERVER, len, SEC(10 * k + 0.3));
				uint64_t h = ack(&c, CLIENT);

				assert_findings(&w, e, LOST(KEEP_ALIVE));
				assert_findings(&w, f, LOST(KEEP_ALIVE_ACK));
				assert_findings(&w, g, LOST(KEEP_ALIVE));
				assert_findings(&w, h, LOST(KEEP_ALIVE_ACK));
				assert_int_equal(seg_at(&w, g)->cause, CAUSE_PROBE);
			}
			struct conn_detail d = DETAIL(&c);
			assert_int_equal(d.f.half[CLIENT].keep_alives, 3);
			assert_int_equal(d.f.half[SERVER].keep_alives, 3);
			assert_int_equal(d.f.half[SERVER].retransmissions, 0);
			assert_null(verdict_of(&d, V_KEEPALIVE_UNANSWERED));
		}
	}
}

/* Data does count: a byte sent again soon after it is a retransmission. */
static void
test_byte_repeated_beside_traffic(void **state)
{
	EACH_VARIANT(w, c)
	{
		pair_handshake(&c, MS(0), MS(10));
		data(&c, CLIENT, .len = 1, .at = SEC(2));
		ack(&c, SERVER, .at = SEC(2.01));
		data(&c, SERVER, .len = 100, .at = SEC(2.1));
		ack(&c, CLIENT);
		uint64_t f = data(&c, CLIENT, .seq = 1, .len = 1, .at = SEC(2.3));
		assert_true(has_finding(&w, f, F_RETRANSMISSION));
		assert_false(has_finding(&w, f, F_KEEP_ALIVE));
	}
}

/* The peer's ACK tells that the capture began with probes. */
static void
test_begins_with_keepalives(void **state)
{
	for (int n = 1; n < 4; n++) {
		EACH_VARIANT(w, c)
		{
			c.next[CLIENT] = 5001;
			c.next[SERVER] = 7001;
			for (int k = 0; k < n; k++)
				keepalive(&c, CLIENT, 0, SEC(1 + 5 * k));
			uint64_t g = ack(&c, SERVER, .at = SEC(5 * n));
			uint64_t h = data(&c, CLIENT, .len = 10, .at = SEC(5 * n + 1));
			for (int k = 1; k <= n; k++) {
				assert_findings(&w, (uint64_t)k, LOST(KEEP_ALIVE));
				assert_int_equal(seg_at(&w, (uint64_t)k)->rexmit_n, k);
			}
			assert_findings(&w, g, LOST(KEEP_ALIVE_ACK));
			assert_findings(&w, h, 0);
			struct conn_detail d = DETAIL(&c);
			assert_int_equal(d.f.half[CLIENT].keep_alives, n);
			assert_null(verdict_of(&d, V_CAPTURE_LOSS));
		}
	}
}

/* The peer acknowledges what they stand at: they were ordinary ACKs. */
static void
test_begins_with_acks(void **state)
{
	EACH_VARIANT(w, c)
	{
		c.next[CLIENT] = 5001;
		c.next[SERVER] = 7001;
		uint64_t e = ack(&c, CLIENT, .at = SEC(1));
		uint64_t f = ack(&c, CLIENT, .at = SEC(6));
		assert_true(seg_at(&w, e)->pending);
		data(&c, SERVER, .len = 100, .at = SEC(7));
		assert_findings(&w, e, 0);
		assert_findings(&w, f, 0);
		assert_false(seg_at(&w, e)->pending);
		assert_int_equal(DETAIL(&c).f.half[CLIENT].keep_alives, 0);
	}
}

/* ---- the handshake in part, or in another order ---- */

/* Two capture queues: the packet that is sent first is captured `late` after the second. */
static void
test_syn_after_its_syn_ack(void **state)
{
	EACH_VARIANT(w, c)
	{
		struct pkt s = {.at = MS(10.005)};
		struct packet first = pair_packet(&c, CLIENT, TH_SYN, &s);

		synack(&c, .at = MS(10));
		first.frame = first.ref = ++w.frame;
		watch_ingest(&w, &first);
		uint64_t g = ack(&c, CLIENT, .at = MS(10.01));
		uint64_t h = data(&c, CLIENT, .len = 100, .at = MS(11));
		assert_int_equal(pair_count(&c), 1);
		assert_states(&c, TCP_ESTAB, TCP_ESTAB);
		assert_findings(&w, first.frame, 0);
		assert_findings(&w, g, 0);
		assert_int_equal(seg_at(&w, h)->seq, 1);
		struct conn_detail d = DETAIL(&c);
		assert_int_equal(d.f.completeness, 15);
		assert_int_equal(d.f.half[CLIENT].wscale, 7);
		assert_int_equal(d.f.half[CLIENT].syn, 1);
		assert_null(verdict_of(&d, V_MIDSTREAM));
		assert_null(verdict_of(&d, V_PORT_REUSE));
		close_by_client(&c, SEC(1));
		assert_states(&c, TCP_TIME_WAIT, TCP_CLOSED);
	}
}

/* A SYN that bears another number opens another connection. */
static void
test_other_syn_after_a_syn_ack(void **state)
{
	EACH_VARIANT(w, c)
	{
		syn(&c, .unseen = true);
		synack(&c, .at = MS(10));
		syn(&c, .seq = 77000, .at = MS(10.005));
		assert_int_equal(pair_count(&c), 2);
	}
}

static void
test_syn_never_captured(void **state)
{
	EACH_VARIANT(w, c)
	{
		syn(&c, .unseen = true);
		synack(&c, .at = MS(10));
		assert_states(&c, TCP_SYN_SENT, TCP_SYN_RECV);
		ack(&c, CLIENT);
		assert_states(&c, TCP_ESTAB, TCP_ESTAB);
		close_by_client(&c, SEC(1));
		assert_states(&c, TCP_TIME_WAIT, TCP_CLOSED);
	}
}

/* An ACK of the client, or data of the server, proves that the SYN-ACK came. */
static void
test_syn_ack_never_captured(void **state)
{
	for (int by = 0; by < 3; by++) {
		EACH_VARIANT(w, c)
		{
			syn(&c, .at = MS(0));
			synack(&c, .unseen = true);
			ack(&c, CLIENT, .at = MS(10.1), .unseen = by > 0);
			data(&c, by == 2 ? SERVER : CLIENT, .len = 100, .at = MS(10.2));
			assert_states(&c, TCP_ESTAB, TCP_ESTAB);
			close_by_client(&c, SEC(1));
			assert_states(&c, TCP_TIME_WAIT, TCP_CLOSED);
			struct conn_detail d = DETAIL(&c);
			assert_int_equal(d.f.end_cause, END_CLOSED);
			assert_int_equal(d.f.half[CLIENT].retransmissions, 0);
		}
	}
}

/* An ACK of another number is the answer of an older connection, which knows nothing of the SYN. */
static void
test_syn_answered_by_an_old_connection(void **state)
{
	EACH_VARIANT(w, c)
	{
		syn(&c, .at = MS(0));
		ack(&c, SERVER, .seq = 5000, .ack = 700000, .tsecr = 1000, .at = MS(10));
		struct conn_detail d = DETAIL(&c);
		assert_int_equal(d.f.half[CLIENT].state, TCP_SYN_SENT);
	}
}

/* The client's ACK comes before the SYN-ACK that it acknowledges. */
static void
test_syn_ack_after_its_ack(void **state)
{
	EACH_VARIANT(w, c)
	{
		syn(&c, .at = MS(0));
		struct pkt s = {.at = MS(10.01)};
		struct packet late = pair_packet(&c, SERVER, TH_SYN | TH_ACK, &s);

		uint64_t f = ack(&c, CLIENT, .at = MS(10));
		late.frame = late.ref = ++w.frame;
		watch_ingest(&w, &late);
		assert_states(&c, TCP_ESTAB, TCP_ESTAB);
		assert_findings(&w, f, 0);
		assert_findings(&w, late.frame, 0);
		assert_int_equal(DETAIL(&c).f.completeness, 7);
		assert_int_equal(DETAIL(&c).f.half[SERVER].wscale, 7);
	}
}

/* ---- who is client ---- */

/* Two high ports, of which the server's looks like a client's. */
static void
high_ports(struct pair *c)
{
	c->end[CLIENT].port = 40000;
	c->end[SERVER].port = 50000;
}

/* The SYN-ACK is captured late and turns the connection round, with what was recorded of it. */
static void
test_roles_by_a_late_syn_ack(void **state)
{
	EACH_VARIANT(w, c)
	{
		high_ports(&c);
		syn(&c, .unseen = true);
		struct pkt s = {.at = MS(10.02)};
		struct packet late = pair_packet(&c, SERVER, TH_SYN | TH_ACK, &s);

		uint64_t e = ack(&c, CLIENT, .at = MS(10));
		uint64_t f = data(&c, CLIENT, .len = 100, .at = MS(10.01));
		assert_int_equal(seg_at(&w, e)->from, SERVER);
		late.frame = late.ref = ++w.frame;
		watch_ingest(&w, &late);
		uint64_t g = data(&c, SERVER, .len = 200, .at = MS(20));
		assert_int_equal(seg_at(&w, e)->from, CLIENT);
		assert_int_equal(seg_at(&w, f)->from, CLIENT);
		assert_int_equal(seg_at(&w, late.frame)->from, SERVER);
		assert_int_equal(seg_at(&w, g)->from, SERVER);
		assert_false(seg_at(&w, f)->pending);
		struct conn_detail d = DETAIL(&c);
		assert_false(d.f.roles_guessed);
		assert_int_equal(d.f.end[SERVER].port, 50000);
		assert_int_equal(d.f.half[CLIENT].bytes, 100);
		assert_int_equal(d.f.half[SERVER].bytes, 200);
	}
}

/* No SYN comes: what was recorded is final soon, with the roles that were guessed. */
static void
test_roles_stay_guessed(void **state)
{
	EACH_VARIANT(w, c)
	{
		high_ports(&c);
		c.next[CLIENT] = c.next[SERVER] = 1;
		uint64_t e = data(&c, CLIENT, .len = 100, .at = MS(10));
		uint64_t f = ack(&c, SERVER, .at = MS(11));
		assert_true(seg_at(&w, e)->pending);
		uint64_t g = data(&c, CLIENT, .len = 100, .at = MS(20));
		assert_false(seg_at(&w, e)->pending);
		assert_false(seg_at(&w, f)->pending);
		assert_false(seg_at(&w, g)->pending);
		assert_int_equal(seg_at(&w, e)->from, SERVER);
		assert_true(DETAIL(&c).f.roles_guessed);
	}
}

/* ---- two ISNs ---- */

static uint64_t
synack_with(struct pair *c, seqno isn, nsec at)
{
	struct pair other = *c;

	other.isn[SERVER] = isn;
	other.next[SERVER] = 0;
	other.ip_id[SERVER] += 1000;
	return synack(&other, .at = at);
}

static void
test_late_syn_ack_with_another_isn(void **state)
{
	EACH_VARIANT(w, c)
	{
		pair_handshake(&c, MS(0), MS(10));
		uint64_t f = synack_with(&c, c.isn[SERVER] + 772000, MS(500));
		assert_states(&c, TCP_ESTAB, TCP_ESTAB);
		assert_findings(&w, f, 0);
		uint64_t g = ack(&c, CLIENT);
		assert_findings(&w, g, LOST(CHALLENGE_ACK));
		data(&c, CLIENT, .len = 100, .at = SEC(1));
		uint64_t h = data(&c, SERVER, .len = 50, .at = SEC(1.01));
		assert_findings(&w, h, 0);
		assert_int_equal(seg_at(&w, h)->seq, 1);
		assert_int_equal(pair_count(&c), 1);
		assert_int_equal(DETAIL(&c).f.half[SERVER].unique_bytes, 50);
	}
}

/* Both come before the ACK, which tells which one counts. */
static void
test_acknowledged_isn_wins(void **state)
{
	for (int first = 0; first < 2; first++) {
		EACH_VARIANT(w, c)
		{
			syn(&c, .at = MS(0));
			if (!first)
				synack_with(&c, c.isn[SERVER] + 772000, MS(9));
			synack(&c, .at = MS(10));
			if (first)
				synack_with(&c, c.isn[SERVER] + 772000, MS(11));
			uint64_t f = ack(&c, CLIENT, .at = MS(12));
			assert_findings(&w, f, 0);
			assert_states(&c, TCP_ESTAB, TCP_ESTAB);
			uint64_t g = data(&c, SERVER, .len = 50, .at = MS(20));
			uint64_t h = ack(&c, CLIENT);
			assert_findings(&w, g, 0);
			assert_findings(&w, h, 0);
			assert_int_equal(seg_at(&w, g)->seq, 1);
			struct conn_detail d = DETAIL(&c);
			assert_int_equal(d.f.half[SERVER].wscale, 7);
			assert_null(verdict_of(&d, V_CAPTURE_LOSS));
		}
	}
}

static const struct CMUnitTest tests[] = {
	SEQ_TEST(test_roles_by_a_late_syn_ack),
	SEQ_TEST(test_roles_stay_guessed),
	SEQ_TEST(test_below_the_first_byte),
	SEQ_TEST(test_keepalives_of_both_ends),
	SEQ_TEST(test_byte_repeated_beside_traffic),
	SEQ_TEST(test_begins_with_keepalives),
	SEQ_TEST(test_begins_with_acks),
	SEQ_TEST(test_syn_after_its_syn_ack),
	SEQ_TEST(test_other_syn_after_a_syn_ack),
	SEQ_TEST(test_syn_never_captured),
	SEQ_TEST(test_syn_ack_never_captured),
	SEQ_TEST(test_syn_answered_by_an_old_connection),
	SEQ_TEST(test_syn_ack_after_its_ack),
	SEQ_TEST(test_late_syn_ack_with_another_isn),
	SEQ_TEST(test_acknowledged_isn_wins),
	SEQ_TEST(test_data_missed),
	SEQ_TEST(test_data_missed_and_an_ack_first),
	SEQ_TEST(test_both_directions_missed),
	SEQ_TEST(test_data_missed_in_mid_stream),
	SEQ_TEST(test_two_gigabytes_missed),
	SEQ_TEST(test_far_ahead_without_time_stamps),
	SEQ_TEST(test_far_ahead_and_refused),
	SEQ_TEST(test_far_ahead_and_not_followed),
	SEQ_TEST(test_hole_acknowledged),
	SEQ_TEST(test_hole_not_acknowledged),
	SEQ_TEST(test_begins_in_flight),
};

UNIT_MAIN(tests)
