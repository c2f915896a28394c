/* SPDX-License-Identifier: MIT */
/*
 * tunnel.c: packets in packets: MPLS (RFC 3032, 4385), GRE (RFC 2784, 2890, 2637) and ERSPAN,
 * NSH (RFC 8300), L2TP (RFC 2661, 3931) and what travels in UDP: VXLAN (RFC 7348), Geneve
 * (RFC 8926), GTP-U (3GPP TS 29.281), Teredo (RFC 4380), GRE (RFC 8086), MPLS (RFC 7510).
 *
 * A UDP port is only a hint: a payload that does not decode as its tunnel is just UDP.
 */
#include "net/decode.h"

#define GRE_CHECKSUM 0x8000
#define GRE_ROUTING  0x4000
#define GRE_KEY	     0x2000
#define GRE_SEQUENCE 0x1000
#define GRE_ACK	     0x0080 /* version 1 */
#define GRE_VERSION  0x0007

#define TYPE_PPP	 0x880b
#define TYPE_WCCP	 0x883e
#define TYPE_ERSPAN	 0x88be
#define TYPE_ERSPAN3	 0x22eb
#define TYPE_TRANSPARENT 0x6558

enum decode_result
walk_tunnel(struct walk *w, decode_fn *inner)
{
	if (++w->tunnels > TUNNELS_MAX)
		return DECODE_UNSUPPORTED;
	w->out->vlan = -1;
	return inner(w);
}

static enum decode_result
skip_then(struct walk *w, enum header kind, uint32_t n, decode_fn *inner)
{
	if (!walk_take(w, kind, n))
		return cur_short(&w->c, n);
	return walk_tunnel(w, inner);
}

/* ---- MPLS: labels are given per direction, so they tell no connections apart ---- */

static bool
is_usual_ethertype(const uint8_t *h)
{
	switch (be16(h)) {
	case 0x0800:
	case 0x0806:
	case 0x86dd:
	case 0x8100:
	case 0x88a8:
	case 0x8847:
	case 0x8863:
	case 0x8864:
		return true;
	default:
		return false;
	}
}

/* What is under the labels nobody says: IP by its version, else Ethernet, perhaps after a control
 * word whose first four bits are 0 (RFC 4385). */
static enum decode_result
mpls_payload(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 1);

	if (!h)
		return cur_short(&w->c, 1);
	if (h[0] >> 4 == 4 || h[0] >> 4 == 6)
		return walk_ip(w);
	h = cur_peek(&w->c, 18);
	if (!h)
		return w->c.wire < 18 ? DECODE_OTHER : DECODE_TRUNCATED;
	if (h[0] >> 4 == 0 && is_usual_ethertype(h + 16))
		return skip_then(w, HDR_TUNNEL, 4, link_ethernet);
	if (is_usual_ethertype(h + 12))
		return walk_tunnel(w, link_ethernet);
	return DECODE_OTHER;
}

enum decode_result
tunnel_mpls(struct walk *w)
{
	const uint8_t *h;

	do {
		h = walk_take(w, HDR_MPLS, 4);
		if (!h)
			return cur_short(&w->c, 4);
	} while (!(h[2] & 1));
	return mpls_payload(w);
}

/* ---- NSH ---- */

/* The next protocol of NSH and of VXLAN-GPE. */
static enum decode_result
walk_next_protocol(struct walk *w, uint8_t next)
{
	switch (next) {
	case 1:
		return walk_tunnel(w, decode_ipv4);
	case 2:
		return walk_tunnel(w, decode_ipv6);
	case 3:
		return walk_tunnel(w, link_ethernet);
	case 4:
		return walk_tunnel(w, tunnel_nsh);
	case 5:
		return walk_tunnel(w, tunnel_mpls);
	default:
		return DECODE_OTHER;
	}
}

enum decode_result
tunnel_nsh(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 8);
	uint32_t len;

	if (!h)
		return cur_short(&w->c, 8);
	len = (h[1] & 0x3f) * 4u;
	if (len < 8)
		return DECODE_MALFORMED;
	if (!walk_take(w, HDR_NSH, len))
		return cur_short(&w->c, len);
	return walk_next_protocol(w, h[3]);
}

/* ---- GRE ---- */

/* RFC 1701's source route: entries of family, offset, length until a family and length of 0. */
static bool
gre_skip_routing(struct walk *w)
{
	const uint8_t *h;

	while ((h = cur_take(&w->c, 4)) != NULL) {
		if (be16(h) == 0 && h[3] == 0)
			return true;
		if (!cur_take(&w->c, h[3]))
			return false;
	}
	return false;
}

static enum decode_result
gre_wccp(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 1);

	if (h && h[0] >> 4 != 4 && !walk_take(w, HDR_TUNNEL, 4))
		return cur_short(&w->c, 4);
	return walk_tunnel(w, decode_ipv4);
}

