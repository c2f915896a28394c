/* SPDX-License-Identifier: MIT */
/*
 * reasm.c: reassembles IP fragments (RFC 791 3.2, RFC 8200 4.5) within fixed numbers of datagrams
 * and bytes. Of overlapping IPv4 fragments the first one counts; overlapping IPv6 fragments make
 * their datagram invalid (RFC 5722). Bytes that were cut by the snapshot length count as arrived,
 * because their length is known; the segment is then marked as truncated.
 */
#include "net/reasm.h"

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define DATAGRAM_MAX  65535u
#define BLOCK         8u /* fragments begin on multiples of it */
#define BLOCKS_MAX    ((DATAGRAM_MAX + BLOCK) / BLOCK)
#define FRAGMENT_LIFE (30 * NSEC_PER_SEC)
/* A later fragment of the same key within this time is a copy made by the capture (a second
 * interface, a mirror port). */
#define COPY_LIFE (50 * NSEC_PER_MS)

struct datagram_key {
	uint8_t src[16], dst[16];
	uint32_t id, scope;
	uint8_t protocol, ip_version, unused[6];
};

enum datagram_state { EMPTY, GROWING, DONE, INVALID };

struct datagram {
	struct datagram_key key;
	enum datagram_state state;
	uint8_t fragments;
	nsec first;        /* time of the first fragment; DONE: of completion */
	uint32_t size;     /* bytes allocated */
	uint32_t end;      /* offset after the last byte that arrived */
	uint32_t total;    /* length; 0 until the last fragment arrives */
	uint32_t blocks;   /* number of blocks that arrived */
	uint32_t captured; /* bytes from the start that were captured without a gap */
	uint8_t *bytes;
	uint64_t arrived[(BLOCKS_MAX + 63) / 64]; /* a bit per block */
};

bool
reasm_init(struct reasm *r)
{
	r->slots = calloc(REASM_SETS * REASM_WAYS, sizeof(*r->slots));
	return r->slots;
}

static void
datagram_release(struct reasm *r, struct datagram *d)
{
	free(d->bytes);
	r->memory -= d->size;
	d->bytes = NULL;
	d->size = 0;
}

static void
datagram_drop(struct reasm *r, struct datagram *d)
{
	if (d->state == GROWING || d->state == INVALID)
		r->lost += d->fragments;
	datagram_release(r, d);
	d->state = EMPTY;
}

void
reasm_free(struct reasm *r)
{
	/* Without memory in use no slot is read: untouched slots have no pages yet. */
	for (size_t i = 0; r->memory > 0 && i < REASM_SETS * REASM_WAYS; i++)
		free(r->slots[i].bytes);
	free(r->slots);
	free(r->open);
}

static bool
is_expired(const struct reasm *r, const struct datagram *d)
{
	const nsec age = r->now - d->first;

	return age > FRAGMENT_LIFE || age < -FRAGMENT_LIFE;
}

uint64_t
reasm_lost(const struct reasm *r)
{
	uint64_t lost = r->lost;

	for (size_t i = 0; i < REASM_SETS * REASM_WAYS; i++) {
		const struct datagram *d = &r->slots[i];

		if ((d->state == GROWING && is_expired(r, d)) || d->state == INVALID)
			lost += d->fragments;
	}
	return lost;
}

static struct datagram *
oldest_growing(struct reasm *r, const struct datagram *but)
{
	struct datagram *oldest = NULL;

	for (size_t i = 0; i < REASM_SETS * REASM_WAYS; i++) {
		struct datagram *d = &r->slots[i];

		if (d->size > 0 && d != but && (!oldest || d->first < oldest->first))
			oldest = d;
	}
	return oldest;
}

/* Makes room for `need` bytes, dropping the oldest datagrams if necessary. */
static bool
datagram_reserve(struct reasm *r, struct datagram *d, uint32_t need)
{
	uint32_t size = d->size > 0 ? d->size : 4096;
	uint8_t *p;

	if (need <= d->size)
		return true;
	while (size < need)
		size *= 2;
	while (r->memory + size - d->size > REASM_MEMORY) {
		struct datagram *oldest = oldest_growing(r, d);

		if (!oldest)
			return false;
		datagram_drop(r, oldest);
	}
	p = realloc(d->bytes, size);
	if (!p)
		return false;
	r->memory += size - d->size;
	d->bytes = p;
	d->size = size;
	return true;
}

static void
datagram_begin(struct reasm *r, struct datagram *d, const struct datagram_key *key)
{
	datagram_drop(r, d);
	d->key = *key;
	d->state = GROWING;
	d->fragments = 0;
	d->first = r->now;
	d->end = d->total = d->blocks = 0;
	d->captured = UINT32_MAX;
	memset(d->arrived, 0, sizeof(d->arrived));
}

static bool
is_replaceable(const struct reasm *r, const struct datagram *d)
{
	return d->state == EMPTY || (d->state == DONE && r->now - d->first > COPY_LIFE) ||
	       is_expired(r, d);
}

/* Finds the datagram of a key or begins one, which may replace the oldest of its set. */
static struct datagram *
datagram_find(struct reasm *r, const struct datagram_key *key)
{
	const uint64_t set = XXH3_64bits(key, sizeof(*key)) % REASM_SETS;
	struct datagram *d = &r->slots[set * REASM_WAYS], *victim = d;

	for (size_t i = 0; i < REASM_WAYS; i++, d++) {
		if (is_replaceable(r, d)) {
			datagram_drop(r, d);
			victim = d;
		} else if (memcmp(&d->key, key, sizeof(*key)) == 0) {
			return d;
		} else if (victim->state != EMPTY && d->first < victim->first) {
			victim = d;
		}
	}
	datagram_begin(r, victim, key);
	return victim;
}

