/* SPDX-License-Identifier: MIT */
/*
 * tables: the man page from its text and the program's own tables: copies standard input, and where
 * a line is @NAME@ prints that table as roff. So the page cannot say less than the program does.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"
#include "core/engine.h"
#include "model/model.h"
#include "ui/ui.h"

/* ---- roff ---- */

/* Code point of the UTF-8 character at s (well-formed: it is our own text), its length in *n. */
static unsigned
code_point(const char *s, size_t *n)
{
	unsigned char c = (unsigned char)s[0];

	*n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
	unsigned cp = *n == 1 ? c : c & (0x7fu >> *n);
	for (size_t i = 1; i < *n; i++)
		cp = cp << 6 | ((unsigned char)s[i] & 0x3fu);
	return cp;
}

/* Running text: nothing in it is taken for a request or an escape. */
static void
put_text(const char *s)
{
	if (*s == '.' || *s == '\'')
		fputs("\\&", stdout);
	for (size_t n; *s; s += n) {
		unsigned cp = code_point(s, &n);

		if (cp == '\\')
			fputs("\\e", stdout);
		else if (cp == '-')
			fputs("\\-", stdout);
		else if (cp == '"')
			fputs("\\(dq", stdout);
		else if (cp > 0x7e)
			printf("\\[u%04X]", cp);
		else
			putchar((int)cp);
	}
}

/* One entry: a bold term and what it means. Empty help: the term alone. */
static void
put_entry(const char *term, const char *help)
{
	puts(".TP");
	fputs(".B \"", stdout);
	put_text(term);
	puts("\"");
	put_text(help);
	putchar('\n');
}

static void
put_heading(const char *title)
{
	fputs(".SS \"", stdout);
	put_text(title);
	puts("\"");
}

/* ---- tables ---- */

static void
put_option(const struct option_info *o)
{
	puts(".TP");
	fputs(".BR ", stdout);
	if (o->letter)
		printf("\\-%c \", \" ", o->letter);
	fputs("\\-\\-", stdout);
	put_text(o->name);
	if (o->arg) {
		fputs(" =\\fI", stdout);
		put_text(o->arg);
		fputs("\\fR", stdout);
	}
	putchar('\n');
	put_text(o->help);
	putchar('\n');
	if (o->initial) {
		fputs("Default: ", stdout);
		put_text(o->initial);
		puts(".");
	}
}

static void
put_options(void)
{
	for (enum option_group g = 0; g < OPTION_GROUP_COUNT; g++) {
		put_heading(option_group_title(g));
		for (size_t i = 0; i < conf_option_count; i++)
			if (conf_options[i].group == g)
				put_option(&conf_options[i]);
	}
}

static void
put_key(void *ctx, const char *screen, const char *keys, const char *help)
{
	const char **last = ctx;

	if (!*last || strcmp(*last, screen) != 0)
		put_heading(screen);
	*last = screen;
	put_entry(keys, help);
}

static void
put_keys(void)
{
	const char *last = NULL;

	ui_each_key(put_key, &last);
}

static void
put_columns(void)
{
	for (size_t i = 0; i < column_count; i++)
		put_entry(columns[i].title[0] ? columns[i].title : columns[i].name,
			  columns[i].help);
}

static void
put_filter_words(void)
{
	for (size_t i = 0; i < filter_word_count; i++)
		put_entry(filter_words[i].example, filter_words[i].help);
}

static void
put_connection_states(void)
{
	for (enum conn_state s = 0; s < CONN_STATE_COUNT; s++)
		put_entry(conn_state_name(s), conn_state_help(s));
}

static void
put_end_states(void)
{
	for (enum tcp_state s = 0; s < TCP_STATE_COUNT; s++)
		put_entry(tcp_state_name(s), tcp_state_help(s));
}

static void
put_findings(void)
{
	for (enum finding f = 0; f < FINDING_COUNT; f++)
		put_entry(finding_info(f)->name, finding_info(f)->help);
}

static void
put_verdicts(void)
{
	for (enum verdict_code v = 0; v < VERDICT_COUNT; v++) {
		char term[64];
		struct text t = text_on(term, sizeof(term));

		if (!verdict_has_rule(v))
			continue;
		text_add(&t, "%s (%s)", verdict_name(v), severity_name(verdict_severity(v)));
		put_entry(term, verdict_help(v));
	}
}

static const struct {
	const char *name;
	void (*put)(void);
} tables[] = {
	{"@OPTIONS@\n", put_options},
	{"@KEYS@\n", put_keys},
	{"@COLUMNS@\n", put_columns},
	{"@FILTER@\n", put_filter_words},
	{"@CONNECTION-STATES@\n", put_connection_states},
	{"@END-STATES@\n", put_end_states},
	{"@FINDINGS@\n", put_findings},
	{"@VERDICTS@\n", put_verdicts},
};

static void
put_line(const char *line)
{
	const char *version = strstr(line, "@VERSION@");

	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		if (strcmp(line, tables[i].name) != 0)
			continue;
		tables[i].put();
		return;
	}
	if (version)
		printf("%.*s%s%s", (int)(version - line), line, PACKAGE_VERSION,
		       version + strlen("@VERSION@"));
	else
		fputs(line, stdout);
}

int
main(void)
{
	char line[1024];

	while (fgets(line, sizeof(line), stdin))
		put_line(line);
	return fflush(stdout) == 0 && !ferror(stdin) ? EXIT_SUCCESS : EXIT_FAILURE;
}
