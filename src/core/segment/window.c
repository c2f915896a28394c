/* SPDX-License-Identifier: MIT */
/*
 * window: the receive window that an endpoint announces (RFC 9293 3.8.6): how long it is closed,
 * and whether it takes back room that it had offered.
 */
#include "core/segment/window.h"

#include "core/flow/cold.h"

static uint32_t
window_of(const struct seg *s)
{
	const struct half *h = s->snd;

	/* Scaled only when both offered it, and never in a SYN (RFC 7323 2.2). */
	if (!(s->p->flags & TH_SYN) && h->wscale > 0 && s->rcv->wscale != -1)
		return (uint32_t)s->p->window << h->wscale;
	return s->p->window;
}

/* ---- closed ---- */

/* It has SACKed what is behind the bytes it waits for. */
static bool
reports_hole(const struct seg *s)
{
	return s->p->n_sack > 0 && !s->dsack && seq_lt(s->p->ack, s->p->sack[0].left);
}

static void
closure_begin(struct seg *s)
{
	struct zero_window *z = &cold_get(s->core, s->snd)->zero_window;

	z->since = z->began = s->now;
	z->frame = frame_marked(s->c, s->p->frame);
	z->from_syn_ack = (s->p->flags & TH_SYN) != 0;
	z->closures += z->closures < UINT16_MAX;
}

/* A proxy may close the window in its SYN-ACK until it has reached the server: that is no time in
 * which anybody did not read. */
static void
closure_end(struct seg *s)
{
	struct zero_window *z = &cold_get(s->core, s->snd)->zero_window;

	if (z->from_syn_ack)
		z->closures--;
	else
		z->total = nsec_add(z->total, nsec_max(s->now - z->since, 0));
	z->since = 0;
	z->from_syn_ack = false;
	if (s->p->window > 0)
		z->until = s->now;
}

/* ACKs with a closed window and without any data that answer each other. */
static bool
is_answer_in_loop(const struct seg *s)
{
	const struct half *h = s->snd, *peer = s->rcv;

	return s->pure_ack && s->kind == KIND_ORDINARY && half_has(h, H_ACK) &&
	       s->p->ack == h->adv.ack && peer->last_ts > h->last_ts && peer->adv.window == 0 &&
	       peer->last_kind == KIND_ORDINARY && !half_has(peer, H_LAST_DATA | H_LAST_FIN);
}

static void
closure_watch(struct seg *s, uint32_t window)
{
	const struct half *h = s->snd;
	const uint16_t syn = s->p->flags & (TH_SYN | TH_ACK);
	const bool closed = window == 0 && syn != TH_SYN && !half_has(h, H_FIN);

	if (closed && !(s->p->flags & TH_FIN)) {
		struct zero_window *z;

		if (!h->cold->zero_window.since)
			closure_begin(s);
		z = &cold_get(s->core, s->snd)->zero_window;
		z->hole = reports_hole(s);
		z->in_loop += is_answer_in_loop(s) && z->in_loop < UINT16_MAX;
	} else if (h->cold->zero_window.since) {
		closure_end(s);
	}
}

/* A sender waits rather than send a part of a segment (RFC 9293 3.8.6.2.1); at last it fills what
 * there is. */
void
window_wait_watch(struct seg *s)
{
	const struct half *h = s->snd, *peer = s->rcv;
	const nsec since = nsec_max(h->last_ts, peer->last_ts);
	struct zero_window *z;

	if (!s->window_closed || peer->adv.window == 0 || s->p->payload_len == 0 ||
	    s->range != RANGE_NEW || s->end != peer->adv.ack + peer->adv.window ||
	    s->p->payload_len >= h->max_payload)
		return;
	z = &cold_get(s->core, s->rcv)->zero_window;
	z->small = nsec_add(z->small, nsec_max(s->now - since, 0));
}

nsec
window_closed_for(const struct conn *c, enum side s, nsec now)
{
	const struct zero_window *z = &c->half[s].cold->zero_window;

	if (!z->since)
		return 0;
	return nsec_max((c->end_cause == END_OPEN ? now : c->ended) - z->since, 0);
}

/* ---- taken back ---- */

/* Its numbers are the newest of its sender, and its scale is known. */
static bool
is_newest(const struct seg *s)
{
	const struct half *h = s->snd;

	return half_has(h, H_ACK) && h->wscale != -2 && !(s->p->flags & TH_SYN) &&
	       seq_le(h->adv.ack, s->p->ack) && seq_le(h->seq.nxt, s->seq) &&
	       !((s->p->options & OPT_TS) && (int32_t)(s->p->tsval - h->tsval) < 0);
}

/* The right edge moves left (RFC 9293 3.8.6 calls it shrinking), below what the peer has sent. A
 * window counts in units of its scale. */
static void
retraction_watch(struct seg *s, uint32_t window)
{
	const struct half *h = s->snd;
	const seqno edge = s->p->ack + window, offered = h->adv.ack + h->adv.window;
	const uint32_t unit = h->wscale > 0 ? UINT32_C(1) << h->wscale : 1;
	struct window_retraction *r;

	if (!is_newest(s) || (int32_t)(offered - edge) < (int32_t)unit ||
	    !half_has(s->rcv, H_SEQ) || !seq_lt(edge, s->rcv->seq.nxt))
		return;
	r = &cold_get(s->core, s->snd)->retraction;
	r->times += r->times < UINT16_MAX;
	r->ts = s->now;
	r->frame = frame_marked(s->c, s->p->frame);
	if (offered - edge > r->bytes)
		r->bytes = offered - edge;
	r->from = edge;
	r->to = s->rcv->seq.nxt;
}

void
window_sent(struct seg *s)
{
	struct half *h = s->snd;
	const uint32_t window = window_of(s);

	if (s->p->flags & TH_RST)
		return;
	if (UNLIKELY(s->p->ack + window - h->adv.ack < h->adv.window))
		retraction_watch(s, window);
	h->window_raw = s->p->window;
	h->adv.window = window;
	h->adv.window_max = window > h->adv.window_max ? window : h->adv.window_max;
	if (UNLIKELY(window == 0 || h->cold->zero_window.since))
		closure_watch(s, window);
}
