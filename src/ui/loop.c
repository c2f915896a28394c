/* SPDX-License-Identifier: MIT */
/*
 * loop: waits for keys, signals, the source and the clock, brings the shown screen up to date and
 * draws it when something changed. Wakes up ten times a second while packets arrive or something
 * counts down, less often otherwise, and draws nothing that did not change.
 */
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "ui/app.h"

#define FRAME        (100 * NSEC_PER_MS) /* between two drawings that no key asked for */
#define BUSY         (2 * NSEC_PER_SEC)  /* since the latest packets, while the engine is polled */
#define IDLE_CLOCK   NSEC_PER_SEC
#define INDEX_BUDGET (20 * NSEC_PER_MS)
#define LONGEST_WAIT (3600 * NSEC_PER_SEC)

/* ---- changes by time and packets ---- */

/* Packets per second, measured over at least a second. */
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

void
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

void
ui_draw(struct ui *ui)
{
	frame_draw(ui);
	term_show();
	ui->dirty = false;
	ui->drawn = term_clock();
}

/* ---- waiting ---- */

/* How long poll() may wait, in ns; 0: there is work. */
static nsec
poll_timeout(const struct ui *ui)
{
	const struct view *v = ui_view(ui);
	bool running = ui->source && ui->status.phase == SOURCE_RUNNING;

	if (save_is_running(ui))
		return 0;
	nsec wait = nsec_min(LONGEST_WAIT, index_wait(ui->index));

	wait = nsec_min(wait, v->wait);
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

/* Waits for an event, at most so long; returns whether keys can be read. *alive is set to false
 * when the terminal is gone. */
static bool
wait_for_events(struct ui *ui, nsec timeout, bool *alive)
{
	struct pollfd fds[] = {
		{.fd = term_fd(), .events = term_is_blocked() ? POLLIN | POLLOUT : POLLIN},
		{.fd = signals_fd(), .events = POLLIN},
		{.fd = ui->source ? source_wake_fd(ui->source) : -1, .events = POLLIN},
	};
	int n = poll(fds, ARRAY_LEN(fds), (int)((timeout + NSEC_PER_MS - 1) / NSEC_PER_MS));

	*alive = true;
	if (n <= 0)
		return false;
	if (fds[2].revents & POLLIN) {
		drain(fds[2].fd);
		ui->packets_at = term_clock();
	}
	if (fds[0].revents & POLLOUT)
		term_flush();
	if (fds[0].revents != 0 && term_is_gone())
		*alive = false;
	return fds[0].revents & POLLIN;
}

/* Handles the signals that arrived; returns the one that ends the screens, or 0. */
static int
handle_signals(struct ui *ui)
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
		/* ^C closes the prompt, not the program. */
		actions_dispatch(ui, &(struct event){.key = K_ESC});
		ui->dirty = true;
		signals_cancel_end();
		return 0;
	}
	return end;
}

/* ---- the loop ---- */

/* Returns 0 when the user quits, else the number of the signal that ended the screens. */
static int
ui_loop(struct ui *ui)
{
	ui->tick = term_clock();
	ui_draw(ui);
	while (!ui->quit) {
		bool alive, keys = wait_for_events(ui, poll_timeout(ui), &alive);
		int end = handle_signals(ui);

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

int
ui_run(const struct ui_config *cfg, struct err *err)
{
	if (!term_start(cfg->tty, cfg->ascii, cfg->mono, err))
		return -1;
	struct ui *ui = ui_new(cfg);
	int end = ui_loop(ui);
	struct err unsaved;
	const bool saved = end != 0 || ui_save_settings(ui, &unsaved);

	ui_free(ui);
	term_stop();
	if (!saved)
		err_print("%s", unsaved.msg);
	return end;
}
