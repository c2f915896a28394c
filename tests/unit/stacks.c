/* SPDX-License-Identifier: MIT */
/*
 * stacks.c: see stacks.h: the recipes, and how a recipe becomes a frame.
 *
 * A recipe lists a frame from the outside in. Its words: hexadecimal bytes; eth (two addresses);
 * ip4/P and ip6/P (a header with protocol P); ip4opt/P (the same, the next 8 bytes are options);
 * udp/S/D; tcp (plain_segment); len (two bytes: how many follow, with +N or -N), lenl (the same,
 * little-endian); zero/N; pad/N (N bytes that do not belong to the packet).
 */
#include "stacks.h"

#include <stdio.h>

/* name, link type, IP version of the segment, its VLAN, scoped, recipe */
const struct stack stacks[] = {
	{"Ethernet IPv4", 1, 4, -1, false, "eth 0800 ip4/6 tcp"},
	{"Ethernet IPv6", 1, 6, -1, false, "eth 86dd ip6/6 tcp"},
	{"Ethernet padded", 1, 4, -1, false, "eth 0800 ip4/6 tcp pad/7"},
	{"VLAN", 1, 4, 5, true, "eth 8100 6005 0800 ip4/6 tcp"},
	{"QinQ", 1, 6, 7, true, "eth 88a8 0064 8100 0007 86dd ip6/6 tcp"},
	{"priority tag", 1, 4, -1, false, "eth 8100 e000 0800 ip4/6 tcp"},
	{"four tags", 1, 4, 4, true, "eth 88a8 0001 9200 0002 9100 0003 8100 0004 0800 ip4/6 tcp"},
	{"802.3 SNAP", 1, 4, -1, false, "eth len aaaa03 000000 0800 ip4/6 tcp"},
	{"802.3 LLC IP", 1, 4, -1, false, "eth len 060603 ip4/6 tcp"},
	{"VLAN SNAP", 1, 4, 9, true, "eth 8100 0009 len aaaa03 000000 0800 ip4/6 tcp"},
	{"MPLS", 1, 4, -1, false, "eth 8847 00010040 00064140 ip4/6 tcp"},
	{"MPLS IPv6", 1, 6, -1, false, "eth 8848 00064140 ip6/6 tcp"},
	{"MPLS pseudowire", 1, 4, -1, false, "eth 8847 00064140 00000000 eth 0800 ip4/6 tcp"},
	{"MPLS Ethernet", 1, 4, -1, false, "eth 8847 00064140 eth 0800 ip4/6 tcp"},
	{"PPPoE", 1, 4, -1, true, "eth 8864 1100 0042 len 0021 ip4/6 tcp"},
	{"backbone bridge", 1, 4, -1, true, "eth 88e7 00001234 eth 0800 ip4/6 tcp"},
	{"FabricPath", 1, 4, -1, false, "eth 8903 0040 eth 0800 ip4/6 tcp"},
	{"TRILL", 1, 4, -1, false, "eth 22f3 003f00010002 eth 0800 ip4/6 tcp"},
	{"NSH", 1, 4, -1, false,
	 "eth 894f 0fc6 01 01 00000aff 00000000 00000000 00000000 00000000 ip4/6 tcp"},
	{"VN-Tag", 1, 4, -1, false, "eth 8926 00000033 0800 ip4/6 tcp"},
	{"E-Tag", 1, 4, -1, false, "eth 893f 100000d30000 0800 ip4/6 tcp"},
	{"R-Tag", 1, 4, 3, true, "eth 8100 0003 f1c1 00000001 0800 ip4/6 tcp"},
	{"HSR", 1, 4, -1, false, "eth 892f 10340001 0800 ip4/6 tcp"},
	{"Cisco MetaData", 1, 6, -1, false, "eth 8909 010100010002 86dd ip6/6 tcp"},
	{"B.A.T.M.A.N. unicast", 1, 4, -1, false,
	 "eth 4305 400f3201 020000000002 eth 0800 ip4/6 tcp"},
	{"B.A.T.M.A.N. unicast from", 1, 4, -1, false,
	 "eth 4305 420f3201 020000000002 020000000003 0100 eth 0800 ip4/6 tcp"},
	{"B.A.T.M.A.N. broadcast", 1, 4, -1, false,
	 "eth 4305 010f3200 00000001 020000000002 eth 0800 ip4/6 tcp"},
	{"EDSA EtherType", 1, 4, -1, false, "eth dada 0000 40080000 0800 ip4/6 tcp"},
	{"SLL", 113, 4, -1, false, "0000 0001 0006 020000000001 0000 0800 ip4/6 tcp"},
	{"SLL VLAN", 113, 4, 77, true, "0004 0001 0006 020000000001 0000 8100 004d 0800 ip4/6 tcp"},
	{"SLL GRE device", 113, 4, -1, false, "0000 030a 0000 0000000000000000 0800 ip4/6 tcp"},
	{"SLL2", 276, 6, -1, false, "86dd 0000 00000003 0001 04 06 020000000001 0000 ip6/6 tcp"},
	{"SLL2 VLAN", 276, 4, 78, true,
	 "8100 0000 00000003 0001 00 06 020000000001 0000 004e 0800 ip4/6 tcp"},
	{"RAW IPv4", 101, 4, -1, false, "ip4/6 tcp"},
	{"RAW IPv6", 101, 6, -1, false, "ip6/6 tcp"},
	{"RAW 12", 12, 4, -1, false, "ip4/6 tcp"},
	{"RAW 14", 14, 6, -1, false, "ip6/6 tcp"},
	{"IPV4", 228, 4, -1, false, "ip4/6 tcp"},
	{"IPV6", 229, 6, -1, false, "ip6/6 tcp"},
	{"NULL IPv6 24 little", 0, 6, -1, false, "18000000 ip6/6 tcp"},
	{"NULL IPv6 24 big", 0, 6, -1, false, "00000018 ip6/6 tcp"},
	{"NULL IPv6 28 little", 0, 6, -1, false, "1c000000 ip6/6 tcp"},
	{"NULL IPv6 28 big", 0, 6, -1, false, "0000001c ip6/6 tcp"},
	{"NULL IPv6 30 little", 0, 6, -1, false, "1e000000 ip6/6 tcp"},
	{"NULL IPv6 30 big", 0, 6, -1, false, "0000001e ip6/6 tcp"},
	{"NULL IPv6 10 little", 0, 6, -1, false, "0a000000 ip6/6 tcp"},
	{"NULL IPv6 10 big", 0, 6, -1, false, "0000000a ip6/6 tcp"},
	{"NULL IPv6 23 little", 0, 6, -1, false, "17000000 ip6/6 tcp"},
	{"NULL IPv6 23 big", 0, 6, -1, false, "00000017 ip6/6 tcp"},
	{"NULL IPv4 little", 0, 4, -1, false, "02000000 ip4/6 tcp"},
	{"NULL IPv4 big", 0, 4, -1, false, "00000002 ip4/6 tcp"},
	{"LOOP", 108, 4, -1, false, "00000002 ip4/6 tcp"},
	{"PPP", 9, 4, -1, false, "ff03 0021 ip4/6 tcp"},
	{"PPP short", 9, 4, -1, false, "21 ip4/6 tcp"},
	{"PPP without address", 9, 6, -1, false, "0057 ip6/6 tcp"},
	{"PPP_SERIAL", 50, 4, -1, false, "ff03 0021 ip4/6 tcp"},
	{"PPP_SERIAL Cisco", 50, 4, -1, false, "0f00 0800 ip4/6 tcp"},
	{"PPP_ETHER", 51, 4, -1, true, "1100 0042 len 0021 ip4/6 tcp"},
	{"PPP_PPPD", 166, 4, -1, false, "0103 0021 ip4/6 tcp"},
	{"PPP_WITH_DIR", 204, 4, -1, false, "00 ff03 0021 ip4/6 tcp"},
	{"PPP Cisco", 9, 4, -1, false, "0f00 0800 ip4/6 tcp"},
	{"PPP multilink", 9, 4, -1, false, "ff03 003d c0000001 0021 ip4/6 tcp"},
	{"PPP MPLS", 9, 4, -1, false, "ff03 0281 00064140 ip4/6 tcp"},
	{"C_HDLC", 104, 6, -1, false, "0f00 86dd ip6/6 tcp"},
	{"C_HDLC_WITH_DIR", 205, 4, -1, false, "01 0f00 0800 ip4/6 tcp"},
	{"FRELAY", 107, 4, -1, true, "0451 03 cc ip4/6 tcp"},
	{"FRELAY Cisco", 107, 4, -1, true, "0451 0800 ip4/6 tcp"},
	{"FRELAY SNAP", 107, 6, -1, true, "0451 03 00 80 000000 86dd ip6/6 tcp"},
	{"FRELAY long address", 107, 6, -1, true, "0440 0403 03 8e ip6/6 tcp"},
	{"FRELAY_WITH_DIR", 206, 4, -1, true, "00 0451 03 cc ip4/6 tcp"},
	{"SLIP", 8, 4, -1, false, "00 45 0000000000000000000000000000 ip4/6 tcp"},
	{"FDDI", 10, 4, -1, false, "50 020000000002 020000000001 aaaa03 000000 0800 ip4/6 tcp"},
	{"Token Ring", 6, 4, -1, false,
	 "1040 020000000002 020000000001 aaaa03 000000 0800 ip4/6 tcp"},
	{"Token Ring source route", 6, 4, -1, false,
	 "1040 020000000002 820000000001 0630 0011 0020 aaaa03 000000 0800 ip4/6 tcp"},
	{"ARCNET", 7, 4, -1, false, "0102 f0 ip4/6 tcp"},
	{"ARCNET RFC 1201", 7, 4, -1, false, "0102 d4 00 0001 ip4/6 tcp"},
	{"ARCNET_LINUX", 129, 4, -1, false, "0102 0000 f0 ip4/6 tcp"},
	{"ATM_RFC1483", 11, 4, -1, false, "aaaa03 000000 0800 ip4/6 tcp"},
	{"ATM bridged", 11, 4, -1, false, "aaaa03 0080c2 0007 0000 eth 0800 ip4/6 tcp"},
	{"ATM_RFC1483 in a file", 100, 4, -1, false, "aaaa03 000000 0800 ip4/6 tcp"},
	{"ATM_CLIP in a file", 106, 4, -1, false, "ip4/6 tcp"},
	{"ATM_CLIP", 19, 4, -1, false, "ip4/6 tcp"},
	{"SUNATM", 123, 4, -1, false, "82000064 aaaa03 000000 0800 ip4/6 tcp"},
	{"IP_OVER_FC", 122, 4, -1, false,
	 "0000020000000002 0000020000000001 aaaa03 000000 0800 ip4/6 tcp"},
	{"IPOIB", 242, 4, -1, false, "zero/40 0800 0000 ip4/6 tcp"},
	{"IEEE802_11", 105, 4, -1, false,
	 "0801 0000 020000000003 020000000001 020000000002 1000 aaaa03 000000 0800 "
	 "ip4/6 tcp"},
	{"IEEE802_11 QoS four addresses", 105, 6, -1, false,
	 "8803 0000 020000000003 020000000001 020000000002 1000 020000000004 0500 "
	 "aaaa03 000000 86dd ip6/6 tcp"},
	{"IEEE802_11 aggregate", 105, 4, -1, false,
	 "8801 0000 020000000003 020000000001 020000000002 1000 8000 020000000002 "
	 "020000000001 len aaaa03 000000 0800 ip4/6 tcp"},
	{"IEEE802_11_RADIO", 127, 4, -1, false,
	 "0000 0900 02000000 00 0801 0000 020000000003 020000000001 020000000002 1000 "
	 "aaaa03 000000 0800 ip4/6 tcp"},
	{"IEEE802_11_RADIO padded", 127, 4, -1, false,
	 "0000 1a00 03000080 00000000 zero/12 20 00 8801 0000 "
	 "020000000003 020000000001 020000000002 1000 0000 0000 aaaa03 000000 0800 "
	 "ip4/6 tcp"},
	{"PRISM_HEADER", 119, 4, -1, false,
	 "44000000 90000000 zero/136 0801 0000 020000000003 020000000001 020000000002 "
	 "1000 aaaa03 000000 0800 ip4/6 tcp"},
	{"PRISM with AVS", 119, 4, -1, false,
	 "80211001 00000040 zero/56 0801 0000 020000000003 020000000001 020000000002 "
	 "1000 aaaa03 000000 0800 ip4/6 tcp"},
	{"IEEE802_11_RADIO_AVS", 163, 4, -1, false,
	 "80211001 00000040 zero/56 0801 0000 020000000003 020000000001 020000000002 "
	 "1000 aaaa03 000000 0800 ip4/6 tcp"},
	{"PPI", 192, 4, -1, false,
	 "0000 0800 69000000 0801 0000 020000000003 020000000001 020000000002 1000 "
	 "aaaa03 000000 0800 ip4/6 tcp"},
	{"PKTAP", 258, 4, -1, false,
	 "6c000000 01000000 01000000 zero/24 01000000 zero/68 eth 0800 ip4/6 tcp"},
	{"PKTAP big", 149, 6, -1, false,
	 "0000006c 00000001 00000000 zero/24 00000002 zero/68 1e000000 ip6/6 tcp"},
	{"PFLOG", 117, 4, -1, false, "3d02 zero/58 01 000000 ip4/6 tcp"},
	{"PFLOG IPv6", 117, 6, -1, false, "6418 zero/58 02 zero/39 ip6/6 tcp"},
	{"ENC", 109, 4, -1, false, "02000000 00001234 00000003 ip4/6 tcp"},
	{"NFLOG little", 239, 4, -1, false,
	 "02 00 0000 0800 0100 08000001 0500 0a00 00 000000 lenl+2 0900 ip4/6 tcp"},
	{"NFLOG big", 239, 6, -1, false, "0a 00 0000 0008 0001 08000001 len+2 0009 ip6/6 tcp"},
	{"ERF Ethernet", 197, 4, -1, false,
	 "0000000000000000 02 04 0060 0000 0050 0000 eth 0800 ip4/6 tcp"},
	{"ERF extensions", 197, 4, -1, false,
	 "0000000000000000 82 04 0060 0000 0050 8000000000000000 0000000000000000 0000 "
	 "eth 0800 ip4/6 tcp"},
	{"ERF IPv6", 197, 6, -1, false, "0000000000000000 17 04 0060 0000 0050 ip6/6 tcp"},
	{"ERF HDLC", 197, 4, -1, false,
	 "0000000000000000 01 04 0060 0000 0050 0f00 0800 ip4/6 tcp"},
	{"JUNIPER_ETHER", 178, 4, -1, false, "4d4743 80 0006 010203040506 eth 0800 ip4/6 tcp"},
	{"JUNIPER_ETHER without", 178, 4, -1, false, "4d4743 02 00000002 ip4/6 tcp"},
	{"IPNET", 226, 4, -1, false, "zero/24 ip4/6 tcp"},
	{"MPLS link", 219, 4, -1, false, "00064140 ip4/6 tcp"},
	{"NETANALYZER", 240, 4, -1, false, "zero/4 eth 0800 ip4/6 tcp"},
	{"NETANALYZER_TRANSPARENT", 241, 4, -1, false, "zero/12 eth 0800 ip4/6 tcp"},
	{"ETHERNET_MPACKET", 274, 4, -1, false, "55555555555555d5 eth 0800 ip4/6 tcp"},
	{"DSA_TAG_BRCM", 281, 4, -1, false, "020000000002 020000000001 00010203 0800 ip4/6 tcp"},
	{"DSA_TAG_BRCM_PREPEND", 282, 4, -1, false, "00010203 eth 0800 ip4/6 tcp"},
	{"DSA_TAG_DSA", 284, 4, -1, false, "020000000002 020000000001 40080000 0800 ip4/6 tcp"},
	{"DSA_TAG_EDSA", 285, 4, -1, false,
	 "020000000002 020000000001 dada0000 40080000 0800 ip4/6 tcp"},
	{"IPIP", 1, 4, -1, false, "eth 0800 ip4/4 ip4/6 tcp"},
	{"6in4", 1, 6, -1, false, "eth 0800 ip4/41 ip6/6 tcp"},
	{"IPv4 in IPv6", 1, 4, -1, false, "eth 86dd ip6/4 ip4/6 tcp"},
	{"IPv6 in IPv6", 1, 6, -1, false, "eth 86dd ip6/41 ip6/6 tcp"},
	{"EtherIP", 1, 4, -1, false, "eth 0800 ip4/97 3000 eth 0800 ip4/6 tcp"},
	{"MPLS in IP", 1, 4, -1, false, "eth 0800 ip4/137 00064140 ip4/6 tcp"},
	{"Ethernet in IPv6", 1, 4, -1, false, "eth 86dd ip6/143 eth 0800 ip4/6 tcp"},
	{"GRE", 1, 4, -1, false, "eth 0800 ip4/47 0000 0800 ip4/6 tcp"},
	{"GRE key sequence", 1, 6, -1, true,
	 "eth 0800 ip4/47 b000 86dd 0000 0000 00000007 00000001 ip6/6 tcp"},
	{"GRE Ethernet VLAN", 1, 4, 12, true,
	 "eth 0800 ip4/47 2000 6558 00000007 eth 8100 000c 0800 ip4/6 tcp"},
	{"GRE MPLS", 1, 4, -1, false, "eth 0800 ip4/47 0000 8847 00064140 ip4/6 tcp"},
	{"GRE routing", 1, 4, -1, false,
	 "eth 0800 ip4/47 4000 0800 0000 0000 0001 0004 0a000001 0000 0000 ip4/6 tcp"},
	{"PPTP", 1, 4, -1, false,
	 "eth 0800 ip4/47 3081 880b len-10 0042 00000001 00000002 ff03 0021 ip4/6 tcp"},
	{"ERSPAN I", 1, 4, -1, false, "eth 0800 ip4/47 0000 88be eth 0800 ip4/6 tcp"},
	{"ERSPAN II", 1, 4, -1, false,
	 "eth 0800 ip4/47 1000 88be 00000001 1064 0001 00000000 eth 0800 ip4/6 tcp"},
	{"ERSPAN III", 1, 4, -1, false,
	 "eth 0800 ip4/47 1000 22eb 00000001 2064 0001 00000000 00000001 "
	 "0000000000000000 eth 0800 ip4/6 tcp"},
	{"WCCP", 1, 4, -1, false, "eth 0800 ip4/47 0000 883e 00000000 ip4/6 tcp"},
	{"EoIP", 1, 4, -1, false, "eth 0800 ip4/47 2001 6400 len-4 0700 eth 0800 ip4/6 tcp"},
	{"GRE Aruba", 1, 4, -1, false,
	 "eth 0800 ip4/47 0000 8210 8801 0000 020000000003 020000000001 020000000002 1000 "
	 "0000 aaaa03 000000 0800 ip4/6 tcp"},
	{"VXLAN ACI", 1, 4, -1, true,
	 "eth 0800 ip4/17 udp/50000/48879 88000001 00002a00 eth 0800 ip4/6 tcp"},
	{"LISP", 1, 6, -1, false, "eth 0800 ip4/17 udp/50000/4341 80000001 00000001 ip6/6 tcp"},
	{"CAPWAP", 1, 4, -1, false,
	 "eth 0800 ip4/17 udp/50000/5247 00100200 00000000 eth 0800 ip4/6 tcp"},
	{"CAPWAP 802.11", 1, 4, -1, false,
	 "eth 0800 ip4/17 udp/5247/50000 00100300 00000000 0801 0000 020000000003 020000000001 "
	 "020000000002 1000 aaaa03 000000 0800 ip4/6 tcp"},
	{"CAPWAP 802.11 swapped", 1, 4, -1, false,
	 "eth 0800 ip4/17 udp/50000/5247 00180310 00000000 06020000 0188 0000 020000000003 "
	 "020000000001 020000000002 1000 0000 aaaa03 000000 0800 ip4/6 tcp"},
	{"TZSP", 1, 4, -1, false,
	 "eth 0800 ip4/17 udp/50000/37008 01000001 00 3c06020000000009 01 eth 0800 ip4/6 tcp"},
	{"TZSP 802.11", 1, 4, -1, false,
	 "eth 0800 ip4/17 udp/50000/37008 01000012 01 0801 0000 020000000003 020000000001 "
	 "020000000002 1000 aaaa03 000000 0800 ip4/6 tcp"},
	{"AYIYA", 1, 6, -1, false,
	 "eth 0800 ip4/17 udp/5072/50000 41521129 6553f100 zero/16 zero/20 ip6/6 tcp"},
	{"VXLAN", 1, 4, -1, true,
	 "eth 0800 ip4/17 udp/50000/4789 08000000 00002a00 eth 0800 ip4/6 tcp"},
	{"VXLAN Linux port", 1, 6, -1, true,
	 "eth 0800 ip4/17 udp/50000/8472 08000000 00002a00 eth 86dd ip6/6 tcp"},
	{"VXLAN-GPE", 1, 4, -1, true, "eth 0800 ip4/17 udp/50000/4790 0c000001 00002a00 ip4/6 tcp"},
	{"VXLAN-GPE NSH", 1, 4, -1, true,
	 "eth 0800 ip4/17 udp/50000/4790 0c000004 00002a00 0fc2 02 01 00000aff ip4/6 "
	 "tcp"},
	{"Geneve", 1, 4, -1, true,
	 "eth 0800 ip4/17 udp/50000/6081 0200 6558 00002a00 0102 0301 01020304 eth 0800 "
	 "ip4/6 tcp"},
	{"Geneve IP", 1, 4, -1, true,
	 "eth 0800 ip4/17 udp/50000/6081 0000 0800 00002a00 ip4/6 tcp"},
	{"GRE in UDP", 1, 4, -1, false, "eth 0800 ip4/17 udp/50000/4754 0000 0800 ip4/6 tcp"},
	{"MPLS in UDP", 1, 4, -1, false, "eth 0800 ip4/17 udp/50000/6635 00064140 ip4/6 tcp"},
	{"GTP-U", 1, 4, -1, false, "eth 0800 ip4/17 udp/50000/2152 30ff len-4 00000001 ip4/6 tcp"},
	{"GTP-U extensions", 1, 6, -1, false,
	 "eth 0800 ip4/17 udp/50000/2152 34ff len-4 00000001 0000 00 85 01 100a 00 ip6/6 "
	 "tcp"},
	{"GTP-U from", 1, 4, -1, false,
	 "eth 0800 ip4/17 udp/2152/50001 32ff len-4 00000001 0001 00 00 ip4/6 tcp"},
	{"Teredo", 1, 6, -1, false, "eth 0800 ip4/17 udp/50000/3544 ip6/6 tcp"},
	{"Teredo authentication origin", 1, 6, -1, false,
	 "eth 0800 ip4/17 udp/50000/3544 0001 00 00 0000000000000000 00 0000 1234 "
	 "c0000201 ip6/6 tcp"},
	{"L2TP", 1, 4, -1, false,
	 "eth 0800 ip4/17 udp/1701/1701 0002 0001 0002 ff03 0021 ip4/6 tcp"},
	{"L2TP all fields", 1, 4, -1, false,
	 "eth 0800 ip4/17 udp/1701/1701 4a02 len+4 0001 0002 0000 0000 0002 ffff ff03 "
	 "0021 ip4/6 tcp"},
	{"L2TPv3 UDP", 1, 4, -1, false,
	 "eth 0800 ip4/17 udp/1701/1701 0003 0000 00000005 0102030405060708 eth 0800 "
	 "ip4/6 tcp"},
	{"L2TPv3 IP", 1, 4, -1, false, "eth 0800 ip4/115 00000005 00000000 eth 0800 ip4/6 tcp"},
	{"AH", 1, 4, -1, false,
	 "eth 0800 ip4/51 06 04 0000 00000100 00000001 000102030405060708090a0b "
	 "tcp"},
	{"hop-by-hop", 1, 6, -1, false, "eth 86dd ip6/0 06 00 0104 00000000 tcp"},
	{"destination options", 1, 6, -1, false,
	 "eth 86dd ip6/60 06 01 010c 000000000000000000000000 tcp"},
	{"routing", 1, 6, -1, false, "eth 86dd ip6/43 06 00 00 00 00000000 tcp"},
	{"atomic fragment", 1, 6, -1, false, "eth 86dd ip6/44 06 00 0000 00000001 tcp"},
	{"AH v6", 1, 6, -1, false,
	 "eth 86dd ip6/51 06 04 0000 00000100 00000001 000102030405060708090a0b tcp"},
	{"mobility HIP shim6", 1, 6, -1, false,
	 "eth 86dd ip6/135 8b 00 0000 00000000 8c 00 0000 00000000 06 00 0000 00000000 "
	 "tcp"},
	{"IPv4 options", 1, 4, -1, false, "eth 0800 ip4opt/6 01 07 07 04 00000000 tcp"},
};

