/* SPDX-License-Identifier: MIT */
/*
 * test_columns: cells of the list of connections: what they say, that they fit their columns, and
 * that they sort. Not covered: which columns a screen shows (ui).
 */
#include "unit.h"

#include "model/model_private.h"

#include <arpa/inet.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NOW (1000 * NSEC_PER_SEC)

static void
set_addr(struct endpoint *e, const char *addr, uint16_t port)
{
	memset(e->addr, 0, 10);
	e->addr[10] = e->addr[11] = 0xff;
	if (strchr(addr, ':'))
		assert_int_equal(inet_pton(AF_INET6, addr, e->addr), 1);
	else
		assert_int_equal(inet_pton(AF_INET, addr, e->addr + 12), 1);
	e->port = port;
}

static struct conn_facts
quiet(void)
{
	struct conn_facts f = {.id = 7, .ip_version = 4, .vlan = -1, .ended_by = -1};

	set_addr(&f.end[CLIENT], "100.64.150.81", 49416);
	set_addr(&f.end[SERVER], "192.168.3.87", 23);
	f.state = CONN_SYN_SENT;
	f.start = f.last = NOW - 1200 * NSEC_PER_MS;
	f.syn_to_synack = f.synack_to_ack = -1;
	for (int i = 0; i < 2; i++) {
		f.half[i].rtt.srtt = f.half[i].rtt.rttvar = f.half[i].timer.rto = -1;
		f.half[i].timer.due = f.half[i].timer.due_latest = NSEC_NEVER;
		f.half[i].mss = f.half[i].wscale = -1;
	}
	return f;
}

static const char *
cell_with(const char *column, const struct conn_facts *f, struct cell_style st)
{
	static char out[256];
	const struct row_context row = {.facts = f, .now = NOW, .style = st};

	memset(out, '!', sizeof(out) - 1); /* nothing is left of the cell before */
	column_format(column_by_name(column), &row, out, sizeof(out));
	return out;
}

static const char *
cell(const char *column, const struct conn_facts *f)
{
	return cell_with(column, f, (struct cell_style){.ascii = true});
}

static int64_t
key_of(const char *column, const struct conn_facts *f)
{
	return column_by_name(column)->key(&(struct row_context){.facts = f, .now = NOW});
}

static void
test_addresses(void **state)
{
	struct conn_facts f = quiet();

	(void)state;
	assert_string_equal(cell("client", &f), "100.64.150.81:49416");
	assert_string_equal(cell_with("client", &f, (struct cell_style){.width = 19}),
			    "100.64.150.81:49416");
	assert_string_equal(cell_with("client", &f, (struct cell_style){.width = 13}),
			    "100.64\u2026:49416");
	/* the port stays whatever happens */
	assert_string_equal(cell_with("client", &f, (struct cell_style){.width = 7}),
			    "\u2026:49416");
	assert_string_equal(cell_with("server", &f, (struct cell_style){.names = true}),
			    "192.168.3.87:telnet");
	set_addr(&f.end[CLIENT], "2001:db8::1", 51514);
	assert_string_equal(cell("client", &f), "[2001:db8::1]:51514");
	assert_string_equal(cell_with("client", &f, (struct cell_style){.names = true}),
			    "[2001:db8::1]:51514");
}

/* Two ports of one place in the cache, one of which has no name. */
static void
test_service_names(void **state)
{
	const uint16_t other = 23 + 256 * 235;
	uint16_t port;

	(void)state;
	assert_string_equal(service_name(23), "telnet");
	assert_null(service_name(other));
	assert_null(service_name(other));
	assert_string_equal(service_name(23), "telnet");
	assert_true(service_port("telnet", &port));
	assert_int_equal(port, 23);
	assert_true(service_port("Telnet", &port));
	assert_false(service_port("", &port));
	assert_false(service_port("no-such-service", &port));
}

