/* SPDX-License-Identifier: MIT */
/* app: what all screens share: the state of the program's screens and what they do with it. */
#ifndef TCPLENS_UI_APP_H
#define TCPLENS_UI_APP_H

#include "conf/settings.h"
#include "ui/footer.h"
#include "ui/prompt.h"
#include "ui/ui.h"
#include "ui/view.h"

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
	struct view *stack[VIEW_DEPTH]; /* the screens; the last one is shown */
	int depth;
	struct totals totals;
	struct source_status status;
	nsec now;        /* by the capture's clock; does not change while frozen */
	nsec tick;       /* start of this turn of the loop; monotonic */
	nsec drawn;      /* latest drawing; monotonic */
	nsec packets_at; /* latest change of the engine; monotonic */
	bool dirty;
	bool quit;
	bool frozen;
	uint64_t frozen_packets; /* totals.packets at the freeze */
	double packet_rate;      /* per second */
	nsec rate_since;         /* start of the interval that is being measured; monotonic */
	uint64_t rate_packets;
	char filter[PROMPT_MAX]; /* in force */
	char capture_filter[PROMPT_MAX];
	const struct column *sort;
	enum column_choice columns[COLUMNS_MAX]; /* by index in the model's columns[] */
	const struct column *column_order[COLUMNS_MAX]; /* all of them, from the left */
	bool sort_reverse, hold_order, hide_closed;
	bool absolute_seq, bits, names;
	enum time_style time_style;
	struct settings settings; /* the screens' state when it was loaded or last saved */
	struct tag tags[TAGS_MAX];
	size_t n_tags;
	struct prompt prompt;
	struct question question;
	struct footer footer;
	struct save_job *save; /* save.c's own; NULL none */
	struct history filter_history, path_history, capture_history;
	char message[512]; /* in the footer's place, until the next key */
	bool message_loud;
};

/* The screens' state; ui_free() also gives up what is being saved, and the freeze. */
struct ui *ui_new(const struct ui_config *cfg);
void ui_free(struct ui *ui);

/* Shows another screen on top; if it refuses to open, the message says why. */
void ui_open(struct ui *ui, const struct view_ops *ops, const void *arg);
/* Closes the shown screen; the first one quits. */
void ui_back(struct ui *ui);
/* Ends the screens; asks before if a file is being saved. */
void ui_quit(struct ui *ui);
/* ui_back() as an action. */
void ui_leave(struct view *v);
/* Whether time goes on by itself: live or replaying, and not frozen. */
bool ui_time_moves(const struct ui *ui);
/* The shown screen. */
struct view *ui_view(const struct ui *ui);
/* Shows a message in the footer's place until the next key; ui_warn() highlights it. */
void ui_say(struct ui *ui, const char *fmt, ...) ATTR_FORMAT(2, 3);
void ui_warn(struct ui *ui, const char *fmt, ...) ATTR_FORMAT(2, 3);
struct cell_style ui_style(const struct ui *ui);
/* Another source replaces the present one: drops what belonged to that. */
void ui_set_source(struct ui *ui, struct source *s);
void ui_set_sort(struct ui *ui, const struct column *c, bool reverse);
/* Whether the list of connections has that column on a screen of so many columns. */
bool ui_column_shown(const struct ui *ui, const struct column *c, int width);
bool ui_is_tagged(const struct ui *ui, uint64_t id);
void ui_toggle_tag(struct ui *ui, uint64_t id, struct connref ref);
enum role severity_role(enum severity s);

/* Shows these columns only, in this order; NULL: by the screen's width. */
void ui_set_columns(struct ui *ui, const struct column_list *list);

/* ---- screen_settings.c ---- */
/* Applies the settings of cfg->settings_path where the command line does not say otherwise. */
void ui_load_settings(struct ui *ui);
/* Writes what the user changed since they were loaded or written, if anything. False: *err. */
bool ui_save_settings(struct ui *ui, struct err *err);

/* ---- loop.c: what one turn does ---- */
/* Brings everything up to date. hurried: a key's effect is to be drawn next, so less is done. */
void ui_update(struct ui *ui, bool hurried);
void ui_draw(struct ui *ui);

/* ---- frame.c: everything around the screen ---- */
void frame_draw(struct ui *ui);
/* Scrolls, selects or opens, depending on what is there. */
void frame_mouse(struct ui *ui, const struct event *ev);

/* ---- filters.c ---- */
/* Filters the list of connections. text: a correct expression, which is copied. */
void ui_filter(struct ui *ui, const char *text);
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

#endif
