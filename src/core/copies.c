/* SPDX-License-Identifier: MIT */
/*
 * copies: is this the very same packet as one before (A6, E7)? Every transmission of a sender has
 * an IP ID and a checksum of its own, so equal ones are one packet: captured twice (mirror port,
 * 'any', before and after a hop) or doubled by the network. Neither was sent twice.
 */
#include "core/track.h"

#include <string.h>

#define COPY_TIME_US  50000 /* later than that it is another packet */
#define ADJACENT_US   100   /* two captures of one packet follow at once */

uint8_t
copies_interface(const struct packet *p)
{
	return (uint8_t)(p->interface + p->direction * 64u);
}

static struct seen
seen_of(const struct packet *p)
{
	return (struct seen){
		.digest = p->digest, .ts_us = (uint32_t)(p->ts / NSEC_PER_US),
		.frame = (uint32_t)p->frame, .ip_id = p->ip_id, .ttl = p->ttl,
		.interface = copies_interface(p),
	};
}

/* Without an IP ID of its own (0, or IPv6) only what a sender cannot send twice unchanged will do:
 * data with the same time stamp; or the other signs of a second capture. */
static bool
is_telling(const struct packet *p, const struct seen *a, const struct seen *b)
{
	if (p->ip_version == 4 && p->ip_id != 0)
		return true;
	if (a->ttl != b->ttl || a->interface != b->interface)
		return true;
	return p->payload_len > 0 && ((p->options & OPT_TS) || b->ts_us - a->ts_us < ADJACENT_US);
}

static const struct seen *
seen_find(const struct seen *list, size_t n, const struct packet *p, const struct seen *now)
{
	for (size_t i = 0; i < n; i++) {
		const struct seen *s = &list[i];

		if (s->digest == now->digest && s->frame != 0 && s->ip_id == now->ip_id &&
		    now->ts_us - s->ts_us < COPY_TIME_US && is_telling(p, s, now))
			return s;
	}
	return NULL;
}

static void
seen_grow(struct engine *e, struct half *h)
{
	size_t size = SEEN_MAX * sizeof *h->seen_more;

	h->seen_more = pool_get(engine_pool(e), size);
	if (!h->seen_more)
		return;
	memset(h->seen_more, 0, size);
	memcpy(h->seen_more, h->seen, sizeof h->seen);
	h->seen_at = SEEN_INLINE;
}

/* The ring of a busy sender is longer: there a copy may come some dozen packets later. */
static struct seen *
ring_of(struct engine *e, struct half *h, bool busy, size_t *n)
{
	if (!h->seen_more && busy && h->segments >= 4)
		seen_grow(e, h);
	*n = h->seen_more ? SEEN_MAX : SEEN_INLINE;
	return h->seen_more ? h->seen_more : h->seen;
}

/* n is a power of two. */
static struct seen *
ring_next(struct half *h, struct seen *ring, size_t n)
{
	struct seen *at = &ring[h->seen_at & (n - 1)];

	h->seen_at = (uint8_t)((h->seen_at + 1) & (n - 1));
	return at;
}

bool
copies_has(const struct half *h, const struct packet *p)
{
	struct seen now = seen_of(p);

	return seen_find(h->seen_more ? h->seen_more : h->seen,
			 h->seen_more ? SEEN_MAX : SEEN_INLINE, p, &now) != NULL;
}

void
copies_note(struct engine *e, struct half *h, const struct packet *p, bool busy)
{
	size_t n;
	struct seen *ring = ring_of(e, h, busy, &n);

	*ring_next(h, ring, n) = seen_of(p);
}

enum copy
copies_look(struct engine *e, struct half *h, const struct packet *p, bool busy)
{
	struct seen now = seen_of(p);
	size_t n;
	struct seen *ring = ring_of(e, h, busy, &n);
	const struct seen *found = seen_find(ring, n, p, &now);

	if (found) {
		bool other = found->ttl != now.ttl || found->interface != now.interface;
		bool adjacent = now.ts_us - found->ts_us < ADJACENT_US &&
				now.frame - found->frame <= 2;

		return other || adjacent ? COPY_BY_CAPTURE : COPY_BY_NETWORK;
	}
	*ring_next(h, ring, n) = now;
	return COPY_NONE;
}
