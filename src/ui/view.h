/* SPDX-License-Identifier: MIT */
/*
 * view: what all screens share: the ui they run in, the list widget, actions and the table of
 * functions that makes a screen. A new screen is one file with a view_ops and one line in VIEWS.
 */
#ifndef TCPLENS_UI_VIEW_H
#define TCPLENS_UI_VIEW_H

#include "ui/term.h"
#include "ui/ui.h"

struct ui;
struct view;

/* ---- list.c: position in a list whose rows come, go and move ---- */
struct list {
	size_t count; /* rows there are */
	size_t top;   /* first one shown */
	size_t cursor;
	int lines;    /* rows that fit the screen, ≥ 1 */
	bool touched; /* the user has moved: the selection sticks to its row's identity */
	bool scrolls; /* no cursor is shown: keys scroll the text */
};

/* The rows changed: now `count`, the selected one at row `found` (-1: gone, or nothing stuck). */
void list_sync(struct list *l, size_t count, ptrdiff_t found);
/* The widget got another height. */
void list_resize(struct list *l, int lines);
void list_move(struct list *l, ptrdiff_t by);
void list_go(struct list *l, size_t row);
/* Moves what is shown, as a mouse wheel does; the cursor stays where it is seen. */
void list_scroll(struct list *l, ptrdiff_t by);

/* ---- actions: what a key does; help, footer and manual are made of these ---- */
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

/* ---- views ---- */

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
	X(connection) X(segment) X(why) X(problems) X(interfaces) X(sort) X(columns) X(help)
#define DECLARE_VIEW(name) extern const struct view_ops view_##name;
VIEWS(DECLARE_VIEW)
#undef DECLARE_VIEW

/* Every tab of the Connection screen, in the order of the keys 1, 2, 3 …: its name, another key
 * that shows it (0: none) and the help of these keys. */
#define CONNECTION_TABS(X)                                                                         \
	X(segments, 0, N_("segments"))                                                             \
	X(timers, 0, N_("timers"))                                                                 \
	X(ladder, 'l', N_("ladder: arrows between the two hosts"))
#define DECLARE_TAB(name, key, help) extern const struct view_ops tab_##name;
CONNECTION_TABS(DECLARE_TAB)
#undef DECLARE_TAB

/* All of them, views and tabs; ends with NULL. */
extern const struct view_ops *const all_views[];

/* ---- the prompt line ---- */
#define PROMPT_MAX 256
struct prompt_ops {
	/* The text changed. Where it is wrong: sets note, and *at (byte offset) to the place. Enter
	 * does not take such a text. May be NULL. */
	void (*changed)(struct ui *ui, const char *text, size_t *at, char *note, size_t size);
	/* Enter: text; Esc: NULL, and ui->prompt.before is the text at the opening. */
	void (*done)(struct ui *ui, const char *text);
	/* Tab: what the word at the cursor may become. May be NULL. */
	void (*complete)(struct ui *ui, const char *text, size_t cursor,
			 struct filter_completion *out);
};

struct prompt {
	const struct prompt_ops *ops; /* NULL: not open */
	const char *label;
	char text[PROMPT_MAX];
	size_t len, cursor;
	char before[PROMPT_MAX]; /* the text at the opening */
	char draft[PROMPT_MAX];	 /* what was typed, while the history is shown instead */
	char note[512];		 /* what is wrong with the text, "" nothing */
	size_t note_at;		 /* byte offset */
	char hint[512];		 /* about the latest key, "" nothing */
	struct history *history;
	size_t history_at;
};

#define HISTORY_MAX 32
struct history {
	size_t count;
	char lines[HISTORY_MAX][PROMPT_MAX];
};

/* Asks in the bottom line: `label`, then what is typed, beginning with `text`. The history is that
 * of the same question, or NULL. */
void prompt_open(struct ui *ui, const char *label, const char *text, const struct prompt_ops *ops,
		 struct history *history);
/* Handles a key while the prompt is open. */
void prompt_key(struct ui *ui, const struct event *ev);
/* Called by done(): opens the prompt again with the text that was entered, and says why. */
void prompt_refuse(struct ui *ui, const struct prompt_ops *ops, const char *why);
/* Lines that it takes on a screen of that width. */
int prompt_lines(const struct ui *ui, int width);
void prompt_draw(struct ui *ui, struct area a);

/* A question with yes or no for an answer. */
struct question {
	void (*answer)(struct ui *ui, bool yes); /* NULL: none is asked */
	char text[1024];
};
void question_ask(struct ui *ui, void (*answer)(struct ui *, bool), const char *fmt, ...)
	ATTR_FORMAT(3, 4);

