/* SPDX-License-Identifier: MIT */
/* tab_bar: see tab_bar.h. */
#include "base/i18n.h"
#include "ui/tab_bar.h"

void
tab_bar_show(struct tab_bar *b, struct view *parent, int tab)
{
	int lines = parent->child ? parent->child->list.lines : 1;
	struct err err = {""};

	if (!b->views[tab])
		b->views[tab] = view_open(parent->ui, parent, b->ops[tab], NULL, &err);
	if (!b->views[tab]) {
		ui_warn(parent->ui, "%s", err.msg);
		return;
	}
	b->shown = tab;
	parent->child = b->views[tab];
	list_resize(&parent->child->list, lines);
	view_update(parent);
}

/* " [1 Segments]" */
static char *
label(char *out, size_t size, const struct tab_bar *b, int tab)
{
	struct text t = text_on(out, size);

	text_add(&t, tab == b->shown ? " [%d %s]" : "  %d %s ", tab + 1, _(b->ops[tab]->title));
	return out;
}

int
tab_bar_draw(const struct tab_bar *b, struct area line)
{
	char text[64];
	int x = 0;

	for (int i = 0; i < b->count; i++)
		x += term_put(line.y, line.x + x, line.columns - x,
			      i == b->shown ? ROLE_SELECTED : ROLE_LABEL,
			      label(text, sizeof(text), b, i));
	return x;
}

void
tab_bar_click(struct tab_bar *b, struct view *parent, struct area line, int x)
{
	char text[64];
	int left = line.x;

	for (int i = 0; i < b->count; i++) {
		int right = left + (int)text_width(label(text, sizeof(text), b, i));

		if (x >= left && x < right) {
			tab_bar_show(b, parent, i);
			return;
		}
		left = right;
	}
}

void
tab_bar_close(struct tab_bar *b)
{
	for (int i = 0; i < b->count; i++)
		if (b->views[i])
			view_close(b->views[i]);
}
