/* SPDX-License-Identifier: MIT */
/*
 * tab_segments: the Segments tab: every kept segment, in the order of the capture.
 */
#include <string.h>

#include "base/i18n.h"
#include "ui/table.h"
#include "ui/tabs/segment_list.h"

/* ---- columns ---- */

static const struct view *
cell_view(const struct table_cell *cell)
{
	return cell->data;
}

static const struct segment *
cell_segment(const struct table_cell *cell)
{
	return segment_list_row(cell_view(cell), cell->row);
}

static void
put(char *out, size_t size, const char *s)
{
	struct text t = text_on(out, size);

	text_add(&t, "%s", s);
}

static void
seg_frame(const struct table_cell *cell, char *out, size_t size)
{
	struct text t = text_on(out, size);

	text_add(&t, "%llu", (unsigned long long)cell_segment(cell)->frame);
}

static void
seg_time(const struct table_cell *cell, char *out, size_t size)
{
	nsec ts = cell_segment(cell)->ts;

	switch (cell_view(cell)->ui->time_style) {
	case TIME_DELTA:
		seconds_text(out, size, segment_list_delta(cell_view(cell), cell->row));
		break;
	case TIME_CLOCK:
		text_clock(out, size, ts, 6);
		break;
	case TIME_DATE:
		text_date(out, size, ts, 6);
		break;
	default:
		seconds_text(out, size, ts - tab_connection(cell_view(cell))->d.f.start);
	}
}

static void
seg_delta(const struct table_cell *cell, char *out, size_t size)
{
	text_duration(out, size, segment_list_delta(cell_view(cell), cell->row));
}

static void
seg_direction(const struct table_cell *cell, char *out, size_t size)
{
	put(out, size, glyph(cell_segment(cell)->from == CLIENT ? GLYPH_RIGHT : GLYPH_LEFT));
}

static void
seg_flags(const struct table_cell *cell, char *out, size_t size)
{
	tcp_flags_text(out, size, cell_segment(cell)->flags);
}

static void
seg_seq(const struct table_cell *cell, char *out, size_t size)
{
	const struct segment *s = cell_segment(cell);
	struct text t = text_on(out, size);

	if (cell_view(cell)->ui->absolute_seq)
		text_add(&t, "%lu", (unsigned long)s->raw_seq);
	else if (s->len > 0)
		text_add(&t, "%lld:%lld", (long long)s->seq, (long long)s->seq + s->len);
	else
		text_add(&t, "%lld", (long long)s->seq);
}

static void
seg_ack(const struct table_cell *cell, char *out, size_t size)
{
	const struct segment *s = cell_segment(cell);
	struct text t = text_on(out, size);

	if (s->ack < 0)
		text_add(&t, "%s", glyph(GLYPH_NONE));
	else if (cell_view(cell)->ui->absolute_seq)
		text_add(&t, "%lu", (unsigned long)s->raw_ack);
	else
		text_add(&t, "%lld", (long long)s->ack);
}

static void
seg_len(const struct table_cell *cell, char *out, size_t size)
{
	struct text t = text_on(out, size);

	text_add(&t, "%lu", (unsigned long)cell_segment(cell)->len);
}

static void
seg_window(const struct table_cell *cell, char *out, size_t size)
{
	const struct segment *s = cell_segment(cell);
	struct text t = text_on(out, size);

	text_add(&t, "%lu%s", (unsigned long)s->window, s->window_unscaled ? "?" : "");
}

static void
seg_client(const struct table_cell *cell, char *out, size_t size)
{
	put(out, size, tcp_state_name(cell_segment(cell)->state[CLIENT]));
}

static void
seg_server(const struct table_cell *cell, char *out, size_t size)
{
	put(out, size, tcp_state_name(cell_segment(cell)->state[SERVER]));
}

static void
seg_notes(const struct table_cell *cell, char *out, size_t size)
{
	segment_list_remarks(cell_view(cell), cell->row, out, size);
}

