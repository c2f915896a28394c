/* SPDX-License-Identifier: MIT */
/*
 * segment_list: the kept segments of a connection as the rows of a tab: the view_ops of tabs that
 * show one segment per row. They share the selected segment. Only the rows on the screen are copied
 * from the engine.
 */
#ifndef TCPLENS_UI_SEGMENT_LIST_H
#define TCPLENS_UI_SEGMENT_LIST_H

#include "ui/tabs/connection.h"

bool segment_list_open(struct view *v, const void *arg, struct err *err);
bool segment_list_update(struct view *v);
struct layout segment_list_lay_out(struct view *v, struct area a);
void segment_list_fetch(struct view *v, size_t first, size_t n);
void segment_list_draw_bottom(struct view *v, struct area a);
void segment_list_moved(struct view *v);
void segment_list_empty(struct view *v, char *out, size_t size);
extern const struct action segment_list_actions[];

/* Selects the kept segment at `place` for all tabs of the connection; v: any of them. */
void segment_list_select(struct view *v, uint64_t place);
/* The segment in a row that was fetched, or NULL. */
const struct segment *segment_list_row(const struct view *v, size_t row);
/* Time between that row's segment and the one before it; 0 for the first and after a gap. */
nsec segment_list_delta(const struct view *v, size_t row);
/* The role of a row's ordinary cells, and of those that say what is wrong with the segment. */
enum role segment_list_role(const struct view *v, bool selected);
enum role segment_list_loud_role(const struct view *v, const struct segment *s, bool selected);
/* What is to be said of a row's segment, which must have been fetched: its findings, and that
 * segments before it were dropped: "[Retransmission RTO #3 +1.02s]". */
void segment_list_notes(const struct view *v, size_t row, char *out, size_t size);
/* The same, and the ACK that covered it. */
void segment_list_remarks(const struct view *v, size_t row, char *out, size_t size);

#endif
