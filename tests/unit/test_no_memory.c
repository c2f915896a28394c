/* SPDX-License-Identifier: MIT */
/*
 * Unit test of the screens' start when memory is short: with whatever is left, the program starts,
 * or says in one line that there is no memory, and leaves the terminal as it was.
 */
#include "config.h"

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "ui/term.h"

#define PAGE 4096u
#define MAX  (6u << 20) /* bytes with which it starts for certain */

enum { STARTED = 10, REFUSED = 11 };

struct terminal {
	int master, slave;
	char path[128];
};

static void
terminal_open(struct terminal *t)
{
	const struct winsize size = {.ws_row = 24, .ws_col = 80};

	t->master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(t->master >= 0);
	assert_int_equal(grantpt(t->master), 0);
	assert_int_equal(unlockpt(t->master), 0);
	assert_int_equal(ptsname_r(t->master, t->path, sizeof(t->path)), 0);
	t->slave = open(t->path, O_RDWR | O_NOCTTY);
	assert_true(t->slave >= 0);
	ioctl(t->slave, TIOCSWINSZ, &size);
}

/* Leaves this process so many bytes of address space. */
static void
leave_memory(size_t bytes)
{
	char text[64] = "";
	int fd = open("/proc/self/statm", O_RDONLY);
	struct rlimit limit;

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		_exit(1);
	close(fd);
	limit.rlim_cur = strtoul(text, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE) + bytes;
	limit.rlim_max = RLIM_INFINITY;
	setrlimit(RLIMIT_AS, &limit);
}

static void
start_and_stop(const struct terminal *t, size_t bytes)
{
	struct err err = {""};

	signal(SIGSEGV, SIG_DFL); /* cmocka's handler would run here */
	mallopt(M_TOP_PAD, 0); /* the heap grows by single pages */
	leave_memory(bytes);
	if (term_start(t->path, false, false, &err)) {
		term_put(0, 0, 10, ROLE_TITLE, "hello");
		term_show();
		term_stop();
		_exit(STARTED);
	}
	_exit(strstr(err.msg, strerror(ENOMEM)) ? REFUSED : 1);
}

static int
status_with(const struct terminal *t, size_t bytes)
{
	struct termios before, after;
	int status = 0;

	tcgetattr(t->slave, &before);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		start_and_stop(t, bytes);
	assert_int_equal(waitpid(child, &status, 0), child);
	tcgetattr(t->slave, &after);
	assert_int_equal(before.c_lflag, after.c_lflag);
	assert_int_equal(before.c_oflag, after.c_oflag);
	tcflush(t->master, TCIOFLUSH);
	if (!WIFEXITED(status))
		fail_msg("%zu bytes: ended by signal %d", bytes, WTERMSIG(status));
	return WEXITSTATUS(status);
}

static void
test_starts_or_says_why_not(void **state)
{
	struct terminal t;
	unsigned started = 0, refused = 0;

	(void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	return; /* the sanitizers need the address space themselves */
#endif
	setenv("TERM", "xterm-256color", 1);
	terminal_open(&t);
	for (size_t bytes = 0; bytes < MAX; bytes += bytes < MAX / 8 ? PAGE : 16 * PAGE) {
		int status = status_with(&t, bytes);

		if (status != STARTED && status != REFUSED)
			fail_msg("%zu bytes: status %d", bytes, status);
		started += status == STARTED;
		refused += status == REFUSED;
	}
	assert_true(started > 0);
	assert_true(refused > 0);
	close(t.master);
	close(t.slave);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_starts_or_says_why_not),
};

UNIT_MAIN(tests)
