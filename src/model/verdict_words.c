/* SPDX-License-Identifier: MIT */
/*
 * verdict_words: the texts of verdicts in the user's language: a few words for the list, a sentence
 * everywhere else, and what to check next. Every clause is one string for the translator. Knows
 * what the numbers of struct verdict mean (core/verdict.h), not how they were found.
 */
#include "model/verdict_words.h"

#include "base/i18n.h"

#include <string.h>

/* ---- pieces ---- */

static const struct endpoint *
end_of(const struct words *w, int side)
{
	return &w->f->end[side == SERVER];
}

const char *
words_end(struct words *w)
{
	const struct endpoint *e = end_of(w, w->v->side);

	return text_endpoint(w->end, sizeof(w->end), e->addr, e->port);
}

const char *
words_peer(struct words *w)
{
	const struct endpoint *e = end_of(w, !w->v->side);

	return text_endpoint(w->peer, sizeof(w->peer), e->addr, e->port);
}

const char *
words_host(struct words *w)
{
	return text_addr(w->end, sizeof(w->end), end_of(w, w->v->side)->addr);
}

const char *
words_peer_host(struct words *w)
{
	return text_addr(w->peer, sizeof(w->peer), end_of(w, !w->v->side)->addr);
}

unsigned
words_server_port(const struct words *w)
{
	return w->f->end[SERVER].port;
}

const char *
words_sender(struct words *w, const struct icmp_notice *n)
{
	return text_addr(w->peer, sizeof(w->peer), n->from);
}

const char *
words_icmp(const struct icmp_notice *n)
{
	return _(icmp_name(n->version, n->type, n->code));
}

static bool
is_prohibition(const struct icmp_notice *n)
{
	if (n->version == 6)
		return n->type == 1 && n->code == 1;
	return n->type == 3 && (n->code == 9 || n->code == 10 || n->code == 13);
}

void
words_icmp_row(struct words *w, const struct icmp_notice *n)
{
	const char *what = is_prohibition(n) ? _("admin prohibited") : words_icmp(n);
	char both[128];
	struct text t = text_on(both, sizeof(both));

	text_add(&t, _("%s by %s"), what, words_sender(w, n));
	text_add(w->t, "%s", text_width(both) <= ROW_COLUMNS ? both : what);
}

const char *
words_span(struct words *w, nsec duration)
{
	char *out = w->span[w->n_spans++ % ARRAY_LEN(w->span)];

	return text_duration(out, sizeof(w->span[0]), duration);
}

int
words_count(uint64_t n)
{
	return n > INT32_MAX ? INT32_MAX : (int)n;
}

void
words_semicolon(struct words *w)
{
	text_add(w->t, "%s", _("; "));
}

void
words_by_side(struct words *w, const char *client, const char *server)
{
	text_add(w->t, "%s", w->v->side == SERVER ? _(server) : _(client));
}

const char *
words_answered(enum answered a)
{
	switch (a) {
	case ANSWERS_SYN:
		return _("a SYN");
	case ANSWERS_SYN_ACK:
		return _("a SYN-ACK");
	case ANSWERS_FIN:
		return _("a FIN");
	case ANSWERS_PROBE:
		return _("a keep-alive");
	case ANSWERS_ACK:
		return _("an ACK");
	default:
		return _("data");
	}
}

/* Without a forecast that the capture has already contradicted. */
void
words_forecast(struct words *w, const struct forecast *f)
{
	if (f->overdue > 0) {
		words_semicolon(w);
		text_add(w->t, _("no further attempt for %s"), words_span(w, f->overdue));
		return;
	}
	if (f->next >= 0)
		words_semicolon(w);
	if (f->next == 0)
		text_add(w->t, "%s", _("next attempt due now"));
	else if (f->next > 0)
		text_add(w->t, _("next attempt in %s"), words_span(w, f->next));
	if (f->gives_up == NSEC_NEVER || f->gives_up <= 0)
		return;
	words_semicolon(w);
	text_add(w->t, _("gives up at %s"),
		 text_clock(w->moment, sizeof(w->moment), f->gives_up, 0));
}

