/* SPDX-License-Identifier: MIT */
/*
 * send: the sending half of a simulated endpoint: segments, retransmission (SACK or NewReno,
 * time-out with back-off, tail-loss probe), the closed window. Rules and times are those of a Linux
 * sender; congestion control is as simple as possible.
 */
#include <assert.h>
#include <string.h>

#include "sim.h"

#define CWND_MAX 60
#define GIVE_UP	 7 /* time-outs in a row */

static const struct {
	nsec below, step;
} wheel[] = { /* how late a timer may be, 250 Hz */
	{256 * NSEC_PER_MS, 4 * NSEC_PER_MS},
	{2048 * NSEC_PER_MS, 32 * NSEC_PER_MS},
	{16384 * NSEC_PER_MS, 256 * NSEC_PER_MS},
	{INT64_MAX, 2048 * NSEC_PER_MS},
};

static nsec
late(struct sim *s, nsec length)
{
	size_t i = 0;

	while (length >= wheel[i].below)
		i++;
	return length + sim_draw(s, (uint32_t)(wheel[i].step / NSEC_PER_US)) * NSEC_PER_US;
}

static struct sent *
log_sent(struct sim *s)
{
	if (s->n_sent == s->size_sent) {
		s->size_sent = s->size_sent ? 2 * s->size_sent : 256;
		s->sent = xreallocarray(s->sent, s->size_sent, sizeof(*s->sent));
	}
	return &s->sent[s->n_sent++];
}

static uint16_t
next_id(struct sim *s, struct end *e, uint16_t flags)
{
	bool stateless = (flags & TH_RST) || (flags & (TH_SYN | TH_ACK)) == (TH_SYN | TH_ACK);

	if (e->id_mode == ID_ZERO || (stateless && e->id_mode == ID_COUNTS))
		return 0;
	return e->id_mode == ID_COUNTS ? e->ip_id++ : (uint16_t)sim_draw(s, 65536);
}

/* Moves the right edge of the window when the application has read enough for a window update. */
static uint16_t
window_to_offer(struct end *e, bool syn)
{
	int64_t room = (int64_t)e->buffer - (e->rcv_nxt - e->consumed);
	int64_t edge = e->rcv_nxt + (room > 0 ? room : 0);
	uint32_t worth = e->mss < e->buffer / 2 ? e->mss : e->buffer / 2;
	unsigned shift = e->wscale_ok && !syn ? e->wscale : 0;

	if (edge >= e->rcv_edge + worth)
		e->rcv_edge = edge;
	int64_t window = (e->rcv_edge - e->rcv_nxt + (1 << shift) - 1) >> shift;
	if (window > 65535)
		window = 65535;
	if (e->rcv_edge < e->rcv_nxt + (window << shift))
		e->rcv_edge = e->rcv_nxt + (window << shift);
	return (uint16_t)window;
}

static void
put_options(struct sim *s, struct end *e, struct packet *p)
{
	if (p->flags & TH_SYN) {
		p->options |= OPT_MSS | (e->sack ? OPT_SACK_OK : 0) |
			      (e->wscale_ok ? OPT_WSCALE : 0);
		p->mss = e->mss;
		p->wscale = e->wscale_ok ? e->wscale : 0;
	}
	if (e->ts && !(p->flags & TH_RST)) {
		p->options |= OPT_TS;
		p->tsval = e->ts_base + (uint32_t)(s->now / NSEC_PER_MS);
		p->tsecr = p->flags & TH_ACK ? e->ts_recent : 0;
	}
}

static void
put_block(const struct end *e, const struct end *peer, struct packet *p, struct range64 r)
{
	unsigned room = e->ts ? 3 : 4;

	if (p->n_sack >= room || r.left >= r.right)
		return;
	p->options |= OPT_SACK;
	p->sack[p->n_sack].left = peer->isn + (seqno)r.left;
	p->sack[p->n_sack++].right = peer->isn + (seqno)r.right;
}

