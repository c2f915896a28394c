/* SPDX-License-Identifier: MIT */
/*
 * loop: waits for keys, signals, the source and the clock, brings the shown screen up to date and
 * draws when something changed. Sleeps as long as it can: ten turns a second while packets come or
 * something counts down, less when nothing moves; draws nothing that did not change.
 */
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "ui/app.h"

#define FRAME        (100 * NSEC_PER_MS) /* between two drawings that no key asked for */
#define BUSY         (2 * NSEC_PER_SEC)  /* packets came this recently: look often */
#define IDLE_CLOCK   NSEC_PER_SEC
#define INDEX_BUDGET (20 * NSEC_PER_MS)

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
	if (ui->depth == 1) {
		ui_quit(ui);
		return;
	}
	view_close(ui->stack[--ui->depth]);
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
		question_ask(ui, quit_answered,
			     _("A file is being saved. Quit without it? (y/n)"));
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

/* ---- what time and packets change ---- */

/* Packets per second over the last whole second or so. */
static void
rate_update(struct ui *ui)
{
	nsec passed = ui->tick - ui->rate_since;

	if (ui->rate_since != 0 && passed < NSEC_PER_SEC)
		return;
	double rate = 0;
	if (ui->rate_since != 0 && ui->totals.packets >= ui->rate_packets)
		rate = (double)(ui->totals.packets - ui->rate_packets) * 1e9 / (double)passed;
	if (rate != ui->packet_rate)
		ui->dirty = true;
	ui->packet_rate = rate;
	ui->rate_since = ui->tick;
	ui->rate_packets = ui->totals.packets;
}

static void
source_update(struct ui *ui)
{
	struct source_status status;

	if (!ui->source)
		return;
	memset(&status, 0, sizeof(status));
	source_status(ui->source, &status);
	uint64_t drops = status.kernel_drops + status.interface_drops;
	if (status.phase != ui->status.phase || status.progress != ui->status.progress ||
	    drops != ui->status.kernel_drops + ui->status.interface_drops ||
	    status.speed != ui->status.speed || strcmp(status.name, ui->status.name) != 0)
		ui->dirty = true;
	ui->status = status;
	if (!ui->frozen)
		ui->now = source_now(ui->source);
}

/* hurried: a key waits for its answer on the screen. */
static void
ui_update(struct ui *ui, bool hurried)
{
	uint64_t change = ui->totals.change, packets = ui->totals.packets;

	source_update(ui);
	engine_totals(ui->engine, &ui->totals);
	if (ui->totals.change != change || ui->totals.packets != packets) {
		ui->packets_at = ui->tick;
		ui->dirty = true;
	}
	rate_update(ui);
	save_step(ui);
	if (index_step(ui->index, ui->now, hurried ? INDEX_BUDGET / 10 : INDEX_BUDGET))
		ui->dirty = true;
	struct view *v = ui_view(ui);
	if (view_update(v))
		ui->dirty = true;
	nsec shown = ui->tick - ui->drawn;
	if ((v->counting_down && shown >= FRAME) || (v->ticking && shown >= IDLE_CLOCK))
		ui->dirty = true;
}

/* How long to sleep, in ns; 0: there is work. */
static nsec
ui_patience(const struct ui *ui)
{
	const struct view *v = ui_view(ui);
	bool running = ui->source && ui->status.phase == SOURCE_RUNNING;

	if (save_is_running(ui))
		return 0;
	nsec wait = 3600 * NSEC_PER_SEC; /* the source wakes us when packets come */

	wait = nsec_min(wait, index_wait(ui->index));
	if ((running && ui->tick - ui->packets_at < BUSY) || v->counting_down)
		wait = nsec_min(wait, FRAME);
	if (v->ticking)
		wait = nsec_min(wait, IDLE_CLOCK);
	if (ui->packet_rate > 0)
		wait = nsec_min(wait, IDLE_CLOCK);
	if (ui->dirty && !term_is_blocked())
		wait = nsec_min(wait, ui->drawn + FRAME - ui->tick);
	return nsec_max(wait, 0);
}

static void
drain(int fd)
{
	uint64_t buf;

	while (read(fd, &buf, sizeof(buf)) == (ssize_t)sizeof(buf))
		;
}

