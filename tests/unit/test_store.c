/* SPDX-License-Identifier: MIT */
/*
 * Unit test of what the source layer writes and keeps: capture files, the packet store of files,
 * memory, pipes and compressed files, the ring of live packets, the spool. Not covered: the ring
 * while it fills (test_capture).
 */
#include "config.h"

#include "srctest.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define LONG_FILE 400 /* packets */

/* ---- writing ---- */

static void
temporary_path(char *path)
{
	bytes_save("", 0, path);
	unlink(path);
}

static void
test_written_file_has_the_same_packets(void **state)
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
	struct source *again = open_source(&(struct source_config){.read_file = path}, &err, NULL);
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
test_written_file_is_flushed_while_waiting(void **state)
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
test_writer_refuses_an_existing_file(void **state)
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
assert_not_overwritten(const char *path, const char *what)
{
	struct err err = {""};

	assert_null(pcap_writer_open(path, 1, 0, true, NULL, &err));
	if (!strstr(err.msg, what))
		fail_msg("\"%s\" does not say \"%s\"", err.msg, what);
}

static void
test_writer_overwrites_regular_files_only(void **state)
{
	(void)state;
	char path[64], other[80];
	struct stat st;
	bytes_save("precious", 8, path);
	snprintf(other, sizeof(other), "%s.other", path);
	assert_int_equal(symlink(path, other), 0);
	assert_not_overwritten(other, "symbolic link");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 8);
	unlink(other);
	assert_int_equal(mkfifo(other, 0600), 0);
	assert_not_overwritten(other, other); /* nobody reads from it: must not wait */
	int reader = open(other, O_RDONLY | O_NONBLOCK);
	assert_not_overwritten(other, "not a regular file");
	close(reader);
	unlink(other);
	unlink(path);
	assert_not_overwritten("/dev/null", "not a regular file");
}

/* Limits the size of files: has the effect of a full disk. */
static void
limit_file_size(rlim_t size)
{
	struct rlimit r;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &r), 0);
	r.rlim_cur = size < r.rlim_max ? size : r.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &r), 0);
}

static void
test_writer_reports_a_full_disk(void **state)
{
	(void)state;
	struct err err = {""};
	uint8_t data[1000] = {0};
	char path[64];
	struct frame f = {.data = data, .cap_len = 1000, .wire_len = 1000, .linktype = 1};
	temporary_path(path);
	struct pcap_writer *w = pcap_writer_open(path, 1, 0, false, NULL, &err);
	bool ok = true;
	limit_file_size(300000);
	for (int i = 0; i < 1000; i++)
		ok = pcap_writer_add(w, &f);
	limit_file_size(RLIM_INFINITY);
	assert_false(ok);
	assert_false(pcap_writer_close(w, &err));
	assert_non_null(strstr(err.msg, path));
	unlink(path);
}

static void
test_writer_leaves_other_link_types_out(void **state)
{
	(void)state;
	char path[64];
	struct err err = {""};
	struct frame f = {.linktype = 113};
	temporary_path(path);
	struct pcap_writer *w =
		pcap_writer_open(path, LINKTYPE_OF_FIRST_FRAME, 0, false, NULL, &err);
	assert_true(pcap_writer_add(w, &f));
	f.linktype = 1;
	assert_true(pcap_writer_add(w, &f));
	assert_int_equal(pcap_writer_count(w), 1);
	assert_int_equal(pcap_writer_left_out(w), 1);
	assert_true(pcap_writer_close(w, &err));
	unlink(path);
}

/* The store returns the same saturated time that the engine got; a pcap file cannot hold a later
 * time than 2106. */
