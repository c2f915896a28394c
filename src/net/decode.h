/* SPDX-License-Identifier: MIT */
/*
 * decode.h: what the decoders of this layer share: a bounds-checked cursor, the walk through the
 * headers of a frame, and the kinds of headers. Private to net.
 *
 * Every decoder takes its header from the cursor, stores what belongs into the struct packet and
 * calls the decoder of what the header carries. Calls go one way only:
 *
 *	link types → link layers → EtherTypes → IP → what IP carries
 *
 * A tunnel that carries Ethernet or IP again, or an ICMP error that quotes a datagram, leads back
 * up. It is not called: the decoder returns walk_payload(), and the loop in decode.c continues
 * with that payload. So nothing recurses; walk_tunnel() limits the depth.
 */
#ifndef TCPLENS_NET_DECODE_H
#define TCPLENS_NET_DECODE_H

#include <string.h>

#include "net/net.h"

#define TUNNELS_MAX 8  /* encapsulations around a segment */
#define HEADERS_MAX 64 /* headers in one frame */
#define LENGTH_MAX  1500 /* IEEE 802.3: a smaller value is a length, not an EtherType */

/* ---- cursor: the bytes that are not yet decoded ---- */

/* Always cap ≤ wire: the captured bytes are a prefix of those sent. */
struct cursor {
	const uint8_t *p;
	uint32_t cap;  /* captured bytes, at p */
	uint32_t wire; /* bytes that were sent */
	bool framed;   /* the link layer gave the length: longer lengths inside are ignored */
};

