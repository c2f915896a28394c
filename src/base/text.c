/* SPDX-License-Identifier: MIT */
/*
 * text: strings that may reach a terminal: width, cutting, escaping, and numbers, durations and
 * addresses as text. Widths are those of the current locale, so that they agree with curses. No
 * function writes past a buffer or splits a character.
 */
#include "config.h"

#include "base/base.h"

#include <arpa/inet.h>
#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

/* ---- building ---- */

/* The length of s[0…len) without an incomplete UTF-8 character at its end. */
static size_t
whole_chars(const char *s, size_t len)
{
	size_t start = len;

	while (start > 0 && len - start < 3 && ((unsigned char)s[start - 1] & 0xc0) == 0x80)
		start--;
	if (start == 0)
		return len;
	unsigned char lead = (unsigned char)s[start - 1];
	size_t need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
	return len - start + 1 < need ? start - 1 : len;
}

void
text_addv(struct text *t, const char *fmt, va_list ap)
{
	if (t->len + 1 >= t->size)
		return;
	size_t room = t->size - t->len;
	int n = vsnprintf(t->buf + t->len, room, fmt, ap);
	if (n < 0) {
		t->buf[t->len] = '\0';
		return;
	}
	if ((size_t)n < room) {
		t->len += (size_t)n;
		return;
	}
	t->len = whole_chars(t->buf, t->size - 1);
	t->buf[t->len] = '\0';
	t->size = t->len + 1; /* nothing is appended after a cut */
}

void
text_add(struct text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text_addv(t, fmt, ap);
	va_end(ap);
}

/* ---- width and cutting ---- */

static bool
locale_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* The bytes of the character at s, which is not the NUL, and its columns. */
static size_t
char_at(const char *s, mbstate_t *state, size_t *columns)
{
	wchar_t wc;
	size_t n = mbrtowc(&wc, s, strlen(s), state);

	if (n == 0 || n == (size_t)-1 || n == (size_t)-2) {
		memset(state, 0, sizeof(*state));
		*columns = 1;
		return 1;
	}
	int w = wcwidth(wc);
	*columns = w < 0 ? 1 : (size_t)w;
	return n;
}

size_t
text_width(const char *s)
{
	mbstate_t state = {0};
	size_t width = 0, w;

	while (*s) {
		s += char_at(s, &state, &w);
		width += w;
	}
	return width;
}

/* The bytes of the longest prefix of s that takes at most `columns`; *used: its columns. */
static size_t
fit(const char *s, size_t columns, size_t *used)
{
	mbstate_t state = {0};
	size_t at = 0, w;

	*used = 0;
	while (s[at]) {
		size_t n = char_at(s + at, &state, &w);

		if (*used + w > columns)
			break;
		at += n;
		*used += w;
	}
	return at;
}

static const char *
ellipsis(void)
{
	return locale_is_utf8() ? "\u2026" : "~";
}

size_t
text_cut(char *out, size_t size, const char *s, size_t columns)
{
	struct text t = text_on(out, size);
	size_t used;
	size_t n = fit(s, columns, &used);

	if (s[n] == '\0') {
		text_add(&t, "%s", s);
		return used;
	}
	if (columns == 0)
		return 0;
	n = fit(s, columns - 1, &used);
	text_add(&t, "%.*s%s", (int)n, s, ellipsis());
	return used + 1;
}

size_t
text_cut_middle(char *out, size_t size, const char *s, size_t columns, size_t tail)
{
	size_t width = text_width(s);

	if (width <= columns || columns == 0)
		return text_cut(out, size, s, columns);
	if (tail > columns - 1)
		tail = columns - 1;
	size_t head_used, skipped;
	size_t head = fit(s, columns - 1 - tail, &head_used);
	size_t skip = fit(s, width - tail, &skipped);
	struct text t = text_on(out, size);
	text_add(&t, "%.*s%s%s", (int)head, s, ellipsis(), s + skip);
	return text_width(out);
}

/* ---- untrusted bytes ---- */

/* The length of the well-formed UTF-8 character at p, or 0; *cp: its code point. */
static size_t
utf8_at(const uint8_t *p, size_t len, uint32_t *cp)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = p[0] < 0x80 ? 1 : p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc0 ? 2 : 0;

	if (n == 0 || n > len || p[0] > 0xf4)
		return 0;
	*cp = n == 1 ? p[0] : p[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*cp = *cp << 6 | (p[i] & 0x3f);
	}
	bool surrogate = *cp >= 0xd800 && *cp <= 0xdfff;
	return *cp < least[n] || *cp > 0x10ffff || surrogate ? 0 : n;
}

