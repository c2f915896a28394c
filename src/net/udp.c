/* SPDX-License-Identifier: MIT */
/*
 * udp.c: UDP and the tunnels in it: VXLAN (RFC 7348), Geneve (RFC 8926), GTP-U (3GPP TS 29.281),
 * Teredo (RFC 4380), L2TP (RFC 2661, 3931), GRE (RFC 8086), MPLS (RFC 7510), CAPWAP (RFC 5415),
 * LISP (RFC 9300), TZSP, AYIYA.
 *
 * A UDP port is only a hint: if the payload cannot be decoded as the tunnel of its port, the packet
 * counts as plain UDP, see walk_end() in decode.c.
 */
#include "net/decode.h"

#define CAPWAP_DTLS 0x01 /* type of the preamble */
#define CAPWAP_NATIVE   0x01 /* T: a frame of the wireless technology */
#define CAPWAP_WLAN     1    /* WBID of IEEE 802.11 */
#define CAPWAP_FRAGMENT 0x80 /* F */

#define TZSP_PADDING 0
#define TZSP_END     1

#define AYIYA_FORWARD 1

/* gpe: with the generic protocol extension, which names the payload. */
static enum decode_result
walk_vxlan(struct walk *w, bool gpe)
{
	const uint8_t *h = cur_peek(&w->c, 8);

	if (!h)
		return cur_short(&w->c, 8);
	if (!(h[0] & 0x08))
		return DECODE_OTHER;
	walk_take(w, HDR_VXLAN, 8);
	walk_scope(w, SCOPE_VXLAN, be24(h + 4));
	return walk_next_protocol(w, gpe && h[0] & 0x04 ? h[3] : 3);
}

static enum decode_result
udp_vxlan(struct walk *w)
{
	return walk_vxlan(w, false);
}

static enum decode_result
udp_vxlan_gpe(struct walk *w)
{
	return walk_vxlan(w, true);
}

static enum decode_result
udp_geneve(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 8);
	uint32_t len;

	if (!h)
		return cur_short(&w->c, 8);
	if (h[0] >> 6 != 0)
		return DECODE_OTHER;
	len = 8 + (h[0] & 0x3f) * 4u;
	if (!walk_take(w, HDR_GENEVE, len))
		return cur_short(&w->c, len);
	walk_scope(w, SCOPE_GENEVE, be24(h + 4));
	return walk_gre_type(w, be16(h + 2), false);
}

/* The length of the GTP-U header with its optional part and extension headers; 0: cut. */
static uint32_t
gtp_length(const struct cursor *c, const uint8_t *h)
{
	uint32_t len = 8;
	uint8_t next;

	if (!(h[0] & 7))
		return len;
	len = 12;
	if (c->cap < len)
		return 0;
	next = h[0] & 4 ? h[11] : 0;
	while (next != 0) {
		uint32_t n;

		if (c->cap <= len || h[len] == 0)
			return 0;
		n = h[len] * 4u;
		if (c->cap < len + n)
			return 0;
		next = h[len + n - 1];
		len += n;
	}
	return len;
}

static enum decode_result
udp_gtp(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 8);
	uint32_t len;

	if (!h)
		return cur_short(&w->c, 8);
	if ((h[0] & 0xf0) != 0x30 || h[1] != 0xff)
		return DECODE_OTHER;
	len = gtp_length(&w->c, h);
	if (len == 0 || !walk_take(w, HDR_GTP, len))
		return cur_short(&w->c, w->c.cap + 1);
	return walk_tunnel(w, PAYLOAD_IP);
}

/* Optional authentication and origin indication, then IPv6 (RFC 4380 5.1.1). */
static enum decode_result
udp_teredo(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 4);

	if (h && be16(h) == 1) {
		const uint32_t len = 13u + h[2] + h[3];

		if (!walk_take(w, HDR_TEREDO, len))
			return cur_short(&w->c, len);
		h = cur_peek(&w->c, 4);
	}
	if (h && be16(h) == 0 && !walk_take(w, HDR_TEREDO, 8))
		return cur_short(&w->c, 8);
	return walk_tunnel(w, PAYLOAD_IPV6);
}

