/* SPDX-License-Identifier: MIT */
/* canvas: see canvas.h. */
#include <stdlib.h>
#include <string.h>

#include "ui/canvas.h"

#define FAR (1 << 29) /* larger coordinates are taken as this one, so that no product overflows */

struct cell {
	uint8_t dots; /* DOT() bits */
	uint8_t role; /* enum role */
};

struct canvas {
	int columns, lines;
	enum canvas_style style;
	struct cell *cells;
};

/* Bit of a dot in its cell: row by row, two bits each. */
#define DOT(x, y)  (1u << ((y) * CANVAS_DOTS_X + (x)))
#define UPPER      0x0fu
#define LOWER      0xf0u
#define LEFT       0x55u
#define RIGHT      0xaau
#define ROW(y)     (3u << ((y) * CANVAS_DOTS_X))
#define MIDDLE     (ROW(1) | ROW(2))
#define UP_LEFT    (UPPER & LEFT)
#define UP_RIGHT   (UPPER & RIGHT)
#define DOWN_LEFT  (LOWER & LEFT)
#define DOWN_RIGHT (LOWER & RIGHT)

/* The Linux console's fonts have half blocks but no braille. */
static enum canvas_style
terminal_style(void)
{
	const char *type = getenv("TERM");

	if (term_is_ascii())
		return CANVAS_ASCII;
	return type && strncmp(type, "linux", 5) == 0 ? CANVAS_BLOCK : CANVAS_BRAILLE;
}

struct canvas *
canvas_new(int columns, int lines)
{
	struct canvas *c = xcalloc(1, sizeof(*c));

	c->columns = columns > 0 ? columns : 1;
	c->lines = lines > 0 ? lines : 1;
	c->style = terminal_style();
	c->cells = xcalloc((size_t)c->columns * (size_t)c->lines, sizeof(*c->cells));
	return c;
}

void
canvas_free(struct canvas *c)
{
	if (!c)
		return;
	free(c->cells);
	free(c);
}

void
canvas_set_style(struct canvas *c, enum canvas_style style)
{
	c->style = style;
}

void
canvas_clear(struct canvas *c)
{
	memset(c->cells, 0, (size_t)c->columns * (size_t)c->lines * sizeof(*c->cells));
}

/* ---- drawing ---- */

void
canvas_dot(struct canvas *c, int x, int y, enum role role)
{
	int column = x / CANVAS_DOTS_X, line = y / CANVAS_DOTS_Y;

	if (x < 0 || y < 0 || column >= c->columns || line >= c->lines)
		return;
	struct cell *cell = &c->cells[(size_t)line * (size_t)c->columns + (size_t)column];
	cell->dots |= DOT(x % CANVAS_DOTS_X, y % CANVAS_DOTS_Y);
	cell->role = (uint8_t)role;
}

static int
clamp(int v, int low, int high)
{
	return v < low ? low : v > high ? high : v;
}

/* a·b/c, rounded to the nearest; c > 0 */
static int
scaled(int64_t a, int64_t b, int64_t c)
{
	int64_t doubled = 2 * (a * b % c);

	return (int)(a * b / c + (doubled >= c) - (doubled < -c));
}

/* One dot for each step along the axis in which the line is longer: x, or y when `steep`. `from`
 * is the end with the smaller value on this axis. */
static void
draw_steps(struct canvas *c, const int from[2], const int to[2], bool steep, enum role role)
{
	int size = steep ? c->lines * CANVAS_DOTS_Y : c->columns * CANVAS_DOTS_X;
	int first = clamp(from[0], 0, size), last = clamp(to[0], -1, size - 1);
	int length = to[0] - from[0], rise = to[1] - from[1];

	for (int at = first; at <= last; at++) {
		int other = length > 0 ? from[1] + scaled(at - from[0], rise, length) : from[1];

		canvas_dot(c, steep ? other : at, steep ? at : other, role);
	}
}

void
canvas_line(struct canvas *c, int x0, int y0, int x1, int y1, enum role role)
{
	x0 = clamp(x0, -FAR, FAR);
	y0 = clamp(y0, -FAR, FAR);
	x1 = clamp(x1, -FAR, FAR);
	y1 = clamp(y1, -FAR, FAR);
	bool steep = abs(y1 - y0) > abs(x1 - x0);
	int a[2] = {steep ? y0 : x0, steep ? x0 : y0};
	int b[2] = {steep ? y1 : x1, steep ? x1 : y1};
	bool forward = a[0] <= b[0];

	draw_steps(c, forward ? a : b, forward ? b : a, steep, role);
}

/* ---- characters ---- */

/* U+2800 and the dots as Unicode numbers them: down the left column, down the right one, and then
 * the lowest row, which was added later. */
static void
braille(char out[CANVAS_CELL_BYTES], uint8_t dots)
{
	static const uint8_t bits[CANVAS_DOTS_Y][CANVAS_DOTS_X] = {
		{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
	unsigned pattern = 0;

	for (int y = 0; y < CANVAS_DOTS_Y; y++)
		for (int x = 0; x < CANVAS_DOTS_X; x++)
			pattern |= dots & DOT(x, y) ? bits[y][x] : 0u;
	out[0] = (char)0xe2;
	out[1] = (char)(0xa0 | pattern >> 6);
	out[2] = (char)(0x80 | (pattern & 0x3f));
	out[3] = '\0';
}

static const char *
half_block(uint8_t dots)
{
	if (!(dots & LOWER))
		return "▀";
	if (!(dots & UPPER))
		return "▄";
	if (!(dots & RIGHT))
		return "▌";
	return dots & LEFT ? "█" : "▐";
}

static const char *
ascii(uint8_t dots)
{
	if (!(dots & ~MIDDLE))
		return "-";
	if (!(dots & LOWER))
		return "'";
	if (!(dots & ~ROW(3)))
		return "_";
	if (!(dots & UPPER))
		return ".";
	if (!(dots & RIGHT) || !(dots & LEFT))
		return "|";
	if (!(dots & (UP_LEFT | DOWN_RIGHT)))
		return "/";
	if (!(dots & (UP_RIGHT | DOWN_LEFT)))
		return "\\";
	return dots == (UPPER | LOWER) ? "#" : ":";
}

enum role
canvas_cell(const struct canvas *c, int column, int line, char out[CANVAS_CELL_BYTES])
{
	const struct cell *cell = &c->cells[(size_t)line * (size_t)c->columns + (size_t)column];
	struct text t = text_on(out, CANVAS_CELL_BYTES);

	if (cell->dots == 0)
		return ROLE_NORMAL;
	if (c->style == CANVAS_BRAILLE)
		braille(out, cell->dots);
	else
		text_add(&t, "%s",
			 c->style == CANVAS_BLOCK ? half_block(cell->dots) : ascii(cell->dots));
	return (enum role)cell->role;
}

void
canvas_flush(const struct canvas *c, int y, int x)
{
	char text[CANVAS_CELL_BYTES];

	for (int line = 0; line < c->lines; line++)
		for (int column = 0; column < c->columns; column++) {
			enum role role = canvas_cell(c, column, line, text);

			term_put(y + line, x + column, 1, role, text);
		}
}
