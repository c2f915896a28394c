/* SPDX-License-Identifier: MIT */
/* display_filter_parse: shared by the files of the screen filter's parser. */
#ifndef TCPLENS_DISPLAY_FILTER_PARSE_H
#define TCPLENS_DISPLAY_FILTER_PARSE_H

#include "model/model_private.h"

#include <string.h>

struct parser;

/* What may follow a filter word. */
struct filter_operand {
	/* Parses it, up to the next word, and adds the condition to the filter. sides: bit per enum
	 * side. False: the error is set. */
	bool (*parse)(struct parser *ps, const struct filter_word *w, uint8_t sides);
	const char *(*name)(int i); /* the names it accepts, NULL for one that it does not */
	int n_names;
	bool port;    /* accepts a port number */
	bool by_side; /* may follow src and dst */
};

extern const struct filter_operand filter_operand_client, filter_operand_server,
	filter_operand_port, filter_operand_host, filter_operand_net, filter_operand_state,
	filter_operand_verdict, filter_operand_severity, filter_operand_figure;

struct parser {
	const char *start, *p; /* the expression, and what is left of it */
	struct filter *f;
	struct filter_error *error;
	int depth;
	/* For the completion, what may come here: an operand, or if NULL a condition on `sides`,
	 * which an operator may precede after another condition. */
	const struct filter_operand *operand;
	uint8_t sides;
	bool after_condition;
};

/* ---- characters ---- */

static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' ||
	       c == '_';
}

/* Whether a value ends at p. */
static inline bool
ends_value(const char *p)
{
	return *p == '\0' || strchr(" \t\r\n()!&|", *p);
}

/* Length of the word at p; 0: there is none. */
size_t word_length(const char *p);
/* Whether the n bytes at p are that word, in any case. */
bool word_is(const char *p, size_t n, const char *word);
/* Whether `word` begins with the n bytes at p, in any case. */
bool word_begins(const char *word, const char *p, size_t n);

/* ---- display_filter_parse.c ---- */

/* Sets the error: `what` was expected here. Returns false. At the end of the text the expression is
 * merely unfinished. */
bool parser_expected(struct parser *ps, const char *what);
bool parser_too_long(struct parser *ps);
/* Skips blanks, then consumes the sign or the word (any case) if it comes next. */
void parser_skip_space(struct parser *ps);
bool parser_take(struct parser *ps, const char *sign);
bool parser_take_word(struct parser *ps, const char *word);
/* Consumes a comparison; returns bits of enum comparison, 0: there is none. */
uint8_t parser_take_comparison(struct parser *ps);
/* Consumes "=", ":", "!=" (which sets *negated) or nothing. False: another comparison is next. */
bool parser_take_equality(struct parser *ps, bool *negated);

bool parser_add_step(struct parser *ps, enum filter_op op, uint32_t arg);
bool parser_add_test(struct parser *ps, const struct filter_test *t);
/* The same, followed by "not" if negated. */
bool parser_add_equality(struct parser *ps, const struct filter_test *t, bool negated);

/* Parses ps->start into ps->f; the caller sets both and ps->error. True: the expression is
 * complete. Otherwise, if it is unfinished, ps says what may come at its end. */
bool parser_run(struct parser *ps);

/* ---- display_filter_endpoint.c ---- */

/* Whether a port, an address, a network or an endpoint comes next without a word before it. */
bool parser_at_endpoint(const struct parser *ps);
bool parser_endpoint(struct parser *ps, uint8_t sides);
bool parser_ports(struct parser *ps, uint8_t sides, bool negated);
/* Whether n bytes could be a part of an IPv4 or IPv6 address: "10.0", "fe80:", "beef". */
bool is_address_part(const char *p, size_t n);

/* ---- display_filter_operand.c ---- */

/* A word on its own: part of the name of a state, verdict or severity, of an address, or a service.
 * False, and no error set: it can be none of these. */
bool text_test(struct parser *ps, uint8_t sides, size_t n, struct filter_test *out);

/* ---- display_filter_words.c ---- */

/* The word of the language that the n bytes at p are, or NULL. */
const struct filter_word *filter_word_find(const char *p, size_t n);

#endif
