/* SPDX-License-Identifier: MIT */
/*
 * server_stats: connections summed up by their server. Bounded: what finds no room is summed up in
 * one entry for all other servers.
 */
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define FIRST_SLOTS  256
#define RECENT_COUNT 65536 /* connections whose earlier report can be taken back */

/* What one report of a connection added, so that a later revision can replace it. */
struct contribution {
	uint64_t id; /* 0: none */
	uint32_t server;
	uint64_t counts[SERVER_COUNT_COUNT];
	uint64_t verdicts; /* bit per code */
};

struct server_table {
	struct server_stats *at;
	size_t n, capacity, max;
	uint32_t *slots;   /* index of an entry, starting at 1; 0: free */
	size_t slot_count; /* a power of two, at least twice n */
	uint64_t seed;
	struct server_stats others;
	struct contribution *recent; /* by id modulo RECENT_COUNT */
};

struct server_table *
server_table_new(size_t max, uint64_t seed)
{
	struct server_table *t = xcalloc(1, sizeof(*t));

	t->max = max;
	t->seed = seed;
	t->slot_count = FIRST_SLOTS;
	t->slots = xcalloc(t->slot_count, sizeof(*t->slots));
	t->recent = xcalloc(RECENT_COUNT, sizeof(*t->recent));
	return t;
}

void
server_table_free(struct server_table *t)
{
	if (!t)
		return;
	free(t->at);
	free(t->slots);
	free(t->recent);
	free(t);
}

/* ---- finding a server ---- */

static bool
same_endpoint(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && memcmp(a->addr, b->addr, sizeof(a->addr)) == 0;
}

/* The slot of a server, or the free one where it belongs. */
static uint32_t *
slot_of(const struct server_table *t, const struct endpoint *e)
{
	size_t i = XXH3_64bits_withSeed(e->addr, sizeof(e->addr), t->seed + e->port);

	for (;; i++) {
		uint32_t *slot = &t->slots[i & (t->slot_count - 1)];

		if (*slot == 0 || same_endpoint(&t->at[*slot - 1].end, e))
			return slot;
	}
}

static void
grow(struct server_table *t)
{
	t->capacity = t->capacity * 2 + 16;
	t->at = xreallocarray(t->at, t->capacity, sizeof(*t->at));
	if (t->capacity * 2 <= t->slot_count)
		return;
	while (t->slot_count < t->capacity * 2)
		t->slot_count *= 2;
	free(t->slots);
	t->slots = xcalloc(t->slot_count, sizeof(*t->slots));
	for (size_t i = 0; i < t->n; i++)
		*slot_of(t, &t->at[i].end) = (uint32_t)i + 1;
}

/* Number of the server's entry, starting at 1; 0: the others. */
static uint32_t
server_number(struct server_table *t, const struct endpoint *e)
{
	uint32_t number = *slot_of(t, e);

	if (number != 0 || t->n == t->max)
		return number;
	if (t->n == t->capacity)
		grow(t);
	t->at[t->n] = (struct server_stats){.end = *e};
	number = (uint32_t)++t->n;
	*slot_of(t, e) = number;
	return number;
}

static struct server_stats *
server_at(struct server_table *t, uint32_t number)
{
	return number == 0 ? &t->others : &t->at[number - 1];
}

/* ---- adding ---- */

static struct contribution
contribution_of(const struct conn_facts *f)
{
	const struct half_facts *c = &f->half[CLIENT], *s = &f->half[SERVER];

	return (struct contribution){
		.id = f->id,
		.counts =
			{
				[SERVER_CONNECTIONS] = 1,
				[SERVER_OPEN] = f->end_cause == END_OPEN,
				[SERVER_REFUSED] =
					f->end_cause == END_REFUSED || f->end_cause == END_REJECTED,
				[SERVER_UNANSWERED] = f->end_cause == END_NO_ANSWER,
				[SERVER_RESET] = f->end_cause == END_RESET,
				[SERVER_TIMED_OUT] = f->end_cause == END_TIMED_OUT,
				[SERVER_SEGMENTS] = (uint64_t)c->segments + s->segments,
				[SERVER_RETRANSMISSIONS] =
					(uint64_t)c->retransmissions + s->retransmissions,
				[SERVER_BYTES_IN] = c->unique_bytes,
				[SERVER_BYTES_OUT] = s->unique_bytes,
			},
		.verdicts = f->verdict_set,
	};
}

