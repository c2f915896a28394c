/* SPDX-License-Identifier: MIT */
/* sender: PRIVATE to the core. What a segment changes in the endpoint that sent it. */
#ifndef TCPLENS_CORE_SEGMENT_SENDER_H
#define TCPLENS_CORE_SEGMENT_SENDER_H

#include "core/segment/segment.h"

/* A zeroed endpoint of which nothing is known. */
void half_init(struct half *h, uint32_t scope);
/* A SYN captured after segments that follow it: it bears the number that they begin at. */
bool is_late_syn(const struct half *h, const struct packet *p);
/* The options of its SYN. */
void half_options(struct half *h, uint16_t options, uint16_t mss, uint8_t wscale);
/* Mid-stream: relative numbers begin at 1, as if the SYN had been captured just before. */
void half_base_guess(struct half *h, seqno seq);
/* Payload bytes a second, over about the last second. */
double half_rate(const struct half *h, nsec now);
void sender_update(struct seg *s);

#endif
