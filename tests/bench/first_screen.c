/* SPDX-License-Identifier: MIT */
/*
 * first_screen: runs a program on a terminal of its own and prints after how many microseconds its
 * output held a word, then ends it.
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

/* true: the word came within 10 s. */
static bool
wait_for(int fd, const char *word)
{
	static char seen[1 << 18];
	size_t n = 0;
	struct pollfd p = {fd, POLLIN, 0};

	while (n < sizeof(seen) - 1 && poll(&p, 1, 10000) > 0) {
		ssize_t k = read(fd, seen + n, sizeof(seen) - 1 - n);

		if (k <= 0)
			return false;
		n += (size_t)k;
		if (memmem(seen, n, word, strlen(word)))
			return true;
	}
	return false;
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
	waitpid(pid, NULL, 0);
	if (!came) {
		fprintf(stderr, "first_screen: no %s on the screen of %s\n", argv[1], argv[2]);
		return 1;
	}
	printf("%lld\n", end - start);
	return 0;
}
