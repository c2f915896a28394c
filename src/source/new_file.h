/* SPDX-License-Identifier: MIT */
/*
 * new_file: a file that gets its name only when it is complete. It is written beside its target
 * under a temporary name; whatever fails, nothing is left behind and the target is as it was.
 * Private to this layer.
 */
#ifndef TCPLENS_SOURCE_NEW_FILE_H
#define TCPLENS_SOURCE_NEW_FILE_H

#include <sys/stat.h>

#include "base/base.h"

struct new_file {
	int dir;	  /* the target's directory, -1 none */
	int fd;		  /* the temporary file, -1 none */
	const char *name; /* of the target in its directory; borrowed */
	char temporary[32];
};

/* Opens the directory of `path`, which must outlive *f. Returns 0 or an errno. */
int new_file_open(struct new_file *f, const char *path);
/* What stands under the target's name; a symbolic link is not followed. Returns 0, ENOENT for
 * nothing, or another errno. */
int new_file_target(const struct new_file *f, struct stat *st);
/* Creates the temporary file, for its owner only. Returns 0 or an errno. */
int new_file_create(struct new_file *f);
/* Puts the data on the disk and gives the file its name. Without `replace` a name that exists is an
 * error (EEXIST). What is replaced hands its permissions on. Returns 0 or an errno. */
int new_file_commit(struct new_file *f, bool replace);
/* Removes what was not committed and closes everything. */
void new_file_close(struct new_file *f);

#endif
