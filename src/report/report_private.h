/* SPDX-License-Identifier: MIT */
/* report_private: what the files of this layer share. */
#ifndef TCPLENS_REPORT_PRIVATE_H
#define TCPLENS_REPORT_PRIVATE_H

#include "report/report.h"
#include "report/output.h"

/* One output format: how each kind of line is written. */
struct report_lines {
	void (*capture)(struct output *w, const struct report_config *cfg,
			const struct source_status *st);
	void (*segment)(struct output *w, const struct segment *s);
	void (*timer)(struct output *w, const struct timer_event *t);
	void (*icmp)(struct output *w, const struct icmp_record *r);
	/* now: the time up to which an open connection is described */
	void (*connection)(struct output *w, const struct report_config *cfg,
			   const struct conn_detail *d, nsec now);
	void (*summary)(struct output *w, const struct totals *t, const struct source_status *st);
};

extern const struct report_lines report_json;
extern const struct report_lines report_table;

/* ---- report_servers.c ---- */

void report_servers_title(struct output *w);
/* The rows of all servers, those with most failures first. */
void report_servers(struct output *w, const struct server_table *t);

/* ---- report_columns.c ---- */

#define INDENT "        " /* of the lines below a row */

/* Writes a title and a blank. |width| is the width in terminal columns; a negative width aligns the
 * title to the right. */
void report_title(struct output *w, const char *title, int width);
/* Writes a line for each verdict with a count above 0. */
void report_verdict_counts(struct output *w, const uint64_t counts[VERDICT_COUNT]);

/* The heading and a row of the columns that the user chose. */
void report_columns_title(struct output *w, const struct column_list *list);
void report_columns_row(struct output *w, const struct column_list *list,
			const struct row_context *row);

/* ---- report_sort.c ---- */

/* Lines of connections, kept until they can be written in order. */
struct report_sort {
	struct sort_order order;
	struct output text;      /* the lines */
	struct output text_keys; /* and their text keys */
	struct sorted_line *lines;
	size_t n, capacity;
};

/* Adds the lines of one connection; text is copied. */
void report_sort_add(struct report_sort *s, const struct row_context *row, const char *text,
		     size_t len);
/* Bytes of memory in use. */
size_t report_sort_size(const struct report_sort *s);
/* Emits all lines in order and drops them. */
void report_sort_emit(struct report_sort *s, void (*emit)(void *ctx, const char *text, size_t len),
		      void *ctx);
void report_sort_free(struct report_sort *s);

/* ---- report_queue.c ---- */

/* Keeps lines in capture order. A segment whose analysis may still be revised is held, and so is
 * everything after it, until the segment is final, has been held for max_hold of the capture's
 * time, or there are more than max_items lines. */
struct report_queue {
	size_t max_items;
	nsec max_hold; /* 0: no limit */
	nsec now;      /* latest time of a segment, or of report_queue_advance() */
	void *ctx;
	void (*emit_segment)(void *ctx, const struct segment *s);
	void (*emit_text)(void *ctx, const char *text, size_t len);

	struct report_item *ring; /* capacity is a power of two */
	size_t capacity, head, count;
};

void report_queue_segment(struct report_queue *q, const struct segment *s);
/* Replaces a segment that is still held; ignored when it was already emitted. */
void report_queue_amend(struct report_queue *q, const struct segment *s);
/* Adds a line that is final; it is copied when it has to wait. */
void report_queue_text(struct report_queue *q, const char *text, size_t len);
/* Emits what has been held for max_hold at the time now. */
void report_queue_advance(struct report_queue *q, nsec now);
/* Emits everything that is held and frees the memory. */
void report_queue_finish(struct report_queue *q);

/* ---- write_out.c ---- */

/* Writes len bytes to fd; waits while the reader is slow, also where fd does not block. Once
 * *interrupted is set (NULL: never) it gives up, with ETIMEDOUT, when a signal comes twice and
 * nothing was written in between. Returns 0, or the errno value for which not all was written. */
int write_out(int fd, const char *p, size_t len, const volatile sig_atomic_t *interrupted);

#endif
