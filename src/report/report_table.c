/* SPDX-License-Identifier: MIT */
/*
 * report_table: the report for people: a row per connection, below it its verdicts and the ladder
 * of its retransmissions. With --segments a line for each segment, in tcpdump's notation.
 */
#include "config.h"

#include "report/report_private.h"

#include "base/i18n.h"
#include "model/model.h"

#include <string.h>

#define ADDR_SIZE 64

/* Widths of the columns; numbers are aligned to the right. */
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
 * A capture of a flood has millions of rows, so rows are written in place, without printf(), into
 * room that is enough for all cells. A cell first writes blanks for its whole width and then its
 * text; the next cell overwrites what is too much. A text wider than its cell shifts what follows.
 */
#define ROW_ROOM 512
#define BLANKS   32 /* at least the widest cell and the blank after it */

/* Where to write n bytes that are aligned to the right; *p moves from the begin of the cell to its
 * end. */
static char *
at_right(char **p, size_t n, size_t width)
{
	char *const at = *p + (n < width ? width - n : 0);

	memset(*p, ' ', BLANKS);
	at[n] = ' ';
	*p = at + n + 1;
	return at;
}

/* The end of the cell at p, whose text is aligned to the left and ends at text_end. */
static char *
left_end(char *p, char *text_end, size_t width)
{
	char *const end = text_end < p + width ? p + width : text_end;

	*end = ' ';
	return end + 1;
}

static char *
cell_uint(char *p, uint64_t v, size_t width)
{
	if (v < 10) { /* usually 0 */
		*at_right(&p, 1, width) = (char)('0' + v);
		return p;
	}
	text_put_uint(at_right(&p, text_uint_len(v), width), v);
	return p;
}

static char *
cell_right(char *p, const char *text, const char *end, size_t width)
{
	const size_t n = (size_t)(end - text);

	memcpy(at_right(&p, n, width), text, n);
	return p;
}

static char *
cell_count(char *p, uint64_t v, size_t width)
{
	char text[TEXT_PUT_MAX];

	if (v < 1000)
		return cell_uint(p, v, width);
	return cell_right(p, text, text_put_count(text, v), width);
}

static char *
cell_duration(char *p, nsec d, size_t width)
{
	char text[TEXT_PUT_MAX];

	return cell_right(p, text, text_put_duration(text, d), width);
}

/* rtt: -1 unknown */
static char *
cell_rtt(char *p, nsec rtt, size_t width)
{
	if (rtt >= 0)
		return cell_duration(p, rtt, width);
	*at_right(&p, 1, width) = '-';
	return p;
}

static char *
cell_text(char *p, const char *s, size_t width)
{
	const size_t n = strlen(s);

	memset(p, ' ', BLANKS);
	memcpy(p, s, n);
	return left_end(p, p + n, width);
}

static char *
cell_ipv6(char *p, const struct endpoint *e, size_t width)
{
	char text[ADDR_SIZE];

	return cell_text(p, text_endpoint(text, sizeof(text), e->addr, e->port), width);
}

static char *
cell_endpoint(char *p, const struct endpoint *e, size_t width)
{
	static const uint8_t v4_mapped[12] = {[10] = 0xff, [11] = 0xff};
	char *end;

	if (memcmp(e->addr, v4_mapped, sizeof(v4_mapped)) != 0)
		return cell_ipv6(p, e, width);
	memset(p, ' ', BLANKS);
	end = text_put_ipv4(p, e->addr + sizeof(v4_mapped));
	*end = ':';
	return left_end(p, text_put_uint(end + 1, e->port), width);
}

/* The time of day, formatted once for all rows of a second. Called by one thread at a time. */
static char *
cell_clock(char *p, nsec t, size_t width)
{
	static char clock[16];
	static size_t len;
	static int64_t second = -1;
	const uint64_t micro = (uint64_t)(t % NSEC_PER_SEC) / NSEC_PER_US;

	if (t / NSEC_PER_SEC != second) {
		second = t / NSEC_PER_SEC;
		len = strlen(text_clock(clock, sizeof(clock), t, 0));
	}
	memset(p, ' ', BLANKS);
	memcpy(p, clock, sizeof(clock));
	p[len] = '.';
	return left_end(p, text_put_digits(p + len + 1, micro, 6), width);
}

