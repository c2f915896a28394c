/* SPDX-License-Identifier: MIT */
/* lines: a text of lines, each with its role, that grows as needed. */
#ifndef TCPLENS_UI_LINES_H
#define TCPLENS_UI_LINES_H

#include "ui/term.h"

#define LINE_MAX_BYTES 512

struct lines {
	size_t n, size;
	struct text_line {
		enum role role;
		char text[LINE_MAX_BYTES];
	} * items;
};

/* Empties the text, and keeps its memory for the next one. */
void lines_clear(struct lines *l);
/* Frees its memory. */
void lines_free(struct lines *l);
/* Adds a line, formatted as by printf(); cut to LINE_MAX_BYTES. */
void lines_add(struct lines *l, enum role role, const char *fmt, ...) ATTR_FORMAT(3, 4);
/* Adds `head` and text broken at blanks into `columns`; further lines are indented by `indent`,
 * and so is the text where head is shorter. Text and a longer head share the first line. */
void lines_wrap(struct lines *l, enum role role, int columns, int indent, const char *head,
		const char *text);
/* Keeps the first n lines; where more are dropped, the last one kept ends in "…" within
 * `columns`. */
void lines_cut(struct lines *l, size_t n, int columns);

#endif
