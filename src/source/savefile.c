/* SPDX-License-Identifier: MIT */
/*
 * savefile: pcap files, and what they have in common with pcapng (pcapng.c). libpcap's reader is
 * not used because it refuses pcapng files whose interfaces have different link types, copies every
 * packet, and does not report the offset of a record (packets are read again instead of kept), of
 * damage, or the time resolution of an interface. Nothing in a file is trusted.
 */
#include "config.h"

#include "source/savefile.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "source/pcapng.h"

#define FILE_HEADER    24
#define MAGIC_PCAPNG   0x0a0d0d0au
#define INTERFACES_MAX 65535

static const struct {
	uint32_t magic;
	enum savefile_kind kind;
	uint8_t exponent;
} magics[] = {
	{0xa1b2c3d4, SAVEFILE_PCAP, 6},
	{0xa1b23c4d, SAVEFILE_PCAP, 9},
	{0xa1b2cd34, SAVEFILE_PCAP_MODIFIED, 6},
};

void
savefile_open(struct savefile *sf, struct stream *stream)
{
	*sf = (struct savefile){.stream = stream};
	pthread_mutex_init(&sf->lock, NULL);
}

void
savefile_close(struct savefile *sf)
{
	free(sf->interfaces);
	sf->interfaces = NULL;
	pthread_mutex_destroy(&sf->lock);
}

enum savefile_result
savefile_damage(struct savefile *sf, uint64_t offset, const char *what)
{
	if (!sf->err.msg[0])
		err_set(&sf->err,
			_("%s at offset %llu, after %llu packets; everything before it is shown"),
			what, (unsigned long long)offset, (unsigned long long)sf->number);
	return SAVEFILE_DAMAGED;
}

enum savefile_result
savefile_stuck(struct savefile *sf, enum stream_result r)
{
	struct stream *st = sf->stream;

	if (r == STREAM_WAIT)
		return SAVEFILE_WAIT;
	if (r == STREAM_ERROR && !sf->started) {
		sf->err = st->err;
		return SAVEFILE_DAMAGED;
	}
	if (r == STREAM_ERROR)
		return savefile_damage(sf, stream_offset(st) + stream_avail(st), st->err.msg);
	return savefile_damage(sf, stream_offset(st), _("cut short in the middle of a record"));
}

bool
savefile_add_interface(struct savefile *sf, const struct record_format *f)
{
	if (sf->n_interfaces >= INTERFACES_MAX)
		return false;
	pthread_mutex_lock(&sf->lock);
	void *p = reallocarray(sf->interfaces, sf->n_interfaces + 1, sizeof(*sf->interfaces));
	if (p) {
		sf->interfaces = p;
		sf->interfaces[sf->n_interfaces++] = (struct savefile_interface){.f = *f};
	}
	pthread_mutex_unlock(&sf->lock);
	return p;
}

bool
savefile_format(struct savefile *sf, uint64_t ref, struct record_format *out)
{
	size_t i = (size_t)(ref >> 48);

	pthread_mutex_lock(&sf->lock);
	bool known = i < sf->n_interfaces;
	if (known)
		*out = sf->interfaces[i].f;
	pthread_mutex_unlock(&sf->lock);
	return known;
}

bool
savefile_drops(const struct savefile *sf, uint64_t *kernel, uint64_t *interface)
{
	bool known = false;

	*kernel = *interface = 0;
	for (size_t i = 0; i < sf->n_interfaces; i++) {
		*kernel += sf->interfaces[i].kernel_drops;
		*interface += sf->interfaces[i].interface_drops;
		known |= sf->interfaces[i].drops_known;
	}
	return known;
}

/* Size of a record's header. A plain file has this machine's byte order and the usual header. */
static inline uint32_t
pcap_header(const struct record_format *f, bool plain)
{
	return !plain && f->kind == SAVEFILE_PCAP_MODIFIED ? 24 : 16;
}

/* Parses the header at p, which is complete. `plain` is a constant in the fast path. */
static inline bool
pcap_record_parse(const struct record_format *f, bool plain, const uint8_t *p, struct record *out)
{
	const bool swap = !plain && f->swap;
	const uint32_t header = pcap_header(f, plain), fraction = get32(p + 4, swap);
	uint32_t cap_len = get32(p + 8, swap), wire_len = get32(p + 12, swap);

	if (!plain && f->swap_lengths && cap_len > wire_len) {
		uint32_t t = cap_len;

		cap_len = wire_len;
		wire_len = t;
	}
	*out = (struct record){
		.total = header + cap_len,
		.data = header,
		.cap_len = cap_len,
		.wire_len = wire_len,
		.timed = true,
		.ts = get32(p, swap) * NSEC_PER_SEC +
		      fraction * (f->exponent == 9 ? 1 : NSEC_PER_US),
	};
	if (header == 24) /* the kernel's packet type: 0 to us, 4 from us */
		out->direction = p[22] == 0 ? DIR_IN : p[22] == 4 ? DIR_OUT : DIR_UNKNOWN;
	return cap_len <= RECORD_DATA_MAX;
}

