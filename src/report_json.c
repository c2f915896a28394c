/* SPDX-License-Identifier: MIT */
/*
 * report_json: the JSON lines, version 1. Names, order and types are a contract with other
 * programs: keys may be added at the end of an object, nothing may be renamed or removed.
 */
#include "report_private.h"

#include "model/model.h"

#define JSON_VERSION 1

static const char *
side_name(int side)
{
	return side == CLIENT ? "client" : side == SERVER ? "server" : NULL;
}

static void
begin_line(struct writer *w, const char *type)
{
	writer_open(w, NULL, '{');
	writer_string(w, "type", type);
}

static void
end_line(struct writer *w)
{
	writer_close(w, '}');
	writer_end_line(w);
}

static void
json_capture(struct writer *w, const struct source_status *st)
{
	begin_line(w, "capture");
	writer_uint(w, "v", JSON_VERSION);
	writer_string(w, "source", st->name);
	writer_string(w, "linktype", st->linktype);
	writer_uint(w, "snaplen", st->snaplen);
	end_line(w);
}

/* ---- segment ---- */

static void
json_analysis(struct writer *w, uint32_t findings)
{
	writer_open(w, "analysis", '[');
	for (int i = 0; i < FINDING_COUNT; i++) {
		if (findings & FINDING(i))
			writer_string(w, NULL, finding_info((enum finding)i)->name);
	}
	writer_close(w, ']');
}

static void
json_needed(struct writer *w, uint8_t needed)
{
	if (needed == NEEDED_UNKNOWN)
		writer_null(w, "needed");
	else
		writer_bool(w, "needed", needed == NEEDED_YES);
}

static void
json_retransmit(struct writer *w, const struct segment *s)
{
	if (s->cause == CAUSE_NONE) {
		writer_null(w, "retransmit");
		return;
	}
	writer_open(w, "retransmit", '{');
	if (s->rexmit_of == 0)
		writer_null(w, "of");
	else
		writer_uint(w, "of", s->rexmit_of);
	writer_uint(w, "n", s->rexmit_n);
	writer_duration(w, "after", s->rexmit_after);
	writer_string(w, "cause", cause_name((enum cause)s->cause));
	json_needed(w, s->needed);
	writer_close(w, '}');
}

static void
json_segment(struct writer *w, const struct segment *s)
{
	char flags[16];

	begin_line(w, "segment");
	writer_uint(w, "frame", s->frame);
	writer_time(w, "time", s->ts);
	writer_uint(w, "connection", s->conn_id);
	writer_string(w, "from", side_name(s->from));
	writer_string(w, "flags", tcp_flags_text(flags, sizeof(flags), s->flags));
	writer_int(w, "seq", s->seq);
	if (s->flags & TH_ACK)
		writer_int(w, "ack", s->ack);
	else
		writer_null(w, "ack");
	writer_uint(w, "window", s->window);
	writer_uint(w, "len", s->len);
	writer_uint(w, "raw_seq", s->raw_seq);
	writer_uint(w, "raw_ack", s->raw_ack);
	json_analysis(w, s->findings);
	json_retransmit(w, s);
	writer_string(w, "client_state", tcp_state_name((enum tcp_state)s->state[CLIENT]));
	writer_string(w, "server_state", tcp_state_name((enum tcp_state)s->state[SERVER]));
	end_line(w);
}

/* ---- connection ---- */

static void
json_endpoint(struct writer *w, const char *key, const struct endpoint *e)
{
	char addr[64];

	writer_open(w, key, '{');
	writer_string(w, "ip", text_addr(addr, sizeof(addr), e->addr));
	writer_uint(w, "port", e->port);
	writer_close(w, '}');
}

static void
json_handshake(struct writer *w, const struct conn_facts *f)
{
	if (f->syn_to_synack < 0 && f->synack_to_ack < 0) {
		writer_null(w, "handshake");
		return;
	}
	writer_open(w, "handshake", '{');
	writer_duration(w, "syn_to_synack", f->syn_to_synack);
	writer_duration(w, "synack_to_ack", f->synack_to_ack);
	writer_close(w, '}');
}

