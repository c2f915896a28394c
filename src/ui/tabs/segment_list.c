/* SPDX-License-Identifier: MIT */
/* segment_list: see segment_list.h. */
#include <string.h>

#include "base/i18n.h"
#include "ui/tabs/segment_list.h"

/* ---- rows ---- */

bool
segment_list_open(struct view *v, const void *arg, struct err *err)
{
	(void)arg;
	(void)err;
	v->list.touched = true; /* the selected segment is known from the tab shown before */
	return true;
}

/* The number of a row's segment, from 0, dropped ones counted too. */
static uint64_t
number_of(const struct segment_list *l, size_t row)
{
	return row < l->history.gap ? row : row + l->history.dropped;
}

/* The row of a segment; of a dropped one, that of the segment after the gap. -1: not yet kept. */
static ptrdiff_t
row_of(const struct segment_list *l, uint64_t number)
{
	const struct history_facts *h = &l->history;
	uint64_t row = number < h->gap                ? number
		       : number < h->gap + h->dropped ? h->gap
						      : number - h->dropped;

	return row < h->kept ? (ptrdiff_t)row : -1;
}

/* Whether segments were dropped just before that of this row. */
static bool
is_after_gap(const struct segment_list *l, size_t row)
{
	return l->history.dropped > 0 && row == l->history.gap;
}

bool
segment_list_update(struct view *v)
{
	struct connection *c = tab_connection(v);
	struct segment_list *l = &c->segments;

	if (!c->gone)
		engine_history(v->ui->engine, c->ref, &l->history);
	size_t count = (size_t)l->history.kept;
	list_sync(&v->list, count, row_of(l, l->selected));
	if (!l->follow || c->gone)
		return false;
	c->remark = N_("following (F)");
	if (count > 0) {
		list_go(&v->list, count - 1);
		l->selected = number_of(l, v->list.cursor);
	}
	return false;
}

void
segment_list_select(struct view *v, uint64_t place)
{
	struct connection *c = tab_connection(v);
	struct segment_list *l = &c->segments;

	engine_history(v->ui->engine, c->ref, &l->history);
	l->follow = false;
	l->selected = number_of(l, (size_t)place);
}

void
segment_list_moved(struct view *v)
{
	struct segment_list *l = &tab_connection(v)->segments;

	l->selected = number_of(l, v->list.cursor);
	if (v->list.cursor + 1 < v->list.count)
		l->follow = false;
}

void
segment_list_fetch(struct view *v, size_t first, size_t n)
{
	struct connection *c = tab_connection(v);
	struct engine *e = v->ui->engine;
	struct segment_list *l = &c->segments;
	uint64_t total, dropped;
	struct segment one;

	if (c->gone)
		return;
	l->before = 0;
	if (first > 0 && engine_segments(e, c->ref, first - 1, 1, &one, &total, &dropped) == 1)
		l->before = one.ts;
	l->first = first;
	l->n = engine_segments(e, c->ref, first, n < SEGMENTS_MAX ? n : SEGMENTS_MAX, l->rows,
			       &total, &dropped);
}

const struct segment *
segment_list_row(const struct view *v, size_t row)
{
	const struct segment_list *l = &tab_connection(v)->segments;

	return row >= l->first && row - l->first < l->n ? &l->rows[row - l->first] : NULL;
}

nsec
segment_list_delta(const struct view *v, size_t row)
{
	const struct segment_list *l = &tab_connection(v)->segments;
	size_t i = row - l->first;
	nsec before = i > 0 ? l->rows[i - 1].ts : l->before;

	return before != 0 && !is_after_gap(l, row) ? l->rows[i].ts - before : 0;
}

enum role
segment_list_role(const struct view *v, bool selected)
{
	if (selected)
		return ROLE_SELECTED;
	return tab_connection(v)->gone ? ROLE_DIM : ROLE_NORMAL;
}

/* The worst of a segment's findings. */
static enum severity
segment_severity(const struct segment *s)
{
	enum severity worst = SEV_NONE;

	for (int f = 0; f < FINDING_COUNT; f++)
		if (s->findings & FINDING(f)) {
			enum severity one = finding_info(f)->severity;

			worst = one > worst ? one : worst;
		}
	return worst;
}

enum role
segment_list_loud_role(const struct view *v, const struct segment *s, bool selected)
{
	enum severity severity = segment_severity(s);

	if (selected || severity == SEV_NONE)
		return segment_list_role(v, selected);
	return severity_role(severity);
}

void
segment_list_notes(const struct view *v, size_t row, char *out, size_t size)
{
	const struct segment_list *l = &tab_connection(v)->segments;
	char notes[512];
	struct text t = text_on(out, size);

	if (is_after_gap(l, row))
		text_add(&t, _("[%llu segments before this one are no longer kept]"),
			 (unsigned long long)l->history.dropped);
	segment_notes(notes, sizeof(notes), segment_list_row(v, row));
	text_add(&t, "%s%s", t.len > 0 && notes[0] != '\0' ? " " : "", notes);
}