static void
test_next(void **state)
{
	struct conn_facts f = quiet();
	struct timer_facts *t = &f.half[CLIENT].timer;
	const struct cell_style wide = {.width = 11, .ascii = true};

	(void)state;
	assert_string_equal(cell("next", &f), "-");
	f.half[CLIENT].last_sent = NOW - 1200 * NSEC_PER_MS;
	t->kind = TIMER_SYN;
	t->attempt = 6;
	t->due = NOW + 14800 * NSEC_PER_MS;
	t->due_latest = t->due + NSEC_PER_SEC;
	assert_string_equal(cell_with("next", &f, (struct cell_style){.width = 6}), "14.8s");
	assert_string_equal(cell_with("next", &f, wide), "14.8s ###.");
	t->due = NOW;
	assert_string_equal(cell_with("next", &f, wide), "now ....");
	t->due_latest = NOW;
	assert_string_equal(cell_with("next", &f, wide), "now ....");
	t->due_latest = NOW - 1;
	assert_string_equal(cell_with("next", &f, wide), "late ....");
	/* a healthy sender's timer is no countdown; once something is repeated it is */
	t->kind = TIMER_RTO;
	t->attempt = 2;
	t->due = t->due_latest = NOW + NSEC_PER_SEC;
	assert_string_equal(cell_with("next", &f, wide), "-");
	assert_true(key_of("next", &f) == INT64_MAX);
	t->attempt = 3;
	assert_true(key_of("next", &f) == t->due);
	/* of two the earlier one */
	f.half[SERVER].timer = *t;
	f.half[SERVER].timer.due = NOW + 500 * NSEC_PER_MS;
	assert_true(key_of("next", &f) == f.half[SERVER].timer.due);
}

static void
test_figures(void **state)
{
	struct conn_facts f = quiet();

	(void)state;
	assert_string_equal(cell("retx", &f), "0");
	assert_string_equal(cell("rtt", &f), "-");
	assert_string_equal(cell("idle", &f), "1.2s");
	assert_string_equal(cell("vlan", &f), "-");
	assert_string_equal(cell("client-mss", &f), "-");
	assert_string_equal(cell("ended-by", &f), "-");
	f.half[CLIENT].mss = 1460;
	assert_string_equal(cell("client-mss", &f), "1460/-");
	f.half[CLIENT].wscale = 7;
	assert_string_equal(cell("client-mss", &f), "1460/7");
	f.half[CLIENT].rtt.srtt = 30 * NSEC_PER_US;
	f.half[SERVER].rtt.srtt = 10 * NSEC_PER_US;
	assert_string_equal(cell("rtt", &f), "0.03ms");
	f.half[SERVER].rtt.samples = 1; /* who measured more often */
	assert_string_equal(cell("rtt", &f), "0.01ms");
	f.half[CLIENT].rate = 2000;
	f.half[SERVER].rate = 100;
	assert_string_equal(cell("rate", &f), "2.1k");
	assert_string_equal(cell_with("rate", &f, (struct cell_style){.bits = true}), "17kb");
	assert_string_equal(cell("flag", &f), " ");
	f.ended_by = SERVER;
	assert_string_equal(cell("ended-by", &f), "server");
}

/* ---- every column ---- */

static struct half_facts
half_with(uint32_t base)
{
	return (struct half_facts){
		.mss = (int32_t)(1000 + base),
		.wscale = (int8_t)(base / 100),
		.segments = 10 + base,
		.bytes = 2000 + base,
		.retransmissions = 30 + base,
		.spurious = 40 + base,
		.out_of_order = 50 + base,
		.duplicate_acks = 60 + base,
		.by_cause = {[CAUSE_RTO] = 70 + base,
			     [CAUSE_FAST] = 80 + base,
			     [CAUSE_RECOVERY] = 90 + base,
			     [CAUSE_TLP] = 110 + base},
		.zero_window_time = (120 + base) * NSEC_PER_MS,
		.window = 13000 + base,
		.in_flight = 140 + base,
		.rate = 150 + base,
		.rtt = {.srtt = (160 + base) * NSEC_PER_MS, .samples = base},
		.timer = {.rto = (170 + base) * NSEC_PER_MS, .due = NSEC_NEVER},
	};
}

