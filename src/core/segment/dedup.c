/* SPDX-License-Identifier: MIT */
/*
 * dedup: is this the very same packet as one before? Captured twice (mirror port, 'any', before and
 * after a hop, two capture queues) or doubled by the network, it was sent once. Where the sender's
 * IP IDs change from packet to packet, equal headers with equal IDs are one packet. Elsewhere it
 * takes a copy that no timer and no acknowledgement could have brought about.
 *
 * The latest packets of all connections are kept together, by the digest of their header: the
 * question is how long ago a packet was, not how many packets of its sender ago, and so a packet
 * touches one cache line whoever sent it.
 */
#include "core/segment/dedup.h"

#include <stdlib.h>
#include <string.h>

#define COPY_TIME_US  50000 /* later than that it is another packet */
#define ADJACENT_US   100   /* two captures of one packet follow at once; no timer is that fast */
#define ADJACENT      2	    /* frames between two captures of one packet */
#define NEAR	      16    /* packets of its sender: without an IP ID no older one is compared */
#define LINE_BITS     12
#define LINE	      4	    /* packets */

/* What identifies a copy of a packet; numbers are cut to their low bits. All 0: none. */
struct seen {
	uint32_t key;	/* digest of its header, and whose it is; see seen_of */
	uint32_t ts_us; /* time in µs */
	uint16_t frame, nth; /* in the capture; of its sender */
	uint16_t ip_id;
	uint8_t ttl, interface;
};

struct dedup {
	struct seen_line {
		struct seen seen[LINE]; /* newest first */
	} lines[1 << LINE_BITS];
};

struct dedup *
dedup_new(void)
{
	struct dedup *all = aligned_alloc(sizeof(all->lines[0]), sizeof(*all));

	if (all)
		memset(all, 0, sizeof(*all));
	return all;
}

void
dedup_free(struct dedup *all)
{
	free(all);
}

static struct seen_line *
line_of(struct dedup *all, const struct packet *p)
{
	return &all->lines[p->digest * UINT32_C(0x9e3779b1) >> (32 - LINE_BITS)];
}

void
dedup_prefetch(struct dedup *all, const struct packet *p)
{
	__builtin_prefetch(line_of(all, p), 1);
	__asm__ volatile(""); /* as in prefetch.c */
}

/* Where it was captured, well enough to tell two captures of one packet apart. */
static uint8_t
interface_of(const struct packet *p)
{
	return (uint8_t)(p->interface + p->direction * 64u);
}

/* nth: of its sender. */
static struct seen
seen_of(const struct conn *c, uint64_t nth, const struct packet *p)
{
	return (struct seen){
		.key = p->digest ^ (uint32_t)c->first_frame * UINT32_C(0x85ebca6b),
		.ts_us = (uint32_t)(p->ts / NSEC_PER_US),
		.frame = (uint16_t)p->frame, .nth = (uint16_t)nth,
		.ip_id = p->ip_id, .ttl = p->ttl, .interface = interface_of(p),
	};
}

/* Time from one to the other, whichever was captured first; capture queues may swap them. */
static uint32_t
apart_us(const struct seen *a, const struct seen *b)
{
	uint32_t d = b->ts_us - a->ts_us;

	return d > INT32_MAX ? 0 - d : d;
}

/* An acknowledgement that repeats the one before may be a duplicate ACK or the answer to a copy of
 * data, which receivers send as fast as segments arrive: it is a copy only where other packets of
 * the connection were captured twice. */
static bool
is_captured_twice(const struct conn *c)
{
	return half_has(&c->half[CLIENT], H_DOUBLED) || half_has(&c->half[SERVER], H_DOUBLED);
}

/* Without an IP ID that tells. */
static bool
is_copy_by_time(const struct conn *c, const struct packet *p, uint32_t apart)
{
	if (p->payload_len > 0 && (p->options & OPT_TS))
		return true;
	if (apart >= ADJACENT_US)
		return false;
	return packet_seg_len(p) > 0 || is_captured_twice(c);
}

/* a and b have the same header. */
static bool
is_copy(const struct conn *c, enum side from, const struct packet *p, const struct seen *a,
	const struct seen *b)
{
	const struct half *h = &c->half[from];

	if (a->ip_id != b->ip_id || apart_us(a, b) >= COPY_TIME_US)
		return false;
	if (p->ip_version == 4 && p->ip_id != 0 && !half_has(h, H_IPID_FIXED))
		return true;
	if ((uint16_t)(b->nth - a->nth) > NEAR)
		return false;
	return a->ttl != b->ttl || a->interface != b->interface ||
	       is_copy_by_time(c, p, apart_us(a, b));
}

static const struct seen *
seen_find(const struct seen_line *line, const struct conn *c, enum side from,
	  const struct packet *p, const struct seen *now)
{
	for (int i = 0; i < LINE; i++) {
		const struct seen *s = &line->seen[i];

		if (s->key == now->key && is_copy(c, from, p, s, now))
			return s;
	}
	return NULL;
}

static inline void
line_add(struct seen_line *line, struct seen s)
{
	for (int i = LINE - 1; i > 0; i--)
		line->seen[i] = line->seen[i - 1];
	line->seen[0] = s;
}

bool
dedup_has(struct dedup *all, const struct conn *c, enum side from, const struct packet *p)
{
	struct seen now = seen_of(c, c->half[from].segments, p);

	return seen_find(line_of(all, p), c, from, p, &now);
}

void
dedup_note(struct dedup *all, const struct conn *c, uint64_t nth, const struct packet *p)
{
	line_add(line_of(all, p), seen_of(c, nth, p));
}

enum copy
dedup_look(struct dedup *all, const struct conn *c, enum side from, const struct packet *p)
{
	const struct half *h = &c->half[from];
	struct seen now = seen_of(c, h->segments, p);
	struct seen_line *line = line_of(all, p);
	const struct seen *found = seen_find(line, c, from, p, &now);
	bool other, at_once;

	if (!found) {
		line_add(line, now);
		return COPY_NONE;
	}
	other = found->ttl != now.ttl || found->interface != now.interface;
	at_once = apart_us(found, &now) < ADJACENT_US &&
		  ((uint16_t)(now.frame - found->frame) <= ADJACENT || half_has(h, H_DOUBLED));
	return other || at_once ? COPY_BY_CAPTURE : COPY_BY_NETWORK;
}
