/* SPDX-License-Identifier: MIT */
/*
 * display_filter_parse: parses a screen filter into a struct filter by recursive descent. A wrong
 * expression gets an error with what was expected and at which byte. Any input is allowed: the
 * length of words, the nesting and the number of terms have fixed limits.
 *
 *	expression = conjunction { ("or" | "||") conjunction }
 *	conjunction = term { ["and" | "&&"] term }
 *	term = ("not" | "!") term | "(" expression ")" | primary
 *	primary = ["src" | "dst"] ( "port" ports | "host" address | "net" network | ports | address
 *) | "state" words | "verdict" words | "severity" [cmp] word | figure [cmp value]
 */
#include "model/model.h"

#include "base/i18n.h"
#include "model/display_filter_parse.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DEPTH_MAX 64

/* ---- errors ---- */

void
parser_skip_space(struct parser *ps)
{
	while (*ps->p == ' ' || *ps->p == '\t' || *ps->p == '\n' || *ps->p == '\r')
		ps->p++;
}

/* Always false. At the end of the text the expression is merely unfinished. */
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

/* ---- words ---- */

static bool
is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_';
}

static size_t
word_len(const char *p)
{
	size_t n = 0;

	while (is_word_char(p[n]))
		n++;
	return n;
}

static bool
word_is(const char *p, size_t n, const char *word)
{
	return strlen(word) == n && strncasecmp(p, word, n) == 0;
}

static bool
begins_with(const char *word, const char *p, size_t n)
{
	return strncasecmp(word, p, n) == 0 && n <= strlen(word);
}

