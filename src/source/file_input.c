/* SPDX-License-Identifier: MIT */
/*
 * file_input: a capture file, a pipe or a capture in memory as input of the capture thread; reads
 * the bytes of a packet again for the packet store. Knows files (savefile, stream), not what
 * becomes of the frames.
 */
#include "config.h"

#include "source/internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "source/capture_filter.h"
#include "source/linktype.h"
#include "source/reread.h"
#include "source/spool.h"

#define SPOOL_LIMIT (UINT64_C(1) << 30)
/* Bytes of a block's options in which the direction is looked for on reading again. */
#define OPTIONS_MAX 512

/* ---- reading ---- */

static bool
passes_filter(struct source *s, const struct frame *f)
{
	return LIKELY(!s->file.filter) || capture_filter_match(s->file.filter, f, &s->err);
}

/* Reads the next frame into pending, cut to the snapshot length. */
static enum savefile_result
next_frame(struct source *s)
{
	struct frame *f = &s->file.pending;
	enum savefile_result r = savefile_next(&s->file.savefile, f);

	if (r == SAVEFILE_FRAME && UNLIKELY(s->cfg.snaplen && f->cap_len > s->cfg.snaplen))
		f->cap_len = s->cfg.snaplen;
	return r;
}

static enum input_result
file_over(struct source *s, enum savefile_result r)
{
	struct file_input *in = &s->file;

	if (r == SAVEFILE_WAIT) {
		s->due = NSEC_NEVER;
		return INPUT_WAIT;
	}
	if (r == SAVEFILE_DAMAGED) {
		err_set(&s->err, "%s: %s", s->status.name, in->savefile.err.msg);
		return in->savefile.started ? INPUT_DAMAGED : INPUT_FAILED;
	}
	if (in->filter && !s->err.msg[0])
		capture_filter_hint(in->filter, s->err.msg, sizeof(s->err.msg));
	return INPUT_ENDED;
}

static bool
is_due(struct source *s, nsec ts)
{
	nsec clock = clock_monotonic();

	pthread_mutex_lock(&s->lock);
	if (s->replay.speed != 0)
		replay_begin(&s->replay, ts, clock);
	nsec delay = replay_delay(&s->replay, ts, clock);
	pthread_mutex_unlock(&s->lock);
	s->due = delay == NSEC_NEVER ? NSEC_NEVER : clock + delay;
	return delay == 0;
}

static bool
is_paced(struct source *s)
{
	pthread_mutex_lock(&s->lock);
	bool paced = s->replay.speed != 0;
	pthread_mutex_unlock(&s->lock);
	return paced;
}

/* Whether frames may have to be cut to the snapshot length. */
static bool
has_cut(const struct source *s)
{
	return s->cfg.snaplen && s->cfg.snaplen < RECORD_DATA_MAX;
}

/* Whether every frame goes to the engine unchanged and at once. */
static bool
is_plain(const struct source *s)
{
	return !s->file.has_pending && !s->file.filter && !has_cut(s) && !s->cfg.max_packets;
}

static enum input_result
read_plain(struct source *s)
{
	struct frame f;

	for (int i = 0; i < ENGINE_BATCH; i++) {
		enum savefile_result r = savefile_next(&s->file.savefile, &f);

		if (r != SAVEFILE_FRAME)
			return file_over(s, r);
		capture_frame(s, &f);
	}
	return INPUT_MORE;
}

static enum input_result
file_read(struct source *s)
{
	struct file_input *in = &s->file;
	bool paced = is_paced(s);

	if (!paced && is_plain(s))
		return read_plain(s);
	for (int i = 0; i < ENGINE_BATCH; i++) {
		enum savefile_result r = in->has_pending ? SAVEFILE_FRAME : next_frame(s);

		if (r != SAVEFILE_FRAME)
			return file_over(s, r);
		in->has_pending = in->has_pending || passes_filter(s, &in->pending);
		if (!in->has_pending)
			continue;
		if (paced && !is_due(s, in->pending.ts))
			return INPUT_WAIT;
		in->has_pending = false;
		capture_frame(s, &in->pending);
		if (capture_complete(s))
			return INPUT_ENDED;
	}
	return INPUT_MORE;
}

