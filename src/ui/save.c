/* SPDX-License-Identifier: MIT */
/*
 * save: writes the packets of connections to a capture file, as far as history and packet store
 * still keep them. Asks before anything is replaced. Works in slices between two turns of the loop,
 * so that keys and signals are answered however much there is to save.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "ui/app.h"

#define CHUNK       512 /* engine_segments' limit */
#define PACKET_MAX  262144
#define SLICE       (50 * NSEC_PER_MS)
#define SLICE_CHUNK 64 /* packets between two looks at the clock */

struct kept {
	uint64_t frame, ref;
};

enum save_phase {
	SAVE_ASKING,     /* for a name, or whether to replace a file */
	SAVE_COLLECTING, /* the packets' references */
	SAVE_WRITING,
};

struct save_job {
	enum save_phase phase;
	size_t n_conns;
	struct tag conns[TAGS_MAX];
	char path[PROMPT_MAX];
	bool replace;
	/* collecting: what comes next */
	size_t conn;
	uint64_t first; /* segment of that connection */
	uint64_t lost;  /* segments that the histories have dropped */
	/* in the order of the capture */
	struct kept *packets;
	size_t n_packets, size;
	/* writing: what comes next */
	size_t packet;
	size_t n_read;             /* packets that the store still had */
	enum store_result missing; /* why the latest one that it had not was missing */
	struct packet_saver *saver;
	uint8_t *bytes;
};

static void
job_free(struct ui *ui)
{
	struct save_job *j = ui->save;

	if (!j)
		return;
	packet_saver_discard(j->saver);
	free(j->packets);
	free(j->bytes);
	free(j);
	ui->save = NULL;
}

/* ---- collecting ---- */

static void
collect_chunk(struct ui *ui, struct save_job *j)
{
	static struct segment seg[CHUNK];
	uint64_t total, lost = 0;
	size_t n = engine_segments(ui->engine, j->conns[j->conn].ref, j->first, CHUNK, seg, &total,
				   &lost);

	if (n == 0) {
		j->lost += lost;
		j->conn++;
		j->first = 0;
		return;
	}
	if (j->n_packets + n > j->size) {
		j->size = (j->n_packets + n) * 2;
		j->packets = xreallocarray(j->packets, j->size, sizeof(*j->packets));
	}
	for (size_t i = 0; i < n; i++)
		j->packets[j->n_packets++] = (struct kept){seg[i].frame, seg[i].ref};
	j->first += n;
}

static int
by_frame(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	return (x->frame > y->frame) - (x->frame < y->frame);
}

/* false and err: the file cannot be created. */
static bool
collected(struct ui *ui, struct save_job *j, struct err *err)
{
	if (j->n_packets > 1)
		qsort(j->packets, j->n_packets, sizeof(*j->packets), by_frame);
	j->bytes = xmalloc(PACKET_MAX);
	j->saver = packet_saver_new(ui->source, j->path, j->replace, err);
	j->phase = SAVE_WRITING;
	return j->saver;
}

/* ---- writing ---- */

/* Returns whether there is more to write. */
static bool
write_chunk(struct ui *ui, struct save_job *j)
{
	for (int i = 0; i < SLICE_CHUNK && j->packet < j->n_packets; i++) {
		struct frame f;
		uint64_t ref = j->packets[j->packet++].ref;
		enum store_result r = store_read(ui->source, ref, &f, j->bytes, PACKET_MAX);

		if (r != STORE_OK) {
			j->missing = r;
			continue;
		}
		j->n_read++;
		if (!packet_saver_add(j->saver, &f))
			return false;
	}
	return j->packet < j->n_packets;
}

/* Why packets are missing, as a clause. */
static const char *
missing_reason(const struct save_job *j)
{
	if (j->missing == STORE_FILE_CHANGED)
		return _("the file was changed after it was read");
	if (j->missing == STORE_FILE_CUT)
		return _("the file was cut short after it was read");
	return j->n_read > 0 ? _("the others are no longer kept") : _("no packet is kept any more");
}

static void
report(struct ui *ui, const struct save_job *j, unsigned long long saved,
       unsigned long long left_out)
{
	unsigned long long total = j->n_packets + j->lost;
	char path[PROMPT_MAX * 4];

	text_escape(path, sizeof(path), j->path, strlen(j->path));
	if (left_out > 0)
		ui_warn(ui,
			_("Saved %llu of %llu packets to %s; %llu have another link type, which a "
			  "name in .pcapng allows"),
			saved, total, path, left_out);
	else if (saved < total)
		ui_warn(ui, _("Saved %llu of %llu packets to %s; %s"), saved, total, path,
			missing_reason(j));
	else
		ui_say(ui, _("Saved %llu of %llu packets to %s"), saved, total, path);
}

