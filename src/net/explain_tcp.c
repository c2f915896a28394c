/* SPDX-License-Identifier: MIT */
/*
 * explain_tcp.c: the fields of the TCP header and its options in words (RFC 9293 3.1, 7323, 2018,
 * 7413, 8684, 2385, 5925, 5482).
 */
#include "net/explain.h"
#include "net/tcp.h"

static const struct {
	uint16_t flag;
	const char *name;
	const char *note;
} flag_rows[] = {
	{TH_AE, "AE", N_("Accurate ECN (RFC 9768); formerly the nonce sum")},
	{TH_CWR, "CWR", N_("The sender has reduced its congestion window")},
	{TH_ECE, "ECE", N_("Congestion was experienced on the way; in a SYN: ECN is supported")},
	{TH_URG, "URG", N_("The urgent pointer is valid")},
	{TH_ACK, "ACK",
	 N_("The acknowledgment number is valid; set in all segments but the first SYN")},
	{TH_PSH, "PSH", N_("Deliver the data to the application now")},
	{TH_RST, "RST", N_("Reset: the connection is aborted or does not exist")},
	{TH_SYN, "SYN", N_("Synchronize sequence numbers: opens a connection")},
	{TH_FIN, "FIN", N_("The sender has sent all its data")},
};

static const char *
checksum_note(uint8_t verdict)
{
	switch (verdict) {
	case CSUM_GOOD:
		return N_("Correct");
	case CSUM_PARTIAL:
		return N_("Not finished yet: captured at the sender before its network card "
			  "completes it");
	case CSUM_BAD:
		return N_("Wrong: the receiver drops the segment");
	default:
		return N_("Not checked: not all bytes were captured");
	}
}

static const char *
window_note(uint16_t flags)
{
	if (flags & TH_SYN)
		return N_("Bytes that the sender can receive now; never scaled in a SYN");
	return N_("Bytes that the sender can receive now, to be multiplied by its window scale");
}

static void
explain_flags(struct explainer *x, const uint8_t *h)
{
	const uint16_t flags = be16(h + 12) & 0x1ff;
	char letters[16];

	explain_field(x, 1, N_("Flags"), NULL, h + 12, 2, "0x%03x [%s]", flags,
		      tcp_flags_text(letters, sizeof(letters), flags));
	for (size_t i = 0; i < ARRAY_LEN(flag_rows); i++) {
		const bool high = flag_rows[i].flag > 0xff;

		explain_field(x, 2, flag_rows[i].name, flag_rows[i].note, h + (high ? 12 : 13), 1,
			      "%d", (flags & flag_rows[i].flag) != 0);
	}
}

static void
explain_sack(struct explainer *x, const uint8_t *o, uint32_t len)
{
	explain_field(x, 1, "SACK", N_("Data received beyond the acknowledgment number"), o, len,
		      "%u", (unsigned)(len - 2) / 8);
	for (uint32_t i = 2; i + 8 <= len; i += 8)
		explain_field(x, 2, N_("Block"),
			      N_("From the first sequence number up to, not including, the second"),
			      o + i, 8, "%u-%u", be32(o + i), be32(o + i + 4));
}

static void
explain_timestamps(struct explainer *x, const uint8_t *o)
{
	explain_field(x, 1, N_("Timestamps"),
		      N_("For measuring round trips and detecting old segments"), o, 10,
		      "TSval %u, TSecr %u", be32(o + 2), be32(o + 6));
	explain_field(x, 2, "TSval", N_("The sender's clock when it sent this"), o + 2, 4, "%u",
		      be32(o + 2));
	explain_field(x, 2, "TSecr", N_("Echo of the latest TSval from the peer"), o + 6, 4, "%u",
		      be32(o + 6));
}

static void
explain_tfo(struct explainer *x, const uint8_t *o, uint32_t len, uint32_t head)
{
	static const char name[] = N_("Fast Open cookie");

	if (len == head)
		explain_field(x, 1, name, N_("Requests a cookie for data in a later SYN"), o, len,
			      "%s", "0");
	else
		explain_bytes(x, 1, name, N_("Allows data in the SYN"), o + head, len - head);
}

static void
explain_wscale(struct explainer *x, const uint8_t *o)
{
	const unsigned shift = o[2] > 14 ? 14 : o[2];

	explain_field(x, 1, N_("Window scale"),
		      N_("Windows after the SYN are shifted left by this, if both ends offer it"),
		      o, 3, "%u (2^%u = %u)", o[2], shift, 1u << shift);
}

static void
explain_mptcp(struct explainer *x, const uint8_t *o, uint32_t len)
{
	explain_field(x, 1, "MPTCP", N_("Multipath TCP: this is one path of several"), o, len,
		      "%s (%u)", mptcp_subtype_name(o[2] >> 4), o[2] >> 4);
	explain_bytes(x, 2, N_("Data"), NULL, o + 2, len - 2);
}

static void
explain_unknown(struct explainer *x, const uint8_t *o, uint32_t len)
{
	explain_field(x, 1, N_("Unknown option"), NULL, o, len, "kind %u, len %u", o[0], len);
	if (len > 2)
		explain_bytes(x, 2, N_("Data"), NULL, o + 2, len - 2);
}