static void
test_impossible_times_saturate(void **state)
{
	(void)state;
	struct capfile c = {0};
	struct err err = {""};
	struct frame f;
	char path[64];
	uint8_t buf[64];

	ng_section(&c);
	ng_interface(&c, 1, 0, 0, 0);
	ng_packet(&c, 0, UINT64_MAX, 0, 60, 60, -1);
	temporary_path(path);
	struct source *s = open_memory(
		&c, (struct source_config){.keep_bytes = true, .write_file = path});
	run(s);
	assert_int_equal(engine->seen[0].ts, FRAME_TIME_MAX);
	assert_int_equal(store_read(s, engine->seen[0].ref, &f, buf, sizeof(buf)), STORE_OK);
	assert_int_equal(f.ts, FRAME_TIME_MAX);
	source_close(s);
	s = open_source(&(struct source_config){.read_file = path}, &err, NULL);
	run(s);
	assert_int_equal(engine->seen[1].ts, UINT32_MAX * NSEC_PER_SEC);
	source_close(s);
	unlink(path);
	capfile_free(&c);
}

static void
test_left_out_packets_are_reported(void **state)
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
	assert_false(st.write_failed);
	assert_non_null(strstr(st.message, "1 packets of another link type"));
	source_close(s);
	unlink(path);
	capfile_free(&c);
}

/* A full disk is noticed while packets are written, or when the file is closed, and is reported
 * even if there is another message. */
static void
test_status_reports_a_full_disk(void **state)
{
	(void)state;
	static const struct {
		rlim_t limit;
		unsigned packets;
	} t[] = {{100000, 3000}, {1000, 100}};

	for (size_t i = 0; i < ARRAY_LEN(t); i++) {
		struct capfile c = {0};
		char path[64];

		numbered(&c, t[i].packets, 1);
		c.len -= 1;
		temporary_path(path);
		struct source *s = open_memory(&c, (struct source_config){.write_file = path});
		limit_file_size(t[i].limit);
		struct source_status st = run(s);
		limit_file_size(RLIM_INFINITY);
		assert_true(st.write_failed);
		assert_int_equal(st.phase, SOURCE_DAMAGED);
		assert_non_null(strstr(st.message, path));
		assert_non_null(strstr(st.message, "cut short"));
		source_close(s);
		unlink(path);
		capfile_free(&c);
	}
}

/* ---- packet store ---- */

static void
assert_store_holds(struct source *s, unsigned n)
{
	uint8_t buf[512];
	struct frame f;

	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(store_read(s, engine->seen[i].ref, &f, buf, sizeof(buf)),
				 STORE_OK);
		assert_int_equal(f.cap_len, 20 + i);
		assert_int_equal(f.wire_len, 20 + i);
		assert_int_equal(f.ts, engine->seen[i].ts);
		assert_int_equal(f.linktype, 1);
		assert_ptr_equal(f.data, buf);
		for (unsigned k = 0; k < f.cap_len; k++)
			assert_int_equal(buf[k], (uint8_t)(i + k));
		assert_int_equal(store_read(s, engine->seen[i].ref, &f, buf, 7), STORE_OK);
		assert_int_equal(f.cap_len, 7);
	}
	static const uint64_t none[] = {UINT64_MAX, (UINT64_C(1) << 48) - 1, UINT64_C(7) << 48};
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		assert_int_equal(store_read(s, none[i], &f, buf, sizeof(buf)), STORE_NOT_KEPT);
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
	s = open_source(&(struct source_config){.read_file = path, .keep_bytes = true}, &err, NULL);
	run(s);
	assert_store_holds(s, 100);
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

/* Writes a file of more than one piece (as reread.c has them) and reads it with a source. */
static struct source *
read_long_file(char path[64])
{
	struct capfile c = {0};
	struct err err = {""};

	numbered(&c, LONG_FILE, 0);
	assert_true(c.len > 65536 + 1000);
	capfile_save(&c, path);
	capfile_free(&c);
	struct source *s = open_source(
		&(struct source_config){.read_file = path, .keep_bytes = true}, &err, NULL);
	assert_string_equal(err.msg, "");
	run(s);
	return s;
}

