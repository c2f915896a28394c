/* SPDX-License-Identifier: MIT */
/*
 * actions: finds and runs the action of a key, in the tables of the shown view and its parents
 * first, then in those that work everywhere. Names keys for footer, help and manual.
 */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "ui/app.h"

/* ---- moving ---- */

static void
go_up(struct view *v)
{
	list_move(&v->list, -1);
}

static void
go_down(struct view *v)
{
	list_move(&v->list, 1);
}

static void
go_page_up(struct view *v)
{
	list_move(&v->list, v->list.lines > 1 ? 1 - v->list.lines : -1);
}

static void
go_page_down(struct view *v)
{
	list_move(&v->list, v->list.lines > 1 ? v->list.lines - 1 : 1);
}

static void
go_home(struct view *v)
{
	list_go(&v->list, 0);
}

static void
go_end(struct view *v)
{
	list_go(&v->list, v->list.count > 0 ? v->list.count - 1 : 0);
}

const struct action movement_actions[] = {
	{"up", {K_UP, 'k'}, NULL, N_("one row up"), go_up},
	{"down", {K_DOWN, 'j'}, NULL, N_("one row down"), go_down},
	{"page-up", {K_PAGE_UP, K_CTRL('b')}, NULL, N_("one page up"), go_page_up},
	{"page-down", {K_PAGE_DOWN, K_CTRL('f')}, NULL, N_("one page down"), go_page_down},
	{"first", {K_HOME, 'g'}, NULL, N_("to the first row"), go_home},
	{"last", {K_END, 'G'}, NULL, N_("to the last row"), go_end},
	{0},
};

/* ---- everywhere ---- */

static void
freeze(struct view *v)
{
	struct ui *ui = v->ui;

	if (!engine_freeze(ui->engine, !ui->frozen)) {
		ui_warn(ui, _("Not frozen: not enough memory for a snapshot"));
		return;
	}
	ui->frozen = !ui->frozen;
	engine_totals(ui->engine, &ui->totals);
	ui->frozen_packets = ui->totals.packets;
	if (ui->frozen)
		ui_say(ui,
		       _("Frozen at this moment; packets are still read. "
			 "p shows the present again."));
}

static void
escape(struct view *v)
{
	struct ui *ui = v->ui;

	if (ui->depth > 1)
		ui_back(ui);
	else if (ui->filter[0] != '\0')
		ui_say(ui,
		       _("A filter is in force: / changes it, an empty line shows all. q quits."));
	else
		ui_say(ui, _("This is the first screen: q quits."));
}

static void
quit(struct view *v)
{
	ui_quit(v->ui);
}

static void
help(struct view *v)
{
	struct ui *ui = v->ui;

	if (v->ops == &view_help)
		ui_back(ui);
	else
		ui_open(ui, &view_help, v);
}

static void
redraw(struct view *v)
{
	(void)v;
	term_redraw();
}

static void
toggle_bits(struct view *v)
{
	struct ui *ui = v->ui;

	ui->bits = !ui->bits;
	ui_say(ui, "%s", ui->bits ? _("Rates in bits per second") : _("Rates in bytes per second"));
}

static void
toggle_names(struct view *v)
{
	struct ui *ui = v->ui;

	ui->names = !ui->names;
	ui_say(ui, "%s", ui->names ? _("Ports by their services' names") : _("Ports as numbers"));
}

const struct action global_actions[] = {
	{"freeze",
	 {'p'},
	 N_("Freeze"),
	 N_("freeze all screens at this moment; again: unfreeze"),
	 freeze},
	{"help", {'?', K_F(1), 'h'}, N_("Help"), N_("this help"), help},
	{"back", {'q'}, N_("Back"), N_("close this screen; on the first screen: quit"), ui_leave},
	{"escape", {K_ESC}, NULL, N_("close this screen (never quits)"), escape},
	{"quit", {K_F(10), 'Q'}, NULL, N_("quit"), quit},
	{"bits", {'b'}, NULL, N_("rates in bits or in bytes"), toggle_bits},
	{"names", {'n'}, NULL, N_("ports as numbers or as names of services"), toggle_names},
	{"redraw", {K_CTRL('l')}, NULL, N_("draw the whole screen again"), redraw},
	{0},
};

/* ---- keys and their names ---- */

