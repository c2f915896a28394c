/* SPDX-License-Identifier: MIT */
/*
 * engine: the only file with a lock. Every critical section does a bounded amount of work. A batch
 * of packets is hashed and its memory prefetched before it is applied, because a packet costs cache
 * misses, not arithmetic.
 */
#include "core/engine.h"

#include "core/analysis/retransmit_needed.h"
#include "core/flow/cold.h"
#include "core/flow/coverage.h"
#include "core/flow/history.h"
#include "core/flow/lifecycle.h"
#include "core/flow/pool.h"
#include "core/flow/syn_memory.h"
#include "core/flow/conn_table.h"
#include "core/process.h"
#include "core/facts_fill.h"
#include "core/segment/dedup.h"
#include "core/series.h"
#include "core/snapshot.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define SCAN_SLICE   64 /* connections looked at per call of engine_scan */
/* Packets whose endpoints are fetched while one is applied; twice as many: whose connections. */
#define AHEAD	     4
#define SLICE	     16 /* packets applied per critical section */
#define FINISH_SLICE 32 /* connections reported per critical section */
#define CLEAR_SLICE  16 /* connections reported and dropped per critical section */
#define FIND_WORK    2048 /* segments looked at per critical section */

struct engine {
	pthread_mutex_t lock;
	struct core core; /* what everything below gets a pointer to */
	struct table table;
	struct history log;
	union scratch scratch;
	struct freeze freeze;
};

struct core *
engine_core(struct engine *e)
{
	return &e->core;
}

static void
engine_lock(struct engine *e)
{
	pthread_mutex_lock(&e->lock);
}

static void
engine_unlock(struct engine *e)
{
	pthread_mutex_unlock(&e->lock);
}

/* ---- what the core calls back ---- */

static struct engine *
engine_of(struct core *core)
{
	return (struct engine *)((char *)core - offsetof(struct engine, core));
}

/* A frozen connection is copied before its first change. */
static void
before_change(struct core *core, struct conn *c)
{
	struct engine *e = engine_of(core);

	if (!e->freeze.snapshots[c->slot])
		snapshot_keep(&e->freeze, core, c);
}

static void
report_connection(struct core *core, struct conn *c)
{
	struct conn_detail d;
	uint64_t verdicts = 0;

	retransmit_needed_close(core, c);
	detail_fill(core, c, nsec_max(core->now, c->last), &d);
	for (int i = 0; i < d.n_verdicts; i++) {
		core->counts.verdicts[d.verdicts[i].code]++;
		verdicts |= UINT64_C(1) << d.verdicts[i].code;
	}
	if (verdicts && c->half)
		conn_cold_get(core, c)->reported_verdicts = verdicts;
	if (core->sink.connection)
		core->sink.connection(core->sink.ctx, &d);
}

/* ---- freeze ---- */

static void
freeze_begin(struct engine *e, struct snapshot **snapshots)
{
	e->freeze.snapshots = snapshots;
	e->freeze.on = e->core.frozen = true;
	e->freeze.now = e->core.now;
	e->freeze.first_id = e->table.next_id;
	e->freeze.n_rests = 0;
	e->freeze.totals = e->core.counts;
	e->freeze.totals.tracked = e->table.used;
}

/* Work that grows with the number of connections is done before and after the lock. */
bool
engine_freeze(struct engine *e, bool frozen)
{
	struct snapshot **fresh = frozen ? calloc(e->table.capacity, sizeof(*fresh)) : NULL;
	struct snapshot **old = NULL;
	uint32_t n = 0;
	bool on;

	engine_lock(e);
	if (fresh && !e->freeze.on) {
		freeze_begin(e, fresh);
		fresh = NULL;
	} else if (!frozen && e->freeze.on) {
		old = e->freeze.snapshots;
		n = e->table.fresh;
		e->freeze.snapshots = NULL;
		e->freeze.on = e->core.frozen = false;
	}
	on = e->freeze.on;
	e->core.counts.change++;
	engine_unlock(e);
	snapshots_free(old, n);
	free(fresh);
	return on == frozen;
}

/* ---- public: life ---- */

