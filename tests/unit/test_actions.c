/* SPDX-License-Identifier: MIT */
/*
 * Unit test of every key of every screen and tab, taken from their tables of actions: each is
 * pressed on the demo's connections, drawn on a pseudo-terminal, and must have the effect that is
 * written down here. An action without an effect written down fails.
 */
#include "config.h"

#include "unit.h"

#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cells.h"
#include "ui/actions.h"
#include "ui/app.h"

#define SCREEN_LINES   24
#define SCREEN_COLUMNS 80

/* ---- what an action does, as the user sees it ---- */
enum effect {
	EFFECT_MISSING,
	OPENS,   /* another screen on top */
	LEAVES,  /* back to the screen below */
	SHOWS,   /* another tab */
	ASKS,    /* opens a prompt */
	SAYS,    /* shows a message */
	MOVES,   /* the selected row, or the first one shown */
	REDRAWS, /* the screen shows something else */
	QUITS,   /* the program */
	NOTHING, /* that can be seen */
};

static const struct {
	const char *action;
	enum effect effect;
} effects[] = {
	/* movement */
	{"up", MOVES},
	{"down", MOVES},
	{"page-up", MOVES},
	{"page-down", MOVES},
	{"first", MOVES},
	{"last", MOVES},
	/* everywhere */
	{"freeze", SAYS},
	{"help", OPENS},
	{"back", LEAVES},
	{"escape", LEAVES},
	{"quit", QUITS},
	{"bits", SAYS},
	{"names", SAYS},
	{"redraw", NOTHING},
	/* connections */
	{"open", OPENS},
	{"filter", ASKS},
	{"sort", OPENS},
	{"tag", MOVES},
	{"save", ASKS},
	{"why", OPENS},
	{"problems", OPENS},
	{"servers", OPENS},
	{"capture-filter", SAYS},
	{"columns", OPENS},
	{"sort-left", REDRAWS},
	{"sort-right", REDRAWS},
	{"reverse", REDRAWS},
	{"hold", SAYS},
	{"untag", SAYS},
	{"closed", SAYS},
	{"interfaces", OPENS},
	/* connection and its tabs */
	{"next-tab", SHOWS},
	{"previous-tab", SHOWS},
	{"segments", SHOWS},
	{"timers", SHOWS},
	{"ladder", SHOWS},
	{"graphs", SHOWS},
	{"stream", SHOWS},
	{"ledger", SHOWS},
	{"leave", LEAVES},
	{"next-problem", MOVES},
	{"previous-problem", SAYS},
	{"time", SAYS},
	{"follow", SAYS},
	{"absolute", SAYS},
	/* graphs */
	{"jump", SHOWS},
	{"next-graph", REDRAWS},
	{"previous-graph", REDRAWS},
	{"side", REDRAWS},
	{"zoom-in", REDRAWS},
	{"zoom-out", REDRAWS},
	{"whole", REDRAWS},
	{"cursor-left", REDRAWS},
	{"cursor-right", REDRAWS},
	{"pan-left", REDRAWS},
	{"pan-right", REDRAWS},
	{"to-first", REDRAWS},
	{"to-newest", REDRAWS},
	/* segment, servers, interfaces, sort, columns */
	{"hex", REDRAWS},
	{"only", LEAVES},
	{"capture", SAYS},
	{"choose", LEAVES},
	{"toggle", REDRAWS},
	{"default", SAYS},
	{"done", LEAVES},
};

/* ---- how each screen and tab is reached from the first screen ---- */
static const struct {
	const char *view;
	int keys[4];
} ways[] = {
	{"connections", {0}},
	{"connection", {K_ENTER}},
	{"segments", {K_ENTER, '1'}},
	{"timers", {K_ENTER, '2'}},
	{"ladder", {K_ENTER, '3'}},
	{"graphs", {K_ENTER, '4', '+', '<'}}, /* neither end of the time is shown */
	{"stream", {K_ENTER, '5'}},
	{"ledger", {K_ENTER, '6'}},
	{"segment", {K_ENTER, '1', K_HOME, K_ENTER}},
	{"why", {'v'}},
	{"problems", {'P'}},
	{"servers", {'E'}},
	{"interfaces", {'I'}},
	{"sort", {'s'}},
	{"columns", {'c'}},
	{"help", {'?'}},
};

static struct source *
refuse_interface(void *ctx, const char *name, struct err *err)
{
	(void)ctx;
	err_set(err, "%s: refused", name);
	return NULL;
}

static struct ui_config config = {
	/* several connections, the first one with segments that are marked */
	.filter = "retx > 3",
	.open_interface = refuse_interface,
};

/* ---- freezing that can be made to fail ---- */

static bool out_of_memory;
bool __real_engine_freeze(struct engine *e, bool on);
bool __wrap_engine_freeze(struct engine *e, bool on);

bool
__wrap_engine_freeze(struct engine *e, bool on)
{
	return !out_of_memory && __real_engine_freeze(e, on);
}

/* ---- the screens on a terminal ---- */

