/* SPDX-License-Identifier: MIT */
/*
 * ui: the screens, as main runs them. The other headers of this layer are private to it; app.h has
 * what all screens share.
 */
#ifndef TCPLENS_UI_H
#define TCPLENS_UI_H

#include "model/model.h"
#include "source/source.h"

/* What the screens start with. Everything is borrowed and must outlive ui_run(). */
struct ui_config {
	struct engine *engine;
	struct source *source; /* started; NULL: none could be opened, begin with Interfaces */
	const char *filter;    /* screen filter (-Y), checked by filter_parse() before; or NULL */
	struct sort_order sort; /* of the list of connections */
	const struct column_list *columns; /* of that list, from the left; NULL: by width */
	const char *capture_filter; /* pcap-filter expression, to be shown; or NULL */
	const char *settings_path; /* file for what the user chooses; NULL: nothing is kept */
	const char *notice;  /* one line to be shown at the start ("no permission …"), or NULL */
	bool pick_interface; /* begin with Interfaces although there is a source */
	bool absolute_seq;   /* -S: sequence numbers as on the wire */
	bool bits;           /* rates in bits per second */
	bool ascii;          /* draw with ASCII only, whatever the locale */
	bool mono;           /* no colours, as with NO_COLOR */
	const char *tty;     /* terminal's device; NULL: see term_start */
	/*
	 * Captures from another interface: stops and closes the present source, empties the engine
	 * (engine_clear), opens and starts the new one and returns it; main keeps it for closing at
	 * the end. NULL and err: not possible; then the present source must still be usable.
	 * The function may be NULL: interfaces are shown but cannot be chosen.
	 */
	struct source *(*open_interface)(void *ctx, const char *name, struct err *err);
	void *ctx;
};

/* Runs the screens until the user quits (0), a signal ends the program (its number, SIGHUP also for
 * a terminal that is gone), or the terminal cannot be used (-1 and err, nothing was drawn). The
 * terminal is restored in every case, also by SIGSEGV and its like, which then take their usual
 * effect. setlocale() must have been called. Handles SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT,
 * SIGTSTP and SIGALRM while it runs; a signal that is not acted on within a second ends the program
 * by itself. */
int ui_run(const struct ui_config *cfg, struct err *err);

/* Every key there is, for the man page: fn(ctx, screen's name (N_), "Enter, Right", help (N_)).
 * Keys that work everywhere come with the screen's name N_("Everywhere"). */
typedef void ui_key_fn(void *ctx, const char *screen, const char *keys, const char *help);
void ui_each_key(ui_key_fn *fn, void *ctx);

#endif
