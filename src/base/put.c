/* SPDX-License-Identifier: MIT */
/*
 * put: fast formatting of numbers, durations and addresses, without printf(). The caller makes sure
 * that there is room; no terminating NUL is written.
 */
#include "base/base.h"

#include <string.h>

/* ---- numbers ---- */

/* Two digits at a time, which halves the divisions. */
static const char pairs[100][2] = {
	"00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14",
	"15", "16", "17", "18", "19", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29",
	"30", "31", "32", "33", "34", "35", "36", "37", "38", "39", "40", "41", "42", "43", "44",
	"45", "46", "47", "48", "49", "50", "51", "52", "53", "54", "55", "56", "57", "58", "59",
	"60", "61", "62", "63", "64", "65", "66", "67", "68", "69", "70", "71", "72", "73", "74",
	"75", "76", "77", "78", "79", "80", "81", "82", "83", "84", "85", "86", "87", "88", "89",
	"90", "91", "92", "93", "94", "95", "96", "97", "98", "99",
};

size_t
text_uint_len(uint64_t v)
{
	size_t n = 0;

	for (; v >= 10000; v /= 10000)
		n += 4;
	if (v < 100)
		return n + (v < 10 ? 1 : 2);
	return n + (v < 1000 ? 3 : 4);
}

char *
text_put_uint(char *p, uint64_t v)
{
	char *const end = p + text_uint_len(v);
	char *at = end;

	for (; v >= 100; v /= 100)
		memcpy(at -= 2, pairs[v % 100], 2);
	if (v >= 10)
		memcpy(p, pairs[v], 2);
	else
		*p = (char)('0' + v);
	return end;
}

char *
text_put_digits(char *p, uint64_t v, int digits)
{
	char *at = p + digits;

	for (; at - p >= 2; v /= 100)
		memcpy(at -= 2, pairs[v % 100], 2);
	if (at > p)
		*p = (char)('0' + v % 10);
	return p + digits;
}

static char *
put_char(char *p, char c)
{
	*p = c;
	return p + 1;
}

/* ---- with a unit ---- */

/* The smallest duration that, rounded to steps, is `below` or more. */
#define ROUNDS_TO(below, step) (((below) - 1) * (step) + ((step) + 1) / 2)
#define UNIT(step, below, digits, unit) {step, ROUNDS_TO(INT64_C(below), step), digits, unit}

/* A duration is shown with the first row whose limit it is below. */
static const struct {
	nsec step; /* of the last digit shown */
	nsec limit;
	int digits;
	char unit[2];
} duration_units[] = {
	UNIT(1, 1000, 0, "ns"),
	UNIT(NSEC_PER_US / 10, 100, 1, "us"),
	UNIT(NSEC_PER_US * 10, 100, 2, "ms"),
	UNIT(NSEC_PER_US * 100, 1000, 1, "ms"),
	UNIT(NSEC_PER_MS, 1000, 0, "ms"),
	UNIT(NSEC_PER_MS * 100, 600, 1, "s"),
};

static char *
put_two_units(char *p, int64_t v, int64_t small, char big_unit, char small_unit)
{
	p = put_char(text_put_uint(p, (uint64_t)(v / small)), big_unit);
	return put_char(text_put_digits(p, (uint64_t)(v % small), 2), small_unit);
}

static char *
put_long_duration(char *p, int64_t sec)
{
	if (sec < 3600)
		return put_two_units(p, sec, 60, 'm', 's');
	if (sec < 100 * 3600)
		return put_two_units(p, sec / 60, 60, 'h', 'm');
	if (sec < INT64_C(1000) * 86400)
		return put_two_units(p, sec / 3600, 24, 'd', 'h');
	return put_char(text_put_uint(p, (uint64_t)sec / 86400), 'd');
}

static char *
put_in_unit(char *p, nsec d, size_t unit)
{
	static const unsigned tens[] = {1, 10, 100};
	const int digits = duration_units[unit].digits;
	const nsec step = duration_units[unit].step;
	const unsigned v = (unsigned)((d + step / 2) / step);

	p = text_put_uint(p, v / tens[digits]);
	if (digits > 0)
		p = text_put_digits(put_char(p, '.'), v % tens[digits], digits);
	memcpy(p, duration_units[unit].unit, 2);
	return p + (duration_units[unit].unit[1] != '\0' ? 2 : 1);
}

char *
text_put_duration(char *p, nsec d)
{
	if (d == 0)
		return put_char(put_char(p, '0'), 's');
	if (d < 0) {
		p = put_char(p, '-');
		d = d == INT64_MIN ? INT64_MAX : -d;
	}
	for (size_t i = 0; i < ARRAY_LEN(duration_units); i++)
		if (d < duration_units[i].limit)
			return put_in_unit(p, d, i);
	return put_long_duration(p, d / NSEC_PER_SEC + (d % NSEC_PER_SEC >= NSEC_PER_SEC / 2));
}

char *
text_put_count(char *p, uint64_t n)
{
	uint64_t unit = 1000;

	if (n < 1000)
		return text_put_uint(p, n);
	for (const char *prefix = "kMGTPE";; prefix++, unit *= 1000) {
		const uint64_t tenth = unit / 10;
		const uint64_t tenths = n / tenth + (n % tenth >= tenth / 2);
		const uint64_t whole = n / unit + (n % unit >= unit / 2);

		if (tenths < 100) {
			p = put_char(text_put_uint(p, tenths / 10), '.');
			return put_char(text_put_uint(p, tenths % 10), *prefix);
		}
		if (whole < 1000 || prefix[1] == '\0')
			return put_char(text_put_uint(p, whole), *prefix);
	}
}

/* ---- addresses ---- */

/* An octet and a dot, padded to four bytes; the next octet overwrites the padding. */
/* clang-format off */
#define ONE(o)   {{'0' + (o), '.', ' ', ' '}, 2}
#define TWO(o)   {{'0' + (o) / 10, '0' + (o) % 10, '.', ' '}, 3}
#define THREE(o) {{'0' + (o) / 100, '0' + (o) / 10 % 10, '0' + (o) % 10, '.'}, 4}
#define TWOS(o)  TWO(o), TWO(o + 1), TWO(o + 2), TWO(o + 3), TWO(o + 4), \
		 TWO(o + 5), TWO(o + 6), TWO(o + 7), TWO(o + 8), TWO(o + 9)
#define SIXES(o) THREE(o), THREE(o + 1), THREE(o + 2), THREE(o + 3), THREE(o + 4), THREE(o + 5)
#define MANY(o)  SIXES(o), SIXES(o + 6), SIXES(o + 12), SIXES(o + 18), SIXES(o + 24), SIXES(o + 30)

static const struct {
	char text[4];
	uint8_t len;
} octets[256] = {
	ONE(0), ONE(1), ONE(2), ONE(3), ONE(4), ONE(5), ONE(6), ONE(7), ONE(8), ONE(9),
	TWOS(10), TWOS(20), TWOS(30), TWOS(40), TWOS(50), TWOS(60), TWOS(70), TWOS(80), TWOS(90),
	MANY(100), MANY(136), MANY(172), MANY(208), SIXES(244), SIXES(250),
};
/* clang-format on */

char *
text_put_ipv4(char *p, const uint8_t addr[4])
{
	for (int i = 0; i < 4; i++) {
		memcpy(p, octets[addr[i]].text, sizeof(octets->text));
		p += octets[addr[i]].len;
	}
	return p - 1; /* without the last dot */
}