/* Adds what a report said, or takes it back. */
static void
apply(struct server_stats *s, const struct contribution *c, bool add)
{
	for (int i = 0; i < SERVER_COUNT_COUNT; i++)
		s->counts[i] += add ? c->counts[i] : 0 - c->counts[i];
	for (uint64_t rest = c->verdicts; rest != 0; rest &= rest - 1)
		s->verdicts[__builtin_ctzll(rest)] += add ? 1 : UINT64_MAX;
}

/* The n-th value of a series replaces a random one when there is no more room, so that all have the
 * same chance to be kept. The same values give the same sample. */
static void
sample_add(struct duration_sample *s, nsec d)
{
	uint64_t i = s->n++;

	if (i >= ARRAY_LEN(s->kept))
		i = XXH3_64bits(&i, sizeof(i)) % s->n;
	if (i < ARRAY_LEN(s->kept))
		s->kept[i] = d;
}

void
server_table_add(struct server_table *t, const struct conn_facts *f)
{
	struct contribution *slot = &t->recent[f->id % RECENT_COUNT];
	struct contribution now = contribution_of(f);
	const bool again = slot->id == f->id;

	now.server = server_number(t, &f->end[SERVER]);
	struct server_stats *server = server_at(t, now.server);

	if (again)
		apply(server_at(t, slot->server), slot, false);
	else if (conn_rtt(f) >= 0)
		sample_add(&server->rtt, conn_rtt(f));
	apply(server, &now, true);
	*slot = now;
}

/* ---- reading ---- */

static int
compare_durations(const void *pa, const void *pb)
{
	const nsec a = *(const nsec *)pa, b = *(const nsec *)pb;

	return (a > b) - (a < b);
}

nsec
duration_quantile(const struct duration_sample *s, unsigned percent)
{
	nsec sorted[ARRAY_LEN(s->kept)];
	const size_t n = s->n < ARRAY_LEN(sorted) ? (size_t)s->n : ARRAY_LEN(sorted);

	if (n == 0)
		return -1;
	memcpy(sorted, s->kept, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), compare_durations);
	return sorted[(n - 1) * percent / 100];
}

char *
server_retransmission_text(const struct server_stats *s, char *out, size_t size)
{
	const uint64_t part = s->counts[SERVER_RETRANSMISSIONS], whole = s->counts[SERVER_SEGMENTS];
	struct text t = text_on(out, size);

	if (whole == 0) {
		text_add(&t, "-");
		return out;
	}
	const uint64_t thousandths = (part * 1000 + whole / 2) / whole;

	text_add(&t, "%llu.%llu%%", (unsigned long long)thousandths / 10,
		 (unsigned long long)thousandths % 10);
	return out;
}

static uint64_t
failures(const struct server_stats *s)
{
	return s->counts[SERVER_REFUSED] + s->counts[SERVER_UNANSWERED] + s->counts[SERVER_RESET] +
	       s->counts[SERVER_TIMED_OUT];
}

/* Most failures first, then most connections, then by address. */
static int
compare_servers(const void *pa, const void *pb)
{
	const struct server_stats *a = pa, *b = pb;

	if (failures(a) != failures(b))
		return failures(a) < failures(b) ? 1 : -1;
	if (a->counts[SERVER_CONNECTIONS] != b->counts[SERVER_CONNECTIONS])
		return a->counts[SERVER_CONNECTIONS] < b->counts[SERVER_CONNECTIONS] ? 1 : -1;
	const int order = memcmp(a->end.addr, b->end.addr, sizeof(a->end.addr));

	return order != 0 ? order : a->end.port - b->end.port;
}

size_t
server_table_sorted(const struct server_table *t, struct server_stats **out)
{
	*out = xcalloc(t->n, sizeof(**out));
	if (t->n > 0)
		memcpy(*out, t->at, t->n * sizeof(**out));
	qsort(*out, t->n, sizeof(**out), compare_servers);
	return t->n;
}

const struct server_stats *
server_table_others(const struct server_table *t)
{
	return &t->others;
}
