/* SPDX-License-Identifier: MIT */
/*
 * Unit test of the source layer with a decoder and an engine of its own, which only write down what
 * they are given: files, pipes, memory, pace, filters, writing, the packet store. Waiting is for an
 * event, with a generous limit; no result depends on how long something took. Not covered: live
 * interfaces, which need a network (the lab), and the real engine (test_capture).
 */
#include "config.h"

#include "unit.h"

#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capfile.h"
#include "source/internal.h"

/* ---- a decoder and an engine that write down ---- */

#define SEEN_MAX 4096

struct engine {
	atomic_uint n; /* segments */
	struct packet seen[SEEN_MAX];
	uint64_t others;
	unsigned ticks;
	nsec tick[SEEN_MAX];
	unsigned tick_at[SEEN_MAX]; /* n at that time */
};

struct decoder {
	char unused;
};

struct decoder *
decoder_new(void)
{
	return calloc(1, sizeof(struct decoder));
}

void
decoder_free(struct decoder *d)
{
	free(d);
}

/* Frames below 20 bytes are no segments. */
enum decode_result
decode_frame(struct decoder *d, const struct frame *f, struct packet *out)
{
	(void)d;
	*out = (struct packet){.ts = f->ts, .frame = f->number, .ref = f->ref};
	out->payload_len = f->cap_len;
	out->ttl = f->cap_len ? f->data[0] : 0;
	return f->cap_len < 20 ? DECODE_OTHER : DECODE_TCP;
}

bool
decode_linktype_known(int linktype)
{
	return linktype != 147;
}

void
engine_ingest(struct engine *e, const struct packet *p, size_t n)
{
	assert_true(n >= 1 && n <= ENGINE_BATCH);
	for (size_t i = 0; i < n; i++)
		e->seen[(e->n + i) % SEEN_MAX] = p[i];
	e->n += (unsigned)n;
}

void
engine_count(struct engine *e, const uint64_t counts[DECODE_RESULT_COUNT])
{
	for (int i = 0; i < DECODE_RESULT_COUNT; i++)
		e->others += counts[i];
}

void
engine_tick(struct engine *e, nsec now)
{
	e->tick_at[e->ticks % SEEN_MAX] = e->n;
	e->tick[e->ticks++ % SEEN_MAX] = now;
}

/* ---- helpers ---- */

static struct engine *engine;

static int
setup(void **state)
{
	(void)state;
	engine = calloc(1, sizeof(*engine));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	free(engine);
	return 0;
}

static struct source *
open_memory(const struct capfile *c, struct source_config cfg)
{
	struct err err = {""};
	cfg.memory = c->buf;
	cfg.memory_len = c->len;
	cfg.memory_name = "memory";
	struct source *s = source_open(&cfg, &err, NULL);
	assert_string_equal(err.msg, "");
	assert_non_null(s);
	return s;
}

static struct source_status
run(struct source *s)
{
	struct source_status st;
	struct err err = {""};
	assert_true(source_run(s, engine, &err));
	source_status(s, &st);
	return st;
}

static void
start(struct source *s)
{
	struct err err = {""};
	assert_true(source_start(s, engine, &err));
}

/* Until n segments have arrived or the source has ended; 20 s at most. */
static struct source_status
wait_for(struct source *s, unsigned n)
{
	struct source_status st;
	for (int i = 0; i < 20000; i++) {
		source_status(s, &st);
		if (st.packets >= n || st.phase != SOURCE_RUNNING)
			return st;
		usleep(1000);
	}
	fail_msg("%llu packets of %u", (unsigned long long)st.packets, n);
	return st;
}

static struct source_status
wait_end(struct source *s)
{
	return wait_for(s, UINT32_MAX);
}