const size_t n_stacks = ARRAY_LEN(stacks);

struct kitchen {
	struct buf *b;
	size_t after; /* FRAME_ROOM less the padding: where the packet ends */
	int l4;	      /* IP version whose pseudo header the segment has; 0: finished */
};

static uint32_t
packet_len(const struct kitchen *k)
{
	return (uint32_t)(k->after - k->b->at);
}

static void
add_padding(struct kitchen *k, unsigned n)
{
	memset(push(k->b, n), 0xee, n);
	k->after = k->b->at;
}

/* The segment is finished by the first address pair found around it. */
static void
finish_segment(struct kitchen *k, int version)
{
	struct buf *b = k->b;
	uint8_t *h = b->mem + k->after - (20 + 12 + plain_segment.payload);
	const uint32_t len = 20 + 12 + plain_segment.payload;

	if (k->l4 != 0)
		return;
	k->l4 = version;
	if (version == 4)
		finish_tcp(h, len, host_a4, host_b4, 4);
	else
		finish_tcp(h, len, host_a6, host_b6, 16);
}

static void
add_ip4(struct kitchen *k, unsigned protocol, unsigned options)
{
	uint8_t *h;

	finish_segment(k, 4);
	h = push_ipv4_fragment(k->b, 0, 0x1234, 0x4000);
	h[0] = (uint8_t)(0x45 + options / 4);
	put16(h + 2, packet_len(k));
	h[9] = (uint8_t)protocol;
	put16(h + 10, 0);
	put16(h + 10, ~sum16(h, 20 + options, 0) & 0xffff);
}

