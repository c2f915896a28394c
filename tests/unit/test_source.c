/* SPDX-License-Identifier: MIT */
/*
 * Unit test of the source layer with an engine that only records: files, memory, pipes, pace,
 * capture filters on files. Not covered: live interfaces, which need a network (the lab), writing
 * and the packet store (test_store), the real engine (test_capture).
 */
#include "config.h"

#include "srctest.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- files ---- */

static void
test_frames_reach_the_engine_in_order(void **state)
{
	(void)state;
	struct capfile c = {0};
	numbered(&c, 200, 0);
	pcap_packet(&c, 1000, 0, 1, 10, 10);
	struct source *s = open_memory(&c, (struct source_config){0});
	struct source_status st = run(s);
	assert_int_equal(st.phase, SOURCE_ENDED);
	assert_string_equal(st.message, "");
	assert_string_equal(st.name, "memory");
	assert_string_equal(st.linktype, "EN10MB");
	assert_int_equal(st.packets, 201);
	assert_int_equal(st.progress, 1000);
	assert_int_equal(engine->n, 200);
	assert_int_equal(engine->others, 1);
	for (unsigned i = 0; i < 200; i++) {
		assert_int_equal(engine->seen[i].frame, i + 1);
		assert_int_equal(engine->seen[i].payload_len, 20 + i);
	}
	assert_int_equal(source_now(s), 1000 * NSEC_PER_SEC + 199);
	source_close(s);
	capfile_free(&c);
}

static void
test_wake_fd_is_readable_after_packets_and_the_end(void **state)
{
	(void)state;
	struct capfile c = {0};
	uint64_t n;
	numbered(&c, 2, 0);
	struct source *s = open_memory(&c, (struct source_config){0});
	struct pollfd p = {.fd = source_wake_fd(s), .events = POLLIN};
	assert_int_equal(poll(&p, 1, 0), 0);
	run(s);
	assert_int_equal(poll(&p, 1, 0), 1);
	assert_int_equal(read(p.fd, &n, sizeof(n)), sizeof(n));
	assert_int_equal(poll(&p, 1, 0), 0);
	source_close(s);
	capfile_free(&c);
}

static void
test_max_packets(void **state)
{
	(void)state;
	struct capfile c = {0};
	numbered(&c, 200, 0);
	struct source *s = open_memory(&c, (struct source_config){.max_packets = 70});
	struct source_status st = run(s);
	assert_int_equal(st.phase, SOURCE_ENDED);
	assert_int_equal(st.packets, 70);
	assert_int_equal(engine->n, 70);
	source_close(s);
	capfile_free(&c);
}

static void
test_snaplen_cuts_frames(void **state)
{
	(void)state;
	struct capfile c = {0};
	struct frame f;
	uint8_t buf[256];
	pcap_header(&c, 0xa1b23c4d, 4, 1);
	for (unsigned len = 60; len > 10; len--)
		pcap_packet(&c, 1000, 0, 0, len, len);
	struct source *s = open_memory(&c, (struct source_config){.snaplen = 30});
	run(s);
	for (unsigned i = 0; i < 41; i++)
		assert_int_equal(engine->seen[i].payload_len, i <= 30 ? 30 : 60 - i);
	assert_int_equal(store_read(s, engine->seen[0].ref, &f, buf, sizeof(buf)), STORE_OK);
	assert_int_equal(f.cap_len, 30);
	assert_int_equal(f.wire_len, 60);
	source_close(s);
	capfile_free(&c);
}

static void
test_damage_ends_with_a_message(void **state)
{
	(void)state;
	struct capfile c = {0};
	numbered(&c, 100, 0);
	c.len -= 1;
	struct source *s = open_memory(&c, (struct source_config){0});
	struct source_status st = run(s);
	assert_int_equal(st.phase, SOURCE_DAMAGED);
	assert_int_equal(engine->n, 99);
	assert_non_null(strstr(st.message, "memory: cut short"));
	assert_non_null(strstr(st.message, "after 99 packets"));
	source_close(s);
	capfile_free(&c);
}

static void
assert_open_fails(const struct source_config *cfg, const char *what)
{
	struct err err = {""};
	struct source *s = open_source(cfg, &err, NULL);

	assert_null(s);
	if (!strstr(err.msg, what))
		fail_msg("\"%s\" does not say \"%s\"", err.msg, what);
	assert_null(strchr(err.msg, '\n'));
}