static void
put_sack(struct sim *s, struct end *e, struct packet *p)
{
	const struct end *peer = &s->end[!e->side];

	if (!e->sack || !(p->flags & TH_ACK) || (p->flags & (TH_SYN | TH_RST)))
		return;
	put_block(e, peer, p, e->dsack);
	e->dsack = (struct range64){0, 0};
	for (unsigned i = 0; i < e->n_ooo; i++)
		put_block(e, peer, p, e->ooo[i]);
}

static void
put_endpoints(const struct end *e, struct packet *p)
{
	const uint8_t addr[2][16] = {{[10] = 0xff, 0xff, 10, 1, 0, 1},
				     {[10] = 0xff, 0xff, 10, 1, 0, 2}};
	const uint16_t port[2] = {51000, 8080};

	memcpy(p->src, addr[e->side], 16);
	memcpy(p->dst, addr[!e->side], 16);
	p->sport = port[e->side];
	p->dport = port[!e->side];
}

static uint32_t
digest_of(const struct packet *p)
{
	uint32_t h = p->sport * 31u + p->flags;
	const uint32_t v[] = {p->seq, p->ack, p->window, p->tsval, p->tsecr, p->payload_len,
			      p->sack[0].left, p->sack[0].right};

	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		h = (h ^ v[i]) * 16777619u;
	return h;
}

void
send_segment(struct sim *s, struct end *e, uint16_t flags, int64_t seq, uint32_t len,
	     enum sent_kind kind, enum cause cause)
{
	const struct end *peer = &s->end[!e->side];
	struct packet p = {.flags = flags, .payload_len = len, .vlan = -1, .ip_version = 4,
			   .ttl = 64, .ip_df = 1, .csum = CSUM_GOOD};

	put_endpoints(e, &p);
	p.seq = e->isn + (seqno)seq;
	p.ack = flags & TH_ACK ? peer->isn + (seqno)e->rcv_nxt : 0;
	if (!(flags & TH_RST) || e->state != TCP_CLOSED)
		p.window = window_to_offer(e, (flags & TH_SYN) != 0);
	p.ip_id = next_id(s, e, flags);
	put_options(s, e, &p);
	put_sack(s, e, &p);
	p.digest = digest_of(&p);
	*log_sent(s) = (struct sent){.from = e->side, .kind = kind, .cause = cause, .ts = s->now,
				     .seq = seq, .end = seq + packet_seg_len(&p), .payload = len,
				     .flags = flags};
	if (flags & TH_ACK) {
		e->unacked = 0;
		e->delack_at = NSEC_NEVER;
	}
	path_send(s, &p, (uint32_t)s->n_sent - 1);
}

void
send_ack(struct sim *s, struct end *e)
{
	send_segment(s, e, TH_ACK, e->nxt, 0, SENT_FIRST, CAUSE_NONE);
}

static uint16_t
tx_flags(const struct end *e, const struct tx *t)
{
	uint16_t flags = t->syn ? TH_SYN : TH_ACK;

	if (t->syn && e->state == TCP_SYN_RECV)
		flags |= TH_ACK;
	return flags | (t->fin ? TH_FIN : 0);
}

void
send_again(struct sim *s, struct end *e, struct tx *t, enum cause cause)
{
	uint32_t len = (uint32_t)(t->end - t->seq) - t->syn - t->fin;

	t->lost = false;
	t->last = s->now;
	t->order = s->n_sent;
	t->times++;
	send_segment(s, e, tx_flags(e, t), t->seq, len, SENT_AGAIN, cause);
}

static void
send_new(struct sim *s, struct end *e, uint32_t len, bool fin)
{
	assert(e->n_q < TXQ_MAX);
	bool was_empty = e->n_q == 0;
	struct tx *t = &e->q[e->n_q++];
	*t = (struct tx){.seq = e->nxt, .end = e->nxt + len + fin, .first = s->now,
			 .last = s->now, .order = s->n_sent, .times = 1, .fin = fin};
	if (was_empty)
		e->rto_base = s->now;
	e->nxt = t->end;
	e->persist_n = 0;
	send_segment(s, e, tx_flags(e, t) | (len > 0 ? TH_PSH : 0), t->seq, len, SENT_FIRST,
		     CAUSE_NONE);
}

