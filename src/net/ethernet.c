/* SPDX-License-Identifier: MIT */
/*
 * ethernet.c: Ethernet, EtherTypes, and what is built on them: VLAN tags, PPPoE (RFC 2516),
 * provider backbones, LLC and SNAP (RFC 1042), Linux cooked headers.
 */
#include "net/decode.h"

#define VID_MASK 0x0fff

/* ---- EtherTypes ---- */

static bool
is_vlan(uint16_t type)
{
	return type == 0x8100 || type == 0x88a8 || type == 0x9100 || type == 0x9200;
}

/* A tag with VLAN id 0 has only a priority. */
static enum decode_result
walk_vlan(struct walk *w, uint16_t type)
{
	do {
		const uint8_t *h = walk_take(w, HDR_VLAN, 4);
		uint16_t vid;

		if (!h)
			return cur_short(&w->c, 4);
		vid = be16(h) & VID_MASK;
		if (vid != 0) {
			w->out->vlan = vid;
			walk_scope(w, SCOPE_VLAN, vid);
		}
		type = be16(h + 2);
	} while (is_vlan(type));
	return walk_ethertype(w, type);
}

/* Session data (RFC 2516 4): version 1, type 1, code 0. */
enum decode_result
link_pppoe(struct walk *w)
{
	const uint8_t *h = walk_take(w, HDR_PPPOE, 6);

	if (!h)
		return cur_short(&w->c, 6);
	if (h[0] != 0x11 || h[1] != 0)
		return DECODE_OTHER;
	walk_scope(w, SCOPE_PPPOE, be16(h + 2));
	cur_limit(&w->c, be16(h + 4));
	w->c.framed = true;
	return walk_ppp_protocol(w);
}

/* IEEE 802.1ah. The service instance identifies the network of the inner frame. */
static enum decode_result
walk_backbone(struct walk *w)
{
	const uint8_t *h = walk_take(w, HDR_TUNNEL, 4);

	if (!h)
		return cur_short(&w->c, 4);
	walk_scope(w, SCOPE_ISID, be24(h + 1));
	return walk_tunnel(w, PAYLOAD_ETHERNET);
}

/* A tag of n bytes before the EtherType. */
enum decode_result
walk_type_after(struct walk *w, uint32_t n)
{
	const uint8_t *h = walk_take(w, HDR_LINK, n + 2);

	if (!h)
		return cur_short(&w->c, n + 2);
	return walk_ethertype(w, be16(h + n));
}

static enum decode_result
walk_trill(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 6);

	if (!h)
		return cur_short(&w->c, 6);
	return skip_to_tunnel(w, HDR_TUNNEL, 6 + ((h[0] & 7u) << 2 | h[1] >> 6) * 4u,
			      PAYLOAD_ETHERNET);
}

/* EtherTypes of common protocols that do not carry IP. */
static bool
carries_no_ip(uint16_t type)
{
	static const uint16_t types[] = {
		0x0806, /* ARP */
		0x0842, /* Wake on LAN */
		0x22f0, /* IEEE 1722 */
		0x22f4, /* TRILL IS-IS */
		0x6002, 0x6003, 0x6004, /* DEC */
		0x8035, /* RARP */
		0x809b, 0x80f3, /* AppleTalk */
		0x8137, 0x8138, /* IPX */
		0x8808, 0x8809, /* pause, LACP */
		0x8863, /* PPPoE discovery */
		0x887b, 0x88e1, 0x8912, /* powerline */
		0x888e, 0x88c7, /* 802.1X */
		0x8892, 0x88a4, 0x88ab, 0x88b8, 0x88b9, 0x88ba, /* industrial */
		0x8899, /* Realtek */
		0x88a2, 0x8906, 0x8914, 0x8915, /* storage */
		0x88ca, /* TIPC */
		0x88cc, /* LLDP */
		0x88d9, /* LLTD */
		0x88dc, /* WSMP */
		0x88ea, 0x88f5, 0x88f6, /* registration */
		0x88f7, /* PTP */
		0x8902, /* fault management */
		0x890d, 0x893a, /* fast roaming, IEEE 1905 */
		0x9000, 0x9003, /* loopback tests */
	};

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (types[i] == type)
			return true;
	}
	return false;
}

#define BATMAN_VERSION 15

/* B.A.T.M.A.N. advanced (batadv_packet.h of Linux): unicast and broadcast carry Ethernet. */
static enum decode_result
walk_batman(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 2);

	if (!h)
		return cur_short(&w->c, 2);
	if (h[1] != BATMAN_VERSION)
		return DECODE_OTHER;
	switch (h[0]) {
	case 0x01: /* broadcast */
		return skip_to_tunnel(w, HDR_TUNNEL, 14, PAYLOAD_ETHERNET);
	case 0x40: /* unicast */
		return skip_to_tunnel(w, HDR_TUNNEL, 10, PAYLOAD_ETHERNET);
	case 0x42: /* unicast with the originator's address */
		return skip_to_tunnel(w, HDR_TUNNEL, 18, PAYLOAD_ETHERNET);
	default:
		return DECODE_OTHER;
	}
}

