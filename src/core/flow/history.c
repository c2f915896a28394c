/* SPDX-License-Identifier: MIT */
/* history: see history.h. */
#include "core/flow/history.h"

#include "core/flow/pool.h"

#include <assert.h>
#include <string.h>

#define CHUNK_MIN ((size_t)4096) /* bytes of a later chunk: doubled after every fourth */
#define CHUNK_MAX POOL_MAX_SIZE
#define INDEX_MIN 4 /* entries */

bool
history_init(struct history *l, size_t budget)
{
	memset(l, 0, sizeof(*l));
	l->pool = pool_new(budget);
	return l->pool;
}

void
history_done(struct history *l)
{
	pool_free_all(l->pool);
}

/* ---- the queues by age ---- */

static struct history_queue *
queue_of(struct history *l, const struct history_chunk *k)
{
	return k->is_first ? &l->first : &l->later;
}

static void
queue_unlink(struct history *l, struct history_chunk *k)
{
	struct history_queue *q = queue_of(l, k);

	if (k->older)
		k->older->newer = k->newer;
	else
		q->oldest = k->newer;
	if (k->newer)
		k->newer->older = k->older;
	else
		q->newest = k->older;
}

static void
queue_append(struct history *l, struct history_chunk *k)
{
	struct history_queue *q = queue_of(l, k);

	k->older = q->newest;
	k->newer = NULL;
	if (k->older)
		k->older->newer = k;
	else
		q->oldest = k;
	q->newest = k;
}

/* ---- the index of a connection ---- */

static size_t
index_size(uint32_t cap)
{
	return sizeof(struct history_index) + cap * sizeof(struct history_entry);
}

static struct history_entry *
index_at(struct history_index *ix, uint32_t i)
{
	assert(i < ix->n);
	return &ix->entries[ix->head + i];
}

static struct history_chunk *
newest_chunk(const struct conn *c)
{
	struct history_index *ix = c->log_later;

	return ix && ix->n > 0 ? index_at(ix, ix->n - 1)->chunk : c->log_first;
}

/* Room for one more entry. false: no memory. */
static bool
index_room(struct history *l, struct conn *c)
{
	struct history_index *ix = c->log_later, *fresh;
	uint32_t cap = ix ? ix->cap : 0;

	if (ix && ix->head + ix->n < cap)
		return true;
	if (ix && ix->head > cap / 2) {
		memmove(ix->entries, ix->entries + ix->head, ix->n * sizeof(ix->entries[0]));
		ix->head = 0;
		return true;
	}
	cap = cap ? 2 * cap : INDEX_MIN;
	if (index_size(cap) > POOL_MAX_SIZE)
		return false;
	fresh = pool_get(l->pool, index_size(cap));
	if (!fresh)
		return false;
	memset(fresh, 0, sizeof(*fresh));
	if (ix) {
		fresh->made = ix->made;
		fresh->n = ix->n;
		memcpy(fresh->entries, ix->entries + ix->head, ix->n * sizeof(ix->entries[0]));
		pool_put(l->pool, ix, index_size(ix->cap));
	}
	fresh->cap = cap;
	c->log_later = fresh;
	return true;
}

/* Last entry whose number is at most `number`; −1 none. */
static int64_t
entry_by_number(struct history_index *ix, uint32_t number)
{
	uint32_t lo = 0, hi = ix ? ix->n : 0;

	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;

		if (index_at(ix, mid)->number <= number)
			lo = mid + 1;
		else
			hi = mid;
	}
	return (int64_t)lo - 1;
}

/* Kept segments of later chunks before entry i. */
static uint32_t
entry_place(struct history_index *ix, uint32_t i)
{
	return index_at(ix, i)->place - index_at(ix, 0)->place;
}

/* Last entry that begins at or before a place among the later chunks; −1 there are none. */
static int64_t
entry_by_place(struct history_index *ix, uint64_t place)
{
	uint32_t lo = 0, hi = ix ? ix->n : 0;

	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;

		if (entry_place(ix, mid) <= place)
			lo = mid + 1;
		else
			hi = mid;
	}
	return (int64_t)lo - 1;
}

/* ---- dropping ---- */

/* Takes the chunk out of its connection and its queue; its memory is the caller's. */
static void
chunk_take(struct history *l, struct history_chunk *k)
{
	struct conn *c = k->owner;

	if (k->is_first) {
		c->log_first = NULL;
	} else {
		struct history_index *ix = c->log_later;

		assert(ix->n > 0 && index_at(ix, 0)->chunk == k); /* the oldest goes first */
		ix->head++;
		ix->n--;
	}
	c->log_lost += k->n;
	l->lost += k->n;
	queue_unlink(l, k);
}

void
history_drop_all(struct history *l, struct conn *c)
{
	struct history_index *ix = c->log_later;

	for (uint32_t i = 0; ix && i < ix->n; i++) {
		struct history_chunk *k = index_at(ix, i)->chunk;

		queue_unlink(l, k);
		pool_put(l->pool, k, k->size);
	}
	if (ix)
		pool_put(l->pool, ix, index_size(ix->cap));
	c->log_later = NULL;
	if (c->log_first) {
		queue_unlink(l, c->log_first);
		pool_put(l->pool, c->log_first, c->log_first->size);
		c->log_first = NULL;
	}
}

/* ---- adding ---- */

static size_t
first_size(void)
{
	return sizeof(struct history_chunk) + HISTORY_FIRST * sizeof(struct segment);
}

/* A long connection has few, large chunks. */
static size_t
later_size(const struct history_index *ix)
{
	size_t size = CHUNK_MIN << (ix && ix->made < 64 ? ix->made / 4 : ix ? 16 : 0);

	return size < CHUNK_MAX ? size : CHUNK_MAX;
}

