/* SPDX-License-Identifier: MIT */
/*
 * display_filter_complete: what the word at the cursor of a screen filter may become. The parser
 * itself, run on the text before that word, says what is expected there.
 */
#include "model/model.h"

#include "model/display_filter_parse.h"

#include <stdio.h>
#include <stdlib.h>

static bool
has(const struct filter_completion *c, const char *word)
{
	for (size_t i = 0; i < c->n; i++) {
		if (strcmp(c->candidates[i], word) == 0)
			return true;
	}
	return false;
}

/* Adds a name, in lower case, if it begins with the n bytes at prefix. */
static void
add(struct filter_completion *c, const char *name, const char *prefix, size_t n)
{
	char lower[sizeof(c->candidates[0])];

	if (c->n == COMPLETIONS_MAX || !word_begins(name, prefix, n))
		return;
	copy_lower(lower, sizeof(lower), name);
	if (!has(c, lower))
		snprintf(c->candidates[c->n++], sizeof(lower), "%s", lower);
}

static void
add_words(struct filter_completion *c, const char *prefix, size_t n, bool by_side)
{
	for (size_t i = 0; i < filter_word_count; i++) {
		const struct filter_word *w = &filter_words[i];

		if (w->name && (!by_side || w->operand->by_side))
			add(c, w->name, prefix, n);
	}
	if (!by_side)
		add(c, "not", prefix, n);
}

static void
add_names(struct filter_completion *c, const struct filter_operand *o, int n_names,
	  const char *prefix, size_t n)
{
	for (int i = 0; i < n_names; i++) {
		if (o->name(i))
			add(c, o->name(i), prefix, n);
	}
}

static void
add_ports(struct filter_completion *c, const uint16_t *ports, size_t n_ports, const char *prefix,
	  size_t n)
{
	for (size_t i = 0; i < n_ports; i++) {
		char port[8];

		snprintf(port, sizeof(port), "%u", (unsigned)ports[i]);
		add(c, port, prefix, n);
	}
}

/* Where a condition begins: a word of the language, or, once something is typed, a name that is
 * looked for by itself. */
static void
add_condition(struct filter_completion *c, uint8_t sides, const uint16_t *ports, size_t n_ports,
	      const char *prefix, size_t n)
{
	add_words(c, prefix, n, sides != BOTH_SIDES);
	if (n == 0)
		return;
	if (sides == BOTH_SIDES) {
		add_names(c, &filter_operand_state, CONN_STATE_COUNT, prefix, n);
		add_names(c, &filter_operand_verdict, VERDICT_COUNT, prefix, n);
	}
	add_ports(c, ports, n_ports, prefix, n);
}

/* Runs the parser on the text before the word. False: it is wrong. */
static bool
parse_before(struct parser *ps, const char *text, size_t len)
{
	struct filter_error error;
	char *before = xmalloc(len + 1);

	memcpy(before, text, len);
	before[len] = '\0';
	*ps = (struct parser){.start = before, .error = &error};
	ps->f = xcalloc(1, sizeof(*ps->f));
	const bool complete = parser_run(ps);

	filter_free(ps->f);
	free(before);
	return complete || error.unfinished;
}

void
filter_complete(const char *text, size_t cursor, const uint16_t *ports, size_t n_ports,
		struct filter_completion *out)
{
	struct parser ps;

	*out = (struct filter_completion){.from = cursor};
	while (out->from > 0 && is_word_char(text[out->from - 1]))
		out->from--;
	const char *prefix = text + out->from;
	const size_t n = cursor - out->from;

	if (!parse_before(&ps, text, out->from))
		return;
	if (ps.after_condition) {
		add(out, "and", prefix, n);
		add(out, "or", prefix, n);
	}
	if (!ps.operand) {
		add_condition(out, ps.sides, ports, n_ports, prefix, n);
		return;
	}
	add_names(out, ps.operand, ps.operand->n_names, prefix, n);
	if (ps.operand->port)
		add_ports(out, ports, n_ports, prefix, n);
}