static int
file_fd(struct source *s)
{
	return s->file.has_pending ? -1 : s->file.stream.fd;
}

static int
progress(const struct stream *st)
{
	if (st->size == 0)
		return -1;
	uint64_t done = st->buf ? st->taken : stream_offset(st);
	if (st->buf && !st->unpacker) /* not counting what was read ahead */
		done -= stream_avail(st);
	return done >= st->size ? 1000 : (int)(done * 1000 / st->size);
}

static void
file_status(struct source *s, struct source_status *st)
{
	struct file_input *in = &s->file;

	st->drops_known =
		savefile_drops(&in->savefile, &st->kernel_drops, &st->interface_drops);
	st->progress = progress(&in->stream);
	if (in->spool && !st->message[0])
		spool_message(in->spool, st->message, sizeof(st->message));
	if (in->savefile.n_interfaces && !st->linktype) {
		const struct record_format *f = &in->savefile.interfaces[0].f;

		linktype_status(f->linktype, st);
		st->snaplen = f->snaplen;
	}
}

/* Reads up to the first frame, so that a file that is not a capture, or a filter that does not
 * compile for it, is reported before anything is shown. Waits for a pipe only without a screen. */
static bool
prime(struct source *s, struct err *err)
{
	struct file_input *in = &s->file;
	enum savefile_result r;

	while ((r = next_frame(s)) == SAVEFILE_WAIT && !s->cfg.keep_bytes)
		stream_wait(&in->stream);
	if (r == SAVEFILE_DAMAGED && !in->savefile.started)
		return err_set(err, "%s: %s", s->status.name, in->savefile.err.msg);
	if (r != SAVEFILE_FRAME)
		return true;
	if (in->filter && !capture_filter_prepare(in->filter, in->pending.linktype, err))
		return false;
	in->has_pending = passes_filter(s, &in->pending);
	return true;
}

/* Passes all bytes of the stream to tee: those that are buffered now, the others as they arrive. */
static void
set_tee(struct stream *st, stream_tee_fn *tee, void *ctx)
{
	if (stream_avail(st))
		tee(ctx, stream_at(st), stream_avail(st));
	st->tee = tee;
	st->tee_ctx = ctx;
}

/* Prepares the packet store. The first bytes of the file decide how: like a pipe, a compressed file
 * cannot be read again at an offset and is spooled. */
static bool
open_store(struct source *s, struct err *err)
{
	struct file_input *in = &s->file;
	struct stream *st = &in->stream;

	if (!s->cfg.keep_bytes || s->cfg.memory)
		return true;
	if (st->regular && (stream_need(st, 4) == STREAM_ERROR || !st->unpacker)) {
		in->reread = reread_new(st->fd);
		set_tee(st, reread_add, in->reread);
		return true;
	}
	in->spool = spool_new(s->cfg.spool_dir, SPOOL_LIMIT, err);
	if (!in->spool)
		return false;
	set_tee(st, spool_add, in->spool);
	return true;
}

static bool
file_prepare(struct source *s, struct err *err)
{
	if (s->cfg.filter && s->cfg.filter[0])
		s->file.filter = capture_filter_new(s->cfg.filter);
	return open_store(s, err) && prime(s, err);
}

static void
file_release(struct source *s)
{
	stream_release(&s->file.stream);
}

static void
file_close(struct source *s)
{
	struct file_input *in = &s->file;

	capture_filter_free(in->filter);
	savefile_close(&in->savefile);
	stream_close(&in->stream);
	spool_free(in->spool);
	reread_free(in->reread);
}

static const struct input_ops file_ops = {
	.prepare = file_prepare,
	.read = file_read,
	.fd = file_fd,
	.status = file_status,
	.release = file_release,
	.close = file_close,
};

/* ---- opening ---- */

