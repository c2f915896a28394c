/* SPDX-License-Identifier: MIT */
/*
 * base: time, errors, memory and text, for every layer. Every function can be called from any
 * thread unless its comment says otherwise.
 */
#ifndef TCPLENS_BASE_H
#define TCPLENS_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Nanoseconds since the epoch (a moment) or between two moments (a duration). */
typedef int64_t nsec;

#define NSEC_PER_SEC INT64_C(1000000000)
#define NSEC_PER_MS  INT64_C(1000000)
#define NSEC_PER_US  INT64_C(1000)
#define NSEC_NEVER   INT64_MAX /* a moment that never comes */

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define ATTR_FORMAT(fmt, args) __attribute__((format(printf, fmt, args)))
#define ATTR_NONNULL	       __attribute__((nonnull))
#define ATTR_NORETURN	       __attribute__((noreturn))
#define ATTR_MALLOC	       __attribute__((malloc, warn_unused_result))
/* For rare cases: keeps their registers and stack out of the caller. */
#define ATTR_NOINLINE	       __attribute__((noinline))
#define LIKELY(x)	       __builtin_expect(!!(x), 1)
#define UNLIKELY(x)	       __builtin_expect(!!(x), 0)

/* Marks a string of a table for translation; it is translated where it is shown. */
#define N_(s) s

static inline nsec
nsec_min(nsec a, nsec b)
{
	return a < b ? a : b;
}

static inline nsec
nsec_max(nsec a, nsec b)
{
	return a > b ? a : b;
}

/* The sum of two durations, or the longest one there is. */
static inline nsec
nsec_add(nsec a, nsec b)
{
	nsec sum;

	return __builtin_add_overflow(a, b, &sum) ? (a < 0 ? INT64_MIN : INT64_MAX) : sum;
}

/* ---- errors: what happened, where, what to do; one line, no newline at its end ---- */
struct err {
	char msg[512]; /* "" = no error */
};

/* Sets the message and returns false, for `return err_set(…)`. err may be NULL. */
bool err_set(struct err *err, const char *fmt, ...) ATTR_FORMAT(2, 3);

/* ---- memory: these functions call die() when memory is exhausted. The engine does not use them:
 * it has fixed budgets and counts what it could not keep. ---- */
void *xmalloc(size_t size) ATTR_MALLOC;
void *xcalloc(size_t n, size_t size) ATTR_MALLOC;
void *xreallocarray(void *p, size_t n, size_t size);
char *xstrdup(const char *s) ATTR_MALLOC;
char *xasprintf(const char *fmt, ...) ATTR_FORMAT(1, 2) ATTR_MALLOC;

/* Called by die() before anything is printed: restores the terminal. NULL removes it. */
void die_set_hook(void (*hook)(void));
/* Prints "tcplens: message" as one line on standard error. Nothing in it acts on a terminal,
 * wherever it came from. */
void err_print(const char *fmt, ...) ATTR_FORMAT(1, 2);
/* Prints the same and exits with status 1. */
void die(const char *fmt, ...) ATTR_FORMAT(1, 2) ATTR_NORETURN;

/* ---- text.c: text that may reach a terminal ---- */

/* Text that is being built in a buffer; what does not fit is cut at a character. */
struct text {
	char *buf;
	size_t size; /* of buf, the terminating NUL included */
	size_t len;
};

static inline struct text
text_on(char *buf, size_t size)
{
	if (size > 0)
		buf[0] = '\0';
	return (struct text){buf, size, 0};
}

/* Appends as printf() does. */
void text_add(struct text *t, const char *fmt, ...) ATTR_FORMAT(2, 3);
void text_addv(struct text *t, const char *fmt, va_list ap) ATTR_FORMAT(2, 0);

/* Terminal columns of a string, by wcwidth() in the current locale; an invalid byte counts 1. */
size_t text_width(const char *s);
/* Copies s, cut to at most `columns` columns between characters; a cut ends in "…", or in "~"
 * without UTF-8. Returns the columns used. */
size_t text_cut(char *out, size_t size, const char *s, size_t columns);
/* The same, cut in the middle: the last `tail` columns are kept, for example a port. */
size_t text_cut_middle(char *out, size_t size, const char *s, size_t columns, size_t tail);
/* Makes untrusted bytes safe for a terminal: control characters, bytes that are not UTF-8 and
 * bidirectional controls become \xHH or \u{…}. Returns out. */
char *text_escape(char *out, size_t size, const void *bytes, size_t len);
/* The same for a string in the character set of the present locale, such as a translated message
 * with untrusted bytes in it. Returns out. */
char *text_printable(char *out, size_t size, const char *s);

/* "0.02ms" "1.2s" "3m12s" "2h05m": at most 7 columns; negative shown with "-". */
char *text_duration(char *out, size_t size, nsec d);
/* SI: "999" "1.2k" "34M"; at most 5 columns. */
char *text_count(char *out, size_t size, uint64_t n);
/* IPv4 (v4-mapped) as dotted quad, else RFC 5952. addr: 16 bytes, network order. */
char *text_addr(char *out, size_t size, const uint8_t addr[16]);
/* "10.0.0.1:80" or "[2001:db8::1]:80". */
char *text_endpoint(char *out, size_t size, const uint8_t addr[16], uint16_t port);
/* Local wall time of a moment: "15:04:05.123456" with `digits` 0…9 fractional digits. */
char *text_clock(char *out, size_t size, nsec t, int digits);
/* "YYYY-MM-DD HH:MM:SS.frac" */
char *text_date(char *out, size_t size, nsec t, int digits);

/* ---- put.c: fast formatting without printf(). Each function writes at most TEXT_PUT_MAX bytes,
 * does not check for room, writes no terminating NUL and returns the end of what it wrote. ---- */
#define TEXT_PUT_MAX 24

/* A decimal number, and how many digits it has. */
char *text_put_uint(char *p, uint64_t v);
size_t text_uint_len(uint64_t v);
/* The last `digits` digits of a number, with leading zeros. */
char *text_put_digits(char *p, uint64_t v, int digits);
/* The same text as text_duration() and text_count(). */
char *text_put_duration(char *p, nsec d);
char *text_put_count(char *p, uint64_t n);
/* Dotted quad of four bytes in network order. Bytes after the returned end may be overwritten. */
char *text_put_ipv4(char *p, const uint8_t addr[4]);

/* ---- parse.c ---- */
/* Parses a duration: "200ms", "3s", "1.5m", "2h", "10us", or a number of seconds. Returns false
 * when s is not one. */
bool parse_duration(const char *s, nsec *out);
/* Parses a size: "64M", "1G", "10k", "512", with binary or decimal multiples. Returns false when s
 * is not one. */
bool parse_size(const char *s, bool binary, uint64_t *out);
/* Parses a whole decimal number within [min, max]. Returns false when s is not one. */
bool parse_uint(const char *s, uint64_t min, uint64_t max, uint64_t *out);

#endif
