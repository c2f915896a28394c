/* SPDX-License-Identifier: MIT */
/*
 * writer: text and JSON into a growing buffer. The JSON is own code rather than a library's because
 * a time stamp has nineteen digits, which a library's double cannot hold, and because a line is
 * written per packet: no tree is built, nothing is allocated once the buffer has grown.
 * Knows nothing of connections; checks no grammar: the caller opens and closes in order.
 */
#ifndef TCPLENS_WRITER_H
#define TCPLENS_WRITER_H

#include "base/base.h"

struct writer {
	char *buf;
	size_t len, cap;
	bool comma; /* a value precedes on this level */
};

void writer_free(struct writer *w);

/* Raw bytes, as they are. */
void writer_raw(struct writer *w, const char *bytes, size_t len);

/* Room for n bytes to be written in place, and that it was, up to `end`. */
char *writer_room(struct writer *w, size_t n);
void writer_took(struct writer *w, const char *end);

/* Text, printf-like. */
void writer_format(struct writer *w, const char *fmt, ...) ATTR_FORMAT(2, 3);

/* Every value is preceded by its key, or by none (NULL) in arrays and at the top. */
void writer_open(struct writer *w, const char *key, char bracket); /* '{' or '[' */
void writer_close(struct writer *w, char bracket);                 /* '}' or ']' */
void writer_null(struct writer *w, const char *key);
void writer_bool(struct writer *w, const char *key, bool v);
void writer_uint(struct writer *w, const char *key, uint64_t v);
void writer_int(struct writer *w, const char *key, int64_t v);
/* Escaped; what is not UTF-8 becomes U+FFFD. NULL: null. */
void writer_string(struct writer *w, const char *key, const char *s);
/* A moment: seconds with nine decimals. NSEC_NEVER: null. */
void writer_time(struct writer *w, const char *key, nsec t);
/* A duration: seconds, trailing zeros cut. Negative means unknown: null. */
void writer_duration(struct writer *w, const char *key, nsec d);

/* Ends the line. */
void writer_end_line(struct writer *w);

#endif
