/* SPDX-License-Identifier: MIT */
/*
 * frame: the status line above every screen and the footer below it. On narrow terminals the least
 * important parts of a line are left out first.
 */
#include <string.h>

#include "base/i18n.h"
#include "ui/lines.h"
#include "ui/app.h"

#define MIN_COLUMNS   30
#define MIN_LINES     6
#define NOTICE_LINES  2

/* ---- a line whose least important parts are left out when it is too long ---- */
struct part {
	int rank; /* parts with the highest value are left out first; 0: always shown */
	enum role role;
	char text[PROMPT_MAX];
};

struct line {
	size_t n;
	struct part parts[16];
};

static void line_add(struct line *l, int rank, enum role role, const char *fmt, ...)
	ATTR_FORMAT(4, 5);
static void
line_add(struct line *l, int rank, enum role role, const char *fmt, ...)
{
	if (l->n == ARRAY_LEN(l->parts))
		return;
	struct part *p = &l->parts[l->n];
	struct text t = text_on(p->text, sizeof(p->text));
	va_list ap;

	va_start(ap, fmt);
	text_addv(&t, fmt, ap);
	va_end(ap);
	p->rank = rank;
	p->role = role;
	if (p->text[0] != '\0')
		l->n++;
}

static int
line_width(const struct line *l)
{
	int width = 1;

	for (size_t i = 0; i < l->n; i++)
		width += (int)text_width(l->parts[i].text) + 2;
	return width;
}

/* Leaves out parts until the line fits. Parts of rank 0 stay, and may be cut when drawn. */
static void
line_fit(struct line *l, int cols)
{
	while (line_width(l) - 1 > cols) {
		size_t worst = 0;

		for (size_t i = 1; i < l->n; i++)
			if (l->parts[i].rank >= l->parts[worst].rank)
				worst = i;
		if (l->n == 0 || l->parts[worst].rank == 0)
			return;
		memmove(&l->parts[worst], &l->parts[worst + 1],
			(l->n - worst - 1) * sizeof(l->parts[0]));
		l->n--;
	}
}

static void
line_draw(const struct line *l, int y, int cols)
{
	int x = 1;

	term_fill(y, 0, cols, ROLE_BAR);
	for (size_t i = 0; i < l->n && x < cols; i++)
		x += term_put(y, x, cols - x, l->parts[i].role, l->parts[i].text) + 2;
}

/* ---- status line ---- */

static void
status_phase(const struct ui *ui, struct line *l)
{
	const struct source_status *s = &ui->status;

	if (ui->frozen) {
		uint64_t new = ui->totals.packets - ui->frozen_packets;
		char count[16];

		text_count(count, sizeof(count), new);
		line_add(l, 0, ROLE_BAR_LOUD,
			 ngettext("%s frozen, +%s packet", "%s frozen, +%s packets",
				  (unsigned long)new),
			 glyph(GLYPH_PAUSED), count);
	} else if (!ui->source)
		line_add(l, 0, ROLE_BAR_LOUD, "%s", _("no source"));
	else if (s->phase == SOURCE_ENDED)
		line_add(l, 0, ROLE_BAR, "%s", s->live ? _("capture ended") : _("end of file"));
	else if (s->phase == SOURCE_DAMAGED)
		line_add(l, 0, ROLE_BAR_LOUD, "%s", _("file damaged"));
	else if (s->phase == SOURCE_FAILED)
		line_add(l, 0, ROLE_BAR_LOUD, "%s", _("capture failed"));
	else if (s->live || (s->paced && s->speed == 0)) /* a pipe that another program fills */
		line_add(l, 0, ROLE_BAR, _("%s live"), glyph(GLYPH_LIVE));
	else if (s->paced)
		line_add(l, 0, ROLE_BAR, _("%s replay %s%.3g"), glyph(GLYPH_REPLAY),
			 glyph(GLYPH_TIMES), s->speed);
	else if (s->progress >= 0)
		line_add(l, 0, ROLE_BAR, _("reading %d%%"), s->progress / 10);
	else
		line_add(l, 0, ROLE_BAR, "%s", _("reading"));
}

/* What was on the wire but is not shown by the screens. */
static void
status_losses(const struct ui *ui, struct line *l)
{
	const struct totals *t = &ui->totals;
	uint64_t drops = ui->status.kernel_drops + ui->status.interface_drops;
	uint64_t bad = t->decode[DECODE_MALFORMED] + t->decode[DECODE_UNSUPPORTED];
	char n[16];

	if (drops > 0)
		line_add(l, 1, ROLE_BAR_LOUD, _("%s DROPPED"), text_count(n, sizeof(n), drops));
	else if (ui->status.live)
		line_add(l, 7, ROLE_BAR, "%s", _("0 dropped"));
	if (bad > 0)
		line_add(l, 3, ROLE_BAR_LOUD, _("%s undecodable"), text_count(n, sizeof(n), bad));
	if (t->decode[DECODE_TRUNCATED] > 0)
		line_add(l, 3, ROLE_BAR_LOUD, _("%s cut short"),
			 text_count(n, sizeof(n), t->decode[DECODE_TRUNCATED]));
	if (ui->status.fragments_lost > 0)
		line_add(l, 4, ROLE_BAR_LOUD, _("%s fragments lost"),
			 text_count(n, sizeof(n), ui->status.fragments_lost));
	if (t->refused > 0)
		line_add(l, 2, ROLE_BAR_LOUD, _("%s untracked"),
			 text_count(n, sizeof(n), t->refused));
	if (t->evicted > 0)
		line_add(l, 2, ROLE_BAR_LOUD, _("%s evicted"),
			 text_count(n, sizeof(n), t->evicted));
	if (t->history_lost > 0)
		line_add(l, 4, ROLE_BAR_LOUD, _("%s segments not kept"),
			 text_count(n, sizeof(n), t->history_lost));
}

