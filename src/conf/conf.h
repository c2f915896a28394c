/* SPDX-License-Identifier: MIT */
/*
 * conf: the command line. One table of options drives the parser, --help, the man page and the
 * tests. Knows plain values only, not what a filter or an interface means.
 */
#ifndef TCPLENS_CONF_H
#define TCPLENS_CONF_H

#include <stdio.h>

#include "base/base.h"

/* The parsed command line. Strings are borrowed from argv unless marked as owned. */
struct config {
	/* Source of packets: at most one of these three; none: the interface "any". */
	const char *interface; /* -i */
	const char *read_file; /* -r; "-" standard input */
	bool demo;

	double speed;		/* of a replay; 0 as fast as possible; -1 not given */
	const char *write_file; /* -w */
	bool overwrite;         /* -w may replace a file */
	uint32_t snaplen;	/* bytes */
	uint32_t buffer_kib;
	bool no_promisc;
	uint64_t max_packets; /* 0 no limit */
	const char *linktype; /* -y */
	char direction;	      /* 'i' in, 'o' out, 0 both */
	const char *user;     /* -Z */
	const char *filter_file;
	FILE *filter_stream;  /* -F, open until it is read; owned; NULL none */
	char *capture_filter; /* from -F or the remaining arguments; owned; NULL: everything */

	const char *screen_filter; /* -Y, unchecked */
	const char *sort;	   /* column, perhaps with ":reverse", unchecked; NULL none */
	const char *columns;	   /* list of columns, unchecked; NULL none */
	bool numeric; /* accepted as by tcpdump; numbers are the default */
	bool absolute_seq, bits, ascii, mono;

	bool report, json; /* json implies report */
	bool segments, timers, summary, verbose;
	const char *fail_on; /* list of verdicts, unchecked; NULL none */

	uint64_t memory; /* bytes for history and packets together */
	const char *spool_dir; /* NULL: not given */
	uint32_t max_connections;

	bool list_interfaces, help, version;
};

enum option_group {
	OPTIONS_INPUT,
	OPTIONS_CAPTURE,
	OPTIONS_SCREEN,
	OPTIONS_OUTPUT,
	OPTIONS_LIMITS,
	OPTIONS_OTHER,
	OPTION_GROUP_COUNT,
};

enum option_type {
	OPT_FLAG,	/* bool: no argument */
	OPT_TEXT,	/* const char * */
	OPT_UINT32,	/* min … max */
	OPT_UINT64,	/* min … max */
	OPT_BYTES,	/* uint64_t with k M G, binary; min … max */
	OPT_KIB,	/* uint32_t: a plain number is KiB, with k M G bytes; min … max in KiB */
	OPT_SPEED,	/* double ≥ 0 */
	OPT_DIRECTION,	/* char */
};

/* One option. */
struct option_info {
	const char *name;    /* long */
	char letter;	     /* 0 none */
	const char *arg;     /* N_() word for the argument; NULL takes none */
	const char *initial; /* default, in the form that the parser accepts; NULL none */
	const char *help;    /* N_() */
	size_t offset;	     /* of the value in struct config */
	uint64_t min, max;
	enum option_type type;
	enum option_group group;
};

extern const struct option_info conf_options[];
extern const size_t conf_option_count;
/* N_() heading of a group. */
const char *option_group_title(enum option_group g);

enum conf_result {
	CONF_OK = 0,
	CONF_ERROR = 1, /* a file that could not be read */
	CONF_USAGE = 2, /* wrong usage */
};

/* Parses the command line into *cfg and opens the file of -F. Unless CONF_OK is returned, *err is
 * one line. */
enum conf_result conf_parse(struct config *cfg, int argc, char *argv[], struct err *err);
/* Reads the file of -F, if any, into cfg->capture_filter; to be called without privileges. */
bool conf_read_filter(struct config *cfg, struct err *err);
void conf_free(struct config *cfg);
/* Prints --help in the user's language. */
void conf_print_help(FILE *out);

#endif
