/* SPDX-License-Identifier: MIT */
/*
 * ip.c: IPv4 (RFC 791), IPv6 and its extension headers (RFC 8200, 4302, 2675, 8754).
 */
#include "net/reasm.h"

#define IPV4_MF	     0x2000
#define IPV4_OFFSET  0x1fff
#define IPV4_SSRR    137
#define IPV4_LSRR    131
#define JUMBO_OPTION 0xc2

static enum decode_result walk_ip_protocol(struct walk *w, uint8_t protocol);

static void
set_v4_mapped(uint8_t out[16], const uint8_t addr[4])
{
	static const uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

	memcpy(out, prefix, 12);
	memcpy(out + 12, addr, 4);
}

/* With a source route that is not used up the destination is only the next hop (RFC 791 3.1). */
static bool
has_source_route(const uint8_t *opt, uint32_t len)
{
	while (len >= 3 && opt[0] != 0) {
		uint32_t n = opt[0] == 1 ? 1 : opt[1];

		if ((opt[0] == IPV4_LSRR || opt[0] == IPV4_SSRR) && opt[2] <= n)
			return true;
		if (n == 0 || n > len || (n == 1 && opt[0] != 1))
			return false;
		opt += n;
		len -= n;
	}
	return false;
}

/* Decodes the datagram when this fragment completes it. */
static enum decode_result
walk_fragment(struct walk *w, const struct fragment *fr)
{
	enum decode_result r = DECODE_FRAGMENT;

	if (!w->reasm || w->quoted) {
		if (fr->offset == 0)
			return walk_ip_protocol(w, fr->protocol);
		return w->quoted ? DECODE_OTHER : DECODE_FRAGMENT;
	}
	return reasm_add(w->reasm, w, fr, &r) ? walk_ip_protocol(w, fr->protocol) : r;
}

static enum decode_result
ipv4_fragment(struct walk *w, const uint8_t *h, uint16_t frag)
{
	const struct fragment fr = {
		.id = be16(h + 4),
		.offset = (frag & IPV4_OFFSET) * 8u,
		.more = frag & IPV4_MF,
		.protocol = h[9],
	};

	return walk_fragment(w, &fr);
}

/* An IPv4 header with options, of a fragment, or with an on_header to be called. */
static ATTR_NOINLINE enum decode_result
ipv4_unusual(struct walk *w, const uint8_t *h, uint32_t hlen)
{
	const uint16_t frag = be16(h + 6);

	walk_header(w, HDR_IPV4, h, hlen);
	w->rerouted = has_source_route(h + 20, hlen - 20);
	if (frag & (IPV4_MF | IPV4_OFFSET))
		return ipv4_fragment(w, h, frag);
	return walk_ip_protocol(w, h[9]);
}

static inline void
ipv4_fields(struct packet *out, const uint8_t *h)
{
	set_v4_mapped(out->src, h + 12);
	set_v4_mapped(out->dst, h + 16);
	out->ip_version = 4;
	out->ip_id = be16(h + 4);
	out->tos = h[1];
	out->ttl = h[8];
	out->ip_df = h[6] >> 6 & 1;
}

/* A total length of 0 means too long for the field (TSO, BIG TCP): the frame gives the end. */
enum decode_result
decode_ipv4(struct walk *w)
{
	const uint8_t *h = w->c.p;
	uint32_t hlen, total;

	if (UNLIKELY(w->c.cap < 20))
		return cur_short(&w->c, 20);
	if (UNLIKELY(h[0] < 0x45 || h[0] > 0x4f)) /* version 4, at least five words */
		return DECODE_MALFORMED;
	hlen = (h[0] & 15) * 4u;
	total = be16(h + 2);
	if (UNLIKELY(total == 0))
		total = w->c.wire;
	if (UNLIKELY(total < hlen))
		return DECODE_MALFORMED;
	cur_limit(&w->c, total);
	if (UNLIKELY(w->c.cap < hlen))
		return cur_short(&w->c, hlen);
	cur_take(&w->c, hlen);
	ipv4_fields(w->out, h);
	if (h[9] != PROTO_TCP)
		walk_outer_checksum(w, header_checksum(h, hlen));
	if (UNLIKELY(hlen > 20 || be16(h + 6) & (IPV4_MF | IPV4_OFFSET) || w->on_header))
		return ipv4_unusual(w, h, hlen);
	w->rerouted = false;
	return walk_ip_protocol(w, h[9]);
}

