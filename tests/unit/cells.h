/* SPDX-License-Identifier: MIT */
/* cells: what stands on the screen that the program draws, for tests of screens. */
#ifndef TCPLENS_TESTS_CELLS_H
#define TCPLENS_TESTS_CELLS_H

#include <stdint.h>

struct cell {
	uint32_t character;
	uint32_t attributes; /* curses' own, the colour pair included */
};

/* The first lines × columns cells, line by line. */
void cells_read(struct cell *out, int lines, int columns);

#endif
