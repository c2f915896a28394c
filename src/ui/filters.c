/* SPDX-License-Identifier: MIT */
/*
 * filters: the prompts for the two filters: the screen filter, which narrows the list with every
 * key that is typed, and the capture filter, which decides what is captured from now on.
 */
#include <stdlib.h>

#include "base/i18n.h"
#include "ui/app.h"

#define PORTS_MAX 24 /* offered by Tab */
#define SCAN_MAX  256
#define SCAN_TIME (20 * NSEC_PER_MS)

/* ---- filter ---- */

static void
filter_set(struct ui *ui, struct filter *filter, const char *text)
{
	struct text t = text_on(ui->filter, sizeof(ui->filter));

	text_add(&t, "%s", text);
	index_set_filter(ui->index, filter);
	ui->dirty = true;
}

void
ui_filter(struct ui *ui, const char *text)
{
	struct filter_error error = {0};

	filter_set(ui, filter_parse(text, &error), text);
}

/* Filters with every key that makes the text a valid expression. */
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

/* Enter finds the filter in force already: filter_changed() was called with this text. Esc brings
 * back the one that was in force when the prompt was opened. */
static void
filter_done(struct ui *ui, const char *text)
{
	if (!text)
		ui_filter(ui, ui->prompt.before);
}

static int64_t
server_port(const void *arg, const struct conn_facts *f)
{
	(void)arg;
	return f->end[SERVER].port;
}

/* How many connections go to each port, as far as that is known soon. */
static void
count_ports(struct ui *ui, uint32_t *count)
{
	struct scan_item found[SCAN_MAX];
	nsec end = term_clock() + SCAN_TIME;
	uint32_t cursor = 0;

	while (cursor != UINT32_MAX && term_clock() < end) {
		size_t n = engine_scan(ui->engine, &cursor, ui->now, NULL, server_port, NULL, found,
				       SCAN_MAX);

		for (size_t i = 0; i < n; i++)
			count[found[i].key]++;
	}
}

/* The ports that most connections go to; returns how many. */
static size_t
ports_seen(struct ui *ui, uint16_t ports[PORTS_MAX])
{
	uint32_t *count = xcalloc(UINT16_MAX + 1, sizeof(*count));
	size_t n = 0;

	for (count_ports(ui, count); n < PORTS_MAX; n++) {
		uint32_t most = 0;

		for (uint32_t port = 1; port <= UINT16_MAX; port++)
			if (count[port] > count[most])
				most = port;
		if (most == 0)
			break;
		ports[n] = (uint16_t)most;
		count[most] = 0;
	}
	free(count);
	return n;
}

static void
filter_offer(struct ui *ui, const char *text, size_t cursor, struct filter_completion *out)
{
	uint16_t ports[PORTS_MAX];

	filter_complete(text, cursor, ports, ports_seen(ui, ports), out);
}

static const struct prompt_ops filter_prompt = {
	.changed = filter_changed,
	.done = filter_done,
	.complete = filter_offer,
};

void
action_filter(struct view *v)
{
	struct ui *ui = v->ui;

	prompt_open(ui, "/", ui->filter, &filter_prompt, &ui->filter_history);
}

/* ---- capture filter ---- */

static const struct prompt_ops capture_filter_prompt;

static void
capture_filter_done(struct ui *ui, const char *text)
{
	struct err err = {""};

	if (!text)
		return;
	if (!source_set_filter(ui->source, text, &err)) {
		prompt_refuse(ui, &capture_filter_prompt, err.msg);
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
