/* SPDX-License-Identifier: MIT */
/*
 * engine: the only file with a lock. Every critical section does a bounded amount of work; a batch
 * is hashed and its memory asked for before it is applied, because a packet costs cache misses, not
 * arithmetic.
 */
#include "core/freeze.h"
#include "core/seglog.h"
#include "core/track.h"
#include "core/txq.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define SCAN_SLICE   64 /* connections looked at per call of engine_scan */
/* Packets whose ends are fetched while one is applied; twice as many: whose connections. */
#define AHEAD	     4
#define SLICE	     16 /* packets applied per critical section */
#define TICK_SLICE   64
#define CLOSED_QUIET (65 * NSEC_PER_SEC) /* after TIME-WAIT nothing more comes */
#define FAILED_QUIET (5 * NSEC_PER_SEC)	 /* a refused SYN may be tried again at once */

struct engine {
	pthread_mutex_t lock;
	struct table table;
	struct pool *pool;
	struct copies *copies;
	struct seglog log;
	bool history;
	unsigned hz;
	union scratch scratch;
	struct engine_sink sink;
	struct totals counts;
	nsec now; /* never runs backwards */
	struct freeze freeze;
};

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

/* ---- for the files of core ---- */

struct pool *
engine_pool(struct engine *e)
{
	return e->pool;
}

union scratch *
engine_scratch(struct engine *e)
{
	return &e->scratch;
}

unsigned
engine_hz(const struct engine *e)
{
	return e->hz;
}

bool
engine_remembers(const struct engine *e)
{
	return e->history;
}

struct table *
engine_table(struct engine *e)
{
	return &e->table;
}

struct copies *
engine_copies(struct engine *e)
{
	return e->copies;
}

struct totals *
engine_counts(struct engine *e)
{
	return &e->counts;
}

const struct engine_sink *
engine_sink(const struct engine *e)
{
	return &e->sink;
}

void
seglog_append(struct engine *e, struct conn *c, const struct segment *s)
{
	seglog_add(&e->log, c, s);
}

void
engine_amend(struct engine *e, struct conn *c, uint32_t log, bool final)
{
	struct segment *s = seglog_get(c, log);

	if (!s)
		return;
	if (final)
		s->pending = false;
	if (e->sink.amend)
		e->sink.amend(e->sink.ctx, s);
}

/* ---- freeze: a connection is copied before its first change after the freeze ---- */

void
engine_touch(struct engine *e, struct conn *c)
{
	if (UNLIKELY(e->freeze.on) && !e->freeze.shadows[c->slot])
		freeze_keep(&e->freeze, c);
}

/* What takes as long as there are connections is done before and after the lock. */
void
engine_freeze(struct engine *e, bool frozen)
{
	struct shadow **fresh = frozen ? calloc(e->table.capacity, sizeof(*fresh)) : NULL;
	struct shadow **old = NULL;
	uint32_t n = 0;

	engine_lock(e);
	if (frozen && !e->freeze.on) {
		e->freeze.shadows = fresh;
		e->freeze.on = fresh;
		e->freeze.now = e->now;
		e->freeze.first_id = e->table.next_id;
		e->freeze.n_remains = 0;
		e->freeze.totals = e->counts;
		e->freeze.totals.tracked = e->table.used;
		fresh = NULL;
	} else if (!frozen && e->freeze.on) {
		old = e->freeze.shadows;
		n = e->table.fresh;
		e->freeze.shadows = NULL;
		e->freeze.on = false;
	}
	e->counts.change++;
	engine_unlock(e);
	freeze_free(old, n);
	free(fresh);
}

/* ---- ends ---- */

static void
verdicts_count(struct engine *e, const struct conn_detail *d)
{
	for (int i = 0; i < d->n_verdicts; i++)
		e->counts.verdicts[d->verdicts[i].code]++;
}

void
engine_report(struct engine *e, struct conn *c)
{
	struct conn_detail d;

	if (c->flags & C_REPORTED)
		return;
	c->flags |= C_REPORTED;
	cause_close(e, c);
	detail_fill(c, nsec_max(e->now, c->last), &d);
	verdicts_count(e, &d);
	if (e->sink.connection)
		e->sink.connection(e->sink.ctx, &d);
}

static void
conn_drop(struct engine *e, struct conn *c)
{
	engine_touch(e, c);
	for (int i = 0; c->half && i < 2; i++)
		half_release(e, &c->half[i]);
	if (c->aside != &aside_none)
		pool_put(e->pool, conn_aside(e, c), sizeof(*c->aside));
	seglog_drop(&e->log, c);
	table_remove(&e->table, c);
}

