/* SPDX-License-Identifier: MIT */
/*
 * link_table.c: the table of link types (LINKTYPE_ and DLT_ values of capture files), and the link
 * layers whose header names another link type (PPI, PKTAP).
 */
#include "net/decode.h"

static decode_fn link_ppi, link_pktap;

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
	{9, "PPP", link_ppp_serial},
	{10, "FDDI", link_fddi},
	{11, "ATM_RFC1483", link_llc},
	{100, "ATM_RFC1483", link_llc},
	{19, "ATM_CLIP", walk_ip},
	{106, "ATM_CLIP", walk_ip},
	{50, "PPP_SERIAL", link_ppp_serial},
	{51, "PPP_ETHER", link_pppoe},
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
	{149, "PKTAP", link_pktap}, /* the value that macOS writes */
	{258, "PKTAP", link_pktap},
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

/* Skips a header of n bytes and decodes a frame of the link type that it names. */
static enum decode_result
skip_to_link(struct walk *w, uint32_t n, uint32_t linktype)
{
	const struct link *inner = link_find((int)(linktype & INT32_MAX));

	if (!inner || inner->decode == link_ppi || inner->decode == link_pktap)
		return walk_unopened(w, ENCAP_LINK_TYPE);
	return skip_to(w, HDR_LINK, n, inner->decode);
}

/* A PPI header has its own length at offset 2 and the link type of what follows at offset 4. */
static enum decode_result
link_ppi(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 8);

	if (!h)
		return cur_short(&w->c, 8);
	if (le16(h + 2) < 8)
		return DECODE_MALFORMED;
	return skip_to_link(w, le16(h + 2), le32(h + 4));
}

#define PKTAP_MIN 108
#define PKTAP_IN  0x1
#define PKTAP_OUT 0x2

/* pktap.h of Apple. In the byte order of the host: header length at offset 0, link type at 8, flags
 * at 36. */
static enum decode_result
link_pktap(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 40);
	uint32_t flags;

	if (!h)
		return cur_short(&w->c, 40);
	if (any_order32(h) < PKTAP_MIN)
		return DECODE_MALFORMED;
	flags = any_order32(h + 36);
	if (w->out->direction == DIR_UNKNOWN && flags & (PKTAP_IN | PKTAP_OUT))
		w->out->direction = flags & PKTAP_IN ? DIR_IN : DIR_OUT;
	return skip_to_link(w, any_order32(h), any_order32(h + 8));
}
