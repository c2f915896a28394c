/* SPDX-License-Identifier: MIT */
/*
 * explain_tables.c: the fields of every header below TCP: where they stand, how they are written
 * and what they mean. Tables; functions only for fields whose place depends on others.
 */
#include "net/explain.h"

static const struct value_name ethertypes[] = {
	{0x0800, "IPv4"},   {0x0806, "ARP"},	{0x86dd, "IPv6"},  {0x8100, "802.1Q"},
	{0x88a8, "802.1ad"}, {0x9100, "QinQ"},	{0x9200, "QinQ"},  {0x8847, "MPLS"},
	{0x8848, "MPLS multicast"}, {0x8863, "PPPoE discovery"}, {0x8864, "PPPoE session"},
	{0x88cc, "LLDP"},   {0x88e5, "MACsec"}, {0x88e7, "802.1ah"}, {0x894f, "NSH"},
	{0x6558, "Ethernet"}, {0x880b, "PPP"},	{0x88be, "ERSPAN"}, {0x22eb, "ERSPAN III"},
	{0, NULL},
};

static const struct value_name protocols[] = {
	{0, "hop-by-hop"}, {1, "ICMP"},	  {2, "IGMP"},	 {4, "IPv4"},	{6, "TCP"},
	{17, "UDP"},	   {41, "IPv6"},  {43, "routing"}, {44, "fragment"}, {47, "GRE"},
	{50, "ESP"},	   {51, "AH"},	  {58, "ICMPv6"}, {59, "none"},	{60, "destination options"},
	{97, "EtherIP"},   {115, "L2TP"}, {132, "SCTP"}, {135, "mobility"}, {137, "MPLS"},
	{139, "HIP"},	   {140, "shim6"}, {143, "Ethernet"}, {0, NULL},
};

static const struct value_name ppp_protocols[] = {
	{0x21, "IPv4"}, {0x57, "IPv6"}, {0x281, "MPLS"}, {0xc021, "LCP"}, {0x8021, "IPCP"},
	{0x8057, "IPV6CP"}, {0, NULL},
};

static const struct value_name packet_types[] = {
	{0, "host"}, {1, "broadcast"}, {2, "multicast"}, {3, "otherhost"}, {4, "outgoing"},
	{0, NULL},
};

static const struct value_name ecn_names[] = {
	{0, "Not-ECT"}, {1, "ECT(1)"}, {2, "ECT(0)"}, {3, "CE"}, {0, NULL},
};

static const struct value_name families[] = {
	{2, "IPv4"}, {10, "IPv6"}, {23, "IPv6"}, {24, "IPv6"}, {28, "IPv6"}, {30, "IPv6"},
	{0, NULL},
};

#define ETHERTYPE_NOTE N_("What follows")

static const struct field_row ethernet_rows[] = {
	{N_("Destination"), NULL, 0, 6, FMT_MAC, 0, NULL},
	{N_("Source"), NULL, 6, 6, FMT_MAC, 0, NULL},
	{N_("Type"), N_("What follows; a value up to 1500 is a length (IEEE 802.3)"), 12, 2,
	 FMT_HEX, 0, ethertypes},
};

static const struct field_row vlan_rows[] = {
	{N_("Priority"), N_("0 best effort (usual) to 7 network control"), 0, 2, FMT_DEC, 0xe000,
	 NULL},
	{"DEI", N_("Drop eligible: dropped first under congestion"), 0, 2, FMT_DEC, 0x1000, NULL},
	{N_("VLAN id"), N_("The virtual network; 0: only a priority"), 0, 2, FMT_DEC, 0x0fff, NULL},
	{N_("Type"), ETHERTYPE_NOTE, 2, 2, FMT_HEX, 0, ethertypes},
};

static const struct field_row llc_rows[] = {
	{"DSAP", NULL, 0, 1, FMT_HEX, 0, NULL},
	{"SSAP", NULL, 1, 1, FMT_HEX, 0, NULL},
	{N_("Control"), NULL, 2, 1, FMT_HEX, 0, NULL},
};

static const struct field_row snap_rows[] = {
	{"OUI", N_("Organisation that assigned the protocol id; 0: the id is an EtherType"), 0, 3,
	 FMT_HEX, 0, NULL},
	{N_("Protocol id"), NULL, 3, 2, FMT_HEX, 0, ethertypes},
};

