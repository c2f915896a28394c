/* SPDX-License-Identifier: MIT */
/*
 * source: opens, runs, queries and closes a source, whatever its input is.
 */
#include "config.h"

#include "source/internal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "source/packet_writer.h"
#include "source/ring.h"

static void
notify(int fd)
{
	uint64_t one = 1;

	if (write(fd, &one, sizeof(one)) < 0)
		return; /* the counter is full: it is readable */
}

static bool
open_writer(struct source *s, struct err *err)
{
	const char *path = s->cfg.write_file;
	bool exists;
	struct stat info;

	if (!path)
		return true;
	if (stat(path, &info) == 0 && source_reads(s, &info))
		return err_set(err, _("%s: is being read; write to another file"), path);
	s->writer = pcap_writer_open(path, LINKTYPE_OF_FIRST_FRAME, s->cfg.snaplen,
				     s->cfg.overwrite, &exists, err);
	if (exists)
		err_set(err, _("%s: exists; write to another file, or replace it: --overwrite"),
			path);
	if (s->writer && pcap_writer_stat(s->writer, &info))
		s->writes = (struct file_id){info.st_dev, info.st_ino};
	return s->writer;
}

static bool
open_all(struct source *s, struct err *err, bool *denied)
{
	s->control_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->decoder = decoder_new();
	if (s->control_fd < 0 || s->wake_fd < 0 || !s->decoder)
		return err_set(err, _("out of memory or of file descriptors"));
	s->status.live = !s->cfg.read_file && !s->cfg.memory;
	s->status.progress = -1;
	return s->status.live ? live_open(s, err, denied) : file_open(s, err);
}

struct source *
source_open(const struct source_config *cfg, struct err *err, bool *denied)
{
	struct source *s = xcalloc(1, sizeof(*s));

	s->cfg = *cfg;
	s->control_fd = s->wake_fd = -1;
	s->due = NSEC_NEVER;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->filter_done, NULL);
	if (denied)
		*denied = false;
	if (!open_all(s, err, denied)) {
		source_close(s);
		return NULL;
	}
	return s;
}

void
source_choose_filter(struct source *s, const char *filter)
{
	s->cfg.filter = filter;
}

bool
source_prepare(struct source *s, struct err *err)
{
	if (!s->ops->prepare(s, err) || !open_writer(s, err))
		return false;
	s->status.speed = s->replay.speed;
	s->status.paced = s->replay.speed != 0 || (s->file.pipe && s->cfg.keep_bytes);
	s->status.piped = s->file.pipe;
	s->ops->status(s, &s->status);
	return true;
}

bool
source_run(struct source *s, struct engine *e, struct err *err)
{
	s->engine = e;
	capture_run(s);
	if (s->status.phase == SOURCE_FAILED)
		return err_set(err, "%s", s->status.message);
	return true;
}

static void *
thread_main(void *arg)
{
	prctl(PR_SET_NAME, "capture"); /* for top, ps and debuggers */
	capture_run(arg);
	return NULL;
}

bool
source_start(struct source *s, struct engine *e, struct err *err)
{
	sigset_t all, old;

	s->engine = e;
	/* The main thread handles the signals. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	int r = pthread_create(&s->thread, NULL, thread_main, s);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	s->started = r == 0;
	return s->started ||
	       err_set(err, _("the capture thread cannot be started: %s"), strerror(r));
}

void
source_stop(struct source *s)
{
	int saved = errno;

	atomic_store_explicit(&s->stopping, true, memory_order_relaxed);
	notify(s->control_fd);
	errno = saved;
}

void
source_end(struct source *s)
{
	if (!s->started)
		return;
	source_stop(s);
	pthread_join(s->thread, NULL);
	s->started = false;
}

void
source_close(struct source *s)
{
	if (!s)
		return;
	source_end(s);
	if (s->ops)
		s->ops->close(s);
	if (s->writer)
		pcap_writer_close(s->writer, NULL);
	ring_free(s->ring);
	decoder_free(s->decoder);
	if (s->control_fd >= 0)
		close(s->control_fd);
	if (s->wake_fd >= 0)
		close(s->wake_fd);
	pthread_cond_destroy(&s->filter_done);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

void
source_status(struct source *s, struct source_status *out)
{
	pthread_mutex_lock(&s->lock);
	*out = s->status;
	pthread_mutex_unlock(&s->lock);
	if (!out->linktype)
		out->linktype = "";
}

static bool
is_file(const struct file_id *id, const struct stat *info)
{
	return id->inode && id->inode == info->st_ino && id->device == info->st_dev;
}

bool
source_reads(const struct source *s, const struct stat *info)
{
	return is_file(&s->reads, info);
}

bool
source_writes(const struct source *s, const struct stat *info)
{
	return is_file(&s->writes, info);
}

nsec
source_now(struct source *s)
{
	pthread_mutex_lock(&s->lock);
	nsec now = capture_now(s);
	pthread_mutex_unlock(&s->lock);
	return now;
}

int
source_wake_fd(struct source *s)
{
	return s->wake_fd;
}

bool
source_set_filter(struct source *s, const char *filter, struct err *err)
{
	if (!s->ops->set_filter)
		return err_set(err, _("the capture filter of a file cannot be changed"));
	if (!s->started)
		return s->ops->set_filter(s, filter, err);
	pthread_mutex_lock(&s->lock);
	bool running = s->status.phase == SOURCE_RUNNING;
	s->new_filter.text = filter;
	s->new_filter.pending = running;
	s->new_filter.done = !running;
	s->new_filter.ok = false;
	err_set(&s->new_filter.err, _("the capture has ended"));
	notify(s->control_fd);
	while (!s->new_filter.done)
		pthread_cond_wait(&s->filter_done, &s->lock);
	bool ok = s->new_filter.ok;
	if (!ok && err)
		*err = s->new_filter.err;
	pthread_mutex_unlock(&s->lock);
	return ok;
}
