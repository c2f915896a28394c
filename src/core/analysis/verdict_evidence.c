/* SPDX-License-Identifier: MIT */
/* verdict_evidence: what several predicates ask of a connection, and the frames that they name. */
#include "core/analysis/verdict_evidence.h"

#include "core/flow/coverage.h"
#include "core/segment/timers.h"

#define SILENT_REPEATS 2
#define BACK_OFF_GAPS  3

bool
host_heard(const struct verdict_input *in, enum side s)
{
	const struct conn *c = in->c;

	return c->half[s].segments > 0 ||
	       coverage_heard(in->core->coverage, c->end[s].addr, c->end[!s].addr);
}

void
evidence_frame(struct verdict *v, uint64_t frame)
{
	if (frame && v->n_frames < VERDICT_FRAMES)
		v->frames[v->n_frames++] = frame;
}

void
evidence_retransmissions(struct verdict *v, const struct half *h)
{
	const struct retransmit_log *t = h->cold->retransmit_log;

	for (unsigned i = 0; t && i < t->n_retx; i++) {
		unsigned at = t->n_retx < t->retx_cap ? i : (t->retx_at + i) % t->retx_cap;

		evidence_frame(v, t->retx[at].frame);
	}
}

uint64_t
syn_frame_last(const struct conn *c, const struct half *h)
{
	return frame_of(c, h->cold->syn_repeat.last_frame ? h->cold->syn_repeat.last_frame
							  : h->syn_frame);
}

nsec
ladder_time(const struct half *h)
{
	return h->cold->retransmit_log && h->cold->retransmit_log->now.n > 0
		       ? h->cold->retransmit_log->now.last
		       : h->last_ts;
}

/* Where the peer may answer unseen, only growing intervals show that it does not. */
static bool
is_back_off(const struct ladder *l)
{
	return l->n >= BACK_OFF_GAPS && l->gap_us[l->n - 1] >= 3 * (l->gap_us[0] / 2);
}

static bool
sends_into_silence(const struct conn *c, enum side s)
{
	return c->half[s].state >= TCP_ESTAB && repeats_unanswered(c, s) >= SILENT_REPEATS &&
	       (c->half[!s].segments > 0 || is_back_off(&c->half[s].cold->retransmit_log->now));
}

bool
silent_side(const struct conn *c, enum side *s)
{
	for (int i = 0; i < 2; i++)
		if (sends_into_silence(c, (enum side)i)) {
			*s = (enum side)i;
			return true;
		}
	return false;
}

/* No timer for a SYN shortens its intervals: something else repeats it. */
static bool
is_syn_ladder_of_no_timer(const struct half *h)
{
	const struct ladder *l = h->cold->retransmit_log ? &h->cold->retransmit_log->now : NULL;

	for (size_t i = 1; h->state == TCP_SYN_SENT && l && i < l->n && i < LADDER_MAX; i++)
		if (l->gap_us[i] < l->gap_us[i - 1] / 3 * 2)
			return true;
	return false;
}

struct forecast
forecast_of(const struct verdict_input *in, enum side s)
{
	const nsec due = timer_due(in->c, s), last = ladder_time(&in->c->half[s]);

	/* It had its whole interval once more: what is expected of this sender does not hold. */
	if (due != NSEC_NEVER && in->now - due > due - last + NSEC_PER_SEC)
		return (struct forecast){
			.next = -1, .gives_up = NSEC_NEVER, .overdue = in->now - last};
	if (is_syn_ladder_of_no_timer(&in->c->half[s]))
		return (struct forecast){.next = -1, .gives_up = NSEC_NEVER};
	return (struct forecast){
		.next = due == NSEC_NEVER ? -1 : nsec_max(due - in->now, 0),
		.gives_up = timer_gives_up(in->c, s),
	};
}

uint32_t
icmp_count(const struct conn *c, enum icmp_role role)
{
	return c->cold->icmp ? c->cold->icmp->count[role] : 0;
}

/* i: 0 the oldest. */
static const struct icmp_kept *
icmp_at(const struct icmp_log *log, unsigned i)
{
	return &log->latest[log->n < ICMP_KEPT ? i : (log->at + i) % ICMP_KEPT];
}

const struct icmp_record *
icmp_latest(const struct conn *c, enum icmp_role role)
{
	const struct icmp_log *log = c->cold->icmp;

	for (unsigned i = log ? log->n : 0; i > 0; i--)
		if (icmp_at(log, i - 1)->role == role)
			return &icmp_at(log, i - 1)->record;
	return NULL;
}

void
evidence_icmp(struct verdict *v, const struct conn *c, enum icmp_role role)
{
	const struct icmp_log *log = c->cold->icmp;

	for (unsigned i = 0; log && i < log->n; i++)
		if (icmp_at(log, i)->role == role)
			evidence_frame(v, icmp_at(log, i)->record.frame);
}
