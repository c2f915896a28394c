/* SPDX-License-Identifier: MIT */
/*
 * process: one packet, step by step. Everything is decided on the state before the packet; then the
 * sender, the receiver and their timers are updated, once.
 */
#include "core/process.h"

#include "core/analysis/findings.h"
#include "core/analysis/retransmit_cause.h"
#include "core/analysis/retransmit_needed.h"
#include "core/analysis/time_ledger.h"
#include "core/flow/cold.h"
#include "core/flow/coverage.h"
#include "core/flow/history.h"
#include "core/flow/lifecycle.h"
#include "core/flow/sendq.h"
#include "core/flow/conn_table.h"
#include "core/segment/capture_gap.h"
#include "core/segment/dedup.h"
#include "core/segment/emit.h"
#include "core/segment/icmp_error.h"
#include "core/segment/identify.h"
#include "core/segment/lone_syn.h"
#include "core/segment/opening.h"
#include "core/segment/path_size.h"
#include "core/segment/rtt.h"
#include "core/segment/sack.h"
#include "core/segment/segment.h"
#include "core/segment/midstream.h"
#include "core/segment/receiver.h"
#include "core/segment/reset.h"
#include "core/segment/sender.h"
#include "core/segment/seqspace.h"
#include "core/segment/state.h"
#include "core/segment/timers.h"
#include "core/segment/vantage.h"
#include "core/segment/window.h"

#include <stddef.h>
#include <string.h>

/* ---- before ---- */

/* The hosts are noted with the first packet of each end, and once in a second or so. */
static void
hosts_note(struct core *core, const struct conn *c, const struct packet *p, bool first)
{
	if (first || (p->ts >> 30) != (c->last >> 30))
		coverage_packet(core->coverage, p, (p->flags & TH_RST) ? 0 : p->ttl);
}

static void
seg_begin(struct seg *s, struct core *core, const struct packet *p, struct conn *c, enum side from,
	  bool fresh)
{
	uint16_t sfr = p->flags & (TH_SYN | TH_FIN | TH_RST);

	memset(&s->findings, 0, sizeof(*s) - offsetof(struct seg, findings));
	s->core = core;
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
	s->log = core->history ? c->log_next : 0;
	s->pure_ack = (p->flags & TH_ACK) && !sfr && p->payload_len == 0;
	s->rexmit_after = -1;
}

static void
seg_decide(struct seg *s)
{
	s->outstanding = half_has(s->rcv, H_SEQ) && seq_lt(s->p->ack, s->rcv->seq.nxt);
	s->window_closed = half_window_closed(s->snd, s->rcv, s->now, rtt_min_to(s->c, s->from));
	s->rst_valid = (s->p->flags & TH_RST) && reset_valid(s);
	if (s->p->n_sack)
		sack_examine(s);
	if (segment_is_odd(s))
		s->kind = KIND_ODD;
	else
		seqspace_classify(s);
	if (s->range == RANGE_AGAIN || s->range == RANGE_HOLE || s->kind != KIND_ORDINARY)
		retransmit_cause_decide(s);
	findings_decide(s);
	if (s->findings & FINDING(F_KEEP_ALIVE_ACK))
		s->kind = KIND_KEEP_ALIVE_ACK;
	/* What it jumped over may still turn out to be only late. */
	if ((s->findings & FINDING(F_LOST_SEGMENT)) || s->ack_crosses_gap)
		s->pending = true;
}

/* ---- handshake and completeness ---- */

/* The client's ACK may have been captured before it. */
static void
syn_ack_seen(struct seg *s)
{
	struct conn *c = s->c;

	c->syn_to_synack = nsec_max(s->now - half_syn_last(s->rcv), 0);
	if (s->range == RANGE_LATE && half_has(s->rcv, H_ACK) && seq_lt(s->seq, s->rcv->adv.ack))
		c->flags |= C_HANDSHAKE_DONE;
}

static void
handshake_watch(struct seg *s)
{
	struct conn *c = s->c;
	const struct packet *p = s->p;
	uint16_t f = p->flags & (TH_SYN | TH_ACK | TH_RST | TH_FIN);

	if (f == (TH_SYN | TH_ACK) && c->syn_to_synack < 0 && half_has(s->rcv, H_SYN_SENT))
		syn_ack_seen(s);
	else if (f == TH_ACK && !(c->flags & C_HANDSHAKE_DONE) && half_has(s->snd, H_SYN_SENT) &&
		 half_has(s->rcv, H_SYN_ACK) && p->ack == s->rcv->seq.isn + 1) {
		c->flags |= C_HANDSHAKE_DONE;
		s->ends_handshake = true;
		c->hs_frame = frame_marked(c, p->frame);
		c->synack_to_ack = nsec_max(p->ts - half_syn_last(s->rcv), 0);
		vantage_by_handshake(c);
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
	    !half_has(client, H_TFO_DATA) || s->p->ack != client->seq.isn + 1)
		return;
	client->flags |= H_TFO_REFUSED;
	cold_get(s->core, client)->syn_repeat.refused_end = client->seq.nxt;
}