static inline bool
has_block(const struct datagram *d, uint32_t block)
{
	return d->arrived[block / 64] >> (block % 64) & 1;
}

static uint32_t
count_arrived(const struct datagram *d, uint32_t from, uint32_t to)
{
	uint32_t n = 0;

	while (from < to)
		n += has_block(d, from++);
	return n;
}

/* Copies the blocks that were missing. cap: how many of the len bytes were captured. */
static void
datagram_fill(struct datagram *d, const uint8_t *p, uint32_t offset, uint32_t len, uint32_t cap)
{
	for (uint32_t at = 0; at < len; at += BLOCK) {
		const uint32_t block = (offset + at) / BLOCK;
		const uint32_t n = len - at < BLOCK ? len - at : BLOCK;
		const uint32_t have = cap <= at ? 0 : cap - at < n ? cap - at : n;

		if (has_block(d, block))
			continue;
		d->arrived[block / 64] |= UINT64_C(1) << (block % 64);
		d->blocks++;
		memcpy(d->bytes + offset + at, p + at, have);
		if (have < n && offset + at + have < d->captured)
			d->captured = offset + at + have;
	}
	if (offset + len > d->end)
		d->end = offset + len;
}

/* Every fragment but the last has a multiple of eight bytes, and nothing lies beyond the last. */
static bool
is_sound(const struct datagram *d, const struct fragment *fr, uint32_t len)
{
	const uint32_t end = fr->offset + len;

	if (len == 0 || end > DATAGRAM_MAX || (fr->more && len % BLOCK != 0))
		return false;
	if (d->total != 0)
		return fr->more ? end < d->total : end == d->total;
	return fr->more || end >= d->end;
}

static void
datagram_invalidate(struct reasm *r, struct datagram *d)
{
	datagram_release(r, d);
	d->state = INVALID;
}

static void
count_fragment(struct datagram *d)
{
	if (d->fragments < UINT8_MAX)
		d->fragments++;
}

/* Whether a fragment whose blocks have all arrived is a copy. An IPv6 fragment must be identical,
 * otherwise it is an overlap. */
static bool
is_copy(const struct datagram *d, const struct walk *w, const struct fragment *fr)
{
	const uint32_t known = d->captured > fr->offset ? d->captured - fr->offset : 0;
	const uint32_t n = w->c.cap < known ? w->c.cap : known;

	if (!fr->more && d->total == 0)
		return false;
	return d->key.ip_version == 4 || memcmp(d->bytes + fr->offset, w->c.p, n) == 0;
}

static enum decode_result
datagram_add(struct reasm *r, struct datagram *d, const struct walk *w, const struct fragment *fr)
{
	const uint32_t len = w->c.wire, from = fr->offset / BLOCK;
	uint32_t to, known;

	if (!is_sound(d, fr, len)) {
		r->lost++;
		return DECODE_MALFORMED;
	}
	to = (fr->offset + len + BLOCK - 1) / BLOCK;
	known = count_arrived(d, from, to);
	if (known == to - from && is_copy(d, w, fr))
		return DECODE_FRAGMENT;
	count_fragment(d);
	if (known != 0 && d->key.ip_version == 6) {
		datagram_invalidate(r, d);
		return DECODE_MALFORMED;
	}
	if (!datagram_reserve(r, d, fr->offset + len)) {
		datagram_drop(r, d);
		return DECODE_FRAGMENT;
	}
	datagram_fill(d, w->c.p, fr->offset, len, w->c.cap);
	if (!fr->more)
		d->total = fr->offset + len;
	return DECODE_FRAGMENT;
}

static bool
is_whole(const struct datagram *d)
{
	return d->total != 0 && d->blocks == (d->total + BLOCK - 1) / BLOCK;
}

/* Moves the cursor to the start of a complete datagram, whose bytes are kept until the next one. */
static void
datagram_open(struct reasm *r, struct datagram *d, struct walk *w)
{
	free(r->open);
	r->open = d->bytes;
	r->memory -= d->size;
	w->c.p = d->bytes;
	w->c.framed = false;
	w->c.wire = d->total;
	w->c.cap = d->captured < d->total ? d->captured : d->total;
	w->out->reassembled = 1;
	w->out->fragments = d->fragments;
	d->bytes = NULL;
	d->size = 0;
	d->state = DONE;
	d->first = r->now;
}

static struct datagram_key
fragment_key(const struct walk *w, const struct fragment *fr)
{
	struct datagram_key key = {
		.id = fr->id,
		.scope = w->out->scope,
		.protocol = fr->protocol,
		.ip_version = w->out->ip_version,
	};

	memcpy(key.src, w->out->src, 16);
	memcpy(key.dst, w->out->dst, 16);
	return key;
}

bool
reasm_add(struct reasm *r, struct walk *w, const struct fragment *fr, enum decode_result *result)
{
	const struct datagram_key key = fragment_key(w, fr);
	struct datagram *d = datagram_find(r, &key);

	if (d->state != GROWING) {
		r->lost += d->state == INVALID;
		*result = d->state == INVALID ? DECODE_MALFORMED : DECODE_FRAGMENT;
		return false;
	}
	*result = datagram_add(r, d, w, fr);
	if (*result != DECODE_FRAGMENT || !is_whole(d))
		return false;
	datagram_open(r, d, w);
	return true;
}
