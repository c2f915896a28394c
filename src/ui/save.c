/* SPDX-License-Identifier: MIT */
/*
 * save: packets of connections → a capture file, from what history and packet store still keep, the
 * ones from before somebody noticed included. Never over an existing file without asking, and says
 * how many packets there were and how many are in the file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "ui/view.h"

#define CHUNK   512 /* engine_segments' limit */
#define SNAPLEN 262144

struct kept {
	uint64_t frame, ref;
};

struct collection {
	struct kept *packets;
	size_t n, size;
	uint64_t lost; /* no longer in the histories */
};

static void
collect_one(struct engine *e, struct connref ref, struct collection *c)
{
	static struct segment seg[CHUNK];
	uint64_t total, lost = 0, first = 0;
	size_t n;

	while ((n = engine_segments(e, ref, first, CHUNK, seg, &total, &lost)) > 0) {
		if (c->n + n > c->size) {
			c->size = (c->n + n) * 2;
			c->packets = xreallocarray(c->packets, c->size, sizeof(*c->packets));
		}
		for (size_t i = 0; i < n; i++)
			c->packets[c->n++] = (struct kept){seg[i].frame, seg[i].ref};
		first += n;
	}
	c->lost += lost;
}

static int
by_frame(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	return (x->frame > y->frame) - (x->frame < y->frame);
}

/* Writes what is still kept. Returns how many; *other counts those of another link type, which one
 * pcap file cannot hold. The file is opened at the first packet, when its link type is known. */
static size_t
write_packets(struct ui *ui, const struct collection *c, bool overwrite, bool *exists,
	      size_t *other, struct err *err)
{
	struct pcap_writer *w = NULL;
	uint8_t *bytes = xmalloc(SNAPLEN);
	size_t saved = 0;
	int linktype = -1;
	bool ok = true;

	for (size_t i = 0; ok && i < c->n; i++) {
		struct frame f;
		if (!store_read(ui->source, c->packets[i].ref, &f, bytes, SNAPLEN))
			continue;
		if (!w) {
			linktype = f.linktype;
			w = pcap_writer_open(ui->save.path, linktype, SNAPLEN, overwrite, exists,
					     err);
			if (!w)
				break;
		}
		if (f.linktype != linktype)
			++*other;
		else if ((ok = pcap_writer_add(w, &f)))
			saved++;
	}
	free(bytes);
	if (w && !pcap_writer_close(w, err) && err->msg[0] == '\0')
		err_set(err, _("cannot write %s"), ui->save.path);
	return saved;
}

static void save_run(struct ui *ui, bool overwrite);

static void
overwrite_answered(struct ui *ui, bool yes)
{
	if (yes)
		save_run(ui, true);
	else
		ui_say(ui, _("Nothing was saved"));
}

static void
save_report(struct ui *ui, size_t saved, size_t other, const struct collection *c)
{
	unsigned long long total = c->n + c->lost;
	char path[PROMPT_MAX * 4];

	text_escape(path, sizeof(path), ui->save.path, strlen(ui->save.path));
	if (saved == 0)
		ui_warn(ui, _("Nothing was saved: none of the %llu packets is kept any more"),
			total);
	else if (other > 0)
		ui_warn(ui, _("Saved %zu of %llu packets to %s (%zu have another link type)"),
			saved, total, path, other);
	else if (saved < total)
		ui_warn(ui, _("Saved %zu of %llu packets to %s; the others are no longer kept"),
			saved, total, path);
	else
		ui_say(ui, _("Saved %zu of %llu packets to %s"), saved, total, path);
}

static void
save_run(struct ui *ui, bool overwrite)
{
	struct collection c = {0};
	struct err err = {""};
	bool exists = false;
	size_t other = 0;

	for (size_t i = 0; i < ui->save.n; i++)
		collect_one(ui->engine, ui->save.conns[i].ref, &c);
	if (c.n > 1)
		qsort(c.packets, c.n, sizeof(*c.packets), by_frame);
	size_t saved = write_packets(ui, &c, overwrite, &exists, &other, &err);
	if (exists && !overwrite)
		question_ask(ui, overwrite_answered, _("%s exists. Overwrite it? (y/n)"),
			     ui->save.path);
	else if (err.msg[0] != '\0')
		ui_warn(ui, "%s", err.msg);
	else
		save_report(ui, saved, other, &c);
	free(c.packets);
}

static void
path_done(struct ui *ui, const char *text)
{
	if (!text || *text == '\0') {
		ui_say(ui, _("Nothing was saved"));
		return;
	}
	struct text t = text_on(ui->save.path, sizeof(ui->save.path));
	text_add(&t, "%s", text);
	save_run(ui, false);
}

static const struct prompt_ops path_prompt = {.done = path_done};

void
save_ask(struct ui *ui, const struct tag *conns, size_t n)
{
	char name[64];
	struct text t = text_on(name, sizeof(name));

	if (!ui->source || n == 0) {
		ui_warn(ui, _("There is nothing to save here"));
		return;
	}
	ui->save.n = n < TAGS_MAX ? n : TAGS_MAX;
	memcpy(ui->save.conns, conns, ui->save.n * sizeof(*conns));
	if (n == 1)
		text_add(&t, "connection-%llu.pcap", (unsigned long long)conns[0].id);
	else
		text_add(&t, "connections.pcap");
	prompt_open(ui, n == 1 ? _("Save to: ") : _("Save the tagged ones to: "), name,
		    &path_prompt, &ui->path_history);
}
