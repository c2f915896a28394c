/* SPDX-License-Identifier: MIT */
/*
 * base: error messages, die(), and allocation that does not fail. Whoever changes the terminal sets
 * a hook that restores it before die() prints.
 */
#include "config.h"

#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*die_hook)(void);

bool
err_set(struct err *err, const char *fmt, ...)
{
	if (!err)
		return false;
	struct text t = text_on(err->msg, sizeof(err->msg));
	va_list ap;
	va_start(ap, fmt);
	text_addv(&t, fmt, ap);
	va_end(ap);
	return false;
}

void
die_set_hook(void (*hook)(void))
{
	die_hook = hook;
}

static void
print_line(const char *fmt, va_list ap)
{
	char line[1024], shown[4 * sizeof(line)];
	struct text t = text_on(line, sizeof(line));

	text_addv(&t, fmt, ap);
	fprintf(stderr, "tcplens: %s\n", text_printable(shown, sizeof(shown), line));
}

void
err_print(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_line(fmt, ap);
	va_end(ap);
}

void
die(const char *fmt, ...)
{
	void (*hook)(void) = die_hook;

	die_hook = NULL; /* the hook may call die() itself */
	if (hook)
		hook();
	va_list ap;
	va_start(ap, fmt);
	print_line(fmt, ap);
	va_end(ap);
	exit(1);
}

static void *
checked(void *p)
{
	if (!p)
		die("out of memory");
	return p;
}

void *
xmalloc(size_t size)
{
	return checked(malloc(size ? size : 1));
}

void *
xcalloc(size_t n, size_t size)
{
	return checked(calloc(n ? n : 1, size ? size : 1));
}

void *
xreallocarray(void *p, size_t n, size_t size)
{
	return checked(reallocarray(p, n ? n : 1, size ? size : 1));
}

char *
xstrdup(const char *s)
{
	return checked(strdup(s));
}

char *
xasprintf(const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;

	va_start(ap, fmt);
	int n = vasprintf(&s, fmt, ap);
	va_end(ap);
	return checked(n < 0 ? NULL : s);
}
