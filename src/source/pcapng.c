/* SPDX-License-Identifier: MIT */
/*
 * pcapng: sections of either byte order; interfaces, each with its own link type, time resolution
 * and time offset; enhanced, simple and obsolete packet blocks; interface statistics. All other
 * blocks are skipped. Part of savefile; knows nothing of pcap files.
 */
#include "config.h"

#include "source/pcapng.h"

#include "base/i18n.h"

enum {
	BLOCK_SHB = 0x0a0d0d0a,
	BLOCK_IDB = 1,
	BLOCK_PB = 2, /* obsolete */
	BLOCK_SPB = 3,
	BLOCK_ISB = 5,
	BLOCK_EPB = 6,
};

enum {
	OPT_END = 0,
	OPT_IF_TSRESOL = 9,
	OPT_IF_TSOFFSET = 14,
	OPT_PACKET_FLAGS = 2, /* of enhanced and obsolete packet blocks */
	OPT_ISB_IFDROP = 5,
	OPT_ISB_OSDROP = 7,
};

#define BYTE_ORDER_MAGIC 0x1a2b3c4du
#define BLOCK_MIN        12

__extension__ typedef unsigned __int128 uint128;

static uint32_t
pad4(uint32_t n)
{
	return (n + 3) & ~3u;
}

/* ---- time ---- */

static const uint64_t powers10[] = {1,      10,      100,      1000,      10000,
				    100000, 1000000, 10000000, 100000000, 1000000000};

/* Converts a time in the interface's units to nanoseconds, saturating. */
static nsec
moment(const struct record_format *f, uint64_t units)
{
	uint128 ns;

	if (f->binary)
		ns = (uint128)units * NSEC_PER_SEC >> f->exponent;
	else if (f->exponent <= 9)
		ns = (uint128)units * powers10[9 - f->exponent];
	else {
		ns = units;
		for (int i = 9; i < f->exponent; i++)
			ns /= 10;
	}
	nsec t = ns > INT64_MAX ? INT64_MAX : (nsec)ns;
	int64_t offset;
	if (__builtin_mul_overflow(f->offset, NSEC_PER_SEC, &offset) ||
	    __builtin_add_overflow(t, offset, &t))
		return f->offset < 0 ? 0 : INT64_MAX;
	return t;
}

/* ---- options ---- */

typedef void option_fn(void *ctx, bool swap, uint16_t code, const uint8_t *value, uint16_t len);

static void
each_option(const uint8_t *p, size_t len, bool swap, option_fn *fn, void *ctx)
{
	while (len >= 4) {
		uint16_t code = get16(p, swap), n = get16(p + 2, swap);
		uint32_t step = 4 + pad4(n);

		if (code == OPT_END || n > len - 4)
			return;
		fn(ctx, swap, code, p + 4, n);
		if (step >= len)
			return;
		p += step;
		len -= step;
	}
}

static void
interface_option(void *ctx, bool swap, uint16_t code, const uint8_t *value, uint16_t len)
{
	struct record_format *f = ctx;

	if (code == OPT_IF_TSRESOL && len >= 1) {
		f->binary = value[0] & 0x80;
		f->exponent = value[0] & 0x7f;
	} else if (code == OPT_IF_TSOFFSET && len >= 8)
		f->offset = (int64_t)get64(value, swap);
}

static void
statistics_option(void *ctx, bool swap, uint16_t code, const uint8_t *value, uint16_t len)
{
	struct savefile_interface *i = ctx;

	if (len < 8 || (code != OPT_ISB_IFDROP && code != OPT_ISB_OSDROP))
		return;
	i->drops_known = true;
	if (code == OPT_ISB_IFDROP)
		i->interface_drops = get64(value, swap);
	else
		i->kernel_drops = get64(value, swap);
}

static void
packet_option(void *ctx, bool swap, uint16_t code, const uint8_t *value, uint16_t len)
{
	enum direction *d = ctx;
	static const enum direction directions[4] = {DIR_UNKNOWN, DIR_IN, DIR_OUT, DIR_UNKNOWN};

	if (code == OPT_PACKET_FLAGS && len >= 4)
		*d = directions[get32(value, swap) & 3];
}

enum direction
record_direction(const struct record_format *f, const uint8_t *options, size_t len)
{
	enum direction d = DIR_UNKNOWN;

	each_option(options, len, f->swap, packet_option, &d);
	return d;
}

