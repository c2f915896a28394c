/* SPDX-License-Identifier: MIT */
/*
 * checksum.c: the Internet checksum (RFC 1071) of IPv4 headers and of what has a pseudo header.
 */
#include "net/decode.h"

typedef uint64_t lanes __attribute__((vector_size(16)));

static inline lanes
load_lanes(const uint8_t *p)
{
	lanes v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint16_t
load16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint32_t
load32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint64_t
load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* One's complement addition of 64 bits. */
static inline uint64_t
add_words(uint64_t sum, uint64_t words)
{
	sum += words;
	return sum + (sum < words);
}

/* The last n < 8 bytes, as if zeros followed. */
static inline uint64_t
sum_rest(const uint8_t *p, size_t n)
{
	uint64_t sum = 0;

	if (n & 4) {
		sum = load32(p);
		p += 4;
	}
	if (n & 2) {
		sum += load16(p);
		p += 2;
	}
	if (n & 1)
		sum += load16((const uint8_t[2]){p[0], 0});
	return sum;
}

/*
 * The sum of whole blocks of 32 bytes, as 32-bit words. High words are summed twice: alone, and
 * above the low ones, where they only count modulo 2^64 and are taken away again.
 */
static inline uint64_t
sum_blocks(const uint8_t *p, size_t blocks)
{
	lanes both = {0, 0}, high = {0, 0};

	for (; blocks > 0; p += 32, blocks--) {
		const lanes x = load_lanes(p), y = load_lanes(p + 16);

		both += x + y;
		high += (x >> 32) + (y >> 32);
	}
	both += high - (high << 32);
	return both[0] + both[1];
}

/*
 * The one's complement sum of n bytes, not yet folded, in host order: it does not depend on byte
 * order.
 */
static inline uint64_t
sum_bytes(const uint8_t *p, size_t n)
{
	uint64_t sum = 0;

	if (n >= 64) {
		sum = sum_blocks(p, n / 32);
		p += n / 32 * 32;
		n %= 32;
	}
	for (; n >= 8; p += 8, n -= 8)
		sum = add_words(sum, load64(p));
	return add_words(sum, sum_rest(p, n));
}

/* Down to 16 bits, 0xffff for a sum that is a multiple of it: the upper half of a number and its
 * halves' exchange is their sum with the carry. */
static inline uint16_t
fold(uint64_t sum)
{
	const uint64_t both = sum + (sum << 32 | sum >> 32);
	const uint32_t half = (uint32_t)(both >> 32);

	return (uint16_t)((half + (half << 16 | half >> 16)) >> 16);
}

/* In the pieces in which ip.c writes it: to read across them would wait for the memory. */
static inline uint64_t
sum_address(const uint8_t addr[16])
{
	return add_words(load64(addr), (uint64_t)load32(addr + 8) + load32(addr + 12));
}

/*
 * RFC 9293 3.1, RFC 8200 8.1: addresses, protocol and length. A v4-mapped address sums up as its
 * four bytes, for ffff counts as nothing.
 */
static inline uint64_t
sum_pseudo(const struct packet *out, uint8_t protocol, uint32_t len)
{
	const uint8_t rest[8] = {
		(uint8_t)(len >> 24),
		(uint8_t)(len >> 16),
		(uint8_t)(len >> 8),
		(uint8_t)len,
		0,
		0,
		0,
		protocol,
	};
	const uint64_t sum = add_words(sum_address(out->src), sum_address(out->dst));

	return add_words(sum, (uint64_t)load32(rest) + load32(rest + 4));
}

enum checksum
transport_checksum(const struct packet *out, uint8_t protocol, const uint8_t *bytes, uint32_t len,
		   uint32_t field_offset)
{
	const uint64_t pseudo = sum_pseudo(out, protocol, len);
	const uint16_t partial = fold(pseudo), field = load16(bytes + field_offset);

	if (field == partial || (field == 0 && partial == 0xffff))
		return CSUM_PARTIAL;
	return fold(add_words(pseudo, sum_bytes(bytes, len))) == 0xffff ? CSUM_GOOD : CSUM_BAD;
}

enum checksum
header_checksum(const uint8_t *header, uint32_t len)
{
	return fold(sum_bytes(header, len)) == 0xffff ? CSUM_GOOD : CSUM_BAD;
}
