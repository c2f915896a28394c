/* SPDX-License-Identifier: MIT */
/*
 * report_json: the JSON lines, version 1. Names, order and types are a contract with other
 * programs, described in tcplens-json(5): keys may be added, none may be renamed or removed.
 */
#include "report/report_private.h"

#include "model/model.h"

#define JSON_VERSION 1

static const char *
side_name(int side)
{
	return side == CLIENT ? "client" : side == SERVER ? "server" : NULL;
}

static void
begin_line(struct output *w, const char *type)
{
	output_open(w, NULL, '{');
	output_string(w, "type", type);
}

static void
end_line(struct output *w)
{
	output_close(w, '}');
	output_end_line(w);
}

static void
json_capture(struct output *w, const struct report_config *cfg, const struct source_status *st)
{
	(void)cfg;
	begin_line(w, "capture");
	output_uint(w, "v", JSON_VERSION);
	output_string(w, "source", st->name);
	output_string(w, "linktype", st->linktype);
	output_uint(w, "snaplen", st->snaplen);
	end_line(w);
}

/* ---- segment ---- */

static void
json_analysis(struct output *w, uint32_t findings)
{
	output_open(w, "analysis", '[');
	for (int i = 0; i < FINDING_COUNT; i++) {
		if (findings & FINDING(i))
			output_string(w, NULL, finding_info((enum finding)i)->name);
	}
	output_close(w, ']');
}

static void
json_needed(struct output *w, uint8_t needed)
{
	if (needed == NEEDED_UNKNOWN)
		output_null(w, "needed");
	else
		output_bool(w, "needed", needed == NEEDED_YES);
}

static void
json_retransmit(struct output *w, const struct segment *s)
{
	if (s->cause == CAUSE_NONE) {
		output_null(w, "retransmit");
		return;
	}
	output_open(w, "retransmit", '{');
	if (s->rexmit_of == 0)
		output_null(w, "of");
	else
		output_uint(w, "of", s->rexmit_of);
	output_uint(w, "n", s->rexmit_n);
	output_duration(w, "after", s->rexmit_after);
	output_string(w, "cause", cause_name((enum cause)s->cause));
	json_needed(w, s->needed);
	output_close(w, '}');
}

/* A window of 0 is 0 whatever the scale. */
static bool
scale_missing(const struct segment *s)
{
	return s->window_unscaled && s->window != 0;
}

static void
json_segment(struct output *w, const struct segment *s)
{
	char flags[16];

	begin_line(w, "segment");
	output_uint(w, "frame", s->frame);
	output_time(w, "time", s->ts);
	output_uint(w, "connection", s->conn_id);
	output_string(w, "from", side_name(s->from));
	output_string(w, "flags", tcp_flags_text(flags, sizeof(flags), s->flags));
	output_int(w, "seq", s->seq);
	if (s->flags & TH_ACK)
		output_int(w, "ack", s->ack);
	else
		output_null(w, "ack");
	if (scale_missing(s))
		output_null(w, "window");
	else
		output_uint(w, "window", s->window);
	output_uint(w, "len", s->len);
	output_uint(w, "raw_seq", s->raw_seq);
	output_uint(w, "raw_ack", s->raw_ack);
	json_analysis(w, s->findings);
	json_retransmit(w, s);
	output_string(w, "client_state", tcp_state_name((enum tcp_state)s->state[CLIENT]));
	output_string(w, "server_state", tcp_state_name((enum tcp_state)s->state[SERVER]));
	if (scale_missing(s))
		output_uint(w, "unscaled_window", s->window);
	end_line(w);
}

/* ---- connection ---- */

static void
json_endpoint(struct output *w, const char *key, const struct endpoint *e)
{
	char addr[64];

	output_open(w, key, '{');
	output_string(w, "ip", text_addr(addr, sizeof(addr), e->addr));
	output_uint(w, "port", e->port);
	output_close(w, '}');
}

static void
json_handshake(struct output *w, const struct conn_facts *f)
{
	if (f->syn_to_synack < 0 && f->synack_to_ack < 0) {
		output_null(w, "handshake");
		return;
	}
	output_open(w, "handshake", '{');
	output_duration(w, "syn_to_synack", f->syn_to_synack);
	output_duration(w, "synack_to_ack", f->synack_to_ack);
	output_close(w, '}');
}

/* offered: 1 true, 0 false, -1 unknown */
static void
json_offered(struct output *w, const char *key, int8_t offered)
{
	if (offered < 0)
		output_null(w, key);
	else
		output_bool(w, key, offered != 0);
}

