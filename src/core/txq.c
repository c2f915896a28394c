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

#define TXQ_POOLED  8 /* ranges at least in a block of the pool */
#define TXQ_HISTORY 6 /* of them acknowledged ones */

void
txq_init(struct txq *q)
{
	q->rec = q->in_line;
	q->cap = TXQ_INLINE;
	q->head = q->len = 0;
	q->has_latest = false;
}

static size_t
block_size(uint16_t cap, bool has_latest)
{
	return cap * (sizeof(struct txrec) + (has_latest ? sizeof(struct txlatest) : 0));
}

/* Of all ranges, in the order of q->rec; only with has_latest. */
static struct txlatest *
latest_of(const struct txq *q)
{
	return (struct txlatest *)(q->rec + q->cap);
}

void
txq_release(struct pool *pool, struct txq *q)
{
	if (q->rec && q->rec != q->in_line)
		pool_put(pool, q->rec, block_size(q->cap, q->has_latest));
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

struct txlatest
txq_latest(const struct txq *q, const struct txrec *r)
{
	if (r->flags & TX_LATEST)
		return latest_of(q)[r - q->rec];
	return (struct txlatest){r->first_ts, r->tsval, r->ip_id};
}

/* Into a block of the pool. false: no memory, all is as before. */
static bool
txq_move(struct pool *pool, struct txq *q, uint16_t cap, bool has_latest)
{
	const struct txq old = *q;
	const size_t n = (size_t)(q->head + q->len);
	struct txrec *rec = pool_get(pool, block_size(cap, has_latest));

	if (!rec)
		return false;
	memcpy(rec, q->rec, n * sizeof(*rec));
	q->rec = rec;
	q->cap = cap;
	q->has_latest = has_latest;
	if (old.has_latest)
		memcpy(latest_of(q), latest_of(&old), n * sizeof(struct txlatest));
	if (old.rec != q->in_line)
		pool_put(pool, old.rec, block_size(old.cap, old.has_latest));
	return true;
}

static bool
txq_grow(struct pool *pool, struct txq *q)
{
	uint16_t cap = q->cap < TXQ_POOLED ? TXQ_POOLED : q->cap * 2;

	return cap <= TXQ_MAX && txq_move(pool, q, cap, q->has_latest);
}

/* How much of what is acknowledged stays readable when room is made: what is sent again without
 * need is mostly among the latest. */
static uint16_t
history_kept(const struct txq *q)
{
	uint16_t quarter = q->head / 4;

	if (q->cap < TXQ_POOLED)
		return q->head / 2;
	return quarter > TXQ_HISTORY ? quarter : TXQ_HISTORY;
}

static void
history_drop(struct txq *q, uint16_t drop)
{
	size_t n = (size_t)(q->head + q->len - drop);

	memmove(q->rec, q->rec + drop, n * sizeof(*q->rec));
	if (q->has_latest)
		memmove(latest_of(q), latest_of(q) + drop, n * sizeof(struct txlatest));
	q->head -= drop;
}

/* Room for one more at the end of the array. */
static void
txq_room(struct pool *pool, struct txq *q)
{
	uint16_t keep = history_kept(q);

	if (q->head + q->len < q->cap)
		return;
	if (q->head <= keep + q->cap / 4) {
		if (txq_grow(pool, q))
			return;
		if (q->head == 0) { /* no room at all: the oldest range is forgotten */
			q->head++;
			q->len--;
		}
		keep = q->head / 4;
	}
	history_drop(q, q->head - keep);
}

/* Puts a copy of r before index i, with latest where it has one. Returns the new element. */
static struct txrec *
txq_insert(struct pool *pool, struct txq *q, size_t i, const struct txrec *r,
	   struct txlatest latest)
{
	struct txrec copy = *r, *at;
	uint16_t before = q->len;
	size_t behind;

	txq_room(pool, q);
	if (q->len < before)
		i = i > 0 ? i - 1 : 0;
	at = &q->rec[q->head + i];
	behind = q->len - i;
	memmove(at + 1, at, behind * sizeof(*at));
	*at = copy;
	if (q->has_latest) {
		struct txlatest *l = &latest_of(q)[q->head + i];

		memmove(l + 1, l, behind * sizeof(*l));
		*l = latest;
	}
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
	txq_insert(pool, q, i, &front, txq_latest(q, txq_at(q, i)));
}

/* Room for the latest transmissions beside the first. false: no memory, these stand for them. */
static bool
txq_keep_latest(struct pool *pool, struct txq *q)
{
	return q->has_latest ||
	       txq_move(pool, q, q->cap < TXQ_POOLED ? TXQ_POOLED : q->cap, true);
}

void
txq_again(struct pool *pool, struct txq *q, seqno seq, seqno end, struct txlatest latest)
{
	txq_split(pool, q, seq);
	txq_split(pool, q, end);
	txq_keep_latest(pool, q);
	for (size_t i = txq_lower(q, seq); i < q->len; i++) {
		struct txrec *r = txq_at(q, i);

		if (seq_le(end, r->seq))
			break;
		r->sent += r->sent < UINT8_MAX;
		r->flags |= TX_RETRANS;
		if (!q->has_latest)
			continue;
		r->flags |= TX_LATEST;
		latest_of(q)[r - q->rec] = latest;
	}
}

void
txq_overtaken(struct pool *pool, struct txq *q, const struct txrec *first)
{
	const struct txrec *found = txq_find(q, first->seq);
	struct txrec *r;
	size_t i;

	if (!found)
		found = txq_find_acked(q, first->seq);
	if (!found)
		return;
	i = (size_t)(found - q->rec);
	if (txq_keep_latest(pool, q) && !(q->rec[i].flags & TX_LATEST)) {
		latest_of(q)[i] = txq_latest(q, &q->rec[i]);
		q->rec[i].flags |= TX_LATEST;
	}
	r = &q->rec[i];
	r->frame = first->frame;
	r->tsval = first->tsval;
	r->ip_id = first->ip_id;
}

void
txq_restart(struct txq *q, nsec ts)
{
	struct txrec *r = txq_at(q, 0);

	r->first_ts = ts;
	if (r->flags & TX_LATEST)
		latest_of(q)[r - q->rec].ts = ts;
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
		txq_insert(pool, q, i, &piece, (struct txlatest){0});
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
