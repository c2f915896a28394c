/* SPDX-License-Identifier: MIT */
/*
 * Unit test of the prompt line: editing, history, and what its opener is told; and of the glyphs
 * that screens are drawn with. No terminal.
 */
#include "config.h"

#include "unit.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "ui/app.h"

static int changes, cancelled;
static char latest[PROMPT_MAX], entered[PROMPT_MAX];

static void
changed(struct ui *ui, const char *text, size_t *at, char *note, size_t size)
{
	(void)ui;
	changes++;
	memcpy(latest, text, strlen(text) + 1);
	*at = strcspn(text, "!");
	if (text[*at] == '!' && size > 2)
		memcpy(note, "no", 3);
}

static void
done(struct ui *ui, const char *text)
{
	(void)ui;
	if (!text)
		cancelled++;
	else
		memcpy(entered, text, strlen(text) + 1);
}

/* Knows three words. */
static void
complete(struct ui *ui, const char *text, size_t cursor, struct filter_completion *out)
{
	static const char *const words[] = {"one", "onto", "two"};

	(void)ui;
	for (out->from = cursor; out->from > 0 && text[out->from - 1] != ' ';)
		out->from--;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strncmp(words[i], text + out->from, cursor - out->from) == 0)
			memcpy(out->candidates[out->n++], words[i], strlen(words[i]) + 1);
}

static const struct prompt_ops ops = {changed, done, complete};

static void
press(struct ui *ui, int key)
{
	const struct event ev = {.key = key};

	prompt_key(ui, &ev);
}

static void
type(struct ui *ui, const char *text)
{
	for (; *text != '\0'; text++)
		press(ui, *text);
}

static struct ui *
opened(const char *text)
{
	struct ui *ui = xcalloc(1, sizeof(*ui));

	changes = cancelled = 0;
	latest[0] = entered[0] = '\0';
	prompt_open(ui, "/", text, &ops, &ui->filter_history);
	return ui;
}

static void
test_every_key_is_told(void **state)
{
	struct ui *ui = opened("");

	(void)state;
	type(ui, "23");
	assert_string_equal(latest, "23");
	assert_int_equal(changes, 3);
	press(ui, K_BACKSPACE);
	assert_string_equal(latest, "2");
	press(ui, K_ENTER);
	assert_string_equal(entered, "2");
	assert_null(ui->prompt.ops);
	free(ui);
}

static void
test_note_points_at_the_error(void **state)
{
	struct ui *ui = opened("ab!");

	(void)state;
	assert_string_equal(ui->prompt.note, "no");
	assert_int_equal(ui->prompt.note_at, 2);
	press(ui, K_BACKSPACE);
	assert_string_equal(ui->prompt.note, "");
	free(ui);
}

static void
test_escape_cancels(void **state)
{
	struct ui *ui = opened("23");

	(void)state;
	press(ui, K_ESC);
	assert_int_equal(cancelled, 1);
	assert_null(ui->prompt.ops);
	assert_int_equal(ui->filter_history.count, 0);
	free(ui);
}

static void
test_editing_in_the_middle(void **state)
{
	struct ui *ui = opened("adc");

	(void)state;
	press(ui, K_LEFT);
	press(ui, K_BACKSPACE);
	type(ui, "b");
	assert_string_equal(latest, "abc");
	press(ui, K_HOME);
	press(ui, K_DELETE);
	assert_string_equal(latest, "bc");
	press(ui, K_END);
	press(ui, K_CTRL('u'));
	assert_string_equal(latest, "");
	press(ui, K_BACKSPACE);
	press(ui, K_DELETE);
	assert_string_equal(ui->prompt.text, "");
	free(ui);
}

/* Two bytes are one character, for the cursor and for deleting. */
static void
test_whole_characters(void **state)
{
	struct ui *ui = opened("");

	(void)state;
	press(ui, 0xe4);
	press(ui, 0x6c49);
	assert_string_equal(latest, "\u00e4\u6c49");
	press(ui, K_LEFT);
	press(ui, K_BACKSPACE);
	assert_string_equal(latest, "\u6c49");
	press(ui, K_DELETE);
	assert_string_equal(latest, "");
	free(ui);
}

static void
test_history(void **state)
{
	struct ui *ui = opened("");

	(void)state;
	type(ui, "one");
	press(ui, K_ENTER);
	prompt_open(ui, "/", "", &ops, &ui->filter_history);
	type(ui, "two");
	press(ui, K_ENTER);
	prompt_open(ui, "/", "", &ops, &ui->filter_history);
	press(ui, K_UP);
	assert_string_equal(latest, "two");
	press(ui, K_UP);
	press(ui, K_UP);
	assert_string_equal(latest, "one");
	press(ui, K_DOWN);
	press(ui, K_DOWN);
	assert_string_equal(latest, "");
	free(ui);
}

static void
test_history_keeps_what_was_typed(void **state)
{
	struct ui *ui = opened("");

	(void)state;
	type(ui, "one");
	press(ui, K_ENTER);
	prompt_open(ui, "/", "one", &ops, &ui->filter_history);
	press(ui, K_UP); /* the only line is the one shown */
	assert_string_equal(ui->prompt.text, "one");
	assert_string_not_equal(ui->prompt.hint, "");
	type(ui, "!x");
	press(ui, K_UP);
	assert_string_equal(latest, "one");
	press(ui, K_DOWN);
	assert_string_equal(latest, "one!x");
	free(ui);
}