static void
conn_evict(struct engine *e, struct conn *c)
{
	if (c->end_cause == END_OPEN)
		c->end_cause = END_EVICTED;
	e->counts.evicted++;
	engine_report(e, c);
	conn_drop(e, c);
}

/* The oldest of a class by its latest packet: those that spoke since they were queued go to the
 * young end again, so packets need not move them. */
static struct conn *
oldest_quiet(struct engine *e, enum conn_class cls)
{
	for (int i = 0; i < 32; i++) {
		struct conn *c = table_oldest(&e->table, cls);

		if (!c)
			return NULL;
		if (c->pins == 0 && (c->last <= c->queued || i == 31))
			return c;
		table_requeue(&e->table, c, c->last);
	}
	return NULL;
}

bool
engine_make_room(struct engine *e, nsec now)
{
	(void)now;
	if (e->table.used < e->table.capacity)
		return true;
	for (int cls = 0; cls < CLASS_COUNT; cls++) {
		struct conn *c = oldest_quiet(e, (enum conn_class)cls);

		if (c) {
			conn_evict(e, c);
			return true;
		}
	}
	return false;
}

/* Reports ended connections once they have been quiet, oldest first; whether there may be more. */
static bool
report_quiet(struct engine *e)
{
	for (int i = 0; i < TICK_SLICE; i++) {
		struct conn *c = table_oldest(&e->table, CLASS_ENDED);
		nsec quiet;

		if (!c)
			return false;
		quiet = c->end_cause == END_CLOSED ? CLOSED_QUIET : FAILED_QUIET;
		if (e->now - c->queued < quiet)
			return false;
		if (e->now - c->last < quiet) {
			table_requeue(&e->table, c, c->last);
			continue;
		}
		engine_report(e, c);
		table_class(&e->table, c, CLASS_DONE, e->now);
	}
	return true;
}

/* ---- public: life ---- */