/* Takes the word if it comes next. */
bool
parser_take_word(struct parser *ps, const char *word)
{
	parser_skip_space(ps);
	const size_t n = word_len(ps->p);

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
parser_add_test(struct parser *ps, const struct test *t)
{
	struct filter *f = ps->f;

	if (f->n_tests == FILTER_TESTS)
		return parser_too_long(ps);
	f->tests[f->n_tests] = *t;
	return parser_add_step(ps, OP_TEST, f->n_tests++);
}

/* ---- comparisons ---- */

static const struct {
	const char *sign;
	uint8_t bits;
} comparisons[] = {
	{"<=", LESS | EQUAL}, {">=", GREATER | EQUAL}, {"!=", LESS | GREATER}, {"==", EQUAL},
	{"<", LESS},          {">", GREATER},          {"=", EQUAL},           {":", EQUAL},
};

/* Takes a comparison; 0: there is none. */
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

/* After "port", "state" …: nothing, "=", ":" or "!=". Sets *negated. */
bool
parser_take_equality(struct parser *ps, bool *negated)
{
	const char *at = (parser_skip_space(ps), ps->p);
	const uint8_t c = parser_take_comparison(ps);

	*negated = c == (LESS | GREATER);
	if (c == 0 || c == EQUAL || *negated)
		return true;
	ps->p = at;
	return parser_expected(ps, _("= or !="));
}

bool
parser_add_equality(struct parser *ps, const struct test *t, bool negated)
{
	return parser_add_test(ps, t) && (!negated || parser_add_step(ps, OP_NOT, 0));
}

/* ---- words from tables: states, verdicts, severities ---- */

typedef const char *name_fn(int i);

static const char *
state_word(int i)
{
	return conn_state_name((enum conn_state)i);
}

static const char *
verdict_word(int i)
{
	return verdict_name((enum verdict_code)i);
}

static const char *
severity_word(int i)
{
	return severity_name((enum severity)i);
}

/* Bits of the names that begin with the word; of the one that is the word, if there is one. */
static uint64_t
matching_names(const char *word, size_t n, name_fn *name, int count)
{
	uint64_t mask = 0;

	for (int i = 0; i < count; i++) {
		if (word_is(word, n, name(i)))
			return UINT64_C(1) << i;
		if (begins_with(name(i), word, n))
			mask |= UINT64_C(1) << i;
	}
	return mask;
}

/* "a state: SYN-SENT, ESTAB …" as far as it fits. */
static bool
name_expected(struct parser *ps, const char *what, name_fn *name, int count)
{
	struct text t = text_on(ps->error->expected, sizeof(ps->error->expected));
	const bool in_word = is_word_char(*ps->p);

	text_add(&t, "%s", what);
	for (int i = 0; i < count && t.len + strlen(name(i)) + 6 < sizeof(ps->error->expected); i++)
		text_add(&t, "%s%s", i > 0 ? " " : ": ", name(i));
	ps->error->at = (size_t)(ps->p - ps->start);
	ps->error->unfinished = !in_word && *ps->p == '\0';
	return false;
}

static bool
parse_names(struct parser *ps, struct test *t, const char *what, name_fn *name, int count)
{
	do {
		parser_skip_space(ps);
		const size_t n = word_len(ps->p);
		const uint64_t mask = n > 0 ? matching_names(ps->p, n, name, count) : 0;

		if (t->kind == TEST_VERDICT && word_is(ps->p, n, "none"))
			t->mask |= UINT64_C(1) << VERDICT_NONE_BIT;
		else if (t->kind == TEST_VERDICT && word_is(ps->p, n, "any"))
			t->mask |= (UINT64_C(1) << VERDICT_COUNT) - 1;
		else if (mask == 0)
			return name_expected(ps, what, name, count);
		t->mask |= mask;
		ps->p += n;
		if (*ps->p == '*')
			ps->p++;
	} while (parser_take(ps, ","));
	return ends_value(ps->p) || parser_expected(ps, _("a comma or the next word"));
}

static bool
parse_state(struct parser *ps)
{
	struct test t = {.kind = TEST_STATE};
	bool negated;

	return parser_take_equality(ps, &negated) &&
	       parse_names(ps, &t, _("a state"), state_word, CONN_STATE_COUNT) &&
	       parser_add_equality(ps, &t, negated);
}

static bool
parse_verdict(struct parser *ps)
{
	struct test t = {.kind = TEST_VERDICT};
	bool negated;

	return parser_take_equality(ps, &negated) &&
	       parse_names(ps, &t, _("any, none or a verdict"), verdict_word, VERDICT_COUNT) &&
	       parser_add_equality(ps, &t, negated);
}

static bool
parse_severity(struct parser *ps)
{
	struct test t = {.kind = TEST_SEVERITY};
	uint8_t c = parser_take_comparison(ps);
	uint64_t wanted = 0;

	if (!parse_names(ps, &t, _("a severity"), severity_word, SEV_ERROR + 1))
		return false;
	c = c == 0 ? EQUAL : c;
	for (int s = SEV_NONE; s <= SEV_ERROR; s++) {
		for (int named = SEV_NONE; named <= SEV_ERROR; named++) {
			const int how = s < named ? LESS : s > named ? GREATER : EQUAL;

			if (t.mask >> named & 1 && c & how)
				wanted |= UINT64_C(1) << s;
		}
	}
	t.mask = wanted;
	return parser_add_test(ps, &t);
}

/* ---- figures ---- */

static size_t
value_len(const char *p)
{
	size_t n = 0;

	while (is_word_char(p[n]) || p[n] == '.')
		n++;
	return n;
}

/* "3M" bytes, "10Mbit" bits */
static bool
parse_amount(const char *word, bool bits_allowed, int64_t *out)
{
	char digits[FILTER_WORD];
	const size_t n = strlen(word);
	const bool bits = bits_allowed && n > 3 && strcasecmp(word + n - 3, "bit") == 0;
	uint64_t v;

	snprintf(digits, sizeof(digits), "%.*s", (int)(bits ? n - 3 : n), word);
	if (!parse_size(digits, false, &v) || v > INT64_MAX)
		return false;
	*out = (int64_t)(bits ? v / 8 : v);
	return true;
}

static bool
parse_value(const char *word, enum unit unit, int64_t *out)
{
	if (unit == UNIT_DURATION)
		return parse_duration(word, out);
	return parse_amount(word, unit == UNIT_RATE, out);
}

static const char *
value_expected(enum unit unit)
{
	switch (unit) {
	case UNIT_DURATION:
		return _("a duration: 200ms, 3s, 1.5m");
	case UNIT_BYTES:
		return _("a number of bytes: 512, 10k, 1G");
	case UNIT_RATE:
		return _("bytes per second: 512, 10k, 1M, or 10Mbit");
	default:
		return _("a number");
	}
}

static bool
parse_figure(struct parser *ps, const struct column *c)
{
	struct test t = {
		.kind = TEST_FIGURE, .column = c, .comparison = parser_take_comparison(ps)};
	char word[FILTER_WORD];

	parser_skip_space(ps);
	const size_t n = value_len(ps->p);

	ps->f->uses_time |= c->ages;
	if (t.comparison == 0 && !is_digit(*ps->p)) {
		if (c->unit != UNIT_COUNT && c->unit != UNIT_NUMBER)
			return parser_expected(ps, _("a comparison: < <= = != >= >"));
		t.comparison = GREATER; /* "retx": any at all */
		return parser_add_test(ps, &t);
	}
	if (t.comparison == 0)
		t.comparison = EQUAL;
	snprintf(word, sizeof(word), "%.*s", (int)n, ps->p);
	if (n == 0 || n >= sizeof(word) || !parse_value(word, c->unit, &t.value)) {
		parser_expected(ps, value_expected(c->unit));
		ps->error->unfinished |= n > 0 && ps->p[n] == '\0' && ps->p[n - 1] == '.';
		return false;
	}
	ps->p += n;
	if (!ends_value(ps->p))
		return parser_expected(ps, _("the next word"));
	return parser_add_test(ps, &t);
}

/* ---- grammar ---- */

static const char *const keywords[] = {"port",    "host",     "net", "src", "dst", "state",
				       "verdict", "severity", "and", "or",  "not", "proc"};

static const struct column *
figure_by_name(const char *p, size_t n)
{
	for (size_t i = 0; i < column_count; i++) {
		if (columns[i].unit != UNIT_NONE && word_is(p, n, columns[i].name))
			return &columns[i];
	}
	return NULL;
}

static bool
begins_a_word(const char *p, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(keywords); i++) {
		if (begins_with(keywords[i], p, n))
			return true;
	}
	for (size_t i = 0; i < column_count; i++) {
		if (columns[i].unit != UNIT_NONE && begins_with(columns[i].name, p, n))
			return true;
	}
	return false;
}

