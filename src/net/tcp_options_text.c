/* SPDX-License-Identifier: MIT */
/*
 * tcp_options_text.c: the TCP options of a frame as tcpdump prints them.
 */
#include <inttypes.h>

#include "net/tcp.h"

static const struct {
	uint8_t kind;
	const char *name;
} kind_names[] = {
	{0, "eol"},	   {1, "nop"},	  {2, "mss"},	  {3, "wscale"}, {4, "sackOK"},
	{5, "sack"},	   {6, "echo"},	  {7, "echoreply"}, {8, "TS"},	 {11, "cc"},
	{12, "ccnew"},	   {13, "ccecho"}, {19, "md5"},	  {20, "scps"},	 {28, "uto"},
	{29, "tcp-ao"},	   {30, "mptcp"}, {34, "tfo"},	  {254, "exp"},
};

static const char *
kind_name(uint8_t kind)
{
	for (size_t i = 0; i < ARRAY_LEN(kind_names); i++) {
		if (kind_names[i].kind == kind)
			return kind_names[i].name;
	}
	return NULL;
}

static void
add_hex(struct text *t, const uint8_t *p, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		text_add(t, "%02x", p[i]);
}

static void
add_sack(struct text *t, const uint8_t *o, uint32_t len)
{
	text_add(t, " %u ", (unsigned)(len - 2) / 8);
	for (uint32_t i = 2; i + 8 <= len; i += 8)
		text_add(t, "{%u:%u}", be32(o + i), be32(o + i + 4));
}

static void
add_tfo(struct text *t, const uint8_t *cookie, uint32_t len)
{
	text_add(t, len == 0 ? " cookiereq" : " cookie ");
	add_hex(t, cookie, len);
}

/* RFC 8684 3.1 */
static void
add_mptcp_capable(struct text *t, const uint8_t *o, uint32_t len)
{
	text_add(t, " v%u%s", o[2] & 15, len > 3 && o[3] & 0x80 ? " csum" : "");
	if (len >= 12)
		text_add(t, " {0x%" PRIx64, be64(o + 4));
	if (len >= 20)
		text_add(t, ",0x%" PRIx64, be64(o + 12));
	if (len >= 12)
		text_add(t, "}");
}

/* RFC 8684 3.2. The length tells whether it is in the SYN, the SYN-ACK or the third segment. */
static void
add_mptcp_join(struct text *t, const uint8_t *o, uint32_t len)
{
	if (len != 24 && o[2] & 1)
		text_add(t, " backup");
	if (len == 12)
		text_add(t, " id %u token 0x%x nonce 0x%x", o[3], be32(o + 4), be32(o + 8));
	else if (len == 16)
		text_add(t, " id %u hmac 0x%" PRIx64 " nonce 0x%x", o[3], be64(o + 4),
			 be32(o + 12));
	else if (len == 24) {
		text_add(t, " hmac 0x");
		add_hex(t, o + 4, 20);
	}
}

/* Adds a number of 4 or 8 bytes. Returns its length, or 0 when it is not there. */
static uint32_t
add_mptcp_number(struct text *t, const char *name, const uint8_t *o, uint32_t at, uint32_t len,
		 bool wide)
{
	const uint32_t n = wide ? 8 : 4;

	if (at + n > len)
		return 0;
	text_add(t, " %s %" PRIu64, name, wide ? be64(o + at) : be32(o + at));
	return n;
}

/* RFC 8684 3.3 */
static void
add_mptcp_dss(struct text *t, const uint8_t *o, uint32_t len)
{
	uint32_t at = 4;

	if (len < 4)
		return;
	text_add(t, "%s", o[3] & 0x10 ? " fin" : "");
	if (o[3] & 0x01)
		at += add_mptcp_number(t, "ack", o, at, len, o[3] & 0x02);
	if (!(o[3] & 0x04))
		return;
	at += add_mptcp_number(t, "seq", o, at, len, o[3] & 0x08);
	if (at + 6 > len)
		return;
	text_add(t, " subseq %u len %u", be32(o + at), be16(o + at + 4));
	if (at + 8 <= len)
		text_add(t, " csum 0x%x", be16(o + at + 6));
}

