/* SPDX-License-Identifier: MIT */
/*
 * report_columns: what tables are made of: titles, counts per verdict, and rows with columns that
 * the user chose, those of the screen's list.
 */
#include "config.h"

#include "report/report_private.h"

#include "base/i18n.h"
#include "model/model.h"

#include <string.h>

#define WIDTH_MAX 24 /* fits an IPv4 endpoint; a wider cell shifts the rest of its row */

void
report_title(struct output *w, const char *title, int width)
{
	const int pad = (width < 0 ? -width : width) - (int)text_width(title);
	const int spaces = pad > 0 ? pad : 0;

	if (width < 0)
		output_format(w, "%*s%s ", spaces, "", title);
	else
		output_format(w, "%s%*s ", title, spaces, "");
}

void
report_verdict_counts(struct output *w, const uint64_t counts[VERDICT_COUNT])
{
	for (int v = 0; v < VERDICT_COUNT; v++) {
		if (counts[v] > 0)
			output_format(w, INDENT "%c %-22s %llu\n",
				      severity_letter(verdict_severity((enum verdict_code)v)),
				      verdict_name((enum verdict_code)v),
				      (unsigned long long)counts[v]);
	}
}

static size_t
width_of(const struct column *c)
{
	return c->max_width < WIDTH_MAX ? (size_t)c->max_width : WIDTH_MAX;
}

/* Writes a cell and a blank, or a newline after the last cell of a row. */
static void
put_cell(struct output *w, const struct column *c, const char *text, bool last)
{
	const size_t width = width_of(c), used = text_width(text);
	const int pad = used < width ? (int)(width - used) : 0;

	if (c->align == ALIGN_RIGHT)
		output_format(w, "%*s%s", pad, "", text);
	else
		output_format(w, "%s%*s", text, last ? 0 : pad, "");
	output_raw(w, last ? "\n" : " ", 1);
}

void
report_columns_title(struct output *w, const struct column_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		put_cell(w, list->at[i], _(list->at[i]->title), i + 1 == list->n);
}

void
report_columns_row(struct output *w, const struct column_list *list, const struct row_context *row)
{
	char text[512];

	for (size_t i = 0; i < list->n; i++) {
		column_format(list->at[i], row, text, sizeof(text));
		put_cell(w, list->at[i], text, i + 1 == list->n);
	}
}
