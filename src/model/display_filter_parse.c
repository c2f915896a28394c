/* SPDX-License-Identifier: MIT */
/*
 * display_filter_parse: parses a screen filter into a struct filter by recursive descent. A wrong
 * expression gets an error with what was expected and at which byte. Any input is allowed: the
 * length of words, the nesting and the number of terms have fixed limits.
 *
 *	expression  = conjunction { ("or" | "||") conjunction }
 *	conjunction = term { ["and" | "&&"] term }
 *	term        = ("not" | "!") term | "(" expression ")" | condition
 *	condition   = WORD operand | endpoint | text
 *
 * The words and what follows them are in display_filter_words.c.
 */
#include "model/model.h"

#include "base/i18n.h"
#include "model/display_filter_parse.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DEPTH_MAX 64

/* ---- errors ---- */

bool
parser_expected(struct parser *ps, const char *what)
{
	ps->error->at = (size_t)(ps->p - ps->start);
	ps->error->unfinished = *ps->p == '\0';
	snprintf(ps->error->expected, sizeof(ps->error->expected), "%s", what);
	return false;
}

bool
parser_too_long(struct parser *ps)
{
	parser_expected(ps, _("a shorter expression"));
	ps->error->unfinished = false;
	return false;
}

/* ---- words and signs ---- */

void
parser_skip_space(struct parser *ps)
{
	ps->p += strspn(ps->p, " \t\r\n");
}

size_t
word_length(const char *p)
{
	size_t n = 0;

	while (is_word_char(p[n]))
		n++;
	return n;
}

bool
word_is(const char *p, size_t n, const char *word)
{
	return strlen(word) == n && strncasecmp(p, word, n) == 0;
}

bool
word_begins(const char *word, const char *p, size_t n)
{
	return strncasecmp(word, p, n) == 0 && n <= strlen(word);
}

bool
parser_take_word(struct parser *ps, const char *word)
{
	parser_skip_space(ps);
	const size_t n = word_length(ps->p);

	if (!word_is(ps->p, n, word))
		return false;
	ps->p += n;
	return true;
}

bool
parser_take(struct parser *ps, const char *sign)
{
	const char *before = ps->p;

	parser_skip_space(ps);
	if (strncmp(ps->p, sign, strlen(sign)) == 0) {
		ps->p += strlen(sign);
		return true;
	}
	ps->p = before;
	return false;
}

static const struct {
	const char *sign;
	uint8_t bits;
} comparisons[] = {
	{"<=", LESS | EQUAL}, {">=", GREATER | EQUAL}, {"!=", LESS | GREATER}, {"==", EQUAL},
	{"<", LESS},          {">", GREATER},          {"=", EQUAL},           {":", EQUAL},
};

uint8_t
parser_take_comparison(struct parser *ps)
{
	parser_skip_space(ps);
	if (strncmp(ps->p, "::", 2) == 0) /* an IPv6 address begins */
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(comparisons); i++) {
		if (parser_take(ps, comparisons[i].sign))
			return comparisons[i].bits;
	}
	return 0;
}

bool
parser_take_equality(struct parser *ps, bool *negated)
{
	parser_skip_space(ps);
	const char *at = ps->p;
	const uint8_t c = parser_take_comparison(ps);

	*negated = c == (LESS | GREATER);
	if (c == 0 || c == EQUAL || *negated)
		return true;
	ps->p = at;
	return parser_expected(ps, _("= or !="));
}

/* ---- the program ---- */

bool
parser_add_step(struct parser *ps, enum filter_op op, uint32_t arg)
{
	struct filter *f = ps->f;

	if (f->n_steps == FILTER_STEPS)
		return parser_too_long(ps);
	f->steps[f->n_steps++] = (struct filter_step){(uint8_t)op, arg};
	return true;
}

bool
parser_add_test(struct parser *ps, const struct filter_test *t)
{
	struct filter *f = ps->f;

	if (f->n_tests == FILTER_TESTS)
		return parser_too_long(ps);
	f->tests[f->n_tests] = *t;
	return parser_add_step(ps, OP_TEST, f->n_tests++);
}

bool
parser_add_equality(struct parser *ps, const struct filter_test *t, bool negated)
{
	return parser_add_test(ps, t) && (!negated || parser_add_step(ps, OP_NOT, 0));
}

/* ---- conditions ---- */

static bool
begins_some_word(const char *p, size_t n)
{
	static const char *const operators[] = {"and", "or", "not"};

	for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
		if (word_begins(operators[i], p, n))
			return true;
	}
	for (size_t i = 0; i < filter_word_count; i++) {
		const struct filter_word *w = &filter_words[i];

		if ((w->name && word_begins(w->name, p, n)) ||
		    (w->alias && word_begins(w->alias, p, n)))
			return true;
	}
	return false;
}

static bool
condition_expected(struct parser *ps)
{
	const size_t n = word_length(ps->p);
	const bool unfinished = ps->p[n] == '\0' && begins_some_word(ps->p, n);

	if (word_is(ps->p, n, "proc"))
		return parser_expected(ps, _("another word: which process sent a packet is not "
					     "known"));
	if (ps->sides == BOTH_SIDES)
		parser_expected(ps, _("a port, an address, a state, a verdict, or a word such as "
				      "host, net, src, dst, state, verdict, severity, retx, rtt, "
				      "rate, not"));
	else
		parser_expected(ps, _("a port number, a service name, an address, host or net"));
	ps->error->unfinished = unfinished;
	return false;
}

