/* SPDX-License-Identifier: MIT */
/*
 * txq: the unacknowledged ranges of one sender, in sequence order and never overlapping, as an
 * array with a moving head: acknowledging moves the head, so ranges behind it stay readable as
 * history until the room is needed. Always byte intervals, never "same number, same length": a
 * captured segment may be a super-segment of which pieces are sent again.
 */
#include "core/txq.h"

#include <assert.h>
#include <string.h>

void
txq_init(struct txq *q)
{
	q->rec = q->in_line;
	q->cap = TXQ_INLINE;
	q->head = q->len = 0;
}

void
txq_release(struct pool *pool, struct txq *q)
{
	if (q->rec && q->rec != q->in_line)
		pool_put(pool, q->rec, q->cap * sizeof *q->rec);
	txq_init(q);
}

struct txrec *
txq_at(const struct txq *q, size_t i)
{
	assert(i < q->len);
	return &q->rec[q->head + i];
}

/* Index of the first range that ends after seq; len when there is none. */
size_t
txq_lower(const struct txq *q, seqno seq)
{
	size_t lo = 0, hi = q->len;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (seq_le(q->rec[q->head + mid].end, seq))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct txrec *
txq_find(const struct txq *q, seqno seq)
{
	size_t i = txq_lower(q, seq);

	return i < q->len && seq_le(txq_at(q, i)->seq, seq) ? txq_at(q, i) : NULL;
}

/* An acknowledged range that is still readable, newest first. */
const struct txrec *
txq_find_acked(const struct txq *q, seqno seq)
{
	for (size_t i = q->head; i-- > 0;)
		if (seq_le(q->rec[i].seq, seq) && seq_lt(seq, q->rec[i].end))
			return &q->rec[i];
	return NULL;
}

static bool
txq_grow(struct pool *pool, struct txq *q)
{
	uint16_t cap = q->cap < 4 ? 4 : q->cap * 2;
	struct txrec *rec;

	if (cap > TXQ_MAX)
		return false;
	rec = pool_get(pool, cap * sizeof *rec);
	if (!rec)
		return false;
	memcpy(rec, q->rec, (size_t)(q->head + q->len) * sizeof *rec);
	if (q->rec != q->in_line)
		pool_put(pool, q->rec, q->cap * sizeof *q->rec);
	q->rec = rec;
	q->cap = cap;
	return true;
}

/* Room for one more at the end of the array. Keeps some history where it is cheap. */
static void
txq_room(struct pool *pool, struct txq *q)
{
	uint16_t drop;

	if (q->head + q->len < q->cap)
		return;
	if (q->len >= q->cap - q->cap / 4 || q->head == 0) {
		if (txq_grow(pool, q))
			return;
		if (q->head == 0) { /* no room at all: the oldest range is forgotten */
			q->head++;
			q->len--;
		}
	}
	drop = q->head - q->head / 4;
	memmove(q->rec, q->rec + drop, (size_t)(q->head + q->len - drop) * sizeof *q->rec);
	q->head -= drop;
}

/* Puts a copy of r before index i. Returns the new element. */
static struct txrec *
txq_insert(struct pool *pool, struct txq *q, size_t i, const struct txrec *r)
{
	struct txrec copy = *r, *at;
	uint16_t before = q->len;

	txq_room(pool, q);
	if (q->len < before)
		i = i > 0 ? i - 1 : 0;
	at = &q->rec[q->head + i];
	memmove(at + 1, at, (q->len - i) * sizeof *at);
	*at = copy;
	q->len++;
	return at;
}

struct txrec *
txq_append(struct pool *pool, struct txq *q)
{
	txq_room(pool, q);
	return &q->rec[q->head + q->len++];
}

void
txq_split(struct pool *pool, struct txq *q, seqno at)
{
	size_t i = txq_lower(q, at);
	struct txrec front;

	if (i >= q->len || !seq_lt(txq_at(q, i)->seq, at))
		return;
	front = *txq_at(q, i);
	front.end = at;
	txq_at(q, i)->seq = at;
	txq_insert(pool, q, i, &front);
}

uint32_t
txq_seen(const struct txq *q, seqno seq, seqno end)
{
	uint32_t seen = 0;

	for (size_t i = txq_lower(q, seq); i < q->len; i++) {
		const struct txrec *r = txq_at(q, i);
		seqno from = seq_max(r->seq, seq), to = seq_min(r->end, end);

		if (!seq_lt(r->seq, end))
			break;
		seen += to - from;
	}
	return seen;
}

/* Fills what of [r->seq, r->end) is not there, as pieces that look like r. */
void
txq_fill(struct pool *pool, struct txq *q, const struct txrec *r)
{
	struct txrec piece = *r;

	while (seq_lt(piece.seq, r->end)) {
		size_t i = txq_lower(q, piece.seq);
		const struct txrec *next = i < q->len ? txq_at(q, i) : NULL;

		if (next && seq_le(next->seq, piece.seq)) {
			piece.seq = next->end;
			continue;
		}
		piece.end = next ? seq_min(next->seq, r->end) : r->end;
		txq_insert(pool, q, i, &piece);
		piece.seq = piece.end;
	}
}

void
txq_ack(struct txq *q, seqno una)
{
	while (q->len > 0 && seq_le(q->rec[q->head].end, una)) {
		q->head++;
		q->len--;
	}
	if (q->len > 0 && seq_lt(q->rec[q->head].seq, una))
		q->rec[q->head].seq = una;
}
