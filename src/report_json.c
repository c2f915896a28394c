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
	json_open(w, NULL, '{');
	json_string(w, "type", type);
}

static void
end_line(struct writer *w)
{
	json_close(w, '}');
	json_end_line(w);
}

static void
json_capture(struct writer *w, const struct source_status *st)
{
	begin_line(w, "capture");
	json_uint(w, "v", JSON_VERSION);
	json_string(w, "source", st->name);
	json_string(w, "linktype", st->linktype);
	json_uint(w, "snaplen", st->snaplen);
	end_line(w);
}

/* ---- segment ---- */

static void
json_analysis(struct writer *w, uint32_t findings)
{
	json_open(w, "analysis", '[');
	for (int i = 0; i < FINDING_COUNT; i++) {
		if (findings & FINDING(i))
			json_string(w, NULL, finding_info((enum finding)i)->name);
	}
	json_close(w, ']');
}

static void
json_needed(struct writer *w, uint8_t needed)
{
	if (needed == NEEDED_UNKNOWN)
		json_null(w, "needed");
	else
		json_bool(w, "needed", needed == NEEDED_YES);
}

static void
json_retransmit(struct writer *w, const struct segment *s)
{
	if (s->cause == CAUSE_NONE) {
		json_null(w, "retransmit");
		return;
	}
	json_open(w, "retransmit", '{');
	if (s->rexmit_of == 0)
		json_null(w, "of");
	else
		json_uint(w, "of", s->rexmit_of);
	json_uint(w, "n", s->rexmit_n);
	json_duration(w, "after", s->rexmit_after);
	json_string(w, "cause", cause_name((enum cause)s->cause));
	json_needed(w, s->needed);
	json_close(w, '}');
}

static void
json_segment(struct writer *w, const struct segment *s)
{
	char flags[16];

	begin_line(w, "segment");
	json_uint(w, "frame", s->frame);
	json_time(w, "time", s->ts);
	json_uint(w, "connection", s->conn_id);
	json_string(w, "from", side_name(s->from));
	json_string(w, "flags", tcp_flags_text(flags, sizeof(flags), s->flags));
	json_int(w, "seq", s->seq);
	if (s->flags & TH_ACK)
		json_int(w, "ack", s->ack);
	else
		json_null(w, "ack");
	json_uint(w, "window", s->window);
	json_uint(w, "len", s->len);
	json_uint(w, "raw_seq", s->raw_seq);
	json_uint(w, "raw_ack", s->raw_ack);
	json_analysis(w, s->findings);
	json_retransmit(w, s);
	json_string(w, "client_state", tcp_state_name((enum tcp_state)s->state[CLIENT]));
	json_string(w, "server_state", tcp_state_name((enum tcp_state)s->state[SERVER]));
	end_line(w);
}

/* ---- connection ---- */

static void
json_endpoint(struct writer *w, const char *key, const struct endpoint *e)
{
	char addr[64];

	json_open(w, key, '{');
	json_string(w, "ip", text_addr(addr, sizeof(addr), e->addr));
	json_uint(w, "port", e->port);
	json_close(w, '}');
}

static void
json_handshake(struct writer *w, const struct conn_facts *f)
{
	if (f->syn_to_synack < 0 && f->synack_to_ack < 0) {
		json_null(w, "handshake");
		return;
	}
	json_open(w, "handshake", '{');
	json_duration(w, "syn_to_synack", f->syn_to_synack);
	json_duration(w, "synack_to_ack", f->synack_to_ack);
	json_close(w, '}');
}

/* 1 true, 0 false, -1 unknown */
static void
json_offered(struct writer *w, const char *key, int8_t offered)
{
	if (offered < 0)
		json_null(w, key);
	else
		json_bool(w, key, offered != 0);
}

/* Negative: unknown or not offered */
static void
json_number(struct writer *w, const char *key, int64_t v)
{
	if (v < 0)
		json_null(w, key);
	else
		json_int(w, key, v);
}

static void
json_by_cause(struct writer *w, const struct half_facts *h)
{
	json_open(w, "by_cause", '{');
	for (int c = CAUSE_NONE + 1; c < CAUSE_COUNT; c++) {
		if (h->by_cause[c] > 0)
			json_uint(w, cause_name((enum cause)c), h->by_cause[c]);
	}
	json_close(w, '}');
}

static void
json_rtt(struct writer *w, const struct rtt_facts *r)
{
	const bool any = r->samples > 0;

	json_open(w, "rtt", '{');
	json_duration(w, "min", any ? r->min : -1);
	json_duration(w, "avg", any ? r->sum / (nsec)r->samples : -1);
	json_duration(w, "max", any ? r->max : -1);
	json_duration(w, "srtt", r->srtt);
	json_duration(w, "rttvar", r->rttvar);
	json_uint(w, "samples", r->samples);
	json_close(w, '}');
}

