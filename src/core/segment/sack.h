/* SPDX-License-Identifier: MIT */
/* sack: PRIVATE to the core. Selective acknowledgements (RFC 2018, RFC 2883). */
#ifndef TCPLENS_CORE_SEGMENT_SACK_H
#define TCPLENS_CORE_SEGMENT_SACK_H

#include "core/segment/segment.h"

/* Before anything changes: decides s->new_sack, dsack, newly_sacked, sacked_sent. */
void sack_examine(struct seg *s);
/* Marks what the blocks acknowledge. */
void sack_apply(struct seg *s);
/* Whether the endpoints report what arrived twice (D-SACK), so that silence means something. */
bool reports_duplicates(const struct conn *c);

#endif
