/* SPDX-License-Identifier: MIT */
/*
 * stream: a file, a pipe or memory as bytes in order. Files are read in blocks into one buffer that
 * stays in the cache: as fast as a mapping, and a file that another program shortens meanwhile ends
 * early instead of causing SIGBUS. Records are parsed in the buffer; only those that straddle two
 * blocks are moved.
 */
#include "config.h"

#include "source/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "source/unpack.h"

#define BLOCK    (64u << 10) /* leaves room for other data in the processor's caches */
#define PAGE     ((size_t)4096)
#define BUF_SIZE (STREAM_NEED_MAX + BLOCK + PAGE)

bool
stream_open(struct stream *s, const char *path, struct err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;

	/* O_NONBLOCK: a FIFO without a writer is opened too. */
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	*s = (struct stream){.fd = fd, .owns_fd = !is_stdin};
	struct stat st;
	if (s->fd < 0 || fstat(s->fd, &st) < 0) {
		err_set(err, "%s", strerror(errno));
		stream_close(s);
		return false;
	}
	if (S_ISDIR(st.st_mode)) {
		stream_close(s);
		return err_set(err, _("is a directory; give the name of a capture file in it"));
	}
	if (is_stdin && isatty(s->fd))
		return err_set(err, _("standard input is the terminal; pipe a capture into it"));
	/* Offsets count from the current position of standard input: they may not be the file's. */
	s->regular = S_ISREG(st.st_mode) && (!is_stdin || lseek(s->fd, 0, SEEK_CUR) == 0);
	s->size = s->regular ? (uint64_t)st.st_size : 0;
	s->buf = aligned_alloc(PAGE, BUF_SIZE);
	s->data = s->buf;
	if (!s->buf) {
		stream_close(s);
		return err_set(err, _("out of memory"));
	}
	return true;
}

void
stream_open_memory(struct stream *s, const void *bytes, size_t len)
{
	*s = (struct stream){
		.fd = -1, .ended = true, .probed = true, .data = bytes, .end = len, .size = len};
}

void
stream_close(struct stream *s)
{
	if (s->owns_fd && s->fd >= 0)
		close(s->fd);
	unpacker_free(s->unpacker);
	free(s->buf);
	*s = (struct stream){.fd = -1};
}

/* Reads from fd; with STREAM_OK, *len is at least 1. */
static enum stream_result
read_fd(struct stream *s, uint8_t *out, size_t size, size_t *len)
{
	struct pollfd p = {.fd = s->fd, .events = POLLIN};

	if (!s->regular && poll(&p, 1, 0) == 0)
		return STREAM_WAIT;
	ssize_t n = read(s->fd, out, size);
	if (n < 0) {
		if (errno == EINTR || errno == EAGAIN)
			return STREAM_WAIT;
		err_set(&s->err, "%s", strerror(errno));
		return STREAM_ERROR;
	}
	if (n == 0)
		s->ended = true;
	if (n == 0 && s->regular && s->taken < s->size) {
		err_set(&s->err, _("the file was cut short while it was read"));
		return STREAM_ERROR;
	}
	s->taken += (uint64_t)n;
	*len = (size_t)n;
	return n ? STREAM_OK : STREAM_END;
}

static void
arrived(struct stream *s, size_t len)
{
	if (s->tee)
		s->tee(s->tee_ctx, s->buf + s->end, len);
	s->end += len;
}

static enum stream_result
read_plain(struct stream *s)
{
	size_t room = BUF_SIZE - s->end, len = 0;
	enum stream_result r = read_fd(s, s->buf + s->end, room < BLOCK ? room : BLOCK, &len);

	if (r == STREAM_OK)
		arrived(s, len);
	return r;
}

static bool
is_stopped(const struct stream *s)
{
	return s->stop && atomic_load_explicit(s->stop, memory_order_relaxed);
}

