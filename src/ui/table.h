/* SPDX-License-Identifier: MIT */
/*
 * table: cells in columns under titles. The columns share the width that there is; only rows that
 * are shown are formatted. A view describes its columns once, lays the table out before drawing
 * (which needs the rows on the screen, to see how wide their texts are), and then draws titles and
 * rows with the result.
 */
#ifndef TCPLENS_UI_TABLE_H
#define TCPLENS_UI_TABLE_H

#include "ui/term.h"

#define TABLE_COLUMNS_MAX 64
#define TABLE_NONE        SIZE_MAX /* no column, no row */

enum {
	TABLE_RIGHT = 1,    /* texts are aligned to the right */
	TABLE_SORTABLE = 2, /* a click on the title sorts */
	TABLE_LOUD = 4,     /* says what is wrong: drawn in the row's loud role */
	TABLE_REST = 8,     /* takes all the width that the others leave */
	TABLE_HIDDEN = 16,  /* left out, whatever the width */
	TABLE_FROM = 32,    /* an arrow leads from this column … */
	TABLE_TO = 64,      /* … to this one, where they are neighbours */
};

struct table_column;

/* The cell to be formatted. */
struct table_cell {
	const struct table_column *column;
	const void *data; /* the table's */
	size_t row;
	int width; /* cells of the screen that the text may take */
};

/* Writes the text of a cell; what is longer than its width is cut at the end afterwards. "" where
 * there is nothing. */
typedef void table_format_fn(const struct table_cell *cell, char *out, size_t size);

struct table_column {
	const char *title; /* N_(), or "" */
	int min;           /* width, in cells; at least that of the title */
	int ideal;         /* it grows up to this where its texts need that; 0: it does not */
	int from;          /* shown where the table's area has so many cells; 0 always */
	int shrink;        /* without room, columns with the highest value are cut or left out
			    * first, of equal ones the rightmost */
	unsigned flags;    /* TABLE_* */
	table_format_fn *format;
	const void *arg; /* for format: through cell->column */
};

/* Where a shown column is: x from the left edge of the area, in cells. */
struct table_slot {
	size_t column;
	int x, width;
};

struct table {
	const struct table_column *columns; /* borrowed, like data; at most TABLE_COLUMNS_MAX */
	size_t n_columns;
	const void *data;
	int indent; /* cells of the area that are left blank before the first column */
	/* The rest is set by table_lay_out(). */
	size_t n_slots;
	struct table_slot slots[TABLE_COLUMNS_MAX];
	int width;
	int needed[TABLE_COLUMNS_MAX]; /* widest text so far; columns never become narrower while
					* the width stays, so that they do not move about */
};

/* Fits the columns into an area of so many cells. Rows [first, first + n) are on the screen. */
void table_lay_out(struct table *t, int width, size_t first, size_t n);
/* sorted: the column that is sorted by, marked in which direction; TABLE_NONE: none. */
void table_draw_titles(const struct table *t, struct area line, size_t sorted, bool descending);
void table_draw_row(const struct table *t, struct area line, size_t row, enum role plain,
		    enum role loud);
/* A row as one text, for screens made of lines; TABLE_NONE: the titles. Returns out. */
char *table_row_text(const struct table *t, size_t row, char *out, size_t size);
/* The slot whose column is at x cells from the left edge; NULL: none. */
const struct table_slot *table_slot_at(const struct table *t, int x);

#endif
