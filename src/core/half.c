/* SPDX-License-Identifier: MIT */
/*
 * half: one sender's sequence space as it changes: what its segments add, what the peer's
 * acknowledgements take away, and the round-trip times they give.
 */
#include "core/txq.h"

#include <string.h>

#define RATE_UNIT ((nsec)1 << 22) /* about 4 ms: the low bits of a time say which of 208 days */
#define RATE_STEP 12		  /* units */

uint32_t
txq_outstanding(const struct txq *q)
{
	uint32_t n = 0;

	for (size_t i = 0; i < q->len && n < 64; i++)
		n += !(txq_at(q, i)->flags & TX_SACKED);
	return n;
}

/* ---- sent ---- */

/* Low bits of a time. */
static uint32_t
rate_time(nsec t)
{
	return (uint32_t)((uint64_t)t / RATE_UNIT);
}

double
half_recent(const struct half *h, nsec now)
{
	nsec dt = nsec_max((int32_t)(rate_time(now) - h->rate_at), 0) * RATE_UNIT;

	if (dt > 8 * NSEC_PER_SEC)
		return 0;
	return h->rate * (double)NSEC_PER_SEC / (double)(dt + NSEC_PER_SEC);
}

void
half_init(struct half *h, uint32_t scope)
{
	txq_init(&h->q);
	h->wscale = -2;
	h->timer_len = -1;
	h->scope = scope;
	h->rare = &rare_none;
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

static void
syn_sent(struct half *h, const struct seg *s)
{
	const struct packet *p = s->p;
	bool first = !half_has(h, H_ISN) || h->isn != s->seq;

	h->syn++;
	if (first) {
		h->isn = s->seq;
		h->nxt = s->seq;
		h->wraps = 0;
		h->syn_ts = p->ts;
		h->syn_frame = frame_marked(s->c, p->frame);
		h->flags &= ~(uint32_t)(H_SYN_SENT | H_SYN_ACK);
	}
	/* In a simultaneous open the same SYN goes out anew, as SYN-ACK: measured from then. */
	if ((p->flags & TH_ACK) && half_has(h, H_SYN_SENT) && !half_has(h, H_SYN_ACK) &&
	    h->q.len > 0)
		txq_restart(&h->q, p->ts);
	h->flags |= H_ISN | H_SEQ | ((p->flags & TH_ACK) ? H_SYN_ACK : H_SYN_SENT);
	if (!first || h->rare->syn_last_ts)
		half_rare(s->e, h)->syn_last_ts = p->ts;
	if (!first)
		half_rare(s->e, h)->syn_last_frame = frame_marked(s->c, p->frame);
	if (p->payload_len > 0)
		h->flags |= H_TFO_DATA;
	if (first || !half_has(h, H_OPTS))
		half_options(h, p->options, p->mss, p->wscale);
}

/* Mid-stream: relative numbers begin at 1, as if the SYN had been seen just before (A5). */
static void
base_guess(struct half *h, seqno seq)
{
	h->isn = seq - 1;
	h->nxt = seq;
	h->wraps = 0;
	h->flags |= H_SEQ;
	if (!half_has(h, H_OPTS))
		h->wscale = -2;
}

/* In place: a copy of what was just written in pieces would wait for it. */
static void
rec_fill(const struct seg *s, struct txrec *r)
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
		r->flags |= TX_GAP;
	if (p->flags & TH_FIN)
		r->flags |= TX_FIN;
	if (p->flags & TH_SYN)
		r->flags |= TX_SYN;
}

/* Below una nothing is outstanding, whatever is sent there. */
static void
fill_holes(struct engine *e, struct seg *s)
{
	struct half *h = s->snd;
	struct txrec r;

	rec_fill(s, &r);
	if (s->range == RANGE_REORDERED && s->seen_bytes > 0)
		txq_overtaken(engine_pool(e), &h->q, &r);
	if (half_has(h, H_UNA) && seq_lt(r.seq, h->una))
		r.seq = h->una;
	if (s->range == RANGE_HOLE) {
		r.flags |= TX_LOST | TX_RETRANS;
		r.sent = 2;
	}
	if (seq_lt(r.seq, r.end))
		txq_fill(engine_pool(e), &h->q, &r);
}

static void
queue_sent(struct engine *e, struct seg *s)
{
	if (s->range == RANGE_AGAIN)
		txq_again(engine_pool(e), &s->snd->q, s->seq, s->end,
			  (struct txlatest){s->p->ts, s->p->tsval, s->p->ip_id});
	if (s->range == RANGE_NEW || s->range == RANGE_GAP)
		rec_fill(s, txq_append(engine_pool(e), &s->snd->q));
	else
		fill_holes(e, s);
}

