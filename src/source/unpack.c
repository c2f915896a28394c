/* SPDX-License-Identifier: MIT */
/*
 * unpack: decompresses gzip and Zstandard, also several members in a row. Formats that the build
 * lacks are recognised too, for the error message. Knows nothing of captures.
 */
#include "config.h"

#include "source/unpack.h"

#include <stdlib.h>
#include <string.h>

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#define IN_SIZE (64u << 10)

struct unpacker {
	enum packing kind;
	bool complete; /* at the end of a member, before the first byte of the next one */
	bool drained;  /* has no output before more is fed */
	size_t pos, end;
#ifdef HAVE_ZLIB
	z_stream gzip;
#endif
#ifdef HAVE_ZSTD
	ZSTD_DStream *zstd;
#endif
	uint8_t in[IN_SIZE];
};

static const struct {
	const char *name;
	uint8_t magic[6];
	uint8_t len;
	enum packing kind;
} packings[] = {
	{"gzip", {0x1f, 0x8b}, 2, PACKING_GZIP},
	{"zstd", {0x28, 0xb5, 0x2f, 0xfd}, 4, PACKING_ZSTD},
	{"xz", {0xfd, '7', 'z', 'X', 'Z', 0}, 6, PACKING_UNKNOWN},
	{"bzip2", {'B', 'Z', 'h'}, 3, PACKING_UNKNOWN},
	{"lz4", {0x04, 0x22, 0x4d, 0x18}, 4, PACKING_UNKNOWN},
	{"zip", {'P', 'K', 3, 4}, 4, PACKING_UNKNOWN},
};

enum packing
unpacker_probe(const uint8_t *bytes, size_t len, const char **name)
{
	for (size_t i = 0; i < ARRAY_LEN(packings); i++) {
		if (len >= packings[i].len &&
		    memcmp(bytes, packings[i].magic, packings[i].len) == 0) {
			*name = packings[i].name;
			return packings[i].kind;
		}
	}
	*name = NULL;
	return PACKING_NONE;
}

static bool
start(struct unpacker *u)
{
	switch (u->kind) {
#ifdef HAVE_ZLIB
	case PACKING_GZIP:
		return inflateInit2(&u->gzip, 16 + MAX_WBITS) == Z_OK;
#endif
#ifdef HAVE_ZSTD
	case PACKING_ZSTD:
		u->zstd = ZSTD_createDStream();
		return u->zstd;
#endif
	default:
		return false;
	}
}

struct unpacker *
unpacker_new(enum packing kind)
{
	struct unpacker *u = calloc(1, sizeof(*u));

	if (!u)
		return NULL;
	u->kind = kind;
	if (!start(u)) {
		free(u);
		return NULL;
	}
	return u;
}

void
unpacker_free(struct unpacker *u)
{
	if (!u)
		return;
#ifdef HAVE_ZLIB
	if (u->kind == PACKING_GZIP)
		inflateEnd(&u->gzip);
#endif
#ifdef HAVE_ZSTD
	if (u->kind == PACKING_ZSTD)
		ZSTD_freeDStream(u->zstd);
#endif
	free(u);
}

uint8_t *
unpacker_buffer(struct unpacker *u, size_t *room)
{
	if (u->pos == u->end)
		u->pos = u->end = 0;
	*room = IN_SIZE - u->end;
	return u->in + u->end;
}

void
unpacker_fed(struct unpacker *u, size_t len)
{
	u->end += len;
	u->drained = false;
}

bool
unpacker_complete(const struct unpacker *u)
{
	return u->complete && u->pos == u->end;
}

#ifdef HAVE_ZLIB
static enum unpack_result
read_gzip(struct unpacker *u, uint8_t *out, size_t size, size_t *len)
{
	z_stream *z = &u->gzip;

	if (u->complete && u->pos < u->end) {
		/* Another member, or padding, which gzip(1) ignores too. */
		if (u->in[u->pos] != 0x1f) {
			u->pos = u->end;
			return UNPACK_OK;
		}
		inflateReset(z);
		u->complete = false;
	}
	z->next_in = u->in + u->pos;
	z->avail_in = (unsigned)(u->end - u->pos);
	z->next_out = out;
	z->avail_out = (unsigned)size;
	int r = u->complete ? Z_BUF_ERROR : inflate(z, Z_NO_FLUSH);
	u->pos = u->end - z->avail_in;
	*len = size - z->avail_out;
	if (r == Z_STREAM_END)
		u->complete = true;
	return r == Z_OK || r == Z_STREAM_END || r == Z_BUF_ERROR ? UNPACK_OK : UNPACK_BAD;
}
#endif

#ifdef HAVE_ZSTD
static enum unpack_result
read_zstd(struct unpacker *u, uint8_t *out, size_t size, size_t *len)
{
	ZSTD_inBuffer i = {u->in, u->end, u->pos};
	ZSTD_outBuffer o = {out, size, 0};

	if (u->complete && u->pos == u->end)
		return UNPACK_OK;
	size_t r = ZSTD_decompressStream(u->zstd, &o, &i);
	u->pos = i.pos;
	*len = o.pos;
	u->complete = r == 0;
	return ZSTD_isError(r) ? UNPACK_BAD : UNPACK_OK;
}
#endif

static enum unpack_result
read_some(struct unpacker *u, uint8_t *out, size_t size, size_t *len)
{
	switch (u->kind) {
#ifdef HAVE_ZLIB
	case PACKING_GZIP:
		return read_gzip(u, out, size, len);
#endif
#ifdef HAVE_ZSTD
	case PACKING_ZSTD:
		return read_zstd(u, out, size, len);
#endif
	default: /* unpacker_new() does not accept other kinds */
		(void)out;
		(void)size;
		(void)len;
		return UNPACK_BAD;
	}
}

enum unpack_result
unpacker_read(struct unpacker *u, uint8_t *out, size_t size, size_t *len)
{
	enum unpack_result r = UNPACK_OK;

	*len = 0;
	/* The end of a member, or an empty one, yields no bytes although more may follow. */
	while (*len == 0 && r == UNPACK_OK && !u->drained) {
		size_t before = u->pos;
		bool was = u->complete;

		r = read_some(u, out, size, len);
		u->drained = *len == 0 && u->pos == before && u->complete == was;
	}
	return r;
}
