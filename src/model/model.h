/* SPDX-License-Identifier: MIT */
/*
 * model: what a user can ask about connections: columns, the screen filter, the sorted index, and
 * findings and verdicts in words. No curses and no capture library here.
 */
#ifndef TCPLENS_MODEL_H
#define TCPLENS_MODEL_H

#include "core/core.h"

/* ---- display_filter.c: the screen filter's language ---- */
struct filter;
/* Where an expression stops making sense: byte offset, and what was expected there (translated). */
struct filter_error {
	size_t at;
	char expected[160];
	bool unfinished; /* right so far: more must follow */
};
/* NULL and *error when wrong; "" gives a filter that matches everything. */
struct filter *filter_parse(const char *expr, struct filter_error *error);
void filter_free(struct filter *f);
/* match_fn for engine_scan: arg is a const struct filter_query *. */
struct filter_query {
	const struct filter *filter;
	nsec now;
	const struct column *sort;
	bool hide_closed;
};
bool filter_match(const void *query, const struct conn_facts *f);
int64_t filter_key(const void *query, const struct conn_facts *f);

/* The words of the language, for help and the man page. */
struct filter_word {
	const char *syntax; /* "retx > N" */
	const char *help;   /* N_() */
};
extern const struct filter_word filter_words[];
extern const size_t filter_word_count;

/* ---- columns.c ---- */
enum align { ALIGN_LEFT, ALIGN_RIGHT };

/* What a column's key is, where it can be compared with a number in a filter ("retx > 3"). */
enum unit {
	UNIT_NONE, /* not a figure */
	UNIT_COUNT,
	UNIT_BYTES,
	UNIT_RATE,     /* bytes per second */
	UNIT_DURATION, /* nsec; negative unknown */
};

/* How cells are to be written. */
struct cell_style {
	nsec now;
	bool ascii; /* no UTF-8 */
	bool bits;  /* rates in bits */
	bool names; /* service names */
	int width;  /* columns that this cell may take (addresses are cut to keep their port,
		     * NEXT draws its bar when there is room); 0: as many as it likes */
};

struct column {
	const char *name;  /* for options and sort: "state" */
	const char *title; /* N_() */
	const char *help;  /* N_() */
	int width;         /* at least; grows up to max_width when there is room */
	int max_width;
	enum align align;
	int from_width;  /* shown by default on screens at least this wide; 0 always; -1 only if
			    chosen */
	bool descending; /* sorts largest first by default */
	enum unit unit;  /* of key, for filters */
	void (*format)(const struct conn_facts *f, const struct cell_style *st, char *out,
		       size_t size);
	int64_t (*key)(const struct conn_facts *f, nsec now); /* sort key, smaller first */
	bool ages; /* the key changes with time alone, and not alike for all rows */
};
/* The smoothed round trip between the ends; -1 unknown. */
nsec conn_rtt(const struct conn_facts *f);
extern const struct column columns[];
extern const size_t column_count;
const struct column *column_by_name(const char *name);

/* ---- index.c: the filtered, sorted list of connections ---- */
struct index;
struct index *index_new(struct engine *e);
void index_free(struct index *ix);
/* Takes over f (freed later); NULL = everything. */
void index_set_filter(struct index *ix, struct filter *f);
void index_set_sort(struct index *ix, const struct column *c, bool reverse);
void index_hold_order(struct index *ix, bool hold); /* new rows at the end, nothing moves */
void index_hide_closed(struct index *ix, bool hide);
/* Works for at most about `budget`; true when the list changed. Call on every frame. */
bool index_step(struct index *ix, nsec now, nsec budget);
bool index_settled(const struct index *ix); /* nothing left to do */
/* How long until index_step() has something to do: 0 now, NSEC_NEVER when nothing changed. */
nsec index_wait(const struct index *ix);
size_t index_count(const struct index *ix);
struct connref index_at(const struct index *ix, size_t row);
/* Row of a connection, or -1. */
ptrdiff_t index_find(const struct index *ix, struct connref ref);

/* ---- words.c: sentences, in the user's language ---- */
/* "no answer to 6 SYNs in 31s; next attempt in 14.8s; gives up at 10:25:34" */
char *verdict_text(char *out, size_t size, const struct verdict *v, const struct conn_facts *f,
		   nsec now);
/* For the list's DIAGNOSIS column: "no answer to 6 SYNs" */
char *verdict_short(char *out, size_t size, const struct verdict *v, const struct conn_facts *f,
		    nsec now);
/* "[Retransmission RTO #3 +1.02s, needed]" "[Dup ACK 3]"; "" when nothing. */
char *segment_notes(char *out, size_t size, const struct segment *s);

#endif
