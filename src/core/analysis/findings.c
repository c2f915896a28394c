/* SPDX-License-Identifier: MIT */
/*
 * findings: the findings of a segment, one predicate and one table row each. A predicate looks at
 * the state before the segment and at what seqspace.c and retransmit_cause.c decided of it; it
 * changes nothing. A predicate may ask what rows above it found.
 */
#include "core/analysis/findings.h"

#include "core/segment/dedup.h"
#include "core/segment/segment.h"
#include "core/segment/seqspace.h"

#define SFR (TH_SYN | TH_FIN | TH_RST)

static bool
has(const struct seg *s, enum finding f)
{
	return (s->findings & FINDING(f)) != 0;
}

/* The same place in both directions as the segment before it. */
static bool
nothing_new(const struct seg *s)
{
	const struct half *h = s->snd;

	return s->pure_ack && half_has(h, H_ACK) && s->p->ack == h->adv.ack &&
	       half_has(h, H_SEQ) && s->seq == h->seq.nxt;
}

static bool
same_window(const struct seg *s)
{
	return s->p->window == s->snd->window_raw;
}

static bool
duplicate_packet(const struct seg *s)
{
	return s->range == RANGE_COPY; /* the nearer ones are found by copies.c before */
}

static bool
retransmission(const struct seg *s)
{
	return s->cause != CAUSE_NONE && s->cause != CAUSE_PROBE;
}

static bool
fast_retransmission(const struct seg *s) /* RFC 5681 3.2, RFC 6675, RFC 8985 */
{
	return s->cause == CAUSE_FAST;
}

static bool
spurious_retransmission(const struct seg *s)
{
	/* Refused in the SYN it came, but was not taken. */
	return s->needed == NEEDED_NO && s->cause != CAUSE_TFO;
}

static bool
out_of_order(const struct seg *s)
{
	return s->range == RANGE_REORDERED;
}

static bool
lost_segment(const struct seg *s)
{
	/* No gap can be claimed before this endpoint's first packet. */
	return s->seq_crosses_gap ||
	       (s->range == RANGE_GAP && s->kind == KIND_ORDINARY && s->snd->segments > 0);
}

static bool
ack_lost_segment(const struct seg *s)
{
	const struct half *h = s->rcv;
	seqno edge = h->seq.nxt + (half_has(h, H_BYTE_PROBE) ? 1 : 0);

	if (!(s->p->flags & TH_ACK) || (s->p->flags & TH_RST) || !half_has(h, H_SEQ) ||
	    h->segments == 0)
		return false;
	return s->ack_crosses_gap || seq_lt(edge, s->p->ack) || acks_hole(h, s->p->ack);
}

static bool
zero_window(const struct seg *s) /* RFC 9293 3.8.6.1 */
{
	return s->p->window == 0 && !(s->p->flags & SFR);
}

static bool
zero_window_probe(const struct seg *s) /* RFC 9293 3.8.6.1 */
{
	return s->kind == KIND_ZERO_WINDOW_PROBE;
}

static bool
keep_alive(const struct seg *s) /* RFC 9293 3.8.4 */
{
	return s->kind == KIND_KEEP_ALIVE;
}

static bool
dsack(const struct seg *s) /* RFC 2883 */
{
	return s->dsack;
}

static bool
zero_window_probe_ack(const struct seg *s)
{
	return nothing_new(s) && s->p->window == 0 &&
	       s->rcv->last_kind == KIND_ZERO_WINDOW_PROBE;
}

static bool
keep_alive_ack(const struct seg *s)
{
	/* Where the capture began with a probe the answer's ACK is the first of its sender. */
	return (nothing_new(s) || (s->pure_ack && !half_has(s->snd, H_ACK))) &&
	       s->p->window != 0 && s->rcv->last_kind == KIND_KEEP_ALIVE;
}

static bool
re_ack(const struct seg *s) /* answers a copy of what was acknowledged before */
{
	return nothing_new(s) && (s->rcv->last_kind == KIND_SYN_ACK_COPY ||
				  (s->rcv->last_kind == KIND_OLD_DATA && !s->outstanding));
}

