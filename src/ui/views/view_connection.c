/* SPDX-License-Identifier: MIT */
/*
 * view_connection: the Connection screen: a header about both ends, and below it one of several
 * tabs. The connection is pinned while it is shown. If it is gone nevertheless, the last known
 * facts stay on the screen and the screen says so.
 */
#include <stdlib.h>

#include "base/i18n.h"
#include "ui/tabs/connection.h"

static const struct tab *const tabs[] = {
	[TAB_SEGMENTS] = &tab_segments,
	[TAB_TIMERS] = &tab_timers,
	[TAB_LADDER] = &tab_ladder,
};

static bool
connection_open(struct view *v, const void *arg, struct err *err)
{
	const struct connection_arg *a = arg;
	struct connection *f = v->state;

	f->ref = a->ref;
	if (!engine_detail(v->ui->engine, v->ui->now, f->ref, &f->d))
		return err_set(err, _("The connection is no longer tracked"));
	engine_pin(v->ui->engine, f->ref, true);
	f->follow =
		v->ui->status.live && v->ui->status.phase == SOURCE_RUNNING && f->d.f.ended == 0;
	f->on_segments = tabs[f->tab]->segments;
	tabs[f->tab]->update(v);
	return true;
}

static void
connection_close(struct view *v)
{
	struct connection *f = v->state;

	engine_pin(v->ui->engine, f->ref, false);
	lines_free(&f->header);
	lines_free(&f->timers);
}

static bool
connection_update(struct view *v)
{
	struct connection *f = v->state;
	bool was_gone = f->gone;

	/* Into a copy of its own: a connection that is gone must leave the last one alone. */
	struct conn_detail *d = xmalloc(sizeof(*d));
	f->gone = !engine_detail(v->ui->engine, v->ui->now, f->ref, d);
	if (!f->gone)
		f->d = *d;
	free(d);
	if (!f->gone)
		tabs[f->tab]->update(v);
	return f->gone != was_gone;
}

static void
connection_moved(struct view *v)
{
	segments_moved(v);
}

/* ---- drawing ---- */

/* Lines for the header on a screen of so many, so that the list keeps some. */
static size_t
header_room(int lines)
{
	return lines > 14 ? (size_t)lines - 10 : lines > 8 ? 4 : 2;
}

/* The header is built here and only drawn later, so that everyone counts the same lines. */
static struct layout
connection_lay_out(struct view *v, struct area a)
{
	struct connection *f = v->state;
	bool note = f->on_segments && a.lines >= 14 && a.columns < 126;

	lines_clear(&f->header);
	header_build(v, a.columns, header_room(a.lines), &f->header);
	return layout_split(a, (int)f->header.n + 1 + tabs[f->tab]->top_lines, note);
}

/* " [1 Segments] ": a tab's label. */
static char *
tab_label(char *out, size_t size, int tab, bool shown)
{
	struct text t = text_on(out, size);

	text_add(&t, shown ? " [%d %s] " : "  %d %s  ", tab + 1, _(tabs[tab]->title));
	return out;
}

static void
tabs_draw(const struct view *v, struct area a)
{
	const struct connection *f = v->state;
	int x = 0;
	char label[64];

	for (int i = 0; i < TAB_COUNT; i++)
		x += term_put(a.y, x, a.columns - x, i == f->tab ? ROLE_SELECTED : ROLE_LABEL,
			      tab_label(label, sizeof(label), i, i == f->tab));
	if (f->on_segments && f->follow && !f->gone)
		term_printf(a.y, x + 1, a.columns - x - 1, ROLE_NOTE, "%s", _("following (F)"));
}

/* The line of the screen with the tabs' labels. */
static int
tabs_line(const struct view *v)
{
	const struct connection *f = v->state;

	return v->layout.top.y + (int)f->header.n;
}

static void
connection_draw_top(struct view *v, struct area a)
{
	const struct connection *f = v->state;
	int y = a.y;

	for (size_t i = 0; i < f->header.n; i++)
		term_put(y++, 1, a.columns - 1, f->gone ? ROLE_DIM : f->header.items[i].role,
			 f->header.items[i].text);
	tabs_draw(v, (struct area){tabs_line(v), a.x, 1, a.columns});
	if (tabs[f->tab]->draw_top)
		tabs[f->tab]->draw_top(v, (struct area){y + 1, a.x, 1, a.columns});
	v->counting_down |= ui_time_moves(v->ui) && timer_side(&f->d) >= 0;
	v->ticking |= ui_time_moves(v->ui) && f->d.f.ended == 0;
}

static void
connection_fetch(struct view *v, size_t first, size_t n)
{
	const struct connection *f = v->state;

	if (tabs[f->tab]->fetch && !f->gone)
		tabs[f->tab]->fetch(v, first, n);
}

static void
connection_draw_row(struct view *v, size_t row, struct area a, bool selected)
{
	const struct connection *f = v->state;

	tabs[f->tab]->draw_row(v, row, a, selected);
}

static void
connection_draw_bottom(struct view *v, struct area a)
{
	segments_draw_note(v, a);
}

static void
connection_empty(struct view *v, char *out, size_t size)
{
	const struct connection *f = v->state;
	struct text t = text_on(out, size);

	text_add(&t, "%s", _(tabs[f->tab]->empty));
}

