/* SPDX-License-Identifier: MIT */
/* output: see output.h. Decimal numbers are formatted here: exact, whatever the locale. */
#include "report/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT_ROOM 256 /* enough for most formatted texts */

void
output_free(struct output *w)
{
	free(w->buf);
	*w = (struct output){0};
}

char *
output_room(struct output *w, size_t n)
{
	if (UNLIKELY(w->cap - w->len < n)) {
		w->cap = (w->cap + n) * 2;
		w->buf = xreallocarray(w->buf, w->cap, 1);
	}
	return w->buf + w->len;
}

void
output_took(struct output *w, const char *end)
{
	w->len = (size_t)(end - w->buf);
}

void
output_raw(struct output *w, const char *bytes, size_t len)
{
	memcpy(output_room(w, len), bytes, len);
	w->len += len;
}

void
output_format(struct output *w, const char *fmt, ...)
{
	va_list ap;

	output_room(w, FORMAT_ROOM);
	va_start(ap, fmt);
	const int n = vsnprintf(w->buf + w->len, w->cap - w->len, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= w->cap - w->len) { /* cut: again, with enough room */
		output_room(w, (size_t)n + 1);
		va_start(ap, fmt);
		vsnprintf(w->buf + w->len, w->cap - w->len, fmt, ap);
		va_end(ap);
	}
	w->len += (size_t)n;
}

static void
put(struct output *w, char c)
{
	*output_room(w, 1) = c;
	w->len++;
}

/* Writes the comma and the key, which is a word of the format and needs no escaping. Returns where
 * the value goes, with room for n bytes. */
static char *
begin(struct output *w, const char *key, size_t n)
{
	const size_t key_len = key ? strlen(key) : 0;
	char *p = output_room(w, key_len + 4 + n);

	if (w->comma)
		*p++ = ',';
	w->comma = true;
	if (!key)
		return p;
	*p++ = '"';
	memcpy(p, key, key_len);
	p += key_len;
	*p++ = '"';
	*p++ = ':';
	return p;
}

static void
put_word(struct output *w, const char *key, const char *word, size_t n)
{
	char *p = begin(w, key, n);

	memcpy(p, word, n);
	output_took(w, p + n);
}

void
output_open(struct output *w, const char *key, char bracket)
{
	put_word(w, key, &bracket, 1);
	w->comma = false;
}

void
output_close(struct output *w, char bracket)
{
	put(w, bracket);
	w->comma = true;
}

void
output_null(struct output *w, const char *key)
{
	put_word(w, key, "null", 4);
}

void
output_bool(struct output *w, const char *key, bool v)
{
	put_word(w, key, v ? "true" : "false", v ? 4 : 5);
}

void
output_uint(struct output *w, const char *key, uint64_t v)
{
	output_took(w, text_put_uint(begin(w, key, TEXT_PUT_MAX), v));
}

void
output_int(struct output *w, const char *key, int64_t v)
{
	char *p = begin(w, key, TEXT_PUT_MAX);

	if (v < 0)
		*p++ = '-';
	output_took(w, text_put_uint(p, v < 0 ? 0 - (uint64_t)v : (uint64_t)v));
}

/* Seconds with at least `keep` of the nine decimals, further trailing zeros cut. */
static char *
put_seconds(char *p, nsec d, int keep)
{
	const uint64_t v = d < 0 ? 0 - (uint64_t)d : (uint64_t)d;
	const uint64_t fraction = v % NSEC_PER_SEC;
	int digits = 9;

	if (d < 0)
		*p++ = '-';
	p = text_put_uint(p, v / NSEC_PER_SEC);
	if (fraction == 0 && keep == 0)
		return p;
	*p = '.';
	text_put_digits(p + 1, fraction, 9);
	while (digits > keep && p[digits] == '0')
		digits--;
	return p + 1 + digits;
}

void
output_time(struct output *w, const char *key, nsec t)
{
	if (t == NSEC_NEVER)
		output_null(w, key);
	else
		output_took(w, put_seconds(begin(w, key, TEXT_PUT_MAX), t, 9));
}

void
output_duration(struct output *w, const char *key, nsec d)
{
	if (d < 0)
		output_null(w, key);
	else
		output_took(w, put_seconds(begin(w, key, TEXT_PUT_MAX), d, 0));
}

/* Length of the well-formed UTF-8 sequence at s (RFC 3629), 0 when there is none. Reads no byte
 * after the terminating NUL, because a NUL is not a continuation byte. */
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
put_control(struct output *w, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	const char escape[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};

	output_raw(w, escape, sizeof(escape));
}

/* How many bytes at s need no escaping in a JSON string. */
static size_t
plain_len(const char *s)
{
	size_t n = 0;

	while ((unsigned char)s[n] >= 0x20 && (unsigned char)s[n] < 0x7f && s[n] != '"' &&
	       s[n] != '\\')
		n++;
	return n;
}

/* Writes the one character at s, which needs escaping; returns what follows it. */
static const char *
put_special(struct output *w, const char *s)
{
	const unsigned char c = (unsigned char)*s;
	const size_t n = utf8_len((const unsigned char *)s);

	if (c == '"' || c == '\\')
		put(w, '\\');
	if (c < 0x20 || c == 0x7f)
		put_control(w, c);
	else if (n > 0)
		output_raw(w, s, n);
	else
		output_raw(w, "\xef\xbf\xbd", 3);
	return s + (n > 0 ? n : 1);
}

void
output_string(struct output *w, const char *key, const char *s)
{
	if (!s) {
		output_null(w, key);
		return;
	}
	put_word(w, key, "\"", 1);
	for (;;) {
		const size_t n = plain_len(s);

		output_raw(w, s, n);
		s += n;
		if (*s == '\0')
			break;
		s = put_special(w, s);
	}
	put(w, '"');
}

void
output_end_line(struct output *w)
{
	put(w, '\n');
	w->comma = false;
}
