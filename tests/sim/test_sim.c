/* SPDX-License-Identifier: MIT */
/*
 * test_sim: thousands of simulated connections, each made from its seed; the simulator's log is the
 * truth. Then the same packets once more, damaged (fields changed, packets dropped, duplicated,
 * swapped), for which only the invariants are checked.
 *
 *	test_sim [FIRST COUNT [-v]]	-v: prints every packet and what was reported about it
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "invariants.h"
#include "truth.h"

#define RUNS	    3000
#define CONNECTIONS 64
#define RUN_LIMIT   (200 * NSEC_PER_SEC)

static uint64_t seed;

static void
report_seed(void)
{
	fprintf(stderr, "# seed %llu: test_sim %llu 1 -v\n", (unsigned long long)seed,
		(unsigned long long)seed);
}

/* ---- what the engine reports ---- */

static void
make_room(struct said *said, uint64_t frame)
{
	size_t size = said->size;

	if (frame <= size)
		return;
	said->size = size ? 2 * size : 1024;
	said->seg = xreallocarray(said->seg, said->size, sizeof(*said->seg));
	said->before = xreallocarray(said->before, said->size, sizeof(*said->before));
	memset(said->seg + size, 0, (said->size - size) * sizeof(*said->seg));
	memset(said->before + size, 0, (said->size - size) * sizeof(*said->before));
}

static void
on_segment(void *ctx, const struct segment *s)
{
	struct said *said = ctx;

	invariants_segment(s);
	make_room(said, s->frame);
	said->seg[s->frame - 1] = *s;
}

static void
on_amend(void *ctx, const struct segment *s)
{
	struct said *said = ctx;

	invariants_segment(s);
	said->seg[s->frame - 1] = *s;
}

static void
on_timer(void *ctx, const struct timer_event *t)
{
	struct said *said = ctx;

	said->timer[t->from] = *t;
}

/* The sender's timer as it was reported when its packet came. */
static void
note_timer(void *ctx, uint64_t frame, enum side from)
{
	struct said *said = ctx;

	make_room(said, frame);
	said->before[frame - 1] = said->timer[from];
}

static void
on_connection(void *ctx, const struct conn_detail *d)
{
	struct said *said = ctx;

	invariants_detail(d);
	said->conn = *d;
	said->conns++;
}

static struct engine *
new_engine(struct said *said)
{
	const struct engine_sink sink = {.ctx = said, .segment = on_segment, .amend = on_amend,
					 .timer = on_timer, .connection = on_connection};
	struct engine_config cfg = {.max_connections = CONNECTIONS, .memory = 8 << 20,
				    .history = true, .seed = 1, .hz = 250,
				    .sink = said ? &sink : NULL};
	struct err err;
	struct engine *e = engine_new(&cfg, &err);

	if (!e)
		die("%s", err.msg);
	return e;
}

/* ---- runs ---- */

static void
print_packets(const struct sim *s, const struct said *said)
{
	printf("# seed %llu: one way %.1f ms, captured at %u %%, loss %u reorder %u duplicate %u, "
	       "app %d\n",
	       (unsigned long long)seed, (double)s->one_way / 1e6, s->where, s->loss, s->reorder,
	       s->duplicate, s->end[0].app);
	for (size_t i = 0; i < s->n_captured; i++) {
		const struct captured *c = &s->captured[i];
		const struct sent *t = &s->sent[c->sent];
		const struct segment *g = &said->seg[i];
		char flags[12], block[64] = "";

		if (c->p.n_sack > 0)
			snprintf(block, sizeof(block), " sack %u-%u of %d",
				 c->p.sack[0].left - s->end[!t->from].isn,
				 c->p.sack[0].right - s->end[!t->from].isn, c->p.n_sack);
		printf("# %4zu %9.4f %s %-3s %lld:%lld ack %u win %u id %u%s%s%s%s | %x %s %d %s "
		       "%s\n",
		       i + 1, (double)c->ts / 1e9, t->from == CLIENT ? "C" : "S",
		       tcp_flags_text(flags, sizeof(flags), t->flags), (long long)t->seq,
		       (long long)t->end, c->p.ack - s->end[!t->from].isn, c->p.window, c->p.ip_id,
		       block, c->copy ? " COPY" : "", t->kind == SENT_AGAIN ? " AGAIN " : "",
		       t->kind == SENT_AGAIN ? cause_name(t->cause) : "", g->findings,
		       g->cause ? cause_name((enum cause)g->cause) : "", g->needed,
		       tcp_state_name((enum tcp_state)g->state[0]),
		       tcp_state_name((enum tcp_state)g->state[1]));
	}
}

static struct sim *
run(uint64_t n, struct scores *scores, bool verbose)
{
	struct said said = {0};

	seed = n;
	make_room(&said, 4096);
	struct engine *e = new_engine(&said);
	struct sim *s = sim_new(n, e);
	s->on_capture = note_timer;
	s->ctx = &said;
	sim_run(s, RUN_LIMIT);
	invariants_check(e, SIM_EPOCH + s->now, CONNECTIONS);
	engine_finish(e);
	uint64_t errors = scores->errors;
	if (verbose)
		print_packets(s, &said);
	truth_compare(s, &said, scores, verbose);
	if (scores->errors > errors)
		report_seed();
	engine_free(e);
	free(said.seg);
	free(said.before);
	return s;
}