/* A word that is none of the language. At the end of the text the beginning of a word is not looked
 * for: more of it is to come. */
static bool
parse_text(struct parser *ps, uint8_t sides)
{
	const size_t n = word_length(ps->p);
	const bool at_end = ps->p[n] == '\0';
	struct filter_test t;
	uint16_t port;
	char word[FILTER_WORD_SIZE];

	if (n == 0 || n >= sizeof(word) || (at_end && begins_some_word(ps->p, n)))
		return condition_expected(ps);
	snprintf(word, sizeof(word), "%.*s", (int)n, ps->p);
	if (service_port(word, &port) && (ps->p[n] == ',' || sides != BOTH_SIDES))
		return parser_ports(ps, sides, false);
	if (sides != BOTH_SIDES || !text_test(ps, sides, n, &t))
		return condition_expected(ps);
	ps->p += n;
	if (!ends_value(ps->p))
		return parser_expected(ps, _("the next word"));
	return parser_add_test(ps, &t);
}

/* A condition on `sides`; src and dst leave one of them. */
static bool
parse_condition_on(struct parser *ps, uint8_t sides)
{
	parser_skip_space(ps);
	ps->operand = NULL;
	ps->sides = sides;
	if (parser_at_endpoint(ps))
		return parser_endpoint(ps, sides);
	const size_t n = word_length(ps->p);
	const struct filter_word *w = filter_word_find(ps->p, n);

	if (!w)
		return parse_text(ps, sides);
	if (sides != BOTH_SIDES && !w->operand->by_side)
		return condition_expected(ps);
	ps->p += n;
	ps->operand = w->operand;
	return w->operand->parse(ps, w, sides);
}

static bool
parse_client(struct parser *ps, const struct filter_word *w, uint8_t sides)
{
	(void)w;
	(void)sides;
	parser_take(ps, ":");
	return parse_condition_on(ps, 1 << CLIENT);
}

static bool
parse_server(struct parser *ps, const struct filter_word *w, uint8_t sides)
{
	(void)w;
	(void)sides;
	parser_take(ps, ":");
	return parse_condition_on(ps, 1 << SERVER);
}

const struct filter_operand filter_operand_client = {.parse = parse_client};
const struct filter_operand filter_operand_server = {.parse = parse_server};

static bool
parse_condition(struct parser *ps)
{
	ps->after_condition = false;
	if (!parse_condition_on(ps, BOTH_SIDES))
		return false;
	ps->after_condition = true;
	ps->operand = NULL;
	ps->sides = BOTH_SIDES;
	return true;
}

/* ---- expressions ---- */

static bool parse_expression(struct parser *ps);

static bool
parse_group(struct parser *ps)
{
	if (!parse_expression(ps))
		return false;
	return parser_take(ps, ")") || parser_expected(ps, _("\")\", and, or"));
}

static bool
parse_term(struct parser *ps)
{
	bool ok;

	if (++ps->depth > DEPTH_MAX)
		return parser_too_long(ps);
	if (parser_take_word(ps, "not") || parser_take(ps, "!"))
		ok = parse_term(ps) && parser_add_step(ps, OP_NOT, 0);
	else if (parser_take(ps, "("))
		ok = parse_group(ps);
	else
		ok = parse_condition(ps);
	ps->depth--;
	return ok;
}

/* Whether another term follows, with or without "and". */
static bool
term_follows(struct parser *ps)
{
	if (parser_take_word(ps, "and") || parser_take(ps, "&&"))
		return true;
	parser_skip_space(ps);
	return *ps->p != '\0' && *ps->p != ')' && *ps->p != '|' &&
	       !word_is(ps->p, word_length(ps->p), "or");
}

static bool
alternative_follows(struct parser *ps)
{
	return parser_take_word(ps, "or") || parser_take(ps, "||");
}

/* Items one after the other, between them skips to the end of the last one. Until that end is known
 * each skip holds the number of the previous skip. */
static bool
parse_chain(struct parser *ps, enum filter_op skip, bool (*item)(struct parser *),
	    bool (*follows)(struct parser *))
{
	const uint32_t none = UINT32_MAX;
	uint32_t last = none;

	while (item(ps)) {
		const uint32_t step = ps->f->n_steps;

		if (!follows(ps)) {
			while (last != none) {
				const uint32_t before = ps->f->steps[last].arg;

				ps->f->steps[last].arg = step;
				last = before;
			}
			return true;
		}
		if (!parser_add_step(ps, skip, last))
			return false;
		last = step;
	}
	return false;
}

static bool
parse_conjunction(struct parser *ps)
{
	return parse_chain(ps, OP_SKIP_IF_FALSE, parse_term, term_follows);
}

static bool
parse_expression(struct parser *ps)
{
	return parse_chain(ps, OP_SKIP_IF_TRUE, parse_conjunction, alternative_follows);
}

bool
parser_run(struct parser *ps)
{
	ps->p = ps->start;
	ps->sides = BOTH_SIDES;
	*ps->error = (struct filter_error){0};
	parser_skip_space(ps);
	if (*ps->p == '\0')
		return true;
	if (!parse_expression(ps))
		return false;
	return *ps->p == '\0' || parser_expected(ps, _("and, or, or the end"));
}

struct filter *
filter_parse(const char *expr, struct filter_error *error)
{
	struct filter *f = xcalloc(1, sizeof(*f));
	struct parser ps = {.start = expr, .f = f, .error = error};

	if (parser_run(&ps))
		return f;
	filter_free(f);
	return NULL;
}