static void
edge_sent(struct half *h, const struct seg *s)
{
	if (seq_lt(h->nxt, s->end))
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
	if (p->payload_len == 0)
		return;
	h->bytes += p->payload_len;
	if (s->range != RANGE_NONE && p->payload_len > s->seen_bytes)
		h->unique_bytes += p->payload_len - s->seen_bytes;
}

/* Weighted down over about a second, from time to time. */
static void
rate_add(struct half *h, nsec ts, uint32_t bytes)
{
	uint32_t at = rate_time(ts);

	if (h->rate == 0 || (int32_t)(at - h->rate_at) > RATE_STEP) {
		h->rate = half_recent(h, ts);
		h->rate_at = at;
	}
	h->rate += bytes;
}

static void
window_sent(struct half *h, const struct seg *s)
{
	const struct packet *p = s->p;
	uint32_t w = p->window;

	if (p->flags & TH_RST)
		return;
	h->window_raw = p->window;
	/* Scaled only when both offered it, and never in a SYN (RFC 7323 2.2). */
	if (!(p->flags & TH_SYN) && h->wscale > 0 && s->rcv->wscale != -1)
		w <<= h->wscale;
	h->window = w;
	h->win_max = w > h->win_max ? w : h->win_max;
	if (w == 0 && !(p->flags & TH_SYN)) {
		if (!h->rare->zero_since) {
			half_rare(s->e, h)->zero_since = p->ts;
			half_rare(s->e, h)->zero_frame = frame_marked(s->c, p->frame);
			half_rare(s->e, h)->zero_began = p->ts;
		}
	} else if (h->rare->zero_since) {
		struct rare *r = half_rare(s->e, h);

		r->zero_time += nsec_max(p->ts - r->zero_since, 0);
		r->zero_since = 0;
		r->zero_until = p->ts;
	}
}

void
half_sent(struct engine *e, struct seg *s)
{
	struct half *h = s->snd;
	const struct packet *p = s->p;

	if (p->flags & TH_SYN)
		syn_sent(h, s);
	else if (!half_has(h, H_SEQ))
		base_guess(h, s->seq);
	range_ids_learn(h, p->ip_version == 4 ? p->ip_id : 0);
	count_sent(h, s);
	if (p->payload_len > 0)
		rate_add(h, p->ts, p->payload_len);
	if (s->range != RANGE_NONE) {
		queue_sent(e, s);
		edge_sent(h, s);
	}
	if (s->kind == KIND_ZERO_WINDOW_PROBE && p->payload_len == 1 && s->seq == h->nxt)
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
	window_sent(h, s);
	h->last_ts = p->ts;
	h->last_frame = frame_marked(s->c, p->frame);
	h->last_kind = (uint8_t)s->kind;
	if (!(p->flags & TH_RST))
		h->ttl = p->ttl;
}

/* ---- acknowledged ---- */

/* What the kernel would take as its sample from these ranges (tcp_clean_rtx_queue): the time since
 * the first one sent only once; else, with time stamps, since the copy that the ACK echoes. */
static nsec
ack_sample(const struct half *h, const struct seg *s)
{
	const struct packet *p = s->p;
	nsec first = -1, echoed = -1;
	bool retrans = false;

	for (size_t i = 0; i < h->q.len; i++) {
		const struct txrec *r = txq_at(&h->q, i);

		if (seq_lt(p->ack, r->end))
			break;
		if (r->flags & TX_RETRANS)
			retrans = true;
		else if (first < 0 && !(r->flags & TX_SACKED))
			first = r->first_ts;
		if ((p->options & OPT_TS) && half_has(h, H_TS_SEEN) && echoed < 0) {
			struct txlatest latest = txq_latest(&h->q, r);

			if (p->tsecr == latest.tsval)
				echoed = latest.ts;
			else if (p->tsecr == r->tsval && !(r->flags & TX_LOST))
				echoed = r->first_ts;
		}
	}
	if (first >= 0 && !retrans)
		return p->ts - first;
	return echoed >= 0 ? p->ts - echoed : -1;
}

static void
ack_remember(struct engine *e, struct conn *c, const struct half *h, const struct seg *s)
{
	if (!engine_remembers(e))
		return;
	for (size_t i = 0; i < h->q.len; i++) {
		const struct txrec *r = txq_at(&h->q, i);
		struct segment *log;

		if (seq_lt(s->p->ack, r->end))
			return;
		log = seglog_get(c, r->log);
		if (r->flags & TX_GAP) /* what was before it is settled */
			engine_amend(e, c, r->log, true);
		if (log && !log->acked_by) {
			log->acked_by = s->p->frame;
			log->acked_after = s->p->ts - r->first_ts;
		}
	}
}

