/* SPDX-License-Identifier: MIT */
/* Unit test of base: text, numbers, durations, addresses, errors. */
#include "config.h"

#include "unit.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/base.h"

static void
utf8_locale(void)
{
	if (!setlocale(LC_ALL, "C.UTF-8"))
		skip();
}

static void
test_err_set(void **state)
{
	(void)state;
	struct err err = {""};
	assert_false(err_set(&err, "%s:%d", "x", 7));
	assert_string_equal(err.msg, "x:7");
	assert_false(err_set(NULL, "nobody asks"));
}

static void
test_text_add_cuts_at_a_character(void **state)
{
	(void)state;
	for (size_t size = 1; size <= 12; size++) {
		char buf[16];

		memset(buf, 'x', sizeof(buf));
		struct text t = text_on(buf, size);
		text_add(&t, "a\u00e9\u4e2d\U0001f600");
		text_add(&t, "z");
		static const size_t lens[] = {0, 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11};
		size_t want = size == 11 ? 10 : lens[size];
		assert_int_equal(t.len, want);
		assert_int_equal(strlen(buf), want);
		assert_int_equal(buf[size], 'x');
	}
}

static void
test_text_add_nothing_behind_a_cut(void **state)
{
	(void)state;
	char buf[4];
	struct text t = text_on(buf, sizeof(buf));
	text_add(&t, "ab\u00e9");
	text_add(&t, "c");
	assert_string_equal(buf, "ab");
}

static void
test_width_and_cut(void **state)
{
	(void)state;
	char out[64];
	utf8_locale();
	assert_int_equal(text_width("abc"), 3);
	assert_int_equal(text_width("a\u4e2d\u6587"), 5);
	assert_int_equal(text_width("e\u0301"), 1);
	assert_int_equal(text_width("\xff\xfe"), 2);
	assert_int_equal(text_cut(out, sizeof(out), "abcdef", 6), 6);
	assert_string_equal(out, "abcdef");
	assert_int_equal(text_cut(out, sizeof(out), "abcdef", 4), 4);
	assert_string_equal(out, "abc\u2026");
	assert_int_equal(text_cut(out, sizeof(out), "\u4e2d\u6587\u5b57", 4), 3);
	assert_string_equal(out, "\u4e2d\u2026");
	assert_int_equal(text_cut(out, sizeof(out), "abc", 0), 0);
	assert_string_equal(out, "");
	assert_int_equal(text_cut_middle(out, sizeof(out), "[2001:db8::1]:8080", 12, 5), 12);
	assert_string_equal(out, "[2001:\u2026:8080");
	assert_int_equal(text_cut_middle(out, sizeof(out), "abcdef", 3, 9), 3);
	assert_string_equal(out, "\u2026ef");
	assert_int_equal(text_cut_middle(out, sizeof(out), "abc", 3, 2), 3);
	assert_string_equal(out, "abc");
	setlocale(LC_ALL, "C");
	assert_int_equal(text_cut(out, sizeof(out), "abcdef", 4), 4);
	assert_string_equal(out, "abc~");
}