static enum store_result
read_packet(struct source *s, unsigned i)
{
	struct frame f;
	uint8_t buf[512];

	return store_read(s, engine->seen[i].ref, &f, buf, sizeof(buf));
}

static void
test_store_of_a_file_that_grows_or_is_replaced(void **state)
{
	(void)state;
	char path[64], other[80];
	struct source *s = read_long_file(path);
	int fd = open(path, O_WRONLY | O_APPEND);

	assert_store_holds(s, LONG_FILE);
	assert_int_equal(write(fd, path, sizeof(path)), sizeof(path));
	assert_store_holds(s, LONG_FILE);
	snprintf(other, sizeof(other), "%s.other", path);
	bytes_save("other bytes", 11, other);
	assert_int_equal(rename(other, path), 0);
	assert_store_holds(s, LONG_FILE);
	close(fd);
	source_close(s);
	unlink(path);
}

/* One byte is changed, size and times are the same. */
static void
test_store_of_a_file_that_was_changed(void **state)
{
	(void)state;
	char path[64];
	struct source *s = read_long_file(path);
	struct stat st;
	int fd = open(path, O_WRONLY);
	const off_t last_byte = lseek(fd, 0, SEEK_END) - 1;

	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(pwrite(fd, "~", 1, last_byte), 1);
	assert_int_equal(futimens(fd, (struct timespec[]){st.st_atim, st.st_mtim}), 0);
	close(fd);
	assert_int_equal(read_packet(s, LONG_FILE - 1), STORE_FILE_CHANGED);
	assert_int_equal(read_packet(s, 0), STORE_OK);
	assert_non_null(strstr(store_explain(STORE_FILE_CHANGED), "changed"));
	source_close(s);
	unlink(path);
}

static void
test_store_of_a_file_that_was_cut(void **state)
{
	(void)state;
	char path[64];
	struct source *s = read_long_file(path);

	assert_int_equal(truncate(path, 65536 + 100), 0);
	assert_int_equal(read_packet(s, LONG_FILE - 1), STORE_FILE_CUT);
	assert_int_equal(read_packet(s, 0), STORE_OK);
	assert_non_null(strstr(store_explain(STORE_FILE_CUT), "cut short"));
	source_close(s);
	unlink(path);
}

/* Cut at the end of a record: only the size shows that packets are missing. */
static void
test_file_that_is_cut_while_it_is_read(void **state)
{
	(void)state;
	struct capfile c = {0};
	struct err err = {""};
	char path[64];

	numbered(&c, 2, 0);
	const off_t two = (off_t)c.len;
	pcap_packet(&c, 1000, 0, 1, 60, 60);
	capfile_save(&c, path);
	struct source *s = source_open(&(struct source_config){.read_file = path}, &err, NULL);
	assert_int_equal(truncate(path, two), 0);
	assert_true(source_prepare(s, &err));
	struct source_status st = run(s);
	assert_int_equal(st.phase, SOURCE_DAMAGED);
	assert_int_equal(st.packets, 2);
	assert_non_null(strstr(st.message, "cut short while it was read"));
	source_close(s);
	unlink(path);
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
	struct source *s = open_source(
		&(struct source_config){.read_file = path, .keep_bytes = true}, &err, NULL);
	assert_int_equal(run(s).progress, 1000);
	assert_store_holds(s, 100);
	source_close(s);
	/* without a screen nothing is kept, and nothing wrong is given */
	struct frame f;
	engine->n = 0;
	s = open_source(&(struct source_config){.read_file = path}, &err, NULL);
	run(s);
	assert_int_equal(engine->n, 100);
	assert_int_equal(store_read(s, engine->seen[0].ref, &f, out, sizeof(out)), STORE_NOT_KEPT);
	source_close(s);
	unlink(path);
	capfile_free(&c);
#else
	skip();
#endif
}

