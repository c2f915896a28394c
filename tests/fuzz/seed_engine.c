/* SPDX-License-Identifier: MIT */
/*
 * seed_engine: writes the first corpus of fuzz_engine: simulated connections in its records.
 *
 *	seed_engine DIRECTORY COUNT
 */
#include <stdio.h>
#include <stdlib.h>

#include "../sim/sim.h"

#define PACKETS_MAX 60

struct record {
	uint8_t b[256];
	uint8_t n;
};

static void
put(struct record *r, size_t n, uint32_t v)
{
	while (n-- > 0)
		r->b[r->n++] = (uint8_t)(v >> (8 * n));
}

/* As fuzz_engine reads it: a byte, or a sign and a shift and two bytes. */
static void
put_step(struct record *r, int32_t v)
{
	uint32_t big = v < 0 ? 0u - (uint32_t)v : (uint32_t)v, shift = 0;

	if (v >= -64 && v < 64) {
		put(r, 1, (uint32_t)v & 127);
		return;
	}
	for (; big > 0xffff && shift < 15; shift++)
		big >>= 1;
	put(r, 1, 128 | (v < 0 ? 64 : 0) | shift);
	put(r, 2, big & 0xffff);
}

static void
put_packet(struct record *r, const struct sim *s, const struct captured *c, nsec since,
	   int64_t next[2])
{
	const struct sent *t = &s->sent[c->sent];
	const struct packet *p = &c->p;
	int64_t ack = (int32_t)(p->ack - s->end[!t->from].isn);

	put(r, 1, 0);
	put_step(r, (int32_t)(since / (30 * NSEC_PER_US)));
	put(r, 1, t->from);
	put(r, 1, p->flags & 0xff);
	put(r, 2, p->payload_len);
	put_step(r, (int32_t)(t->seq - next[t->from]));
	put_step(r, p->flags & TH_ACK ? (int32_t)(ack - next[!t->from]) : 0);
	put(r, 2, p->window);
	put(r, 2, p->ip_id);
	put(r, 2, p->options);
	put(r, 2, p->mss);
	put(r, 1, p->wscale);
	put(r, 1, 0);
	put_step(r, 0);
	put_step(r, 0);
	if (p->options & OPT_SACK)
		put(r, 1, p->n_sack - 1u);
	for (int i = 0; i < p->n_sack; i++) {
		put_step(r, (int32_t)(p->sack[i].left - p->ack));
		put_step(r, (int32_t)(p->sack[i].right - p->sack[i].left));
	}
	put(r, 1, p->digest & 0xff);
	if (t->end > next[t->from])
		next[t->from] = t->end;
}

static void
nothing(void *ctx, uint64_t frame, enum side from)
{
	(void)ctx;
	(void)frame;
	(void)from;
}

static void
write_seed(FILE *f, uint64_t seed)
{
	struct engine_config cfg = {.max_connections = 4, .memory = 1 << 20, .seed = 1};
	struct engine *e = engine_new(&cfg, NULL);
	struct sim *s = sim_new(seed, e);
	int64_t next[2] = {0, 0};
	nsec last = 0;

	s->on_capture = nothing;
	sim_run(s, 30 * NSEC_PER_SEC);
	for (size_t i = 0; i < s->n_captured && i < PACKETS_MAX; i++) {
		struct record r = {.n = 0};

		put_packet(&r, s, &s->captured[i], s->captured[i].ts - last, next);
		last = s->captured[i].ts;
		fputc(r.n, f);
		fwrite(r.b, r.n, 1, f);
	}
	sim_free(s);
	engine_free(e);
}

int
main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("usage: seed_engine DIRECTORY COUNT\n", stderr);
		return 2;
	}
	for (uint64_t n = 0; n < strtoull(argv[2], NULL, 10); n++) {
		char *path = xasprintf("%s/sim%02llu", argv[1], (unsigned long long)n);
		FILE *f = fopen(path, "wb");

		if (!f)
			die("%s: cannot be written", path);
		write_seed(f, n);
		if (fclose(f) != 0)
			die("%s: not written", path);
		free(path);
	}
	return 0;
}
