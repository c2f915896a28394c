/* SPDX-License-Identifier: MIT */
/*
 * encapsulation.c: names of encapsulations that are not opened, and the reasons.
 */
#include "net/net.h"

static const struct encapsulation_info table[ENCAP_COUNT] = {
	[ENCAP_ESP] = {"esp", N_("encrypted by IPsec (ESP)")},
	[ENCAP_MACSEC] = {"macsec", N_("encrypted by MACsec")},
	[ENCAP_WIREGUARD] = {"wireguard", N_("encrypted by WireGuard")},
	[ENCAP_WLAN_ENCRYPTED] = {"wlan-encrypted", N_("encrypted 802.11 frames")},
	[ENCAP_CAPWAP_ENCRYPTED] = {"capwap-encrypted", N_("CAPWAP encrypted by DTLS")},
	[ENCAP_PPP_ENCRYPTED] = {"ppp-encrypted", N_("encrypted PPP")},
	[ENCAP_PPP_COMPRESSED] = {"ppp-compressed", N_("PPP with compressed headers or data")},
	[ENCAP_IPCOMP] = {"ipcomp", N_("compressed by IPComp")},
	[ENCAP_CAPWAP_FRAGMENT] = {"capwap-fragment", N_("CAPWAP fragments")},
	[ENCAP_PPP_FRAGMENT] = {"ppp-fragment", N_("fragments of multilink PPP")},
	[ENCAP_LINK_FRAGMENT] = {"link-fragment", N_("fragments of the link layer")},
	[ENCAP_GRE] = {"gre", N_("GRE of an unknown version")},
	[ENCAP_ETHERTYPE] = {"ethertype", N_("an unknown EtherType")},
	[ENCAP_LINK_TYPE] = {"link-type", N_("an unknown link type")},
	[ENCAP_TOO_DEEP] = {"too-deep", N_("more nested headers than are decoded")},
};

const struct encapsulation_info *
encapsulation_info(enum encapsulation e)
{
	return &table[e];
}
