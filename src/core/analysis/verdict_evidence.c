/* SPDX-License-Identifier: MIT */
/* verdict_evidence: what several predicates ask of a connection, and the frames that they name. */
#include "core/analysis/verdict_evidence.h"

#include "core/segment/timers.h"

#include <string.h>

#define SILENT_REPEATS 2
#define BACK_OFF_GAPS  3

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

struct forecast
forecast_of(const struct verdict_input *in, enum side s)
{
	const nsec due = timer_due(in->c, s);

	return (struct forecast){
		.next = due == NSEC_NEVER ? -1 : nsec_max(due - in->now, 0),
		.gives_up = timer_gives_up(in->c, s),
	};
}

struct icmp_notice
icmp_of(const struct conn *c)
{
	struct icmp_notice n = {
		.version = c->cold->icmp_version,
		.type = c->cold->icmp_type,
		.code = c->cold->icmp_code,
		.mtu = c->cold->icmp_mtu,
	};

	memcpy(n.from, c->cold->icmp_from, sizeof(n.from));
	return n;
}