/* Characters that change the direction or the position of the text around them. */
static bool
is_format_control(uint32_t cp)
{
	return cp == 0x061c || (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x2028 && cp <= 0x202e) ||
	       (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff || (cp >= 0xfff9 && cp <= 0xfffb) ||
	       (cp >= 0xe0000 && cp <= 0xe007f);
}

char *
text_escape(char *out, size_t size, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;
	struct text t = text_on(out, size);
	bool utf8 = locale_is_utf8();

	while (len > 0) {
		uint32_t cp = 0;
		size_t n = utf8_at(p, len, &cp);

		if (n == 0 || (n > 1 && !utf8) || cp < 0x20 || cp == 0x7f) {
			text_add(&t, "\\x%02x", *p);
			n = 1;
		} else if (n > 1 && (is_format_control(cp) || !iswprint((wint_t)cp))) {
			text_add(&t, "\\u{%x}", cp);
		} else {
			text_add(&t, "%.*s", (int)n, (const char *)p);
		}
		p += n;
		len -= n;
	}
	return out;
}

char *
text_printable(char *out, size_t size, const char *s)
{
	struct text t = text_on(out, size);
	mbstate_t state = {0};

	if (locale_is_utf8())
		return text_escape(out, size, s, strlen(s));
	while (*s) {
		wchar_t wc;
		size_t n = mbrtowc(&wc, s, strlen(s), &state);
		bool valid = n != (size_t)-1 && n != (size_t)-2;

		if (valid && iswprint((wint_t)wc)) {
			text_add(&t, "%.*s", (int)n, s);
		} else {
			text_add(&t, "\\x%02x", (uint8_t)*s);
			n = 1;
			memset(&state, 0, sizeof(state));
		}
		s += n;
	}
	return out;
}

/* ---- numbers and durations ---- */

/* Copies what was formatted into `put`, as far as it fits. */
static char *
take(char *out, size_t size, const char *put, const char *end)
{
	size_t n = (size_t)(end - put);

	if (size == 0)
		return out;
	if (n > size - 1)
		n = size - 1;
	memcpy(out, put, n);
	out[n] = '\0';
	return out;
}

char *
text_duration(char *out, size_t size, nsec d)
{
	char put[TEXT_PUT_MAX];

	return take(out, size, put, text_put_duration(put, d));
}

char *
text_count(char *out, size_t size, uint64_t n)
{
	char put[TEXT_PUT_MAX];

	return take(out, size, put, text_put_count(put, n));
}

/* ---- addresses ---- */

static bool
is_v4_mapped(const uint8_t addr[16])
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};

	return memcmp(addr, prefix, sizeof(prefix)) == 0;
}

char *
text_addr(char *out, size_t size, const uint8_t addr[16])
{
	char buf[INET6_ADDRSTRLEN] = "";

	if (is_v4_mapped(addr))
		return take(out, size, buf, text_put_ipv4(buf, addr + 12));
	inet_ntop(AF_INET6, addr, buf, sizeof(buf));
	return take(out, size, buf, buf + strlen(buf));
}

char *
text_endpoint(char *out, size_t size, const uint8_t addr[16], uint16_t port)
{
	char buf[INET6_ADDRSTRLEN + TEXT_PUT_MAX], *p = buf;

	if (is_v4_mapped(addr)) {
		p = text_put_ipv4(buf, addr + 12);
	} else {
		*p++ = '[';
		inet_ntop(AF_INET6, addr, p, INET6_ADDRSTRLEN);
		p += strlen(p);
		*p++ = ']';
	}
	*p++ = ':';
	return take(out, size, buf, text_put_uint(p, port));
}

/* ---- moments ---- */

/* The local calendar of a moment; *frac: the nanoseconds within its second. */
static bool
break_down(nsec moment, struct tm *tm, int *frac)
{
	time_t sec = (time_t)(moment / NSEC_PER_SEC);

	*frac = (int)(moment % NSEC_PER_SEC);
	if (*frac < 0) {
		*frac += (int)NSEC_PER_SEC;
		sec--;
	}
	return localtime_r(&sec, tm);
}

#define CLOCK_MAX 32 /* bytes of a date with its time */

static char *
put_clock(char *p, const struct tm *tm, int frac, int digits)
{
	p = text_put_digits(p, (uint64_t)tm->tm_hour, 2);
	*p++ = ':';
	p = text_put_digits(p, (uint64_t)tm->tm_min, 2);
	*p++ = ':';
	p = text_put_digits(p, (uint64_t)tm->tm_sec, 2);
	if (digits <= 0)
		return p;
	*p++ = '.';
	text_put_digits(p, (uint64_t)frac, 9);
	return p + (digits > 9 ? 9 : digits);
}

static char *
put_date(char *p, const struct tm *tm)
{
	p = text_put_digits(p, (uint64_t)tm->tm_year + 1900, 4); /* 1677 to 2262 */
	*p++ = '-';
	p = text_put_digits(p, (uint64_t)tm->tm_mon + 1, 2);
	*p++ = '-';
	p = text_put_digits(p, (uint64_t)tm->tm_mday, 2);
	*p++ = ' ';
	return p;
}

char *
text_clock(char *out, size_t size, nsec t, int digits)
{
	char put[CLOCK_MAX], *p = put;
	struct tm tm;
	int frac;

	if (break_down(t, &tm, &frac))
		p = put_clock(p, &tm, frac, digits);
	return take(out, size, put, p);
}

char *
text_date(char *out, size_t size, nsec t, int digits)
{
	char put[CLOCK_MAX], *p = put;
	struct tm tm;
	int frac;

	if (break_down(t, &tm, &frac))
		p = put_clock(put_date(p, &tm), &tm, frac, digits);
	return take(out, size, put, p);
}
