/* SPDX-License-Identifier: MIT */
/*
 * pack: a buffer before write(2), with gzip or Zstandard between them if that is built in.
 */
#include "config.h"

#include "source/pack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#define BUF_SIZE (128u << 10)

enum step { STEP_MORE, STEP_FLUSH, STEP_END };

struct packer {
	int fd;
	enum packing kind;
	int error;  /* errno of the first failure; 0: none */
	size_t len; /* bytes in buf that are still to be written to fd */
#ifdef HAVE_ZLIB
	z_stream gzip;
#endif
#ifdef HAVE_ZSTD
	ZSTD_CCtx *zstd;
#endif
	uint8_t buf[BUF_SIZE];
};

bool
packer_can(enum packing kind)
{
	switch (kind) {
	case PACKING_NONE:
#ifdef HAVE_ZLIB
	case PACKING_GZIP:
#endif
#ifdef HAVE_ZSTD
	case PACKING_ZSTD:
#endif
		return true;
	default:
		return false;
	}
}

static bool
start(struct packer *p)
{
	switch (p->kind) {
	case PACKING_NONE:
		return true;
#ifdef HAVE_ZLIB
	case PACKING_GZIP: /* 16: a gzip header instead of zlib's */
		return deflateInit2(&p->gzip, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 8,
				    Z_DEFAULT_STRATEGY) == Z_OK;
#endif
#ifdef HAVE_ZSTD
	case PACKING_ZSTD:
		p->zstd = ZSTD_createCCtx();
		return p->zstd;
#endif
	default:
		return false;
	}
}

struct packer *
packer_new(int fd, enum packing kind)
{
	struct packer *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->fd = fd;
	p->kind = kind;
	if (!start(p)) {
		free(p);
		return NULL;
	}
	return p;
}

void
packer_free(struct packer *p)
{
	if (!p)
		return;
#ifdef HAVE_ZLIB
	if (p->kind == PACKING_GZIP)
		deflateEnd(&p->gzip);
#endif
#ifdef HAVE_ZSTD
	if (p->kind == PACKING_ZSTD)
		ZSTD_freeCCtx(p->zstd);
#endif
	free(p);
}

int
packer_error(const struct packer *p)
{
	return p->error;
}

/* Writes the buffer to the file. */
static bool
drain(struct packer *p)
{
	for (size_t done = 0; done < p->len && p->error == 0;) {
		ssize_t n = write(p->fd, p->buf + done, p->len - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			p->error = errno;
	}
	p->len = 0;
	return p->error == 0;
}

/*
 * One call of a compressor: from *in, which has *left bytes, into the free part of the buffer.
 * Returns whether it must be called again, for more input or output.
 */
#ifdef HAVE_ZLIB
static bool
pack_gzip(struct packer *p, const uint8_t **in, size_t *left, enum step step)
{
	static const int modes[] = {Z_NO_FLUSH, Z_SYNC_FLUSH, Z_FINISH};
	z_stream *z = &p->gzip;
	size_t given = *left < UINT32_MAX ? *left : UINT32_MAX;

	z->next_in = (Bytef *)(uintptr_t)*in; /* zlib's interface lacks the const */
	z->avail_in = (uInt)given;
	z->next_out = p->buf + p->len;
	z->avail_out = (uInt)(BUF_SIZE - p->len);
	int r = deflate(z, modes[step]);
	p->len = BUF_SIZE - z->avail_out;
	*in += given - z->avail_in;
	*left -= given - z->avail_in;
	if (r == Z_STREAM_ERROR)
		p->error = EINVAL;
	if (r == Z_STREAM_END || p->error != 0)
		return false;
	return *left > 0 || z->avail_out == 0 || step == STEP_END;
}
#endif

#ifdef HAVE_ZSTD
static bool
pack_zstd(struct packer *p, const uint8_t **in, size_t *left, enum step step)
{
	static const ZSTD_EndDirective modes[] = {ZSTD_e_continue, ZSTD_e_flush, ZSTD_e_end};
	ZSTD_inBuffer i = {*in, *left, 0};
	ZSTD_outBuffer out = {p->buf, BUF_SIZE, p->len};
	size_t r = ZSTD_compressStream2(p->zstd, &out, &i, modes[step]);

	if (ZSTD_isError(r)) {
		p->error = ENOMEM; /* the only thing that can fail here */
		return false;
	}
	p->len = out.pos;
	*in += i.pos;
	*left -= i.pos;
	return *left > 0 || (step != STEP_MORE && r > 0);
}
#endif

static bool
pack_plain(struct packer *p, const uint8_t **in, size_t *left)
{
	size_t n = BUF_SIZE - p->len < *left ? BUF_SIZE - p->len : *left;

	if (n > 0)
		memcpy(p->buf + p->len, *in, n);
	p->len += n;
	*in += n;
	*left -= n;
	return *left > 0;
}

static bool
pack_some(struct packer *p, const uint8_t **in, size_t *left, enum step step)
{
	switch (p->kind) {
#ifdef HAVE_ZLIB
	case PACKING_GZIP:
		return pack_gzip(p, in, left, step);
#endif
#ifdef HAVE_ZSTD
	case PACKING_ZSTD:
		return pack_zstd(p, in, left, step);
#endif
	default:
		(void)step;
		return pack_plain(p, in, left);
	}
}

static bool
pack(struct packer *p, const uint8_t *in, size_t left, enum step step)
{
	bool more = true;

	while (more && p->error == 0) {
		more = pack_some(p, &in, &left, step);
		if (p->len == BUF_SIZE)
			drain(p);
	}
	return p->error == 0;
}

bool
packer_write(struct packer *p, const void *bytes, size_t len)
{
	return len == 0 || pack(p, bytes, len, STEP_MORE);
}

bool
packer_flush(struct packer *p)
{
	return pack(p, NULL, 0, STEP_FLUSH) && drain(p);
}

bool
packer_finish(struct packer *p)
{
	return pack(p, NULL, 0, STEP_END) && drain(p);
}
