/* SPDX-License-Identifier: MIT */
/*
 * tunnel.c: MPLS (RFC 3032, 4385), GRE (RFC 2784, 2890, 2637), ERSPAN, NSH (RFC 8300) and L2TP
 * version 3 (RFC 3931). Tunnels over UDP are in udp.c.
 */
#include "net/decode.h"

#define GRE_CHECKSUM 0x8000
#define GRE_ROUTING  0x4000
#define GRE_KEY      0x2000
#define GRE_SEQUENCE 0x1000
#define GRE_ACK      0x0080 /* version 1 */
#define GRE_VERSION  0x0007

#define TYPE_PPP         0x880b
#define TYPE_WCCP        0x883e
#define TYPE_ERSPAN      0x88be
#define TYPE_ERSPAN3     0x22eb
#define TYPE_TRANSPARENT 0x6558
#define TYPE_EOIP        0x6400
#define TYPE_ARUBA_FIRST 0x8200
#define TYPE_ARUBA_LAST  0x8370

/* ---- MPLS: labels differ between directions, so they are not part of the scope ---- */

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

/* The labels do not name the payload: it is IP if it begins with an IP version, else Ethernet,
 * possibly after a control word, whose first four bits are 0 (RFC 4385). */
static enum decode_result
mpls_payload(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 1);

	if (!h)
		return cur_short(&w->c, 1);
	if (h[0] >> 4 == 4 || h[0] >> 4 == 6)
		return walk_payload(w, PAYLOAD_IP);
	h = cur_peek(&w->c, 18);
	if (!h)
		return w->c.wire < 18 ? DECODE_OTHER : DECODE_TRUNCATED;
	if (h[0] >> 4 == 0 && is_usual_ethertype(h + 16))
		return skip_to_tunnel(w, HDR_TUNNEL, 4, PAYLOAD_ETHERNET);
	if (is_usual_ethertype(h + 12))
		return walk_tunnel(w, PAYLOAD_ETHERNET);
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

enum decode_result
walk_next_protocol(struct walk *w, uint8_t next)
{
	switch (next) {
	case 1:
		return walk_tunnel(w, PAYLOAD_IPV4);
	case 2:
		return walk_tunnel(w, PAYLOAD_IPV6);
	case 3:
		return walk_tunnel(w, PAYLOAD_ETHERNET);
	case 4:
		return walk_tunnel(w, PAYLOAD_NSH);
	case 5:
		return walk_tunnel(w, PAYLOAD_MPLS);
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

/* A source route (RFC 1701): entries of family, offset and length, up to one with family and length
 * 0. */
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
	return walk_tunnel(w, PAYLOAD_IPV4);
}

/* The O bit says whether a subheader follows. */
static enum decode_result
gre_erspan3(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 12);

	if (!h)
		return cur_short(&w->c, 12);
	return skip_to_tunnel(w, HDR_TUNNEL, h[11] & 1 ? 20 : 12, PAYLOAD_ETHERNET);
}

/* Aruba access points: a number per radio, then an 802.11 frame without check sequence. */
static bool
is_aruba(uint16_t type)
{
	return type >= TYPE_ARUBA_FIRST && type <= TYPE_ARUBA_LAST && (type & 0x0f) == 0;
}

enum decode_result
walk_gre_type(struct walk *w, uint16_t type, bool sequenced)
{
	switch (type) {
	case TYPE_TRANSPARENT:
		return walk_tunnel(w, PAYLOAD_ETHERNET);
	case TYPE_ERSPAN: /* type I has no sequence number and no header of its own */
		return sequenced ? skip_to_tunnel(w, HDR_TUNNEL, 8, PAYLOAD_ETHERNET)
				 : walk_tunnel(w, PAYLOAD_ETHERNET);
	case TYPE_ERSPAN3:
		return gre_erspan3(w);
	case TYPE_WCCP:
		return gre_wccp(w);
	case TYPE_PPP:
		return walk_tunnel(w, PAYLOAD_PPP);
	default:
		if (is_aruba(type))
			return walk_tunnel(w, PAYLOAD_WLAN);
		w->ethertype = type;
		return walk_tunnel(w, PAYLOAD_ETHERTYPE);
	}
}

/* The key consists of a payload length and a call id (RFC 2637). */
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
	return walk_tunnel(w, PAYLOAD_PPP);
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
	if ((flags & GRE_VERSION) == 1 && be16(h + 2) == TYPE_EOIP) /* MikroTik */
		return skip_to_tunnel(w, HDR_GRE, 8, PAYLOAD_ETHERNET);
	if ((flags & GRE_VERSION) == 1)
		return gre_pptp(w, flags);
	if ((flags & GRE_VERSION) != 0)
		return walk_unopened(w, ENCAP_GRE);
	key_at = flags & (GRE_CHECKSUM | GRE_ROUTING) ? 8 : 4;
	len = key_at + (flags & GRE_KEY ? 4 : 0) + (flags & GRE_SEQUENCE ? 4 : 0);
	if (!walk_take(w, HDR_GRE, len))
		return cur_short(&w->c, len);
	if (flags & GRE_KEY)
		walk_scope(w, SCOPE_GRE_KEY, be32(h + key_at));
	if (flags & GRE_ROUTING && !gre_skip_routing(w))
		return cur_short(&w->c, w->c.cap + 1);
	return walk_gre_type(w, be16(h + 2), flags & GRE_SEQUENCE);
}

/* ---- L2TP version 3 ---- */

/*
 * After the session id follow a cookie of 0, 4 or 8 bytes and an optional sublayer of 4 bytes
 * (RFC 3931). Which, only the two ends know, so the first offset at which Ethernet is plausible is
 * taken.
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
			return skip_to_tunnel(w, HDR_L2TP, n, PAYLOAD_ETHERNET);
	}
	return DECODE_OTHER;
}