static bool
engine_set_up(struct engine *e, const struct engine_config *cfg)
{
	size_t memory = cfg->memory ? cfg->memory : (size_t)256 << 20;
	size_t history = memory - memory / 4;

	if (cfg->history_memory && cfg->history_memory < history)
		history = cfg->history_memory;
	e->core.history = cfg->history;
	e->core.hz = cfg->hz ? cfg->hz : 250;
	if (cfg->sink)
		e->core.sink = *cfg->sink;
	/* A segment can only be revised where it is kept. */
	if (e->core.sink.segment)
		e->core.history = true;
	e->core.table = &e->table;
	e->core.log = &e->log;
	e->core.scratch = &e->scratch;
	e->core.before_change = before_change;
	e->core.report = report_connection;
	e->core.pool = pool_new(memory / 4);
	e->core.dedup = dedup_new();
	e->core.coverage = coverage_new();
	e->core.syns = syn_memory_new();
	return e->core.pool && e->core.dedup && e->core.coverage && e->core.syns &&
	       history_init(&e->log, history) &&
	       table_init(&e->table, cfg->max_connections, cfg->seed);
}

struct engine *
engine_new(const struct engine_config *cfg, struct err *err)
{
	struct engine *e = calloc(1, sizeof(*e));

	if (!e || cfg->max_connections == 0 || cfg->max_connections > (UINT32_C(1) << 24) ||
	    !engine_set_up(e, cfg)) {
		err_set(err, "not enough memory for %u connections: lower --max-connections",
			cfg->max_connections);
		if (e) {
			pool_free_all(e->core.pool);
			dedup_free(e->core.dedup);
			coverage_free(e->core.coverage);
			syn_memory_free(e->core.syns);
			history_done(&e->log);
			free(e);
		}
		return NULL;
	}
	pthread_mutex_init(&e->lock, NULL);
	return e;
}

void
engine_free(struct engine *e)
{
	if (!e)
		return;
	snapshots_free(e->freeze.snapshots, e->table.fresh);
	table_done(&e->table);
	history_done(&e->log);
	pool_free_all(e->core.pool);
	dedup_free(e->core.dedup);
	coverage_free(e->core.coverage);
	syn_memory_free(e->core.syns);
	pthread_mutex_destroy(&e->lock);
	free(e);
}

/* ---- public: capture thread ---- */

static void
count_packets(struct totals *t, const struct packet *p, size_t n)
{
	uint32_t icmp = 0, truncated = 0;

	for (size_t i = 0; i < n; i++) {
		icmp += p[i].icmp_version != 0;
		truncated += p[i].truncated;
		if (t->first == 0)
			t->first = p[i].ts;
		t->last = nsec_max(t->last, p[i].ts);
	}
	t->packets += n;
	t->decode[DECODE_ICMP] += icmp;
	t->decode[DECODE_TCP] += n - icmp;
	t->segments += n - icmp;
	t->truncated += truncated;
}

/* A batch being applied, with the connection that each packet probably belongs to. */
struct batch {
	const struct packet *p;
	size_t n;
	uint64_t hash[ENGINE_BATCH];
	const struct conn *likely[ENGINE_BATCH];
};

/* Called while packet i is applied. */
static void
fetch_ahead(const struct engine *e, struct batch *b, size_t i)
{
	size_t conn = i + 2 * AHEAD, ends = i + AHEAD, queue = i + 2;

	if (conn < b->n)
		b->likely[conn] = table_prefetch_conn(&e->table, b->hash[conn], e->core.history);
	if (ends < b->n)
		table_prefetch_halves(b->likely[ends], &b->p[ends]);
	if (queue < b->n) {
		table_prefetch_queue(b->likely[queue], &b->p[queue]);
		dedup_prefetch(e->core.dedup, &b->p[queue]);
	}
}

static void
fetch_first(const struct engine *e, struct batch *b)
{
	for (size_t i = 0; i < b->n && i < 2 * AHEAD; i++)
		b->likely[i] = table_prefetch_conn(&e->table, b->hash[i], e->core.history);
	for (size_t i = 0; i < b->n && i < AHEAD; i++)
		table_prefetch_halves(b->likely[i], &b->p[i]);
}

/* Packets [from, from + SLICE) of a batch: another thread waits for the lock that long. */
static void
ingest_slice(struct engine *e, struct batch *b, size_t from)
{
	size_t end = from + SLICE < b->n ? from + SLICE : b->n;

	engine_lock(e);
	if (from == 0)
		fetch_first(e, b);
	count_packets(&e->core.counts, &b->p[from], end - from);
	for (size_t i = from; i < end; i++) {
		fetch_ahead(e, b, i);
		e->core.now = nsec_max(e->core.now, b->p[i].ts);
		coverage_clock(e->core.coverage, b->p[i].ts);
		process_packet(&e->core, &b->p[i], b->hash[i]);
	}
	e->core.counts.change++;
	engine_unlock(e);
}

