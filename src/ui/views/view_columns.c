/* SPDX-License-Identifier: MIT */
/*
 * view_columns: the choice of columns for the list of connections. Without a choice a column is
 * shown where the screen is wide enough for it; the model's table says from which width on.
 */
#include "base/i18n.h"
#include "ui/app.h"

bool
ui_column_shown(const struct ui *ui, const struct column *c, int width)
{
	enum column_choice choice = ui->columns[c - columns];

	if (choice != COLUMN_BY_WIDTH)
		return choice == COLUMN_ALWAYS;
	return c->from_width >= 0 && c->from_width <= width;
}

static bool
columns_open(struct view *v, const void *arg, struct err *err)
{
	(void)arg;
	(void)err;
	v->list.count = column_count;
	return true;
}

static void
columns_draw_top(struct view *v, struct area a)
{
	(void)v;
	term_put(a.y, 1, a.columns - 1, ROLE_TITLE, _("Columns of the list of connections"));
}

static void
columns_draw_row(struct view *v, size_t row, struct area a, bool selected)
{
	const struct column *c = &columns[row];
	enum role role = selected ? ROLE_SELECTED : ROLE_NORMAL;
	bool shown = ui_column_shown(v->ui, c, a.columns);
	bool chosen = v->ui->columns[row] != COLUMN_BY_WIDTH;

	term_put(a.y, 1, 3, role, shown ? "[x]" : "[ ]");
	term_put(a.y, 5, 14, selected ? role : ROLE_TITLE,
		 c->title[0] != '\0' ? _(c->title) : c->name);
	term_put(a.y, 20, a.columns - 20, role, _(c->help));
	if (chosen)
		term_put(a.y, 4, 1, role, "*");
}

static void
toggle(struct view *v)
{
	struct ui *ui = v->ui;
	const struct column *c = &columns[v->list.cursor];
	bool shown = ui_column_shown(ui, c, term_columns());

	ui->columns[v->list.cursor] = shown ? COLUMN_NEVER : COLUMN_ALWAYS;
}

static void
by_width(struct view *v)
{
	struct ui *ui = v->ui;

	for (size_t i = 0; i < COLUMNS_MAX; i++)
		ui->columns[i] = COLUMN_BY_WIDTH;
	ui_say(ui, _("Columns follow the screen's width again"));
}

static const struct action columns_actions[] = {
	{"toggle", {' ', K_ENTER}, N_("Toggle"), N_("show or hide the column (* chosen)"), toggle},
	{"default", {'d'}, N_("Default"), N_("columns by the screen's width"), by_width},
	{"done", {K_LEFT}, NULL, N_("back to the list of connections"), ui_leave},
	{0},
};

const struct view_ops view_columns = {
	.name = "columns",
	.title = N_("Columns"),
	.help = N_("Which columns the list of connections has; what does not fit is left out from "
		   "the right."),
	.open = columns_open,
	.top_lines = 1,
	.draw_top = columns_draw_top,
	.draw_row = columns_draw_row,
	.actions = columns_actions,
};
