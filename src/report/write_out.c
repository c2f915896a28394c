/* SPDX-License-Identifier: MIT */
/*
 * write_out: the report's bytes to a file descriptor that may not block, whose reader may be slow
 * and may stop reading altogether.
 */
#include "report/report_private.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define PATIENCE_MS 1000

/* One second for a reader that is slow. 0, or an errno value: EINTR when the second has passed. */
static int
wait_writable(int fd)
{
	const int n = poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, PATIENCE_MS);

	if (n > 0)
		return 0; /* or an error, which write() will name */
	return n == 0 ? EINTR : errno;
}

int
write_out(int fd, const char *p, size_t len, const volatile sig_atomic_t *interrupted)
{
	int idle = 0; /* waits without a byte written since *interrupted */

	while (len > 0) {
		const ssize_t n = write(fd, p, len);
		int error = n < 0 ? errno : 0;

		if (n > 0) {
			p += n;
			len -= (size_t)n;
			idle = 0;
		}
		if (error == EAGAIN)
			error = wait_writable(fd);
		if (error == EINTR && interrupted && *interrupted && idle++ > 0)
			return ETIMEDOUT;
		if (error != 0 && error != EINTR)
			return error;
	}
	return 0;
}