/* Memory for a chunk: new, of half the size and so on, or the oldest chunk's. NULL: none. */
static struct history_chunk *
chunk_memory(struct history *l, size_t size, bool is_first)
{
	struct history_chunk *k = NULL, *oldest;

	for (; !k; size /= 2) {
		k = pool_get(l->pool, size);
		if (k) {
			k->size = (uint32_t)size;
			return k;
		}
		if (is_first || size <= CHUNK_MIN)
			break;
	}
	oldest = is_first ? l->first.oldest : l->later.oldest;
	if (oldest)
		chunk_take(l, oldest);
	return oldest;
}

static struct history_chunk *
chunk_new(struct history *l, struct conn *c, bool is_first)
{
	struct history_chunk *k;
	uint32_t size;

	if (!is_first && !index_room(l, c))
		return NULL;
	k = chunk_memory(l, is_first ? first_size() : later_size(c->log_later), is_first);
	if (!k)
		return NULL;
	size = k->size;
	memset(k, 0, sizeof(*k));
	k->size = size;
	k->cap = (uint16_t)((size - sizeof(*k)) / sizeof(struct segment));
	k->is_first = is_first;
	k->owner = c;
	k->number = c->log_next;
	queue_append(l, k);
	return k;
}

/* A chunk that the connection's next segment goes to; NULL: no memory. */
static struct history_chunk *
chunk_add(struct history *l, struct conn *c)
{
	const bool is_first = c->log_next == 0;
	struct history_chunk *k = chunk_new(l, c, is_first);
	struct history_index *ix = c->log_later;

	if (!k)
		return NULL;
	if (is_first) {
		c->log_first = k;
		return k;
	}
	ix->made++;
	ix->n++;
	*index_at(ix, ix->n - 1) = (struct history_entry){k, k->number, 0};
	if (ix->n > 1) {
		const struct history_entry *before = index_at(ix, ix->n - 2);

		index_at(ix, ix->n - 1)->place = before->place + before->chunk->n;
	}
	return k;
}

void
history_add(struct history *l, struct conn *c, const struct segment *s)
{
	struct history_chunk *k = newest_chunk(c);

	if (!k || k->n == k->cap)
		k = chunk_add(l, c);
	if (k) {
		k->seg[k->n++] = *s;
		k->marks |= segment_marks(s);
	} else {
		c->log_lost++;
		l->lost++;
	}
	c->log_next++;
}

/* ---- reading ---- */

static struct history_chunk *
chunk_of(const struct conn *c, uint32_t number)
{
	struct history_chunk *k = newest_chunk(c);

	if (k && number < k->number) {
		int64_t i = entry_by_number(c->log_later, number);

		k = i >= 0 ? index_at(c->log_later, (uint32_t)i)->chunk : c->log_first;
	}
	return k && number >= k->number && number < k->number + k->n ? k : NULL;
}

struct segment *
history_get(const struct conn *c, uint32_t number)
{
	struct history_chunk *k = chunk_of(c, number);

	return k ? &k->seg[number - k->number] : NULL;
}

void
history_marks_changed(const struct conn *c, uint32_t number)
{
	struct history_chunk *k = chunk_of(c, number);

	if (k)
		k->marks |= segment_marks(&k->seg[number - k->number]);
}

/* Segments of the chunk with numbers below `limit`. */
static uint32_t
chunk_below(const struct history_chunk *k, uint32_t limit)
{
	if (!k || limit <= k->number)
		return 0;
	return limit - k->number < k->n ? limit - k->number : k->n;
}

uint64_t
history_kept(const struct conn *c, uint32_t limit)
{
	uint64_t kept = chunk_below(c->log_first, limit);
	int64_t i = limit > 0 ? entry_by_number(c->log_later, limit - 1) : -1;

	if (i >= 0)
		kept += entry_place(c->log_later, (uint32_t)i) +
			chunk_below(index_at(c->log_later, (uint32_t)i)->chunk, limit);
	return kept;
}

uint64_t
history_gap(const struct conn *c)
{
	return c->log_first && c->log_lost > 0 ? c->log_first->n : 0;
}

static struct history_span
span_of(struct history_chunk *k, uint64_t skip)
{
	if (!k || skip >= k->n)
		return (struct history_span){NULL, 0, 0};
	return (struct history_span){&k->seg[skip], k->n - (uint32_t)skip,
				     k->marks};
}

uint32_t
history_before(const struct conn *c, uint64_t place)
{
	uint64_t first = c->log_first ? c->log_first->n : 0;
	int64_t i;

	if (place < first)
		return (uint32_t)place;
	i = entry_by_place(c->log_later, place - first);
	return i < 0 ? 0 : (uint32_t)(place - first - entry_place(c->log_later, (uint32_t)i));
}

struct history_span
history_at(const struct conn *c, uint64_t place)
{
	uint64_t first = c->log_first ? c->log_first->n : 0;
	int64_t i;

	if (place < first)
		return span_of(c->log_first, place);
	i = entry_by_place(c->log_later, place - first);
	if (i < 0)
		return span_of(NULL, 0);
	return span_of(index_at(c->log_later, (uint32_t)i)->chunk,
		       place - first - entry_place(c->log_later, (uint32_t)i));
}

size_t
history_copy(const struct conn *c, uint64_t first, size_t n, uint32_t limit, struct segment *out)
{
	uint64_t kept = history_kept(c, limit);
	size_t copied = 0;

	if (first >= kept)
		return 0;
	n = n < kept - first ? n : (size_t)(kept - first);
	while (copied < n) {
		struct history_span s = history_at(c, first + copied);
		size_t take = s.n < n - copied ? s.n : n - copied;

		assert(s.seg);
		memcpy(out + copied, s.seg, take * sizeof(*out));
		copied += take;
	}
	return copied;
}
