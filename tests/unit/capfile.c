/* SPDX-License-Identifier: MIT */
/* capfile: see its header. */
#include "config.h"

#include "capfile.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

void
capfile_free(struct capfile *c)
{
	free(c->buf);
	*c = (struct capfile){0};
}

void
put_bytes(struct capfile *c, const void *p, size_t len)
{
	if (c->len + len > c->room) {
		c->room = 2 * (c->len + len) + 256;
		c->buf = realloc(c->buf, c->room);
		assert(c->buf);
	}
	if (len)
		memcpy(c->buf + c->len, p, len);
	c->len += len;
}

void
put8(struct capfile *c, uint8_t v)
{
	put_bytes(c, &v, 1);
}

void
put16(struct capfile *c, uint16_t v)
{
	v = c->swap ? __builtin_bswap16(v) : v;
	put_bytes(c, &v, sizeof(v));
}

void
put32(struct capfile *c, uint32_t v)
{
	v = c->swap ? __builtin_bswap32(v) : v;
	put_bytes(c, &v, sizeof(v));
}

void
put64(struct capfile *c, uint64_t v)
{
	v = c->swap ? __builtin_bswap64(v) : v;
	put_bytes(c, &v, sizeof(v));
}

void
put_payload(struct capfile *c, uint8_t id, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put8(c, (uint8_t)(id + i));
}

void
set32(struct capfile *c, size_t at, uint32_t v)
{
	assert(at + 4 <= c->len);
	v = c->swap ? __builtin_bswap32(v) : v;
	memcpy(c->buf + at, &v, sizeof(v));
}

void
pcap_header(struct capfile *c, uint32_t magic, uint16_t minor, uint32_t linktype)
{
	put32(c, magic);
	put16(c, 2);
	put16(c, minor);
	put32(c, 0);
	put32(c, 0);
	put32(c, 65535);
	put32(c, linktype);
}

void
pcap_packet(struct capfile *c, uint32_t sec, uint32_t frac, uint8_t id, uint32_t cap_len,
	    uint32_t wire_len)
{
	put32(c, sec);
	put32(c, frac);
	put32(c, cap_len);
	put32(c, wire_len);
	put_payload(c, id, cap_len);
}

/* ---- pcapng: a block is begun, filled and ended with its length at both ends ---- */

static size_t
begin(struct capfile *c, uint32_t type)
{
	size_t at = c->len;

	put32(c, type);
	put32(c, 0);
	return at;
}

static void
pad(struct capfile *c, size_t at)
{
	while ((c->len - at) % 4)
		put8(c, 0);
}

static void
end(struct capfile *c, size_t at)
{
	pad(c, at);
	uint32_t total = (uint32_t)(c->len - at) + 4;
	put32(c, total);
	set32(c, at + 4, total);
}

void
ng_section(struct capfile *c)
{
	size_t at = begin(c, 0x0a0d0d0a);

	put32(c, 0x1a2b3c4d);
	put16(c, 1);
	put16(c, 0);
	put64(c, UINT64_MAX);
	end(c, at);
}

void
ng_interface(struct capfile *c, uint16_t linktype, uint32_t snaplen, int tsresol, int64_t offset)
{
	size_t at = begin(c, 1);

	put16(c, linktype);
	put16(c, 0);
	put32(c, snaplen);
	put16(c, 2); /* if_name, of a length that needs padding */
	put16(c, 5);
	put_bytes(c, "eth10\0\0", 8);
	if (tsresol >= 0) {
		put16(c, 9);
		put16(c, 1);
		put8(c, (uint8_t)tsresol);
		pad(c, at);
	}
	if (offset) {
		put16(c, 14);
		put16(c, 8);
		put64(c, (uint64_t)offset);
	}
	put32(c, 0); /* opt_endofopt */
	end(c, at);
}

void
ng_packet(struct capfile *c, uint32_t interface, uint64_t units, uint8_t id, uint32_t cap_len,
	  uint32_t wire_len, int flags)
{
	size_t at = begin(c, 6);

	put32(c, interface);
	put32(c, (uint32_t)(units >> 32));
	put32(c, (uint32_t)units);
	put32(c, cap_len);
	put32(c, wire_len);
	put_payload(c, id, cap_len);
	pad(c, at);
	if (flags >= 0) {
		put16(c, 2);
		put16(c, 4);
		put32(c, (uint32_t)flags);
		put32(c, 0);
	}
	end(c, at);
}

void
ng_old_packet(struct capfile *c, uint16_t interface, uint64_t units, uint8_t id, uint32_t cap_len)
{
	size_t at = begin(c, 2);

	put16(c, interface);
	put16(c, 3); /* drops */
	put32(c, (uint32_t)(units >> 32));
	put32(c, (uint32_t)units);
	put32(c, cap_len);
	put32(c, cap_len);
	put_payload(c, id, cap_len);
	end(c, at);
}

void
ng_simple(struct capfile *c, uint8_t id, uint32_t wire_len, uint32_t cap_len)
{
	size_t at = begin(c, 3);

	put32(c, wire_len);
	put_payload(c, id, cap_len);
	end(c, at);
}

void
ng_statistics(struct capfile *c, uint32_t interface, uint64_t ifdrop, uint64_t osdrop)
{
	size_t at = begin(c, 5);

	put32(c, interface);
	put64(c, 0);
	put16(c, 5);
	put16(c, 8);
	put64(c, ifdrop);
	put16(c, 7);
	put16(c, 8);
	put64(c, osdrop);
	put32(c, 0);
	end(c, at);
}

void
ng_unknown(struct capfile *c, uint32_t type, size_t body)
{
	size_t at = begin(c, type);

	for (size_t i = 0; i < body; i++)
		put8(c, 0xee);
	end(c, at);
}

void
bytes_save(const void *p, size_t len, char *path)
{
	const char *dir = getenv("TMPDIR");

	snprintf(path, 64, "%.40s/tcplens-XXXXXX", dir && dir[0] ? dir : "/tmp");
	int fd = mkstemp(path);
	assert(fd >= 0);
	ssize_t n = write(fd, p, len);
	assert(n == (ssize_t)len);
	close(fd);
}

void
capfile_save(const struct capfile *c, char *path)
{
	bytes_save(c->buf, c->len, path);
}

#ifdef HAVE_ZLIB
size_t
pack_gzip(const uint8_t *p, size_t len, uint8_t *out, size_t size)
{
	z_stream z = {0};
	int r = deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);

	assert(r == Z_OK);
	uint8_t *copy = malloc(len ? len : 1);
	memcpy(copy, p, len);
	z.next_in = copy;
	z.avail_in = (unsigned)len;
	z.next_out = out;
	z.avail_out = (unsigned)size;
	r = deflate(&z, Z_FINISH);
	assert(r == Z_STREAM_END);
	deflateEnd(&z);
	free(copy);
	return size - z.avail_out;
}
#endif

#ifdef HAVE_ZSTD
size_t
pack_zstd(const uint8_t *p, size_t len, uint8_t *out, size_t size)
{
	size_t n = ZSTD_compress(out, size, p, len, 3);

	assert(!ZSTD_isError(n));
	return n;
}
#endif
