/* SPDX-License-Identifier: MIT */
/* lines: see lines.h. Lines break at blanks, and between wide characters, as Chinese is written. */
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "ui/lines.h"

void
lines_clear(struct lines *l)
{
	l->n = 0;
}

void
lines_free(struct lines *l)
{
	free(l->items);
	*l = (struct lines){0};
}

static struct text_line *
lines_new(struct lines *l, enum role role)
{
	if (l->n == l->size) {
		l->size = l->size > 0 ? l->size * 2 : 16;
		l->items = xreallocarray(l->items, l->size, sizeof(*l->items));
	}
	struct text_line *line = &l->items[l->n++];
	line->role = role;
	line->text[0] = '\0';
	return line;
}

void
lines_add(struct lines *l, enum role role, const char *fmt, ...)
{
	struct text_line *line = lines_new(l, role);
	struct text t = text_on(line->text, sizeof(line->text));
	va_list ap;

	va_start(ap, fmt);
	text_addv(&t, fmt, ap);
	va_end(ap);
}

/* Bytes of s that fit into `columns`, ending at a blank where there is one. Never 0 unless s is
 * empty. */
static size_t
wrap_at(const char *s, int columns)
{
	mbstate_t state = {0};
	size_t at = 0, blank = 0;
	int used = 0;

	while (s[at] != '\0') {
		wchar_t c;
		size_t n = mbrtowc(&c, s + at, strlen(s + at), &state);
		int width = 1;

		if (n == (size_t)-1 || n == (size_t)-2 || n == 0) {
			memset(&state, 0, sizeof(state));
			n = 1;
		} else if ((width = wcwidth(c)) < 0)
			width = 1;
		if (c == L' ' || width == 2)
			blank = at;
		if (used + width > columns && at > 0)
			return blank > 0 ? blank : at;
		used += width;
		at += n;
	}
	return at;
}

void
lines_wrap(struct lines *l, enum role role, int columns, int indent, const char *head,
	   const char *text)
{
	bool first = true;

	if (columns - indent < 12)
		indent = columns > 24 ? columns - 20 : 1;
	do {
		int used = first ? (int)text_width(head) : 0;
		int room = columns - (used > indent ? used : indent);
		size_t n = wrap_at(text, room > 4 ? room : 4);
		int pad = indent - used;
		struct text_line *line = lines_new(l, role);
		struct text t = text_on(line->text, sizeof(line->text));

		text_add(&t, "%s%*s%.*s", first ? head : "", pad > 0 ? pad : 0, "", (int)n, text);
		text += n;
		while (*text == ' ')
			text++;
		first = false;
	} while (*text != '\0');
}

void
lines_cut(struct lines *l, size_t n, int columns)
{
	char whole[LINE_MAX_BYTES + 2];
	struct text t = text_on(whole, sizeof(whole));

	if (l->n <= n)
		return;
	l->n = n;
	if (n == 0)
		return;
	char *last = l->items[n - 1].text;
	int width = (int)text_width(last) + 1;

	text_add(&t, "%s..", last); /* wider than its room, so that the cut is marked */
	text_cut(last, LINE_MAX_BYTES, whole, (size_t)(width < columns ? width : columns));
}