/* The length in a jumbo payload option (RFC 2675); 0: there is none. */
static uint32_t
jumbo_length(const uint8_t *h, uint32_t len)
{
	uint32_t i = 2;

	while (i + 1 < len) {
		if (h[i] == 0) {
			i++;
			continue;
		}
		if (h[i] == JUMBO_OPTION && h[i + 1] == 4 && i + 6 <= len)
			return be32(h + i + 2);
		i += 2u + h[i + 1];
	}
	return 0;
}

/*
 * A payload length of 0 is that of a jumbogram or, captured on the sending host, of a segment that
 * is too long for the field: the datagram then ends with the frame.
 */
static void
ipv6_limit(struct walk *w, const uint8_t *h)
{
	const uint8_t *ext = cur_peek(&w->c, 8);
	uint32_t len = be16(h + 4);

	if (UNLIKELY(len == 0 && h[6] == PROTO_HOP_BY_HOP && ext)) {
		const uint32_t ext_len = (ext[1] + 1u) * 8;

		len = jumbo_length(ext, ext_len < w->c.cap ? ext_len : w->c.cap);
	}
	if (LIKELY(len > 0))
		cur_limit(&w->c, len);
}

enum decode_result
decode_ipv6(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 40);
	struct packet *out = w->out;

	if (UNLIKELY(!h))
		return cur_short(&w->c, 40);
	if (UNLIKELY(h[0] >> 4 != 6))
		return DECODE_MALFORMED;
	walk_take(w, HDR_IPV6, 40);
	ipv6_limit(w, h);
	memcpy(out->src, h + 8, 16);
	memcpy(out->dst, h + 24, 16);
	out->ip_version = 6;
	out->ip_id = 0;
	out->tos = (uint8_t)(h[0] << 4 | h[1] >> 4);
	out->ttl = h[7];
	out->ip_df = 0;
	w->rerouted = false;
	return walk_ip_protocol(w, h[6]);
}

/* The last address of a routing header is the destination (RFC 8200 4.4, RFC 8754). */
static void
ipv6_route(struct walk *w, const uint8_t *h, uint32_t len)
{
	const uint8_t type = h[2], left = h[3];

	if (left == 0)
		return;
	w->rerouted = true;
	if (len < 24)
		return;
	if (type == 0 || type == 2)
		memcpy(w->out->dst, h + 8 + (len - 24) / 16 * 16, 16);
	else if (type == 4)
		memcpy(w->out->dst, h + 8, 16);
	else
		return;
	w->rerouted = false;
}

static enum decode_result
ipv6_fragment(struct walk *w, const uint8_t *h)
{
	const uint16_t field = be16(h + 2);
	const struct fragment fr = {
		.id = be32(h + 4),
		.offset = field & 0xfff8u,
		.more = field & 1,
		.protocol = h[0],
	};

	/* A fragment that is a whole datagram is not reassembled (RFC 6946). */
	if (fr.offset == 0 && !fr.more)
		return walk_ip_protocol(w, h[0]);
	return walk_fragment(w, &fr);
}

/* The length of an extension header, from its first two bytes; 0: not an extension header. */
static uint32_t
ext_length(uint8_t protocol, const uint8_t *h)
{
	switch (protocol) {
	case PROTO_HOP_BY_HOP:
	case PROTO_DSTOPTS:
	case PROTO_ROUTING:
	case PROTO_MOBILITY:
	case PROTO_HIP:
	case PROTO_SHIM6:
		return (h[1] + 1u) * 8;
	case PROTO_AH:
		return (h[1] + 2u) * 4;
	case PROTO_FRAGMENT:
		return 8;
	default:
		return 0;
	}
}

