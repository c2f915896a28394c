/* SPDX-License-Identifier: MIT */
/* invariants: see invariants.h. One line per rule. */
#include "invariants.h"

#include "core/engine.h"
#include "core/flow/conn_table.h"
#include "core/segment/lone_syn.h"
#include "core/analysis/verdicts.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void (*invariants_report)(void);

#define MUST(what)                                                                                 \
	do {                                                                                       \
		if (!(what))                                                                       \
			broken(#what, __func__, __LINE__);                                         \
	} while (0)

static void
broken(const char *rule, const char *where, int line)
{
	fprintf(stderr, "# broken in %s:%d: %s\n", where, line, rule);
	if (invariants_report)
		invariants_report();
	abort();
}

static void
check_rtt(const struct rtt_facts *r)
{
	if (r->samples == 0) {
		MUST(r->min == -1 && r->max == -1);
		return;
	}
	MUST(r->min >= 0 && r->min <= r->max);
	MUST(r->sum >= r->max);
}

static void
check_timer(const struct timer_facts *t)
{
	MUST(t->kind < TIMER_KIND_COUNT);
	MUST(t->due <= t->due_latest);
	MUST(t->kind != TIMER_NONE || t->due == NSEC_NEVER);
	MUST(t->rto == -1 || t->rto > 0);
	MUST(t->srtt >= -1 && t->rttvar >= -1);
}

static void
check_half(const struct half_facts *h)
{
	uint64_t caused = 0;

	for (int i = 0; i < CAUSE_COUNT; i++)
		caused += h->by_cause[i];
	MUST(h->state < TCP_STATE_COUNT);
	MUST(h->wscale >= -2 && h->wscale <= 14);
	MUST(h->mss >= -1 && h->mss <= 65535);
	MUST(h->sack >= -1 && h->sack <= 1 && h->timestamps >= -1 && h->timestamps <= 1);
	MUST(h->unique_bytes <= h->bytes);
	MUST(h->retransmitted_bytes <= h->bytes);
	MUST(h->retransmissions <= h->segments);
	MUST(h->spurious <= h->retransmissions);
	MUST(caused <= h->retransmissions + (uint64_t)h->by_cause[CAUSE_PROBE]);
	MUST(h->out_of_order <= h->segments && h->duplicate_acks <= h->segments);
	MUST(h->syn <= h->segments && h->fin <= h->segments && h->rst <= h->segments);
	MUST(h->zero_window_time >= 0);
	MUST(h->window <= 65535u << 14);
	check_rtt(&h->rtt);
	check_timer(&h->timer);
}

static void
check_facts(const struct conn_facts *f)
{
	MUST(f->id > 0);
	MUST(f->state < CONN_STATE_COUNT);
	MUST(f->end_cause < END_CAUSE_COUNT);
	MUST(f->ended_by >= -1 && f->ended_by <= SERVER);
	MUST(f->completeness < 64);
	MUST(f->start > 0 && f->start <= f->last);
	MUST(f->end_cause < END_CLOSED || f->end_cause > END_RESET ||
	     f->end_cause == END_NO_ANSWER || f->ended != 0);
	MUST(f->n_verdicts <= VERDICT_COUNT);
	MUST((f->n_verdicts == 0) == (f->verdict.severity == SEV_NONE));
	MUST(f->half[CLIENT].segments + f->half[SERVER].segments > 0);
	check_half(&f->half[CLIENT]);
	check_half(&f->half[SERVER]);
}

static void
check_verdict(const struct verdict *v)
{
	MUST(v->code < VERDICT_COUNT);
	MUST(v->severity > SEV_NONE && v->severity <= SEV_ERROR);
	MUST(v->side <= SERVER);
	MUST(v->n_frames <= VERDICT_FRAMES);
	for (int i = 0; i < v->n_frames; i++)
		MUST(v->frames[i] > 0);
}

void
invariants_detail(const struct conn_detail *d)
{
	uint64_t codes = 0;

	check_facts(&d->f);
	MUST(d->n_verdicts == d->f.n_verdicts);
	for (int i = 0; i < d->n_verdicts; i++) {
		check_verdict(&d->verdicts[i]);
		MUST(!(codes & UINT64_C(1) << d->verdicts[i].code));
		codes |= UINT64_C(1) << d->verdicts[i].code;
	}
	for (int i = 0; i < 2; i++) {
		MUST(d->half[i].n_gaps <= LADDER_MAX && d->half[i].n_expected <= LADDER_MAX);
		for (int k = 0; k < d->half[i].n_gaps; k++)
			MUST(d->half[i].gaps[k] >= 0);
		for (int k = 0; k < d->half[i].n_expected; k++)
			MUST(d->half[i].expected[k] >= 0);
	}
}

void
invariants_segment(const struct segment *s)
{
	const uint32_t again = FINDING(F_FAST_RETRANSMISSION) | FINDING(F_SPURIOUS_RETRANSMISSION);

	MUST(s->frame > 0 && s->conn_id > 0);
	MUST(s->findings < FINDING(FINDING_COUNT));
	MUST(s->from <= SERVER);
	MUST(s->state[0] < TCP_STATE_COUNT && s->state[1] < TCP_STATE_COUNT);
	MUST(s->cause < CAUSE_COUNT && s->needed <= NEEDED_NO);
	MUST((s->findings & again) == 0 || s->findings & FINDING(F_RETRANSMISSION));
	MUST(!(s->findings & FINDING(F_OUT_OF_ORDER)) ||
	     !(s->findings & FINDING(F_RETRANSMISSION)));
	MUST(!(s->findings & FINDING(F_RETRANSMISSION)) || s->cause != CAUSE_NONE);
	MUST(!(s->findings & FINDING(F_DUPLICATE_ACK)) || s->dup_ack > 0);
	MUST(s->flags & TH_ACK || s->ack == -1);
	MUST(s->rexmit_of == 0 || s->rexmit_of < s->frame);
}

static void
check_history(struct engine *e, const struct conn_detail *d)
{
	static struct segment seg[64];
	uint64_t total = 0, lost = 0, first = 0, last_frame = 0;
	size_t n;

	do {
		n = engine_segments(e, d->f.ref, first, ARRAY_LEN(seg), seg, &total, &lost);
		MUST(n <= ARRAY_LEN(seg) && first + n <= total);
		for (size_t i = 0; i < n; i++) {
			invariants_segment(&seg[i]);
			MUST(seg[i].conn_id == d->f.id);
			MUST(seg[i].frame > last_frame);
			last_frame = seg[i].frame;
		}
		first += n;
	} while (n > 0);
	MUST(first == total);
	MUST(total == d->f.kept);
}

/* A predicate that was not asked would have said no. What only a freeze remembers is left out. */
static void
check_asked(struct engine *e, nsec now, struct connref ref)
{
	static struct verdict some[VERDICT_COUNT], all[VERDICT_COUNT];
	uint64_t set, set_all;
	struct conn_expanded room;
	struct core *core = engine_core(e);
	const struct conn *c = table_at(core->table, ref);

	if (!c)
		return;
	c = conn_expand(c, &room);
	size_t n = verdicts_of(core, c, now, some, VERDICT_COUNT, &set);
	MUST(n == verdicts_of_all_rules(core, c, now, all, VERDICT_COUNT, &set_all));
	MUST(memcmp(some, all, n * sizeof(*all)) == 0);
}

static int64_t
by_slot(const void *arg, const struct conn_facts *f)
{
	(void)arg;
	return f->ref.slot;
}

static void
check_connections(struct engine *e, nsec now, const struct scan_item *items, size_t n)
{
	static struct conn_facts rows[256];
	static struct conn_detail d;
	struct connref refs[256];

	for (size_t i = 0; i < n; i++)
		refs[i] = items[i].ref;
	engine_rows(e, now, refs, n, rows);
	for (size_t i = 0; i < n; i++) {
		MUST(connref_equal(rows[i].ref, refs[i]));
		check_facts(&rows[i]);
		MUST(engine_detail(e, now, refs[i], &d));
		MUST(d.f.id == rows[i].id && d.f.state == rows[i].state);
		invariants_detail(&d);
		check_history(e, &d);
		check_asked(e, now, refs[i]);
	}
}

void
invariants_check(struct engine *e, nsec now, uint32_t max_connections)
{
	struct scan_item items[256];
	struct totals t;
	uint32_t cursor = 0, before;
	uint64_t seen = 0;

	do {
		before = cursor;
		size_t n = engine_scan(e, &cursor, now, NULL, by_slot, NULL, items,
				       ARRAY_LEN(items));
		MUST(n <= ARRAY_LEN(items));
		MUST(cursor > before);
		check_connections(e, now, items, n);
		seen += n;
	} while (cursor != UINT32_MAX);
	engine_totals(e, &t);
	MUST(seen == t.tracked);
	MUST(t.tracked <= max_connections && t.tracked <= t.connections);
	MUST(t.evicted <= t.connections);
	MUST(t.capture_duplicates + t.refused <= t.segments);
	MUST(t.retransmissions <= t.segments);
	MUST(t.segments <= t.packets);
}
