/* SPDX-License-Identifier: MIT */
/*
 * test_filter: the screen filter's language: which connections an expression lets through, and for
 * wrong ones what is expected and where. Not covered: the help's words in other languages.
 */
#include "unit.h"

#include "model/model_private.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

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

/* 10.0.0.5:51514 → 192.168.3.87:23, one quiet minute old, nothing wrong. */
static struct conn_facts
quiet(void)
{
	struct conn_facts f = {.id = 7, .ip_version = 4, .vlan = -1, .ended_by = -1};

	set_addr(&f.end[CLIENT], "10.0.0.5", 51514);
	set_addr(&f.end[SERVER], "192.168.3.87", 23);
	f.state = CONN_ESTAB;
	f.start = NOW - 60 * NSEC_PER_SEC;
	f.last = NOW - 15 * NSEC_PER_SEC;
	for (int i = 0; i < 2; i++) {
		f.half[i].rtt.srtt = f.half[i].timer.rto = -1;
		f.half[i].bytes = 1500;
		f.half[i].rate = 600 * 1000;
	}
	return f;
}

static bool
matches(const char *expr, const struct conn_facts *c)
{
	struct filter_error error;
	struct filter *f = filter_parse(expr, &error);

	if (!f)
		fail_msg("\"%s\": at %zu expected %s", expr, error.at, error.expected);
	const bool yes = filter_match(f, &(struct row_context){.facts = c, .now = NOW});

	filter_free(f);
	return yes;
}

struct expectation {
	const char *expr;
	bool yes;
};

static void
check_all(const struct expectation *all, size_t n, const struct conn_facts *c)
{
	for (size_t i = 0; i < n; i++) {
		if (matches(all[i].expr, c) != all[i].yes)
			fail_msg("\"%s\" should%s match", all[i].expr, all[i].yes ? "" : " not");
	}
}

static void
test_ports(void **state)
{
	static const struct expectation all[] = {
		{"", true},
		{"  ", true},
		{"23", true},
		{"24", false},
		{"port 23", true},
		{"port:23", true},
		{"port = 23", true},
		{"port != 23", false},
		{"PORT 51514", true},
		{"22,23", true},
		{"22, 24 ,23", true},
		{"20-25", true},
		{"24-30,51000-52000", true},
		{"24-30", false},
		{"0-65535", true},
		{"src 23", false},
		{"dst 23", true},
		{"src port 51514", true},
		{"client port 23", false},
		{"server 23", true},
		{"port > 51513", true},
		{"port > 51514", false},
		{"port >= 51514", true},
		{"dst port < 23", false},
		{"dst port <= 23", true},
		{"port < 0", false},
		{"port > 65535", false},
	};
	const struct conn_facts c = quiet();

	(void)state;
	check_all(all, ARRAY_LEN(all), &c);
}

static void
test_addresses(void **state)
{
	static const struct expectation all[] = {
		{"host 10.0.0.5", true},
		{"host 10.0.0.6", false},
		{"host != 10.0.0.5", false},
		{"10.0.0.5", true},
		{"10.0.0.50", false},
		{"src 10.0.0.5", true},
		{"dst 10.0.0.5", false},
		{"src host 10.0.0.5", true},
		{"net 10.0.0.0/8", true},
		{"net 10", true},
		{"net 192.168", true},
		{"net 192.168.3.0/25", true},
		{"net 192.168.3.128/25", false},
		{"net 0.0.0.0/0", true},
		{"10.0.0", true},
		{"10.0.1.0/24", false},
		{"10.0.0.4/31", true},
		{"10.0.0.5:51514", true},
		{"10.0.0.5:23", false}, /* 23 is the other end's */
		{"192.168.3.87:23", true},
		{"src 192.168.3.87:23", false},
		{"dst 192.168.3.87:23", true},
		{"not 192.168.3.87:23", false},
		{"10.0.0.5:23 or 23", true},
		{"host ::1", false},
		{"::/0", true}, /* v4-mapped: every address */
		{"::ffff:10.0.0.5", true},
	};
	const struct conn_facts c = quiet();

	(void)state;
	check_all(all, ARRAY_LEN(all), &c);
}