static void
table_row(struct output *w, const struct conn_facts *f)
{
	const nsec end = f->ended != 0 ? f->ended : f->last;
	const struct half_facts *c = &f->half[CLIENT], *s = &f->half[SERVER];
	char *p = output_room(w, ROW_ROOM);

	p = cell_uint(p, f->id, WIDTH_ID);
	p = cell_clock(p, f->start, WIDTH_START);
	p = cell_duration(p, end - f->start, WIDTH_FIGURE);
	p = cell_endpoint(p, &f->end[CLIENT], WIDTH_END);
	p = cell_endpoint(p, &f->end[SERVER], WIDTH_END);
	p = cell_text(p, conn_state_name((enum conn_state)f->state), WIDTH_STATE);
	p = cell_count(p, c->unique_bytes, WIDTH_FIGURE);
	p = cell_count(p, s->unique_bytes, WIDTH_FIGURE);
	p = cell_uint(p, (uint64_t)c->retransmissions + s->retransmissions, WIDTH_RETX);
	p = cell_rtt(p, conn_rtt(f), WIDTH_FIGURE);
	p[-1] = '\n'; /* the last cell's space */
	output_took(w, p);
}

static void
put_gaps(struct output *w, const nsec *gaps, int n)
{
	char gap[16];

	for (int i = 0; i < n; i++)
		output_format(w, " %s", text_duration(gap, sizeof(gap), gaps[i]));
	output_raw(w, "\n", 1);
}

/* The intervals between the attempts to send the same bytes, and those by the sender's rules. */
static void
table_ladder(struct output *w, const struct conn_detail *d, enum side side)
{
	const int n = d->half[side].n_gaps, expected = d->half[side].n_expected;

	output_format(w, "%s%s", INDENT,
		      side == CLIENT ? _("ladder of the client:") : _("ladder of the server:"));
	put_gaps(w, d->half[side].gaps, n);
	if (expected == 0)
		return;
	if (d->half[side].stack)
		output_format(w, _("%s  expected (%s):"), INDENT, _(d->half[side].stack));
	else
		output_format(w, _("%s  expected:"), INDENT);
	put_gaps(w, d->half[side].expected, expected);
}

static void
table_verdict(struct output *w, bool verbose, const struct verdict *v, const struct conn_facts *f,
	      nsec now)
{
	char text[512];

	output_format(w, INDENT "%c %s [%s]\n", severity_letter((enum severity)v->severity),
		      verdict_text(text, sizeof(text), v, f, now),
		      verdict_name((enum verdict_code)v->code));
	if (verbose)
		output_format(w, INDENT "  %s %s\n", _("check next:"),
			      verdict_check(text, sizeof(text), v, f, now));
}

static void
table_connection(struct output *w, const struct report_config *cfg, const struct conn_detail *d,
		 nsec now)
{
	if (cfg->columns)
		report_columns_row(w, cfg->columns,
				   &(struct row_context){
					   .facts = &d->f, .now = now, .style = {.ascii = true}});
	else
		table_row(w, &d->f);
	if (d->revision > 0)
		output_format(w, "%s%s\n", INDENT,
			      _("continued after it was reported: replaces the earlier row"));
	for (int i = 0; i < d->n_verdicts; i++)
		table_verdict(w, cfg->verbose, &d->verdicts[i], &d->f, now);
	for (int side = CLIENT; side <= SERVER; side++) {
		if (d->half[side].n_gaps > 0)
			table_ladder(w, d, (enum side)side);
	}
}

/* ---- heading ---- */

static void
put_titles(struct output *w)
{
	report_title(w, _("ID"), -WIDTH_ID);
	report_title(w, _("START"), WIDTH_START);
	report_title(w, _("LASTED"), -WIDTH_FIGURE);
	report_title(w, _("CLIENT"), WIDTH_END);
	report_title(w, _("SERVER"), WIDTH_END);
	report_title(w, _("STATE"), WIDTH_STATE);
	report_title(w, _("C->S"), -WIDTH_FIGURE);
	report_title(w, _("S->C"), -WIDTH_FIGURE);
	report_title(w, _("RETX"), -WIDTH_RETX);
	report_title(w, _("RTT"), -WIDTH_FIGURE);
	w->buf[w->len - 1] = '\n'; /* the last title's space */
}

static void
table_capture(struct output *w, const struct report_config *cfg, const struct source_status *st)
{
	output_format(w, _("Capture of %s, link type %s, %u bytes of each packet\n"), st->name,
		      st->linktype ? st->linktype : "?", st->snaplen);
	if (cfg->summary)
		report_servers_title(w);
	else if (cfg->columns)
		report_columns_title(w, cfg->columns);
	else
		put_titles(w);
}

/* ---- segment, timer, icmp ---- */

