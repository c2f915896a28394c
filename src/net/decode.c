/* SPDX-License-Identifier: MIT */
/*
 * decode.c: decodes one frame into a struct packet: begins a walk, continues it with what tunnels
 * carry, and ends it. The headers are decoded in the other files, see decode.h.
 */
#include "net/reasm.h"

#include <stdlib.h>

#define LINKTYPE_ETHERNET 1

struct decoder {
	const struct link *link; /* of the latest frame: captures rarely mix link types */
	struct walk walk;	 /* of the latest frame */
	struct reasm reasm;
	uint64_t unopened[ENCAP_COUNT];
};

struct decoder *
decoder_new(void)
{
	struct decoder *d = calloc(1, sizeof(*d));

	if (d && !reasm_init(&d->reasm)) {
		free(d);
		return NULL;
	}
	if (d) {
		d->link = link_find(LINKTYPE_ETHERNET);
		d->walk.reasm = &d->reasm;
	}
	return d;
}

void
decoder_free(struct decoder *d)
{
	if (!d)
		return;
	reasm_free(&d->reasm);
	free(d);
}

uint64_t
decoder_fragments_lost(const struct decoder *d)
{
	return reasm_lost(&d->reasm);
}

const uint64_t *
decoder_unopened(const struct decoder *d)
{
	return d->unopened;
}

bool
decode_linktype_known(int linktype)
{
	return link_find(linktype);
}

/* The constants are stored together so that the compiler merges them into few stores. */
static inline void
walk_begin(struct walk *w, const struct frame *f, struct packet *out)
{
	w->tunnels = w->headers = 0;
	w->quoted = w->cut = w->guessed = w->rerouted = false;
	out->scope = 0;
	out->vlan = -1;
	out->reassembled = out->fragments = 0;
	out->icmp_version = out->icmp_type = out->icmp_code = 0;
	out->icmp_mtu = 0;
	out->outer_csum = CSUM_UNKNOWN;
	w->out = out;
	w->c.p = f->data;
	w->c.framed = false;
	w->c.cap = f->cap_len;
	w->c.wire = f->wire_len > f->cap_len ? f->wire_len : f->cap_len;
	out->ts = f->ts;
	out->frame = f->number;
	out->ref = f->ref;
	out->interface = f->interface;
	out->direction = (uint8_t)f->direction;
}

static enum decode_result
decode_ethertype(struct walk *w)
{
	return walk_ethertype(w, w->ethertype);
}

/* The result of a walk inside an ICMP error, or inside a tunnel guessed from a UDP port. */
static ATTR_NOINLINE enum decode_result
walk_end(struct walk *w, enum decode_result r)
{
	if (w->quoted)
		r = icmp_quote_result(w, r);
	if (w->guessed &&
	    (r == DECODE_MALFORMED || (r == DECODE_UNSUPPORTED && w->tunnels <= TUNNELS_MAX)))
		return DECODE_OTHER;
	return r;
}

/* The loop ends because every step takes a header or counts up walk.tunnels or walk.headers. */
static inline enum decode_result
walk_link(struct walk *w, const struct link *link)
{
	static decode_fn *const decoders[PAYLOAD_COUNT] = {
		[PAYLOAD_ETHERNET] = link_ethernet,
		[PAYLOAD_ETHERTYPE] = decode_ethertype,
		[PAYLOAD_IP] = walk_ip,
		[PAYLOAD_IPV4] = decode_ipv4,
		[PAYLOAD_IPV6] = decode_ipv6,
		[PAYLOAD_PPP] = link_ppp,
		[PAYLOAD_MPLS] = tunnel_mpls,
		[PAYLOAD_NSH] = tunnel_nsh,
		[PAYLOAD_WLAN] = link_wlan,
		[PAYLOAD_WLAN_SWAPPED] = link_wlan_swapped,
	};
	enum decode_result r = link->decode(w);

	while (UNLIKELY(r == DECODE_PAYLOAD))
		r = decoders[w->payload](w);
	return UNLIKELY(w->quoted || w->guessed) ? walk_end(w, r) : r;
}

enum decode_result
walk_frame(const struct frame *f, struct packet *out, header_fn *fn, void *ctx)
{
	const struct link *link = link_find(f->linktype);
	struct walk w = {.on_header = fn, .ctx = ctx};

	if (!link)
		return DECODE_UNSUPPORTED;
	walk_begin(&w, f, out);
	return walk_link(&w, link);
}

enum decode_result
decode_frame(struct decoder *d, const struct frame *f, struct packet *out)
{
	if (UNLIKELY(d->link->linktype != f->linktype)) {
		const struct link *link = link_find(f->linktype);

		if (!link) {
			d->unopened[ENCAP_LINK_TYPE]++;
			return DECODE_UNSUPPORTED;
		}
		d->link = link;
	}
	d->reasm.now = f->ts;
	walk_begin(&d->walk, f, out);
	const enum decode_result r = walk_link(&d->walk, d->link);

	if (UNLIKELY(r == DECODE_UNSUPPORTED))
		d->unopened[d->walk.unopened]++;
	return r;
}
