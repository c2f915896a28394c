/* SPDX-License-Identifier: MIT */
/*
 * palette: how the terminal shows each role. Views say what a piece of text is, its role; a theme
 * says how that looks. Themes set colours on the terminal's own background, so that dark and light
 * ones both work, and never tell anything by colour alone.
 */
#ifndef TCPLENS_UI_PALETTE_H
#define TCPLENS_UI_PALETTE_H

/* Each has its line in the table of palette.c. */
enum role {
	ROLE_NORMAL,
	ROLE_BAR,      /* status line and footer */
	ROLE_BAR_KEY,  /* a key in the footer */
	ROLE_BAR_LOUD, /* what the status line must not hide: losses, freeze */
	ROLE_HEADER,   /* titles of columns */
	ROLE_SORTED,   /* the one that is sorted by */
	ROLE_TITLE,
	ROLE_LABEL, /* the name before a value */
	ROLE_SELECTED,
	ROLE_ERROR,
	ROLE_WARNING,
	ROLE_NOTE,
	ROLE_DIM,  /* closed, no longer valid */
	ROLE_MARK, /* bytes that belong to the field under the cursor */
	ROLE_COUNT,
};

/* The colours that every colour terminal has. */
enum colour {
	COLOUR_OWN = -1, /* the terminal's own */
	COLOUR_BLACK,
	COLOUR_RED,
	COLOUR_GREEN,
	COLOUR_YELLOW,
	COLOUR_BLUE,
	COLOUR_MAGENTA,
	COLOUR_CYAN,
	COLOUR_WHITE,
};

enum { LOOK_PLAIN = 0, LOOK_BOLD = 1, LOOK_DIM = 2, LOOK_UNDERLINE = 4, LOOK_REVERSE = 8 };

struct look {
	enum colour fg, bg;
	unsigned attributes; /* LOOK_* bits */
};

enum theme {
	THEME_DEFAULT,
	THEME_MONO, /* for terminals without colours, and where they are not wanted */
	THEME_COUNT,
};

struct palette {
	struct look looks[ROLE_COUNT];
};

/* Sets the looks of all roles. */
void palette_fill(struct palette *p, enum theme theme);

#endif
