/* SPDX-License-Identifier: MIT */
/*
 * view_interfaces: the network interfaces there are, with their traffic, to choose one to capture
 * from. Changing the capture is main's business, which gave us a function for it.
 */
#include <string.h>

#include "base/i18n.h"
#include "ui/app.h"

#define INTERFACES_MAX 128
#define REFRESH        NSEC_PER_SEC

struct interfaces {
	int n;
	nsec at; /* monotonic, of the present figures */
	struct interface_info now[INTERFACES_MAX];
	double rate[INTERFACES_MAX]; /* packets per second */
	struct err err;
	char selected[64];
};

/* Packets per second since the figures before; 0 for one that was not there. */
static double
rate_of(const struct interfaces *s, int n_old, const struct interface_info *i, nsec passed)
{
	for (int k = 0; k < n_old; k++)
		if (strcmp(s->now[k].name, i->name) == 0 && i->packets >= s->now[k].packets)
			return (double)(i->packets - s->now[k].packets) * 1e9 / (double)passed;
	return 0;
}

static void
interfaces_refresh(struct interfaces *s, nsec tick)
{
	static struct interface_info new[INTERFACES_MAX];
	double rate[INTERFACES_MAX];
	int n = interfaces_list(new, INTERFACES_MAX, &s->err);

	for (int i = 0; i < n; i++)
		rate[i] = s->at > 0 ? rate_of(s, s->n, &new[i], tick - s->at) : 0;
	s->n = n > 0 ? n : 0;
	memcpy(s->now, new, (size_t)s->n * sizeof(new[0]));
	memcpy(s->rate, rate, (size_t)s->n * sizeof(rate[0]));
	s->at = tick;
}

static void
interfaces_moved(struct view *v)
{
	struct interfaces *s = v->state;
	struct text t = text_on(s->selected, sizeof(s->selected));

	if (v->list.cursor < (size_t)s->n)
		text_add(&t, "%s", s->now[v->list.cursor].name);
}

static bool
interfaces_update(struct view *v)
{
	struct interfaces *s = v->state;

	v->ticking = true;
	if (s->at != 0 && v->ui->tick - s->at < REFRESH)
		return false;
	interfaces_refresh(s, v->ui->tick);
	ptrdiff_t found = -1;
	for (int i = 0; i < s->n; i++)
		if (strcmp(s->now[i].name, s->selected) == 0)
			found = i;
	list_sync(&v->list, (size_t)s->n, found);
	interfaces_moved(v);
	return true;
}

static bool
interfaces_open(struct view *v, const void *arg, struct err *err)
{
	(void)arg;
	(void)err;
	v->ui->tick = v->ui->tick > 0 ? v->ui->tick : 1;
	interfaces_update(v);
	return true;
}

static void
interfaces_draw_top(struct view *v, struct area a)
{
	(void)v;
	term_put(a.y, 1, a.columns - 1, ROLE_TITLE, _("Interfaces: choose one to capture from"));
	term_put(a.y + 1, 1, 16, ROLE_HEADER, _("NAME"));
	term_put(a.y + 1, 18, 8, ROLE_HEADER, _("STATE"));
	term_put(a.y + 1, 27, 8, ROLE_HEADER, _("PKT/S"));
	term_put(a.y + 1, 36, a.columns - 36, ROLE_HEADER, _("ADDRESSES"));
}

static const char *
interface_state(const struct interface_info *i)
{
	if (!i->up)
		return _("down");
	return i->running ? _("up") : _("no link");
}

static void
interfaces_draw_row(struct view *v, size_t row, struct area a, bool selected)
{
	const struct interfaces *s = v->state;
	const struct interface_info *i = &s->now[row];
	enum role role = selected ? ROLE_SELECTED : i->up ? ROLE_NORMAL : ROLE_DIM;
	char rate[16], text[512], shown[512];

	text_count(rate, sizeof(rate), (uint64_t)(s->rate[row] + 0.5));
	text_escape(shown, sizeof(shown), i->name, strlen(i->name));
	term_put(a.y, 1, 16, role, shown);
	term_put(a.y, 18, 8, role, interface_state(i));
	term_put(a.y, 27, 8, role, rate);
	struct text t = text_on(text, sizeof(text));
	text_add(&t, "%s%s%s", i->addresses,
		 i->addresses[0] != '\0' && i->description[0] != '\0' ? "  " : "", i->description);
	term_put(a.y, 36, a.columns - 36, role, text_escape(shown, sizeof(shown), text, t.len));
}

static void
interfaces_empty(struct view *v, char *out, size_t size)
{
	const struct interfaces *s = v->state;
	struct text t = text_on(out, size);

	text_add(&t, "%s", s->err.msg[0] != '\0' ? s->err.msg : _("No interfaces were found"));
}

static void
capture(struct view *v)
{
	struct ui *ui = v->ui;
	struct interfaces *s = v->state;
	struct err err = {""};

	if (v->list.cursor >= (size_t)s->n)
		return;
	if (!ui->cfg->open_interface) {
		ui_warn(ui, _("Another interface cannot be opened from here"));
		return;
	}
	const char *name = s->now[v->list.cursor].name;
	struct source *source = ui->cfg->open_interface(ui->cfg->ctx, name, &err);
	if (!source) {
		ui_warn(ui, "%s", err.msg);
		return;
	}
	ui_set_source(ui, source);
	ui_back(ui);
}

static const struct action interfaces_actions[] = {
	{"capture", {K_ENTER, K_RIGHT}, N_("Capture"), N_("capture from this interface"), capture},
	{0},
};

const struct view_ops view_interfaces = {
	.name = "interfaces",
	.title = N_("Interfaces"),
	.help = N_("The network interfaces of this host and how much goes through them."),
	.state_size = sizeof(struct interfaces),
	.open = interfaces_open,
	.update = interfaces_update,
	.moved = interfaces_moved,
	.top_lines = 2,
	.draw_top = interfaces_draw_top,
	.draw_row = interfaces_draw_row,
	.empty_text = interfaces_empty,
	.actions = interfaces_actions,
};
