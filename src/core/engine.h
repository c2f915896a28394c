/* SPDX-License-Identifier: MIT */
/*
 * engine: TCP connections as one capture point sees them. Deterministic: the input is decoded
 * packets and the time, the output is facts copied on request. No clock, no I/O, no gettext, no
 * capture library.
 *
 * Threads: one thread ingests, any thread may ask. The lock is inside engine.c; every call does a
 * bounded amount of work per critical section.
 */
#ifndef TCPLENS_CORE_ENGINE_H
#define TCPLENS_CORE_ENGINE_H

#include "core/facts.h"

struct engine_config {
	uint32_t max_connections; /* 1 … 2^24 */
	size_t memory;		  /* bytes for segment history and unacknowledged lists */
	bool history;		  /* keep segments for engine_segments */
	size_t history_memory;	  /* bytes of `memory` for that; 0: three quarters */
	uint64_t seed;		  /* of the hash; random, packets are chosen by strangers */
	unsigned hz;		  /* of the senders' kernels, for lateness: 250 when 0 */
	const struct engine_sink *sink; /* or NULL; copied */
};

struct engine;

/* NULL and err when the budgets cannot be had. */
struct engine *engine_new(const struct engine_config *cfg, struct err *err);
void engine_free(struct engine *e);

/* ---- capture thread ---- */
/* Packets come as they are captured: whatever is not captured until now is not there. At first, and
 * for files, only what the packets themselves cover is. */
void engine_set_live(struct engine *e, bool live);
/* Applies segments and ICMP errors in order. n ≤ ENGINE_BATCH. */
#define ENGINE_BATCH 128
void engine_ingest(struct engine *e, const struct packet *p, size_t n);
/* Counts frames that gave no packet, by result; counts[DECODE_TCP] and [DECODE_ICMP] do not
 * count. */
void engine_count(struct engine *e, const uint64_t counts[DECODE_RESULT_COUNT]);
/* Time has passed, a second or so: reports the connections that ended and have been quiet since. */
void engine_tick(struct engine *e, nsec now);
/* The input is over: gives every connection to the sink. */
void engine_finish(struct engine *e);
/* Reports and drops all connections but the pinned ones; their numbers go on. */
void engine_clear(struct engine *e);

/* ---- any thread ---- */
void engine_totals(struct engine *e, struct totals *out);

typedef bool match_fn(const void *arg, const struct conn_facts *f);
/* Dense sort key of a row: smaller comes first. */
typedef int64_t key_fn(const void *arg, const struct conn_facts *f);

struct scan_item {
	struct connref ref;
	int64_t key;
};

/* Walks the table in slices: *cursor 0 begins, UINT32_MAX returned in it says done. Looks at a
 * bounded number of connections, writes at most max items that match (match NULL: all), returns
 * how many. match and key run under the lock: pure and quick. now: for what depends on time. */
size_t engine_scan(struct engine *e, uint32_t *cursor, nsec now, match_fn *match, key_fn *key,
		   const void *arg, struct scan_item *out, size_t max);
/* Copies the facts of n ≤ 256 connections; a stale ref gives ref.gen 0. */
void engine_rows(struct engine *e, nsec now, const struct connref *refs, size_t n,
		 struct conn_facts *out);
/* false: a stale ref. */
bool engine_detail(struct engine *e, nsec now, struct connref ref, struct conn_detail *out);
/* Kept segments [first, first+n) of the connection, oldest first, n ≤ 512; returns how many
 * were written. *total: how many are kept; *lost: older ones no longer kept. */
size_t engine_segments(struct engine *e, struct connref ref, uint64_t first, size_t n,
		       struct segment *out, uint64_t *total, uint64_t *lost);
/* What is kept of the connection's segments. false: a stale ref. */
bool engine_history(struct engine *e, struct connref ref, struct history_facts *out);
/* Place of the nearest kept segment with any of `marks` (see segment_marks()), from place `from` on
 * (forward) or before it; −1: there is none. Releases the lock between slices. */
int64_t engine_find_segment(struct engine *e, struct connref ref, uint64_t from, bool forward,
			    uint32_t marks);
/* Fills out[q->n] from the kept segments; all counts 0 for a stale ref. Releases the lock between
 * slices. */
void engine_series(struct engine *e, struct connref ref, const struct series_query *q,
		   struct series_point *out);

typedef void visit_fn(void *arg, const struct conn_facts *f);
/* Calls fn for a bounded number of connections: for aggregates. The cursor as in engine_scan(). fn
 * runs under the lock: it must be quick and may not call the engine. */
void engine_visit(struct engine *e, uint32_t *cursor, nsec now, visit_fn *fn, void *arg);
/* Keeps a connection from being evicted while a screen shows it (counted). */
void engine_pin(struct engine *e, struct connref ref, bool pin);
/* Freezes what scan, rows, detail, segments and totals show at this moment; tracking goes on.
 * engine_totals then still counts live packets: .packets minus those at the freeze = "+N". false:
 * no memory, nothing is frozen. */
bool engine_freeze(struct engine *e, bool frozen);

#endif
