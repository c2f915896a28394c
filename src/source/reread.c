/* SPDX-License-Identifier: MIT */
/*
 * reread: reads bytes of a file again and verifies them. Other programs may rewrite, shorten or
 * extend the file meanwhile, so a hash of each piece is kept when it is read first. The last piece
 * that was read again is cached, because packets are mostly read again in their order. One thread
 * adds, any may read.
 */
#include "config.h"

#include "source/reread.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define PIECE ((size_t)64 << 10)

struct reread {
	int fd;
	pthread_mutex_t lock; /* protects what follows */
	uint64_t *hashes;     /* of the complete pieces */
	size_t n, room;
	bool no_memory;     /* nothing is known of the pieces after them */
	size_t open_len;    /* bytes of the incomplete piece after them */
	XXH3_state_t *open; /* its hash so far */
	uint64_t cached;    /* number of the piece in bytes */
	size_t cached_len;  /* its length; 0: none is cached */
	uint8_t bytes[PIECE];
};

struct reread *
reread_new(int fd)
{
	struct reread *r = xcalloc(1, sizeof(*r));

	r->fd = fd;
	r->open = xmalloc(sizeof(*r->open));
	XXH3_64bits_reset(r->open);
	pthread_mutex_init(&r->lock, NULL);
	return r;
}

void
reread_free(struct reread *r)
{
	if (!r)
		return;
	pthread_mutex_destroy(&r->lock);
	free(r->hashes);
	free(r->open);
	free(r);
}

/* ---- reading first ---- */

static bool
make_room(struct reread *r)
{
	const size_t room = r->room ? r->room * 2 : 64;
	uint64_t *p = r->n < r->room ? r->hashes : reallocarray(r->hashes, room, sizeof(*p));

	if (!p)
		return false;
	if (r->n == r->room)
		r->room = room;
	r->hashes = p;
	return true;
}

static void
end_piece(struct reread *r)
{
	if (!make_room(r)) {
		r->no_memory = true;
		return;
	}
	r->hashes[r->n++] = XXH3_64bits_digest(r->open);
	XXH3_64bits_reset(r->open);
	r->open_len = 0;
}

void
reread_add(void *reread, const uint8_t *bytes, size_t len)
{
	struct reread *r = reread;

	pthread_mutex_lock(&r->lock);
	while (len > 0 && !r->no_memory) {
		const size_t left = PIECE - r->open_len, n = len < left ? len : left;

		XXH3_64bits_update(r->open, bytes, n);
		r->open_len += n;
		bytes += n;
		len -= n;
		if (r->open_len == PIECE)
			end_piece(r);
	}
	pthread_mutex_unlock(&r->lock);
}

/* ---- reading again ---- */

/* The number of bytes of the piece that were read first, and their hash. */
static size_t
first_read(const struct reread *r, uint64_t piece, uint64_t *hash)
{
	if (piece > r->n || (piece == r->n && r->no_memory))
		return 0;
	*hash = piece < r->n ? r->hashes[piece] : XXH3_64bits_digest(r->open);
	return piece < r->n ? PIECE : r->open_len;
}

/* Returns the number of bytes read: fewer than len at the end of the file or on an error. */
static size_t
read_file(int fd, uint8_t *buf, size_t len, uint64_t offset)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = pread(fd, buf + done, len - done, (off_t)(offset + done));

		if (n > 0)
			done += (size_t)n;
		else if (n == 0 || errno != EINTR)
			break;
	}
	return done;
}

/* Caches the piece, of which the first `end` bytes are needed. */
static enum store_result
fetch(struct reread *r, uint64_t piece, size_t end)
{
	uint64_t hash = 0;

	if (r->cached_len >= end && r->cached == piece)
		return STORE_OK;
	const size_t len = first_read(r, piece, &hash);
	if (len < end)
		return STORE_NOT_KEPT;
	r->cached_len = 0;
	if (read_file(r->fd, r->bytes, len, piece * PIECE) < len)
		return STORE_FILE_CUT;
	if (XXH3_64bits(r->bytes, len) != hash)
		return STORE_FILE_CHANGED;
	r->cached = piece;
	r->cached_len = len;
	return STORE_OK;
}

enum store_result
reread_bytes(struct reread *r, uint64_t offset, uint8_t *buf, size_t len)
{
	enum store_result result = STORE_OK;

	pthread_mutex_lock(&r->lock);
	while (len > 0 && result == STORE_OK) {
		const size_t at = offset % PIECE, left = PIECE - at, n = len < left ? len : left;

		result = fetch(r, offset / PIECE, at + n);
		if (result == STORE_OK)
			memcpy(buf, r->bytes + at, n);
		buf += n;
		offset += n;
		len -= n;
	}
	pthread_mutex_unlock(&r->lock);
	return result;
}
