/* SPDX-License-Identifier: MIT */
/*
 * packet_writer: capture files with nanosecond time stamps, in the format that the ending of their
 * name stands for: pcap or pcapng, either of them compressed. The first error is kept and reported
 * at the end; what follows it is not written. Knows nothing of where frames come from.
 */
#include "config.h"

#include "source/packet_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <strings.h>
#include <unistd.h>

#include "base/i18n.h"
#include "source/pack.h"
#include "source/pcapng_writer.h"
#include "source/savefile.h"

#define MAGIC_NSEC      0xa1b23c4du
#define LINKTYPE_EN10MB 1
#define PCAP_TIME_MAX   (UINT32_MAX * NSEC_PER_SEC) /* in 2106 */

struct pcap_writer {
	int fd;
	struct packer *out;
	bool is_pcapng;
	struct pcapng_writer pcapng;
	int linktype; /* pcap: of all frames; LINKTYPE_OF_FIRST_FRAME before the first */
	uint32_t snaplen;
	bool begun; /* the header is written */
	uint64_t count;
	uint64_t left_out; /* frames of another link type */
	struct err err;
	char shown_path[]; /* escaped */
};

/* ---- the format, by the ending of the name ---- */

static const struct {
	const char *ending, *name;
	enum packing kind;
} packings[] = {
	{".gz", "gzip", PACKING_GZIP},    {".zst", "zstd", PACKING_ZSTD},
	{".xz", "xz", PACKING_UNKNOWN},   {".bz2", "bzip2", PACKING_UNKNOWN},
	{".lz4", "lz4", PACKING_UNKNOWN}, {".zip", "zip", PACKING_UNKNOWN},
};

static bool
ends_in(const char *s, size_t len, const char *ending)
{
	size_t n = strlen(ending);

	return len > n && strncasecmp(s + len - n, ending, n) == 0;
}

/* false and err: this build cannot write that format. */
static bool
format_by_name(const char *path, bool *is_pcapng, enum packing *kind, struct err *err)
{
	size_t len = strlen(path);

	*kind = PACKING_NONE;
	for (size_t i = 0; i < ARRAY_LEN(packings); i++) {
		if (!ends_in(path, len, packings[i].ending))
			continue;
		*kind = packings[i].kind;
		len -= strlen(packings[i].ending);
		if (!packer_can(*kind))
			return err_set(err,
				       _("%s: %s files cannot be written here; use another ending"),
				       path, packings[i].name);
		break;
	}
	*is_pcapng = ends_in(path, len, ".pcapng");
	return true;
}

bool
pcap_writer_can_name(const char *path, struct err *err)
{
	bool is_pcapng;
	enum packing kind;

	return format_by_name(path, &is_pcapng, &kind, err);
}

/* ---- opening ---- */

struct pcap_writer *
pcap_writer_on(int fd, const char *path, int linktype, uint32_t snaplen, struct err *err)
{
	const size_t len = strlen(path), shown = 4 * len + 1;
	bool is_pcapng = false;
	enum packing kind;

	if (!format_by_name(path, &is_pcapng, &kind, err))
		return NULL;
	struct pcap_writer *w = calloc(1, sizeof(*w) + shown);
	if (w)
		w->out = packer_new(fd, kind);
	if (!w || !w->out) {
		free(w);
		err_set(err, _("out of memory"));
		return NULL;
	}
	text_escape(w->shown_path, shown, path, len);
	w->fd = fd;
	w->is_pcapng = is_pcapng;
	w->linktype = linktype;
	w->snaplen = snaplen ? snaplen : RECORD_DATA_MAX;
	return w;
}

static void
cannot_open(const char *path, struct err *err)
{
	if (errno == EACCES)
		err_set(err, _("%s: user %u may not write this file"), path, (unsigned)geteuid());
	else
		err_set(err, _("%s: cannot be written: %s"), path, strerror(errno));
}

/* Opens a regular file that exists and empties it; -1 and err otherwise. O_NONBLOCK because opening
 * a FIFO would block. */
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

/* Returns the descriptor, or -1 and err. */
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

	if (!exists)
		exists = &there;
	*exists = false;
	if (!pcap_writer_can_name(path, err))
		return NULL;
	int fd = open_file(path, overwrite, exists, err);
	if (fd < 0)
		return NULL;
	struct pcap_writer *w = pcap_writer_on(fd, path, linktype, snaplen, err);
	if (!w)
		close(fd);
	return w;
}

