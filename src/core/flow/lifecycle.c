/* SPDX-License-Identifier: MIT */
/* lifecycle: see lifecycle.h. */
#include "core/flow/lifecycle.h"

#include "core/flow/cold.h"
#include "core/flow/history.h"
#include "core/flow/ledger.h"
#include "core/flow/sendq.h"
#include "core/flow/conn_table.h"

#define TICK_SLICE   64 /* connections looked at per call of report_quiet() */
#define CLOSED_QUIET (65 * NSEC_PER_SEC) /* after TIME-WAIT nothing more comes */
#define FAILED_QUIET (5 * NSEC_PER_SEC)	 /* a refused SYN may be repeated at once */

void
conn_touch(struct core *core, struct conn *c)
{
	if (UNLIKELY(core->frozen))
		core->before_change(core, c);
}

void
conn_report(struct core *core, struct conn *c)
{
	if (c->flags & C_REPORTED)
		return;
	c->flags |= C_REPORTED;
	core->report(core, c);
}

/* The totals count each connection's latest report. */
void
conn_revive(struct core *core, struct conn *c)
{
	if (!(c->flags & C_REPORTED))
		return;
	for (int i = 0; i < VERDICT_COUNT; i++)
		core->counts.verdicts[i] -= c->cold->reported_verdicts >> i & 1;
	c->flags &= (uint16_t)~C_REPORTED;
	c->revision += c->revision < UINT8_MAX;
}

/* The class decides who must go first when room is needed. */
void
conn_update_class(struct core *core, struct conn *c, nsec now)
{
	enum conn_class cls = CLASS_OPEN;

	if (c->flags & C_REPORTED)
		cls = CLASS_DONE;
	else if (c->end_cause != END_OPEN)
		cls = CLASS_ENDED;
	else if (c->half[0].state < TCP_ESTAB && c->half[1].state < TCP_ESTAB)
		cls = CLASS_OPENING;
	else if (c->half[0].segments + c->half[1].segments <= 1) /* a flood of ACKs, say */
		cls = CLASS_OPENING;
	if (cls != c->cls)
		table_class(core->table, c, cls, now);
}

void
half_release(struct core *core, struct half *h)
{
	sendq_release(core->pool, &h->sendq);
	cold_release(core, h);
}

void
conn_drop(struct core *core, struct conn *c)
{
	conn_touch(core, c);
	if (c->half) {
		half_release(core, &c->half[CLIENT]);
		half_release(core, &c->half[SERVER]);
		ledger_release(core, c);
	}
	conn_cold_release(core, c);
	history_drop_all(core->log, c);
	table_remove(core->table, c);
}

static void
conn_evict(struct core *core, struct conn *c)
{
	if (c->end_cause == END_OPEN)
		c->end_cause = END_EVICTED;
	core->counts.evicted++;
	conn_report(core, c);
	conn_drop(core, c);
}

/* The oldest of a class by its latest packet. Connections are not moved when a packet comes: one
 * that was active since it was queued goes to the young end when its turn comes. */
static struct conn *
oldest_quiet(struct core *core, enum conn_class cls)
{
	for (int i = 0; i < 32; i++) {
		struct conn *c = table_oldest(core->table, cls);

		if (!c)
			return NULL;
		if (c->pins == 0 && (c->last <= c->queued || i == 31))
			return c;
		table_requeue(core->table, c, c->last);
	}
	return NULL;
}

bool
make_room(struct core *core)
{
	if (core->table->used < core->table->capacity)
		return true;
	for (int cls = 0; cls < CLASS_COUNT; cls++) {
		struct conn *c = oldest_quiet(core, (enum conn_class)cls);

		if (c) {
			conn_evict(core, c);
			return true;
		}
	}
	return false;
}

bool
report_quiet(struct core *core)
{
	for (int i = 0; i < TICK_SLICE; i++) {
		struct conn *c = table_oldest(core->table, CLASS_ENDED);
		nsec quiet;

		if (!c)
			return false;
		quiet = c->end_cause == END_CLOSED ? CLOSED_QUIET : FAILED_QUIET;
		if (core->now - c->queued < quiet)
			return false;
		if (core->now - c->last < quiet) {
			table_requeue(core->table, c, c->last);
			continue;
		}
		conn_report(core, c);
		table_class(core->table, c, CLASS_DONE, core->now);
	}
	return true;
}
