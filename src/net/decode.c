/* SPDX-License-Identifier: MIT */
/*
 * decode.c: the entrance: one captured frame → one struct packet. Knows how a walk begins and ends;
 * the headers are in link.c, wlan.c, ip.c, tunnel.c, tcp.c and icmp.c.
 */
#include "net/reasm.h"

#include <stdlib.h>

#define LINKTYPE_ETHERNET 1

struct decoder {
	const struct link *link; /* of the latest frame: captures hardly ever mix them */
	struct walk walk;	 /* through the latest frame */
	struct reasm reasm;
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
		d->walk.d = d;
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

struct reasm *
decoder_reasm(struct decoder *d)
{
	return &d->reasm;
}

bool
decode_linktype_known(int linktype)
{
	return link_find(linktype);
}

/* Constants go first and together: that makes few stores of them. */
static inline void
walk_begin(struct walk *w, const struct frame *f, struct packet *out)
{
	w->tunnels = w->headers = 0;
	w->quoted = w->cut = w->rerouted = false;
	out->scope = 0;
	out->vlan = -1;
	out->reassembled = out->fragments = 0;
	out->icmp_version = out->icmp_type = out->icmp_code = 0;
	out->icmp_mtu = 0;
	w->out = out;
	w->c.p = f->data;
	w->c.cap = f->cap_len;
	w->c.wire = f->wire_len > f->cap_len ? f->wire_len : f->cap_len;
	out->ts = f->ts;
	out->frame = f->number;
	out->ref = f->ref;
	out->interface = f->interface;
	out->direction = (uint8_t)f->direction;
}

enum decode_result
walk_frame(const struct frame *f, struct packet *out, header_fn *fn, void *ctx)
{
	const struct link *link = link_find(f->linktype);
	struct walk w = {.on_header = fn, .ctx = ctx};

	if (!link)
		return DECODE_UNSUPPORTED;
	walk_begin(&w, f, out);
	return link->decode(&w);
}

enum decode_result
decode_frame(struct decoder *d, const struct frame *f, struct packet *out)
{
	if (UNLIKELY(d->link->linktype != f->linktype)) {
		const struct link *link = link_find(f->linktype);

		if (!link)
			return DECODE_UNSUPPORTED;
		d->link = link;
	}
	d->reasm.now = f->ts;
	walk_begin(&d->walk, f, out);
	return d->link->decode(&d->walk);
}
