/* SPDX-License-Identifier: MIT */
/*
 * savefile: reads capture files from a stream, record by record. Private to this layer.
 *
 * The 64-bit reference of a record has the index of its interface in the upper 16 bits and its
 * offset in the lower 48, which is enough for any thread to parse the record again.
 */
#ifndef TCPLENS_SOURCE_SAVEFILE_H
#define TCPLENS_SOURCE_SAVEFILE_H

#include <pthread.h>

#include "net/net.h"
#include "source/stream.h"

enum savefile_result {
	SAVEFILE_FRAME,
	SAVEFILE_WAIT, /* the pipe has no more at the moment */
	SAVEFILE_END,
	SAVEFILE_DAMAGED, /* savefile->err says where; everything before was delivered */
};

enum savefile_kind { SAVEFILE_PCAP, SAVEFILE_PCAP_MODIFIED, SAVEFILE_PCAPNG };

/* The most captured bytes of a record: libpcap's MAXIMUM_SNAPLEN. More is damage. */
#define RECORD_DATA_MAX (256u << 10)

/* The latest time of a frame (in 2116); leaves room for calculations. */
#define FRAME_TIME_MAX (INT64_MAX / 2)

/* The format of one interface's records. Constant after the first frame. */
struct record_format {
	uint8_t kind;      /* enum savefile_kind */
	bool swap;         /* written in the other byte order */
	bool swap_lengths; /* pcap before 2.3 had caplen and len the other way round */
	bool plain;        /* pcap, in this machine's byte order, with 16-byte headers */
	bool binary;       /* time units: 2^-exponent seconds, else 10^-exponent */
	uint8_t exponent;
	int linktype;
	uint32_t snaplen;   /* 0: unlimited */
	uint32_t interface; /* number in its section, from 1; 0: pcap */
	int64_t offset;     /* seconds to add to every time stamp */
};

/* A record's layout, from its first bytes. */
struct record {
	uint32_t total; /* bytes of the whole record in the file */
	uint32_t data;  /* offset of the captured bytes in it */
	uint32_t cap_len, wire_len;
	uint32_t options;   /* offset; 0: none */
	uint32_t interface; /* pcapng: number in its section, from 0 */
	bool timed;
	nsec ts;
	enum direction direction;
};

/* The longest and the shortest header before captured bytes. */
#define RECORD_HEADER_MAX 28
#define RECORD_HEADER_MIN 12

struct savefile_interface {
	struct record_format f;
	uint64_t interface_drops, kernel_drops; /* the latest statistics block's */
	bool drops_known; /* there was such a block */
};

struct savefile {
	struct stream *stream;
	struct record_format first; /* pcap: the file's; pcapng: its byte order */
	bool started;               /* the file header was read */
	uint64_t skip;              /* bytes of a block that are still to be skipped */
	uint64_t number;            /* of the latest frame */
	nsec ts;                    /* of the latest frame */
	struct savefile_interface *interfaces; /* of all sections */
	size_t n_interfaces, section;          /* section: the first one of the current section */
	pthread_mutex_t lock;                  /* protects interfaces for savefile_format() */
	struct err err;
};

/* The stream is borrowed, and must be at its beginning. */
void savefile_open(struct savefile *sf, struct stream *stream);
void savefile_close(struct savefile *sf);
/* Reads the next frame. f->data is valid until the next call. */
enum savefile_result savefile_next(struct savefile *sf, struct frame *f);
/* Drops that the file's statistics blocks report, summed over its interfaces. False, and 0: there
 * is no such block. */
bool savefile_drops(const struct savefile *sf, uint64_t *kernel, uint64_t *interface);

/* ---- reading a record again, any thread ---- */
static inline uint64_t
record_offset(uint64_t ref)
{
	return ref & ((UINT64_C(1) << 48) - 1);
}

/* The format of the referenced record's interface. false: no such interface. */
bool savefile_format(struct savefile *sf, uint64_t ref, struct record_format *out);
/* Parses the first len bytes of a record; false: they are not a record. */
bool record_parse(const struct record_format *f, const uint8_t *p, size_t len, struct record *out);
/* The direction in a block's options. */
enum direction record_direction(const struct record_format *f, const uint8_t *options, size_t len);

/* The time of a record, saturating in [0, FRAME_TIME_MAX]; `previous` if it has none. */
static inline nsec
record_time(const struct record *r, nsec previous)
{
	if (!r->timed)
		return previous;
	return r->ts < 0 ? 0 : nsec_min(r->ts, FRAME_TIME_MAX);
}

/* ---- within savefile*.c ---- */
bool savefile_add_interface(struct savefile *sf, const struct record_format *f);
/* Fills f from the record r at the stream's position and moves behind it. */
static inline void
savefile_deliver(struct savefile *sf, size_t interface, const struct record_format *rf,
		 const struct record *r, struct frame *f)
{
	sf->ts = record_time(r, sf->ts);
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
/* Sets sf->err to one line, from `what` (a clause) and the offset, unless it is set. */
enum savefile_result savefile_damage(struct savefile *sf, uint64_t offset, const char *what);
/* The result for a stream's result other than STREAM_OK in the middle of a record. */
enum savefile_result savefile_stuck(struct savefile *sf, enum stream_result r);

static inline uint16_t
get16(const uint8_t *p, bool swap)
{
	uint16_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return swap ? __builtin_bswap16(v) : v;
}

static inline uint32_t
get32(const uint8_t *p, bool swap)
{
	uint32_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return swap ? __builtin_bswap32(v) : v;
}

static inline uint64_t
get64(const uint8_t *p, bool swap)
{
	uint64_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return swap ? __builtin_bswap64(v) : v;
}

#endif
