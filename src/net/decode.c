/* SPDX-License-Identifier: MIT */
/*
 * decode.c: the entrance: one captured frame → one struct packet. Knows how a walk begins and ends;
 * the headers are in link.c, wlan.c, ip.c, tunnel.c, tcp.c and icmp.c.
 */
#include "net/reasm.h"

#include <stdlib.h>

struct decoder {
	const struct link *link; /* of the latest frame: captures hardly ever mix them */
	struct reasm reasm;
};

struct decoder *
decoder_new(void)
{
	struct decoder *d = calloc(1, sizeof(*d));

	if (d != NULL && !reasm_init(&d->reasm)) {
		free(d);
		return NULL;
	}
	return d;
}

void
decoder_free(struct decoder *d)
{
	if (d == NULL)
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
	return link_find(linktype) != NULL;
}

void
walk_begin(struct walk *w, const struct frame *f, struct packet *out)
{
	*w = (struct walk){
		.c = {f->data, f->cap_len, f->wire_len > f->cap_len ? f->wire_len : f->cap_len},
		.out = out,
	};
	out->ts = f->ts;
	out->frame = f->number;
	out->ref = f->ref;
	out->scope = 0;
	out->interface = f->interface;
	out->vlan = -1;
	out->direction = (uint8_t)f->direction;
	out->reassembled = 0;
	out->fragments = 0;
	out->icmp_version = out->icmp_type = out->icmp_code = 0;
	out->icmp_mtu = 0;
}

enum decode_result
walk_frame(const struct frame *f, struct packet *out, header_fn *fn, void *ctx)
{
	const struct link *link = link_find(f->linktype);
	struct walk w;

	if (link == NULL)
		return DECODE_UNSUPPORTED;
	walk_begin(&w, f, out);
	w.on_header = fn;
	w.ctx = ctx;
	return link->decode(&w);
}

enum decode_result
decode_frame(struct decoder *d, const struct frame *f, struct packet *out)
{
	struct walk w;

	if (UNLIKELY(d->link == NULL || d->link->linktype != f->linktype)) {
		d->link = link_find(f->linktype);
		if (d->link == NULL)
			return DECODE_UNSUPPORTED;
	}
	d->reasm.now = f->ts;
	walk_begin(&w, f, out);
	w.d = d;
	return d->link->decode(&w);
}