/* A value of its own for each column, and for each side. */
static struct conn_facts
distinct(void)
{
	struct conn_facts f = quiet();

	f.id = 1234567;
	f.state = CONN_FIN_WAIT_1;
	f.start = NOW - 100 * NSEC_PER_SEC;
	f.last = NOW - 7 * NSEC_PER_SEC;
	f.ended = NOW - 9 * NSEC_PER_SEC;
	f.ended_by = SERVER;
	f.vlan = 4000;
	f.interface = 3;
	f.syn_to_synack = 18 * NSEC_PER_MS;
	f.synack_to_ack = 3 * NSEC_PER_MS;
	f.half[CLIENT] = half_with(100);
	f.half[SERVER] = half_with(300);
	f.half[SERVER].timer = (struct timer_facts){
		.kind = TIMER_RTO,
		.attempt = 3,
		.due = NOW + 2500 * NSEC_PER_MS,
		.due_latest = NOW + 2600 * NSEC_PER_MS,
		.rto = 480 * NSEC_PER_MS,
	};
	f.verdict = (struct verdict){
		.code = V_MIDSTREAM, .severity = SEV_WARNING, .time = NOW - 5 * NSEC_PER_SEC};
	return f;
}

struct cell_of {
	const char *column, *text;
	int64_t key;
};

/* Each column of the table is in `all`, with its cell and its key (-2: too long to write here). */
static void
check_cells(const struct cell_of *all, size_t n, const struct conn_facts *f)
{
	assert_int_equal(n, column_count);
	for (size_t i = 0; i < n; i++) {
		const char *text = cell(all[i].column, f);

		if (strcmp(text, all[i].text) != 0)
			fail_msg("%s: \"%s\"", all[i].column, text);
		if (all[i].key != -2 && key_of(all[i].column, f) != all[i].key)
			fail_msg("%s: key %lld", all[i].column,
				 (long long)key_of(all[i].column, f));
	}
}

static void
test_every_cell(void **state)
{
	static const struct cell_of all[] = {
		{"flag", "W", SEV_WARNING},
		{"client", "100.64.150.81:49416", -2},
		{"server", "192.168.3.87:23", -2},
		{"state", "FIN-WAIT-1", CONN_FIN_WAIT_1},
		{"diagnosis", "capture began in mid-stream", -2},
		{"retx", "460", 460},
		{"next", "2.5s", NOW + 2500 * NSEC_PER_MS},
		{"rtt", "460ms", 460 * NSEC_PER_MS}, /* the server has more samples */
		{"rate", "700", 700},
		{"idle", "7.0s", 7 * NSEC_PER_SEC},
		{"sent", "2.1k", 2100},
		{"received", "2.3k", 2300},
		{"bytes", "4.4k", 4400},
		{"age", "1m40s", 100 * NSEC_PER_SEC},
		{"sent-rate", "250", 250},
		{"received-rate", "450", 450},
		{"segments", "420", 420},
		{"lasted", "1m31s", 91 * NSEC_PER_SEC},
		{"rto", "480ms", 480 * NSEC_PER_MS}, /* the larger one */
		{"timeouts", "540", 540},
		{"fast", "1.1k", 1140}, /* fast and recovery */
		{"tlp", "620", 620},
		{"spurious", "480", 480},
		{"out-of-order", "500", 500},
		{"dup-acks", "520", 520},
		{"in-flight", "680", 680},
		{"client-window", "13k", 13100},
		{"server-window", "13k", 13300},
		{"zero-window", "640ms", 640 * NSEC_PER_MS},
		{"client-mss", "1100/1", 1100},
		{"server-mss", "1300/3", 1300},
		{"handshake", "21.0ms", 21 * NSEC_PER_MS},
		{"ended-by", "server", SERVER},
		{"vlan", "4000", 4000},
		{"interface", "3", 3},
		{"start", "00:15:00.000", NOW - 100 * NSEC_PER_SEC},
		{"id", "1234567", 1234567},
	};
	struct conn_facts f = distinct();

	(void)state;
	check_cells(all, ARRAY_LEN(all), &f);
	f.ended = 0; /* it goes on: up to the last packet */
	assert_string_equal(cell("lasted", &f), "1m33s");
	f.half[CLIENT].timer.rto = 500 * NSEC_PER_MS;
	assert_string_equal(cell("rto", &f), "500ms");
	f.half[CLIENT].rtt.samples = 301;
	assert_string_equal(cell("rtt", &f), "260ms");
	f.half[CLIENT].wscale = -2; /* unknown: the window may be larger */
	assert_string_equal(cell("client-window", &f), "13k?");
	f.half[CLIENT].window = 0;
	assert_string_equal(cell("client-window", &f), "0");
}

