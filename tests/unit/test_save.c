/* SPDX-License-Identifier: MIT */
/*
 * Unit test of saving packets: the format that a name asks for, names that are refused, and that a
 * file appears complete or not at all. Not covered: which packets the screens save.
 */
#include "config.h"

#include "capread.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/internal.h"

/* A source that reads a file, and an empty folder to save to. */
struct place {
	char folder[64], input[64], path[128];
	struct source *s;
};

static void
place_open(struct place *p, const char *name)
{
	struct capfile c = {0};
	struct err err = {""};

	snprintf(p->folder, sizeof(p->folder), "/tmp/tcplens-save-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(p->path, sizeof(p->path), "%s/%s", p->folder, name);
	sample(&c, 0);
	capfile_save(&c, p->input);
	capfile_free(&c);
	p->s = source_open(&(struct source_config){.read_file = p->input}, &err, NULL);
	assert_non_null(p->s);
}

static int
files_in(const char *folder)
{
	DIR *d = opendir(folder);
	int n = 0;

	for (struct dirent *e; (e = readdir(d));)
		n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	closedir(d);
	return n;
}

static void
place_close(struct place *p)
{
	source_close(p->s);
	unlink(p->path);
	unlink(p->input);
	assert_int_equal(files_in(p->folder), 0);
	assert_int_equal(rmdir(p->folder), 0);
}

static void
write_bytes(const char *path, const char *bytes)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	fputs(bytes, f);
	fclose(f);
}

static void
assert_content(const char *path, const char *bytes)
{
	char got[64] = "";
	FILE *f = fopen(path, "rb");

	assert_non_null(f);
	got[fread(got, 1, sizeof(got) - 1, f)] = '\0';
	fclose(f);
	assert_string_equal(got, bytes);
}

static struct frame
frame(const uint8_t *data, uint32_t i, int linktype)
{
	static const enum direction directions[] = {DIR_IN, DIR_UNKNOWN, DIR_OUT};

	return (struct frame){
		.ts = INT64_C(1700000000123456789) + i,
		.data = data,
		.cap_len = 60 + i,
		.wire_len = 100 + i,
		.linktype = linktype,
		.direction = directions[i % 3],
	};
}

/* Saves frames 0 … n - 1, the odd ones with the link type `odd`. */
static bool
save(const struct place *p, bool replace, uint32_t n, int odd, uint64_t *left_out, struct err *err)
{
	uint8_t data[1000];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(7 + i);
	struct packet_saver *w = packet_saver_new(p->s, p->path, replace, err);
	if (!w)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		struct frame f = frame(data, i % 40, i % 2 ? odd : 1);

		packet_saver_add(w, &f);
	}
	*left_out = packet_saver_left_out(w);
	return packet_saver_finish(w, err);
}

static void
assert_starts(const char *path, const void *magic, size_t len)
{
	uint8_t got[8] = {0};
	FILE *f = fopen(path, "rb");

	assert_non_null(f);
	assert_int_equal(fread(got, 1, len, f), len);
	fclose(f);
	assert_memory_equal(got, magic, len);
}

/* The name decides the format, and what is read again is what was saved. */
static void
check_format(const char *name, const void *magic, size_t len, bool is_pcapng)
{
	struct err err = {""};
	uint64_t left_out;
	struct place p;
	struct got g;

	place_open(&p, name);
	assert_true(save(&p, false, 12, 1, &left_out, &err));
	assert_starts(p.path, magic, len);
	read_path(p.path, &g);
	assert_int_equal(g.end, SAVEFILE_END);
	assert_int_equal(g.n, 12);
	for (uint32_t i = 0; i < 12; i++) {
		struct frame f = frame(NULL, i, 1);

		assert_frame(&g.f[i], i + 1, f.ts, f.cap_len, f.wire_len, 1);
		assert_int_equal(g.first[i], 7);
		assert_int_equal(g.f[i].direction, is_pcapng ? f.direction : DIR_UNKNOWN);
	}
	place_close(&p);
}

static const uint8_t pcap_magic[] = {0x4d, 0x3c, 0xb2, 0xa1};
static const uint8_t pcapng_magic[] = {0x0a, 0x0d, 0x0d, 0x0a};

static void
test_name_decides_the_format(void **state)
{
	(void)state;
	check_format("a.pcap", pcap_magic, 4, false);
	check_format("a", pcap_magic, 4, false);
	check_format("a.pcapng", pcapng_magic, 4, true);
	check_format("a.PcapNG", pcapng_magic, 4, true);
#ifdef HAVE_ZLIB
	static const uint8_t gzip_magic[] = {0x1f, 0x8b};
	check_format("a.gz", gzip_magic, 2, false);
	check_format("a.pcap.gz", gzip_magic, 2, false);
	check_format("a.pcapng.gz", gzip_magic, 2, true);
#endif
#ifdef HAVE_ZSTD
	static const uint8_t zstd_magic[] = {0x28, 0xb5, 0x2f, 0xfd};
	check_format("a.pcap.zst", zstd_magic, 4, false);
	check_format("a.pcapng.zst", zstd_magic, 4, true);
#endif
}

