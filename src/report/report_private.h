/* SPDX-License-Identifier: MIT */
/* report, between its own files: the formats, and the queue that keeps lines in capture order. */
#ifndef TCPLENS_REPORT_PRIVATE_H
#define TCPLENS_REPORT_PRIVATE_H

#include "report/report.h"
#include "report/output.h"

/* One output format: how each kind of line is written. A missing one is not written. */
struct report_lines {
	void (*capture)(struct output *w, const struct report_config *cfg,
			const struct source_status *st);
	void (*segment)(struct output *w, const struct segment *s);
	void (*timer)(struct output *w, const struct timer_event *t);
	void (*icmp)(struct output *w, const struct icmp_record *r);
	/* now: the capture's time, for what is still going on */
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

#define INDENT "        " /* of what stands below a row */

/* A title and a blank, as wide on a terminal as the cells below it in any language; width is
 * negative where they stand at the right. */
void report_title(struct output *w, const char *title, int width);
/* A line for each verdict that connections have. */
void report_verdict_counts(struct output *w, const uint64_t counts[VERDICT_COUNT]);

/* The table's heading and row with the columns that the user chose. */
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

/* Adds what was written for a connection. */
void report_sort_add(struct report_sort *s, const struct row_context *row, const char *text,
		     size_t len);
/* Bytes of memory that are used. */
size_t report_sort_size(const struct report_sort *s);
/* Emits every line in order and forgets them. */
void report_sort_emit(struct report_sort *s, void (*emit)(void *ctx, const char *text, size_t len),
		      void *ctx);
void report_sort_free(struct report_sort *s);

/* ---- report_queue.c ---- */

/* Lines in capture order. A segment whose analysis may still be revised is held, and everything
 * behind it waits, until it is final, until it has been held for max_hold of the capture's time, or
 * until there are more than max_items lines. */
struct report_queue {
	size_t max_items;
	nsec max_hold; /* 0: as long as it takes */
	nsec now;      /* latest time seen */
	void *ctx;
	void (*emit_segment)(void *ctx, const struct segment *s);
	void (*emit_text)(void *ctx, const char *text, size_t len);

	struct report_item *ring; /* capacity is a power of two */
	size_t capacity, head, count;
};

void report_queue_segment(struct report_queue *q, const struct segment *s);
/* A revision; ignored when the line was let go already. */
void report_queue_amend(struct report_queue *q, const struct segment *s);
/* A line that is final; copied when it has to wait. */
void report_queue_text(struct report_queue *q, const char *text, size_t len);
/* Time has passed. */
void report_queue_advance(struct report_queue *q, nsec now);
/* Lets everything go and frees the queue's memory. */
void report_queue_finish(struct report_queue *q);

/* ---- write_out.c ---- */

/* Writes len bytes to fd; waits while the reader is slow, also where fd does not block. Once
 * *interrupted is set (NULL: never) it gives up, with ETIMEDOUT, when a signal comes twice and
 * nothing was written in between. Returns 0, or the errno value for which not all was written. */
int write_out(int fd, const char *p, size_t len, const volatile sig_atomic_t *interrupted);

#endif
