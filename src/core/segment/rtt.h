/* SPDX-License-Identifier: MIT */
/* rtt: PRIVATE to the core. Round-trip times and the RTO (RFC 6298, as Linux counts). */
#ifndef TCPLENS_CORE_SEGMENT_RTT_H
#define TCPLENS_CORE_SEGMENT_RTT_H

#include "core/flow/flow.h"

/* sample: ns of the whole round trip; una: after the ACK that gave it; nxt: SND.NXT. */
void rtt_sample(struct rtt *r, nsec sample, seqno una, seqno nxt);
/* half: what the capture point sees of it. True when it is the shortest so far. */
bool rtt_observe(struct rtt *r, nsec half);
/* The sender's timer fired that long after a send: not every sender has Linux's floor. */
void rtt_learn(struct rtt *r, nsec rto);
/* Upper limit of the sender's time-out, ns; NULL: of one of which nothing is known. */
nsec rtt_rto_max(const struct half *h);
nsec rtt_rto(const struct half *h);	  /* with back-off */
nsec rtt_rto_base(const struct half *h);  /* without back-off; 1 s where it is not known */
bool rtt_rto_known(const struct half *h); /* by a sample, a fall-back or the sender's timer */
nsec rtt_srtt(const struct half *h);	  /* −1 unknown */
/* Least time from the capture point to endpoint s and back, 0 unknown. */
nsec rtt_min_to(const struct conn *c, enum side s);

#endif
