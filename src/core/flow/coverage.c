/* SPDX-License-Identifier: MIT */
/* coverage: what the capture covers in time, and which hosts were seen. */
#include "core/flow/coverage.h"

#include <stdlib.h>
#include <string.h>

#define JUMP      (600 * NSEC_PER_SEC) /* so long without any packet: the capture was interrupted */
#define PERIODS   16
#define LINE_BITS 10
#define LINE      4 /* hosts, or pairs */

/* A time in which the capture ran on. */
struct period {
	nsec begin, end;
};

struct host {
	uint32_t key; /* digest of the address; 0: none */
	uint8_t ttl;  /* of its packets, 0 unknown */
	nsec last;    /* latest packet from or to it */
};

struct coverage {
	struct host_line {
		struct host host[LINE]; /* latest first */
	} lines[1 << LINE_BITS];
	struct way_line {
		uint32_t key[LINE]; /* digests of sender and receiver, latest first; 0: none */
	} ways[1 << LINE_BITS];
	struct period period[PERIODS]; /* ring, the present one at `now` */
	unsigned n, now;
};

struct coverage *
coverage_new(void)
{
	return calloc(1, sizeof(struct coverage));
}

void
coverage_free(struct coverage *v)
{
	free(v);
}

/* ---- time ---- */

static void
period_begin(struct coverage *v, nsec ts)
{
	v->now = v->n > 0 ? (v->now + 1) % PERIODS : 0;
	v->n += v->n < PERIODS;
	v->period[v->now] = (struct period){ts, ts};
}

void
coverage_clock(struct coverage *v, nsec ts)
{
	struct period *p = &v->period[v->now];

	if (v->n == 0 || ts - p->end > JUMP || p->end - ts > JUMP)
		period_begin(v, ts);
	else if (ts > p->end)
		p->end = ts;
}

/* The end of the latest period that a moment belongs to. */
static nsec
period_end(const struct coverage *v, nsec at)
{
	for (unsigned i = 0; i < v->n; i++) {
		const struct period *p = &v->period[(v->now + PERIODS - i) % PERIODS];

		if (p->begin <= at && at <= p->end)
			return p->end;
	}
	return at;
}

/* ---- hosts ---- */

static uint32_t
host_key(const uint8_t addr[16])
{
	uint64_t part[2];

	memcpy(part, addr, sizeof(part));
	part[0] = (part[0] ^ part[1] * UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xd6e8feb86659fd93);
	return (uint32_t)(part[0] >> 32) | 1;
}

static struct host_line *
line_of(const struct coverage *v, uint32_t key)
{
	return (struct host_line *)(uintptr_t)&v->lines[key >> (32 - LINE_BITS)];
}

static const struct host *
host_find(const struct coverage *v, const uint8_t addr[16])
{
	const uint32_t key = host_key(addr);
	const struct host_line *line = line_of(v, key);

	for (int i = 0; i < LINE; i++)
		if (line->host[i].key == key)
			return &line->host[i];
	return NULL;
}

/* Moves the host to the front of its line; the one that was last makes room. */
static struct host *
host_get(struct coverage *v, const uint8_t addr[16])
{
	const uint32_t key = host_key(addr);
	struct host_line *line = line_of(v, key);
	struct host h = {.key = key};
	int i = 0;

	while (i < LINE - 1 && line->host[i].key != key)
		i++;
	if (line->host[i].key == key)
		h = line->host[i];
	for (; i > 0; i--)
		line->host[i] = line->host[i - 1];
	line->host[0] = h;
	return &line->host[0];
}

/* ---- from one host to another ---- */

static uint32_t
way_key(const uint8_t from[16], const uint8_t to[16])
{
	const uint64_t digests = (uint64_t)host_key(from) << 32 | host_key(to);

	return (uint32_t)(digests * UINT64_C(0x9e3779b97f4a7c15) >> 32) | 1;
}

/* Moves the way to the front of its line; the one that was last makes room. */
static void
way_note(struct coverage *v, uint32_t key)
{
	struct way_line *line = &v->ways[key >> (32 - LINE_BITS)];
	int i = 0;

	while (i < LINE - 1 && line->key[i] != key)
		i++;
	memmove(&line->key[1], &line->key[0], (size_t)i * sizeof(line->key[0]));
	line->key[0] = key;
}

bool
coverage_heard(const struct coverage *v, const uint8_t from[16], const uint8_t to[16])
{
	const uint32_t key = way_key(from, to);
	const struct way_line *line = &v->ways[key >> (32 - LINE_BITS)];

	for (int i = 0; i < LINE; i++)
		if (line->key[i] == key)
			return true;
	return false;
}

/* ---- packets ---- */

void
coverage_packet(struct coverage *v, const struct packet *p, uint8_t ttl)
{
	struct host *h = host_get(v, p->src);

	h->last = p->ts;
	if (ttl)
		h->ttl = ttl;
	host_get(v, p->dst)->last = p->ts;
	way_note(v, way_key(p->src, p->dst));
}

uint8_t
coverage_ttl(const struct coverage *v, const uint8_t addr[16])
{
	const struct host *h = host_find(v, addr);

	return h ? h->ttl : 0;
}

nsec
coverage_until(const struct coverage *v, const struct endpoint end[2], nsec last, nsec until)
{
	const nsec newest = v->period[v->now].end, period = period_end(v, last);
	nsec seen = last;

	for (int i = 0; i < 2; i++) {
		const struct host *h = host_find(v, end[i].addr);

		seen = h ? nsec_max(seen, h->last) : seen;
	}
	/* Nothing newer was captured of anybody: time goes on while the capture waits. */
	if (seen >= newest && period == newest)
		return until;
	return nsec_min(nsec_min(seen, period), until);
}
