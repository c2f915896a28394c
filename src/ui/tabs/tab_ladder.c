/* SPDX-License-Identifier: MIT */
/*
 * tab_ladder: the Ladder tab: every kept segment as an arrow between the two hosts, with the time
 * in which nothing was sent before it, and the number of the segment that it repeats.
 */
#include <string.h>

#include "base/i18n.h"
#include "ui/tabs/segment_list.h"

#define TIME_WIDTH 11
#define SILENCE    (100 * NSEC_PER_MS) /* shortest time without a segment that is shown */

struct ladder_layout {
	int left, right; /* columns of the lines that stand for the hosts */
	int notes;       /* column of the notes; 0: there is no room for them */
};

static struct ladder_layout
lay_out(int width)
{
	struct ladder_layout l = {.left = TIME_WIDTH + 10};

	if (width < 60)
		l.left = TIME_WIDTH + 1;
	l.right = width >= 100 ? l.left + 44 : width >= 60 ? l.left + 34 : width - 2;
	l.notes = width - l.right > 12 ? l.right + 2 : 0;
	return l;
}

/* "P. 1:368 (367)": what the arrow carries. */
static void
label(const struct view *v, const struct segment *s, char *out, size_t size)
{
	char flags[16];
	struct text t = text_on(out, size);

	text_add(&t, " %s ", tcp_flags_text(flags, sizeof(flags), s->flags));
	if (v->ui->absolute_seq)
		text_add(&t, "%lu ", (unsigned long)s->raw_seq);
	else if (s->len > 0)
		text_add(&t, "%lld:%lld ", (long long)s->seq, (long long)s->seq + s->len);
	if (s->ack >= 0)
		text_add(&t, "ack %lld ",
			 v->ui->absolute_seq ? (long long)s->raw_ack : (long long)s->ack);
}

static void
arrow_draw(const struct view *v, const struct segment *s, int y, const struct ladder_layout *l,
	   enum role role)
{
	char text[96], cut[96];
	int room = l->right - l->left - 1;

	for (int x = l->left + 1; x < l->right; x++)
		term_put(y, x, 1, role, glyph(GLYPH_LINE));
	label(v, s, text, sizeof(text));
	int used = (int)text_cut(cut, sizeof(cut), text, (size_t)(room > 4 ? room - 4 : 1));
	term_put(y, l->left + 1 + (room - used) / 2, used, role, cut);
	if (s->from == CLIENT)
		term_put(y, l->right - 1, 1, role, glyph(GLYPH_RIGHT));
	else
		term_put(y, l->left + 1, 1, role, glyph(GLYPH_LEFT));
}

static void
ladder_notes(const struct view *v, size_t row, char *out, size_t size)
{
	const struct segment *s = segment_list_row(v, row);

	segment_list_notes(v, row, out, size);
	if (s->rexmit_of == 0)
		return;
	struct text t = {out, size, strlen(out)};
	text_add(&t, _("%srepeats #%llu"), t.len > 0 ? " " : "", (unsigned long long)s->rexmit_of);
}

/* "+1.2s": how long nothing was sent. */
static void
gap_draw(const struct ladder_layout *l, int y, enum role role, nsec gap)
{
	char text[32], d[16];
	struct text t = text_on(text, sizeof(text));

	text_add(&t, "+%s", text_duration(d, sizeof(d), gap));
	term_put(y, TIME_WIDTH + 1, l->left - TIME_WIDTH - 2, role, text);
}

static void
ladder_draw_row(struct view *v, size_t row, struct area a, bool selected)
{
	const struct segment *s = segment_list_row(v, row);
	struct ladder_layout l = lay_out(a.columns);
	char time[32], notes[512], shown[sizeof(notes)];

	if (!s)
		return;
	enum role plain = segment_list_role(v, selected);
	enum role loud = segment_list_loud_role(v, s, selected);
	nsec since = segment_list_delta(v, row);
	seconds_text(time, sizeof(time), s->ts - tab_connection(v)->d.f.start);
	term_put(a.y, TIME_WIDTH - (int)text_width(time), TIME_WIDTH, plain, time);
	if (since >= SILENCE && l.left > TIME_WIDTH + 2)
		gap_draw(&l, a.y, selected ? plain : ROLE_NOTE, since);
	/* The lines of the hosts are broken while nothing is sent. */
	const char *line = since >= SILENCE ? ":" : "|";
	term_put(a.y, l.left, 1, plain, line);
	term_put(a.y, l.right, 1, plain, line);
	arrow_draw(v, s, a.y, &l, loud);
	if (l.notes == 0)
		return;
	ladder_notes(v, row, notes, sizeof(notes));
	text_cut(shown, sizeof(shown), notes, (size_t)(a.columns - l.notes));
	term_put(a.y, l.notes, a.columns - l.notes, loud, shown);
}

static void
ladder_draw_top(struct view *v, struct area a)
{
	const struct endpoint *e = tab_connection(v)->d.f.end;
	struct ladder_layout l = lay_out(a.columns);
	char end[64], cut[64];
	int half = (l.right - l.left) / 2;
	size_t room = half > 2 ? (size_t)half - 1 : 1;

	text_endpoint(end, sizeof(end), e[CLIENT].addr, e[CLIENT].port);
	text_cut_middle(cut, sizeof(cut), end, room, 6);
	term_put(a.y, 1, TIME_WIDTH, ROLE_HEADER, _("TIME"));
	term_put(a.y, l.left, half, ROLE_HEADER, cut);
	text_endpoint(end, sizeof(end), e[SERVER].addr, e[SERVER].port);
	int used = (int)text_cut_middle(cut, sizeof(cut), end, room, 6);
	term_put(a.y, l.right + 1 - used, used, ROLE_HEADER, cut);
	if (l.notes > 0)
		term_put(a.y, l.notes, a.columns - l.notes, ROLE_HEADER, _("NOTES"));
}

const struct view_ops tab_ladder = {
	.name = "ladder",
	.title = N_("Ladder"),
	.help = N_("Every kept segment as an arrow between the two hosts, and the silence between "
		   "them."),
	.open = segment_list_open,
	.update = segment_list_update,
	.lay_out = segment_list_lay_out,
	.draw_top = ladder_draw_top,
	.fetch = segment_list_fetch,
	.draw_row = ladder_draw_row,
	.draw_bottom = segment_list_draw_bottom,
	.moved = segment_list_moved,
	.empty_text = segment_list_empty,
	.actions = segment_list_actions,
};
