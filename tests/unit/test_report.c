/* SPDX-License-Identifier: MIT */
/*
 * test_report: the JSON writer against an independent parser, exact numbers, and the queue that
 * keeps lines in capture order. What the lines say of real captures is the goldens' business.
 */
#include "unit.h"

#include "report/report_private.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- writer ---- */

static const char *
text_of(struct output *w)
{
	output_raw(w, "", 1);
	return w->buf;
}

static void
test_numbers(void **state)
{
	struct output w = {0};

	(void)state;
	output_open(&w, NULL, '[');
	output_uint(&w, NULL, 0);
	output_uint(&w, NULL, UINT64_MAX);
	output_int(&w, NULL, INT64_MIN);
	output_int(&w, NULL, -7);
	output_time(&w, NULL, INT64_C(1488968603323597001));
	output_time(&w, NULL, 5);
	output_time(&w, NULL, NSEC_NEVER);
	output_duration(&w, NULL, 0);
	output_duration(&w, NULL, 1);
	output_duration(&w, NULL, 998101 * NSEC_PER_US);
	output_duration(&w, NULL, 16 * NSEC_PER_SEC);
	output_duration(&w, NULL, -1);
	output_bool(&w, NULL, true);
	output_null(&w, NULL);
	output_close(&w, ']');
	assert_string_equal(text_of(&w),
			    "[0,18446744073709551615,-9223372036854775808,-7,1488968603.323597001,"
			    "0.000000005,null,0,0.000000001,0.998101,16,null,true,null]");
	output_free(&w);
}

static void
test_nesting(void **state)
{
	struct output w = {0};

	(void)state;
	output_open(&w, NULL, '{');
	output_open(&w, "a", '[');
	output_close(&w, ']');
	output_open(&w, "b", '{');
	output_uint(&w, "c", 1);
	output_close(&w, '}');
	output_string(&w, "d", NULL);
	output_close(&w, '}');
	output_end_line(&w);
	output_open(&w, NULL, '{');
	output_close(&w, '}');
	assert_string_equal(text_of(&w), "{\"a\":[],\"b\":{\"c\":1},\"d\":null}\n{}");
	output_free(&w);
}

/* What a parser that is not ours reads back. */
static char *
round_trip(const char *s)
{
	struct output w = {0};
	json_error_t error;

	output_open(&w, NULL, '[');
	output_string(&w, NULL, s);
	output_close(&w, ']');
	json_t *array = json_loads(text_of(&w), 0, &error);

	if (!array)
		fail_msg("%s: %s", w.buf, error.text);
	char *out = xstrdup(json_string_value(json_array_get(array, 0)));

	json_decref(array);
	output_free(&w);
	return out;
}