/* ---- counters that findings move ---- */

/* Its receiver drops it; a host that leaves the checksum to its network card shows the same. */
static void
checksum_watch(struct seg *s)
{
	const bool bad = s->p->csum == CSUM_BAD || s->p->outer_csum == CSUM_BAD;

	if (UNLIKELY(bad) && !half_has(s->snd, H_PARTIAL_CSUM))
		cold_get(s->core, s->snd)->bad_checksums++;
}

static void
count_findings(struct seg *s)
{
	struct half *h = s->snd;
	uint32_t f = s->findings;

	if (f) {
		struct half_cold *r = cold_get(s->core, h);

		r->out_of_order += !!(f & FINDING(F_OUT_OF_ORDER));
		r->duplicate_acks += !!(f & FINDING(F_DUPLICATE_ACK));
		r->zero_windows += !!(f & FINDING(F_ZERO_WINDOW));
		r->window_full += !!(f & FINDING(F_WINDOW_FULL));
		r->window_updates += !!(f & FINDING(F_WINDOW_UPDATE));
		r->keep_alives += !!(f & FINDING(F_KEEP_ALIVE));
	}
	if (s->dup_ack)
		h->dup_acks = s->dup_ack;
	s->core->counts.retransmissions += !!(f & FINDING(F_RETRANSMISSION));
}

static void
blocked_watch(struct seg *s)
{
	struct half *h = s->snd;
	const struct half *rcv = s->rcv;
	int32_t room = (int32_t)(rcv->adv.ack + rcv->adv.window - h->seq.nxt);

	if (s->p->payload_len <= 1 || !half_has(rcv, H_ACK))
		return;
	if (room < (int32_t)h->max_payload && rcv->wscale != -2)
		h->flags |= H_WAS_BLOCKED;
	else
		h->flags &= ~(uint32_t)H_WAS_BLOCKED;
}

/* What was called a lost segment was only late. */
static void
gap_explained(struct seg *s)
{
	const struct half *h = s->snd;
	size_t i = sendq_lower(&h->sendq, s->end);
	struct sent_range *r = i < h->sendq.len ? sendq_at(&h->sendq, i) : NULL;
	struct segment *log;

	if (s->range != RANGE_REORDERED || !r || r->seq != s->end)
		return;
	r->flags &= (uint8_t)~SENT_GAP; /* settled */
	log = history_get(s->c, r->log);
	if (log && (log->findings & FINDING(F_LOST_SEGMENT))) {
		log->findings &= ~FINDING(F_LOST_SEGMENT);
		segment_amend(s->core, s->c, r->log, true);
	}
}

/* ---- after ---- */

static void
copy_emit(struct seg *s, enum copy copy)
{
	s->findings = FINDING(F_DUPLICATE_PACKET);
	if (copy == COPY_BY_CAPTURE) {
		s->core->counts.capture_duplicates++;
		if (packet_seg_len(s->p) > 0)
			s->snd->flags |= H_DOUBLED;
	} else {
		cold_get(s->core, s->snd)->duplicates++;
		s->snd->segments++;
		s->snd->payload.bytes += s->p->payload_len;
		retransmit_copied(s);
	}
	segment_emit(s);
}

static void
apply(struct seg *s, uint64_t hash)
{
	seqno una = s->rcv->seq.una;
	bool idle = s->range != RANGE_NONE && s->snd->sendq.len == 0;

	if (!half_has(s->rcv, H_UNA))
		una = s->rcv->seq.isn;
	retransmit_record(s);
	path_size_watch(s);
	window_wait_watch(s);
	sender_update(s);
	receiver_update(s);
	handshake_watch(s);
	completeness_watch(s);
	fast_open_watch(s);
	timer_sent(s, idle);
	timer_acked(s, una);
	retransmit_needed_update(s, una);
	state_segment(s);
	opening_over_older(s, hash);
	checksum_watch(s);
	count_findings(s);
	blocked_watch(s);
	gap_explained(s);
	time_ledger_segment(s);
}

/* ---- the usual segment ---- */

static bool
is_calm(const struct half *h)
{
	const uint32_t need = H_SEQ | H_UNA | H_ACK, odd = H_TLP_OUT | H_BYTE_PROBE | H_FIN;

	return h->state == TCP_ESTAB && h->ca == CA_OPEN && (h->flags & (need | odd)) == need &&
	       h->last_kind == KIND_ORDINARY && h->adv.window > 0 &&
	       h->cold->recovery.peer_dups == 0 && !h->cold->jump.pending;
}

