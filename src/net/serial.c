/* SPDX-License-Identifier: MIT */
/*
 * serial.c: link layers of serial lines other than PPP: Cisco HDLC, Frame Relay (RFC 2427), SLIP,
 * and variants with a direction byte.
 */
#include "net/decode.h"

enum decode_result
link_chdlc(struct walk *w)
{
	const uint8_t *h = walk_take(w, HDR_CHDLC, 4);

	if (!h)
		return cur_short(&w->c, 4);
	return be16(h + 2) <= LENGTH_MAX ? DECODE_OTHER : walk_ethertype(w, be16(h + 2));
}

/* PPP, or Cisco HDLC. */
enum decode_result
link_ppp_serial(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 1);

	if (h && (h[0] == 0x0f || h[0] == 0x8f))
		return link_chdlc(w);
	return link_ppp(w);
}

static void
take_direction(struct walk *w)
{
	const uint8_t *h = cur_take(&w->c, 1);

	if (h && w->out->direction == DIR_UNKNOWN)
		w->out->direction = h[0] == 0 ? DIR_IN : DIR_OUT;
}

enum decode_result
link_ppp_with_dir(struct walk *w)
{
	take_direction(w);
	return link_ppp(w);
}

/* The direction replaces the address byte ff. */
enum decode_result
link_ppp_pppd(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 2);

	if (h && h[1] == 0x03) {
		take_direction(w);
		cur_take(&w->c, 1);
	}
	return link_ppp(w);
}

enum decode_result
link_chdlc_with_dir(struct walk *w)
{
	take_direction(w);
	return link_chdlc(w);
}

/* The identifier without the congestion and discard bits, which change from packet to packet. */
static uint32_t
dlci(const uint8_t *h, uint32_t address_len)
{
	uint32_t id = (uint32_t)h[0] >> 2 << 4 | h[1] >> 4;

	for (uint32_t i = 2; i < address_len; i++)
		id = id << 7 | h[i] >> 1;
	return id;
}

/* A Q.922 address, then a control byte and an NLPID (RFC 2427), or an EtherType (Cisco). */
enum decode_result
link_frame_relay(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 4);
	uint32_t n = 2;

	if (!h)
		return cur_short(&w->c, 4);
	while (n < 4 && !(h[n - 1] & 1))
		n++;
	walk_scope(w, SCOPE_DLCI, dlci(h, n));
	h = cur_peek(&w->c, n + 2);
	if (!h)
		return cur_short(&w->c, n + 2);
	if (h[n] != 0x03) {
		walk_take(w, HDR_FRAME_RELAY, n + 2);
		return be16(h + n) <= LENGTH_MAX ? DECODE_OTHER : walk_ethertype(w, be16(h + n));
	}
	n++;
	if (h[n] == 0) { /* padding */
		n++;
		h = cur_peek(&w->c, n + 1);
		if (!h)
			return cur_short(&w->c, n + 1);
	}
	walk_take(w, HDR_FRAME_RELAY, n + 1);
	switch (h[n]) {
	case 0xcc:
		return decode_ipv4(w);
	case 0x8e:
		return decode_ipv6(w);
	case 0x80:
		return walk_snap(w, 0);
	case 0xcf:
		return walk_ppp_protocol(w);
	default:
		return DECODE_OTHER;
	}
}

enum decode_result
link_frame_relay_with_dir(struct walk *w)
{
	take_direction(w);
	return link_frame_relay(w);
}

enum decode_result
link_slip(struct walk *w)
{
	return skip_to(w, HDR_LINK, 16, walk_ip);
}
