/* SPDX-License-Identifier: MIT */
/*
 * time_ledger: every gap between segments is charged to what ended it. The gaps are those between
 * the moments at which segments with payload were sent, whichever way they go, so the classes add
 * up to the connection's life.
 *
 * A sender decides by what it has received; peer_acks.c tells what that was. Where the capture is
 * away from its host, its segments were sent earlier than they are captured: by half of the least
 * time from the capture point to it and back.
 */
#include "core/analysis/time_ledger.h"

#include "core/analysis/peer_acks.h"
#include "core/segment/rtt.h"
#include "core/segment/sender.h"

#include <string.h>

#define LAG_MIN	      (1500 * NSEC_PER_US) /* a sender that reacts within this reacts at once */
#define NEAR_HOST     (200 * NSEC_PER_US)  /* a way and back shorter than this is none */
#define DELAYED_EXTRA (20 * NSEC_PER_MS)   /* an ACK that takes longer than the way was delayed */
#define IDLE_MIN      (5 * NSEC_PER_SEC)
#define FLIGHT_GAP    (40 * NSEC_PER_MS)
#define SETTLE_ACKS   4 /* known of the peer before its window is judged */
#define FLIGHTS_MAX   6 /* of answers, until a connection counts as bulk */
#define LONG_WAIT     (100 * NSEC_PER_MS)

/* The gap being charged, and what the sender of the segment after it knew. */
struct gap {
	const struct seg *s;
	struct time_ledger *l;
	struct time_side *x;	 /* of the segment's sender */
	nsec sent;		 /* when the segment was sent */
	nsec one_way;		 /* least time between the hosts */
	nsec to_sender;		 /* least time between capture and sender, one way */
	const struct peer_ack *known; /* newest ACK the sender had, or NULL */
	bool turned;		 /* the latest payload came from the other side */
	bool new_data;		 /* the sender has received payload since its latest segment */
};

/* ---- sums ---- */

/* Without memory for the class the time counts as the network's. */
static void
add_time(struct core *core, struct time_ledger *l, enum time_class cls, nsec d)
{
	if (d <= 0)
		return;
	if (cls < TIME_COMPACT)
		l->spent[cls] += d;
	else if (ledger_full_get(core, l))
		l->full->spent[cls - TIME_COMPACT] += d;
	else
		l->spent[TIME_NETWORK] += d;
}

/* Charges the time from the latest charge to t. */
static void
charge_until(struct core *core, struct time_ledger *l, enum time_class cls, nsec t)
{
	if (t <= l->until)
		return;
	add_time(core, l, cls, t - l->until);
	l->until = t;
	l->last_class = (uint8_t)cls;
}

/* ---- times ---- */

/* Between the capture point and an endpoint, one way; 0 at its own host. */
static nsec
way_to(const struct conn *c, enum side s)
{
	const struct time_ledger_full *f = conn_time(c)->full;
	nsec there_and_back = rtt_min_to(c, s);

	if (f && f->side[s].loop_min)
		there_and_back = nsec_min(there_and_back, f->side[s].loop_min);
	return there_and_back < NEAR_HOST ? 0 : there_and_back / 2;
}

/* The shortest round trip between the hosts, by what one of them keeps of both parts: so that the
 * other one's cache lines are not touched. */
static nsec
min_rtt(const struct conn *c, enum side s)
{
	const struct rtt *r = &c->half[s].rtt;
	nsec rtt = nsec_max(rtt_min_to(c, s), 0) + (r->samples > 0 ? r->min : 0);

	if (rtt == 0 && c->syn_to_synack >= 0 && c->synack_to_ack >= 0)
		rtt = c->syn_to_synack + c->synack_to_ack;
	return rtt;
}

static nsec
reaction_max(const struct seg *s)
{
	return nsec_max(LAG_MIN, min_rtt(s->c, s->from) / 16);
}

static nsec
idle_min(const struct half *h)
{
	return nsec_max(IDLE_MIN, 20 * rtt_rto_base(h));
}

static enum time_class
application_of(enum side s)
{
	return s == SERVER ? TIME_SERVER : TIME_CLIENT;
}

/* The segment is an ACK to its receiver, which may be a sender of bulk, or wait for the window. */
static void
note_ack(struct seg *s)
{
	struct time_ledger *l = conn_time(s->c);
	struct time_side *x;

	if (!l->full || !(s->p->flags & TH_ACK) || (s->p->flags & (TH_SYN | TH_RST)))
		return;
	x = &l->full->side[!s->from];
	if (x->ring || (s->p->window == 0 && ledger_ring_get(s->core, x)))
		peer_acks_add(x, s, s->p->ack + s->snd->adv.window,
			 nsec_max(min_rtt(s->c, s->from), x->loop));
}