/* A negative number is unknown or was not offered: null. */
static void
json_number(struct output *w, const char *key, int64_t v)
{
	if (v < 0)
		output_null(w, key);
	else
		output_int(w, key, v);
}

static void
json_by_cause(struct output *w, const struct half_facts *h)
{
	output_open(w, "by_cause", '{');
	for (int c = CAUSE_NONE + 1; c < CAUSE_COUNT; c++) {
		if (h->by_cause[c] > 0 || h->retransmissions > 0)
			output_uint(w, cause_name((enum cause)c), h->by_cause[c]);
	}
	output_close(w, '}');
}

static void
json_rtt(struct output *w, const struct rtt_facts *r)
{
	const bool any = r->samples > 0;

	output_open(w, "rtt", '{');
	output_duration(w, "min", any ? r->min : -1);
	output_duration(w, "avg", any ? r->sum / (nsec)r->samples : -1);
	output_duration(w, "max", any ? r->max : -1);
	output_duration(w, "srtt", r->srtt);
	output_duration(w, "rttvar", r->rttvar);
	output_uint(w, "samples", r->samples);
	output_close(w, '}');
}

static void
json_counts(struct output *w, const struct half_facts *h)
{
	output_uint(w, "segments", h->segments);
	output_uint(w, "bytes", h->bytes);
	output_uint(w, "unique_bytes", h->unique_bytes);
	output_uint(w, "retransmissions", h->retransmissions);
	output_uint(w, "retransmitted_bytes", h->retransmitted_bytes);
	json_by_cause(w, h);
	output_uint(w, "lost_before", h->lost_before);
	output_uint(w, "lost_behind", h->lost_behind);
	output_uint(w, "spurious", h->spurious);
	output_uint(w, "out_of_order", h->out_of_order);
	output_uint(w, "duplicate_acks", h->duplicate_acks);
	output_uint(w, "zero_windows", h->zero_windows);
	output_duration(w, "zero_window_time", h->zero_window_time);
	output_uint(w, "window_full", h->window_full);
	output_uint(w, "keep_alives", h->keep_alives);
	output_uint(w, "syn", h->syn);
	output_uint(w, "fin", h->fin);
	output_uint(w, "rst", h->rst);
}

static void
json_half(struct output *w, const char *key, const struct conn_detail *d, enum side side)
{
	const struct half_facts *h = &d->f.half[side];

	output_open(w, key, '{');
	json_counts(w, h);
	json_number(w, "mss", h->mss);
	json_number(w, "window_scale", h->wscale);
	json_offered(w, "sack", h->sack);
	json_offered(w, "timestamps", h->timestamps);
	json_rtt(w, &h->rtt);
	output_duration(w, "rto", h->timer.rto);
	output_open(w, "gaps", '[');
	for (int i = 0; i < d->half[side].n_gaps; i++)
		output_duration(w, NULL, d->half[side].gaps[i]);
	output_close(w, ']');
	output_close(w, '}');
}

static void
json_verdict(struct output *w, const struct verdict *v, const struct conn_facts *f, nsec now)
{
	char text[512], check[512];

	output_open(w, NULL, '{');
	output_string(w, "code", verdict_name((enum verdict_code)v->code));
	output_string(w, "severity", severity_name((enum severity)v->severity));
	output_string(w, "text", verdict_text(text, sizeof(text), v, f, now));
	output_string(w, "check", verdict_check(check, sizeof(check), v, f, now));
	output_time(w, "time", v->time);
	output_open(w, "frames", '[');
	for (int i = 0; i < v->n_frames; i++)
		output_uint(w, NULL, v->frames[i]);
	output_close(w, ']');
	output_close(w, '}');
}

static void
json_connection_state(struct output *w, const struct conn_facts *f)
{
	output_time(w, "start", f->start);
	output_time(w, "end", f->ended != 0 ? f->ended : f->last);
	output_string(w, "state", conn_state_name((enum conn_state)f->state));
	output_string(w, "client_state", tcp_state_name((enum tcp_state)f->half[CLIENT].state));
	output_string(w, "server_state", tcp_state_name((enum tcp_state)f->half[SERVER].state));
	output_string(w, "end_cause", end_cause_name((enum end_cause)f->end_cause));
	output_string(w, "ended_by", side_name(f->ended_by));
	output_uint(w, "completeness", f->completeness);
	json_handshake(w, f);
}

static void
json_time(struct output *w, const struct time_facts *t)
{
	output_open(w, "time", '{');
	output_duration(w, "life", t->life);
	for (int i = 0; i < TIME_CLASS_COUNT; i++)
		output_duration(w, time_class_name((enum time_class)i), t->spent[i]);
	output_close(w, '}');
}

