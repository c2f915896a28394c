/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "source/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define ATTEMPTS 100 /* temporary names that are tried */

/* Stores the directory part of the path, "." if it has none. Returns 0 or an errno. */
static int
directory_of(const char *path, const char *name, char out[PATH_MAX])
{
	size_t len = (size_t)(name - path);

	if (len + 2 > PATH_MAX)
		return ENAMETOOLONG;
	memcpy(out, path, len);
	memcpy(out + len, ".", 2); /* "dir/" + "." */
	return 0;
}

int
new_file_open(struct new_file *f, const char *path)
{
	char directory[PATH_MAX];
	const char *slash = strrchr(path, '/');

	*f = (struct new_file){.dir = -1, .fd = -1, .name = slash ? slash + 1 : path};
	if (f->name[0] == '\0' || strcmp(f->name, ".") == 0 || strcmp(f->name, "..") == 0)
		return EISDIR;
	int error = directory_of(path, f->name, directory);
	if (error != 0)
		return error;
	f->dir = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return f->dir < 0 ? errno : 0;
}

int
new_file_target(const struct new_file *f, struct stat *st)
{
	return fstatat(f->dir, f->name, st, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : errno;
}

int
new_file_create(struct new_file *f)
{
	uint32_t random;

	for (int i = 0; i < ATTEMPTS; i++) {
		if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
			return errno;
		snprintf(f->temporary, sizeof(f->temporary), ".tcplens-%08x", (unsigned)random);
		f->fd = openat(f->dir, f->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (f->fd >= 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	return errno;
}

/* Gives the new file the permissions of the one that it replaces, if it has the same owner. */
static void
keep_permissions(const struct new_file *f)
{
	struct stat old, own;

	if (new_file_target(f, &old) != 0 || !S_ISREG(old.st_mode) || fstat(f->fd, &own) != 0)
		return;
	if (old.st_uid == own.st_uid && old.st_gid == own.st_gid)
		fchmod(f->fd, old.st_mode & 0666);
}

/* For file systems without RENAME_NOREPLACE: links the new name, then removes the temporary one. */
static int
link_name(const struct new_file *f)
{
	if (linkat(f->dir, f->temporary, f->dir, f->name, 0) != 0)
		return errno;
	return unlinkat(f->dir, f->temporary, 0) == 0 ? 0 : errno;
}

static int
give_name(const struct new_file *f, bool replace)
{
	if (renameat2(f->dir, f->temporary, f->dir, f->name, replace ? 0 : RENAME_NOREPLACE) == 0)
		return 0;
	if (!replace && (errno == EINVAL || errno == ENOSYS))
		return link_name(f);
	return errno;
}

int
new_file_commit(struct new_file *f, bool replace)
{
	if (replace)
		keep_permissions(f);
	if (fsync(f->fd) != 0)
		return errno;
	int error = give_name(f, replace);
	if (error == 0)
		f->temporary[0] = '\0';
	return error;
}

void
new_file_close(struct new_file *f)
{
	if (f->fd >= 0) {
		close(f->fd);
		if (f->temporary[0] != '\0')
			unlinkat(f->dir, f->temporary, 0);
	}
	if (f->dir >= 0)
		close(f->dir);
	f->fd = f->dir = -1;
}
