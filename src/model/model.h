/* SPDX-License-Identifier: MIT */
/*
 * model: what a user can ask about connections: columns, the screen filter, the sorted index, and
 * findings and verdicts in words. No curses and no capture library here.
 */
#ifndef TCPLENS_MODEL_H
#define TCPLENS_MODEL_H

#include "core/engine.h"

/* ---- what a row of the list is made from ---- */

/* How cells are formatted. */
struct cell_style {
	bool ascii; /* no UTF-8 */
	bool bits;  /* rates in bits */
	bool names; /* service names instead of port numbers */
	int width;  /* columns available for this cell (endpoints are cut to it but keep their port,
		     * NEXT draws its bar when there is room); 0: no limit */
};

/* One connection as columns and filter words see it. */
struct row_context {
	const struct conn_facts *facts;
	nsec now;
	struct cell_style style; /* for format only, not for keys and filters */
};

/* ---- display_filter*.c: the screen filter ---- */
struct filter;
struct filter_operand;
struct filter_test;
/* What is wrong with an expression. */
struct filter_error {
	size_t at;          /* byte offset */
	char expected[160]; /* what was expected there, in the user's language */
	bool unfinished;    /* correct so far: more must follow */
};
/* NULL and *error when the expression is wrong; "" gives a filter that lets everything through. */
struct filter *filter_parse(const char *expr, struct filter_error *error);
void filter_free(struct filter *f);
/* Whether the filter lets the connection through; NULL lets everything through. Does not allocate
 * and takes a bounded time: it is called under the engine's lock. */
bool filter_match(const struct filter *f, const struct row_context *row);

/* One word of the language, or a form without a word, such as a bare port number. */
struct filter_word {
	const char *name;    /* NULL: a form without a word */
	const char *alias;   /* another name, or NULL */
	const char *example; /* a complete condition: "retx > 3" */
	const char *help;    /* N_() */
	/* What follows the word, and how a connection is tested for it; private to the filter. */
	const struct filter_operand *operand;
	bool (*match)(const struct filter *f, const struct filter_test *t,
		      const struct row_context *row);
};
extern const struct filter_word filter_words[];
extern const size_t filter_word_count;

#define COMPLETIONS_MAX 96

/* What the word at the cursor may become. */
struct filter_completion {
	size_t from; /* a candidate replaces the text from here to the cursor */
	size_t n;
	char candidates[COMPLETIONS_MAX][32]; /* words of the language first; lower case */
};
/* Fills *out for the word that ends at the cursor (in bytes; it may be empty). ports: those seen,
 * offered in this order where a port is possible. No candidates: nothing can follow, or what is
 * before the word is wrong. */
void filter_complete(const char *text, size_t cursor, const uint16_t *ports, size_t n_ports,
		     struct filter_completion *out);

/* ---- columns.c ---- */
enum align { ALIGN_LEFT, ALIGN_RIGHT };

/* The unit of a column's key. A column with a unit is a figure: negative means unknown, and a
 * filter can compare it with a value ("retx > 3"). */
enum unit {
	UNIT_NONE,   /* no figure */
	UNIT_COUNT,  /* shown as 999, 1.2k, 34M */
	UNIT_NUMBER, /* shown in full */
	UNIT_BYTES,
	UNIT_RATE,     /* bytes per second */
	UNIT_DURATION, /* nanoseconds */
};

#define TEXT_KEY_MAX 64 /* bytes */

struct column {
	const char *name;  /* for options and the filter: "state" */
	const char *title; /* N_() */
	const char *help;  /* N_() */
	int width;         /* minimum; grows up to max_width when there is room */
	int max_width;
	enum align align;
	int from_width;  /* shown by default on screens at least this wide; 0 always; -1 only if
			    chosen */
	bool descending; /* sorts largest first by default */
	enum unit unit;
	/* NULL: a figure, formatted by its unit */
	void (*format)(const struct row_context *row, char *out, size_t size);
	/* Sort key, smaller first; INT64_MAX: no value, last in either direction. */
	int64_t (*key)(const struct row_context *row);
	/* Orders rows of equal keys: bytes compared as by memcmp. Returns how many were written; 0:
	 * none, last in either direction. NULL: the key alone orders the rows. */
	size_t (*text_key)(const struct row_context *row, uint8_t out[TEXT_KEY_MAX]);
	bool ages; /* the key changes with time alone */
};
extern const struct column columns[];
extern const size_t column_count;
/* NULL when there is none of that name. */
const struct column *column_by_name(const char *name);
/* Formats the cell of a row, whose style says how. */
void column_format(const struct column *c, const struct row_context *row, char *out, size_t size);
/* The smoothed round-trip time between the endpoints; -1 unknown. */
nsec conn_rtt(const struct conn_facts *f);

/* ---- sort_order.c ---- */

/* An order of connections. */
struct sort_order {
	const struct column *column; /* NULL: errors, warnings, the rest; each newest first */
	bool reverse;                /* against the column's own direction */
};
/* Sort key of a row, direction included: smaller first. */
int64_t sort_key(const struct sort_order *o, const struct row_context *row);
/* The text key that orders rows of equal keys; returns its length, 0: there is none. */
size_t sort_text_key(const struct sort_order *o, const struct row_context *row,
		     uint8_t out[TEXT_KEY_MAX]);
