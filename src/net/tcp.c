/* SPDX-License-Identifier: MIT */
/*
 * tcp.c: the TCP header (RFC 9293 3.1) and its options.
 */
#include "net/tcp.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

/* ---- options ---- */

/* These functions are inlined below, because the options are a large part of the cost of a SYN. */
inline void
tcp_options_begin(struct tcp_option_iter *it, const uint8_t *h, uint32_t hlen, uint32_t cap)
{
	it->next = h + (cap < TCP_MIN ? cap : TCP_MIN);
	it->len = hlen - TCP_MIN;
	it->cap = cap <= TCP_MIN ? 0 : (cap < hlen ? cap : hlen) - TCP_MIN;
	it->end = TCP_OPTIONS_WHOLE;
}

static inline const uint8_t *
option_stop(struct tcp_option_iter *it, enum tcp_options_end why)
{
	it->end = why;
	it->len = 0;
	return NULL;
}

inline const uint8_t *
tcp_option_next(struct tcp_option_iter *it)
{
	const uint8_t *o = it->next;
	uint32_t n = 1;

	if (it->len == 0)
		return NULL;
	if (it->cap == 0)
		return option_stop(it, TCP_OPTIONS_CUT);
	if (o[0] > TCPOPT_NOP) {
		if (it->cap < 2)
			return option_stop(it, it->len < 2 ? TCP_OPTIONS_BAD : TCP_OPTIONS_CUT);
		n = o[1];
		if (n < 2 || n > it->cap)
			return option_stop(it, n < 2 || n > it->len ? TCP_OPTIONS_BAD
								    : TCP_OPTIONS_CUT);
	}
	it->option_len = n;
	it->next += n;
	it->cap -= n;
	it->len = o[0] == TCPOPT_END ? 0 : it->len - n;
	return o;
}

inline bool
tcp_option_valid(const uint8_t *o, uint32_t len)
{
	static const uint8_t lengths[] = {
		[TCPOPT_MSS] = 4,
		[TCPOPT_WSCALE] = 3,
		[TCPOPT_SACK_OK] = 2,
		[TCPOPT_TS] = 10,
	};

	if (o[0] < ARRAY_LEN(lengths) && lengths[o[0]] > 0)
		return len == lengths[o[0]];
	if (o[0] == TCPOPT_SACK)
		return len >= 10 && (len - 2) % 8 == 0;
	return o[0] != TCPOPT_MPTCP || len >= 3;
}

static void
read_sack(struct packet *out, const uint8_t *o, uint32_t len)
{
	const uint32_t n = (len - 2) / 8;

	out->options |= OPT_SACK;
	for (uint32_t i = 0; i < n && out->n_sack < PACKET_SACK_MAX; i++) {
		out->sack[out->n_sack].left = be32(o + 2 + i * 8);
		out->sack[out->n_sack].right = be32(o + 6 + i * 8);
		out->n_sack++;
	}
}

static void
read_mptcp(struct packet *out, const uint8_t *o)
{
	if (!(out->options & OPT_MPTCP))
		out->mptcp = o[2] >> 4;
	out->options |= OPT_MPTCP;
}

static void
read_experiment(struct packet *out, const uint8_t *o, uint32_t len)
{
	if (len >= 4 && be16(o + 2) == TFO_MAGIC) {
		out->options |= OPT_TFO;
		out->tfo_len = (uint8_t)(len - 4);
	} else {
		out->options |= OPT_UNKNOWN;
	}
}

