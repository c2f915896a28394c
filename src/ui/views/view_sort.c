/* SPDX-License-Identifier: MIT */
/* view_sort: the choice of what the list of connections is sorted by, with what each means. */
#include "base/i18n.h"
#include "ui/app.h"

static bool
sort_open(struct view *v, const void *arg, struct err *err)
{
	(void)arg;
	(void)err;
	v->list.count = column_count + 1;
	for (size_t i = 0; i < column_count; i++)
		if (&columns[i] == v->ui->sort)
			v->list.cursor = i + 1;
	return true;
}

static void
sort_draw_top(struct view *v, struct area a)
{
	(void)v;
	term_put(a.y, 1, a.columns - 1, ROLE_TITLE, _("Sort connections by"));
}

/* Row 0 is the default order, without a column. */
static void
sort_draw_row(struct view *v, size_t row, struct area a, bool selected)
{
	const struct column *c = row > 0 ? &columns[row - 1] : NULL;
	enum role role = selected ? ROLE_SELECTED : ROLE_NORMAL;

	if (c == v->ui->sort)
		term_put(a.y, 1, 1, role, glyph(GLYPH_LIVE));
	term_put(a.y, 3, 14, selected ? role : ROLE_TITLE, c ? _(c->title) : _("default"));
	term_put(a.y, 18, a.columns - 18, role, c ? _(c->help) : _("errors, warnings, the rest"));
}

static void
choose(struct view *v)
{
	struct ui *ui = v->ui;
	size_t row = v->list.cursor;
	const struct column *c = row > 0 ? &columns[row - 1] : NULL;

	ui_set_sort(ui, c, c == ui->sort && c ? !ui->sort_reverse : false);
	ui_back(ui);
}

static const struct action sort_actions[] = {
	{"choose",
	 {K_ENTER, ' '},
	 N_("Choose"),
	 N_("sort by this; again: reverse the order"),
	 choose},
	{0},
};

const struct view_ops view_sort = {
	.name = "sort",
	.title = N_("Sort"),
	.help = N_("What the list of connections can be sorted by."),
	.open = sort_open,
	.top_lines = 1,
	.draw_top = sort_draw_top,
	.draw_row = sort_draw_row,
	.actions = sort_actions,
};