static void
test_strings(void **state)
{
	static const char *const kept[] = {
		"",
		"plain",
		"\"quoted\" \\ /",
		"tab\tnew\nline\x01\x1f\x7f",
		"\u00e9\u20ac\U0001f600",
		"\u65e0\u4eba\u56de\u7b54",
	};

	static const struct {
		const char *bytes, *read;
	} repaired[] = {
		{"a\xff"
		 "b",
		 "a\ufffdb"},
		{"\xc3", "\ufffd"},		    /* cut */
		{"\xe2\x82", "\ufffd\ufffd"},	    /* cut */
		{"\xc0\xaf", "\ufffd\ufffd"},	    /* overlong */
		{"\xed\xa0\x80", "\ufffd\ufffd\ufffd"}, /* surrogate */
		{"\xf4\x90\x80\x80", "\ufffd\ufffd\ufffd\ufffd"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
		char *out = round_trip(kept[i]);

		assert_string_equal(out, kept[i]);
		free(out);
	}
	for (size_t i = 0; i < ARRAY_LEN(repaired); i++) {
		char *out = round_trip(repaired[i].bytes);

		assert_string_equal(out, repaired[i].read);
		free(out);
	}
}

static void
test_format(void **state)
{
	struct output w = {0};
	char long_text[2000];

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	output_format(&w, "%d:", 1);
	output_format(&w, "%s", long_text);
	output_format(&w, ":%d", 2);
	assert_int_equal(w.len, 2 + 1999 + 2);
	assert_int_equal(w.buf[0], '1');
	assert_memory_equal(w.buf + 2, long_text, 1999);
	assert_memory_equal(w.buf + w.len - 2, ":2", 2);
	output_free(&w);
}

/* ---- queue ---- */

struct log {
	char text[4096];
};

static void
log_segment(void *ctx, const struct segment *s)
{
	struct log *l = ctx;
	const size_t n = strlen(l->text);

	snprintf(l->text + n, sizeof(l->text) - n, "%llu%s ", (unsigned long long)s->frame,
		 s->needed == NEEDED_NO ? "!" : "");
}

static void
log_text(void *ctx, const char *text, size_t len)
{
	struct log *l = ctx;
	const size_t n = strlen(l->text);

	snprintf(l->text + n, sizeof(l->text) - n, "%.*s ", (int)len, text);
}

static struct report_queue
queue_on(struct log *l)
{
	l->text[0] = '\0';
	return (struct report_queue){.max_items = 1000,
				     .ctx = l,
				     .emit_segment = log_segment,
				     .emit_text = log_text};
}

static void
give(struct report_queue *q, uint64_t frame, bool pending)
{
	const struct segment s = {
		.frame = frame, .ts = (nsec)frame * NSEC_PER_SEC, .pending = pending};

	report_queue_segment(q, &s);
}

static void
amend(struct report_queue *q, uint64_t frame, bool pending)
{
	const struct segment s = {.frame = frame,
				  .ts = (nsec)frame * NSEC_PER_SEC,
				  .pending = pending,
				  .needed = NEEDED_NO};

	report_queue_amend(q, &s);
}

static void
test_queue_order(void **state)
{
	struct log l;
	struct report_queue q = queue_on(&l);

	(void)state;
	give(&q, 1, false);
	report_queue_text(&q, "a", 1);
	assert_string_equal(l.text, "1 a ");
	give(&q, 2, true);
	report_queue_text(&q, "b", 1);
	give(&q, 3, false);
	give(&q, 5, true); /* 4 was no segment */
	report_queue_text(&q, "c", 1);
	assert_string_equal(l.text, "1 a ");
	amend(&q, 5, true); /* revised, may be again */
	amend(&q, 4, false); /* nobody */
	amend(&q, 1, false); /* gone */
	assert_string_equal(l.text, "1 a ");
	amend(&q, 2, false);
	assert_string_equal(l.text, "1 a 2! b 3 ");
	amend(&q, 5, false);
	assert_string_equal(l.text, "1 a 2! b 3 5! c ");
	give(&q, 6, true);
	report_queue_text(&q, "d", 1);
	report_queue_finish(&q);
	assert_string_equal(l.text, "1 a 2! b 3 5! c 6 d ");
}

static void
test_queue_bounds(void **state)
{
	struct log l;
	struct report_queue q = queue_on(&l);

	(void)state;
	q.max_items = 3;
	for (uint64_t i = 1; i <= 5; i++)
		give(&q, i, true);
	assert_string_equal(l.text, "1 2 ");
	report_queue_finish(&q);

	q = queue_on(&l);
	q.max_hold = 2 * NSEC_PER_SEC;
	give(&q, 10, true);
	give(&q, 11, false);
	give(&q, 12, true);
	assert_string_equal(l.text, "");
	give(&q, 13, true); /* 3 s after frame 10 */
	assert_string_equal(l.text, "10 11 ");
	report_queue_advance(&q, 15 * NSEC_PER_SEC);
	assert_string_equal(l.text, "10 11 12 ");
	report_queue_finish(&q);
	assert_string_equal(l.text, "10 11 12 13 ");
}

struct counter {
	uint64_t last, n, needless;
};

static void
count_segment(void *ctx, const struct segment *s)
{
	struct counter *c = ctx;

	assert_true(s->frame > c->last);
	c->last = s->frame;
	c->n++;
	c->needless += s->needed == NEEDED_NO;
}

static void
ignore_text(void *ctx, const char *text, size_t len)
{
	(void)ctx;
	(void)text;
	(void)len;
}

/* Many lines, amended in any order: each comes out once, in order, as last amended. */
static void
test_queue_random(void **state)
{
	struct counter c = {0};
	struct report_queue q = {.max_items = 100000,
				 .ctx = &c,
				 .emit_segment = count_segment,
				 .emit_text = ignore_text};

	enum { N = 20000 };
	static bool amended[N + 1];
	uint32_t random = 12345;
	uint64_t expected = 0;

	(void)state;
	give(&q, 1, true); /* holds all */
	for (uint64_t i = 2; i <= N; i++) {
		give(&q, i, i % 3 == 0);
		report_queue_text(&q, "x", 1);
		random = random * 1664525 + 1013904223;
		const uint64_t which = 2 + (random >> 8) % (i - 1);

		expected += !amended[which];
		amended[which] = true;
		amend(&q, which, false);
	}
	assert_int_equal(c.n, 0);
	amend(&q, 1, false);
	report_queue_finish(&q);
	assert_int_equal(c.n, N);
	assert_int_equal(c.needless, expected + 1);
}

/* ---- --fail-on ---- */

static void
test_fail_on(void **state)
{
	struct err err;
	uint64_t bits;

	(void)state;
	assert_true(report_parse_fail_on("refused,no-answer", &bits, &err));
	assert_int_equal(bits, UINT64_C(1) << V_REFUSED | UINT64_C(1) << V_NO_ANSWER);
	assert_true(report_parse_fail_on("loss,", &bits, &err));
	assert_false(report_parse_fail_on("refused,lost", &bits, &err));
	assert_non_null(strstr(err.msg, "\"lost\""));
	assert_non_null(strstr(err.msg, "no-answer"));
	assert_non_null(strstr(err.msg, "capture-loss"));
	assert_false(report_parse_fail_on("", &bits, &err));
	assert_false(report_parse_fail_on(",", &bits, &err));
}

/* ---- sorting ---- */

static void
append(void *ctx, const char *text, size_t len)
{
	output_raw(ctx, text, len);
}

static void
sort_server(struct report_sort *s, uint8_t host, const char *text)
{
	struct conn_facts f = {.ip_version = 6};

	f.end[SERVER].addr[15] = host;
	report_sort_add(s, &(struct row_context){.facts = &f}, text, strlen(text));
}

/* The last byte of an IPv6 address orders by the text key alone; equal rows stay in their order. */
static void
test_sort(void **state)
{
	struct report_sort s = {.order = {column_by_name("server"), false}};
	struct output out = {0};

	(void)state;
	report_sort_emit(&s, append, &out);
	sort_server(&s, 9, "9");
	sort_server(&s, 1, "first ");
	sort_server(&s, 1, "second ");
	sort_server(&s, 5, "");
	assert_true(report_sort_size(&s) > 4 * 18);
	report_sort_emit(&s, append, &out);
	assert_int_equal(report_sort_size(&s), 0);
	/* a second part */
	s.order.reverse = true;
	sort_server(&s, 3, "3");
	sort_server(&s, 4, "4");
	report_sort_emit(&s, append, &out);
	assert_string_equal(text_of(&out), "first second 943");
	output_free(&out);
	report_sort_free(&s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_sort),
	cmocka_unit_test(test_numbers),	     cmocka_unit_test(test_nesting),
	cmocka_unit_test(test_strings),	     cmocka_unit_test(test_format),
	cmocka_unit_test(test_queue_order),  cmocka_unit_test(test_queue_bounds),
	cmocka_unit_test(test_queue_random), cmocka_unit_test(test_fail_on),
};

UNIT_MAIN(tests)
