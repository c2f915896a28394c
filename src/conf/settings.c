/* SPDX-License-Identifier: MIT */
/*
 * settings: reads the settings file with inih, and writes it back line by line, so that what the
 * user wrote there stays. Built without inih nothing is read or written.
 */
#include "config.h"

#include "conf/settings.h"

#include "base/i18n.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool
settings_supported(void)
{
#ifdef HAVE_INIH
	return true;
#else
	return false;
#endif
}

char *
settings_path(void)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	/* A relative path is to be ignored (XDG Base Directory Specification). */
	if (config && config[0] == '/')
		return xasprintf("%s/tcplens/config", config);
	if (home && home[0] == '/')
		return xasprintf("%s/.config/tcplens/config", home);
	return NULL;
}

bool
settings_are_own(const char *path)
{
	char *at = xstrdup(path), *slash;
	struct stat st;
	bool found;

	while (!(found = stat(at, &st) == 0) && errno == ENOENT && (slash = strrchr(at, '/')) &&
	       slash != at)
		*slash = '\0';
	free(at);
	return found && st.st_uid == geteuid();
}

#ifndef HAVE_INIH

bool
settings_load(struct settings *s, const char *path, struct err *warning)
{
	(void)path;
	(void)warning;
	*s = (struct settings){.screen = ""};
	return true;
}

bool
settings_save(const struct settings *s, const char *path, struct err *err)
{
	(void)s;
	(void)path;
	return err_set(err, _("settings are not kept: the program was built without inih"));
}

#else

#include <ctype.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>

#define SECTION     "screens"
#define FILE_MAX    (64 * 1024)
#define WRAP_COLUMN 100 /* inih limits the length of a line */

/* ---- the keys ---- */

struct key {
	const char *name;
	size_t offset, size;  /* of the text in struct settings */
	const char *words[5]; /* the values that are allowed; none: any */
};

#define TEXT(field) offsetof(struct settings, field), sizeof(((struct settings *)NULL)->field)

static const struct key keys[] = {
	{"screen", TEXT(screen), {NULL}},
	{"columns", TEXT(columns), {NULL}},
	{"sort", TEXT(sort), {NULL}},
	{"units", TEXT(units), {"bytes", "bits"}},
	{"time", TEXT(time), {"relative", "delta", "clock", "date"}},
	{"theme", TEXT(theme), {NULL}},
};

static const struct key *
key_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	}
	return NULL;
}

static char *
value_of(struct settings *s, const struct key *k)
{
	return (char *)s + k->offset;
}

static bool
is_allowed(const struct key *k, const char *value)
{
	for (size_t i = 0; k->words[i]; i++) {
		if (strcmp(k->words[i], value) == 0)
			return true;
	}
	return !k->words[0];
}

/* ---- reading ---- */

struct line {
	char *text;            /* as in the file, without its end */
	const struct key *key; /* whose value it holds, or NULL */
	bool continues;        /* the value of the line before */
};

struct file {
	FILE *stream;
	struct line *lines;
	size_t n, capacity;
	struct settings settings;
	size_t wrong; /* number of the first wrong line, from 1; 0: none */
	char expected[128];
};

static void
file_free(struct file *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->lines[i].text);
	free(f->lines);
}

static void
add_line(struct file *f, char *text)
{
	if (f->n == f->capacity) {
		f->capacity = f->capacity * 2 + 16;
		f->lines = xreallocarray(f->lines, f->capacity, sizeof(*f->lines));
	}
	f->lines[f->n++] = (struct line){.text = text};
}

/* The last line read is wrong. */
static void
set_wrong(struct file *f, const char *expected)
{
	if (f->wrong != 0)
		return;
	f->wrong = f->n;
	snprintf(f->expected, sizeof(f->expected), "%s", expected);
}

