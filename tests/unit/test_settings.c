/* SPDX-License-Identifier: MIT */
/*
 * test_settings: the settings file, read and written: what stays, what changes, and which line is
 * wrong. Not covered: what the screens do with it.
 */
#include "config.h"

#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/settings.h"

static char directory[] = "/tmp/tcplens-settings-XXXXXX";
static char path[128];

/* Each test has a directory of its own. */
static int
set_up(void **state)
{
	(void)state;
	memcpy(directory + strlen(directory) - 6, "XXXXXX", 6);
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof(path), "%s/config", directory);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(directory);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void
test_path(void **state)
{
	static const struct {
		const char *config, *home, *expected;
	} cases[] = {
		{"/c", "/h", "/c/tcplens/config"},
		{NULL, "/h", "/h/.config/tcplens/config"},
		{"", "/h", "/h/.config/tcplens/config"},
		{"relative", "/h", "/h/.config/tcplens/config"},
		{NULL, NULL, NULL},
		{"relative", "relative", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cases[i].config ? setenv("XDG_CONFIG_HOME", cases[i].config, 1)
				: unsetenv("XDG_CONFIG_HOME");
		cases[i].home ? setenv("HOME", cases[i].home, 1) : unsetenv("HOME");
		char *p = settings_path();

		if (cases[i].expected)
			assert_string_equal(p, cases[i].expected);
		else
			assert_null(p);
		free(p);
	}
}

#ifdef HAVE_INIH

static void
write_text(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void
assert_text(const char *expected)
{
	char text[4096];
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	assert_string_equal(text, expected);
}

static struct settings
loaded(void)
{
	struct settings s;
	struct err warning = {""};

	if (!settings_load(&s, path, &warning))
		fail_msg("%s", warning.msg);
	return s;
}

static void
save(const struct settings *s)
{
	struct err err = {""};

	if (!settings_save(s, path, &err))
		fail_msg("%s", err.msg);
}

static void
test_no_file(void **state)
{
	const struct settings none = {.screen = ""};
	const struct settings s = loaded();

	(void)state;
	assert_memory_equal(&s, &none, sizeof(s));
}

/* Every setting, written to a new file and read again. */
static void
test_round_trip(void **state)
{
	const struct settings s = {
		.screen = "connections",
		.columns = "client,server",
		.sort = "retx:reverse",
		.units = "bits",
		.time = "clock",
		.theme = "dark",
	};

	(void)state;
	save(&s);
	assert_text("[screens]\n"
		    "screen = connections\n"
		    "columns = client,server\n"
		    "sort = retx:reverse\n"
		    "units = bits\n"
		    "time = clock\n"
		    "theme = dark\n");
	const struct settings again = loaded();

	assert_memory_equal(&s, &again, sizeof(s));
}

/* A value longer than a line may be. */
static void
test_long_value(void **state)
{
	struct settings s = {.screen = ""};
	struct text t = text_on(s.columns, sizeof(s.columns));

	(void)state;
	for (int i = 0; i < 40; i++)
		text_add(&t, "%scolumn-%02d", i > 0 ? "," : "", i);
	save(&s);
	const struct settings again = loaded();

	assert_string_equal(again.columns, s.columns);
	/* and shorter again */
	snprintf(s.columns, sizeof(s.columns), "client");
	save(&s);
	assert_text("[screens]\ncolumns = client\n");
}

/* Comments, unknown keys, other sections and unchanged lines stay. */
static void
test_the_users_lines_stay(void **state)
{
	(void)state;
	write_text("# mine\n"
		   "[other]\n"
		   "units = furlongs\n"
		   "[screens]\n"
		   "  units=bits ; as the router counts\n"
		   "future = yes\n"
		   "sort = rtt\n"
		   "time = date\n"
		   "\n"
		   "[more]\n"
		   "x = 1\n");
	struct settings s = loaded();

	assert_string_equal(s.units, "bits");
	assert_string_equal(s.sort, "rtt");
	snprintf(s.sort, sizeof(s.sort), "retx");
	s.time[0] = '\0';
	snprintf(s.theme, sizeof(s.theme), "dark");
	snprintf(s.screen, sizeof(s.screen), "servers");
	save(&s);
	assert_text("# mine\n"
		    "[other]\n"
		    "units = furlongs\n"
		    "[screens]\n"
		    "  units=bits ; as the router counts\n"
		    "future = yes\n"
		    "sort = retx\n"
		    "screen = servers\n"
		    "theme = dark\n"
		    "\n"
		    "[more]\n"
		    "x = 1\n");
	assert_string_equal(loaded().theme, "dark");
}

/* A file without the section, and without a line end at its end. */
static void
test_section_is_added(void **state)
{
	const struct settings s = {.units = "bits"};

	(void)state;
	write_text("[other]\nx = 1");
	save(&s);
	assert_text("[other]\nx = 1\n\n[screens]\nunits = bits\n");
}

static void
test_wrong_lines(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{"[screens]\nunits = bytes\nnonsense\n", "config:3: expected NAME = VALUE"},
		{"[screens\n", "config:1: expected NAME = VALUE or [SECTION]"},
		{"\n[screens]\nunits = furlongs\n", "config:3: expected units = bytes, bits"},
		{"[screens]\ntime = x\nunits = y\n", "config:2: expected time = relative, delta, "
						     "clock, date"},
		{"[screens]\nunits = x\nnonsense\n", "config:2: expected units"},
		{"[screens]\nnonsense\nunits = x\n", "config:2: expected NAME"},
		{"[screens]\n"
		 "theme = 0123456789012345678901234567890123456789\n",
		 "config:2: expected a shorter value"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct settings s;
		struct err warning = {""};

		write_text(cases[i].text);
		assert_false(settings_load(&s, path, &warning));
		if (!strstr(warning.msg, cases[i].says))
			fail_msg("%s", warning.msg);
		assert_null(strchr(warning.msg, '\n'));
	}
}

/* What is right in a file with wrong lines counts, and saving keeps the wrong ones. */
static void
test_wrong_lines_are_skipped(void **state)
{
	char text[1024];
	struct settings s;
	struct err warning = {""};

	(void)state;
	snprintf(text, sizeof(text), "[screens]\nnonsense\n# %0400d\nsort = rtt\n", 0);
	write_text(text);
	assert_false(settings_load(&s, path, &warning));
	assert_string_equal(s.sort, "rtt");
	save(&s);
	assert_text(text);
	/* a line that is too long is said to be, if nothing before it is wrong */
	snprintf(text, sizeof(text), "[screens]\nsort = rtt\n# %0400d\n", 0);
	write_text(text);
	assert_false(settings_load(&s, path, &warning));
	assert_non_null(strstr(warning.msg, ":3: expected a shorter line"));
	assert_string_equal(s.sort, "rtt");
	/* and is not taken for the line before it */
	snprintf(s.sort, sizeof(s.sort), "id");
	save(&s);
	snprintf(text, sizeof(text), "[screens]\nsort = id\n# %0400d\n", 0);
	assert_text(text);
}

static void
test_path_is_escaped(void **state)
{
	struct settings s;
	struct err warning = {""};

	(void)state;
	assert_false(settings_load(&s, "/tmp/..", &warning));
	assert_non_null(strstr(warning.msg, "not a settings file"));
	char bad[160];

	snprintf(bad, sizeof(bad), "%s/\x1b[2J", directory);
	assert_int_equal(mkdir(bad, 0700), 0);
	assert_false(settings_load(&s, bad, &warning));
	assert_null(strchr(warning.msg, '\x1b'));
	rmdir(bad);
}

static void
test_directories_are_made(void **state)
{
	const struct settings s = {.units = "bits"};
	struct err err = {""};
	static const char *const made[] = {"a/b/config", "a/b", "a"};
	char deep[160], below[160];
	struct stat st;

	(void)state;
	snprintf(deep, sizeof(deep), "%s/a/b/config", directory);
	assert_true(settings_save(&s, deep, &err));
	assert_int_equal(stat(deep, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	for (size_t i = 0; i < ARRAY_LEN(made); i++) {
		snprintf(below, sizeof(below), "%s/%s", directory, made[i]);
		assert_int_equal(remove(below), 0);
	}
}

/* The old file stays when the new one cannot be written, and nothing else is left behind. */
static void
test_failure_keeps_the_file(void **state)
{
	const struct settings s = {.units = "bits"};
	struct err err = {""};
	char below[160];

	(void)state;
	write_text("[screens]\nunits = bytes\n");
	snprintf(below, sizeof(below), "%s/config", path); /* a file is no directory */
	assert_false(settings_save(&s, below, &err));
	assert_non_null(strstr(err.msg, "cannot be saved"));
	assert_string_equal(loaded().units, "bytes");
}

/* The mode stays, and a symbolic link stays a link. */
static void
test_replacing(void **state)
{
	const struct settings s = {.units = "bits"};
	struct err err = {""};
	char link[160];
	struct stat st;

	(void)state;
	write_text("");
	assert_int_equal(chmod(path, 0640), 0);
	snprintf(link, sizeof(link), "%s/link", directory);
	assert_int_equal(symlink("config", link), 0);
	assert_true(settings_save(&s, link, &err));
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_string_equal(loaded().units, "bits");
	unlink(link);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_path),
	TEST(test_no_file),
	TEST(test_round_trip),
	TEST(test_long_value),
	TEST(test_the_users_lines_stay),
	TEST(test_section_is_added),
	TEST(test_wrong_lines),
	TEST(test_wrong_lines_are_skipped),
	TEST(test_path_is_escaped),
	TEST(test_directories_are_made),
	TEST(test_failure_keeps_the_file),
	TEST(test_replacing),
};

#else

static void
test_without_inih(void **state)
{
	struct settings s;
	struct err err = {""};

	(void)state;
	assert_false(settings_supported());
	assert_true(settings_load(&s, path, &err));
	assert_string_equal(s.units, "");
	assert_false(settings_save(&s, path, &err));
	assert_non_null(strstr(err.msg, "inih"));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_path),
	TEST(test_without_inih),
};

#endif

UNIT_MAIN(tests)