/* ---- the phrases of each verdict ---- */

static const struct phrases *const phrases[VERDICT_COUNT] = {
	[V_REFUSED] = &words_refused,
	[V_REJECTED] = &words_rejected,
	[V_NO_ANSWER] = &words_no_answer,
	[V_SYN_ACK_UNANSWERED] = &words_syn_ack_unanswered,
	[V_ACCEPT_QUEUE_FULL] = &words_accept_queue_full,
	[V_DEFERRED_ACCEPT] = &words_deferred_accept,
	[V_SYN_LOST] = &words_syn_lost,
	[V_TWO_ANSWERS] = &words_two_answers,
	[V_WRONG_RESPONDER] = &words_wrong_responder,
	[V_PORT_REUSE] = &words_port_reuse,
	[V_HALF_OPEN] = &words_half_open,
	[V_UNKNOWN_CONNECTION] = &words_unknown_connection,
	[V_RESET] = &words_reset,
	[V_RESET_AFTER_CLOSE] = &words_reset_after_close,
	[V_RESET_IGNORED] = &words_reset_ignored,
	[V_RESET_SUSPECT] = &words_reset_suspect,
	[V_PEER_SILENT] = &words_peer_silent,
	[V_TIMED_OUT] = &words_timed_out,
	[V_KEEPALIVE_UNANSWERED] = &words_keepalive,
	[V_HALF_CLOSED] = &words_half_closed,
	[V_UNREACHABLE] = &words_unreachable,
	[V_WINDOW_CLOSED] = &words_window_closed,
	[V_WINDOW_RETRACTED] = &words_window_retracted,
	[V_LOSS] = &words_loss,
	[V_REORDERING] = &words_reordering,
	[V_SPURIOUS] = &words_spurious,
	[V_DUPLICATES] = &words_duplicates,
	[V_ACKS_IGNORED] = &words_acks_ignored,
	[V_PATH_MTU] = &words_path_mtu,
	[V_BAD_CHECKSUM] = &words_bad_checksum,
	[V_RECEIVER_LIMITED] = &words_receiver_limited,
	[V_APPLICATION_SLOW] = &words_application_slow,
	[V_DELAYED_ACK] = &words_delayed_ack,
	[V_BUFFERBLOAT] = &words_bufferbloat,
	[V_ONE_SIDED] = &words_one_sided,
	[V_MIDSTREAM] = &words_midstream,
	[V_CAPTURE_LOSS] = &words_capture_loss,
};

static struct words
words_on(struct text *t, const struct verdict *v, const struct conn_facts *f)
{
	struct words w = {.t = t, .v = v, .f = f};

	return w;
}

static const struct phrases *
phrases_of(const struct verdict *v)
{
	return v->severity != SEV_NONE && v->code < VERDICT_COUNT ? phrases[v->code] : NULL;
}

char *
verdict_short(char *out, size_t size, const struct verdict *v, const struct conn_facts *f, nsec now)
{
	const struct phrases *p = phrases_of(v);
	struct text t = text_on(out, size);
	struct words w = words_on(&t, v, f);

	(void)now;
	if (p)
		p->row(&w);
	return out;
}

char *
verdict_text(char *out, size_t size, const struct verdict *v, const struct conn_facts *f, nsec now)
{
	const struct phrases *p = phrases_of(v);
	struct text t = text_on(out, size);
	struct words w = words_on(&t, v, f);

	(void)now;
	if (p)
		p->sentence(&w);
	return out;
}

char *
verdict_check(char *out, size_t size, const struct verdict *v, const struct conn_facts *f, nsec now)
{
	const struct phrases *p = phrases_of(v);
	struct text t = text_on(out, size);
	struct words w = words_on(&t, v, f);

	(void)now;
	if (p)
		p->check(&w);
	return out;
}
