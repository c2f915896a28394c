/* SPDX-License-Identifier: MIT */
/* Unit test of conf: the command line, good and bad, and the table behind it. */
#include "config.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/conf.h"

#define MAX_ARGS 40

/* Parses a command line whose words are separated by one blank. */
static enum conf_result
parse(struct config *cfg, struct err *err, const char *line)
{
	static char words[512];
	char *argv[MAX_ARGS + 1];
	int argc = 0;

	snprintf(words, sizeof(words), "tcplens %s", line);
	for (char *p = words; *p && argc < MAX_ARGS;) {
		size_t n = strcspn(p, " ");

		argv[argc++] = p;
		p += n;
		if (*p)
			*p++ = '\0';
	}
	argv[argc] = NULL;
	err->msg[0] = '\0';
	return conf_parse(cfg, argc, argv, err);
}

static void
test_defaults(void **state)
{
	(void)state;
	struct config c;
	struct err err;
	assert_int_equal(parse(&c, &err, ""), CONF_OK);
	assert_null(c.interface);
	assert_null(c.read_file);
	assert_null(c.capture_filter);
	assert_int_equal(c.snaplen, 262144);
	assert_int_equal(c.buffer_kib, 32768);
	assert_int_equal(c.memory, 256 << 20);
	assert_true(c.speed < 0);
	assert_false(c.report);
	conf_free(&c);
}

static void
test_tcpdump_letters(void **state)
{
	(void)state;
	struct config c;
	struct err err;
	assert_int_equal(parse(&c, &err,
			       "-nnSpi eth0 -s 96 -B 4096 -c 10 -Q in -y EN10MB -Z me "
			       "-w o.pcap port 23 or port 1234"),
			 CONF_OK);
	assert_true(c.numeric && c.absolute_seq && c.no_promisc);
	assert_string_equal(c.interface, "eth0");
	assert_int_equal(c.snaplen, 96);
	assert_int_equal(c.buffer_kib, 4096);
	assert_int_equal(c.max_packets, 10);
	assert_int_equal(c.direction, 'i');
	assert_string_equal(c.linktype, "EN10MB");
	assert_string_equal(c.user, "me");
	assert_string_equal(c.write_file, "o.pcap");
	assert_string_equal(c.capture_filter, "port 23 or port 1234");
	conf_free(&c);
}

static void
test_values(void **state)
{
	(void)state;
	struct config c;
	struct err err;
	assert_int_equal(parse(&c, &err, "-r x --speed 2.5 -B 64M --memory 1G --max-connections 5"),
			 CONF_OK);
	assert_true(c.speed == 2.5);
	assert_int_equal(c.buffer_kib, 65536);
	assert_int_equal(c.memory, 1 << 30);
	assert_int_equal(c.max_connections, 5);
	assert_int_equal(parse(&c, &err, "-r x -w y --overwrite --spool-dir /var/tmp"), CONF_OK);
	assert_true(c.overwrite);
	assert_string_equal(c.spool_dir, "/var/tmp");
	assert_int_equal(parse(&c, &err, "--demo --speed 0 -Q inout"), CONF_OK);
	assert_true(c.speed == 0);
	assert_int_equal(c.direction, 0);
}

static void
test_output_options_imply_a_report(void **state)
{
	(void)state;
	static const char *const lines[] = {"--json", "--report", "--segments", "--timers",
					    "--fail-on refused"};
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct config c;
		struct err err;

		assert_int_equal(parse(&c, &err, lines[i]), CONF_OK);
		assert_true(c.report);
		assert_int_equal(c.json, i == 0);
	}
}

