/* SPDX-License-Identifier: MIT */
/*
 * report: output without a screen. Makes an engine with a sink, runs a source through it and writes
 * a readable table or JSON lines. One thread ingests and writes; nothing here is global.
 */
#ifndef TCPLENS_REPORT_H
#define TCPLENS_REPORT_H

#include "core/engine.h"
#include "model/model.h"
#include "source/source.h"

#include <signal.h>

enum report_format {
	REPORT_TABLE, /* --report: for people */
	REPORT_JSON,  /* --json: one object per line */
};

enum report_exit {
	REPORT_OK = 0,
	REPORT_ERROR = 1,   /* one line on standard error said why */
	REPORT_FAIL_ON = 3, /* a verdict of fail_on was seen */
};

struct report_config {
	enum report_format format;
	bool segments;            /* every segment too */
	bool timers;              /* every change of a retransmission timer too */
	bool verbose;             /* the table says below each verdict what to check next */
	bool summary;             /* the table has a row per server, not per connection */
	const struct filter *filter; /* of the connections, as they are at their end; NULL: all */
	struct sort_order sort;   /* of the connections; no column: as they end */
	const struct column_list *columns; /* of the table; NULL: its own */
	uint64_t fail_on;         /* bit per enum verdict_code, from report_parse_fail_on */
	uint32_t max_connections; /* as in struct engine_config */
	size_t memory;            /* as in struct engine_config */
	int fd;                   /* where to write: 1 = standard output */
	/* Set by the signal handler that also calls source_stop(), and followed by a signal every
	 * second: a reader that has stopped reading then no longer keeps the program from ending.
	 * NULL: never set. */
	const volatile sig_atomic_t *interrupted;
};

/* Runs the open source to its end (or to source_stop) and reports. The caller keeps the source.
 * A reader that closes the pipe ends it quietly. Ignores SIGPIPE from here on. Returns the exit
 * status of the program. */
enum report_exit report_run(const struct report_config *cfg, struct source *s);

/* "refused,no-answer" → bits. false and err (naming the known words) when a word is none. */
bool report_parse_fail_on(const char *list, uint64_t *out, struct err *err);

#endif
