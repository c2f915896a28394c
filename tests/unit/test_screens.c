/* SPDX-License-Identifier: MIT */
/*
 * Unit test of how the screens begin and end on a terminal: quitting, signals, a terminal that is
 * lost or cannot be used. The terminal is a pseudo one; what is drawn on it is not looked at here.
 */
#include "config.h"

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "ui/term.h"
#include "ui/ui.h"

#define PATIENCE 20000 /* ms: only a hang takes this long */

enum { ENDED_BY_USER = 10, ENDED_BY_ERROR = 11, ENDED_BY_SIGNAL = 12 };

/* A capture file without packets. */
static const uint8_t capture[24] = {0xd4, 0xc3, 0xb2, 0xa1, 2,    0,    4, 0, 0, 0, 0, 0,
				    0,    0,    0,    0,    0xff, 0xff, 0, 0, 1, 0, 0, 0};

struct terminal {
	int master, slave; /* the slave stays open here, so that its settings can be looked at */
	char path[128];
	struct termios before;
	pid_t child;
};

static int
run_screens(const char *path)
{
	const struct source_config sc = {
		.memory = capture, .memory_len = sizeof(capture), .memory_name = "test"};
	const struct engine_config ec = {.max_connections = 16, .memory = 1 << 20, .history = true};
	struct err err;
	struct engine *e = engine_new(&ec, &err);
	struct source *s = e ? source_open(&sc, &err, NULL) : NULL;

	if (!s || !source_prepare(s, &err) || !source_start(s, e, &err))
		return 1;
	const struct ui_config uc = {.engine = e, .source = s, .tty = path};
	int end = ui_run(&uc, &err);
	source_close(s);
	engine_free(e);
	return end < 0 ? ENDED_BY_ERROR : end > 0 ? ENDED_BY_SIGNAL + end : ENDED_BY_USER;
}

static void
terminal_open(struct terminal *t)
{
	t->master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(t->master >= 0);
	assert_int_equal(grantpt(t->master), 0);
	assert_int_equal(unlockpt(t->master), 0);
	assert_int_equal(ptsname_r(t->master, t->path, sizeof(t->path)), 0);
	t->slave = open(t->path, O_RDWR | O_NOCTTY);
	assert_true(t->slave >= 0);
	const struct winsize size = {.ws_row = 24, .ws_col = 80};
	ioctl(t->slave, TIOCSWINSZ, &size);
	tcgetattr(t->slave, &t->before);
}

static void
terminal_start(struct terminal *t, const char *type)
{
	terminal_open(t);
	t->child = fork();
	assert_true(t->child >= 0);
	if (t->child == 0) {
		setenv("TERM", type, 1);
		close(t->master);
		close(t->slave);
		_exit(run_screens(t->path));
	}
}

/* Waits until something was drawn. */
static void
terminal_wait_drawn(const struct terminal *t)
{
	struct pollfd fd = {.fd = t->master, .events = POLLIN};

	assert_int_equal(poll(&fd, 1, PATIENCE), 1);
}

/* Reads what is drawn until the program ends; its exit status. */
static int
terminal_finish(struct terminal *t)
{
	int status = -1;
	char buf[4096];

	for (int waited = 0; waited < PATIENCE; waited += 10) {
		struct pollfd fd = {.fd = t->master, .events = POLLIN};

		if (t->master >= 0 && poll(&fd, 1, 0) == 1 && read(t->master, buf, sizeof(buf)) < 0)
			assert_int_equal(errno, EIO);
		if (waitpid(t->child, &status, WNOHANG) == t->child) {
			assert_true(WIFEXITED(status));
			return WEXITSTATUS(status);
		}
		usleep(10000);
	}
	kill(t->child, SIGKILL);
	waitpid(t->child, &status, 0);
	fail_msg("the screens did not end");
	return -1;
}

static void
terminal_close(struct terminal *t)
{
	if (t->master >= 0)
		close(t->master);
	if (t->slave >= 0)
		close(t->slave);
}

static void
assert_restored(const struct terminal *t)
{
	struct termios now;

	assert_int_equal(tcgetattr(t->slave, &now), 0);
	assert_int_equal(now.c_lflag, t->before.c_lflag);
	assert_int_equal(now.c_iflag, t->before.c_iflag);
	assert_int_equal(now.c_oflag, t->before.c_oflag);
}

static void
test_q_quits(void **state)
{
	struct terminal t;

	(void)state;
	terminal_start(&t, "xterm");
	terminal_wait_drawn(&t);
	assert_int_equal(write(t.master, "?qq", 3), 3);
	assert_int_equal(terminal_finish(&t), ENDED_BY_USER);
	assert_restored(&t);
	terminal_close(&t);
}

static void
test_f10_quits_from_everywhere(void **state)
{
	struct terminal t;

	(void)state;
	terminal_start(&t, "xterm");
	terminal_wait_drawn(&t);
	assert_int_equal(write(t.master, "?\033[21~", 6), 6);
	assert_int_equal(terminal_finish(&t), ENDED_BY_USER);
	assert_restored(&t);
	terminal_close(&t);
}

static void
test_signal_ends_and_restores(void **state)
{
	struct terminal t;

	(void)state;
	terminal_start(&t, "xterm");
	terminal_wait_drawn(&t);
	kill(t.child, SIGTERM);
	assert_int_equal(terminal_finish(&t), ENDED_BY_SIGNAL + SIGTERM);
	assert_restored(&t);
	terminal_close(&t);
}

/* The loop is not there to act on the signal: it ends the program by itself. */
static void
test_signal_ends_a_program_that_hangs(void **state)
{
	struct terminal t;
	int status = 0;

	(void)state;
	terminal_open(&t);
	t.child = fork();
	assert_true(t.child >= 0);
	if (t.child == 0) {
		struct err err;

		setenv("TERM", "xterm", 1);
		if (!term_start(t.path, false, false, &err))
			_exit(1);
		kill(getpid(), SIGTERM);
		for (;;)
			pause();
	}
	assert_int_equal(waitpid(t.child, &status, 0), t.child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);
	assert_restored(&t);
	terminal_close(&t);
}

static void
test_lost_terminal_ends(void **state)
{
	struct terminal t;

	(void)state;
	terminal_start(&t, "xterm");
	terminal_wait_drawn(&t);
	close(t.master);
	t.master = -1;
	assert_int_equal(terminal_finish(&t), ENDED_BY_SIGNAL + SIGHUP);
	terminal_close(&t);
}

static void
test_unknown_terminal_is_an_error(void **state)
{
	struct terminal t;

	(void)state;
	terminal_start(&t, "no-such-terminal");
	assert_int_equal(terminal_finish(&t), ENDED_BY_ERROR);
	assert_restored(&t);
	terminal_close(&t);
}

static void
test_no_terminal_is_an_error(void **state)
{
	struct err err = {""};
	const struct ui_config uc = {.tty = "/dev/null"};

	(void)state;
	setenv("TERM", "xterm", 1);
	assert_int_equal(ui_run(&uc, &err), -1);
	assert_non_null(strstr(err.msg, "/dev/null"));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_q_quits),
	cmocka_unit_test(test_f10_quits_from_everywhere),
	cmocka_unit_test(test_signal_ends_and_restores),
	cmocka_unit_test(test_signal_ends_a_program_that_hangs),
	cmocka_unit_test(test_lost_terminal_ends),
	cmocka_unit_test(test_unknown_terminal_is_an_error),
	cmocka_unit_test(test_no_terminal_is_an_error),
};

UNIT_MAIN(tests)
