/* SPDX-License-Identifier: MIT */
/*
 * ring: the bytes of the latest live packets, in a buffer of fixed size. A reference is a record's
 * position, counted from the beginning of the capture, so that it is unique and a record that was
 * overwritten is recognised. One thread adds, any may read.
 */
#include "config.h"

#include "source/ring.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define RING_MIN ((size_t)1 << 20)

struct ring_record {
	uint64_t ref; /* its own position */
	uint64_t number;
	nsec ts;
	uint32_t cap_len, wire_len, interface;
	int linktype;
	enum direction direction;
	uint32_t spare;
};

struct ring {
	pthread_mutex_t lock;
	uint8_t *memory;
	size_t size;
	uint64_t head; /* position of the next record; starts at size, so that no reference is 0 */
};

struct ring *
ring_new(size_t size)
{
	struct ring *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	size = (size < RING_MIN ? RING_MIN : size) & ~(size_t)7;
	r->memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (r->memory == MAP_FAILED) {
		free(r);
		return NULL;
	}
	r->size = size;
	r->head = size;
	pthread_mutex_init(&r->lock, NULL);
	return r;
}

void
ring_free(struct ring *r)
{
	if (!r)
		return;
	munmap(r->memory, r->size);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

uint64_t
ring_add(struct ring *r, const struct frame *f)
{
	size_t len = (sizeof(struct ring_record) + f->cap_len + 7) & ~(size_t)7;

	if (len > r->size / 2)
		return 0;
	pthread_mutex_lock(&r->lock);
	if (r->head % r->size + len > r->size) /* records are contiguous */
		r->head += r->size - r->head % r->size;
	struct ring_record h = {r->head,      f->number,   f->ts,        f->cap_len, f->wire_len,
				f->interface, f->linktype, f->direction, 0};
	uint8_t *p = r->memory + r->head % r->size;
	memcpy(p, &h, sizeof(h));
	if (f->cap_len)
		memcpy(p + sizeof(h), f->data, f->cap_len);
	r->head += len;
	pthread_mutex_unlock(&r->lock);
	return h.ref;
}

/* Whether the record is intact: less than `size` bytes were written since its beginning. */
static bool
is_kept(const struct ring *r, uint64_t ref, struct ring_record *h)
{
	size_t at = ref % r->size;

	if (ref % 8 || ref >= r->head || r->head - ref > r->size || r->size - at < sizeof(*h))
		return false;
	memcpy(h, r->memory + at, sizeof(*h));
	return h->ref == ref && h->cap_len <= r->size - at - sizeof(*h);
}

bool
ring_read(struct ring *r, uint64_t ref, struct frame *f, uint8_t *buf, size_t size)
{
	struct ring_record h;

	pthread_mutex_lock(&r->lock);
	bool kept = is_kept(r, ref, &h);
	if (kept) {
		size_t len = h.cap_len < size ? h.cap_len : size;

		memcpy(buf, r->memory + ref % r->size + sizeof(h), len);
		*f = (struct frame){
			.ts = h.ts,
			.data = buf,
			.number = h.number,
			.cap_len = (uint32_t)len,
			.wire_len = h.wire_len,
			.ref = ref,
			.interface = h.interface,
			.linktype = h.linktype,
			.direction = h.direction,
		};
	}
	pthread_mutex_unlock(&r->lock);
	return kept;
}
