/* SPDX-License-Identifier: MIT */
/*
 * view_why: the Why screen: for every verdict of a connection its sentence, its rule (the core has
 * the text), and the segments that are evidence for it; Enter opens one of them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "ui/lines.h"
#include "ui/app.h"

struct why {
	struct connref ref;
	struct conn_detail d;
	int columns; /* of the screen that the text was wrapped for */
	uint64_t change;
	struct lines text;
	uint64_t *frames; /* per line: frame number of the segment it shows, 0 none */
	size_t n_frames;
};

static bool
why_open(struct view *v, const void *arg, struct err *err)
{
	const struct connection_arg *a = arg;
	struct why *w = v->state;

	w->ref = a->ref;
	if (!engine_detail(v->ui->engine, v->ui->now, w->ref, &w->d))
		return err_set(err, _("The connection is no longer tracked"));
	engine_pin(v->ui->engine, w->ref, true);
	return true;
}

static void
why_close(struct view *v)
{
	struct why *w = v->state;

	engine_pin(v->ui->engine, w->ref, false);
	lines_free(&w->text);
	free(w->frames);
}

/* Gives a frame number, 0 for none, to the lines that were added since the latest call. */
static void
frame_note(struct why *w, uint64_t frame)
{
	w->frames = xreallocarray(w->frames, w->text.n, sizeof(*w->frames));
	while (w->n_frames < w->text.n)
		w->frames[w->n_frames++] = frame;
}

bool
segment_by_frame(struct ui *ui, struct connref ref, uint64_t frame, struct segment *out)
{
	uint64_t low = 0, high, lost, total;

	engine_segments(ui->engine, ref, 0, 1, out, &high, &lost);
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (engine_segments(ui->engine, ref, middle, 1, out, &total, &lost) != 1)
			return false;
		if (out->frame == frame)
			return true;
		if (out->frame < frame)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static void
evidence_add(struct view *v, struct why *w, uint64_t frame, int width)
{
	struct segment s;
	char flags[16], notes[256], time[32], head[32], text[512];
	struct text t = text_on(text, sizeof(text)), number = text_on(head, sizeof(head));

	if (!segment_by_frame(v->ui, w->ref, frame, &s)) {
		lines_add(&w->text, ROLE_DIM, _("    #%llu  (no longer kept)"),
			  (unsigned long long)frame);
		frame_note(w, 0);
		return;
	}
	segment_notes(notes, sizeof(notes), &s);
	text_add(&number, "    #%llu  ", (unsigned long long)frame);
	text_add(&t, "%s  %s  %s  seq %lld  len %lu  %s",
		 text_clock(time, sizeof(time), s.ts, 6),
		 s.from == CLIENT ? glyph(GLYPH_RIGHT) : glyph(GLYPH_LEFT),
		 tcp_flags_text(flags, sizeof(flags), s.flags), (long long)s.seq,
		 (unsigned long)s.len, notes);
	lines_wrap(&w->text, ROLE_NORMAL, width, (int)text_width(head), head, text);
	frame_note(w, frame);
}

static void
check_add(struct view *v, struct why *w, const struct verdict *verdict, int width)
{
	char head[64], text[512];
	struct text t = text_on(head, sizeof(head));

	text_add(&t, "  %s ", _("check next:"));
	verdict_check(text, sizeof(text), verdict, &w->d.f, v->ui->now);
	lines_wrap(&w->text, ROLE_NORMAL, width, 2, head, text);
}

static void
verdict_add(struct view *v, struct why *w, const struct verdict *verdict, int width)
{
	char head[8], text[512], time[64];
	struct text t = text_on(head, sizeof(head));
	struct lines *l = &w->text;

	text_add(&t, "%c ", severity_letter(verdict->severity));
	verdict_text(text, sizeof(text), verdict, &w->d.f, v->ui->now);
	lines_wrap(l, severity_role(verdict->severity), width, 2, head, text);
	lines_add(l, ROLE_DIM, _("  %s, since %s"), verdict_name(verdict->code),
		  text_date(time, sizeof(time), verdict->time, 3));
	lines_wrap(l, ROLE_NORMAL, width, 2, "  ", _(verdict_help(verdict->code)));
	check_add(v, w, verdict, width);
	if (verdict->likely)
		lines_add(l, ROLE_NORMAL, "  %s",
			  _("There is doubt: what was captured fits other explanations too."));
	if (verdict->n_frames > 0)
		lines_add(l, ROLE_HEADER, "  %s", _("Segments that prove it:"));
	frame_note(w, 0);
	for (int i = 0; i < verdict->n_frames && i < VERDICT_FRAMES; i++)
		evidence_add(v, w, verdict->frames[i], width);
	lines_add(l, ROLE_NORMAL, " ");
}

static void
why_build(struct view *v, int width)
{
	struct why *w = v->state;

	lines_clear(&w->text);
	w->n_frames = 0;
	for (int i = 0; i < w->d.n_verdicts; i++)
		verdict_add(v, w, &w->d.verdicts[i], width - 2);
	if (w->d.n_verdicts == 0)
		lines_add(&w->text, ROLE_NORMAL, "%s", _("No TCP problem found."));
	frame_note(w, 0);
	list_sync(&v->list, w->text.n, -1);
}

static bool
why_update(struct view *v)
{
	struct why *w = v->state;

	if (w->text.n > 0 && w->columns == term_columns() && w->change == v->ui->totals.change)
		return false;
	w->columns = term_columns();
	w->change = v->ui->totals.change;
	struct conn_detail *d = xmalloc(sizeof(*d));
	if (engine_detail(v->ui->engine, v->ui->now, w->ref, d))
		w->d = *d;
	free(d);
	why_build(v, w->columns);
	return true;
}

static void
why_draw_top(struct view *v, struct area a)
{
	const struct why *w = v->state;
	char from[64], to[64];

	text_endpoint(from, sizeof(from), w->d.f.end[CLIENT].addr, w->d.f.end[CLIENT].port);
	text_endpoint(to, sizeof(to), w->d.f.end[SERVER].addr, w->d.f.end[SERVER].port);
	term_printf(a.y, 1, a.columns - 1, ROLE_TITLE, _("Why: #%llu  %s %s %s"),
		    (unsigned long long)w->d.f.id, from, glyph(GLYPH_RIGHT), to);
}

static void
why_draw_row(struct view *v, size_t row, struct area a, bool selected)
{
	const struct why *w = v->state;

	if (row < w->text.n)
		term_put(a.y, 1, a.columns - 1, selected ? ROLE_SELECTED : w->text.items[row].role,
			 w->text.items[row].text);
}

static void
why_enter(struct view *v)
{
	struct ui *ui = v->ui;
	const struct why *w = v->state;
	struct segment_arg arg;
	size_t row = v->list.cursor;

	if (row < w->n_frames && w->frames[row] != 0 &&
	    segment_by_frame(ui, w->ref, w->frames[row], &arg.segment))
		ui_open(ui, &view_segment, &arg);
	else
		ui_say(ui, _("Enter opens one of the segments that prove it"));
}

static const struct action why_actions[] = {
	{"open", {K_ENTER, K_RIGHT}, N_("Open"), N_("every field of the segment"), why_enter},
	{0},
};

const struct view_ops view_why = {
	.name = "why",
	.title = N_("Why"),
	.help = N_("The rule behind each diagnosis, and the segments that prove it."),
	.state_size = sizeof(struct why),
	.open = why_open,
	.close = why_close,
	.update = why_update,
	.top_lines = 1,
	.draw_top = why_draw_top,
	.draw_row = why_draw_row,
	.actions = why_actions,
};
