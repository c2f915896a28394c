/* SPDX-License-Identifier: MIT */
/*
 * device.c: headers added by capture devices, packet filters and switches: switch tags, PFLOG, ENC,
 * NFLOG, ERF, Juniper, IPNET.
 */
#include "net/decode.h"

/* ---- switch tags ---- */

enum decode_result
link_switch_tag(struct walk *w)
{
	return walk_type_after(w, 16);
}

enum decode_result
link_edsa(struct walk *w)
{
	return walk_type_after(w, 20);
}

enum decode_result
link_tag_first(struct walk *w)
{
	return skip_to(w, HDR_LINK, 4, link_ethernet);
}

enum decode_result
link_netanalyzer(struct walk *w)
{
	return skip_to(w, HDR_LINK, 4, link_ethernet);
}

enum decode_result
link_preamble(struct walk *w)
{
	return skip_to(w, HDR_LINK, 8, link_ethernet);
}

enum decode_result
link_netanalyzer_transparent(struct walk *w)
{
	return skip_to(w, HDR_LINK, 12, link_ethernet);
}

enum decode_result
link_enc(struct walk *w)
{
	const uint8_t *h = walk_take(w, HDR_LINK, 12);

	if (!h)
		return cur_short(&w->c, 12);
	return walk_family(w, any_order32(h));
}

/* The length does not include the padding to a multiple of four. */
enum decode_result
link_pflog(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 4);
	uint32_t len;

	if (!h)
		return cur_short(&w->c, 4);
	len = (h[0] + 3u) & ~3u;
	if (len < 4)
		return DECODE_MALFORMED;
	if (!walk_take(w, HDR_PFLOG, len))
		return cur_short(&w->c, len);
	if (len > 60 && h[60] >= 1 && h[60] <= 2)
		w->out->direction = h[60] == 1 ? DIR_IN : DIR_OUT;
	return walk_family(w, h[1]);
}

#define NFLOG_PAYLOAD 9

/* Family, version and resource id, then attributes in the byte order of the host, of which one is
 * the payload. */
enum decode_result
link_nflog(struct walk *w)
{
	const uint8_t *h = walk_take(w, HDR_NFLOG, 4);
	bool big = false, first = true;

	if (!h)
		return cur_short(&w->c, 4);
	while ((h = cur_peek(&w->c, 4)) != NULL) {
		uint32_t len;
		uint16_t type;

		if (first)
			big = h[0] == 0 && h[1] != 0;
		first = false;
		len = big ? be16(h) : le16(h);
		type = (big ? be16(h + 2) : le16(h + 2)) & 0x7fff;
		if (len < 4)
			return DECODE_MALFORMED;
		if (type == NFLOG_PAYLOAD) {
			cur_take(&w->c, 4);
			cur_limit(&w->c, len - 4);
			return walk_ip(w);
		}
		if (!cur_take(&w->c, (len + 3) & ~3u))
			return cur_short(&w->c, len);
	}
	return w->c.cap < w->c.wire ? DECODE_TRUNCATED : DECODE_OTHER;
}

/* ---- capture cards and routers ---- */

/* The first bit of the type, and of each extension header, says that an extension header of 8 bytes
 * follows. */
static uint32_t
erf_length(const struct cursor *c, const uint8_t *h)
{
	uint32_t len = 16;
	uint8_t more = h[8] & 0x80;

	while (more) {
		if (c->cap < len + 8)
			return 0;
		more = h[len] & 0x80;
		len += 8;
	}
	return len;
}

enum decode_result
link_erf(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 16);
	uint32_t len;

	if (!h)
		return cur_short(&w->c, 16);
	len = erf_length(&w->c, h);
	if (len == 0 || !walk_take(w, HDR_ERF, len))
		return cur_short(&w->c, w->c.cap + 1);
	switch (h[8] & 0x7f) {
	case 2:	 /* Ethernet after two bytes of padding; also with colour or hash */
	case 11:
	case 16:
	case 20:
		return skip_to(w, HDR_LINK, 2, link_ethernet);
	case 1: /* HDLC; also with colour or hash */
	case 10:
	case 15:
	case 19:
		return link_ppp_serial(w);
	case 22:
		return decode_ipv4(w);
	case 23:
		return decode_ipv6(w);
	default:
		return walk_unopened(w, ENCAP_LINK_TYPE);
	}
}

enum decode_result
link_ipnet(struct walk *w)
{
	return skip_to(w, HDR_LINK, 24, walk_ip);
}

/* A magic number, flags (0x80: extensions follow, 0x02: no link layer), and extensions with their
 * length. */
enum decode_result
link_juniper(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 6);
	uint32_t len = 4;

	if (!h)
		return cur_short(&w->c, 6);
	if (be24(h) != 0x4d4743)
		return DECODE_MALFORMED;
	if (h[3] & 0x80)
		len += 2u + be16(h + 4);
	if (h[3] & 0x02)
		return skip_to(w, HDR_LINK, len + 4, walk_ip);
	return skip_to(w, HDR_LINK, len, link_ethernet);
}