/* n packets, `gap` seconds apart, of sizes 20 + i. */
static void
numbered(struct capfile *c, unsigned n, uint32_t gap)
{
	pcap_header(c, 0xa1b23c4d, 4, 1);
	for (unsigned i = 0; i < n; i++)
		pcap_packet(c, 1000 + i * gap, i, (uint8_t)i, 20 + i, 20 + i);
}

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
test_wake_fd_tells_packets_and_the_end(void **state)
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
	numbered(&c, 100, 0);
	struct source *s = open_memory(&c, (struct source_config){.snaplen = 30});
	run(s);
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(engine->seen[i].payload_len, i < 10 ? 20 + i : 30);
	assert_true(store_read(s, engine->seen[99].ref, &f, buf, sizeof(buf)));
	assert_int_equal(f.cap_len, 30);
	assert_int_equal(f.wire_len, 119);
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
	struct source *s = source_open(cfg, &err, NULL);
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
	assert_open_fails(&(struct source_config){.read_file = "/nonexistent/x"}, "/nonexistent/x: ");
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
	assert_open_fails(&(struct source_config){.read_file = path, .write_file = "/nonexistent/y"},
			  "/nonexistent/y: ");
	struct stat st; /* the refusal came before anything was cut */
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, c.len);
	unlink(path);
	capfile_free(&c);
}

static void
test_unknown_link_type_is_told(void **state)
{
	(void)state;
	struct capfile c = {0};
	pcap_header(&c, 0xa1b2c3d4, 4, 147);
	pcap_packet(&c, 1, 0, 0, 40, 40);
	struct source *s = open_memory(&c, (struct source_config){0});
	struct source_status st = run(s);
	assert_int_equal(st.phase, SOURCE_ENDED);
	assert_non_null(strstr(st.message, "147"));
	source_close(s);
	capfile_free(&c);
}

/* ---- time ---- */

/* File or pipe, large or small pieces: the engine's time moves at the same packets. */
static void
test_ticks_follow_packet_time_only(void **state)
{
	(void)state;
	struct capfile c = {0};
	pcap_header(&c, 0xa1b23c4d, 4, 1);
	for (unsigned i = 0; i < 200; i++) /* a second passes with every fourth */
		pcap_packet(&c, 1000 + i / 4, (i % 4) * 250000000, 1, 60, 60);
	struct source *s = open_memory(&c, (struct source_config){0});
	run(s);
	assert_int_equal(engine->ticks, 49);
	for (unsigned i = 0; i < 49; i++) {
		assert_int_equal(engine->tick[i], (1001 + i) * NSEC_PER_SEC);
		assert_int_equal(engine->tick_at[i], 4 * (i + 1));
	}
	source_close(s);
	capfile_free(&c);
}

static void
test_paced_replay_is_held_changed_and_stopped(void **state)
{
	(void)state;
	struct capfile c = {0};
	numbered(&c, 5, 3600);
	struct source *s = open_memory(&c, (struct source_config){.speed = 1});
	start(s);
	struct source_status st = wait_for(s, 1);
	assert_true(st.paced);
	assert_int_equal(st.packets, 1);
	assert_int_equal(st.phase, SOURCE_RUNNING);
	source_set_speed(s, -1);
	nsec held = source_now(s);
	assert_true(held >= 1000 * NSEC_PER_SEC && held < 4600 * NSEC_PER_SEC);
	assert_int_equal(source_now(s), held);
	source_set_speed(s, 1e7); /* an hour in 0.4 ms */
	st = wait_end(s);
	assert_int_equal(st.phase, SOURCE_ENDED);
	assert_int_equal(st.packets, 5);
	/* after the last packet the replay's time goes on */
	nsec end = source_now(s);
	assert_true(end >= (1000 + 4 * 3600) * NSEC_PER_SEC);
	for (int i = 0; source_now(s) == end; i++)
		assert_true(i < 1000000000);
	source_set_speed(s, 0);
	assert_int_equal(source_now(s), (1000 + 4 * 3600) * NSEC_PER_SEC + 4);
	source_close(s);

	s = open_memory(&c, (struct source_config){.speed = 1});
	start(s);
	wait_for(s, 1);
	source_stop(s);
	st = wait_end(s);
	assert_int_equal(st.phase, SOURCE_ENDED);
	assert_int_equal(st.packets, 1);
	source_close(s);
	capfile_free(&c);
}

