/* SPDX-License-Identifier: MIT */
/*
 * capfile: capture files built byte by byte, in either byte order, for the tests of the source
 * layer. Lengths can be made to lie by the caller, who may write any byte itself.
 */
#ifndef TCPLENS_TEST_CAPFILE_H
#define TCPLENS_TEST_CAPFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct capfile {
	uint8_t *buf;
	size_t len, room;
	bool swap; /* the other byte order than this machine's */
};

void capfile_free(struct capfile *c);
void put8(struct capfile *c, uint8_t v);
void put16(struct capfile *c, uint16_t v);
void put32(struct capfile *c, uint32_t v);
void put64(struct capfile *c, uint64_t v);
void put_bytes(struct capfile *c, const void *p, size_t len);
/* n bytes that tell which packet they belong to: id, id + 1, … */
void put_payload(struct capfile *c, uint8_t id, size_t n);
/* Overwrites what was put before. */
void set32(struct capfile *c, size_t at, uint32_t v);

/* pcap */
void pcap_header(struct capfile *c, uint32_t magic, uint16_t minor, uint32_t linktype);
void pcap_packet(struct capfile *c, uint32_t sec, uint32_t frac, uint8_t id, uint32_t cap_len,
		 uint32_t wire_len);

/* pcapng */
void ng_section(struct capfile *c);
/* tsresol < 0: no such option; offset 0: no such option */
void ng_interface(struct capfile *c, uint16_t linktype, uint32_t snaplen, int tsresol,
		  int64_t offset);
/* flags < 0: no options */
void ng_packet(struct capfile *c, uint32_t interface, uint64_t units, uint8_t id, uint32_t cap_len,
	       uint32_t wire_len, int flags);
void ng_old_packet(struct capfile *c, uint16_t interface, uint64_t units, uint8_t id,
		   uint32_t cap_len);
void ng_simple(struct capfile *c, uint8_t id, uint32_t wire_len, uint32_t cap_len);
void ng_statistics(struct capfile *c, uint32_t interface, uint64_t ifdrop, uint64_t osdrop);
void ng_unknown(struct capfile *c, uint32_t type, size_t body);

/* Writes it to a new temporary file; its name into path, of at least 64 bytes. */
void capfile_save(const struct capfile *c, char *path);
void bytes_save(const void *p, size_t len, char *path);

#ifdef HAVE_ZLIB
/* One gzip member of p; returns its length. */
size_t pack_gzip(const uint8_t *p, size_t len, uint8_t *out, size_t size);
#endif
#ifdef HAVE_ZSTD
size_t pack_zstd(const uint8_t *p, size_t len, uint8_t *out, size_t size);
#endif

#endif
