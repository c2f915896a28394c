/* SPDX-License-Identifier: MIT */
/*
 * net: decodes captured bytes into the fields of a TCP segment, and explains them field by field.
 * Nothing is kept between frames but IP fragments, within a fixed budget. Every read is
 * bounds-checked; lengths are taken from the IP header, not from the captured length.
 */
#ifndef TCPLENS_NET_H
#define TCPLENS_NET_H

#include "base/base.h"

typedef uint32_t seqno; /* a sequence number, modulo 2^32 */

/* Comparisons modulo 2^32 (RFC 9293 3.4), valid while the distance is below 2^31. */
static inline bool
seq_lt(seqno a, seqno b)
{
	return (int32_t)(a - b) < 0;
}

static inline bool
seq_le(seqno a, seqno b)
{
	return (int32_t)(a - b) <= 0;
}

static inline seqno
seq_max(seqno a, seqno b)
{
	return seq_lt(a, b) ? b : a;
}

static inline seqno
seq_min(seqno a, seqno b)
{
	return seq_lt(a, b) ? a : b;
}

/* TCP header flags (RFC 9293 3.1, RFC 3168); TH_AE: RFC 9768, formerly NS. */
enum {
	TH_FIN = 0x001,
	TH_SYN = 0x002,
	TH_RST = 0x004,
	TH_PSH = 0x008,
	TH_ACK = 0x010,
	TH_URG = 0x020,
	TH_ECE = 0x040,
	TH_CWR = 0x080,
	TH_AE = 0x100,
};

/* Options present in the segment. */
enum {
	OPT_MSS = 0x001,
	OPT_WSCALE = 0x002,
	OPT_SACK_OK = 0x004,
	OPT_SACK = 0x008,
	OPT_TS = 0x010,
	OPT_TFO = 0x020,
	OPT_MPTCP = 0x040,
	OPT_AUTH = 0x080,      /* MD5 signature (RFC 2385) or TCP-AO (RFC 5925) */
	OPT_UNKNOWN = 0x100,
	OPT_CUT = 0x200,       /* cut by the snapshot length: which options followed is unknown */
	OPT_BAD = 0x400,       /* an option has a wrong length; those before it are valid */
};

enum checksum { /* in the order in which walks combine them: the greatest counts */
	CSUM_UNKNOWN, /* not all bytes were captured, or the sender used no checksum */
	CSUM_GOOD,
	CSUM_PARTIAL, /* of the pseudo header only: captured before the network card completed it */
	CSUM_BAD,
};

enum direction { DIR_UNKNOWN, DIR_IN, DIR_OUT, DIR_FORWARDED };

/* One captured frame. data is valid until the source delivers the next frame. */
struct frame {
	nsec ts;	    /* since the epoch */
	const uint8_t *data;
	uint64_t number;    /* in the file or capture, starting at 1 */
	uint32_t cap_len;   /* captured bytes, at data */
	uint32_t wire_len;  /* bytes it had on the wire */
	uint64_t ref;	    /* where the packet store keeps its bytes (source layer) */
	uint32_t interface; /* pcapng interface or kernel's ifindex; 0 unknown */
	int linktype;	    /* LINKTYPE_/DLT_ value */
	enum direction direction;
};

#define PACKET_SACK_MAX 4

/*
 * One decoded TCP segment, or one ICMP error that quotes a segment. It contains no pointers. Of an
 * ICMP error src, dst, sport, dport and seq are those of the quoted segment, icmp_* are its own.
 *
 * The fields that every segment has are in the first two cache lines. Within each eight bytes the
 * fields of the TCP header are in reverse order, so that one byte swap converts them all.
 */
struct packet {
	nsec ts;
	uint64_t frame; /* struct frame.number (of the last fragment) */
	uint64_t ref;	/* struct frame.ref */
	seqno seq;
	uint16_t dport, sport;
	uint8_t src[16], dst[16]; /* network order, IPv4 as v4-mapped */

	uint16_t urgent;
	uint16_t checksum;    /* as in the header */
	uint16_t window;      /* as in the header, unscaled */
	uint16_t flags;	      /* TH_* */
	seqno ack;
	uint32_t payload_len; /* bytes on the wire */
	uint32_t tsecr, tsval;
	uint16_t options; /* OPT_* */
	uint16_t mss;
	uint8_t wscale;	  /* as sent; above 14 counts as 14 (RFC 7323 2.3) */
	uint8_t n_sack;	  /* 0 … PACKET_SACK_MAX */
	uint8_t tfo_len;  /* cookie bytes; 0 = a request for one */
	uint8_t mptcp;	  /* subtype of the first MPTCP option (RFC 8684) */