#define PACKET_TYPE_NOTE N_("Direction of the packet, as seen by the capturing host")

static const struct field_row sll_rows[] = {
	{N_("Packet type"), PACKET_TYPE_NOTE, 0, 2, FMT_DEC, 0, packet_types},
	{N_("Device type"), N_("ARPHRD_ value"), 2, 2, FMT_DEC, 0, NULL},
	{N_("Address length"), NULL, 4, 2, FMT_DEC, 0, NULL},
	{N_("Source"), N_("Link-layer address of the sender"), 6, 8, FMT_BYTES, 0, NULL},
	{N_("Protocol"), ETHERTYPE_NOTE, 14, 2, FMT_HEX, 0, ethertypes},
};

static const struct field_row sll2_rows[] = {
	{N_("Protocol"), ETHERTYPE_NOTE, 0, 2, FMT_HEX, 0, ethertypes},
	{N_("Interface"), N_("Index of the network interface"), 4, 4, FMT_DEC, 0, NULL},
	{N_("Device type"), N_("ARPHRD_ value"), 8, 2, FMT_DEC, 0, NULL},
	{N_("Packet type"), PACKET_TYPE_NOTE, 10, 1, FMT_DEC, 0, packet_types},
	{N_("Address length"), NULL, 11, 1, FMT_DEC, 0, NULL},
	{N_("Source"), N_("Link-layer address of the sender"), 12, 8, FMT_BYTES, 0, NULL},
};

static const struct field_row pppoe_rows[] = {
	{N_("Version and type"), NULL, 0, 1, FMT_HEX, 0, NULL},
	{N_("Code"), N_("0: session data"), 1, 1, FMT_HEX, 0, NULL},
	{N_("Session"), N_("Session of the subscriber"), 2, 2, FMT_HEX, 0, NULL},
	{N_("Length"), NULL, 4, 2, FMT_DEC, 0, NULL},
};

static const struct field_row chdlc_rows[] = {
	{N_("Address"), NULL, 0, 1, FMT_HEX, 0, NULL},
	{N_("Control"), NULL, 1, 1, FMT_HEX, 0, NULL},
	{N_("Protocol"), ETHERTYPE_NOTE, 2, 2, FMT_HEX, 0, ethertypes},
};

static const struct field_row mpls_rows[] = {
	{N_("Label"), N_("Names the switched path in this direction"), 0, 4, FMT_DEC,
	 0xfffff000, NULL},
	{N_("Traffic class"), NULL, 0, 4, FMT_DEC, 0xe00, NULL},
	{N_("Bottom of stack"), N_("1: no label follows"), 0, 4, FMT_DEC, 0x100, NULL},
	{"TTL", NULL, 3, 1, FMT_DEC, 0, NULL},
};

static const struct field_row wlan_rows[] = {
	{N_("Frame control"), NULL, 0, 2, FMT_HEX, 0, NULL},
	{N_("Address 1"), N_("Receiver"), 4, 6, FMT_MAC, 0, NULL},
	{N_("Address 2"), N_("Transmitter"), 10, 6, FMT_MAC, 0, NULL},
	{N_("Address 3"), NULL, 16, 6, FMT_MAC, 0, NULL},
};

static const struct field_row pflog_rows[] = {
	{N_("Length"), NULL, 0, 1, FMT_DEC, 0, NULL},
	{N_("Address family"), NULL, 1, 1, FMT_DEC, 0, families},
	{N_("Action"), N_("What the packet filter did"), 2, 1, FMT_DEC, 0, NULL},
	{N_("Reason"), NULL, 3, 1, FMT_DEC, 0, NULL},
	{N_("Interface"), NULL, 4, 16, FMT_NAME, 0, NULL},
	{N_("Rule set"), NULL, 20, 16, FMT_NAME, 0, NULL},
	{N_("Rule"), NULL, 36, 4, FMT_DEC, 0, NULL},
};

static const struct field_row nflog_rows[] = {
	{N_("Address family"), NULL, 0, 1, FMT_DEC, 0, families},
	{N_("Version"), NULL, 1, 1, FMT_DEC, 0, NULL},
	{N_("Group"), N_("Number given in the firewall's rule"), 2, 2, FMT_DEC, 0, NULL},
};