static void
test_speed_zero_releases_a_paced_replay(void **state)
{
	(void)state;
	struct capfile c = {0};
	numbered(&c, 5, 3600);
	struct source *s = open_memory(&c, (struct source_config){.speed = 0.5});
	start(s);
	wait_for(s, 1);
	source_set_speed(s, 0);
	struct source_status st = wait_end(s);
	assert_int_equal(st.packets, 5);
	assert_false(st.paced);
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
	replay_set_speed(&r, -1, 0, 150);
	assert_int_equal(replay_now(&r, 1 << 30), 1200);
	assert_int_equal(replay_delay(&r, 1300, 1 << 30), NSEC_NEVER);
	replay_set_speed(&r, 4, 0, 1000);
	assert_int_equal(replay_now(&r, 1010), 1240);
	replay_set_speed(&r, 0, 0, 1010);
	assert_int_equal(replay_delay(&r, NSEC_NEVER / 2, 1010), 0);
	replay_set_speed(&r, 1, 5000, 2000); /* from where the packets are */
	assert_int_equal(replay_now(&r, 2001), 5001);
	assert_true(replay_delay(&r, NSEC_NEVER / 2, 2000) > 0);
	r.speed = 1e-12;
	assert_true(replay_delay(&r, NSEC_NEVER / 2, 2000) > 0); /* no overflow */
}

/* ---- pipes ---- */

struct pipe_source {
	struct source *s;
	int fd;
	char path[64];
};

/* A FIFO with our end open. */
static void
open_pipe(struct pipe_source *p, struct source_config cfg)
{
	struct err err = {""};
	bytes_save("", 0, p->path);
	unlink(p->path);
	assert_int_equal(mkfifo(p->path, 0600), 0);
	p->fd = open(p->path, O_RDWR);
	assert_true(p->fd >= 0);
	cfg.read_file = p->path;
	cfg.keep_bytes = true;
	p->s = source_open(&cfg, &err, NULL);
	assert_string_equal(err.msg, "");
}

static void
send_part(const struct pipe_source *p, const struct capfile *c, size_t from, size_t to)
{
	assert_int_equal(write(p->fd, c->buf + from, to - from), to - from);
}

static void
close_writer(struct pipe_source *p)
{
	close(p->fd);
	unlink(p->path);
}

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
	assert_true(store_read(p.s, engine->seen[1].ref, &f, buf, sizeof(buf)));
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
test_fifo_that_nobody_writes_to_yet(void **state)
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
	struct source *s = source_open(&cfg, &err, NULL);
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
test_pipe_that_brings_no_capture(void **state)
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
test_pipe_is_stopped_while_it_waits(void **state)
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
	memcpy(f + n, "\x08\x00\x45\x00\x00\x28\x00\x01\x40\x00\x40\x06\x00\x00\x0a\x00\x00\x01"
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
		struct source *s =
			open_memory(&c, (struct source_config){.filter = t[i].filter});
		struct source_status st = run(s);
		assert_int_equal(strstr(st.message, "or (vlan and (") != NULL, t[i].hint);
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
test_file_filter_stays(void **state)
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

/* ---- writing ---- */

static void
temporary_path(char *path)
{
	bytes_save("", 0, path);
	unlink(path);
}

static void
test_written_file_reads_the_same(void **state)
{
	(void)state;
	struct capfile c = {0};
	char path[64];
	struct err err = {""};
	numbered(&c, 300, 1);
	temporary_path(path);
	struct source *s = open_memory(&c, (struct source_config){.write_file = path});
	struct source_status st = run(s);
	assert_int_equal(st.saved, 300);
	source_close(s);
	struct source *again =
		source_open(&(struct source_config){.read_file = path}, &err, NULL);
	assert_non_null(again);
	unsigned before = engine->n;
	assert_int_equal(run(again).phase, SOURCE_ENDED);
	assert_int_equal(engine->n - before, 300);
	for (unsigned i = 0; i < 300; i++)
		assert_memory_equal(&engine->seen[i], &engine->seen[300 + i],
				    offsetof(struct packet, src));
	source_close(again);
	unlink(path);
	capfile_free(&c);
}

static void
test_written_file_is_current_while_waiting(void **state)
{
	(void)state;
	struct capfile c = {0};
	struct pipe_source p;
	struct stat st;
	char path[64];
	numbered(&c, 3, 1);
	temporary_path(path);
	open_pipe(&p, (struct source_config){.write_file = path});
	start(p.s);
	send_part(&p, &c, 0, 24 + 36);
	for (int i = 0; i < 20000; i++) {
		assert_int_equal(stat(path, &st), 0);
		if (st.st_size)
			break;
		usleep(1000);
	}
	assert_int_equal(st.st_size, 24 + 36);
	close_writer(&p);
	source_close(p.s);
	unlink(path);
	capfile_free(&c);
}

static void
test_writer_never_overwrites_unasked(void **state)
{
	(void)state;
	char path[64];
	bool exists = false;
	struct err err = {""};
	struct stat st;
	bytes_save("precious", 8, path);
	assert_null(pcap_writer_open(path, 1, 0, false, &exists, &err));
	assert_true(exists);
	assert_non_null(strstr(err.msg, path));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 8);
	struct pcap_writer *w = pcap_writer_open(path, 1, 0, true, &exists, &err);
	assert_non_null(w);
	assert_false(exists);
	assert_true(pcap_writer_close(w, &err));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 24); /* a capture without packets is still one */
	unlink(path);
}