static void
test_wrong_text_is_not_taken(void **state)
{
	struct ui *ui = opened("ab!");

	(void)state;
	press(ui, K_ENTER);
	assert_string_equal(entered, "");
	assert_non_null(ui->prompt.ops);
	assert_int_equal(ui->prompt.cursor, 2);
	press(ui, K_DELETE);
	press(ui, K_ENTER);
	assert_string_equal(entered, "ab");
	free(ui);
}

static void
test_escape_knows_the_text_before(void **state)
{
	struct ui *ui = opened("before");

	(void)state;
	type(ui, "x");
	press(ui, K_ESC);
	assert_string_equal(ui->prompt.before, "before");
	free(ui);
}

static void
test_completion(void **state)
{
	struct ui *ui = opened("");

	(void)state;
	type(ui, "t");
	press(ui, K_TAB);
	assert_string_equal(latest, "two ");
	type(ui, "o");
	press(ui, K_TAB);
	assert_string_equal(latest, "two on");
	assert_string_equal(ui->prompt.hint, "");
	press(ui, K_TAB);
	assert_string_equal(ui->prompt.hint, "one  onto");
	type(ui, "t");
	assert_string_equal(ui->prompt.hint, "");
	press(ui, K_TAB);
	assert_string_equal(latest, "two onto ");
	type(ui, "x");
	press(ui, K_TAB);
	assert_string_equal(latest, "two onto x");
	assert_string_not_equal(ui->prompt.hint, "");
	press(ui, K_HOME);
	press(ui, K_RIGHT);
	press(ui, K_TAB); /* in the middle of the text */
	assert_string_equal(latest, "twowo onto x");
	assert_int_equal(ui->prompt.cursor, 3);
	free(ui);
}

static void
test_completion_that_does_not_fit(void **state)
{
	struct ui *ui = opened("");

	(void)state;
	for (int i = 0; i < PROMPT_MAX - 4; i++)
		type(ui, i % 2 ? "x" : " ");
	type(ui, " t");
	press(ui, K_TAB);
	assert_int_equal(strlen(ui->prompt.text), PROMPT_MAX - 2);
	free(ui);
}

static void
test_unknown_key_gets_a_hint(void **state)
{
	static const int keys[] = {K_F(5), K_CTRL('x'), K_PAGE_UP, K_OTHER, K_BACK_TAB};
	struct ui *ui = opened("a");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		type(ui, "b");
		assert_string_equal(ui->prompt.hint, "");
		press(ui, keys[i]);
		assert_string_not_equal(ui->prompt.hint, "");
		assert_non_null(ui->prompt.ops);
	}
	free(ui);
}

static void
test_refused_text_stays(void **state)
{
	struct ui *ui = opened("a");

	(void)state;
	type(ui, "b");
	press(ui, K_ENTER);
	assert_null(ui->prompt.ops);
	prompt_refuse(ui, &ops, "no");
	assert_string_equal(ui->prompt.text, "ab");
	assert_string_equal(ui->prompt.hint, "no");
	press(ui, K_ENTER);
	assert_string_equal(entered, "ab");
	free(ui);
}

static void
test_too_long_is_not_taken(void **state)
{
	struct ui *ui = opened("");

	(void)state;
	for (int i = 0; i < 2 * PROMPT_MAX; i++)
		type(ui, "x");
	assert_int_equal(strlen(ui->prompt.text), PROMPT_MAX - 1);
	for (int i = 0; i < 2 * HISTORY_MAX; i++) {
		prompt_open(ui, "/", "", &ops, &ui->filter_history);
		type(ui, i % 2 ? "a" : "b");
		press(ui, K_ENTER);
	}
	assert_int_equal(ui->filter_history.count, HISTORY_MAX);
	free(ui);
}

/* What screens draw with is there, and one column wide. */
static void
test_every_glyph(void **state)
{
	(void)state;
	for (int g = 0; g < GLYPH_COUNT; g++) {
		assert_non_null(glyph(g));
		assert_int_equal(text_width(glyph(g)), 1);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_every_glyph),
	cmocka_unit_test(test_every_key_is_told),
	cmocka_unit_test(test_note_points_at_the_error),
	cmocka_unit_test(test_escape_cancels),
	cmocka_unit_test(test_editing_in_the_middle),
	cmocka_unit_test(test_whole_characters),
	cmocka_unit_test(test_history),
	cmocka_unit_test(test_history_keeps_what_was_typed),
	cmocka_unit_test(test_wrong_text_is_not_taken),
	cmocka_unit_test(test_escape_knows_the_text_before),
	cmocka_unit_test(test_completion),
	cmocka_unit_test(test_completion_that_does_not_fit),
	cmocka_unit_test(test_unknown_key_gets_a_hint),
	cmocka_unit_test(test_refused_text_stays),
	cmocka_unit_test(test_too_long_is_not_taken),
};

int
main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
