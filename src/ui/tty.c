/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "ui/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/i18n.h"
#include "ui/term.h"

#define OWN_TERMINAL "/dev/tty" /* of the session */

static struct {
	int fd;
	bool taken; /* tty_take_over() has set its modes */
	bool gone;
	struct termios before; /* as we found it */
	uint8_t *unsent;       /* bytes not yet sent */
	size_t len, size;
	size_t exit_len;
	uint8_t exit_sequence[256];
} tty = {.fd = -1};

/* ---- the device ---- */

/* The terminal of standard output, for sessions that have none (containers, setsid). It is opened
 * again if possible: other programs that share standard output must not find it non-blocking. */
static int
open_output(void)
{
	int flags = fcntl(STDOUT_FILENO, F_GETFL);

	if (!isatty(STDOUT_FILENO) || (flags & O_ACCMODE) != O_RDWR)
		return -1;
	int fd = open("/proc/self/fd/1", O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	return fd >= 0 ? fd : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
}

bool
tty_open(const char *path, struct err *err)
{
	const char *name = path ? path : OWN_TERMINAL;
	int fd = open(name, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0 && errno == ENXIO && !path) {
		fd = open_output();
		errno = ENXIO;
	}
	if (fd < 0)
		return err_set(err, _("cannot use the terminal %s: %s"), name, strerror(errno));
	if (tcgetattr(fd, &tty.before) < 0) {
		close(fd);
		return err_set(err, _("%s is not a terminal"), name);
	}
	tty.fd = fd;
	tty.gone = false;
	return true;
}

void
tty_close(void)
{
	if (tty.fd >= 0)
		close(tty.fd);
	free(tty.unsent);
	tty.fd = -1;
	tty.unsent = NULL;
	tty.len = tty.size = 0;
	tty.exit_len = 0;
}

int
tty_fd(void)
{
	return tty.fd;
}

/* ---- settings ---- */

bool
tty_take_over(void)
{
	static bool registered;
	struct termios t;

	if (!registered) /* curses calls exit() when it is out of memory */
		registered = atexit(tty_restore_now) == 0;
	/* tcflow() has no effect but to stop a job in the background, so that the modes are read
	 * in the foreground. */
	if (tcflow(tty.fd, TCOON) != 0 || tcgetattr(tty.fd, &t) != 0)
		return false;
	tty.before = t;
	t.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR);
	t.c_oflag &= ~(tcflag_t)OPOST;
	t.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ECHONL);
	t.c_lflag |= ISIG;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	tty.taken = true; /* first, because a signal may end the program at any moment */
	if (tcsetattr(tty.fd, TCSANOW, &t) != 0)
		tty.taken = false;
	return tty.taken;
}

void
tty_set_exit_sequence(const void *bytes, size_t len)
{
	tty.exit_len = len < sizeof(tty.exit_sequence) ? len : sizeof(tty.exit_sequence);
	memcpy(tty.exit_sequence, bytes, tty.exit_len);
}

/* ---- sending ---- */

/* Returns how many bytes the terminal took. */
static size_t
send_now(const uint8_t *bytes, size_t len)
{
	size_t done = 0;

	while (done < len && !tty.gone) {
		ssize_t n = write(tty.fd, bytes + done, len - done);

		if (n > 0)
			done += (size_t)n;
		else if (n < 0 && errno == EAGAIN)
			break;
		else if (n == 0 || errno != EINTR)
			tty.gone = true;
	}
	return done;
}

static void
keep(const uint8_t *bytes, size_t len)
{
	if (tty.len + len > tty.size) {
		tty.size = (tty.len + len) * 2;
		tty.unsent = xreallocarray(tty.unsent, tty.size, 1);
	}
	memcpy(tty.unsent + tty.len, bytes, len);
	tty.len += len;
}

void
tty_send(const void *bytes, size_t len)
{
	const uint8_t *p = bytes;
	size_t done = tty.len > 0 ? 0 : send_now(p, len);

	if (done < len && !tty.gone)
		keep(p + done, len - done);
}

void
tty_flush(void)
{
	size_t done = send_now(tty.unsent, tty.len);

	tty.len = tty.gone ? 0 : tty.len - done;
	if (done > 0 && tty.len > 0)
		memmove(tty.unsent, tty.unsent + done, tty.len);
}

bool
tty_is_blocked(void)
{
	return tty.len > 0;
}

bool
tty_is_gone(void)
{
	struct pollfd fd = {.fd = tty.fd, .events = POLLIN};
	int waiting = 0;

	if (tty.gone)
		return true;
	if (poll(&fd, 1, 0) <= 0)
		return false;
	if (fd.revents & (POLLHUP | POLLERR | POLLNVAL))
		tty.gone = true;
	/* Readable, but nothing to read: end of file. */
	else if (ioctl(fd.fd, FIONREAD, &waiting) < 0 || waiting == 0)
		tty.gone = true;
	return tty.gone;
}

/* ---- restoring: without allocations, because die() may be the caller ---- */

/* Resumes output that ^S has stopped, by taking the meaning from ^S. */
static void
start_output(void)
{
	struct termios t;

	if (tcgetattr(tty.fd, &t) != 0)
		return;
	t.c_iflag &= ~(tcflag_t)IXON;
	tcsetattr(tty.fd, TCSANOW, &t);
}

static void
set_found_modes(void)
{
	tty.taken = false;
	if (!tty.gone)
		tcsetattr(tty.fd, TCSANOW, &tty.before);
}

/* Returns whether the terminal accepted all of it within TTY_EXIT_TIMEOUT. */
static bool
send_exit_sequence(void)
{
	nsec end = term_clock() + TTY_EXIT_TIMEOUT;
	size_t done = 0;

	for (;;) {
		done += send_now(tty.exit_sequence + done, tty.exit_len - done);
		if (done == tty.exit_len || tty.gone || term_clock() >= end)
			return done == tty.exit_len;
		struct pollfd fd = {.fd = tty.fd, .events = POLLOUT};
		poll(&fd, 1, (int)(TTY_EXIT_TIMEOUT / NSEC_PER_MS / 10));
	}
}

void
tty_restore(void)
{
	if (!tty.taken)
		return;
	tty.len = 0;
	start_output();
	if (!send_exit_sequence() && !tty.gone) {
		tcflush(tty.fd, TCOFLUSH); /* drops unread output to make room */
		send_now(tty.exit_sequence, tty.exit_len);
	}
	set_found_modes();
}

void
tty_restore_now(void)
{
	if (!tty.taken)
		return;
	start_output();
	send_now(tty.exit_sequence, tty.exit_len);
	set_found_modes();
}