static void
json_counts(struct writer *w, const struct half_facts *h)
{
	json_uint(w, "segments", h->segments);
	json_uint(w, "bytes", h->bytes);
	json_uint(w, "unique_bytes", h->unique_bytes);
	json_uint(w, "retransmissions", h->retransmissions);
	json_uint(w, "retransmitted_bytes", h->retransmitted_bytes);
	json_by_cause(w, h);
	json_uint(w, "spurious", h->spurious);
	json_uint(w, "out_of_order", h->out_of_order);
	json_uint(w, "duplicate_acks", h->duplicate_acks);
	json_uint(w, "zero_windows", h->zero_windows);
	json_duration(w, "zero_window_time", h->zero_window_time);
	json_uint(w, "window_full", h->window_full);
	json_uint(w, "keep_alives", h->keep_alives);
	json_uint(w, "syn", h->syn);
	json_uint(w, "fin", h->fin);
	json_uint(w, "rst", h->rst);
}

static void
json_half(struct writer *w, const char *key, const struct conn_detail *d, enum side side)
{
	const struct half_facts *h = &d->f.half[side];

	json_open(w, key, '{');
	json_counts(w, h);
	json_number(w, "mss", h->mss);
	json_number(w, "window_scale", h->wscale);
	json_offered(w, "sack", h->sack);
	json_offered(w, "timestamps", h->timestamps);
	json_rtt(w, &h->rtt);
	json_duration(w, "rto", h->timer.rto);
	json_open(w, "gaps", '[');
	for (int i = 0; i < d->half[side].n_gaps; i++)
		json_duration(w, NULL, d->half[side].gaps[i]);
	json_close(w, ']');
	json_close(w, '}');
}

static void
json_verdict(struct writer *w, const struct verdict *v, const struct conn_facts *f, nsec now)
{
	char text[512];

	json_open(w, NULL, '{');
	json_string(w, "code", verdict_name((enum verdict_code)v->code));
	json_string(w, "severity", severity_name((enum severity)v->severity));
	json_string(w, "text", verdict_text(text, sizeof(text), v, f, now));
	json_time(w, "time", v->time);
	json_open(w, "frames", '[');
	for (int i = 0; i < v->n_frames; i++)
		json_uint(w, NULL, v->frames[i]);
	json_close(w, ']');
	json_close(w, '}');
}

static void
json_connection_state(struct writer *w, const struct conn_facts *f)
{
	json_time(w, "start", f->start);
	json_time(w, "end", f->ended != 0 ? f->ended : f->last);
	json_string(w, "state", conn_state_name((enum conn_state)f->state));
	json_string(w, "client_state", tcp_state_name((enum tcp_state)f->half[CLIENT].state));
	json_string(w, "server_state", tcp_state_name((enum tcp_state)f->half[SERVER].state));
	json_string(w, "end_cause", end_cause_name((enum end_cause)f->end_cause));
	json_string(w, "ended_by", side_name(f->ended_by));
	json_uint(w, "completeness", f->completeness);
	json_handshake(w, f);
}

static void
json_connection(struct writer *w, const struct conn_detail *d, nsec now)
{
	const struct conn_facts *f = &d->f;

	begin_line(w, "connection");
	json_uint(w, "id", f->id);
	json_endpoint(w, "client", &f->end[CLIENT]);
	json_endpoint(w, "server", &f->end[SERVER]);
	json_string(w, "roles", f->roles_guessed ? "guessed" : "handshake");
	json_number(w, "vlan", f->vlan);
	json_connection_state(w, f);
	json_half(w, "c2s", d, CLIENT);
	json_half(w, "s2c", d, SERVER);
	json_open(w, "verdicts", '[');
	for (int i = 0; i < d->n_verdicts; i++)
		json_verdict(w, &d->verdicts[i], f, now);
	json_close(w, ']');
	end_line(w);
}

/* ---- timer, summary ---- */

static void
json_timer(struct writer *w, const struct timer_event *e)
{
	const struct timer_facts *t = &e->t;

	begin_line(w, "timer");
	json_time(w, "time", e->time);
	json_uint(w, "connection", e->conn_id);
	json_string(w, "from", side_name(e->from));
	json_string(w, "kind", timer_kind_name((enum timer_kind)t->kind));
	json_uint(w, "attempt", t->attempt);
	json_time(w, "due", t->due);
	json_time(w, "due_latest", t->due_latest);
	json_time(w, "gives_up", t->gives_up);
	json_duration(w, "rto", t->rto);
	json_duration(w, "srtt", t->srtt);
	json_duration(w, "rttvar", t->rttvar);
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
	json_uint(w, "packets", t->packets);
	json_uint(w, "tcp_segments", t->segments);
	json_uint(w, "connections", t->connections);
	json_open(w, "verdicts", '{');
	for (int v = 0; v < VERDICT_COUNT; v++) {
		if (t->verdicts[v] > 0)
			json_uint(w, verdict_name((enum verdict_code)v), t->verdicts[v]);
	}
	json_close(w, '}');
	json_uint(w, "kernel_drops", st->kernel_drops);
	json_uint(w, "undecodable", undecodable(t));
	json_uint(w, "truncated", t->truncated + t->decode[DECODE_TRUNCATED]);
	json_uint(w, "evicted", t->evicted);
	json_uint(w, "interface_drops", st->interface_drops);
	json_uint(w, "capture_duplicates", t->capture_duplicates);
	json_uint(w, "untracked", t->refused);
	end_line(w);
}

const struct report_lines report_json = {
	.capture = json_capture,
	.segment = json_segment,
	.timer = json_timer,
	.connection = json_connection,
	.summary = json_summary,
};
