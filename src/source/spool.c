/* SPDX-License-Identifier: MIT */
/*
 * spool: a temporary file without a name that keeps the latest bytes of a pipe or of a compressed
 * file, so that packets can be read again at their offset in the stream. One thread adds, any may
 * read.
 */
#include "config.h"

#include "source/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/i18n.h"

#define SPOOL_MIN (UINT64_C(1) << 20) /* used even if nothing is free: writing then fails */

struct spool {
	pthread_mutex_t lock;
	int fd;
	uint64_t limit;
	uint64_t written; /* the file holds [written − limit, written), at offset modulo limit */
	int failed;       /* errno of a write; then nothing more is added */
};

static const char *
default_directory(void)
{
	const char *dir = getenv("TMPDIR");

	return dir && dir[0] ? dir : "/tmp";
}

static int
temporary_file(const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0)
		return fd;
	char *path = xasprintf("%s/tcplens.XXXXXX", dir);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	free(path);
	return fd;
}

/* The limit, reduced to half of the free space of the file system. */
static uint64_t
affordable(int fd, uint64_t limit)
{
	struct statvfs v;

	if (fstatvfs(fd, &v) != 0)
		return limit;
	const uint64_t half = (uint64_t)v.f_bavail * v.f_frsize / 2;
	const uint64_t most = half > SPOOL_MIN ? half : SPOOL_MIN;
	return limit < most ? limit : most;
}

struct spool *
spool_new(const char *dir, uint64_t limit, struct err *err)
{
	if (!dir)
		dir = default_directory();
	const int fd = temporary_file(dir);
	if (fd < 0) {
		err_set(err,
			_("%s: no temporary file for packet bytes: %s; choose another directory: "
			  "--spool-dir"),
			dir, strerror(errno));
		return NULL;
	}
	struct spool *sp = xcalloc(1, sizeof(*sp));
	sp->fd = fd;
	sp->limit = affordable(fd, limit);
	pthread_mutex_init(&sp->lock, NULL);
	return sp;
}

void
spool_free(struct spool *sp)
{
	if (!sp)
		return;
	close(sp->fd);
	pthread_mutex_destroy(&sp->lock);
	free(sp);
}

static bool
write_all(int fd, const uint8_t *p, size_t len, uint64_t at)
{
	while (len) {
		ssize_t n = pwrite(fd, p, len, (off_t)at);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			p += n;
			at += (uint64_t)n;
			len -= (size_t)n;
		}
	}
	return true;
}

static bool
read_all(int fd, uint8_t *p, size_t len, uint64_t at)
{
	while (len) {
		ssize_t n = pread(fd, p, len, (off_t)at);

		if (n == 0 || (n < 0 && errno != EINTR))
			return false;
		if (n > 0) {
			p += n;
			at += (uint64_t)n;
			len -= (size_t)n;
		}
	}
	return true;
}

void
spool_add(void *spool, const uint8_t *bytes, size_t len)
{
	struct spool *sp = spool;

	pthread_mutex_lock(&sp->lock);
	while (len && !sp->failed) {
		uint64_t at = sp->written % sp->limit, room = sp->limit - at;
		size_t n = len < room ? len : (size_t)room;

		if (!write_all(sp->fd, bytes, n, at))
			sp->failed = errno;
		else
			sp->written += n;
		bytes += n;
		len -= n;
	}
	pthread_mutex_unlock(&sp->lock);
}

bool
spool_read(struct spool *sp, uint64_t offset, uint8_t *buf, size_t len)
{
	pthread_mutex_lock(&sp->lock);
	bool kept = offset <= sp->written && len <= sp->written - offset &&
		    sp->written - offset <= sp->limit;
	while (kept && len) {
		uint64_t at = offset % sp->limit, room = sp->limit - at;
		size_t n = len < room ? len : (size_t)room;

		kept = read_all(sp->fd, buf, n, at);
		buf += n;
		offset += n;
		len -= n;
	}
	pthread_mutex_unlock(&sp->lock);
	return kept;
}

void
spool_message(struct spool *sp, char *out, size_t size)
{
	struct text t = text_on(out, size);

	pthread_mutex_lock(&sp->lock);
	if (sp->failed)
		text_add(&t, _("packet bytes are no longer kept: temporary file: %s"),
			 strerror(sp->failed));
	else if (sp->written > sp->limit)
		text_add(&t, _("the bytes of the oldest packets are no longer kept"));
	pthread_mutex_unlock(&sp->lock);
}
