/* SPDX-License-Identifier: MIT */
/* snapshot: see snapshot.h. */
#include "core/snapshot.h"

#include "core/flow/history.h"
#include "core/facts_fill.h"

#include <stdlib.h>
#include <string.h>

#define RESTS_MAX 4096

/* Most connections have at most one verdict, which the facts hold, and no ladder. */
static bool
has_more(const struct conn_detail *d)
{
	return d->n_verdicts > 1 || d->half[CLIENT].n_gaps || d->half[SERVER].n_gaps || d->n_icmp;
}

static struct snapshot_rest *
rest_of(const struct conn_detail *d)
{
	const size_t verdicts = d->n_verdicts * sizeof(d->verdicts[0]);
	struct snapshot_rest *r = malloc(sizeof(*r) + verdicts);

	if (!r)
		return NULL;
	memcpy(r->half, d->half, sizeof(r->half));
	r->time = d->time;
	r->icmp_total = d->icmp_total;
	r->n_icmp = d->n_icmp;
	memcpy(r->icmp, d->icmp, sizeof(r->icmp));
	r->n_verdicts = d->n_verdicts;
	memcpy(r->verdicts, d->verdicts, verdicts);
	return r;
}

void
snapshot_keep(struct freeze *f, const struct core *core, const struct conn *c)
{
	struct snapshot *s = calloc(1, sizeof(*s));

	if (!s)
		return;
	s->born = c->id >= f->first_id;
	s->log_next = c->log_next;
	f->snapshots[c->slot] = s;
	if (s->born)
		return;
	detail_fill(core, c, f->now, &f->room);
	s->facts = f->room.f;
	if (has_more(&f->room) && (f->n_rests < RESTS_MAX || c->pins)) {
		s->rest = rest_of(&f->room);
		f->n_rests++;
	}
}

static void
rest_copy(const struct snapshot_rest *r, struct conn_detail *out)
{
	memcpy(out->half, r->half, sizeof(out->half));
	out->time = r->time;
	out->icmp_total = r->icmp_total;
	out->n_icmp = r->n_icmp;
	memcpy(out->icmp, r->icmp, sizeof(out->icmp));
	memcpy(out->verdicts, r->verdicts, r->n_verdicts * sizeof(out->verdicts[0]));
	out->n_verdicts = r->n_verdicts;
}

void
snapshot_detail(const struct snapshot *s, const struct conn *c, struct conn_detail *out)
{
	out->f = s->facts;
	out->revision = 0; /* for reports only */
	memset(&out->time, 0, sizeof(out->time));
	out->n_verdicts = s->facts.n_verdicts > 0;
	out->verdicts[0] = s->facts.verdict;
	out->half[CLIENT].n_gaps = out->half[SERVER].n_gaps = 0;
	out->half[CLIENT].n_expected = out->half[SERVER].n_expected = 0;
	out->icmp_total = out->n_icmp = 0;
	if (s->rest)
		rest_copy(s->rest, out);
	out->f.n_verdicts = out->n_verdicts;
	/* What was kept at the freeze may have made room since. */
	out->f.kept = 0;
	if (c)
		out->f.kept = history_kept(c, s->log_next);
}

void
snapshots_free(struct snapshot **snapshots, uint32_t n)
{
	for (uint32_t i = 0; snapshots && i < n; i++)
		if (snapshots[i]) {
			free(snapshots[i]->rest);
			free(snapshots[i]);
		}
	free(snapshots);
}