static const struct field_row erf_rows[] = {
	{N_("Record type"), NULL, 8, 1, FMT_DEC, 0x7f, NULL},
	{N_("Flags"), NULL, 9, 1, FMT_HEX, 0, NULL},
	{N_("Record length"), NULL, 10, 2, FMT_DEC, 0, NULL},
	{N_("Lost before this"), N_("Packets that the card dropped"), 12, 2, FMT_DEC, 0,
	 NULL},
	{N_("Length on the wire"), NULL, 14, 2, FMT_DEC, 0, NULL},
};

static const struct field_row bytes_rows[] = {
	{N_("Bytes"), NULL, 0, 0, FMT_BYTES, 0, NULL},
};

#define DSCP_NOTE N_("Class of service that the sender asks for; 0: best effort")
#define ECN_NOTE  N_("Explicit congestion notification: CE was set by a congested router")

static const struct field_row ipv4_rows[] = {
	{N_("Version"), NULL, 0, 1, FMT_DEC, 0xf0, NULL},
	{N_("Header length"), N_("Bytes, options included"), 0, 1, FMT_WORDS, 0x0f, NULL},
	{"DSCP", DSCP_NOTE, 1, 1, FMT_DEC, 0xfc, NULL},
	{"ECN", ECN_NOTE, 1, 1, FMT_DEC, 0x03, ecn_names},
	{N_("Total length"),
	 N_("Header and payload; 0: too long for the field, captured before segmentation"), 2, 2,
	 FMT_DEC, 0, NULL},
	{N_("Identification"), N_("The same in all fragments of a datagram"), 4, 2, FMT_HEX, 0,
	 NULL},
	{"DF", N_("Don't fragment: a router that cannot forward it sends an ICMP error"), 6, 2,
	 FMT_DEC, 0x4000, NULL},
	{"MF", N_("More fragments of the datagram follow"), 6, 2, FMT_DEC, 0x2000, NULL},
	{N_("Fragment offset"), N_("Bytes of the datagram before these"), 6, 2, FMT_BLOCKS, 0x1fff,
	 NULL},
	{"TTL", N_("Remaining hops; senders usually start at 64, 128 or 255"), 8, 1, FMT_DEC,
	 0, NULL},
	{N_("Protocol"), ETHERTYPE_NOTE, 9, 1, FMT_DEC, 0, protocols},
	{N_("Header checksum"), NULL, 10, 2, FMT_HEADER_SUM, 0, NULL},
	{N_("Source"), NULL, 12, 4, FMT_IPV4, 0, NULL},
	{N_("Destination"), NULL, 16, 4, FMT_IPV4, 0, NULL},
	{N_("Options"), NULL, 20, 0, FMT_BYTES, 0, NULL},
};

static const struct field_row ipv6_rows[] = {
	{N_("Version"), NULL, 0, 1, FMT_DEC, 0xf0, NULL},
	{"DSCP", DSCP_NOTE, 0, 2, FMT_DEC, 0x0fc0, NULL},
	{"ECN", ECN_NOTE, 0, 2, FMT_DEC, 0x0030, ecn_names},
	{N_("Flow label"), N_("The same in all packets of one flow"), 0, 4, FMT_HEX, 0xfffff, NULL},
	{N_("Payload length"), N_("Length after this header; 0: too long for the field"), 4, 2,
	 FMT_DEC, 0, NULL},
	{N_("Next header"), ETHERTYPE_NOTE, 6, 1, FMT_DEC, 0, protocols},
	{N_("Hop limit"), N_("Remaining hops; senders usually start at 64, 128 or 255"), 7,
	 1, FMT_DEC, 0, NULL},
	{N_("Source"), NULL, 8, 16, FMT_IPV6, 0, NULL},
	{N_("Destination"), NULL, 24, 16, FMT_IPV6, 0, NULL},
};

static const struct field_row extension_rows[] = {
	{N_("Next header"), ETHERTYPE_NOTE, 0, 1, FMT_DEC, 0, protocols},
	{N_("Length"), N_("In units of eight bytes after the first eight"), 1, 1, FMT_DEC, 0, NULL},
	{N_("Data"), NULL, 2, 0, FMT_BYTES, 0, NULL},
};