static unsigned
pipe_of(const struct end *e)
{
	unsigned n = 0;

	for (unsigned i = 0; i < e->n_q; i++)
		n += !e->q[i].sacked && !e->q[i].lost;
	return n;
}

static void
resend_lost(struct sim *s, struct end *e)
{
	for (unsigned i = 0; i < e->n_q; i++)
		if (e->q[i].lost && pipe_of(e) < e->cwnd)
			send_again(s, e, &e->q[i], e->in_loss ? CAUSE_RECOVERY : CAUSE_FAST);
}

/* false: nothing more may be sent now. */
static bool
send_next(struct sim *s, struct end *e)
{
	uint32_t mss = e->mss - (e->ts ? 12 : 0);
	int64_t data = e->written - e->nxt, room = e->window_edge - e->nxt;
	int64_t len = data < mss ? data : mss;

	if (e->fin_sent || pipe_of(e) >= e->cwnd || e->n_q >= TXQ_MAX / 2)
		return false;
	if (len > room && (room <= 0 || e->n_q > 0))
		return false;
	if (len > room)
		len = room;
	bool fin = e->fin_wanted && len == data;
	if (len <= 0 && !fin)
		return false;
	send_new(s, e, (uint32_t)len, fin);
	if (fin) {
		e->fin_sent = true;
		e->state = e->state == TCP_CLOSE_WAIT ? TCP_LAST_ACK : TCP_FIN_WAIT_1;
	}
	return true;
}

void
send_pending(struct sim *s, struct end *e)
{
	bool sent = false;

	if (e->state == TCP_SYN_SENT || e->state == TCP_SYN_RECV || e->state == TCP_CLOSED ||
	    e->state == TCP_LISTEN || e->state == TCP_TIME_WAIT)
		return;
	resend_lost(s, e);
	while (send_next(s, e))
		sent = true;
	if (sent || e->timer == TIMER_NONE)
		send_arm(s, e);
}

/* ---- timers ---- */

static nsec
rto_now(const struct end *e)
{
	nsec rto = estimator_rto(&e->rtt);

	for (unsigned i = 0; i < e->backoff; i++)
		rto = nsec_min(rto * 2, 120 * NSEC_PER_SEC);
	return rto;
}

static void
set_timer(struct sim *s, struct end *e, enum timer_kind kind, nsec base, nsec length)
{
	e->timer = kind;
	e->timer_at = kind == TIMER_NONE ? NSEC_NEVER
					 : nsec_max(s->now + NSEC_PER_MS, base + late(s, length));
}

static bool
may_probe_tail(const struct end *e)
{
	for (unsigned i = 0; i < e->n_q; i++)
		if (e->q[i].sacked)
			return false;
	return e->sack && e->recovery == 0 && !e->tlp_out && e->backoff == 0;
}

static nsec
probe_timeout(const struct end *e)
{
	if (e->rtt.samples == 0)
		return NSEC_PER_SEC;
	return (nsec)(2 * e->rtt.srtt * 1e6) + (e->n_q == 1 ? 200 : 2) * NSEC_PER_MS;
}

void
send_arm(struct sim *s, struct end *e)
{
	nsec rto = rto_now(e), pto = probe_timeout(e);

	if (e->n_q == 0) {
		bool stuck = e->written > e->nxt;
		nsec wait = nsec_max(estimator_rto(&e->rtt), 200 * NSEC_PER_MS)
			    << (e->persist_n < 8 ? e->persist_n : 8);

		set_timer(s, e, stuck ? TIMER_PERSIST : TIMER_NONE, s->now, wait);
	} else if (may_probe_tail(e)) {
		nsec at = nsec_min(s->now + pto, e->rto_base + rto);

		set_timer(s, e, TIMER_TLP, s->now, nsec_max(at - s->now, 0));
	} else {
		set_timer(s, e, TIMER_RTO, e->rto_base, rto);
	}
}

static void
give_up(struct end *e)
{
	e->gave_up = true;
	e->state = TCP_CLOSED;
	e->n_q = 0;
	e->timer = TIMER_NONE;
	e->timer_at = e->rack_at = e->delack_at = e->keepalive_at = e->app_at = NSEC_NEVER;
}

