/* SPDX-License-Identifier: MIT */
/* series: see series.h. */
#include "core/series.h"

#include "core/flow/history.h"


/* ---- find ---- */

static bool
find_forward(const struct conn *c, uint64_t *place, uint32_t marks, uint64_t kept, unsigned work)
{
	while (*place < kept && work > 0) {
		struct history_span s = history_at(c, *place);
		uint64_t n = s.n < kept - *place ? s.n : kept - *place;

		work--;
		if (!(s.marks & marks)) {
			*place += n;
			continue;
		}
		for (uint64_t i = 0; i < n; i++)
			if (segment_marks(&s.seg[i]) & marks) {
				*place += i;
				return true;
			}
		work -= n < work ? (unsigned)n : work;
		*place += n;
	}
	if (*place < kept)
		return false;
	*place = UINT64_MAX;
	return true;
}

/* The kept segments from the beginning of the chunk of `last` up to it. */
static struct history_span
span_until(const struct conn *c, uint64_t last, uint64_t *begin)
{
	struct history_span s = history_at(c, last);
	uint32_t back = history_before(c, last);

	*begin = last - back;
	s.seg -= back;
	s.n = back + 1;
	return s;
}

static bool
find_backward(const struct conn *c, uint64_t *place, uint32_t marks, uint64_t kept, unsigned work)
{
	*place = *place < kept ? *place : kept;
	while (*place > 0 && work > 0) {
		uint64_t begin;
		struct history_span s = span_until(c, *place - 1, &begin);

		work--;
		for (uint32_t i = s.n; (s.marks & marks) && i-- > 0;)
			if (segment_marks(&s.seg[i]) & marks) {
				*place = begin + i;
				return true;
			}
		if (s.marks & marks)
			work -= s.n < work ? s.n : work;
		*place = begin;
	}
	if (*place > 0)
		return false;
	*place = UINT64_MAX;
	return true;
}

bool
find_segment(const struct conn *c, uint64_t *place, bool forward, uint32_t marks, uint32_t limit,
	     unsigned work)
{
	uint64_t kept = history_kept(c, limit);

	return forward ? find_forward(c, place, marks, kept, work)
		       : find_backward(c, place, marks, kept, work);
}

/* ---- series ---- */

uint64_t
series_begin(const struct conn *c, nsec t, uint32_t limit)
{
	uint64_t lo = 0, hi = history_kept(c, limit);

	while (lo < hi) {
		uint64_t mid = (lo + hi) / 2;

		if (history_at(c, mid).seg->ts < t)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The value that a segment adds to a series. false: none. */
static bool
value_of(const struct segment *s, const struct series_query *q, int64_t *value)
{
	const bool own = s->from == q->side, ack = s->ack >= 0;

	switch (q->kind) {
	case SERIES_SEQ:
		*value = s->seq + s->len;
		return own && s->len > 0;
	case SERIES_RETRANSMIT:
		*value = s->seq + s->len;
		return own && (s->findings & FINDING(F_RETRANSMISSION));
	case SERIES_ACK:
		*value = s->ack;
		return !own && ack;
	case SERIES_EDGE:
		*value = s->ack + s->window;
		return !own && ack && !s->window_unscaled;
	case SERIES_WINDOW:
		*value = s->window;
		return !own && ack && !s->window_unscaled;
	case SERIES_FLIGHT:
		*value = s->in_flight[q->side];
		return true;
	case SERIES_RTT:
		*value = s->acked_after;
		return own && s->acked_by != 0 && s->cause == CAUSE_NONE;
	case SERIES_BYTES:
		*value = s->len;
		return own && s->len > 0;
	default:
		return false;
	}
}

static void
point_add(struct series_point *p, int64_t value)
{
	if (p->count == 0 || value < p->min)
		p->min = value;
	if (p->count == 0 || value > p->max)
		p->max = value;
	p->last = value;
	p->sum += (uint64_t)value;
	p->count++;
}

bool
series_add(const struct conn *c, uint64_t *place, const struct series_query *q, uint32_t limit,
	   unsigned work, struct series_point *out)
{
	const uint64_t kept = history_kept(c, limit);
	const double columns = (double)q->n / (double)(q->t1 - q->t0);

	while (*place < kept && work > 0) {
		struct history_span s = history_at(c, *place);
		uint64_t n = s.n < kept - *place ? s.n : kept - *place;

		n = n < work ? n : work;
		for (uint64_t i = 0; i < n; i++) {
			size_t column = (size_t)((double)(s.seg[i].ts - q->t0) * columns);
			int64_t value;

			if (s.seg[i].ts >= q->t1)
				return true;
			if (s.seg[i].ts >= q->t0 && column < q->n && value_of(&s.seg[i], q, &value))
				point_add(&out[column], value);
		}
		*place += n;
		work -= (unsigned)n;
	}
	return *place >= kept;
}