/* inih's reader: the next line into out, without what does not fit. */
static char *
read_line(char *out, int size, void *ctx)
{
	struct file *f = ctx;
	char *text = NULL;
	size_t capacity = 0;
	const ssize_t n = getline(&text, &capacity, f->stream);

	if (n < 0) {
		free(text);
		return NULL;
	}
	text[strcspn(text, "\r\n")] = '\0';
	add_line(f, text);
	if (strlen(text) + 1 > (size_t)size) {
		set_wrong(f, _("a shorter line"));
		out[0] = '\0';
		return out;
	}
	memcpy(out, text, strlen(text) + 1);
	return out;
}

/* "bytes or bits", for messages */
static void
describe_words(struct text *t, const struct key *k)
{
	for (size_t i = 0; k->words[i]; i++)
		text_add(t, "%s%s", i > 0 ? ", " : "", k->words[i]);
}

static bool
set_value(struct file *f, const struct key *k, const char *value, bool continues)
{
	char expected[128];
	struct text e = text_on(expected, sizeof(expected));
	char *to = value_of(&f->settings, k);
	const size_t before = continues ? strlen(to) : 0;

	if (!is_allowed(k, value)) {
		text_add(&e, "%s = ", k->name);
		describe_words(&e, k);
		set_wrong(f, expected);
		return false;
	}
	if (before + strlen(value) >= k->size) {
		set_wrong(f, _("a shorter value"));
		return false;
	}
	memcpy(to + before, value, strlen(value) + 1);
	return true;
}

/* inih's handler; 0: the line is wrong. */
static int
on_value(void *ctx, const char *section, const char *name, const char *value)
{
	struct file *f = ctx;
	struct line *line = &f->lines[f->n - 1];
	const struct key *k = strcmp(section, SECTION) == 0 ? key_by_name(name) : NULL;

	if (!k)
		return 1;
	line->key = k;
	line->continues = isblank((unsigned char)line->text[0]);
	return set_value(f, k, value, line->continues);
}

/* "/home/me/.config/tcplens/config", safe for a terminal */
static const char *
shown_path(char out[256], const char *path)
{
	return text_escape(out, 256, path, strlen(path));
}

/* Reads an open file. A wrong line is noted in *f only. */
static void
parse(struct file *f)
{
	const int wrong = ini_parse_stream(read_line, f, on_value, f);

	if (wrong > 0 && (f->wrong == 0 || (size_t)wrong < f->wrong)) {
		f->wrong = (size_t)wrong;
		snprintf(f->expected, sizeof(f->expected), "%s", _("NAME = VALUE or [SECTION]"));
	}
}

/* False and *err: it exists and cannot be read. */
static bool
read_file(struct file *f, const char *path, struct err *err)
{
	char shown[256];
	struct stat st;

	*f = (struct file){.stream = NULL};
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* not waiting for a FIFO */

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return true;
	if (fd < 0)
		return err_set(err, _("%s: cannot be read: %s"), shown_path(shown, path),
			       strerror(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX ||
	    !(f->stream = fdopen(fd, "r"))) {
		close(fd);
		return err_set(err, _("%s: not a settings file"), shown_path(shown, path));
	}
	parse(f);
	fclose(f->stream);
	return true;
}

bool
settings_load(struct settings *s, const char *path, struct err *warning)
{
	struct file f;
	char shown[256];
	bool good = read_file(&f, path, warning);

	if (f.wrong != 0)
		good = err_set(warning, _("%s:%zu: expected %s"), shown_path(shown, path), f.wrong,
			       f.expected);
	*s = f.settings;
	file_free(&f);
	return good;
}

/* ---- writing ---- */

/* "columns = client,server,…"; a long value is continued on lines that begin with a tab, broken
 * behind a comma. */
static void
put_setting(FILE *out, const struct key *k, const char *value)
{
	int column = fprintf(out, "%s = ", k->name);

	while (*value != '\0') {
		const size_t n = strcspn(value, ",") + (strchr(value, ',') != NULL);

		if (column + (int)n > WRAP_COLUMN && column > 1) {
			fputs("\n\t", out);
			column = 1;
		}
		column += fprintf(out, "%.*s", (int)n, value);
		value += n;
	}
	putc('\n', out);
}

/* Writes the settings that are still to be written (bit per key), at the end of their section. */
static void
put_missing(FILE *out, struct settings *s, unsigned missing)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (missing >> i & 1 && value_of(s, &keys[i])[0] != '\0')
			put_setting(out, &keys[i], value_of(s, &keys[i]));
	}
}