static bool
engine_set_up(struct engine *e, const struct engine_config *cfg)
{
	size_t memory = cfg->memory ? cfg->memory : (size_t)256 << 20;

	e->history = cfg->history;
	e->hz = cfg->hz ? cfg->hz : 250;
	if (cfg->sink)
		e->sink = *cfg->sink;
	/* Revising a segment needs its record. */
	if (e->sink.segment)
		e->history = true;
	e->pool = pool_new(memory / 4);
	e->copies = copies_new();
	return e->pool && e->copies && seglog_init(&e->log, memory - memory / 4) &&
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
			pool_free_all(e->pool);
			copies_free(e->copies);
			seglog_done(&e->log);
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
	freeze_free(e->freeze.shadows, e->table.fresh);
	table_done(&e->table);
	seglog_done(&e->log);
	pool_free_all(e->pool);
	copies_free(e->copies);
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

/* A batch on its way: whose each packet will be, to have their memory asked for in time. */
struct batch {
	const struct packet *p;
	size_t n;
	uint64_t hash[ENGINE_BATCH];
	const struct conn *likely[ENGINE_BATCH];
};

/* While packet i is applied. */
static void
fetch_ahead(const struct engine *e, struct batch *b, size_t i)
{
	size_t conn = i + 2 * AHEAD, ends = i + AHEAD, queue = i + 2;

	if (conn < b->n)
		b->likely[conn] = table_prefetch_conn(&e->table, b->hash[conn], e->history);
	if (ends < b->n)
		table_prefetch_ends(b->likely[ends], &b->p[ends]);
	if (queue < b->n) {
		table_prefetch_queue(b->likely[queue], &b->p[queue]);
		copies_prefetch(e->copies, &b->p[queue]);
	}
}

static void
fetch_first(const struct engine *e, struct batch *b)
{
	for (size_t i = 0; i < b->n && i < 2 * AHEAD; i++)
		b->likely[i] = table_prefetch_conn(&e->table, b->hash[i], e->history);
	for (size_t i = 0; i < b->n && i < AHEAD; i++)
		table_prefetch_ends(b->likely[i], &b->p[i]);
}

/* Packets [from, from + SLICE) of a batch: who waits for the lock waits for few packets. */
static void
ingest_slice(struct engine *e, struct batch *b, size_t from)
{
	size_t end = from + SLICE < b->n ? from + SLICE : b->n;

	engine_lock(e);
	if (from == 0)
		fetch_first(e, b);
	count_packets(&e->counts, &b->p[from], end - from);
	for (size_t i = from; i < end; i++) {
		fetch_ahead(e, b, i);
		e->now = nsec_max(e->now, b->p[i].ts);
		track_packet(e, &b->p[i], b->hash[i]);
	}
	e->counts.change++;
	engine_unlock(e);
}

void
engine_ingest(struct engine *e, const struct packet *p, size_t n)
{
	struct batch b;

	assert(n <= ENGINE_BATCH);
	b.p = p;
	b.n = n;
	/* A packet may need two: ends for the SYN that was there, and a new use of the tuple. */
	table_prepare(&e->table, 2 * (uint32_t)n);
	pool_prepare(e->pool);
	if (e->history)
		pool_prepare(e->log.pool);
	for (size_t i = 0; i < n; i++) {
		b.hash[i] = table_hash(&e->table, &p[i]);
		table_prefetch_index(&e->table, b.hash[i]);
	}
	for (size_t i = 0; i < n; i += SLICE)
		ingest_slice(e, &b, i);
}

void
engine_count(struct engine *e, const uint64_t counts[DECODE_RESULT_COUNT])
{
	engine_lock(e);
	for (int i = 0; i < DECODE_RESULT_COUNT; i++)
		if (i != DECODE_TCP && i != DECODE_ICMP) {
			e->counts.decode[i] += counts[i];
			e->counts.packets += counts[i];
		}
	engine_unlock(e);
}

void
engine_tick(struct engine *e, nsec now)
{
	bool more;

	do {
		engine_lock(e);
		if (now > e->now)
			e->now = now;
		more = report_quiet(e);
		engine_unlock(e);
	} while (more);
}

void
engine_finish(struct engine *e)
{
	engine_lock(e);
	for (uint32_t i = 0; i < e->table.fresh; i++) {
		table_prefetch_whole(&e->table, i + 2, i + 6);
		if (e->table.conns[i].id)
			engine_report(e, &e->table.conns[i]);
	}
	e->counts.change++;
	engine_unlock(e);
}

void
engine_clear(struct engine *e)
{
	engine_lock(e);
	for (uint32_t i = 0; i < e->table.fresh; i++) {
		struct conn *c = &e->table.conns[i];

		if (c->id && !c->pins) {
			engine_report(e, c);
			conn_drop(e, c);
		}
	}
	e->counts.change++;
	engine_unlock(e);
}

/* ---- public: any thread ---- */

void
engine_totals(struct engine *e, struct totals *out)
{
	engine_lock(e);
	*out = e->counts;
	out->tracked = e->table.used;
	if (e->freeze.on) {
		*out = e->freeze.totals;
		out->packets = e->counts.packets;
		out->change = e->counts.change;
	}
	out->now = e->now;
	out->history_lost = e->log.lost;
	engine_unlock(e);
}

/* Facts of the slot as the asker may see it: of the frozen moment, or now. false: nobody there. */
static bool
slot_facts(const struct engine *e, uint32_t slot, nsec now, struct conn_facts *out)
{
	const struct shadow *s = freeze_shadow(&e->freeze, slot);
	const struct conn *c = &e->table.conns[slot];

	if (s) {
		*out = s->facts;
		return !s->born;
	}
	if (c->id == 0 || (e->freeze.on && c->id >= e->freeze.first_id))
		return false;
	facts_fill(c, e->freeze.on ? e->freeze.now : now, out);
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
	const struct shadow *s;
	bool frozen;

	engine_lock(e);
	s = ref.slot < e->table.fresh ? freeze_shadow(&e->freeze, ref.slot) : NULL;
	c = table_at(&e->table, ref);
	frozen = s && !s->born && connref_equal(s->facts.ref, ref);
	if (frozen)
		freeze_detail(s, c, out);
	else if (c)
		detail_fill(c, e->freeze.on ? e->freeze.now : now, out);
	engine_unlock(e);
	return frozen || c;
}

size_t
engine_segments(struct engine *e, struct connref ref, uint64_t first, size_t n, struct segment *out,
		uint64_t *total, uint64_t *lost)
{
	const struct conn *c;
	const struct shadow *s;
	size_t copied = 0;

	*total = *lost = 0;
	engine_lock(e);
	c = table_at(&e->table, ref);
	if (c) {
		s = freeze_shadow(&e->freeze, ref.slot);
		copied = seglog_copy(c, first, n, s ? s->log_next : UINT32_MAX, out, total);
		*lost = c->log_lost;
	}
	engine_unlock(e);
	return copied;
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