static void
written(struct ui *ui, struct save_job *j)
{
	struct err err = {""};
	uint64_t saved = packet_saver_count(j->saver), left_out = packet_saver_left_out(j->saver);

	if (j->n_read == 0)
		ui_warn(ui, _("Nothing was saved: %s"), missing_reason(j));
	else {
		bool ok = packet_saver_finish(j->saver, &err);

		j->saver = NULL;
		if (ok)
			report(ui, j, saved, left_out);
		else
			ui_warn(ui, "%s", err.msg);
	}
	job_free(ui);
}

/* ---- the job ---- */

bool
save_is_running(const struct ui *ui)
{
	return ui->save && ui->save->phase != SAVE_ASKING;
}

static void
show_progress(struct ui *ui, const struct save_job *j)
{
	unsigned percent = 0;

	if (j->phase == SAVE_WRITING && j->n_packets > 0)
		percent = (unsigned)(j->packet * 100 / j->n_packets);
	ui_say(ui, _("Saving: %u%%; Esc stops"), percent);
}

/* Returns whether there is more to do. */
static bool
work(struct ui *ui, struct save_job *j, struct err *err)
{
	if (j->phase == SAVE_WRITING)
		return write_chunk(ui, j);
	if (j->conn < j->n_conns)
		collect_chunk(ui, j);
	return j->conn < j->n_conns || collected(ui, j, err);
}

void
save_step(struct ui *ui)
{
	struct save_job *j = ui->save;
	struct err err = {""};
	nsec end = term_clock() + SLICE;
	bool more = true;

	if (!save_is_running(ui))
		return;
	while (more && term_clock() < end)
		more = work(ui, j, &err);
	if (more)
		show_progress(ui, j);
	else if (j->saver)
		written(ui, j);
	else {
		ui_warn(ui, "%s", err.msg);
		job_free(ui);
	}
}

void
save_stop(struct ui *ui)
{
	if (save_is_running(ui))
		ui_say(ui, _("Nothing was saved"));
	job_free(ui);
}

static void
start(struct ui *ui, bool replace)
{
	ui->save->replace = replace;
	ui->save->phase = SAVE_COLLECTING;
	save_step(ui);
}

/* ---- asking ---- */

static void
replace_answered(struct ui *ui, bool yes)
{
	if (yes)
		start(ui, true);
	else {
		ui_say(ui, _("Nothing was saved"));
		job_free(ui);
	}
}

static void
ask_replace(struct ui *ui, const struct save_target *target)
{
	char path[PROMPT_MAX * 4];

	text_escape(path, sizeof(path), ui->save->path, strlen(ui->save->path));
	if (target->link[0] != '\0')
		question_ask(ui, replace_answered,
			     _("%s is a symbolic link to %s. Replace the link? (y/n)"), path,
			     target->link);
	else
		question_ask(ui, replace_answered, _("%s exists. Overwrite it? (y/n)"), path);
}

static const struct prompt_ops path_prompt;

static void
path_done(struct ui *ui, const char *text)
{
	struct save_target target;
	struct err err = {""};

	if (!text || *text == '\0') {
		ui_say(ui, _("Nothing was saved"));
		job_free(ui);
		return;
	}
	struct text t = text_on(ui->save->path, sizeof(ui->save->path));
	text_add(&t, "%s", text);
	if (!save_check(ui->source, text, &target, &err))
		prompt_refuse(ui, &path_prompt, err.msg);
	else if (target.exists)
		ask_replace(ui, &target);
	else
		start(ui, false);
}

static const struct prompt_ops path_prompt = {.done = path_done};

void
save_ask(struct ui *ui, const struct tag *conns, size_t n)
{
	char name[64];
	struct text t = text_on(name, sizeof(name));

	if (save_is_running(ui)) {
		ui_warn(ui, _("A file is being saved; Esc stops that"));
		return;
	}
	if (!ui->source || n == 0) {
		ui_warn(ui, _("There is nothing to save here"));
		return;
	}
	struct save_job *j = ui->save = xcalloc(1, sizeof(*j));
	j->n_conns = n < TAGS_MAX ? n : TAGS_MAX;
	memcpy(j->conns, conns, j->n_conns * sizeof(*conns));
	if (n == 1)
		text_add(&t, "connection-%llu.pcap", (unsigned long long)conns[0].id);
	else
		text_add(&t, "connections.pcap");
	prompt_open(ui, n == 1 ? _("Save to: ") : _("Save the tagged ones to: "), name,
		    &path_prompt, &ui->path_history);
}
