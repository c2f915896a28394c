/* SPDX-License-Identifier: MIT */
/*
 * backoff: the ladder of attempts that a sender's timer makes, and what the measured intervals
 * teach of that timer (RFC 6298 5). A timer is never early, so an interval shorter than expected is
 * certain: the time-out is shorter, it has reached its upper limit, or it does not double.
 */
#include "core/segment/backoff.h"

#include "core/flow/cold.h"
#include "core/flow/history.h"
#include "core/segment/emit.h"
#include "core/segment/lateness.h"
#include "core/segment/rtt.h"

#include <assert.h>
#include <string.h>

#define BACKOFF_MAX   20
#define PROBE_SLACK   (12 * NSEC_PER_MS) /* three ticks of the sender */
#define THIN_TIMEOUTS 6 /* Linux's tcp_thin_linear_timeouts: so many before it doubles */

/* ---- the running ladder ---- */

const struct ladder *
backoff_ladder(const struct half *h)
{
	const struct retransmit_log *t = h->cold->retransmit_log;

	return t && t->now.n > 0 ? &t->now : NULL;
}

nsec
ladder_gap(const struct ladder *l, size_t i)
{
	assert(i < l->n);
	return l->gap_us[i] * NSEC_PER_US;
}

/* Which timer made the attempt: a FIN is probed and timed like data. */
static enum cause
timer_of(const struct seg *s)
{
	if (s->cause == CAUSE_FIN)
		return s->snd->timer_kind == TIMER_TLP ? CAUSE_TLP : CAUSE_RTO;
	return (enum cause)s->cause;
}

/* The interval that the timer which made this attempt was armed for; 0: no timer made it. */
static nsec
armed_gap(const struct seg *s, enum cause timer)
{
	static const uint8_t kind_of[CAUSE_COUNT] = {
		[CAUSE_SYN] = TIMER_SYN,
		[CAUSE_SYN_ACK] = TIMER_SYN_ACK,
		[CAUSE_RTO] = TIMER_RTO,
		[CAUSE_TLP] = TIMER_TLP,
	};
	const struct half *h = s->snd;

	if (kind_of[timer] == TIMER_NONE || h->timer_kind != kind_of[timer] ||
	    h->timer.length < 0 || !s->last_sent)
		return 0;
	return nsec_max(h->timer.start + h->timer.length - s->last_sent, 0);
}

static void
ladder_begin(struct ladder *l, seqno seq, enum cause cause)
{
	memset(l, 0, sizeof(*l));
	l->seq = seq;
	l->cause = (uint8_t)cause;
}

static void
ladder_step(struct retransmit_log *t, nsec gap, nsec armed, nsec now)
{
	struct ladder *l = &t->now;

	assert(l->n <= LADDER_MAX);
	if (l->n < LADDER_MAX) {
		l->armed_us[l->n] = (uint32_t)nsec_min(armed / NSEC_PER_US, UINT32_MAX);
		l->gap_us[l->n++] = (uint32_t)nsec_min(gap / NSEC_PER_US, UINT32_MAX);
	}
	l->last = now;
	l->answered = false;
	if (l->n >= t->best.n)
		t->best = *l;
}

/* How long the timer ran that made this attempt. It may have been armed anew since the bytes were
 * last sent: by a tail-loss probe of other bytes, or by an ACK. */
static nsec
timer_ran(const struct seg *s)
{
	const struct half *h = s->snd;

	if (h->timer_kind == TIMER_RTO && h->timer.start > s->last_sent)
		return s->now - h->timer.start;
	return s->rexmit_after;
}

static void
ladder_extend(struct retransmit_log *t, const struct seg *s, enum cause timer)
{
	struct ladder *l = &t->now;

	if (l->timeouts > 0 && l->seq == s->snd->seq.una && s->seq != l->seq && !l->answered)
		return; /* other bytes beside those that time out */
	if (l->n == 0 || l->seq != s->seq || s->rexmit_n == 1) {
		ladder_begin(l, s->seq, s->cause);
		l->tlp_first = s->cause == CAUSE_TLP;
		l->start = s->now - s->rexmit_after;
		l->frame = s->rexmit_of;
	}
	if (l->cause == CAUSE_TLP && s->cause == CAUSE_RTO)
		l->cause = CAUSE_RTO;
	l->rto_gap_us = 0;
	if (timer == CAUSE_RTO)
		l->rto_gap_us = (uint32_t)nsec_min(timer_ran(s) / NSEC_PER_US, UINT32_MAX);
	l->timeouts += timer == CAUSE_RTO && l->timeouts < UINT8_MAX;
	ladder_step(t, s->rexmit_after, armed_gap(s, timer), s->now);
}