enum {
	COL_FRAME,
	COL_TIME,
	COL_DELTA,
	COL_DIRECTION,
	COL_FLAGS,
	COL_SEQ,
	COL_ACK,
	COL_LEN,
	COL_WINDOW,
	COL_CLIENT,
	COL_SERVER,
	COL_NOTES,
	COL_COUNT,
};

/* clang-format off */
static const struct table_column segment_columns[COL_COUNT] = {
	[COL_FRAME] = {N_("#"), .min = 5, .from = 60, .shrink = 1, .flags = TABLE_RIGHT, .format = seg_frame},
	[COL_TIME] = {N_("TIME"), .min = 10, .flags = TABLE_RIGHT, .format = seg_time},
	[COL_DELTA] = {"Δ", .min = 7, .from = 100, .flags = TABLE_RIGHT, .format = seg_delta},
	[COL_DIRECTION] = {"", .min = 1, .format = seg_direction},
	[COL_FLAGS] = {N_("FLAGS"), .min = 5, .flags = TABLE_LOUD, .format = seg_flags},
	[COL_SEQ] = {N_("SEQ"), .min = 13, .from = 60, .format = seg_seq},
	[COL_ACK] = {N_("ACK"), .min = 8, .from = 70, .format = seg_ack},
	[COL_LEN] = {N_("LEN"), .min = 5, .flags = TABLE_RIGHT, .format = seg_len},
	[COL_WINDOW] = {N_("WIN"), .min = 6, .from = 90, .flags = TABLE_RIGHT, .format = seg_window},
	[COL_CLIENT] = {N_("CLIENT"), .min = 11, .from = 126, .format = seg_client},
	[COL_SERVER] = {N_("SERVER"), .min = 11, .from = 126, .format = seg_server},
	[COL_NOTES] = {N_("NOTES"), .shrink = 2, .flags = TABLE_LOUD | TABLE_REST, .format = seg_notes},
};
/* clang-format on */

struct segments {
	struct table_column columns[COL_COUNT]; /* with the widths of the present styles */
	struct table table;
};

static int
time_width(enum time_style style, int screen)
{
	if (style == TIME_CLOCK)
		return 15;
	if (style == TIME_DATE)
		return screen >= 60 ? 26 : 19;
	return segment_columns[COL_TIME].min;
}

static struct layout
segments_lay_out(struct view *v, struct area a)
{
	struct segments *s = v->state;

	memcpy(s->columns, segment_columns, sizeof(s->columns));
	s->columns[COL_TIME].min = time_width(v->ui->time_style, a.columns);
	if (v->ui->absolute_seq)
		s->columns[COL_SEQ].min = s->columns[COL_ACK].min = 10;
	s->table.columns = s->columns;
	s->table.n_columns = COL_COUNT;
	s->table.data = v;
	s->table.indent = 1;
	table_lay_out(&s->table, a.columns, 0, 0);
	return segment_list_lay_out(v, a);
}

static void
segments_draw_top(struct view *v, struct area a)
{
	const struct segments *s = v->state;

	table_draw_titles(&s->table, a, TABLE_NONE, false);
}

static void
segments_draw_row(struct view *v, size_t row, struct area a, bool selected)
{
	const struct segments *s = v->state;
	const struct segment *segment = segment_list_row(v, row);

	if (segment)
		table_draw_row(&s->table, a, row, segment_list_role(v, selected),
			       segment_list_loud_role(v, segment, selected));
}

const struct view_ops tab_segments = {
	.name = "segments",
	.title = N_("Segments"),
	.help = N_("Every kept segment of the connection, in the order of the capture."),
	.state_size = sizeof(struct segments),
	.open = segment_list_open,
	.update = segment_list_update,
	.lay_out = segments_lay_out,
	.draw_top = segments_draw_top,
	.fetch = segment_list_fetch,
	.draw_row = segments_draw_row,
	.draw_bottom = segment_list_draw_bottom,
	.moved = segment_list_moved,
	.empty_text = segment_list_empty,
	.actions = segment_list_actions,
};
