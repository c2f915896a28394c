/* SPDX-License-Identifier: MIT */
/*
 * frames.h: frames for tests, built from the inside out: the payload first, then each header is
 * pushed before what is there. Lengths and checksums are right unless a test spoils them. Its own
 * arithmetic, nothing of src/net: a test must not agree with a mistake there.
 */
#ifndef TCPLENS_TEST_FRAMES_H
#define TCPLENS_TEST_FRAMES_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/net.h"

#define FRAME_ROOM 80000

struct buf {
	uint8_t mem[FRAME_ROOM];
	size_t at; /* the bytes are mem[at …] */
};

static inline void
buf_begin(struct buf *b)
{
	b->at = FRAME_ROOM;
}

static inline uint8_t *
buf_bytes(struct buf *b)
{
	return b->mem + b->at;
}

static inline uint32_t
buf_len(const struct buf *b)
{
	return (uint32_t)(FRAME_ROOM - b->at);
}

/* Room for n bytes before what is there, zeroed. */
static inline uint8_t *
push(struct buf *b, size_t n)
{
	if (b->at < n)
		abort();
	b->at -= n;
	memset(b->mem + b->at, 0, n);
	return b->mem + b->at;
}

static inline void
put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void
put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v & 0xffff);
}

static inline uint8_t *
push_bytes(struct buf *b, const void *bytes, size_t n)
{
	return memcpy(push(b, n), bytes, n);
}

/* Hexadecimal digits, blanks between them ignored. Returns how many bytes. */
static inline size_t
hex_bytes(uint8_t out[256], const char *hex)
{
	size_t n = 0;

	while (*hex != '\0') {
		char two[3] = {0};

		if (*hex == ' ') {
			hex++;
			continue;
		}
		memcpy(two, hex, 2);
		out[n++] = (uint8_t)strtoul(two, NULL, 16);
		hex += 2;
	}
	return n;
}

static inline uint8_t *
push_hex(struct buf *b, const char *hex)
{
	uint8_t bytes[256];

	return push_bytes(b, bytes, hex_bytes(bytes, hex));
}

