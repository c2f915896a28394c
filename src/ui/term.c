/* SPDX-License-Identifier: MIT */
/*
 * term: drawing on the terminal. Roles become attributes of curses here and nowhere else.
 */
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "ui/term.h"
#include "ui/term_curses.h"

static struct {
	bool ascii;
	bool only_ascii; /* by an option, whatever the locale */
	struct {
		int y, x;
		bool shown;
	} cursor;
	attr_t attr[ROLE_COUNT];
	short pair[ROLE_COUNT];
} term;

static const struct {
	const char *utf8, *ascii;
} glyphs[GLYPH_COUNT] = {
	[GLYPH_RIGHT] = {"→", ">"},  [GLYPH_LEFT] = {"←", "<"},   [GLYPH_LIVE] = {"●", "*"},
	[GLYPH_PAUSED] = {"‖", "="}, [GLYPH_REPLAY] = {"▶", ">"}, [GLYPH_ELLIPSIS] = {"…", "~"},
	[GLYPH_NONE] = {"–", "-"},   [GLYPH_DELTA] = {"Δ", "+"},  [GLYPH_TIMES] = {"×", "x"},
	[GLYPH_FULL] = {"▓", "#"},   [GLYPH_EMPTY] = {"░", "."},  [GLYPH_UP] = {"▲", "^"},
	[GLYPH_DOWN] = {"▼", "v"},   [GLYPH_LINE] = {"─", "-"},
};

const char *
glyph(enum glyph g)
{
	return term.ascii ? glyphs[g].ascii : glyphs[g].utf8;
}

bool
term_is_ascii(void)
{
	return term.ascii;
}

static bool
colours_wanted(bool mono)
{
	const char *no = getenv("NO_COLOR");

	return !mono && has_colors() && (!no || *no == '\0');
}

static attr_t
curses_attributes(unsigned attributes)
{
	attr_t a = A_NORMAL;

	a |= attributes & LOOK_BOLD ? A_BOLD : 0;
	a |= attributes & LOOK_DIM ? A_DIM : 0;
	a |= attributes & LOOK_UNDERLINE ? A_UNDERLINE : 0;
	a |= attributes & LOOK_REVERSE ? A_REVERSE : 0;
	return a;
}

static void
use_palette(const struct palette *p)
{
	for (int r = 0; r < ROLE_COUNT; r++) {
		const struct look *look = &p->looks[r];

		term.attr[r] = curses_attributes(look->attributes);
		term.pair[r] = 0;
		if (look->fg == COLOUR_OWN && look->bg == COLOUR_OWN)
			continue;
		term.pair[r] = (short)(r + 1);
		init_pair(term.pair[r], (short)look->fg, (short)look->bg);
	}
}

void
looks_start(bool ascii, bool mono)
{
	bool colours = colours_wanted(mono);
	struct palette p;

	term.only_ascii = ascii;
	term.ascii = ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	if (colours) {
		start_color();
		use_default_colors();
	}
	palette_fill(&p, colours ? THEME_DEFAULT : THEME_MONO);
	use_palette(&p);
}

int
term_columns(void)
{
	return COLS;
}

int
term_lines(void)
{
	return LINES;
}

/* ---- drawing ---- */

void
term_clear(void)
{
	erase();
	term.cursor.shown = false;
	term_point(LINES - 1, 0);
}

/* The ASCII substitute of a character that cannot be shown. Moves *s behind its UTF-8. */
static wchar_t
substitute(const char **s)
{
	for (int g = 0; g < GLYPH_COUNT; g++) {
		size_t len = strlen(glyphs[g].utf8);

		if (strncmp(*s, glyphs[g].utf8, len) == 0) {
			*s += len;
			return (wchar_t)glyphs[g].ascii[0];
		}
	}
	do
		++*s;
	while (((unsigned char)**s & 0xc0) == 0x80);
	return L'?';
}

/* Takes the next character of *s, or its substitute if it cannot be drawn; 0 at the end. */
static wchar_t
next_char(const char **s, mbstate_t *state)
{
	wchar_t c;
	size_t n = mbrtowc(&c, *s, strlen(*s) + 1, state);

	if (n == 0)
		return 0;
	if (n == (size_t)-1 || n == (size_t)-2) {
		memset(state, 0, sizeof(*state));
		return substitute(s);
	}
	if (c > 0x7e && term.only_ascii)
		return substitute(s);
	*s += n;
	return wcwidth(c) < 0 ? L'?' : c;
}

int
term_put(int y, int x, int columns, enum role role, const char *s)
{
	mbstate_t state = {0};
	int used = 0;

	if (y < 0 || y >= LINES || x < 0 || x >= COLS)
		return 0;
	if (columns > COLS - x)
		columns = COLS - x;
	for (wchar_t c; (c = next_char(&s, &state)) != 0;) {
		int width = wcwidth(c);

		if (width == 0)
			continue; /* combining marks are left out */
		if (used + width > columns)
			break;
		wchar_t text[2] = {c, 0};
		cchar_t cell;
		setcchar(&cell, text, term.attr[role], term.pair[role], NULL);
		mvadd_wch(y, x + used, &cell);
		used += width;
	}
	return used;
}

void
term_fill(int y, int x, int columns, enum role role)
{
	static const char blanks[] =
		"                                                                ";
	int step = (int)sizeof(blanks) - 1;

	for (; columns > 0; columns -= step, x += step)
		term_put(y, x, columns < step ? columns : step, role, blanks);
}

void
term_printf(int y, int x, int columns, enum role role, const char *fmt, ...)
{
	char buf[1024];
	struct text t = text_on(buf, sizeof(buf));
	va_list ap;

	va_start(ap, fmt);
	text_addv(&t, fmt, ap);
	va_end(ap);
	term_put(y, x, columns, role, buf);
}

void
term_cursor(int y, int x)
{
	term_point(y, x);
	term.cursor.shown = true;
}

void
term_point(int y, int x)
{
	if (term.cursor.shown)
		return;
	term.cursor.y = y;
	term.cursor.x = x;
}

void
term_show(void)
{
	static int visible = -1;

	if (visible != term.cursor.shown) {
		visible = term.cursor.shown;
		curs_set(visible);
	}
	move(term.cursor.y, term.cursor.x);
	refresh();
	screen_send();
}
