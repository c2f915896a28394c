/* SPDX-License-Identifier: MIT */
/* payload: see payload.h. */
#include <stdlib.h>
#include <string.h>

#include "ui/tabs/payload.h"

/* The first piece that ends after seq. */
static size_t
find(const struct payload_side *side, int64_t seq)
{
	size_t low = 0, high = side->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (side->items[mid].seq + side->items[mid].len > seq)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

static void
insert(struct payload_side *side, size_t at, const struct piece *piece)
{
	if (side->n == side->size) {
		side->size = side->size > 0 ? side->size * 2 : 64;
		side->items = xreallocarray(side->items, side->size, sizeof(*side->items));
	}
	memmove(&side->items[at + 1], &side->items[at], (side->n - at) * sizeof(*side->items));
	side->items[at] = *piece;
	side->n++;
}

static void
advance(struct piece *p, uint32_t n)
{
	p->seq += n;
	p->skip += n;
	p->len -= n;
}

/* How many bytes of the piece no other one has, from its beginning on; 0 and *known: how many are
 * already in the piece `at`. */
static uint32_t
new_bytes(const struct payload_side *side, size_t at, const struct piece *rest, uint32_t *known)
{
	const struct piece *next = &side->items[at];
	int64_t n = rest->len;

	*known = 0;
	if (at == side->n)
		return rest->len;
	if (next->seq > rest->seq)
		return (uint32_t)(next->seq - rest->seq < n ? next->seq - rest->seq : n);
	int64_t covered = next->seq + next->len - rest->seq;
	*known = (uint32_t)(covered < n ? covered : n);
	return 0;
}

/* The payload of a segment without the bytes before the first one of the connection. */
static struct piece
piece_of(const struct payload_side *side, const struct segment *s, uint64_t place)
{
	struct piece p = {s->seq + !!(s->flags & TH_SYN), place, s->ref, 0, s->len, s->from};
	int64_t before = side->based ? side->base - p.seq : 0;

	if (before > 0)
		advance(&p, before < p.len ? (uint32_t)before : p.len);
	return p;
}

bool
payload_add(struct payload *p, const struct segment *s, uint64_t place)
{
	struct payload_side *side = &p->side[s->from];
	bool moved = false;

	if ((s->flags & TH_SYN) && side->n == 0) {
		side->base = s->seq + 1;
		side->based = true;
	}
	/* A keep-alive's byte is none of the stream (RFC 9293 3.8.4). */
	if (s->findings & FINDING(F_KEEP_ALIVE))
		return false;
	for (struct piece rest = piece_of(side, s, place), piece; rest.len > 0;) {
		size_t at = find(side, rest.seq);
		uint32_t known;

		piece = rest;
		piece.len = new_bytes(side, at, &rest, &known);
		if (piece.len > 0 && side->n >= PAYLOAD_PIECES_MAX) {
			p->full = true;
			return moved;
		}
		if (piece.len > 0) {
			moved |= at < side->n;
			insert(side, at, &piece);
		}
		advance(&rest, piece.len + known);
	}
	return moved;
}

void
payload_clear(struct payload *p)
{
	free(p->side[CLIENT].items);
	free(p->side[SERVER].items);
	*p = (struct payload){0};
}

/* The place of a side's next piece; UINT64_MAX: there is none. */
static uint64_t
next_place(const struct payload *p, const struct payload_walk *w, int side, unsigned sides)
{
	const struct payload_side *s = &p->side[side];

	if (!(sides & 1U << side) || w->at[side] >= s->n)
		return UINT64_MAX;
	return s->items[w->at[side]].place;
}

const struct piece *
payload_next(const struct payload *p, struct payload_walk *w, unsigned sides, uint64_t *gap)
{
	uint64_t client = next_place(p, w, CLIENT, sides), server = next_place(p, w, SERVER, sides);
	int from = server < client ? SERVER : CLIENT;
	const struct payload_side *s = &p->side[from];

	if (client == UINT64_MAX && server == UINT64_MAX)
		return NULL;
	size_t at = w->at[from]++;
	const struct piece *piece = &s->items[at];

	*gap = 0;
	if (at > 0)
		*gap = (uint64_t)(piece->seq - (piece[-1].seq + piece[-1].len));
	else if (s->based)
		*gap = (uint64_t)(piece->seq - s->base);
	return piece;
}
