/* SPDX-License-Identifier: MIT */
/*
 * path: the way from one endpoint past the capture point to the other: what is lost, delayed and
 * duplicated, and on which side of the capture point.
 */
#include <assert.h>

#include "sim.h"

static void
add_event(struct sim *s, enum event_kind kind, nsec at, const struct packet *p, uint32_t sent,
	  bool copy)
{
	assert(s->n_events < EVENTS_MAX);
	s->events[s->n_events++] =
		(struct event){.at = at, .order = s->order++, .kind = kind, .sent = sent,
			       .copy = copy, .p = *p};
}

/* The two parts of the way: from the sender to the capture point, and on. */
struct legs {
	nsec first, second;
	unsigned share; /* share of the first part, per cent */
};

static struct legs
legs_of(const struct sim *s, enum side from)
{
	unsigned share = from == CLIENT ? s->where : 100 - s->where;
	nsec first = s->one_way * share / 100;

	return (struct legs){first, s->one_way - first, share};
}

/* Whether a loss, delay or duplication happens before the capture point. */
static bool
before_capture(struct sim *s, const struct legs *l)
{
	return sim_draw(s, 100) < l->share;
}

static bool
is_lost(struct sim *s, nsec at)
{
	return (at >= s->cut_from && at < s->cut_to) || sim_chance(s, s->loss);
}

static nsec
extra_delay(struct sim *s)
{
	return (nsec)(1 + sim_draw(s, 40)) * NSEC_PER_MS / 2;
}

static void
deliver(struct sim *s, const struct packet *p, uint32_t sent, nsec at, struct legs l, bool copy,
	bool lost_before, bool lost_after)
{
	if (lost_before)
		return;
	add_event(s, EV_CAPTURE, at + l.first, p, sent, copy);
	if (!lost_after)
		add_event(s, EV_ARRIVE, at + l.first + l.second, p, sent, copy);
}

void
path_send(struct sim *s, const struct packet *p, uint32_t sent)
{
	enum side from = s->sent[sent].from;
	struct legs l = legs_of(s, from), late = l;
	nsec at = s->depart[from] = nsec_max(s->now, s->depart[from] + 3 * NSEC_PER_US);
	bool lost = is_lost(s, at), before = before_capture(s, &l);

	if (sim_chance(s, s->reorder))
		*(before_capture(s, &l) ? &l.first : &l.second) += extra_delay(s);
	deliver(s, p, sent, at, l, false, lost && before, lost && !before);
	if (lost && (p->flags & TH_RST))
		s->reset_lost = true;
	if (lost || !sim_chance(s, s->duplicate))
		return;
	if (before_capture(s, &l)) {
		late.first += extra_delay(s);
		deliver(s, p, sent, at, late, true, false, false);
	} else {
		s->sent[sent].doubled = true;
		add_event(s, EV_ARRIVE, at + l.first + l.second + extra_delay(s), p, sent, true);
	}
}