/* Nothing known but the SYN. */
static void
test_every_unknown_cell(void **state)
{
	static const struct cell_of all[] = {
		{"flag", " ", SEV_NONE},
		{"client", "100.64.150.81:49416", -2},
		{"server", "192.168.3.87:23", -2},
		{"state", "SYN-SENT", CONN_SYN_SENT},
		{"diagnosis", "-", -2},
		{"retx", "0", 0},
		{"next", "-", INT64_MAX},
		{"rtt", "-", -1},
		{"rate", "0", 0},
		{"idle", "1.2s", 1200 * NSEC_PER_MS},
		{"sent", "0", 0},
		{"received", "0", 0},
		{"bytes", "0", 0},
		{"age", "1.2s", 1200 * NSEC_PER_MS},
		{"sent-rate", "0", 0},
		{"received-rate", "0", 0},
		{"segments", "0", 0},
		{"lasted", "0s", 0},
		{"rto", "-", -1},
		{"timeouts", "0", 0},
		{"fast", "0", 0},
		{"tlp", "0", 0},
		{"spurious", "0", 0},
		{"out-of-order", "0", 0},
		{"dup-acks", "0", 0},
		{"in-flight", "0", 0},
		{"client-window", "0", 0},
		{"server-window", "0", 0},
		{"zero-window", "0s", 0},
		{"client-mss", "-", -1},
		{"server-mss", "-", -1},
		{"handshake", "-", -1},
		{"ended-by", "-", -1},
		{"vlan", "-", -1},
		{"interface", "-", -1},
		{"start", "00:16:38.800", NOW - 1200 * NSEC_PER_MS},
		{"id", "7", 7},
	};
	struct conn_facts f = quiet();

	(void)state;
	check_cells(all, ARRAY_LEN(all), &f);
	f.syn_to_synack = 5; /* half of the handshake is none */
	assert_string_equal(cell("handshake", &f), "-");
	f.ended_by = CLIENT;
	assert_string_equal(cell("ended-by", &f), "client");
	f.start = NOW + NSEC_PER_SEC; /* a packet ahead of the clock */
	f.last = NOW + NSEC_PER_SEC;
	assert_true(key_of("idle", &f) == 0 && key_of("age", &f) == 0);
	assert_string_equal(cell_with("retx", &f, (struct cell_style){0}), "0");
	assert_string_equal(cell_with("rtt", &f, (struct cell_style){0}), "\u2013");
}

