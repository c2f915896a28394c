/* SPDX-License-Identifier: MIT */
/* path_size: PRIVATE to the core. Which sizes of segments get through. */
#ifndef TCPLENS_CORE_SEGMENT_PATH_SIZE_H
#define TCPLENS_CORE_SEGMENT_PATH_SIZE_H

#include "core/segment/segment.h"

/* Whether an ICMP error refused these bytes as too large for the path (RFC 1191, RFC 8201). */
bool pmtu_concerns(const struct seg *s);
/* Whether the segment is as small as that error allows, as far as the capture can tell. */
bool pmtu_allows(const struct seg *s);
/* Before the segment is applied: notes whether a retransmission is cut smaller. */
void path_size_watch(struct seg *s);
/* Payload of the packets of a range as it was sent: a card cuts what is longer than the peer's MSS.
 */
uint32_t path_size_of(const struct half *receiver, uint32_t len);

#endif