void
backoff_answered(struct core *core, struct half *h)
{
	struct retransmit_log *t = cold_get(core, h)->retransmit_log;

	if (!t)
		return;
	t->now.answered = true;
	if (t->best.start == t->now.start && t->best.seq == t->now.seq)
		t->best.answered = true;
}

/* ---- what an interval teaches ---- */

/* Nothing reached the sender since the previous attempt: the interval is the timer's alone. */
static bool
is_undisturbed(const struct seg *s)
{
	return s->rexmit_after > 0 && s->last_sent && s->rcv->last_ts <= s->last_sent;
}

/* The interval before this one, if it lies between two time-outs of the same bytes; else 0. */
static nsec
gap_before(const struct retransmit_log *t, const struct seg *s)
{
	const struct ladder *l = &t->now;

	return l->n > 0 && l->seq == s->seq && s->rexmit_n > 1 ? l->rto_gap_us * NSEC_PER_US : 0;
}

/* Limits and other systems' time-outs are round numbers: of the lengths that a late timer can have
 * had, the roundest; in steps of `least` at least. */
static nsec
round_length(nsec gap, nsec least)
{
	nsec late = timer_lateness(0, gap);

	for (nsec step = 10 * NSEC_PER_SEC; step >= least; step /= 10)
		if (gap / step * step >= gap - late)
			return gap / step * step;
	return gap - late / 2;
}

static void
limit_learn(struct half_cold *r, nsec gap)
{
	nsec limit = round_length(gap, 10 * NSEC_PER_MS);

	r->backoff.rto_max = (usec32)nsec_min(limit / NSEC_PER_US, INT32_MAX);
}

/* The interval has not doubled: the first ones of a thin stream do not, those of some systems never
 * do, and none does at the upper limit. */
static void
undoubled_learn(struct half_cold *r, struct half *h, nsec gap, nsec before)
{
	nsec base = rtt_rto_base(h);

	if (gap >= rtt_rto_max(h) - rtt_rto_max(h) / 50) /* at the limit that is known */
		return;
	if (gap > before + before / 16 + timer_lateness(0, gap)) {
		limit_learn(r, gap); /* more than before, but cut */
	} else if (gap < base + base / 2 + timer_lateness(0, gap)) {
		r->backoff.fixed =
			r->backoff.linear && r->retransmit_log->now.timeouts > THIN_TIMEOUTS;
		r->backoff.linear = true;
	} else {
		limit_learn(r, gap);
	}
}

/* Time-out without back-off that an interval implies. A longer one than expected must show twice.
 */
static void
base_learn(struct retransmit_log *t, struct half *h, nsec rto)
{
	nsec base = rtt_rto_base(h), late = timer_lateness(0, rto);

	if (rto < base - base / 12 - late ||
	    (rto > base + base / 8 + late && t->implied && rto < t->implied + t->implied / 8 &&
	     rto > t->implied - t->implied / 8))
		rtt_learn(&h->rtt, round_length(rto, 100 * NSEC_PER_MS));
	t->implied = rto;
}

/* Doublings that the next time-out has, after this one. */
static uint8_t
next_doublings(const struct half_cold *r, const struct half *h)
{
	uint8_t timeouts = r->retransmit_log->now.timeouts;

	if (r->backoff.fixed || (r->backoff.linear && timeouts <= THIN_TIMEOUTS))
		return 0;
	return h->backoff < BACKOFF_MAX ? h->backoff + 1 : BACKOFF_MAX;
}

static void
timeout_learn(struct seg *s, struct half_cold *r)
{
	struct half *h = s->snd;
	struct retransmit_log *t = r->retransmit_log;
	nsec gap = s->rexmit_after, before = gap_before(t, s);

	if (!is_undisturbed(s))
		return;
	if (r->backoff.rto_max && gap > rtt_rto_max(h) / 8 * 9 + timer_lateness(0, gap))
		r->backoff.rto_max = 0;
	if (before && gap < before + before / 4 * 3 - before / 32) {
		undoubled_learn(r, h, gap, before);
		return;
	}
	if (before &&
	    (r->backoff.fixed || (r->backoff.linear && t->now.timeouts <= THIN_TIMEOUTS))) {
		r->backoff.fixed = r->backoff.linear = false; /* this is the first doubling */
		h->backoff = 1;
	}
	if (rtt_rto(h) < rtt_rto_max(h) && timer_ran(s) == gap)
		base_learn(t, h, gap >> h->backoff);
}

/* A probe of a single segment waits for the time-out where that is shorter than its own time. It
 * tells nothing where it came after its own time, 2 SRTT and a little (RFC 8985 7.2): the sender
 * may have had more outstanding than the capture shows. */
