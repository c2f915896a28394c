/* SPDX-License-Identifier: MIT */
/* prompt: the bottom line while the user types there, and questions answered with yes or no. */
#ifndef TCPLENS_UI_PROMPT_H
#define TCPLENS_UI_PROMPT_H

#include "ui/term.h"

struct ui;
struct filter_completion;

#define PROMPT_MAX 256
struct prompt_ops {
	/* The text changed. Where it is wrong: sets note, and *at (byte offset) to the place. Enter
	 * does not take such a text. May be NULL. */
	void (*changed)(struct ui *ui, const char *text, size_t *at, char *note, size_t size);
	/* Enter: text; Esc: NULL, and ui->prompt.before is the text at the opening. */
	void (*done)(struct ui *ui, const char *text);
	/* Tab: what the word at the cursor may become. May be NULL. */
	void (*complete)(struct ui *ui, const char *text, size_t cursor,
			 struct filter_completion *out);
};

struct prompt {
	const struct prompt_ops *ops; /* NULL: not open */
	const char *label;
	char text[PROMPT_MAX];
	size_t len, cursor;
	char before[PROMPT_MAX]; /* the text at the opening */
	char draft[PROMPT_MAX];  /* what was typed, while the history is shown instead */
	char note[512];          /* what is wrong with the text, "" nothing */
	size_t note_at;          /* byte offset */
	char hint[512];          /* about the latest key, "" nothing */
	struct history *history;
	size_t history_at;
};

#define HISTORY_MAX 32
struct history {
	size_t count;
	char lines[HISTORY_MAX][PROMPT_MAX];
};

/* Asks in the bottom line: `label`, then what is typed, beginning with `text`. The history is that
 * of the same question, or NULL. */
void prompt_open(struct ui *ui, const char *label, const char *text, const struct prompt_ops *ops,
		 struct history *history);
/* Handles a key while the prompt is open. */
void prompt_key(struct ui *ui, const struct event *ev);
/* Called by done(): opens the prompt again with the text that was entered, and says why. */
void prompt_refuse(struct ui *ui, const struct prompt_ops *ops, const char *why);
/* Lines that it takes on a screen of that width. */
int prompt_lines(const struct ui *ui, int width);
void prompt_draw(struct ui *ui, struct area a);

/* A question with yes or no for an answer. */
struct question {
	void (*answer)(struct ui *ui, bool yes); /* NULL: none is asked */
	bool unknown_key;                        /* the latest key was no answer */
	char text[1024];
};
void question_ask(struct ui *ui, void (*answer)(struct ui *, bool), const char *fmt, ...)
	ATTR_FORMAT(3, 4);

#endif
