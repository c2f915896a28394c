/* SPDX-License-Identifier: MIT */
/* verdict_evidence: PRIVATE to the core. What several predicates ask, and the frames they name. */
#ifndef TCPLENS_CORE_VERDICT_EVIDENCE_H
#define TCPLENS_CORE_VERDICT_EVIDENCE_H

#include "core/segment/timers.h"

/* A connection at one moment, as the predicates see it. */
struct verdict_input {
	const struct core *core;
	const struct conn *c;
	nsec now; /* not later than what the capture covers of its hosts */
};

/* Whether a packet from that end's host to the other's was captured, in whatever connection. Where
 * none was, silence of that end says nothing. */
bool host_heard(const struct verdict_input *in, enum side s);
/* Adds a frame to the evidence; 0 and what is too many are left out. */
void evidence_frame(struct verdict *v, uint64_t frame);
/* Adds the retransmissions of a sender, oldest first. */
void evidence_retransmissions(struct verdict *v, const struct half *h);
/* The sender's latest SYN or SYN-ACK. */
uint64_t syn_frame_last(const struct conn *c, const struct half *h);
/* When the latest attempt of the running ladder was sent; without one, the latest packet. */
nsec ladder_time(const struct half *h);
/* Whether one of the ends sends into silence, and which one. */
bool silent_side(const struct conn *c, enum side *s);
/* What is to be expected of a sender that is not answered. */
struct forecast forecast_of(const struct verdict_input *in, enum side s);
/* How many ICMP errors of that meaning came. */
uint32_t icmp_count(const struct conn *c, enum icmp_role role);
/* The latest kept one of that meaning; NULL: none is kept. */
const struct icmp_record *icmp_latest(const struct conn *c, enum icmp_role role);
/* Adds the kept ones of that meaning to the evidence, oldest first. */
void evidence_icmp(struct verdict *v, const struct conn *c, enum icmp_role role);

#endif
