/* SPDX-License-Identifier: MIT */
/*
 * tcp.h: the TCP header's options one by one, for who decodes them and who describes them. Private
 * to net.
 */
#ifndef TCPLENS_NET_TCP_H
#define TCPLENS_NET_TCP_H

#include "net/decode.h"

#define TCP_MIN      20 /* header without options */
#define TCP_TS       32 /* header with two NOPs and time stamps */
#define TCP_FLAGS    14 /* the flags are in the first 14 bytes: below that nothing can be said */
#define TCP_CHECKSUM 16 /* offset of the field */
#define TFO_MAGIC    0xf989 /* RFC 7413's option before it had a kind of its own */

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
	TCP_OPTIONS_BAD, /* a length that lies */
};

/* Goes from option to option, NOPs and the end of list included. */
struct tcp_option_iter {
	const uint8_t *next;
	uint32_t len, cap;   /* bytes left, captured bytes left */
	uint32_t option_len; /* of the one just given */
	enum tcp_options_end end;
};

/* h: a TCP header of hlen ≥ 20 bytes, of which cap were captured. */
void tcp_options_begin(struct tcp_option_iter *it, const uint8_t *h, uint32_t hlen, uint32_t cap);
/* The next option, whole, or NULL: it->end says why. */
const uint8_t *tcp_option_next(struct tcp_option_iter *it);
/* Whether the length is one that the option's kind can have. */
bool tcp_option_valid(const uint8_t *o, uint32_t len);
/* RFC 8684 3; never NULL. */
const char *mptcp_subtype_name(uint8_t subtype);

#endif
