/* SPDX-License-Identifier: MIT */
/*
 * wlan.c: IEEE 802.11 data frames, and the headers that capture devices add: radiotap, Prism, AVS.
 * Of an aggregate only the first packet is decoded.
 */
#include "net/decode.h"

#define FC_TO_DS     0x01
#define FC_FROM_DS   0x02
#define FC_PROTECTED 0x40
#define FC_ORDER     0x80

#define SUBTYPE_NULL 0x4 /* no data */
#define SUBTYPE_QOS  0x8
#define QOS_AMSDU    0x80

#define AVS_MAGIC 0x80211001 /* its low 12 bits are the version */

/* Destination, source, length, then LLC. */
static enum decode_result
walk_amsdu(struct walk *w)
{
	const uint8_t *h = walk_take(w, HDR_LINK, 14);

	if (!h)
		return cur_short(&w->c, 14);
	cur_limit(&w->c, be16(h + 12));
	return link_llc(w);
}

/* type and flags: the two bytes of the frame control field. padded: the header is padded to a
 * multiple of four bytes. */
static enum decode_result
walk_wlan_frame(struct walk *w, uint8_t type, uint8_t flags, bool padded)
{
	const uint8_t *h;
	uint32_t len = 24, qos = 0;

	if ((type & 0x0f) != 0x08 || type >> 4 & SUBTYPE_NULL)
		return DECODE_OTHER;
	if ((flags & (FC_TO_DS | FC_FROM_DS)) == (FC_TO_DS | FC_FROM_DS))
		len += 6;
	if (type >> 4 & SUBTYPE_QOS) {
		qos = len;
		len += flags & FC_ORDER ? 6 : 2;
	}
	if (padded)
		len = (len + 3) & ~3u;
	h = walk_take(w, HDR_WLAN, len);
	if (!h)
		return cur_short(&w->c, len);
	if (flags & FC_PROTECTED)
		return walk_unopened(w, ENCAP_WLAN_ENCRYPTED);
	if (h[22] & 0x0f) /* not the first fragment */
		return walk_unopened(w, ENCAP_LINK_FRAGMENT);
	return qos != 0 && h[qos] & QOS_AMSDU ? walk_amsdu(w) : link_llc(w);
}

static enum decode_result
walk_wlan(struct walk *w, bool padded)
{
	const uint8_t *h = cur_peek(&w->c, 24);

	if (!h)
		return w->c.wire >= 24 ? DECODE_TRUNCATED : DECODE_OTHER;
	return walk_wlan_frame(w, h[0], h[1], padded);
}

enum decode_result
link_wlan(struct walk *w)
{
	return walk_wlan(w, false);
}

enum decode_result
link_wlan_swapped(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 24);

	if (!h)
		return cur_short(&w->c, 24);
	return walk_wlan_frame(w, h[1], h[0], false);
}

#define RADIOTAP_TSFT     0x1
#define RADIOTAP_FLAGS    0x2
#define RADIOTAP_EXTENDED 0x80
#define RADIOTAP_PADDED   0x20

/* The flags follow the presence words and, aligned to eight bytes, the optional time. */
static uint8_t
radiotap_flags(const uint8_t *h, uint32_t len)
{
	uint32_t at = 8;

	if (!(h[4] & RADIOTAP_FLAGS))
		return 0;
	for (uint32_t word = 4; h[word + 3] & RADIOTAP_EXTENDED; word += 4) {
		at += 4;
		if (at > len)
			return 0;
	}
	if (h[4] & RADIOTAP_TSFT)
		at = ((at + 7) & ~7u) + 8;
	return at < len ? h[at] : 0;
}

enum decode_result
link_radiotap(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 8);
	uint32_t len;

	if (!h)
		return cur_short(&w->c, 8);
	len = le16(h + 2);
	if (len < 8)
		return DECODE_MALFORMED;
	if (!walk_take(w, HDR_RADIOTAP, len))
		return cur_short(&w->c, len);
	return walk_wlan(w, radiotap_flags(h, len) & RADIOTAP_PADDED);
}

enum decode_result
link_avs(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 8);
	uint32_t len;

	if (!h)
		return cur_short(&w->c, 8);
	len = be32(h + 4);
	if (len < 8)
		return DECODE_MALFORMED;
	if (!walk_take(w, HDR_LINK, len))
		return cur_short(&w->c, len);
	return walk_wlan(w, false);
}

/* The header has 144 bytes, unless it is an AVS header, which uses the same link type. */
enum decode_result
link_prism(struct walk *w)
{
	const uint8_t *h = cur_peek(&w->c, 8);

	if (!h)
		return cur_short(&w->c, 8);
	if ((be32(h) & 0xfffff000) == (AVS_MAGIC & 0xfffff000))
		return link_avs(w);
	if (!walk_take(w, HDR_LINK, 144))
		return cur_short(&w->c, 144);
	return walk_wlan(w, false);
}
