/* SPDX-License-Identifier: MIT */
/*
 * tab_stream: the Stream tab: the payload of client, server or both in the order of sequence
 * numbers, as text or hexadecimal, with the bytes that are missing. The bytes come from the packet
 * store: once to divide them into rows, and again for the rows on the screen.
 */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "ui/tabs/connection.h"
#include "ui/tabs/payload.h"

#define PACKET_MAX  262144
#define TURN_BYTES  65536 /* of payload, laid out in rows per turn */
#define TURN_PIECES 256
#define BYTES_MAX   (UINT64_C(8) << 20) /* of payload, laid out in all */
#define ROWS_MAX    262144
#define PREFIX      13  /* columns before the bytes */
#define LINE_MAX    512 /* bytes of text in a row */

enum row_kind {
	ROW_BYTES,
	ROW_MISSING,      /* no kept segment has the bytes */
	ROW_NOT_CAPTURED, /* the segment was not captured whole */
	ROW_FRAGMENTED,   /* they are in other fragments of its datagram */
	ROW_NOT_KEPT,     /* the packet store no longer has the segment */
	ROW_CUT,          /* the limits of this tab are reached */
};

struct stream_row {
	int64_t seq;
	uint64_t ref;     /* ROW_BYTES: packet store */
	uint64_t missing; /* other kinds: how many bytes */
	uint32_t offset;  /* in the segment's payload */
	uint16_t len;
	uint8_t from, kind;
};

struct stream {
	struct payload payload;
	uint64_t next;  /* number of the next segment to be added, dropped ones counted too */
	uint64_t frame; /* of the one before */
	bool dropped;   /* segments of the connection are no longer kept */
	struct endpoint client;
	unsigned sides;
	bool hex;
	int columns; /* for which the rows were made */
	struct payload_walk walk;
	uint64_t divided; /* bytes in rows */
	bool cut;
	struct stream_row *rows;
	size_t n, size;
	uint8_t *packet;  /* the latest one that was read */
	uint64_t ref;     /* of it */
	uint32_t at, len; /* of its payload; len 0: none */
	bool whole;       /* it was captured whole */
	enum store_result result;
};

/* ---- rows ---- */

static void
rows_restart(struct stream *p)
{
	p->walk = (struct payload_walk){0};
	p->divided = 0;
	p->n = 0;
	p->cut = false;
}

static void
row_add(struct stream *p, const struct stream_row *row)
{
	if (p->n == p->size) {
		p->size = p->size > 0 ? p->size * 2 : 64;
		p->rows = xreallocarray(p->rows, p->size, sizeof(*p->rows));
	}
	p->rows[p->n++] = *row;
}

static void
no_field(void *ctx, const struct field *f)
{
	(void)ctx;
	(void)f;
}

/* Reads the packet of that ref and finds its payload. */
static void
packet_read(const struct view *v, uint64_t ref)
{
	struct stream *p = v->state;
	struct frame f;

	if (p->packet && p->ref == ref && p->result == STORE_OK)
		return;
	if (!p->packet)
		p->packet = xmalloc(PACKET_MAX);
	p->ref = ref;
	p->at = p->len = 0;
	p->result = STORE_NOT_KEPT;
	if (v->ui->source)
		p->result = store_read(v->ui->source, ref, &f, p->packet, PACKET_MAX);
	if (p->result != STORE_OK)
		return;
	p->at = explain_frame(&f, no_field, NULL);
	p->len = f.cap_len - p->at;
	p->whole = f.cap_len == f.wire_len;
}

/* How many of n bytes of text are in the first row: up to a line feed or to the width. */
static uint32_t
line_length(const uint8_t *bytes, uint32_t n, uint32_t width)
{
	if (n > width)
		n = width;
	const uint8_t *end = memchr(bytes, '\n', n);

	return end ? (uint32_t)(end - bytes) + 1 : n;
}

static uint32_t
row_width(const struct stream *p)
{
	int room = p->columns - PREFIX;

	if (p->hex)
		return room >= 16 * 4 - 1 ? 16 : 8;
	return room < 8 ? 8 : room > LINE_MAX ? LINE_MAX : (uint32_t)room;
}

/* Adds the rows of a piece whose packet has been read. */
static void
piece_rows(struct stream *p, const struct piece *piece)
{
	uint32_t had = p->len > piece->skip ? p->len - piece->skip : 0, n, at = 0;
	struct stream_row row = {.from = piece->from, .ref = piece->ref};

	if (had > piece->len)
		had = piece->len;
	for (; at < had; at += n) {
		const uint8_t *bytes = p->packet + p->at + piece->skip + at;
		uint32_t left = had - at, width = row_width(p);

		n = p->hex ? (left < width ? left : width) : line_length(bytes, left, width);
		row.seq = piece->seq + at;
		row.offset = piece->skip + at;
		row.len = (uint16_t)n;
		row_add(p, &row);
	}
	row = (struct stream_row){.from = piece->from, .seq = piece->seq + at};
	row.kind = p->result != STORE_OK ? ROW_NOT_KEPT
		   : p->whole            ? ROW_FRAGMENTED
					 : ROW_NOT_CAPTURED;
	row.missing = piece->len - had;
	if (row.missing > 0)
		row_add(p, &row);
	p->divided += had;
}

