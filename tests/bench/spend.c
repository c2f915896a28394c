/* SPDX-License-Identifier: MIT */
/*
 * spend: runs a command with its output thrown away and prints what it took:
 * microseconds of CPU (user and system), KiB of memory at the most, exit status.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void
run(char **argv)
{
	int null = open("/dev/null", O_WRONLY);

	if (null < 0 || dup2(null, STDOUT_FILENO) < 0)
		_exit(126);
	execvp(argv[0], argv);
	perror(argv[0]);
	_exit(127);
}

int
main(int argc, char **argv)
{
	struct rusage u;
	int status;

	if (argc < 2) {
		fputs("usage: spend COMMAND [ARGUMENT…]\n", stderr);
		return 2;
	}
	pid_t pid = fork();
	if (pid == 0)
		run(argv + 1);
	if (pid < 0 || wait4(pid, &status, 0, &u) < 0) {
		perror("spend");
		return 1;
	}
	long long us = (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000LL + u.ru_utime.tv_usec +
		       u.ru_stime.tv_usec;
	printf("%lld %ld %d\n", us, u.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 128);
	return 0;
}