static void
test_wrong_usage(void **state)
{
	(void)state;
	static const struct {
		const char *line, *says;
	} cases[] = {
		{"--nonsense", "--nonsense"},
		{"-%", "-%"},
		{"-i", "-i"},
		{"--fail-on", "--fail-on"},
		{"-s many", "0 to 262144"},
		{"-s 262145", "0 to 262144"},
		{"-c 0", "-c"},
		{"-B 1", "-B"},
		{"-Q sideways", "in, out or inout"},
		{"--demo --speed fast", "--speed"},
		{"--demo --speed 2s", "--speed"},
		{"--memory 1k", "--memory"},
		{"--max-connections 0", "--max-connections"},
		{"--max-connections 99999999999999999999", "--max-connections"},
		{"--json=yes", "--json"},
		{"--speed 2", "--speed"},
		{"-i eth0 -r x", "only one of"},
		{"--demo -r x", "only one of"},
		{"--json --segments -Y 23", "-Y"},
		{"-F x port 1", "twice"},
		{"-d eth0", "-i"},
		{"-I file", "-r"},
		{"-T file", "-r"},
		{"-X", "Enter"},
		{"--summary --json", "--summary"},
		{"--summary --timers", "--summary"},
		{"--summary --sort rtt", "--summary"},
		{"--filter=", "-Y"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct config c;
		struct err err;

		assert_int_equal(parse(&c, &err, cases[i].line), CONF_USAGE);
		assert_non_null(strstr(err.msg, cases[i].says));
		assert_null(strchr(err.msg, '\n'));
		conf_free(&c);
	}
}

static void
test_outside_bytes_are_escaped(void **state)
{
	(void)state;
	struct config c;
	struct err err;
	assert_int_equal(parse(&c, &err, "-s \x1b[2J"), CONF_USAGE);
	assert_null(strchr(err.msg, '\x1b'));
	assert_int_equal(parse(&c, &err, "--\x1b[2J"), CONF_USAGE);
	assert_null(strchr(err.msg, '\x1b'));
}

static void
test_filter_file(void **state)
{
	(void)state;
	struct config c;
	struct err err;
	char path[] = "/tmp/tcplens-test-XXXXXX", line[64];
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	static const char text[] = "port 23 # telnet\nor port 80\n";
	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
	snprintf(line, sizeof(line), "-F %s", path);
	assert_int_equal(parse(&c, &err, line), CONF_OK);
	assert_null(c.capture_filter);
	assert_true(conf_read_filter(&c, &err));
	assert_non_null(strstr(c.capture_filter, "port 23"));
	assert_non_null(strstr(c.capture_filter, "or port 80"));
	assert_null(strstr(c.capture_filter, "telnet"));
	conf_free(&c);
	unlink(path);
	assert_int_equal(parse(&c, &err, line), CONF_ERROR);
	assert_non_null(strstr(err.msg, path));
	conf_free(&c);
	assert_int_equal(parse(&c, &err, "-F /tmp"), CONF_OK);
	assert_false(conf_read_filter(&c, &err));
	assert_non_null(strstr(err.msg, "-F /tmp: cannot be read"));
	conf_free(&c);
}

/* Each option of the table can be given, by its name and by its letter. */
static void
test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < conf_option_count; i++) {
		const struct option_info *o = &conf_options[i];

		for (size_t k = 0; k < i; k++) {
			assert_string_not_equal(o->name, conf_options[k].name);
			assert_true(!o->letter || o->letter != conf_options[k].letter);
		}
		static const char *const good[] = {
			[OPT_FLAG] = "",    [OPT_TEXT] = "x",       [OPT_UINT32] = "100",
			[OPT_UINT64] = "9", [OPT_BYTES] = "2M",     [OPT_KIB] = "64",
			[OPT_SPEED] = "1",  [OPT_DIRECTION] = "in",
		};
		struct config c;
		struct err err;
		char line[128];
		const char *also = o->type == OPT_SPEED ? "-r x " : "";
		snprintf(line, sizeof(line), "%s--%s%s%s", also, o->name, o->arg ? "=" : "",
			 good[o->type]);
		int want = strcmp(o->name, "filter-file") == 0 ? CONF_ERROR : CONF_OK;
		assert_int_equal(parse(&c, &err, line), want);
		conf_free(&c);
		assert_true(!o->arg == (o->type == OPT_FLAG));
		assert_true(o->help[strlen(o->help) - 1] == '.');
	}
}

static void
test_help_names_every_option(void **state)
{
	(void)state;
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	conf_print_help(f);
	fclose(f);
	for (size_t i = 0; i < conf_option_count; i++)
		assert_non_null(strstr(text, conf_options[i].name));
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
		assert_true(strcspn(line, "\n") <= 80);
	free(text);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_defaults),
	cmocka_unit_test(test_tcpdump_letters),
	cmocka_unit_test(test_values),
	cmocka_unit_test(test_output_options_imply_a_report),
	cmocka_unit_test(test_wrong_usage),
	cmocka_unit_test(test_outside_bytes_are_escaped),
	cmocka_unit_test(test_filter_file),
	cmocka_unit_test(test_table),
	cmocka_unit_test(test_help_names_every_option),
};

UNIT_MAIN(tests)