	uint32_t digest; /* hash of the bytes of the TCP header */
	uint32_t scope;	 /* hash of the encapsulation (VLAN ids, VNI, GRE key …); 0: none */
	int16_t vlan;	 /* innermost VLAN id of the segment's own encapsulation, -1 none */
	uint8_t reassembled; /* 1: from IP fragments */
	uint8_t fragments;   /* how many; 0: not fragmented */
	uint32_t interface;
	uint16_t ip_id;
	uint8_t ip_version; /* 4 or 6 */
	uint8_t tos;	    /* or traffic class; low two bits ECN */
	uint8_t ttl;	    /* or hop limit */
	uint8_t ip_df;	    /* IPv4 don't fragment */
	uint8_t direction;  /* enum direction */
	uint8_t csum;	    /* enum checksum */
	uint8_t truncated;  /* 1: not captured whole */

	uint8_t icmp_version; /* 4 or 6; 0: this is a TCP segment */
	uint8_t icmp_type, icmp_code;
	uint16_t icmp_mtu;    /* next-hop MTU; 0: not given */
	uint8_t outer_csum;   /* enum checksum: the worst of the IPv4 and UDP headers that carry
			       * the segment's own IP packet through a tunnel */
	struct {
		seqno left, right;
	} sack[PACKET_SACK_MAX];
	uint8_t icmp_from[16]; /* sender of the ICMP error; unset for a segment */
};

/* SEG.LEN of RFC 9293: payload, plus one for SYN and one for FIN. */
static inline uint32_t
packet_seg_len(const struct packet *p)
{
	return p->payload_len + !!(p->flags & TH_SYN) + !!(p->flags & TH_FIN);
}

enum decode_result {
	DECODE_TCP,	    /* *out is a segment */
	DECODE_ICMP,	    /* *out is an ICMP error that quotes a TCP segment */
	DECODE_OTHER,	    /* well-formed, not TCP */
	DECODE_FRAGMENT,    /* an IP fragment, kept until its datagram is complete */
	DECODE_TRUNCATED,   /* too few bytes were captured to decode it */
	DECODE_MALFORMED,   /* a length or version in a header is wrong */
	DECODE_UNSUPPORTED, /* an enum encapsulation that is not opened */
	DECODE_RESULT_COUNT,
};

/* Link layers and encapsulations that are not opened: connections inside them are not seen. */
enum encapsulation {
	ENCAP_ESP,
	ENCAP_MACSEC,
	ENCAP_WIREGUARD,
	ENCAP_WLAN_ENCRYPTED,
	ENCAP_CAPWAP_ENCRYPTED,
	ENCAP_PPP_ENCRYPTED,
	ENCAP_PPP_COMPRESSED,
	ENCAP_IPCOMP,
	ENCAP_CAPWAP_FRAGMENT,
	ENCAP_PPP_FRAGMENT,
	ENCAP_LINK_FRAGMENT,
	ENCAP_GRE,       /* an unknown version */
	ENCAP_ETHERTYPE, /* unknown: it may carry IP */
	ENCAP_LINK_TYPE,
	ENCAP_TOO_DEEP,
	ENCAP_COUNT,
};

struct encapsulation_info {
	const char *name; /* for programs, never changes: "esp" */
	const char *hint; /* N_() why it is not opened */
};
const struct encapsulation_info *encapsulation_info(enum encapsulation e);

/* Owns the reassembly buffers and counts. One per capture; used by one thread at a time. */
struct decoder;
/* NULL when there is no memory. */
struct decoder *decoder_new(void);
void decoder_free(struct decoder *d);
enum decode_result decode_frame(struct decoder *d, const struct frame *f, struct packet *out);
/* Fragments whose datagram was never complete: too old, overlapping, or beyond the budget. */
uint64_t decoder_fragments_lost(const struct decoder *d);
/* The number of frames with the result DECODE_UNSUPPORTED, by enum encapsulation. */
const uint64_t *decoder_unopened(const struct decoder *d);
/* Whether frames of this link type are decoded. */
bool decode_linktype_known(int linktype);

/* ---- explain.c: all header fields of a frame, for people ---- */
struct field {
	int depth;	   /* 0 the heading of a header, 1 a field, 2 a part of a field */
	uint32_t offset;   /* of its bytes in the frame */
	uint32_t len;	   /* 0: nothing to highlight */
	const char *name;  /* N_(): translated when shown */
	char value[128];   /* escaped, ready for a terminal */
	const char *note;  /* N_() what it means, or NULL */
};

typedef void field_fn(void *ctx, const struct field *f);

/* Calls fn for every field that was captured, from the link layer to the TCP options. Returns the
 * offset of the TCP payload in the frame, or cap_len when there is none. */
uint32_t explain_frame(const struct frame *f, field_fn *fn, void *ctx);

/* The flags in tcpdump's letters and order: "S", "S.", "P.", "F.", "R", "none". out: at least 12
 * bytes. Returns out. */
char *tcp_flags_text(char *out, size_t size, uint16_t flags);
/* The options of the innermost TCP header as tcpdump prints them, in their order and with padding:
 * "mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7". "" when there are none or the frame is not a
 * segment. Returns out. */
char *tcp_options_text(char *out, size_t size, const struct frame *f);
/* N_() name of an ICMP error, such as "port unreachable"; never NULL. */
const char *icmp_name(uint8_t icmp_version, uint8_t type, uint8_t code);

#endif
