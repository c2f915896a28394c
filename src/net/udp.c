/* SPDX-License-Identifier: MIT */
/*
 * udp.c: UDP and the tunnels in it: VXLAN (RFC 7348), Geneve (RFC 8926), GTP-U (3GPP TS 29.281),
 * Teredo (RFC 4380), L2TP (RFC 2661, 3931), GRE (RFC 8086), MPLS (RFC 7510).
 *
 * A UDP port is only a hint: a payload that does not decode as its tunnel is just UDP, see
 * walk_end() in decode.c.
 */
#include "net/decode.h"

/* gpe: the generic protocol extension, whose next protocol may be another than Ethernet. */
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

/* Bytes of the GTP-U header with its optional part and extension headers; 0: not there. */
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

/* RFC 4380 5.1.1: perhaps an authentication and an origin indication, then IPv6. */
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

static decode_fn *
udp_tunnel(uint16_t sport, uint16_t dport)
{
	switch (dport) {
	case 4789:
	case 8472: /* Linux before the number was given */
		return udp_vxlan;
	case 4790:
		return udp_vxlan_gpe;
	case 6081:
		return udp_geneve;
	case 4754:
		return tunnel_gre;
	case 6635:
		return udp_mpls;
	case 2152:
		return udp_gtp;
	case 3544:
		return udp_teredo;
	case 1701:
		return udp_l2tp;
	}
	switch (sport) {
	case 2152:
		return udp_gtp;
	case 3544:
		return udp_teredo;
	case 1701:
		return udp_l2tp;
	default:
		return NULL;
	}
}

/* UDP length 0 stands for a datagram too long for the field (RFC 2675, GSO). */
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
	w->guessed = true;
	return inner(w);
}
