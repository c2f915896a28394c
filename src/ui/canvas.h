/* SPDX-License-Identifier: MIT */
/*
 * canvas: dots and lines finer than a cell of the screen, for graphs. A cell is 2 dots wide and 4
 * high, whatever the terminal can show: braille has a character for each of their combinations;
 * half blocks and ASCII, for terminals without braille, show roughly where the dots are. A cell has
 * one role: that of the latest dot.
 */
#ifndef TCPLENS_UI_CANVAS_H
#define TCPLENS_UI_CANVAS_H

#include "ui/term.h"

#define CANVAS_DOTS_X 2 /* per cell */
#define CANVAS_DOTS_Y 4

#define CANVAS_CELL_BYTES 4 /* one character and its terminator */

enum canvas_style { CANVAS_BRAILLE, CANVAS_BLOCK, CANVAS_ASCII };

struct canvas;

/* An empty one of so many cells, at least 1 × 1, in the style that the terminal can show. */
struct canvas *canvas_new(int columns, int lines);
void canvas_free(struct canvas *c);
void canvas_set_style(struct canvas *c, enum canvas_style style);
void canvas_clear(struct canvas *c);
/* Coordinates are in dots, (0, 0) at the upper left; what is outside is not drawn. */
void canvas_dot(struct canvas *c, int x, int y, enum role role);
/* The straight line with both ends, exact for coordinates within ±2^29. Takes time for the dots
 * inside the canvas only. */
void canvas_line(struct canvas *c, int x0, int y0, int x1, int y1, enum role role);
/* Writes the character of a cell, "" without dots; returns its role. */
enum role canvas_cell(const struct canvas *c, int column, int line, char out[CANVAS_CELL_BYTES]);
/* Draws the cells that have dots, the upper left cell of the canvas at (y, x) of the screen. */
void canvas_flush(const struct canvas *c, int y, int x);

#endif
