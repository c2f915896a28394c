/* SPDX-License-Identifier: MIT */
/*
 * prompt: the line at the bottom in which the user types a filter or a file's name, and questions.
 * Edits whole UTF-8 characters; only the functions of prompt_ops know what the text means.
 */
#include <string.h>
#include <wchar.h>

#include "base/i18n.h"
#include "ui/lines.h"
#include "ui/app.h"

#define NOTE_LINES 3

static void
prompt_changed(struct ui *ui)
{
	struct prompt *p = &ui->prompt;

	p->note[0] = p->hint[0] = '\0';
	p->note_at = 0;
	if (p->ops->changed)
		p->ops->changed(ui, p->text, &p->note_at, p->note, sizeof(p->note));
}

static void
copy_text(char out[PROMPT_MAX], const char *s)
{
	struct text t = text_on(out, PROMPT_MAX);

	text_add(&t, "%s", s);
}

static void
prompt_set(struct prompt *p, const char *text)
{
	copy_text(p->text, text);
	p->len = p->cursor = strlen(p->text);
}

void
prompt_open(struct ui *ui, const char *label, const char *text, const struct prompt_ops *ops,
	    struct history *history)
{
	struct prompt *p = &ui->prompt;

	*p = (struct prompt){.ops = ops, .label = label, .history = history};
	p->history_at = history ? history->count : 0;
	prompt_set(p, text);
	copy_text(p->before, p->text);
	prompt_changed(ui);
}

static void
prompt_hint(struct prompt *p, const char *hint)
{
	struct text t = text_on(p->hint, sizeof(p->hint));

	text_add(&t, "%s", hint);
}

void
prompt_refuse(struct ui *ui, const struct prompt_ops *ops, const char *why)
{
	ui->prompt.ops = ops;
	prompt_hint(&ui->prompt, why);
	ui->dirty = true;
}

/* ---- history ---- */

static void
history_add(struct history *h, const char *line)
{
	if (!h || *line == '\0' || (h->count > 0 && strcmp(h->lines[h->count - 1], line) == 0))
		return;
	if (h->count == HISTORY_MAX) {
		memmove(h->lines[0], h->lines[1], (HISTORY_MAX - 1) * sizeof(h->lines[0]));
		h->count--;
	}
	copy_text(h->lines[h->count++], line);
}

/* The line at a place of the history; behind its end stands what was typed. */
static const char *
history_line(const struct prompt *p, size_t at)
{
	return at < p->history->count ? p->history->lines[at] : p->draft;
}

/* Goes to the nearest line that differs from the one shown. */
static void
history_walk(struct ui *ui, int by)
{
	struct prompt *p = &ui->prompt;
	size_t n = p->history ? p->history->count : 0, at = p->history_at;

	if (at == n)
		copy_text(p->draft, p->text);
	while (by < 0 ? at > 0 : at < n) {
		at += (size_t)by;
		if (strcmp(history_line(p, at), p->text) != 0) {
			p->history_at = at;
			prompt_set(p, history_line(p, at));
			prompt_changed(ui);
			return;
		}
	}
	prompt_hint(p, by < 0 ? _("No earlier line") : _("No later line"));
}

/* ---- editing ---- */

static bool
continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static size_t
before_cursor(const struct prompt *p)
{
	size_t at = p->cursor;

	while (at > 0 && continues(p->text[--at]) && !term_is_ascii())
		;
	return at;
}

static size_t
after_cursor(const struct prompt *p)
{
	size_t at = p->cursor;

	if (at < p->len)
		at++;
	while (at < p->len && continues(p->text[at]) && !term_is_ascii())
		at++;
	return at;
}

static void
prompt_cut(struct ui *ui, size_t from, size_t to)
{
	struct prompt *p = &ui->prompt;

	memmove(p->text + from, p->text + to, p->len - to + 1);
	p->len -= to - from;
	p->cursor = from;
	prompt_changed(ui);
}

