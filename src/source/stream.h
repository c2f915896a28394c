/* SPDX-License-Identifier: MIT */
/*
 * stream: bytes in order from a file, a pipe or memory, unpacked where they are compressed. Private
 * to this layer. Knows nothing of what the bytes mean; never waits for a pipe unless asked to.
 */
#ifndef TCPLENS_SOURCE_STREAM_H
#define TCPLENS_SOURCE_STREAM_H

#include <stdatomic.h>

#include "base/base.h"

enum stream_result {
	STREAM_OK,
	STREAM_WAIT,  /* a pipe has no more at the moment, or *stop is set */
	STREAM_END,   /* the bytes are over, fewer than needed are left */
	STREAM_ERROR, /* stream->err says what */
};

/* Bytes that can be needed at once: more than the largest record that is read whole. */
#define STREAM_NEED_MAX (512u << 10)

/* Receives every (unpacked) byte once, in order, as it arrives. */
typedef void stream_tee_fn(void *ctx, const uint8_t *bytes, size_t len);

struct unpacker;

struct stream {
	int fd; /* -1: memory */
	bool owns_fd;
	bool regular;        /* an ordinary file: never waits, offsets can be read again */
	bool ended;          /* nothing more comes from fd */
	const uint8_t *data; /* data[pos … end) is there */
	size_t pos, end;
	uint64_t base; /* offset of data[0] in the (unpacked) stream; modulo 2^64 */
	uint8_t *buf;  /* own memory behind data; NULL: memory */
	struct unpacker *unpacker;
	bool probed;    /* whether it is compressed is known */
	uint64_t size;  /* of the file on disk, 0 unknown */
	uint64_t taken; /* bytes read from fd */
	const atomic_bool *stop; /* set: nothing more is read; NULL: never */
	stream_tee_fn *tee;
	void *tee_ctx;
	struct err err;
};

/* "-" is standard input. false and err: one line without the file's name. */
bool stream_open(struct stream *s, const char *path, struct err *err);
void stream_open_memory(struct stream *s, const void *bytes, size_t len);
void stream_close(struct stream *s);

enum stream_result stream_fill(struct stream *s, size_t n);

static inline size_t
stream_avail(const struct stream *s)
{
	return s->end - s->pos;
}

static inline const uint8_t *
stream_at(const struct stream *s)
{
	return s->data + s->pos;
}

/* Offset of stream_at() in the (unpacked) stream. */
static inline uint64_t
stream_offset(const struct stream *s)
{
	return s->base + s->pos;
}

/* Makes n ≤ STREAM_NEED_MAX bytes available at stream_at(); what was there before may move. */
static inline enum stream_result
stream_need(struct stream *s, size_t n)
{
	return LIKELY(stream_avail(s) >= n) ? STREAM_OK : stream_fill(s, n);
}

static inline void
stream_advance(struct stream *s, size_t n)
{
	s->pos += n;
}

/* Waits until a pipe has more; for those who have nothing else to wait for. */
void stream_wait(const struct stream *s);
/* Nothing more will be read: a pipe is closed, so that whoever writes into it need not wait. */
void stream_release(struct stream *s);

#endif