static void
test_what_cannot_be_opened(void **state)
{
	(void)state;
	char path[64];
	struct capfile c = {0};
	assert_open_fails(&(struct source_config){.read_file = "/nonexistent/x"},
			  "/nonexistent/x: ");
	assert_open_fails(&(struct source_config){.read_file = "/"}, "directory");
	bytes_save("", 0, path);
	assert_open_fails(&(struct source_config){.read_file = path}, "empty");
	unlink(path);
	bytes_save("hello, world", 12, path);
	assert_open_fails(&(struct source_config){.read_file = path}, "not a capture");
	unlink(path);
	numbered(&c, 3, 0);
	capfile_save(&c, path);
	assert_open_fails(&(struct source_config){.read_file = path, .filter = "tcp prot 80"},
			  "\"tcp prot 80\"");
	assert_open_fails(&(struct source_config){.read_file = path, .direction = 'i'}, "-Q");
	assert_open_fails(&(struct source_config){.read_file = path, .write_file = path},
			  "being read");
	assert_open_fails(
		&(struct source_config){.read_file = path, .write_file = "/nonexistent/y"},
		"/nonexistent/y: ");
	struct stat st; /* the refusal came before anything was cut */
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, c.len);
	unlink(path);
	capfile_free(&c);
}

static void
test_unsupported_link_type_is_reported(void **state)
{
	(void)state;
	struct capfile c = {0};
	pcap_header(&c, 0xa1b2c3d4, 4, LINKTYPE_NOT_KNOWN);
	pcap_packet(&c, 1, 0, 0, 40, 40);
	struct source *s = open_memory(&c, (struct source_config){0});
	struct source_status st = run(s);
	assert_int_equal(st.phase, SOURCE_ENDED);
	assert_non_null(strstr(st.message, "147"));
	source_close(s);
	capfile_free(&c);
}

/* ---- time ---- */

/* Of a file that is read at once connections are reported at its end: nothing ends them before. */
static void
test_no_ticks_in_a_file_read_at_once(void **state)
{
	(void)state;
	struct capfile c = {0};
	pcap_header(&c, 0xa1b23c4d, 4, 1);
	for (unsigned i = 0; i < 200; i++) /* a second passes with every fourth */
		pcap_packet(&c, 1000 + i / 4, (i % 4) * 250000000, 1, 60, 60);
	struct source *s = open_memory(&c, (struct source_config){0});
	run(s);
	assert_int_equal(engine->ticks, 0);
	source_close(s);
	capfile_free(&c);
}

static void
test_paced_replay_ends_and_is_stopped(void **state)
{
	(void)state;
	struct capfile c = {0};

	numbered(&c, 5, 3600);
	/* an hour takes 0.4 ms */
	struct source *s = open_memory(&c, (struct source_config){.speed = 1e7});
	start(s);
	struct source_status st = wait_end(s);
	assert_int_equal(st.phase, SOURCE_ENDED);
	assert_int_equal(st.packets, 5);
	/* nothing is known of what came after the last packet: time stands there */
	assert_int_equal(source_now(s), (1000 + 4 * 3600) * NSEC_PER_SEC + 4);
	source_close(s);

	s = open_memory(&c, (struct source_config){.speed = 1});
	start(s);
	st = wait_for(s, 1);
	assert_true(st.paced);
	assert_int_equal(st.phase, SOURCE_RUNNING);
	nsec now = source_now(s);
	assert_true(now >= 1000 * NSEC_PER_SEC && now < 4600 * NSEC_PER_SEC);
	source_stop(s);
	st = wait_end(s);
	assert_int_equal(st.phase, SOURCE_ENDED);
	assert_int_equal(st.packets, 1);
	source_close(s);
	capfile_free(&c);
}

static void
test_replay_arithmetic(void **state)
{
	(void)state;
	struct replay r = {.speed = 2};

	assert_int_equal(replay_delay(&r, 500, 7), 250);
	replay_begin(&r, 1000, 50);
	replay_begin(&r, 9999, 60); /* only once */
	assert_int_equal(replay_now(&r, 50), 1000);
	assert_int_equal(replay_now(&r, 150), 1200);
	assert_int_equal(replay_delay(&r, 1200, 150), 0);
	assert_int_equal(replay_delay(&r, 1100, 150), 0);
	assert_int_equal(replay_delay(&r, 1300, 150), 50);
	r.speed = 0;
	assert_int_equal(replay_delay(&r, NSEC_NEVER / 2, 1010), 0);
	r.speed = 1e300;
	r.packet_time = FRAME_TIME_MAX - 1000;
	assert_int_equal(replay_now(&r, 3000 * NSEC_PER_SEC), FRAME_TIME_MAX);
	r.packet_time = 0;
	r.speed = 1e-12;
	assert_true(replay_delay(&r, NSEC_NEVER / 2, 2000) > 0); /* no overflow */
}

