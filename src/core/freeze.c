/* SPDX-License-Identifier: MIT */
/* freeze: see freeze.h. */
#include "core/freeze.h"
#include "core/seglog.h"

#include <stdlib.h>
#include <string.h>

#define REMAINS_MAX 4096

/* Most connections have one verdict at the most, which the facts hold, and no ladder. */
static bool
has_more(const struct conn_detail *d)
{
	return d->n_verdicts > 1 || d->half[CLIENT].n_gaps || d->half[SERVER].n_gaps;
}

static struct remains *
remains_of(const struct conn_detail *d)
{
	const size_t verdicts = d->n_verdicts * sizeof(d->verdicts[0]);
	struct remains *r = malloc(sizeof(*r) + verdicts);

	if (!r)
		return NULL;
	memcpy(r->half, d->half, sizeof(r->half));
	r->n_verdicts = d->n_verdicts;
	memcpy(r->verdicts, d->verdicts, verdicts);
	return r;
}

void
freeze_keep(struct freeze *f, const struct conn *c)
{
	struct shadow *s = calloc(1, sizeof(*s));

	if (!s)
		return;
	s->born = c->id >= f->first_id;
	s->log_next = c->log_next;
	f->shadows[c->slot] = s;
	if (s->born)
		return;
	detail_fill(c, f->now, &f->room);
	s->facts = f->room.f;
	if (has_more(&f->room) && (f->n_remains < REMAINS_MAX || c->pins)) {
		s->remains = remains_of(&f->room);
		f->n_remains++;
	}
}

static void
remains_tell(const struct remains *r, struct conn_detail *out)
{
	memcpy(out->half, r->half, sizeof(out->half));
	memcpy(out->verdicts, r->verdicts, r->n_verdicts * sizeof(out->verdicts[0]));
	out->n_verdicts = r->n_verdicts;
}

void
freeze_detail(const struct shadow *s, const struct conn *c, struct conn_detail *out)
{
	out->f = s->facts;
	out->n_verdicts = s->facts.n_verdicts > 0;
	out->verdicts[0] = s->facts.verdict;
	out->half[CLIENT].n_gaps = out->half[SERVER].n_gaps = 0;
	out->half[CLIENT].n_expected = out->half[SERVER].n_expected = 0;
	if (s->remains)
		remains_tell(s->remains, out);
	out->f.n_verdicts = out->n_verdicts;
	/* What was remembered at the freeze may have made room since. */
	out->f.remembered = 0;
	if (c)
		seglog_copy(c, 0, 0, s->log_next, NULL, &out->f.remembered);
}

void
freeze_free(struct shadow **shadows, uint32_t n)
{
	for (uint32_t i = 0; shadows && i < n; i++)
		if (shadows[i]) {
			free(shadows[i]->remains);
			free(shadows[i]);
		}
	free(shadows);
}