/* ---- the rules ---- */

/* Payload of a full-sized segment: the agreed MSS less the options of each segment, or the largest
 * payload seen where that is a plausible smaller one (path MTU). */
static uint32_t
mss_of(const struct seg *s)
{
	uint32_t mss = s->rcv->mss > 100 ? s->rcv->mss : 1460;

	if (s->p->options & OPT_TS)
		mss -= 12;
	return s->snd->max_payload >= 512 && s->snd->max_payload < mss ? s->snd->max_payload : mss;
}

/* "The last of a burst is short": of a super-segment its end counts. */
static bool
is_small(const struct seg *s)
{
	uint32_t mss = mss_of(s);

	return s->p->payload_len < mss || s->p->payload_len % mss != 0;
}

static bool
is_window_known(const struct conn *c, const struct half *receiver)
{
	return !(c->flags & C_MIDSTREAM) || receiver->wscale != -2;
}

/* Charges the part of the gap in which the receiver's window had no room for the segment. */
static void
charge_window(const struct gap *g, int age)
{
	const struct seg *s = g->s;
	const struct ack_ring *r = g->x->ring;
	const uint32_t mss = mss_of(s);
	const uint32_t need = s->p->payload_len < mss ? s->p->payload_len : mss;
	const struct peer_ack *opened = NULL, *before = NULL;

	if (age < 0 || !is_window_known(s->c, s->rcv))
		return;
	/* From the newest on back to the first that had room. */
	for (; age < r->n; age++) {
		const struct peer_ack *a = peer_acks_at(r, (unsigned)age);

		if ((int32_t)(a->edge - s->seq) < (int32_t)need) {
			before = a;
			break;
		}
		opened = a;
	}
	if (!opened || !before)
		return;
	charge_until(s->core, g->l,
		     before->zero || before->ack == s->seq ? TIME_WINDOW_CLOSED
							   : TIME_RECEIVER_WINDOW,
		     nsec_min(opened->t + g->to_sender, g->sent));
}

/* The newest ACK that the sender had came after its previous segment: until then something was in
 * flight. */
static bool
waited_for_ack(const struct gap *g)
{
	nsec tick = g->to_sender > 0 ? NSEC_PER_MS : 0;

	return g->known && g->x->prev && g->known->t + g->to_sender > g->x->left - tick;
}

/* A small segment that waited for the ACK of the small one before it. RFC 896. */
static bool
is_nagle(const struct gap *g, nsec lag, nsec lag_max)
{
	return is_small(g->s) && g->x->prev_small && waited_for_ack(g) &&
	       g->known->ack == g->s->seq && lag <= lag_max && !g->new_data;
}

static void
count_nagle(const struct gap *g, nsec gap)
{
	nsec delayed = gap - 2 * g->one_way - DELAYED_EXTRA;

	if (delayed <= 0 || !g->l->full)
		return;
	g->l->full->delayed_ack += delayed;
	g->l->full->delayed_ack_waits++;
	g->l->full->delayed_side = g->s->from;
}

static struct time_waits *
waits_at(struct time_ledger_full *f, enum time_class cls)
{
	return &f->waits[cls == TIME_SERVER ? 0 : cls == TIME_CLIENT ? 1 : 2];
}

static bool
is_long_wait(const struct gap *g, nsec wait)
{
	return wait >= nsec_max(LONG_WAIT, 8 * g->one_way);
}

static void
count_wait(const struct gap *g, enum time_class cls, nsec wait)
{
	struct time_waits *w;

	if (!g->l->full || wait < LAG_MIN)
		return;
	w = waits_at(g->l->full, cls);
	w->n++;
	w->n_long += is_long_wait(g, wait);
}

/* When the segment left its sender by the sender's own clock, where that can be told: a queue on
 * the path delays the capture of it, not the sending. */
static nsec
left_sender(const struct gap *g)
{
	const struct seg *s = g->s;
	const struct time_side *x = g->x;
	nsec ticks;

	if (g->to_sender == 0 || !x->has_clock || !(s->p->options & OPT_TS))
		return g->sent;
	ticks = (nsec)(int32_t)(s->p->tsval - x->first_tsval);
	return nsec_min(x->clock_base + ticks * NSEC_PER_MS - g->to_sender, g->sent);
}

/* Away from the sender's host its reaction is known to a tick of its clock, the time that the path
 * needs for a full-sized segment, and the distance of ACKs in the ring. */
