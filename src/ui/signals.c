/* SPDX-License-Identifier: MIT */
/*
 * signals: from asynchronous handlers to an event the loop can poll. Handlers only set a flag and
 * write one eventfd, so that it does not matter which thread the kernel interrupts.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/i18n.h"
#include "ui/term.h"

static const int numbers[] = {SIGWINCH, SIGTSTP, SIGTERM, SIGHUP, SIGINT, SIGQUIT};
static struct sigaction before[ARRAY_LEN(numbers)], before_size_limit;
static volatile sig_atomic_t resized, suspended, ended;
static int wake = -1;

static void
on_signal(int number)
{
	int saved = errno;
	uint64_t one = 1;

	if (number == SIGWINCH)
		resized = 1;
	else if (number == SIGTSTP)
		suspended = 1;
	else
		ended = number;
	/* Cannot fail but for a full counter, and then the loop is awake anyway. */
	ssize_t n = write(wake, &one, sizeof(one));
	(void)n;
	errno = saved;
}

bool
signals_start(struct err *err)
{
	wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (wake < 0)
		return err_set(err, _("cannot wait for signals: %s"), strerror(errno));
	resized = suspended = ended = 0;
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		sigaction(numbers[i], &action, &before[i]);
	/* A file that reaches the size limit is a failed write, not the end of the program. */
	action.sa_handler = SIG_IGN;
	sigaction(SIGXFSZ, &action, &before_size_limit);
	return true;
}

void
signals_stop(void)
{
	if (wake < 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		sigaction(numbers[i], &before[i], NULL);
	sigaction(SIGXFSZ, &before_size_limit, NULL);
	close(wake);
	wake = -1;
}

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