/* The worst there can be. */
static struct conn_facts
extreme(void)
{
	struct conn_facts f = quiet();

	set_addr(&f.end[CLIENT], "2001:db8:1111:2222:3333:4444:5555:6666", 65535);
	set_addr(&f.end[SERVER], "2001:db8:1111:2222:3333:4444:5555:7777", 65535);
	f.state = CONN_FIN_WAIT_2;
	f.start = 0;
	f.last = NOW;
	f.vlan = 4094;
	f.id = 99999999;
	f.interface = 99999;
	f.ended_by = CLIENT;
	f.syn_to_synack = f.synack_to_ack = 86400 * NSEC_PER_SEC;
	for (int i = 0; i < 2; i++) {
		struct half_facts *h = &f.half[i];

		h->segments = h->bytes = h->rate = UINT64_MAX / 32;
		h->retransmissions = h->spurious = h->out_of_order = h->duplicate_acks = UINT32_MAX;
		h->window = h->in_flight = UINT32_MAX;
		h->zero_window_time = h->rtt.srtt = h->timer.rto = 365 * 86400 * NSEC_PER_SEC;
		h->mss = 65535;
		h->wscale = 14;
		for (int c = 0; c < CAUSE_COUNT; c++)
			h->by_cause[c] = UINT32_MAX;
	}
	return f;
}

static void
test_cells_fit(void **state)
{
	const struct conn_facts all[] = {quiet(), extreme()};

	(void)state;
	for (size_t i = 0; i < column_count; i++) {
		for (size_t j = 0; j < ARRAY_LEN(all); j++) {
			char out[256];
			const struct column *c = &columns[i];
			const struct row_context row = {
				.facts = &all[j],
				.now = NOW,
				.style = {.bits = true, .width = c->max_width},
			};

			column_format(c, &row, out, sizeof(out));
			if (text_width(out) > (size_t)c->max_width)
				fail_msg("%s: \"%s\" is wider than %d", c->name, out,
					 c->max_width);
			column_format(c, &row, out, 3); /* a small buffer is no accident */
			assert_true(strlen(out) < 3);
		}
	}
}

static void
test_table(void **state)
{
	const struct conn_facts f = quiet();
	const struct column *client = column_by_name("client"), *server = column_by_name("server");

	(void)state;
	for (size_t i = 0; i < column_count; i++) {
		const struct column *c = &columns[i];
		const struct row_context row = {
			.facts = &f, .now = NOW, .style = {.ascii = true, .width = c->width}};
		char out[256];

		assert_ptr_equal(column_by_name(c->name), c);
		assert_true(strlen(c->help) > 0);
		assert_true(c->width <= c->max_width);
		assert_true(text_width(c->title) <= (size_t)c->width);
		c->key(&row);
		column_format(c, &row, out, sizeof(out));
		for (const char *p = out; *p != '\0'; p++) {
			/* where an address is cut is the locale's matter (text_cut_middle) */
			if ((unsigned char)*p >= 0x80 && c->key != client->key &&
			    c->key != server->key)
				fail_msg("%s: \"%s\" is not ASCII", c->name, out);
		}
	}
	assert_null(column_by_name("nothing"));
}

static void
test_order(void **state)
{
	struct conn_facts a = quiet(), b = quiet();

	(void)state;
	set_addr(&b.end[SERVER], "192.168.3.87", 80);
	assert_true(key_of("server", &a) < key_of("server", &b));
	set_addr(&b.end[SERVER], "9.0.0.1", 80);
	assert_true(key_of("server", &a) > key_of("server", &b));
	set_addr(&b.end[SERVER], "1::1", 80);
	b.ip_version = 6;
	assert_true(key_of("server", &a) < key_of("server", &b));
	set_addr(&a.end[SERVER], "ff00::1", 80);
	a.ip_version = 6;
	assert_true(key_of("server", &a) > key_of("server", &b));
	a.verdict = (struct verdict){.code = V_LOSS, .severity = SEV_WARNING, .time = NOW};
	b.verdict = (struct verdict){.code = V_TIMED_OUT, .severity = SEV_ERROR, .time = 0};
	assert_true(key_of("diagnosis", &a) > key_of("diagnosis", &b));
	b.verdict = a.verdict;
	b.verdict.time -= NSEC_PER_SEC;
	assert_true(key_of("diagnosis", &a) < key_of("diagnosis", &b));
}