static nsec
lag_max_of(const struct gap *g)
{
	nsec lag = reaction_max(g->s);

	if (g->to_sender > 0)
		lag += nsec_max(2 * NSEC_PER_MS, g->one_way / 4) + g->x->loop / RING_STEPS;
	return lag;
}

/* Sent together with the segment before it. */
static bool
is_same_burst(const struct gap *g)
{
	nsec apart = left_sender(g) - g->x->left;
	nsec together = reaction_max(g->s) / 4;

	if (g->to_sender > 0 && g->x->has_clock)
		together = nsec_max(together, NSEC_PER_MS + NSEC_PER_MS / 2);
	return !g->turned && g->x->prev && apart < together && g->s->p->payload_len >= mss_of(g->s);
}

/* The class of what is left of the gap, by what the sender reacted to. */
static enum time_class
class_of(const struct gap *g)
{
	const struct seg *s = g->s;
	const nsec lag_max = lag_max_of(g);
	const nsec data_came = g->l->full->side[!s->from].prev + g->one_way;
	nsec arrival = g->known ? g->known->t + g->to_sender : 0, lag;
	const bool in_flight = g->known ? seq_lt(g->known->ack, s->seq) : false;

	if (g->new_data)
		arrival = nsec_max(arrival, data_came);
	lag = left_sender(g) - arrival;
	if (s->snd->ca != CA_OPEN)
		return s->snd->ca == CA_LOSS ? TIME_RECOVERY_RTO : TIME_RECOVERY_FAST;
	if (is_nagle(g, lag, lag_max))
		return TIME_NAGLE;
	if (lag <= lag_max && (in_flight || waited_for_ack(g)) && !g->new_data &&
	    s->p->payload_len >= mss_of(s))
		return TIME_CONGESTION;
	/* Its first flight: the ACKs before were not kept. */
	if (!g->known && !g->turned && s->p->payload_len >= mss_of(s) &&
	    g->sent - g->l->until <= 3 * g->one_way)
		return TIME_CONGESTION;
	if (g->new_data && s->from == CLIENT && g->sent - g->l->until > idle_min(s->snd))
		return TIME_IDLE;
	if (g->new_data)
		return application_of(s->from);
	if (in_flight)
		return TIME_SENDER_APPLICATION;
	if (!g->x->prev) /* its first words: the application prepared them */
		return application_of(s->from);
	return g->sent - g->l->until > idle_min(s->snd) ? TIME_IDLE : TIME_PAUSE;
}

/* The round trip now: that of the sender's estimator, which counts the way between capture and
 * sender at its least, and what the segment took longer than that since the ACK it answers. */
static nsec
rtt_now(const struct gap *g)
{
	nsec rtt = nsec_max(rtt_srtt(g->s->snd), 0);

	return g->known && g->to_sender > 0 ? rtt + g->s->now - g->known->t - 2 * g->to_sender
					    : rtt;
}

static void
watch_queue(const struct gap *g, nsec gap)
{
	struct time_ledger_full *f = g->l->full;
	double rate = half_rate(g->s->snd, g->s->now);
	nsec rtt = rtt_now(g);

	f->rate_max = rate > f->rate_max ? rate : f->rate_max;
	if (rtt >= LONG_WAIT && rtt >= 8 * g->one_way && rate >= f->rate_max / 2)
		f->queue = (struct time_queue){f->queue.spent + gap, 2 * g->one_way,
					       nsec_max(f->queue.rtt_max, rtt)};
}

/* ---- requests and answers ---- */

/* A change of direction begins with the way between the hosts. */
static void
charge_way(const struct gap *g)
{
	if (g->turned)
		charge_until(g->s->core, g->l, TIME_NETWORK,
			     nsec_min(g->l->until + g->one_way, g->sent));
}

/* false: there are too many waits for the compact ledger. */
static bool
count_compact(const struct gap *g, nsec wait)
{
	struct time_ledger *l = g->l;
	const int i = g->s->from == CLIENT;

	if (wait < LAG_MIN)
		return true;
	if (l->waits[i] == UINT8_MAX)
		return false;
	l->waits[i]++;
	l->long_waits[i] += is_long_wait(g, wait);
	return true;
}

/* The compact ledger knows who spoke last and nothing else: good for turns that answer all that
 * came, and for bursts. false: that does not suffice. */