static enum decode_result
udp_mpls(struct walk *w)
{
	return walk_tunnel(w, PAYLOAD_MPLS);
}

/* The length of a version 2 data header; 0: cut. */
static uint32_t
l2tp2_length(const struct cursor *c, const uint8_t *h)
{
	const uint32_t len = 6 + (h[0] & 0x40 ? 2 : 0) + (h[0] & 0x08 ? 4 : 0);

	if (!(h[0] & 0x02))
		return len;
	if (c->cap < len + 2)
		return 0;
	return len + 2 + be16(h + len);
}

static enum decode_result
udp_l2tp(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 8);
	uint32_t len;

	if (!h)
		return cur_short(&w->c, 8);
	if (h[0] & 0x80)
		return DECODE_OTHER;
	if ((h[1] & 15) == 3)
		return skip_to(w, HDR_L2TP, 4, tunnel_l2tp3);
	if ((h[1] & 15) != 2)
		return DECODE_OTHER;
	len = l2tp2_length(&w->c, h);
	if (len == 0 || !walk_take(w, HDR_L2TP, len))
		return cur_short(&w->c, w->c.cap + 1);
	return walk_tunnel(w, PAYLOAD_PPP);
}

/* Recognised by its content, not only by its port. */
static enum decode_result
recognised_unopened(struct walk *w, enum encapsulation e)
{
	w->guessed = false;
	return walk_unopened(w, e);
}

/* Some controllers exchange the two bytes of the frame control field. Which of them has the type of
 * a data frame shows the order. */
static bool
is_wlan_swapped(const uint8_t *frame)
{
	return (frame[0] & 0x0f) != 0x08 && (frame[1] & 0x0f) == 0x08;
}

/* The data channel (RFC 5415 4.3) carries IEEE 802.3 frames or, if the header says so, 802.11. */
static enum decode_result
udp_capwap(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 8);
	uint32_t len;

	if (!h)
		return cur_short(&w->c, 8);
	len = (h[1] >> 3) * 4u;
	if (h[0] == CAPWAP_DTLS)
		return recognised_unopened(w, ENCAP_CAPWAP_ENCRYPTED);
	if (h[0] != 0 || len < 8)
		return DECODE_OTHER;
	if (h[3] & CAPWAP_FRAGMENT)
		return recognised_unopened(w, ENCAP_CAPWAP_FRAGMENT);
	if (!(h[2] & CAPWAP_NATIVE))
		return skip_to_tunnel(w, HDR_TUNNEL, len, PAYLOAD_ETHERNET);
	if ((h[2] >> 1 & 0x1f) != CAPWAP_WLAN)
		return DECODE_OTHER;
	h = cur_peek(&w->c, len + 2);
	if (!h)
		return cur_short(&w->c, len + 2);
	return skip_to_tunnel(w, HDR_TUNNEL, len,
			      is_wlan_swapped(h + len) ? PAYLOAD_WLAN_SWAPPED : PAYLOAD_WLAN);
}

/* The length of a TZSP header with its end tag; 0: cut. */
static uint32_t
tzsp_length(const struct cursor *c, const uint8_t *h)
{
	uint32_t len = 4;

	while (len < c->cap && h[len] != TZSP_END) {
		if (h[len] == TZSP_PADDING)
			len++;
		else if (len + 1 < c->cap)
			len += 2u + h[len + 1];
		else
			return 0;
	}
	return len < c->cap ? len + 1 : 0;
}

/* Packets mirrored by MikroTik routers: version 1, type 0, a link type and tagged fields. */
static enum decode_result
udp_tzsp(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 5);
	uint32_t len;

	if (!h)
		return cur_short(&w->c, 5);
	if (h[0] != 1 || h[1] != 0)
		return DECODE_OTHER;
	len = tzsp_length(&w->c, h);
	if (len == 0)
		return cur_short(&w->c, w->c.cap + 1);
	switch (be16(h + 2)) {
	case 1:
		return skip_to_tunnel(w, HDR_TUNNEL, len, PAYLOAD_ETHERNET);
	case 18:
		return skip_to_tunnel(w, HDR_TUNNEL, len, PAYLOAD_WLAN);
	default:
		return DECODE_OTHER;
	}
}

