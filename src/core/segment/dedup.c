/* SPDX-License-Identifier: MIT */
/*
 * copies: is this the very same packet as one before (A6, E7)? Every transmission of a sender has
 * an IP ID and a checksum of its own, so equal ones are one packet: captured twice (mirror port,
 * 'any', before and after a hop) or doubled by the network. Neither was sent twice.
 *
 * The latest packets of all connections are kept together, by the digest of their header: what is
 * asked for is how long ago, not how many packets of the same sender ago, and a packet touches one
 * line of the processor's cache, whoever sent it.
 */
#include "core/segment/dedup.h"

#include <stdlib.h>
#include <string.h>

#define COPY_TIME_US  50000 /* later than that it is another packet */
#define ADJACENT_US   100   /* two captures of one packet follow at once */
#define ADJACENT      2	    /* packets */
#define NEAR	      16    /* packets of its sender: as far back goes one without an IP ID */
#define LINE_BITS     12
#define LINE	      4	    /* packets */

/* Enough of a packet to know its copy; of numbers the low bits. All 0: none. */
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
	__asm__ volatile(""); /* as in table.c */
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

/*
 * dedup: is this the very same packet as one before? Every transmission of a sender has an IP ID
 * and a checksum of its own, so equal ones are one packet: captured twice (mirror port, 'any',
 * before and after a hop) or doubled by the network. Neither was sent twice.
 *
 * The latest packets of all connections are kept together, by the digest of their header: the
 * question is how long ago a packet was, not how many packets of its sender ago, and so a packet
 * touches one cache line whoever sent it.
 */
static bool
is_telling(const struct packet *p, const struct seen *a, const struct seen *b)
{
	if (p->ip_version == 4 && p->ip_id != 0)
		return true;
	if ((uint16_t)(b->nth - a->nth) > NEAR)
		return false;
	if (a->ttl != b->ttl || a->interface != b->interface)
		return true;
	return p->payload_len > 0 && ((p->options & OPT_TS) || b->ts_us - a->ts_us < ADJACENT_US);
}

static const struct seen *
seen_find(const struct seen_line *line, const struct packet *p, const struct seen *now)
{
	for (int i = 0; i < LINE; i++) {
		const struct seen *s = &line->seen[i];

		if (s->key == now->key && s->ip_id == now->ip_id &&
		    now->ts_us - s->ts_us < COPY_TIME_US && is_telling(p, s, now))
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
dedup_has(struct dedup *all, const struct conn *c, uint64_t nth, const struct packet *p)
{
	struct seen now = seen_of(c, nth, p);

	return seen_find(line_of(all, p), p, &now);
}

void
dedup_note(struct dedup *all, const struct conn *c, uint64_t nth, const struct packet *p)
{
	line_add(line_of(all, p), seen_of(c, nth, p));
}

enum copy
dedup_look(struct dedup *all, const struct conn *c, uint64_t nth, const struct packet *p)
{
	struct seen now = seen_of(c, nth, p);
	struct seen_line *line = line_of(all, p);
	const struct seen *found = seen_find(line, p, &now);

	if (found) {
		bool other = found->ttl != now.ttl || found->interface != now.interface;
		bool adjacent = now.ts_us - found->ts_us < ADJACENT_US &&
				(uint16_t)(now.frame - found->frame) <= ADJACENT;

		return other || adjacent ? COPY_BY_CAPTURE : COPY_BY_NETWORK;
	}
	line_add(line, now);
	return COPY_NONE;
}
