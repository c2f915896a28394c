/* SPDX-License-Identifier: MIT */
/*
 * main: parses the command line, opens the source, drops privileges, and runs the screens or a
 * report; exit status and signals. The only file that knows all layers.
 */
#include "config.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/i18n.h"
#include "conf/conf.h"
#include "conf/settings.h"
#include "demo.h"
#include "report/report.h"
#include "ui/ui.h"

#define MAX_INTERFACES 256

enum { EXIT_WELL = 0, EXIT_ERROR = 1, EXIT_USAGE = 2 };

/* For the signal handler: the source that it stops, and whether it did. */
static struct source *volatile stoppable;
static volatile sig_atomic_t interrupted;

static int
complain(int status, const struct err *err)
{
	err_print("%s", err->msg);
	return status;
}

/* Opens /dev/null in place of a standard stream that is closed, so that no file or socket gets its
 * number and has messages written into it. Using such a stream fails. */
static void
reserve_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
	}
}

static void
start_translations(void)
{
	setlocale(LC_ALL, "");
	bindtextdomain(PACKAGE, LOCALEDIR);
	textdomain(PACKAGE);
	tzset();
}

/* Flushes standard output; returns the exit status. */
static int
finish_output(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_WELL;
	struct err err;
	err_set(&err, _("standard output cannot be written"));
	return complain(EXIT_ERROR, &err);
}

static int
print_version(void)
{
	puts(PACKAGE_STRING);
	return finish_output();
}

static void
print_interface(int number, const struct interface_info *i)
{
	const char *state = i->running ? _("running") : i->up ? _("up") : _("down");

	printf("%d.%s [%s] %s", number, i->name, state, i->addresses);
	if (i->description[0] != '\0')
		printf(" (%s)", i->description);
	putchar('\n');
}

static int
print_interfaces(void)
{
	struct err err;
	struct interface_info *all = xcalloc(MAX_INTERFACES, sizeof(*all));
	int n = interfaces_list(all, MAX_INTERFACES, &err);

	for (int i = 0; i < n; i++)
		print_interface(i + 1, &all[i]);
	free(all);
	return n < 0 ? complain(EXIT_ERROR, &err) : finish_output();
}

/* ---- the source ---- */

static struct source_config
source_config(const struct config *cfg)
{
	bool screen = !cfg->report;
	double own_pace = cfg->demo && screen ? 1 : 0;

	return (struct source_config){
		.interface = cfg->interface,
		.read_file = cfg->read_file,
		.memory = cfg->demo ? demo_capture : NULL,
		.memory_len = cfg->demo ? demo_capture_len : 0,
		.memory_name = cfg->demo ? "demo" : NULL,
		.write_file = cfg->write_file,
		.overwrite = cfg->overwrite,
		.filter = cfg->capture_filter,
		.linktype = cfg->linktype,
		.snaplen = cfg->snaplen,
		.buffer_kib = cfg->buffer_kib,
		.no_promisc = cfg->no_promisc,
		.direction = cfg->direction,
		.max_packets = cfg->max_packets,
		.speed = cfg->speed >= 0 ? cfg->speed : own_pace,
		.keep_bytes = screen,
		.spool_dir = cfg->spool_dir,
		.store_memory = cfg->memory / 4,
		.user = cfg->user,
	};
}

/* Parses -Y; without it, a filter that everything passes. NULL and err if it is wrong. */
static struct filter *
screen_filter(const struct config *cfg, struct err *err)
{
	const char *expr = cfg->screen_filter ? cfg->screen_filter : "";
	struct filter_error wrong;
	struct filter *f = filter_parse(expr, &wrong);

	if (f)
		return f;
	char shown[256];
	text_escape(shown, sizeof(shown), expr, strlen(expr));
	err_set(err, _("-Y \"%s\": at character %zu: expected %s"), shown, wrong.at + 1,
		wrong.expected);
	return NULL;
}

/* Why there is no source. */
struct open_failure {
	struct err err;
	int status;  /* for exit */
	bool denied; /* permission to capture is missing, nothing else */
};

static struct source *
fail_to_open(struct source *s, struct open_failure *fail, int status, const struct err *err)
{
	*fail = (struct open_failure){*err, status, false};
	source_close(s);
	return NULL;
}

/* Drops privileges after opening, whether or not that succeeded, and before anything is read or
 * -Y is parsed. *filter, also if NULL is returned: to be freed, or NULL. */
