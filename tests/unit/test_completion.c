/* SPDX-License-Identifier: MIT */
/*
 * test_completion: what the screen filter's prompt offers at the cursor. Not covered: how the
 * prompt shows it (ui).
 */
#include "unit.h"

#include "model/model.h"

#include <stdio.h>
#include <string.h>

static const uint16_t ports[] = {443, 8080, 80, 8000};

struct expectation {
	const char *text;       /* "|" is the cursor */
	size_t from;            /* where the completed word begins */
	const char *candidates; /* joined by blanks */
};

static void
complete(const char *text, struct filter_completion *out)
{
	char copy[128];
	const char *bar = strchr(text, '|');
	const size_t cursor = bar ? (size_t)(bar - text) : strlen(text);

	snprintf(copy, sizeof(copy), "%.*s%s", (int)cursor, text, bar ? bar + 1 : "");
	filter_complete(copy, cursor, ports, ARRAY_LEN(ports), out);
}

static void
join(const struct filter_completion *c, char *out, size_t size)
{
	struct text t = text_on(out, size);

	for (size_t i = 0; i < c->n; i++)
		text_add(&t, "%s%s", i > 0 ? " " : "", c->candidates[i]);
}

static void
test_candidates(void **state)
{
	static const struct expectation all[] = {
		/* words of the language first, then what is looked for by itself */
		{"sta", 0, "state"},
		{"STA", 0, "state"},
		{"ho", 0, "host"},
		{"syn", 0, "syn-sent syn-recv syn-ack-unanswered syn-lost"},
		{"time", 0, "timeouts time-wait timed-out"},
		{"sta|x", 0, "state"},
		{"bogus", 0, ""},
		{"80", 0, "8080 80 8000"},
		{"80 and s|", 7,
		 "src state severity spurious sent-rate sent segments server-window syn-sent "
		 "syn-recv syn-ack-unanswered syn-lost"},
		/* operators only behind a condition */
		{"80 a", 3, "and age accept-queue-full application-slow acks-ignored"},
		{"80 o", 3, "or out-of-order one-sided"},
		{"o", 0, "out-of-order one-sided"},
		{"(80 o", 4, "or out-of-order one-sided"},
		{"not ho", 4, "host"},
		{"! ho", 2, "host"},
		/* operands */
		{"state fin", 6, "fin-wait-1 fin-wait-2"},
		{"state FIN", 6, "fin-wait-1 fin-wait-2"},
		{"state:fin", 6, "fin-wait-1 fin-wait-2"},
		{"state != fin", 9, "fin-wait-1 fin-wait-2"},
		{"state estab,fin", 12, "fin-wait-1 fin-wait-2"},
		{"23 and state fin|", 13, "fin-wait-1 fin-wait-2"},
		{"verdict a", 8, "accept-queue-full application-slow acks-ignored any"},
		{"verdict n", 8, "no-answer none"},
		{"severity ", 9, "none note warning error"},
		{"severity >= w", 12, "warning"},
		{"port ", 5, "443 8080 80 8000"},
		{"port 80", 5, "8080 80 8000"},
		{"port 443,80", 9, "8080 80 8000"},
		{"443,80", 4, "8080 80 8000"},
		{"src ", 4, "port host net"},
		{"src 4", 4, "443"},
		{"dst po", 4, "port"},
		{"dst port 4", 9, "443"},
		/* nothing to offer */
		{"rtt > ", 6, ""},
		{"host ", 5, ""},
		{"bogus sta", 6, ""},
		{") sta", 2, ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct filter_completion c;
		char joined[2048];

		complete(all[i].text, &c);
		join(&c, joined, sizeof(joined));
		if (c.from != all[i].from || strcmp(joined, all[i].candidates) != 0)
			fail_msg("\"%s\": from %zu: %s", all[i].text, c.from, joined);
	}
}

/* Nothing typed: every word of the language, and no names. */
static void
test_empty(void **state)
{
	struct filter_completion c;
	size_t words = 0;

	(void)state;
	for (size_t i = 0; i < filter_word_count; i++)
		words += filter_words[i].name ? 1 : 0;
	complete("", &c);
	assert_int_equal(c.from, 0);
	assert_int_equal(c.n, words + 1); /* not */
	assert_string_equal(c.candidates[0], "port");
	complete("80 ", &c);
	assert_int_equal(c.n, words + 3);
	assert_string_equal(c.candidates[0], "and");
	assert_string_equal(c.candidates[1], "or");
}

/* Each candidate, put in its place, is accepted or asks for more. */
static void
test_candidates_can_be_typed(void **state)
{
	static const char *const texts[] = {"",         "80 ",       "state ", "verdict ",
					    "severity ", "severity <", "port ",  "src ",
					    "not ",     "(",         "dst port ", "s", "re"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct filter_completion c;

		complete(texts[i], &c);
		assert_true(c.n > 0);
		for (size_t k = 0; k < c.n; k++) {
			char typed[128];
			struct filter_error e;

			snprintf(typed, sizeof(typed), "%.*s%s", (int)c.from, texts[i],
				 c.candidates[k]);
			struct filter *f = filter_parse(typed, &e);

			if (!f && !e.unfinished)
				fail_msg("\"%s\": at %zu expected %s", typed, e.at, e.expected);
			filter_free(f);
		}
	}
}

/* More ports than there is room for candidates. */
static void
test_room(void **state)
{
	uint16_t many[COMPLETIONS_MAX * 2];
	struct filter_completion c;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		many[i] = (uint16_t)(1000 + i);
	filter_complete("port ", 5, many, ARRAY_LEN(many), &c);
	assert_int_equal(c.n, COMPLETIONS_MAX);
	assert_string_equal(c.candidates[COMPLETIONS_MAX - 1], "1095");
	filter_complete("port ", 5, NULL, 0, &c);
	assert_int_equal(c.n, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_candidates),
	cmocka_unit_test(test_empty),
	cmocka_unit_test(test_candidates_can_be_typed),
	cmocka_unit_test(test_room),
};

UNIT_MAIN(tests)
