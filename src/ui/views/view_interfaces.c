/* SPDX-License-Identifier: MIT */
/*
 * view_interfaces: the network interfaces with their traffic, to choose one to capture from. The
 * caller of ui_run() changes the capture: ui_config.open_interface.
 */
#include <string.h>

#include "base/i18n.h"
#include "ui/app.h"
#include "ui/table.h"

#define INTERFACES_MAX 128
#define REFRESH        NSEC_PER_SEC

struct interfaces {
	int n;
	nsec at; /* when the figures were read; monotonic, 0 never */
	struct interface_info now[INTERFACES_MAX];
	double rate[INTERFACES_MAX]; /* packets per second */
	struct err err;
	char selected[64];
	struct table table;
};

/* Packets per second since the previous figures; 0 if the interface is not among them. */
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

/* ---- columns ---- */

static const struct interface_info *
cell_interface(const struct table_cell *cell)
{
	const struct interfaces *s = cell->data;

	return &s->now[cell->row];
}

static void
format_name(const struct table_cell *cell, char *out, size_t size)
{
	const char *name = cell_interface(cell)->name;

	text_escape(out, size, name, strlen(name));
}

static void
format_state(const struct table_cell *cell, char *out, size_t size)
{
	const struct interface_info *i = cell_interface(cell);
	struct text t = text_on(out, size);

	text_add(&t, "%s", !i->up ? _("down") : i->running ? _("up") : _("no link"));
}

static void
format_rate(const struct table_cell *cell, char *out, size_t size)
{
	const struct interfaces *s = cell->data;

	text_count(out, size, (uint64_t)(s->rate[cell->row] + 0.5));
}

/* Addresses, and the description that libpcap gives. */
static void
format_addresses(const struct table_cell *cell, char *out, size_t size)
{
	const struct interface_info *i = cell_interface(cell);
	bool both = i->addresses[0] != '\0' && i->description[0] != '\0';
	char text[512];
	struct text t = text_on(text, sizeof(text));

	text_add(&t, "%s%s%s", i->addresses, both ? "  " : "", i->description);
	text_escape(out, size, text, t.len);
}

static const struct table_column interface_columns[] = {
	{N_("NAME"), .min = 16, .format = format_name},
	{N_("STATE"), .min = 8, .format = format_state},
	{N_("PKT/S"), .min = 8, .format = format_rate},
	{N_("ADDRESSES"), .flags = TABLE_REST, .format = format_addresses},
};

static bool
interfaces_open(struct view *v, const void *arg, struct err *err)
{
	struct interfaces *s = v->state;

	(void)arg;
	(void)err;
	s->table = (struct table){
		.columns = interface_columns,
		.n_columns = ARRAY_LEN(interface_columns),
		.data = s,
		.indent = 1,
	};
	v->ui->tick = v->ui->tick > 0 ? v->ui->tick : 1;
	interfaces_update(v);
	return true;
}

/* ---- drawing ---- */

static struct layout
interfaces_lay_out(struct view *v, struct area a)
{
	struct interfaces *s = v->state;

	table_lay_out(&s->table, a.columns, 0, 0);
	return layout_split(a, 2, 0);
}

static void
interfaces_draw_top(struct view *v, struct area a)
{
	const struct interfaces *s = v->state;
	struct area titles = {a.y + 1, a.x, 1, a.columns};

	term_put(a.y, 1, a.columns - 1, ROLE_TITLE, _("Interfaces: choose one to capture from"));
	table_draw_titles(&s->table, titles, TABLE_NONE, false);
}

static void
interfaces_draw_row(struct view *v, size_t row, struct area a, bool selected)
{
	const struct interfaces *s = v->state;
	enum role role = selected ? ROLE_SELECTED : s->now[row].up ? ROLE_NORMAL : ROLE_DIM;

	table_draw_row(&s->table, a, row, role, role);
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
	.lay_out = interfaces_lay_out,
	.draw_top = interfaces_draw_top,
	.draw_row = interfaces_draw_row,
	.empty_text = interfaces_empty,
	.actions = interfaces_actions,
};
