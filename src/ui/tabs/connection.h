/* SPDX-License-Identifier: MIT */
/* connection: what the files of the Connection screen share: its state, and each tab's table. */
#ifndef TCPLENS_UI_CONNECTION_H
#define TCPLENS_UI_CONNECTION_H

#include "ui/lines.h"
#include "ui/view.h"

#define SEGMENTS_MAX 512 /* engine_segments' limit */

struct connection;

/* One tab of the screen: what is in the list below the summary. */
struct tab {
	const char *title; /* N_() */
	void (*update)(struct view *v);
	int top_lines; /* titles of columns: 0 or 1 */
	void (*draw_top)(struct view *v, struct area a);
	void (*fetch)(struct view *v, size_t first, size_t n);
	void (*draw_row)(struct view *v, size_t row, struct area a, bool selected);
	const char *empty; /* N_() */
	bool scrolls;      /* text to be read: no cursor */
	bool segments;     /* its rows are the kept segments */
};
extern const struct tab tab_segments, tab_timers, tab_ladder;
enum { TAB_SEGMENTS, TAB_TIMERS, TAB_LADDER, TAB_COUNT };

struct connection {
	struct connref ref;
	struct conn_detail d; /* the last we knew */
	bool gone;            /* the engine no longer knows it */
	struct lines header;  /* as laid out for the latest drawing */
	int tab;
	bool on_segments;             /* the tab's rows are segments */
	struct list lists[TAB_COUNT]; /* where one was, per tab */
	/* segments */
	bool follow;
	uint64_t total, lost;
	uint64_t selected; /* lost + row: the same segment when older ones are dropped */
	size_t first, n;
	nsec before; /* time of the segment before rows[0], 0 none */
	struct segment rows[SEGMENTS_MAX];
	/* timers */
	struct lines timers;
};

/* ---- connection_header.c ---- */
/* Both ends, what they agreed and what is wrong, in at most `max` lines. */
void header_build(const struct view *v, int columns, size_t max, struct lines *out);

/* ---- tab_segments.c ---- */
void segments_update(struct view *v);
void segments_fetch(struct view *v, size_t first, size_t n);
/* What is worst about a segment. */
enum severity segment_severity(const struct segment *s);
/* Time between rows[i] and the segment before it; 0 for the first. */
nsec segment_since_before(const struct view *v, size_t i);
/* The segment under the cursor; false: none. */
bool segments_selected(struct view *v, struct segment *out);
void segments_draw_note(struct view *v, struct area a);
void segments_moved(struct view *v);
void segments_enter(struct view *v);
void segments_follow(struct view *v);
void segments_next_problem(struct view *v);
void segments_previous_problem(struct view *v);

/* "1.008123": seconds and microseconds, whatever the size. */
void seconds_text(char *out, size_t size, nsec d);

/* ---- tab_timers.c ---- */
/* Whether the retransmission or probe timer of that end runs. */
bool timer_runs(const struct conn_detail *d, int side);
/* The end whose next attempt comes first, or -1 when no timer runs. */
int timer_side(const struct conn_detail *d);
/* "client's RTO: attempt 3 in 1.2s ▓▓▓░, gives up 10:25:34" */
char *timer_text(char *out, size_t size, const struct view *v, const struct conn_detail *d,
		 int side);
/* ▓▓▓░: how much of the wait is over. */
char *timer_bar(char *out, size_t size, const struct half_facts *h, nsec now, int cells);

#endif