static int
setup(void **state)
{
	const struct winsize size = {.ws_row = SCREEN_LINES, .ws_col = SCREEN_COLUMNS};
	const struct engine_config ec = {
		.max_connections = 1000, .memory = 32 << 20, .history = true};
	struct source_status st;
	struct err err = {""};
	char path[256];
	int master = posix_openpt(O_RDWR | O_NOCTTY);

	(void)state;
	setlocale(LC_ALL, "C.UTF-8");
	setenv("TERM", "xterm", 1);
	snprintf(path, sizeof(path), "%s/src/demo.pcap", getenv("srcdir") ? getenv("srcdir") : ".");
	const struct source_config sc = {.read_file = path, .keep_bytes = true};
	config.engine = engine_new(&ec, &err);
	config.source = source_open(&sc, &err, NULL);
	if (!config.source || !source_prepare(config.source, &err) ||
	    !source_start(config.source, config.engine, &err)) {
		print_error("%s\n", err.msg);
		return -1;
	}
	do {
		usleep(1000);
		source_status(config.source, &st);
	} while (st.phase == SOURCE_RUNNING);
	if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0 ||
	    ptsname_r(master, path, sizeof(path)) != 0)
		return -1;
	ioctl(master, TIOCSWINSZ, &size);
	return term_start(path, false, false, &err) ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	term_stop();
	source_close(config.source);
	engine_free(config.engine);
	return 0;
}

static void
update_and_draw(struct ui *ui)
{
	do
		ui_update(ui, false);
	while (!index_settled(ui->index));
	ui_update(ui, false);
	ui_draw(ui);
}

static void
press(struct ui *ui, int key)
{
	actions_dispatch(ui, &(struct event){.key = key});
	if (!ui->quit)
		update_and_draw(ui);
}

/* The screens as they begin, then the keys that lead to the view. */
static struct ui *
reach(const char *view)
{
	struct ui *ui = ui_new(&config);
	size_t i = 0;

	update_and_draw(ui);
	while (i < ARRAY_LEN(ways) && strcmp(ways[i].view, view) != 0)
		i++;
	if (i == ARRAY_LEN(ways))
		fail_msg("no way to the view %s is written down", view);
	for (int k = 0; k < 4 && ways[i].keys[k] != 0; k++)
		press(ui, ways[i].keys[k]);
	struct view *shown = view_focus(ui_view(ui));
	if (strcmp(shown->ops->name, view) != 0 && strcmp(ui_view(ui)->ops->name, view) != 0)
		fail_msg("the way to %s leads to %s", view, shown->ops->name);
	return ui;
}

/* ---- before and after ---- */

struct seen {
	int depth;
	const struct view *focus;
	size_t cursor, top;
	struct cell cells[SCREEN_LINES * SCREEN_COLUMNS];
};

static void
look(const struct ui *ui, struct seen *s)
{
	const struct view *focus = view_focus(ui_view(ui));

	memset(s, 0, sizeof(*s));
	s->depth = ui->depth;
	s->focus = focus;
	s->cursor = focus->list.cursor;
	s->top = focus->list.top;
	cells_read(s->cells, SCREEN_LINES, SCREEN_COLUMNS);
}

static bool
same_cells(const struct seen *a, const struct seen *b)
{
	return memcmp(a->cells, b->cells, sizeof(a->cells)) == 0;
}

static bool
has_effect(enum effect e, const struct ui *ui, const struct seen *a, const struct seen *b)
{
	switch (e) {
	case OPENS:
		return b->depth == a->depth + 1;
	case LEAVES:
		return b->depth == a->depth - 1;
	case SHOWS:
		return b->depth == a->depth && b->focus != a->focus;
	case ASKS:
		return ui->prompt.ops;
	case SAYS:
		return ui->message[0] != '\0' && !strstr(ui->message, "does nothing here");
	case MOVES:
		return b->focus == a->focus && (b->cursor != a->cursor || b->top != a->top);
	case REDRAWS:
		return b->depth == a->depth && !same_cells(a, b);
	case NOTHING:
		return b->depth == a->depth && same_cells(a, b);
	default:
		return false;
	}
}

static enum effect
effect_of(const char *view, const char *action)
{
	/* On the first screen there is no way back. */
	if (strcmp(view, "connections") == 0 && strcmp(action, "back") == 0)
		return QUITS;
	if (strcmp(view, "connections") == 0 && strcmp(action, "escape") == 0)
		return SAYS;
	if (strcmp(view, "help") == 0 && strcmp(action, "help") == 0)
		return LEAVES;
	for (size_t i = 0; i < ARRAY_LEN(effects); i++)
		if (strcmp(effects[i].action, action) == 0)
			return effects[i].effect;
	return EFFECT_MISSING;
}

/* ---- pressing ---- */

/* Goes to a row that can be opened: a segment among the lines of text. */
static void
select_segment(struct ui *ui)
{
	int depth = ui->depth;

	press(ui, K_HOME);
	for (size_t i = 0; i < ui_view(ui)->list.count; i++) {
		press(ui, K_ENTER);
		if (ui->depth > depth) {
			press(ui, K_ESC);
			return;
		}
		press(ui, K_DOWN);
	}
}

