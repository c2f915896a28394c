/* SPDX-License-Identifier: MIT */
/*
 * signals: turns signals into an event that the loop can poll. Handlers only set a flag and write
 * to an eventfd, so it does not matter which thread runs them. If the loop does not act on a signal
 * that ends the program within a second, a timer ends it. Signals of a crash restore the terminal
 * and then take their usual effect.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/i18n.h"
#include "ui/term.h"
#include "ui/tty.h"

#define SECONDS_TO_END 1
#define CRASH_STACK    (64 << 10)

enum kind { KIND_EVENT, KIND_END, KIND_TIMEOUT, KIND_CRASH, KIND_IGNORED };

static const struct {
	int number;
	enum kind kind;
} table[] = {
	{SIGWINCH, KIND_EVENT},
	{SIGTSTP, KIND_EVENT},
	{SIGTERM, KIND_END},
	{SIGHUP, KIND_END},
	{SIGINT, KIND_END},
	{SIGQUIT, KIND_END},
	{SIGALRM, KIND_TIMEOUT},
	{SIGSEGV, KIND_CRASH},
	{SIGBUS, KIND_CRASH},
	{SIGABRT, KIND_CRASH},
	{SIGFPE, KIND_CRASH},
	{SIGILL, KIND_CRASH},
	/* A file that reaches the size limit is a failed write, not the end of the program. */
	{SIGXFSZ, KIND_IGNORED},
};
static struct sigaction before[ARRAY_LEN(table)];
static volatile sig_atomic_t resized, suspended, ended;
static volatile sig_atomic_t ending = SIGTERM; /* the latest that ended us, taken or not */
static int wake = -1;

/* ---- handlers ---- */

static void
wake_loop(void)
{
	int saved = errno;
	uint64_t one = 1;

	/* Cannot fail but for a full counter, and then the loop is awake anyway. */
	ssize_t n = write(wake, &one, sizeof(one));
	(void)n;
	errno = saved;
}

static void
on_event(int number)
{
	if (number == SIGWINCH)
		resized = 1;
	else
		suspended = 1;
	wake_loop();
}

static void
on_end(int number)
{
	ended = ending = number;
	alarm(SECONDS_TO_END);
	wake_loop();
}

/* The loop did not end in time: something blocks it. */
static void
on_timeout(int number)
{
	(void)number;
	tty_restore_now();
	signal(ending, SIG_DFL);
	raise(ending);
}

static void
on_crash(int number, siginfo_t *info, void *context)
{
	(void)context;
	tty_restore_now();
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].number == number)
			sigaction(number, &before[i], NULL);
	/* A fault occurs again on return; a signal that was sent must be sent again. */
	if (info->si_code <= 0)
		raise(number);
}

/* ---- starting and stopping ---- */

static void
set_action(struct sigaction *a, enum kind kind)
{
	sigemptyset(&a->sa_mask);
	a->sa_flags = 0;
	switch (kind) {
	case KIND_EVENT:
		a->sa_handler = on_event;
		a->sa_flags = SA_RESTART;
		break;
	case KIND_END: /* without SA_RESTART, so that it interrupts tty_take_over() */
		a->sa_handler = on_end;
		break;
	case KIND_TIMEOUT:
		a->sa_handler = on_timeout;
		break;
	case KIND_CRASH:
		a->sa_sigaction = on_crash;
		a->sa_flags = SA_SIGINFO | SA_ONSTACK;
		break;
	case KIND_IGNORED:
		a->sa_handler = SIG_IGN;
		break;
	}
}

/* An overflowed stack cannot run a handler. */
static void
set_crash_stack(void)
{
	static uint8_t stack[CRASH_STACK];
	stack_t now, ours = {.ss_sp = stack, .ss_size = sizeof(stack)};

	if (sigaltstack(NULL, &now) == 0 && (now.ss_flags & SS_DISABLE))
		sigaltstack(&ours, NULL);
}

bool
signals_start(struct err *err)
{
	wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (wake < 0)
		return err_set(err, _("cannot wait for signals: %s"), strerror(errno));
	resized = suspended = ended = 0;
	set_crash_stack();
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct sigaction action;

		set_action(&action, table[i].kind);
		sigaction(table[i].number, &action, &before[i]);
	}
	return true;
}

void
signals_stop(void)
{
	if (wake < 0)
		return;
	alarm(0);
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		sigaction(table[i].number, &before[i], NULL);
	close(wake);
	wake = -1;
}

/* ---- for the loop ---- */

int
signals_fd(void)
{
	return wake;
}

unsigned
signals_take(int *end)
{
	uint64_t count;
	unsigned what = 0;

	if (read(wake, &count, sizeof(count)) < 0)
		return 0;
	if (resized)
		what |= SIGNAL_RESIZE;
	if (suspended)
		what |= SIGNAL_SUSPEND;
	resized = suspended = 0;
	if (ended) {
		*end = ended;
		what |= SIGNAL_END;
		ended = 0;
	}
	return what;
}

bool
signals_ended(void)
{
	return ended != 0;
}

void
signals_cancel_end(void)
{
	alarm(0);
}
