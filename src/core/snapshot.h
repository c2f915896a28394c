/* SPDX-License-Identifier: MIT */
/*
 * freeze: PRIVATE to core. What a frozen screen shows: a connection is copied before its first
 * change after the freeze, the others are as they were. Used under the engine's lock.
 */
#ifndef TCPLENS_FREEZE_H
#define TCPLENS_FREEZE_H

#include "core/flow/flow.h"

/* What a detail says beside the facts, without the room for what it might say. */
struct snapshot_rest {
	struct ladder_facts half[2];
	struct time_facts time;
	uint32_t icmp_total;
	uint8_t n_icmp, n_verdicts;
	struct icmp_record icmp[ICMP_KEPT];
	struct verdict verdicts[];
};

/* A connection that has changed since. */
struct snapshot {
	struct conn_facts facts;
	struct snapshot_rest *rest; /* NULL: the facts say all, or it is not among the first many */
	uint32_t log_next;
	bool born; /* after the freeze: not shown */
};

struct freeze {
	bool on;
	nsec now;
	uint64_t first_id; /* of the connections born after it */
	size_t n_rests;
	struct conn_detail room; /* for the one being copied */
	struct snapshot **snapshots; /* by slot */
	struct totals totals;
};

void snapshot_keep(struct freeze *f, const struct core *core, const struct conn *c);
/* c: the connection as it is now, NULL when it is gone. */
void snapshot_detail(const struct snapshot *s, const struct conn *c, struct conn_detail *out);
void snapshots_free(struct snapshot **snapshots, uint32_t n);

static inline const struct snapshot *
snapshot_of(const struct freeze *f, uint32_t slot)
{
	return f->on ? f->snapshots[slot] : NULL;
}

#endif
