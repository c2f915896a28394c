/* SPDX-License-Identifier: MIT */
/*
 * track: one packet from its connection to its place in the history: in which order things are
 * looked at, decided and changed. Everything is decided on the state before the packet; then the
 * sender, the receiver and their timers are brought up to date, once.
 */
#include "core/track.h"
#include "core/txq.h"

#include <stddef.h>
#include <string.h>

/* ---- before ---- */

static bool
is_synchronised(const struct half *h)
{
	return h->state >= TCP_ESTAB && h->state < TCP_CLOSED;
}

/* Not acceptable to its receiver (RFC 9293 3.10.7.4): it will be answered, not obeyed. */
static bool
is_odd(const struct seg *s)
{
	const struct packet *p = s->p;
	const struct half *rcv = s->rcv;
	int64_t edge = (int64_t)2 * rcv->win_max + 65536;

	if (p->flags & TH_RST)
		return !s->rst_valid;
	if (!is_synchronised(rcv) || !half_has(s->snd, H_SEQ))
		return false;
	if (p->flags & TH_SYN)
		return !(p->flags & TH_ACK) && half_has(s->snd, H_ISN) &&
		       (p->seq != s->snd->isn || is_synchronised(s->snd));
	if ((int32_t)(p->seq - s->snd->nxt) > edge || (int32_t)(s->snd->nxt - p->seq) > edge * 4)
		return true;
	return (p->flags & TH_ACK) && half_has(rcv, H_SEQ) &&
	       (int32_t)(p->ack - rcv->nxt) > (int64_t)2 * s->snd->win_max + 65536;
}

static void
seg_begin(struct seg *s, struct engine *e, const struct packet *p, struct conn *c, enum side from,
	  bool fresh)
{
	uint16_t sfr = p->flags & (TH_SYN | TH_FIN | TH_RST);

	memset(&s->findings, 0, sizeof(*s) - offsetof(struct seg, findings));
	s->e = e;
	s->p = p;
	s->c = c;
	s->from = from;
	s->snd = &c->half[from];
	s->rcv = &c->half[!from];
	s->now = p->ts;
	s->silent_since = s->snd->last_ts;
	s->seq = p->seq;
	s->end = p->seq + ((p->flags & TH_RST) ? 0 : packet_seg_len(p));
	s->new_instance = fresh;
	s->log = engine_remembers(e) ? c->log_next : 0;
	s->pure_ack = (p->flags & TH_ACK) && !sfr && p->payload_len == 0;
	s->rexmit_after = -1;
}

static void
seg_decide(struct seg *s)
{
	s->outstanding = half_has(s->rcv, H_SEQ) && seq_lt(s->p->ack, s->rcv->nxt);
	s->window_closed = half_window_closed(s->snd, s->rcv, s->now, rtt_near(s->c, s->from));
	s->rst_valid = (s->p->flags & TH_RST) && state_reset_valid(s);
	if (s->p->n_sack)
		sack_examine(s);
	if (is_odd(s))
		s->kind = KIND_ODD;
	else
		range_classify(s);
	if (s->range == RANGE_AGAIN || s->range == RANGE_HOLE || s->kind != KIND_ORDINARY)
		cause_decide(s);
	rules_run(s);
	/* What it jumped over may still turn out to be only late. */
	if (s->findings & FINDING(F_LOST_SEGMENT))
		s->pending = true;
}

/* ---- handshake and completeness ---- */