static void
table_segment(struct output *w, const struct segment *s)
{
	char time[32], flags[16], notes[256];

	output_format(w, "%7llu %s #%llu %c %-4s %lld:%lld(%u)", (unsigned long long)s->frame,
		      text_clock(time, sizeof(time), s->ts, 6), (unsigned long long)s->conn_id,
		      s->from == CLIENT ? '>' : '<', tcp_flags_text(flags, sizeof(flags), s->flags),
		      (long long)s->seq, (long long)s->seq + s->len, s->len);
	if (s->flags & TH_ACK)
		output_format(w, " ack %lld", (long long)s->ack);
	output_format(w, " win %u%s  %s / %s", s->window, s->window_unscaled ? "x?" : "",
		      tcp_state_name((enum tcp_state)s->state[CLIENT]),
		      tcp_state_name((enum tcp_state)s->state[SERVER]));
	segment_notes(notes, sizeof(notes), s);
	output_format(w, "%s%s\n", notes[0] != '\0' ? "  " : "", notes);
}

/* The time until a moment; "-" when it is unknown. */
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
table_timer(struct output *w, const struct timer_event *e)
{
	const struct timer_facts *t = &e->t;
	char time[32], due[16], latest[16], gives_up[16];

	text_clock(time, sizeof(time), e->time, 6);
	if (t->kind == TIMER_NONE) {
		output_format(w, _("%7s %s #%llu %c no timer runs\n"), "", time,
			      (unsigned long long)e->conn_id, e->from == CLIENT ? '>' : '<');
		return;
	}
	output_format(w, _("%7s %s #%llu %c timer %s, attempt %u in %s ... %s, gives up in %s\n"),
		      "", time, (unsigned long long)e->conn_id, e->from == CLIENT ? '>' : '<',
		      timer_kind_name((enum timer_kind)t->kind), t->attempt,
		      until_text(due, sizeof(due), t->due, e->time),
		      until_text(latest, sizeof(latest), t->due_latest, e->time),
		      until_text(gives_up, sizeof(gives_up), t->gives_up, e->time));
}

static void
table_icmp(struct output *w, const struct icmp_record *r)
{
	const struct icmp_notice *n = &r->notice;
	char time[32], sender[64];

	output_format(w, "%7llu %s #%llu %c ", (unsigned long long)r->frame,
		      text_clock(time, sizeof(time), r->ts, 6), (unsigned long long)r->conn_id,
		      r->from == CLIENT ? '>' : '<');
	output_format(w, _("ICMP %u/%u from %s: %s"), n->type, n->code,
		      text_addr(sender, sizeof(sender), n->from),
		      _(icmp_name(n->version, n->type, n->code)));
	if (n->mtu)
		output_format(w, _(", MTU %u"), n->mtu);
	if (r->quotes)
		output_format(w, _(", quotes frame %llu"), (unsigned long long)r->quotes);
	output_raw(w, "\n", 1);
}

/* ---- summary ---- */

static void
table_unopened(struct output *w, const struct source_status *st)
{
	for (int e = 0; e < ENCAP_COUNT; e++) {
		const unsigned long long n = st->unopened[e];

		if (n > 0)
			output_format(w,
				      ngettext("%llu packet was not opened: %s\n",
					       "%llu packets were not opened: %s\n", n),
				      n, _(encapsulation_info((enum encapsulation)e)->hint));
	}
}

static void
table_drops(struct output *w, const struct source_status *st)
{
	if (st->drops_known)
		output_format(w, _("dropped by the kernel %llu, by the interface %llu\n"),
			      (unsigned long long)st->kernel_drops,
			      (unsigned long long)st->interface_drops);
	else
		output_format(w, "%s\n", _("the file does not say how many packets were dropped"));
}

static void
table_summary(struct output *w, const struct totals *t, const struct source_status *st)
{
	output_format(w, _("packets %llu, TCP segments %llu, connections %llu\n"),
		      (unsigned long long)t->packets, (unsigned long long)t->segments,
		      (unsigned long long)t->connections);
	report_verdict_counts(w, t->verdicts);
	table_drops(w, st);
	output_format(w,
		      _("not decoded %llu, cut short %llu, captured twice %llu, fragments lost "
			"%llu; connections evicted %llu\n"),
		      (unsigned long long)(t->decode[DECODE_MALFORMED] +
					   t->decode[DECODE_UNSUPPORTED]),
		      (unsigned long long)(t->truncated + t->decode[DECODE_TRUNCATED]),
		      (unsigned long long)t->capture_duplicates,
		      (unsigned long long)st->fragments_lost, (unsigned long long)t->evicted);
	table_unopened(w, st);
}

const struct report_lines report_table = {
	.capture = table_capture,
	.segment = table_segment,
	.timer = table_timer,
	.icmp = table_icmp,
	.connection = table_connection,
	.summary = table_summary,
};