static const struct {
	int key;
	const char *name;
} key_names[] = {
	{' ', N_("Space")},
	{K_TAB, N_("Tab")},
	{K_ENTER, N_("Enter")},
	{K_ESC, N_("Esc")},
	{K_UP, N_("Up")},
	{K_DOWN, N_("Down")},
	{K_LEFT, N_("Left")},
	{K_RIGHT, N_("Right")},
	{K_PAGE_UP, N_("PgUp")},
	{K_PAGE_DOWN, N_("PgDn")},
	{K_HOME, N_("Home")},
	{K_END, N_("End")},
	{K_DELETE, N_("Del")},
	{K_BACKSPACE, N_("Backspace")},
	{K_BACK_TAB, N_("Shift-Tab")},
};

char *
key_name(char *out, size_t size, int key)
{
	struct text t = text_on(out, size);

	for (size_t i = 0; i < ARRAY_LEN(key_names); i++)
		if (key_names[i].key == key) {
			text_add(&t, "%s", _(key_names[i].name));
			return out;
		}
	if (key > K_F0 && key <= K_LAST)
		text_add(&t, "F%d", key - K_F0);
	else if (key < ' ')
		text_add(&t, "^%c", key + '@');
	else if (key < K_BACKSPACE)
		text_add(&t, "%c", key);
	else
		text_add(&t, "%s", _("this key"));
	return out;
}

char *
action_keys(char *out, size_t size, const struct action *a)
{
	struct text t = text_on(out, size);
	char name[32];

	for (int i = 0; i < ACTION_KEYS && a->keys[i] != 0; i++)
		text_add(&t, "%s%s", i > 0 ? ", " : "", key_name(name, sizeof(name), a->keys[i]));
	return out;
}

static const struct action *
find_in(const struct action *a, int key)
{
	for (; a && a->name; a++)
		for (int i = 0; i < ACTION_KEYS && a->keys[i] != 0; i++)
			if (a->keys[i] == key)
				return a;
	return NULL;
}

/* The action of a key, or NULL. *v: the whole screen; becomes the view that the action is for. */
static const struct action *
find_action(struct view **v, int key)
{
	struct view *screen = *v, *focus = view_focus(screen);

	for (struct view *at = focus; at; at = at->parent) {
		const struct action *a = find_in(at->ops->actions, key);

		*v = at;
		if (a)
			return a;
	}
	*v = focus;
	const struct action *a = find_in(movement_actions, key);
	if (a)
		return a;
	*v = screen;
	return find_in(global_actions, key);
}

static bool
is_one_of(int key, const int *keys, size_t n)
{
	while (n > 0)
		if (keys[--n] == key)
			return true;
	return false;
}

static void
answer(struct ui *ui, int key)
{
	static const int yes[] = {'y', 'Y'}, no[] = {'n', 'N', 'q', K_ESC, K_CTRL('g')};
	void (*fn)(struct ui *, bool) = ui->question.answer;
	bool is_yes = is_one_of(key, yes, ARRAY_LEN(yes));

	if (key == K_MOUSE)
		return;
	ui->question.unknown_key = !is_yes && !is_one_of(key, no, ARRAY_LEN(no));
	if (ui->question.unknown_key)
		return;
	ui->question.answer = NULL;
	fn(ui, is_yes);
}

static void
dispatch_key(struct ui *ui, const struct event *ev)
{
	struct view *v = ui_view(ui);
	const struct action *a = find_action(&v, ev->key);
	char name[32];

	ui->message[0] = '\0';
	if (ev->key == K_ESC && save_is_running(ui))
		save_stop(ui);
	else if (a)
		a->fn(v);
	else
		ui_say(ui, _("%s does nothing here; ? shows the keys"),
		       key_name(name, sizeof(name), ev->key));
}

void
actions_dispatch(struct ui *ui, const struct event *ev)
{
	if (ui->question.answer)
		answer(ui, ev->key);
	else if (ui->prompt.ops && ev->key != K_MOUSE)
		prompt_key(ui, ev);
	else if (ev->key == K_MOUSE)
		frame_mouse(ui, ev);
	else
		dispatch_key(ui, ev);
	if (!ui->quit)
		view_moved(ui_view(ui));
}

static void
each_key_of(ui_key_fn *fn, void *ctx, const char *screen, const struct action *a)
{
	char keys[64];

	for (; a && a->name; a++)
		fn(ctx, screen, action_keys(keys, sizeof(keys), a), a->help);
}

void
ui_each_key(ui_key_fn *fn, void *ctx)
{
	for (const struct view_ops *const *ops = all_views; *ops; ops++)
		each_key_of(fn, ctx, (*ops)->title, (*ops)->actions);
	each_key_of(fn, ctx, N_("Everywhere"), movement_actions);
	each_key_of(fn, ctx, N_("Everywhere"), global_actions);
}
