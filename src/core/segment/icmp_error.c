/* SPDX-License-Identifier: MIT */
/*
 * icmp_error: an ICMP error belongs to the connection whose segment it quotes: a rejected SYN ends
 * it, a refused size explains what is sent again. It is no segment of the connection.
 */
#include "core/segment/icmp_error.h"

#include "core/flow/cold.h"
#include "core/flow/lifecycle.h"
#include "core/segment/emit.h"
#include "core/segment/identify.h"
#include "core/segment/timers.h"

#include <string.h>

static bool
is_frag_needed(const struct packet *p)
{
	return p->icmp_version == 4 ? p->icmp_type == 3 && p->icmp_code == 4 : p->icmp_type == 2;
}

static bool
is_unreachable(const struct packet *p)
{
	return p->icmp_version == 4 ? p->icmp_type == 3 && !is_frag_needed(p) : p->icmp_type == 1;
}

static void
icmp_keep(struct conn_cold *a, const struct conn *c, const struct packet *p)
{
	a->icmp_version = p->icmp_version;
	a->icmp_type = p->icmp_type;
	a->icmp_code = p->icmp_code;
	a->icmp_mtu = p->icmp_mtu;
	a->icmp_frame = frame_marked(c, p->frame);
	memcpy(a->icmp_from, p->icmp_from, 16);
}

/* Several large segments may be refused one after the other: the lowest sequence number counts. */
static void
pmtu_keep(struct conn_cold *a, const struct packet *p, enum side from, seqno high)
{
	if (!a->pmtu_ts || a->pmtu_side != from || p->ts - a->pmtu_ts > NSEC_PER_SEC ||
	    seq_lt(p->seq, a->pmtu_seq))
		a->pmtu_seq = p->seq;
	a->pmtu_ts = p->ts;
	a->pmtu_side = from;
	a->pmtu_high = high;
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

void
icmp_error_apply(struct core *core, const struct packet *p, uint64_t hash)
{
	enum side from;
	struct conn *c = identify_existing(core, p, hash, &from);
	struct half *h;

	if (!c)
		return;
	h = &c->half[from];
	/* Believed only when it quotes something that is outstanding (RFC 5927 4.1). */
	if (!half_has(h, H_SEQ) || seq_lt(h->seq.nxt, p->seq) ||
	    (half_has(h, H_UNA) && seq_lt(p->seq, h->seq.una)))
		return;
	conn_touch(core, c);
	icmp_keep(conn_cold_get(core, c), c, p);
	if (is_frag_needed(p))
		pmtu_keep(conn_cold_get(core, c), p, from, h->seq.nxt);
	else if (is_unreachable(p) && h->state == TCP_SYN_SENT && c->end_cause == END_OPEN)
		icmp_rejects(c, from, p);
	if (p->ts > c->last)
		c->last = p->ts;
	conn_update_class(core, c, p->ts);
	if (core->sink.timer)
		timers_emit(core, c, p->ts);
}

