/* SPDX-License-Identifier: MIT */
/*
 * onefile.c: runs a fuzz target over files and directories of files with any compiler, so that
 * `make check` tries every input of the corpus. Its output is TAP: a directory is one test.
 * CORPUS: where the target's inputs are.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Bytes of exactly the file's size, so that a sanitizer sees a read past the end. */
static bool
run_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	uint8_t *data;
	bool whole;

	if (!f || fstat(fileno(f), &st) != 0) {
		printf("# %s: cannot be read\n", path);
		if (f)
			fclose(f);
		return false;
	}
	data = malloc(st.st_size > 0 ? (size_t)st.st_size : 1);
	whole = data && fread(data, 1, (size_t)st.st_size, f) == (size_t)st.st_size;
	fclose(f);
	if (whole)
		LLVMFuzzerTestOneInput(data, (size_t)st.st_size);
	else
		printf("# %s: cannot be read\n", path);
	free(data);
	return whole;
}

/* How many files were run; -1: one could not be. */
static long
run_directory(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	long n = 0;

	if (!dir)
		return -1;
	while (n >= 0 && (entry = readdir(dir)) != NULL) {
		char name[4096];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		n = run_file(name) ? n + 1 : -1;
	}
	closedir(dir);
	return n;
}

/* Without arguments it runs the target's own corpus. */
int
main(int argc, char **argv)
{
	static char corpus[] = CORPUS;
	char *own[] = {argv[0], corpus, NULL};
	int failed = 0;

	if (argc < 2) {
		argv = own;
		argc = 2;
	}
	printf("1..%d\n", argc - 1);
	for (int i = 1; i < argc; i++) {
		struct stat st;
		long n;

		if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode))
			n = run_directory(argv[i]);
		else
			n = run_file(argv[i]) ? 1 : -1;
		printf("%s %d - %s: %ld inputs\n", n > 0 ? "ok" : "not ok", i, argv[i], n);
		failed += n <= 0;
	}
	return failed > 0;
}