void
segment_list_remarks(const struct view *v, size_t row, char *out, size_t size)
{
	const struct segment *s = segment_list_row(v, row);
	char after[16];

	segment_list_notes(v, row, out, size);
	if (s->acked_by == 0 || s->len == 0)
		return;
	struct text t = {out, size, strlen(out)};
	text_duration(after, sizeof(after), s->acked_after);
	text_add(&t, "%s", t.len > 0 ? " " : "");
	text_add(&t, _("acked #%llu +%s"), (unsigned long long)s->acked_by, after);
}

/* ---- layout ---- */

/* Where the rows are narrow, a line below them has the whole remarks of the selected one. */
struct layout
segment_list_lay_out(struct view *v, struct area a)
{
	(void)v;
	return layout_split(a, 1, a.lines > 8 && a.columns < 126);
}

void
segment_list_draw_bottom(struct view *v, struct area a)
{
	const struct segment *s = segment_list_row(v, v->list.cursor);
	char text[512];

	if (!s)
		return;
	segment_list_remarks(v, v->list.cursor, text, sizeof(text));
	if (text[0] != '\0')
		term_printf(a.y, 1, a.columns - 1, ROLE_NOTE, "#%llu  %s",
			    (unsigned long long)s->frame, text);
}

void
segment_list_empty(struct view *v, char *out, size_t size)
{
	struct text t = text_on(out, size);

	(void)v;
	text_add(&t, "%s", _("No segment of this connection is kept any more"));
}

/* ---- keys ---- */

static bool
selected_segment(const struct view *v, struct segment *out)
{
	const struct connection *c = tab_connection(v);
	const struct segment *shown = segment_list_row(v, v->list.cursor);
	uint64_t total, dropped;

	if (!c->gone)
		return engine_segments(v->ui->engine, c->ref, v->list.cursor, 1, out, &total,
				       &dropped) == 1;
	if (shown)
		*out = *shown;
	return shown;
}

static void
enter(struct view *v)
{
	struct segment_arg arg;

	if (selected_segment(v, &arg.segment))
		ui_open(v->ui, &view_segment, &arg);
	else
		ui_say(v->ui, _("No segment is selected"));
}

static void
follow(struct view *v)
{
	struct segment_list *l = &tab_connection(v)->segments;

	l->follow = !l->follow;
	ui_say(v->ui, "%s",
	       l->follow ? _("Following the newest segment") : _("No longer following"));
	if (l->follow && v->list.count > 0)
		list_go(&v->list, v->list.count - 1);
}

/* Marks of the segments that ] and [ go to: retransmissions, probes, resets, and findings that are
 * worse than a note. */
static uint32_t
problem_marks(void)
{
	uint32_t marks = MARK_RESET | FINDING(F_RETRANSMISSION) | FINDING(F_ZERO_WINDOW_PROBE) |
			 FINDING(F_KEEP_ALIVE);

	for (int i = 0; i < FINDING_COUNT; i++)
		if (finding_info((enum finding)i)->severity > SEV_NOTE)
			marks |= FINDING(i);
	return marks;
}

/* Moves to the next or previous segment with a problem; says so when there is none. */
static void
find_problem(struct view *v, bool forward)
{
	const struct connection *c = tab_connection(v);
	uint64_t from = v->list.cursor + forward;
	int64_t at;

	if (c->gone)
		return;
	at = engine_find_segment(v->ui->engine, c->ref, from, forward, problem_marks());
	if (at >= 0 && (size_t)at < v->list.count)
		list_go(&v->list, (size_t)at);
	else
		ui_say(v->ui, "%s",
		       forward ? _("No problem after this segment")
			       : _("No problem before this segment"));
}

static void
next_problem(struct view *v)
{
	find_problem(v, true);
}

static void
previous_problem(struct view *v)
{
	find_problem(v, false);
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

const struct action segment_list_actions[] = {
	{"open", {K_ENTER, K_RIGHT}, N_("Open"), N_("every field of the segment"), enter},
	{"next-problem",
	 {']'},
	 N_("Problem"),
	 N_("to the next segment with a problem"),
	 next_problem},
	{"previous-problem",
	 {'['},
	 NULL,
	 N_("to the segment with a problem before"),
	 previous_problem},
	{"time",
	 {'t'},
	 N_("Time"),
	 N_("time: since the start, since the one before, of day, date"),
	 time_style},
	{"follow", {'F'}, NULL, N_("follow the newest segment"), follow},
	{"absolute", {'a'}, NULL, N_("sequence numbers relative or as on the wire"), absolute},
	{0},
};
