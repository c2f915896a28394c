/* SPDX-License-Identifier: MIT */
/*
 * view: a screen, or a part of one that keeps its own state: a table of functions, which view.c
 * calls, and where the user is in its list. A new one is a file with a view_ops and a line in VIEWS
 * or CONNECTION_TABS.
 */
#ifndef TCPLENS_UI_VIEW_H
#define TCPLENS_UI_VIEW_H

#include "core/facts.h"
#include "ui/actions.h"
#include "ui/list.h"

/* The parts of a view, from top to bottom. Computed once per drawing, for drawing, scrolling and
 * the mouse alike. */
struct layout {
	struct area top, list, bottom;
};
/* Gives `top` and `bottom` lines of a to these, as far as there are so many, and the rest to the
 * list. */
struct layout layout_split(struct area a, int top, int bottom);

/* What a view is made of. All functions but draw_row may be NULL. */
struct view_ops {
	const char *name;  /* for scripts */
	const char *title; /* N_() */
	const char *help;  /* N_(): what the view shows */
	size_t state_size; /* private state, zeroed, freed by the framework */
	/* Prepares the state; arg is defined by the view. false and err: the view is not opened. */
	bool (*open)(struct view *v, const void *arg, struct err *err);
	void (*close)(struct view *v);
	/* Gets what is to be shown from model and engine, sets the list; called on every tick and
	 * after every key, for a child after its parent. true: something visible changed. */
	bool (*update)(struct view *v);
	int top_lines; /* above the list, titles of columns included, where that never changes */
	/* Divides the view's area where top_lines does not say it all. Called once per drawing,
	 * before everything else is drawn; the result is v->layout. */
	struct layout (*lay_out)(struct view *v, struct area a);
	void (*draw_top)(struct view *v, struct area a);
	/* Gets rows [first, first+n) ready before they are drawn. */
	void (*fetch)(struct view *v, size_t first, size_t n);
	void (*draw_row)(struct view *v, size_t row, struct area a, bool selected);
	/* Draws the list's area in one piece, instead of rows. */
	void (*draw)(struct view *v, struct area a);
	void (*draw_bottom)(struct view *v, struct area a);
	/* A key may have moved the cursor: remember the selected row. */
	void (*moved)(struct view *v);
	/* A click on this cell of the screen, outside the rows; v->layout says what is there. */
	void (*click)(struct view *v, int y, int x);
	/* What an empty list says. */
	void (*empty_text)(struct view *v, char *out, size_t size);
	const struct action *actions; /* ends with a nameless one */
};

struct view {
	const struct view_ops *ops;
	struct ui *ui;
	void *state;
	struct view *parent;  /* NULL: a screen of its own */
	struct view *child;   /* shown in place of the list, gets keys first; owned by the state */
	struct list list;
	struct layout layout; /* of the latest drawing: for the mouse too */
	nsec wait;            /* set by update(): how long until it has work to do; else for ever */
	bool counting_down;   /* what is shown changes with time alone: ten drawings a second */
	bool ticking;         /* the same, once a second */
};

/* ---- view.c ---- */
/* NULL and err when the view refuses to open. */
struct view *view_open(struct ui *ui, struct view *parent, const struct view_ops *ops,
		       const void *arg, struct err *err);
void view_close(struct view *v);
/* The innermost child: the view that keys and the wheel act on first. */
struct view *view_focus(struct view *v);
/* The following act on the view and on its children. */
bool view_update(struct view *v);
void view_moved(struct view *v);
void view_draw(struct view *v, struct area a);
/* Selects the row, or passes the click on; returns whether a row was hit. */
bool view_click(struct view *v, int y, int x);

/* Every screen, in the order of the help. */
#define VIEWS(X)                                                                                   \
	X(connections)                                                                             \
	X(connection) X(segment) X(why) X(problems) X(servers) X(interfaces) X(sort)            \
	X(columns) X(help)
#define DECLARE_VIEW(name) extern const struct view_ops view_##name;
VIEWS(DECLARE_VIEW)
#undef DECLARE_VIEW

/* Every tab of the Connection screen, in the order of the keys 1, 2, 3 …: its name, another key
 * that shows it (0: none) and the help of these keys. */
#define CONNECTION_TABS(X)                                                                         \
	X(segments, 0, N_("segments"))                                                             \
	X(timers, 0, N_("timers"))                                                                 \
	X(ladder, 'l', N_("ladder: arrows between the two hosts"))                                 \
	X(graphs, 0, N_("graphs: sequence, round-trip time, rate, in flight"))                     \
	X(stream, 0, N_("stream: the payload, as text or hexadecimal"))                     \
	X(ledger, 0, N_("time: where the time of the connection went"))
#define DECLARE_TAB(name, key, help) extern const struct view_ops tab_##name;
CONNECTION_TABS(DECLARE_TAB)
#undef DECLARE_TAB

/* All of them, views and tabs; ends with NULL. */
extern const struct view_ops *const all_views[];

/* ---- what views are opened with ---- */
/* view_connection and view_why */
struct connection_arg {
	struct connref ref;
};
/* A kept segment by its frame number; false: it is not kept. */
bool segment_by_frame(struct ui *ui, struct connref ref, uint64_t frame, struct segment *out);
/* view_segment */
struct segment_arg {
	struct segment segment;
};

#endif