/* Type III has a subheader when its O bit is set. */
static enum decode_result
gre_erspan3(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 12);

	if (!h)
		return cur_short(&w->c, 12);
	return skip_then(w, HDR_TUNNEL, h[11] & 1 ? 20 : 12, link_ethernet);
}

static enum decode_result
gre_payload(struct walk *w, uint16_t flags, uint16_t type)
{
	switch (type) {
	case TYPE_TRANSPARENT:
		return walk_tunnel(w, link_ethernet);
	case TYPE_ERSPAN: /* type I has no sequence number and no header of its own */
		return flags & GRE_SEQUENCE ? skip_then(w, HDR_TUNNEL, 8, link_ethernet)
					    : walk_tunnel(w, link_ethernet);
	case TYPE_ERSPAN3:
		return gre_erspan3(w);
	case TYPE_WCCP:
		return gre_wccp(w);
	case TYPE_PPP:
		return walk_tunnel(w, link_ppp);
	default:
		if (++w->tunnels > TUNNELS_MAX)
			return DECODE_UNSUPPORTED;
		w->out->vlan = -1;
		return walk_ethertype(w, type);
	}
}

/* RFC 2637: the key is a payload length and a call id of one direction. */
static enum decode_result
gre_pptp(struct walk *w, uint16_t flags)
{
	const uint32_t len = 8u + (flags & GRE_SEQUENCE ? 4 : 0) + (flags & GRE_ACK ? 4 : 0);
	const uint8_t *h = walk_take(w, HDR_GRE, len);

	if (!h)
		return cur_short(&w->c, len);
	if (!(flags & GRE_SEQUENCE))
		return DECODE_OTHER;
	cur_limit(&w->c, be16(h + 4));
	return walk_tunnel(w, link_ppp);
}

enum decode_result
tunnel_gre(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 4);
	uint32_t key_at, len;
	uint16_t flags;

	if (!h)
		return cur_short(&w->c, 4);
	flags = be16(h);
	if ((flags & GRE_VERSION) == 1)
		return gre_pptp(w, flags);
	if ((flags & GRE_VERSION) != 0)
		return DECODE_UNSUPPORTED;
	key_at = flags & (GRE_CHECKSUM | GRE_ROUTING) ? 8 : 4;
	len = key_at + (flags & GRE_KEY ? 4 : 0) + (flags & GRE_SEQUENCE ? 4 : 0);
	if (!walk_take(w, HDR_GRE, len))
		return cur_short(&w->c, len);
	if (flags & GRE_KEY)
		walk_scope(w, SCOPE_GRE_KEY, be32(h + key_at));
	if (flags & GRE_ROUTING && !gre_skip_routing(w))
		return cur_short(&w->c, w->c.cap + 1);
	return gre_payload(w, flags, be16(h + 2));
}

/* ---- UDP payloads ---- */

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
	return gre_payload(w, 0, be16(h + 2));
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
	return walk_tunnel(w, walk_ip);
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
	return walk_tunnel(w, decode_ipv6);
}

static enum decode_result
udp_mpls(struct walk *w)
{
	return walk_tunnel(w, tunnel_mpls);
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
		return skip_then(w, HDR_L2TP, 4, tunnel_l2tp3);
	if ((h[1] & 15) != 2)
		return DECODE_OTHER;
	len = l2tp2_length(&w->c, h);
	if (len == 0 || !walk_take(w, HDR_L2TP, len))
		return cur_short(&w->c, w->c.cap + 1);
	return walk_tunnel(w, link_ppp);
}

/*
 * RFC 3931: after the session id a cookie of 0, 4 or 8 bytes and perhaps a sublayer of 4, as the
 * two ends agreed and nobody else knows: the first place where Ethernet with IP makes sense.
 */
enum decode_result
tunnel_l2tp3(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 4);

	if (!h)
		return cur_short(&w->c, 4);
	if (be32(h) == 0)
		return DECODE_OTHER;
	for (uint32_t n = 4; n <= 16; n += 4) {
		h = cur_peek(&w->c, n + 15);
		if (h && is_usual_ethertype(h + n + 12))
			return skip_then(w, HDR_L2TP, n, link_ethernet);
	}
	return DECODE_OTHER;
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
tunnel_udp(struct walk *w)
{
	const uint8_t *h = walk_take(w, HDR_UDP, 8);
	enum decode_result r;
	decode_fn *inner;

	if (!h)
		return cur_short(&w->c, 8);
	inner = w->quoted ? NULL : udp_tunnel(be16(h), be16(h + 2));
	if (!inner)
		return DECODE_OTHER;
	if (be16(h + 4) >= 8 && be16(h + 4) - 8u < w->c.wire)
		cur_limit(&w->c, be16(h + 4) - 8u);
	r = inner(w);
	if (r == DECODE_MALFORMED || (r == DECODE_UNSUPPORTED && w->tunnels <= TUNNELS_MAX))
		return DECODE_OTHER;
	return r;
}
