/* SPDX-License-Identifier: MIT */
/* verdict_silence: predicates of an end that waits for the other: for an ACK, an answer, a FIN. */
#include "core/analysis/verdict_rules.h"

#define HALF_CLOSED_MIN (5 * NSEC_PER_SEC)

static bool
is_silent(const struct verdict_input *in, enum side *s)
{
	return in->c->end_cause == END_OPEN && silent_side(in->c, s);
}

/* −1: it was never heard. */
static nsec
silence_of_peer(const struct verdict_input *in, enum side s)
{
	const nsec got = conn_last_got(in->c, s);

	return got ? in->now - got : -1;
}

static void
silence_fill(const struct verdict_input *in, enum side s, struct forecast next, struct verdict *v)
{
	const struct half *h = &in->c->half[s];

	v->side = s;
	v->time = ladder_time(h);
	v->silence.attempts = repeats_unanswered(in->c, s) + 1;
	v->silence.silence = silence_of_peer(in, s);
	v->silence.forecast = next;
	v->silence.fin = half_has(h, H_FIN) && h->seq.una == h->fin_seq;
	evidence_frame(v, h->cold->retransmit_log->now.frame);
	evidence_retransmissions(v, h);
}

bool
verdict_peer_silent(const struct verdict_input *in, struct verdict *v)
{
	struct forecast next;
	enum side s;

	if (!is_silent(in, &s) || path_hole_holds(in, s))
		return false;
	next = forecast_of(in, s);
	if (next.gives_up < in->now)
		return false;
	silence_fill(in, s, next, v);
	return true;
}

/* Likely: nothing is sent when a sender gives up, it is known by its rules. */
bool
verdict_timed_out(const struct verdict_input *in, struct verdict *v)
{
	struct forecast next;
	enum side s;

	if (!is_silent(in, &s))
		return false;
	next = forecast_of(in, s);
	if (next.gives_up >= in->now)
		return false;
	next.next = -1;
	silence_fill(in, s, next, v);
	v->likely = true;
	return true;
}

bool
verdict_keepalive_unanswered(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;

	for (int i = 0; i < 2; i++) {
		const struct keepalive *k = &c->half[i].cold->keepalive;

		if (k->unanswered == 0 || in->now - k->last_ts < NSEC_PER_SEC)
			continue;
		v->side = (uint8_t)i;
		v->time = k->last_ts;
		v->keepalive.unanswered = k->unanswered;
		v->keepalive.probes = k->probes;
		v->keepalive.silence = silence_of_peer(in, (enum side)i);
		evidence_frame(v, frame_of(c, c->half[i].last_frame));
		return true;
	}
	return false;
}

bool
verdict_half_closed(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;

	for (int i = 0; i < 2; i++) {
		const struct half *h = &c->half[i];

		if (c->end_cause != END_OPEN || !half_has(h, H_FIN_ACKED) ||
		    half_has(&c->half[!i], H_FIN) || in->now - h->last_ts < HALF_CLOSED_MIN)
			continue;
		v->side = (uint8_t)!i;
		v->time = h->last_ts;
		v->half_closed.since = in->now - h->last_ts;
		evidence_frame(v, frame_of(c, h->fin_frame));
		return true;
	}
	return false;
}

/* Beside peer-silent: it names who says why. */
bool
verdict_unreachable(const struct verdict_input *in, struct verdict *v)
{
	const struct conn *c = in->c;
	const struct icmp_record *r = icmp_latest(c, ICMP_HINDERS);

	if (!r)
		return false;
	v->side = r->from;
	v->time = r->ts;
	v->unreachable.icmp = r->notice;
	v->unreachable.times = icmp_count(c, ICMP_HINDERS);
	v->unreachable.repeats =
		cold_retransmissions(c->half[r->from].cold) - c->cold->icmp->repeats_before;
	evidence_frame(v, r->quotes);
	evidence_icmp(v, c, ICMP_HINDERS);
	return true;
}