void
engine_ingest(struct engine *e, const struct packet *p, size_t n)
{
	struct batch b;

	assert(n <= ENGINE_BATCH);
	b.p = p;
	b.n = n;
	/* A packet may need two: endpoints for a lone SYN, and a new connection of the tuple. */
	table_prepare(&e->table, 2 * (uint32_t)n);
	pool_prepare(e->core.pool);
	if (e->core.history)
		pool_prepare(e->log.pool);
	for (size_t i = 0; i < n; i++) {
		b.hash[i] = table_hash(&e->table, &p[i]);
		table_prefetch_index(&e->table, b.hash[i]);
	}
	for (size_t i = 0; i < n; i += SLICE)
		ingest_slice(e, &b, i);
}

void
engine_set_live(struct engine *e, bool live)
{
	engine_lock(e);
	e->core.live = live;
	engine_unlock(e);
}

void
engine_count(struct engine *e, const uint64_t counts[DECODE_RESULT_COUNT])
{
	engine_lock(e);
	for (int i = 0; i < DECODE_RESULT_COUNT; i++)
		if (i != DECODE_TCP && i != DECODE_ICMP) {
			e->core.counts.decode[i] += counts[i];
			e->core.counts.packets += counts[i];
		}
	engine_unlock(e);
}

void
engine_tick(struct engine *e, nsec now)
{
	bool more;

	do {
		engine_lock(e);
		if (now > e->core.now)
			e->core.now = now;
		more = report_quiet(&e->core);
		engine_unlock(e);
	} while (more);
}

/* End of a slice of at most n slots that begins at slot i. */
static uint32_t
slice_end(const struct engine *e, uint32_t i, uint32_t n)
{
	return n < e->table.fresh - i ? i + n : e->table.fresh;
}

void
engine_finish(struct engine *e)
{
	uint32_t i = 0, end;
	bool more;

	do {
		engine_lock(e);
		end = slice_end(e, i, FINISH_SLICE);
		for (; i < end; i++) {
			table_prefetch_whole(&e->table, i + 2, i + 6);
			if (e->table.conns[i].id)
				conn_report(&e->core, &e->table.conns[i]);
		}
		more = i < e->table.fresh;
		e->core.counts.change++;
		engine_unlock(e);
	} while (more);
}

/* Connections that are made meanwhile stay. */
void
engine_clear(struct engine *e)
{
	uint32_t i = 0, end;
	uint64_t first_id = 0;
	bool more;

	do {
		engine_lock(e);
		if (first_id == 0)
			first_id = e->table.next_id;
		end = slice_end(e, i, CLEAR_SLICE);
		for (; i < end; i++) {
			struct conn *c = &e->table.conns[i];

			if (c->id && c->id < first_id && !c->pins) {
				conn_report(&e->core, c);
				conn_drop(&e->core, c);
			}
		}
		more = i < e->table.fresh;
		e->core.counts.change++;
		engine_unlock(e);
	} while (more);
}

/* ---- public: any thread ---- */

void
engine_totals(struct engine *e, struct totals *out)
{
	engine_lock(e);
	*out = e->core.counts;
	out->tracked = e->table.used;
	if (e->freeze.on) {
		*out = e->freeze.totals;
		out->packets = e->core.counts.packets;
		out->change = e->core.counts.change;
	}
	out->now = e->core.now;
	out->history_lost = e->log.lost;
	engine_unlock(e);
}

/* Facts of the slot as they are shown: of the frozen moment, or now. false: no connection. */
static bool
slot_facts(const struct engine *e, uint32_t slot, nsec now, struct conn_facts *out)
{
	const struct snapshot *s = snapshot_of(&e->freeze, slot);
	const struct conn *c = &e->table.conns[slot];

	if (s) {
		*out = s->facts;
		return !s->born;
	}
	if (c->id == 0 || (e->freeze.on && c->id >= e->freeze.first_id))
		return false;
	facts_fill(&e->core, c, e->freeze.on ? e->freeze.now : now, out);
	return true;
}

size_t
engine_scan(struct engine *e, uint32_t *cursor, nsec now, match_fn *match, key_fn *key,
	    const void *arg, struct scan_item *out, size_t max)
{
	struct conn_facts f;
	size_t n = 0;
	uint32_t stop;

	engine_lock(e);
	stop = *cursor + SCAN_SLICE;
	if (stop > e->table.fresh)
		stop = e->table.fresh;
	for (; *cursor < stop && n < max; ++*cursor) {
		if (!slot_facts(e, *cursor, now, &f) || (match && !match(arg, &f)))
			continue;
		out[n++] = (struct scan_item){f.ref, key ? key(arg, &f) : 0};
	}
	if (*cursor >= e->table.fresh)
		*cursor = UINT32_MAX;
	engine_unlock(e);
	return n;
}