static bool
open_stream(struct source *s, struct err *err)
{
	struct stream *st = &s->file.stream;
	struct err why;

	if (s->cfg.memory) {
		stream_open_memory(st, s->cfg.memory, s->cfg.memory_len);
		return true;
	}
	if (!stream_open(st, s->cfg.read_file, &why))
		return err_set(err, "%s: %s", s->status.name, why.msg);
	struct stat info;
	if (fstat(st->fd, &info) == 0 && S_ISREG(info.st_mode))
		s->reads = (struct file_id){info.st_dev, info.st_ino};
	return true;
}

bool
file_open(struct source *s, struct err *err)
{
	struct file_input *in = &s->file;
	const char *name = s->cfg.memory ? s->cfg.memory_name : s->cfg.read_file;

	if (strcmp(name, "-") == 0)
		name = _("standard input");
	text_escape(s->status.name, sizeof(s->status.name), name, strlen(name));
	if (!open_stream(s, err))
		return false;
	in->stream.stop = &s->stopping;
	savefile_open(&in->savefile, &in->stream);
	s->ops = &file_ops;
	in->pipe = !s->cfg.memory && !in->stream.regular;
	s->replay.speed = s->cfg.speed;
	if (s->cfg.direction)
		return err_set(err, _("a direction (-Q) can be chosen on interfaces only"));
	return true;
}

/* ---- reading a packet again ---- */

static enum store_result
bytes_at(struct file_input *in, uint64_t offset, uint8_t *buf, size_t len)
{
	if (in->reread)
		return reread_bytes(in->reread, offset, buf, len);
	if (in->spool)
		return spool_read(in->spool, offset, buf, len) ? STORE_OK : STORE_NOT_KEPT;
	if (in->stream.buf || offset > in->stream.end || len > in->stream.end - offset)
		return STORE_NOT_KEPT;
	memcpy(buf, in->stream.data + offset, len); /* a capture in memory */
	return STORE_OK;
}

static enum direction
direction_again(struct file_input *in, const struct record_format *rf, uint64_t offset,
		const struct record *r)
{
	uint8_t options[OPTIONS_MAX];

	if (!r->options)
		return r->direction;
	size_t len = r->total - 4 - r->options;
	if (len > sizeof(options))
		len = sizeof(options);
	if (bytes_at(in, offset + r->options, options, len) != STORE_OK)
		return DIR_UNKNOWN;
	return record_direction(rf, options, len);
}

/* Reads the header of a record again. Near the end of the stream fewer bytes are available than the
 * longest header has, and enough: simple packet blocks and pcap records have shorter ones. */
static enum store_result
record_again(struct file_input *in, const struct record_format *rf, uint64_t offset,
	     struct record *r)
{
	uint8_t h[RECORD_HEADER_MAX];
	size_t len = sizeof(h);
	enum store_result result = bytes_at(in, offset, h, len);

	while (result == STORE_NOT_KEPT && len > RECORD_HEADER_MIN) {
		len -= 4;
		result = bytes_at(in, offset, h, len);
	}
	return result == STORE_OK && !record_parse(rf, h, len, r) ? STORE_NOT_KEPT : result;
}

enum store_result
file_reread(struct source *s, uint64_t ref, struct frame *f, uint8_t *buf, size_t size)
{
	struct file_input *in = &s->file;
	struct record_format rf;
	struct record r;
	uint64_t offset = record_offset(ref);

	if (!savefile_format(&in->savefile, ref, &rf))
		return STORE_NOT_KEPT;
	enum store_result result = record_again(in, &rf, offset, &r);
	if (result != STORE_OK)
		return result;
	if (s->cfg.snaplen && r.cap_len > s->cfg.snaplen)
		r.cap_len = s->cfg.snaplen;
	size_t len = r.cap_len < size ? r.cap_len : size;
	result = bytes_at(in, offset + r.data, buf, len);
	if (result != STORE_OK)
		return result;
	*f = (struct frame){
		.ts = record_time(&r, 0),
		.ref = ref,
		.data = buf,
		.cap_len = (uint32_t)len,
		.wire_len = r.wire_len < r.cap_len ? r.cap_len : r.wire_len,
		.interface = rf.interface,
		.linktype = rf.linktype,
		.direction = direction_again(in, &rf, offset, &r),
	};
	return STORE_OK;
}
