/* SPDX-License-Identifier: MIT */
/*
 * savefile: pcap files, and what they share with pcapng (pcapng.c). A reader of our own, because
 * libpcap's refuses a pcapng file whose interfaces differ in link type, hides where a record lies
 * (we read packets again from the file instead of keeping them), where a file is damaged and what
 * resolution each interface had, and costs a copy per packet. Everything in a file is distrusted.
 */
#include "config.h"

#include "source/savefile.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"

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
			_("%s at offset %llu, after %llu packets; what comes before it is shown"),
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
	return p != NULL;
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

void
savefile_drops(const struct savefile *sf, uint64_t *kernel, uint64_t *interface)
{
	*kernel = *interface = 0;
	for (size_t i = 0; i < sf->n_interfaces; i++) {
		*kernel += sf->interfaces[i].kernel_drops;
		*interface += sf->interfaces[i].interface_drops;
	}
}

static bool
pcap_record_parse(const struct record_format *f, const uint8_t *p, size_t len, struct record *out)
{
	uint32_t header = f->kind == SAVEFILE_PCAP_MODIFIED ? 24 : 16;
	if (len < header)
		return false;
	uint32_t fraction = get32(p + 4, f->swap);
	uint32_t cap_len = get32(p + 8, f->swap), wire_len = get32(p + 12, f->swap);
	if (UNLIKELY(f->swap_lengths && cap_len > wire_len)) {
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
		.ts = get32(p, f->swap) * NSEC_PER_SEC +
		      fraction * (f->exponent == 9 ? 1 : NSEC_PER_US),
	};
	if (f->kind == SAVEFILE_PCAP_MODIFIED) /* the kernel's packet type: 0 to us, 4 from us */
		out->direction = p[22] == 0 ? DIR_IN : p[22] == 4 ? DIR_OUT : DIR_UNKNOWN;
	return cap_len <= RECORD_DATA_MAX;
}

bool
record_parse(const struct record_format *f, const uint8_t *p, size_t len, struct record *out)
{
	return f->kind == SAVEFILE_PCAPNG ? pcapng_record_parse(f, p, len, out)
					  : pcap_record_parse(f, p, len, out);
}

void
savefile_deliver(struct savefile *sf, size_t interface, const struct record *r, struct frame *f)
{
	const struct record_format *rf = &sf->interfaces[interface].f;
	if (r->timed)
		sf->ts = r->ts < 0 ? 0 : nsec_min(r->ts, FRAME_TIME_MAX);
	*f = (struct frame){
		.ts = sf->ts,
		.number = ++sf->number,
		.ref = (uint64_t)interface << 48 | stream_offset(sf->stream),
		.data = stream_at(sf->stream) + r->data,
		.cap_len = r->cap_len,
		.wire_len = r->wire_len < r->cap_len ? r->cap_len : r->wire_len,
		.interface = rf->interface,
		.linktype = rf->linktype,
		.direction = r->direction,
	};
	stream_advance(sf->stream, r->total);
}

static enum savefile_result
pcap_next(struct savefile *sf, struct frame *f)
{
	struct stream *st = sf->stream;
	const struct record_format *rf = &sf->first;
	struct record r;
	size_t header = rf->kind == SAVEFILE_PCAP_MODIFIED ? 24 : 16;
	enum stream_result got = stream_need(st, header);
	if (got == STREAM_END && stream_avail(st) == 0)
		return SAVEFILE_END;
	if (got != STREAM_OK)
		return savefile_stuck(sf, got);
	if (!pcap_record_parse(rf, stream_at(st), header, &r)) {
		char what[96];
		struct text t = text_on(what, sizeof(what));
		text_add(&t, _("damaged (a record of %u bytes)"), r.cap_len);
		return savefile_damage(sf, stream_offset(st), what);
	}
	got = stream_need(st, r.total);
	if (got != STREAM_OK)
		return savefile_stuck(sf, got);
	savefile_deliver(sf, 0, &r, f);
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

/* Which pcap variant a file begins as; ARRAY_LEN(magics): none. */
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
	sf->first = (struct record_format){
		.kind = magics[i].kind,
		.swap = swap,
		.swap_lengths = get16(p + 4, swap) == 2 && get16(p + 6, swap) <= 3,
		.exponent = magics[i].exponent,
		.linktype = get32(p + 20, swap) & 0xffff, /* above: length of the FCS */
		.snaplen = get32(p + 16, swap),
	};
	stream_advance(sf->stream, FILE_HEADER);
	if (!savefile_add_interface(sf, &sf->first))
		return savefile_damage(sf, 0, _("out of memory"));
	sf->started = true;
	return SAVEFILE_FRAME;
}

/* The file's first bytes: which format. SAVEFILE_FRAME: go on. */
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

enum savefile_result
savefile_next(struct savefile *sf, struct frame *f)
{
	if (UNLIKELY(!sf->started)) {
		enum savefile_result r = sf->err.msg[0] ? SAVEFILE_DAMAGED : start(sf);
		if (r != SAVEFILE_FRAME)
			return r;
	}
	return sf->first.kind == SAVEFILE_PCAPNG ? pcapng_next(sf, f) : pcap_next(sf, f);
}
