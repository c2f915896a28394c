/* SPDX-License-Identifier: MIT */
/*
 * display_filter_operand: parses what follows the words of the screen filter that are not about
 * addresses: names of states, verdicts and severities, and the values that figures are compared
 * with. Also words on their own, which are looked for in all of these.
 */
#include "config.h"

#include "model/model.h"

#include "base/i18n.h"
#include "model/display_filter_parse.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- names ---- */

static const char *
state_name(int i)
{
	return conn_state_name((enum conn_state)i);
}

/* NULL for a verdict that no rule reports. */
static const char *
verdict_word(int i)
{
	return verdict_has_rule((enum verdict_code)i) ? verdict_name((enum verdict_code)i) : NULL;
}

static const char *
severity_word(int i)
{
	return severity_name((enum severity)i);
}

/* Bits of the names that begin with the word, or only of the one that is equal to it. */
static uint64_t
names_beginning(const struct filter_operand *o, const char *word, size_t n)
{
	uint64_t mask = 0;

	for (int i = 0; i < o->n_names; i++) {
		const char *name = o->name(i);

		if (!name || n == 0)
			continue;
		if (word_is(word, n, name))
			return UINT64_C(1) << i;
		if (word_begins(name, word, n))
			mask |= UINT64_C(1) << i;
	}
	return mask;
}

/* Bits of the names that contain the word. */
static uint64_t
names_containing(const struct filter_operand *o, const char *word)
{
	uint64_t mask = 0;

	for (int i = 0; i < o->n_names; i++) {
		if (o->name(i) && strcasestr(o->name(i), word))
			mask |= UINT64_C(1) << i;
	}
	return mask;
}

/* "a state: SYN-SENT, ESTAB …", as many names as fit. */
static bool
name_expected(struct parser *ps, const struct filter_operand *o, const char *what)
{
	char expected[sizeof(ps->error->expected)];
	struct text t = text_on(expected, sizeof(expected));
	const char *separator = ": ";

	text_add(&t, "%s", what);
	for (int i = 0; i < o->n_names; i++) {
		const char *name = o->name(i);

		if (!name || t.len + strlen(name) + 3 > sizeof(expected))
			continue;
		text_add(&t, "%s%s", separator, name);
		separator = ", ";
	}
	return parser_expected(ps, expected);
}

/* One name; its bits, or 0: none of that name. */
static uint64_t
take_names(struct parser *ps, const struct filter_operand *o)
{
	const size_t n = word_length(ps->p);
	const uint64_t mask = names_beginning(o, ps->p, n);

	if (mask == 0)
		return 0;
	ps->p += n;
	if (*ps->p == '*')
		ps->p++;
	return mask;
}

/* Names separated by commas; *names: the bits of all of them. what: for the error. */
static bool
parse_names(struct parser *ps, const struct filter_operand *o, const char *what, uint64_t *names)
{
	*names = 0;
	do {
		parser_skip_space(ps);
		const uint64_t taken = take_names(ps, o);

		if (taken == 0)
			return name_expected(ps, o, what);
		*names |= taken;
	} while (parser_take(ps, ","));
	return ends_value(ps->p) || parser_expected(ps, _("a comma or the next word"));
}

/* ---- state ---- */

static bool
parse_state(struct parser *ps, const struct filter_word *w, uint8_t sides)
{
	struct filter_test t = {.match = w->match};
	uint64_t names;
	bool negated;

	(void)sides;
	if (!parser_take_equality(ps, &negated) ||
	    !parse_names(ps, w->operand, _("a state"), &names))
		return false;
	t.states = (uint32_t)names;
	return parser_add_equality(ps, &t, negated);
}

const struct filter_operand filter_operand_state = {
	.parse = parse_state, .name = state_name, .n_names = CONN_STATE_COUNT};

/* ---- verdict ---- */

/* "none" and "any" stand beside the names. */
enum { ANY_VERDICT = VERDICT_COUNT, NO_VERDICT, VERDICT_NAMES };
static_assert(VERDICT_NAMES <= 64, "a mask has a bit for each name");

#define ALL_VERDICTS ((UINT64_C(1) << VERDICT_COUNT) - 1)

static const char *
verdict_operand_name(int i)
{
	return i == ANY_VERDICT ? "any" : i == NO_VERDICT ? "none" : verdict_word(i);
}

static bool
parse_verdict(struct parser *ps, const struct filter_word *w, uint8_t sides)
{
	struct filter_test t = {.match = w->match};
	uint64_t names;
	bool negated;

	(void)sides;
	if (!parser_take_equality(ps, &negated) ||
	    !parse_names(ps, w->operand, _("any, none or a verdict"), &names))
		return false;
	t.verdicts = names >> ANY_VERDICT & 1 ? ALL_VERDICTS : names & ALL_VERDICTS;
	t.without_verdict = names >> NO_VERDICT & 1;
	return parser_add_equality(ps, &t, negated);
}

const struct filter_operand filter_operand_verdict = {
	.parse = parse_verdict, .name = verdict_operand_name, .n_names = VERDICT_NAMES};