/* ---- packet blocks ---- */

/* Enhanced and obsolete packet blocks; they differ only in the first four bytes of the body. */
static bool
timed_block(const struct record_format *f, const uint8_t *p, size_t len, uint32_t type,
	    struct record *out)
{
	if (len < 28 || out->total < 32)
		return false;
	uint64_t units = (uint64_t)get32(p + 12, f->swap) << 32 | get32(p + 16, f->swap);
	out->interface = type == BLOCK_EPB ? get32(p + 8, f->swap) : get16(p + 8, f->swap);
	out->timed = true;
	out->ts = moment(f, units);
	out->data = 28;
	out->cap_len = get32(p + 20, f->swap);
	out->wire_len = get32(p + 24, f->swap);
	if (out->cap_len > RECORD_DATA_MAX || pad4(out->cap_len) > out->total - 32)
		return false;
	uint32_t end = 28 + pad4(out->cap_len);
	out->options = end + 8 <= out->total ? end : 0;
	return true;
}

static bool
simple_block(const struct record_format *f, const uint8_t *p, size_t len, struct record *out)
{
	if (len < 12 || out->total < 16)
		return false;
	out->data = 12;
	out->wire_len = out->cap_len = get32(p + 8, f->swap);
	if (f->snaplen && out->cap_len > f->snaplen)
		out->cap_len = f->snaplen;
	return out->cap_len <= RECORD_DATA_MAX && out->cap_len <= out->total - 16;
}

bool
pcapng_record_parse(const struct record_format *f, const uint8_t *p, size_t len, struct record *out)
{
	if (len < 8)
		return false;
	uint32_t type = get32(p, f->swap);
	*out = (struct record){.total = get32(p + 4, f->swap)};
	if (type == BLOCK_SPB)
		return simple_block(f, p, len, out);
	return (type == BLOCK_EPB || type == BLOCK_PB) && timed_block(f, p, len, type, out);
}

static enum savefile_result
damaged(struct savefile *sf, const char *what)
{
	return savefile_damage(sf, stream_offset(sf->stream), what);
}

/* The interface number in a packet or statistics block; simple packet blocks mean the first. */
static uint32_t
named_interface(const struct savefile *sf, uint32_t type, const uint8_t *p)
{
	if (type == BLOCK_SPB)
		return 0;
	return type == BLOCK_PB ? get16(p + 8, sf->first.swap) : get32(p + 8, sf->first.swap);
}

static enum savefile_result
packet_block(struct savefile *sf, uint32_t type, uint32_t total, struct frame *f)
{
	const uint8_t *p = stream_at(sf->stream);
	uint32_t n = named_interface(sf, type, p);
	struct record r;

	if (n >= sf->n_interfaces - sf->section)
		return damaged(sf, _("damaged (a packet of an undescribed interface)"));
	size_t i = sf->section + n;
	const struct record_format *rf = &sf->interfaces[i].f;
	if (!pcapng_record_parse(rf, p, total, &r))
		return damaged(sf, _("damaged (a packet block's lengths contradict each other)"));
	if (r.options)
		r.direction = record_direction(rf, p + r.options, total - 4 - r.options);
	savefile_deliver(sf, i, rf, &r, f);
	return SAVEFILE_FRAME;
}

/* ---- the other blocks ---- */

static enum savefile_result
interface_block(struct savefile *sf, uint32_t total)
{
	const uint8_t *p = stream_at(sf->stream);

	if (total < 20)
		return damaged(sf, _("damaged (an interface description is too short)"));
	struct record_format f = {
		.kind = SAVEFILE_PCAPNG,
		.swap = sf->first.swap,
		.exponent = 6,
		.linktype = get16(p + 8, sf->first.swap),
		.snaplen = get32(p + 12, sf->first.swap),
		.interface = (uint32_t)(sf->n_interfaces - sf->section + 1),
	};
	each_option(p + 16, total - 20, f.swap, interface_option, &f);
	if (f.exponent > (f.binary ? 63 : 19))
		return damaged(sf, _("damaged (invalid if_tsresol)"));
	if (!savefile_add_interface(sf, &f))
		return damaged(sf, _("too many interfaces"));
	stream_advance(sf->stream, total);
	return SAVEFILE_FRAME;
}