static bool
charge_compact(const struct gap *g)
{
	const struct seg *s = g->s;
	nsec gap = g->sent - g->l->until;

	if (g->turned && (s->p->flags & TH_ACK) && seq_le(s->rcv->seq.nxt, s->p->ack)) {
		charge_way(g);
		if ((s->from == CLIENT && gap > idle_min(s->snd)) ||
		    !count_compact(g, g->sent - g->l->until))
			return false;
		charge_until(s->core, g->l, application_of(s->from), g->sent);
		return true;
	}
	if (!g->l->has_payload && gap <= idle_min(s->snd)) {
		charge_until(s->core, g->l, application_of(s->from), g->sent);
		return true;
	}
	/* A few round trips of slow start belong to the way of an answer. */
	if (!g->turned && gap > 0 && gap <= nsec_max(4 * g->one_way, FLIGHT_GAP) &&
	    g->l->flights < FLIGHTS_MAX && s->p->payload_len >= mss_of(s)) {
		g->l->flights += gap > reaction_max(s) / 4;
		g->l->flights_time += gap;
		g->l->until = g->sent;
		g->l->last_class = TIME_NETWORK;
		return true;
	}
	if (!g->turned && gap < reaction_max(s) / 4 && g->l->last_class < TIME_COMPACT) {
		charge_until(s->core, g->l, (enum time_class)g->l->last_class, g->sent);
		return true;
	}
	return gap <= 0;
}

/* ---- segments ---- */

static enum time_class
recovery_of(const struct seg *s)
{
	switch (s->cause) {
	case CAUSE_FAST:
		return TIME_RECOVERY_FAST;
	case CAUSE_PMTU:
	case CAUSE_TFO:
		return TIME_NETWORK;
	case CAUSE_RECOVERY:
		return s->snd->ca == CA_LOSS ? TIME_RECOVERY_RTO : TIME_RECOVERY_FAST;
	default:
		return TIME_RECOVERY_RTO;
	}
}

/* The waits before it was known to be bulk were of the same class. */
static void
flights_settle(struct core *core, struct time_ledger *l, enum time_class cls)
{
	add_time(core, l, cls, l->flights_time);
	l->flights_time = 0;
}

static void
charge_full(struct gap *g)
{
	const struct seg *s = g->s;
	enum time_class cls, window;
	nsec before, windowed;
	int age;

	if (is_same_burst(g)) {
		charge_until(s->core, g->l, (enum time_class)g->x->prev_class, g->sent);
		return;
	}
	age = peer_acks_known(g->x, g->s, g->to_sender);
	g->known = age >= 0 ? peer_acks_at(g->x->ring, (unsigned)age) : NULL;
	charge_way(g);
	before = g->l->until;
	charge_window(g, age);
	windowed = g->l->until - before;
	window = (enum time_class)g->l->last_class;
	cls = class_of(g);
	if (cls == TIME_NAGLE)
		count_nagle(g, g->sent - g->l->until);
	if (cls == TIME_SERVER || cls == TIME_CLIENT || cls == TIME_SENDER_APPLICATION)
		count_wait(g, cls, g->sent - g->l->until);
	if (cls == TIME_CONGESTION || cls == TIME_RECOVERY_FAST)
		watch_queue(g, g->sent - g->l->until);
	g->x->prev_class = (uint8_t)cls;
	charge_until(s->core, g->l, cls, g->sent);
	if (age >= 0 && g->x->ring->n >= SETTLE_ACKS)
		flights_settle(s->core, g->l,
			       windowed > g->sent - before - windowed ? window : cls);
}

static void
payload_sent(struct seg *s, struct time_ledger *l)
{
	struct gap g = {
		.s = s, .l = l,
		.to_sender = way_to(s->c, s->from),
		.one_way = min_rtt(s->c, s->from) / 2,
		.turned = l->has_payload && l->last_side != s->from,
	};

	g.sent = s->now - g.to_sender;
	if (s->cause != CAUSE_NONE && s->cause != CAUSE_PROBE) {
		ledger_full_get(s->core, l);
		charge_until(s->core, l, recovery_of(s), g.sent);
	} else if (s->range == RANGE_GAP || s->rcv->segments == 0) {
		/* What came between, or the other direction, was not captured. */
		charge_until(s->core, l, TIME_UNKNOWN, g.sent);
	} else if (l->full || (!charge_compact(&g) && ledger_full_get(s->core, l))) {
		g.x = &l->full->side[s->from];
		g.new_data = l->has_payload &&
			     (g.x->prev ? seq_lt(g.x->acked_then, s->p->ack) : g.turned);
		peer_acks_learn(g.x, s);
		charge_full(&g);
	}
	if (l->full) {
		g.x = &l->full->side[s->from];
		g.x->left = left_sender(&g);
		g.x->prev = nsec_max(g.sent, g.x->prev);
		g.x->prev_small = is_small(s);
		g.x->acked_then = s->p->ack;
		if (!g.turned)
			ledger_ring_get(s->core, g.x);
	}
	l->has_payload = true;
	l->last_side = s->from;
}