static void
handshake_watch(struct seg *s)
{
	struct conn *c = s->c;
	const struct packet *p = s->p;
	uint16_t f = p->flags & (TH_SYN | TH_ACK | TH_RST | TH_FIN);

	if (f == (TH_SYN | TH_ACK) && c->syn_to_synack < 0 && half_has(s->rcv, H_SYN_SENT))
		c->syn_to_synack = nsec_max(p->ts - half_syn_last(s->rcv), 0);
	else if (f == TH_ACK && !(c->flags & C_HANDSHAKE_DONE) && half_has(s->snd, H_SYN_SENT) &&
		 half_has(s->rcv, H_SYN_ACK) && p->ack == s->rcv->isn + 1) {
		c->flags |= C_HANDSHAKE_DONE;
		c->hs_frame = frame_marked(c, p->frame);
		c->synack_to_ack = nsec_max(p->ts - half_syn_last(s->rcv), 0);
		place_by_handshake(c);
		/* Neither end could measure: both fall back (RFC 6298 5.7). */
		for (int i = 0; i < 2; i++)
			if (c->half[i].rtt.samples == 0)
				c->half[i].rtt.rttvar = 3000000;
	}
}

static void
completeness_watch(struct seg *s)
{
	const struct packet *p = s->p;
	uint8_t bits = 0;

	if (p->flags & TH_SYN)
		bits |= (p->flags & TH_ACK) ? COMPLETE_SYN_ACK : COMPLETE_SYN;
	else if (p->payload_len == 0 && (p->flags & TH_ACK) && !(p->flags & TH_RST))
		bits |= COMPLETE_ACK;
	if (p->payload_len > 0 && !(p->flags & TH_RST))
		bits |= COMPLETE_DATA;
	if ((p->flags & (TH_FIN | TH_ACK)) == (TH_FIN | TH_ACK))
		bits |= COMPLETE_FIN;
	if (p->flags & TH_RST)
		bits |= COMPLETE_RST;
	s->c->completeness |= bits;
}

/* The server took the SYN but not its data: RFC 7413 4.1. */
static void
fast_open_watch(struct seg *s)
{
	struct half *client = s->rcv;

	if ((s->p->flags & (TH_SYN | TH_ACK)) != (TH_SYN | TH_ACK) ||
	    !half_has(client, H_TFO_DATA) || s->p->ack != client->isn + 1)
		return;
	client->flags |= H_TFO_REFUSED;
	half_rare(s->e, client)->syn_seq_refused = client->nxt;
}

/* ---- counters that findings move ---- */

static void
count_findings(struct engine *e, struct seg *s)
{
	struct half *h = s->snd;
	uint32_t f = s->findings;

	if (f) {
		struct rare *r = half_rare(e, h);

		r->out_of_order += !!(f & FINDING(F_OUT_OF_ORDER));
		r->duplicate_acks += !!(f & FINDING(F_DUPLICATE_ACK));
		r->zero_windows += !!(f & FINDING(F_ZERO_WINDOW));
		r->window_full += !!(f & FINDING(F_WINDOW_FULL));
		r->window_updates += !!(f & FINDING(F_WINDOW_UPDATE));
		r->keep_alives += !!(f & FINDING(F_KEEP_ALIVE));
	}
	if (s->dup_ack)
		h->dup_acks = s->dup_ack;
	engine_counts(e)->retransmissions += !!(f & FINDING(F_RETRANSMISSION));
}

static void
blocked_watch(struct seg *s)
{
	struct half *h = s->snd;
	const struct half *rcv = s->rcv;
	int32_t room = (int32_t)(rcv->last_ack + rcv->window - h->nxt);

	if (s->p->payload_len <= 1 || !half_has(rcv, H_ACK))
		return;
	if (room < (int32_t)h->max_payload && rcv->wscale != -2)
		h->flags |= H_WAS_BLOCKED;
	else
		h->flags &= ~(uint32_t)H_WAS_BLOCKED;
}

/* What was called a lost segment was only late. */
static void
gap_explained(struct engine *e, struct seg *s)
{
	const struct half *h = s->snd;
	size_t i = txq_lower(&h->q, s->end);
	struct txrec *r = i < h->q.len ? txq_at(&h->q, i) : NULL;
	struct segment *log;

	if (s->range != RANGE_REORDERED || !r || r->seq != s->end)
		return;
	r->flags &= (uint8_t)~TX_GAP; /* settled */
	log = seglog_get(s->c, r->log);
	if (log && (log->findings & FINDING(F_LOST_SEGMENT))) {
		log->findings &= ~FINDING(F_LOST_SEGMENT);
		engine_amend(e, s->c, r->log, true);
	}
}