/* ---- pipes ---- */

static void
test_pipe_delivers_at_once(void **state)
{
	(void)state;
	struct capfile c = {0};
	struct pipe_source p;
	struct frame f;
	uint8_t buf[64];
	numbered(&c, 3, 1);
	open_pipe(&p, (struct source_config){0});
	start(p.s);
	send_part(&p, &c, 0, 24 + 36);
	struct source_status st = wait_for(p.s, 1);
	assert_int_equal(st.packets, 1);
	assert_true(st.paced); /* time goes on although nothing comes */
	nsec now = source_now(p.s);
	for (int i = 0; source_now(p.s) == now; i++)
		assert_true(i < 1000000000);
	send_part(&p, &c, 24 + 36, 24 + 36 + 20); /* in the middle of the second */
	send_part(&p, &c, 24 + 36 + 20, 24 + 36 + 37);
	st = wait_for(p.s, 2);
	assert_int_equal(st.packets, 2);
	assert_int_equal(store_read(p.s, engine->seen[1].ref, &f, buf, sizeof(buf)), STORE_OK);
	assert_int_equal(f.cap_len, 21);
	assert_int_equal(buf[0], 1);
	assert_int_equal(f.ts, 1001 * NSEC_PER_SEC + 1);
	send_part(&p, &c, 24 + 36 + 37, c.len);
	close_writer(&p);
	st = wait_end(p.s);
	assert_int_equal(st.phase, SOURCE_ENDED);
	assert_int_equal(st.packets, 3);
	source_close(p.s);
	capfile_free(&c);
}

static void
test_fifo_without_a_writer(void **state)
{
	(void)state;
	struct capfile c = {0};
	struct err err = {""};
	char path[64];
	numbered(&c, 3, 1);
	bytes_save("", 0, path);
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	struct source_config cfg = {.read_file = path, .keep_bytes = true};
	struct source *s = open_source(&cfg, &err, NULL);
	assert_non_null(s);
	start(s);
	int fd = open(path, O_WRONLY);
	assert_int_equal(write(fd, c.buf, c.len), c.len);
	close(fd);
	struct source_status st = wait_end(s);
	assert_int_equal(st.phase, SOURCE_ENDED);
	assert_int_equal(st.packets, 3);
	source_close(s);
	unlink(path);
	capfile_free(&c);
}

static void
test_pipe_without_a_capture(void **state)
{
	(void)state;
	struct pipe_source p;
	struct err err = {""};
	open_pipe(&p, (struct source_config){0});
	assert_int_equal(write(p.fd, "permission denied\n", 18), 18);
	close_writer(&p);
	assert_false(source_run(p.s, engine, &err));
	assert_non_null(strstr(err.msg, "not a capture"));
	source_close(p.s);
}

static void
test_stop_while_waiting_for_a_pipe(void **state)
{
	(void)state;
	struct pipe_source p;
	open_pipe(&p, (struct source_config){0});
	start(p.s);
	source_stop(p.s);
	assert_int_equal(wait_end(p.s).phase, SOURCE_ENDED);
	source_close(p.s);
	close_writer(&p);
}

/* A packet, then 250 blocks of 4 GB that are skipped, all holes: minutes of reading. */
static bool
save_endless_blocks(char path[64])
{
	static const uint32_t block[2] = {0xbad, 0xfffffffc};
	struct capfile c = {0};

	ng_section(&c);
	ng_interface(&c, 1, 0, -1, 0);
	ng_packet(&c, 0, 1, 0, 60, 60, -1);
	capfile_save(&c, path);
	int fd = open(path, O_WRONLY);
	bool ok = true;
	for (off_t i = 0; i < 250; i++)
		ok = ok && pwrite(fd, block, sizeof(block), (off_t)c.len + i * block[1]) > 0;
	close(fd);
	capfile_free(&c);
	return ok;
}

