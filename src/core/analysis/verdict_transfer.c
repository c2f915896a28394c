/* SPDX-License-Identifier: MIT */
/*
 * verdict_transfer: predicates of what goes on while a connection lasts: windows, loss, order, the
 * path, closing halves; and what the capture itself lacks. Their table is in verdicts.c.
 */
#include "core/analysis/verdicts.h"

#include <string.h>

#define LOSS_SHARE	100 /* one retransmission in so many segments is worth a word */
#define WINDOW_CLOSED_MIN (500 * NSEC_PER_MS)
#define HALF_CLOSED_MIN (5 * NSEC_PER_SEC)
#define REUSE_QUICK	(60 * NSEC_PER_SEC)

/* window-closed: side = who does not read; d[0] = closed for, d[1] = in total; n[0] = times;
 * n[1] = probes sent by the peer; variant 0: closed now, 1: it was, for d[1] in total. */
bool
verdict_window_closed(const struct conn *c, nsec now, struct verdict *v)
{
	for (int i = 0; i < 2; i++) {
		const struct half *h = &c->half[i];
		nsec open = h->cold->zero_window.since && c->end_cause == END_OPEN
				    ? now - h->cold->zero_window.since
				    : 0;

		if (open + h->cold->zero_window.total < WINDOW_CLOSED_MIN)
			continue;
		v->side = (uint8_t)i;
		v->time = h->cold->zero_window.began;
		v->d[0] = open;
		v->d[1] = h->cold->zero_window.total + open;
		v->n[0] = h->cold->zero_windows;
		v->n[1] = c->half[!i].cold->by_cause[CAUSE_PROBE];
		v->variant = open == 0;
		verdict_evidence(v, frame_of(c, h->cold->zero_window.frame));
		return true;
	}
	return false;
}

/* Retransmissions of data that may have been needed. */
static uint32_t
lost_of(const struct half *h)
{
	const struct half_cold *r = h->cold;
	uint32_t all = cold_retransmissions(r);
	uint32_t not_data = r->by_cause[CAUSE_SYN] + r->by_cause[CAUSE_SYN_ACK] +
			    r->by_cause[CAUSE_TFO] + r->spurious;

	return all > not_data ? all - not_data : 0;
}

static bool
worst_loss(const struct conn *c, enum side *s)
{
	uint32_t n[2] = {lost_of(&c->half[0]), lost_of(&c->half[1])};

	*s = n[SERVER] > n[CLIENT] ? SERVER : CLIENT;
	return n[*s] > 0 && (uint64_t)n[*s] * LOSS_SHARE >= c->half[*s].segments;
}

/* loss: side = whose segments; n[0] = retransmissions that may have been needed, n[1] = segments
 * sent, n[2] = by time-out, n[3] = fast. Not while the peer is silent altogether. */
bool
verdict_loss(const struct conn *c, nsec now, struct verdict *v)
{
	enum side s;
	const struct half *h;

	(void)now;
	if (verdict_silent_side(c, &s) || !worst_loss(c, &s))
		return false;
	h = &c->half[s];
	v->side = s;
	v->time = verdict_ladder_time(h);
	v->n[0] = lost_of(h);
	v->n[1] = (int64_t)h->segments;
	v->n[2] = h->cold->by_cause[CAUSE_RTO];
	v->n[3] = h->cold->by_cause[CAUSE_FAST];
	verdict_evidence_retx(v, h);
	return true;
}

/* reordering: side = whose segments; n[0] = how many came late. */
bool
verdict_reordering(const struct conn *c, nsec now, struct verdict *v)
{
	enum side s = c->half[SERVER].cold->out_of_order > c->half[CLIENT].cold->out_of_order
			      ? SERVER
			      : CLIENT;

	(void)now;
	if (c->half[s].cold->out_of_order == 0)
		return false;
	v->side = s;
	v->time = c->half[s].last_ts;
	v->n[0] = c->half[s].cold->out_of_order;
	return true;
}

/* spurious: side = who sent needlessly; n[0] = how many, n[1] = of how many retransmissions. */
bool
verdict_spurious(const struct conn *c, nsec now, struct verdict *v)
{
	enum side s =
		c->half[SERVER].cold->spurious > c->half[CLIENT].cold->spurious ? SERVER : CLIENT;
	const struct half *h = &c->half[s];
	bool first = true;

	(void)now;
	if (h->cold->spurious == 0)
		return false;
	v->side = s;
	v->time = h->last_ts;
	v->n[0] = h->cold->spurious;
	v->n[1] = cold_retransmissions(h->cold);
	for (unsigned i = 0; h->cold->retransmit_log && i < h->cold->retransmit_log->n_retx; i++) {
		const struct retx *x = &h->cold->retransmit_log->retx[i];

		if (x->needed != NEEDED_NO)
			continue;
		v->time = first ? x->ts : nsec_max(v->time, x->ts);
		first = false;
		verdict_evidence(v, x->frame);
	}
	return true;
}

