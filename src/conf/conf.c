/* SPDX-License-Identifier: MIT */
/*
 * conf: parses the command line into struct config and prints --help, both from the table of
 * options. Only contradictions between options are checked here one by one.
 */
#include "config.h"

#include "conf/conf.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"

#define MAX_OPTIONS     64
#define FIRST_LONG_ONLY 256
#define HELP_COLUMN     30
#define HELP_WIDTH      80
#define MAX_FILTER_FILE (1 << 20)

/* ---- values ---- */

static bool
set_number(void *to, const struct option_info *o, uint64_t v)
{
	if (v < o->min || v > o->max)
		return false;
	if (o->type == OPT_UINT32 || o->type == OPT_KIB)
		*(uint32_t *)to = (uint32_t)v;
	else
		*(uint64_t *)to = v;
	return true;
}

/* A plain number is KiB; one with a unit is bytes. */
static bool
parse_kib(const char *s, uint64_t *kib)
{
	if (s[0] != '\0' && s[strlen(s) - 1] <= '9')
		return parse_size(s, true, kib);
	if (!parse_size(s, true, kib))
		return false;
	*kib /= 1024;
	return true;
}

static bool
parse_speed(const char *s, double *speed)
{
	nsec n;

	if (strspn(s, "0123456789.") != strlen(s) || !parse_duration(s, &n))
		return false;
	*speed = (double)n / NSEC_PER_SEC;
	return true;
}

static bool
parse_direction(const char *s, char *direction)
{
	static const struct {
		const char *word;
		char value;
	} words[] = {{"in", 'i'}, {"out", 'o'}, {"inout", 0}};
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(s, words[i].word) != 0)
			continue;
		*direction = words[i].value;
		return true;
	}
	return false;
}

/* Stores an argument; false: it is not a value of the option's type. */
static bool
set_value(struct config *cfg, const struct option_info *o, const char *arg)
{
	void *to = (char *)cfg + o->offset;
	uint64_t v;

	switch (o->type) {
	case OPT_FLAG:
		*(bool *)to = true;
		return true;
	case OPT_TEXT:
		*(const char **)to = arg;
		return arg[0] != '\0';
	case OPT_UINT32:
	case OPT_UINT64:
		return parse_uint(arg, o->min, o->max, &v) && set_number(to, o, v);
	case OPT_BYTES:
		return parse_size(arg, true, &v) && set_number(to, o, v);
	case OPT_KIB:
		return parse_kib(arg, &v) && set_number(to, o, v);
	case OPT_SPEED:
		return parse_speed(arg, to);
	case OPT_DIRECTION:
		return parse_direction(arg, to);
	}
	return false;
}

/* Describes the arguments that the option accepts, for messages. */
static void
describe_type(struct text *t, const struct option_info *o)
{
	switch (o->type) {
	case OPT_UINT32:
		text_add(t, _("a whole number from %llu to %llu"), (unsigned long long)o->min,
			 (unsigned long long)o->max);
		break;
	case OPT_UINT64:
		text_add(t, _("a whole number from %llu"), (unsigned long long)o->min);
		break;
	case OPT_BYTES:
		text_add(t, _("a size such as 512k, 64M or 1G, at least %llu bytes"),
			 (unsigned long long)o->min);
		break;
	case OPT_KIB:
		text_add(t, _("a size in KiB from %llu to %llu, or one such as 64M"),
			 (unsigned long long)o->min, (unsigned long long)o->max);
		break;
	case OPT_SPEED:
		text_add(t, "%s", _("a number such as 0, 0.5 or 10"));
		break;
	case OPT_DIRECTION:
		text_add(t, "%s", _("in, out or inout"));
		break;
	case OPT_FLAG:
	case OPT_TEXT:
		text_add(t, "%s", _("a text that is not empty"));
		break;
	}
}

/* ---- parsing ---- */

/* "-s" or "--memory", as the user would type it. */
static void
add_name(struct text *t, const struct option_info *o)
{
	if (o->letter)
		text_add(t, "-%c", o->letter);
	else
		text_add(t, "--%s", o->name);
}

