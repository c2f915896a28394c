/* SPDX-License-Identifier: MIT */
/*
 * parse: numbers, durations and sizes that a user typed. The locale has no influence; the whole
 * string must be used, and the value must fit its type.
 */
#include "config.h"

#include "base/base.h"

#include <string.h>

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit duration_units[] = {
	{"", NSEC_PER_SEC},          {"ns", 1},
	{"us", NSEC_PER_US},         {"ms", NSEC_PER_MS},
	{"s", NSEC_PER_SEC},         {"m", 60 * NSEC_PER_SEC},
	{"min", 60 * NSEC_PER_SEC},  {"h", 3600 * NSEC_PER_SEC},
	{"d", 86400 * NSEC_PER_SEC},
};

static const struct unit decimal_units[] = {
	{"", 1}, {"k", 1000}, {"K", 1000}, {"M", 1000000}, {"G", 1000000000}, {"T", 1000000000000},
};

static const struct unit binary_units[] = {
	{"", 1},
	{"k", UINT64_C(1) << 10},
	{"K", UINT64_C(1) << 10},
	{"M", UINT64_C(1) << 20},
	{"G", UINT64_C(1) << 30},
	{"T", UINT64_C(1) << 40},
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads digits. Returns false when there are none or the value does not fit. */
static bool
read_whole(const char **s, uint64_t *out)
{
	uint64_t v = 0;

	if (!is_digit(**s))
		return false;
	for (; is_digit(**s); (*s)++)
		if (__builtin_mul_overflow(v, UINT64_C(10), &v) ||
		    __builtin_add_overflow(v, (uint64_t)(**s - '0'), &v))
			return false;
	*out = v;
	return true;
}

/* Reads ".5" as 0.5, and no fraction as 0. */
static bool
read_fraction(const char **s, double *out)
{
	double digit = 0.1;

	*out = 0;
	if (**s != '.')
		return true;
	(*s)++;
	if (!is_digit(**s))
		return false;
	for (; is_digit(**s); (*s)++, digit /= 10)
		*out += digit * (**s - '0');
	return true;
}

static bool
parse_with_unit(const char *s, const struct unit *units, size_t n_units, uint64_t *out)
{
	uint64_t whole;
	double fraction;

	if (!read_whole(&s, &whole) || !read_fraction(&s, &fraction))
		return false;
	for (size_t i = 0; i < n_units; i++) {
		uint64_t v;

		if (strcmp(s, units[i].name) != 0)
			continue;
		if (__builtin_mul_overflow(whole, units[i].factor, &v))
			return false;
		uint64_t part = (uint64_t)(fraction * (double)units[i].factor + 0.5);
		return !__builtin_add_overflow(v, part, out);
	}
	return false;
}

bool
parse_duration(const char *s, nsec *out)
{
	uint64_t v;

	if (!parse_with_unit(s, duration_units, ARRAY_LEN(duration_units), &v) || v > INT64_MAX)
		return false;
	*out = (nsec)v;
	return true;
}

bool
parse_size(const char *s, bool binary, uint64_t *out)
{
	return binary ? parse_with_unit(s, binary_units, ARRAY_LEN(binary_units), out)
		      : parse_with_unit(s, decimal_units, ARRAY_LEN(decimal_units), out);
}

bool
parse_uint(const char *s, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t v;

	if (!read_whole(&s, &v) || *s != '\0' || v < min || v > max)
		return false;
	*out = v;
	return true;
}
