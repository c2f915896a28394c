/* SPDX-License-Identifier: MIT */
/* connection: the state of the Connection screen, which its header and all of its tabs show. */
#ifndef TCPLENS_UI_CONNECTION_H
#define TCPLENS_UI_CONNECTION_H

#include "ui/lines.h"
#include "ui/tab_bar.h"
#include "ui/app.h"

#define SEGMENTS_MAX 512 /* engine_segments' limit */

/* The kept segments, and those of them that are on the screen. */
struct segment_list {
	struct history_facts history;
	size_t first, n;   /* rows[] are rows [first, first + n) of the list */
	nsec before;       /* time of the segment before rows[0]; 0 none */
	uint64_t selected; /* under the cursor: its number in the connection, from 0 */
	bool follow;       /* the cursor follows the newest segment */
	struct segment rows[SEGMENTS_MAX];
};

struct connection {
	struct connref ref;
	struct conn_detail d; /* the latest known facts */
	bool gone;            /* the engine no longer tracks it */
	struct lines header;  /* as laid out for the latest drawing */
	struct tab_bar tabs;
	const char *remark;   /* N_(): of the shown tab, beside the labels; NULL none */
	struct segment_list segments; /* of all tabs: stays when the connection is gone */
};

/* The connection that a tab shows. */
static inline struct connection *
tab_connection(const struct view *tab)
{
	return tab->parent->state;
}

/* ---- view_connection.c ---- */
/* Shows the Segments tab with the kept segment at `place` selected.
 * tab: the one that is shown now. */
void connection_show_segment(struct view *tab, uint64_t place);

/* ---- connection_header.c ---- */
/* Both ends, what they agreed on and what is wrong, in at most `max` lines. */
void header_build(const struct view *v, int columns, size_t max, struct lines *out);

/* ---- tab_ledger.c ---- */
/* "of 6.1s:  server 37% ██  network 29% █": one line, the largest classes that fit. */
void time_line(const struct time_facts *facts, int width, struct lines *out);

/* ---- tab_timers.c ---- */
/* Whether the retransmission or probe timer of that end runs. */
bool timer_runs(const struct conn_detail *d, int side);
/* The end whose next attempt comes first, or -1 when no timer runs. */
int timer_side(const struct conn_detail *d);
/* "client: RTO, attempt 3 in 1.2s ▓▓▓░; gives up at 10:25:34" */
char *timer_text(char *out, size_t size, const struct ui *ui, const struct conn_detail *d,
		 int side);
/* ▓▓▓░: how much of the wait is over. */
char *timer_bar(char *out, size_t size, const struct half_facts *h, nsec now, int cells);
/* "1.008123": seconds and microseconds, whatever the size. */
void seconds_text(char *out, size_t size, nsec d);

#endif