/* Adds rows for what has come, at most TURN_BYTES; returns whether there is more. */
static bool
rows_extend(const struct view *v)
{
	struct stream *p = v->state;
	const uint64_t end = p->divided + TURN_BYTES;

	for (int i = 0; i < TURN_PIECES && p->divided < end && !p->cut; i++) {
		uint64_t gap;
		const struct piece *piece = payload_next(&p->payload, &p->walk, p->sides, &gap);

		if (!piece && !p->payload.full)
			return false;
		if (!piece || p->divided >= BYTES_MAX || p->n >= ROWS_MAX) {
			p->cut = true;
			row_add(p, &(struct stream_row){.kind = ROW_CUT});
			return false;
		}
		if (gap > 0)
			row_add(p, &(struct stream_row){.kind = ROW_MISSING,
							.from = piece->from,
							.seq = piece->seq - (int64_t)gap,
							.missing = gap});
		packet_read(v, piece->ref);
		piece_rows(p, piece);
	}
	return !p->cut;
}

/* ---- segments ---- */

/* Adds segments that are not yet in the index, one slice; returns whether there are more. */
static bool
segments_extend(const struct view *v)
{
	const struct connection *c = tab_connection(v);
	struct stream *p = v->state;
	struct history_facts h;
	uint64_t total, lost;
	bool moved = false;

	if (!engine_history(v->ui->engine, c->ref, &h))
		return false;
	p->dropped = h.dropped > 0;
	if (p->next >= h.gap && p->next < h.gap + h.dropped)
		p->next = h.gap + h.dropped;
	uint64_t row = p->next < h.gap ? p->next : p->next - h.dropped;
	uint64_t room = p->next < h.gap ? h.gap - row : SEGMENTS_MAX;
	struct segment *s = xcalloc(SEGMENTS_MAX, sizeof(*s));
	size_t n = engine_segments(v->ui->engine, c->ref, row,
				   room < SEGMENTS_MAX ? (size_t)room : SEGMENTS_MAX, s, &total,
				   &lost);
	for (size_t i = 0; i < n; i++, p->next++)
		if (s[i].frame > p->frame) {
			moved |= payload_add(&p->payload, &s[i], p->next);
			p->frame = s[i].frame;
		}
	free(s);
	if (moved)
		rows_restart(p);
	return n > 0 && p->next < h.kept + h.dropped;
}

/* Client and server may change places while what began the connection is unknown. */
static void
restart_if_turned(struct stream *p, const struct endpoint *client)
{
	if (memcmp(&p->client, client, sizeof(*client)) == 0)
		return;
	p->client = *client;
	p->next = p->frame = 0;
	payload_clear(&p->payload);
	rows_restart(p);
}

static bool
stream_open(struct view *v, const void *arg, struct err *err)
{
	struct stream *p = v->state;

	(void)arg;
	(void)err;
	p->sides = 1U << CLIENT | 1U << SERVER;
	return true;
}

static void
stream_close(struct view *v)
{
	struct stream *p = v->state;

	payload_clear(&p->payload);
	free(p->rows);
	free(p->packet);
}

static bool
stream_update(struct view *v)
{
	const struct connection *c = tab_connection(v);
	struct stream *p = v->state;
	const size_t before = p->n;
	bool more = false;

	if (p->columns != term_columns()) {
		p->columns = term_columns();
		rows_restart(p);
	}
	if (!c->gone) {
		restart_if_turned(p, &c->d.f.end[CLIENT]);
		more = segments_extend(v);
	}
	more |= rows_extend(v);
	list_sync(&v->list, p->n, v->list.cursor < p->n ? (ptrdiff_t)v->list.cursor : -1);
	v->wait = more ? 0 : NSEC_NEVER;
	return p->n != before;
}

/* ---- drawing ---- */

static void
row_remark(const struct stream *p, const struct stream_row *r, char *out, size_t size)
{
	const unsigned long long n = r->missing;
	struct text t = text_on(out, size);

	if (r->kind == ROW_CUT)
		text_add(&t, "%s", _("[the rest is not shown: it is more than this tab holds]"));
	else if (r->kind == ROW_NOT_KEPT)
		text_add(&t, _("[%llu bytes no longer kept]"), n);
	else if (r->kind == ROW_FRAGMENTED)
		text_add(&t, _("[%llu bytes not shown: in other IP fragments]"), n);
	else if (r->kind == ROW_MISSING && p->dropped)
		text_add(&t, _("[%llu bytes not captured or no longer kept]"), n);
	else
		text_add(&t, _("[%llu bytes not captured]"), n);
}

