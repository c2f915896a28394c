/* SPDX-License-Identifier: MIT */
/*
 * lone_syn: connections of a single SYN. Scans and floods consist of them, so such a connection
 * keeps only what a SYN says, and gets its endpoints with the next packet: lone_syn_expand() makes
 * of the SYN what processing it as a segment would have made.
 */
#include "core/segment/lone_syn.h"

#include "core/segment/sender.h"
#include "core/segment/seqspace.h"
#include "core/segment/timers.h"

#include <string.h>

bool
is_lone_syn(const struct packet *p)
{
	const uint16_t kind = TH_SYN | TH_ACK | TH_FIN | TH_RST;

	return (p->flags & kind) == TH_SYN && p->payload_len == 0 &&
	       !(p->options & (OPT_CUT | OPT_SACK));
}

void
lone_syn_keep(struct conn *c, const struct packet *p)
{
	c->completeness = COMPLETE_SYN;
	c->syn = (struct lone_syn){
		.seq = p->seq, .tsval = p->tsval, .tsecr = p->tsecr,
		.scope = p->scope,
		.options = p->options, .window = p->window, .mss = p->mss, .ip_id = p->ip_id,
		.wscale = p->wscale, .ttl = p->ttl,
		.partial_csum = p->csum == CSUM_PARTIAL,
		.ecn = (p->flags & (TH_ECE | TH_CWR)) == (TH_ECE | TH_CWR),
	};
	if (c->syn.partial_csum)
		c->near |= 1 << CLIENT;
}

static void
client_seen(const struct conn *c, const struct lone_syn *syn, struct half *h)
{
	h->segments = 1;
	h->last_ts = c->start;
	h->last_frame = frame_marked(c, c->first_frame);
	h->ttl = syn->ttl;
	ipid_learn(h, c->ip_version == 4 ? syn->ip_id : 0);
}

static void
client_range(const struct conn *c, const struct lone_syn *syn, struct half *h)
{
	struct sent_range *r = &h->sendq.rec[h->sendq.len++];

	r->seq = syn->seq;
	r->end = syn->seq + 1;
	r->first_ts = c->start;
	r->frame = frame_marked(c, c->first_frame);
	r->tsval = syn->tsval;
	r->ip_id = syn->ip_id;
	r->sent = 1;
	r->flags = SENT_SYN;
}

static void
client_syn(const struct conn *c, const struct lone_syn *syn, struct half *h)
{
	h->flags = H_ISN | H_SEQ | H_SYN_SENT;
	h->state = TCP_SYN_SENT;
	h->seq.isn = syn->seq;
	h->seq.nxt = syn->seq + 1;
	h->syn = 1;
	h->syn_ts = c->start;
	h->syn_frame = frame_marked(c, c->first_frame);
	h->adv.window = h->adv.window_max = h->window_raw = syn->window;
	half_options(h, syn->options, syn->mss, syn->wscale);
	if (syn->options & OPT_TS) {
		h->tsval = syn->tsval;
		h->tsecr_sent = syn->tsecr;
		h->flags |= H_TS_SEEN;
	}
	if (syn->partial_csum)
		h->flags |= H_PARTIAL_CSUM;
	if (syn->ecn)
		h->flags |= H_ECN_SYN;
	timer_syn_sent(h, c->start);
}

void
lone_syn_expand(struct conn *c, struct half half[2])
{
	const struct lone_syn syn = c->syn;

	half_init(&half[CLIENT], syn.scope);
	half_init(&half[SERVER], syn.scope);
	client_seen(c, &syn, &half[CLIENT]);
	client_range(c, &syn, &half[CLIENT]);
	client_syn(c, &syn, &half[CLIENT]);
	half[SERVER].state = TCP_LISTEN;
	c->half = half;
	c->ended = 0;
	c->syn_to_synack = c->synack_to_ack = -1;
	c->end_frame = c->hs_frame = 0;
}

const struct conn *
conn_expand(const struct conn *c, struct conn_expanded *room)
{
	if (c->half)
		return c;
	room->c = *c;
	memset(&room->halves, 0, sizeof(room->halves));
	lone_syn_expand(&room->c, room->halves.half);
	return &room->c;
}