static void
test_writer_tells_a_full_disk(void **state)
{
	(void)state;
	struct err err = {""};
	uint8_t data[1000] = {0};
	struct frame f = {.data = data, .cap_len = 1000, .wire_len = 1000, .linktype = 1};
	struct pcap_writer *w = pcap_writer_open("/dev/full", 1, 0, true, NULL, &err);
	if (!w)
		skip();
	bool ok = true;
	for (int i = 0; i < 1000; i++)
		ok = pcap_writer_add(w, &f);
	assert_false(ok);
	assert_false(pcap_writer_close(w, &err));
	assert_non_null(strstr(err.msg, "/dev/full"));
}

static void
test_writer_leaves_other_link_types_out(void **state)
{
	(void)state;
	char path[64];
	struct err err = {""};
	struct frame f = {.linktype = 113};
	temporary_path(path);
	struct pcap_writer *w = pcap_writer_open(path, LINKTYPE_OF_FIRST_FRAME, 0, false, NULL, &err);
	assert_true(pcap_writer_add(w, &f));
	f.linktype = 1;
	assert_true(pcap_writer_add(w, &f));
	assert_int_equal(pcap_writer_count(w), 1);
	assert_false(pcap_writer_close(w, &err));
	assert_non_null(strstr(err.msg, "1 packets of another link type"));
	unlink(path);
}

static void
test_written_mixture_is_told(void **state)
{
	(void)state;
	struct capfile c = {0};
	char path[64];
	ng_section(&c);
	ng_interface(&c, 1, 0, -1, 0);
	ng_interface(&c, 101, 0, -1, 0);
	ng_packet(&c, 0, 1, 0, 60, 60, -1);
	ng_packet(&c, 1, 2, 0, 40, 40, -1);
	temporary_path(path);
	struct source *s = open_memory(&c, (struct source_config){.write_file = path});
	struct source_status st = run(s);
	assert_int_equal(st.saved, 1);
	assert_non_null(strstr(st.message, "1 packets of another link type"));
	source_close(s);
	unlink(path);
	capfile_free(&c);
}

/* ---- packet store ---- */

