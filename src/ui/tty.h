/* SPDX-License-Identifier: MIT */
/*
 * tty: the terminal's device: its settings, and bytes to it that are sent as it takes them. Nothing
 * here waits for a terminal that does not read, beyond TTY_PATIENCE at the end. Knows no curses.
 */
#ifndef TCPLENS_UI_TTY_H
#define TCPLENS_UI_TTY_H

#include "base/base.h"

#define TTY_PATIENCE (300 * NSEC_PER_MS)

/* Opens the device (NULL: /dev/tty, else the output's). false and err: it is not a terminal, or it
 * cannot be used. */
bool tty_open(const char *path, struct err *err);
void tty_close(void);
int tty_fd(void);

/* Sets the modes for screens: keys one by one and without echo, output as it is. In the background
 * the job is stopped here until it is in the foreground. false: interrupted by a signal, or the
 * terminal is gone; see errno. */
bool tty_take(void);
/* What tty_give_back() sends, which is copied. */
void tty_set_farewell(const void *bytes, size_t len);
/* Drops what was not sent, sends the farewell and sets the modes that tty_take() found. Harmless
 * when the terminal is not taken. */
void tty_give_back(void);
/* The same from a signal handler, without waiting. */
void tty_give_back_at_once(void);

/* Sends bytes; keeps what the terminal does not take now. */
void tty_send(const void *bytes, size_t len);
/* Sends what was kept. */
void tty_send_kept(void);
/* Whether something is kept: wait for POLLOUT on tty_fd(). */
bool tty_is_blocked(void);
/* The terminal is gone: end of file, hung up, or bytes cannot be sent. */
bool tty_is_gone(void);

#endif