static void
hex_draw(const uint8_t *bytes, uint32_t n, uint32_t per, int y, enum role role)
{
	for (uint32_t i = 0; i < n; i++)
		term_printf(y, PREFIX + (int)i * 3, 2, role, "%02x", bytes[i]);
	for (uint32_t i = 0; i < n; i++) {
		char text[2] = {bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char)bytes[i] : '.', 0};

		term_put(y, PREFIX + (int)(per * 3 + i), 1, role, text);
	}
}

/* One column for each byte; the end of the line is not shown. */
static void
text_draw(const uint8_t *bytes, uint32_t n, struct area a, enum role role)
{
	char text[LINE_MAX + 1];

	if (n > 0 && bytes[n - 1] == '\n')
		n--;
	if (n > 0 && bytes[n - 1] == '\r')
		n--;
	for (uint32_t i = 0; i < n; i++)
		text[i] = bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char)bytes[i] : '.';
	text[n] = '\0';
	term_put(a.y, PREFIX, a.columns - PREFIX, role, text);
}

static void
bytes_draw(const struct view *v, const struct stream_row *r, struct area a, enum role role)
{
	const struct stream *p = v->state;

	packet_read(v, r->ref);
	if (p->result != STORE_OK || p->len < r->offset + r->len) {
		term_printf(a.y, PREFIX, a.columns - PREFIX, role, _("[%llu bytes no longer kept]"),
			    (unsigned long long)r->len);
		return;
	}
	const uint8_t *bytes = p->packet + p->at + r->offset;
	if (p->hex)
		hex_draw(bytes, r->len, row_width(p), a.y, role);
	else
		text_draw(bytes, r->len, a, role);
}

static void
stream_draw_row(struct view *v, size_t row, struct area a, bool selected)
{
	const struct stream *p = v->state;
	const struct stream_row *r = &p->rows[row];
	enum role plain = tab_connection(v)->gone ? ROLE_DIM : ROLE_NORMAL;
	enum role role = selected ? ROLE_SELECTED : r->kind != ROW_BYTES ? ROLE_WARNING : plain;
	char remark[128];

	if (r->kind != ROW_CUT)
		term_printf(a.y, 0, PREFIX - 3, role, "%10lld", (long long)r->seq);
	if (r->kind != ROW_CUT)
		term_put(a.y, PREFIX - 2, 1, role,
			 glyph(r->from == CLIENT ? GLYPH_RIGHT : GLYPH_LEFT));
	if (r->kind == ROW_BYTES) {
		bytes_draw(v, r, a, role);
		return;
	}
	row_remark(p, r, remark, sizeof(remark));
	term_put(a.y, PREFIX, a.columns - PREFIX, role, remark);
}

static void
stream_draw_top(struct view *v, struct area a)
{
	const struct stream *p = v->state;
	const char *whose = p->sides == 1U << CLIENT   ? _("Payload of the client")
			    : p->sides == 1U << SERVER ? _("Payload of the server")
						       : _("Payload of both ends");

	term_printf(a.y, PREFIX, a.columns - PREFIX, ROLE_HEADER, "%s, %s", whose,
		    p->hex ? _("hexadecimal") : _("text"));
	term_put(a.y, PREFIX - 1 - (int)text_width(_("SEQ")) - 2, PREFIX, ROLE_HEADER, _("SEQ"));
}

static void
stream_empty(struct view *v, char *out, size_t size)
{
	struct text t = text_on(out, size);

	(void)v;
	text_add(&t, "%s", _("No payload"));
}

/* ---- keys ---- */

/* Both ends, the client, the server, both ends … */
static void
next_side(struct view *v)
{
	struct stream *p = v->state;

	p->sides = p->sides == 1U << CLIENT   ? 1U << SERVER
		   : p->sides == 1U << SERVER ? 1U << CLIENT | 1U << SERVER
					      : 1U << CLIENT;
	rows_restart(p);
}

static void
toggle_hex(struct view *v)
{
	struct stream *p = v->state;

	p->hex = !p->hex;
	rows_restart(p);
}

static const struct action stream_actions[] = {
	{"side", {'d'}, N_("Direction"), N_("payload of both ends, client or server"), next_side},
	{"hex", {'x'}, N_("Hex"), N_("bytes as text or hexadecimal"), toggle_hex},
	{0},
};

const struct view_ops tab_stream = {
	.name = "stream",
	.title = N_("Stream"),
	.help = N_("What both ends sent, in the order of sequence numbers, each byte once; missing "
		   "bytes are marked."),
	.state_size = sizeof(struct stream),
	.top_lines = 1,
	.open = stream_open,
	.close = stream_close,
	.update = stream_update,
	.draw_top = stream_draw_top,
	.draw_row = stream_draw_row,
	.empty_text = stream_empty,
	.actions = stream_actions,
};