/* ---- the ui ---- */
enum time_style { TIME_RELATIVE, TIME_DELTA, TIME_CLOCK, TIME_DATE, TIME_STYLE_COUNT };

struct tag {
	uint64_t id;
	struct connref ref;
};
#define TAGS_MAX 256
#define VIEW_DEPTH 8

/* Whether a column is shown: by the screen's width unless the user chose. */
enum column_choice { COLUMN_BY_WIDTH, COLUMN_ALWAYS, COLUMN_NEVER };
#define COLUMNS_MAX 64

struct ui {
	const struct ui_config *cfg;
	struct engine *engine;
	struct source *source; /* may be NULL */
	struct index *index;
	struct view *stack[VIEW_DEPTH]; /* the last one is shown */
	int depth;
	struct totals totals;
	struct source_status status;
	nsec now;        /* in the capture's time; stands still while frozen */
	nsec tick;       /* monotonic, of this turn of the loop */
	nsec drawn;      /* monotonic, of the last drawing */
	nsec packets_at; /* monotonic, when the engine last changed */
	bool dirty;
	bool quit;
	bool frozen;
	uint64_t frozen_packets; /* totals.packets at the freeze */
	double packet_rate;      /* per second */
	nsec rate_since;         /* monotonic, of the window that is being measured */
	uint64_t rate_packets;
	char filter[PROMPT_MAX]; /* in force */
	char capture_filter[PROMPT_MAX];
	const struct column *sort;
	enum column_choice columns[COLUMNS_MAX]; /* by place in the model's columns[] */
	const struct column *column_order[COLUMNS_MAX]; /* all of them, from the left */
	bool sort_reverse, hold_order, hide_closed;
	bool absolute_seq, bits, names;
	enum time_style time_style;
	struct tag tags[TAGS_MAX];
	size_t n_tags;
	struct prompt prompt;
	struct question question;
	struct save_job *save; /* save.c's own; NULL none */
	struct history filter_history, path_history, capture_history;
	char message[512]; /* in the footer's place, until the next key */
	bool message_loud;
};

/* Another screen on top; on failure says why and stays. */
void ui_open(struct ui *ui, const struct view_ops *ops, const void *arg);
void ui_back(struct ui *ui);
/* Ends the screens; asks before if a file is being saved. */
void ui_quit(struct ui *ui);
/* The same as an action. */
void ui_leave(struct view *v);
/* Whether time goes on by itself: live or replaying, and not frozen. */
bool ui_time_moves(const struct ui *ui);
struct view *ui_view(const struct ui *ui);
void ui_say(struct ui *ui, const char *fmt, ...) ATTR_FORMAT(2, 3);
void ui_warn(struct ui *ui, const char *fmt, ...) ATTR_FORMAT(2, 3);
struct cell_style ui_style(const struct ui *ui);
/* Another source took the place of the present one: forgets what belonged to that. */
void ui_set_source(struct ui *ui, struct source *s);
void ui_set_sort(struct ui *ui, const struct column *c, bool reverse);
bool ui_column_shown(const struct ui *ui, const struct column *c, int width);
bool ui_is_tagged(const struct ui *ui, uint64_t id);
void ui_toggle_tag(struct ui *ui, uint64_t id, struct connref ref);
enum role severity_role(enum severity s);

/* ---- frame.c: everything around the screen ---- */
void frame_draw(struct ui *ui);
/* Where a mouse event belongs. */
void frame_mouse(struct ui *ui, const struct event *ev);

/* ---- actions.c ---- */
extern const struct action movement_actions[], global_actions[];
void actions_dispatch(struct ui *ui, const struct event *ev);

/* ---- filters.c ---- */
void action_filter(struct view *v);
void action_capture_filter(struct view *v);

/* ---- save.c ---- */
/* Asks for a file and saves the packets of these connections there. */
void save_ask(struct ui *ui, const struct tag *conns, size_t n);
/* Whether save_step() has work to do. */
bool save_is_running(const struct ui *ui);
/* Works on it for about 50 ms. */
void save_step(struct ui *ui);
/* Gives it up and removes what was written. Harmless when nothing is being saved. */
void save_stop(struct ui *ui);

/* ---- view_connection.c ---- */
struct connection_arg {
	struct connref ref;
};
/* ---- view_why.c ---- */
/* A kept segment by its frame number; false: forgotten. */
bool segment_by_frame(struct ui *ui, struct connref ref, uint64_t frame, struct segment *out);
/* ---- view_segment.c ---- */
struct segment_arg {
	struct segment segment;
};

#endif
