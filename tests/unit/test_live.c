/* SPDX-License-Identifier: MIT */
/*
 * Test of live capture on the loopback of a network namespace of its own, with an engine that only
 * records. Skipped if namespaces or capturing are not permitted. Not covered: TCP on the
 * wire (the lab), loss under load.
 */
#include "config.h"

#include "srctest.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static bool isolated; /* in a namespace of our own, loopback up */

static bool
interface_up(const char *name)
{
	struct ifreq r = {.ifr_flags = IFF_UP | IFF_RUNNING};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	bool ok = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &r) == 0;
	if (fd >= 0)
		close(fd);
	return ok;
}

static int
isolate(void **state)
{
	(void)state;
	int flags = geteuid() == 0 ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET;
	isolated = unshare(flags) == 0 && interface_up("lo");
	return 0;
}

/* n datagrams of `len` bytes to a port of the loopback. */
static void
send_datagrams(uint16_t port, unsigned n, size_t len)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
	char bytes[64] = "datagram";

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	for (unsigned i = 0; i < n; i++)
		sendto(fd, bytes, len, 0, (struct sockaddr *)&to, sizeof(to));
	close(fd);
}

static struct source *
open_live(struct source_config cfg)
{
	struct err err = {""};
	bool denied;

	cfg.interface = cfg.interface ? cfg.interface : "lo";
	cfg.keep_bytes = true;
	struct source *s = isolated ? open_source(&cfg, &err, &denied) : NULL;
	if (!s && (!isolated || denied))
		skip();
	assert_string_equal(err.msg, "");
	return s;
}

static void
test_packets_and_their_bytes(void **state)
{
	(void)state;
	struct frame f;
	uint8_t buf[256];
	struct source *s = open_live((struct source_config){.filter = "udp port 4000"});
	start(s);
	nsec before = source_now(s);
	send_datagrams(4001, 5, 8);
	send_datagrams(4000, 3, 8);
	struct source_status st = wait_for(s, 3);
	assert_true(st.live);
	assert_int_equal(st.packets, 3);
	assert_string_equal(st.linktype, "EN10MB");
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(engine->seen[i].frame, i + 1);
		assert_true(engine->seen[i].ts >= before - NSEC_PER_SEC);
		assert_int_equal(store_read(s, engine->seen[i].ref, &f, buf, sizeof(buf)),
				 STORE_OK);
		assert_int_equal(f.cap_len, 14 + 20 + 8 + 8);
		assert_memory_equal(buf + 42, "datagram", 8);
	}
	source_stop(s);
	st = wait_end(s);
	assert_int_equal(st.phase, SOURCE_ENDED);
	source_close(s);
}

static void
test_other_filter_while_running(void **state)
{
	(void)state;
	struct err err = {""};
	struct source *s = open_live((struct source_config){.filter = "udp port 4000"});
	start(s);
	assert_false(source_set_filter(s, "udp prot 4001", &err));
	assert_non_null(strstr(err.msg, "after \"udp\""));
	assert_true(source_set_filter(s, "udp port 4001", &err));
	send_datagrams(4000, 2, 8);
	send_datagrams(4001, 2, 9);
	wait_for(s, 2);
	assert_int_equal(engine->seen[0].payload_len, 51);
	assert_int_equal(engine->seen[1].payload_len, 51);
	source_stop(s);
	wait_end(s);
	assert_false(source_set_filter(s, "udp", &err));
	source_close(s);
}

static void
test_count_and_snaplen(void **state)
{
	(void)state;
	struct source *s =
		open_live((struct source_config){.filter = "udp", .max_packets = 4, .snaplen = 40});
	start(s);
	send_datagrams(4000, 10, 30);
	struct source_status st = wait_end(s);
	assert_int_equal(st.phase, SOURCE_ENDED);
	assert_int_equal(st.packets, 4);
	assert_int_equal(engine->n, 4);
	assert_int_equal(engine->seen[3].payload_len, 40);
	source_close(s);
}

static void
test_any_is_cooked(void **state)
{
	(void)state;
	struct source *s = open_live((struct source_config){.interface = "any", .filter = "udp"});
	start(s);
	send_datagrams(4000, 1, 8);
	struct source_status st = wait_for(s, 1);
	assert_string_equal(st.linktype, "LINUX_SLL2");
	source_close(s);
}

static void
assert_refused(struct source_config cfg, const char *what)
{
	struct err err = {""};

	assert_null(open_source(&cfg, &err, NULL));
	if (!strstr(err.msg, what))
		fail_msg("\"%s\" does not say \"%s\"", err.msg, what);
}

static void
test_what_cannot_be_captured(void **state)
{
	(void)state;
	source_close(open_live((struct source_config){0}));
	assert_refused((struct source_config){.interface = "nosuch0"}, "no such interface");
	assert_refused((struct source_config){.interface = "lo", .linktype = "PPP"}, "EN10MB");
	assert_refused((struct source_config){.interface = "lo", .filter = "udp or"},
		       "after \"udp\"");
}

static void
test_interface_that_goes_away(void **state)
{
	(void)state;
	struct ifreq r = {.ifr_name = "tun7", .ifr_flags = IFF_TUN | IFF_NO_PI};
	int fd = isolated ? open("/dev/net/tun", O_RDWR | O_CLOEXEC) : -1;
	if (fd < 0 || ioctl(fd, TUNSETIFF, &r) != 0)
		skip();
	assert_true(interface_up("tun7"));
	struct source *s = open_live((struct source_config){.interface = "tun7"});
	start(s);
	close(fd);
	struct source_status st = wait_end(s);
	assert_int_equal(st.phase, SOURCE_FAILED);
	assert_non_null(strstr(st.message, "tun7"));
	source_close(s);
}

static void
test_interfaces_are_listed(void **state)
{
	(void)state;
	struct interface_info list[64];
	struct err err = {""};
	int n = interfaces_list(list, 64, &err);
	assert_true(n >= 0);
	bool found = false;
	for (int i = 0; i < n; i++)
		found |= list[i].loopback && strstr(list[i].addresses, "127.0.0.1");
	if (isolated)
		assert_true(found);
	assert_true(interfaces_list(list, 1, &err) <= 1);
}

static const struct CMUnitTest tests[] = {
	SOURCE_TEST(test_packets_and_their_bytes), SOURCE_TEST(test_other_filter_while_running),
	SOURCE_TEST(test_count_and_snaplen),       SOURCE_TEST(test_any_is_cooked),
	SOURCE_TEST(test_what_cannot_be_captured), SOURCE_TEST(test_interface_that_goes_away),
	SOURCE_TEST(test_interfaces_are_listed),
};

int
main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, isolate, NULL);
}
