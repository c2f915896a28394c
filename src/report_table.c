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

static void
table_capture(struct writer *w, const struct source_status *st)
{
	writer_format(w, _("Capture of %s, link type %s, %u bytes of each packet\n"), st->name,
		      st->linktype != NULL ? st->linktype : "?", st->snaplen);
	writer_format(w, "%7s %-15s %8s %-24s %-24s %-11s %8s %8s %5s %8s\n", _("ID"), _("START"),
		      _("LASTED"), _("CLIENT"), _("SERVER"), _("STATE"), _("C->S"), _("S->C"),
		      _("RETX"), _("RTT"));
}

/* ---- connection ---- */

/* Round trip as far as both halves are known; "-" else. */
static char *
rtt_text(char *out, size_t size, const struct conn_facts *f)
{
	const struct rtt_facts *c = &f->half[CLIENT].rtt, *s = &f->half[SERVER].rtt;
	const nsec sum = nsec_max(c->srtt, 0) + nsec_max(s->srtt, 0);
	struct text t = text_on(out, size);

	if (c->samples == 0 && s->samples == 0) {
		text_add(&t, "-");
		return out;
	}
	return text_duration(out, size, sum);
}

static void
table_row(struct writer *w, const struct conn_facts *f)
{
	char start[32], lasted[16], client[ADDR_SIZE], server[ADDR_SIZE], c2s[16], s2c[16], rtt[16];
	const nsec end = f->ended != 0 ? f->ended : f->last;

	writer_format(
		w, "%7llu %-15s %8s %-24s %-24s %-11s %8s %8s %5u %8s\n", (unsigned long long)f->id,
		text_clock(start, sizeof(start), f->start, 6),
		text_duration(lasted, sizeof(lasted), end - f->start),
		text_endpoint(client, sizeof(client), f->end[CLIENT].addr, f->end[CLIENT].port),
		text_endpoint(server, sizeof(server), f->end[SERVER].addr, f->end[SERVER].port),
		conn_state_name((enum conn_state)f->state),
		text_count(c2s, sizeof(c2s), f->half[CLIENT].unique_bytes),
		text_count(s2c, sizeof(s2c), f->half[SERVER].unique_bytes),
		f->half[CLIENT].retransmissions + f->half[SERVER].retransmissions,
		rtt_text(rtt, sizeof(rtt), f));
}

static void
table_gaps(struct writer *w, const char *heading, const nsec *gaps, int n)
{
	char gap[16];

	if (n == 0)
		return;
	writer_format(w, "%s%s", INDENT, heading);
	for (int i = 0; i < n; i++)
		writer_format(w, " %s", text_duration(gap, sizeof(gap), gaps[i]));
	writer_format(w, "\n");
}

static void
table_connection(struct writer *w, const struct conn_detail *d, nsec now)
{
	char text[512];

	table_row(w, &d->f);
	for (int i = 0; i < d->n_verdicts; i++)
		writer_format(w, INDENT "%c %s: %s\n",
			      severity_letter((enum severity)d->verdicts[i].severity),
			      verdict_name((enum verdict_code)d->verdicts[i].code),
			      verdict_text(text, sizeof(text), &d->verdicts[i], &d->f, now));
	table_gaps(w, _("client's attempts, intervals:"), d->half[CLIENT].gaps,
		   d->half[CLIENT].n_gaps);
	table_gaps(w, _("server's attempts, intervals:"), d->half[SERVER].gaps,
		   d->half[SERVER].n_gaps);
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
	writer_format(w, _("%llu packets, %llu TCP segments, %llu connections\n"),
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
		  "short %llu, captured twice %llu; connections evicted %llu\n"),
		(unsigned long long)st->kernel_drops, (unsigned long long)st->interface_drops,
		(unsigned long long)(t->decode[DECODE_MALFORMED] + t->decode[DECODE_UNSUPPORTED]),
		(unsigned long long)(t->truncated + t->decode[DECODE_TRUNCATED]),
		(unsigned long long)t->capture_duplicates, (unsigned long long)t->evicted);
}

const struct report_lines report_table = {
	.capture = table_capture,
	.segment = table_segment,
	.timer = table_timer,
	.connection = table_connection,
	.summary = table_summary,
};