/* o: an option with a valid length. */
static void
read_option(struct packet *out, const uint8_t *o, uint32_t len)
{
	switch (o[0]) {
	case TCPOPT_END:
	case TCPOPT_NOP:
		break;
	case TCPOPT_MSS:
		out->options |= OPT_MSS;
		out->mss = be16(o + 2);
		break;
	case TCPOPT_WSCALE:
		out->options |= OPT_WSCALE;
		out->wscale = o[2];
		break;
	case TCPOPT_SACK_OK:
		out->options |= OPT_SACK_OK;
		break;
	case TCPOPT_SACK:
		read_sack(out, o, len);
		break;
	case TCPOPT_TS:
		out->options |= OPT_TS;
		out->tsval = be32(o + 2);
		out->tsecr = be32(o + 6);
		break;
	case TCPOPT_TFO:
		out->options |= OPT_TFO;
		out->tfo_len = (uint8_t)(len - 2);
		break;
	case TCPOPT_MPTCP:
		read_mptcp(out, o);
		break;
	case TCPOPT_MD5:
	case TCPOPT_AO:
		out->options |= OPT_AUTH;
		break;
	case TCPOPT_EXPERIMENT1:
	case TCPOPT_EXPERIMENT2:
		read_experiment(out, o, len);
		break;
	default:
		out->options |= OPT_UNKNOWN;
	}
}

static void
read_options(struct packet *out, const uint8_t *h, uint32_t hlen, uint32_t cap)
{
	struct tcp_option_iter it;
	const uint8_t *o;

	tcp_options_begin(&it, h, hlen, cap);
	while ((o = tcp_option_next(&it)) != NULL) {
		if (tcp_option_valid(o, it.option_len))
			read_option(out, o, it.option_len);
		else
			out->options |= OPT_BAD;
	}
	if (it.end == TCP_OPTIONS_CUT)
		out->options |= OPT_CUT;
	else if (it.end == TCP_OPTIONS_BAD)
		out->options |= OPT_BAD;
}

static inline void
no_options(struct packet *out)
{
	out->options = out->mss = 0;
	out->wscale = out->n_sack = out->tfo_len = out->mptcp = 0;
	out->tsecr = out->tsval = 0;
}

/* ---- header ---- */

static inline void
tcp_start(struct packet *out, const uint8_t *h)
{
	const uint64_t start = be64(h);

	out->seq = (uint32_t)start;
	out->dport = (uint16_t)(start >> 32);
	out->sport = (uint16_t)(start >> 48);
}

/* The fields of a header without its options. */
static inline void
tcp_fields(struct packet *out, const uint8_t *h)
{
	const uint64_t end = be64(h + 12) & UINT64_C(0x01ffffffffffffff);

	tcp_start(out, h);
	out->ack = be32(h + 8);
	out->urgent = (uint16_t)end;
	out->checksum = (uint16_t)(end >> 16);
	out->window = (uint16_t)(end >> 32);
	out->flags = (uint16_t)(end >> 48);
}

/* A window that was not captured is set to its maximum, so that it does not count as closed. */
static void
tcp_cut_fields(struct packet *out, const uint8_t *h, uint32_t cap)
{
	tcp_start(out, h);
	out->ack = be32(h + 8);
	out->flags = be16(h + 12) & 0x1ff;
	out->window = cap >= 16 ? be16(h + 14) : UINT16_MAX;
	out->checksum = cap >= 18 ? be16(h + 16) : 0;
	out->urgent = 0;
}

/* A header of hlen bytes, of which cap ≥ TCP_FLAGS were captured. */
static void
tcp_header(struct packet *out, const uint8_t *h, uint32_t hlen, uint32_t cap)
{
	if (LIKELY(cap >= TCP_MIN))
		tcp_fields(out, h);
	else
		tcp_cut_fields(out, h, cap);
	no_options(out);
	read_options(out, h, hlen, cap);
	out->digest = (uint32_t)XXH3_64bits(h, cap < hlen ? cap : hlen);
}

/* Whether the options are two NOPs and time stamps, as in most segments. */
static inline bool
is_plain_ts(const uint8_t *h, uint32_t hlen)
{
	return hlen == TCP_TS && be32(h + TCP_MIN) == 0x0101080a;
}

