/* SPDX-License-Identifier: MIT */
/*
 * test_time: the time ledger. Each class with a connection whose time goes there, and the
 * neighbouring one beside it; the classes add up to the life to the nanosecond.
 */
#include "pkt.h"

static struct time_facts
time_of(struct pair *c)
{
	struct conn_detail d = pair_detail(c, c->w->now - PKT_EPOCH);
	nsec sum = 0;

	for (int i = 0; i < TIME_CLASS_COUNT; i++) {
		assert_true(d.time.spent[i] >= 0);
		sum += d.time.spent[i];
	}
	assert_int_equal(sum, d.time.life);
	return d.time;
}

static void
assert_about(nsec is, nsec want)
{
	assert_in_range(is, want - want / 20 - MS(1), want + want / 20 + MS(1));
}

/* Ten requests, captured at the client: 20 ms away, the server takes `server`, the client `client`
 * between an answer and the next request. */
static void
requests(struct pair *c, nsec server, nsec client)
{
	nsec at = MS(30);

	pair_handshake(c, MS(0), MS(20));
	for (int i = 0; i < 10; i++) {
		data(c, CLIENT, .len = 100, .at = at);
		data(c, SERVER, .len = 500, .at = at + MS(20) + server);
		ack(c, CLIENT, .at = at + MS(20) + server + US(50));
		at += MS(20) + server + client;
	}
}

static void
test_applications(void **state)
{
	(void)state;
	struct watch w;
	struct pair c;
	watch_open(&w);
	pair_init(&c, &w, 1000);
	requests(&c, MS(150), MS(60));
	struct time_facts t = time_of(&c);
	assert_about(t.spent[TIME_SERVER], MS(1500));
	assert_about(t.spent[TIME_CLIENT], MS(9 * 60 + 10));
	assert_about(t.spent[TIME_NETWORK], MS(200));
	struct conn_detail d = pair_detail(&c, SEC(3));
	const struct verdict *v = verdict_of(&d, V_APPLICATION_SLOW);
	assert_non_null(v);
	assert_int_equal(v->side, SERVER);
	assert_int_equal(v->time_spent.waits, 10);
	assert_int_equal(v->time_spent.shares[0].cls, TIME_SERVER);
	watch_close(&w);
}

/* The same share of short waits is no slow application. */
static void
test_short_waits_are_not_slow(void **state)
{
	(void)state;
	struct watch w;
	struct pair c;
	watch_open(&w);
	pair_init(&c, &w, 1000);
	requests(&c, MS(90), MS(1));
	struct conn_detail d = pair_detail(&c, SEC(3));
	assert_null(verdict_of(&d, V_APPLICATION_SLOW));
	assert_about(time_of(&c).spent[TIME_SERVER], MS(900));
	watch_close(&w);
}

/* Silence before the client's next request: a pause of its application below the limit, idle time
 * above. */
static void
test_idle(void **state)
{
	(void)state;
	for (int idle = 0; idle < 2; idle++) {
		const nsec silence = idle ? SEC(6) : SEC(4);
		struct watch w;
		struct pair c;

		watch_open(&w);
		pair_init(&c, &w, 1000);
		pair_handshake(&c, MS(0), MS(20));
		data(&c, CLIENT, .len = 100, .at = MS(30));
		data(&c, SERVER, .len = 500, .at = MS(50));
		ack(&c, CLIENT);
		data(&c, CLIENT, .len = 100, .at = MS(50) + silence);
		data(&c, SERVER, .len = 500, .at = MS(70) + silence);
		struct time_facts t = time_of(&c);
		assert_about(t.spent[idle ? TIME_IDLE : TIME_CLIENT], silence);
		watch_close(&w);
	}
}

/* Bulk from the client, captured there: a flight is sent when the ACK of the one before comes. */
static void
flights(struct pair *c, int32_t window, nsec rtt, int segments)
{
	nsec at = MS(100);

	pair_handshake(c, MS(0), rtt);
	for (int i = 0; i < 20; i++) {
		for (int k = 0; k < segments; k++)
			data(c, CLIENT, .len = 1448, .at = at + US(10) * k);
		ack(c, SERVER, .win = window, .at = at + rtt);
		at += rtt + US(50);
	}
}

static void
test_congestion(void **state)
{
	(void)state;
	struct watch w;
	struct pair c;
	watch_open(&w);
	pair_init(&c, &w, 1000);
	flights(&c, 0xffff, MS(40), 4);
	struct time_facts t = time_of(&c);
	assert_about(t.spent[TIME_CONGESTION], MS(19 * 40));
	assert_int_equal(t.spent[TIME_RECEIVER_WINDOW], 0);
	watch_close(&w);
}

