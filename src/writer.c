/* SPDX-License-Identifier: MIT */
/* writer: see writer.h. Decimal numbers are made by hand: exact, and independent of the locale. */
#include "writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT_ROOM 256 /* enough for most formatted texts */
#define NUMBER_MAX  24  /* digits of a 64-bit number, sign and point */

void
writer_free(struct writer *w)
{
	free(w->buf);
	*w = (struct writer){0};
}

/* Room for n more bytes. */
static char *
reserve(struct writer *w, size_t n)
{
	if (UNLIKELY(w->cap - w->len < n)) {
		w->cap = (w->cap + n) * 2;
		w->buf = xreallocarray(w->buf, w->cap, 1);
	}
	return w->buf + w->len;
}

void
writer_raw(struct writer *w, const char *bytes, size_t len)
{
	memcpy(reserve(w, len), bytes, len);
	w->len += len;
}

void
writer_cell(struct writer *w, const char *bytes, size_t len, int width)
{
	const size_t wide = (size_t)(width < 0 ? -width : width);
	const size_t pad = wide > len ? wide - len : 0;
	char *p = reserve(w, pad + len + 1);

	memset(p, ' ', pad + len + 1);
	memcpy(p + (width < 0 ? pad : 0), bytes, len);
	w->len += pad + len + 1;
}

void
writer_format(struct writer *w, const char *fmt, ...)
{
	va_list ap;

	reserve(w, FORMAT_ROOM);
	va_start(ap, fmt);
	const int n = vsnprintf(w->buf + w->len, w->cap - w->len, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= w->cap - w->len) { /* the rare long one: again, with room */
		reserve(w, (size_t)n + 1);
		va_start(ap, fmt);
		vsnprintf(w->buf + w->len, w->cap - w->len, fmt, ap);
		va_end(ap);
	}
	w->len += (size_t)n;
}

static void
put(struct writer *w, char c)
{
	*reserve(w, 1) = c;
	w->len++;
}

/* Comma and key; keys are our own words and need no escaping. */
static void
begin(struct writer *w, const char *key)
{
	if (w->comma)
		put(w, ',');
	w->comma = true;
	if (key == NULL)
		return;
	const size_t n = strlen(key);
	char *p = reserve(w, n + 3);

	p[0] = '"';
	memcpy(p + 1, key, n);
	p[n + 1] = '"';
	p[n + 2] = ':';
	w->len += n + 3;
}

void
writer_open(struct writer *w, const char *key, char bracket)
{
	begin(w, key);
	put(w, bracket);
	w->comma = false;
}

void
writer_close(struct writer *w, char bracket)
{
	put(w, bracket);
	w->comma = true;
}

void
writer_null(struct writer *w, const char *key)
{
	begin(w, key);
	writer_raw(w, "null", 4);
}

void
writer_bool(struct writer *w, const char *key, bool v)
{
	begin(w, key);
	writer_raw(w, v ? "true" : "false", v ? 4 : 5);
}

/* Writes v in decimal, at least `width` digits, ending before `end`; returns where it starts. */
static char *
decimal(char *end, uint64_t v, int width)
{
	do {
		*--end = (char)('0' + v % 10);
		v /= 10;
		width--;
	} while (v != 0 || width > 0);
	return end;
}

static void
put_uint(struct writer *w, uint64_t v)
{
	char digits[NUMBER_MAX];
	char *end = digits + sizeof(digits), *start = decimal(end, v, 1);

	writer_raw(w, start, (size_t)(end - start));
}

void
writer_uint(struct writer *w, const char *key, uint64_t v)
{
	begin(w, key);
	put_uint(w, v);
}

void
writer_int(struct writer *w, const char *key, int64_t v)
{
	begin(w, key);
	if (v < 0)
		put(w, '-');
	put_uint(w, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

/* Seconds with at least `keep` of the nine decimals, further trailing zeros cut. */
static void
put_seconds(struct writer *w, nsec d, int keep)
{
	const uint64_t v = d < 0 ? 0 - (uint64_t)d : (uint64_t)d;
	char fraction[9];
	int digits = 9;

	if (d < 0)
		put(w, '-');
	put_uint(w, v / NSEC_PER_SEC);
	decimal(fraction + 9, v % NSEC_PER_SEC, 9);
	while (digits > keep && fraction[digits - 1] == '0')
		digits--;
	if (digits > 0) {
		put(w, '.');
		writer_raw(w, fraction, (size_t)digits);
	}
}

void
writer_time(struct writer *w, const char *key, nsec t)
{
	if (t == NSEC_NEVER) {
		writer_null(w, key);
		return;
	}
	begin(w, key);
	put_seconds(w, t, 9);
}

void
writer_duration(struct writer *w, const char *key, nsec d)
{
	if (d < 0) {
		writer_null(w, key);
		return;
	}
	begin(w, key);
	put_seconds(w, d, 0);
}

/* Length of the well-formed UTF-8 sequence at s (RFC 3629), 0 when there is none. Reads no byte
 * behind the terminating NUL: a NUL is no continuation byte. */
static size_t
utf8_len(const unsigned char *s)
{
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	if ((s[1] & 0xc0) != 0x80)
		return 0;
	if (s[0] < 0xe0)
		return 2;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f))
		return 0; /* overlong, surrogate */
	if ((s[2] & 0xc0) != 0x80)
		return 0;
	if (s[0] < 0xf0)
		return 3;
	if ((s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0; /* overlong, beyond U+10FFFF */
	return (s[3] & 0xc0) == 0x80 ? 4 : 0;
}

static void
put_control(struct writer *w, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	const char escape[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};

	writer_raw(w, escape, sizeof(escape));
}

void
writer_string(struct writer *w, const char *key, const char *s)
{
	if (s == NULL) {
		writer_null(w, key);
		return;
	}
	begin(w, key);
	put(w, '"');
	while (*s != '\0') {
		const unsigned char c = (unsigned char)*s;
		const size_t n = utf8_len((const unsigned char *)s);

		if (c == '"' || c == '\\')
			put(w, '\\');
		if (c < 0x20 || c == 0x7f)
			put_control(w, c);
		else if (n > 0)
			writer_raw(w, s, n);
		else
			writer_raw(w, "\xef\xbf\xbd", 3);
		s += n > 0 ? n : 1;
	}
	put(w, '"');
}

void
writer_end_line(struct writer *w)
{
	put(w, '\n');
	w->comma = false;
}
