/* SPDX-License-Identifier: MIT */
/*
 * sendq: the unacknowledged ranges of one sender, in sequence order and never overlapping, as an
 * array with a moving head. Acknowledging moves the head, so acknowledged ranges can still be read
 * until their room is needed. Ranges are byte intervals, never "same number, same length": a
 * captured segment may be a super-segment (TSO, GRO) of which pieces are sent again.
 */
#include "core/flow/sendq.h"

#include "core/flow/pool.h"

#include <assert.h>
#include <string.h>

#define SENDQ_POOLED  8 /* smallest capacity in memory of the pool */
#define SENDQ_HISTORY 6 /* acknowledged ranges that stay readable there */

void
sendq_init(struct sendq *q)
{
	q->rec = q->in_line;
	q->cap = SENDQ_INLINE;
	q->head = q->len = 0;
	q->has_lasts = false;
}

static size_t
block_size(uint16_t cap, bool has_lasts)
{
	return cap * (sizeof(struct sent_range) + (has_lasts ? sizeof(struct last_sent) : 0));
}

/* The latest transmissions, one per range, in the order of q->rec; only with has_lasts. */
static struct last_sent *
lasts_of(const struct sendq *q)
{
	return (struct last_sent *)(q->rec + q->cap);
}

void
sendq_release(struct pool *pool, struct sendq *q)
{
	if (q->rec && q->rec != q->in_line)
		pool_put(pool, q->rec, block_size(q->cap, q->has_lasts));
	sendq_init(q);
}

struct sent_range *
sendq_at(const struct sendq *q, size_t i)
{
	assert(i < q->len);
	return &q->rec[q->head + i];
}

/* Index of the first range that ends after seq; len when there is none. */
size_t
sendq_lower(const struct sendq *q, seqno seq)
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

struct sent_range *
sendq_find(const struct sendq *q, seqno seq)
{
	size_t i = sendq_lower(q, seq);

	return i < q->len && seq_le(sendq_at(q, i)->seq, seq) ? sendq_at(q, i) : NULL;
}

/* An acknowledged range that is still readable, newest first. */
const struct sent_range *
sendq_find_acked(const struct sendq *q, seqno seq)
{
	for (size_t i = q->head; i-- > 0;)
		if (seq_le(q->rec[i].seq, seq) && seq_lt(seq, q->rec[i].end))
			return &q->rec[i];
	return NULL;
}

struct last_sent
sendq_last_sent(const struct sendq *q, const struct sent_range *r)
{
	if (r->flags & SENT_LAST_APART)
		return lasts_of(q)[r - q->rec];
	return (struct last_sent){r->first_ts, r->tsval, r->ip_id};
}

/* Moves the ranges into memory of the pool. false: no memory, nothing changed. */
static bool
sendq_move(struct pool *pool, struct sendq *q, uint16_t cap, bool has_lasts)
{
	const struct sendq old = *q;
	const size_t n = (size_t)(q->head + q->len);
	struct sent_range *rec = pool_get(pool, block_size(cap, has_lasts));

	if (!rec)
		return false;
	memcpy(rec, q->rec, n * sizeof(*rec));
	q->rec = rec;
	q->cap = cap;
	q->has_lasts = has_lasts;
	if (old.has_lasts)
		memcpy(lasts_of(q), lasts_of(&old), n * sizeof(struct last_sent));
	if (old.rec != q->in_line)
		pool_put(pool, old.rec, block_size(old.cap, old.has_lasts));
	return true;
}

static bool
sendq_grow(struct pool *pool, struct sendq *q)
{
	uint16_t cap = q->cap < SENDQ_POOLED ? SENDQ_POOLED : q->cap * 2;

	return cap <= SENDQ_MAX && sendq_move(pool, q, cap, q->has_lasts);
}

/* How many acknowledged ranges stay readable when room is made: needless retransmissions are mostly
 * of the latest ones. */
static uint16_t
acked_kept(const struct sendq *q)
{
	uint16_t quarter = q->head / 4;

	if (q->cap < SENDQ_POOLED)
		return q->head / 2;
	return quarter > SENDQ_HISTORY ? quarter : SENDQ_HISTORY;
}

static void
acked_drop(struct sendq *q, uint16_t drop)
{
	size_t n = (size_t)(q->head + q->len - drop);

	memmove(q->rec, q->rec + drop, n * sizeof(*q->rec));
	if (q->has_lasts)
		memmove(lasts_of(q), lasts_of(q) + drop, n * sizeof(struct last_sent));
	q->head -= drop;
}

/* Room for one more at the end of the array. */
static void
sendq_room(struct pool *pool, struct sendq *q)
{
	uint16_t keep = acked_kept(q);

	if (q->head + q->len < q->cap)
		return;
	if (q->head <= keep + q->cap / 4) {
		if (sendq_grow(pool, q))
			return;
		if (q->head == 0) { /* no room at all: the oldest range is dropped */
			q->head++;
			q->len--;
		}
		keep = q->head / 4;
	}
	acked_drop(q, q->head - keep);
}

/* Inserts a copy of r before index i, with its latest transmission. Returns the new element. */
static struct sent_range *
sendq_insert(struct pool *pool, struct sendq *q, size_t i, const struct sent_range *r,
	   struct last_sent latest)
{
	struct sent_range copy = *r, *at;
	uint16_t before = q->len;
	size_t behind;

