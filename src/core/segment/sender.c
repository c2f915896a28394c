/* SPDX-License-Identifier: MIT */
/*
 * sender: what a segment changes in the endpoint that sent it: its sequence space, what it has
 * outstanding, its window, its counters.
 */
#include "core/segment/sender.h"

#include "core/flow/cold.h"
#include "core/flow/sendq.h"
#include "core/segment/segment.h"
#include "core/segment/seqspace.h"
#include "core/segment/window.h"

#include <string.h>

#define RATE_UNIT ((nsec)1 << 22) /* about 4 ms: the low bits of a time say which of 208 days */
#define RATE_STEP 12		  /* units */

/* ---- sent ---- */

/* Low bits of a time. */
static uint32_t
rate_time(nsec t)
{
	return (uint32_t)((uint64_t)t / RATE_UNIT);
}

double
half_rate(const struct half *h, nsec now)
{
	nsec dt = nsec_max((int32_t)(rate_time(now) - h->recent_at), 0) * RATE_UNIT;

	if (dt > 8 * NSEC_PER_SEC)
		return 0;
	return h->recent * (double)NSEC_PER_SEC / (double)(dt + NSEC_PER_SEC);
}

void
half_init(struct half *h, uint32_t scope)
{
	sendq_init(&h->sendq);
	h->wscale = -2;
	h->timer.length = -1;
	h->scope = scope;
	h->cold = &half_cold_none;
}

void
half_options(struct half *h, uint16_t options, uint16_t mss, uint8_t wscale)
{
	if (options & OPT_CUT) {
		h->wscale = -2;
		return;
	}
	h->flags |= H_OPTS;
	h->mss = (options & OPT_MSS) ? mss : 0;
	h->wscale = (options & OPT_WSCALE) ? (int8_t)(wscale > 14 ? 14 : wscale) : -1;
	if (options & OPT_SACK_OK)
		h->flags |= H_SACK_OK;
	if (options & OPT_TS)
		h->flags |= H_TS_OK;
}

/* Mid-stream: relative numbers begin at 1, as if the SYN had been captured just before. */
void
half_base_guess(struct half *h, seqno seq)
{
	h->seq.isn = seq - 1;
	h->seq.nxt = seq;
	h->seq.wraps = 0;
	h->flags |= H_SEQ;
	if (!half_has(h, H_OPTS))
		h->wscale = -2;
}

bool
is_late_syn(const struct half *h, const struct packet *p)
{
	return half_has(h, H_SEQ) && !half_has(h, H_ISN) &&
	       (p->seq == h->seq.isn || p->seq + p->payload_len == h->seq.isn);
}

static void
syn_sent(struct half *h, const struct seg *s)
{
	const struct packet *p = s->p;
	bool late = is_late_syn(h, p);
	bool first = late || !half_has(h, H_ISN) || h->seq.isn != s->seq;

	h->syn++;
	if (first) {
		h->seq.isn = s->seq;
		if (!late) {
			h->seq.nxt = s->seq;
			h->seq.wraps = 0;
			h->flags &= ~(uint32_t)H_UNA; /* what is known is of other numbers */
			sendq_drop(&h->sendq);
		}
		h->syn_ts = p->ts;
		h->syn_frame = frame_marked(s->c, p->frame);
		h->flags &= ~(uint32_t)(H_SYN_SENT | H_SYN_ACK);
	}
	/* In a simultaneous open the same SYN goes out anew, as SYN-ACK: measured from then. */
	if ((p->flags & TH_ACK) && half_has(h, H_SYN_SENT) && !half_has(h, H_SYN_ACK) &&
	    h->sendq.len > 0)
		sendq_restart(&h->sendq, p->ts);
	h->flags |= H_ISN | H_SEQ | ((p->flags & TH_ACK) ? H_SYN_ACK : H_SYN_SENT);
	if (!first || h->cold->syn_repeat.last_ts)
		cold_get(s->core, h)->syn_repeat.last_ts = p->ts;
	if (!first)
		cold_get(s->core, h)->syn_repeat.last_frame = frame_marked(s->c, p->frame);
	if (p->payload_len > 0)
		h->flags |= H_TFO_DATA;
	if (first || !half_has(h, H_OPTS))
		half_options(h, p->options, p->mss, p->wscale);
}

/* In place: a copy of what was just written in pieces would wait for it. */
static void
rec_fill(const struct seg *s, struct sent_range *r)
{
	const struct packet *p = s->p;

	r->seq = s->seq;
	r->end = s->end;
	r->first_ts = p->ts;
	r->frame = frame_marked(s->c, p->frame);
	r->tsval = p->tsval;
	r->log = s->log;
	r->ip_id = p->ip_id;
	r->sent = 1;
	r->flags = 0;
	if (s->range == RANGE_GAP)
		r->flags |= SENT_GAP;
	if (p->flags & TH_FIN)
		r->flags |= SENT_FIN;
	if (p->flags & TH_SYN)
		r->flags |= SENT_SYN;
}

/* Below una nothing is outstanding, whatever is sent there. */
static void
fill_holes(struct seg *s)
{
	struct half *h = s->snd;
	struct sent_range r;

	rec_fill(s, &r);
	if (s->range == RANGE_REORDERED && s->seen_bytes > 0)
		sendq_overtaken(s->core->pool, &h->sendq, &r);
	if (half_has(h, H_UNA) && seq_lt(r.seq, h->seq.una))
		r.seq = h->seq.una;
	if (s->range == RANGE_HOLE) {
		r.flags |= SENT_LOST | SENT_RETRANS;
		r.sent = 2;
	}
	if (seq_lt(r.seq, r.end))
		sendq_fill(s->core->pool, &h->sendq, &r);
}