static int
option_code(size_t i)
{
	return conf_options[i].letter ? conf_options[i].letter : FIRST_LONG_ONLY + (int)i;
}

static const struct option_info *
option_by_code(int code)
{
	for (size_t i = 0; i < conf_option_count; i++)
		if (option_code(i) == code)
			return &conf_options[i];
	return NULL;
}

static void
build_getopt_tables(struct option longs[MAX_OPTIONS + 1], char shorts[2 * MAX_OPTIONS + 2])
{
	char *s = shorts;

	*s++ = ':'; /* getopt then distinguishes a missing argument from an unknown option */
	for (size_t i = 0; i < conf_option_count && i < MAX_OPTIONS; i++) {
		const struct option_info *o = &conf_options[i];

		longs[i] = (struct option){o->name, o->arg ? required_argument : no_argument, NULL,
					   option_code(i)};
		if (!o->letter)
			continue;
		*s++ = o->letter;
		if (o->arg)
			*s++ = ':';
	}
	longs[conf_option_count] = (struct option){0};
	*s = '\0';
}

/* Options of tcpdump and tshark that mean something else here or are missing. */
static const struct {
	char letter;
	const char *hint;
} foreign_options[] = {
	{'A', N_("the screen shows the payload: Enter on a segment")},
	{'C', N_("capture files are not rotated; -c ends after N packets")},
	{'I', N_("to read a file use -r")},
	{'N', N_("for output without a screen use --report or --json")},
	{'T', N_("to read a file use -r, for JSON --json")},
	{'X', N_("the screen shows the bytes: Enter on a segment")},
	{'b', N_("for output without a screen use --report or --json")},
	{'d', N_("to choose an interface use -i")},
	{'e', N_("the screen shows link layer headers: Enter on a segment")},
	{'f', N_("the capture filter is written without an option, the screen filter with -Y")},
	{'l', N_("--json --segments already writes line by line")},
	{'t', N_("the key t chooses the time style on the screen")},
	{'x', N_("the screen shows the bytes: Enter on a segment")},
};

static enum conf_result
unknown_option(char *argv[], struct err *err)
{
	for (size_t i = 0; optopt && i < ARRAY_LEN(foreign_options); i++) {
		if (foreign_options[i].letter != optopt)
			continue;
		err_set(err, _("-%c is not an option here: %s"), optopt,
			_(foreign_options[i].hint));
		return CONF_USAGE;
	}
	char name[128];
	const char *word = argv[optind - 1];
	const struct option_info *o = optopt ? option_by_code(optopt) : NULL;
	if (o) {
		err_set(err, _("--%s takes no argument; see tcplens --help"), o->name);
	} else if (optopt) {
		char letter = (char)optopt;

		text_escape(name, sizeof(name), &letter, 1);
		err_set(err, _("unknown option -%s; see tcplens --help"), name);
	} else {
		text_escape(name, sizeof(name), word, strlen(word));
		err_set(err, _("unknown or ambiguous option %s; see tcplens --help"), name);
	}
	return CONF_USAGE;
}

static enum conf_result
missing_argument(struct err *err)
{
	const struct option_info *o = option_by_code(optopt);
	char name[64];
	struct text t = text_on(name, sizeof(name));

	add_name(&t, o);
	err_set(err, _("%s needs an argument: %s; see tcplens --help"), name, _(o->arg));
	return CONF_USAGE;
}

static enum conf_result
bad_value(const struct option_info *o, const char *arg, struct err *err)
{
	char name[64], value[128], expected[160];
	struct text n = text_on(name, sizeof(name));
	struct text e = text_on(expected, sizeof(expected));

	add_name(&n, o);
	describe_type(&e, o);
	text_escape(value, sizeof(value), arg, strlen(arg));
	err_set(err, _("%s \"%s\": expected %s"), name, value, expected);
	return CONF_USAGE;
}

static void
set_defaults(struct config *cfg)
{
	*cfg = (struct config){.speed = -1};
	for (size_t i = 0; i < conf_option_count; i++)
		if (conf_options[i].initial)
			set_value(cfg, &conf_options[i], conf_options[i].initial);
}

