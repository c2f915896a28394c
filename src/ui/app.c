/* SPDX-License-Identifier: MIT */
/*
 * app: the state that all screens share and what they do with it: opening and closing screens,
 * messages, the order of the list, tags.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "ui/app.h"

struct view *
ui_view(const struct ui *ui)
{
	return ui->stack[ui->depth - 1];
}

void
ui_open(struct ui *ui, const struct view_ops *ops, const void *arg)
{
	struct err err = {""};

	if (ui->depth == VIEW_DEPTH) {
		ui_warn(ui, _("Too many screens are open; Esc leaves one"));
		return;
	}
	struct view *v = view_open(ui, NULL, ops, arg, &err);
	if (!v) {
		ui_warn(ui, "%s", err.msg);
		return;
	}
	ui->stack[ui->depth++] = v;
	ui->dirty = true;
}

void
ui_back(struct ui *ui)
{
	const struct view_ops *ops = ui_view(ui)->ops;
	struct err err;

	if (ui->depth == 1) {
		ui_quit(ui);
		return;
	}
	view_close(ui->stack[--ui->depth]);
	if ((ops == &view_columns || ops == &view_sort) && !ui_save_settings(ui, &err))
		ui_warn(ui, "%s", err.msg);
	ui->dirty = true;
}

static void
quit_answered(struct ui *ui, bool yes)
{
	ui->quit = yes;
}

void
ui_quit(struct ui *ui)
{
	if (save_is_running(ui))
		question_ask(ui, quit_answered, _("A file is being saved. Quit without it? (y/n)"));
	else
		ui->quit = true;
}

void
ui_leave(struct view *v)
{
	ui_back(v->ui);
}

bool
ui_time_moves(const struct ui *ui)
{
	const struct source_status *s = &ui->status;
	bool pipe = !s->live && s->progress < 0;

	if (!ui->source || ui->frozen)
		return false;
	return (s->live || s->paced || pipe) && s->phase == SOURCE_RUNNING;
}

static void
say(struct ui *ui, bool loud, const char *fmt, va_list ap)
{
	struct text t = text_on(ui->message, sizeof(ui->message));

	text_addv(&t, fmt, ap);
	ui->message_loud = loud;
	ui->dirty = true;
}

void
ui_say(struct ui *ui, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(ui, false, fmt, ap);
	va_end(ap);
}

void
ui_warn(struct ui *ui, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(ui, true, fmt, ap);
	va_end(ap);
}

struct cell_style
ui_style(const struct ui *ui)
{
	return (struct cell_style){
		.ascii = term_is_ascii(),
		.bits = ui->bits,
		.names = ui->names,
	};
}

bool
ui_is_tagged(const struct ui *ui, uint64_t id)
{
	for (size_t i = 0; i < ui->n_tags; i++)
		if (ui->tags[i].id == id)
			return true;
	return false;
}

void
ui_toggle_tag(struct ui *ui, uint64_t id, struct connref ref)
{
	for (size_t i = 0; i < ui->n_tags; i++)
		if (ui->tags[i].id == id) {
			ui->tags[i] = ui->tags[--ui->n_tags];
			return;
		}
	if (ui->n_tags == TAGS_MAX)
		ui_warn(ui, _("No more than %d connections can be tagged"), TAGS_MAX);
	else
		ui->tags[ui->n_tags++] = (struct tag){id, ref};
}

enum role
severity_role(enum severity s)
{
	static const enum role roles[] = {
		[SEV_NONE] = ROLE_NORMAL,
		[SEV_NOTE] = ROLE_NOTE,
		[SEV_WARNING] = ROLE_WARNING,
		[SEV_ERROR] = ROLE_ERROR,
	};

	return s <= SEV_ERROR ? roles[s] : ROLE_NORMAL;
}

void
ui_set_source(struct ui *ui, struct source *s)
{
	save_stop(ui);
	ui->source = s;
	ui->n_tags = 0;
	ui->rate_packets = 0;
	ui->rate_since = 0;
	ui->packet_rate = 0;
	ui->packets_at = ui->tick;
	memset(&ui->status, 0, sizeof(ui->status));
	ui->dirty = true;
}

void
ui_set_sort(struct ui *ui, const struct column *c, bool reverse)
{
	ui->sort = c;
	ui->sort_reverse = reverse;
	index_set_sort(ui->index, c, reverse);
	ui->dirty = true;
}

/* The columns of the list come first; the others follow, hidden. */
void
ui_set_columns(struct ui *ui, const struct column_list *list)
{
	size_t n = 0;

	assert(column_count <= COLUMNS_MAX);
	for (size_t i = 0; list && i < column_count; i++)
		ui->columns[i] = COLUMN_NEVER;
	for (size_t i = 0; list && i < list->n; i++) {
		ui->columns[list->at[i] - columns] = COLUMN_ALWAYS;
		ui->column_order[n++] = list->at[i];
	}
	for (size_t i = 0; i < column_count; i++)
		if (!list || ui->columns[i] == COLUMN_NEVER)
			ui->column_order[n++] = &columns[i];
}

/* ---- beginning and end ---- */

static void
filters_init(struct ui *ui, const struct ui_config *cfg)
{
	if (cfg->filter && *cfg->filter != '\0') {
		struct filter_error error;
		struct text t = text_on(ui->filter, sizeof(ui->filter));

		text_add(&t, "%s", cfg->filter);
		index_set_filter(ui->index, filter_parse(cfg->filter, &error));
	}
	if (cfg->capture_filter) {
		struct text t = text_on(ui->capture_filter, sizeof(ui->capture_filter));

		text_add(&t, "%s", cfg->capture_filter);
	}
}

struct ui *
ui_new(const struct ui_config *cfg)
{
	struct ui *ui = xcalloc(1, sizeof(*ui));

	*ui = (struct ui){
		.cfg = cfg,
		.engine = cfg->engine,
		.source = cfg->source,
		.names = false, /* numbers are what one filters by; n shows the names */
		.bits = cfg->bits,
		.absolute_seq = cfg->absolute_seq,
		.index = index_new(cfg->engine),
	};
	ui_set_columns(ui, cfg->columns);
	ui_set_sort(ui, cfg->sort.column, cfg->sort.reverse);
	filters_init(ui, cfg);
	if (ui->source) {
		source_status(ui->source, &ui->status);
		ui->now = source_now(ui->source);
	}
	ui_open(ui, &view_connections, NULL);
	if (!cfg->source || cfg->pick_interface)
		ui_open(ui, &view_interfaces, NULL);
	ui_load_settings(ui);
	if (cfg->notice)
		ui_warn(ui, "%s", cfg->notice);
	return ui;
}

void
ui_free(struct ui *ui)
{
	save_stop(ui);
	while (ui->depth > 0)
		view_close(ui->stack[--ui->depth]);
	if (ui->frozen)
		engine_freeze(ui->engine, false);
	index_free(ui->index);
	free(ui);
}
