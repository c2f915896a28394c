/* SPDX-License-Identifier: MIT */
/* model_private: shared by the files of this layer only. */
#ifndef TCPLENS_MODEL_PRIVATE_H
#define TCPLENS_MODEL_PRIVATE_H

#include "model/model.h"

/* Copies s with its ASCII letters in lower case, cut to size. */
static inline void
copy_lower(char *out, size_t size, const char *s)
{
	size_t n = 0;

	for (; s[n] != '\0' && n + 1 < size; n++)
		out[n] = s[n] >= 'A' && s[n] <= 'Z' ? (char)(s[n] - 'A' + 'a') : s[n];
	out[n] = '\0';
}

/* ---- service_name.c ---- */

/* Name of a TCP service ("ssh"), or NULL. Cached, so for one thread only. Valid until the next call
 * for another port. */
const char *service_name(uint16_t port);
/* Port of a TCP service by name, in any case; false: no such service. */
bool service_port(const char *name, uint16_t *out);

/* ---- display_filter.c: the parsed filter ---- */

#define FILTER_WORD_SIZE 64 /* longest word, address or value, its NUL included */
#define BOTH_SIDES       3  /* bit per enum side */

/* Comparisons are sets of these bits: <= is LESS | EQUAL. */
enum comparison { LESS = 1, EQUAL = 2, GREATER = 4 };

struct port_range {
	uint16_t low, high;
};

struct filter_test;
typedef bool filter_test_fn(const struct filter *f, const struct filter_test *t,
			    const struct row_context *row);

/* One condition. Which fields are used depends on `match`. */
struct filter_test {
	filter_test_fn *match;
	uint8_t sides;       /* bit per enum side: which of the endpoints may match */
	uint8_t comparison;  /* bits of enum comparison */
	uint8_t severities;  /* bit per enum severity */
	uint8_t prefix;      /* of net, in bits of the v4-mapped form for IPv4 */
	uint8_t net[16];     /* network order, IPv4 as v4-mapped */
	uint32_t states;     /* bit per enum conn_state */
	uint64_t verdicts;   /* bit per enum verdict_code */
	bool without_verdict; /* a connection without any verdict matches */
	uint32_t first_range, n_ranges; /* ports, in the filter's ranges */
	char text[FILTER_WORD_SIZE];    /* part of an address, lower case; "" none */
	const struct column *column;    /* the figure compared with value */
	int64_t value;
};

/* A filter is a program with one register, the truth of what was evaluated last. "and" and "or"
 * skip what cannot change it. */
enum filter_op { OP_TEST, OP_NOT, OP_SKIP_IF_FALSE, OP_SKIP_IF_TRUE };

struct filter_step {
	uint8_t op;   /* enum filter_op */
	uint32_t arg; /* OP_TEST: index of the test; OP_SKIP_…: the step to continue with */
};

#define FILTER_STEPS  512
#define FILTER_TESTS  256
#define FILTER_RANGES 1024

struct filter {
	uint32_t n_steps, n_tests, n_ranges;
	bool uses_time;
	struct filter_step steps[FILTER_STEPS];
	struct filter_test tests[FILTER_TESTS];
	struct port_range ranges[FILTER_RANGES];
};

/* Whether the result may change while no packet arrives. NULL: it cannot. */
bool filter_uses_time(const struct filter *f);

filter_test_fn filter_match_port, filter_match_address, filter_match_endpoint, filter_match_state,
	filter_match_verdict, filter_match_severity, filter_match_figure, filter_match_text;

#endif
