/* SPDX-License-Identifier: MIT */
/*
 * index_rows: the connections of an index as the rows of a view: the selection stays with its
 * connection while rows come and move, and the facts of the rows on the screen are at hand.
 */
#ifndef TCPLENS_UI_INDEX_ROWS_H
#define TCPLENS_UI_INDEX_ROWS_H

#include "ui/app.h"

#define INDEX_ROWS_MAX 256 /* engine_rows' limit */

struct index_rows {
	struct index *index; /* borrowed */
	struct connref selected;
	bool has_selected;
	size_t first, n; /* facts[] are of rows [first, first + n) */
	struct conn_facts facts[INDEX_ROWS_MAX];
};

/* Brings the view's list up to date; returns whether the cursor moved. */
bool index_rows_update(struct index_rows *r, struct view *v);
/* For view_ops.moved: the row under the cursor is the selected one. */
void index_rows_moved(struct index_rows *r, const struct view *v);
/* For view_ops.fetch: gets the facts of these rows. */
void index_rows_fetch(struct index_rows *r, const struct view *v, size_t first, size_t n);
/* The facts of a row on the screen; NULL: the connection is gone, and so will be the row. */
const struct conn_facts *index_rows_facts(const struct index_rows *r, size_t row);
/* The whole sentence of the row under the cursor: its own line may be too short for it. */
void index_rows_draw_sentence(const struct index_rows *r, const struct view *v, struct area a);
/* The present facts of the selected connection; false: there is none. */
bool index_rows_selected(const struct index_rows *r, const struct view *v, struct conn_facts *out);

#endif