static void
check_refused(const char *name)
{
	struct save_target target;
	struct err err = {""};
	struct place p;

	place_open(&p, name);
	assert_false(save_check(p.s, p.path, &target, &err));
	assert_non_null(strstr(err.msg, name));
	assert_null(packet_saver_new(p.s, p.path, true, &err));
	assert_int_equal(files_in(p.folder), 0);
	place_close(&p);
}

static void
test_compression_that_is_not_built_in_is_refused(void **state)
{
	(void)state;
	check_refused("a.pcap.xz");
	check_refused("a.bz2");
#ifndef HAVE_ZLIB
	check_refused("a.gz");
#endif
#ifndef HAVE_ZSTD
	check_refused("a.zst");
#endif
}

static void
test_large_files_are_complete(void **state)
{
	static const char *const names[] = {
		"a.pcap", "a.pcapng",
#ifdef HAVE_ZLIB
		"a.gz",
#endif
#ifdef HAVE_ZSTD
		"a.pcapng.zst",
#endif
	};
	struct err err = {""};
	uint64_t left_out;
	struct place p;
	struct got g;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		place_open(&p, names[i]);
		assert_true(save(&p, false, 20000, 1, &left_out, &err));
		read_path(p.path, &g);
		assert_int_equal(g.end, SAVEFILE_END);
		assert_int_equal(g.n, 20000);
		place_close(&p);
	}
}

static void
test_pcapng_holds_several_link_types(void **state)
{
	struct err err = {""};
	uint64_t left_out;
	struct place p;
	struct got g;

	(void)state;
	place_open(&p, "a.pcapng");
	assert_true(save(&p, false, 6, 101, &left_out, &err));
	assert_int_equal(left_out, 0);
	read_path(p.path, &g);
	assert_int_equal(g.n, 6);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(g.f[i].linktype, i % 2 ? 101 : 1);
	unlink(p.path);
	snprintf(p.path, sizeof(p.path), "%s/a.pcap", p.folder);
	assert_true(save(&p, false, 6, 101, &left_out, &err));
	assert_int_equal(left_out, 3);
	read_path(p.path, &g);
	assert_int_equal(g.n, 3);
	place_close(&p);
}

