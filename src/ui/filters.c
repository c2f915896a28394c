/* SPDX-License-Identifier: MIT */
/*
 * filters: the prompts for the two filters: the screen filter, which narrows the list with every
 * key that is typed, and the capture filter, which decides what is captured at all from now on.
 */
#include "base/i18n.h"
#include "ui/view.h"

/* ---- filter ---- */

static void
filter_set(struct ui *ui, struct filter *filter, const char *text)
{
	struct text t = text_on(ui->filter, sizeof(ui->filter));

	text_add(&t, "%s", text);
	index_set_filter(ui->index, filter);
	ui->dirty = true;
}

/* Narrows with every key; what is not yet an expression leaves the list as it was. */
static void
filter_changed(struct ui *ui, const char *text, size_t *at, char *note, size_t size)
{
	struct filter_error error = {0};
	struct filter *filter = filter_parse(text, &error);

	if (filter) {
		filter_set(ui, filter, text);
		return;
	}
	struct text t = text_on(note, size);
	*at = error.at;
	text_add(&t, _("column %zu: expected %s"), error.at + 1, error.expected);
}

static void
filter_done(struct ui *ui, const char *text)
{
	struct filter_error error = {0};

	if (!text) {
		filter_set(ui, NULL, "");
		return;
	}
	struct filter *filter = filter_parse(text, &error);
	if (!filter)
		ui_warn(ui, _("Not a filter: column %zu: expected %s"), error.at + 1,
			error.expected);
	else
		filter_set(ui, filter, text);
}

static const struct prompt_ops filter_prompt = {filter_changed, filter_done};

void
action_filter(struct view *v)
{
	struct ui *ui = v->ui;

	prompt_open(ui, "/", ui->filter, &filter_prompt, &ui->filter_history);
}

/* ---- capture filter ---- */

static void
capture_filter_done(struct ui *ui, const char *text)
{
	struct err err = {""};

	if (!text)
		return;
	if (!source_set_filter(ui->source, text, &err)) {
		ui_warn(ui, "%s", err.msg);
		return;
	}
	struct text t = text_on(ui->capture_filter, sizeof(ui->capture_filter));
	text_add(&t, "%s", text);
	ui_say(ui, "%s",
	       *text != '\0' ? _("Capturing only what the filter lets through")
			     : _("Capturing everything"));
}

static const struct prompt_ops capture_filter_prompt = {.done = capture_filter_done};

void
action_capture_filter(struct view *v)
{
	struct ui *ui = v->ui;

	if (!ui->source || !ui->status.live)
		ui_say(ui, _("A capture filter is for live captures; / filters what is shown"));
	else
		prompt_open(ui, _("Capture filter: "), ui->capture_filter, &capture_filter_prompt,
			    &ui->capture_history);
}