static void
prompt_insert(struct ui *ui, int key)
{
	struct prompt *p = &ui->prompt;
	mbstate_t state = {0};
	char bytes[16]; /* MB_LEN_MAX in every locale there is */
	size_t n = wcrtomb(bytes, (wchar_t)key, &state);

	if (key < ' ' || n == (size_t)-1 || p->len + n >= sizeof(p->text))
		return;
	memmove(p->text + p->cursor + n, p->text + p->cursor, p->len - p->cursor + 1);
	memcpy(p->text + p->cursor, bytes, n);
	p->len += n;
	p->cursor += n;
	prompt_changed(ui);
}

static void
prompt_finish(struct ui *ui, bool entered)
{
	const struct prompt_ops *ops = ui->prompt.ops;
	char text[PROMPT_MAX];

	memcpy(text, ui->prompt.text, sizeof(text));
	if (entered)
		history_add(ui->prompt.history, text);
	ui->prompt.ops = NULL;
	ops->done(ui, entered ? text : NULL);
}

/* A text that is wrong stays in the line. */
static void
prompt_enter(struct ui *ui)
{
	struct prompt *p = &ui->prompt;

	if (p->note[0] == '\0')
		prompt_finish(ui, true);
	else
		p->cursor = p->note_at < p->len ? p->note_at : p->len;
}

/* ---- completion ---- */

/* How many bytes all candidates have in common at their beginning. */
static size_t
common_length(const struct filter_completion *c)
{
	size_t len = strlen(c->candidates[0]);

	for (size_t i = 1; i < c->n; i++) {
		size_t same = 0;

		while (same < len && c->candidates[i][same] == c->candidates[0][same])
			same++;
		len = same;
	}
	return len;
}

/* Puts the first len bytes of s in place of the text from `from` to the cursor. false: too long. */
static bool
prompt_replace(struct ui *ui, size_t from, const char *s, size_t len)
{
	struct prompt *p = &ui->prompt;
	size_t rest = p->len - p->cursor;

	if (from + len + rest >= sizeof(p->text))
		return false;
	memmove(p->text + from + len, p->text + p->cursor, rest + 1);
	memcpy(p->text + from, s, len);
	p->cursor = from + len;
	p->len = p->cursor + rest;
	prompt_changed(ui);
	return true;
}

static void
hint_candidates(struct prompt *p, const struct filter_completion *c)
{
	struct text t = text_on(p->hint, sizeof(p->hint));

	for (size_t i = 0; i < c->n; i++)
		text_add(&t, "%s%s", i > 0 ? "  " : "", c->candidates[i]);
}

static void
prompt_complete(struct ui *ui)
{
	struct prompt *p = &ui->prompt;
	struct filter_completion c = {0};

	p->ops->complete(ui, p->text, p->cursor, &c);
	if (c.n == 0) {
		prompt_hint(p, _("Nothing to complete here"));
		return;
	}
	size_t len = common_length(&c), typed = p->cursor - c.from;
	if (c.n > 1 && len <= typed) {
		hint_candidates(p, &c);
		return;
	}
	if (prompt_replace(ui, c.from, c.candidates[0], len) && c.n == 1 &&
	    p->text[p->cursor] == '\0')
		prompt_insert(ui, ' ');
}

/* ---- keys ---- */

static void
unknown_key(struct prompt *p, int key)
{
	struct text t = text_on(p->hint, sizeof(p->hint));
	char name[32];

	text_add(&t, _("%s does nothing here; Enter takes the line, Esc leaves it"),
		 key_name(name, sizeof(name), key));
}

/* Keys that change the text. Returns false for others. */
static bool
editing_key(struct ui *ui, int key)
{
	struct prompt *p = &ui->prompt;

	switch (key) {
	case K_UP:
	case K_DOWN:
		history_walk(ui, key == K_UP ? -1 : 1);
		return true;
	case K_BACKSPACE:
		prompt_cut(ui, before_cursor(p), p->cursor);
		return true;
	case K_DELETE:
		if (after_cursor(p) > p->cursor)
			prompt_cut(ui, p->cursor, after_cursor(p));
		return true;
	case K_CTRL('u'):
		prompt_cut(ui, 0, p->cursor);
		return true;
	case K_CTRL('k'):
		prompt_cut(ui, p->cursor, p->len);
		return true;
	case K_TAB:
		if (!p->ops->complete)
			return false;
		prompt_complete(ui);
		return true;
	default:
		if (key < ' ' || key >= K_FIRST)
			return false;
		prompt_insert(ui, key);
		return true;
	}
}

