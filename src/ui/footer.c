/* SPDX-License-Identifier: MIT */
/*
 * footer: the lines below the screen: the prompt, a question, a message, or the keys that work
 * here, which can be clicked.
 */
#include "base/i18n.h"
#include "ui/app.h"
#include "ui/lines.h"

#define MESSAGE_LINES 4

/* ---- questions and messages ---- */

/* A question or a message, "" neither. It takes as many lines as it needs: it may be a command to
 * be typed. */
static const char *
message_text(const struct ui *ui)
{
	return ui->question.answer ? ui->question.text : ui->message;
}

/* Behind a question that got no answer. */
static const char *
answers_text(const struct ui *ui)
{
	bool shown = ui->question.answer && ui->question.unknown_key;

	return shown ? _(" Only y and n answer this.") : "";
}

static void
message_lines(const struct ui *ui, int cols, struct lines *out)
{
	bool loud = ui->question.answer || ui->message_loud;
	char text[sizeof(ui->question.text) + 100];
	struct text t = text_on(text, sizeof(text));

	text_add(&t, "%s%s", message_text(ui), answers_text(ui));
	lines_wrap(out, loud ? ROLE_BAR_LOUD : ROLE_BAR, cols - 2, 0, "", text);
	if (out->n > MESSAGE_LINES)
		out->n = MESSAGE_LINES;
}

static void
message_draw(const struct ui *ui, int y, int cols)
{
	struct lines message = {0};

	message_lines(ui, cols, &message);
	for (size_t i = 0; i < message.n; i++) {
		term_fill(y + (int)i, 0, cols, message.items[i].role);
		term_put(y + (int)i, 1, cols - 1, message.items[i].role, message.items[i].text);
	}
	lines_free(&message);
}

/* ---- keys ---- */

static const char *
key_label(const struct ui *ui, const struct action *a)
{
	return a->fn == ui_leave && ui->depth == 1 ? _("Quit") : _(a->label);
}

/* Columns of one action, the two blanks behind it included; 0: it is not in the footer. */
static int
hint_width(const struct ui *ui, const struct action *a)
{
	char key[32];

	if (!a->label)
		return 0;
	key_name(key, sizeof(key), a->keys[0]);
	return (int)(text_width(key) + 1 + text_width(key_label(ui, a))) + 2;
}

static void
hint_draw(struct ui *ui, const struct action *a, int y, int x, int width)
{
	struct footer *f = &ui->footer;
	char key[32];

	key_name(key, sizeof(key), a->keys[0]);
	int used = term_put(y, x, width, ROLE_BAR_KEY, key) + 1;
	term_put(y, x + used, width - used, ROLE_BAR, key_label(ui, a));
	if (f->n < FOOTER_HINTS_MAX)
		f->hints[f->n++] = (struct footer_hint){x, x + width, a->keys[0]};
}

/* Draws what fits between x and end; returns where it ended. */
static int
hints_draw(struct ui *ui, const struct action *a, int y, int x, int end)
{
	for (; a && a->name; a++) {
		int width = hint_width(ui, a);

		if (width == 0 || x + width - 2 > end)
			continue;
		hint_draw(ui, a, y, x, width - 2);
		x += width;
	}
	return x;
}

/* The keys of this screen, as many as leave room for those that help everywhere. */
static void
keys_draw(struct ui *ui, int y, int cols)
{
	int x = 1, reserved = 0;

	term_fill(y, 0, cols, ROLE_BAR);
	for (const struct action *a = global_actions; a->name; a++)
		reserved += hint_width(ui, a);
	for (const struct view *v = view_focus(ui_view(ui)); v; v = v->parent)
		x = hints_draw(ui, v->ops->actions, y, x, cols - reserved);
	hints_draw(ui, global_actions, y, x, cols);
}

/* ---- for the frame ---- */

int
footer_lines(const struct ui *ui, int cols)
{
	struct lines message = {0};

	if (ui->prompt.ops)
		return prompt_lines(ui, cols);
	if (*message_text(ui) == '\0')
		return 1;
	message_lines(ui, cols, &message);
	int n = (int)message.n;
	lines_free(&message);
	return n;
}

void
footer_draw(struct ui *ui, struct area a)
{
	ui->footer.y = a.y;
	if (ui->prompt.ops)
		prompt_draw(ui, a);
	else if (*message_text(ui) != '\0')
		message_draw(ui, a.y, a.columns);
	else
		keys_draw(ui, a.y, a.columns);
}

bool
footer_click(struct ui *ui, int y, int x)
{
	const struct footer *f = &ui->footer;

	if (y < f->y)
		return false;
	if (!ui->prompt.ops)
		ui->message[0] = '\0';
	for (size_t i = 0; i < f->n; i++) {
		const struct footer_hint *h = &f->hints[i];

		if (x >= h->x && x < h->end) {
			actions_dispatch(ui, &(struct event){.key = h->key});
			break;
		}
	}
	return true;
}