/* 1 true, 0 false, -1 unknown */
static void
json_offered(struct writer *w, const char *key, int8_t offered)
{
	if (offered < 0)
		writer_null(w, key);
	else
		writer_bool(w, key, offered != 0);
}

/* Negative: unknown or not offered */
static void
json_number(struct writer *w, const char *key, int64_t v)
{
	if (v < 0)
		writer_null(w, key);
	else
		writer_int(w, key, v);
}

static void
json_by_cause(struct writer *w, const struct half_facts *h)
{
	writer_open(w, "by_cause", '{');
	for (int c = CAUSE_NONE + 1; c < CAUSE_COUNT; c++) {
		if (h->by_cause[c] > 0)
			writer_uint(w, cause_name((enum cause)c), h->by_cause[c]);
	}
	writer_close(w, '}');
}

static void
json_rtt(struct writer *w, const struct rtt_facts *r)
{
	const bool any = r->samples > 0;

	writer_open(w, "rtt", '{');
	writer_duration(w, "min", any ? r->min : -1);
	writer_duration(w, "avg", any ? r->sum / (nsec)r->samples : -1);
	writer_duration(w, "max", any ? r->max : -1);
	writer_duration(w, "srtt", r->srtt);
	writer_duration(w, "rttvar", r->rttvar);
	writer_uint(w, "samples", r->samples);
	writer_close(w, '}');
}

static void
json_counts(struct writer *w, const struct half_facts *h)
{
	writer_uint(w, "segments", h->segments);
	writer_uint(w, "bytes", h->bytes);
	writer_uint(w, "unique_bytes", h->unique_bytes);
	writer_uint(w, "retransmissions", h->retransmissions);
	writer_uint(w, "retransmitted_bytes", h->retransmitted_bytes);
	json_by_cause(w, h);
	writer_uint(w, "spurious", h->spurious);
	writer_uint(w, "out_of_order", h->out_of_order);
	writer_uint(w, "duplicate_acks", h->duplicate_acks);
	writer_uint(w, "zero_windows", h->zero_windows);
	writer_duration(w, "zero_window_time", h->zero_window_time);
	writer_uint(w, "window_full", h->window_full);
	writer_uint(w, "keep_alives", h->keep_alives);
	writer_uint(w, "syn", h->syn);
	writer_uint(w, "fin", h->fin);
	writer_uint(w, "rst", h->rst);
}

static void
json_half(struct writer *w, const char *key, const struct conn_detail *d, enum side side)
{
	const struct half_facts *h = &d->f.half[side];

	writer_open(w, key, '{');
	json_counts(w, h);
	json_number(w, "mss", h->mss);
	json_number(w, "window_scale", h->wscale);
	json_offered(w, "sack", h->sack);
	json_offered(w, "timestamps", h->timestamps);
	json_rtt(w, &h->rtt);
	writer_duration(w, "rto", h->timer.rto);
	writer_open(w, "gaps", '[');
	for (int i = 0; i < d->half[side].n_gaps; i++)
		writer_duration(w, NULL, d->half[side].gaps[i]);
	writer_close(w, ']');
	writer_close(w, '}');
}

static void
json_verdict(struct writer *w, const struct verdict *v, const struct conn_facts *f, nsec now)
{
	char text[512];

	writer_open(w, NULL, '{');
	writer_string(w, "code", verdict_name((enum verdict_code)v->code));
	writer_string(w, "severity", severity_name((enum severity)v->severity));
	writer_string(w, "text", verdict_text(text, sizeof(text), v, f, now));
	writer_time(w, "time", v->time);
	writer_open(w, "frames", '[');
	for (int i = 0; i < v->n_frames; i++)
		writer_uint(w, NULL, v->frames[i]);
	writer_close(w, ']');
	writer_close(w, '}');
}