/* ---- keys and mouse ---- */

static void
tab_show(struct view *v, int tab)
{
	struct connection *f = v->state;

	f->lists[f->tab] = v->list;
	f->tab = tab;
	f->on_segments = tabs[tab]->segments;
	int lines = v->list.lines;
	v->list = f->lists[tab];
	v->list.scrolls = tabs[tab]->scrolls;
	if (f->on_segments)
		v->list.touched = true; /* the same segment as on the tab before */
	list_resize(&v->list, lines);
	if (!f->gone)
		tabs[tab]->update(v);
}

/* A click on a tab shows it. */
static void
connection_click(struct view *v, int y, int x)
{
	const struct connection *f = v->state;
	char label[64];
	int left = 0;

	if (y != tabs_line(v))
		return;
	for (int i = 0; i < TAB_COUNT; i++) {
		tab_label(label, sizeof(label), i, i == f->tab);
		int right = left + (int)text_width(label);
		if (x >= left && x < right) {
			tab_show(v, i);
			return;
		}
		left = right;
	}
}

static void
tab_next(struct view *v)
{
	const struct connection *f = v->state;

	tab_show(v, (f->tab + 1) % TAB_COUNT);
}

static void
tab_previous(struct view *v)
{
	const struct connection *f = v->state;

	tab_show(v, (f->tab + TAB_COUNT - 1) % TAB_COUNT);
}

static void
tab_1(struct view *v)
{
	tab_show(v, TAB_SEGMENTS);
}

static void
tab_2(struct view *v)
{
	tab_show(v, TAB_TIMERS);
}

static void
tab_3(struct view *v)
{
	tab_show(v, TAB_LADDER);
}

static void
why(struct view *v)
{
	const struct connection *f = v->state;

	ui_open(v->ui, &view_why, &(struct connection_arg){f->ref});
}

static void
time_style(struct view *v)
{
	struct ui *ui = v->ui;
	static const char *const names[TIME_STYLE_COUNT] = {
		[TIME_RELATIVE] = N_("Time since the connection began"),
		[TIME_DELTA] = N_("Time since the segment before"),
		[TIME_CLOCK] = N_("Time of day"),
		[TIME_DATE] = N_("Date and time of day"),
	};

	ui->time_style = (ui->time_style + 1) % TIME_STYLE_COUNT;
	ui_say(ui, "%s", _(names[ui->time_style]));
}

static void
absolute(struct view *v)
{
	struct ui *ui = v->ui;

	ui->absolute_seq = !ui->absolute_seq;
	ui_say(ui, "%s",
	       ui->absolute_seq ? _("Sequence numbers as on the wire")
				: _("Sequence numbers from the connection's beginning"));
}

static void
save(struct view *v)
{
	const struct connection *f = v->state;

	save_ask(v->ui, &(struct tag){f->d.f.id, f->ref}, 1);
}

static const struct action connection_actions[] = {
	{"open", {K_ENTER, K_RIGHT}, N_("Open"), N_("every field of the segment"), segments_enter},
	{"next-tab", {K_TAB}, N_("Switch"), N_("the next tab"), tab_next},
	{"next-problem",
	 {']'},
	 N_("Problem"),
	 N_("to the next segment with a problem"),
	 segments_next_problem},
	{"time",
	 {'t'},
	 N_("Time"),
	 N_("time: since the start, since the one before, of day, date"),
	 time_style},
	{"why", {'v'}, N_("Why"), N_("why: the rule and the segments behind each diagnosis"), why},
	{"save",
	 {'w', K_F(2)},
	 N_("Save"),
	 N_("save its packets: .pcap or .pcapng, .gz or .zst"),
	 save},
	{"previous-tab", {K_BACK_TAB}, NULL, N_("the tab before"), tab_previous},
	{"segments", {'1'}, NULL, N_("segments"), tab_1},
	{"timers", {'2'}, NULL, N_("timers"), tab_2},
	{"ladder", {'3', 'l'}, NULL, N_("ladder: arrows between the two hosts"), tab_3},
	{"previous-problem",
	 {'['},
	 NULL,
	 N_("to the segment with a problem before"),
	 segments_previous_problem},
	{"follow", {'F'}, NULL, N_("follow the newest segment"), segments_follow},
	{"absolute", {'a'}, NULL, N_("sequence numbers relative or as on the wire"), absolute},
	{"leave", {K_LEFT}, NULL, N_("back to the list of connections"), ui_leave},
	{0},
};

const struct view_ops view_connection = {
	.name = "connection",
	.title = N_("Connection"),
	.help = N_("Both ends of a connection: their states, what they agreed on, what is wrong; "
		   "every "
		   "segment, and the timers that retransmit."),
	.state_size = sizeof(struct connection),
	.open = connection_open,
	.close = connection_close,
	.update = connection_update,
	.moved = connection_moved,
	.lay_out = connection_lay_out,
	.draw_top = connection_draw_top,
	.fetch = connection_fetch,
	.draw_row = connection_draw_row,
	.draw_bottom = connection_draw_bottom,
	.click = connection_click,
	.empty_text = connection_empty,
	.actions = connection_actions,
};