/* The lines of one setting, or its new value in their place. */
static void
put_line(FILE *out, struct file *f, const struct line *line, struct settings *s, unsigned *missing)
{
	const struct key *k = line->key;
	const unsigned bit = k ? 1u << (k - keys) : 0;

	if (!k || strcmp(value_of(&f->settings, k), value_of(s, k)) == 0)
		fprintf(out, "%s\n", line->text);
	else if (*missing & bit && value_of(s, k)[0] != '\0')
		put_setting(out, k, value_of(s, k));
	*missing &= ~bit;
}

/* Index behind the last line that holds a setting; 0: there is none. */
static size_t
section_end(const struct file *f)
{
	size_t end = 0;

	for (size_t i = 0; i < f->n; i++) {
		if (f->lines[i].key)
			end = i + 1;
	}
	return end;
}

static void
put_file(FILE *out, struct file *f, struct settings *s)
{
	const size_t end = section_end(f);
	unsigned missing = (1u << ARRAY_LEN(keys)) - 1;

	for (size_t i = 0; i < end; i++)
		put_line(out, f, &f->lines[i], s, &missing);
	if (end > 0)
		put_missing(out, s, missing);
	for (size_t i = end; i < f->n; i++)
		fprintf(out, "%s\n", f->lines[i].text);
	if (end == 0) {
		fprintf(out, "%s[%s]\n", f->n > 0 ? "\n" : "", SECTION);
		put_missing(out, s, missing);
	}
}

/* Makes the directories above a file. */
static bool
make_directories(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		const bool good = mkdir(path, 0700) == 0 || errno == EEXIST;

		*slash = '/';
		if (!good)
			return false;
	}
	return true;
}

/* Writes and syncs; false: errno says why. */
static bool
write_file(int fd, struct file *f, struct settings *s)
{
	FILE *out = fdopen(fd, "w");

	if (!out) {
		close(fd);
		return false;
	}
	put_file(out, f, s);
	const bool good = fflush(out) == 0 && fsync(fd) == 0 && !ferror(out);

	return fclose(out) == 0 && good;
}

/* Replaces the file at path by one written beside it; false: errno says why. */
static bool
replace_file(const char *path, struct file *f, struct settings *s)
{
	char *temporary = xasprintf("%s.XXXXXX", path);
	struct stat st;
	const int fd = mkstemp(temporary);
	bool good = fd >= 0;

	if (good && stat(path, &st) == 0)
		good = fchmod(fd, st.st_mode & 0777) == 0;
	if (fd >= 0) {
		good = write_file(fd, f, s) && good && rename(temporary, path) == 0;
		const int why = errno;

		if (!good)
			unlink(temporary);
		errno = why;
	}
	free(temporary);
	return good;
}

bool
settings_save(const struct settings *s, const char *path, struct err *err)
{
	struct settings new = *s;
	struct file f;
	char shown[256];

	if (!read_file(&f, path, err)) {
		file_free(&f);
		return false;
	}
	/* A symbolic link stays one: the file that it names is replaced. */
	char *target = realpath(path, NULL);

	target = target ? target : xstrdup(path);
	const bool good = make_directories(target) && replace_file(target, &f, &new);

	if (!good)
		err_set(err, _("%s: settings cannot be saved: %s"), shown_path(shown, path),
			strerror(errno));
	free(target);
	file_free(&f);
	return good;
}

#endif
