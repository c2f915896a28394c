/* SPDX-License-Identifier: MIT */
/*
 * report_table: the report for people. A row per connection; below it what is wrong, and the ladder
 * of a retransmission. With segments, a line for each, in tcpdump's letters.
 */
#include "config.h"

#include "report_private.h"

#include "base/i18n.h"
#include "model/model.h"

#include <string.h>

#define INDENT    "        "
#define ADDR_SIZE 64

/* Columns; figures stand at the right. */
enum {
	WIDTH_ID = 7,
	WIDTH_START = 15,
	WIDTH_END = 24,
	WIDTH_STATE = 11,
	WIDTH_RETX = 5,
	WIDTH_FIGURE = 8,
};

/* ---- connection ---- */

/*
 * A capture of a flood has millions of rows: they are put together from pieces without printf, and
 * what is the same in nearly all of them takes the short way.
 */
struct cell {
	char text[ADDR_SIZE];
	size_t len;
};

static void
cell_add_char(struct cell *c, char ch)
{
	if (c->len < sizeof(c->text))
		c->text[c->len++] = ch;
}

static void
cell_add(struct cell *c, const char *s)
{
	while (*s != '\0')
		cell_add_char(c, *s++);
}

static void
cell_add_uint(struct cell *c, uint64_t v)
{
	uint64_t unit = 1;

	while (v / unit >= 10)
		unit *= 10;
	for (; unit > 0; unit /= 10)
		cell_add_char(c, (char)('0' + v / unit % 10));
}

static void
put_uint(struct writer *w, uint64_t v, int width)
{
	struct cell c = {.len = 0};

	cell_add_uint(&c, v);
	writer_cell(w, c.text, c.len, width);
}

static void
put_text(struct writer *w, const char *s, int width)
{
	struct cell c = {.len = 0};

	cell_add(&c, s);
	writer_cell(w, c.text, c.len, width);
}

static void
put_count(struct writer *w, uint64_t v, int width)
{
	char text[16];

	if (v < 1000)
		put_uint(w, v, width);
	else
		put_text(w, text_count(text, sizeof(text), v), width);
}

static void
put_duration(struct writer *w, nsec d, int width)
{
	char text[16];

	put_text(w, d == 0 ? "0s" : text_duration(text, sizeof(text), d), width);
}

static void
put_endpoint(struct writer *w, const struct endpoint *e, int width)
{
	static const uint8_t v4_mapped[12] = {[10] = 0xff, [11] = 0xff};
	struct cell c = {.len = 0};

	if (memcmp(e->addr, v4_mapped, sizeof(v4_mapped)) != 0) {
		text_endpoint(c.text, sizeof(c.text), e->addr, e->port);
		c.len = strlen(c.text);
		writer_cell(w, c.text, c.len, width);
		return;
	}
	for (int i = 12; i < 16; i++) {
		cell_add_uint(&c, e->addr[i]);
		cell_add(&c, i < 15 ? "." : ":");
	}
	cell_add_uint(&c, e->port);
	writer_cell(w, c.text, c.len, width);
}

/* The time of day; rows of the same second share it. Written by one thread at a time. */
static void
put_clock(struct writer *w, nsec t, int width)
{
	static char clock[16];
	static int64_t second = -1;
	char digits[8];
	uint64_t micro = (uint64_t)(t % NSEC_PER_SEC) / NSEC_PER_US;

	if (t / NSEC_PER_SEC != second) {
		second = t / NSEC_PER_SEC;
		text_clock(clock, sizeof(clock), t, 0);
	}
	digits[7] = '\0';
	for (int i = 6; i > 0; i--, micro /= 10)
		digits[i] = (char)('0' + micro % 10);
	digits[0] = '.';
	struct cell c = {.len = 0};

	cell_add(&c, clock);
	cell_add(&c, digits);
	writer_cell(w, c.text, c.len, width);
}

static void
put_rtt(struct writer *w, const struct conn_facts *f, int width)
{
	if (conn_rtt(f) < 0)
		put_text(w, "-", width);
	else
		put_duration(w, conn_rtt(f), width);
}

