/* SPDX-License-Identifier: MIT */
/*
 * tab_segments: the Segments tab: what is kept of every segment, in capture order. Only the
 * rows on screen are copied from the engine.
 */
#include "base/i18n.h"
#include "ui/tabs/segment_list.h"

/* ---- columns ---- */

struct seg_column {
	const char *title; /* N_() */
	int width;
	int from; /* shown on screens at least this wide */
	bool left;
	void (*format)(const struct view *v, size_t row, char *out, size_t size);
};

static void
put(char *out, size_t size, const char *s)
{
	struct text t = text_on(out, size);

	text_add(&t, "%s", s);
}

static void
seg_frame(const struct view *v, size_t row, char *out, size_t size)
{
	struct text t = text_on(out, size);

	text_add(&t, "%llu", (unsigned long long)segment_list_row(v, row)->frame);
}

static void
seg_time(const struct view *v, size_t row, char *out, size_t size)
{
	nsec ts = segment_list_row(v, row)->ts;

	switch (v->ui->time_style) {
	case TIME_DELTA:
		seconds_text(out, size, segment_list_delta(v, row));
		break;
	case TIME_CLOCK:
		text_clock(out, size, ts, 6);
		break;
	case TIME_DATE:
		text_date(out, size, ts, 6);
		break;
	default:
		seconds_text(out, size, ts - tab_connection(v)->d.f.start);
	}
}

static void
seg_delta(const struct view *v, size_t row, char *out, size_t size)
{
	text_duration(out, size, segment_list_delta(v, row));
}

static void
seg_direction(const struct view *v, size_t row, char *out, size_t size)
{
	put(out, size, glyph(segment_list_row(v, row)->from == CLIENT ? GLYPH_RIGHT : GLYPH_LEFT));
}

static void
seg_flags(const struct view *v, size_t row, char *out, size_t size)
{
	tcp_flags_text(out, size, segment_list_row(v, row)->flags);
}

static void
seg_seq(const struct view *v, size_t row, char *out, size_t size)
{
	const struct segment *s = segment_list_row(v, row);
	struct text t = text_on(out, size);

	if (v->ui->absolute_seq)
		text_add(&t, "%lu", (unsigned long)s->raw_seq);
	else if (s->len > 0)
		text_add(&t, "%lld:%lld", (long long)s->seq, (long long)s->seq + s->len);
	else
		text_add(&t, "%lld", (long long)s->seq);
}

static void
seg_ack(const struct view *v, size_t row, char *out, size_t size)
{
	const struct segment *s = segment_list_row(v, row);
	struct text t = text_on(out, size);

	if (s->ack < 0)
		text_add(&t, "%s", glyph(GLYPH_NONE));
	else if (v->ui->absolute_seq)
		text_add(&t, "%lu", (unsigned long)s->raw_ack);
	else
		text_add(&t, "%lld", (long long)s->ack);
}

static void
seg_len(const struct view *v, size_t row, char *out, size_t size)
{
	struct text t = text_on(out, size);

	text_add(&t, "%lu", (unsigned long)segment_list_row(v, row)->len);
}

static void
seg_window(const struct view *v, size_t row, char *out, size_t size)
{
	const struct segment *s = segment_list_row(v, row);
	struct text t = text_on(out, size);

	text_add(&t, "%lu%s", (unsigned long)s->window, s->window_unscaled ? "?" : "");
}

static void
seg_client(const struct view *v, size_t row, char *out, size_t size)
{
	put(out, size, tcp_state_name(segment_list_row(v, row)->state[CLIENT]));
}

static void
seg_server(const struct view *v, size_t row, char *out, size_t size)
{
	put(out, size, tcp_state_name(segment_list_row(v, row)->state[SERVER]));
}

static void
seg_notes(const struct view *v, size_t row, char *out, size_t size)
{
	segment_remarks(segment_list_row(v, row), out, size);
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

static void
segments_draw_row(struct view *v, size_t row, struct area a, bool selected)
{
	const struct segment *s = segment_list_row(v, row);
	int x = 1;
	char text[512];

	if (!s)
		return;
	enum role plain = segment_list_role(v, selected);
	enum role loud = segment_list_loud_role(v, s, selected);
	for (size_t k = 0; k < ARRAY_LEN(columns_of_segments); k++) {
		const struct seg_column *c = &columns_of_segments[k];

		if (a.columns < c->from)
			continue;
		int width = seg_width(v, c, x, a.columns);
		c->format(v, row, text, sizeof(text));
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
	uint64_t dropped = tab_connection(v)->segments.dropped;
	int x = 1;

	for (size_t k = 0; k < ARRAY_LEN(columns_of_segments); k++) {
		const struct seg_column *c = &columns_of_segments[k];

		if (a.columns < c->from)
			continue;
		int width = seg_width(v, c, x, a.columns);
		const char *title = seg_title(c);
		term_put(a.y, c->left ? x : x + width - (int)text_width(title), width, ROLE_HEADER,
			 title);
		if (c->format == seg_notes && dropped > 0)
			term_printf(a.y, x + 6, width - 6, ROLE_WARNING,
				    _("(%llu older forgotten)"), (unsigned long long)dropped);
		x += width + 1;
	}
}

const struct view_ops tab_segments = {
	.name = "segments",
	.title = N_("Segments"),
	.help = N_("Every kept segment of the connection, in the order of the capture."),
	.open = segment_list_open,
	.update = segment_list_update,
	.lay_out = segment_list_lay_out,
	.draw_top = segments_draw_top,
	.fetch = segment_list_fetch,
	.draw_row = segments_draw_row,
	.draw_bottom = segment_list_draw_bottom,
	.moved = segment_list_moved,
	.empty_text = segment_list_empty,
	.actions = segment_list_actions,
};