static void
json_connection(struct output *w, const struct report_config *cfg, const struct conn_detail *d,
		nsec now)
{
	const struct conn_facts *f = &d->f;

	(void)cfg;
	begin_line(w, "connection");
	output_uint(w, "id", f->id);
	output_uint(w, "revision", d->revision);
	json_endpoint(w, "client", &f->end[CLIENT]);
	json_endpoint(w, "server", &f->end[SERVER]);
	output_string(w, "roles", f->roles_guessed ? "guessed" : "handshake");
	json_number(w, "vlan", f->vlan);
	json_connection_state(w, f);
	json_half(w, "c2s", d, CLIENT);
	json_half(w, "s2c", d, SERVER);
	json_time(w, &d->time);
	output_open(w, "verdicts", '[');
	for (int i = 0; i < d->n_verdicts; i++)
		json_verdict(w, &d->verdicts[i], f, now);
	output_close(w, ']');
	end_line(w);
}

/* ---- timer, icmp, summary ---- */

static void
json_timer(struct output *w, const struct timer_event *e)
{
	const struct timer_facts *t = &e->t;

	begin_line(w, "timer");
	output_time(w, "time", e->time);
	output_uint(w, "connection", e->conn_id);
	output_string(w, "from", side_name(e->from));
	output_string(w, "kind", timer_kind_name((enum timer_kind)t->kind));
	output_uint(w, "attempt", t->attempt);
	output_time(w, "due", t->due);
	output_time(w, "due_latest", t->due_latest);
	output_time(w, "gives_up", t->gives_up);
	output_duration(w, "rto", t->rto);
	output_duration(w, "srtt", t->srtt);
	output_duration(w, "rttvar", t->rttvar);
	end_line(w);
}

static void
json_icmp(struct output *w, const struct icmp_record *r)
{
	char sender[64];

	begin_line(w, "icmp");
	output_uint(w, "frame", r->frame);
	output_time(w, "time", r->ts);
	output_uint(w, "connection", r->conn_id);
	output_string(w, "sender", text_addr(sender, sizeof(sender), r->notice.from));
	output_uint(w, "icmp_type", r->notice.type);
	output_uint(w, "icmp_code", r->notice.code);
	if (r->quotes)
		output_uint(w, "quotes", r->quotes);
	else
		output_null(w, "quotes");
	end_line(w);
}

static uint64_t
undecodable(const struct totals *t)
{
	return t->decode[DECODE_MALFORMED] + t->decode[DECODE_UNSUPPORTED];
}

static void
json_drops(struct output *w, const char *key, const struct source_status *st, uint64_t drops)
{
	if (st->drops_known)
		output_uint(w, key, drops);
	else
		output_null(w, key);
}

static void
json_unopened(struct output *w, const struct source_status *st)
{
	output_open(w, "unopened", '{');
	for (int e = 0; e < ENCAP_COUNT; e++) {
		if (st->unopened[e] > 0)
			output_uint(w, encapsulation_info((enum encapsulation)e)->name,
				    st->unopened[e]);
	}
	output_close(w, '}');
}

static void
json_summary(struct output *w, const struct totals *t, const struct source_status *st)
{
	begin_line(w, "summary");
	output_uint(w, "packets", t->packets);
	output_uint(w, "tcp_segments", t->segments);
	output_uint(w, "connections", t->connections);
	output_open(w, "verdicts", '{');
	for (int v = 0; v < VERDICT_COUNT; v++) {
		if (t->verdicts[v] > 0)
			output_uint(w, verdict_name((enum verdict_code)v), t->verdicts[v]);
	}
	output_close(w, '}');
	json_drops(w, "kernel_drops", st, st->kernel_drops);
	output_uint(w, "undecodable", undecodable(t));
	output_uint(w, "truncated", t->truncated + t->decode[DECODE_TRUNCATED]);
	output_uint(w, "evicted", t->evicted);
	json_drops(w, "interface_drops", st, st->interface_drops);
	output_uint(w, "capture_duplicates", t->capture_duplicates);
	output_uint(w, "untracked", t->refused);
	output_uint(w, "fragments_lost", st->fragments_lost);
	json_unopened(w, st);
	end_line(w);
}

const struct report_lines report_json = {
	.capture = json_capture,
	.segment = json_segment,
	.timer = json_timer,
	.icmp = json_icmp,
	.connection = json_connection,
	.summary = json_summary,
};