static void
probe_learn(struct seg *s, struct half_cold *r)
{
	struct half *h = s->snd;
	nsec gap = s->rexmit_after, own = 2 * rtt_srtt(h) + 2 * NSEC_PER_MS;

	if (s->cause != CAUSE_TLP || h->sendq.len != 1 || !is_undisturbed(s) ||
	    h->rtt.samples == 0 || gap >= rtt_rto_base(h) || gap < own + own / 4 + PROBE_SLACK)
		return;
	base_learn(r->retransmit_log, h, gap);
}

static void
relabel(struct seg *s, struct half_cold *r, struct retx *x)
{
	struct segment *log = history_get(s->c, x->log);

	x->cause = CAUSE_RTO;
	r->by_cause[CAUSE_TLP]--;
	r->by_cause[CAUSE_RTO]++;
	if (x->needed != NEEDED_NO) {
		r->lost.by_cause[CAUSE_TLP]--;
		r->lost.by_cause[CAUSE_RTO]++;
	}
	if (log)
		log->cause = CAUSE_RTO;
	segment_amend(s->core, s->c, x->log, false);
}

/* The first repetition came when a tail-loss probe may come, but the next interval has doubled: it
 * was the time-out already. */
static void
probe_was_timeout(struct seg *s, struct half_cold *r)
{
	struct ladder *l = &r->retransmit_log->now;
	struct retx *x = retransmission_latest(s->snd, s->seq);

	if (l->n != 1 || l->timeouts > 0 || l->seq != s->seq || s->rexmit_n != 2 ||
	    !is_undisturbed(s) || !x || s->rexmit_after < ladder_gap(l, 0) / 4 * 7)
		return;
	if (x->cause == CAUSE_TLP && x->open)
		relabel(s, r, x);
	else if (x->cause != CAUSE_FIN)
		return;
	r->recovery.rto_first = x->ts;
	r->backoff.no_tlp = true;
	l->tlp_first = false;
	l->cause = s->cause;
	l->timeouts = 1;
	l->rto_gap_us = l->gap_us[0];
	base_learn(r->retransmit_log, s->snd, ladder_gap(l, 0));
	s->snd->backoff = 1;
}

/* More bytes that the same expiry of the timer sent again, after the first outstanding ones. */
static bool
is_same_expiry(const struct seg *s, enum cause timer)
{
	const struct half *h = s->snd;

	return timer == CAUSE_RTO && h->timer_kind == TIMER_RTO && s->seq != h->seq.una &&
	       s->now - h->timer.start < h->timer.length / 4;
}

void
backoff_attempt(struct seg *s)
{
	struct half *h = s->snd;
	struct half_cold *r = cold_get(s->core, h);
	enum cause timer = timer_of(s);

	if (is_same_expiry(s, timer))
		return;
	if (!r->retransmit_log || s->rexmit_after < 0) {
		if (timer == CAUSE_RTO)
			h->backoff += h->backoff < BACKOFF_MAX;
		return;
	}
	if (timer == CAUSE_RTO) {
		probe_was_timeout(s, r);
		timeout_learn(s, r);
	}
	probe_learn(s, r);
	ladder_extend(r->retransmit_log, s, timer);
	if (timer == CAUSE_RTO)
		h->backoff = next_doublings(r, h);
}

void
backoff_probe(struct seg *s, unsigned n)
{
	struct half *h = s->snd;
	struct retransmit_log *t;
	nsec armed = h->timer.length;

	if (!retransmit_log_get(s->core, h))
		return;
	t = h->cold->retransmit_log;
	if (n <= 1 || t->now.cause != CAUSE_PROBE) {
		ladder_begin(&t->now, s->seq, CAUSE_PROBE);
		t->now.start = t->now.last = s->now;
		t->now.frame = s->p->frame;
		return;
	}
	if (h->timer_kind != TIMER_PERSIST && h->timer_kind != TIMER_KEEPALIVE)
		armed = 0;
	ladder_step(t, s->now - t->now.last, nsec_max(armed, 0), s->now);
}

/* ---- until it gives up ---- */

#define SYN_FIRST      NSEC_PER_SEC
#define LINEAR_GAPS    5  /* Linux since 6.5, and BSD: so many equal intervals, then doubling */
#define RETRIES_DATA   15 /* tcp_retries2 */
#define RETRIES_ORPHAN 8  /* tcp_orphan_retries */
#define RETRY_BASE     (200 * NSEC_PER_MS) /* what Linux counts with, whatever the RTO */

/* How long Linux tries (tcp_model_timeout): as if the time-out had been RETRY_BASE. */
static nsec
model_timeout(const struct half *h, unsigned retries)
{
	nsec limit = rtt_rto_max(h), step = RETRY_BASE, total = 0;

	for (unsigned i = 0; i <= retries; i++) {
		total += step;
		step = nsec_min(step * 2, limit);
	}
	return total;
}

/* The time-out without back-off as the sender counts it: in whole ticks of 4 ms. */
static nsec
base_in_ticks(const struct half *h)
{
	nsec tick = 4 * NSEC_PER_MS;

	return (rtt_rto_base(h) + tick - 1) / tick * tick;
}