/* ---- writing ---- */

/* Keeps the packer's error if a call of it failed; returns ok. */
static bool
checked(struct pcap_writer *w, bool ok)
{
	if (!ok && !w->err.msg[0])
		err_set(&w->err, _("%s: cannot write: %s; what follows is not saved"),
			w->shown_path, strerror(packer_error(w->out)));
	return ok;
}

static bool
pcap_begin(struct pcap_writer *w, int linktype)
{
	struct {
		uint32_t magic;
		uint16_t major, minor;
		uint32_t zone, accuracy, snaplen, linktype;
	} h = {MAGIC_NSEC, 2, 4, 0, 0, w->snaplen, (uint32_t)linktype};

	return packer_write(w->out, &h, sizeof(h));
}

static bool
begin(struct pcap_writer *w, int linktype)
{
	bool ok = w->is_pcapng ? pcapng_begin(&w->pcapng, w->out, linktype, w->snaplen)
			       : pcap_begin(w, linktype);

	w->linktype = linktype;
	w->begun = true;
	return checked(w, ok);
}

static bool
pcap_frame(struct pcap_writer *w, const struct frame *f)
{
	const nsec ts = nsec_min(f->ts, PCAP_TIME_MAX);
	uint32_t h[4] = {(uint32_t)(ts / NSEC_PER_SEC), (uint32_t)(ts % NSEC_PER_SEC), f->cap_len,
			 f->wire_len};

	return packer_write(w->out, h, sizeof(h)) && packer_write(w->out, f->data, f->cap_len);
}

/* Whether the file can hold frames of that link type; *interface: its number in a pcapng file. */
static bool
has_room_for(struct pcap_writer *w, int linktype, int *interface)
{
	if (!w->is_pcapng)
		return linktype == w->linktype;
	*interface = pcapng_interface(&w->pcapng, w->out, linktype);
	return *interface >= 0;
}

bool
pcap_writer_add(struct pcap_writer *w, const struct frame *f)
{
	int interface = 0;

	if (w->err.msg[0])
		return false;
	if (!w->begun &&
	    !begin(w, w->linktype == LINKTYPE_OF_FIRST_FRAME ? f->linktype : w->linktype))
		return false;
	if (!has_room_for(w, f->linktype, &interface)) {
		w->left_out++;
		return checked(w, packer_error(w->out) == 0);
	}
	bool ok = w->is_pcapng ? pcapng_frame(w->out, (uint32_t)interface, f) : pcap_frame(w, f);
	w->count += ok;
	return checked(w, ok);
}

bool
pcap_writer_flush(struct pcap_writer *w)
{
	return !w->err.msg[0] && checked(w, packer_flush(w->out));
}

bool
pcap_writer_stat(const struct pcap_writer *w, struct stat *out)
{
	return fstat(w->fd, out) == 0;
}

uint64_t
pcap_writer_count(const struct pcap_writer *w)
{
	return w->count;
}

uint64_t
pcap_writer_left_out(const struct pcap_writer *w)
{
	return w->left_out;
}

const char *
pcap_writer_error(const struct pcap_writer *w)
{
	return w->err.msg;
}

/* ---- the end ---- */

int
pcap_writer_finish(struct pcap_writer *w)
{
	if (!w->begun && !w->err.msg[0])
		begin(w, w->linktype == LINKTYPE_OF_FIRST_FRAME ? LINKTYPE_EN10MB : w->linktype);
	if (!w->err.msg[0])
		checked(w, packer_finish(w->out));
	return packer_error(w->out);
}

void
pcap_writer_free(struct pcap_writer *w)
{
	packer_free(w->out);
	free(w);
}

bool
pcap_writer_close(struct pcap_writer *w, struct err *err)
{
	pcap_writer_finish(w);
	if (close(w->fd) != 0 && !w->err.msg[0])
		err_set(&w->err, _("%s: cannot write: %s; what follows is not saved"),
			w->shown_path, strerror(errno));
	bool ok = !w->err.msg[0];
	if (!ok && err)
		*err = w->err;
	pcap_writer_free(w);
	return ok;
}