/* ---- severity ---- */

/* Bits of the severities that compare so with one of those named. */
static uint8_t
compared_severities(uint64_t named, uint8_t comparison)
{
	uint8_t mask = 0;

	for (int s = SEV_NONE; s <= SEV_ERROR; s++) {
		for (int n = SEV_NONE; n <= SEV_ERROR; n++) {
			const int how = s < n ? LESS : s > n ? GREATER : EQUAL;

			if (named >> n & 1 && comparison & how)
				mask |= (uint8_t)(1 << s);
		}
	}
	return mask;
}

static bool
parse_severity(struct parser *ps, const struct filter_word *w, uint8_t sides)
{
	struct filter_test t = {.match = w->match};
	const uint8_t comparison = parser_take_comparison(ps);
	uint64_t names;

	(void)sides;
	if (!parse_names(ps, w->operand, _("a severity"), &names))
		return false;
	t.severities = compared_severities(names, comparison == 0 ? EQUAL : comparison);
	return parser_add_test(ps, &t);
}

const struct filter_operand filter_operand_severity = {
	.parse = parse_severity, .name = severity_word, .n_names = SEV_ERROR + 1};

/* ---- figures ---- */

static size_t
value_length(const char *p)
{
	size_t n = 0;

	while (is_word_char(p[n]) || p[n] == '.')
		n++;
	return n;
}

/* "3M" bytes; with bits_allowed also "10Mbit" */
static bool
parse_amount(const char *word, bool bits_allowed, int64_t *out)
{
	char digits[FILTER_WORD_SIZE];
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
		return _("a duration such as 200ms, 3s or 1.5m");
	case UNIT_BYTES:
		return _("a number of bytes such as 512, 10k or 1G");
	case UNIT_RATE:
		return _("bytes per second such as 512, 10k or 1M, or bits per second: 10Mbit");
	default:
		return _("a number");
	}
}

/* Whether the name of the figure alone means "any at all". */
static bool
is_countable(enum unit unit)
{
	return unit == UNIT_COUNT || unit == UNIT_NUMBER;
}

static bool
parse_compared_value(struct parser *ps, struct filter_test *t)
{
	char word[FILTER_WORD_SIZE];
	const size_t n = value_length(ps->p);

	snprintf(word, sizeof(word), "%.*s", (int)n, ps->p);
	if (n == 0 || n >= sizeof(word) || !parse_value(word, t->column->unit, &t->value)) {
		parser_expected(ps, value_expected(t->column->unit));
		ps->error->unfinished |= n > 0 && ps->p[n] == '\0' && ps->p[n - 1] == '.';
		return false;
	}
	ps->p += n;
	if (!ends_value(ps->p))
		return parser_expected(ps, _("the next word"));
	return parser_add_test(ps, t);
}

static bool
parse_figure(struct parser *ps, const struct filter_word *w, uint8_t sides)
{
	struct filter_test t = {.match = w->match, .column = column_by_name(w->name)};

	(void)sides;
	ps->f->uses_time |= t.column->ages;
	t.comparison = parser_take_comparison(ps);
	parser_skip_space(ps);
	if (t.comparison != 0 || is_digit(*ps->p)) {
		t.comparison = t.comparison == 0 ? EQUAL : t.comparison;
		return parse_compared_value(ps, &t);
	}
	if (!is_countable(t.column->unit))
		return parser_expected(ps, _("a comparison: < <= = != >= >"));
	t.comparison = GREATER;
	return parser_add_test(ps, &t);
}

const struct filter_operand filter_operand_figure = {.parse = parse_figure};

/* ---- a word on its own ---- */

static void
add_service(struct parser *ps, struct filter_test *t, const char *word)
{
	struct filter *f = ps->f;
	uint16_t port;

	if (f->n_ranges == FILTER_RANGES || !service_port(word, &port))
		return;
	t->first_range = f->n_ranges;
	t->n_ranges = 1;
	f->ranges[f->n_ranges++] = (struct port_range){port, port};
}

bool
text_test(struct parser *ps, uint8_t sides, size_t n, struct filter_test *out)
{
	struct filter_test t = {.match = filter_match_text, .sides = sides};
	char word[FILTER_WORD_SIZE];

	if (n >= sizeof(word))
		return false;
	snprintf(word, sizeof(word), "%.*s", (int)n, ps->p);
	if (is_address_part(word, n))
		copy_lower(t.text, sizeof(t.text), word);
	if (sides == BOTH_SIDES) {
		t.states = (uint32_t)names_containing(&filter_operand_state, word);
		t.severities = (uint8_t)names_beginning(&filter_operand_severity, word, n);
		t.verdicts = names_containing(&filter_operand_verdict, word) & ALL_VERDICTS;
	}
	add_service(ps, &t, word);
	*out = t;
	return t.text[0] != '\0' || t.states != 0 || t.severities != 0 || t.verdicts != 0 ||
	       t.n_ranges > 0;
}