static enum header
ext_header(uint8_t protocol)
{
	switch (protocol) {
	case PROTO_ROUTING:
		return HDR_IPV6_ROUTING;
	case PROTO_FRAGMENT:
		return HDR_IPV6_FRAGMENT;
	case PROTO_AH:
		return HDR_AH;
	default:
		return HDR_IPV6_EXT;
	}
}

/* An extension header of IPv6, or AH of either version. */
static enum decode_result
walk_extension(struct walk *w, uint8_t protocol)
{
	const uint8_t *h = cur_peek(&w->c, 8);
	uint32_t len;

	if (!h)
		return cur_short(&w->c, 8);
	len = ext_length(protocol, h);
	if (!walk_take(w, ext_header(protocol), len))
		return cur_short(&w->c, len);
	if (protocol == PROTO_ROUTING)
		ipv6_route(w, h, len);
	if (protocol == PROTO_FRAGMENT)
		return ipv6_fragment(w, h);
	return walk_ip_protocol(w, h[0]);
}

/* Two bytes, then Ethernet (RFC 3378). */
static enum decode_result
decode_etherip(struct walk *w)
{
	return skip_to_tunnel(w, HDR_TUNNEL, 2, PAYLOAD_ETHERNET);
}

static bool
is_extension(const struct walk *w, uint8_t protocol)
{
	switch (protocol) {
	case PROTO_AH:
		return true;
	case PROTO_HOP_BY_HOP:
	case PROTO_DSTOPTS:
	case PROTO_ROUTING:
	case PROTO_FRAGMENT:
	case PROTO_MOBILITY:
	case PROTO_HIP:
	case PROTO_SHIM6:
		return w->out->ip_version == 6;
	default:
		return false;
	}
}

static ATTR_NOINLINE enum decode_result
walk_other_protocol(struct walk *w, uint8_t protocol)
{
	if (++w->headers > HEADERS_MAX)
		return walk_unopened(w, ENCAP_TOO_DEEP);
	if (is_extension(w, protocol))
		return walk_extension(w, protocol);
	switch (protocol) {
	case PROTO_UDP:
		return decode_udp(w);
	case PROTO_ICMP:
		return decode_icmp(w);
	case PROTO_ICMPV6:
		return decode_icmpv6(w);
	case PROTO_IPV4:
		return walk_tunnel(w, PAYLOAD_IPV4);
	case PROTO_IPV6:
		return walk_tunnel(w, PAYLOAD_IPV6);
	case PROTO_GRE:
		return tunnel_gre(w);
	case PROTO_MPLS:
		return walk_tunnel(w, PAYLOAD_MPLS);
	case PROTO_ETHERIP:
		return decode_etherip(w);
	case PROTO_ETHERNET: /* RFC 8986 */
		return walk_tunnel(w, PAYLOAD_ETHERNET);
	case PROTO_L2TP:
		return tunnel_l2tp3(w);
	case PROTO_ESP:
		return walk_unopened(w, ENCAP_ESP);
	case PROTO_IPCOMP:
		return walk_unopened(w, ENCAP_IPCOMP);
	default:
		return DECODE_OTHER;
	}
}

static enum decode_result
walk_ip_protocol(struct walk *w, uint8_t protocol)
{
	return LIKELY(protocol == PROTO_TCP) ? decode_tcp(w) : walk_other_protocol(w, protocol);
}

/* ---- IP without an EtherType ---- */

enum decode_result
walk_ip(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 1);

	if (!h)
		return cur_short(&w->c, 1);
	switch (h[0] >> 4) {
	case 4:
		return decode_ipv4(w);
	case 6:
		return decode_ipv6(w);
	default:
		return DECODE_MALFORMED;
	}
}

enum decode_result
walk_family(struct walk *w, uint32_t af)
{
	switch (af) {
	case 2:
		return decode_ipv4(w);
	case 10: /* Linux */
	case 23: /* Windows */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* Darwin */
		return decode_ipv6(w);
	default:
		return DECODE_OTHER;
	}
}

enum decode_result
link_null(struct walk *w)
{
	const uint8_t *h = walk_take(w, HDR_NULL, 4);

	if (UNLIKELY(!h))
		return cur_short(&w->c, 4);
	return walk_family(w, any_order32(h));
}