static void
test_escape(void **state)
{
	(void)state;
	char out[64];
	utf8_locale();
	static const struct {
		const char *in, *want;
	} cases[] = {
		{"plain ~", "plain ~"},
		{"\x1b[2J\x7f\t", "\\x1b[2J\\x7f\\x09"},
		{"\u4e2d", "\u4e2d"},
		{"\xc2\x9b", "\\u{9b}"},
		{"\u202e", "\\u{202e}"},
		{"\u200f\ufeff", "\\u{200f}\\u{feff}"},
		{"\xff\xc3", "\\xff\\xc3"},
		{"\xc0\x80", "\\xc0\\x80"},
		{"\xed\xa0\x80", "\\xed\\xa0\\x80"},
		{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		text_escape(out, sizeof(out), cases[i].in, strlen(cases[i].in));
		assert_string_equal(out, cases[i].want);
	}
	assert_string_equal(text_escape(out, sizeof(out), "a\0b", 3), "a\\x00b");
	setlocale(LC_ALL, "C");
	assert_string_equal(text_escape(out, sizeof(out), "\xc3\xa9", 2), "\\xc3\\xa9");
}

static void
test_escape_is_always_safe(void **state)
{
	(void)state;
	char out[8];
	utf8_locale();
	for (unsigned a = 0; a < 256; a++)
		for (unsigned b = 0; b < 256; b++) {
			uint8_t in[2] = {(uint8_t)a, (uint8_t)b};

			text_escape(out, sizeof(out), in, 2);
			for (const char *p = out; *p; p++)
				assert_false((unsigned char)*p < 0x20 || *p == 0x7f);
			assert_int_not_equal(mbstowcs(NULL, out, 0), (size_t)-1);
		}
	setlocale(LC_ALL, "C");
}

static void
test_duration(void **state)
{
	(void)state;
	char out[32];
	static const struct {
		nsec in;
		const char *want;
	} cases[] = {
		{0, "0s"},
		{1, "1ns"},
		{999, "999ns"},
		{1000, "1.0us"},
		{9949, "9.9us"},
		{9950, "0.01ms"},
		{21 * NSEC_PER_US, "0.02ms"},
		{994999, "0.99ms"},
		{995000, "1.0ms"},
		{45300 * NSEC_PER_US, "45.3ms"},
		{99949999, "99.9ms"},
		{99950000, "100ms"},
		{999499999, "999ms"},
		{999500000, "1.0s"},
		{1230 * NSEC_PER_MS, "1.2s"},
		{59949 * NSEC_PER_MS, "59.9s"},
		{59950 * NSEC_PER_MS, "1m00s"},
		{192 * NSEC_PER_SEC, "3m12s"},
		{(2 * 3600 + 300) * NSEC_PER_SEC, "2h05m"},
		{100 * 3600 * NSEC_PER_SEC, "4d04h"},
		{-1500 * NSEC_PER_MS, "-1.5s"},
		{INT64_MIN, "-106751d"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(text_duration(out, sizeof(out), cases[i].in), cases[i].want);
	for (nsec d = 1; d < INT64_C(1000) * 86400 * NSEC_PER_SEC; d += d / 3 + 1)
		assert_true(strlen(text_duration(out, sizeof(out), d)) <= 7);
}

static void
test_count(void **state)
{
	(void)state;
	char out[32];
	static const struct {
		uint64_t in;
		const char *want;
	} cases[] = {
		{0, "0"},         {999, "999"},        {1000, "1.0k"},    {1249, "1.2k"},
		{9949, "9.9k"},   {9950, "10k"},       {34567890, "35M"}, {999499, "999k"},
		{999500, "1.0M"}, {UINT64_MAX, "18E"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(text_count(out, sizeof(out), cases[i].in), cases[i].want);
	for (uint64_t n = 1; n < UINT64_MAX / 3; n += n / 3 + 1)
		assert_true(strlen(text_count(out, sizeof(out), n)) <= 5);
}

static const char *
ended(char *text, char *end)
{
	*end = '\0';
	return text;
}

static void
test_put(void **state)
{
	(void)state;
	char out[TEXT_PUT_MAX + 1], want[32];
	for (uint64_t v = 0; v < UINT64_MAX / 3; v += v / 7 + 1) {
		snprintf(want, sizeof(want), "%llu", (unsigned long long)v);
		assert_string_equal(ended(out, text_put_uint(out, v)), want);
		assert_int_equal(text_uint_len(v), strlen(want));
		snprintf(want, sizeof(want), "%06d", (int)(v % 1000000));
		assert_string_equal(ended(out, text_put_digits(out, v, 6)), want);
		assert_string_equal(ended(out, text_put_digits(out, v, 5)), want + 1);
	}
	assert_string_equal(ended(out, text_put_uint(out, UINT64_MAX)), "18446744073709551615");
	for (int i = 0; i < 256; i++) {
		const uint8_t addr[4] = {(uint8_t)i, 1, (uint8_t)(i / 2), (uint8_t)(255 - i)};

		snprintf(want, sizeof(want), "%d.1.%d.%d", i, i / 2, 255 - i);
		assert_string_equal(ended(out, text_put_ipv4(out, addr)), want);
	}
}

/* What is put does not pass the end of what it is put in. */
static void
test_put_cut(void **state)
{
	(void)state;
	char out[8] = "1234567";
	assert_string_equal(text_duration(out, 4, 45300 * NSEC_PER_US), "45.");
	assert_string_equal(out + 4, "567");
	assert_string_equal(text_count(out, 1, 9949), "");
	text_count(out, 0, 1);
	assert_string_equal(out, "");
}

static void
test_addresses(void **state)
{
	(void)state;
	char out[64], small[6];
	static const uint8_t v4[16] = {[10] = 0xff, [11] = 0xff, 10, 0, 0, 1};
	static const uint8_t v6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1};
	assert_string_equal(text_addr(out, sizeof(out), v4), "10.0.0.1");
	assert_string_equal(text_endpoint(out, sizeof(out), v4, 80), "10.0.0.1:80");
	assert_string_equal(text_addr(out, sizeof(out), v6), "2001:db8::1");
	assert_string_equal(text_endpoint(out, sizeof(out), v6, 65535), "[2001:db8::1]:65535");
	assert_string_equal(text_addr(small, sizeof(small), v4), "10.0.");
}

static void
test_moments(void **state)
{
	(void)state;
	char out[64];
	setenv("TZ", "UTC0", 1);
	tzset();
	nsec t = INT64_C(1700000000) * NSEC_PER_SEC + 123456789;
	assert_string_equal(text_clock(out, sizeof(out), t, 6), "22:13:20.123456");
	assert_string_equal(text_clock(out, sizeof(out), t, 0), "22:13:20");
	assert_string_equal(text_date(out, sizeof(out), t, 9), "2023-11-14 22:13:20.123456789");
	assert_string_equal(text_date(out, sizeof(out), -1, 3), "1969-12-31 23:59:59.999");
}

static void
test_parse_duration(void **state)
{
	(void)state;
	nsec d;
	static const struct {
		const char *in;
		nsec want;
	} good[] = {
		{"0", 0},
		{"3", 3 * NSEC_PER_SEC},
		{"200ms", 200 * NSEC_PER_MS},
		{"10us", 10 * NSEC_PER_US},
		{"1.5m", 90 * NSEC_PER_SEC},
		{"2h", 7200 * NSEC_PER_SEC},
		{"0.000000001s", 1},
		{"0.123456789", 123456789},
	};
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(parse_duration(good[i].in, &d));
		assert_int_equal(d, good[i].want);
	}
	static const char *const bad[] = {"",
					  "s",
					  "-1",
					  " 1",
					  "1 s",
					  "1.",
					  ".5",
					  "1.5x",
					  "1e3",
					  "3sx",
					  "99999999999999999999",
					  "9999999999h"};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(parse_duration(bad[i], &d));
}

static void
test_parse_size_and_uint(void **state)
{
	(void)state;
	uint64_t v;
	assert_true(parse_size("64M", true, &v) && v == 64u << 20);
	assert_true(parse_size("10k", false, &v) && v == 10000);
	assert_true(parse_size("1.5k", true, &v) && v == 1536);
	assert_true(parse_size("512", true, &v) && v == 512);
	assert_false(parse_size("64X", true, &v));
	assert_false(parse_size("20000000T", true, &v));
	assert_false(parse_size("M", true, &v));
	assert_true(parse_uint("65535", 0, 65535, &v) && v == 65535);
	assert_false(parse_uint("65536", 0, 65535, &v));
	assert_false(parse_uint("0", 1, 65535, &v));
	assert_false(parse_uint("1x", 0, 9, &v));
	assert_true(parse_uint("18446744073709551615", 0, UINT64_MAX, &v) && v == UINT64_MAX);
	assert_false(parse_uint("18446744073709551616", 0, UINT64_MAX, &v));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_err_set),
	cmocka_unit_test(test_text_add_cuts_at_a_character),
	cmocka_unit_test(test_text_add_nothing_behind_a_cut),
	cmocka_unit_test(test_width_and_cut),
	cmocka_unit_test(test_escape),
	cmocka_unit_test(test_escape_is_always_safe),
	cmocka_unit_test(test_duration),
	cmocka_unit_test(test_count),
	cmocka_unit_test(test_put),
	cmocka_unit_test(test_put_cut),
	cmocka_unit_test(test_addresses),
	cmocka_unit_test(test_moments),
	cmocka_unit_test(test_parse_duration),
	cmocka_unit_test(test_parse_size_and_uint),
};

UNIT_MAIN(tests)
