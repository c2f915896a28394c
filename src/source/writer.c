/* SPDX-License-Identifier: MIT */
/*
 * writer: pcap files with nanosecond time stamps. Its first error stays and is told at the end;
 * what follows it is not written. Knows nothing of where frames come from.
 */
#include "config.h"

#include "source/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"

#define MAGIC_NSEC      0xa1b23c4du
#define LINKTYPE_EN10MB 1
#define BUF_SIZE        (128u << 10)

struct pcap_writer {
	FILE *file;
	int linktype;
	uint32_t snaplen;
	bool begun; /* the header is written */
	uint64_t count;
	uint64_t left_out; /* frames of another link type */
	struct err err;
	char path[];
};

static bool
failed(struct pcap_writer *w)
{
	if (!w->err.msg[0])
		err_set(&w->err, _("%s: cannot write: %s; what follows is not saved"), w->path,
			strerror(errno));
	return false;
}

static void
cannot_open(const char *path, struct err *err)
{
	if (errno == EACCES)
		err_set(err, _("%s: user %u may not write this file"), path, (unsigned)geteuid());
	else
		err_set(err, _("%s: cannot be written: %s"), path, strerror(errno));
}

/* Opens a regular file that exists and empties it; -1 and err otherwise. Non-blocking, so that a
 * FIFO is refused instead of waited for. */
static int
open_existing(const char *path, struct err *err)
{
	struct stat info;
	int fd = open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 && errno == ELOOP)
		err_set(err, _("%s: is a symbolic link; name the file itself"), path);
	else if (fd < 0)
		cannot_open(path, err);
	else if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
		err_set(err, _("%s: is not a regular file"), path);
	else if (ftruncate(fd, 0) != 0)
		cannot_open(path, err);
	else
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* The descriptor, or -1 and err. */
static int
open_file(const char *path, bool overwrite, bool *exists, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	*exists = fd < 0 && errno == EEXIST && !overwrite;
	if (fd < 0 && errno == EEXIST && overwrite)
		return open_existing(path, err);
	if (fd < 0)
		cannot_open(path, err);
	return fd;
}

struct pcap_writer *
pcap_writer_open(const char *path, int linktype, uint32_t snaplen, bool overwrite, bool *exists,
		 struct err *err)
{
	bool there;
	int fd = open_file(path, overwrite, exists ? exists : &there, err);
	if (fd < 0)
		return NULL;
	size_t len = strlen(path) + 1;
	struct pcap_writer *w = xcalloc(1, sizeof(*w) + len);
	w->file = fdopen(fd, "wb");
	if (!w->file) {
		cannot_open(path, err);
		close(fd);
		free(w);
		return NULL;
	}
	memcpy(w->path, path, len);
	w->linktype = linktype;
	w->snaplen = snaplen ? snaplen : RECORD_DATA_MAX;
	setvbuf(w->file, NULL, _IOFBF, BUF_SIZE);
	return w;
}

static bool
begin(struct pcap_writer *w, int linktype)
{
	struct {
		uint32_t magic;
		uint16_t major, minor;
		uint32_t zone, accuracy, snaplen, linktype;
	} h = {MAGIC_NSEC, 2, 4, 0, 0, w->snaplen, (uint32_t)linktype};
	w->linktype = linktype;
	w->begun = true;
	return fwrite(&h, sizeof(h), 1, w->file) == 1 || failed(w);
}

bool
pcap_writer_add(struct pcap_writer *w, const struct frame *f)
{
	if (w->err.msg[0])
		return false;
	if (!w->begun &&
	    !begin(w, w->linktype == LINKTYPE_OF_FIRST_FRAME ? f->linktype : w->linktype))
		return false;
	if (f->linktype != w->linktype) {
		w->left_out++;
		return true;
	}
	uint32_t h[4] = {(uint32_t)(f->ts / NSEC_PER_SEC), (uint32_t)(f->ts % NSEC_PER_SEC),
			 f->cap_len, f->wire_len};
	if (fwrite(h, sizeof(h), 1, w->file) != 1 ||
	    (f->cap_len && fwrite(f->data, f->cap_len, 1, w->file) != 1))
		return failed(w);
	w->count++;
	return true;
}

bool
pcap_writer_flush(struct pcap_writer *w)
{
	if (w->err.msg[0])
		return false;
	return fflush(w->file) == 0 || failed(w);
}

bool
pcap_writer_stat(const struct pcap_writer *w, struct stat *out)
{
	return fstat(fileno(w->file), out) == 0;
}

uint64_t
pcap_writer_count(const struct pcap_writer *w)
{
	return w->count;
}

const char *
pcap_writer_error(const struct pcap_writer *w)
{
	return w->err.msg;
}

bool
pcap_writer_close(struct pcap_writer *w, struct err *err)
{
	if (!w->begun && !w->err.msg[0])
		begin(w, w->linktype == LINKTYPE_OF_FIRST_FRAME ? LINKTYPE_EN10MB : w->linktype);
	if (fclose(w->file) != 0)
		failed(w);
	if (w->left_out && !w->err.msg[0])
		err_set(&w->err,
			_("%s: %llu packets of another link type than the first were left out"),
			w->path, (unsigned long long)w->left_out);
	bool ok = !w->err.msg[0];
	if (!ok && err)
		*err = w->err;
	free(w);
	return ok;
}