/* How many of the shown connections have an error, and how many a warning. */
static void
status_severities(const struct ui *ui, struct line *l)
{
	const struct severity_counts t = index_severities(ui->index);
	char n[16];

	if (t.errors > 0)
		line_add(l, 2, ROLE_BAR_LOUD, "%s%c", text_count(n, sizeof(n), t.errors),
			 severity_letter(SEV_ERROR));
	if (t.warnings > 0)
		line_add(l, 2, ROLE_BAR_LOUD, "%s%c", text_count(n, sizeof(n), t.warnings),
			 severity_letter(SEV_WARNING));
}

static void
status_draw(const struct ui *ui, int cols)
{
	struct line l = {0};
	char rate[16], shown[16], tracked[16];

	line_add(&l, 9, ROLE_BAR_KEY, "tcplens");
	const char *slash = strrchr(ui->status.name, '/');
	line_add(&l, 1, ROLE_BAR, "%s", slash ? slash + 1 : ui->status.name);
	line_add(&l, 8, ROLE_BAR, "%s", ui->capture_filter);
	status_phase(ui, &l);
	text_count(rate, sizeof(rate), (uint64_t)(ui->packet_rate + 0.5));
	if (ui->source && ui->status.phase == SOURCE_RUNNING)
		line_add(&l, 6, ROLE_BAR, _("%s pkt/s"), rate);
	status_losses(ui, &l);
	status_severities(ui, &l);
	text_count(shown, sizeof(shown), index_count(ui->index));
	text_count(tracked, sizeof(tracked), ui->totals.tracked);
	struct line full = l;
	line_add(&full, 0, ROLE_BAR, _("%s/%s connections"), shown, tracked);
	line_add(&l, 0, ROLE_BAR, "%s/%s", shown, tracked);
	if (ui->filter[0] != '\0') {
		line_add(&full, 0, ROLE_BAR_KEY, _("filter: %s"), ui->filter);
		line_add(&l, 0, ROLE_BAR_KEY, _("filter: %s"), ui->filter);
	}
	if (cols >= 78)
		l = full;
	line_fit(&l, cols);
	line_draw(&l, 0, cols);
}

/* The message of a source that ended stays below the status line. Returns its number of lines. */
static int
notice_draw(const struct ui *ui, int y, int cols)
{
	enum severity s = ui->status.phase == SOURCE_FAILED ? SEV_ERROR : SEV_WARNING;
	char head[8];
	struct text t = text_on(head, sizeof(head));
	struct lines notice = {0};
	int n = 0;

	if (ui->status.message[0] == '\0')
		return 0;
	text_add(&t, "%c ", severity_letter(s));
	lines_wrap(&notice, severity_role(s), cols - 1, 2, head, ui->status.message);
	for (; n < (int)notice.n && n < NOTICE_LINES; n++)
		term_put(y + n, 1, cols - 1, severity_role(s), notice.items[n].text);
	lines_free(&notice);
	return n;
}

/* ---- the whole screen ---- */

void
frame_draw(struct ui *ui)
{
	int cols = term_columns(), lines = term_lines();

	term_clear();
	ui->footer.n = 0;
	if (cols < MIN_COLUMNS || lines < MIN_LINES) {
		term_printf(0, 0, cols, ROLE_NORMAL, _("Too small: %dx%d needed"), MIN_COLUMNS,
			    MIN_LINES);
		return;
	}
	status_draw(ui, cols);
	int y = 1 + notice_draw(ui, 1, cols);
	int below = footer_lines(ui, cols);
	view_draw(ui_view(ui), (struct area){y, 0, lines - y - below, cols});
	footer_draw(ui, (struct area){lines - below, 0, below, cols});
}

void
frame_mouse(struct ui *ui, const struct event *ev)
{
	struct view *v = ui_view(ui);

	if (ev->mouse == MOUSE_WHEEL_UP || ev->mouse == MOUSE_WHEEL_DOWN) {
		list_scroll(&view_focus(v)->list, ev->mouse == MOUSE_WHEEL_UP ? -3 : 3);
		return;
	}
	if (footer_click(ui, ev->y, ev->x))
		return;
	if (view_click(v, ev->y, ev->x) && ev->mouse == MOUSE_DOUBLE) {
		struct event enter = {.key = K_ENTER};

		actions_dispatch(ui, &enter);
	}
}