/* A packet that was added to a ring. */
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
test_ring_recognises_overwritten_packets(void **state)
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
	struct spool *sp = spool_new(NULL, 1000, &err);
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

/* Whether a descriptor refers to a file without a name in that directory. */
static bool
has_file_in(const char *dir)
{
	char link[64], target[256];

	for (int fd = 3; fd < 64; fd++) {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		ssize_t n = readlink(link, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = '\0';
		if (strncmp(target, dir, strlen(dir)) == 0 && strstr(target, "(deleted)"))
			return true;
	}
	return false;
}

static void
test_spool_directory(void **state)
{
	(void)state;
	struct err err = {""};
	char dir[] = "/tmp/tcplens-test-XXXXXX";

	assert_non_null(mkdtemp(dir));
	struct spool *sp = spool_new(dir, 1000, &err);
	assert_non_null(sp);
	assert_true(has_file_in(dir));
	spool_free(sp);
	assert_false(has_file_in(dir));
	setenv("TMPDIR", dir, 1);
	sp = spool_new(NULL, 1000, &err);
	assert_true(has_file_in(dir));
	spool_free(sp);
	unsetenv("TMPDIR");
	assert_int_equal(rmdir(dir), 0); /* nothing is left in it */
	assert_null(spool_new(dir, 1000, &err));
	assert_non_null(strstr(err.msg, dir));
	assert_non_null(strstr(err.msg, "--spool-dir"));
}

/* On a file system of 4 MB, half is used, without an error. */
static void
test_spool_leaves_free_space(void **state)
{
	(void)state;
	struct err err = {""};
	char dir[] = "/tmp/tcplens-test-XXXXXX", message[128];
	static uint8_t bytes[1 << 16];

	assert_non_null(mkdtemp(dir));
	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("none", dir, "tmpfs", 0, "size=4m") != 0) {
		rmdir(dir);
		skip();
	}
	struct spool *sp = spool_new(dir, 1 << 30, &err);
	assert_non_null(sp);
	for (int i = 0; i < 100; i++)
		spool_add(sp, bytes, sizeof(bytes));
	spool_message(sp, message, sizeof(message));
	assert_non_null(strstr(message, "oldest packets"));
	assert_true(spool_read(sp, 99 << 16, bytes, sizeof(bytes)));
	assert_true(spool_read(sp, 70 << 16, bytes, sizeof(bytes)));
	assert_false(spool_read(sp, 60 << 16, bytes, sizeof(bytes)));
	spool_free(sp);
	assert_int_equal(umount(dir), 0);
	rmdir(dir);
}

static const struct CMUnitTest tests[] = {
	SOURCE_TEST(test_written_file_has_the_same_packets),
	SOURCE_TEST(test_written_file_is_flushed_while_waiting),
	SOURCE_TEST(test_writer_refuses_an_existing_file),
	SOURCE_TEST(test_writer_overwrites_regular_files_only),
	SOURCE_TEST(test_writer_reports_a_full_disk),
	SOURCE_TEST(test_writer_leaves_other_link_types_out),
	SOURCE_TEST(test_impossible_times_saturate),
	SOURCE_TEST(test_left_out_packets_are_reported),
	SOURCE_TEST(test_status_reports_a_full_disk),
	SOURCE_TEST(test_store_of_memory_file_and_pipe),
	SOURCE_TEST(test_store_of_a_file_that_grows_or_is_replaced),
	SOURCE_TEST(test_store_of_a_file_that_was_changed),
	SOURCE_TEST(test_store_of_a_file_that_was_cut),
	SOURCE_TEST(test_file_that_is_cut_while_it_is_read),
	SOURCE_TEST(test_store_of_a_compressed_file),
	SOURCE_TEST(test_ring_recognises_overwritten_packets),
	SOURCE_TEST(test_spool_keeps_the_latest),
	SOURCE_TEST(test_spool_directory),
	SOURCE_TEST(test_spool_leaves_free_space),
};

UNIT_MAIN(tests)
