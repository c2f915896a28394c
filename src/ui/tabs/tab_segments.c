/* SPDX-License-Identifier: MIT */
/*
 * tab_segments: the Segments tab: what is kept of every segment, in capture order. Only the
 * rows on screen are copied from the engine.
 */
#include "base/i18n.h"
#include "ui/tabs/connection.h"

/* ---- columns ---- */

struct seg_column {
	const char *title; /* N_() */
	int width;
	int from; /* shown on screens at least this wide */
	bool left;
	void (*format)(const struct view *v, size_t i, char *out, size_t size);
};

static const struct segment *
row_segment(const struct view *v, size_t i)
{
	const struct connection *f = v->state;

	return &f->rows[i];
}

static void
put(char *out, size_t size, const char *s)
{
	struct text t = text_on(out, size);

	text_add(&t, "%s", s);
}

static void
seg_frame(const struct view *v, size_t i, char *out, size_t size)
{
	struct text t = text_on(out, size);

	text_add(&t, "%llu", (unsigned long long)row_segment(v, i)->frame);
}

nsec
segment_since_before(const struct view *v, size_t i)
{
	const struct connection *f = v->state;
	nsec before = i > 0 ? f->rows[i - 1].ts : f->before;

	return before != 0 ? f->rows[i].ts - before : 0;
}

void
seconds_text(char *out, size_t size, nsec d)
{
	struct text t = text_on(out, size);
	nsec a = d < 0 ? -d : d;

	text_add(&t, "%s%lld.%06lld", d < 0 ? "-" : "", (long long)(a / NSEC_PER_SEC),
		 (long long)(a % NSEC_PER_SEC / NSEC_PER_US));
}

static void
seg_time(const struct view *v, size_t i, char *out, size_t size)
{
	const struct connection *f = v->state;
	nsec ts = f->rows[i].ts;

	switch (v->ui->time_style) {
	case TIME_DELTA:
		seconds_text(out, size, segment_since_before(v, i));
		break;
	case TIME_CLOCK:
		text_clock(out, size, ts, 6);
		break;
	case TIME_DATE:
		text_date(out, size, ts, 6);
		break;
	default:
		seconds_text(out, size, ts - f->d.f.start);
	}
}

static void
seg_delta(const struct view *v, size_t i, char *out, size_t size)
{
	text_duration(out, size, segment_since_before(v, i));
}

static void
seg_direction(const struct view *v, size_t i, char *out, size_t size)
{
	put(out, size, glyph(row_segment(v, i)->from == CLIENT ? GLYPH_RIGHT : GLYPH_LEFT));
}

static void
seg_flags(const struct view *v, size_t i, char *out, size_t size)
{
	tcp_flags_text(out, size, row_segment(v, i)->flags);
}

static void
seg_seq(const struct view *v, size_t i, char *out, size_t size)
{
	const struct segment *s = row_segment(v, i);
	struct text t = text_on(out, size);

	if (v->ui->absolute_seq)
		text_add(&t, "%lu", (unsigned long)s->raw_seq);
	else if (s->len > 0)
		text_add(&t, "%lld:%lld", (long long)s->seq, (long long)s->seq + s->len);
	else
		text_add(&t, "%lld", (long long)s->seq);
}

static void
seg_ack(const struct view *v, size_t i, char *out, size_t size)
{
	const struct segment *s = row_segment(v, i);
	struct text t = text_on(out, size);

	if (s->ack < 0)
		text_add(&t, "%s", glyph(GLYPH_NONE));
	else if (v->ui->absolute_seq)
		text_add(&t, "%lu", (unsigned long)s->raw_ack);
	else
		text_add(&t, "%lld", (long long)s->ack);
}

static void
seg_len(const struct view *v, size_t i, char *out, size_t size)
{
	struct text t = text_on(out, size);

	text_add(&t, "%lu", (unsigned long)row_segment(v, i)->len);
}

static void
seg_window(const struct view *v, size_t i, char *out, size_t size)
{
	const struct segment *s = row_segment(v, i);
	struct text t = text_on(out, size);

	text_add(&t, "%lu%s", (unsigned long)s->window, s->window_unscaled ? "?" : "");
}

static void
seg_client(const struct view *v, size_t i, char *out, size_t size)
{
	put(out, size, tcp_state_name(row_segment(v, i)->state[CLIENT]));
}

