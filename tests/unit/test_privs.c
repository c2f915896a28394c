/* SPDX-License-Identifier: MIT */
/*
 * Unit test of privs, in child processes, because privileges cannot be regained. Some cases need
 * root. Not covered: which files the program opens with which privileges (tests/cli/privileges).
 */
#include "config.h"

#include "unit.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "source/privs.h"

#define NOBODY 65534

/* Runs the function in a child process; returns 0 if it returned true. */
static int
in_child(bool (*fn)(void))
{
	int status;

	fflush(stdout);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(fn() ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* The hexadecimal number after that name in /proc/self/status. */
static unsigned long long
proc_status(const char *name)
{
	char line[256];
	unsigned long long v = ~0ull;
	FILE *f = fopen("/proc/self/status", "re");

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':')
			v = strtoull(line + strlen(name) + 1, NULL, 16);
	if (f)
		fclose(f);
	return v;
}

static bool
nothing_left(void)
{
	if (proc_status("CapEff") || proc_status("CapPrm") || proc_status("CapInh") ||
	    proc_status("CapAmb"))
		return false;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

static bool
drop_as_it_is(void)
{
	struct err err = {""};
	uid_t before = geteuid();

	unsetenv("SUDO_UID");
	return privs_drop(NULL, &err) && !err.msg[0] && geteuid() == before && nothing_left();
}

static bool
is_nobody(void)
{
	uid_t r, e, s;
	gid_t rg, eg, sg;

	if (getresuid(&r, &e, &s) != 0 || getresgid(&rg, &eg, &sg) != 0)
		return false;
	return r == NOBODY && e == NOBODY && s == NOBODY && rg == NOBODY && eg == NOBODY &&
	       sg == NOBODY && setuid(0) != 0 && setgid(0) != 0 && seteuid(0) != 0;
}

static bool
drop_to_sudo_user(void)
{
	struct err err = {""};

	setenv("SUDO_UID", "65534", 1);
	setenv("SUDO_GID", "65534", 1);
	return privs_drop(NULL, &err) && is_nobody() && nothing_left() && !proc_status("CapBnd");
}

static bool
drop_to_named_user(void)
{
	struct err err = {""};

	setenv("SUDO_UID", "1", 1); /* -Z counts more */
	return privs_drop("nobody", &err) && is_nobody() && nothing_left();
}

static bool
nonsense_in_the_environment(void)
{
	struct err err = {""};
	static const char *const nonsense[] = {"", "x", "-1", "4294967295", "99999999999", "0"};

	for (size_t i = 0; i < ARRAY_LEN(nonsense); i++) {
		setenv("SUDO_UID", nonsense[i], 1);
		if (!privs_drop(NULL, &err) || err.msg[0] || geteuid() != 0)
			return false;
	}
	return true;
}

static bool
unknown_user(void)
{
	struct err err = {""};

	return !privs_drop("no such user", &err) && strstr(err.msg, "no such user");
}

static bool
another_user_without_root(void)
{
	struct err err = {""};

	if (geteuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY) != 0)
		return false;
	return !privs_drop("root", &err) && strstr(err.msg, "root");
}

static void
test_capabilities_are_dropped(void **state)
{
	(void)state;
	assert_int_equal(in_child(drop_as_it_is), 0);
}

static void
test_user_is_changed(void **state)
{
	(void)state;
	const struct passwd *pw = getpwnam("nobody");
	if (geteuid() != 0 || !pw || pw->pw_uid != NOBODY || pw->pw_gid != NOBODY)
		skip();
	assert_int_equal(in_child(drop_to_sudo_user), 0);
	assert_int_equal(in_child(drop_to_named_user), 0);
	assert_int_equal(in_child(nonsense_in_the_environment), 0);
}

static void
test_refusals(void **state)
{
	(void)state;
	assert_int_equal(in_child(unknown_user), 0);
	assert_int_equal(in_child(another_user_without_root), 0);
}

static void
test_missing_permission_explains_setcap(void **state)
{
	(void)state;
	struct err err = {""};
	char exe[256] = "";
	assert_true(readlink("/proc/self/exe", exe, sizeof(exe) - 1) > 0);
	privs_explain("eth0", &err);
	assert_non_null(strstr(err.msg, "setcap cap_net_raw,cap_net_admin=eip /"));
	assert_non_null(strstr(err.msg, exe));
	assert_non_null(strstr(err.msg, "--demo"));
	assert_non_null(strstr(err.msg, "-r FILE"));
	assert_null(strchr(err.msg, '\n'));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_capabilities_are_dropped),
	cmocka_unit_test(test_user_is_changed),
	cmocka_unit_test(test_refusals),
	cmocka_unit_test(test_missing_permission_explains_setcap),
};

UNIT_MAIN(tests)
