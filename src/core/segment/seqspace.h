/* SPDX-License-Identifier: MIT */
/* seqspace: PRIVATE to the core. What a segment's range is to the stream; see seqspace.c. */
#ifndef TCPLENS_CORE_SEGMENT_SEQSPACE_H
#define TCPLENS_CORE_SEGMENT_SEQSPACE_H

#include "core/segment/segment.h"

/* Decides s->range and s->seen_bytes, and s->kind of probes. */
void seqspace_classify(struct seg *s);
/* −1: p was sent before the segment with that IP ID and TSval, 1: after it, 0: unknown. */
int sent_order(const struct half *h, const struct packet *p, uint16_t ip_id, uint32_t tsval,
	       bool has_ts);
/* Learns from a sender's packet how its IP IDs run; ip_id 0: it has none. */
void ipid_learn(struct half *h, uint16_t ip_id);
/* When h last sent anything but keep-alives and answers to them; 0 never. */
nsec half_active(const struct half *h);
/* Whether r begins where the capture began in mid-stream: what lies before it is not missing. */
static inline bool
is_first_captured(const struct half *h, const struct sent_range *r)
{
	return !half_has(h, H_ISN) && r->seq == h->seq.isn + 1;
}

/* Whether an ACK covers bytes that h sent and that were never captured, below its SND.NXT. */
bool acks_hole(const struct half *h, seqno ack);
/* Whether snd cannot know of room at rcv; to_sender: time from the capture to snd and back. */
bool half_window_closed(const struct half *snd, const struct half *rcv, nsec now, nsec to_sender);
/* Whether an IP ID is far from those of a sender that counts its packets. */
bool ipid_is_foreign(const struct half *h, uint16_t ip_id);

#endif
