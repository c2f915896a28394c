/* SPDX-License-Identifier: MIT */
/*
 * seqspace: which of a segment's bytes were seen before, and whether bytes that fill a hole are an
 * original that was overtaken or a retransmission. Looks at the state before the segment and
 * changes nothing.
 */
#include "core/segment/seqspace.h"

#include "core/flow/sendq.h"
#include "core/segment/rtt.h"
#include "core/segment/segment.h"
#include "core/segment/sender.h"

#include <stdlib.h>
#include <string.h>

#define REORDER_TIME   (3 * NSEC_PER_MS) /* below it, without other proof, late is reordered */
#define KEEP_ALIVE_MIN (900 * NSEC_PER_MS)
#define OLD_PACKETS    1024		 /* so many later ones a copy may be late */
#define COPY_AGE_MAX   (10 * NSEC_PER_SEC) /* no packet is on its way for longer */
#define FOREIGN_ID     4096		 /* no host sends so many packets within seconds */
#define CAPTURE_JITTER (2 * NSEC_PER_MS) /* two capture queues may swap this much */

/* Eight of the last ten, or as many of the few there were. */
static bool
ids_ordered(const struct half *h, uint16_t order)
{
	unsigned n = h->segments > 10 ? 10 : (unsigned)h->segments - 1;

	return h->segments > 3 &&
	       __builtin_popcount(order & ((1u << n) - 1)) * 10 >= (int)n * 8;
}

/* Which way this sender's IP IDs run, and what its newest jumped over. */
void
ipid_learn(struct half *h, uint16_t ip_id)
{
	int16_t d = (int16_t)(ip_id - h->ipid.newest);
	int16_t swapped =
		(int16_t)(__builtin_bswap16(ip_id) - __builtin_bswap16(h->ipid.newest));

	if (ip_id == 0)
		return;
	if (d == 0)
		h->flags |= H_IPID_FIXED;
	else
		h->flags &= ~(uint32_t)H_IPID_FIXED;
	/* One that was overtaken says nothing about the order. */
	if (d > 0)
		h->ipid.order = (uint16_t)(h->ipid.order << 1 | (d <= 64));
	if (swapped > 0)
		h->ipid.order_swapped = (uint16_t)(h->ipid.order_swapped << 1 | (swapped <= 64));
	if (d <= 0 && d > -64)
		h->ipid_seen |= UINT64_C(1) << -d;
	else if (d > 0)
		h->ipid_seen = (d < 64 ? h->ipid_seen << d : 0) | 1;
	if (d > 0 || h->segments <= 1 || d < -1024)
		h->ipid.newest = ip_id;
}

/* That sender's IDs count up, and this one is far from them. 0 says nothing. */
bool
ipid_is_foreign(const struct half *h, uint16_t ip_id)
{
	uint16_t newest = h->ipid.newest;

	if (ip_id == 0 || newest == 0)
		return false;
	if (ids_ordered(h, h->ipid.order))
		return abs((int16_t)(ip_id - newest)) > FOREIGN_ID;
	if (!ids_ordered(h, h->ipid.order_swapped))
		return false;
	return abs((int16_t)(__builtin_bswap16(ip_id) - __builtin_bswap16(newest))) > FOREIGN_ID;
}

static int
sign16(uint16_t a, uint16_t b)
{
	int16_t d = (int16_t)(a - b);

	return d < 0 ? -1 : d > 0;
}

/* Was p sent before (-1) or after (1) the segment with that IP ID and time stamp? 0: unknown.
 * A sender's time stamps never fall, and most number their packets per connection. */
int
sent_order(const struct half *h, const struct packet *p, uint16_t ip_id, uint32_t tsval,
	   bool has_ts)
{
	if (has_ts && (p->options & OPT_TS) && p->tsval != tsval)
		return (int32_t)(p->tsval - tsval) < 0 ? -1 : 1;
	if (p->ip_version != 4 || p->ip_id == 0 || ip_id == 0)
		return 0;
	if (ids_ordered(h, h->ipid.order))
		return sign16(p->ip_id, ip_id);
	if (ids_ordered(h, h->ipid.order_swapped))
		return sign16(__builtin_bswap16(p->ip_id), __builtin_bswap16(ip_id));
	return 0;
}

static bool
is_near(const struct seg *s)
{
	return (s->c->near >> s->from) & 1;
}

static enum range_kind
hole_unacked(const struct seg *s)
{
	const struct half *h = s->snd;
	size_t i = sendq_lower(&h->sendq, s->seq);
	const struct sent_range *after = i < h->sendq.len ? sendq_at(&h->sendq, i) : NULL;
	nsec patience, near;
	int order;

	if (!after) /* the peer acknowledged past what was captured */
		return RANGE_REORDERED;
	order = sent_order(h, s->p, after->ip_id, after->tsval, half_has(h, H_TS_SEEN));
	if (order)
		return order < 0 ? RANGE_REORDERED : RANGE_HOLE;
	if (is_near(s))
		return RANGE_HOLE;
	/* The sender cannot know of the hole before the peer's word of it has come there and back.
	 */
	near = rtt_min_to(s->c, s->from);
	if (h->cold->recovery.hint_ts >= after->first_ts)
		return s->now < h->cold->recovery.hint_first + near - near / 5 ? RANGE_REORDERED
								      : RANGE_HOLE;
	patience = nsec_max(REORDER_TIME, h->rtt.samples ? h->rtt.min / 4 : 0);
	return s->now - after->first_ts < nsec_max(patience, near - near / 5) ? RANGE_REORDERED
									      : RANGE_HOLE;
}

