/* SPDX-License-Identifier: MIT */
/* model, between its own files. */
#ifndef TCPLENS_MODEL_PRIVATE_H
#define TCPLENS_MODEL_PRIVATE_H

#include "model/model.h"

/* ---- service_name.c ---- */
/* Name of a TCP service ("ssh"), or NULL. Remembered; for one thread. Lives until asked again for
 * another port. */
const char *service_name(uint16_t port);

/* ---- display_filter.c: the program that display_filter_parse.c makes ---- */

enum test_kind {
	TEST_PORT,     /* a port of one of `sides` lies in ranges[first…first+n) */
	TEST_NET,      /* an address of one of `sides` lies in net/prefix */
	TEST_STATE,    /* bit of enum conn_state in mask */
	TEST_VERDICT,  /* bit of enum verdict_code in mask, or mask bit 63: none */
	TEST_SEVERITY, /* bit of enum severity in mask */
	TEST_FIGURE,   /* a column's figure compared with value */
};

#define VERDICT_NONE_BIT 63
#define BOTH_SIDES       3 /* bit per enum side */

/* Compared how; a set of bits, so that <= is < or =. */
enum comparison { LESS = 1, EQUAL = 2, GREATER = 4 };

struct port_range {
	uint16_t low, high;
};

struct test {
	uint8_t kind;       /* enum test_kind */
	uint8_t sides;      /* bits */
	uint8_t comparison; /* bits of enum comparison */
	uint8_t prefix;     /* bits, of the v4-mapped form for IPv4 */
	uint32_t first, n;
	uint64_t mask;
	uint8_t net[16];
	const struct column *column;
	int64_t value;
};

/* The program has one register: the truth. and/or skip what cannot change it. */
enum filter_op { OP_TEST, OP_NOT, OP_SKIP_IF_FALSE, OP_SKIP_IF_TRUE };

struct filter_step {
	uint8_t op;   /* enum filter_op */
	uint32_t arg; /* test's number, or the step to go on with */
};

#define FILTER_STEPS  512
#define FILTER_TESTS  256
#define FILTER_RANGES 1024

struct filter {
	uint32_t n_steps, n_tests, n_ranges;
	bool uses_time;
	struct filter_step steps[FILTER_STEPS];
	struct test tests[FILTER_TESTS];
	struct port_range ranges[FILTER_RANGES];
};

/* Whether the answer may change while nothing arrives. NULL: no. */
bool filter_uses_time(const struct filter *f);

#endif
