/* SPDX-License-Identifier: MIT */
/* footer: the lines below the screen: the prompt, a question, a message, or the keys that work. */
#ifndef TCPLENS_UI_FOOTER_H
#define TCPLENS_UI_FOOTER_H

#include "ui/term.h"

struct ui;

#define FOOTER_HINTS_MAX 24

/* Where the footer was drawn, and the keys it shows: columns x … end - 1. */
struct footer {
	int y;
	size_t n;
	struct footer_hint {
		int x, end, key;
	} hints[FOOTER_HINTS_MAX];
};

/* Lines that it takes on a screen of that width. */
int footer_lines(const struct ui *ui, int width);
void footer_draw(struct ui *ui, struct area a);
/* Does what the key at that place does. false: the place is not in the footer. */
bool footer_click(struct ui *ui, int y, int x);

#endif
