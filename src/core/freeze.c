/* SPDX-License-Identifier: MIT */
/* freeze: see freeze.h. */
#include "core/freeze.h"
#include "core/seglog.h"

#include <stdlib.h>

#define DETAILS_MAX 4096

void
freeze_keep(struct freeze *f, const struct conn *c)
{
	struct shadow *s = calloc(1, sizeof *s);

	if (!s)
		return;
	s->born = c->id >= f->first_id;
	s->log_next = c->log_next;
	if (!s->born) {
		facts_fill(c, f->now, &s->facts);
		if (f->details < DETAILS_MAX || c->pins) {
			s->detail = malloc(sizeof *s->detail);
			f->details++;
			if (s->detail)
				detail_fill(c, f->now, s->detail);
		}
	}
	f->shadows[c->slot] = s;
}

void
freeze_detail(const struct shadow *s, const struct conn *c, struct conn_detail *out)
{
	if (s->detail)
		*out = *s->detail;
	else
		*out = (struct conn_detail){.f = s->facts};
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
			free(shadows[i]->detail);
			free(shadows[i]);
		}
	free(shadows);
}