static void
test_ipv6(void **state)
{
	static const struct expectation all[] = {
		{"host fe80::1", true},
		{"fe80::1", true},
		{"fe80::2", false},
		{"FE80::/10", true},
		{"net 2001:db8::/32", true},
		{"net 2001:db9::/32", false},
		{"[2001:db8::9]:443", true},
		{"[fe80::1]:443", false},
		{"src [2001:db8::9]:443", false},
		{"net 10", false},
		{"net 0.0.0.0/0", false},
	};
	struct conn_facts c = quiet();

	(void)state;
	set_addr(&c.end[CLIENT], "fe80::1", 40000);
	set_addr(&c.end[SERVER], "2001:db8::9", 443);
	check_all(all, ARRAY_LEN(all), &c);
}

/* Names from /etc/services stand for their ports; 23 is telnet. */
static void
test_services(void **state)
{
	static const struct expectation all[] = {
		{"telnet", true},
		{"TELNET", true},
		{"ssh", false},
		{"port telnet", true},
		{"port != telnet", false},
		{"port ssh,telnet", true},
		{"ssh,telnet", true},
		{"ssh,80-90", false},
		{"telnet,80-90", true},
		{"80-90,telnet", true},
		{"src telnet", false},
		{"dst telnet", true},
		{"dst port telnet", true},
		{"not telnet", false},
	};
	const struct conn_facts c = quiet();

	(void)state;
	check_all(all, ARRAY_LEN(all), &c);
}

/* A word on its own is looked for in what the list shows. */
static void
test_text(void **state)
{
	static const struct expectation all[] = {
		{"estab", true},
		{"ESTAB", true},
		{"tab", true},
		{"syn-sent", false},
		{"refused", false},
		{"error", false},
		{"10.0", true},
		{"0.5", true},
		{"168.3", true},
		{"168.3.", true},
		{"169.", false},
		{"src 10.0", true},
		{"dst 10.0", false},
		{"beef", false},
		{"estab telnet", true},
		{"estab and ssh", false},
		{"not estab", false},
	};
	static const struct expectation ipv6[] = {
		{"beef", true},
		{"BEEF", true},
		{"fe80", true},
		{"fe80:", true},
		{":beef", true},
		{"2001:db8", true},
		{"2001:db9", false},
		{"src 2001:", false},
		{"8a2e", false},
		{"dead", false},
	};
	struct conn_facts c = quiet();

	(void)state;
	check_all(all, ARRAY_LEN(all), &c);
	set_addr(&c.end[CLIENT], "fe80::beef", 40000);
	set_addr(&c.end[SERVER], "2001:db8::9", 443);
	check_all(ipv6, ARRAY_LEN(ipv6), &c);
	c.state = CONN_REFUSED;
	c.verdict = (struct verdict){.code = V_REFUSED, .severity = SEV_ERROR};
	c.verdict_set = VERDICT(V_REFUSED);
	assert_true(matches("refused", &c));
	assert_true(matches("fuse", &c));
	assert_true(matches("error", &c));
	assert_true(matches("err", &c));
	assert_false(matches("warning", &c));
	c.state = CONN_ESTAB; /* the verdict alone is found as well */
	assert_true(matches("refused", &c));
}

static void
test_states(void **state)
{
	static const struct expectation all[] = {
		{"state estab", true},
		{"state ESTAB", true},
		{"state:est*", true},
		{"state e", true},
		{"state syn*", false},
		{"state syn-sent,estab", true},
		{"state syn-sent, fin-wait-1", false},
		{"state != estab", false},
		{"state != syn-sent", true},
		{"verdict none", true},
		{"verdict any", false},
		{"severity none", true},
		{"severity >= note", false},
	};
	struct conn_facts c = quiet();

	(void)state;
	check_all(all, ARRAY_LEN(all), &c);
	c.state = CONN_FIN_WAIT_2;
	assert_true(matches("state fin", &c));
	assert_false(matches("state fin-wait-1", &c));
	c.state = CONN_CLOSED;
	assert_true(matches("state close", &c));
	assert_false(matches("state close-wait", &c));
}

