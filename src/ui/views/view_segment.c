/* SPDX-License-Identifier: MIT */
/*
 * view_segment: one segment: what the analysis found, every field of its headers explained, and the
 * bytes as they were captured, those of the field under the cursor marked. The bytes come from the
 * packet store; where they are no longer kept the screen says so and shows the rest.
 */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "ui/lines.h"
#include "ui/app.h"

#define BYTES_MAX   262144
#define NOTE_LINES  2
#define PAYLOAD_ROW 32u /* bytes of payload in one row */

struct segment_row {
	enum role role;
	int depth;
	uint32_t offset, len;
	char name[80], value[256];
	const char *note; /* translated; NULL none */
};

struct segment_view {
	struct segment segment;
	struct frame frame;
	bool kept;
	bool hide_hex;
	uint8_t *bytes;
	size_t n, size;
	struct segment_row *rows;
};

/* The byte, or "." for one that is not printable ASCII. */
static char
printable(uint8_t byte)
{
	return byte >= 0x20 && byte < 0x7f ? (char)byte : '.';
}

static struct segment_row *
row_add(struct segment_view *p, enum role role, int depth, const char *name)
{
	if (p->n == p->size) {
		p->size = p->size > 0 ? p->size * 2 : 64;
		p->rows = xreallocarray(p->rows, p->size, sizeof(*p->rows));
	}
	struct segment_row *r = &p->rows[p->n++];
	*r = (struct segment_row){.role = role, .depth = depth};
	struct text t = text_on(r->name, sizeof(r->name));
	text_add(&t, "%s", name);
	return r;
}

static void row_value(struct segment_row *r, const char *fmt, ...) ATTR_FORMAT(2, 3);
static void
row_value(struct segment_row *r, const char *fmt, ...)
{
	struct text t = text_on(r->value, sizeof(r->value));
	va_list ap;

	va_start(ap, fmt);
	text_addv(&t, fmt, ap);
	va_end(ap);
}

static void
add_field(void *ctx, const struct field *f)
{
	struct segment_view *p = ctx;
	struct segment_row *r =
		row_add(p, f->depth == 0 ? ROLE_TITLE : ROLE_NORMAL, f->depth, _(f->name));

	r->offset = f->offset;
	r->len = f->len;
	row_value(r, "%s", f->value);
	r->note = f->note ? _(f->note) : NULL;
}

/* What the analysis found, beyond the segment's own bytes. */
static void
add_analysis(struct segment_view *p)
{
	const struct segment *s = &p->segment;
	char buf[256];

	row_add(p, ROLE_TITLE, 0, _("Analysis"));
	row_value(row_add(p, ROLE_NORMAL, 1, _("Direction")), "%s",
		  s->from == CLIENT ? _("client to server") : _("server to client"));
	row_value(row_add(p, ROLE_NORMAL, 1, _("Flags")), "%s",
		  tcp_flags_text(buf, sizeof(buf), s->flags));
	row_value(row_add(p, ROLE_NORMAL, 1, _("Relative sequence")), "%lld:%lld, %u %s",
		  (long long)s->seq, (long long)s->seq + s->len, s->len, _("bytes"));
	if (s->ack >= 0)
		row_value(row_add(p, ROLE_NORMAL, 1, _("Relative ACK")), "%lld", (long long)s->ack);
	row_value(row_add(p, ROLE_NORMAL, 1, _("Window")), "%u%s", s->window,
		  s->window_unscaled ? _(" (scale unknown)") : "");
	if (p->kept && tcp_options_text(buf, sizeof(buf), &p->frame)[0] != '\0')
		row_value(row_add(p, ROLE_NORMAL, 1, _("Options")), "%s", buf);
	row_value(row_add(p, ROLE_NORMAL, 1, _("States after it")), _("client %s, server %s"),
		  tcp_state_name(s->state[CLIENT]), tcp_state_name(s->state[SERVER]));
	if (s->acked_by != 0)
		row_value(row_add(p, ROLE_NORMAL, 1, _("Acknowledged")), _("by #%llu after %s"),
			  (unsigned long long)s->acked_by,
			  text_duration(buf, sizeof(buf), s->acked_after));
	if (segment_notes(buf, sizeof(buf), s)[0] != '\0')
		row_value(row_add(p, ROLE_NORMAL, 1, _("Notes")), "%s", buf);
	for (int f = 0; f < FINDING_COUNT; f++)
		if (s->findings & FINDING(f)) {
			const struct finding_info *info = finding_info(f);

			row_add(p, severity_role(info->severity), 2, _(info->label))->note =
				_(info->help);
		}
}