static void
seg_server(const struct view *v, size_t i, char *out, size_t size)
{
	put(out, size, tcp_state_name(row_segment(v, i)->state[SERVER]));
}

static void
seg_notes(const struct view *v, size_t i, char *out, size_t size)
{
	const struct segment *s = row_segment(v, i);
	char after[16];

	segment_notes(out, size, s);
	if (s->acked_by == 0 || s->len == 0)
		return;
	struct text t = {out, size, 0};
	while (out[t.len] != '\0')
		t.len++;
	text_duration(after, sizeof(after), s->acked_after);
	text_add(&t, "%s", t.len > 0 ? " " : "");
	text_add(&t, _("acked #%llu +%s"), (unsigned long long)s->acked_by, after);
}

/* All that is to be said of the segment under the cursor, where the column is too narrow. */
void
segments_draw_note(struct view *v, struct area a)
{
	const struct connection *f = v->state;
	char text[512];

	if (v->list.cursor < f->first || v->list.cursor - f->first >= f->n)
		return;
	seg_notes(v, v->list.cursor - f->first, text, sizeof(text));
	if (text[0] != '\0')
		term_printf(a.y, 1, a.columns - 1, ROLE_NOTE, "#%llu  %s",
			    (unsigned long long)f->rows[v->list.cursor - f->first].frame, text);
}

static const struct seg_column columns_of_segments[] = {
	{N_("#"), 5, 60, false, seg_frame},
	{N_("TIME"), 10, 0, false, seg_time},
	{"", 7, 100, false, seg_delta},
	{"", 1, 0, true, seg_direction},
	{N_("FLAGS"), 5, 0, true, seg_flags},
	{N_("SEQ"), 13, 60, true, seg_seq},
	{N_("ACK"), 8, 70, true, seg_ack},
	{N_("LEN"), 5, 0, false, seg_len},
	{N_("WIN"), 6, 90, false, seg_window},
	{N_("CLIENT"), 11, 126, true, seg_client},
	{N_("SERVER"), 11, 126, true, seg_server},
	{N_("NOTES"), 12, 0, true, seg_notes},
};

static int
seg_width(const struct view *v, const struct seg_column *c, int x, int cols)
{
	if (c->format == seg_time && v->ui->time_style == TIME_CLOCK)
		return 15;
	if (c->format == seg_time && v->ui->time_style == TIME_DATE)
		return cols >= 60 ? 26 : 19;
	if (c->format == seg_notes)
		return cols - x;
	if ((c->format == seg_seq || c->format == seg_ack) && v->ui->absolute_seq)
		return 10;
	return c->width;
}

static const char *
seg_title(const struct seg_column *c)
{
	if (c->format == seg_delta)
		return glyph(GLYPH_DELTA);
	return c->title[0] != '\0' ? _(c->title) : "";
}

enum severity
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

static void
segments_draw_row(struct view *v, size_t row, struct area a, bool selected)
{
	const struct connection *f = v->state;
	size_t i = row - f->first;
	int x = 1;
	char text[512];

	if (row < f->first || i >= f->n)
		return;
	enum severity severity = segment_severity(&f->rows[i]);
	enum role plain = selected ? ROLE_SELECTED : f->gone ? ROLE_DIM : ROLE_NORMAL;
	enum role loud = selected || severity == SEV_NONE ? plain : severity_role(severity);
	for (size_t k = 0; k < ARRAY_LEN(columns_of_segments); k++) {
		const struct seg_column *c = &columns_of_segments[k];

		if (a.columns < c->from)
			continue;
		int width = seg_width(v, c, x, a.columns);
		c->format(v, i, text, sizeof(text));
		char cut[512];
		int used = (int)text_cut(cut, sizeof(cut), text, (size_t)(width > 0 ? width : 0));
		term_put(a.y, c->left ? x : x + width - used, width,
			 c->format == seg_notes || c->format == seg_flags ? loud : plain, cut);
		x += width + 1;
	}
}

