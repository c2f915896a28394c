/* SPDX-License-Identifier: MIT */
/*
 * privs: giving up for good what was only needed to open things: the user becomes the one named
 * (-Z) or the one who called sudo, every capability goes, and no program started later can win any
 * back. Root without sudo stays root by name, without root's powers. Knows nothing of captures.
 */
#include "config.h"

#include "source/internal.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#ifdef HAVE_LIBCAPNG
#include <cap-ng.h>
#endif

#include "base/i18n.h"

struct target {
	uid_t uid;
	gid_t gid;
	char name[256]; /* "" unknown: no supplementary groups */
};

static void
set_target(struct target *t, const struct passwd *pw)
{
	t->uid = pw->pw_uid;
	t->gid = pw->pw_gid;
	struct text name = text_on(t->name, sizeof(t->name));
	text_add(&name, "%s", pw->pw_name);
}

/* *found false: nobody to become. Returns false and err for a user that does not exist. */
static bool
find_target(const char *user, struct target *t, bool *found, struct err *err)
{
	const char *uid_text = getenv("SUDO_UID"), *gid_text = getenv("SUDO_GID");
	uint64_t uid, gid;

	*t = (struct target){0};
	*found = false;
	if (user) {
		const struct passwd *pw = getpwnam(user);

		if (!pw)
			return err_set(err, _("there is no user %s (-Z)"), user);
		set_target(t, pw);
		*found = true;
		return true;
	}
	if (geteuid() != 0 || !uid_text || !parse_uint(uid_text, 1, UINT32_MAX - 1, &uid))
		return true;
	const struct passwd *pw = getpwuid((uid_t)uid);
	if (pw)
		set_target(t, pw);
	else if (!gid_text || !parse_uint(gid_text, 1, UINT32_MAX - 1, &gid))
		return true;
	else {
		t->uid = (uid_t)uid;
		t->gid = (gid_t)gid;
	}
	*found = true;
	return true;
}

static bool
set_groups(const struct target *t)
{
	return (t->name[0] ? initgroups(t->name, t->gid) : setgroups(0, NULL)) == 0;
}

static bool
become(const struct target *t, struct err *err)
{
	if (geteuid() != 0) {
		if (t->uid == getuid() && t->uid == geteuid())
			return true;
		return err_set(err, _("only root can become another user (-Z)"));
	}
	if (!set_groups(t) || setresgid(t->gid, t->gid, t->gid) != 0 ||
	    setresuid(t->uid, t->uid, t->uid) != 0)
		return err_set(err, _("cannot become user %u: %s"), (unsigned)t->uid,
			       strerror(errno));
	if (t->uid != 0 && (setuid(0) == 0 || seteuid(0) == 0))
		return err_set(err, _("privileges could not be dropped"));
	return true;
}

#ifdef HAVE_LIBCAPNG
/* What programs started later may win: needs a power itself, so it goes first. Who lacks that power
 * has no_new_privs, which comes to the same. */
static void
drop_bounding_set(void)
{
	if (capng_get_caps_process() != 0 || !capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP))
		return;
	capng_clear(CAPNG_SELECT_BOUNDS);
	capng_apply(CAPNG_SELECT_BOUNDS);
}

static bool
drop_capabilities(struct err *err)
{
	capng_clear(CAPNG_SELECT_BOTH);
	if (capng_apply(CAPNG_SELECT_CAPS) != 0)
		return err_set(err, _("capabilities could not be dropped"));
	if (capng_get_caps_process() != 0 ||
	    capng_have_capabilities(CAPNG_SELECT_CAPS) != CAPNG_NONE)
		return err_set(err, _("capabilities could not be dropped"));
	return true;
}
#else
static void
drop_bounding_set(void)
{
}

static bool
drop_capabilities(struct err *err)
{
	(void)err;
	return true;
}
#endif

bool
privs_drop(const char *user, struct err *err)
{
	struct target t;
	bool found;

	if (!find_target(user, &t, &found, err))
		return false;
	drop_bounding_set();
	if (found && !become(&t, err))
		return false;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_set(err, _("no_new_privs could not be set: %s"), strerror(errno));
	return drop_capabilities(err);
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