	sendq_room(pool, q);
	if (q->len < before)
		i = i > 0 ? i - 1 : 0;
	assert(i <= q->len && q->head + q->len < q->cap);
	at = &q->rec[q->head + i];
	behind = q->len - i;
	memmove(at + 1, at, behind * sizeof(*at));
	*at = copy;
	if (q->has_lasts) {
		struct last_sent *l = &lasts_of(q)[q->head + i];

		memmove(l + 1, l, behind * sizeof(*l));
		*l = latest;
	}
	q->len++;
	return at;
}

struct sent_range *
sendq_append(struct pool *pool, struct sendq *q)
{
	sendq_room(pool, q);
	assert(q->head + q->len < q->cap);
	return &q->rec[q->head + q->len++];
}

void
sendq_split(struct pool *pool, struct sendq *q, seqno at)
{
	size_t i = sendq_lower(q, at);
	struct sent_range front;

	if (i >= q->len || !seq_lt(sendq_at(q, i)->seq, at))
		return;
	front = *sendq_at(q, i);
	front.end = at;
	sendq_at(q, i)->seq = at;
	sendq_insert(pool, q, i, &front, sendq_last_sent(q, sendq_at(q, i)));
}

/* Makes room for the latest transmissions. false: no memory, the first ones stand for them. */
static bool
sendq_keep_last(struct pool *pool, struct sendq *q)
{
	return q->has_lasts ||
	       sendq_move(pool, q, q->cap < SENDQ_POOLED ? SENDQ_POOLED : q->cap, true);
}

static void
sent_again(struct sendq *q, struct sent_range *r, struct last_sent latest)
{
	r->sent += r->sent < UINT8_MAX;
	r->flags |= SENT_RETRANS;
	if (!q->has_lasts)
		return;
	r->flags |= SENT_LAST_APART;
	lasts_of(q)[r - q->rec] = latest;
}

void
sendq_again(struct pool *pool, struct sendq *q, seqno seq, seqno end, struct last_sent latest)
{
	sendq_split(pool, q, seq);
	sendq_split(pool, q, end);
	sendq_keep_last(pool, q);
	for (size_t i = sendq_lower(q, seq); i < q->len; i++) {
		struct sent_range *r = sendq_at(q, i);

		if (seq_le(end, r->seq))
			break;
		sent_again(q, r, latest);
	}
	for (size_t i = q->head; i-- > 0 && seq_lt(seq, q->rec[i].end);)
		if (seq_lt(q->rec[i].seq, end))
			sent_again(q, &q->rec[i], latest);
}

void
sendq_overtaken(struct pool *pool, struct sendq *q, const struct sent_range *first)
{
	const struct sent_range *found = sendq_find(q, first->seq);
	struct sent_range *r;
	size_t i;

	if (!found)
		found = sendq_find_acked(q, first->seq);
	if (!found)
		return;
	i = (size_t)(found - q->rec);
	if (sendq_keep_last(pool, q) && !(q->rec[i].flags & SENT_LAST_APART)) {
		lasts_of(q)[i] = sendq_last_sent(q, &q->rec[i]);
		q->rec[i].flags |= SENT_LAST_APART;
	}
	r = &q->rec[i];
	r->frame = first->frame;
	r->tsval = first->tsval;
	r->ip_id = first->ip_id;
}

void
sendq_restart(struct sendq *q, nsec ts)
{
	struct sent_range *r = sendq_at(q, 0);

	r->first_ts = ts;
	if (r->flags & SENT_LAST_APART)
		lasts_of(q)[r - q->rec].ts = ts;
}

uint32_t
sendq_seen(const struct sendq *q, seqno seq, seqno end)
{
	uint32_t seen = 0;

	for (size_t i = sendq_lower(q, seq); i < q->len; i++) {
		const struct sent_range *r = sendq_at(q, i);
		seqno from = seq_max(r->seq, seq), to = seq_min(r->end, end);

		if (!seq_lt(r->seq, end))
			break;
		seen += to - from;
	}
	return seen;
}

void
sendq_fill(struct pool *pool, struct sendq *q, const struct sent_range *r)
{
	struct sent_range piece = *r;

	while (seq_lt(piece.seq, r->end)) {
		size_t i = sendq_lower(q, piece.seq);
		const struct sent_range *next = i < q->len ? sendq_at(q, i) : NULL;

		if (next && seq_le(next->seq, piece.seq)) {
			piece.seq = next->end;
			continue;
		}
		piece.end = next ? seq_min(next->seq, r->end) : r->end;
		sendq_insert(pool, q, i, &piece, (struct last_sent){0});
		piece.seq = piece.end;
	}
}

void
sendq_ack(struct sendq *q, seqno una)
{
	while (q->len > 0 && seq_le(q->rec[q->head].end, una)) {
		q->head++;
		q->len--;
	}
	if (q->len > 0 && seq_lt(q->rec[q->head].seq, una))
		q->rec[q->head].seq = una;
}

void
sendq_drop(struct sendq *q)
{
	q->head += q->len;
	q->len = 0;
}
