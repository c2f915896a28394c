/* SPDX-License-Identifier: MIT */
/* cells: see its header. Apart from the tests because curses has names that the program has too. */
#include "config.h"

#include "cells.h"

#include <wchar.h>

#define NCURSES_WIDECHAR 1
#include <curses.h>

void
cells_read(struct cell *out, int lines, int columns)
{
	for (int i = 0; i < lines * columns; i++) {
		wchar_t text[CCHARW_MAX + 1] = {0};
		cchar_t c;
		attr_t attributes;
		short pair;

		mvin_wch(i / columns, i % columns, &c);
		getcchar(&c, text, &attributes, &pair, NULL);
		out[i] = (struct cell){(uint32_t)text[0], (uint32_t)(attributes | (attr_t)pair)};
	}
}
