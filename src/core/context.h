/* SPDX-License-Identifier: MIT */
/*
 * context: what every part of the core works on, in one struct of plain fields. The engine embeds
 * it and sets it up; everything below the engine gets a pointer to it and never sees the engine or
 * its lock.
 */
#ifndef TCPLENS_CORE_CONTEXT_H
#define TCPLENS_CORE_CONTEXT_H

#include "core/facts.h"

struct conn;

/* Where a write goes when the pool has no room left: never read, so what is written is lost. */
union scratch;

struct core {
	struct table *table;	/* the connections */
	struct pool *pool;	/* memory of what grows with trouble */
	struct history *log;	/* the kept segments of all connections */
	struct coverage *coverage; /* the capture's time, and the hosts seen in it */
	struct syn_memory *syns; /* the latest SYNs */
	struct dedup *dedup;	/* the latest packets, to recognise copies */
	union scratch *scratch;
	struct totals counts;
	struct engine_sink sink;
	unsigned hz;		/* timer ticks per second of the senders' kernels */
	bool history;		/* segments are kept */
	bool live;		/* packets come as they are captured: see engine_set_live() */
	bool frozen;		/* a snapshot is being shown: see before_change */
	nsec now;		/* time of the newest packet or tick; never runs backwards */
	/* Called, while frozen, before a connection changes or goes, so that its old facts can be
	 * kept for the frozen screens. */
	void (*before_change)(struct core *core, struct conn *c);
	/* Called once for each connection when it is over or leaves the table: emits it. */
	void (*report)(struct core *core, struct conn *c);
};

struct engine;
/* The context inside an engine; for tests. */
struct core *engine_core(struct engine *e);

#endif
