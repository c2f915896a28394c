/* SPDX-License-Identifier: MIT */
/*
 * path_size: which sizes of segments get through: whether a sender heeds the path MTU that an ICMP
 * error names, and whether it finds out by itself.
 */
#include "core/segment/path_size.h"

#include "core/flow/cold.h"
#include "core/flow/sendq.h"
#include "core/segment/rtt.h"

#define STUCK_SENT 3 /* so often the same bytes were sent in one piece before they are cut */

/* ---- by ICMP ---- */

/* Of its IP packet, without options that are not known: at least so long. */
static uint32_t
packet_length(const struct packet *p)
{
	uint32_t n = (p->ip_version == 6 ? 40 : 20) + 20 + p->payload_len;

	if (p->options & OPT_TS)
		n += 12;
	return p->n_sack ? n + 4 + 8u * p->n_sack : n;
}

/* The network card cuts what is longer than a segment, nobody here sees how. */
static bool
is_super_segment(const struct seg *s)
{
	return s->rcv->mss && s->p->payload_len > s->rcv->mss;
}

bool
pmtu_allows(const struct seg *s)
{
	const uint16_t mtu = s->c->cold->pmtu;

	return mtu == 0 || is_super_segment(s) || packet_length(s->p) <= mtu;
}

bool
pmtu_concerns(const struct seg *s)
{
	const struct conn_cold *a = s->c->cold;

	return a->pmtu_ts && a->pmtu_side == s->from && seq_le(a->pmtu_seq, s->seq) &&
	       seq_lt(s->seq, a->pmtu_high);
}

/* Whether the sender heeds the ICMP error, once it must have got it. */
static void
pmtu_watch(struct seg *s)
{
	const struct conn_cold *a = s->c->cold;

	if (!pmtu_concerns(s) || s->now - a->pmtu_ts <= rtt_min_to(s->c, s->from))
		return;
	if (pmtu_allows(s))
		conn_cold_get(s->core, s->c)->pmtu_ignored = 0;
	else if (a->pmtu_ignored < UINT16_MAX)
		conn_cold_get(s->core, s->c)->pmtu_ignored++;
}

/* ---- without ICMP ---- */

uint32_t
path_size_of(const struct half *receiver, uint32_t len)
{
	return receiver->mss && len > receiver->mss ? receiver->mss : len;
}

/* Bytes that did not get through in one piece are tried in smaller ones. */
static void
recut_watch(struct seg *s)
{
	const struct half *h = s->snd;
	const struct sent_range *r = sendq_find(&h->sendq, s->seq);
	struct path_recut *cut;

	if (!r || r->seq != s->seq || r->sent < STUCK_SENT || !seq_lt(s->end, r->end))
		return;
	cut = &cold_get(s->core, s->snd)->recut;
	cut->failed = path_size_of(s->rcv, r->end - r->seq);
	cut->tried = s->p->payload_len;
	cut->end = s->end;
	cut->attempts = r->sent;
}

void
path_size_watch(struct seg *s)
{
	if (s->range != RANGE_AGAIN || s->p->payload_len == 0)
		return;
	pmtu_watch(s);
	recut_watch(s);
}