/* Whether everything up to ack was sent once, in one piece, and not reported yet. */
static bool
acks_plainly(const struct half *h, seqno ack)
{
	for (size_t i = 0; i < h->sendq.len; i++) {
		const struct sent_range *r = sendq_at(&h->sendq, i);

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
	uint32_t room = rcv->adv.ack + rcv->adv.window - p->seq;

	return (p->flags & ~TH_PSH) == TH_ACK && p->seq == snd->seq.nxt && p->scope == snd->scope &&
	       p->csum != CSUM_BAD && p->outer_csum != CSUM_BAD &&
	       !(p->options & (OPT_SACK | OPT_MPTCP)) && p->window > 0 && is_calm(snd) &&
	       is_calm(rcv) && c->end_cause == END_OPEN &&
	       !(c->flags & (C_REPLACED | C_TENTATIVE | C_ACCEPT_FULL | C_ROLES_OPEN)) &&
	       !(snd->flags & H_WAS_BLOCKED) &&
	       p->ack - rcv->seq.una <= rcv->seq.nxt - rcv->seq.una &&
	       (p->payload_len > 0 ? room > p->payload_len + snd->max_payload && room < INT32_MAX
				   : p->ack != rcv->seq.una) &&
	       (p->ack == rcv->seq.una || (rcv->sendq.len > 0 && acks_plainly(rcv, p->ack))) &&
	       (p->ack != rcv->seq.isn + 1 || (c->flags & C_HANDSHAKE_DONE) ||
		!half_has(rcv, H_SYN_ACK));
}

static void
process_usual(struct core *core, struct conn *c, enum side from, const struct packet *p)
{
	struct seg s;
	bool idle;
	seqno una;

	conn_touch(core, c);
	conn_revive(core, c);
	seg_begin(&s, core, p, c, from, false);
	idle = p->payload_len > 0 && s.snd->sendq.len == 0;
	una = s.rcv->seq.una;
	dedup_note(core->dedup, c, s.snd->segments, p);
	hosts_note(core, c, p, false);
	vantage_by_packet(&s);
	s.range = p->payload_len > 0 ? RANGE_NEW : RANGE_NONE;
	sender_update(&s);
	receiver_update(&s);
	completeness_watch(&s);
	timer_sent(&s, idle);
	timer_acked(&s, una);
	retransmit_needed_update(&s, una);
	time_ledger_segment(&s);
	c->last = p->ts > c->last ? p->ts : c->last;
	segment_emit(&s);
}

/* ---- a lone SYN ---- */

static void
process_lone_syn(struct core *core, const struct packet *p, uint64_t hash)
{
	struct conn *c = identify_lone_syn(core, p, hash);
	struct conn_expanded room;
	struct seg s;

	if (!c) {
		core->counts.refused++;
		return;
	}
	conn_touch(core, c);
	dedup_note(core->dedup, c, 0, p);
	hosts_note(core, c, p, true);
	if (core->history) {
		conn_expand(c, &room);
		seg_begin(&s, core, p, &room.c, CLIENT, true);
		segment_record(&s, c);
	}
	if (core->sink.timer) {
		lone_syn_expand(c, table_halves(core->table));
		timers_emit(core, c, p->ts);
	}
}

static void
process_segment(struct core *core, const struct packet *p, uint64_t hash)
{
	enum side from;
	bool fresh;
	struct conn *c = identify_existing(core, p, hash, &from);
	enum copy copy;
	struct seg s;

	if (c && is_usual(c, from, p)) {
		process_usual(core, c, from, p);
		return;
	}
	if (!c && is_lone_syn(p)) {
		process_lone_syn(core, p, hash);
		return;
	}
	c = identify(core, c, p, hash, &from, &fresh);
	if (!c) {
		core->counts.refused++;
		return;
	}
	conn_touch(core, c);
	seg_begin(&s, core, p, c, from, fresh);
	copy = dedup_look(core->dedup, c, from, p);
	if (copy != COPY_NONE) {
		copy_emit(&s, copy);
		return;
	}
	conn_revive(core, c);
	hosts_note(core, c, p, s.snd->segments == 0);
	s.snd->scope = p->scope;
	vantage_by_packet(&s);
	midstream_begin(&s);
	capture_gap_cross(&s); /* before anything is decided from the sequence spaces */
	seg_decide(&s);
	if (s.range == RANGE_COPY) {
		copy_emit(&s, COPY_BY_NETWORK);
		return;
	}
	opening_watch(&s, hash);
	if (p->flags & TH_RST)
		reset_examine(&s);
	if (s.kind == KIND_ODD && s.range == RANGE_NONE) { /* changes nothing but what it is */
		s.snd->segments++;
		s.snd->last_kind = KIND_ODD;
		s.snd->rst += !!(p->flags & TH_RST);
		if (p->flags & TH_SYN)
			s.snd->flags |= H_TWO_ISNS;
		completeness_watch(&s);
		state_segment(&s);
	} else {
		apply(&s, hash);
	}
	c->last = p->ts > c->last ? p->ts : c->last;
	conn_update_class(core, c, p->ts);
	segment_emit(&s);
}

void
process_packet(struct core *core, const struct packet *p, uint64_t hash)
{
	if (p->icmp_version)
		icmp_error_apply(core, p, hash);
	else
		process_segment(core, p, hash);
}
