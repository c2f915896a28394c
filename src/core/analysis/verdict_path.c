/* SPDX-License-Identifier: MIT */
/*
 * verdict_path: the predicate of a path that takes only small packets: said so by ICMP, or shown by
 * segments above some size that never get through while shorter ones do.
 */
#include "core/analysis/verdict_rules.h"

#include "core/flow/sendq.h"
#include "core/segment/path_size.h"
#include "core/segment/rtt.h"

#define LARGE_MIN    500 /* payload bytes; every path takes packets of 576 (RFC 791) */
#define ATTEMPTS_MIN 3
#define UNFILLED_MIN (3 * NSEC_PER_SEC)
#define ALIVE_MIN    NSEC_PER_SEC

/* ---- segments that do not pass, seen at their sender ---- */

/* The longest segment that is known to have come, of what is still outstanding as well. */
static uint32_t
longest_passed(const struct half *h, const struct half *peer)
{
	uint32_t longest = h->passed_max;

	for (size_t i = 0; i < h->sendq.len; i++) {
		const struct sent_range *r = sendq_at(&h->sendq, i);

		if ((r->flags & SENT_SACKED) && r->end - r->seq > longest)
			longest = r->end - r->seq;
	}
	return path_size_of(peer, longest);
}

static bool
has_sacked(const struct half *h)
{
	for (size_t i = 0; i < h->sendq.len; i++)
		if (sendq_at(&h->sendq, i)->flags & SENT_SACKED)
			return true;
	return false;
}

/* The peer is there: it sent something although a time-out had passed, and did not acknowledge. */
static bool
peer_spoke_since(const struct conn *c, enum side s, const struct sent_range *head)
{
	const struct half *h = &c->half[s];
	const nsec rto = rtt_rto_known(h) ? rtt_rto_base(h) : NSEC_PER_SEC;

	return c->end_cause == END_OPEN && conn_last_got(c, s) - head->first_ts >= rto;
}

/* A window, a listener or a checksum may be in the way as well. */
static bool
is_otherwise_refused(const struct conn *c, enum side s, uint32_t size)
{
	const struct half *h = &c->half[s], *peer = &c->half[!s];

	const bool small = peer->adv.window < size && peer->wscale != -2;

	return peer->adv.window == 0 || small || (c->flags & C_ACCEPT_FULL) ||
	       h->cold->bad_checksums > 0 || peer->state < TCP_ESTAB;
}

static bool
black_hole(const struct conn *c, enum side s, struct verdict_path_mtu *out)
{
	const struct half *h = &c->half[s], *peer = &c->half[!s];
	const struct sent_range *head = h->sendq.len > 0 ? sendq_at(&h->sendq, 0) : NULL;
	uint32_t size, passed;

	if (!head || head->sent < ATTEMPTS_MIN || (half_has(h, H_UNA) && head->seq != h->seq.una))
		return false;
	size = path_size_of(peer, head->end - head->seq - !!(head->flags & SENT_FIN));
	passed = longest_passed(h, peer);
	if (size < LARGE_MIN || passed >= size ||
	    (c->end_cause == END_OPEN && is_otherwise_refused(c, s, size)) ||
	    !(has_sacked(h) || peer_spoke_since(c, s, head)))
		return false;
	out->kind = PATH_MTU_BLACK_HOLE;
	out->fails = size;
	out->passes = passed;
	out->attempts = head->sent;
	return true;
}

/* ---- segments that are missing, seen at their receiver ---- */

/* Bytes from SND.UNA on that were sent and never captured; 0: none are missing. *since: when that
 * was seen. */
static uint32_t
missing_bytes(const struct half *h, nsec *since)
{
	const struct sent_range *first = h->sendq.len > 0 ? sendq_at(&h->sendq, 0) : NULL;

	if (!half_has(h, H_UNA) || !half_has(h, H_SEQ))
		return 0;
	if (first && seq_lt(h->seq.una, first->seq)) {
		*since = first->first_ts;
		return first->seq - h->seq.una;
	}
	if (!first && h->cold->unseen.ts && seq_le(h->seq.nxt, h->seq.una)) {
		*since = h->cold->unseen.ts;
		return h->cold->unseen.to - h->seq.una;
	}
	return 0;
}

static bool
hole_at_receiver(const struct verdict_input *in, enum side s, struct verdict_path_mtu *out)
{
	const struct half *h = &in->c->half[s], *peer = &in->c->half[!s];
	nsec since = 0;
	const uint32_t missing = missing_bytes(h, &since);
	const nsec until = in->c->end_cause == END_OPEN ? in->now : in->c->ended;

	if (path_size_of(peer, missing) < LARGE_MIN ||
	    h->max_payload >= path_size_of(peer, missing) || until - since < UNFILLED_MIN ||
	    h->last_ts - since < ALIVE_MIN)
		return false;
	out->kind = PATH_MTU_HOLE_AT_RECEIVER;
	out->fails = missing;
	out->passes = h->max_payload;
	return true;
}

/* ---- smaller ones that the sender tried by itself ---- */

static bool
found_by_sender(const struct conn *c, enum side s, struct verdict_path_mtu *out)
{
	const struct path_recut *cut = &c->half[s].cold->recut;

	if (cut->tried == 0 || cut->failed < LARGE_MIN || seq_lt(c->half[s].seq.una, cut->end))
		return false;
	out->kind = PATH_MTU_FOUND;
	out->fails = cut->failed;
	out->passes = cut->tried;
	out->attempts = cut->attempts;
	return true;
}

/* ---- the verdict ---- */

static bool
without_icmp(const struct verdict_input *in, enum side s, struct verdict_path_mtu *out)
{
	return black_hole(in->c, s, out) || hole_at_receiver(in, s, out) ||
	       found_by_sender(in->c, s, out);
}

bool
path_hole_holds(const struct verdict_input *in, enum side s)
{
	struct verdict_path_mtu ignored;

	return without_icmp(in, s, &ignored);
}

static bool
path_mtu_without_icmp(const struct verdict_input *in, struct verdict *v)
{
	for (int i = 0; i < 2; i++) {
		const struct half *h = &in->c->half[i];

		if (!without_icmp(in, (enum side)i, &v->path_mtu))
			continue;
		v->side = (uint8_t)i;
		v->time = ladder_time(h);
		v->likely = true;
		if (v->path_mtu.kind == PATH_MTU_FOUND)
			v->severity = SEV_WARNING;
		evidence_retransmissions(v, h);
		return true;
	}
	return false;
}

/* Heeded, it is how the path works, not a fault. */
static bool
path_mtu_by_icmp(const struct conn *c, struct verdict *v)
{
	const struct conn_cold *a = c->cold;
	const struct icmp_record *r = icmp_latest(c, ICMP_TOO_LARGE);
	const struct half *h = &c->half[a->pmtu_side];
	bool ignored = a->pmtu_ignored > 0 && seq_lt(h->seq.una, a->pmtu_high);

	if (!r)
		return false;
	v->side = a->pmtu_side;
	v->time = a->pmtu_ts;
	v->severity = ignored ? SEV_ERROR : SEV_NOTE;
	v->path_mtu.kind = ignored ? PATH_MTU_IGNORED : PATH_MTU_HEEDED;
	v->path_mtu.icmp = r->notice;
	v->path_mtu.cut = h->cold->by_cause[CAUSE_PMTU];
	evidence_icmp(v, c, ICMP_TOO_LARGE);
	return true;
}

bool
verdict_path_mtu(const struct verdict_input *in, struct verdict *v)
{
	return path_mtu_by_icmp(in->c, v) || path_mtu_without_icmp(in, v);
}