static void
add_mptcp(struct text *t, const uint8_t *o, uint32_t len)
{
	text_add(t, " %u %s", len, mptcp_subtype_name(o[2] >> 4));
	switch (o[2] >> 4) {
	case 0:
		add_mptcp_capable(t, o, len);
		break;
	case 1:
		add_mptcp_join(t, o, len);
		break;
	case 2:
		add_mptcp_dss(t, o, len);
		break;
	case 5:
		text_add(t, "%s", o[2] & 1 ? " backup" : "");
		if (len == 4)
			text_add(t, " id %u", o[3]);
		break;
	default:
		if (len > 3)
			text_add(t, " 0x");
		add_hex(t, o + 3, len - 3);
	}
}

static void
add_data(struct text *t, const uint8_t *o, uint32_t len)
{
	if (len > 2)
		text_add(t, " 0x");
	add_hex(t, o + 2, len - 2);
}

static void
add_experiment(struct text *t, const uint8_t *o, uint32_t len)
{
	if (len < 4 || be16(o + 2) != TFO_MAGIC) {
		add_data(t, o, len);
		return;
	}
	text_add(t, "-tfo");
	add_tfo(t, o + 4, len - 4);
}

/* Adds the value of an option with a valid length. */
static void
add_value(struct text *t, const uint8_t *o, uint32_t len)
{
	switch (o[0]) {
	case TCPOPT_MSS:
		text_add(t, " %u", be16(o + 2));
		break;
	case TCPOPT_WSCALE:
		text_add(t, " %u", o[2]);
		break;
	case TCPOPT_SACK_OK:
		break;
	case TCPOPT_SACK:
		add_sack(t, o, len);
		break;
	case TCPOPT_TS:
		text_add(t, " val %u ecr %u", be32(o + 2), be32(o + 6));
		break;
	case TCPOPT_MPTCP:
		add_mptcp(t, o, len);
		break;
	case TCPOPT_TFO:
		text_add(t, " ");
		add_tfo(t, o + 2, len - 2);
		break;
	case TCPOPT_EXPERIMENT2:
		add_experiment(t, o, len);
		break;
	default:
		add_data(t, o, len);
	}
}

static void
add_option(struct text *t, const uint8_t *o, uint32_t len)
{
	const char *name = kind_name(o[0]);

	if (name)
		text_add(t, "%s", name);
	else
		text_add(t, "unknown-%u", o[0]);
	if (o[0] == TCPOPT_END || o[0] == TCPOPT_NOP)
		return;
	if (tcp_option_valid(o, len))
		add_value(t, o, len);
	else
		text_add(t, " [bad length %u]", len);
}

static void
add_options(struct text *t, const uint8_t *h, uint32_t cap)
{
	const uint32_t hlen = cap > 12 ? (h[12] >> 4) * 4u : 0;
	struct tcp_option_iter it;
	const uint8_t *o;

	if (hlen <= TCP_MIN)
		return;
	tcp_options_begin(&it, h, hlen, cap);
	while ((o = tcp_option_next(&it)) != NULL) {
		text_add(t, "%s", t->len > 0 ? "," : "");
		add_option(t, o, it.option_len);
	}
	if (it.end == TCP_OPTIONS_CUT)
		text_add(t, "%s[|tcp]", t->len > 0 ? "," : "");
	else if (it.end == TCP_OPTIONS_BAD)
		text_add(t, "%s[bad opt]", t->len > 0 ? "," : "");
}

static void
on_header(struct walk *w, enum header kind, const uint8_t *h, uint32_t len)
{
	struct text *t = w->ctx;

	*t = text_on(t->buf, t->size);
	if (kind == HDR_TCP && !w->quoted)
		add_options(t, h, len);
}

char *
tcp_options_text(char *out, size_t size, const struct frame *f)
{
	struct text t = text_on(out, size);
	struct packet packet;

	walk_frame(f, &packet, on_header, &t);
	return out;
}