/* tcp_header() for such a header. */
static inline void
tcp_plain_ts(struct packet *out, const uint8_t *h)
{
	const uint64_t stamps = be64(h + TCP_MIN + 4);

	tcp_fields(out, h);
	no_options(out);
	out->options = OPT_TS;
	out->tsecr = (uint32_t)stamps;
	out->tsval = (uint32_t)(stamps >> 32);
	out->digest = (uint32_t)XXH3_64bits(h, TCP_TS);
}

/* An ICMP error quotes at least 8 bytes (RFC 792); newer systems quote more. */
static ATTR_NOINLINE enum decode_result
tcp_quoted(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 8);
	const uint32_t cap = w->c.cap;
	struct packet *out = w->out;
	uint32_t hlen = TCP_MIN;

	if (!h)
		return cur_short(&w->c, 8);
	tcp_start(out, h);
	if (cap >= TCP_FLAGS) {
		hlen = (h[12] >> 4) * 4u;
		if (hlen < TCP_MIN || hlen > w->c.wire)
			return DECODE_MALFORMED;
		tcp_header(out, h, hlen, cap);
	} else {
		out->ack = 0;
		out->flags = out->window = out->checksum = out->urgent = 0;
		no_options(out);
		out->options = OPT_CUT;
		out->digest = (uint32_t)XXH3_64bits(h, cap);
	}
	out->payload_len = w->c.wire > hlen ? w->c.wire - hlen : 0;
	out->truncated = w->cut;
	out->csum = CSUM_UNKNOWN;
	walk_header(w, HDR_TCP, h, cap < hlen ? cap : hlen);
	return DECODE_ICMP;
}

static enum decode_result
tcp_report_header(struct walk *w, const uint8_t *h, uint32_t hlen)
{
	walk_header(w, HDR_TCP, h, w->c.cap < hlen ? w->c.cap : hlen);
	return DECODE_TCP;
}

static ATTR_NOINLINE enum decode_result
tcp_verify(struct walk *w, const uint8_t *h, uint32_t hlen)
{
	const enum checksum sum =
		transport_checksum(w->out, PROTO_TCP, h, w->c.wire, TCP_CHECKSUM);

	w->out->csum = (uint8_t)(w->rerouted && sum == CSUM_BAD ? CSUM_UNKNOWN : sum);
	return tcp_report_header(w, h, hlen);
}

/* Decodes what follows the header. */
static inline enum decode_result
tcp_end(struct walk *w, const uint8_t *h, uint32_t hlen)
{
	struct packet *out = w->out;

	out->payload_len = w->c.wire - hlen;
	out->truncated = w->c.cap < w->c.wire;
	out->csum = CSUM_UNKNOWN;
	return out->truncated ? tcp_report_header(w, h, hlen) : tcp_verify(w, h, hlen);
}

/* A segment with other options, or with a header that was cut. */
static ATTR_NOINLINE enum decode_result
tcp_unusual(struct walk *w, const uint8_t *h, uint32_t hlen)
{
	tcp_header(w->out, h, hlen, w->c.cap);
	return tcp_end(w, h, hlen);
}

enum decode_result
decode_tcp(struct walk *w)
{
	const uint8_t *h = w->c.p;
	const uint32_t cap = w->c.cap, wire = w->c.wire;
	uint32_t hlen;

	if (UNLIKELY(w->quoted))
		return tcp_quoted(w);
	if (UNLIKELY(wire < TCP_MIN))
		return DECODE_MALFORMED;
	if (UNLIKELY(cap < TCP_FLAGS))
		return DECODE_TRUNCATED;
	hlen = (h[12] >> 4) * 4u;
	if (UNLIKELY(hlen < TCP_MIN || hlen > wire))
		return DECODE_MALFORMED;
	if (UNLIKELY(cap < hlen || !is_plain_ts(h, hlen)))
		return tcp_unusual(w, h, hlen);
	tcp_plain_ts(w->out, h);
	return tcp_end(w, h, hlen);
}
