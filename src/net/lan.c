/* SPDX-License-Identifier: MIT */
/*
 * lan.c: local networks other than Ethernet: FDDI, Token Ring, Fibre Channel, ATM, ARCNET,
 * InfiniBand.
 */
#include "net/decode.h"

enum decode_result
link_fddi(struct walk *w)
{
	const uint8_t *h = walk_take(w, HDR_LINK, 13);

	if (!h)
		return cur_short(&w->c, 13);
	return (h[0] & 0x30) == 0x10 ? link_llc(w) : DECODE_OTHER;
}

/* The first bit of the source address says whether a route of up to 30 bytes follows. */
enum decode_result
link_token_ring(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 16);
	uint32_t len = 14;

	if (!h)
		return cur_short(&w->c, 16);
	if ((h[1] & 0xc0) != 0x40)
		return DECODE_OTHER;
	if (h[8] & 0x80)
		len += h[14] & 0x1f;
	return skip_to(w, HDR_LINK, len, link_llc);
}

enum decode_result
link_fibre_channel(struct walk *w)
{
	return skip_to(w, HDR_LINK, 16, link_llc);
}

enum decode_result
link_sunatm(struct walk *w)
{
	const uint8_t *h = walk_take(w, HDR_LINK, 4);

	if (!h)
		return cur_short(&w->c, 4);
	return (h[0] & 0x0f) == 2 ? link_llc(w) : DECODE_OTHER;
}

static enum decode_result
walk_arcnet(struct walk *w, uint8_t type, uint8_t split)
{
	switch (type) {
	case 0xf0: /* RFC 1051 IP */
		return decode_ipv4(w);
	case 0xd4: /* RFC 1201 IP; the split flag of a fragment is neither 0 nor ff */
		if (split != 0 && split != 0xff)
			return walk_unopened(w, ENCAP_LINK_FRAGMENT);
		return skip_to(w, HDR_LINK, split == 0xff ? 7 : 3, decode_ipv4);
	case 0xc4:
		return skip_to(w, HDR_LINK, split == 0xff ? 7 : 3, decode_ipv6);
	default:
		return DECODE_OTHER;
	}
}

enum decode_result
link_arcnet(struct walk *w)
{
	const uint8_t *h = walk_take(w, HDR_LINK, 3);
	const uint8_t *next = cur_peek(&w->c, 1);

	if (!h || !next)
		return cur_short(&w->c, 4);
	return walk_arcnet(w, h[2], next[0]);
}

enum decode_result
link_arcnet_linux(struct walk *w)
{
	const uint8_t *h = walk_take(w, HDR_LINK, 5);
	const uint8_t *next = cur_peek(&w->c, 1);

	if (!h || !next)
		return cur_short(&w->c, 6);
	return walk_arcnet(w, h[4], next[0]);
}

/* A routing header of 40 bytes, an EtherType and two reserved bytes (RFC 4391). */
enum decode_result
link_ipoib(struct walk *w)
{
	const uint8_t *h = walk_take(w, HDR_LINK, 44);

	if (!h)
		return cur_short(&w->c, 44);
	return walk_ethertype(w, be16(h + 40));
}