static struct source *
open_source(struct config *cfg, const struct source_config *sc, struct filter **filter,
	    struct open_failure *fail)
{
	struct err why;

	*fail = (struct open_failure){.status = EXIT_ERROR};
	*filter = NULL;
	struct source *s = source_open(sc, &fail->err, &fail->denied);

	if (!privs_drop(cfg->user, &why) || !conf_read_filter(cfg, &why))
		return fail_to_open(s, fail, EXIT_ERROR, &why);
	*filter = screen_filter(cfg, &why);
	if (!*filter)
		return fail_to_open(s, fail, EXIT_USAGE, &why);
	if (!s)
		return NULL;
	source_choose_filter(s, cfg->capture_filter);
	return source_prepare(s, &why) ? s : fail_to_open(s, fail, EXIT_ERROR, &why);
}

/* ---- without a screen ---- */

/* Repeats itself every second as SIGALRM, to interrupt a write that blocks after the first call. */
static void
on_signal(int sig)
{
	(void)sig;
	interrupted = 1;
	if (stoppable)
		source_stop(stoppable);
	alarm(1);
}

/* The first signal ends the report with its summary; a second one ends the program at once. */
static void
catch_signals(struct source *s)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction act = {.sa_handler = on_signal};

	sigemptyset(&act.sa_mask);
	stoppable = s;
	sigaction(SIGALRM, &act, NULL);
	act.sa_flags = (int)SA_RESETHAND;
	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		struct sigaction old;

		sigaction(signals[i], NULL, &old);
		if (old.sa_handler != SIG_IGN) /* nohup */
			sigaction(signals[i], &act, NULL);
	}
}

/* Parses --sort and --columns; columns->n is 0 without the latter. */
static bool
list_options(const struct config *cfg, struct sort_order *sort, struct column_list *list,
	     struct err *err)
{
	struct err wrong;

	*sort = (struct sort_order){NULL, false};
	list->n = 0;
	if (cfg->sort && !sort_order_parse(cfg->sort, sort, &wrong))
		return err_set(err, "--sort: %s", wrong.msg);
	if (cfg->columns && !column_list_parse(cfg->columns, list, &wrong))
		return err_set(err, "--columns: %s", wrong.msg);
	return true;
}

static int
report_source(struct config *cfg, struct report_config *rc)
{
	struct open_failure fail;
	struct filter *filter;
	struct source_config sc = source_config(cfg);
	struct source *s = open_source(cfg, &sc, &filter, &fail);

	if (!s) {
		filter_free(filter);
		return complain(fail.status, &fail.err);
	}
	rc->filter = filter;
	catch_signals(s);
	const int status = (int)report_run(rc, s);
	stoppable = NULL;
	source_close(s);
	filter_free(filter);
	return status;
}

static int
run_report(struct config *cfg)
{
	struct err err;
	struct report_config rc = {
		.format = cfg->json ? REPORT_JSON : REPORT_TABLE,
		.segments = cfg->segments,
		.timers = cfg->timers,
		.summary = cfg->summary,
		.verbose = cfg->verbose,
		.max_connections = cfg->max_connections,
		.memory = cfg->memory,
		.fd = STDOUT_FILENO,
		.interrupted = &interrupted,
	};
	struct column_list list;

	if (cfg->fail_on && !report_parse_fail_on(cfg->fail_on, &rc.fail_on, &err))
		return complain(EXIT_USAGE, &err);
	if (!list_options(cfg, &rc.sort, &list, &err))
		return complain(EXIT_USAGE, &err);
	if (list.n > 0)
		rc.columns = &list;
	return report_source(cfg, &rc);
}

/* ---- screens ---- */

/* The state behind the screens. */
struct session {
	struct config *cfg;
	struct engine *engine;
	struct source *source; /* started; NULL: none */
	struct err unwritten;  /* why the file of -w is incomplete; "": it is not */
	struct sort_order sort;
	struct column_list columns;
};

static void
close_source(struct session *ss)
{
	struct source_status st;

	source_end(ss->source);
	source_status(ss->source, &st);
	if (st.write_failed)
		err_set(&ss->unwritten, "%s", st.message);
	source_close(ss->source);
}

static bool
start_source(struct session *ss, const struct source_config *sc, struct open_failure *fail)
{
	struct filter *filter;
	struct source *s = open_source(ss->cfg, sc, &filter, fail);

	filter_free(filter); /* the screens parse it themselves */
	if (!s)
		return false;
	if (!source_start(s, ss->engine, &fail->err)) {
		source_close(s);
		return false;
	}
	ss->source = s;
	return true;
}

