/* SPDX-License-Identifier: MIT */
/*
 * output: text and JSON into a growing buffer. The JSON is own code rather than a library's because
 * a time stamp has nineteen digits, which a library's double cannot hold, and because a line is
 * written per packet: no tree is built, nothing is allocated once the buffer has grown.
 * Knows nothing of connections; checks no grammar: the caller opens and closes in order.
 */
#ifndef TCPLENS_REPORT_OUTPUT_H
#define TCPLENS_REPORT_OUTPUT_H

#include "base/base.h"

struct output {
	char *buf;
	size_t len, cap;
	bool comma; /* a value precedes on this level */
};

void output_free(struct output *w);

/* Raw bytes, as they are. */
void output_raw(struct output *w, const char *bytes, size_t len);

/* Room for n bytes to be written in place, and that it was, up to `end`. */
char *output_room(struct output *w, size_t n);
void output_took(struct output *w, const char *end);

/* Text, printf-like. */
void output_format(struct output *w, const char *fmt, ...) ATTR_FORMAT(2, 3);

/* Every value is preceded by its key, or by none (NULL) in arrays and at the top. */
void output_open(struct output *w, const char *key, char bracket); /* '{' or '[' */
void output_close(struct output *w, char bracket);                 /* '}' or ']' */
void output_null(struct output *w, const char *key);
void output_bool(struct output *w, const char *key, bool v);
void output_uint(struct output *w, const char *key, uint64_t v);
void output_int(struct output *w, const char *key, int64_t v);
/* Escaped; what is not UTF-8 becomes U+FFFD. NULL: null. */
void output_string(struct output *w, const char *key, const char *s);
/* A moment: seconds with nine decimals. NSEC_NEVER: null. */
void output_time(struct output *w, const char *key, nsec t);
/* A duration: seconds, trailing zeros cut. Negative means unknown: null. */
void output_duration(struct output *w, const char *key, nsec d);

/* Ends the line. */
void output_end_line(struct output *w);

#endif
