/* SPDX-License-Identifier: MIT */
/*
 * tcp.h: iterates over the options of a TCP header. Private to net.
 */
#ifndef TCPLENS_NET_TCP_H
#define TCPLENS_NET_TCP_H

#include "net/decode.h"

#define TCP_MIN      20 /* header without options */
#define TCP_TS       32 /* header with two NOPs and time stamps */
#define TCP_FLAGS    14 /* bytes up to the flags: with fewer a segment is not decoded */
#define TCP_CHECKSUM 16 /* offset of the field */
#define TFO_MAGIC    0xf989 /* of the experimental Fast Open option (RFC 7413 4.1.1) */

enum {
	TCPOPT_END = 0,
	TCPOPT_NOP = 1,
	TCPOPT_MSS = 2,
	TCPOPT_WSCALE = 3,
	TCPOPT_SACK_OK = 4,
	TCPOPT_SACK = 5,
	TCPOPT_TS = 8,
	TCPOPT_MD5 = 19,
	TCPOPT_UTO = 28,
	TCPOPT_AO = 29,
	TCPOPT_MPTCP = 30,
	TCPOPT_TFO = 34,
	TCPOPT_EXPERIMENT1 = 253,
	TCPOPT_EXPERIMENT2 = 254,
};

enum tcp_options_end {
	TCP_OPTIONS_WHOLE,
	TCP_OPTIONS_CUT, /* by the snapshot length */
	TCP_OPTIONS_BAD, /* an option has a wrong length */
};

/* Iterates over all options, including NOPs and the end of the list. */
struct tcp_option_iter {
	const uint8_t *next;
	uint32_t len, cap;   /* bytes left, captured bytes left */
	uint32_t option_len; /* of the option just returned */
	enum tcp_options_end end;
};

/* h: a TCP header of hlen ≥ TCP_MIN bytes, of which cap were captured. */
void tcp_options_begin(struct tcp_option_iter *it, const uint8_t *h, uint32_t hlen, uint32_t cap);
/* The next option, or NULL at the end: it->end says why. */
const uint8_t *tcp_option_next(struct tcp_option_iter *it);
/* Whether an option of this kind can have this length. */
bool tcp_option_valid(const uint8_t *o, uint32_t len);
/* The subtype of an MPTCP option (RFC 8684 3); never NULL. */
const char *mptcp_subtype_name(uint8_t subtype);

#endif
