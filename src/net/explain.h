/* SPDX-License-Identifier: MIT */
/*
 * explain.h: how a header is described to people: a table of its fields, or a function for what no
 * table can say. Private to net.
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

/* A number and the word for it, ended by a NULL word. */
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
	FMT_BYTES, /* hexadecimal, as far as it fits; len 0: up to the header's end */
	FMT_NAME,  /* text padded with NUL */
	FMT_WORDS, /* a number of four bytes each */
	FMT_BLOCKS, /* a number of eight bytes each */
	FMT_HEADER_SUM, /* RFC 791 checksum over the header; the note is the verdict */
};

/* One field at a fixed place. */
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
	/* The fields that are not at a fixed place, after the rows. */
	void (*rest)(struct explainer *x, const struct walk *w, const uint8_t *h, uint32_t len);
};

/* ---- explain_tables.c ---- */
/* One row per kind; never NULL. */
const struct header_info *header_info(enum header kind);

/* ---- explain_field.c ---- */
/* Gives one field to the caller: n bytes at p. */
void explain_give(struct explainer *x, struct field *f, const uint8_t *p, uint32_t n);
/* Adds bytes in hexadecimal, as many as a field has room for. */
void explain_add_bytes(struct text *t, const uint8_t *p, uint32_t n);
/* Gives one field to the caller: n bytes at p, the value formatted as by printf. */
void explain_field(struct explainer *x, int depth, const char *name, const char *note,
		   const uint8_t *p, uint32_t n, const char *fmt, ...) ATTR_FORMAT(7, 8);
/* The same with bytes as the value. */
void explain_bytes(struct explainer *x, int depth, const char *name, const char *note,
		   const uint8_t *p, uint32_t n);

/* ---- explain_tcp.c ---- */
void explain_tcp(struct explainer *x, const struct walk *w, const uint8_t *h, uint32_t len);

#endif