static void
queue_sent(struct seg *s)
{
	if (s->range == RANGE_AGAIN)
		sendq_again(s->core->pool, &s->snd->sendq, s->seq, s->end,
			  (struct last_sent){s->p->ts, s->p->tsval, s->p->ip_id});
	if (s->range == RANGE_NEW || s->range == RANGE_GAP)
		rec_fill(s, sendq_append(s->core->pool, &s->snd->sendq));
	else
		fill_holes(s);
}

static void
edge_sent(struct half *h, const struct seg *s)
{
	if (seq_lt(h->seq.nxt, s->end))
		half_reach(h, s->end);
}

static void
count_sent(struct half *h, const struct seg *s)
{
	const struct packet *p = s->p;

	h->segments++;
	h->fin += !!(p->flags & TH_FIN);
	h->rst += !!(p->flags & TH_RST);
	h->max_payload = p->payload_len > h->max_payload ? p->payload_len : h->max_payload;
	h->flags &= ~(uint32_t)(H_LAST_DATA | H_LAST_FIN);
	if (p->flags & TH_FIN)
		h->flags |= H_LAST_FIN;
	if (p->payload_len == 0)
		return;
	h->flags |= H_LAST_DATA;
	s->c->flags &= (uint16_t)~C_SERVER_LAST;
	s->c->flags |= s->from == SERVER ? C_SERVER_LAST : 0;
	h->payload.bytes += p->payload_len;
	if (s->range != RANGE_NONE && p->payload_len > s->seen_bytes)
		h->payload.unique_bytes += p->payload_len - s->seen_bytes;
}

/* Adds payload bytes to the rate; what is older decays, at most once per RATE_STEP. */
static void
rate_add(struct half *h, nsec ts, uint32_t bytes)
{
	uint32_t at = rate_time(ts);

	if (h->recent == 0 || (int32_t)(at - h->recent_at) > RATE_STEP) {
		h->recent = (float)half_rate(h, ts);
		h->recent_at = at;
	}
	h->recent += (float)bytes;
}

/* An ACK without data bears SND.NXT: what lies below it was sent, and was not captured here. */
static void
unseen_watch(struct seg *s)
{
	const struct half *h = s->snd;
	struct unseen_sent *u;

	if (s->pure_ack && s->kind == KIND_ORDINARY && half_has(h, H_SEQ) &&
	    seq_lt(h->seq.nxt, s->seq)) {
		u = &cold_get(s->core, s->snd)->unseen;
		if (!u->ts)
			u->ts = s->now;
		u->to = s->seq;
	} else if (h->cold->unseen.ts && seq_le(h->cold->unseen.to, h->seq.nxt)) {
		cold_get(s->core, s->snd)->unseen.ts = 0;
	}
}

static void
keepalive_run(struct seg *s)
{
	struct half *h = s->snd;

	if ((s->kind == KIND_KEEP_ALIVE || s->kind == KIND_KEEP_ALIVE_ACK) &&
	    h->last_kind != KIND_KEEP_ALIVE && h->last_kind != KIND_KEEP_ALIVE_ACK)
		cold_get(s->core, h)->keepalive.active = h->last_ts;
	if (s->kind == KIND_KEEP_ALIVE && h->last_kind != KIND_KEEP_ALIVE)
		cold_get(s->core, h)->keepalive.spoke = h->last_ts;
}

void
sender_update(struct seg *s)
{
	struct half *h = s->snd;
	const struct packet *p = s->p;

	keepalive_run(s);
	unseen_watch(s);
	if (p->flags & TH_SYN)
		syn_sent(h, s);
	else if (!half_has(h, H_SEQ))
		half_base_guess(h, s->seq);
	ipid_learn(h, p->ip_version == 4 ? p->ip_id : 0);
	count_sent(h, s);
	if (p->payload_len > 0)
		rate_add(h, p->ts, p->payload_len);
	if (s->range != RANGE_NONE) {
		queue_sent(s);
		edge_sent(h, s);
	}
	if (s->kind == KIND_ZERO_WINDOW_PROBE && p->payload_len == 1 && s->seq == h->seq.nxt)
		h->flags |= H_BYTE_PROBE;
	if ((p->flags & TH_FIN) && !half_has(h, H_FIN)) {
		h->flags |= H_FIN;
		h->fin_seq = s->end - 1;
		h->fin_frame = frame_marked(s->c, p->frame);
	}
	if (p->options & OPT_TS) {
		if (!half_has(h, H_TS_SEEN) || (int32_t)(p->tsval - h->tsval) >= 0) {
			h->tsval = p->tsval;
			h->tsecr_sent = p->tsecr;
		}
		h->flags |= H_TS_SEEN;
	}
	if (p->options & OPT_SACK)
		h->flags |= H_SACK_SEEN;
	window_sent(s);
	h->last_ts = p->ts;
	h->last_frame = frame_marked(s->c, p->frame);
	h->last_kind = (uint8_t)s->kind;
	if (!(p->flags & TH_RST))
		h->ttl = p->ttl;
}
