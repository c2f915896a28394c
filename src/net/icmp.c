/* SPDX-License-Identifier: MIT */
/*
 * icmp.c: ICMP errors (RFC 792, 1191, 4443). What they quote is decoded for its addresses,
 * ports and sequence number; it does not count as a segment.
 */
#include "net/decode.h"

enum {
	ICMP_UNREACHABLE = 3,
	ICMP_SOURCE_QUENCH = 4,
	ICMP_TIME_EXCEEDED = 11,
	ICMP_PARAMETER_PROBLEM = 12,
	ICMP_FRAGMENTATION_NEEDED = 4, /* code of unreachable */
	ICMPV6_UNREACHABLE = 1,
	ICMPV6_TOO_BIG = 2,
	ICMPV6_TIME_EXCEEDED = 3,
	ICMPV6_PARAMETER_PROBLEM = 4,
};

/* Continues with the quoted datagram, whose result is given to icmp_quote_result(). */
static enum decode_result
walk_quote(struct walk *w, enum payload payload)
{
	if (w->quoted)
		return DECODE_OTHER;
	memcpy(w->out->icmp_from, w->out->src, 16);
	w->quoted = true;
	w->c.framed = false;
	w->cut = w->c.cap < w->c.wire;
	return walk_payload(w, payload);
}

/* An error is DECODE_ICMP only if the quote contains the ports and sequence number of a segment. */
enum decode_result
icmp_quote_result(struct walk *w, enum decode_result quoted)
{
	if (quoted == DECODE_ICMP)
		return quoted;
	w->out->icmp_version = 0;
	return quoted == DECODE_TRUNCATED && w->cut ? quoted : DECODE_OTHER;
}

enum decode_result
decode_icmp(struct walk *w)
{
	const uint8_t *h = walk_take(w, HDR_ICMP, 8);
	struct packet *out = w->out;

	if (!h)
		return cur_short(&w->c, 8);
	switch (h[0]) {
	case ICMP_UNREACHABLE:
	case ICMP_SOURCE_QUENCH:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETER_PROBLEM:
		break;
	default:
		return DECODE_OTHER;
	}
	out->icmp_version = 4;
	out->icmp_type = h[0];
	out->icmp_code = h[1];
	if (h[0] == ICMP_UNREACHABLE && h[1] == ICMP_FRAGMENTATION_NEEDED)
		out->icmp_mtu = be16(h + 6);
	return walk_quote(w, PAYLOAD_IPV4);
}

enum decode_result
decode_icmpv6(struct walk *w)
{
	const uint8_t *h = walk_take(w, HDR_ICMPV6, 8);
	struct packet *out = w->out;
	uint32_t mtu;

	if (!h)
		return cur_short(&w->c, 8);
	if (h[0] < ICMPV6_UNREACHABLE || h[0] > ICMPV6_PARAMETER_PROBLEM)
		return DECODE_OTHER;
	out->icmp_version = 6;
	out->icmp_type = h[0];
	out->icmp_code = h[1];
	if (h[0] == ICMPV6_TOO_BIG) {
		mtu = be32(h + 4);
		out->icmp_mtu = (uint16_t)(mtu < UINT16_MAX ? mtu : UINT16_MAX);
	}
	return walk_quote(w, PAYLOAD_IPV6);
}
