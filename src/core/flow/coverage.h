/* SPDX-License-Identifier: MIT */
/*
 * coverage: PRIVATE to the core. What the capture covers: when its clock ran on, where it jumped,
 * which hosts were seen, and which of them sends to which. Bounded: of many hosts, and of many such
 * pairs, the longest unseen are dropped, and count as never seen.
 */
#ifndef TCPLENS_CORE_FLOW_COVERAGE_H
#define TCPLENS_CORE_FLOW_COVERAGE_H

#include "core/facts.h"

struct coverage;

/* NULL: no memory. */
struct coverage *coverage_new(void);
void coverage_free(struct coverage *v);

/* Every packet of the capture, in its order. */
void coverage_clock(struct coverage *v, nsec ts);
/* A packet of src to dst; not for every one of a connection, but for one in a second or so. ttl 0:
 * says nothing. */
void coverage_packet(struct coverage *v, const struct packet *p, uint8_t ttl);

/* Whether a packet from the one host to the other was captured, in whatever connection. */
bool coverage_heard(const struct coverage *v, const uint8_t from[16], const uint8_t to[16]);
/* TTL of that host's packets other than resets, 0 unknown. */
uint8_t coverage_ttl(const struct coverage *v, const uint8_t addr[16]);
/* The latest moment, not after `until`, of which the capture is known to cover a connection whose
 * latest packet was at `last`: it saw one of the hosts, and its clock did not jump in between. */
nsec coverage_until(const struct coverage *v, const struct endpoint end[2], nsec last, nsec until);

#endif