/* ---- what --columns and --sort name ---- */

static void
test_column_list(void **state)
{
	struct column_list list;
	struct err err = {""};
	char all[1024];
	struct text t = text_on(all, sizeof(all));

	(void)state;
	assert_true(column_list_parse("retx,client", &list, &err));
	assert_int_equal(list.n, 2);
	assert_ptr_equal(list.at[0], column_by_name("retx"));
	assert_ptr_equal(list.at[1], column_by_name("client"));
	assert_true(column_list_parse("id", &list, &err));
	assert_int_equal(list.n, 1);
	for (size_t i = 0; i < column_count; i++)
		text_add(&t, "%s%s", i > 0 ? "," : "", columns[i].name);
	assert_true(column_list_parse(all, &list, &err));
	assert_int_equal(list.n, column_count);
}

static void
test_wrong_column_lists(void **state)
{
	static const char *const wrong[] = {"",       ",",       "id,",     ",id",
					    "id,,id", "nothing", "ID",      "id, retx",
					    "id:reverse"};
	struct column_list list;
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		err.msg[0] = '\0';
		assert_false(column_list_parse(wrong[i], &list, &err));
		assert_non_null(strstr(err.msg, "is not a column; the columns are: flag client"));
		assert_non_null(strstr(err.msg, " id")); /* all of them fit */
	}
	assert_false(column_list_parse("id,retx,id", &list, &err));
	assert_string_equal(err.msg, "the column \"id\" is named twice");
	assert_false(column_list_parse("\x1b[2J", &list, &err));
	assert_null(strchr(err.msg, '\x1b'));
}

static void
test_sort_order(void **state)
{
	static const char *const wrong[] = {"id:", "id:reversed", "id:Reverse", "id:reverse,"};
	struct conn_facts f = quiet();
	uint8_t key[TEXT_KEY_MAX];
	struct sort_order o;
	struct err err;

	(void)state;
	assert_true(sort_order_parse("retx", &o, &err));
	assert_ptr_equal(o.column, column_by_name("retx"));
	assert_false(o.reverse);
	assert_true(sort_order_parse("server:reverse", &o, &err));
	assert_ptr_equal(o.column, column_by_name("server"));
	assert_true(o.reverse);
	assert_int_equal(sort_text_key(&o, &(struct row_context){.facts = &f}, key), 0); /* IPv4 */
	f.ip_version = 6;
	assert_int_equal(sort_text_key(&o, &(struct row_context){.facts = &f}, key), 18);
	o.column = column_by_name("retx");
	assert_int_equal(sort_text_key(&o, &(struct row_context){.facts = &f}, key), 0);
	o.column = NULL;
	assert_int_equal(sort_text_key(&o, &(struct row_context){.facts = &f}, key), 0);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		assert_false(sort_order_parse(wrong[i], &o, &err));
		assert_non_null(strstr(err.msg, ":reverse"));
	}
	assert_false(sort_order_parse("", &o, &err));
	assert_false(sort_order_parse("nothing", &o, &err));
	assert_non_null(strstr(err.msg, "\"nothing\" is not a column"));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_addresses),
	cmocka_unit_test(test_service_names),
	cmocka_unit_test(test_next),
	cmocka_unit_test(test_figures),
	cmocka_unit_test(test_every_cell),
	cmocka_unit_test(test_every_unknown_cell),
	cmocka_unit_test(test_cells_fit),
	cmocka_unit_test(test_table),
	cmocka_unit_test(test_order),
	cmocka_unit_test(test_column_list),
	cmocka_unit_test(test_wrong_column_lists),
	cmocka_unit_test(test_sort_order),
};

int
main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	tzset();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
