/* SPDX-License-Identifier: MIT */
/*
 * first_screen: runs a program on a terminal of its own until its output holds a word, then ends
 * it. Prints after how many microseconds that was, and the CPU time in microseconds that it took.
 *
 *	first_screen WORD COMMAND [ARGUMENT…]
 */
#define _GNU_SOURCE /* memmem */
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

#define PATIENCE 60000 /* ms without any output */

/* true: the word came. */
static bool
wait_for(int fd, const char *word)
{
	static char seen[1 << 16];
	const size_t len = strlen(word);
	size_t n = 0;
	struct pollfd p = {fd, POLLIN, 0};

	while (poll(&p, 1, PATIENCE) > 0) {
		ssize_t k = read(fd, seen + n, sizeof(seen) - n);

		if (k <= 0)
			return false;
		n += (size_t)k;
		if (memmem(seen, n, word, len))
			return true;
		if (n > len) { /* the word may have begun */
			memmove(seen, seen + n - len, len);
			n = len;
		}
	}
	return false;
}

static long long
cpu_us(const struct rusage *u)
{
	return (u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1000000LL + u->ru_utime.tv_usec +
	       u->ru_stime.tv_usec;
}

int
main(int argc, char **argv)
{
	if (argc < 3) {
		fputs("usage: first_screen WORD COMMAND [ARGUMENT…]\n", stderr);
		return 2;
	}
	int fd;
	struct winsize size = {.ws_row = 50, .ws_col = 160};
	long long start = now_us();
	pid_t pid = forkpty(&fd, NULL, NULL, &size);
	if (pid == 0) {
		setenv("TERM", "xterm-256color", 1);
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (pid < 0) {
		perror("first_screen");
		return 1;
	}
	bool came = wait_for(fd, argv[1]);
	long long end = now_us();
	kill(pid, SIGTERM);
	close(fd);
	struct rusage used = {0};
	wait4(pid, NULL, 0, &used);
	if (!came) {
		fprintf(stderr, "first_screen: no %s on the screen of %s\n", argv[1], argv[2]);
		return 1;
	}
	printf("%lld %lld\n", end - start, cpu_us(&used));
	return 0;
}
