/* SPDX-License-Identifier: MIT */
/*
 * icmp_error: an ICMP error belongs to the connection whose segment it quotes, in every state: it
 * rejects a SYN, says that segments do not get through, or which size does. It is no segment of the
 * connection; the latest are kept as evidence.
 */
#include "core/segment/icmp_error.h"

#include "core/flow/cold.h"
#include "core/flow/lifecycle.h"
#include "core/flow/sendq.h"
#include "core/segment/emit.h"
#include "core/segment/identify.h"
#include "core/segment/segment.h"
#include "core/segment/timers.h"

#include <string.h>

#define PMTU_FRESH NSEC_PER_SEC /* segments refused so soon after each other are one episode */

/* ---- what it means ---- */

static bool
is_too_large(const struct packet *p)
{
	return p->icmp_version == 4 ? p->icmp_type == 3 && p->icmp_code == 4 : p->icmp_type == 2;
}

/* RFC 792, 1812, 4443: unreachable, time exceeded, parameter problem. */
static bool
is_hindrance(const struct packet *p)
{
	if (p->icmp_version == 4)
		return (p->icmp_type == 3 && p->icmp_code != 4) || p->icmp_type == 11 ||
		       p->icmp_type == 12;
	return p->icmp_type == 1 || p->icmp_type == 3 || p->icmp_type == 4;
}

static enum icmp_role
role_of(const struct conn *c, enum side from, const struct packet *p)
{
	const struct half *h = &c->half[from], *peer = &c->half[!from];

	if (is_too_large(p))
		return ICMP_TOO_LARGE;
	if (!is_hindrance(p))
		return ICMP_NOTED;
	return half_has(h, H_SYN_SENT) && !half_has(peer, H_SEQ) ? ICMP_REJECTS : ICMP_HINDERS;
}

/* ---- what is kept of it ---- */

/* It quotes the latest transmission of those bytes. */
static uint64_t
quoted_frame(const struct conn *c, const struct half *h, seqno seq)
{
	const struct sent_range *r = sendq_find(&h->sendq, seq);

	if (!r)
		return 0;
	if (r->sent > 1 && sendq_last_sent(&h->sendq, r).ts == h->last_ts)
		return frame_of(c, h->last_frame);
	return frame_of(c, r->frame);
}

static struct icmp_record
record_of(const struct conn *c, enum side from, const struct packet *p)
{
	struct icmp_record r = {
		.ts = p->ts,
		.frame = p->frame,
		.ref = p->ref,
		.conn_id = c->id,
		.quotes = quoted_frame(c, &c->half[from], p->seq),
		.from = (uint8_t)from,
		.notice = {.version = p->icmp_version,
			   .type = p->icmp_type,
			   .code = p->icmp_code,
			   .mtu = p->icmp_mtu},
	};

	memcpy(r.notice.from, p->icmp_from, sizeof(r.notice.from));
	return r;
}

static void
log_add(struct icmp_log *log, const struct icmp_record *r, enum icmp_role role)
{
	log->latest[log->at] = (struct icmp_kept){*r, (uint8_t)role};
	log->at = (uint8_t)((log->at + 1) % ICMP_KEPT);
	log->n += log->n < ICMP_KEPT;
	log->count[role]++;
}

static void
icmp_keep(struct core *core, struct conn *c, const struct icmp_record *r, enum icmp_role role)
{
	struct icmp_log *log = icmp_log_get(core, c);

	if (log && role == ICMP_HINDERS && log->count[role] == 0)
		log->repeats_before = cold_retransmissions(c->half[r->from].cold);
	if (log)
		log_add(log, r, role);
	if (core->sink.icmp)
		core->sink.icmp(core->sink.ctx, r);
}

/* Several large segments may be refused one after the other: the lowest sequence number counts. */
static void
pmtu_keep(struct conn_cold *a, const struct packet *p, enum side from, seqno high)
{
	if (!a->pmtu_ts || a->pmtu_side != from || p->ts - a->pmtu_ts > PMTU_FRESH ||
	    seq_lt(p->seq, a->pmtu_seq))
		a->pmtu_seq = p->seq;
	a->pmtu_ts = p->ts;
	a->pmtu_side = from;
	a->pmtu_high = high;
	a->pmtu = p->icmp_mtu;
}

static void
icmp_rejects(struct conn *c, enum side from, const struct packet *p)
{
	struct half *h = &c->half[from];

	c->end_cause = END_REJECTED;
	c->ended_by = (int8_t)!from;
	c->ended = p->ts;
	c->end_frame = frame_marked(c, p->frame);
	h->state = c->half[!from].state = TCP_CLOSED;
	timer_stop(h);
}

/* Believed only when it quotes something that is outstanding (RFC 5927 4.1). */
static bool
is_plausible(const struct half *h, const struct packet *p)
{
	return half_has(h, H_SEQ) && seq_le(p->seq, h->seq.nxt) &&
	       !(half_has(h, H_UNA) && seq_lt(p->seq, h->seq.una));
}

void
icmp_error_apply(struct core *core, const struct packet *p, uint64_t hash)
{
	enum side from;
	struct conn *c = identify_existing(core, p, hash, &from);
	struct icmp_record r;
	enum icmp_role role;

	if (!c || !is_plausible(&c->half[from], p))
		return;
	conn_touch(core, c);
	role = role_of(c, from, p);
	r = record_of(c, from, p);
	icmp_keep(core, c, &r, role);
	if (role == ICMP_TOO_LARGE)
		pmtu_keep(conn_cold_get(core, c), p, from, c->half[from].seq.nxt);
	else if (role == ICMP_REJECTS && c->half[from].state == TCP_SYN_SENT &&
		 c->end_cause == END_OPEN)
		icmp_rejects(c, from, p);
	if (p->ts > c->last)
		c->last = p->ts;
	conn_update_class(core, c, p->ts);
	if (core->sink.timer)
		timers_emit(core, c, p->ts);
}