static void
test_verdicts(void **state)
{
	static const struct expectation all[] = {
		{"verdict refused", true},
		{"verdict:refused", true},
		{"verdict ref", true},
		{"verdict rej", false},
		{"verdict re*", true}, /* refused, rejected, reset … */
		{"verdict reset", false},
		{"verdict any", true},
		{"verdict none", false},
		{"verdict != refused", false},
		{"verdict loss,refused", true},
		{"verdict spurious", true}, /* not only the first */
		{"not verdict spurious", false},
		{"severity error", true},
		{"severity >= warning", true},
		{"severity > warning", true},
		{"severity < error", false},
		{"severity != error", false},
		{"severity warning,error", true},
		{"severity err", true},
	};
	struct conn_facts c = quiet();

	(void)state;
	c.verdict.code = V_REFUSED;
	c.verdict.severity = SEV_ERROR;
	c.verdict_set = VERDICT(V_REFUSED) | VERDICT(V_SPURIOUS);
	check_all(all, ARRAY_LEN(all), &c);
}

static void
test_figures(void **state)
{
	static const struct expectation all[] = {
		{"retx", true},
		{"retx > 3", true},
		{"retx > 4", false},
		{"retx>=4", true},
		{"retx = 4", true},
		{"retx == 4", true},
		{"retx:4", true},
		{"retx 4", true},
		{"retx != 4", false},
		{"retx<4", false},
		{"retx <= 4 retx >= 4", true},
		{"timeouts > 2", true},
		{"spurious", false},
		{"idle > 10s", true},
		{"idle > 0.25m", false},
		{"idle >= 15", true},
		{"idle > 14999ms", true},
		{"age > 1m", false},
		{"age >= 1m", true},
		{"bytes > 2k", true},
		{"bytes > 3k", false},
		{"sent = 1500", true},
		{"rate > 1M", true},
		{"rate > 2M", false},
		{"rate > 9Mbit", true},
		{"rate > 10Mbit", false},
		{"vlan 7", false}, /* none is not any number */
		{"vlan != 7", false},
		{"rtt > 0", false}, /* unknown is neither more */
		{"rtt < 1s", false}, /* nor less */
		{"id 7", true},
	};
	struct conn_facts c = quiet();

	(void)state;
	c.half[CLIENT].retransmissions = 3;
	c.half[SERVER].retransmissions = 1;
	c.half[CLIENT].by_cause[CAUSE_RTO] = 3;
	check_all(all, ARRAY_LEN(all), &c);
	c.half[CLIENT].rtt.srtt = 150 * NSEC_PER_MS;
	c.half[SERVER].rtt.srtt = 201 * NSEC_PER_MS;
	assert_true(matches("rtt > 200ms", &c));
	assert_true(matches("rtt < 0.202", &c));
}

/* t and f: what is true and false of quiet() */
#define T "23"
#define F "24"

static void
test_combinations(void **state)
{
	static const struct expectation all[] = {
		{T " and " T, true},
		{T " and " F, false},
		{F " or " T, true},
		{F " or " F, false},
		{T " " F, false},
		{T " " T, true},
		{"not " F, true},
		{"not not " T, true},
		{"! " T, false},
		{"!" F, true},
		{F "||" T, true},
		{T "&&" F, false},
		/* and binds closer than or */
		{T " or " F " and " F, true},
		{"(" T " or " F ") and " F, false},
		{F " and " F " or " T, true},
		{F " and (" F " or " T ")", false},
		{F " or " F " or " T " or " F, true},
		{T " and " T " and " F " and " T, false},
		/* not binds closest */
		{"not " F " and " F, false},
		{"not (" F " and " F ")", true},
		{"not " T " or " T, true},
		{"((" T "))", true},
		{"(" T ") (" F ")", false},
		{T " and not state syn-sent or " F, true},
	};
	const struct conn_facts c = quiet();

	(void)state;
	check_all(all, ARRAY_LEN(all), &c);
}