/* duplicates: side = whose packets; n[0] = how many. */
bool
verdict_duplicates(const struct conn *c, nsec now, struct verdict *v)
{
	enum side s = c->half[SERVER].cold->duplicates > c->half[CLIENT].cold->duplicates ? SERVER
											  : CLIENT;

	(void)now;
	if (c->half[s].cold->duplicates == 0)
		return false;
	v->side = s;
	v->time = c->half[s].last_ts;
	v->n[0] = c->half[s].cold->duplicates;
	return true;
}

/* path-mtu: an ICMP error said so. side = the sender that must cut its segments; addr = who says
 * so; n[0] = the MTU (0 not said); n[1] = segments cut anew since; variant 0: heeded, 1: not (yet).
 */
bool
verdict_path_mtu(const struct conn *c, nsec now, struct verdict *v)
{
	(void)now;
	if (!c->cold->pmtu_ts)
		return false;
	v->side = c->cold->pmtu_side;
	v->time = c->cold->pmtu_ts;
	v->n[0] = c->cold->icmp_mtu;
	v->n[1] = c->half[c->cold->pmtu_side].cold->by_cause[CAUSE_PMTU];
	v->variant =
		v->n[1] == 0 && seq_lt(c->half[c->cold->pmtu_side].seq.una, c->cold->pmtu_high);
	v->icmp_version = c->cold->icmp_version;
	v->icmp_type = c->cold->icmp_type;
	v->icmp_code = c->cold->icmp_code;
	memcpy(v->addr, c->cold->icmp_from, 16);
	verdict_evidence(v, frame_of(c, c->cold->icmp_frame));
	/* Heeded, it is how the path works, not a fault. */
	v->severity = v->variant ? SEV_ERROR : SEV_NOTE;
	return true;
}

/* keepalive-unanswered: side = who probes; n[0] = probes unanswered in a row, n[1] = sent in all;
 * d[0] = since the peer was last heard. */
bool
verdict_keepalive_unanswered(const struct conn *c, nsec now, struct verdict *v)
{
	for (int i = 0; i < 2; i++) {
		const struct half *h = &c->half[i];

		if (h->cold->keepalive.unanswered == 0 ||
		    now - h->cold->keepalive.last_ts < NSEC_PER_SEC)
			continue;
		v->side = (uint8_t)i;
		v->time = h->cold->keepalive.last_ts;
		v->n[0] = h->cold->keepalive.unanswered;
		v->n[1] = h->cold->keepalive.probes;
		v->d[0] = now - conn_last_got(c, (enum side)i);
		verdict_evidence(v, frame_of(c, h->last_frame));
		return true;
	}
	return false;
}

/* half-closed: side = who has not closed; d[0] = for how long the other has. */
bool
verdict_half_closed(const struct conn *c, nsec now, struct verdict *v)
{
	for (int i = 0; i < 2; i++) {
		const struct half *h = &c->half[i];

		if (c->end_cause != END_OPEN || !half_has(h, H_FIN_ACKED) ||
		    half_has(&c->half[!i], H_FIN) || now - h->last_ts < HALF_CLOSED_MIN)
			continue;
		v->side = (uint8_t)!i;
		v->time = h->last_ts;
		v->d[0] = now - h->last_ts;
		verdict_evidence(v, frame_of(c, h->fin_frame));
		return true;
	}
	return false;
}

/* port-reuse: d[0] = how long after the last packet of the connection before it. */
bool
verdict_port_reuse(const struct conn *c, nsec now, struct verdict *v)
{
	(void)now;
	if (!(c->flags & C_PORT_REUSED) || c->start - c->cold->prior_ended > REUSE_QUICK)
		return false;
	v->time = c->start;
	v->d[0] = c->start - c->cold->prior_ended;
	verdict_evidence(v, c->first_frame);
	return true;
}

/* one-sided: side = the only end whose packets were captured. Withheld for lone SYNs: silence is
 * then what is to be reported. */
bool
verdict_one_sided(const struct conn *c, nsec now, struct verdict *v)
{
	enum side s = c->half[SERVER].segments > 0 ? SERVER : CLIENT;

	(void)now;
	if (c->half[!s].segments > 0 || !half_has(&c->half[s], H_ACK) || c->half[s].segments < 4)
		return false;
	v->side = s;
	v->time = c->start;
	verdict_evidence(v, c->first_frame);
	return true;
}

/* midstream: the handshake was not captured; options and scale are unknown. */
bool
verdict_midstream(const struct conn *c, nsec now, struct verdict *v)
{
	(void)now;
	if (!(c->flags & C_MIDSTREAM))
		return false;
	v->time = c->start;
	verdict_evidence(v, c->first_frame);
	return true;
}

/* capture-loss: bytes were acknowledged that the capture does not have. */
bool
verdict_capture_loss(const struct conn *c, nsec now, struct verdict *v)
{
	(void)now;
	if (!(c->flags & C_LOST_BY_CAPTURE))
		return false;
	v->time = c->last;
	for (int i = 0; i < 2; i++) {
		const struct retransmit_log *t = c->half[i].cold->retransmit_log;

		if (t && t->n_holes > 0) {
			v->side = (uint8_t)i;
			verdict_evidence(v, t->holes[t->n_holes - 1].frame);
		}
	}
	return true;
}
