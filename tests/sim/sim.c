/* SPDX-License-Identifier: MIT */
/* sim: a run made from a seed, and its clock, which advances to the next event or timer. */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

uint32_t
sim_draw(struct sim *s, uint32_t below)
{
	s->random ^= s->random >> 12;
	s->random ^= s->random << 25;
	s->random ^= s->random >> 27;
	uint64_t r = (s->random * UINT64_C(2685821657736338717)) >> 32;
	return (uint32_t)(r * below >> 32);
}

static bool
one_in(struct sim *s, unsigned n)
{
	return sim_draw(s, n) == 0;
}

static void
make_end(struct sim *s, enum side side, bool ts, bool sack, bool scale)
{
	struct end *e = &s->end[side];

	*e = (struct end){
		.side = side,
		.state = side == CLIENT ? TCP_CLOSED : TCP_LISTEN,
		.isn = one_in(s, 3) ? 0u - sim_draw(s, 20000) : sim_draw(s, UINT32_MAX),
		.ts = ts,
		.sack = sack,
		.wscale_ok = scale,
		.wscale = (uint8_t)(4 + sim_draw(s, 5)),
		.mss = one_in(s, 4) ? 536 : 1460,
		.id_mode = one_in(s, 4) ? (one_in(s, 2) ? ID_ZERO : ID_RANDOM) : ID_COUNTS,
		.ip_id = (uint16_t)sim_draw(s, 65536),
		.ts_base = sim_draw(s, UINT32_MAX),
		.written = 1,
		.cwnd = 10,
		.timer_at = NSEC_NEVER,
		.rack_at = NSEC_NEVER,
		.delack_at = NSEC_NEVER,
		.keepalive_at = NSEC_NEVER,
		.app_at = NSEC_NEVER,
		.buffer = scale ? 131072 : 60000,
		.reading = true,
		.wait_for = 1,
	};
}

static void
make_path(struct sim *s)
{
	s->one_way = (nsec)(1 + sim_draw(s, 60)) * NSEC_PER_MS / 2;
	s->where = sim_draw(s, 3) * 50;
	s->loss = one_in(s, 3) ? 0 : sim_draw(s, 500);
	s->reorder = one_in(s, 2) ? 0 : sim_draw(s, 300);
	s->duplicate = one_in(s, 2) ? 0 : sim_draw(s, 200);
	s->cut_from = s->cut_to = NSEC_NEVER;
	if (one_in(s, 8)) {
		s->cut_from = one_in(s, 4) ? 0 : (nsec)sim_draw(s, 300) * NSEC_PER_MS;
		s->cut_to = one_in(s, 3) ? NSEC_NEVER
					 : s->cut_from + (nsec)sim_draw(s, 5000) * NSEC_PER_MS;
	}
	s->refuse = one_in(s, 20);
}

static void
make_application(struct sim *s)
{
	enum app app = (enum app)sim_draw(s, APP_COUNT);
	unsigned rounds = app == APP_REQUESTS ? 1 + sim_draw(s, 6) : 1;

	s->response = app == APP_REQUESTS ? 100 + sim_draw(s, 15000) : 3000 + sim_draw(s, 120000);
	s->closer = (enum side)sim_draw(s, 2);
	s->both_close = one_in(s, 6);
	s->idle = (nsec)(1 + sim_draw(s, 8)) * NSEC_PER_SEC;
	for (int i = 0; i < 2; i++) {
		s->end[i].app = app;
		s->end[i].rounds = rounds;
	}
	if (app == APP_SLOW_READER) {
		s->end[CLIENT].reading = false;
		s->end[CLIENT].buffer = 8192 + sim_draw(s, 16384);
	}
	if (app != APP_REQUESTS && app != APP_IDLE)
		s->closer = SERVER;
	if (s->refuse)
		s->end[SERVER].state = TCP_CLOSED;
}

struct sim *
sim_new(uint64_t seed, struct engine *e)
{
	struct sim *s = xcalloc(1, sizeof(*s));

	s->random = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
	s->engine = e;
	make_path(s);
	bool ts = !one_in(s, 3), sack = !one_in(s, 4), scale = !one_in(s, 5);
	make_end(s, CLIENT, ts, sack, scale);
	make_end(s, SERVER, ts, sack, scale);
	make_application(s);
	return s;
}

void
sim_free(struct sim *s)
{
	free(s->sent);
	free(s->captured);
	free(s);
}

static void
capture(struct sim *s, struct event *ev)
{
	if (s->n_captured == s->size_captured) {
		s->size_captured = s->size_captured ? 2 * s->size_captured : 256;
		s->captured =
			xreallocarray(s->captured, s->size_captured, sizeof(*s->captured));
	}
	struct captured *c = &s->captured[s->n_captured++];
	*c = (struct captured){.sent = ev->sent, .copy = ev->copy, .ts = s->now, .p = ev->p};
	c->p.ts = SIM_EPOCH + s->now;
	c->p.frame = c->p.ref = s->n_captured;
	c->p.ttl -= ev->p.sport == 8080 ? 1 : 0;
	s->on_capture(s->ctx, c->p.frame, s->sent[ev->sent].from);
	engine_ingest(s->engine, &c->p, 1);
}

static void
handle(struct sim *s, struct event *ev)
{
	struct sent *sent = &s->sent[ev->sent];

	if (ev->kind == EV_CAPTURE) {
		capture(s, ev);
		return;
	}
	sent->delivered = true;
	end_input(s, &s->end[!sent->from], &ev->p);
}

static unsigned
next_event(const struct sim *s)
{
	unsigned best = 0;

	for (unsigned i = 1; i < s->n_events; i++)
		if (s->events[i].at < s->events[best].at ||
		    (s->events[i].at == s->events[best].at &&
		     s->events[i].order < s->events[best].order))
			best = i;
	return best;
}

/* false: nothing is left to happen. */
static bool
step(struct sim *s, nsec limit)
{
	unsigned i = next_event(s);
	nsec event = s->n_events > 0 ? s->events[i].at : NSEC_NEVER;
	nsec timer = nsec_min(end_next_timer(&s->end[0]), end_next_timer(&s->end[1]));
	nsec next = nsec_min(event, timer);

	if (next == NSEC_NEVER || next > limit)
		return false;
	s->now = nsec_max(s->now, next);
	if (event <= timer) {
		struct event ev = s->events[i];

		s->events[i] = s->events[--s->n_events];
		handle(s, &ev);
	} else {
		for (int k = 0; k < 2; k++)
			end_timers(s, &s->end[k]);
	}
	return true;
}

void
sim_run(struct sim *s, nsec limit)
{
	end_open(s, &s->end[CLIENT]);
	while (step(s, limit))
		continue;
}
