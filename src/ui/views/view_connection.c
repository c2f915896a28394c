/* SPDX-License-Identifier: MIT */
/*
 * view_connection: the Connection screen: a header about both ends, and below it one of several
 * tabs. The connection is pinned while it is shown. If it is gone nevertheless, the last known
 * facts stay on the screen and the screen says so.
 */
#include <stdlib.h>

#include "base/i18n.h"
#include "ui/tabs/segment_list.h"

enum tab {
#define TAB_NUMBER(name, key, help) TAB_##name,
	CONNECTION_TABS(TAB_NUMBER)
#undef TAB_NUMBER
	TAB_COUNT,
};

static const struct view_ops *const tabs[TAB_COUNT] = {
#define TAB_POINTER(name, key, help) &tab_##name,
	CONNECTION_TABS(TAB_POINTER)
#undef TAB_POINTER
};

static bool
connection_open(struct view *v, const void *arg, struct err *err)
{
	const struct source_status *source = &v->ui->status;
	const struct connection_arg *a = arg;
	struct connection *c = v->state;

	c->ref = a->ref;
	if (!engine_detail(v->ui->engine, v->ui->now, c->ref, &c->d))
		return err_set(err, _("The connection is no longer tracked"));
	engine_pin(v->ui->engine, c->ref, true);
	c->segments.follow =
		source->live && source->phase == SOURCE_RUNNING && c->d.f.ended == 0;
	c->tabs = (struct tab_bar){.ops = tabs, .count = TAB_COUNT};
	tab_bar_show(&c->tabs, v, 0);
	return true;
}

static void
connection_close(struct view *v)
{
	struct connection *c = v->state;

	engine_pin(v->ui->engine, c->ref, false);
	lines_free(&c->header);
	tab_bar_close(&c->tabs);
}

static bool
connection_update(struct view *v)
{
	struct connection *c = v->state;
	bool was_gone = c->gone;

	/* Into a copy: when the connection is gone the latest facts stay. */
	struct conn_detail *d = xmalloc(sizeof(*d));
	c->gone = !engine_detail(v->ui->engine, v->ui->now, c->ref, d);
	if (!c->gone)
		c->d = *d;
	free(d);
	c->remark = NULL;
	return c->gone != was_gone;
}

/* ---- drawing ---- */

/* The most lines that the header takes of so many. */
static size_t
header_room(int lines)
{
	return lines > 14 ? (size_t)lines - 10 : lines > 8 ? 4 : 2;
}

static struct layout
connection_lay_out(struct view *v, struct area a)
{
	struct connection *c = v->state;

	lines_clear(&c->header);
	header_build(v, a.columns, header_room(a.lines), &c->header);
	return layout_split(a, (int)c->header.n + 1, 0);
}

/* The last line of the upper part has the tabs' labels. */
static struct area
tab_line(const struct view *v)
{
	const struct area *top = &v->layout.top;

	return (struct area){top->y + top->lines - 1, top->x, 1, top->columns};
}

static void
connection_draw_top(struct view *v, struct area a)
{
	const struct connection *c = v->state;
	struct area line = tab_line(v);
	bool live = ui_time_moves(v->ui);

	for (int i = 0; i < a.lines - 1; i++) {
		const struct text_line *text = &c->header.items[i];

		term_put(a.y + i, 1, a.columns - 1, c->gone ? ROLE_DIM : text->role, text->text);
	}
	int x = tab_bar_draw(&c->tabs, line) + 1;
	if (c->remark && x + (int)text_width(_(c->remark)) <= line.columns)
		term_put(line.y, x, line.columns - x, ROLE_NOTE, _(c->remark));
	v->counting_down |= live && timer_side(&c->d) >= 0;
	v->ticking |= live && c->d.f.ended == 0;
}

/* ---- keys and mouse ---- */

/* A click on a label shows its tab. */
static void
connection_click(struct view *v, int y, int x)
{
	struct connection *c = v->state;
	struct area line = tab_line(v);

	if (y == line.y)
		tab_bar_click(&c->tabs, v, line, x);
}

static void
tab_step(struct view *v, int by)
{
	struct connection *c = v->state;

	tab_bar_show(&c->tabs, v, (c->tabs.shown + by + TAB_COUNT) % TAB_COUNT);
}

static void
tab_next(struct view *v)
{
	tab_step(v, 1);
}

static void
tab_previous(struct view *v)
{
	tab_step(v, -1);
}

#define SHOW_TAB(name, key, help)                                                                  \
	static void show_##name(struct view *v)                                                    \
	{                                                                                          \
		struct connection *c = v->state;                                                   \
                                                                                                   \
		tab_bar_show(&c->tabs, v, TAB_##name);                                             \
	}
CONNECTION_TABS(SHOW_TAB)
#undef SHOW_TAB

void
connection_show_segment(struct view *tab, uint64_t place)
{
	segment_list_select(tab, place);
	show_segments(tab->parent);
}

static void
why(struct view *v)
{
	const struct connection *c = v->state;

	ui_open(v->ui, &view_why, &(struct connection_arg){c->ref});
}

static void
save(struct view *v)
{
	const struct connection *c = v->state;

	save_ask(v->ui, &(struct tag){c->d.f.id, c->ref}, 1);
}

static const struct action connection_actions[] = {
	{"next-tab", {K_TAB}, N_("Switch"), N_("the next tab"), tab_next},
	{"why", {'v'}, N_("Why"), N_("why: the rule and the segments behind each diagnosis"), why},
	{"save",
	 {'w', K_F(2)},
	 N_("Save"),
	 N_("save its packets: .pcap or .pcapng, .gz or .zst"),
	 save},
	{"previous-tab", {K_BACK_TAB}, NULL, N_("the tab before"), tab_previous},
#define TAB_ACTION(name, key, help) {#name, {'1' + TAB_##name, key}, NULL, help, show_##name},
	CONNECTION_TABS(TAB_ACTION)
#undef TAB_ACTION
	{"leave", {K_LEFT}, NULL, N_("back to the list of connections"), ui_leave},
	{0},
};

const struct view_ops view_connection = {
	.name = "connection",
	.title = N_("Connection"),
	.help = N_("Both ends of a connection: their states, what they agreed on, what is wrong; "
		   "every segment, and the timers that retransmit."),
	.state_size = sizeof(struct connection),
	.open = connection_open,
	.close = connection_close,
	.update = connection_update,
	.lay_out = connection_lay_out,
	.draw_top = connection_draw_top,
	.click = connection_click,
	.actions = connection_actions,
};