/* The hole below the acknowledged edge that holds seq, or NULL. */
static const struct hole *
acked_hole(const struct half *h, seqno seq)
{
	const struct retransmit_log *t = h->cold->retransmit_log;

	for (size_t i = 0; t && i < t->n_holes; i++)
		if (seq_le(t->holes[i].seq, seq) && seq_lt(seq, t->holes[i].end))
			return &t->holes[i];
	return NULL;
}

static enum range_kind
hole_acked(const struct seg *s, const struct hole *hole)
{
	int order = sent_order(s->snd, s->p, hole->ip_id, hole->tsval,
			       half_has(s->snd, H_TS_SEEN));

	if (s->now - hole->acked_ts < CAPTURE_JITTER)
		return RANGE_LATE;
	return order < 0 ? RANGE_REORDERED : RANGE_HOLE;
}

/* Bytes of [seq, end) below una that the capture missed. */
static uint32_t
missed(const struct half *h, seqno seq, seqno end)
{
	const struct retransmit_log *t = h->cold->retransmit_log;
	uint32_t n = 0;

	for (size_t i = 0; t && i < t->n_holes; i++) {
		seqno from = seq_max(t->holes[i].seq, seq), to = seq_min(t->holes[i].end, end);

		if (seq_lt(from, to))
			n += to - from;
	}
	return n;
}

static uint32_t
seen_bytes(const struct half *h, seqno seq, seqno end)
{
	uint32_t seen = 0;
	seqno una = half_has(h, H_UNA) ? h->seq.una : seq;

	end = seq_min(end, h->seq.nxt);
	if (seq_lt(seq, una)) {
		seqno to = seq_min(una, end);

		seen += (to - seq) - missed(h, seq, to);
		seq = to;
	}
	return seq_lt(seq, end) ? seen + sendq_seen(&h->sendq, seq, end) : seen;
}

/* An original that arrives after its own retransmission: older than what filled its place. */
static bool
overtaken_by_copy(const struct seg *s)
{
	const struct half *h = s->snd;
	const struct sent_range *r = sendq_find(&h->sendq, s->seq);
	const struct retransmit_log *t = h->cold->retransmit_log;

	if (s->p->flags & TH_SYN)
		return false;
	if (!r)
		r = sendq_find_acked(&h->sendq, s->seq);
	if (r && sent_order(h, s->p, r->ip_id, r->tsval, half_has(h, H_TS_SEEN)) < 0)
		return true;
	for (size_t i = 0; t && i < t->n_retx; i++) {
		const struct retx *x = &t->retx[i];

		if (x->hole && seq_le(x->seq, s->seq) && seq_le(s->end, x->end) &&
		    sent_order(h, s->p, x->ip_id, x->tsval, x->has_ts) < 0)
			return true;
	}
	return false;
}

static bool
is_that_packet(const struct packet *p, uint16_t ip_id, uint32_t tsval, nsec sent)
{
	return p->ip_id == ip_id && p->tsval == tsval && p->ts - sent < COPY_AGE_MAX;
}

/* The very packet that carried these bytes before, all of them, doubled on the way: the same IP ID
 * and time stamp. */
static bool
is_network_copy(const struct seg *s)
{
	const struct half *h = s->snd;
	const struct packet *p = s->p;
	const struct sent_range *r = sendq_find(&h->sendq, s->seq);
	struct last_sent latest;

	if (!r)
		r = sendq_find_acked(&h->sendq, s->seq);
	if (!r || p->ip_version != 4 || p->ip_id == 0 || half_has(h, H_IPID_FIXED) ||
	    s->seen_bytes < s->end - s->seq)
		return false;
	latest = sendq_last_sent(&h->sendq, r);
	return is_that_packet(p, r->ip_id, r->tsval, r->first_ts) ||
	       is_that_packet(p, latest.ip_id, latest.tsval, latest.ts);
}

/* Nothing is kept of the first transmission, but a sender that counts its packets has gone on
 * since: what is sent again now would bear a newer IP ID, and what was overtaken an unseen one. */
static bool
is_old_packet(const struct seg *s)
{
	const struct half *h = s->snd;
	uint16_t behind = h->ipid.newest - s->p->ip_id;

	if (s->p->ip_version != 4 || s->p->ip_id == 0 || s->seen_bytes < s->end - s->seq ||
	    sendq_find(&h->sendq, s->seq) || sendq_find_acked(&h->sendq, s->seq))
		return false;
	if (ids_ordered(h, h->ipid.order))
		return behind < 64 ? (h->ipid_seen >> behind) & 1 : behind < OLD_PACKETS;
	behind = __builtin_bswap16(h->ipid.newest) - __builtin_bswap16(s->p->ip_id);
	return ids_ordered(h, h->ipid.order_swapped) && behind < OLD_PACKETS;
}