static const struct field_row routing_rows[] = {
	{N_("Next header"), ETHERTYPE_NOTE, 0, 1, FMT_DEC, 0, protocols},
	{N_("Length"), N_("In units of eight bytes after the first eight"), 1, 1, FMT_DEC, 0, NULL},
	{N_("Type"), NULL, 2, 1, FMT_DEC, 0, NULL},
	{N_("Segments left"), N_("Hops that are left before the last one"), 3, 1, FMT_DEC, 0, NULL},
	{N_("Data"), NULL, 4, 0, FMT_BYTES, 0, NULL},
};

static const struct field_row fragment_rows[] = {
	{N_("Next header"), N_("Of the whole datagram"), 0, 1, FMT_DEC, 0, protocols},
	{N_("Fragment offset"), N_("Bytes of the datagram before these"), 2, 2, FMT_BLOCKS, 0xfff8,
	 NULL},
	{N_("More fragments"), NULL, 2, 2, FMT_DEC, 0x0001, NULL},
	{N_("Identification"), N_("The same in all fragments of a datagram"), 4, 4, FMT_HEX, 0,
	 NULL},
};

static const struct field_row ah_rows[] = {
	{N_("Next header"), ETHERTYPE_NOTE, 0, 1, FMT_DEC, 0, protocols},
	{N_("Length"), N_("In units of four bytes after the first eight"), 1, 1, FMT_DEC, 0, NULL},
	{"SPI", N_("Security association"), 4, 4, FMT_HEX, 0, NULL},
	{N_("Sequence number"), NULL, 8, 4, FMT_DEC, 0, NULL},
	{"ICV", N_("Authenticates the packet"), 12, 0, FMT_BYTES, 0, NULL},
};

static const struct field_row gre_rows[] = {
	{N_("Checksum present"), NULL, 0, 2, FMT_DEC, 0x8000, NULL},
	{N_("Routing present"), NULL, 0, 2, FMT_DEC, 0x4000, NULL},
	{N_("Key present"), NULL, 0, 2, FMT_DEC, 0x2000, NULL},
	{N_("Sequence number present"), NULL, 0, 2, FMT_DEC, 0x1000, NULL},
	{N_("Version"), N_("1: PPTP"), 0, 2, FMT_DEC, 0x0007, NULL},
	{N_("Protocol"), ETHERTYPE_NOTE, 2, 2, FMT_HEX, 0, ethertypes},
};

static const struct field_row udp_rows[] = {
	{N_("Source port"), NULL, 0, 2, FMT_DEC, 0, NULL},
	{N_("Destination port"), NULL, 2, 2, FMT_DEC, 0, NULL},
	{N_("Length"), NULL, 4, 2, FMT_DEC, 0, NULL},
	{N_("Checksum"), N_("0: none"), 6, 2, FMT_HEX, 0, NULL},
};

static const struct field_row vxlan_rows[] = {
	{N_("Flags"), NULL, 0, 1, FMT_HEX, 0, NULL},
	{"VNI", N_("The virtual network"), 4, 3, FMT_DEC, 0, NULL},
};

static const struct field_row geneve_rows[] = {
	{N_("Version"), NULL, 0, 1, FMT_DEC, 0xc0, NULL},
	{N_("Option length"), N_("In units of four bytes"), 0, 1, FMT_DEC, 0x3f, NULL},
	{N_("Protocol"), ETHERTYPE_NOTE, 2, 2, FMT_HEX, 0, ethertypes},
	{"VNI", N_("The virtual network"), 4, 3, FMT_DEC, 0, NULL},
	{N_("Options"), NULL, 8, 0, FMT_BYTES, 0, NULL},
};

static const struct field_row gtp_rows[] = {
	{N_("Flags"), NULL, 0, 1, FMT_HEX, 0, NULL},
	{N_("Message type"), N_("255: user data"), 1, 1, FMT_DEC, 0, NULL},
	{N_("Length"), NULL, 2, 2, FMT_DEC, 0, NULL},
	{"TEID", N_("Tunnel, one per direction"), 4, 4, FMT_HEX, 0, NULL},
};

static const struct field_row nsh_rows[] = {
	{N_("Length"), N_("In units of four bytes"), 1, 1, FMT_DEC, 0x3f, NULL},
	{N_("Next protocol"), NULL, 3, 1, FMT_DEC, 0, NULL},
	{N_("Service path"), NULL, 4, 3, FMT_DEC, 0, NULL},
	{N_("Service index"), NULL, 7, 1, FMT_DEC, 0, NULL},
};

