/* SPDX-License-Identifier: MIT */
/* icmp_error: PRIVATE to the core. ICMP errors that quote a segment of a connection. */
#ifndef TCPLENS_CORE_SEGMENT_ICMP_ERROR_H
#define TCPLENS_CORE_SEGMENT_ICMP_ERROR_H

#include "core/segment/segment.h"

void icmp_error_apply(struct core *core, const struct packet *p, uint64_t hash);
/* Whether an ICMP error refused these bytes as too large for the path (RFC 1191, RFC 8201). */
bool pmtu_concerns(const struct seg *s);
/* Whether the segment is as small as that error allows, as far as the capture can tell. */
bool pmtu_allows(const struct seg *s);
/* Notes whether a retransmission heeds it. */
void pmtu_watch(struct seg *s);

#endif