static inline uint16_t
be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
be24(const uint8_t *p)
{
	return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

static inline uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint64_t
be64(const uint8_t *p)
{
	return (uint64_t)p[0] << 56 | (uint64_t)p[1] << 48 | (uint64_t)p[2] << 40 |
	       (uint64_t)p[3] << 32 | (uint64_t)p[4] << 24 | (uint64_t)p[5] << 16 |
	       (uint64_t)p[6] << 8 | p[7];
}

static inline uint16_t
le16(const uint8_t *p)
{
	return (uint16_t)(p[1] << 8 | p[0]);
}

static inline uint32_t
le32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* A small number in the byte order of the machine that wrote it, which is unknown. */
static inline uint32_t
any_order32(const uint8_t *p)
{
	return p[0] == 0 && p[1] == 0 ? be32(p) : le32(p);
}

/* The next n bytes, without moving on; NULL when they were not captured. */
static inline const uint8_t *
cur_peek(const struct cursor *c, uint32_t n)
{
	return LIKELY(c->cap >= n) ? c->p : NULL;
}

/* Moves past the next n bytes and returns them; NULL when they were not captured. */
static inline const uint8_t *
cur_take(struct cursor *c, uint32_t n)
{
	const uint8_t *p = c->p;

	if (UNLIKELY(c->cap < n))
		return NULL;
	c->p += n;
	c->cap -= n;
	c->wire -= n;
	return p;
}

/* A header says that n bytes follow. If there are more, the rest is padding; if there are fewer,
 * the rest was not captured. */
static inline void
cur_limit(struct cursor *c, uint32_t n)
{
	if (UNLIKELY(c->framed) && n > c->wire)
		n = c->wire;
	c->wire = n;
	if (c->cap > n)
		c->cap = n;
}

/* The result when n bytes were not captured. */
static inline enum decode_result
cur_short(const struct cursor *c, uint32_t n)
{
	return c->wire < n ? DECODE_MALFORMED : DECODE_TRUNCATED;
}

/* ---- kinds of headers, for explain.c ---- */

enum header {
	HDR_ETHERNET,
	HDR_VLAN,
	HDR_LLC,
	HDR_SNAP,
	HDR_SLL,
	HDR_SLL2,
	HDR_NULL,
	HDR_PPP,
	HDR_PPPOE,
	HDR_CHDLC,
	HDR_FRAME_RELAY,
	HDR_MPLS,
	HDR_RADIOTAP,
	HDR_WLAN,
	HDR_PFLOG,
	HDR_NFLOG,
	HDR_ERF,
	HDR_LINK, /* another link layer: shown as bytes */
	HDR_IPV4,
	HDR_IPV6,
	HDR_IPV6_EXT, /* hop-by-hop, destination options, mobility, HIP, shim6 */
	HDR_IPV6_ROUTING,
	HDR_IPV6_FRAGMENT,
	HDR_AH,
	HDR_GRE,
	HDR_UDP,
	HDR_VXLAN,
	HDR_GENEVE,
	HDR_GTP,
	HDR_TEREDO,
	HDR_L2TP,
	HDR_NSH,
	HDR_TUNNEL, /* another encapsulation: shown as bytes */
	HDR_ICMP,
	HDR_ICMPV6,
	HDR_TCP,
	HDR_COUNT,
};

/* What is decoded next after walk_payload(). */
enum payload {
	PAYLOAD_ETHERNET,
	PAYLOAD_ETHERTYPE, /* what walk.ethertype names */
	PAYLOAD_IP,	   /* version 4 or 6, see walk_ip() */
	PAYLOAD_IPV4,
	PAYLOAD_IPV6,
	PAYLOAD_PPP,
	PAYLOAD_MPLS,
	PAYLOAD_NSH,
	PAYLOAD_WLAN,
	PAYLOAD_WLAN_SWAPPED, /* the first two bytes are exchanged */
	PAYLOAD_COUNT,
};

/* The result of walk_payload(). It is not returned to other layers. */
#define DECODE_PAYLOAD ((enum decode_result)DECODE_RESULT_COUNT)

struct walk;
/* Called for each header, the outermost first. len: its captured bytes. */
typedef void header_fn(struct walk *w, enum header kind, const uint8_t *h, uint32_t len);

/* ---- walk: the state of decoding one frame ---- */

struct walk {
	struct cursor c;
	struct reasm *reasm; /* NULL: fragments are not reassembled */
	struct packet *out;
	header_fn *on_header; /* NULL: none */
	void *ctx;	      /* for on_header */
	enum payload payload; /* valid when a decoder returned DECODE_PAYLOAD */
	uint16_t ethertype;   /* of PAYLOAD_ETHERTYPE */
	uint8_t unopened;     /* enum encapsulation; valid with DECODE_UNSUPPORTED */
	uint8_t tunnels, headers;
	bool quoted;	  /* inside an ICMP error, which rarely quotes the whole packet */
	bool cut;	  /* the ICMP error was not captured whole */
	bool guessed;	  /* inside a tunnel that was only recognised by its UDP port */
	bool rerouted;	  /* source routing: the checksum covers another destination */
};

typedef enum decode_result decode_fn(struct walk *w);

static inline void
walk_header(struct walk *w, enum header kind, const uint8_t *h, uint32_t len)
{
	if (UNLIKELY(w->on_header))
		w->on_header(w, kind, h, len);
}

/* Takes a header of n bytes and reports it to on_header; NULL when it was not captured whole. */
static inline const uint8_t *
walk_take(struct walk *w, enum header kind, uint32_t n)
{
	const uint8_t *h = cur_take(&w->c, n);

	if (LIKELY(h))
		walk_header(w, kind, h, n);
	return h;
}

/* Skips a header of n bytes and decodes what follows. */
static inline enum decode_result
skip_to(struct walk *w, enum header kind, uint32_t n, decode_fn *next)
{
	if (!walk_take(w, kind, n))
		return cur_short(&w->c, n);
	return next(w);
}

/* Ends the walk: what follows is not opened. */
static inline enum decode_result
walk_unopened(struct walk *w, enum encapsulation e)
{
	w->unopened = (uint8_t)e;
	return DECODE_UNSUPPORTED;
}

/* Ends a decoder: the rest is decoded as `payload`. */
static inline enum decode_result
walk_payload(struct walk *w, enum payload payload)
{
	w->payload = payload;
	return DECODE_PAYLOAD;
}

/* The same for the payload of a tunnel. */
static inline enum decode_result
walk_tunnel(struct walk *w, enum payload payload)
{
	if (++w->tunnels > TUNNELS_MAX)
		return walk_unopened(w, ENCAP_TOO_DEEP);
	w->out->vlan = -1;
	w->c.framed = false; /* a port mirror may have cut the packet inside */
	return walk_payload(w, payload);
}

/* Skips the header of a tunnel, n bytes, and decodes its payload. */
static inline enum decode_result
skip_to_tunnel(struct walk *w, enum header kind, uint32_t n, enum payload payload)
{
	if (!walk_take(w, kind, n))
		return cur_short(&w->c, n);
	return walk_tunnel(w, payload);
}

/* What is hashed into packet.scope: identifiers that both directions of a connection have. */
enum scope_kind {
	SCOPE_VLAN = 1,
	SCOPE_ISID, /* provider backbone bridging */
	SCOPE_PPPOE,
	SCOPE_VXLAN,
	SCOPE_GENEVE,
	SCOPE_GRE_KEY,
	SCOPE_DLCI,
};

/* Adds an identifier to packet.scope, which is never 0 afterwards. */
static inline void
walk_scope(struct walk *w, enum scope_kind kind, uint32_t id)
{
	uint64_t x = ((uint64_t)w->out->scope << 32 | id) + (uint64_t)kind * 0x9e3779b97f4a7c15;

	x = (x ^ x >> 32) * 0xd6e8feb86659fd93;
	w->out->scope = (uint32_t)(x >> 32) | 1;
}

/* ---- decode.c ---- */
/* Decodes a frame without reassembling fragments and calls fn for each header. */
enum decode_result walk_frame(const struct frame *f, struct packet *out, header_fn *fn, void *ctx);

/* ---- link_table.c: the table of link types ---- */
struct link {
	int linktype;
	const char *name; /* as listed by tcpdump -L */
	decode_fn *decode;
};
/* NULL when the link type is unknown. */
const struct link *link_find(int linktype);

/* ---- link layers: wlan.c, serial.c, lan.c, device.c ---- */
decode_fn link_wlan, link_wlan_swapped, link_radiotap, link_prism, link_avs;
decode_fn link_ppp_serial, link_ppp_with_dir, link_ppp_pppd, link_chdlc, link_chdlc_with_dir,
	link_frame_relay, link_frame_relay_with_dir, link_slip;
decode_fn link_fddi, link_token_ring, link_fibre_channel, link_sunatm, link_arcnet,
	link_arcnet_linux, link_ipoib;
decode_fn link_switch_tag, link_edsa, link_tag_first, link_netanalyzer, link_preamble,
	link_netanalyzer_transparent, link_enc, link_pflog, link_nflog, link_erf, link_ipnet,
	link_juniper;

/* ---- ethernet.c ---- */
decode_fn link_ethernet, link_llc, link_sll, link_sll2, link_pppoe;
/* Decodes what an EtherType names; a value up to LENGTH_MAX is a length (IEEE 802.3). */
enum decode_result walk_ethertype(struct walk *w, uint16_t type);
/* The same with an EtherType that follows a tag of n bytes. */
enum decode_result walk_type_after(struct walk *w, uint32_t n);
/* bridge_pad: bytes of padding before a bridged Ethernet frame. */
enum decode_result walk_snap(struct walk *w, uint32_t bridge_pad);

/* ---- ppp.c ---- */
decode_fn link_ppp;
/* Decodes the PPP protocol number and what it names. */
enum decode_result walk_ppp_protocol(struct walk *w);

/* ---- ip.c ---- */
enum {
	PROTO_HOP_BY_HOP = 0,
	PROTO_ICMP = 1,
	PROTO_IPV4 = 4,
	PROTO_TCP = 6,
	PROTO_UDP = 17,
	PROTO_IPV6 = 41,
	PROTO_ROUTING = 43,
	PROTO_FRAGMENT = 44,
	PROTO_GRE = 47,
	PROTO_ESP = 50,
	PROTO_AH = 51,
	PROTO_ICMPV6 = 58,
	PROTO_DSTOPTS = 60,
	PROTO_ETHERIP = 97,
	PROTO_IPCOMP = 108,
	PROTO_L2TP = 115,
	PROTO_MOBILITY = 135,
	PROTO_MPLS = 137,
	PROTO_HIP = 139,
	PROTO_SHIM6 = 140,
	PROTO_ETHERNET = 143,
};

decode_fn decode_ipv4, decode_ipv6, link_null;
/* IPv4 or IPv6, according to the version field. */
enum decode_result walk_ip(struct walk *w);
/* IP according to an address family of any operating system. */
enum decode_result walk_family(struct walk *w, uint32_t af);

/* ---- udp.c, tunnel.c ---- */
decode_fn decode_udp;
decode_fn tunnel_gre, tunnel_mpls, tunnel_nsh, tunnel_l2tp3;
/* Decodes the payload of GRE or Geneve, named by an EtherType or one of GRE's own numbers.
 * sequenced: the header has a sequence number. */
enum decode_result walk_gre_type(struct walk *w, uint16_t type, bool sequenced);
/* Decodes what a next-protocol number of NSH or VXLAN-GPE names. */
enum decode_result walk_next_protocol(struct walk *w, uint8_t next);

/* ---- icmp.c ---- */
decode_fn decode_icmp, decode_icmpv6;
/* The result of an ICMP error, from the result of the datagram that it quotes. */
enum decode_result icmp_quote_result(struct walk *w, enum decode_result quoted);

/* ---- tcp.c ---- */
decode_fn decode_tcp;

/* ---- checksum.c ---- */
/* Checks the len bytes of a TCP segment or UDP datagram, whose checksum field is at field_offset,
 * with the pseudo header of out's addresses. */
enum checksum transport_checksum(const struct packet *out, uint8_t protocol, const uint8_t *bytes,
				 uint32_t len, uint32_t field_offset);
/* Checks an IPv4 header of len bytes. */
enum checksum header_checksum(const uint8_t *header, uint32_t len);
/* Adds the result for an outer header to packet.outer_csum. */
static inline void
walk_outer_checksum(struct walk *w, enum checksum sum)
{
	if (!w->quoted && sum > w->out->outer_csum)
		w->out->outer_csum = (uint8_t)sum;
}

#endif
