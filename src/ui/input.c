/* SPDX-License-Identifier: MIT */
/*
 * input: translates keys and mouse events from curses. A double click is two clicks on one cell
 * within DOUBLE_CLICK: curses' own recognition would delay every single click.
 */
#include <time.h>
#include <wchar.h>

#include "ui/term.h"
#include "ui/term_curses.h"

#define DOUBLE_CLICK (400 * NSEC_PER_MS)

static const struct {
	int curses, key;
} keys[] = {
	{KEY_UP, K_UP},
	{KEY_DOWN, K_DOWN},
	{KEY_LEFT, K_LEFT},
	{KEY_RIGHT, K_RIGHT},
	{KEY_PPAGE, K_PAGE_UP},
	{KEY_NPAGE, K_PAGE_DOWN},
	{KEY_HOME, K_HOME},
	{KEY_FIND, K_HOME},
	{KEY_END, K_END},
	{KEY_SELECT, K_END},
	{KEY_DC, K_DELETE},
	{KEY_BTAB, K_BACK_TAB},
	{KEY_BACKSPACE, K_BACKSPACE},
	{KEY_ENTER, K_ENTER},
};

void
input_start(void)
{
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	mouseinterval(0);
}

void
input_stop(void)
{
	mousemask(0, NULL);
}

nsec
term_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NSEC_PER_SEC + t.tv_nsec;
}

static bool
read_mouse(struct event *ev)
{
	static struct {
		nsec at;
		int y, x;
	} last;
	MEVENT m;

	if (getmouse(&m) != OK)
		return false;
	ev->key = K_MOUSE;
	ev->y = m.y;
	ev->x = m.x;
	if (m.bstate & BUTTON4_PRESSED)
		ev->mouse = MOUSE_WHEEL_UP;
	else if (m.bstate & BUTTON5_PRESSED)
		ev->mouse = MOUSE_WHEEL_DOWN;
	else if (m.bstate & BUTTON1_PRESSED) {
		nsec now = term_clock();
		bool twice = now - last.at < DOUBLE_CLICK && m.y == last.y && m.x == last.x;

		ev->mouse = twice ? MOUSE_DOUBLE : MOUSE_CLICK;
		last.at = twice ? 0 : now;
		last.y = m.y;
		last.x = m.x;
	} else
		return false;
	return true;
}

static int
function_key(int code)
{
	if (code >= KEY_F(1) && code <= KEY_F(12))
		return K_F(code - KEY_F(0));
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (keys[i].curses == code)
			return keys[i].key;
	return K_OTHER;
}

bool
term_read(struct event *ev)
{
	for (;;) {
		wint_t c;
		int kind = get_wch(&c);

		if (kind == ERR)
			return false;
		*ev = (struct event){.key = (int)c};
		if (kind == KEY_CODE_YES) {
			if (c == KEY_RESIZE || (c == KEY_MOUSE && !read_mouse(ev)))
				continue;
			if (c != KEY_MOUSE)
				ev->key = function_key((int)c);
		} else if (c == '\r')
			ev->key = K_ENTER;
		else if (c == 8)
			ev->key = K_BACKSPACE;
		else if (c == 0 || c >= K_FIRST)
			ev->key = K_OTHER;
		return true;
	}
}
