/* SPDX-License-Identifier: MIT */
/*
 * settings: what the screens keep from one run to the next, in an INI file. Plain text only:
 * whether a column or a theme of that name exists is for the screens to check.
 */
#ifndef TCPLENS_CONF_SETTINGS_H
#define TCPLENS_CONF_SETTINGS_H

#include "base/base.h"

/* Each is "" for the program's default. */
struct settings {
	char screen[32];   /* name of the screen to start with */
	char columns[512]; /* names of the shown columns, separated by commas */
	char sort[64];     /* column to sort by, perhaps followed by ":reverse" */
	char units[16];    /* "bytes" or "bits" */
	char time[16];     /* "relative", "delta", "clock" or "date" */
	char theme[32];
};

/* Whether this program was built with what is needed to read and write settings. */
bool settings_supported(void);

/* $XDG_CONFIG_HOME/tcplens/config, or ~/.config/tcplens/config. NULL: neither variable holds an
 * absolute path. To be freed by the caller. */
char *settings_path(void);

/* Whether the file belongs to this process's effective user; where it does not exist, the nearest
 * directory above it that does. Also false when that cannot be found out. */
bool settings_are_own(const char *path);

/*
 * Reads the file into *s. A file that does not exist gives the defaults. Wrong lines are skipped.
 * Returns whether everything was read; if not, *warning is one line that names the file and the
 * first wrong line. To be called without privileges: the path comes from the user.
 */
bool settings_load(struct settings *s, const char *path, struct err *warning);

/*
 * Writes the file, and the directories above it where they do not exist. Comments, unknown keys and
 * the lines of unchanged settings stay as they are. The file is replaced at once: it is never seen
 * half-written, and stays as it was when this fails. False: *err says why.
 */
bool settings_save(const struct settings *s, const char *path, struct err *err);

#endif