static bool
word_expected(struct parser *ps)
{
	const size_t n = word_len(ps->p);
	const bool unfinished = ps->p[n] == '\0' && begins_a_word(ps->p, n);

	parser_expected(ps, _("a port, an address, or a word: port host net src dst state verdict "
			      "severity retx rtt rto idle age rate bytes not"));
	ps->error->unfinished = unfinished;
	return false;
}

static bool
parse_side(struct parser *ps, enum side side)
{
	bool taken;

	parser_take(ps, ":");
	if (!parser_place(ps, (uint8_t)(1 << side), &taken))
		return false;
	return taken || parser_expected(ps, _("port, host, net, a port number or an address"));
}

static bool
parse_primary(struct parser *ps)
{
	bool taken, ok = parser_place(ps, BOTH_SIDES, &taken);

	if (taken)
		return ok;
	if (parser_take_word(ps, "src") || parser_take_word(ps, "client"))
		return parse_side(ps, CLIENT);
	if (parser_take_word(ps, "dst") || parser_take_word(ps, "server"))
		return parse_side(ps, SERVER);
	if (parser_take_word(ps, "state"))
		return parse_state(ps);
	if (parser_take_word(ps, "verdict"))
		return parse_verdict(ps);
	if (parser_take_word(ps, "severity"))
		return parse_severity(ps);
	const size_t n = word_len(ps->p);
	const struct column *c = figure_by_name(ps->p, n);

	if (!c && word_is(ps->p, n, "proc"))
		return parser_expected(
			ps, _("another word: packets do not say which process sent them"));
	if (!c)
		return word_expected(ps);
	ps->p += n;
	return parse_figure(ps, c);
}

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
		ok = parse_primary(ps);
	ps->depth--;
	return ok;
}

/* Whether another term follows, with "and" or without. */
static bool
term_follows(struct parser *ps)
{
	if (parser_take_word(ps, "and") || parser_take(ps, "&&"))
		return true;
	parser_skip_space(ps);
	return *ps->p != '\0' && *ps->p != ')' && *ps->p != '|' &&
	       !word_is(ps->p, word_len(ps->p), "or");
}

/* Whether an alternative follows. */
static bool
alternative_follows(struct parser *ps)
{
	return parser_take_word(ps, "or") || parser_take(ps, "||");
}

/* Items one after the other; between them a skip to the end of all of them. Until the end is known
 * each skip holds the one before it. */
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

struct filter *
filter_parse(const char *expr, struct filter_error *error)
{
	struct filter *f = xcalloc(1, sizeof(*f));
	struct parser ps = {.start = expr, .p = expr, .f = f, .error = error};

	*error = (struct filter_error){0};
	parser_skip_space(&ps);
	if (*ps.p == '\0')
		return f;
	if (parse_expression(&ps) &&
	    (*ps.p == '\0' || parser_expected(&ps, _("and, or, or the end"))))
		return f;
	filter_free(f);
	return NULL;
}
