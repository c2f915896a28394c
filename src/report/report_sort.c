/* SPDX-License-Identifier: MIT */
/*
 * report_sort: keeps the lines of connections until all of them can be written in the order of a
 * column.
 */
#include "config.h"

#include "report/report_private.h"

#include <stdlib.h>

struct sorted_line {
	int64_t key;
	size_t number;        /* order in which the connections ended: breaks ties */
	size_t text, n_text;  /* offset and length in the lines' text */
	size_t text_key;      /* offset in text_keys */
	size_t n_text_key;
};

void
report_sort_add(struct report_sort *s, const struct row_context *row, const char *text, size_t len)
{
	uint8_t text_key[TEXT_KEY_MAX];
	const size_t n = sort_text_key(&s->order, row, text_key);

	if (s->n == s->capacity) {
		s->capacity = s->capacity * 2 + 64;
		s->lines = xreallocarray(s->lines, s->capacity, sizeof(*s->lines));
	}
	s->lines[s->n] = (struct sorted_line){
		.key = sort_key(&s->order, row),
		.number = s->n,
		.text = s->text.len,
		.n_text = len,
		.text_key = s->text_keys.len,
		.n_text_key = n,
	};
	s->n++;
	output_raw(&s->text, text, len);
	if (n > 0)
		output_raw(&s->text_keys, (const char *)text_key, n);
}

size_t
report_sort_size(const struct report_sort *s)
{
	return s->text.len + s->text_keys.len + s->n * sizeof(*s->lines);
}

/* For qsort_r: ctx is the struct report_sort. */
static int
compare(const void *pa, const void *pb, void *ctx)
{
	const struct sorted_line *a = pa, *b = pb;
	const struct report_sort *s = ctx;
	const uint8_t *keys = (const uint8_t *)s->text_keys.buf;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->n_text_key > 0 || b->n_text_key > 0) {
		const int order =
			sort_compare_text(&s->order, keys + a->text_key, a->n_text_key,
					  keys + b->text_key, b->n_text_key);

		if (order != 0)
			return order;
	}
	return (a->number > b->number) - (a->number < b->number);
}

void
report_sort_emit(struct report_sort *s, void (*emit)(void *ctx, const char *text, size_t len),
		 void *ctx)
{
	if (s->n > 0)
		qsort_r(s->lines, s->n, sizeof(*s->lines), compare, s);
	for (size_t i = 0; i < s->n; i++)
		emit(ctx, s->text.buf + s->lines[i].text, s->lines[i].n_text);
	s->n = s->text.len = s->text_keys.len = 0;
}

void
report_sort_free(struct report_sort *s)
{
	output_free(&s->text);
	output_free(&s->text_keys);
	free(s->lines);
}