static void
damage(struct sim *s, struct packet *p)
{
	switch (sim_draw(s, 12)) {
	case 0:
		p->flags ^= 1u << sim_draw(s, 9);
		break;
	case 1:
		p->seq += sim_draw(s, 6000) - 3000;
		break;
	case 2:
		p->ack += sim_draw(s, 6000) - 3000;
		break;
	case 3:
		p->seq = sim_draw(s, UINT32_MAX);
		break;
	case 4:
		p->ack = sim_draw(s, UINT32_MAX);
		break;
	case 5:
		p->payload_len = sim_draw(s, 2) ? sim_draw(s, 4000) : sim_draw(s, UINT32_MAX) >> 8;
		break;
	case 6:
		p->window = (uint16_t)sim_draw(s, 3);
		break;
	case 7:
		p->tsval = sim_draw(s, UINT32_MAX);
		break;
	case 8:
		p->options = (uint16_t)sim_draw(s, 0x800);
		p->n_sack = (uint8_t)sim_draw(s, PACKET_SACK_MAX + 1);
		for (int i = 0; i < PACKET_SACK_MAX; i++) {
			p->sack[i].left = p->ack + sim_draw(s, 9000) - 1000;
			p->sack[i].right = p->sack[i].left + sim_draw(s, 9000) - 1000;
		}
		break;
	case 9:
		p->ts += (nsec)sim_draw(s, 5000) * NSEC_PER_MS - 2 * NSEC_PER_SEC;
		break;
	case 10:
		p->sport = 51000 + (uint16_t)sim_draw(s, 100);
		break;
	default:
		p->icmp_version = 4;
		p->icmp_type = 3;
		p->icmp_code = (uint8_t)sim_draw(s, 15);
		break;
	}
	p->digest = sim_draw(s, 20) ? sim_draw(s, UINT32_MAX) : p->digest;
}

static void
run_damaged(struct sim *s)
{
	struct said said = {0};
	struct engine *e = new_engine(sim_draw(s, 2) ? &said : NULL);
	uint64_t frame = 0;
	nsec now = SIM_EPOCH;

	make_room(&said, 4 * s->n_captured + 64);
	for (size_t i = 0; i < s->n_captured; i++) {
		size_t k = sim_draw(s, 30) ? i : sim_draw(s, (uint32_t)s->n_captured);

		for (uint32_t copies = sim_draw(s, 25) ? 1 : sim_draw(s, 3); copies > 0; copies--) {
			struct packet p = s->captured[k].p;

			p.frame = ++frame;
			if (sim_draw(s, 6) == 0)
				damage(s, &p);
			now = nsec_max(now, p.ts);
			engine_ingest(e, &p, 1);
		}
		if (sim_draw(s, 200) == 0)
			engine_tick(e, now += (nsec)sim_draw(s, 200) * NSEC_PER_SEC);
		if (sim_draw(s, 400) == 0)
			engine_freeze(e, sim_draw(s, 2));
	}
	engine_freeze(e, false);
	invariants_check(e, now, CONNECTIONS);
	engine_finish(e);
	engine_free(e);
	free(said.seg);
	free(said.before);
}

/* ---- the outcome ---- */

static int tests, failed;

static void
outcome(const char *name, const struct score *s, double least)
{
	double rate = s->asked ? 100.0 * (double)s->right / (double)s->asked : 0;
	bool ok = s->asked > 0 && rate >= least;

	failed += !ok;
	printf("%sok %d - %s: %llu of %llu, %.2f %% (at least %.1f)\n", ok ? "" : "not ", ++tests,
	       name, (unsigned long long)s->right, (unsigned long long)s->asked, rate, least);
}

static void
outcome_exact(uint64_t errors, uint64_t runs)
{
	failed += errors > 0;
	printf("%sok %d - %llu runs: counts exact, states possible, nothing needed is spurious\n",
	       errors ? "not " : "", ++tests, (unsigned long long)runs);
}

int
main(int argc, char **argv)
{
	struct scores sc = {0};
	uint64_t first = argc > 2 ? strtoull(argv[1], NULL, 10) : 0;
	uint64_t runs = argc > 2 ? strtoull(argv[2], NULL, 10) : RUNS;

	invariants_report = report_seed;
	for (uint64_t n = first; n < first + runs; n++) {
		struct sim *s = run(n, &sc, argc > 3);

		run_damaged(s);
		sim_free(s);
	}
	outcome_exact(sc.errors, runs);
	outcome("repeated bytes, probes and keep-alives by name", &sc.label, 99);
	outcome("late or repeated, where the capture has a hole", &sc.hole, 97);
	outcome("ordinary segments left alone", &sc.clean, 99.9);
	outcome("the network's copies known", &sc.copy, 90);
	outcome("cause, captured at the sender", &sc.cause, 97);
	outcome("cause, captured elsewhere", &sc.cause_far, 85);
	outcome("needed or not, where it was said", &sc.needed, 97);
	outcome("both ends' states at the end", &sc.state, 99);
	outcome("retransmissions within the interval announced", &sc.timer, 95);
	printf("1..%d\n", tests);
	return failed > 0;
}