static void
json_connection_state(struct writer *w, const struct conn_facts *f)
{
	writer_time(w, "start", f->start);
	writer_time(w, "end", f->ended != 0 ? f->ended : f->last);
	writer_string(w, "state", conn_state_name((enum conn_state)f->state));
	writer_string(w, "client_state", tcp_state_name((enum tcp_state)f->half[CLIENT].state));
	writer_string(w, "server_state", tcp_state_name((enum tcp_state)f->half[SERVER].state));
	writer_string(w, "end_cause", end_cause_name((enum end_cause)f->end_cause));
	writer_string(w, "ended_by", side_name(f->ended_by));
	writer_uint(w, "completeness", f->completeness);
	json_handshake(w, f);
}

static void
json_connection(struct writer *w, const struct conn_detail *d, nsec now)
{
	const struct conn_facts *f = &d->f;

	begin_line(w, "connection");
	writer_uint(w, "id", f->id);
	json_endpoint(w, "client", &f->end[CLIENT]);
	json_endpoint(w, "server", &f->end[SERVER]);
	writer_string(w, "roles", f->roles_guessed ? "guessed" : "handshake");
	json_number(w, "vlan", f->vlan);
	json_connection_state(w, f);
	json_half(w, "c2s", d, CLIENT);
	json_half(w, "s2c", d, SERVER);
	writer_open(w, "verdicts", '[');
	for (int i = 0; i < d->n_verdicts; i++)
		json_verdict(w, &d->verdicts[i], f, now);
	writer_close(w, ']');
	end_line(w);
}

/* ---- timer, summary ---- */

static void
json_timer(struct writer *w, const struct timer_event *e)
{
	const struct timer_facts *t = &e->t;

	begin_line(w, "timer");
	writer_time(w, "time", e->time);
	writer_uint(w, "connection", e->conn_id);
	writer_string(w, "from", side_name(e->from));
	writer_string(w, "kind", timer_kind_name((enum timer_kind)t->kind));
	writer_uint(w, "attempt", t->attempt);
	writer_time(w, "due", t->due);
	writer_time(w, "due_latest", t->due_latest);
	writer_time(w, "gives_up", t->gives_up);
	writer_duration(w, "rto", t->rto);
	writer_duration(w, "srtt", t->srtt);
	writer_duration(w, "rttvar", t->rttvar);
	end_line(w);
}

static uint64_t
undecodable(const struct totals *t)
{
	return t->decode[DECODE_MALFORMED] + t->decode[DECODE_UNSUPPORTED];
}

static void
json_summary(struct writer *w, const struct totals *t, const struct source_status *st)
{
	begin_line(w, "summary");
	writer_uint(w, "packets", t->packets);
	writer_uint(w, "tcp_segments", t->segments);
	writer_uint(w, "connections", t->connections);
	writer_open(w, "verdicts", '{');
	for (int v = 0; v < VERDICT_COUNT; v++) {
		if (t->verdicts[v] > 0)
			writer_uint(w, verdict_name((enum verdict_code)v), t->verdicts[v]);
	}
	writer_close(w, '}');
	writer_uint(w, "kernel_drops", st->kernel_drops);
	writer_uint(w, "undecodable", undecodable(t));
	writer_uint(w, "truncated", t->truncated + t->decode[DECODE_TRUNCATED]);
	writer_uint(w, "evicted", t->evicted);
	writer_uint(w, "interface_drops", st->interface_drops);
	writer_uint(w, "capture_duplicates", t->capture_duplicates);
	writer_uint(w, "untracked", t->refused);
	writer_uint(w, "fragments_lost", st->fragments_lost);
	end_line(w);
}

const struct report_lines report_json = {
	.capture = json_capture,
	.segment = json_segment,
	.timer = json_timer,
	.connection = json_connection,
	.summary = json_summary,
};
