/* SPDX-License-Identifier: MIT */
/*
 * verdict_time: predicates of where a connection's time went, by its ledger: nothing failed, and
 * yet it was slow. Shares are of the active time: neither handshake, pauses nor idle time count.
 */
#include "core/analysis/verdict_rules.h"

#include "core/analysis/time_ledger.h"
#include "core/segment/rtt.h"

#include <string.h>

#define ENOUGH		  NSEC_PER_SEC	     /* worth a verdict, */
#define ENOUGH_SHORT	  (250 * NSEC_PER_MS) /* or this where it is ten round trips, too */
#define DELAYED_ACK_MIN	  (200 * NSEC_PER_MS)
#define DELAYED_ACK_WAITS 5

static nsec
active_time(const struct time_facts *t)
{
	return t->life - t->spent[TIME_HANDSHAKE] - t->spent[TIME_PAUSE] - t->spent[TIME_IDLE] -
	       t->spent[TIME_UNKNOWN];
}

static bool
is_enough(const struct conn *c, nsec spent)
{
	nsec rtt = nsec_max(rtt_min_to(c, CLIENT), 0) + nsec_max(rtt_min_to(c, SERVER), 0);

	return spent >= ENOUGH || (spent >= ENOUGH_SHORT && spent >= 10 * rtt);
}

/* The three classes with the largest shares of the active time. */
static void
largest_shares(const struct time_facts *t, nsec active, struct time_share out[TIME_SHARES])
{
	bool taken[TIME_CLASS_COUNT] = {
		[TIME_HANDSHAKE] = true, [TIME_PAUSE] = true, [TIME_IDLE] = true,
		[TIME_UNKNOWN] = true,
	};

	for (int n = 0; n < TIME_SHARES; n++) {
		int best = -1;

		for (int i = 0; i < TIME_CLASS_COUNT; i++)
			if (!taken[i] && (best < 0 || t->spent[i] > t->spent[best]))
				best = i;
		taken[best] = true;
		out[n].cls = (uint8_t)best;
		out[n].percent = (uint8_t)((t->spent[best] * 100 + active / 2) / active);
	}
}

/* true: `spent` is at least half of the active time, and long enough to matter. */
static bool
holds_most(const struct verdict_input *in, const struct time_facts *t, nsec spent,
	   struct verdict *v)
{
	nsec active = active_time(t);

	if (active <= 0 || spent * 2 < active || !is_enough(in->c, spent))
		return false;
	v->time = in->c->last;
	v->time_spent.spent = spent;
	v->time_spent.active = active;
	largest_shares(t, active, v->time_spent.shares);
	evidence_frame(v, in->c->first_frame);
	return true;
}

/* Which end sent most: windows and queues concern the way of the data. */
static enum side
bulk_sender(const struct conn *c)
{
	return c->half[SERVER].payload.unique_bytes > c->half[CLIENT].payload.unique_bytes
		       ? SERVER
		       : CLIENT;
}

bool
verdict_receiver_limited(const struct verdict_input *in, struct verdict *v)
{
	struct time_facts t;

	time_facts_fill(in->c, &t);
	if (!holds_most(in, &t, t.spent[TIME_RECEIVER_WINDOW] + t.spent[TIME_WINDOW_CLOSED], v))
		return false;
	v->side = !bulk_sender(in->c);
	return true;
}

static bool
is_slow(const struct verdict_input *in, const struct time_facts *t, enum time_class cls,
	struct verdict *v)
{
	struct time_waits w = time_waits_of(in->c, cls);

	/* The median wait is long, and a single one counts only if it is very long. */
	if (w.n_long == 0 || (w.n == 1 && t->spent[cls] < ENOUGH) ||
	    2 * (uint64_t)w.n_long < w.n || !holds_most(in, t, t->spent[cls], v))
		return false;
	v->time_spent.waits = w.n;
	return true;
}

bool
verdict_application_slow(const struct verdict_input *in, struct verdict *v)
{
	struct time_facts t;

	time_facts_fill(in->c, &t);
	if (is_slow(in, &t, TIME_SERVER, v))
		v->side = SERVER;
	else if (is_slow(in, &t, TIME_CLIENT, v))
		v->side = CLIENT;
	else if (is_slow(in, &t, TIME_SENDER_APPLICATION, v))
		v->side = bulk_sender(in->c);
	else
		return false;
	return true;
}

bool
verdict_delayed_ack(const struct verdict_input *in, struct verdict *v)
{
	struct time_facts t;

	time_facts_fill(in->c, &t);
	if (t.delayed_ack < DELAYED_ACK_MIN || t.delayed_ack_waits < DELAYED_ACK_WAITS)
		return false;
	v->side = t.delayed_side;
	v->time = in->c->last;
	v->delayed_ack.spent = t.delayed_ack;
	v->delayed_ack.waits = t.delayed_ack_waits;
	evidence_frame(v, in->c->first_frame);
	return true;
}

bool
verdict_bufferbloat(const struct verdict_input *in, struct verdict *v)
{
	struct time_queue q = time_in_queue(in->c);

	if (!is_enough(in->c, q.spent))
		return false;
	v->side = bulk_sender(in->c);
	v->time = in->c->last;
	v->bufferbloat.spent = q.spent;
	v->bufferbloat.rtt_min = q.rtt_min;
	v->bufferbloat.rtt_max = q.rtt_max;
	evidence_frame(v, in->c->first_frame);
	return true;
}
