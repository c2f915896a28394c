/* SPDX-License-Identifier: MIT */
/*
 * packet_saver: writes packets to a new capture file, all of them or none. Refuses names of files
 * that this program reads or writes, and of anything but regular files.
 */
#include "config.h"

#include "source/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "source/new_file.h"
#include "source/packet_writer.h"

struct packet_saver {
	struct new_file file;
	struct pcap_writer *writer;
	bool replace;
	char path[];
};

static bool
refuse(const char *path, int error, struct err *err)
{
	char shown[256];

	return err_set(err, _("%s: cannot be written: %s"),
		       text_escape(shown, sizeof(shown), path, strlen(path)), strerror(error));
}

/* Stores the target of the symbolic link, escaped. */
static void
read_link(const struct new_file *f, struct save_target *out)
{
	char to[128]; /* longer ones are cut */
	ssize_t n = readlinkat(f->dir, f->name, to, sizeof(to));

	text_escape(out->link, sizeof(out->link), n > 0 ? to : "?", n > 0 ? (size_t)n : 1);
}

/* Whether the target may be created or replaced; what it is, in *out. */
static bool
check_target(const struct source *s, const struct new_file *f, const char *path,
	     struct save_target *out, struct err *err)
{
	char shown[256];
	struct stat st;
	int error = new_file_target(f, &st);

	*out = (struct save_target){.exists = error != ENOENT};
	if (error == ENOENT)
		return true;
	if (error != 0)
		return refuse(path, error, err);
	text_escape(shown, sizeof(shown), path, strlen(path));
	if (S_ISLNK(st.st_mode))
		read_link(f, out);
	else if (S_ISDIR(st.st_mode))
		return refuse(path, EISDIR, err);
	else if (!S_ISREG(st.st_mode))
		return err_set(err, _("%s: is not a regular file; choose another name"), shown);
	if (source_reads(s, &st))
		return err_set(err, _("%s: is the file being read; choose another name"), shown);
	if (source_writes(s, &st))
		return err_set(err, _("%s: is the file being captured to; choose another name"),
			       shown);
	return true;
}

bool
save_check(const struct source *s, const char *path, struct save_target *out, struct err *err)
{
	struct new_file f;

	if (!pcap_writer_can_name(path, err))
		return false;
	int error = new_file_open(&f, path);
	bool ok = error == 0 ? check_target(s, &f, path, out, err) : refuse(path, error, err);
	new_file_close(&f);
	return ok;
}

static bool
saver_open(struct packet_saver *w, const struct source *s, struct err *err)
{
	struct save_target target;
	int error = new_file_open(&w->file, w->path);

	if (error == 0 && !check_target(s, &w->file, w->path, &target, err))
		return false;
	if (error == 0 && target.exists && !w->replace)
		error = EEXIST;
	if (error == 0)
		error = new_file_create(&w->file);
	if (error != 0)
		return refuse(w->path, error, err);
	w->writer = pcap_writer_on(w->file.fd, w->path, LINKTYPE_OF_FIRST_FRAME, 0, err);
	return w->writer;
}

struct packet_saver *
packet_saver_new(const struct source *s, const char *path, bool replace, struct err *err)
{
	size_t len = strlen(path) + 1;
	struct packet_saver *w = xcalloc(1, sizeof(*w) + len);

	memcpy(w->path, path, len);
	w->replace = replace;
	w->file.fd = w->file.dir = -1;
	if (saver_open(w, s, err))
		return w;
	packet_saver_discard(w);
	return NULL;
}

bool
packet_saver_add(struct packet_saver *w, const struct frame *f)
{
	return pcap_writer_add(w->writer, f);
}

uint64_t
packet_saver_count(const struct packet_saver *w)
{
	return pcap_writer_count(w->writer);
}

uint64_t
packet_saver_left_out(const struct packet_saver *w)
{
	return pcap_writer_left_out(w->writer);
}

bool
packet_saver_finish(struct packet_saver *w, struct err *err)
{
	int error = pcap_writer_finish(w->writer);

	if (error == 0)
		error = new_file_commit(&w->file, w->replace);
	if (error != 0)
		refuse(w->path, error, err);
	packet_saver_discard(w);
	return error == 0;
}

void
packet_saver_discard(struct packet_saver *w)
{
	if (!w)
		return;
	if (w->writer)
		pcap_writer_free(w->writer);
	new_file_close(&w->file);
	free(w);
}
