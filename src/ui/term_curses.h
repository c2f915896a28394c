/* SPDX-License-Identifier: MIT */
/* term_curses: curses, for term.c, screen.c and input.c only, and what they share. */
#ifndef TCPLENS_UI_TERM_CURSES_H
#define TCPLENS_UI_TERM_CURSES_H

#define NCURSES_WIDECHAR 1
#include <curses.h>

/* ---- term.c ---- */
/* Decides how the roles look. ascii: draw nothing else, whatever the locale; mono: no colours. */
void looks_start(bool ascii, bool mono);

/* ---- screen.c ---- */
/* Sends what curses has written. */
void screen_send(void);

/* ---- input.c ---- */
/* Keypad, mouse and non-blocking reads on and off. */
void input_start(void);
void input_stop(void);

#endif