static void
rest_null(struct explainer *x, const struct walk *w, const uint8_t *h, uint32_t len)
{
	const uint32_t af = any_order32(h);
	const char *name = "";

	(void)w;
	for (const struct value_name *n = families; n->name; n++) {
		if (n->value == af)
			name = n->name;
	}
	explain_field(x, 1, N_("Address family"), N_("Number used by the capturing system"), h, len,
		      "%u %s", af, name);
}

static void
rest_ppp(struct explainer *x, const struct walk *w, const uint8_t *h, uint32_t len)
{
	const unsigned protocol = len == 1 ? h[0] : be16(h);
	const char *name = "";

	(void)w;
	for (const struct value_name *n = ppp_protocols; n->name; n++) {
		if (n->value == protocol)
			name = n->name;
	}
	explain_field(x, 1, N_("Protocol"), ETHERTYPE_NOTE, h, len, "0x%04x %s", protocol, name);
}

static void
rest_radiotap(struct explainer *x, const struct walk *w, const uint8_t *h, uint32_t len)
{
	(void)w;
	explain_field(x, 1, N_("Version"), NULL, h, 1, "%u", h[0]);
	explain_field(x, 1, N_("Length"), NULL, h + 2, 2, "%u", le16(h + 2));
	explain_bytes(x, 1, N_("Data"),
		      N_("Signal, rate and channel, as reported by the receiver"), h + 4,
		      len - 4);
}

static void
rest_gre(struct explainer *x, const struct walk *w, const uint8_t *h, uint32_t len)
{
	const uint16_t flags = be16(h);
	uint32_t at = flags & 0xc000 ? 8 : 4;

	(void)w;
	if ((flags & 7) == 1) {
		explain_field(x, 1, N_("Payload length"), NULL, h + 4, 2, "%u", be16(h + 4));
		explain_field(x, 1, N_("Call id"), N_("One per direction"), h + 6, 2, "%u",
			      be16(h + 6));
		return;
	}
	if (flags & 0x2000 && at + 4 <= len) {
		explain_field(x, 1, N_("Key"),
			      N_("Distinguishes tunnels between the same two hosts"),
			      h + at, 4, "%u", be32(h + at));
		at += 4;
	}
	if (flags & 0x1000 && at + 4 <= len)
		explain_field(x, 1, N_("Sequence number"), NULL, h + at, 4, "%u", be32(h + at));
}

static void
explain_icmp(struct explainer *x, int version, const uint8_t *h)
{
	const bool error = version == 6 ? h[0] >= 1 && h[0] <= 4
					: h[0] == 3 || h[0] == 4 || h[0] == 11 || h[0] == 12;

	explain_field(x, 1, N_("Type"), NULL, h, 1, "%u", h[0]);
	explain_field(x, 1, N_("Code"),
		      error ? icmp_name((uint8_t)version, h[0], h[1])
			    : N_("Not an error"),
		      h + 1, 1, "%u", h[1]);
	explain_field(x, 1, N_("Checksum"), NULL, h + 2, 2, "0x%04x", be16(h + 2));
	if (version == 4 && h[0] == 3 && h[1] == 4)
		explain_field(x, 1, N_("Next-hop MTU"), N_("Largest packet that can be forwarded"),
			      h + 6, 2, "%u", be16(h + 6));
	if (version == 6 && h[0] == 2)
		explain_field(x, 1, "MTU", N_("Largest packet that can be forwarded"), h + 4, 4,
			      "%u", be32(h + 4));
}

static void
rest_icmp(struct explainer *x, const struct walk *w, const uint8_t *h, uint32_t len)
{
	(void)w;
	(void)len;
	explain_icmp(x, 4, h);
}

static void
rest_icmpv6(struct explainer *x, const struct walk *w, const uint8_t *h, uint32_t len)
{
	(void)w;
	(void)len;
	explain_icmp(x, 6, h);
}

#define ROWS(table) table, ARRAY_LEN(table)