static bool
challenge_ack(const struct seg *s) /* RFC 5961 */
{
	if (s->rcv->last_kind != KIND_ODD)
		return false;
	return nothing_new(s) || (s->pure_ack && s->seq == s->snd->seq.nxt && !s->outstanding);
}

static bool
answered(const struct seg *s)
{
	return has(s, F_ZERO_WINDOW_PROBE_ACK) || has(s, F_KEEP_ALIVE_ACK) || has(s, F_RE_ACK) ||
	       has(s, F_CHALLENGE_ACK) || has(s, F_ZERO_WINDOW_PROBE) || has(s, F_KEEP_ALIVE);
}

static bool
duplicate_ack(const struct seg *s) /* RFC 5681 2, with RFC 2018: SACK news count whatever else */
{
	if (answered(s) || !nothing_new(s))
		return false;
	if (s->new_sack)
		return true;
	/* Announcements of MPTCP repeat number and ACK (RFC 8684). */
	if (s->p->window == 0 || s->rcv->window_raw == 0 || (s->p->options & OPT_MPTCP))
		return false;
	return s->outstanding && same_window(s) && !s->dsack;
}

static bool
window_update(const struct seg *s)
{
	return !answered(s) && !has(s, F_DUPLICATE_ACK) && nothing_new(s) && s->p->window != 0 &&
	       !same_window(s);
}

static bool
window_full(const struct seg *s)
{
	const struct half *h = s->rcv;

	return s->p->payload_len > 0 && !(s->p->flags & SFR) && half_has(h, H_ACK) &&
	       h->wscale != -2 && s->end == h->adv.ack + h->adv.window &&
	       s->kind != KIND_ZERO_WINDOW_PROBE;
}

static bool
reused_ports(const struct seg *s)
{
	return s->new_instance && (s->c->flags & C_PORT_REUSED);
}

struct rule {
	bool (*test)(const struct seg *s);
	uint16_t excludes; /* not where the segment has one of these flags */
	struct finding_info info;
};

