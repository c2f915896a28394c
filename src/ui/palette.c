/* SPDX-License-Identifier: MIT */
/* palette: see palette.h. */
#include "ui/palette.h"

#define OWN(attributes)              {COLOUR_OWN, COLOUR_OWN, attributes}
#define COLOURED(colour, attributes) {colour, COLOUR_OWN, attributes}
#define SAME(attributes)             {OWN(attributes), OWN(attributes)}

/* clang-format off */
/* Per role the default theme, then the one without colours. */
static const struct look themes[ROLE_COUNT][THEME_COUNT] = {
	[ROLE_NORMAL]   = SAME(LOOK_PLAIN),
	[ROLE_BAR]      = SAME(LOOK_REVERSE),
	[ROLE_BAR_KEY]  = SAME(LOOK_REVERSE | LOOK_BOLD),
	[ROLE_BAR_LOUD] = {COLOURED(COLOUR_RED, LOOK_REVERSE | LOOK_BOLD), OWN(LOOK_REVERSE | LOOK_BOLD)},
	[ROLE_HEADER]   = SAME(LOOK_BOLD),
	[ROLE_SORTED]   = SAME(LOOK_BOLD | LOOK_UNDERLINE),
	[ROLE_TITLE]    = SAME(LOOK_BOLD),
	[ROLE_LABEL]    = {COLOURED(COLOUR_CYAN, LOOK_PLAIN), OWN(LOOK_PLAIN)},
	[ROLE_SELECTED] = SAME(LOOK_REVERSE),
	[ROLE_ERROR]    = {COLOURED(COLOUR_RED, LOOK_BOLD), OWN(LOOK_BOLD)},
	[ROLE_WARNING]  = {COLOURED(COLOUR_MAGENTA, LOOK_BOLD), OWN(LOOK_PLAIN)},
	[ROLE_NOTE]     = {COLOURED(COLOUR_CYAN, LOOK_PLAIN), OWN(LOOK_PLAIN)},
	[ROLE_DIM]      = SAME(LOOK_DIM),
	[ROLE_MARK]     = SAME(LOOK_REVERSE | LOOK_BOLD),
};
/* clang-format on */

void
palette_fill(struct palette *p, enum theme theme)
{
	for (int r = 0; r < ROLE_COUNT; r++)
		p->looks[r] = themes[r][theme];
}