static void
assert_store_holds(struct source *s, unsigned n)
{
	uint8_t buf[512];
	struct frame f;
	for (unsigned i = 0; i < n; i++) {
		assert_true(store_read(s, engine->seen[i].ref, &f, buf, sizeof(buf)));
		assert_int_equal(f.cap_len, 20 + i);
		assert_int_equal(f.wire_len, 20 + i);
		assert_int_equal(f.ts, engine->seen[i].ts);
		assert_int_equal(f.linktype, 1);
		assert_ptr_equal(f.data, buf);
		for (unsigned k = 0; k < f.cap_len; k++)
			assert_int_equal(buf[k], (uint8_t)(i + k));
		assert_true(store_read(s, engine->seen[i].ref, &f, buf, 7));
		assert_int_equal(f.cap_len, 7);
	}
	assert_false(store_read(s, UINT64_MAX, &f, buf, sizeof(buf)));
	assert_false(store_read(s, (UINT64_C(1) << 48) - 1, &f, buf, sizeof(buf)));
	assert_false(store_read(s, UINT64_C(7) << 48, &f, buf, sizeof(buf)));
}

static void
test_store_of_memory_file_and_pipe(void **state)
{
	(void)state;
	struct capfile c = {0};
	struct err err = {""};
	struct pipe_source p;
	char path[64];
	numbered(&c, 100, 0);
	struct source *s = open_memory(&c, (struct source_config){.keep_bytes = true});
	run(s);
	assert_store_holds(s, 100);
	source_close(s);

	capfile_save(&c, path);
	engine->n = 0;
	s = source_open(&(struct source_config){.read_file = path, .keep_bytes = true}, &err, NULL);
	run(s);
	assert_store_holds(s, 100);
	assert_int_equal(truncate(path, 100), 0); /* shortened by somebody else */
	struct frame f;
	uint8_t buf[64];
	assert_true(store_read(s, engine->seen[0].ref, &f, buf, sizeof(buf)));
	assert_false(store_read(s, engine->seen[99].ref, &f, buf, sizeof(buf)));
	source_close(s);
	unlink(path);

	engine->n = 0;
	open_pipe(&p, (struct source_config){0});
	send_part(&p, &c, 0, c.len);
	close_writer(&p);
	run(p.s);
	assert_store_holds(p.s, 100);
	source_close(p.s);
	capfile_free(&c);
}

static void
test_store_of_a_compressed_file(void **state)
{
	(void)state;
#ifdef HAVE_ZLIB
	struct capfile c = {0};
	struct err err = {""};
	static uint8_t out[1 << 16];
	char path[64];
	numbered(&c, 100, 0);
	bytes_save(out, pack_gzip(c.buf, c.len, out, sizeof(out)), path);
	struct source *s =
		source_open(&(struct source_config){.read_file = path, .keep_bytes = true}, &err, NULL);
	assert_int_equal(run(s).progress, 1000);
	assert_store_holds(s, 100);
	source_close(s);
	/* without a screen nothing is kept, and nothing wrong is given */
	struct frame f;
	engine->n = 0;
	s = source_open(&(struct source_config){.read_file = path}, &err, NULL);
	run(s);
	assert_int_equal(engine->n, 100);
	assert_false(store_read(s, engine->seen[0].ref, &f, out, sizeof(out)));
	source_close(s);
	unlink(path);
	capfile_free(&c);
#else
	skip();
#endif
}

/* What a ring should hold, kept beside it. */
struct kept {
	uint64_t ref;
	uint8_t id;
	uint32_t len;
};

static bool
ring_holds(struct ring *r, const struct kept *k, uint64_t number)
{
	static uint8_t buf[1 << 17];
	struct frame f;
	if (!ring_read(r, k->ref, &f, buf, sizeof(buf)))
		return false;
	assert_int_equal(f.number, number);
	assert_int_equal(f.ref, k->ref);
	assert_int_equal(f.cap_len, k->len);
	for (uint32_t i = 0; i < k->len; i += 1 + k->len / 7)
		assert_int_equal(buf[i], k->id);
	return true;
}