/* Every expression of three terms against plain logic. */
static void
test_all_small_expressions(void **state)
{
	const struct conn_facts c = quiet();
	char expr[64];

	(void)state;
	for (int bits = 0; bits < 256; bits++) {
		const bool v[3] = {bits & 1, bits & 2, bits & 4};
		const bool or1 = bits & 8, or2 = bits & 16, n0 = bits & 32, group = bits & 64,
			   n1 = bits & 128;
		const bool a = v[0] != n0, b = v[1] != n1;
		bool want;

		snprintf(expr, sizeof(expr), "%s%s %s %s%s%s %s %s%s", n0 ? "not " : "",
			 v[0] ? T : F, or1 ? "or" : "and", group ? "(" : "", n1 ? "! " : "",
			 v[1] ? T : F, or2 ? "or" : "and", v[2] ? T : F, group ? ")" : "");
		if (group || (or1 && !or2)) {
			const bool right = or2 ? b || v[2] : b && v[2];

			want = or1 ? a || right : a && right;
		} else {
			const bool left = or1 ? a || b : a && b;

			want = or2 ? left || v[2] : left && v[2];
		}
		if (matches(expr, &c) != want)
			fail_msg("\"%s\" should be %s", expr, want ? "true" : "false");
	}
}

struct mistake {
	const char *expr;
	size_t at;
	bool unfinished;
	const char *expected; /* a part of what is said */
};

static void
test_mistakes(void **state)
{
	static const struct mistake all[] = {
		{"port", 4, true, "port number"},
		{"port ", 5, true, "port number"},
		{"port x", 5, true, "service name"}, /* x11 */
		{"port x and 23", 5, false, "service name"},
		{"port ssh,", 9, true, "port number"},
		{"ssh,", 4, true, "port number"},
		{"ssh/", 3, false, "next word"},
		{"23,", 3, true, "port number"},
		{"23 or", 5, true, "word"},
		{"23 and ", 7, true, "word"},
		{"23x", 2, false, "comma"},
		{"70000", 0, false, "65535"},
		{"80-", 3, true, "port number"},
		{"80-8", 4, true, "not below"},
		{"80-8 ", 3, false, "not below"},
		{"host", 4, true, "address"},
		{"host 10.0.0", 11, true, "address"},
		{"host nobody", 5, false, "address"},
		{"host x", 5, false, "address"},
		{"host 10.0.0.256", 15, true, "address"},
		{"host 256.0.0.1 ", 5, false, "address"},
		{"10.0.0.256 ", 0, false, "address"},
		{"host 10.0.0.500", 15, true, "address"},
		{"host 10.0.0.500 and 1", 5, false, "address"},
		{"net 10.0.0.0/", 13, true, "prefix"},
		{"net 10.0.0.0/33", 13, false, "32"},
		{"net fe80::/129", 11, false, "128"},
		{"10.0.0.500", 10, true, "address"},
		{"10.0.0.500 ", 0, false, "address"},
		{"10.0.0.5.", 9, true, "address"},
		{"fe80:12345", 10, true, "address"},
		{"8a2e1", 1, false, "comma"},
		{"[::1", 4, true, "]"},
		{"[::1]", 5, true, "colon"},
		{"10.0.0.5:", 9, true, "port number"},
		{"10.0:80", 5, false, "address"},
		{"src", 3, true, "host or net"},
		{"src ho", 4, true, "host or net"},
		{"src estab", 4, false, "host or net"},
		{"src state estab", 4, false, "host or net"},
		{"state", 5, true, "SYN-SENT"},
		{"state bogus", 6, false, "SYN-SENT"},
		{"state < estab", 6, false, "="},
		{"verdict wrongly", 8, false, "refused"},
		{"severity bad", 9, false, "warning"},
		{"retx >", 6, true, "number"},
		{"retx > x", 7, false, "number"},
		{"rtt", 3, true, "comparison"},
		{"rtt > ", 6, true, "duration"},
		{"rtt > 1x", 6, false, "duration"},
		{"rtt > 1.", 6, true, "duration"},
		{"rate > 1Q", 7, false, "per second"},
		{"sta", 0, true, "state"},
		{"re", 0, true, "state"}, /* retx, although "refused" has it too */
		{"bogus", 0, false, "state"},
		{"stax and 23", 0, false, "state"},
		{"(", 1, true, "word"},
		{"(23", 3, true, ")"},
		{"23)", 2, false, "end"},
		{"()", 1, false, "word"},
		{"not", 3, true, "word"},
		{"and 23", 0, false, "word"},
		{"23 & 24", 3, false, "word"},
		{"23 | 24", 3, false, "end"},
		{"proc nginx", 0, false, "process"},
		{"\xff\xfe", 0, false, "word"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct filter_error e;
		struct filter *f = filter_parse(all[i].expr, &e);

		if (f)
			fail_msg("\"%s\" is taken", all[i].expr);
		if (e.at != all[i].at || e.unfinished != all[i].unfinished ||
		    !strstr(e.expected, all[i].expected))
			fail_msg("\"%s\": at %zu%s expected: %s", all[i].expr, e.at,
				 e.unfinished ? ", unfinished," : "", e.expected);
	}
}

/* Too long or too deep is an error, wherever the limit strikes; never a crash. */
static void
test_limits(void **state)
{
	static char expr[1 << 16];
	static const char *const pieces[] = {"(",	     "not ", "!",	"23,",	 "23 ",
					     "23 or ",	     "(23) ", "1.2.3.4:5 ", "retx ",
					     "not (23) or ", "host 1.2.3.4 "};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		struct filter_error e;
		size_t len = 0;

		while (len + 32 < sizeof(expr)) {
			memcpy(expr + len, pieces[i], strlen(pieces[i]) + 1);
			len += strlen(pieces[i]);
		}
		assert_null(filter_parse(expr, &e));
		assert_string_not_equal(e.expected, "");
		assert_false(e.unfinished);
	}
}

