/* SPDX-License-Identifier: MIT */
/*
 * report: output without a screen. Creates an engine with a sink, runs a source through it and
 * writes a table for people or JSON lines. There is no global state.
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
	REPORT_ERROR = 1,   /* the reason was written to standard error */
	REPORT_FAIL_ON = 3, /* a verdict of fail_on was seen */
};

struct report_config {
	enum report_format format;
	bool segments;            /* a line for every segment */
	bool timers;              /* a line for every change of a retransmission timer */
	bool verbose;             /* below each verdict of the table: what to check next */
	bool summary;             /* a table with a row per server instead of one per connection */
	const struct filter *filter; /* which connections are reported; NULL: all */
	struct sort_order sort;   /* of the connections; without a column: in the order they end */
	const struct column_list *columns; /* of the table; NULL: the default ones */
	uint64_t fail_on;         /* bit per enum verdict_code, from report_parse_fail_on */
	uint32_t max_connections; /* as in struct engine_config */
	size_t memory;            /* as in struct engine_config */
	int fd;                   /* where the report is written */
	/* Set by the signal handler that also calls source_stop(), and followed by a signal every
	 * second: a reader that has stopped reading then no longer keeps the program from ending.
	 * NULL: never set. */
	const volatile sig_atomic_t *interrupted;
};

/* Runs the open source to its end, or until source_stop(), and writes the report. The caller keeps
 * the source. A reader that closes the pipe ends the report without a message. SIGPIPE is ignored
 * from here on. Returns the exit status of the program. */
enum report_exit report_run(const struct report_config *cfg, struct source *s);

/* Parses a list such as "refused,no-answer" into bits. Returns false and sets err, which names the
 * known words, when a word is not a verdict. */
bool report_parse_fail_on(const char *list, uint64_t *out, struct err *err);

#endif
