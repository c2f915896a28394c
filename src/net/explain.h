/* SPDX-License-Identifier: MIT */
/*
 * explain.h: how headers are described to people: by a table of their fields, and by a function for
 * fields without a fixed place. Private to net.
 */
#ifndef TCPLENS_NET_EXPLAIN_H
#define TCPLENS_NET_EXPLAIN_H

#include "net/decode.h"

struct explainer {
	const struct frame *f;
	field_fn *fn;
	void *ctx;
	uint32_t payload; /* offset of the innermost TCP payload; cap_len: none */
};

/* The name of a value; a table of them ends with a NULL name. */
struct value_name {
	uint32_t value;
	const char *name;
};

enum field_format {
	FMT_DEC,
	FMT_HEX,
	FMT_MAC,
	FMT_IPV4,
	FMT_IPV6,
	FMT_BYTES, /* hexadecimal, cut if too long; len 0: up to the end of the header */
	FMT_NAME,  /* text padded with NUL */
	FMT_WORDS, /* in units of four bytes */
	FMT_BLOCKS, /* in units of eight bytes */
	FMT_HEADER_SUM, /* IPv4 header checksum; the note says whether it is correct */
};

/* A field at a fixed place. */
struct field_row {
	const char *name; /* N_() */
	const char *note; /* N_() or NULL */
	uint8_t offset, len;
	uint8_t format;	  /* enum field_format */
	uint32_t mask;	  /* of a number; 0: all of it */
	const struct value_name *names;
};

struct header_info {
	const char *name;  /* of the heading */
	const char *note;  /* N_() */
	const struct field_row *rows;
	size_t n_rows;
	/* Explains the fields without a fixed place, after the rows; or NULL. */
	void (*rest)(struct explainer *x, const struct walk *w, const uint8_t *h, uint32_t len);
};

/* ---- explain_tables.c ---- */
/* Never NULL. */
const struct header_info *header_info(enum header kind);

/* ---- explain_field.c ---- */
/* Reports a field, whose bytes are the n bytes at p. */
void explain_give(struct explainer *x, struct field *f, const uint8_t *p, uint32_t n);
/* Adds bytes in hexadecimal, cut if too long. */
void explain_add_bytes(struct text *t, const uint8_t *p, uint32_t n);
/* Reports a field with a formatted value. */
void explain_field(struct explainer *x, int depth, const char *name, const char *note,
		   const uint8_t *p, uint32_t n, const char *fmt, ...) ATTR_FORMAT(7, 8);
/* Reports a field with its bytes as the value. */
void explain_bytes(struct explainer *x, int depth, const char *name, const char *note,
		   const uint8_t *p, uint32_t n);

/* ---- explain_tcp.c ---- */
void explain_tcp(struct explainer *x, const struct walk *w, const uint8_t *h, uint32_t len);

#endif