/* The payload as text, in rows of PAYLOAD_ROW bytes, so that the cursor can mark them. */
static void
add_payload(struct segment_view *p, uint32_t from)
{
	const uint32_t end = p->frame.cap_len;
	struct segment_row *r = row_add(p, ROLE_TITLE, 0, _("Payload"));
	char name[16], text[PAYLOAD_ROW + 1];

	r->offset = from;
	r->len = end - from;
	row_value(r, _("%u bytes"), r->len);
	for (uint32_t at = from; at < end; at += PAYLOAD_ROW) {
		uint32_t n = end - at < PAYLOAD_ROW ? end - at : PAYLOAD_ROW;
		struct text t = text_on(name, sizeof(name));

		text_add(&t, "+%u", at - from);
		for (uint32_t i = 0; i < n; i++)
			text[i] = printable(p->bytes[at + i]);
		text[n] = '\0';
		r = row_add(p, ROLE_NORMAL, 1, name);
		r->offset = at;
		r->len = n;
		row_value(r, "%s", text);
	}
}

static void
add_frame(struct segment_view *p)
{
	const struct frame *f = &p->frame;
	char date[64];

	struct segment_row *r = row_add(p, ROLE_TITLE, 0, _("Frame"));
	row_value(r, "#%llu  %s", (unsigned long long)p->segment.frame,
		  text_date(date, sizeof(date), f->ts, 9));
	if (f->cap_len < f->wire_len)
		row_value(row_add(p, ROLE_WARNING, 1, _("Captured")), _("%u of %u bytes"),
			  f->cap_len, f->wire_len);
	else
		row_value(row_add(p, ROLE_NORMAL, 1, _("Captured")), _("all %u bytes"),
			  f->wire_len);
	uint32_t payload = explain_frame(f, add_field, p);
	if (payload < f->cap_len)
		add_payload(p, payload);
}

static bool
segment_open(struct view *v, const void *arg, struct err *err)
{
	struct segment_view *p = v->state;
	const struct segment_arg *a = arg;

	(void)err;
	p->segment = a->segment;
	p->bytes = xmalloc(BYTES_MAX);
	enum store_result r = STORE_NOT_KEPT;
	if (v->ui->source)
		r = store_read(v->ui->source, a->segment.ref, &p->frame, p->bytes, BYTES_MAX);
	p->kept = r == STORE_OK;
	add_analysis(p);
	if (p->kept)
		add_frame(p);
	else
		row_add(p, ROLE_WARNING, 0, store_explain(r));
	v->list.count = p->n;
	return true;
}

static void
segment_close(struct view *v)
{
	struct segment_view *p = v->state;

	free(p->bytes);
	free(p->rows);
}

static void
segment_draw_top(struct view *v, struct area a)
{
	const struct segment_view *p = v->state;

	term_printf(a.y, 1, a.columns - 1, ROLE_TITLE, _("Segment #%llu of connection %llu"),
		    (unsigned long long)p->segment.frame, (unsigned long long)p->segment.conn_id);
}

static int
name_column(const struct segment_row *r)
{
	return 1 + 2 * r->depth;
}

static int
value_column(int width)
{
	return width < 60 ? 19 : 31;
}

static int
room_for_name(const struct segment_row *r, int width)
{
	bool alone = r->value[0] == '\0' && !r->note;

	return (alone ? width : value_column(width) - 1) - name_column(r);
}

/* Whether a row of so many columns shows name and value completely. */
static bool
fits(const struct segment_row *r, int width)
{
	return (int)text_width(r->name) <= room_for_name(r, width) &&
	       (int)text_width(r->value) <= width - value_column(width);
}

/* Returns the columns it took, `room` at most. */
static int
put_cut(int y, int x, int room, enum role role, const char *text)
{
	char cut[512];

	text_cut(cut, sizeof(cut), text, (size_t)room);
	return term_put(y, x, room, role, cut);
}

static void
segment_draw_row(struct view *v, size_t row, struct area a, bool selected)
{
	const struct segment_view *p = v->state;
	const struct segment_row *r = &p->rows[row];
	enum role role = selected ? ROLE_SELECTED : r->role;
	int x = value_column(a.columns);

	put_cut(a.y, name_column(r), room_for_name(r, a.columns), role, r->name);
	if (r->value[0] != '\0')
		x += put_cut(a.y, x, a.columns - x, role, r->value) + 2;
	if (r->note && a.columns - x >= 10)
		put_cut(a.y, x, a.columns - x, selected ? role : ROLE_DIM, r->note);
}

/* ---- bytes ---- */

static int
bytes_per_line(int cols)
{
	return cols >= 76 ? 16 : 8;
}