static void
test_existing_file_is_replaced_only_if_wanted(void **state)
{
	struct save_target target;
	struct err err = {""};
	uint64_t left_out;
	struct place p;
	struct stat st;
	struct got g;

	(void)state;
	place_open(&p, "a.pcap");
	assert_true(save_check(p.s, p.path, &target, &err));
	assert_false(target.exists);
	write_bytes(p.path, "precious");
	assert_int_equal(chmod(p.path, 0640), 0);
	assert_true(save_check(p.s, p.path, &target, &err));
	assert_true(target.exists);
	assert_string_equal(target.link, "");
	assert_false(save(&p, false, 6, 1, &left_out, &err));
	assert_content(p.path, "precious");
	assert_int_equal(files_in(p.folder), 1);
	assert_true(save(&p, true, 6, 1, &left_out, &err));
	read_path(p.path, &g);
	assert_int_equal(g.n, 6);
	assert_int_equal(stat(p.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	place_close(&p);
}

/* Somebody else creates the file while we write ours. */
static void
test_file_that_appears_meanwhile_is_kept(void **state)
{
	struct err err = {""};
	struct place p;

	(void)state;
	place_open(&p, "a.pcap");
	struct packet_saver *w = packet_saver_new(p.s, p.path, false, &err);
	assert_non_null(w);
	write_bytes(p.path, "precious");
	assert_false(packet_saver_finish(w, &err));
	assert_content(p.path, "precious");
	assert_int_equal(files_in(p.folder), 1);
	place_close(&p);
}

static void
test_new_file_is_its_owners_alone(void **state)
{
	struct err err = {""};
	uint64_t left_out;
	struct place p;
	struct stat st;

	(void)state;
	place_open(&p, "a.pcap");
	assert_true(save(&p, false, 1, 1, &left_out, &err));
	assert_int_equal(stat(p.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	place_close(&p);
}

static void
test_file_being_read_is_refused(void **state)
{
	struct save_target target;
	struct err err = {""};
	struct place p;
	struct stat before, after;

	(void)state;
	place_open(&p, "a.pcap");
	assert_int_equal(stat(p.input, &before), 0);
	assert_false(save_check(p.s, p.input, &target, &err));
	assert_non_null(strstr(err.msg, "being read"));
	assert_int_equal(link(p.input, p.path), 0); /* the same file by another name */
	assert_false(save_check(p.s, p.path, &target, &err));
	assert_null(packet_saver_new(p.s, p.path, true, &err));
	assert_int_equal(stat(p.input, &after), 0);
	assert_int_equal(before.st_size, after.st_size);
	assert_int_equal(before.st_ino, after.st_ino);
	place_close(&p);
}

static void
test_file_being_captured_to_is_refused(void **state)
{
	struct capfile c = {0};
	struct save_target target;
	struct err err = {""};
	struct place p;

	(void)state;
	place_open(&p, "a.pcap");
	sample(&c, 0);
	struct source *s = source_open(&(struct source_config){.memory = c.buf,
							       .memory_len = c.len,
							       .memory_name = "memory",
							       .write_file = p.path},
				       &err, NULL);
	assert_non_null(s);
	assert_true(source_prepare(s, &err));
	assert_false(save_check(s, p.path, &target, &err));
	assert_non_null(strstr(err.msg, "captured to"));
	source_close(s);
	capfile_free(&c);
	place_close(&p);
}

static void
test_only_regular_files(void **state)
{
	struct save_target target;
	struct err err = {""};
	struct place p;
	struct stat st;

	(void)state;
	place_open(&p, "a.pcap");
	assert_int_equal(mkfifo(p.path, 0600), 0);
	assert_false(save_check(p.s, p.path, &target, &err));
	assert_non_null(strstr(err.msg, "regular"));
	assert_null(packet_saver_new(p.s, p.path, true, &err));
	assert_int_equal(lstat(p.path, &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	assert_false(save_check(p.s, "/dev/full", &target, &err));
	assert_false(save_check(p.s, p.folder, &target, &err));
	assert_false(save_check(p.s, "/no/such/folder/a.pcap", &target, &err));
	assert_false(save_check(p.s, "/tmp/", &target, &err));
	assert_false(save_check(p.s, "..", &target, &err));
	place_close(&p);
}

static void
test_symbolic_link_is_named_and_not_followed(void **state)
{
	struct save_target target;
	struct err err = {""};
	uint64_t left_out;
	struct place p;
	struct stat st;
	char other[128];

	(void)state;
	place_open(&p, "a.pcap");
	snprintf(other, sizeof(other), "%s/\033other", p.folder);
	write_bytes(other, "precious");
	assert_int_equal(symlink(other, p.path), 0);
	assert_true(save_check(p.s, p.path, &target, &err));
	assert_true(target.exists);
	assert_non_null(strstr(target.link, "\\x1bother"));
	assert_true(save(&p, true, 6, 1, &left_out, &err));
	assert_content(other, "precious");
	assert_int_equal(lstat(p.path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	unlink(other);
	place_close(&p);
}

/* As on a full disk: no more than so many bytes can be written. */
static void
test_full_disk_leaves_nothing(void **state)
{
	struct rlimit unlimited, limit;
	struct err err = {""};
	uint64_t left_out;
	struct place p;

	(void)state;
	place_open(&p, "a.pcap");
	write_bytes(p.path, "precious");
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &unlimited);
	limit = (struct rlimit){.rlim_cur = 100000, .rlim_max = unlimited.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	bool ok = save(&p, true, 20000, 1, &left_out, &err);
	setrlimit(RLIMIT_FSIZE, &unlimited);
	assert_false(ok);
	assert_non_null(strstr(err.msg, strerror(EFBIG)));
	assert_content(p.path, "precious");
	assert_int_equal(files_in(p.folder), 1);
	place_close(&p);
}

static void
test_discarded_file_leaves_nothing(void **state)
{
	struct err err = {""};
	struct place p;

	(void)state;
	place_open(&p, "a.pcap");
	struct packet_saver *w = packet_saver_new(p.s, p.path, false, &err);
	assert_int_equal(files_in(p.folder), 1);
	packet_saver_discard(w);
	assert_int_equal(files_in(p.folder), 0);
	packet_saver_discard(NULL);
	place_close(&p);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_name_decides_the_format),
	cmocka_unit_test(test_compression_that_is_not_built_in_is_refused),
	cmocka_unit_test(test_large_files_are_complete),
	cmocka_unit_test(test_pcapng_holds_several_link_types),
	cmocka_unit_test(test_existing_file_is_replaced_only_if_wanted),
	cmocka_unit_test(test_file_that_appears_meanwhile_is_kept),
	cmocka_unit_test(test_new_file_is_its_owners_alone),
	cmocka_unit_test(test_file_being_read_is_refused),
	cmocka_unit_test(test_file_being_captured_to_is_refused),
	cmocka_unit_test(test_only_regular_files),
	cmocka_unit_test(test_symbolic_link_is_named_and_not_followed),
	cmocka_unit_test(test_full_disk_leaves_nothing),
	cmocka_unit_test(test_discarded_file_leaves_nothing),
};

UNIT_MAIN(tests)