/* Ends a line of cells: the last one's space goes. */
static void
end_row(struct writer *w)
{
	w->len--;
	writer_raw(w, "\n", 1);
}

static void
table_row(struct writer *w, const struct conn_facts *f)
{
	const nsec end = f->ended != 0 ? f->ended : f->last;

	put_uint(w, f->id, -WIDTH_ID);
	put_clock(w, f->start, WIDTH_START);
	put_duration(w, end - f->start, -WIDTH_FIGURE);
	put_endpoint(w, &f->end[CLIENT], WIDTH_END);
	put_endpoint(w, &f->end[SERVER], WIDTH_END);
	put_text(w, conn_state_name((enum conn_state)f->state), WIDTH_STATE);
	put_count(w, f->half[CLIENT].unique_bytes, -WIDTH_FIGURE);
	put_count(w, f->half[SERVER].unique_bytes, -WIDTH_FIGURE);
	put_uint(w, (uint64_t)f->half[CLIENT].retransmissions + f->half[SERVER].retransmissions,
		 -WIDTH_RETX);
	put_rtt(w, f, -WIDTH_FIGURE);
	end_row(w);
}

static void
put_gaps(struct writer *w, const nsec *gaps, int n)
{
	char gap[16];

	for (int i = 0; i < n; i++)
		writer_format(w, " %s", text_duration(gap, sizeof(gap), gaps[i]));
	writer_raw(w, "\n", 1);
}

/* The ladder: how long after one another the same bytes were sent, and how the sender's rules say.
 */
static void
table_ladder(struct writer *w, const struct conn_detail *d, enum side side)
{
	const int n = d->half[side].n_gaps, expected = d->half[side].n_expected;

	if (n == 0)
		return;
	writer_format(w, "%s%s", INDENT,
		      side == CLIENT ? _("ladder of the client:") : _("ladder of the server:"));
	put_gaps(w, d->half[side].gaps, n);
	if (expected == 0)
		return;
	if (d->half[side].stack != NULL)
		writer_format(w, _("%s  expected (%s):"), INDENT, _(d->half[side].stack));
	else
		writer_format(w, _("%s  expected:"), INDENT);
	put_gaps(w, d->half[side].expected, expected);
}

static void
table_verdict(struct writer *w, const struct verdict *v, const struct conn_facts *f, nsec now)
{
	char text[512];

	writer_format(w, INDENT "%c %s [%s]\n", severity_letter((enum severity)v->severity),
		      verdict_text(text, sizeof(text), v, f, now),
		      verdict_name((enum verdict_code)v->code));
}

static void
table_connection(struct writer *w, const struct conn_detail *d, nsec now)
{
	table_row(w, &d->f);
	for (int i = 0; i < d->n_verdicts; i++)
		table_verdict(w, &d->verdicts[i], &d->f, now);
	table_ladder(w, d, CLIENT);
	table_ladder(w, d, SERVER);
}

/* ---- heading ---- */

/* As wide on a terminal as the cells below it, in any language. */
static void
put_title(struct writer *w, const char *title, int width)
{
	const int pad = (width < 0 ? -width : width) - (int)text_width(title);
	const int spaces = pad > 0 ? pad : 0;

	if (width < 0)
		writer_format(w, "%*s%s ", spaces, "", title);
	else
		writer_format(w, "%s%*s ", title, spaces, "");
}

static void
table_capture(struct writer *w, const struct source_status *st)
{
	writer_format(w, _("Capture of %s, link type %s, %u bytes of each packet\n"), st->name,
		      st->linktype != NULL ? st->linktype : "?", st->snaplen);
	put_title(w, _("ID"), -WIDTH_ID);
	put_title(w, _("START"), WIDTH_START);
	put_title(w, _("LASTED"), -WIDTH_FIGURE);
	put_title(w, _("CLIENT"), WIDTH_END);
	put_title(w, _("SERVER"), WIDTH_END);
	put_title(w, _("STATE"), WIDTH_STATE);
	put_title(w, _("C->S"), -WIDTH_FIGURE);
	put_title(w, _("S->C"), -WIDTH_FIGURE);
	put_title(w, _("RETX"), -WIDTH_RETX);
	put_title(w, _("RTT"), -WIDTH_FIGURE);
	end_row(w);
}

