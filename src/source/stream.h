/* SPDX-License-Identifier: MIT */
/*
 * stream: the bytes of a file, a pipe or memory in order, decompressed if necessary. Knows nothing
 * of what the bytes mean; blocks on a pipe only in stream_wait(). Private to this layer.
 */
#ifndef TCPLENS_SOURCE_STREAM_H
#define TCPLENS_SOURCE_STREAM_H

#include <stdatomic.h>

#include "base/base.h"

enum stream_result {
	STREAM_OK,
	STREAM_WAIT,  /* a pipe has no more at the moment, or *stop is set */
	STREAM_END,   /* the end: fewer bytes than needed are left */
	STREAM_ERROR, /* stream->err has the reason */
};

/* The most bytes that stream_need() can make available: more than the largest record. */
#define STREAM_NEED_MAX (512u << 10)

/* Takes every (decompressed) byte once, in order, as it is read. */
typedef void stream_tee_fn(void *ctx, const uint8_t *bytes, size_t len);

struct unpacker;

struct stream {
	int fd; /* -1: memory */
	bool owns_fd;
	bool regular;        /* a regular file: never waits, can be read again at an offset */
	bool ended;          /* fd has reached its end */
	const uint8_t *data; /* data[pos … end) is available */
	size_t pos, end;
	uint64_t base; /* offset of data[0] in the (decompressed) stream, modulo 2^64 */
	uint8_t *buf;  /* the buffer that data points to; NULL: memory */
	struct unpacker *unpacker;
	bool probed;    /* whether it is compressed is known */
	uint64_t size;  /* of the file; 0: unknown */
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

/* The offset of stream_at() in the (decompressed) stream. */
static inline uint64_t
stream_offset(const struct stream *s)
{
	return s->base + s->pos;
}

/* Makes n ≤ STREAM_NEED_MAX bytes available at stream_at(), which may change. */
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

/* Blocks until a pipe has more. */
void stream_wait(const struct stream *s);
/* Ends reading: closes a pipe, so that its writer gets EPIPE instead of blocking. */
void stream_release(struct stream *s);

#endif