/* ---- after ---- */

/* The segment's own window, also where it is no offer: a reset's, an unacceptable segment's. */
static uint32_t
window_said(const struct seg *s)
{
	const struct half *h = s->snd;
	bool scaled = !(s->p->flags & TH_SYN) && h->wscale > 0 && s->rcv->wscale != -1;

	return scaled ? (uint32_t)s->p->window << h->wscale : s->p->window;
}

static void
segment_fill(const struct seg *s, struct segment *out)
{
	const struct packet *p = s->p;
	bool ack = (p->flags & TH_ACK) != 0;

	*out = (struct segment){
		.ts = p->ts, .frame = p->frame, .ref = p->ref, .conn_id = s->c->id,
		.seq = half_rel(s->snd, p->seq),
		.ack = ack ? half_rel(s->rcv, p->ack) : -1,
		.raw_seq = p->seq, .raw_ack = p->ack, .len = p->payload_len,
		.window = window_said(s),
		.findings = s->findings, .flags = p->flags, .dup_ack = s->dup_ack,
		.from = s->from,
		.state = {s->c->half[0].state, s->c->half[1].state},
		.cause = s->cause, .needed = s->needed, .pending = s->pending,
		.window_unscaled = s->snd->wscale == -2 && !(p->flags & TH_SYN),
		.rexmit_n = s->rexmit_n, .rexmit_of = s->rexmit_of,
		.rexmit_after = s->rexmit_after,
	};
}

void
timers_tell(struct engine *e, struct conn *c, nsec now)
{
	const struct engine_sink *sink = engine_sink(e);

	for (int i = 0; i < 2; i++) {
		struct rare *told = half_rare(e, &c->half[i]);
		struct timer_event ev = {.time = now, .conn_id = c->id, .from = (uint8_t)i};

		timer_facts_fill(c, (enum side)i, engine_hz(e), &ev.t);
		if (ev.t.kind == told->told_kind && ev.t.due == told->told_due &&
		    ev.t.attempt == told->told_attempt && ev.t.rto == told->told_rto)
			continue;
		told->told_kind = ev.t.kind;
		told->told_due = ev.t.due;
		told->told_attempt = (uint8_t)ev.t.attempt;
		told->told_rto = ev.t.rto;
		sink->timer(sink->ctx, &ev);
	}
}

/* c: whose history it goes to. */
static void
remember(struct engine *e, struct conn *c, const struct seg *s)
{
	const struct engine_sink *sink = engine_sink(e);
	struct segment out;

	segment_fill(s, &out);
	seglog_append(e, c, &out);
	if (sink->segment)
		sink->segment(sink->ctx, &out);
}

static void
tell(struct engine *e, struct seg *s)
{
	if (engine_remembers(e))
		remember(e, s->c, s);
	if (engine_sink(e)->timer)
		timers_tell(e, s->c, s->now);
}

/* The class decides who must go first when room is needed. */
void
class_update(struct engine *e, struct conn *c, nsec now)
{
	enum conn_class cls = CLASS_OPEN;

	if (c->flags & C_REPORTED)
		cls = CLASS_DONE;
	else if (c->end_cause != END_OPEN)
		cls = CLASS_ENDED;
	else if (c->half[0].state < TCP_ESTAB && c->half[1].state < TCP_ESTAB)
		cls = CLASS_OPENING;
	if (cls != c->cls)
		table_class(engine_table(e), c, cls, now);
}

