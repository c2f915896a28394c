/* SPDX-License-Identifier: MIT */
/* dedup: PRIVATE to the core. Is this the very same packet as one before? */
#ifndef TCPLENS_CORE_SEGMENT_DEDUP_H
#define TCPLENS_CORE_SEGMENT_DEDUP_H

#include "core/flow/flow.h"

enum copy { COPY_NONE, COPY_BY_CAPTURE, COPY_BY_NETWORK };

/* The latest packets of all connections; NULL: no memory. */
struct dedup *dedup_new(void);
void dedup_free(struct dedup *all);
void dedup_prefetch(struct dedup *all, const struct packet *p);
/* Whether p, sent by `from`, is a copy of an earlier packet; notes nothing. */
bool dedup_has(struct dedup *all, const struct conn *c, enum side from, const struct packet *p);
/* Notes a packet that is known to be no copy; nth: ordinal among its sender's packets. */
void dedup_note(struct dedup *all, const struct conn *c, uint64_t nth, const struct packet *p);
/* Decides and notes. */
enum copy dedup_look(struct dedup *all, const struct conn *c, enum side from,
		     const struct packet *p);

#endif