static void
add_ip6(struct kitchen *k, unsigned next)
{
	uint8_t *h;

	finish_segment(k, 6);
	h = push_ipv6(k->b, 0);
	put16(h + 4, packet_len(k) - 40);
	h[6] = (uint8_t)next;
}

static void
add_udp(struct kitchen *k, uint16_t sport, uint16_t dport)
{
	uint8_t *h = push_udp(k->b, sport, dport);

	put16(h + 4, packet_len(k));
}

static void
add_len(struct kitchen *k, const char *word)
{
	const bool little = word[3] == 'l';
	const uint32_t n = packet_len(k) + (uint32_t)strtol(word + 3 + little, NULL, 10);
	uint8_t *p = push(k->b, 2);

	put16(p, little ? (n & 0xff) << 8 | n >> 8 : n);
}

static void
add_word(struct kitchen *k, const char *word)
{
	unsigned a = 0, c = 0;

	if (strcmp(word, "tcp") == 0)
		push_tcp(k->b, &plain_segment);
	else if (strcmp(word, "eth") == 0)
		push_hex(k->b, "020000000002 020000000001");
	else if (sscanf(word, "pad/%u", &a) == 1)
		add_padding(k, a);
	else if (sscanf(word, "zero/%u", &a) == 1)
		push(k->b, a);
	else if (sscanf(word, "ip4/%u", &a) == 1)
		add_ip4(k, a, 0);
	else if (sscanf(word, "ip4opt/%u", &a) == 1)
		add_ip4(k, a, 8);
	else if (sscanf(word, "ip6/%u", &a) == 1)
		add_ip6(k, a);
	else if (sscanf(word, "udp/%u/%u", &a, &c) == 2)
		add_udp(k, (uint16_t)a, (uint16_t)c);
	else if (strncmp(word, "len", 3) == 0)
		add_len(k, word);
	else
		push_hex(k->b, word);
}

void
stack_build(struct buf *b, const struct stack *s)
{
	struct kitchen k = {.b = b, .after = FRAME_ROOM};
	size_t end = strlen(s->recipe);

	buf_begin(b);
	while (end > 0) {
		size_t begin = end;
		char word[64];

		while (begin > 0 && s->recipe[begin - 1] != ' ')
			begin--;
		snprintf(word, sizeof(word), "%.*s", (int)(end - begin), s->recipe + begin);
		add_word(&k, word);
		end = begin > 0 ? begin - 1 : 0;
	}
}