/* Enough for a long list typed by hand. */
static void
test_room(void **state)
{
	char expr[2048] = "1";
	const struct conn_facts c = quiet();

	(void)state;
	for (int i = 2; i <= 100; i++)
		snprintf(expr + strlen(expr), sizeof(expr) - strlen(expr), " or %d", i);
	assert_true(matches(expr, &c));
}

static void
test_time(void **state)
{
	struct filter_error e;
	struct filter *idle = filter_parse("23 and idle > 10s", &e), *port = filter_parse("23", &e);

	(void)state;
	assert_true(filter_uses_time(idle));
	assert_false(filter_uses_time(port));
	assert_false(filter_uses_time(NULL));
	filter_free(idle);
	filter_free(port);
}

/* ---- the table of words ---- */

/* Help and man page show the examples: each is complete and correct. */
static void
test_examples_are_correct(void **state)
{
	(void)state;
	for (size_t i = 0; i + 1 < filter_word_count; i++) { /* the last one is about operators */
		const struct filter_word *w = &filter_words[i];
		struct filter_error e;
		struct filter *f = filter_parse(w->example, &e);

		if (!f)
			fail_msg("\"%s\": at %zu expected %s", w->example, e.at, e.expected);
		assert_true(strlen(w->help) > 0);
		if (w->name)
			assert_int_equal(strncmp(w->example, w->name, strlen(w->name)), 0);
		filter_free(f);
	}
}

/* Every figure that has a column can be filtered by, under the column's name. */
static void
test_every_figure_has_a_word(void **state)
{
	(void)state;
	for (size_t i = 0; i < column_count; i++) {
		char expr[64];
		struct filter_error e;

		if (columns[i].unit == UNIT_NONE)
			continue;
		snprintf(expr, sizeof(expr), "%s > 1", columns[i].name);
		struct filter *f = filter_parse(expr, &e);

		if (!f)
			fail_msg("\"%s\": at %zu expected %s", expr, e.at, e.expected);
		filter_free(f);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_ports),
	cmocka_unit_test(test_addresses),
	cmocka_unit_test(test_ipv6),
	cmocka_unit_test(test_services),
	cmocka_unit_test(test_text),
	cmocka_unit_test(test_states),
	cmocka_unit_test(test_verdicts),
	cmocka_unit_test(test_figures),
	cmocka_unit_test(test_combinations),
	cmocka_unit_test(test_all_small_expressions),
	cmocka_unit_test(test_mistakes),
	cmocka_unit_test(test_limits),
	cmocka_unit_test(test_room),
	cmocka_unit_test(test_time),
	cmocka_unit_test(test_examples_are_correct),
	cmocka_unit_test(test_every_figure_has_a_word),
};

UNIT_MAIN(tests)