static const struct header_info headers[HDR_COUNT] = {
	[HDR_ETHERNET] = {"Ethernet", NULL, ROWS(ethernet_rows), NULL},
	[HDR_VLAN] = {"VLAN", N_("Virtual network tag (IEEE 802.1Q)"), ROWS(vlan_rows), NULL},
	[HDR_LLC] = {"LLC", NULL, ROWS(llc_rows), NULL},
	[HDR_SNAP] = {"SNAP", NULL, ROWS(snap_rows), NULL},
	[HDR_SLL] = {"Linux cooked", N_("Replaces the link layer header on the device \"any\""),
		     ROWS(sll_rows), NULL},
	[HDR_SLL2] = {"Linux cooked v2", N_("Replaces the link layer header on the device \"any\""),
		      ROWS(sll2_rows), NULL},
	[HDR_NULL] = {"Null/Loopback", N_("No link layer, only an address family"), NULL, 0,
		      rest_null},
	[HDR_PPP] = {"PPP", NULL, NULL, 0, rest_ppp},
	[HDR_PPPOE] = {"PPPoE", N_("PPP over Ethernet (RFC 2516)"), ROWS(pppoe_rows), NULL},
	[HDR_CHDLC] = {"Cisco HDLC", NULL, ROWS(chdlc_rows), NULL},
	[HDR_FRAME_RELAY] = {"Frame Relay", NULL, ROWS(bytes_rows), NULL},
	[HDR_MPLS] = {"MPLS", N_("Label of a switched path (RFC 3032)"), ROWS(mpls_rows), NULL},
	[HDR_RADIOTAP] = {"Radiotap", N_("Radio information about the frame"), NULL, 0,
			  rest_radiotap},
	[HDR_WLAN] = {"IEEE 802.11", NULL, ROWS(wlan_rows), NULL},
	[HDR_PFLOG] = {"PFLOG", N_("Log record of the packet filter"), ROWS(pflog_rows), NULL},
	[HDR_NFLOG] = {"NFLOG", N_("Log record of the firewall"), ROWS(nflog_rows), NULL},
	[HDR_ERF] = {"ERF", N_("Record of a capture card"), ROWS(erf_rows), NULL},
	[HDR_LINK] = {N_("Link layer"), NULL, ROWS(bytes_rows), NULL},
	[HDR_IPV4] = {"IPv4", N_("Internet Protocol (RFC 791)"), ROWS(ipv4_rows), NULL},
	[HDR_IPV6] = {"IPv6", N_("Internet Protocol (RFC 8200)"), ROWS(ipv6_rows), NULL},
	[HDR_IPV6_EXT] = {N_("IPv6 extension header"), NULL, ROWS(extension_rows), NULL},
	[HDR_IPV6_ROUTING] = {N_("IPv6 routing header"), N_("Stops on the way"), ROWS(routing_rows),
			      NULL},
	[HDR_IPV6_FRAGMENT] = {N_("IPv6 fragment header"), NULL, ROWS(fragment_rows), NULL},
	[HDR_AH] = {"AH", N_("IP authentication header (RFC 4302)"), ROWS(ah_rows), NULL},
	[HDR_GRE] = {"GRE", N_("Tunnel (RFC 2784)"), ROWS(gre_rows), rest_gre},
	[HDR_UDP] = {"UDP", NULL, ROWS(udp_rows), NULL},
	[HDR_VXLAN] = {"VXLAN", N_("Tunnel (RFC 7348)"), ROWS(vxlan_rows), NULL},
	[HDR_GENEVE] = {"Geneve", N_("Tunnel (RFC 8926)"), ROWS(geneve_rows), NULL},
	[HDR_GTP] = {"GTP-U", N_("Tunnel of mobile networks"), ROWS(gtp_rows), NULL},
	[HDR_TEREDO] = {"Teredo", N_("Tunnel (RFC 4380)"), ROWS(bytes_rows), NULL},
	[HDR_L2TP] = {"L2TP", N_("Tunnel (RFC 2661, 3931)"), ROWS(bytes_rows), NULL},
	[HDR_NSH] = {"NSH", N_("Network service header (RFC 8300)"), ROWS(nsh_rows), NULL},
	[HDR_TUNNEL] = {N_("Tunnel header"), NULL, ROWS(bytes_rows), NULL},
	[HDR_ICMP] = {"ICMP", N_("RFC 792"), NULL, 0, rest_icmp},
	[HDR_ICMPV6] = {"ICMPv6", N_("RFC 4443"), NULL, 0, rest_icmpv6},
	[HDR_TCP] = {"TCP", N_("Transmission Control Protocol (RFC 9293)"), NULL, 0, explain_tcp},
};

const struct header_info *
header_info(enum header kind)
{
	return &headers[kind];
}