void
prompt_key(struct ui *ui, const struct event *ev)
{
	struct prompt *p = &ui->prompt;

	p->hint[0] = '\0';
	switch (ev->key) {
	case K_ENTER:
		prompt_enter(ui);
		break;
	case K_ESC:
	case K_F(10):
	case K_CTRL('g'):
		prompt_finish(ui, false);
		break;
	case K_LEFT:
		p->cursor = before_cursor(p);
		break;
	case K_RIGHT:
		p->cursor = after_cursor(p);
		break;
	case K_HOME:
	case K_CTRL('a'):
		p->cursor = 0;
		break;
	case K_END:
	case K_CTRL('e'):
		p->cursor = p->len;
		break;
	default:
		if (!editing_key(ui, ev->key))
			unknown_key(p, ev->key);
	}
}

/* ---- drawing ---- */

/* Columns of the first n bytes of s. */
static int
width_until(const char *s, size_t n)
{
	char buf[PROMPT_MAX];

	if (n >= sizeof(buf))
		n = sizeof(buf) - 1;
	memcpy(buf, s, n);
	buf[n] = '\0';
	return (int)text_width(buf);
}

/* What is to be said of the latest key or of the text, broken into lines where one is not enough.
 */
static void
note_lines(const struct prompt *p, int width, struct lines *out)
{
	if (p->hint[0] != '\0')
		lines_wrap(out, ROLE_NOTE, width - 2, 1, "", p->hint);
	else if (p->note[0] != '\0')
		lines_wrap(out, ROLE_WARNING, width - 2, 2, term_is_ascii() ? "v" : "▾", p->note);
	if (out->n > NOTE_LINES)
		out->n = NOTE_LINES;
}

int
prompt_lines(const struct ui *ui, int width)
{
	struct lines note = {0};

	note_lines(&ui->prompt, width, &note);
	int n = 1 + (int)note.n;
	lines_free(&note);
	return n;
}

/* The note points at its place in the text where there is room for that. */
static void
note_draw(const struct prompt *p, struct area a, int mark)
{
	struct lines note = {0};

	note_lines(p, a.columns, &note);
	if (p->hint[0] != '\0' || note.n > 1 || mark + (int)text_width(p->note) + 2 > a.columns)
		mark = 0;
	for (size_t i = 0; i < note.n; i++)
		term_put(a.y + (int)i, mark, a.columns - mark, note.items[i].role,
			 note.items[i].text);
	lines_free(&note);
}

void
prompt_draw(struct ui *ui, struct area a)
{
	const struct prompt *p = &ui->prompt;
	int y = a.y + a.lines - 1;
	int label = term_put(y, 0, a.columns, ROLE_TITLE, p->label);
	int room = a.columns - label - 1, at = width_until(p->text, p->cursor);
	size_t skip = 0;

	/* A text longer than the line shows the part around the cursor. */
	while (at - width_until(p->text, skip) > room && skip < p->len) {
		skip++;
		while (skip < p->len && continues(p->text[skip]) && !term_is_ascii())
			skip++;
	}
	term_put(y, label, room + 1, ROLE_NORMAL, p->text + skip);
	int hidden = width_until(p->text, skip);
	term_cursor(y, label + at - hidden);
	if (a.lines < 2)
		return;
	note_draw(p, (struct area){a.y, a.x, a.lines - 1, a.columns},
		  label + width_until(p->text, p->note_at) - hidden);
}

void
question_ask(struct ui *ui, void (*answer)(struct ui *, bool), const char *fmt, ...)
{
	struct text t = text_on(ui->question.text, sizeof(ui->question.text));
	va_list ap;

	va_start(ap, fmt);
	text_addv(&t, fmt, ap);
	va_end(ap);
	ui->question.answer = answer;
	ui->question.unknown_key = false;
	ui->dirty = true;
}