/* At the first expiry at which the model's time has passed since the first time-out. */
nsec
backoff_gives_up(const struct half *h)
{
	const struct half_cold *r = h->cold;
	nsec expiry = h->timer.start + h->timer.length, first, step, model;
	unsigned doublings = h->backoff;

	if (!h->rtt.samples || h->timer.length < 0)
		return NSEC_NEVER;
	model = model_timeout(h, half_has(h, H_FIN) ? RETRIES_ORPHAN : RETRIES_DATA);
	first = r->recovery.rto_first ? r->recovery.rto_first : expiry;
	while (expiry - first < model) {
		if (!r->backoff.fixed)
			doublings++;
		step = base_in_ticks(h) << (doublings < BACKOFF_MAX ? doublings : BACKOFF_MAX);
		expiry += nsec_min(step, rtt_rto_max(h));
	}
	return expiry;
}

/* ---- SYNs ---- */

bool
gap_is_about(nsec gap, nsec nominal)
{
	return gap >= nominal - nominal / 50 && gap <= nominal + nominal / 8 + 40 * NSEC_PER_MS;
}

/* The first may itself be late: where its nominal length is known, that counts. */
static unsigned
equal_gaps(const struct ladder *l)
{
	nsec first = gap_is_about(ladder_gap(l, 0), SYN_FIRST) ? SYN_FIRST : ladder_gap(l, 0);
	unsigned n = 0;

	while (n < l->n && gap_is_about(ladder_gap(l, n), first))
		n++;
	return n;
}

nsec
syn_next_gap(const struct ladder *l, nsec *slack)
{
	nsec first = l ? ladder_gap(l, 0) : SYN_FIRST, gap;
	unsigned equal;

	*slack = 0;
	if (gap_is_about(first, SYN_FIRST) || first < SYN_FIRST / 10) /* so soon is no timer */
		first = SYN_FIRST;
	if (!l)
		return first;
	equal = equal_gaps(l);
	if (l->n == 1) { /* linear or doubling: the next one tells */
		*slack = first;
		return first;
	}
	if (equal == l->n) /* more than any linear ladder has: it never doubles */
		return l->n == LINEAR_GAPS ? 2 * first : first;
	gap = first;
	for (unsigned i = equal; i <= l->n && gap < rtt_rto_max(NULL); i++)
		gap *= 2;
	return nsec_min(gap, rtt_rto_max(NULL));
}

nsec
syn_gives_up(const struct half *h)
{
	const struct ladder *l = h->syn > 1 ? backoff_ladder(h) : NULL;
	nsec first = l ? ladder_gap(l, 0) : SYN_FIRST;

	if (gap_is_about(first, SYN_FIRST))
		return h->syn_ts + (l && l->n > 1 && equal_gaps(l) < 2 ? 127 : 131) * NSEC_PER_SEC;
	if (gap_is_about(first, 3 * NSEC_PER_SEC)) /* older Windows: 3 6 12 */
		return h->syn_ts + 21 * NSEC_PER_SEC;
	return NSEC_NEVER;
}

/* ---- the ladder by the sender's rules, beside the measured one ---- */

static const char *
syn_stack(const struct ladder *l, unsigned linear)
{
	if (l->n < 2)
		return NULL;
	if (linear > 1)
		return N_("Linux 6.5 or newer, macOS or BSD");
	if (gap_is_about(ladder_gap(l, 0), SYN_FIRST))
		return N_("Linux before 6.5 or tcp_syn_linear_timeouts=0");
	return gap_is_about(ladder_gap(l, 0), 3 * NSEC_PER_SEC) ? N_("Windows or an old system")
								: NULL;
}

static void
syn_expected(const struct ladder *l, nsec out[LADDER_MAX], const char **stack)
{
	nsec gap = ladder_gap(l, 0);
	unsigned linear = equal_gaps(l) >= 2 ? LINEAR_GAPS : 1;

	if (gap_is_about(gap, SYN_FIRST))
		gap = SYN_FIRST;
	for (unsigned i = 0; i < l->n; i++) {
		out[i] = gap;
		if (i + 1 >= linear)
			gap = nsec_min(gap * 2, rtt_rto_max(NULL));
	}
	*stack = syn_stack(l, linear);
}

size_t
ladder_expected(const struct ladder *l, nsec out[LADDER_MAX], const char **stack)
{
	*stack = NULL;
	if (l->n == 0)
		return 0;
	if (l->cause == CAUSE_SYN) {
		syn_expected(l, out, stack);
		return l->n;
	}
	for (unsigned i = 0; i < l->n; i++)
		out[i] = l->armed_us[i] * NSEC_PER_US;
	return l->n;
}