/* A new SYN found the peer still in the old connection: the client resets its challenge ACK. */
static void
half_open_by_syn(struct engine *e, struct seg *s, uint64_t hash)
{
	struct conn *c = s->c, *newest;
	enum side from;

	if (!(c->flags & C_REPLACED) || !(s->p->flags & TH_RST) || !s->rst_valid ||
	    c->end_cause != END_RESET)
		return;
	c->flags |= C_HALF_OPEN | C_HALF_OPEN_SYN;
	newest = table_find(engine_table(e), hash, s->p, &from);
	if (!newest || newest == c || newest->half[from].state != TCP_SYN_SENT)
		return;
	engine_touch(e, newest);
	newest->flags |= C_CHALLENGED;
	timer_syn_at_once(&newest->half[from], s->now);
	if (engine_sink(e)->timer)
		timers_tell(e, newest, s->now);
}

static void
copy_tell(struct engine *e, struct seg *s, enum copy copy)
{
	s->findings = FINDING(F_DUPLICATE_PACKET);
	if (copy == COPY_BY_CAPTURE) {
		engine_counts(e)->capture_duplicates++;
	} else {
		half_rare(e, s->snd)->duplicates++;
		s->snd->segments++;
		s->snd->bytes += s->p->payload_len;
		cause_copied(s);
	}
	tell(e, s);
}

static void
apply(struct engine *e, struct seg *s, uint64_t hash)
{
	seqno una = s->rcv->una;
	bool idle = s->range != RANGE_NONE && s->snd->q.len == 0;

	if (!half_has(s->rcv, H_UNA))
		una = s->rcv->isn;
	cause_remember(e, s);
	half_sent(e, s);
	half_acked(e, s);
	handshake_watch(s);
	completeness_watch(s);
	fast_open_watch(s);
	timer_sent(s, idle);
	timer_acked(s, una);
	cause_proof_since(e, s, una);
	state_segment(e, s);
	half_open_by_syn(e, s, hash);
	count_findings(e, s);
	blocked_watch(s);
	gap_explained(e, s);
}

/* ---- the usual segment ---- */

static bool
is_calm(const struct half *h)
{
	const uint32_t need = H_SEQ | H_UNA | H_ACK, odd = H_TLP_OUT | H_BYTE_PROBE | H_FIN;

	return h->state == TCP_ESTAB && h->ca == CA_OPEN && (h->flags & (need | odd)) == need &&
	       h->last_kind == KIND_ORDINARY && h->window > 0 && h->rare->peer_dups == 0;
}

/* Whether everything up to ack was sent once, in one piece, and not reported yet. */
static bool
acks_plainly(const struct half *h, seqno ack)
{
	for (size_t i = 0; i < h->q.len; i++) {
		const struct txrec *r = txq_at(&h->q, i);

		if (seq_lt(ack, r->end))
			return seq_le(ack, r->seq);
		if (r->flags || (i > 0 && r->seq != r[-1].end))
			return false;
	}
	return true;
}

/* Header prediction: the next data in order, or an ACK that moves on, between two established ends
 * of which nothing is in question. There is nothing to find in it: most segments are like that. */
static bool
is_usual(const struct conn *c, enum side from, const struct packet *p)
{
	const struct half *snd = &c->half[from], *rcv = &c->half[!from];
	uint32_t room = rcv->last_ack + rcv->window - p->seq;

	return (p->flags & ~TH_PSH) == TH_ACK && p->seq == snd->nxt && p->scope == snd->scope &&
	       !(p->options & (OPT_SACK | OPT_MPTCP)) && p->window > 0 && is_calm(snd) &&
	       is_calm(rcv) && c->end_cause == END_OPEN &&
	       !(c->flags & (C_REPLACED | C_TENTATIVE | C_ACCEPT_FULL)) &&
	       !(snd->flags & H_WAS_BLOCKED) && p->ack - rcv->una <= rcv->nxt - rcv->una &&
	       (p->payload_len > 0 ? room > p->payload_len + snd->max_payload && room < INT32_MAX
				   : p->ack != rcv->una) &&
	       (p->ack == rcv->una || (rcv->q.len > 0 && acks_plainly(rcv, p->ack))) &&
	       (p->ack != rcv->isn + 1 || (c->flags & C_HANDSHAKE_DONE) ||
		!half_has(rcv, H_SYN_ACK));
}