static void
test_stop_among_endless_blocks(void **state)
{
	(void)state;
	struct err err = {""};
	char path[64];

	if (!save_endless_blocks(path)) {
		unlink(path);
		skip(); /* no such large files here */
	}
	struct source_config cfg = {.read_file = path, .keep_bytes = true};
	struct source *s = open_source(&cfg, &err, NULL);
	assert_string_equal(err.msg, "");
	start(s);
	source_stop(s);
	assert_int_equal(wait_end(s).phase, SOURCE_ENDED);
	source_close(s);
	unlink(path);
}

/* The writer of a pipe with damaged data gets EPIPE instead of blocking for ever. */
static void
test_damaged_pipe_is_closed(void **state)
{
	(void)state;
	struct pipe_source p;
	struct capfile c = {0};
	uint8_t zero[256] = {0};

	numbered(&c, 1, 0);
	open_pipe(&p, (struct source_config){0});
	int fd = open(p.path, O_WRONLY);
	close(p.fd);
	p.fd = fd;
	start(p.s);
	send_part(&p, &c, 0, c.len);
	memset(zero, 0xff, sizeof(zero));
	assert_int_equal(write(fd, zero, sizeof(zero)), sizeof(zero));
	assert_int_equal(wait_end(p.s).phase, SOURCE_DAMAGED);
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(write(fd, zero, sizeof(zero)), -1);
	assert_int_equal(errno, EPIPE);
	source_close(p.s);
	close_writer(&p);
	capfile_free(&c);
}

static void
test_standard_input_is_closed_at_the_end(void **state)
{
	(void)state;
	struct source_config cfg = {.read_file = "-", .keep_bytes = true, .max_packets = 1};
	struct capfile c = {0};
	struct err err = {""};
	int ends[2], before = dup(0);

	numbered(&c, 2, 0);
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(dup2(ends[0], 0), 0);
	close(ends[0]);
	assert_int_equal(write(ends[1], c.buf, c.len), c.len);
	struct source *s = open_source(&cfg, &err, NULL);
	assert_int_equal(run(s).packets, 1);
	assert_int_equal(write(ends[1], c.buf, c.len), -1);
	assert_int_equal(errno, EPIPE);
	assert_int_equal(fcntl(0, F_GETFD), 0); /* the number is taken, by no other file */
	source_close(s);
	close(ends[1]);
	dup2(before, 0);
	close(before);
	capfile_free(&c);
}

/* ---- capture filter ---- */

/* An Ethernet frame: IPv4 and TCP from port 1024 to `port`, with or without a VLAN tag. */
static void
put_tcp(struct capfile *c, uint16_t port, bool vlan)
{
	uint8_t f[64] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
	size_t n = 12;

	if (vlan) {
		memcpy(f + n, "\x81\x00\x00\x07", 4);
		n += 4;
	}
	memcpy(f + n,
	       "\x08\x00\x45\x00\x00\x28\x00\x01\x40\x00\x40\x06\x00\x00\x0a\x00\x00\x01"
	       "\x0a\x00\x00\x02\x04\x00",
	       24);
	n += 24;
	f[n] = (uint8_t)(port >> 8);
	f[n + 1] = (uint8_t)port;
	f[n + 10] = 0x50;
	put32(c, 1000);
	put32(c, 0);
	put32(c, 60);
	put32(c, 60);
	put_bytes(c, f, 60);
}

static void
test_filter_on_a_file(void **state)
{
	(void)state;
	struct capfile c = {0};
	pcap_header(&c, 0xa1b2c3d4, 4, 1);
	for (int i = 0; i < 300; i++)
		put_tcp(&c, i == 0 || i == 250 ? 80 : 81, false);
	struct source *s = open_memory(&c, (struct source_config){.filter = "tcp dst port 80"});
	struct source_status st = run(s);
	assert_int_equal(st.phase, SOURCE_ENDED);
	assert_string_equal(st.message, "");
	assert_int_equal(engine->n, 2);
	assert_int_equal(engine->seen[0].frame, 1);
	assert_int_equal(engine->seen[1].frame, 251);
	source_close(s);
	capfile_free(&c);
}

