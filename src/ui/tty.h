/* SPDX-License-Identifier: MIT */
/*
 * tty: the terminal's device: its modes, and output that never blocks. What the terminal does not
 * accept at once is kept and sent later, so that keys and signals are handled although it does not
 * read. Knows no curses.
 */
#ifndef TCPLENS_UI_TTY_H
#define TCPLENS_UI_TTY_H

#include "base/base.h"

#define TTY_EXIT_TIMEOUT (300 * NSEC_PER_MS)

/* Opens the device (NULL: /dev/tty, or standard output's if the session has none). false and err:
 * it is not a terminal, or it cannot be used. */
bool tty_open(const char *path, struct err *err);
void tty_close(void);
int tty_fd(void);

/* Sets the modes for screens: keys one by one, without echo; output unchanged. A job in the
 * background is stopped here until it is in the foreground. false: interrupted by a signal, or the
 * terminal is gone; see errno. */
bool tty_take_over(void);
/* What tty_restore() sends to leave the screen. It is copied. */
void tty_set_exit_sequence(const void *bytes, size_t len);
/* Drops unsent output, sends the exit sequence, for which it waits TTY_EXIT_TIMEOUT at most, and
 * sets the modes that tty_take_over() found. Harmless when the terminal was not taken over. */
void tty_restore(void);
/* The same without waiting. Async-signal-safe. */
void tty_restore_now(void);

/* Sends bytes, or keeps what the terminal does not accept now. */
void tty_send(const void *bytes, size_t len);
/* Sends what was kept, as far as the terminal accepts it. */
void tty_flush(void);
/* Whether something is kept: poll for POLLOUT on tty_fd(), then call tty_flush(). */
bool tty_is_blocked(void);
/* Whether the terminal is gone: end of file, hung up, or it cannot be written. */
bool tty_is_gone(void);

#endif