static enum range_kind
range_old(struct seg *s)
{
	const struct hole *hole;

	s->seen_bytes = seen_bytes(s->snd, s->seq, s->end);
	if (s->seen_bytes > 0 && is_network_copy(s))
		return RANGE_COPY;
	if (s->seen_bytes > 0 && overtaken_by_copy(s))
		return RANGE_REORDERED;
	if (s->seen_bytes > 0)
		return is_old_packet(s) ? RANGE_COPY : RANGE_AGAIN;
	hole = acked_hole(s->snd, s->seq);
	return hole ? hole_acked(s, hole) : hole_unacked(s);
}

static enum range_kind
range_syn(const struct seg *s)
{
	const struct half *h = s->snd;
	uint32_t same = (s->p->flags & TH_ACK) ? H_SYN_ACK : H_SYN_SENT;

	if (is_late_syn(h, s->p))
		return RANGE_LATE;
	if (s->new_instance || !half_has(h, H_ISN) || h->seq.isn != s->seq)
		return RANGE_NEW;
	/* A SYN-ACK from an end that sent a bare SYN is a change of state, not a repetition. */
	return half_has(h, same) ? RANGE_AGAIN : RANGE_NONE;
}

nsec
half_active(const struct half *h)
{
	return h->last_kind == KIND_KEEP_ALIVE || h->last_kind == KIND_KEEP_ALIVE_ACK
		       ? h->cold->keepalive.active
		       : h->last_ts;
}

/* Nothing in flight, and no byte or one byte at the edge: it asks the peer to send something (RFC
 * 9293 3.8.4, 3.8.6.1). */
static bool
is_probe(const struct seg *s)
{
	const struct half *h = s->snd;

	if (s->p->payload_len > 1 || (s->p->flags & (TH_SYN | TH_FIN | TH_RST)) ||
	    !half_has(h, H_SEQ) || !half_has(h, H_UNA))
		return false;
	/* An idle peer is asked after a second at least; sooner, it is an ACK that was overtaken.
	 * The peer's own probes do not count: they do not restart this endpoint's timer. */
	if (!s->window_closed &&
	    (s->now - nsec_max(half_active(s->rcv), half_active(h)) < KEEP_ALIVE_MIN ||
	     half_has(h, H_FIN)))
		return false;
	if (s->p->payload_len == 0)
		return (s->seq == h->seq.nxt - 1 || s->seq == h->seq.una - 1) && half_has(h, H_ACK);
	if (h->seq.una != h->seq.nxt)
		return false;
	return s->seq == h->seq.nxt - 1 || (s->seq == h->seq.nxt && s->rcv->adv.window == 0);
}

void
seqspace_classify(struct seg *s)
{
	const struct half *h = s->snd;

	s->range = RANGE_NONE;
	if (is_probe(s)) {
		s->kind = s->window_closed ? KIND_ZERO_WINDOW_PROBE : KIND_KEEP_ALIVE;
		return;
	}
	if (s->seq == s->end || (s->p->flags & TH_RST))
		return;
	if (s->p->flags & TH_SYN)
		s->range = range_syn(s);
	else if (!half_has(h, H_SEQ) || s->seq == h->seq.nxt)
		s->range = RANGE_NEW;
	else if (seq_lt(h->seq.nxt, s->seq))
		s->range = RANGE_GAP;
	else
		s->range = range_old(s);
	if (s->range == RANGE_AGAIN && s->seen_bytes == 0)
		s->seen_bytes = s->end - s->seq;
}

bool
acks_hole(const struct half *h, seqno ack)
{
	seqno at = h->seq.una;

	if (!half_has(h, H_UNA))
		return false;
	for (size_t i = 0; i < h->sendq.len && seq_lt(at, ack); i++) {
		const struct sent_range *r = sendq_at(&h->sendq, i);

		if (seq_lt(at, r->seq) && !is_first_captured(h, r))
			return seq_lt(r->seq, ack);
		at = seq_max(at, r->end);
	}
	return false;
}

bool
half_window_closed(const struct half *snd, const struct half *rcv, nsec now, nsec near)
{
	int32_t room = (int32_t)(rcv->adv.ack + rcv->adv.window - snd->seq.nxt);

	if (!half_has(rcv, H_ACK) || rcv->state < TCP_ESTAB)
		return false;
	/* A sender far away does not know yet that it has just opened. */
	if (rcv->adv.window == 0 || now - rcv->cold->zero_window.until < near + 5 * NSEC_PER_MS)
		return true;
	/* Open, but less than waits: a sender keeps small windows shut (RFC 9293 3.8.6.2.1). */
	return half_has(snd, H_WAS_BLOCKED) && room < (int32_t)snd->max_payload;
}
