/* SPDX-License-Identifier: MIT */
/*
 * term: the terminal as the views see it: cells with a role, keys, mouse, signals. Only term.c and
 * input.c know curses; nothing here knows connections. One terminal per program, one thread.
 */
#ifndef TCPLENS_UI_TERM_H
#define TCPLENS_UI_TERM_H

#include "base/base.h"
#include "ui/palette.h"

/* Characters beyond ASCII that screens draw with; all are one column wide. */
enum glyph {
	GLYPH_RIGHT,
	GLYPH_LEFT,
	GLYPH_LIVE,
	GLYPH_PAUSED,
	GLYPH_REPLAY,
	GLYPH_ELLIPSIS,
	GLYPH_NONE, /* in a cell without a value */
	GLYPH_DELTA,
	GLYPH_TIMES,
	GLYPH_FULL, /* bars */
	GLYPH_EMPTY,
	GLYPH_UP,
	GLYPH_DOWN,
	GLYPH_LINE,
	GLYPH_COUNT,
};

/* Keys: a character is its code point; the others have numbers above those of Unicode. */
enum {
	K_NONE = 0,
	K_TAB = '\t',
	K_ENTER = '\n',
	K_ESC = 27,
	K_BACKSPACE = 127,
	K_FIRST = 0x110000,
	K_UP = K_FIRST,
	K_DOWN,
	K_LEFT,
	K_RIGHT,
	K_PAGE_UP,
	K_PAGE_DOWN,
	K_HOME,
	K_END,
	K_DELETE,
	K_BACK_TAB,
	K_MOUSE,
	K_OTHER, /* a key that no screen uses */
	K_F0,    /* K_F0 + n = Fn */
	K_LAST = K_F0 + 12,
};
#define K_F(n)    (K_F0 + (n))
#define K_CTRL(c) ((c)&31)

enum mouse { MOUSE_CLICK, MOUSE_DOUBLE, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };

struct event {
	int key; /* with K_MOUSE the other fields are set */
	enum mouse mouse;
	int y, x;
};

/* A rectangle of the screen, in cells. */
struct area {
	int y, x, lines, columns;
};

/* Takes over the terminal (NULL: /dev/tty, or standard output's if the session has none) and its
 * signals. false and err: the terminal is unchanged. ascii: draw only ASCII, whatever the locale;
 * mono: no colours. */
bool term_start(const char *tty, bool ascii, bool mono, struct err *err);
/* Restores the terminal. Harmless when it is not started; also die()'s hook. */
void term_stop(void);
/* The job-control stop (^Z): restores the terminal, stops, and takes it over when continued. */
void term_suspend(void);
/* Asks the terminal for its size, which has changed. */
void term_resize(void);
int term_columns(void);
int term_lines(void);
/* Whether only ASCII may be drawn. */
bool term_is_ascii(void);

/* The descriptor to poll for input. */
int term_fd(void);
/* The monotonic clock. */
nsec term_clock(void);
/* Reads one event; false: there is none now. */
bool term_read(struct event *ev);
/* Whether the terminal is gone: end of file, hung up. Call it when poll() reported something on
 * term_fd(). */
bool term_is_gone(void);
/* Whether the terminal has not accepted all that was drawn: poll for POLLOUT, then call
 * term_flush(). Anything drawn before that would be shown late. */
bool term_is_blocked(void);
void term_flush(void);

/* ---- drawing: into a buffer; term_show() sends what differs ---- */
void term_clear(void);
/* Draws s, cut to so many columns and to the screen; returns the columns used. */
int term_put(int y, int x, int columns, enum role role, const char *s);
void term_printf(int y, int x, int columns, enum role role, const char *fmt, ...) ATTR_FORMAT(5, 6);
void term_fill(int y, int x, int columns, enum role role);
/* Shows the text cursor there, for typing. */
void term_cursor(int y, int x);
/* Leaves the hidden cursor there, unless term_cursor() shows it elsewhere: screen readers and
 * magnifiers follow it. */
void term_point(int y, int x);
void term_show(void);
/* Sends the whole screen with the next term_show() (^L). */
void term_redraw(void);
const char *glyph(enum glyph g);

/* ---- signals.c ---- */
enum { SIGNAL_RESIZE = 1, SIGNAL_SUSPEND = 2, SIGNAL_END = 4 };
/* Installs the handlers. Signals that end the program must be acted on within a second; signals of
 * a crash restore the terminal before they take their usual effect. */
bool signals_start(struct err *err);
void signals_stop(void);
/* The descriptor to poll: readable when a signal arrived. */
int signals_fd(void);
/* What arrived since the last call, as SIGNAL_* bits. *end: the number of a signal that ends the
 * program. */
unsigned signals_take(int *end);
/* Whether a signal that ends the program has arrived and was not taken yet. */
bool signals_ended(void);
/* Cancels the end after signals_take() has reported it. */
void signals_cancel_end(void);

#endif