static void
test_ring_knows_what_was_overwritten(void **state)
{
	(void)state;
	enum { N = 20000 };
	struct ring *r = ring_new(1 << 20);
	struct kept *k = calloc(N, sizeof(*k));
	static uint8_t data[1 << 16];
	uint32_t random = 1;
	for (unsigned i = 0; i < N; i++) {
		random = random * 1664525 + 1013904223;
		k[i].len = i % 50 == 0 ? random >> 16 : (random >> 16) % 400;
		k[i].id = (uint8_t)(random >> 8);
		memset(data, k[i].id, k[i].len);
		k[i].ref = ring_add(r, &(struct frame){.number = i,
						       .data = data,
						       .cap_len = k[i].len,
						       .wire_len = k[i].len});
		assert_true(k[i].ref != 0);
		assert_true(ring_holds(r, &k[i], i));
		unsigned old = random % (i + 1);
		ring_holds(r, &k[old], old); /* right, or gone */
		assert_false(ring_read(r, k[i].ref + 8, &(struct frame){0}, data, 0));
	}
	/* the youngest half of the memory is there, everything older than all of it is gone */
	size_t bytes = 0;
	for (unsigned i = N; i-- > 0;) {
		bytes += k[i].len + 48;
		if (bytes < 1 << 19)
			assert_true(ring_holds(r, &k[i], i));
		else if (bytes > (1 << 20) + (1 << 17))
			assert_false(ring_holds(r, &k[i], i));
	}
	assert_false(ring_read(r, 0, &(struct frame){0}, data, sizeof(data)));
	assert_false(ring_read(r, UINT64_MAX & ~7ull, &(struct frame){0}, data, sizeof(data)));
	static uint8_t huge[1 << 20];
	assert_int_equal(ring_add(r, &(struct frame){.data = huge, .cap_len = sizeof(huge)}), 0);
	free(k);
	ring_free(r);
}

static void
test_spool_keeps_the_latest(void **state)
{
	(void)state;
	struct err err = {""};
	struct spool *sp = spool_new(1000, &err);
	uint8_t buf[1000];
	char message[128];
	assert_non_null(sp);
	for (unsigned i = 0; i < 5000; i += 7) {
		for (unsigned k = 0; k < 7; k++)
			buf[k] = (uint8_t)((i + k) % 251);
		spool_add(sp, buf, 7);
	}
	unsigned end = 5005;
	for (unsigned at = 0; at < end + 10; at += 13) {
		unsigned len = at % 300;
		bool kept = at + 1000 >= end && at + len <= end;
		assert_int_equal(spool_read(sp, at, buf, len), kept);
		for (unsigned k = 0; kept && k < len; k++)
			assert_int_equal(buf[k], (at + k) % 251);
	}
	assert_false(spool_read(sp, UINT64_MAX, buf, 10));
	spool_message(sp, message, sizeof(message));
	assert_non_null(strstr(message, "no longer kept"));
	spool_free(sp);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static const struct CMUnitTest tests[] = {
	T(test_frames_reach_the_engine_in_order),
	T(test_wake_fd_tells_packets_and_the_end),
	T(test_max_packets),
	T(test_snaplen_cuts_frames),
	T(test_damage_ends_with_a_message),
	T(test_what_cannot_be_opened),
	T(test_unknown_link_type_is_told),
	T(test_ticks_follow_packet_time_only),
	T(test_paced_replay_is_held_changed_and_stopped),
	T(test_speed_zero_releases_a_paced_replay),
	T(test_replay_arithmetic),
	T(test_pipe_delivers_at_once),
	T(test_fifo_that_nobody_writes_to_yet),
	T(test_pipe_that_brings_no_capture),
	T(test_pipe_is_stopped_while_it_waits),
	T(test_filter_on_a_file),
	T(test_filter_hint_for_vlans),
	T(test_filter_per_link_type),
	T(test_file_filter_stays),
	T(test_written_file_reads_the_same),
	T(test_written_file_is_current_while_waiting),
	T(test_writer_never_overwrites_unasked),
	T(test_writer_tells_a_full_disk),
	T(test_writer_leaves_other_link_types_out),
	T(test_written_mixture_is_told),
	T(test_store_of_memory_file_and_pipe),
	T(test_store_of_a_compressed_file),
	T(test_ring_knows_what_was_overwritten),
	T(test_spool_keeps_the_latest),
};

UNIT_MAIN(tests)