static void
on_rto(struct sim *s, struct end *e)
{
	if (++e->backoff > GIVE_UP) {
		give_up(e);
		return;
	}
	for (unsigned i = 0; i < e->n_q; i++)
		e->q[i].lost = !e->q[i].sacked;
	e->in_loss = true;
	e->recovery = e->nxt;
	e->cwnd = 1;
	e->dup_acks = 0;
	e->tlp_out = false;
	e->rto_base = s->now;
	send_again(s, e, &e->q[0], e->q[0].fin && e->q[0].end == e->q[0].seq + 1 ? CAUSE_FIN
										 : CAUSE_RTO);
	send_arm(s, e);
}

static void
on_tlp(struct sim *s, struct end *e)
{
	unsigned cwnd = e->cwnd++;

	e->tlp_out = true;
	if (!send_next(s, e))
		send_again(s, e, &e->q[e->n_q - 1], CAUSE_TLP);
	e->cwnd = cwnd;
	e->tlp_end = e->nxt;
	e->rto_base = s->now;
	send_arm(s, e);
}

static void
on_handshake_timer(struct sim *s, struct end *e, unsigned linear, unsigned most)
{
	if (e->backoff >= most) {
		give_up(e);
		return;
	}
	unsigned doublings = e->backoff > linear ? e->backoff - linear : 0;
	e->backoff++;
	doublings = e->backoff > linear ? e->backoff - linear : doublings;
	send_again(s, e, &e->q[0], e->state == TCP_SYN_SENT ? CAUSE_SYN : CAUSE_SYN_ACK);
	set_timer(s, e, e->timer, s->now, NSEC_PER_SEC << doublings);
}

void
send_timer(struct sim *s, struct end *e)
{
	e->timer_at = NSEC_NEVER;
	switch (e->timer) {
	case TIMER_SYN:
		on_handshake_timer(s, e, 4, 10);
		break;
	case TIMER_SYN_ACK:
		on_handshake_timer(s, e, 0, 5);
		break;
	case TIMER_RTO:
		on_rto(s, e);
		break;
	case TIMER_TLP:
		on_tlp(s, e);
		break;
	case TIMER_PERSIST:
		send_segment(s, e, TH_ACK, e->una - 1, 0, SENT_PROBE, CAUSE_PROBE);
		e->persist_n++;
		send_arm(s, e);
		break;
	default:
		break;
	}
}

/* ---- acknowledgments from the peer ---- */

/* *since: when the earliest segment was sent that the peer now reports for the first time. */
static bool
take_sack(struct end *e, const struct packet *p, nsec *since)
{
	bool news = false;

	for (unsigned b = 0; b < p->n_sack; b++) {
		int64_t left = e->una + (int32_t)(p->sack[b].left - (e->isn + (seqno)e->una));
		int64_t right = e->una + (int32_t)(p->sack[b].right - (e->isn + (seqno)e->una));

		for (unsigned i = 0; i < e->n_q; i++) {
			struct tx *t = &e->q[i];

			if (t->seq < left || t->end > right || t->sacked)
				continue;
			t->sacked = news = true;
			t->lost = false;
			if (t->times == 1)
				*since = nsec_min(*since, t->first);
		}
	}
	return news;
}

/* Removes what is acknowledged from the queue; *since as above, NSEC_NEVER if any of it was sent
 * twice (Karn's algorithm). */
static void
drop_acked(struct end *e, int64_t ack, nsec *since)
{
	unsigned gone = 0;
	bool again = false;

	for (; gone < e->n_q && e->q[gone].end <= ack; gone++) {
		again |= e->q[gone].times > 1;
		if (!e->q[gone].sacked)
			*since = nsec_min(*since, e->q[gone].first);
	}
	if (again)
		*since = NSEC_NEVER;
	memmove(e->q, e->q + gone, (e->n_q - gone) * sizeof(*e->q));
	e->n_q -= gone;
	e->una = ack;
	if (e->n_q > 0 && e->q[0].seq < ack)
		e->q[0].seq = ack;
}

