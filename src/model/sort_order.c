/* SPDX-License-Identifier: MIT */
/*
 * sort_order: the order of connections by a column, or by the attention they need without one. Also
 * the lists of columns and the orders that options and settings name.
 */
#include "model/model.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

/* ---- keys ---- */

static bool
is_descending(const struct sort_order *o)
{
	return (o->column && o->column->descending) != o->reverse;
}

/* When something last happened that is news: the connection began, or something went wrong. */
static nsec
news_time(const struct conn_facts *c)
{
	return c->verdict.severity >= SEV_WARNING ? nsec_max(c->start, c->verdict.time) : c->start;
}

#define CLASS_NS (INT64_C(1) << 61) /* longer than any time since 1970, until 2043 */

/* Errors first, then warnings, then the rest, each with the latest news first. So a connection in
   trouble is seen among thousands of others, and a row moves only when its trouble changes. */
static int64_t
attention_key(const struct conn_facts *c)
{
	const int64_t rank = c->verdict.severity >= SEV_WARNING ? SEV_ERROR - c->verdict.severity
								: SEV_ERROR - SEV_NOTE;

	return rank * CLASS_NS - nsec_min(nsec_max(news_time(c), 0), CLASS_NS - 1);
}

int64_t
sort_key(const struct sort_order *o, const struct row_context *row)
{
	const int64_t key = o->column ? o->column->key(row) : attention_key(row->facts);

	return is_descending(o) && key != INT64_MAX ? ~key : key;
}

size_t
sort_text_key(const struct sort_order *o, const struct row_context *row, uint8_t out[TEXT_KEY_MAX])
{
	return o->column && o->column->text_key ? o->column->text_key(row, out) : 0;
}

int
sort_compare_text(const struct sort_order *o, const uint8_t *a, size_t n_a, const uint8_t *b,
		  size_t n_b)
{
	if (n_a == 0 || n_b == 0)
		return (n_a == 0) - (n_b == 0);
	const int order = memcmp(a, b, n_a < n_b ? n_a : n_b);
	const int by_length = (n_a > n_b) - (n_a < n_b);
	const int ascending = order != 0 ? order : by_length;

	return is_descending(o) ? -ascending : ascending;
}

/* ---- names ---- */

/* The column that the n bytes at name are; NULL and *err: there is none. */
static const struct column *
find_column(const char *name, size_t n, struct err *err)
{
	char word[64], shown[128], known[400];
	struct text t = text_on(known, sizeof(known));

	snprintf(word, sizeof(word), "%.*s", (int)(n < sizeof(word) ? n : sizeof(word) - 1), name);
	const struct column *c = column_by_name(word);

	for (size_t i = 0; i < column_count && !c; i++)
		text_add(&t, "%s%s", i > 0 ? " " : "", columns[i].name);
	if (!c)
		err_set(err, _("\"%s\" is not a column; the columns are: %s"),
			text_escape(shown, sizeof(shown), word, strlen(word)), known);
	return c;
}

bool
column_list_parse(const char *names, struct column_list *out, struct err *err)
{
	out->n = 0;
	for (;;) {
		const size_t n = strcspn(names, ",");
		const struct column *c = find_column(names, n, err);

		if (!c)
			return false;
		for (size_t i = 0; i < out->n; i++) {
			if (out->at[i] == c)
				return err_set(err, _("the column \"%s\" is named twice"), c->name);
		}
		out->at[out->n++] = c;
		if (names[n] == '\0')
			return true;
		names += n + 1;
	}
}

bool
sort_order_parse(const char *text, struct sort_order *out, struct err *err)
{
	const size_t n = strcspn(text, ":");
	const struct column *c = find_column(text, n, err);

	if (!c)
		return false;
	if (text[n] != '\0' && strcmp(text + n, ":reverse") != 0)
		return err_set(err, _("expected a column, or a column followed by \":reverse\""));
	*out = (struct sort_order){c, text[n] != '\0'};
	return true;
}