/* As memcmp, direction included; no text (length 0) comes last. */
int sort_compare_text(const struct sort_order *o, const uint8_t *a, size_t n_a, const uint8_t *b,
		      size_t n_b);

#define COLUMN_LIST_MAX 64

struct column_list {
	size_t n;
	const struct column *at[COLUMN_LIST_MAX]; /* each once */
};
/* "client,server,retx". False and *err: a name is unknown or given twice. */
bool column_list_parse(const char *names, struct column_list *out, struct err *err);
/* "retx" or "retx:reverse". False and *err: it is neither. */
bool sort_order_parse(const char *text, struct sort_order *out, struct err *err);

/* ---- index.c: the filtered, sorted list of connections ---- */
struct index;

/* How many connections have a verdict of that severity. */
struct severity_counts {
	size_t errors, warnings;
};
struct index *index_new(struct engine *e);
void index_free(struct index *ix);
/* Takes ownership of f; NULL lets everything through. */
void index_set_filter(struct index *ix, struct filter *f);
/* Sorts by a column, NULL as in struct sort_order. */
void index_set_sort(struct index *ix, const struct column *c, bool reverse);
/* While held no row moves, and new rows are added at the end. */
void index_hold_order(struct index *ix, bool hold);
void index_hide_closed(struct index *ix, bool hide);
/* Works on the next list for about `budget`; returns whether the shown list changed. Call it on
 * every frame. now: the engine's time. */
bool index_step(struct index *ix, nsec now, nsec budget);
/* Whether the shown list is complete for the present filter and order. */
bool index_settled(const struct index *ix);
/* How long until index_step() has something to do: 0 now, NSEC_NEVER until something changes. */
nsec index_wait(const struct index *ix);
size_t index_count(const struct index *ix);
/* Of the shown list, as of when it was built. */
struct severity_counts index_severities(const struct index *ix);
/* ref.gen 0: there is no such row. */
struct connref index_at(const struct index *ix, size_t row);
/* Row of a connection, or -1. */
ptrdiff_t index_find(const struct index *ix, struct connref ref);

/* ---- server_stats.c: connections summed up by their server ---- */
enum server_count {
	SERVER_CONNECTIONS,
	SERVER_OPEN,
	SERVER_REFUSED, /* by a reset or an ICMP error */
	SERVER_UNANSWERED,
	SERVER_RESET,
	SERVER_TIMED_OUT,
	SERVER_SEGMENTS,
	SERVER_RETRANSMISSIONS,
	SERVER_BYTES_IN,  /* unique payload of the clients */
	SERVER_BYTES_OUT, /* and of the server */
	SERVER_COUNT_COUNT,
};

/* Some of n durations, chosen so that each had the same chance. */
struct duration_sample {
	uint64_t n;
	nsec kept[32];
};
/* The duration below which `percent` of the sample lie; -1: there are none. */
nsec duration_quantile(const struct duration_sample *s, unsigned percent);

struct server_stats {
	struct endpoint end;
	uint64_t counts[SERVER_COUNT_COUNT];
	uint64_t verdicts[VERDICT_COUNT]; /* connections with each */
	struct duration_sample rtt;       /* of the connections that have one */
};

/* Retransmissions among the segments: "0.3%"; "-" without segments. Returns out. */
char *server_retransmission_text(const struct server_stats *s, char *out, size_t size);

/* At most max servers have an entry of their own. Ends the program when memory is exhausted. */
struct server_table;
struct server_table *server_table_new(size_t max, uint64_t seed);
void server_table_free(struct server_table *t);
/* A connection that was added before (with the same id, and not long ago) is replaced. */
void server_table_add(struct server_table *t, const struct conn_facts *f);
/* A copy of the entries, those with most failures first; *out is the caller's. Returns how many. */
size_t server_table_sorted(const struct server_table *t, struct server_stats **out);
/* The sum of the servers that found no room. */
const struct server_stats *server_table_others(const struct server_table *t);

/* ---- verdict_words.c, segment_notes.c: texts in the user's language; they return out ---- */
/* "no answer to 6 SYNs in 31s; next attempt in 14.8s; gives up at 10:25:34" */
char *verdict_text(char *out, size_t size, const struct verdict *v, const struct conn_facts *f,
		   nsec now);
/* For the list's DIAGNOSIS column, at most 28 columns: "no answer ×6" */
char *verdict_short(char *out, size_t size, const struct verdict *v, const struct conn_facts *f,
		    nsec now);
/* What to look at next: "ss -ltn on 10.0.0.9: does anything listen on 54321?" */
char *verdict_check(char *out, size_t size, const struct verdict *v, const struct conn_facts *f,
		    nsec now);
/* "[Retransmission RTO #3 +1.02s, needed]" "[Dup ACK 3]"; "" without findings. */
char *segment_notes(char *out, size_t size, const struct segment *s);

/* Where time goes, translated: "receiver's window". */
const char *time_class_label(enum time_class t);

#endif
