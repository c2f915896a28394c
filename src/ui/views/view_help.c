/* SPDX-License-Identifier: MIT */
/*
 * view_help: the keys of the screen below and of all others, the words of the filter, and what
 * columns, states, findings and verdicts mean: all of it from the program's own tables.
 */
#include <string.h>

#include "base/i18n.h"
#include "ui/lines.h"
#include "ui/app.h"

#define INDENT 22

struct help {
	const struct view *from; /* the screen below */
	int cols; /* of the screen that the text was wrapped for */
	struct lines text;
};

static void
title(struct lines *l, const char *s)
{
	if (l->n > 0)
		lines_add(l, ROLE_NORMAL, " ");
	lines_add(l, ROLE_TITLE, "%s", s);
}

static void
entry(struct lines *l, int cols, const char *name, const char *text)
{
	char head[INDENT + 80];
	struct text t = text_on(head, sizeof(head));

	text_add(&t, "  %s ", name);
	lines_wrap(l, ROLE_NORMAL, cols, INDENT, head, text);
}

static void
add_keys(struct lines *l, int cols, const struct action *a)
{
	char keys[64];

	for (; a && a->name; a++)
		entry(l, cols, action_keys(keys, sizeof(keys), a), _(a->help));
}

static bool
is_shown(const struct help *h, const struct view_ops *ops)
{
	for (const struct view *v = h->from; v; v = v->child)
		if (v->ops == ops)
			return true;
	return false;
}

/* The keys of the screen below come before those of the others. */
static void
add_all_keys(struct help *h, int cols)
{
	title(&h->text, _("Everywhere"));
	add_keys(&h->text, cols, global_actions);
	for (const struct view *v = h->from; v; v = v->child) {
		title(&h->text, _(v->ops->title));
		lines_wrap(&h->text, ROLE_NORMAL, cols, 2, "  ", _(v->ops->help));
		add_keys(&h->text, cols, v->ops->actions);
	}
	title(&h->text, _("Moving"));
	add_keys(&h->text, cols, movement_actions);
	entry(&h->text, cols, _("Mouse"),
	      _("click selects, double click opens, a column's title sorts, the wheel scrolls"));
	for (const struct view_ops *const *ops = all_views; *ops; ops++) {
		if (is_shown(h, *ops) || !(*ops)->actions)
			continue;
		title(&h->text, _((*ops)->title));
		add_keys(&h->text, cols, (*ops)->actions);
	}
}

static void
add_filter(struct lines *l, int cols)
{
	title(l, _("Filter"));
	for (size_t i = 0; i < filter_word_count; i++)
		entry(l, cols, filter_words[i].example, _(filter_words[i].help));
}

static void
add_columns(struct lines *l, int width)
{
	title(l, _("Columns"));
	for (size_t i = 0; i < column_count; i++)
		entry(l, width, columns[i].title[0] != '\0' ? _(columns[i].title) : columns[i].name,
		      _(columns[i].help));
}

static void
add_states(struct lines *l, int cols)
{
	title(l, _("States of a connection"));
	for (int s = 0; s < CONN_STATE_COUNT; s++)
		entry(l, cols, conn_state_name(s), _(conn_state_help(s)));
	title(l, _("States of one end"));
	for (int s = 0; s < TCP_STATE_COUNT; s++)
		entry(l, cols, tcp_state_name(s), _(tcp_state_help(s)));
}

static void
add_findings(struct lines *l, int cols)
{
	title(l, _("Notes on segments"));
	for (int f = 0; f < FINDING_COUNT; f++) {
		const struct finding_info *info = finding_info(f);

		entry(l, cols, _(info->label), _(info->help));
	}
}

static void
add_verdicts(struct lines *l, int cols)
{
	char head[64];

	title(l, _("Diagnoses: E error, W warning, N note"));
	for (int v = 0; v < VERDICT_COUNT; v++) {
		struct text t = text_on(head, sizeof(head));

		if (!verdict_has_rule(v))
			continue;
		text_add(&t, "%c %s", severity_letter(verdict_severity(v)), verdict_name(v));
		entry(l, cols, head, _(verdict_help(v)));
	}
}

static void
help_build(struct help *h, int cols)
{
	h->cols = cols;
	lines_clear(&h->text);
	add_all_keys(h, cols - 2);
	add_filter(&h->text, cols - 2);
	add_columns(&h->text, cols - 2);
	add_states(&h->text, cols - 2);
	add_findings(&h->text, cols - 2);
	add_verdicts(&h->text, cols - 2);
}

static bool
help_open(struct view *v, const void *arg, struct err *err)
{
	struct help *h = v->state;

	(void)err;
	h->from = arg;
	v->list.scrolls = true;
	return true;
}

static void
help_close(struct view *v)
{
	struct help *h = v->state;

	lines_free(&h->text);
}

static bool
help_update(struct view *v)
{
	struct help *h = v->state;

	if (h->cols == term_columns())
		return false;
	help_build(h, term_columns());
	list_sync(&v->list, h->text.n, -1);
	return true;
}

static void
help_draw_row(struct view *v, size_t row, struct area a, bool selected)
{
	const struct help *h = v->state;

	(void)selected;
	if (row < h->text.n)
		term_put(a.y, 1, a.columns - 1, h->text.items[row].role, h->text.items[row].text);
}

static struct layout
help_lay_out(struct view *v, struct area a)
{
	(void)v;
	return layout_split(a, 0, 1);
}

static void
help_draw_bottom(struct view *v, struct area a)
{
	size_t last = v->list.top + (size_t)v->list.lines;

	if (last > v->list.count)
		last = v->list.count;
	term_printf(a.y, 1, a.columns - 1, ROLE_DIM, _("lines %zu-%zu of %zu"), v->list.top + 1,
		    last, v->list.count);
}

const struct view_ops view_help = {
	.name = "help",
	.title = N_("Help"),
	.help = N_("Keys, filter, and what the words on the screens mean."),
	.state_size = sizeof(struct help),
	.open = help_open,
	.close = help_close,
	.update = help_update,
	.lay_out = help_lay_out,
	.draw_row = help_draw_row,
	.draw_bottom = help_draw_bottom,
};
