/* SPDX-License-Identifier: MIT */
/*
 * rtt: round-trip times and the retransmission time-out, by Linux's integers (RFC 6298 with the
 * variance floor of 200 ms), so that what is shown is what the sender's kernel counts.
 */
#include "core/segment/rtt.h"

#define RTO_MIN_US  200000   /* acts on the variance: RTO ≥ SRTT + 200 ms */
#define RTO_INIT_US 1000000  /* before any sample, RFC 6298 2.1 */
#define RTO_MAX_US  120000000
#define SAMPLE_MAX_US 120000000

static usec32
var_floor(const struct rtt *r)
{
	return r->floor ? r->floor : RTO_MIN_US;
}

static void
rtt_first(struct rtt *r, usec32 m, seqno nxt)
{
	r->srtt = m << 3;
	r->mdev = m << 1;
	r->rttvar = r->mdev > var_floor(r) ? r->mdev : var_floor(r);
	r->mdev_max = r->rttvar;
	r->rtt_seq = nxt;
}

/* The variance may only shrink once per round trip. */
static void
rtt_window(struct rtt *r, seqno una, seqno nxt)
{
	if (!seq_lt(r->rtt_seq, una))
		return;
	if (r->mdev_max < r->rttvar)
		r->rttvar -= (r->rttvar - r->mdev_max) >> 2;
	r->rtt_seq = nxt;
	r->mdev_max = var_floor(r);
}

static void
rtt_next(struct rtt *r, usec32 m, seqno una, seqno nxt)
{
	m -= r->srtt >> 3;
	r->srtt += m;
	if (m < 0) {
		m = -m - (r->mdev >> 2);
		/* A falling RTT must not raise the variance as fast as a rising one. */
		if (m > 0)
			m >>= 3;
	} else {
		m -= r->mdev >> 2;
	}
	r->mdev += m;
	if (r->mdev > r->mdev_max) {
		r->mdev_max = r->mdev;
		if (r->mdev_max > r->rttvar)
			r->rttvar = r->mdev_max;
	}
	rtt_window(r, una, nxt);
}

/* sample: ns; una after the ACK that gave it, nxt the highest sent (tcp_rtt_estimator's order). */
void
rtt_sample(struct rtt *r, nsec sample, seqno una, seqno nxt)
{
	nsec us = sample / NSEC_PER_US;
	usec32 m = (usec32)(us < 1 ? 1 : us > SAMPLE_MAX_US ? SAMPLE_MAX_US : us);

	if (sample < 0)
		return;
	if (r->samples == 0)
		rtt_first(r, m, nxt);
	else
		rtt_next(r, m, una, nxt);
	r->samples++;
}

/* Not every sender has Linux's floor (route rto_min, other systems): its own timer tells. */
void
rtt_learn(struct rtt *r, nsec rto)
{
	usec32 us = (usec32)nsec_min(rto / NSEC_PER_US, RTO_MAX_US);

	if (us < 1000)
		return;
	if (r->samples > 0) {
		r->floor = us > (r->srtt >> 3) + 1000 ? us - (r->srtt >> 3) : 1000;
		r->rttvar = r->mdev_max = r->floor;
	} else {
		r->rttvar = us; /* the whole of it, see rtt_rto_base */
	}
}

/* What the capture point itself measured: the way to the peer and back. */
bool
rtt_observe(struct rtt *r, nsec half)
{
	bool least = r->samples <= 1 || half < r->min;

	if (least)
		r->min = half;
	r->max = r->samples <= 1 ? half : nsec_max(r->max, half);
	r->sum += half;
	return least;
}

bool
rtt_rto_known(const struct half *h)
{
	return h->rtt.rttvar > 0;
}

nsec
rtt_rto_max(const struct half *h)
{
	usec32 limit = h && h->cold->backoff.rto_max ? h->cold->backoff.rto_max : RTO_MAX_US;

	return limit * NSEC_PER_US;
}

nsec
rtt_rto_base(const struct half *h)
{
	usec32 rto = (h->rtt.srtt >> 3) + h->rtt.rttvar;

	if (!rtt_rto_known(h))
		rto = RTO_INIT_US;
	return nsec_min(rto * NSEC_PER_US, rtt_rto_max(h));
}

nsec
rtt_rto(const struct half *h)
{
	nsec rto = rtt_rto_base(h), limit = rtt_rto_max(h);

	for (int i = 0; i < h->backoff && rto < limit; i++)
		rto *= 2;
	return nsec_min(rto, limit);
}

nsec
rtt_srtt(const struct half *h)
{
	return h->rtt.samples ? (h->rtt.srtt >> 3) * NSEC_PER_US : -1;
}

nsec
rtt_min_to(const struct conn *c, enum side s)
{
	uint32_t near = c->half[s].rtt.peer_min;

	return near < UINT32_MAX ? near : c->half[!s].rtt.min;
}