/* ---- RFC 1071, the slow way ---- */
static inline uint32_t
sum16(const uint8_t *p, size_t n, uint32_t sum)
{
	for (size_t i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)(p[i] << 8 | p[i + 1]);
	if (n % 2 != 0)
		sum += (uint32_t)p[n - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* ---- TCP ---- */
struct tcp_spec {
	uint16_t sport, dport;
	uint32_t seq, ack;
	uint16_t flags; /* TH_* */
	uint16_t window, urgent;
	const char *options; /* hexadecimal; padded to a multiple of four with zeros */
	uint32_t payload;
};

static const struct tcp_spec plain_segment = {
	.sport = 40000,
	.dport = 80,
	.seq = 0x01020304,
	.ack = 0x05060708,
	.flags = TH_PSH | TH_ACK,
	.window = 502,
	.options = "0101 080a 0000000b 0000000a",
	.payload = 11,
};

static inline void
push_payload(struct buf *b, uint32_t n)
{
	uint8_t *p = push(b, n);

	for (uint32_t i = 0; i < n; i++)
		p[i] = (uint8_t)('a' + i % 26);
}

static inline void
push_tcp(struct buf *b, const struct tcp_spec *s)
{
	uint8_t options[256] = {0}, *h;
	size_t n = hex_bytes(options, s->options ? s->options : "");

	n = (n + 3) & ~(size_t)3;
	push_payload(b, s->payload);
	push_bytes(b, options, n);
	h = push(b, 20);
	put16(h, s->sport);
	put16(h + 2, s->dport);
	put32(h + 4, s->seq);
	put32(h + 8, s->ack);
	put16(h + 12, (uint32_t)(5 + n / 4) << 12 | s->flags);
	put16(h + 14, s->window);
	put16(h + 18, s->urgent);
}

/* The pseudo header's sum of a segment or datagram between two addresses of n bytes each. */
static inline uint32_t
pseudo_sum(const uint8_t *src, const uint8_t *dst, size_t n, uint8_t protocol, uint32_t len)
{
	uint8_t rest[8] = {0};

	put32(rest, len);
	rest[7] = protocol;
	return sum16(rest, 8, sum16(dst, n, sum16(src, n, 0)));
}

static inline void
finish_tcp(uint8_t *h, uint32_t len, const uint8_t *src, const uint8_t *dst, size_t n)
{
	put16(h + 16, 0);
	put16(h + 16, ~sum16(h, len, pseudo_sum(src, dst, n, 6, len)) & 0xffff);
}

/* ---- IP ---- */
static const uint8_t host_a4[4] = {192, 0, 2, 1};
static const uint8_t host_b4[4] = {198, 51, 100, 2};
static const uint8_t host_a6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1};
static const uint8_t host_b6[16] = {0x20, 0x01, 0x0d, 0xb8, [7] = 5, [15] = 2};

/* frag: the flags and offset field. */
static inline uint8_t *
push_ipv4_fragment(struct buf *b, uint8_t protocol, uint16_t id, uint16_t frag)
{
	const uint32_t len = buf_len(b);
	uint8_t *h = push(b, 20);

	h[0] = 0x45;
	put16(h + 2, len + 20);
	put16(h + 4, id);
	put16(h + 6, frag);
	h[8] = 64;
	h[9] = protocol;
	memcpy(h + 12, host_a4, 4);
	memcpy(h + 16, host_b4, 4);
	put16(h + 10, ~sum16(h, 20, 0) & 0xffff);
	return h;
}

static inline uint8_t *
push_ipv4(struct buf *b, uint8_t protocol)
{
	uint8_t *h;

	if (protocol == 6)
		finish_tcp(buf_bytes(b), buf_len(b), host_a4, host_b4, 4);
	h = push_ipv4_fragment(b, protocol, 0x1234, 0x4000);
	return h;
}

static inline uint8_t *
push_ipv6(struct buf *b, uint8_t next)
{
	const uint32_t len = buf_len(b);
	uint8_t *h;

	if (next == 6)
		finish_tcp(buf_bytes(b), len, host_a6, host_b6, 16);
	h = push(b, 40);
	h[0] = 0x60;
	put16(h + 4, len);
	h[6] = next;
	h[7] = 63;
	memcpy(h + 8, host_a6, 16);
	memcpy(h + 24, host_b6, 16);
	return h;
}

static inline uint8_t *
push_udp(struct buf *b, uint16_t sport, uint16_t dport)
{
	const uint32_t len = buf_len(b);
	uint8_t *h = push(b, 8);

	put16(h, sport);
	put16(h + 2, dport);
	put16(h + 4, len + 8);
	return h;
}

/* The checksum of the datagram at h between host_a4 and host_b4. */
static inline void
finish_udp4(uint8_t *h, uint32_t len)
{
	put16(h + 6, 0);
	put16(h + 6, ~sum16(h, len, pseudo_sum(host_a4, host_b4, 4, 17, len)) & 0xffff);
}

/* ---- links ---- */
static inline uint8_t *
push_ethernet(struct buf *b, uint16_t type)
{
	uint8_t *h = push_hex(b, "020000000002 020000000001 0000");

	put16(h + 12, type);
	return h;
}

static inline uint8_t *
push_vlan(struct buf *b, uint16_t tci, uint16_t type)
{
	uint8_t *h = push(b, 4);

	put16(h, tci);
	put16(h + 2, type);
	return h;
}

/* The segment of plain_segment in IPv4 in a buffer begun anew. */
static inline void
begin_ipv4_tcp(struct buf *b)
{
	buf_begin(b);
	push_tcp(b, &plain_segment);
	push_ipv4(b, 6);
}

static inline void
begin_ipv6_tcp(struct buf *b)
{
	buf_begin(b);
	push_tcp(b, &plain_segment);
	push_ipv6(b, 6);
}

static inline struct frame
buf_frame(struct buf *b, int linktype)
{
	return (struct frame){
		.ts = INT64_C(1700000000) * NSEC_PER_SEC,
		.number = 1,
		.data = buf_bytes(b),
		.cap_len = buf_len(b),
		.wire_len = buf_len(b),
		.linktype = linktype,
	};
}

#endif
