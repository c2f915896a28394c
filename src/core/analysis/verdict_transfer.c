/* SPDX-License-Identifier: MIT */
/* verdict_transfer: predicates of what goes on while data is sent: windows, loss, order, path. */
#include "core/analysis/verdict_rules.h"

#define LOSS_SHARE        100 /* one retransmission in so many segments is worth a word */
#define WINDOW_CLOSED_MIN (500 * NSEC_PER_MS)

bool
verdict_window_closed(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;

	for (int i = 0; i < 2; i++) {
		const struct half *h = &c->half[i];
		const struct zero_window *z = &h->cold->zero_window;
		nsec open = z->since && c->end_cause == END_OPEN ? in->now - z->since : 0;

		if (open + z->total < WINDOW_CLOSED_MIN)
			continue;
		v->side = (uint8_t)i;
		v->time = z->began;
		v->window_closed.closed_for = open;
		v->window_closed.total = z->total + open;
		v->window_closed.closures = h->cold->zero_windows;
		v->window_closed.probes = c->half[!i].cold->by_cause[CAUSE_PROBE];
		evidence_frame(v, frame_of(c, z->frame));
		return true;
	}
	return false;
}

/* Retransmissions of data that may have been needed. */
static uint32_t
lost_of(const struct half *h)
{
	uint32_t n = 0;

	for (int i = 0; i < CAUSE_COUNT; i++)
		n += h->cold->lost.by_cause[i];
	return n;
}

static bool
worst_loss(const struct conn *c, enum side *s)
{
	uint32_t n[2] = {lost_of(&c->half[0]), lost_of(&c->half[1])};

	*s = n[SERVER] > n[CLIENT] ? SERVER : CLIENT;
	return n[*s] > 0 && (uint64_t)n[*s] * LOSS_SHARE >= c->half[*s].segments;
}

/* Not while the peer is silent altogether. */
bool
verdict_loss(const struct verdict_input *in, struct verdict *v)
{
	enum side s;
	const struct half *h;

	if (silent_side(in->c, &s) || !worst_loss(in->c, &s))
		return false;
	h = &in->c->half[s];
	v->side = s;
	v->time = ladder_time(h);
	v->loss.behind = lost_of(h);
	v->loss.segments = h->segments;
	v->loss.by_timeout = h->cold->lost.by_cause[CAUSE_RTO];
	v->loss.fast = h->cold->lost.by_cause[CAUSE_FAST];
	evidence_retransmissions(v, h);
	return true;
}

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

/* When the latest needless one of the kept retransmissions was sent; 0: none is kept. */
static nsec
needless_evidence(const struct half *h, struct verdict *v)
{
	const struct retransmit_log *t = h->cold->retransmit_log;
	nsec latest = 0;

	for (unsigned i = 0; t && i < t->n_retx; i++) {
		if (t->retx[i].needed != NEEDED_NO)
			continue;
		latest = nsec_max(latest, t->retx[i].ts);
		evidence_frame(v, t->retx[i].frame);
	}
	return latest;
}

bool
verdict_spurious(const struct verdict_input *in, struct verdict *v)
{
	const struct half *half = in->c->half;
	enum side s = side_of_more(half[CLIENT].cold->spurious, half[SERVER].cold->spurious);
	const struct half *h = &half[s];
	nsec latest;

	if (h->cold->spurious == 0)
		return false;
	v->side = s;
	latest = needless_evidence(h, v);
	v->time = latest ? latest : h->last_ts;
	v->spurious.needless = h->cold->spurious;
	v->spurious.retransmissions = cold_retransmissions(h->cold);
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

/* An ICMP error said so. Heeded, it is how the path works, not a fault. */
bool
verdict_path_mtu(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;
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