void
engine_visit(struct engine *e, uint32_t *cursor, nsec now, visit_fn *fn, void *arg)
{
	struct conn_facts f;
	uint32_t stop;

	engine_lock(e);
	for (stop = slice_end(e, *cursor, SCAN_SLICE); *cursor < stop; ++*cursor)
		if (slot_facts(e, *cursor, now, &f))
			fn(arg, &f);
	if (*cursor >= e->table.fresh)
		*cursor = UINT32_MAX;
	engine_unlock(e);
}

void
engine_rows(struct engine *e, nsec now, const struct connref *refs, size_t n,
	    struct conn_facts *out)
{
	engine_lock(e);
	for (size_t i = 0; i < n; i++)
		if (refs[i].slot >= e->table.fresh || !slot_facts(e, refs[i].slot, now, &out[i]) ||
		    !connref_equal(out[i].ref, refs[i])) {
			memset(&out[i], 0, sizeof(out[i]));
			out[i].ref.slot = refs[i].slot;
		}
	engine_unlock(e);
}

bool
engine_detail(struct engine *e, nsec now, struct connref ref, struct conn_detail *out)
{
	const struct conn *c;
	const struct snapshot *s;
	bool frozen;

	engine_lock(e);
	s = ref.slot < e->table.fresh ? snapshot_of(&e->freeze, ref.slot) : NULL;
	c = table_at(&e->table, ref);
	frozen = s && !s->born && connref_equal(s->facts.ref, ref);
	if (frozen)
		snapshot_detail(s, c, out);
	else if (c)
		detail_fill(&e->core, c, e->freeze.on ? e->freeze.now : now, out);
	engine_unlock(e);
	return frozen || c;
}

/* The connection and how many of its segments the asker may see; NULL: a stale ref. */
static const struct conn *
visible_history(const struct engine *e, struct connref ref, uint32_t *limit)
{
	const struct conn *c = table_at(&e->table, ref);
	const struct snapshot *s = c ? snapshot_of(&e->freeze, ref.slot) : NULL;

	*limit = s ? s->log_next : UINT32_MAX;
	return c;
}

size_t
engine_segments(struct engine *e, struct connref ref, uint64_t first, size_t n, struct segment *out,
		uint64_t *total, uint64_t *lost)
{
	const struct conn *c;
	uint32_t limit;
	size_t copied = 0;

	*total = *lost = 0;
	engine_lock(e);
	c = visible_history(e, ref, &limit);
	if (c) {
		copied = history_copy(c, first, n, limit, out);
		*total = history_kept(c, limit);
		*lost = c->log_lost;
	}
	engine_unlock(e);
	return copied;
}

bool
engine_history(struct engine *e, struct connref ref, struct history_facts *out)
{
	const struct conn *c;
	uint32_t limit;

	memset(out, 0, sizeof(*out));
	engine_lock(e);
	c = visible_history(e, ref, &limit);
	if (c)
		*out = (struct history_facts){history_kept(c, limit), c->log_lost, history_gap(c)};
	engine_unlock(e);
	return c;
}

int64_t
engine_find_segment(struct engine *e, struct connref ref, uint64_t from, bool forward,
		    uint32_t marks)
{
	const struct conn *c;
	uint32_t limit;
	bool done;

	do {
		engine_lock(e);
		c = visible_history(e, ref, &limit);
		done = !c || find_segment(c, &from, forward, marks, limit, FIND_WORK);
		engine_unlock(e);
	} while (!done);
	return c && from != UINT64_MAX ? (int64_t)from : -1;
}

void
engine_series(struct engine *e, struct connref ref, const struct series_query *q,
	      struct series_point *out)
{
	uint64_t place = 0;
	bool begun = false, done;

	assert(q->t1 > q->t0);
	memset(out, 0, q->n * sizeof(*out));
	do {
		const struct conn *c;
		uint32_t limit;

		engine_lock(e);
		c = visible_history(e, ref, &limit);
		if (c && !begun)
			place = series_begin(c, q->t0, limit);
		begun = true;
		done = !c || series_add(c, &place, q, limit, FIND_WORK, out);
		engine_unlock(e);
	} while (!done);
}

void
engine_pin(struct engine *e, struct connref ref, bool pin)
{
	struct conn *c;

	engine_lock(e);
	c = table_at(&e->table, ref);
	if (c && pin && c->pins < UINT8_MAX)
		c->pins++;
	else if (c && !pin && c->pins > 0)
		c->pins--;
	engine_unlock(e);
}