static void
hole_add(struct engine *e, struct seg *s, seqno seq, seqno end, const struct txrec *after)
{
	struct half *h = s->rcv;
	struct hole hole = {.seq = seq, .end = end, .acked_ts = s->now};
	struct trouble *t;

	s->c->flags |= C_LOST_BY_CAPTURE;
	if (!half_trouble(e, h))
		return;
	t = h->rare->trouble;
	if (after) {
		hole.ts = after->first_ts;
		hole.frame = frame_of(s->c, after->frame);
		hole.log = after->log;
		hole.tsval = after->tsval;
		hole.ip_id = after->ip_id;
	} else {
		hole.ip_id = h->ip_id_newest;
		hole.tsval = h->tsval;
	}
	if (t->n_holes == t->hole_cap)
		trouble_more_holes(e, t);
	if (t->hole_cap == 0)
		return;
	if (t->n_holes == t->hole_cap)
		memmove(t->holes, t->holes + 1, --t->n_holes * sizeof(t->holes[0]));
	t->holes[t->n_holes++] = hole;
}

/* Bytes that the peer has and the capture never saw. */
static void
holes_acked(struct engine *e, struct seg *s)
{
	struct half *h = s->rcv;
	seqno at = h->una, ack = s->p->ack;

	for (size_t i = 0; i < h->q.len && seq_lt(at, ack); i++) {
		const struct txrec *r = txq_at(&h->q, i);

		if (seq_le(ack, r->seq))
			break;
		if (seq_lt(at, r->seq))
			hole_add(e, s, at, r->seq, r);
		at = seq_max(at, r->end);
	}
	if (seq_lt(at, ack))
		hole_add(e, s, at, ack, NULL);
}

static void
edge_unseen(struct half *h, seqno ack)
{
	if (seq_lt(h->nxt, ack))
		half_reach(h, ack);
}

static uint32_t
near_of(nsec least)
{
	return least < UINT32_MAX ? (uint32_t)least : UINT32_MAX;
}

/* The estimator counts as the sender's kernel does, with the whole round trip; what the capture
 * point sees of it is the half towards the peer. The other half is added at its least (D1). */
static void
sample_take(struct conn *c, enum side from, nsec sample)
{
	struct half *h = &c->half[from], *other = &c->half[!from];

	if (sample < 0)
		return;
	rtt_sample(&h->rtt, sample + rtt_near(c, from), h->una, h->nxt);
	if (rtt_observe(&h->rtt, sample))
		other->rtt.near = near_of(sample);
	h->backoff = 0;
	/* The first sample of this half completes the only one of the other. */
	if (h->rtt.samples == 1 && other->rtt.samples == 1) {
		nsec first = other->rtt.min;

		other->rtt = (struct rtt){.near = other->rtt.near};
		rtt_sample(&other->rtt, first + sample, other->una, other->nxt);
		rtt_observe(&other->rtt, first);
	}
}

/* A run of hints: a sender far away acts on its first when the latest is just passing. */
static void
hint(struct half *h, const struct seg *s)
{
	nsec pause = 2 * rtt_near(s->c, !s->from) + 50 * NSEC_PER_MS;

	struct rare *r = half_rare(s->e, h);

	if (!r->hint_ts || s->now - r->hint_ts > pause) {
		r->hint_first = s->now;
		r->hint_tsval = s->p->tsval;
		h->flags &= ~(uint32_t)H_HINT_TS;
		if (s->p->options & OPT_TS)
			h->flags |= H_HINT_TS;
	}
	r->hint_ts = s->now;
}

/* Where SACK is agreed a duplicate ACK without SACK says: a segment came and was not taken (RFC
 * 7323 5.3). As many of them as segments outstanding: all have come. */
static void
plain_duplicate(struct engine *e, struct half *h, nsec now)
{
	struct rare *rare = half_rare(e, h);
	seqno to = h->una;
	uint32_t n = 0;

	if (++rare->plain_dups < 3 || !half_has(h, H_SACK_OK))
		return;
	for (size_t i = 0; i < h->q.len && n <= rare->plain_dups; i++) {
		const struct txrec *r = txq_at(&h->q, i);

		if (r->first_ts + h->rtt.min > now) /* cannot be answered yet */
			break;
		n += !(r->flags & TX_SACKED);
		to = r->end;
	}
	if (rare->plain_dups >= n)
		rare->rejected_to = to;
}

