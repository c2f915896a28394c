/* SPDX-License-Identifier: MIT */
/*
 * blast: sends the frames of a capture file (as gen writes them) on an interface, at an even rate,
 * each once. For a pair of virtual interfaces in a namespace of its own: nothing leaves the
 * machine.
 *
 *	blast FILE INTERFACE PACKETS-PER-SECOND SECONDS
 *
 * Prints how many were sent and in how many microseconds. Stops early at the end of the file.
 */
#define _GNU_SOURCE /* sendmmsg */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BATCH	    64
#define FILE_HEADER 24
#define RECORD	    16 /* a record's header: seconds, nanoseconds, captured and original length */

struct file {
	uint8_t *bytes;
	size_t size, at;
};

static uint64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static bool
file_map(const char *path, struct file *f)
{
	int fd = open(path, O_RDONLY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return false;
	f->size = (size_t)st.st_size;
	f->bytes = mmap(NULL, f->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	f->at = FILE_HEADER;
	close(fd);
	return f->bytes != MAP_FAILED;
}

/* A socket that sends on the interface, past its queue; −1 and errno. */
static int
open_interface(const char *name)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_protocol = htons(ETHERTYPE_IP)};
	int fd = socket(AF_PACKET, SOCK_RAW, 0), on = 1;

	to.sll_ifindex = (int)if_nametoindex(name);
	if (fd < 0 || to.sll_ifindex == 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)) != 0 ||
	    bind(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		return -1;
	return fd;
}

/* The next frames of the file; returns how many, at most `max`. */
static unsigned
next_frames(struct file *f, struct iovec *frames, unsigned max)
{
	unsigned n = 0;
	uint32_t record[4];

	while (n < max && f->size - f->at > RECORD) {
		memcpy(record, f->bytes + f->at, RECORD);
		if (record[2] > f->size - f->at - RECORD)
			break;
		frames[n++] = (struct iovec){f->bytes + f->at + RECORD, record[2]};
		f->at += RECORD + record[2];
	}
	return n;
}

/* false and errno: could not be sent. */
static bool
send_frames(int fd, struct iovec *frames, unsigned n)
{
	struct mmsghdr m[BATCH];

	memset(m, 0, sizeof(m));
	for (unsigned i = 0; i < n; i++) {
		m[i].msg_hdr.msg_iov = &frames[i];
		m[i].msg_hdr.msg_iovlen = 1;
	}
	for (unsigned sent = 0; sent < n;) {
		int k = sendmmsg(fd, m + sent, n - sent, 0);

		if (k < 0 && errno != EINTR && errno != ENOBUFS)
			return false;
		sent += k > 0 ? (unsigned)k : 0;
	}
	return true;
}

static void
sleep_until(uint64_t ns)
{
	struct timespec t = {(time_t)(ns / 1000000000), (long)(ns % 1000000000)};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

/* The frames that are due, then a pause of a millisecond at most. */
static bool
blast(struct file *f, int fd, uint64_t rate, uint64_t count, uint64_t *sent)
{
	struct iovec frames[BATCH];
	const uint64_t start = now_ns();

	for (*sent = 0; *sent < count;) {
		uint64_t due = (now_ns() - start) * rate / 1000000000 + 1;
		unsigned n = 0;

		if (due <= *sent) {
			sleep_until(start + *sent * 1000000000 / rate);
			continue;
		}
		n = next_frames(f, frames, due - *sent < BATCH ? (unsigned)(due - *sent) : BATCH);
		if (n == 0)
			return true;
		if (!send_frames(fd, frames, n))
			return false;
		*sent += n;
	}
	return true;
}

int
main(int argc, char **argv)
{
	struct file f;
	uint64_t sent, rate = argc == 5 ? strtoull(argv[3], NULL, 10) : 0;
	int fd;

	if (rate == 0) {
		fputs("usage: blast FILE INTERFACE PACKETS-PER-SECOND SECONDS\n", stderr);
		return 2;
	}
	if (!file_map(argv[1], &f) || (fd = open_interface(argv[2])) < 0) {
		perror("blast");
		return 1;
	}
	uint64_t start = now_ns();
	if (!blast(&f, fd, rate, rate * strtoull(argv[4], NULL, 10), &sent)) {
		perror("blast: send");
		return 1;
	}
	printf("%llu %llu\n", (unsigned long long)sent,
	       (unsigned long long)(now_ns() - start) / 1000);
	return 0;
}