/* Lines of bytes that are shown. */
static int
hex_lines(const struct segment_view *p, struct area a)
{
	uint32_t per = (uint32_t)bytes_per_line(a.columns);
	int needed = (int)((p->frame.cap_len + per - 1) / per), room = a.lines * 2 / 5;

	if (!p->kept || p->hide_hex || a.lines < 12)
		return 0;
	return needed < room ? needed : room;
}

/* Below the fields: a line, the full text of the field under the cursor, and the bytes. */
static struct layout
segment_lay_out(struct view *v, struct area a)
{
	return layout_split(a, 1, a.lines < 12 ? 0 : 1 + NOTE_LINES + hex_lines(v->state, a));
}

static void
note_fill(struct lines *note, const struct segment_row *r, int width)
{
	char whole[sizeof(r->name) + sizeof(r->value) + 2];
	struct text t = text_on(whole, sizeof(whole));

	if (!fits(r, width)) {
		text_add(&t, "%s", r->name);
		if (r->value[0] != '\0')
			text_add(&t, ": %s", r->value);
		lines_wrap(note, ROLE_NORMAL, width - 2, 0, "", whole);
	}
	if (r->note)
		lines_wrap(note, ROLE_NOTE, width - 2, 0, "", r->note);
}

/* Draws the full text of the field; returns how many of a's lines it takes. */
static int
note_draw(const struct segment_row *r, struct area a)
{
	struct lines note = {0};
	int n;

	note_fill(&note, r, a.columns);
	n = note.n < (size_t)a.lines ? (int)note.n : a.lines;
	for (int i = 0; i < n; i++) {
		const struct text_line *line = &note.items[i];
		int x = 1 + term_put(a.y + i, 1, a.columns - 2, line->role, line->text);

		if (i + 1 == n && (size_t)n < note.n)
			term_put(a.y + i, x, 1, line->role, glyph(GLYPH_ELLIPSIS));
	}
	lines_free(&note);
	return n > NOTE_LINES ? n : NOTE_LINES;
}

static void
hex_line(const struct segment_view *p, int y, uint32_t at, int per, const struct segment_row *mark)
{
	term_printf(y, 1, 6, ROLE_DIM, "%04x", at);
	for (int i = 0; i < per && at + (uint32_t)i < p->frame.cap_len; i++) {
		uint32_t offset = at + (uint32_t)i;
		uint8_t byte = p->bytes[offset];
		bool in = offset >= mark->offset && offset - mark->offset < mark->len;
		enum role role = in ? ROLE_MARK : ROLE_NORMAL;
		char text[2] = {printable(byte), 0};

		term_printf(y, 7 + i * 3 + (i >= 8), 2, role, "%02x", byte);
		term_put(y, 7 + per * 3 + 2 + i, 1, role, text);
	}
}

static void
segment_draw_bottom(struct view *v, struct area a)
{
	const struct segment_view *p = v->state;
	const struct segment_row *mark = &p->rows[v->list.cursor];
	int per = bytes_per_line(a.columns);
	int top = 1 + note_draw(mark, (struct area){a.y + 1, a.x, a.lines - 1, a.columns});
	uint32_t lines = (uint32_t)(a.lines - top), first = 0;
	uint32_t all = (p->frame.cap_len + (uint32_t)per - 1) / (uint32_t)per;

	if (mark->len > 0 && mark->offset / (uint32_t)per + 1 > lines / 2)
		first = mark->offset / (uint32_t)per + 1 - (lines + 1) / 2;
	if (first + lines > all)
		first = all > lines ? all - lines : 0;
	for (int x = 0; x < a.columns; x++)
		term_put(a.y, x, 1, ROLE_DIM, glyph(GLYPH_LINE));
	if (lines == 0)
		return;
	for (uint32_t i = 0; i < lines && first + i < all; i++)
		hex_line(p, a.y + top + (int)i, (first + i) * (uint32_t)per, per, mark);
}

static void
toggle_hex(struct view *v)
{
	struct segment_view *p = v->state;

	p->hide_hex = !p->hide_hex;
}

static const struct action segment_actions[] = {
	{"hex", {'x'}, N_("Hex"), N_("show or hide the bytes"), toggle_hex},
	{0},
};

const struct view_ops view_segment = {
	.name = "segment",
	.title = N_("Segment"),
	.help = N_(
		"Every field of one segment; the bytes of the field under the cursor are marked."),
	.state_size = sizeof(struct segment_view),
	.open = segment_open,
	.close = segment_close,
	.lay_out = segment_lay_out,
	.draw_top = segment_draw_top,
	.draw_row = segment_draw_row,
	.draw_bottom = segment_draw_bottom,
	.actions = segment_actions,
};