static void
explain_long_option(struct explainer *x, const uint8_t *o, uint32_t len)
{
	switch (o[0]) {
	case TCPOPT_MSS:
		explain_field(x, 1, N_("Maximum segment size"),
			      N_("Largest payload that the sender can receive in one segment"), o,
			      len, "%u", be16(o + 2));
		break;
	case TCPOPT_WSCALE:
		explain_wscale(x, o);
		break;
	case TCPOPT_SACK_OK:
		explain_field(x, 1, N_("SACK permitted"),
			      N_("The sender supports selective acknowledgments"), o, len, "%s",
			      "");
		break;
	case TCPOPT_SACK:
		explain_sack(x, o, len);
		break;
	case TCPOPT_TS:
		explain_timestamps(x, o);
		break;
	case TCPOPT_MD5:
		explain_bytes(x, 1, N_("MD5 signature"), N_("Authenticates the segment (RFC 2385)"),
			      o + 2, len - 2);
		break;
	case TCPOPT_AO:
		explain_bytes(x, 1, "TCP-AO", N_("Authenticates the segment (RFC 5925)"), o + 2,
			      len - 2);
		break;
	case TCPOPT_UTO:
		explain_bytes(x, 1, N_("User timeout"), N_("How long data may stay unacknowledged"),
			      o + 2, len - 2);
		break;
	case TCPOPT_MPTCP:
		explain_mptcp(x, o, len);
		break;
	case TCPOPT_TFO:
		explain_tfo(x, o, len, 2);
		break;
	default:
		if (o[0] >= TCPOPT_EXPERIMENT1 && len >= 4 && be16(o + 2) == TFO_MAGIC)
			explain_tfo(x, o, len, 4);
		else
			explain_unknown(x, o, len);
	}
}

static void
explain_option(struct explainer *x, const uint8_t *o, uint32_t len)
{
	if (o[0] == TCPOPT_END)
		explain_field(x, 1, N_("End of options"), NULL, o, 1, "%s", "");
	else if (o[0] == TCPOPT_NOP)
		explain_field(x, 1, N_("No operation"), N_("Padding to a multiple of four bytes"),
			      o, 1, "%s", "");
	else if (tcp_option_valid(o, len))
		explain_long_option(x, o, len);
	else
		explain_field(x, 1, N_("Malformed option"),
			      N_("The length is not valid for this option"), o, len,
			      "kind %u, len %u", o[0], len);
}

static void
explain_options(struct explainer *x, const uint8_t *h, uint32_t hlen, uint32_t cap)
{
	struct tcp_option_iter it;
	const uint8_t *o;

	tcp_options_begin(&it, h, hlen, cap);
	while ((o = tcp_option_next(&it)) != NULL)
		explain_option(x, o, it.option_len);
	if (it.end == TCP_OPTIONS_CUT)
		explain_field(x, 1, N_("Options cut"),
			      N_("Cut by the snapshot length of the capture"), it.next, 0, "%s",
			      "");
	else if (it.end == TCP_OPTIONS_BAD)
		explain_bytes(x, 1, N_("Malformed options"), N_("A length is not valid"), it.next,
			      it.cap);
}

static void
explain_ports(struct explainer *x, const uint8_t *h)
{
	explain_field(x, 1, N_("Source port"), NULL, h, 2, "%u", be16(h));
	explain_field(x, 1, N_("Destination port"), NULL, h + 2, 2, "%u", be16(h + 2));
	explain_field(x, 1, N_("Sequence number"),
		      N_("Number of the first byte of data; in a SYN the initial sequence number"),
		      h + 4, 4, "%u", be32(h + 4));
}

/* The fields from the acknowledgment number on, as far as they were captured. */
static void
explain_control(struct explainer *x, const struct packet *p, const uint8_t *h, uint32_t len)
{
	const uint32_t hlen = (h[12] >> 4) * 4u;

	explain_field(x, 1, N_("Acknowledgment number"),
		      p->flags & TH_ACK ? N_("Number of the next byte that the sender expects")
					: N_("Ignored without the flag ACK"),
		      h + 8, 4, "%u", be32(h + 8));
	explain_field(x, 1, N_("Header length"), N_("Bytes, options included"), h + 12, 1,
		      "%u (%u)", hlen, h[12] >> 4);
	explain_flags(x, h);
	if (len >= 16)
		explain_field(x, 1, N_("Window"), window_note(p->flags), h + 14, 2, "%u",
			      be16(h + 14));
	if (len >= 18)
		explain_field(x, 1, N_("Checksum"), checksum_note(p->csum), h + 16, 2, "0x%04x",
			      be16(h + 16));
	if (len >= 20)
		explain_field(
			x, 1, N_("Urgent pointer"),
			p->flags & TH_URG
				? N_("End of the urgent data, relative to the sequence number")
				: N_("Ignored without the flag URG"),
			h + 18, 2, "%u", be16(h + 18));
	explain_options(x, h, hlen, len);
}

void
explain_tcp(struct explainer *x, const struct walk *w, const uint8_t *h, uint32_t len)
{
	const struct packet *p = w->out;

	if (len < 8)
		return;
	explain_ports(x, h);
	if (len < TCP_FLAGS)
		return;
	explain_control(x, p, h, len);
	if (w->quoted || p->payload_len == 0)
		return;
	explain_field(x, 1, N_("Payload length"), N_("Bytes of data in this segment"), h, 0, "%u",
		      p->payload_len);
	x->payload = (uint32_t)(h + len - x->f->data);
}
