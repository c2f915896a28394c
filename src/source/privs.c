/* SPDX-License-Identifier: MIT */
/*
 * privs: privileges. Those that a set-user-ID bit or file capabilities add to the caller's are
 * suspended from the start, except while an interface is opened. Then all are dropped for good: the
 * process gets the user of -Z or the one who called sudo, loses every capability, and no program
 * that it executes can gain any. Root without sudo stays user 0, without root's capabilities. The
 * system calls are made directly, so that no build depends on a library for it. Knows nothing of
 * captures.
 */
#include "config.h"

#include "source/privs.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/i18n.h"

/* What the set-user-ID and set-group-ID bits or the capabilities of the program's file add to the
 * caller's privileges; present: not dropped yet. */
static struct {
	bool present;
	uid_t uid;
	gid_t gid;
} added;

/* ---- capabilities: of the calling thread, so there must not be others yet ---- */

struct capabilities {
	struct __user_cap_data_struct word[_LINUX_CAPABILITY_U32S_3];
};

static bool
get_capabilities(struct capabilities *c)
{
	struct __user_cap_header_struct h = {.version = _LINUX_CAPABILITY_VERSION_3};

	return syscall(SYS_capget, &h, c->word) == 0;
}

static bool
set_capabilities(const struct capabilities *c)
{
	struct __user_cap_header_struct h = {.version = _LINUX_CAPABILITY_VERSION_3};

	return syscall(SYS_capset, &h, c->word) == 0;
}

/* Makes all permitted capabilities effective, or none. */
static bool
set_effective(bool on)
{
	struct capabilities c;

	if (!get_capabilities(&c))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(c.word); i++)
		c.word[i].effective = on ? c.word[i].permitted : 0;
	return set_capabilities(&c);
}

/* Empties the set of capabilities that executed programs can gain. That needs CAP_SETPCAP; without
 * it, no_new_privs has the same effect. */
static void
drop_bounding_set(void)
{
	for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) != 0)
			return;
}

/* The kernel clears the ambient set with the others. */
static bool
drop_capabilities(struct err *err)
{
	const struct capabilities none = {0};
	struct capabilities left;

	if (set_capabilities(&none) && get_capabilities(&left) &&
	    memcmp(&left, &none, sizeof(none)) == 0)
		return true;
	return err_set(err, _("capabilities could not be dropped"));
}

/* ---- before the drop ---- */

void
privs_suspend(void)
{
	if (!getauxval(AT_SECURE))
		return;
	if (!added.present) {
		added.uid = geteuid();
		added.gid = getegid();
		added.present = true;
	}
	if (setresgid((gid_t)-1, getgid(), (gid_t)-1) != 0 ||
	    setresuid((uid_t)-1, getuid(), (uid_t)-1) != 0 || !set_effective(false))
		die("%s", _("privileges could not be suspended"));
}

void
privs_resume(void)
{
	if (!added.present)
		return;
	/* A failure shows as missing permission later. */
	(void)!setresuid((uid_t)-1, added.uid, (uid_t)-1);
	(void)!setresgid((gid_t)-1, added.gid, (gid_t)-1);
	(void)!set_effective(true);
}

/* ---- the drop ---- */

struct target {
	uid_t uid;
	gid_t gid;
	bool other;     /* another user than the caller */
	char name[256]; /* "": unknown, gets no supplementary groups */
};

static void
set_target(struct target *t, const struct passwd *pw)
{
	struct text name = text_on(t->name, sizeof(t->name));

	text_add(&name, "%s", pw->pw_name);
	t->uid = pw->pw_uid;
	t->gid = pw->pw_gid;
	t->other = true;
}

static bool
named_target(const char *user, struct target *t, struct err *err)
{
	const struct passwd *pw = getpwnam(user);

	if (!pw)
		return err_set(err, _("there is no user %s (-Z)"), user);
	if (getuid() != 0 && pw->pw_uid != getuid())
		return err_set(err, _("only root can become another user (-Z)"));
	if (getuid() == 0)
		set_target(t, pw);
	return true;
}

/* The user who called sudo, if any. Only root trusts the variables, since anybody can set them. */
static void
sudo_target(struct target *t)
{
	const char *uid_text = getenv("SUDO_UID"), *gid_text = getenv("SUDO_GID");
	uint64_t uid, gid;

	if (getuid() != 0 || !uid_text || !parse_uint(uid_text, 1, UINT32_MAX - 1, &uid))
		return;
	const struct passwd *pw = getpwuid((uid_t)uid);
	if (pw) {
		set_target(t, pw);
	} else if (gid_text && parse_uint(gid_text, 1, UINT32_MAX - 1, &gid)) {
		t->uid = (uid_t)uid;
		t->gid = (gid_t)gid;
		t->other = true;
	}
}

static bool
find_target(const char *user, struct target *t, struct err *err)
{
	*t = (struct target){.uid = getuid(), .gid = getgid()};
	if (user)
		return named_target(user, t, err);
	sudo_target(t);
	return true;
}

static bool
set_groups(const struct target *t)
{
	if (!t->other)
		return true;
	return (t->name[0] ? initgroups(t->name, t->gid) : setgroups(0, NULL)) == 0;
}

static bool
become(const struct target *t, struct err *err)
{
	if (!set_groups(t) || setresgid(t->gid, t->gid, t->gid) != 0 ||
	    setresuid(t->uid, t->uid, t->uid) != 0)
		return err_set(err, _("cannot become user %u: %s"), (unsigned)t->uid,
			       strerror(errno));
	return true;
}

bool
privs_drop(const char *user, struct err *err)
{
	struct target t;

	if (!find_target(user, &t, err))
		return false;
	privs_resume();
	drop_bounding_set();
	if (!become(&t, err))
		return false;
	added.present = false;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_set(err, _("no_new_privs could not be set: %s"), strerror(errno));
	if (!drop_capabilities(err))
		return false;
	if (t.uid != 0 && (setuid(0) == 0 || seteuid(0) == 0))
		return err_set(err, _("privileges could not be dropped"));
	return true;
}

void
privs_explain(const char *interface, struct err *err)
{
	char link[PATH_MAX], exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", link, sizeof(link));

	text_escape(exe, sizeof(exe), n > 0 ? link : "tcplens", n > 0 ? (size_t)n : 7);
	err_set(err,
		_("%s: no permission to capture; allow it: sudo setcap "
		  "cap_net_raw,cap_net_admin=eip %s; or without it: tcplens --demo, tcplens -r "
		  "FILE"),
		interface, exe);
}