static void
test_filter_hint_for_vlans(void **state)
{
	(void)state;
	static const struct {
		const char *filter;
		bool hint;
	} t[] = {{"port 80", true}, {"port 81", true}, {"vlan and port 80", false}, {"ip", true}};
	for (size_t i = 0; i < ARRAY_LEN(t); i++) {
		struct capfile c = {0};

		pcap_header(&c, 0xa1b2c3d4, 4, 1);
		put_tcp(&c, 80, true);
		struct source *s = open_memory(&c, (struct source_config){.filter = t[i].filter});
		struct source_status st = run(s);
		assert_true(!strstr(st.message, "or (vlan and (") == !t[i].hint);
		assert_int_equal(st.packets, !t[i].hint);
		source_close(s);
		capfile_free(&c);
	}
}

static void
test_filter_per_link_type(void **state)
{
	(void)state;
	static const uint8_t ip[40] = "\x45\x00\x00\x28\x00\x01\x40\x00\x40\x06\x00\x00\x0a\x00"
				      "\x00\x01\x0a\x00\x00\x02\x04\x00\x00\x50";
	struct capfile c = {0};
	ng_section(&c);
	ng_interface(&c, 1, 0, -1, 0);
	ng_interface(&c, 101, 0, -1, 0);
	ng_packet(&c, 0, 1, 0, 60, 60, -1);
	ng_packet(&c, 1, 2, 0, 40, 40, -1);
	memcpy(c.buf + c.len - 44, ip, 40);
	struct source *s = open_memory(&c, (struct source_config){.filter = "tcp port 80"});
	assert_int_equal(run(s).packets, 1);
	assert_int_equal(engine->seen[0].frame, 2);
	source_close(s);
	capfile_free(&c);
}

static void
test_filter_error_has_its_position(void **state)
{
	(void)state;
	static const struct {
		const char *filter, *says;
	} t[] = {
		{"tcp prot 80", "syntax error after \"tcp\""},
		{"port 23 or host 1.2.3.4 adn udp", "after \"port 23 or host 1.2.3.4\""},
		{"port 23 or", "after \"port 23\""},
		{"prot", "\"prot\": "},
		{"(port 23 or", "syntax error"},
		{"tcp \033[31m", "after \"tcp\""},
	};
	for (size_t i = 0; i < ARRAY_LEN(t); i++) {
		struct err err = {""};
		struct capture_filter *of = capture_filter_new(t[i].filter);

		assert_false(capture_filter_prepare(of, 1, &err));
		if (!strstr(err.msg, t[i].says))
			fail_msg("\"%s\" does not say \"%s\"", err.msg, t[i].says);
		assert_null(strchr(err.msg, '\033'));
		capture_filter_free(of);
	}
}

static void
test_filter_of_a_file_cannot_be_changed(void **state)
{
	(void)state;
	struct capfile c = {0};
	struct err err = {""};
	numbered(&c, 1, 0);
	struct source *s = open_memory(&c, (struct source_config){0});
	assert_false(source_set_filter(s, "tcp", &err));
	assert_true(err.msg[0]);
	source_close(s);
	capfile_free(&c);
}

static const struct CMUnitTest tests[] = {
	SOURCE_TEST(test_frames_reach_the_engine_in_order),
	SOURCE_TEST(test_wake_fd_is_readable_after_packets_and_the_end),
	SOURCE_TEST(test_max_packets),
	SOURCE_TEST(test_snaplen_cuts_frames),
	SOURCE_TEST(test_damage_ends_with_a_message),
	SOURCE_TEST(test_what_cannot_be_opened),
	SOURCE_TEST(test_unsupported_link_type_is_reported),
	SOURCE_TEST(test_no_ticks_in_a_file_read_at_once),
	SOURCE_TEST(test_paced_replay_ends_and_is_stopped),
	SOURCE_TEST(test_replay_arithmetic),
	SOURCE_TEST(test_pipe_delivers_at_once),
	SOURCE_TEST(test_fifo_without_a_writer),
	SOURCE_TEST(test_pipe_without_a_capture),
	SOURCE_TEST(test_stop_while_waiting_for_a_pipe),
	SOURCE_TEST(test_stop_among_endless_blocks),
	SOURCE_TEST(test_damaged_pipe_is_closed),
	SOURCE_TEST(test_standard_input_is_closed_at_the_end),
	SOURCE_TEST(test_filter_on_a_file),
	SOURCE_TEST(test_filter_hint_for_vlans),
	SOURCE_TEST(test_filter_per_link_type),
	SOURCE_TEST(test_filter_error_has_its_position),
	SOURCE_TEST(test_filter_of_a_file_cannot_be_changed),
};

UNIT_MAIN(tests)