static void
ack_advance(struct engine *e, struct seg *s)
{
	struct half *h = s->rcv;
	seqno ack = s->p->ack;
	nsec sample = ack_sample(h, s);
	bool any = h->q.len > 0 && seq_le(txq_at(&h->q, 0)->end, ack);

	/* An end that is not captured at all misses everything. */
	if (h->last_ts > 0 || h->segments > 0)
		holes_acked(e, s);
	ack_remember(e, s->c, h, s);
	edge_unseen(h, ack);
	h->una = ack;
	h->ack_ts = s->now;
	if (h->rare->peer_dups)
		half_rare(e, h)->peer_dups = half_rare(e, h)->plain_dups = 0;
	txq_ack(&h->q, ack);
	sample_take(s->c, !s->from, sample);
	/* Without any sample (Karn) progress still ends the back-off: new data is ACKed. */
	if (any && h->ca != CA_LOSS)
		h->backoff = 0;
	if (h->ca != CA_OPEN && seq_le(h->rare->high_seq, ack)) {
		half_rare(e, h)->ca_last = h->ca;
		half_rare(e, h)->ca_left = s->now;
		h->ca = CA_OPEN;
	} else if (h->ca != CA_OPEN) {
		hint(h, s);
	}
	if (half_has(h, H_TLP_OUT) && seq_le(h->rare->tlp_high, ack))
		h->flags &= ~(uint32_t)H_TLP_OUT;
	if (h->ca == CA_OPEN && h->rare->rto_first)
		half_rare(e, h)->rto_first = 0;
}

void
half_acked(struct engine *e, struct seg *s)
{
	struct half *h = s->rcv, *snd = s->snd;
	const struct packet *p = s->p;

	if (!(p->flags & TH_ACK) || ((p->flags & TH_RST) && !s->rst_valid))
		return;
	if (!half_has(h, H_SEQ) && !(p->flags & TH_RST)) {
		base_guess(h, p->ack);
		h->una = p->ack;
		h->flags |= H_UNA;
	}
	if (half_has(h, H_BYTE_PROBE) && p->ack == h->nxt + 1) {
		edge_unseen(h, p->ack);
		h->flags &= ~(uint32_t)H_BYTE_PROBE;
	}
	if (!half_has(h, H_UNA)) {
		h->una = h->q.len > 0 ? txq_at(&h->q, 0)->seq : h->nxt;
		h->flags |= H_UNA;
	}
	if (seq_lt(h->una, p->ack) && p->ack - h->una < UINT32_C(1) << 30)
		ack_advance(e, s);
	if (s->new_sack || s->dup_ack) {
		hint(h, s);
		half_rare(e, h)->peer_dups++;
		if (!p->n_sack)
			plain_duplicate(s->e, h, s->now);
	}
	if (p->options & OPT_SACK)
		sack_apply(e, s);
	/* Where the edge stands still the kernel measures by what is newly SACKed. */
	if (s->sacked_sent && h->ack_ts != s->now)
		sample_take(s->c, !s->from, s->now - s->sacked_sent);
	if (half_has(h, H_FIN) && seq_lt(h->fin_seq, p->ack))
		h->flags |= H_FIN_ACKED;
	if (!half_has(snd, H_ACK) || seq_lt(snd->last_ack, p->ack)) {
		snd->last_ack = p->ack;
		snd->dup_acks = 0;
	}
	snd->flags |= H_ACK;
}

/* Kept by the end that needs it: to look at the other's would be one more line of the cache. */
nsec
rtt_near(const struct conn *c, enum side s)
{
	uint32_t near = c->half[s].rtt.near;

	return near < UINT32_MAX ? near : c->half[!s].rtt.min;
}

bool
half_window_closed(const struct half *snd, const struct half *rcv, nsec now, nsec near)
{
	int32_t room = (int32_t)(rcv->last_ack + rcv->window - snd->nxt);

	if (!half_has(rcv, H_ACK) || rcv->state < TCP_ESTAB)
		return false;
	/* A sender far away does not know yet that it has just opened. */
	if (rcv->window == 0 || now - rcv->rare->zero_until < near + 5 * NSEC_PER_MS)
		return true;
	/* Open, but less than waits: a sender keeps small windows shut (RFC 9293 3.8.6.2.1). */
	return half_has(snd, H_WAS_BLOCKED) && room < (int32_t)snd->max_payload;
}