/* The same with a window of just those four segments: 46 · 128 ≥ 4 · 1448. */
static void
test_receiver_window(void **state)
{
	(void)state;
	struct watch w;
	struct pair c;
	watch_open(&w);
	pair_init(&c, &w, 1000);
	flights(&c, 46, MS(40), 4);
	struct time_facts t = time_of(&c);
	/* The first two flights tell how it is. */
	assert_about(t.spent[TIME_RECEIVER_WINDOW] + t.spent[TIME_WINDOW_CLOSED], MS(17 * 40));
	struct conn_detail d = pair_detail(&c, SEC(3));
	const struct verdict *v = verdict_of(&d, V_RECEIVER_LIMITED);
	assert_non_null(v);
	assert_int_equal(v->side, SERVER);
	watch_close(&w);
}

/* The wait for the window goes on after the last probe until an ACK opens it. */
static void
test_window_opens_after_probe(void **state)
{
	(void)state;
	struct watch w;
	struct pair c;
	watch_open(&w);
	pair_init(&c, &w, 1000);
	pair_handshake(&c, MS(0), MS(20));
	data(&c, CLIENT, .len = 1448, .at = MS(30));
	ack(&c, SERVER, .win = WIN_ZERO, .at = MS(50));
	ack(&c, CLIENT, .seq = 1448, .at = MS(250));
	ack(&c, SERVER, .win = WIN_ZERO, .at = MS(270));
	ack(&c, SERVER, .at = SEC(6));
	data(&c, CLIENT, .len = 1448, .at = SEC(6) + US(30));
	struct time_facts t = time_of(&c);
	assert_about(t.spent[TIME_WINDOW_CLOSED], SEC(6) - MS(50));
	assert_about(t.spent[TIME_CLIENT], MS(10));
	watch_close(&w);
}

/* Two small writes per request: the second waits for the delayed ACK of the first. */
static void
small_writes(struct pair *c, nsec ack_delay, bool waits)
{
	nsec at = MS(100);

	pair_handshake(c, MS(0), MS(20));
	for (int i = 0; i < 12; i++) {
		data(c, CLIENT, .len = 100, .at = at);
		ack(c, SERVER, .at = at + MS(20) + ack_delay);
		at += MS(20) + ack_delay + (waits ? US(40) : MS(30));
		data(c, CLIENT, .len = 100, .at = at);
		data(c, SERVER, .len = 200, .at = at + MS(20));
		ack(c, CLIENT);
		at += MS(21);
	}
}

static void
test_nagle(void **state)
{
	(void)state;
	struct watch w;
	struct pair c;
	watch_open(&w);
	pair_init(&c, &w, 1000);
	small_writes(&c, MS(40), true);
	struct time_facts t = time_of(&c);
	assert_about(t.spent[TIME_NAGLE], 11 * MS(60)); /* the first one has no segment before it */
	struct conn_detail d = pair_detail(&c, SEC(3));
	const struct verdict *v = verdict_of(&d, V_DELAYED_ACK);
	assert_non_null(v);
	assert_int_equal(v->side, CLIENT);
	watch_close(&w);
}

static void
test_a_late_write_is_not_nagle(void **state)
{
	(void)state;
	struct watch w;
	struct pair c;
	watch_open(&w);
	pair_init(&c, &w, 1000);
	small_writes(&c, MS(40), false);
	assert_int_equal(time_of(&c).spent[TIME_NAGLE], 0);
	watch_close(&w);
}

static void
test_recovery(void **state)
{
	(void)state;
	struct watch w;
	struct pair c;
	watch_open(&w);
	pair_init(&c, &w, 1000);
	pair_handshake(&c, MS(0), MS(20));
	data(&c, CLIENT, .len = 1000, .at = MS(30));
	ack(&c, SERVER, .at = MS(50));
	data(&c, CLIENT, .len = 1000, .at = MS(60));
	data(&c, CLIENT, .len = 1000, .seq = 1001, .at = MS(280));
	data(&c, CLIENT, .len = 1000, .seq = 1001, .at = MS(680));
	ack(&c, SERVER, .at = MS(700));
	assert_about(time_of(&c).spent[TIME_RECOVERY_RTO], MS(620));
	watch_close(&w);
}

/* What the capture lacks is not charged to anybody. */
static void
test_one_direction_only(void **state)
{
	(void)state;
	struct watch w;
	struct pair c;
	watch_open(&w);
	pair_init(&c, &w, 1000);
	for (int i = 0; i < 10; i++)
		data(&c, CLIENT, .len = 100, .at = MS(100) * i + MS(1));
	struct time_facts t = time_of(&c);
	assert_int_equal(t.spent[TIME_CLIENT] + t.spent[TIME_SERVER] + t.spent[TIME_CONGESTION], 0);
	assert_about(t.spent[TIME_UNKNOWN], MS(900));
	watch_close(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_applications),
	cmocka_unit_test(test_short_waits_are_not_slow),
	cmocka_unit_test(test_idle),
	cmocka_unit_test(test_congestion),
	cmocka_unit_test(test_receiver_window),
	cmocka_unit_test(test_window_opens_after_probe),
	cmocka_unit_test(test_nagle),
	cmocka_unit_test(test_a_late_write_is_not_nagle),
	cmocka_unit_test(test_recovery),
	cmocka_unit_test(test_one_direction_only),
};

UNIT_MAIN(tests)
