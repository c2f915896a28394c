/* SPDX-License-Identifier: MIT */
/*
 * link.c: from the link layer to the network layer: the table of link types, Ethernet and what
 * looks like it, LLC/SNAP, PPP and its relatives, the pseudo headers of capture devices. 802.11
 * is in wlan.c. Values of LINKTYPE_ and DLT_ are those of the capture file formats.
 */
#include "net/decode.h"

#define VID_MASK   0x0fff

/* ---- EtherTypes ---- */

static bool
is_vlan(uint16_t type)
{
	return type == 0x8100 || type == 0x88a8 || type == 0x9100 || type == 0x9200;
}

/* VLAN id 0 is a priority without a VLAN. */
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

/* RFC 2516 4: session data; ver and type 1, code 0. */
static enum decode_result
walk_pppoe(struct walk *w)
{
	const uint8_t *h = walk_take(w, HDR_PPPOE, 6);

	if (!h)
		return cur_short(&w->c, 6);
	if (h[0] != 0x11 || h[1] != 0)
		return DECODE_OTHER;
	walk_scope(w, SCOPE_PPPOE, be16(h + 2));
	cur_limit(&w->c, be16(h + 4));
	return walk_ppp_protocol(w);
}

static enum decode_result
skip_tunnel(struct walk *w, uint32_t n)
{
	if (!walk_take(w, HDR_TUNNEL, n))
		return cur_short(&w->c, n);
	return walk_tunnel(w, link_ethernet);
}

/* IEEE 802.1ah: the service instance is the network that the inner frame belongs to. */
static enum decode_result
walk_backbone(struct walk *w)
{
	const uint8_t *h = walk_take(w, HDR_TUNNEL, 4);

	if (!h)
		return cur_short(&w->c, 4);
	walk_scope(w, SCOPE_ISID, be24(h + 1));
	return walk_tunnel(w, link_ethernet);
}

/* A switch's tag between the addresses and the real type (Marvell EDSA): 6 bytes, type. */
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
	return skip_tunnel(w, 6 + ((h[0] & 7u) << 2 | h[1] >> 6) * 4u);
}

enum decode_result
walk_ethertype(struct walk *w, uint16_t type)
{
	if (LIKELY(type == 0x0800))
		return decode_ipv4(w);
	if (LIKELY(type == 0x86dd))
		return decode_ipv6(w);
	if (++w->headers > HEADERS_MAX)
		return DECODE_UNSUPPORTED;
	if (is_vlan(type))
		return walk_vlan(w, type);
	if (type <= LENGTH_MAX) {
		if (type < w->c.wire)
			cur_limit(&w->c, type);
		return link_llc(w);
	}
	switch (type) {
	case 0x8847:
	case 0x8848:
		return walk_tunnel(w, tunnel_mpls);
	case 0x8864:
		return walk_pppoe(w);
	case 0x6558:
		return walk_tunnel(w, link_ethernet);
	case 0x88e7:
		return walk_backbone(w);
	case 0x8903: /* FabricPath */
		return skip_tunnel(w, 2);
	case 0x894f:
		return walk_tunnel(w, tunnel_nsh);
	case 0x22f3:
		return walk_trill(w);
	case 0xdada:
		return walk_type_after(w, 6);
	default:
		return DECODE_OTHER;
	}
}

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

/* ---- Ethernet, LLC and the link layers that carry LLC ---- */

/* Somebody wants to know of every header. */
static ATTR_NOINLINE enum decode_result
tell_ethernet(struct walk *w, const uint8_t *h)
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
		return tell_ethernet(w, h);
	return walk_ethertype(w, be16(h + 12));
}