static void
segments_draw_top(struct view *v, struct area a)
{
	const struct connection *f = v->state;
	int x = 1;

	for (size_t k = 0; k < ARRAY_LEN(columns_of_segments); k++) {
		const struct seg_column *c = &columns_of_segments[k];

		if (a.columns < c->from)
			continue;
		int width = seg_width(v, c, x, a.columns);
		const char *title = seg_title(c);
		term_put(a.y, c->left ? x : x + width - (int)text_width(title), width, ROLE_HEADER,
			 title);
		if (c->format == seg_notes && f->lost > 0)
			term_printf(a.y, x + 6, width - 6, ROLE_WARNING,
				    _("(%llu older forgotten)"), (unsigned long long)f->lost);
		x += width + 1;
	}
}

/* ---- data ---- */

void
segments_update(struct view *v)
{
	struct connection *f = v->state;
	struct segment one;

	engine_segments(v->ui->engine, f->ref, 0, 1, &one, &f->total, &f->lost);
	size_t count = (size_t)f->total;
	ptrdiff_t found = f->selected >= f->lost ? (ptrdiff_t)(f->selected - f->lost) : 0;
	if (found >= (ptrdiff_t)count)
		found = -1;
	list_sync(&v->list, count, found);
	if (f->follow && count > 0) {
		list_go(&v->list, count - 1);
		f->selected = f->lost + v->list.cursor;
	}
}

void
segments_moved(struct view *v)
{
	struct connection *f = v->state;

	if (!f->on_segments)
		return;
	f->selected = f->lost + v->list.cursor;
	if (v->list.cursor + 1 < v->list.count)
		f->follow = false;
}

void
segments_fetch(struct view *v, size_t first, size_t n)
{
	struct connection *f = v->state;
	uint64_t total, lost;
	struct segment one;

	f->before = 0;
	if (first > 0 &&
	    engine_segments(v->ui->engine, f->ref, first - 1, 1, &one, &total, &lost) == 1)
		f->before = one.ts;
	f->first = first;
	f->n = engine_segments(v->ui->engine, f->ref, first, n < SEGMENTS_MAX ? n : SEGMENTS_MAX,
			       f->rows, &total, &lost);
}

bool
segments_selected(struct view *v, struct segment *out)
{
	struct connection *f = v->state;
	uint64_t total, lost;

	if (!f->on_segments)
		return false;
	if (f->gone) {
		if (v->list.cursor < f->first || v->list.cursor - f->first >= f->n)
			return false;
		*out = f->rows[v->list.cursor - f->first];
		return true;
	}
	return engine_segments(v->ui->engine, f->ref, v->list.cursor, 1, out, &total, &lost) == 1;
}

const struct tab tab_segments = {
	.title = N_("Segments"),
	.update = segments_update,
	.top_lines = 1,
	.draw_top = segments_draw_top,
	.fetch = segments_fetch,
	.draw_row = segments_draw_row,
	.segments = true,
	.empty = N_("No segment of this connection is kept any more"),
};

/* ---- keys ---- */

void
segments_enter(struct view *v)
{
	struct ui *ui = v->ui;
	struct segment_arg arg;

	if (segments_selected(v, &arg.segment))
		ui_open(ui, &view_segment, &arg);
	else
		ui_say(ui, _("No segment is selected: 1 shows the segments"));
}

void
segments_follow(struct view *v)
{
	struct connection *f = v->state;

	f->follow = !f->follow;
	ui_say(v->ui, "%s",
	       f->follow ? _("Following the newest segment") : _("No longer following"));
	if (f->follow && v->list.count > 0 && f->on_segments)
		list_go(&v->list, v->list.count - 1);
}

/* Marks of a segment that the user is taken to: what was sent again, probes, resets, and findings
 * that are worse than a note. */
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
find_problem(struct ui *ui, struct view *v, int by)
{
	struct connection *f = v->state;
	uint64_t from = v->list.cursor + (by > 0);
	int64_t at;

	if (!f->on_segments || f->gone)
		return;
	at = engine_find_segment(ui->engine, f->ref, from, by > 0, problem_marks());
	if (at >= 0 && (size_t)at < v->list.count)
		list_go(&v->list, (size_t)at);
	else
		ui_say(ui, "%s",
		       by > 0 ? _("No problem after this segment")
			      : _("No problem before this segment"));
}

void
segments_next_problem(struct view *v)
{
	find_problem(v->ui, v, 1);
}

void
segments_previous_problem(struct view *v)
{
	find_problem(v->ui, v, -1);
}
