/* SPDX-License-Identifier: MIT */
/*
 * new_file: a file that gets its name only when it is complete. It is written in the directory of
 * its target under a temporary name; if anything fails, it is removed and the target is unchanged.
 * Private to this layer.
 */
#ifndef TCPLENS_SOURCE_NEW_FILE_H
#define TCPLENS_SOURCE_NEW_FILE_H

#include <sys/stat.h>

#include "base/base.h"

struct new_file {
	int dir;	  /* the target's directory; -1: none */
	int fd;		  /* the temporary file; -1: none */
	const char *name; /* of the target in its directory; borrowed */
	char temporary[32];
};

/* Opens the directory of `path`, which must outlive *f. Returns 0 or an errno. */
int new_file_open(struct new_file *f, const char *path);
/* lstat(2) of the target. Returns 0 or an errno: ENOENT if it does not exist. */
int new_file_target(const struct new_file *f, struct stat *st);
/* Creates the temporary file, for its owner only. Returns 0 or an errno. */
int new_file_create(struct new_file *f);
/* Syncs the file and renames it to the target. Without `replace`, a target that exists is an error
 * (EEXIST); with it, the file gets the permissions of the one it replaces. Returns 0 or an
 * errno. */
int new_file_commit(struct new_file *f, bool replace);
/* Closes everything and removes a file that was not committed. */
void new_file_close(struct new_file *f);

#endif