/* A FIN or reset ends the connection's work: silence before it is nobody's waiting. */
static void
closed(struct seg *s, struct time_ledger *l)
{
	nsec sent = s->now - way_to(s->c, s->from);
	nsec way = min_rtt(s->c, s->from) / 2;

	if (s->cause != CAUSE_NONE) {
		charge_until(s->core, l, TIME_RECOVERY_RTO, sent);
		return;
	}
	if (l->last_side != s->from)
		charge_until(s->core, l, TIME_NETWORK, nsec_min(l->until + way, sent));
	charge_until(s->core, l, sent - l->until < LAG_MIN ? TIME_NETWORK : TIME_IDLE, sent);
	l->last_side = s->from;
}

void
time_ledger_segment(struct seg *s)
{
	struct time_ledger *l = conn_time(s->c);
	const struct packet *p = s->p;

	if (l->until == 0)
		l->until = s->c->start;
	if ((p->flags & TH_SYN) || s->ends_handshake)
		charge_until(s->core, l, TIME_HANDSHAKE, s->now);
	else if (s->kind == KIND_ZERO_WINDOW_PROBE)
		charge_until(s->core, l, TIME_WINDOW_CLOSED, s->now);
	else if (s->kind == KIND_KEEP_ALIVE)
		charge_until(s->core, l, TIME_IDLE, s->now);
	else if (p->payload_len > 0 && s->range != RANGE_NONE)
		payload_sent(s, l);
	else if ((p->flags & (TH_FIN | TH_RST)) && s->kind != KIND_ODD)
		closed(s, l);
	note_ack(s);
}

/* ---- reading ---- */

/* What the time since the latest charge would be charged to. */
static void
fill_open(const struct conn *c, nsec open, struct time_facts *out)
{
	const struct half *a = &c->half[CLIENT], *b = &c->half[SERVER];
	nsec way = nsec_min(open, min_rtt(c, CLIENT));
	enum time_class rest = TIME_IDLE;

	if (!(c->flags & (C_HANDSHAKE_DONE | C_MIDSTREAM)) && !conn_time(c)->has_payload)
		rest = TIME_HANDSHAKE;
	else if (a->timer_kind == TIMER_PERSIST || b->timer_kind == TIMER_PERSIST)
		rest = TIME_WINDOW_CLOSED;
	else if (a->ca == CA_LOSS || b->ca == CA_LOSS)
		rest = TIME_RECOVERY_RTO;
	if (rest != TIME_IDLE)
		way = 0;
	out->spent[TIME_NETWORK] += way;
	out->spent[rest] += open - way;
}

void
time_facts_fill(const struct conn *c, struct time_facts *out)
{
	const struct time_ledger *l = conn_time(c);
	nsec charged = 0;

	memset(out, 0, sizeof(*out));
	out->life = nsec_max(c->last - c->start, 0);
	for (int i = 0; i < TIME_COMPACT; i++)
		out->spent[i] = l->spent[i];
	for (int i = TIME_COMPACT; l->full && i < TIME_CLASS_COUNT; i++)
		out->spent[i] = l->full->spent[i - TIME_COMPACT];
	out->spent[TIME_NETWORK] += l->flights_time;
	if (l->full) {
		out->delayed_ack = l->full->delayed_ack;
		out->delayed_ack_waits = l->full->delayed_ack_waits;
		out->delayed_side = l->full->delayed_side;
	}
	for (int i = 0; i < TIME_CLASS_COUNT; i++)
		charged += out->spent[i];
	fill_open(c, nsec_max(out->life - charged, 0), out);
}

struct time_waits
time_waits_of(const struct conn *c, enum time_class cls)
{
	const struct time_ledger *l = conn_time(c);

	if (l->full)
		return *waits_at(l->full, cls);
	if (cls == TIME_SENDER_APPLICATION)
		return (struct time_waits){0, 0};
	return (struct time_waits){l->waits[cls == TIME_CLIENT],
				   l->long_waits[cls == TIME_CLIENT]};
}

struct time_queue
time_in_queue(const struct conn *c)
{
	const struct time_ledger_full *f = conn_time(c)->full;

	return f ? f->queue : (struct time_queue){0, 0, 0};
}