/* Switches to another interface. It is opened before the old source is closed, so that failure
 * changes nothing. */
static struct source *
open_interface(void *ctx, const char *name, struct err *err)
{
	struct session *ss = ctx;
	struct source_config sc = source_config(ss->cfg);

	sc.interface = name;
	sc.read_file = NULL;
	sc.memory = NULL;
	sc.write_file = NULL;
	sc.speed = 0;
	bool denied;
	struct source *s = source_open(&sc, err, &denied);
	if (!s && denied)
		err_set(err, _("privileges were dropped: start again with tcplens -i %s"), name);
	if (!s)
		return NULL;
	if (!source_prepare(s, err)) {
		source_close(s);
		return NULL;
	}
	if (ss->source)
		close_source(ss);
	engine_clear(ss->engine);
	if (!source_start(s, ss->engine, err))
		die("%s", err->msg); /* the old source is closed already */
	return ss->source = s;
}

static struct engine *
new_engine(const struct config *cfg, struct err *err)
{
	struct engine_config ec = {
		.max_connections = cfg->max_connections,
		.memory = cfg->memory - cfg->memory / 4,
		.history = true,
	};

	if (getrandom(&ec.seed, sizeof(ec.seed), 0) != (ssize_t)sizeof(ec.seed))
		ec.seed = (uint64_t)time(NULL) ^ (uint64_t)getpid() << 32;
	return engine_new(&ec, err);
}

/* The file for the settings of the screens, to be freed; NULL: none, or it belongs to another user,
 * as with sudo. Privileges must have been dropped. */
static char *
own_settings_path(void)
{
	char *path = settings_supported() ? settings_path() : NULL;

	if (path && settings_are_own(path))
		return path;
	free(path);
	return NULL;
}

static int
show_screens(struct session *ss, const char *notice)
{
	const struct config *cfg = ss->cfg;
	struct err err;
	char *settings = own_settings_path();
	const struct ui_config uc = {
		.engine = ss->engine,
		.source = ss->source,
		.filter = cfg->screen_filter,
		.sort = ss->sort,
		.columns = ss->columns.n > 0 ? &ss->columns : NULL,
		.capture_filter = cfg->capture_filter,
		.settings_path = settings,
		.notice = notice,
		.absolute_seq = cfg->absolute_seq,
		.bits = cfg->bits,
		.ascii = cfg->ascii,
		.mono = cfg->mono,
		.open_interface = open_interface,
		.ctx = ss,
	};

	const int end = ui_run(&uc, &err);

	free(settings);
	return end < 0 ? complain(EXIT_ERROR, &err) : EXIT_WELL;
}

static int
run_screens(struct config *cfg)
{
	struct err err;
	struct open_failure fail;
	struct session ss = {.cfg = cfg};
	struct source_config sc = source_config(cfg);

	if (!list_options(cfg, &ss.sort, &ss.columns, &err))
		return complain(EXIT_USAGE, &err);
	ss.engine = new_engine(cfg, &err);
	if (!ss.engine)
		return complain(EXIT_ERROR, &err);
	int status = EXIT_ERROR;
	if (start_source(&ss, &sc, &fail) || fail.denied)
		status = show_screens(&ss, fail.denied ? fail.err.msg : NULL);
	if (ss.source)
		close_source(&ss);
	else
		status = complain(fail.status, &fail.err);
	if (ss.unwritten.msg[0])
		status = complain(EXIT_ERROR, &ss.unwritten);
	engine_free(ss.engine);
	return status;
}

static int
run(struct config *cfg)
{
	if (cfg->version)
		return print_version();
	if (cfg->help) {
		conf_print_help(stdout);
		return finish_output();
	}
	if (cfg->list_interfaces)
		return print_interfaces();
	if (!isatty(STDOUT_FILENO))
		cfg->report = true;
	return cfg->report ? run_report(cfg) : run_screens(cfg);
}

int
main(int argc, char *argv[])
{
	struct config cfg;
	struct err err;

	privs_suspend();
	signal(SIGXFSZ, SIG_IGN); /* the limit of file sizes shows as an error of write(2) */
	reserve_standard_streams();
	start_translations();
	enum conf_result r = conf_parse(&cfg, argc, argv, &err);
	int status = r == CONF_OK ? run(&cfg) : complain((int)r, &err);
	conf_free(&cfg);
	return status;
}