/* ---- segment, timer ---- */

static void
table_segment(struct writer *w, const struct segment *s)
{
	char time[32], flags[16], notes[256];

	writer_format(w, "%7llu %s #%llu %c %-4s %lld:%lld(%u)", (unsigned long long)s->frame,
		      text_clock(time, sizeof(time), s->ts, 6), (unsigned long long)s->conn_id,
		      s->from == CLIENT ? '>' : '<', tcp_flags_text(flags, sizeof(flags), s->flags),
		      (long long)s->seq, (long long)s->seq + s->len, s->len);
	if (s->flags & TH_ACK)
		writer_format(w, " ack %lld", (long long)s->ack);
	writer_format(w, " win %u%s  %s / %s", s->window, s->window_unscaled ? "x?" : "",
		      tcp_state_name((enum tcp_state)s->state[CLIENT]),
		      tcp_state_name((enum tcp_state)s->state[SERVER]));
	segment_notes(notes, sizeof(notes), s);
	writer_format(w, "%s%s\n", notes[0] != '\0' ? "  " : "", notes);
}

/* How long until a moment; "-" when it is not known. */
static char *
until_text(char *out, size_t size, nsec moment, nsec now)
{
	struct text t = text_on(out, size);

	if (moment == NSEC_NEVER) {
		text_add(&t, "-");
		return out;
	}
	return text_duration(out, size, moment - now);
}

static void
table_timer(struct writer *w, const struct timer_event *e)
{
	const struct timer_facts *t = &e->t;
	char time[32], due[16], latest[16], gives_up[16];

	text_clock(time, sizeof(time), e->time, 6);
	if (t->kind == TIMER_NONE) {
		writer_format(w, _("%7s %s #%llu %c no timer runs\n"), "", time,
			      (unsigned long long)e->conn_id, e->from == CLIENT ? '>' : '<');
		return;
	}
	writer_format(w, _("%7s %s #%llu %c timer %s, attempt %u in %s ... %s, gives up in %s\n"),
		      "", time, (unsigned long long)e->conn_id, e->from == CLIENT ? '>' : '<',
		      timer_kind_name((enum timer_kind)t->kind), t->attempt,
		      until_text(due, sizeof(due), t->due, e->time),
		      until_text(latest, sizeof(latest), t->due_latest, e->time),
		      until_text(gives_up, sizeof(gives_up), t->gives_up, e->time));
}

/* ---- summary ---- */

static void
table_summary(struct writer *w, const struct totals *t, const struct source_status *st)
{
	writer_format(w, _("packets %llu, TCP segments %llu, connections %llu\n"),
		      (unsigned long long)t->packets, (unsigned long long)t->segments,
		      (unsigned long long)t->connections);
	for (int v = 0; v < VERDICT_COUNT; v++) {
		if (t->verdicts[v] > 0)
			writer_format(w, INDENT "%c %-22s %llu\n",
				      severity_letter(verdict_severity((enum verdict_code)v)),
				      verdict_name((enum verdict_code)v),
				      (unsigned long long)t->verdicts[v]);
	}
	writer_format(
		w,
		_("dropped by the kernel %llu, by the interface %llu; not decoded %llu, cut "
		  "short %llu, captured twice %llu, fragments lost %llu; connections evicted "
		  "%llu\n"),
		(unsigned long long)st->kernel_drops, (unsigned long long)st->interface_drops,
		(unsigned long long)(t->decode[DECODE_MALFORMED] + t->decode[DECODE_UNSUPPORTED]),
		(unsigned long long)(t->truncated + t->decode[DECODE_TRUNCATED]),
		(unsigned long long)t->capture_duplicates, (unsigned long long)st->fragments_lost,
		(unsigned long long)t->evicted);
}

const struct report_lines report_table = {
	.capture = table_capture,
	.segment = table_segment,
	.timer = table_timer,
	.connection = table_connection,
	.summary = table_summary,
};