/* RFC 1042: SNAP with an EtherType; RFC 2427, 2684: a bridged frame. */
enum decode_result
walk_snap(struct walk *w, uint32_t bridge_pad)
{
	const uint8_t *h = walk_take(w, HDR_SNAP, 5);

	if (!h)
		return cur_short(&w->c, 5);
	if (be24(h) == 0x0080c2 && be16(h + 3) == 0x0007) /* 802.3 without FCS */
		return skip_tunnel(w, bridge_pad);
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

/* Packet types of the kernel: to us, broadcast, multicast, to others, from us. */
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

static enum decode_result
link_sll(struct walk *w)
{
	const uint8_t *h = walk_take(w, HDR_SLL, 16);

	if (UNLIKELY(!h))
		return cur_short(&w->c, 16);
	set_direction(w->out, be16(h));
	return walk_cooked(w, be16(h + 2), be16(h + 14));
}

static enum decode_result
link_sll2(struct walk *w)
{
	const uint8_t *h = walk_take(w, HDR_SLL2, 20);

	if (UNLIKELY(!h))
		return cur_short(&w->c, 20);
	w->out->interface = be32(h + 4);
	set_direction(w->out, h[10]);
	return walk_cooked(w, be16(h + 8), be16(h));
}

/* ---- an address family, then IP ---- */

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

static enum decode_result
link_null(struct walk *w)
{
	const uint8_t *h = walk_take(w, HDR_NULL, 4);

	if (UNLIKELY(!h))
		return cur_short(&w->c, 4);
	return walk_family(w, any_order32(h));
}

static const struct link links[] = {
	{1, "EN10MB", link_ethernet},
	{113, "LINUX_SLL", link_sll},
	{276, "LINUX_SLL2", link_sll2},
	{0, "NULL", link_null},
	{108, "LOOP", link_null},
	{12, "RAW", walk_ip},
	{14, "RAW", walk_ip},
	{101, "RAW", walk_ip},
	{228, "IPV4", decode_ipv4},
	{229, "IPV6", decode_ipv6},
	{6, "IEEE802", link_token_ring},
	{7, "ARCNET", link_arcnet},
	{8, "SLIP", link_slip},
	{9, "PPP", link_ppp},
	{10, "FDDI", link_fddi},
	{11, "ATM_RFC1483", link_llc},
	{100, "ATM_RFC1483", link_llc},
	{19, "ATM_CLIP", walk_ip},
	{106, "ATM_CLIP", walk_ip},
	{50, "PPP_SERIAL", link_ppp_serial},
	{51, "PPP_ETHER", walk_pppoe},
	{104, "C_HDLC", link_chdlc},
	{105, "IEEE802_11", link_wlan},
	{107, "FRELAY", link_frame_relay},
	{109, "ENC", link_enc},
	{117, "PFLOG", link_pflog},
	{119, "PRISM_HEADER", link_prism},
	{122, "IP_OVER_FC", link_fibre_channel},
	{123, "SUNATM", link_sunatm},
	{127, "IEEE802_11_RADIO", link_radiotap},
	{129, "ARCNET_LINUX", link_arcnet_linux},
	{163, "IEEE802_11_RADIO_AVS", link_avs},
	{166, "PPP_PPPD", link_ppp_pppd},
	{178, "JUNIPER_ETHER", link_juniper},
	{192, "PPI", link_ppi},
	{197, "ERF", link_erf},
	{204, "PPP_WITH_DIR", link_ppp_with_dir},
	{205, "C_HDLC_WITH_DIR", link_chdlc_with_dir},
	{206, "FRELAY_WITH_DIR", link_frame_relay_with_dir},
	{219, "MPLS", tunnel_mpls},
	{226, "IPNET", link_ipnet},
	{239, "NFLOG", link_nflog},
	{240, "NETANALYZER", link_netanalyzer},
	{241, "NETANALYZER_TRANSPARENT", link_netanalyzer_transparent},
	{242, "IPOIB", link_ipoib},
	{274, "ETHERNET_MPACKET", link_preamble},
	{281, "DSA_TAG_BRCM", link_switch_tag},
	{282, "DSA_TAG_BRCM_PREPEND", link_tag_first},
	{284, "DSA_TAG_DSA", link_switch_tag},
	{285, "DSA_TAG_EDSA", link_edsa},
};

const struct link *
link_find(int linktype)
{
	for (size_t i = 0; i < ARRAY_LEN(links); i++) {
		if (links[i].linktype == linktype)
			return &links[i];
	}
	return NULL;
}