/* draft-massar-v6ops-ayiya-02: eight bytes, an identity of 2^n bytes, a signature of m words. */
static enum decode_result
udp_ayiya(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 8);
	uint32_t len;

	if (!h)
		return cur_short(&w->c, 8);
	if ((h[2] & 0x0f) != AYIYA_FORWARD)
		return DECODE_OTHER;
	len = 8 + (1u << (h[0] >> 4)) + (h[1] >> 4) * 4u;
	switch (h[3]) {
	case 4:
		return skip_to_tunnel(w, HDR_TUNNEL, len, PAYLOAD_IPV4);
	case 41:
		return skip_to_tunnel(w, HDR_TUNNEL, len, PAYLOAD_IPV6);
	default:
		return DECODE_OTHER;
	}
}

/* RFC 9300 5.1 */
static enum decode_result
udp_lisp(struct walk *w)
{
	return skip_to_tunnel(w, HDR_TUNNEL, 8, PAYLOAD_IP);
}

/* RFC 3948: ESP, unless it is a keep-alive of one byte or begins with four zeros (key exchange). */
static enum decode_result
udp_esp(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 4);

	return h && be32(h) != 0 ? recognised_unopened(w, ENCAP_ESP) : DECODE_OTHER;
}

/* Transport data begins with type 4 and three reserved bytes. */
static enum decode_result
udp_wireguard(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 4);

	return h && be32(h) == 0x04000000 ? recognised_unopened(w, ENCAP_WIREGUARD) : DECODE_OTHER;
}

/* The tunnels by UDP port. */
static const struct {
	uint16_t port;
	bool both_ways; /* the port can be the source port */
	decode_fn *decode;
} udp_tunnels[] = {
	{1701, true, udp_l2tp},       {2152, true, udp_gtp},        {3544, true, udp_teredo},
	{4341, false, udp_lisp},      {4500, true, udp_esp},        {4754, false, tunnel_gre},
	{4789, false, udp_vxlan},     {4790, false, udp_vxlan_gpe}, {5072, true, udp_ayiya},
	{5247, true, udp_capwap},     {6081, false, udp_geneve},    {6635, false, udp_mpls},
	{8472, false, udp_vxlan}, /* Linux before 4789 was assigned */
	{37008, false, udp_tzsp},     {48879, false, udp_vxlan}, /* Cisco ACI */
	{51820, true, udp_wireguard},
};

static decode_fn *
udp_tunnel(uint16_t sport, uint16_t dport)
{
	for (size_t i = 0; i < ARRAY_LEN(udp_tunnels); i++) {
		if (udp_tunnels[i].port == dport)
			return udp_tunnels[i].decode;
	}
	for (size_t i = 0; i < ARRAY_LEN(udp_tunnels); i++) {
		if (udp_tunnels[i].port == sport && udp_tunnels[i].both_ways)
			return udp_tunnels[i].decode;
	}
	return NULL;
}

#define UDP_CHECKSUM 6

/* h: the UDP header, which precedes the cursor. A checksum of 0 stands for none (RFC 768). */
static enum checksum
udp_checksum(const struct walk *w, const uint8_t *h)
{
	enum checksum sum;

	if (be16(h + UDP_CHECKSUM) == 0 || w->c.cap < w->c.wire)
		return CSUM_UNKNOWN;
	sum = transport_checksum(w->out, PROTO_UDP, h, 8 + w->c.wire, UDP_CHECKSUM);
	return w->rerouted && sum == CSUM_BAD ? CSUM_UNKNOWN : sum;
}

/* A length of 0 stands for a datagram that is too long for the field (RFC 2675, GSO). */
enum decode_result
decode_udp(struct walk *w)
{
	const uint8_t *h = walk_take(w, HDR_UDP, 8);
	decode_fn *inner;

	if (!h)
		return cur_short(&w->c, 8);
	inner = w->quoted ? NULL : udp_tunnel(be16(h), be16(h + 2));
	if (!inner)
		return DECODE_OTHER;
	if (be16(h + 4) >= 8 && be16(h + 4) - 8u < w->c.wire)
		cur_limit(&w->c, be16(h + 4) - 8u);
	walk_outer_checksum(w, udp_checksum(w, h));
	w->guessed = true;
	return inner(w);
}