bool
record_parse(const struct record_format *f, const uint8_t *p, size_t len, struct record *out)
{
	if (f->kind == SAVEFILE_PCAPNG)
		return pcapng_record_parse(f, p, len, out);
	return len >= pcap_header(f, false) && pcap_record_parse(f, false, p, out);
}

static enum savefile_result
pcap_damage(struct savefile *sf, uint32_t cap_len)
{
	char what[96];
	struct text t = text_on(what, sizeof(what));

	text_add(&t, _("damaged (a record of %u bytes)"), cap_len);
	return savefile_damage(sf, stream_offset(sf->stream), what);
}

/* Reads a record of any form, which may not be in the buffer completely. */
static ATTR_NOINLINE enum savefile_result
pcap_fetch(struct savefile *sf, struct frame *f)
{
	struct stream *st = sf->stream;
	const struct record_format *rf = &sf->first;
	struct record r;
	enum stream_result got = stream_need(st, pcap_header(rf, false));

	if (got == STREAM_END && stream_avail(st) == 0)
		return SAVEFILE_END;
	if (got != STREAM_OK)
		return savefile_stuck(sf, got);
	if (!pcap_record_parse(rf, false, stream_at(st), &r))
		return pcap_damage(sf, r.cap_len);
	got = stream_need(st, r.total);
	if (got != STREAM_OK)
		return savefile_stuck(sf, got);
	savefile_deliver(sf, 0, rf, &r, f);
	return SAVEFILE_FRAME;
}

static inline enum savefile_result
pcap_next(struct savefile *sf, struct frame *f)
{
	const struct stream *st = sf->stream;
	const struct record_format *rf = &sf->first;
	struct record r;

	if (UNLIKELY(!rf->plain || stream_avail(st) < pcap_header(rf, true)))
		return pcap_fetch(sf, f);
	if (UNLIKELY(!pcap_record_parse(rf, true, stream_at(st), &r) || stream_avail(st) < r.total))
		return pcap_fetch(sf, f);
	savefile_deliver(sf, 0, rf, &r, f);
	return SAVEFILE_FRAME;
}

static enum savefile_result
not_a_capture(struct savefile *sf)
{
	if (stream_avail(sf->stream) == 0)
		err_set(&sf->err, _("is empty; a capture file (pcap or pcapng) is expected"));
	else
		err_set(&sf->err, _("is not a capture file (pcap or pcapng, gz or zst)"));
	return SAVEFILE_DAMAGED;
}

/* The index of the magic number at p in magics; ARRAY_LEN(magics): it is not pcap. */
static size_t
find_magic(const uint8_t *p, bool *swap)
{
	size_t i = 0;

	for (; i < ARRAY_LEN(magics); i++) {
		*swap = get32(p, true) == magics[i].magic;
		if (*swap || get32(p, false) == magics[i].magic)
			break;
	}
	return i;
}

static enum savefile_result
pcap_start(struct savefile *sf)
{
	bool swap;
	size_t i = find_magic(stream_at(sf->stream), &swap);

	if (i == ARRAY_LEN(magics))
		return not_a_capture(sf);
	enum stream_result r = stream_need(sf->stream, FILE_HEADER);
	if (r != STREAM_OK)
		return savefile_stuck(sf, r);
	const uint8_t *p = stream_at(sf->stream);
	bool swap_lengths = get16(p + 4, swap) == 2 && get16(p + 6, swap) <= 3;
	sf->first = (struct record_format){
		.kind = magics[i].kind,
		.swap = swap,
		.swap_lengths = swap_lengths,
		.plain = magics[i].kind == SAVEFILE_PCAP && !swap && !swap_lengths,
		.exponent = magics[i].exponent,
		.linktype = get32(p + 20, swap) & 0xffff, /* the upper bits: length of the FCS */
		.snaplen = get32(p + 16, swap),
	};
	stream_advance(sf->stream, FILE_HEADER);
	if (!savefile_add_interface(sf, &sf->first))
		return savefile_damage(sf, 0, _("out of memory"));
	sf->started = true;
	return SAVEFILE_FRAME;
}

/* Detects the format and reads the file header. SAVEFILE_FRAME: success. */
static enum savefile_result
start(struct savefile *sf)
{
	enum stream_result r = stream_need(sf->stream, 4);

	if (r == STREAM_END)
		return not_a_capture(sf);
	if (r != STREAM_OK)
		return savefile_stuck(sf, r);
	if (get32(stream_at(sf->stream), false) != MAGIC_PCAPNG)
		return pcap_start(sf);
	sf->first.kind = SAVEFILE_PCAPNG;
	sf->started = true;
	return SAVEFILE_FRAME;
}

static inline enum savefile_result
next_record(struct savefile *sf, struct frame *f)
{
	return sf->first.kind == SAVEFILE_PCAPNG ? pcapng_next(sf, f) : pcap_next(sf, f);
}

static ATTR_NOINLINE enum savefile_result
first_record(struct savefile *sf, struct frame *f)
{
	enum savefile_result r = sf->err.msg[0] ? SAVEFILE_DAMAGED : start(sf);

	return r == SAVEFILE_FRAME ? next_record(sf, f) : r;
}

enum savefile_result
savefile_next(struct savefile *sf, struct frame *f)
{
	return LIKELY(sf->started) ? next_record(sf, f) : first_record(sf, f);
}