static enum stream_result
read_packed(struct stream *s)
{
	while (!is_stopped(s)) {
		size_t len;
		enum unpack_result u =
			unpacker_read(s->unpacker, s->buf + s->end, BUF_SIZE - s->end, &len);

		if (len) { /* bytes before damage are delivered first */
			arrived(s, len);
			return STREAM_OK;
		}
		if (u != UNPACK_OK) {
			err_set(&s->err, _("the compressed data is damaged"));
			return STREAM_ERROR;
		}
		size_t room;
		uint8_t *in = unpacker_buffer(s->unpacker, &room);
		enum stream_result r = s->ended ? STREAM_END : read_fd(s, in, room, &len);
		if (r == STREAM_OK)
			unpacker_fed(s->unpacker, len);
		else if (r != STREAM_END || unpacker_complete(s->unpacker))
			return r;
		else {
			err_set(&s->err, _("the compressed data is cut short"));
			return STREAM_ERROR;
		}
	}
	return STREAM_WAIT;
}

/* Sets up decompression. The first PROBE_BYTES, or all bytes if there are fewer, are in buf. */
static enum stream_result
set_packing(struct stream *s)
{
	const char *name;
	enum packing kind = unpacker_probe(s->buf, s->end, &name);

	s->probed = true;
	if (kind == PACKING_NONE)
		return STREAM_OK;
	s->unpacker = unpacker_new(kind);
	if (!s->unpacker) {
		err_set(&s->err,
			_("compressed with %s, which this build cannot read; unpack it first and "
			  "pipe it in: -r -"),
			name);
		return STREAM_ERROR;
	}
	size_t room;
	memcpy(unpacker_buffer(s->unpacker, &room), s->buf, s->end);
	unpacker_fed(s->unpacker, s->end);
	s->end = 0;
	return STREAM_OK;
}

#define PROBE_BYTES 6

static enum stream_result
probe(struct stream *s)
{
	while (s->end < PROBE_BYTES) {
		size_t len = 0;
		enum stream_result r = read_fd(s, s->buf + s->end, PROBE_BYTES - s->end, &len);

		if (r == STREAM_END)
			break;
		if (r != STREAM_OK)
			return r;
		s->end += len;
	}
	enum stream_result r = set_packing(s);
	if (r == STREAM_OK && s->end && s->tee)
		s->tee(s->tee_ctx, s->buf, s->end);
	return r;
}

/* Moves the remaining bytes to the front of the buffer, such that the next ones have the same
 * offset in a page as in the file: otherwise some processors copy up to three times slower. */
static void
make_room(struct stream *s)
{
	size_t left = stream_avail(s), at = (s->taken - left) % PAGE;

	memmove(s->buf + at, s->buf + s->pos, left);
	s->base += s->pos - at;
	s->pos = at;
	s->end = at + left;
}

enum stream_result
stream_fill(struct stream *s, size_t n)
{
	if (n > STREAM_NEED_MAX)
		n = STREAM_NEED_MAX;
	if (!s->probed) {
		enum stream_result r = probe(s);

		if (r != STREAM_OK)
			return r;
	}
	if (s->buf && s->pos)
		make_room(s);
	while (stream_avail(s) < n) {
		if (s->err.msg[0])
			return STREAM_ERROR;
		if (s->ended && !s->unpacker)
			return STREAM_END;
		if (is_stopped(s))
			return STREAM_WAIT;
		enum stream_result r = s->unpacker ? read_packed(s) : read_plain(s);
		if (r != STREAM_OK)
			return r;
	}
	return STREAM_OK;
}

void
stream_wait(const struct stream *s)
{
	struct pollfd p = {.fd = s->fd, .events = POLLIN};

	poll(&p, 1, -1);
}

void
stream_release(struct stream *s)
{
	if (s->regular || s->fd < 0)
		return;
	s->ended = true;
	if (s->owns_fd) {
		close(s->fd);
		s->fd = -1;
		return;
	}
	/* Standard input: keeps its number, so that no other file gets it. */
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (null >= 0) {
		dup2(null, s->fd);
		close(null);
	}
}