static void
track_usual(struct engine *e, struct conn *c, enum side from, const struct packet *p)
{
	struct seg s;
	bool idle;
	seqno una;

	engine_touch(e, c);
	seg_begin(&s, e, p, c, from, false);
	idle = p->payload_len > 0 && s.snd->q.len == 0;
	una = s.rcv->una;
	copies_note(engine_copies(e), c, s.snd->segments, p);
	place_by_packet(&s);
	s.range = p->payload_len > 0 ? RANGE_NEW : RANGE_NONE;
	half_sent(e, &s);
	half_acked(e, &s);
	completeness_watch(&s);
	timer_sent(&s, idle);
	timer_acked(&s, una);
	cause_proof_since(e, &s, una);
	c->last = p->ts > c->last ? p->ts : c->last;
	tell(e, &s);
}

/* ---- the first SYN ---- */

static void
track_first_syn(struct engine *e, const struct packet *p, uint64_t hash)
{
	struct conn *c = instance_of_syn(e, p, hash);
	struct whole room;
	struct seg s;

	if (!c) {
		engine_counts(e)->refused++;
		return;
	}
	engine_touch(e, c);
	copies_note(engine_copies(e), c, 0, p);
	if (engine_remembers(e)) {
		conn_whole(c, &room);
		seg_begin(&s, e, p, &room.c, CLIENT, true);
		remember(e, c, &s);
	}
	if (engine_sink(e)->timer) {
		first_syn_grow(c, table_ends(engine_table(e)));
		timers_tell(e, c, p->ts);
	}
}

struct conn *
track_find(struct engine *e, const struct packet *p, uint64_t hash, enum side *from)
{
	struct conn *c = table_find(engine_table(e), hash, p, from);

	if (c && !c->half)
		first_syn_grow(c, table_ends(engine_table(e)));
	return c;
}

static void
track_segment(struct engine *e, const struct packet *p, uint64_t hash)
{
	enum side from;
	bool fresh;
	struct conn *c = track_find(e, p, hash, &from);
	enum copy copy;
	struct seg s;

	if (c && is_usual(c, from, p)) {
		track_usual(e, c, from, p);
		return;
	}
	if (!c && first_syn_fits(p)) {
		track_first_syn(e, p, hash);
		return;
	}
	c = instance_of(e, c, p, hash, &from, &fresh);
	if (!c) {
		engine_counts(e)->refused++;
		return;
	}
	engine_touch(e, c);
	seg_begin(&s, e, p, c, from, fresh);
	copy = copies_look(engine_copies(e), c, s.snd->segments, p);
	if (copy != COPY_NONE) {
		copy_tell(e, &s, copy);
		return;
	}
	s.snd->scope = p->scope;
	place_by_packet(&s);
	seg_decide(&s);
	if (s.range == RANGE_COPY) {
		copy_tell(e, &s, COPY_BY_NETWORK);
		return;
	}
	if (s.kind == KIND_ODD && s.range == RANGE_NONE) { /* changes nothing but what it is */
		s.snd->segments++;
		s.snd->last_kind = KIND_ODD;
		s.snd->rst += !!(p->flags & TH_RST);
		completeness_watch(&s);
		state_segment(e, &s);
	} else {
		apply(e, &s, hash);
	}
	c->last = p->ts > c->last ? p->ts : c->last;
	class_update(e, c, p->ts);
	tell(e, &s);
}

void
track_packet(struct engine *e, const struct packet *p, uint64_t hash)
{
	if (p->icmp_version)
		track_icmp(e, p, hash);
	else
		track_segment(e, p, hash);
}
