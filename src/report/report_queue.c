/* SPDX-License-Identifier: MIT */
/*
 * report_queue: keeps lines in capture order while the analysis of some may still be revised. Final
 * segments and texts are emitted through two callbacks, which format them.
 */
#include "report/report_private.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 256

struct report_item {
	struct segment s; /* for a text only .frame is set: that of the segment before it */
	char *text;       /* owned; NULL for a segment */
	size_t len;
};

static struct report_item *
item_at(const struct report_queue *q, size_t i)
{
	return &q->ring[(q->head + i) & (q->capacity - 1)];
}

static void
grow(struct report_queue *q)
{
	const size_t capacity = q->capacity == 0 ? FIRST_CAPACITY : q->capacity * 2;
	struct report_item *ring = xreallocarray(NULL, capacity, sizeof(*ring));

	for (size_t i = 0; i < q->count; i++)
		ring[i] = *item_at(q, i);
	free(q->ring);
	q->ring = ring;
	q->capacity = capacity;
	q->head = 0;
}

static struct report_item *
append(struct report_queue *q)
{
	if (q->count == q->capacity)
		grow(q);
	return item_at(q, q->count++);
}

static void
emit_head(struct report_queue *q)
{
	struct report_item *it = item_at(q, 0);

	if (it->text)
		q->emit_text(q->ctx, it->text, it->len);
	else
		q->emit_segment(q->ctx, &it->s);
	free(it->text);
	q->head = (q->head + 1) & (q->capacity - 1);
	q->count--;
}

static bool
head_is_due(const struct report_queue *q)
{
	const struct segment *s = &item_at(q, 0)->s;

	return !s->pending || q->count > q->max_items ||
	       (q->max_hold > 0 && q->now - s->ts > q->max_hold);
}

static void
release(struct report_queue *q)
{
	while (q->count > 0 && head_is_due(q))
		emit_head(q);
}

void
report_queue_segment(struct report_queue *q, const struct segment *s)
{
	q->now = nsec_max(q->now, s->ts);
	if (q->count == 0 && !s->pending) {
		q->emit_segment(q->ctx, s);
		return;
	}
	struct report_item *it = append(q);

	it->s = *s;
	it->text = NULL;
	release(q);
}

/* Frame numbers ascend along the queue. A text has the frame of the segment before it, so the first
 * item with a frame is the segment itself, if it is still held. */
static struct report_item *
find(const struct report_queue *q, uint64_t frame)
{
	size_t low = 0, high = q->count;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (item_at(q, mid)->s.frame < frame)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == q->count)
		return NULL;
	struct report_item *it = item_at(q, low);

	return it->s.frame == frame && !it->text ? it : NULL;
}

void
report_queue_amend(struct report_queue *q, const struct segment *s)
{
	struct report_item *it = find(q, s->frame);

	if (!it)
		return;
	it->s = *s;
	release(q);
}

void
report_queue_text(struct report_queue *q, const char *text, size_t len)
{
	if (q->count == 0) {
		q->emit_text(q->ctx, text, len);
		return;
	}
	const uint64_t frame = item_at(q, q->count - 1)->s.frame;
	struct report_item *it = append(q);

	*it = (struct report_item){.s = {.frame = frame}, .text = xmalloc(len), .len = len};
	memcpy(it->text, text, len);
	release(q);
}

void
report_queue_advance(struct report_queue *q, nsec now)
{
	q->now = nsec_max(q->now, now);
	release(q);
}

void
report_queue_finish(struct report_queue *q)
{
	while (q->count > 0)
		emit_head(q);
	free(q->ring);
	q->ring = NULL;
	q->capacity = 0;
}
