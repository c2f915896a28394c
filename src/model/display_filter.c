/* SPDX-License-Identifier: MIT */
/*
 * display_filter: evaluates a parsed screen filter for one connection. Called for every connection
 * under the engine's lock: no allocation, and no more work than the expression has terms.
 */
#include "model/model.h"

#include "model/model_private.h"

#include <stdlib.h>
#include <string.h>

/* ---- ports and addresses ---- */

static bool
port_in(const struct filter *f, const struct filter_test *t, uint16_t port)
{
	for (uint32_t i = 0; i < t->n_ranges; i++) {
		const struct port_range *r = &f->ranges[t->first_range + i];

		if (port >= r->low && port <= r->high)
			return true;
	}
	return false;
}

static bool
address_in(const struct filter_test *t, const uint8_t addr[16])
{
	for (unsigned bits = t->prefix, i = 0; bits > 0; i++) {
		const unsigned n = bits < 8 ? bits : 8;
		const uint8_t mask = (uint8_t)(0xff << (8 - n));

		if ((addr[i] ^ t->net[i]) & mask)
			return false;
		bits -= n;
	}
	return true;
}

static bool
shows_text(const struct filter_test *t, const uint8_t addr[16])
{
	char shown[64];

	return strstr(text_addr(shown, sizeof(shown), addr), t->text);
}

static bool
tests_side(const struct filter_test *t, enum side side)
{
	return t->sides >> side & 1;
}

bool
filter_match_port(const struct filter *f, const struct filter_test *t,
		  const struct row_context *row)
{
	const struct endpoint *end = row->facts->end;

	return (tests_side(t, CLIENT) && port_in(f, t, end[CLIENT].port)) ||
	       (tests_side(t, SERVER) && port_in(f, t, end[SERVER].port));
}

bool
filter_match_address(const struct filter *f, const struct filter_test *t,
		     const struct row_context *row)
{
	const struct endpoint *end = row->facts->end;

	(void)f;
	return (tests_side(t, CLIENT) && address_in(t, end[CLIENT].addr)) ||
	       (tests_side(t, SERVER) && address_in(t, end[SERVER].addr));
}

/* Address and port of the same end. */
bool
filter_match_endpoint(const struct filter *f, const struct filter_test *t,
		      const struct row_context *row)
{
	for (int side = CLIENT; side <= SERVER; side++) {
		const struct endpoint *e = &row->facts->end[side];

		if (tests_side(t, (enum side)side) && address_in(t, e->addr) &&
		    port_in(f, t, e->port))
			return true;
	}
	return false;
}

/* ---- states, verdicts, severities ---- */

bool
filter_match_state(const struct filter *f, const struct filter_test *t,
		   const struct row_context *row)
{
	(void)f;
	return t->states >> row->facts->state & 1;
}

bool
filter_match_verdict(const struct filter *f, const struct filter_test *t,
		     const struct row_context *row)
{
	const uint64_t verdicts = row->facts->verdict_set;

	(void)f;
	return t->verdicts & verdicts || (t->without_verdict && verdicts == 0);
}

bool
filter_match_severity(const struct filter *f, const struct filter_test *t,
		      const struct row_context *row)
{
	(void)f;
	return t->severities >> row->facts->verdict.severity & 1;
}

/* ---- figures ---- */

bool
filter_match_figure(const struct filter *f, const struct filter_test *t,
		    const struct row_context *row)
{
	const int64_t v = t->column->key(row);

	(void)f;
	if (v < 0) /* unknown: no comparison is true */
		return false;
	return t->comparison & (v < t->value ? LESS : v > t->value ? GREATER : EQUAL);
}

/* ---- text ---- */

/* A word on its own: whatever it may name. */
bool
filter_match_text(const struct filter *f, const struct filter_test *t,
		  const struct row_context *row)
{
	const struct endpoint *end = row->facts->end;

	if (filter_match_state(f, t, row) || filter_match_verdict(f, t, row) ||
	    filter_match_severity(f, t, row) || filter_match_port(f, t, row))
		return true;
	return t->text[0] != '\0' && ((tests_side(t, CLIENT) && shows_text(t, end[CLIENT].addr)) ||
				      (tests_side(t, SERVER) && shows_text(t, end[SERVER].addr)));
}

/* ---- the program ---- */

bool
filter_match(const struct filter *f, const struct row_context *row)
{
	bool truth = true;

	if (!f)
		return true;
	for (uint32_t i = 0; i < f->n_steps; i++) {
		const struct filter_step *s = &f->steps[i];

		if (s->op == OP_TEST)
			truth = f->tests[s->arg].match(f, &f->tests[s->arg], row);
		else if (s->op == OP_NOT)
			truth = !truth;
		else if (truth == (s->op == OP_SKIP_IF_TRUE))
			i = s->arg - 1; /* always forward: this terminates */
	}
	return truth;
}

bool
filter_uses_time(const struct filter *f)
{
	return f && f->uses_time;
}

void
filter_free(struct filter *f)
{
	free(f);
}