/* Brings the view into a state in which the action has something to do. */
static void
prepare(struct ui *ui, const struct action *a, enum effect e)
{
	if (e == MOVES)
		press(ui, K_DOWN);
	if (e == SHOWS && strcmp(view_focus(ui_view(ui))->ops->name, a->name) == 0)
		press(ui, K_TAB);
	if (strcmp(a->name, "previous-problem") == 0)
		press(ui, K_HOME);
	if (ui_view(ui)->ops == &view_why && e == OPENS)
		select_segment(ui);
}

static void
check_key(const char *view, const struct action *a, int key)
{
	static struct seen before, after;
	struct ui *ui = reach(view);
	enum effect e = effect_of(view, a->name);
	char name[32];
	bool ok;

	if (e == MOVES && view_focus(ui_view(ui))->list.count < 3) {
		ui_free(ui); /* too few rows to move among */
		return;
	}
	prepare(ui, a, e);
	look(ui, &before);
	press(ui, key);
	if (e == QUITS || ui->quit)
		ok = e == QUITS && ui->quit;
	else {
		look(ui, &after);
		ok = has_effect(e, ui, &before, &after);
	}
	if (!ok)
		fail_msg("%s: %s (%s): expected effect %d; message '%s', depth %d to %d", view,
			 a->name, key_name(name, sizeof(name), key), (int)e, ui->message,
			 before.depth, ui->depth);
	ui_free(ui);
}

static void
check_table(const char *view, const struct action *table)
{
	for (const struct action *a = table; a && a->name; a++)
		for (int i = 0; i < ACTION_KEYS && a->keys[i] != 0; i++)
			check_key(view, a, a->keys[i]);
}

static void
test_every_key_of_every_view(void **state)
{
	(void)state;
	for (const struct view_ops *const *ops = all_views; *ops; ops++)
		check_table((*ops)->name, (*ops)->actions);
}

static void
test_every_key_that_works_everywhere(void **state)
{
	(void)state;
	for (const struct view_ops *const *ops = all_views; *ops; ops++) {
		check_table((*ops)->name, movement_actions);
		check_table((*ops)->name, global_actions);
	}
}

static void
test_unknown_key_gets_a_hint(void **state)
{
	(void)state;
	for (const struct view_ops *const *ops = all_views; *ops; ops++) {
		struct ui *ui = reach((*ops)->name);

		press(ui, 'Z');
		assert_non_null(strstr(ui->message, "Z does nothing here"));
		press(ui, K_F(12));
		assert_non_null(strstr(ui->message, "F12 does nothing here"));
		press(ui, K_OTHER);
		assert_non_null(strstr(ui->message, "does nothing here"));
		ui_free(ui);
	}
}

static void
test_freeze_that_fails_says_so(void **state)
{
	struct ui *ui = reach("connections");

	(void)state;
	out_of_memory = true;
	press(ui, 'p');
	assert_false(ui->frozen);
	assert_non_null(strstr(ui->message, "Not frozen"));
	out_of_memory = false;
	press(ui, 'p');
	assert_true(ui->frozen);
	ui_free(ui);
}

/* ---- the tables themselves ---- */

/* Keys that every terminal and keyboard has. */
static bool
is_plain(int key)
{
	return key < K_FIRST || (key >= K_UP && key <= K_BACK_TAB);
}

static void
check_keys(const char *view, const struct action *table)
{
	for (const struct action *a = table; a && a->name; a++) {
		bool plain = false;

		assert_non_null(a->help);
		for (int i = 0; i < ACTION_KEYS && a->keys[i] != 0; i++)
			plain |= is_plain(a->keys[i]);
		if (!plain)
			fail_msg("%s: %s has function keys only", view, a->name);
	}
}

/* No key of a table is there twice, which would hide the second action. */
static void
check_unique(const char *view, const struct action *table)
{
	for (const struct action *a = table; a && a->name; a++)
		for (const struct action *b = table; b <= a; b++)
			for (int i = 0; i < ACTION_KEYS && a->keys[i] != 0; i++)
				for (int k = 0; k < ACTION_KEYS && b->keys[k] != 0; k++)
					if (a->keys[i] == b->keys[k] && (a != b || i != k))
						fail_msg("%s: %s and %s have the same key", view,
							 a->name, b->name);
}

static void
test_tables_of_keys(void **state)
{
	(void)state;
	for (const struct view_ops *const *ops = all_views; *ops; ops++) {
		check_keys((*ops)->name, (*ops)->actions);
		check_unique((*ops)->name, (*ops)->actions);
	}
	check_keys("everywhere", global_actions);
	check_unique("everywhere", global_actions);
	check_unique("movement", movement_actions);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_every_key_of_every_view),
	cmocka_unit_test(test_every_key_that_works_everywhere),
	cmocka_unit_test(test_unknown_key_gets_a_hint),
	cmocka_unit_test(test_freeze_that_fails_says_so),
	cmocka_unit_test(test_tables_of_keys),
};

int
main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
