/* SPDX-License-Identifier: MIT */
/* verdict_transfer: predicates of what goes on while data is sent: windows, loss, order. */
#include "core/analysis/verdict_rules.h"

#include "core/analysis/verdicts.h"
#include "core/segment/window.h"

#define LOSS_SHARE        100 /* one retransmission in so many segments is worth a word */
#define WINDOW_CLOSED_MIN (500 * NSEC_PER_MS)
#define LOOP_MIN          10 /* ACKs */
#define IGNORED_MIN       2  /* repetitions of the same bytes */

/* ---- windows ---- */

static enum window_reading
window_reading(const struct zero_window *z, nsec closed_for)
{
	if (z->in_loop >= LOOP_MIN)
		return WINDOW_STACK_FAULT;
	if (z->from_syn_ack)
		return WINDOW_NOT_YET;
	if (z->small > nsec_add(z->total, closed_for))
		return WINDOW_TOO_SMALL;
	return z->hole ? WINDOW_HOLE : WINDOW_NOT_READ;
}

/* Closed, or too small to send. */
static nsec
closed_in_all(const struct zero_window *z, nsec closed_for)
{
	return nsec_add(nsec_add(z->total, z->small), closed_for);
}

static void
window_closed_fill(const struct conn *c, enum side s, nsec closed_for,
		   struct verdict_window_closed *out)
{
	const struct zero_window *z = &c->half[s].cold->zero_window;
	const struct zero_window *prober = &c->half[!s].cold->zero_window;
	const bool lasts = closed_for > 0 && c->end_cause == END_OPEN;

	out->closed_for = lasts ? closed_for : 0;
	out->total = closed_in_all(z, closed_for);
	out->closures = z->closures;
	out->probes = lasts ? prober->probes_sent : prober->probes_all;
	out->reading = (uint8_t)window_reading(z, closed_for);
}

bool
verdict_window_closed(const struct verdict_input *in, struct verdict *v)
{
	for (int i = 0; i < 2; i++) {
		const struct zero_window *z = &in->c->half[i].cold->zero_window;
		const nsec closed_for = window_closed_for(in->c, (enum side)i, in->now);

		if (closed_in_all(z, closed_for) < WINDOW_CLOSED_MIN)
			continue;
		v->side = (uint8_t)i;
		v->time = z->began;
		window_closed_fill(in->c, (enum side)i, closed_for, &v->window_closed);
		evidence_frame(v, frame_of(in->c, z->frame));
		return true;
	}
	return false;
}

/* What was sent into the room before it was taken back had to be sent again. */
static bool
was_refused(const struct half *sender, const struct window_retraction *r)
{
	return r->times > 0 && cold_retransmissions(sender->cold) > 0;
}

bool
verdict_window_retracted(const struct verdict_input *in, struct verdict *v)
{
	for (int i = 0; i < 2; i++) {
		const struct window_retraction *r = &in->c->half[i].cold->retraction;

		if (!was_refused(&in->c->half[!i], r))
			continue;
		v->side = (uint8_t)i;
		v->time = r->ts;
		v->window_retracted.times = r->times;
		v->window_retracted.bytes = r->bytes;
		v->window_retracted.refused = r->to - r->from;
		evidence_frame(v, frame_of(in->c, r->frame));
		return true;
	}
	return false;
}

/* ---- loss ---- */

/* Whether this retransmission is one of those that are counted as lost. */
static bool
is_counted(const struct retx *x, const struct lost *n)
{
	return x->needed != NEEDED_NO && n->by_cause[x->cause] > 0 &&
	       (x->cause != CAUSE_UNKNOWN || x->needed == NEEDED_YES);
}

/* Those since the peer was last heard are not known to be of something lost: they may go into
 * silence. Where it was never heard, none is. */
static struct lost
lost_and_answered(const struct conn *c, enum side s)
{
	const struct retransmit_log *t = c->half[s].cold->retransmit_log;
	struct lost n = c->half[s].cold->lost;

	if (c->half[!s].segments == 0)
		return (struct lost){0};
	for (unsigned i = 0; t && i < t->n_retx; i++) {
		const struct retx *x = &t->retx[i];

		if (x->ts <= conn_last_got(c, s) || !is_counted(x, &n))
			continue;
		n.by_cause[x->cause]--;
		n.before -= x->hole && n.before > 0;
	}
	return n;
}

static uint32_t
lost_in_all(const struct lost *n)
{
	uint32_t sum = 0;

	for (int i = 0; i < CAUSE_COUNT; i++)
		sum += n->by_cause[i];
	return sum;
}

void
lost_segments(const struct conn *c, enum side s, uint32_t *before, uint32_t *behind)
{
	const struct lost n = lost_and_answered(c, s);

	*before = n.before;
	*behind = lost_in_all(&n) - n.before;
}

/* What did not get through because it is too large, or was not accepted, was not lost by chance. */
static bool
is_lossy(const struct verdict_input *in, enum side s, uint32_t lost)
{
	const struct conn *c = in->c;

	return lost > 0 && (uint64_t)lost * LOSS_SHARE >= c->half[s].segments &&
	       !path_hole_holds(in, s) &&
	       !was_refused(&c->half[s], &c->half[!s].cold->retraction) &&
	       !((c->flags & C_ACCEPT_FULL) && s == CLIENT);
}

