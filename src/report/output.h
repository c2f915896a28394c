/* SPDX-License-Identifier: MIT */
/*
 * output: a growing buffer for text and JSON. No JSON library is used because a time stamp has
 * nineteen digits, more than a double holds, and because a line is written per packet: no tree is
 * built, and nothing is allocated once the buffer has grown. The grammar is not checked: the caller
 * opens and closes objects and arrays in order.
 */
#ifndef TCPLENS_REPORT_OUTPUT_H
#define TCPLENS_REPORT_OUTPUT_H

#include "base/base.h"

struct output {
	char *buf;
	size_t len, cap;
	bool comma; /* the next value needs a comma before it */
};

void output_free(struct output *w);

/* Appends bytes without escaping. */
void output_raw(struct output *w, const char *bytes, size_t len);

/* Returns where the next n bytes can be written in place; output_took() then says up to where they
 * were. */
char *output_room(struct output *w, size_t n);
void output_took(struct output *w, const char *end);

/* Appends text without escaping, formatted as by printf(). */
void output_format(struct output *w, const char *fmt, ...) ATTR_FORMAT(2, 3);

/* Append a value with its key; the key is NULL in arrays and at the top level. */
void output_open(struct output *w, const char *key, char bracket); /* '{' or '[' */
void output_close(struct output *w, char bracket);                 /* '}' or ']' */
void output_null(struct output *w, const char *key);
void output_bool(struct output *w, const char *key, bool v);
void output_uint(struct output *w, const char *key, uint64_t v);
void output_int(struct output *w, const char *key, int64_t v);
/* The string is escaped; bytes that are not UTF-8 become U+FFFD. NULL gives null. */
void output_string(struct output *w, const char *key, const char *s);
/* A moment in seconds, with nine decimals. NSEC_NEVER gives null. */
void output_time(struct output *w, const char *key, nsec t);
/* A duration in seconds, without trailing zeros. A negative one is unknown and gives null. */
void output_duration(struct output *w, const char *key, nsec d);

/* Appends a newline; the next value needs no comma. */
void output_end_line(struct output *w);

#endif