static void
take_ack(struct sim *s, struct end *e, int64_t ack)
{
	e->backoff = 0;
	e->dup_acks = 0;
	e->rto_base = s->now;
	if (ack >= e->tlp_end)
		e->tlp_out = false;
	if (e->recovery == 0 || e->in_loss)
		e->cwnd += e->cwnd < CWND_MAX;
	if (e->recovery > 0 && ack >= e->recovery) {
		e->recovery = 0;
		e->in_loss = false;
	} else if (e->recovery > 0 && !e->sack && e->n_q > 0 && !e->in_loss) {
		e->q[0].lost = e->q[0].times == 1; /* NewReno: the next hole */
	}
}

/* In Linux's order: from what was acknowledged, else from what was SACKed, else from the echoed
 * time stamp. */
static void
take_sample(struct sim *s, struct end *e, const struct packet *p, nsec acked, nsec sacked,
	    bool advanced)
{
	nsec since = acked != NSEC_NEVER ? acked : sacked;

	if (since == NSEC_NEVER && advanced && (p->options & OPT_TS))
		since = s->now - (nsec)(e->ts_base + (uint32_t)(s->now / NSEC_PER_MS) - p->tsecr) *
					 NSEC_PER_MS;
	if (since != NSEC_NEVER)
		estimator_sample(&e->rtt, s->now - since, e->una, e->nxt);
}

/* How many segments sent after this one have arrived. */
static unsigned
later_arrived(const struct end *e, unsigned at)
{
	unsigned later = 0;

	for (unsigned i = at + 1; i < e->n_q; i++)
		later += e->q[i].sacked && e->q[i].order > e->q[at].order;
	return later;
}

static void
enter_recovery(struct end *e)
{
	if (e->recovery > 0)
		return;
	e->recovery = e->nxt;
	e->cwnd = e->cwnd / 2 > 2 ? e->cwnd / 2 : 2;
}

/* With three later segments received it is lost (RFC 6675), with fewer soon (RFC 8985). */
static void
mark_lost(struct sim *s, struct end *e, unsigned enough)
{
	bool any = false, soon = false;

	for (unsigned i = 0; e->sack && i < e->n_q; i++) {
		unsigned later = e->q[i].sacked || e->q[i].lost ? 0 : later_arrived(e, i);

		if (later >= enough)
			any = e->q[i].lost = true;
		soon |= later > 0;
	}
	if (!e->sack && e->dup_acks == 3 && e->recovery == 0)
		any = e->q[0].lost = true;
	if (any)
		enter_recovery(e);
	if (!soon)
		e->rack_at = NSEC_NEVER;
	else if (e->rack_at == NSEC_NEVER)
		e->rack_at = s->now + (nsec)(e->rtt.srtt * 0.25e6) + 2 * NSEC_PER_MS;
}

void
send_rack(struct sim *s, struct end *e)
{
	e->rack_at = NSEC_NEVER;
	mark_lost(s, e, 1);
	e->rack_at = NSEC_NEVER;
	send_pending(s, e);
}

void
send_acked(struct sim *s, struct end *e, const struct packet *p, int64_t ack)
{
	unsigned shift = s->end[!e->side].wscale_ok && !(p->flags & TH_SYN)
				 ? s->end[!e->side].wscale
				 : 0;
	int64_t edge = ack + ((int64_t)p->window << shift);
	bool advanced = ack > e->una, news = false;
	bool opened = edge > e->window_edge;

	if (ack < e->una || ack > e->nxt)
		return;
	e->window_edge = edge;
	nsec acked = NSEC_NEVER, sacked = NSEC_NEVER;
	if (advanced)
		drop_acked(e, ack, &acked);
	if (e->sack)
		news = take_sack(e, p, &sacked);
	take_sample(s, e, p, acked, sacked, advanced);
	if (advanced)
		take_ack(s, e, ack);
	if (!advanced && p->payload_len == 0 && e->n_q > 0 && !opened && !(p->flags & TH_FIN))
		e->dup_acks++;
	if (e->n_q > 0 && (news || e->dup_acks > 0 || advanced))
		mark_lost(s, e, 3);
	bool probing = e->timer == TIMER_PERSIST && e->n_q == 0;
	if (advanced || news || probing)
		send_arm(s, e);
	send_pending(s, e);
}
