/* SPDX-License-Identifier: MIT */
/* term_curses: what term.c and input.c share: curses itself. No other file may include this. */
#ifndef TCPLENS_UI_TERM_CURSES_H
#define TCPLENS_UI_TERM_CURSES_H

#define NCURSES_WIDECHAR 1
#include <curses.h>

/* Keypad, mouse and non-blocking reads on and off. */
void input_start(void);
void input_stop(void);

#endif
