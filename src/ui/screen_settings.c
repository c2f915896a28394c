/* SPDX-License-Identifier: MIT */
/*
 * screen_settings: what the user chose on the screens and finds again in the next run: columns and
 * order of the list of connections, units, style of times.
 */
#include "conf/settings.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "ui/app.h"

static const char *const time_names[] = {
	[TIME_RELATIVE] = "relative",
	[TIME_DELTA] = "delta",
	[TIME_CLOCK] = "clock",
	[TIME_DATE] = "date",
};

/* ---- the screens' state in words ---- */

static bool
columns_are_chosen(const struct ui *ui)
{
	for (size_t i = 0; i < column_count; i++) {
		if (ui->columns[i] != COLUMN_BY_WIDTH)
			return true;
	}
	return false;
}

/* The columns that the screen's width shows; "" when none was chosen. */
static void
describe_columns(const struct ui *ui, struct text *t)
{
	const char *separator = "";

	for (size_t i = 0; columns_are_chosen(ui) && i < column_count; i++) {
		const struct column *c = ui->column_order[i];

		if (!ui_column_shown(ui, c, term_columns()))
			continue;
		text_add(t, "%s%s", separator, c->name);
		separator = ",";
	}
}

static struct settings
describe(const struct ui *ui)
{
	struct settings s = {.screen = ""};
	struct text list = text_on(s.columns, sizeof(s.columns));
	struct text sort = text_on(s.sort, sizeof(s.sort));

	describe_columns(ui, &list);
	if (ui->sort)
		text_add(&sort, "%s%s", ui->sort->name, ui->sort_reverse ? ":reverse" : "");
	snprintf(s.units, sizeof(s.units), "%s", ui->bits ? "bits" : "bytes");
	snprintf(s.time, sizeof(s.time), "%s", time_names[ui->time_style]);
	return s;
}

/* ---- loading ---- */

static bool
apply_sort(struct ui *ui, const char *text, struct err *err)
{
	struct sort_order order;
	struct err wrong;

	if (text[0] == '\0' || ui->cfg->sort.column)
		return true;
	if (!sort_order_parse(text, &order, &wrong))
		return err_set(err, "sort: %s", wrong.msg);
	ui_set_sort(ui, order.column, order.reverse);
	return true;
}

static bool
apply_columns(struct ui *ui, const char *text, struct err *err)
{
	struct column_list list;
	struct err wrong;

	if (text[0] == '\0' || ui->cfg->columns)
		return true;
	if (!column_list_parse(text, &list, &wrong))
		return err_set(err, "columns: %s", wrong.msg);
	ui_set_columns(ui, &list);
	return true;
}

static void
apply_time(struct ui *ui, const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(time_names); i++) {
		if (strcmp(time_names[i], text) == 0)
			ui->time_style = (enum time_style)i;
	}
}

void
ui_load_settings(struct ui *ui)
{
	struct settings s = {.screen = ""};
	struct err warning;

	if (ui->cfg->settings_path && !settings_load(&s, ui->cfg->settings_path, &warning))
		ui_warn(ui, "%s", warning.msg);
	if (!apply_sort(ui, s.sort, &warning) || !apply_columns(ui, s.columns, &warning))
		ui_warn(ui, _("Settings: %s"), warning.msg);
	ui->bits |= strcmp(s.units, "bits") == 0;
	apply_time(ui, s.time);
	ui->settings = describe(ui);
}

/* ---- saving ---- */

/* Copies a value that differs from the one before; returns whether it does. */
static bool
take_change(char *to, size_t size, const char *before, const char *now)
{
	if (strcmp(before, now) == 0)
		return false;
	snprintf(to, size, "%s", now);
	return true;
}

bool
ui_save_settings(struct ui *ui, struct err *err)
{
	const struct settings now = describe(ui), *before = &ui->settings;
	struct settings s;
	struct err ignored;

	if (!ui->cfg->settings_path)
		return true;
	/* What another run wrote meanwhile stays. A file that cannot be read fails to be saved. */
	settings_load(&s, ui->cfg->settings_path, &ignored);
	bool changed = take_change(s.columns, sizeof(s.columns), before->columns, now.columns);

	changed |= take_change(s.sort, sizeof(s.sort), before->sort, now.sort);
	changed |= take_change(s.units, sizeof(s.units), before->units, now.units);
	changed |= take_change(s.time, sizeof(s.time), before->time, now.time);
	if (changed && !settings_save(&s, ui->cfg->settings_path, err))
		return false;
	ui->settings = now;
	return true;
}