static enum conf_result
parse_options(struct config *cfg, int argc, char *argv[], struct err *err)
{
	struct option longs[MAX_OPTIONS + 1];
	char shorts[2 * MAX_OPTIONS + 2];
	int code;

	build_getopt_tables(longs, shorts);
	opterr = 0;
	optind = 0;
	while ((code = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (code == '?')
			return unknown_option(argv, err);
		if (code == ':')
			return missing_argument(err);
		const struct option_info *o = option_by_code(code);
		if (!set_value(cfg, o, optarg))
			return bad_value(o, optarg, err);
	}
	return CONF_OK;
}

/* ---- the capture filter ---- */

static char *
join_arguments(int argc, char *argv[])
{
	char *all = NULL;

	for (int i = 0; i < argc; i++) {
		char *longer = all ? xasprintf("%s %s", all, argv[i]) : xstrdup(argv[i]);

		free(all);
		all = longer;
	}
	return all;
}

/* Replaces comments and line ends by blanks. */
static void
blank_comments(char *s)
{
	bool comment = false;

	for (; *s; s++) {
		if (*s == '#')
			comment = true;
		else if (*s == '\n')
			comment = false;
		if (comment || *s == '\n')
			*s = ' ';
	}
}

/* Sets *err and returns false. */
static bool
unreadable_filter(const struct config *cfg, struct err *err)
{
	const int why = errno;
	char name[256];

	text_escape(name, sizeof(name), cfg->filter_file, strlen(cfg->filter_file));
	return err_set(err, _("-F %s: cannot be read: %s"), name, strerror(why));
}

static enum conf_result
open_filter_file(struct config *cfg, struct err *err)
{
	cfg->filter_stream = fopen(cfg->filter_file, "re");
	if (cfg->filter_stream)
		return CONF_OK;
	unreadable_filter(cfg, err);
	return CONF_ERROR;
}

/* The file's text, with a NUL behind it; to be freed. NULL and *err: it is none. */
static char *
read_filter_text(const struct config *cfg, struct err *err)
{
	char name[256];
	char *buf = xmalloc(MAX_FILTER_FILE);
	const size_t n = fread(buf, 1, MAX_FILTER_FILE - 1, cfg->filter_stream);

	buf[n] = '\0';
	if (!ferror(cfg->filter_stream) && n < MAX_FILTER_FILE - 1)
		return buf;
	if (ferror(cfg->filter_stream))
		unreadable_filter(cfg, err);
	else
		err_set(err, _("-F %s: too long for a filter"),
			text_escape(name, sizeof(name), cfg->filter_file,
				    strlen(cfg->filter_file)));
	free(buf);
	return NULL;
}

bool
conf_read_filter(struct config *cfg, struct err *err)
{
	if (!cfg->filter_stream)
		return true;
	char *text = read_filter_text(cfg, err);

	fclose(cfg->filter_stream);
	cfg->filter_stream = NULL;
	if (!text)
		return false;
	blank_comments(text);
	cfg->capture_filter = xstrdup(text);
	free(text);
	return true;
}

/* ---- contradictions ---- */

static const char *
contradiction(const struct config *cfg)
{
	if (!!cfg->interface + !!cfg->read_file + cfg->demo > 1)
		return _("only one of -i, -r and --demo can be given; see tcplens --help");
	if (cfg->speed >= 0 && !cfg->read_file && !cfg->demo)
		return _("--speed is for a file (-r) or --demo, not for a live capture");
	if (cfg->filter_file && cfg->capture_filter)
		return _("a capture filter is given twice: by -F and as arguments");
	if (cfg->columns && cfg->json)
		return _("--columns is for the table and the screens; --json always has every "
			 "field");
	if (cfg->summary && (cfg->json || cfg->segments || cfg->timers))
		return _("--summary is for the table, without lines for segments or timers");
	if (cfg->summary && (cfg->columns || cfg->sort))
		return _("--columns and --sort are for connections, --summary has none");
	if (cfg->screen_filter && (cfg->segments || cfg->timers))
		return _("-Y cannot be combined with --segments or --timers: it is evaluated when "
			 "a connection ends, after its segments were written; use a capture "
			 "filter");
	return NULL;
}

enum conf_result
conf_parse(struct config *cfg, int argc, char *argv[], struct err *err)
{
	set_defaults(cfg);
	enum conf_result r = parse_options(cfg, argc, argv, err);
	if (r != CONF_OK || cfg->help || cfg->version)
		return r;
	cfg->report |= cfg->json || cfg->segments || cfg->timers || cfg->summary || cfg->fail_on;
	cfg->capture_filter = join_arguments(argc - optind, argv + optind);
	const char *wrong = contradiction(cfg);
	if (wrong) {
		err_set(err, "%s", wrong);
		return CONF_USAGE;
	}
	return cfg->filter_file ? open_filter_file(cfg, err) : CONF_OK;
}

void
conf_free(struct config *cfg)
{
	if (cfg->filter_stream)
		fclose(cfg->filter_stream);
	cfg->filter_stream = NULL;
	free(cfg->capture_filter);
	cfg->capture_filter = NULL;
}

/* ---- help ---- */

/* Whether a line may be broken at s: at a blank, or before a wide character that is not
 * punctuation (CJK text has no blanks). */
static bool
may_break(const char *s)
{
	unsigned char lead = (unsigned char)s[0];

	return lead == ' ' || (lead >= 0xe3 && lead != 0xef && strncmp(s, "\xe3\x80", 2) != 0);
}

/* Length in bytes of the part of s that fits into `columns` and ends where lines may break. */
static size_t
line_break(const char *s, size_t columns)
{
	char cut[512];

	if (text_width(s) <= columns)
		return strlen(s);
	text_cut(cut, sizeof(cut), s, columns + 1);
	size_t n = 0;
	while (s[n] && s[n] == cut[n])
		n++;
	for (size_t i = n; i > 0; i--)
		if (may_break(s + i))
			return i;
	return n > 0 ? n : 1;
}

static void
print_wrapped(FILE *out, const char *s)
{
	while (*s) {
		size_t n = line_break(s, HELP_WIDTH - HELP_COLUMN);

		fprintf(out, "%.*s\n", (int)n, s);
		s += n;
		s += strspn(s, " ");
		if (*s)
			fprintf(out, "%*s", HELP_COLUMN, "");
	}
}

static void
print_option(FILE *out, const struct option_info *o)
{
	char left[128], help[1024];
	struct text t = text_on(left, sizeof(left));
	struct text h = text_on(help, sizeof(help));

	if (o->letter)
		text_add(&t, "  -%c, --%s", o->letter, o->name);
	else
		text_add(&t, "      --%s", o->name);
	if (o->arg)
		text_add(&t, "=%s", _(o->arg));
	text_add(&h, "%s", _(o->help));
	if (o->initial)
		text_add(&h, _(" Default: %s."), o->initial);
	size_t width = text_width(left);
	if (width + 2 > HELP_COLUMN)
		fprintf(out, "%s\n%*s", left, HELP_COLUMN, "");
	else
		fprintf(out, "%s%*s", left, (int)(HELP_COLUMN - width), "");
	print_wrapped(out, help);
}

void
conf_print_help(FILE *out)
{
	fputs(_("Usage: tcplens [OPTION]... [CAPTURE-FILTER]\n"
		"Shows every TCP connection on the wire: the state of each end, what was\n"
		"retransmitted and when the next retransmission is due, and what is wrong.\n"),
	      out);
	for (enum option_group g = 0; g < OPTION_GROUP_COUNT; g++) {
		fprintf(out, "\n%s:\n", _(option_group_title(g)));
		for (size_t i = 0; i < conf_option_count; i++)
			if (conf_options[i].group == g)
				print_option(out, &conf_options[i]);
	}
	fputs(_("\nThe capture filter is written as for tcpdump: see pcap-filter(7).\n"
		"\n"
		"  tcplens -i eth0 port 23       one port on one interface\n"
		"  tcplens -r trace.pcap.gz      a capture file\n"
		"  tcplens --demo                a tour without privileges\n"
		"  ssh host tcpdump -U -w - | tcplens -r -\n"
		"\n"
		"Exit status: 0 all is well, 1 an error, 2 wrong usage, 3 a --fail-on verdict.\n"),
	      out);
}