bool
verdict_loss(const struct verdict_input *in, struct verdict *v)
{
	struct lost n[2];
	uint32_t lost[2];
	enum side s;

	for (int i = 0; i < 2; i++) {
		n[i] = lost_and_answered(in->c, (enum side)i);
		lost[i] = lost_in_all(&n[i]);
		if (!is_lossy(in, (enum side)i, lost[i]))
			lost[i] = 0;
	}
	s = lost[SERVER] > lost[CLIENT] ? SERVER : CLIENT;
	if (lost[s] == 0)
		return false;
	v->side = s;
	v->time = ladder_time(&in->c->half[s]);
	v->loss.before = n[s].before;
	v->loss.behind = lost[s] - n[s].before;
	v->loss.segments = in->c->half[s].segments;
	v->loss.by_timeout = n[s].by_cause[CAUSE_RTO];
	v->loss.by_probe = n[s].by_cause[CAUSE_TLP];
	v->loss.fast = n[s].by_cause[CAUSE_FAST];
	v->loss.recovery = n[s].by_cause[CAUSE_RECOVERY];
	v->loss.fin = n[s].by_cause[CAUSE_FIN];
	v->loss.unknown = n[s].by_cause[CAUSE_UNKNOWN];
	evidence_retransmissions(v, &in->c->half[s]);
	return true;
}

/* ---- order, copies, needless repetitions ---- */

/* The end that has the larger of two counts; the client when they are equal. */
static enum side
side_of_more(uint32_t client, uint32_t server)
{
	return server > client ? SERVER : CLIENT;
}

bool
verdict_reordering(const struct verdict_input *in, struct verdict *v)
{
	const struct half *half = in->c->half;
	enum side s =
		side_of_more(half[CLIENT].cold->out_of_order, half[SERVER].cold->out_of_order);

	if (half[s].cold->out_of_order == 0)
		return false;
	v->side = s;
	v->time = half[s].last_ts;
	v->reordering.count = half[s].cold->out_of_order;
	return true;
}

static bool
is_of_syn(const struct retx *x)
{
	return x->cause == CAUSE_SYN || x->cause == CAUSE_SYN_ACK;
}

/* When the latest needless one of the kept retransmissions was sent; 0: none is kept. */
static nsec
needless_evidence(const struct half *h, struct verdict *v)
{
	const struct retransmit_log *t = h->cold->retransmit_log;
	nsec latest = 0;

	for (unsigned i = 0; t && i < t->n_retx; i++) {
		if (t->retx[i].needed != NEEDED_NO || is_of_syn(&t->retx[i]))
			continue;
		latest = nsec_max(latest, t->retx[i].ts);
		evidence_frame(v, t->retx[i].frame);
	}
	return latest;
}

/* Of data and FINs: a SYN that was answered is no data that had arrived. */
static uint32_t
needless(const struct half *h)
{
	return h->cold->spurious - h->cold->spurious_syns;
}

bool
verdict_spurious(const struct verdict_input *in, struct verdict *v)
{
	const struct half *half = in->c->half;
	enum side s = side_of_more(needless(&half[CLIENT]), needless(&half[SERVER]));
	const struct half_cold *r = half[s].cold;
	nsec latest;

	if (needless(&half[s]) == 0)
		return false;
	v->side = s;
	latest = needless_evidence(&half[s], v);
	v->time = latest ? latest : half[s].last_ts;
	v->spurious.needless = needless(&half[s]);
	v->spurious.retransmissions = cold_retransmissions(r) - r->by_cause[CAUSE_SYN] -
				      r->by_cause[CAUSE_SYN_ACK];
	return true;
}

bool
verdict_duplicates(const struct verdict_input *in, struct verdict *v)
{
	const struct half *half = in->c->half;
	enum side s = side_of_more(half[CLIENT].cold->duplicates, half[SERVER].cold->duplicates);

	if (half[s].cold->duplicates == 0)
		return false;
	v->side = s;
	v->time = half[s].last_ts;
	v->duplicates.count = half[s].cold->duplicates;
	return true;
}

bool
verdict_acks_ignored(const struct verdict_input *in, struct verdict *v)
{
	const struct half *half = in->c->half;
	enum side s = side_of_more(half[CLIENT].cold->ignored.longest,
				   half[SERVER].cold->ignored.longest);
	const struct ignored_acks *a = &half[s].cold->ignored;

	if (a->longest < IGNORED_MIN)
		return false;
	v->side = s;
	v->time = a->ts;
	v->acks_ignored.repeats = a->longest;
	v->acks_ignored.at_sender = (in->c->near >> s & 1) && !(in->c->near >> !s & 1);
	evidence_frame(v, frame_of(in->c, a->frame));
	return true;
}

/* Some of its segments are right, so its checksums are not left to its network card; and some had
 * to be sent again. */
bool
verdict_bad_checksum(const struct verdict_input *in, struct verdict *v)
{
	for (int i = 0; i < 2; i++) {
		const struct half *h = &in->c->half[i];
		const uint32_t bad = h->cold->bad_checksums;

		if (bad == 0 || bad >= h->segments ||
		    (cold_retransmissions(h->cold) == 0 && half_in_flight(h) == 0))
			continue;
		v->side = (uint8_t)i;
		v->time = h->last_ts;
		v->bad_checksum.segments = bad;
		evidence_retransmissions(v, h);
		return true;
	}
	return false;
}
