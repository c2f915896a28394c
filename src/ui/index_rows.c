/* SPDX-License-Identifier: MIT */
/* index_rows: see index_rows.h. */
#include "ui/index_rows.h"

#include "ui/lines.h"

void
index_rows_moved(struct index_rows *r, const struct view *v)
{
	r->has_selected = v->list.cursor < index_count(r->index);
	if (r->has_selected)
		r->selected = index_at(r->index, v->list.cursor);
}

bool
index_rows_update(struct index_rows *r, struct view *v)
{
	size_t cursor = v->list.cursor;
	ptrdiff_t found = r->has_selected ? index_find(r->index, r->selected) : -1;

	list_sync(&v->list, index_count(r->index), found);
	/* Until the user moves, the first row is the selected one, whichever that is. When the
	 * selected one vanishes, the one in its place is selected. */
	if (!v->list.touched || found < 0)
		index_rows_moved(r, v);
	return v->list.cursor != cursor;
}

void
index_rows_fetch(struct index_rows *r, const struct view *v, size_t first, size_t n)
{
	struct connref refs[INDEX_ROWS_MAX];

	r->first = first;
	r->n = n < INDEX_ROWS_MAX ? n : INDEX_ROWS_MAX;
	for (size_t i = 0; i < r->n; i++)
		refs[i] = index_at(r->index, first + i);
	engine_rows(v->ui->engine, v->ui->now, refs, r->n, r->facts);
}

const struct conn_facts *
index_rows_facts(const struct index_rows *r, size_t row)
{
	if (row < r->first || row - r->first >= r->n || r->facts[row - r->first].ref.gen == 0)
		return NULL;
	return &r->facts[row - r->first];
}

bool
index_rows_selected(const struct index_rows *r, const struct view *v, struct conn_facts *out)
{
	if (!r->has_selected)
		return false;
	engine_rows(v->ui->engine, v->ui->now, &r->selected, 1, out);
	return out->ref.gen != 0;
}

void
index_rows_draw_sentence(const struct index_rows *r, const struct view *v, struct area a)
{
	const struct conn_facts *c = index_rows_facts(r, v->list.cursor);
	struct lines whole = {0};
	char text[512], head[8];
	struct text t = text_on(head, sizeof(head));

	if (!c || c->verdict.severity == SEV_NONE)
		return;
	text_add(&t, "%c ", severity_letter(c->verdict.severity));
	verdict_text(text, sizeof(text), &c->verdict, c, v->ui->now);
	lines_wrap(&whole, severity_role(c->verdict.severity), a.columns - 1, 2, head, text);
	lines_cut(&whole, (size_t)a.lines, a.columns - 1);
	for (size_t i = 0; i < whole.n; i++)
		term_put(a.y + (int)i, 0, a.columns, whole.items[i].role, whole.items[i].text);
	lines_free(&whole);
}
