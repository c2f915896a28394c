/* SPDX-License-Identifier: MIT */
/* display_filter_parse: shared by the files of the screen filter's parser. */
#ifndef TCPLENS_DISPLAY_FILTER_PARSE_H
#define TCPLENS_DISPLAY_FILTER_PARSE_H

#include "model/model_private.h"

#include <string.h>

#define FILTER_WORD 64 /* longest word, address or value, its NUL included */

struct parser {
	const char *start, *p;
	struct filter *f;
	struct filter_error *error;
	int depth;
};

static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What may follow a value: nothing that would belong to it. */
static inline bool
ends_value(const char *p)
{
	return *p == '\0' || strchr(" \t\r\n()!&|", *p);
}

void parser_skip_space(struct parser *ps);
/* Something else was expected here: sets the error, always false. At the end of the text the
 * expression is merely unfinished. */
bool parser_expected(struct parser *ps, const char *what);
bool parser_too_long(struct parser *ps);
/* Takes the sign, the word (any case), a comparison (0: none) if it comes next. */
bool parser_take(struct parser *ps, const char *sign);
bool parser_take_word(struct parser *ps, const char *word);
uint8_t parser_take_comparison(struct parser *ps);
/* After "port", "state" ...: nothing, "=", ":" or "!=", which sets *negated. */
bool parser_take_equality(struct parser *ps, bool *negated);

bool parser_add_step(struct parser *ps, enum filter_op op, uint32_t arg);
bool parser_add_test(struct parser *ps, const struct test *t);
bool parser_add_equality(struct parser *ps, const struct test *t, bool negated);

/* display_filter_endpoint.c: parses ports, addresses, networks and endpoints of `sides`. Sets
 * *taken to false, and consumes nothing, when none of them comes next. */
bool parser_place(struct parser *ps, uint8_t sides, bool *taken);

#endif
