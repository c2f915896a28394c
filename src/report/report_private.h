/* SPDX-License-Identifier: MIT */
/* report, between its own files: the formats, and the queue that keeps lines in capture order. */
#ifndef TCPLENS_REPORT_PRIVATE_H
#define TCPLENS_REPORT_PRIVATE_H

#include "report/report.h"
#include "report/output.h"

/* One output format: how each kind of line is written. A missing one is not written. */
struct report_lines {
	void (*capture)(struct output *w, const struct source_status *st);
	void (*segment)(struct output *w, const struct segment *s);
	void (*timer)(struct output *w, const struct timer_event *t);
	/* now: the capture's time, for what is still going on */
	void (*connection)(struct output *w, const struct conn_detail *d, nsec now);
	void (*summary)(struct output *w, const struct totals *t, const struct source_status *st);
};

extern const struct report_lines report_json;
extern const struct report_lines report_table;

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
