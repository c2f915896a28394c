/* SPDX-License-Identifier: MIT */
/*
 * ppp.c: PPP (RFC 1661, 1662), as a link layer and inside PPPoE, L2TP, GRE and Frame Relay.
 */
#include "net/decode.h"

#define MULTILINK_WHOLE 0xc0 /* this is the first and the last fragment */

/* A header with a sequence number of 24 bits (RFC 1990 3). Fragments are not reassembled. */
static enum decode_result
ppp_multilink(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 4);

	if (!h)
		return cur_short(&w->c, 4);
	if ((h[0] & MULTILINK_WHOLE) != MULTILINK_WHOLE)
		return walk_unopened(w, ENCAP_PPP_FRAGMENT);
	return skip_to_tunnel(w, HDR_TUNNEL, 4, PAYLOAD_PPP);
}

/* The protocol field has two bytes or, compressed, one odd byte (RFC 1661 2). */
enum decode_result
walk_ppp_protocol(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 1);
	uint32_t len;

	if (!h)
		return cur_short(&w->c, 1);
	len = h[0] & 1 ? 1 : 2;
	if (!walk_take(w, HDR_PPP, len))
		return cur_short(&w->c, len);
	switch (len == 1 ? h[0] : be16(h)) {
	case 0x0021:
		return decode_ipv4(w);
	case 0x0057:
		return decode_ipv6(w);
	case 0x0281:
	case 0x0283:
		return walk_tunnel(w, PAYLOAD_MPLS);
	case 0x003d:
		return ppp_multilink(w);
	case 0x002d: /* compressed headers (RFC 1144) */
	case 0x0061: /* compressed headers (RFC 2507) */
	case 0x00fd: /* compressed data (RFC 1962), also encrypted (RFC 3078) */
		return walk_unopened(w, ENCAP_PPP_COMPRESSED);
	case 0x0053: /* encrypted data (RFC 1968) */
		return walk_unopened(w, ENCAP_PPP_ENCRYPTED);
	default:
		return DECODE_OTHER;
	}
}

/* Address and control (ff 03) can be left out by negotiation. */
enum decode_result
link_ppp(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 2);

	if (h && h[0] == 0xff && h[1] == 0x03)
		cur_take(&w->c, 2);
	return walk_ppp_protocol(w);
}
