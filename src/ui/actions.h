/* SPDX-License-Identifier: MIT */
/* actions: what a key does. Help, footer and manual are made of the tables of actions. */
#ifndef TCPLENS_UI_ACTIONS_H
#define TCPLENS_UI_ACTIONS_H

#include "ui/term.h"

struct ui;
struct view;

#define ACTION_KEYS 4
struct action {
	const char *name;      /* for scripts: "save" */
	int keys[ACTION_KEYS]; /* K_* or characters, 0 ends */
	const char *label;     /* N_(): footer, one word; NULL: not in the footer */
	const char *help;      /* N_(): one line */
	void (*fn)(struct view *v);
};
/* "Enter", "F1", "^L", "x" … */
char *key_name(char *out, size_t size, int key);
/* All keys of an action: "Space, t". */
char *action_keys(char *out, size_t size, const struct action *a);

/* Those that work everywhere. */
extern const struct action movement_actions[], global_actions[];
void actions_dispatch(struct ui *ui, const struct event *ev);

#endif