enum decode_result
walk_ethertype(struct walk *w, uint16_t type)
{
	if (LIKELY(type == 0x0800))
		return decode_ipv4(w);
	if (LIKELY(type == 0x86dd))
		return decode_ipv6(w);
	if (++w->headers > HEADERS_MAX)
		return walk_unopened(w, ENCAP_TOO_DEEP);
	if (is_vlan(type))
		return walk_vlan(w, type);
	if (type <= LENGTH_MAX) {
		if (type < w->c.wire)
			cur_limit(&w->c, type);
		return link_llc(w);
	}
	switch (type) {
	case 0x8926: /* VN-Tag */
	case 0x892f: /* IEC 62439-3, redundancy ring */
	case 0xf1c1: /* IEEE 802.1CB 7.8, R-Tag */
		return walk_type_after(w, 4);
	case 0x893f: /* IEEE 802.1BR, E-Tag */
	case 0x8909: /* Cisco MetaData: version, length, option, security group */
	case 0xdada: /* Marvell EDSA */
		return walk_type_after(w, 6);
	case 0x4305:
		return walk_batman(w);
	case 0x8847:
	case 0x8848:
		return walk_tunnel(w, PAYLOAD_MPLS);
	case 0x8864:
		return link_pppoe(w);
	case 0x6558:
		return walk_tunnel(w, PAYLOAD_ETHERNET);
	case 0x88e7:
		return walk_backbone(w);
	case 0x8903: /* FabricPath */
		return skip_to_tunnel(w, HDR_TUNNEL, 2, PAYLOAD_ETHERNET);
	case 0x894f:
		return walk_tunnel(w, PAYLOAD_NSH);
	case 0x22f3:
		return walk_trill(w);
	case 0x88e5:
		return walk_unopened(w, ENCAP_MACSEC);
	default:
		return carries_no_ip(type) ? DECODE_OTHER : walk_unopened(w, ENCAP_ETHERTYPE);
	}
}

/* ---- Ethernet, LLC and the link layers that carry LLC ---- */

/* link_ethernet() with an on_header to be called. */
static ATTR_NOINLINE enum decode_result
ethernet_with_header(struct walk *w, const uint8_t *h)
{
	walk_header(w, HDR_ETHERNET, h, 14);
	return walk_ethertype(w, be16(h + 12));
}

enum decode_result
link_ethernet(struct walk *w)
{
	const uint8_t *h = cur_take(&w->c, 14);

	if (UNLIKELY(!h))
		return cur_short(&w->c, 14);
	if (UNLIKELY(w->on_header))
		return ethernet_with_header(w, h);
	return walk_ethertype(w, be16(h + 12));
}

/* SNAP with an EtherType (RFC 1042) or a bridged frame (RFC 2427, 2684). */
enum decode_result
walk_snap(struct walk *w, uint32_t bridge_pad)
{
	const uint8_t *h = walk_take(w, HDR_SNAP, 5);

	if (!h)
		return cur_short(&w->c, 5);
	if (be24(h) == 0x0080c2 && be16(h + 3) == 0x0007) /* 802.3 without FCS */
		return skip_to_tunnel(w, HDR_TUNNEL, bridge_pad, PAYLOAD_ETHERNET);
	if (be16(h + 3) <= LENGTH_MAX)
		return DECODE_OTHER;
	if (be24(h) == 0 || be24(h) == 0x0000f8) /* Ethernet; bridge tunnel (802.1H) */
		return walk_ethertype(w, be16(h + 3));
	return DECODE_OTHER;
}

enum decode_result
link_llc(struct walk *w)
{
	const uint8_t *h = walk_take(w, HDR_LLC, 3);

	if (!h)
		return cur_short(&w->c, 3);
	if (h[0] == 0xaa && h[1] == 0xaa && h[2] == 0x03)
		return walk_snap(w, 2);
	if (h[0] == 0x06 && h[1] == 0x06 && h[2] == 0x03) /* RFC 948 */
		return walk_ip(w);
	return DECODE_OTHER;
}

/* ---- Linux cooked ---- */

#define ARPHRD_NETLINK 824

/* packet_type: 0 to us, 1 broadcast, 2 multicast, 3 to another host, 4 sent by us. */
static void
set_direction(struct packet *out, uint16_t packet_type)
{
	if (out->direction != DIR_UNKNOWN)
		return;
	if (packet_type == 0)
		out->direction = DIR_IN;
	else if (packet_type == 4)
		out->direction = DIR_OUT;
}

static enum decode_result
walk_cooked(struct walk *w, uint16_t arphrd, uint16_t type)
{
	if (arphrd == ARPHRD_NETLINK)
		return DECODE_OTHER;
	if (type == 4)
		return link_llc(w);
	return type <= LENGTH_MAX ? DECODE_OTHER : walk_ethertype(w, type);
}

enum decode_result
link_sll(struct walk *w)
{
	const uint8_t *h = walk_take(w, HDR_SLL, 16);

	if (UNLIKELY(!h))
		return cur_short(&w->c, 16);
	set_direction(w->out, be16(h));
	return walk_cooked(w, be16(h + 2), be16(h + 14));
}

enum decode_result
link_sll2(struct walk *w)
{
	const uint8_t *h = walk_take(w, HDR_SLL2, 20);

	if (UNLIKELY(!h))
		return cur_short(&w->c, 20);
	w->out->interface = be32(h + 4);
	set_direction(w->out, h[10]);
	return walk_cooked(w, be16(h + 8), be16(h));
}
