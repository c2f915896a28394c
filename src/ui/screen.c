/* SPDX-License-Identifier: MIT */
/*
 * screen: starts and stops curses on the terminal's device, which is not standard input: that may
 * be the capture. curses writes to a file in memory and tty.c sends its content: curses itself
 * would block on a terminal that does not read, and neither keys nor signals would be handled.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/i18n.h"
#include "ui/term.h"
#include "ui/term_curses.h"
#include "ui/tty.h"

/* After curses.h, and last: it defines many short names. */
#include <term.h>

#define EXIT_SEQUENCE_MAX 256
#define CURSES_MEMORY     ((size_t)2 << 20)
#define CELL_MEMORY       (8 * sizeof(cchar_t)) /* curses keeps several screens */

static struct {
	SCREEN *curses;
	FILE *in;  /* the terminal */
	FILE *out; /* in memory */
} screen;

/* ---- what curses writes ---- */

/* Moves the file's content to buf and empties the file; returns the length, at most `size`. */
static size_t
take_written(char *buf, size_t size)
{
	int fd = fileno(screen.out);
	ssize_t n = pread(fd, buf, size, 0);

	if (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0)
		return 0;
	return n > 0 ? (size_t)n : 0;
}

void
screen_send(void)
{
	int fd = fileno(screen.out);
	off_t len = lseek(fd, 0, SEEK_CUR);

	if (len <= 0)
		return;
	char *written = xmalloc((size_t)len);
	tty_send(written, take_written(written, (size_t)len));
	free(written);
}

/* ---- starting ---- */

static bool
cannot_start(int error, struct err *err)
{
	return err_set(err, _("the screen cannot be started: %s"), strerror(error));
}

/* The terminal's size; false: it does not know. */
static bool
ask_size(struct winsize *size)
{
	return ioctl(tty_fd(), TIOCGWINSZ, size) == 0 && size->ws_row > 0 && size->ws_col > 0;
}

/* Whether there is memory for a screen of that size. Checked beforehand, because curses crashes or
 * reports an unknown terminal type when an allocation fails. */
static bool
has_memory(const struct winsize *size)
{
	size_t cells = (size_t)size->ws_row * size->ws_col;
	size_t need = CURSES_MEMORY + cells * CELL_MEMORY;
	void *p = mmap(NULL, need, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED && munmap(p, need) == 0;
}

/* Whether curses can draw on such a terminal. */
static bool
check_type(const char *type, struct err *err)
{
	char shown[128];
	int found;

	if (!type || *type == '\0')
		return err_set(err,
			       _("the terminal's type is not known: set TERM, e.g. TERM=xterm"));
	text_escape(shown, sizeof(shown), type, strlen(type));
	if (setupterm(type, STDOUT_FILENO, &found) != OK)
		return err_set(err, _("terminal type '%s' is not known here: try TERM=xterm"),
			       shown);
	const char *move = tigetstr("cup");
	bool moves = move && move != (const char *)-1;
	del_curterm(cur_term);
	return moves || err_set(err,
				_("a terminal of type '%s' cannot move its cursor, which the "
				  "screens need: try TERM=xterm, or --report"),
				shown);
}

static bool
files_open(struct err *err)
{
	int in = fcntl(tty_fd(), F_DUPFD_CLOEXEC, 0);
	int out = memfd_create("tcplens-screen", MFD_CLOEXEC);

	screen.in = in < 0 ? NULL : fdopen(in, "r");
	screen.out = out < 0 ? NULL : fdopen(out, "w");
	return (screen.in && screen.out) || cannot_start(errno, err);
}

static void
files_close(void)
{
	if (screen.in)
		fclose(screen.in);
	if (screen.out)
		fclose(screen.out);
	screen.in = screen.out = NULL;
}

/* Makes curses leave the screen once, into memory, to learn which bytes do that: they are sent when
 * curses cannot be called, from a signal handler or without memory. */
static void
learn_exit_sequence(void)
{
	char bytes[EXIT_SEQUENCE_MAX];

	refresh();
	take_written(NULL, 0);
	curs_set(1);
	input_stop();
	endwin();
	tty_set_exit_sequence(bytes, take_written(bytes, sizeof(bytes)));
}

static void
enter(void)
{
	input_start();
	curs_set(0);
	term_resize();
}

static bool
curses_start(const char *type, struct err *err)
{
	set_escdelay(50);
	screen.curses = newterm(type, screen.out, screen.in);
	if (!screen.curses)
		return cannot_start(ENOMEM, err);
	nonl();
	enter();
	learn_exit_sequence();
	return true;
}

bool
term_start(const char *tty, bool ascii, bool mono, struct err *err)
{
	const char *type = getenv("TERM");
	struct winsize size = {.ws_row = 24, .ws_col = 80};

	if (!tty_open(tty, err))
		return false;
	ask_size(&size);
	bool ok = has_memory(&size) || cannot_start(ENOMEM, err);
	/* The signals' handlers before curses, which then leaves these signals alone. */
	if (ok && check_type(type, err) && files_open(err) && signals_start(err) &&
	    curses_start(type, err)) {
		die_set_hook(term_stop);
		if (tty_take_over()) {
			looks_start(ascii, mono);
			enter();
			return true;
		}
		cannot_start(errno, err);
	}
	term_stop();
	return false;
}

/* ---- stopping ---- */

void
term_stop(void)
{
	die_set_hook(NULL);
	tty_restore();
	signals_stop();
	if (screen.curses)
		delscreen(screen.curses);
	screen.curses = NULL;
	files_close();
	tty_close();
}

void
term_suspend(void)
{
	struct sigaction now, normal = {.sa_handler = SIG_DFL};

	tty_restore();
	sigaction(SIGTSTP, &normal, &now);
	raise(SIGTSTP); /* returns when the program is continued */
	sigaction(SIGTSTP, &now, NULL);
	if (signals_ended() || !tty_take_over())
		return;
	endwin(); /* not sent; the next drawing enters the screen again */
	take_written(NULL, 0);
	enter();
}

void
term_resize(void)
{
	struct winsize size;

	if (ask_size(&size) && has_memory(&size))
		resizeterm(size.ws_row, size.ws_col);
	clearok(stdscr, TRUE);
}

void
term_redraw(void)
{
	clearok(stdscr, TRUE);
}

/* ---- the device ---- */

int
term_fd(void)
{
	return tty_fd();
}

bool
term_is_gone(void)
{
	return tty_is_gone();
}

bool
term_is_blocked(void)
{
	return tty_is_blocked();
}

void
term_flush(void)
{
	tty_flush();
}