/* clang-format off */
static const struct rule rules[FINDING_COUNT] = {
	[F_RETRANSMISSION] = {retransmission, TH_RST, {"retransmission", N_("Retransmission"),
		N_("Bytes that were sent before are sent again (RFC 9293 3.8.1). Decided by byte ranges, "
		   "IP ID and time stamps, never by the number alone."), SEV_NOTE}},
	[F_FAST_RETRANSMISSION] = {fast_retransmission, TH_RST, {"fast-retransmission",
		N_("Fast Retransmission"),
		N_("Sent again because SACK blocks or duplicate ACKs showed the loss, before any time-out "
		   "(RFC 5681 3.2, RFC 6675, RFC 8985)."), SEV_NOTE}},
	[F_SPURIOUS_RETRANSMISSION] = {spurious_retransmission, TH_RST, {"spurious-retransmission",
		N_("Spurious Retransmission"),
		N_("Sent again although the peer had it: it was acknowledged before, or a D-SACK (RFC 2883) "
		   "or the echoed time stamp (RFC 3522) proves it afterwards."), SEV_NOTE}},
	[F_OUT_OF_ORDER] = {out_of_order, TH_RST, {"out-of-order", N_("Out-Of-Order"),
		N_("A first transmission that later ones overtook: its IP ID or time stamp is older than "
		   "theirs, or it came too soon to be sent again."), SEV_NOTE}},
	[F_LOST_SEGMENT] = {lost_segment, TH_RST, {"lost-segment", N_("Previous segment not captured"),
		N_("Begins beyond what was captured: the bytes between were lost before the capture point, "
		   "by the capture, or come later."), SEV_NOTE}},
	[F_ACK_LOST_SEGMENT] = {ack_lost_segment, TH_RST, {"ack-lost-segment",
		N_("ACKed unseen segment"),
		N_("Acknowledges bytes that were never captured: the capture lost them."), SEV_NOTE}},
	[F_ZERO_WINDOW] = {zero_window, SFR, {"zero-window", N_("Zero Window"),
		N_("The receiver's buffer is full: its application does not read (RFC 9293 3.8.6.1)."),
		SEV_WARNING}},
	[F_ZERO_WINDOW_PROBE] = {zero_window_probe, SFR, {"zero-window-probe",
		N_("Zero Window Probe"),
		N_("Asks whether the closed window has opened: no byte before the edge, or one beyond it "
		   "(RFC 9293 3.8.6.1)."), SEV_NOTE}},
	[F_KEEP_ALIVE] = {keep_alive, SFR, {"keep-alive", N_("Keep-Alive"),
		N_("Asks whether an idle peer is still there (RFC 9293 3.8.4)."), SEV_NOTE}},
	[F_ZERO_WINDOW_PROBE_ACK] = {zero_window_probe_ack, SFR, {"zero-window-probe-ack",
		N_("Zero Window Probe ACK"),
		N_("Answers a probe: the window is still closed."), SEV_NOTE}},
	[F_KEEP_ALIVE_ACK] = {keep_alive_ack, SFR, {"keep-alive-ack", N_("Keep-Alive ACK"),
		N_("Answers a keep-alive: the peer is there."), SEV_NOTE}},
	[F_RE_ACK] = {re_ack, SFR, {"re-ack", N_("Repeated ACK"),
		N_("Acknowledges again because a copy of something already acknowledged came: the ACK before "
		   "it was lost or late."), SEV_NOTE}},
	[F_CHALLENGE_ACK] = {challenge_ack, SFR, {"challenge-ack", N_("Challenge ACK"),
		N_("Answers a segment that does not fit the connection: a SYN, an inexact reset, or numbers "
		   "outside the window (RFC 5961)."), SEV_NOTE}},
	[F_DSACK] = {dsack, TH_RST, {"dsack", N_("D-SACK"),
		N_("Reports that something arrived twice (RFC 2883): a retransmission was needless or the "
		   "network made a copy."), SEV_NOTE}},
	[F_DUPLICATE_ACK] = {duplicate_ack, SFR, {"duplicate-ack", N_("Dup ACK"),
		N_("Repeats the last acknowledgement while data is outstanding: something behind the gap "
		   "arrived (RFC 5681 2)."), SEV_NOTE}},
	[F_WINDOW_UPDATE] = {window_update, SFR, {"window-update", N_("Window Update"),
		N_("Only the window changed."), SEV_NOTE}},
	[F_WINDOW_FULL] = {window_full, SFR, {"window-full", N_("Window Full"),
		N_("Fills the receiver's window to the last byte: the sender must stop."), SEV_NOTE}},
	[F_REUSED_PORTS] = {reused_ports, 0, {"reused-ports", N_("Port numbers reused"),
		N_("A new connection between addresses and ports that were used before."), SEV_NOTE}},
	[F_DUPLICATE_PACKET] = {duplicate_packet, 0, {"duplicate-packet", N_("Duplicate packet"),
		N_("The very same packet again, made by the network or captured twice: not sent again."),
		SEV_NOTE}},
};
/* clang-format on */

/* Order of evaluation: a predicate may ask for findings of rows before it. */
static const uint8_t order[] = {
	F_DUPLICATE_PACKET,
	F_RETRANSMISSION,
	F_FAST_RETRANSMISSION,
	F_SPURIOUS_RETRANSMISSION,
	F_OUT_OF_ORDER,
	F_LOST_SEGMENT,
	F_ACK_LOST_SEGMENT,
	F_ZERO_WINDOW,
	F_ZERO_WINDOW_PROBE,
	F_KEEP_ALIVE,
	F_DSACK,
	F_ZERO_WINDOW_PROBE_ACK,
	F_KEEP_ALIVE_ACK,
	F_RE_ACK,
	F_CHALLENGE_ACK,
	F_DUPLICATE_ACK,
	F_WINDOW_UPDATE,
	F_WINDOW_FULL,
	F_REUSED_PORTS,
};

void
findings_decide(struct seg *s)
{
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		const struct rule *r = &rules[order[i]];

		if (!(s->p->flags & r->excludes) && r->test(s))
			s->findings |= FINDING(order[i]);
	}
	if (has(s, F_DUPLICATE_ACK))
		s->dup_ack = s->snd->dup_acks + 1;
}

const struct finding_info *
finding_info(enum finding f)
{
	return &rules[f].info;
}