/* Waits; returns whether keys are there. false in *alive: the terminal is gone. */
static bool
ui_wait(struct ui *ui, nsec patience, bool *alive)
{
	struct pollfd fds[] = {
		{.fd = term_fd(), .events = term_is_blocked() ? POLLIN | POLLOUT : POLLIN},
		{.fd = signals_fd(), .events = POLLIN},
		{.fd = ui->source ? source_wake_fd(ui->source) : -1, .events = POLLIN},
	};
	int n = poll(fds, ARRAY_LEN(fds), (int)((patience + NSEC_PER_MS - 1) / NSEC_PER_MS));

	*alive = true;
	if (n <= 0)
		return false;
	if (fds[2].revents & POLLIN) {
		drain(fds[2].fd);
		ui->packets_at = term_clock();
	}
	if (fds[0].revents & POLLOUT)
		term_send_kept();
	if (fds[0].revents != 0 && term_is_gone())
		*alive = false;
	return fds[0].revents & POLLIN;
}

static void
ui_draw(struct ui *ui)
{
	frame_draw(ui);
	term_show();
	ui->dirty = false;
	ui->drawn = term_clock();
}

/* Signals; returns the one that ends us, or 0. */
static int
ui_signals(struct ui *ui)
{
	int end = 0;
	unsigned what = signals_take(&end);

	if (what & SIGNAL_SUSPEND)
		term_suspend();
	if (what & SIGNAL_RESIZE)
		term_resize();
	if (what & (SIGNAL_SUSPEND | SIGNAL_RESIZE)) {
		ui->dirty = true;
		ui->drawn = 0;
	}
	if (end == SIGINT && (ui->prompt.ops || ui->question.answer)) {
		/* ^C leaves the prompt, not the program. */
		actions_dispatch(ui, &(struct event){.key = K_ESC});
		ui->dirty = true;
		signals_go_on();
		return 0;
	}
	return end;
}

static int
ui_loop(struct ui *ui)
{
	ui->tick = term_clock();
	ui_draw(ui);
	while (!ui->quit) {
		bool alive, keys = ui_wait(ui, ui_patience(ui), &alive);
		int end = ui_signals(ui);

		if (end != 0 || !alive)
			return end != 0 ? end : SIGHUP;
		ui->tick = term_clock();
		struct event ev;
		while (keys && !ui->quit && term_read(&ev)) {
			actions_dispatch(ui, &ev);
			ui->dirty = true;
		}
		if (ui->quit)
			break;
		ui_update(ui, keys);
		if (ui->dirty && !term_is_blocked() && (keys || term_clock() - ui->drawn >= FRAME))
			ui_draw(ui);
		if (term_is_gone())
			return SIGHUP;
	}
	return 0;
}

/* The columns of --columns come first, in the order given, and are the only ones shown. */
static void
columns_init(struct ui *ui, const struct column_list *list)
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

static void
ui_init(struct ui *ui, const struct ui_config *cfg)
{
	*ui = (struct ui){
		.cfg = cfg,
		.engine = cfg->engine,
		.source = cfg->source,
		.names = false, /* numbers are what one filters by; n shows the names */
		.bits = cfg->bits,
		.absolute_seq = cfg->absolute_seq,
		.index = index_new(cfg->engine),
	};
	columns_init(ui, cfg->columns);
	ui_set_sort(ui, cfg->sort.column, cfg->sort.reverse);
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
	if (ui->source) {
		source_status(ui->source, &ui->status);
		ui->now = source_now(ui->source);
	}
	ui_open(ui, &view_connections, NULL);
	if (!cfg->source || cfg->pick_interface)
		ui_open(ui, &view_interfaces, NULL);
	if (cfg->notice)
		ui_warn(ui, "%s", cfg->notice);
}

int
ui_run(const struct ui_config *cfg, struct err *err)
{
	if (!term_start(cfg->tty, cfg->ascii, cfg->mono, err))
		return -1;
	struct ui *ui = xcalloc(1, sizeof(*ui));
	ui_init(ui, cfg);
	int end = ui_loop(ui);
	save_stop(ui);
	while (ui->depth > 0)
		view_close(ui->stack[--ui->depth]);
	if (ui->frozen)
		engine_freeze(ui->engine, false);
	index_free(ui->index);
	free(ui);
	term_stop();
	return end;
}