static enum savefile_result
statistics_block(struct savefile *sf, uint32_t total)
{
	const uint8_t *p = stream_at(sf->stream);
	uint32_t n = total >= 24 ? get32(p + 8, sf->first.swap) : UINT32_MAX;

	if (n < sf->n_interfaces - sf->section)
		each_option(p + 20, total - 24, sf->first.swap, statistics_option,
			    &sf->interfaces[sf->section + n]);
	stream_advance(sf->stream, total);
	return SAVEFILE_FRAME;
}

/* Begins a section, which has its own byte order and interfaces. */
static enum savefile_result
section_block(struct savefile *sf)
{
	enum stream_result r = stream_need(sf->stream, 28);

	if (r != STREAM_OK)
		return savefile_stuck(sf, r);
	const uint8_t *p = stream_at(sf->stream);
	sf->first.swap = get32(p + 8, true) == BYTE_ORDER_MAGIC;
	if (!sf->first.swap && get32(p + 8, false) != BYTE_ORDER_MAGIC)
		return damaged(sf, _("damaged (a section header without byte order)"));
	uint32_t total = get32(p + 4, sf->first.swap);
	if (total < 28 || total % 4)
		return damaged(sf, _("damaged (a section header's length)"));
	if (get16(p + 12, sf->first.swap) != 1)
		return damaged(sf, _("unsupported version of pcapng"));
	sf->section = sf->n_interfaces;
	sf->skip = total;
	return SAVEFILE_FRAME;
}

/* Skips the rest of a block of any size. */
static enum savefile_result
skip(struct savefile *sf)
{
	while (sf->skip) {
		size_t n = stream_avail(sf->stream);

		if (n == 0) {
			enum stream_result r = stream_need(sf->stream, 1);

			if (r != STREAM_OK)
				return savefile_stuck(sf, r);
			n = stream_avail(sf->stream);
		}
		if (n > sf->skip)
			n = (size_t)sf->skip;
		stream_advance(sf->stream, n);
		sf->skip -= n;
	}
	return SAVEFILE_FRAME;
}

static bool
holds_facts(uint32_t type)
{
	return type == BLOCK_EPB || type == BLOCK_IDB || type == BLOCK_ISB || type == BLOCK_SPB ||
	       type == BLOCK_PB;
}

/* Reads a block of a type that is needed. Sets *packet if it filled f. */
static enum savefile_result
known_block(struct savefile *sf, uint32_t type, uint32_t total, struct frame *f, bool *packet)
{
	enum stream_result r =
		total <= STREAM_NEED_MAX ? stream_need(sf->stream, total) : STREAM_OK;

	if (r != STREAM_OK)
		return savefile_stuck(sf, r);
	const uint8_t *p = stream_at(sf->stream);
	if (total > STREAM_NEED_MAX || get32(p + total - 4, sf->first.swap) != total)
		return damaged(sf, _("damaged (a block's length)"));
	if (type == BLOCK_IDB)
		return interface_block(sf, total);
	if (type == BLOCK_ISB)
		return statistics_block(sf, total);
	*packet = true;
	return packet_block(sf, type, total, f);
}

/* Reads or skips a block. Sets *packet if it filled f. */
static enum savefile_result
block(struct savefile *sf, struct frame *f, bool *packet)
{
	struct stream *st = sf->stream;
	enum stream_result r = stream_need(st, BLOCK_MIN);

	if (r == STREAM_END && stream_avail(st) == 0)
		return SAVEFILE_END;
	if (r != STREAM_OK)
		return savefile_stuck(sf, r);
	uint32_t type = get32(stream_at(st), sf->first.swap);
	uint32_t total = get32(stream_at(st) + 4, sf->first.swap);
	if (type == BLOCK_SHB)
		return section_block(sf);
	if (total < BLOCK_MIN || total % 4)
		return damaged(sf, _("damaged (a block's length)"));
	if (holds_facts(type))
		return known_block(sf, type, total, f, packet);
	sf->skip = total;
	return SAVEFILE_FRAME;
}

enum savefile_result
pcapng_next(struct savefile *sf, struct frame *f)
{
	bool packet = false;

	while (!packet) {
		enum savefile_result r = sf->skip ? skip(sf) : SAVEFILE_FRAME;

		if (r == SAVEFILE_FRAME)
			r = block(sf, f, &packet);
		if (r != SAVEFILE_FRAME)
			return r;
	}
	return SAVEFILE_FRAME;
}
