/* SPDX-License-Identifier: MIT */
/*
 * verdict_words: every verdict in a few words (the list) and in a sentence (everywhere else), in
 * the user's language. Every clause is one whole string for the translator. Knows what struct
 * verdict's numbers mean (core's verdict.h), nothing of how they were found.
 */
#include "model/verdict_words.h"

#include "base/i18n.h"

typedef void words_fn(struct words *w);

/* ---- pieces ---- */

/* "10.0.0.9:5432" of a side */
static const char *
endpoint(char *out, size_t size, const struct words *w, int side)
{
	const struct endpoint *e = &w->f->end[side == SERVER];

	return text_endpoint(out, size, e->addr, e->port);
}

/* The end that the verdict is about. */
const char *
words_who(struct words *w)
{
	return endpoint(w->who, sizeof(w->who), w, w->v->side);
}

const char *
words_peer(struct words *w)
{
	return endpoint(w->whom, sizeof(w->whom), w, !w->v->side);
}

const char *
words_sender(struct words *w, const struct icmp_notice *n)
{
	return text_addr(w->whom, sizeof(w->whom), n->from);
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

/* Between two clauses. */
void
words_semicolon(struct words *w)
{
	text_add(w->t, "%s", _("; "));
}

/* When the sender tries again, and when it gives up. */
static void
forecast(struct words *w, const struct forecast *f)
{
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

/* One of two whole phrases, by the side that the verdict is about. */
void
words_by_side(struct words *w, const char *client, const char *server)
{
	text_add(w->t, "%s", w->v->side == SERVER ? _(server) : _(client));
}

/* ---- openings ---- */

static void
refused_short(struct words *w)
{
	text_add(w->t, "%s", _("port closed (reset answered the SYN)"));
}

static void
refused(struct words *w)
{
	const struct verdict_refused *r = &w->v->refused;
	const char *host = text_addr(w->who, sizeof(w->who), w->f->end[w->v->side == SERVER].addr);
	const int syns = words_count(r->syns);

	text_add(w->t, _("refused by %s after %s: port closed"), host, words_span(w, r->after));
	if (syns > 1) {
		words_semicolon(w);
		text_add(w->t,
			 ngettext("it was the answer to %d SYN", "it was the answer to %d SYNs",
				  (unsigned long)syns),
			 syns);
	}
}

static const char *
icmp(const struct icmp_notice *n)
{
	return _(icmp_name(n->version, n->type, n->code));
}

static void
rejected_short(struct words *w)
{
	text_add(w->t, _("rejected: %s"), icmp(&w->v->rejected.icmp));
}

static void
rejected(struct words *w)
{
	const struct verdict_rejected *r = &w->v->rejected;

	if (r->by_server)
		text_add(w->t,
			 _("rejected after %s: %s (ICMP %u/%u), said by the server itself, %s"),
			 words_span(w, r->after), icmp(&r->icmp), r->icmp.type, r->icmp.code,
			 words_sender(w, &r->icmp));
	else
		text_add(w->t, _("rejected after %s: %s (ICMP %u/%u), said by %s on the way"),
			 words_span(w, r->after), icmp(&r->icmp), r->icmp.type, r->icmp.code,
			 words_sender(w, &r->icmp));
}

static void
no_answer_short(struct words *w)
{
	const int n = words_count(w->v->no_answer.syns);

	text_add(w->t, ngettext("no answer to %d SYN", "no answer to %d SYNs", (unsigned long)n),
		 n);
}

static void
no_answer(struct words *w)
{
	const struct verdict_no_answer *a = &w->v->no_answer;
	const int n = words_count(a->syns);

	text_add(w->t,
		 ngettext("no answer to %d SYN in %s", "no answer to %d SYNs in %s",
			  (unsigned long)n),
		 n, words_span(w, a->elapsed));
	if (a->gave_up) {
		words_semicolon(w);
		text_add(w->t, "%s", _("the client has given up"));
	} else {
		forecast(w, &a->forecast);
	}
}

static void
syn_ack_unanswered_short(struct words *w)
{
	const int n = words_count(w->v->syn_ack_unanswered.syn_acks);

	text_add(w->t, ngettext("%d SYN-ACK, no ACK", "%d SYN-ACKs, no ACK", (unsigned long)n), n);
}

static void
syn_ack_unanswered(struct words *w)
{
	const int n = words_count(w->v->syn_ack_unanswered.syn_acks);

	text_add(w->t,
		 ngettext("%s sent its SYN-ACK %d time in %s", "%s sent its SYN-ACK %d times in %s",
			  (unsigned long)n),
		 words_who(w), n, words_span(w, w->v->syn_ack_unanswered.elapsed));
	words_semicolon(w);
	if (w->v->syn_ack_unanswered.ack_seen)
		text_add(w->t, "%s",
			 _("the client's ACK was captured and does not seem to arrive"));
	else
		text_add(w->t, "%s",
			 _("no ACK was seen: it is lost on the way, or the client is gone"));
}

static void
accept_queue_full_short(struct words *w)
{
	text_add(w->t, "%s", _("listener is not accepting (likely)"));
}

static void
accept_queue_full(struct words *w)
{
	const int repeats = words_count(w->v->accept_queue_full.repeats);
	const int ignored = words_count(w->v->accept_queue_full.ignored);

	text_add(w->t, _("the listener on %s is likely not accepting, its queue is full"),
		 words_who(w));
	if (repeats > 0) {
		words_semicolon(w);
		text_add(w->t,
			 ngettext("SYN-ACK repeated %d time after the client's ACK",
				  "SYN-ACK repeated %d times after the client's ACK",
				  (unsigned long)repeats),
			 repeats);
	}
	if (ignored > 0) {
		words_semicolon(w);
		text_add(w->t,
			 ngettext("the client had to send again %d time",
				  "the client had to send again %d times", (unsigned long)ignored),
			 ignored);
	}
}

static void
syn_lost_short(struct words *w)
{
	text_add(w->t, _("connected at SYN %d, %s late"), words_count(w->v->syn_lost.syns),
		 words_span(w, w->v->syn_lost.cost));
}

static void
syn_lost(struct words *w)
{
	text_add(w->t, _("connected only at SYN number %d: the lost ones cost %s"),
		 words_count(w->v->syn_lost.syns),
		 words_span(w, w->v->syn_lost.cost));
}

/* ---- ends ---- */

static void
half_open_short(struct words *w)
{
	words_by_side(w, N_("half-open: client had forgotten it"),
		      N_("half-open: server had forgotten it"));
}

static void
half_open(struct words *w)
{
	if (w->v->half_open.by_syn)
		text_add(w->t,
			 _("half-open: %s had forgotten the connection and opened a new one over "
			   "it; it was silent for %s before"),
			 words_who(w), words_span(w, w->v->half_open.silence));
	else
		text_add(w->t,
			 _("half-open: %s had forgotten the connection, its reset answers data; "
			   "it was silent for %s before"),
			 words_who(w), words_span(w, w->v->half_open.silence));
}

static void
reset_short(struct words *w)
{
	switch (w->v->reset.situation) {
	case RESET_IDLE:
		words_by_side(w, N_("aborted by client after idling"),
			      N_("aborted by server after idling"));
		break;
	case RESET_BEFORE_DATA:
		words_by_side(w, N_("aborted by client before any data"),
			      N_("aborted by server before any data"));
		break;
	case RESET_AFTER_FIN:
		words_by_side(w, N_("reset by client: data after its close"),
			      N_("reset by server: data after its close"));
		break;
	case RESET_KEEPALIVE:
		words_by_side(w, N_("aborted by client: keep-alive failed"),
			      N_("aborted by server: keep-alive failed"));
		break;
	default:
		words_by_side(w, N_("aborted by client"), N_("aborted by server"));
	}
}

static void
reset_in_transfer(struct words *w)
{
	char sent[16], got[16];

	text_count(sent, sizeof(sent), w->v->reset.sent);
	text_count(got, sizeof(got), w->v->reset.received);
	text_add(w->t,
		 _("%s aborted the connection in mid-transfer; it had sent %s bytes and received "
		   "%s"),
		 words_who(w), sent, got);
}

static void
reset(struct words *w)
{
	const int probes = words_count(w->v->reset.count);

	switch (w->v->reset.situation) {
	case RESET_IDLE:
		text_add(w->t, _("%s aborted the connection after %s of silence"), words_who(w),
			 words_span(w, w->v->reset.idle));
		break;
	case RESET_BEFORE_DATA:
		text_add(w->t, _("%s aborted the connection before any data was sent"),
			 words_who(w));
		break;
	case RESET_AFTER_FIN:
		text_add(w->t, _("%s reset the connection: data came after it had closed"),
			 words_who(w));
		break;
	case RESET_KEEPALIVE:
		text_add(w->t,
			 ngettext("%s aborted the connection after %d unanswered keep-alive probe",
				  "%s aborted the connection after %d unanswered keep-alive probes",
				  (unsigned long)probes),
			 words_who(w), probes);
		break;
	default:
		reset_in_transfer(w);
	}
}

static void
reset_after_close_short(struct words *w)
{
	text_add(w->t, "%s", _("reset after both had finished"));
}

static void
reset_after_close(struct words *w)
{
	text_add(w->t, _("%s sent a reset after both had finished: harmless"), words_who(w));
}

static void
reset_suspect_short(struct words *w)
{
	if (w->v->reset_suspect.suspicion == SUSPECT_TTL)
		text_add(w->t, _("reset suspect: TTL %d, not %d"),
			 w->v->reset_suspect.ttl, w->v->reset_suspect.usual_ttl);
	else
		text_add(w->t, "%s", _("reset suspect: its sender went on"));
}

static void
reset_suspect(struct words *w)
{
	if (w->v->reset_suspect.suspicion == SUSPECT_TTL)
		text_add(w->t,
			 _("a reset in the name of %s is likely not its own: TTL %d, its other "
			   "packets have %d"),
			 words_who(w), w->v->reset_suspect.ttl, w->v->reset_suspect.usual_ttl);
	else
		text_add(w->t,
			 _("a reset in the name of %s is likely not its own: it went on as if it "
			   "had sent none"),
			 words_who(w));
}

/* ---- silence ---- */

static void
peer_silent_short(struct words *w)
{
	const int n = words_count(w->v->silence.repeats);

	if (w->v->silence.fin)
		text_add(w->t,
			 ngettext("FIN repeated %d time, silence", "FIN repeated %d times, silence",
				  (unsigned long)n),
			 n);
	else
		text_add(w->t,
			 ngettext("peer silent: %d retransmission",
				  "peer silent: %d retransmissions", (unsigned long)n),
			 n);
}

static void
peer_silent(struct words *w)
{
	const int n = words_count(w->v->silence.repeats);

	if (w->v->silence.fin)
		text_add(w->t,
			 ngettext("%s repeated its FIN %d time", "%s repeated its FIN %d times",
				  (unsigned long)n),
			 words_who(w), n);
	else
		text_add(w->t,
			 ngettext("%s sent the same data %d time more",
				  "%s sent the same data %d times more", (unsigned long)n),
			 words_who(w), n);
	words_semicolon(w);
	text_add(w->t, _("nothing from %s for %s"), words_peer(w),
		 words_span(w, w->v->silence.silence));
	forecast(w, &w->v->silence.forecast);
}

static void
timed_out_short(struct words *w)
{
	const int n = words_count(w->v->silence.repeats);

	text_add(w->t,
		 ngettext("gave up after %d retransmission", "gave up after %d retransmissions",
			  (unsigned long)n),
		 n);
}

static void
timed_out(struct words *w)
{
	const int n = words_count(w->v->silence.repeats);

	text_add(w->t,
		 ngettext("%s has likely given up after %d retransmission",
			  "%s has likely given up after %d retransmissions", (unsigned long)n),
		 words_who(w), n);
	words_semicolon(w);
	text_add(w->t, _("nothing from %s for %s"), words_peer(w),
		 words_span(w, w->v->silence.silence));
}

static void
keepalive_short(struct words *w)
{
	const int n = words_count(w->v->keepalive.unanswered);

	text_add(w->t,
		 ngettext("%d keep-alive probe unanswered", "%d keep-alive probes unanswered",
			  (unsigned long)n),
		 n);
}

static void
keepalive(struct words *w)
{
	const struct verdict_keepalive_unanswered *k = &w->v->keepalive;

	text_add(w->t,
		 _("%d of %d keep-alive probes of %s were not answered; nothing from %s for %s"),
		 words_count(k->unanswered), words_count(k->probes), words_who(w), words_peer(w),
		 words_span(w, k->silence));
}

static const struct {
	words_fn *brief, *sentence;
} verdict_words[VERDICT_COUNT] = {
	[V_REFUSED] = {refused_short, refused},
	[V_REJECTED] = {rejected_short, rejected},
	[V_NO_ANSWER] = {no_answer_short, no_answer},
	[V_SYN_ACK_UNANSWERED] = {syn_ack_unanswered_short, syn_ack_unanswered},
	[V_ACCEPT_QUEUE_FULL] = {accept_queue_full_short, accept_queue_full},
	[V_SYN_LOST] = {syn_lost_short, syn_lost},
	[V_HALF_OPEN] = {half_open_short, half_open},
	[V_RESET] = {reset_short, reset},
	[V_RESET_AFTER_CLOSE] = {reset_after_close_short, reset_after_close},
	[V_RESET_SUSPECT] = {reset_suspect_short, reset_suspect},
	[V_PEER_SILENT] = {peer_silent_short, peer_silent},
	[V_TIMED_OUT] = {timed_out_short, timed_out},
	[V_WINDOW_CLOSED] = {words_window_closed_short, words_window_closed},
	[V_LOSS] = {words_loss_short, words_loss},
	[V_REORDERING] = {words_reordering_short, words_reordering},
	[V_SPURIOUS] = {words_spurious_short, words_spurious},
	[V_DUPLICATES] = {words_duplicates_short, words_duplicates},
	[V_PATH_MTU] = {words_path_mtu_short, words_path_mtu},
	[V_KEEPALIVE_UNANSWERED] = {keepalive_short, keepalive},
	[V_HALF_CLOSED] = {words_half_closed_short, words_half_closed},
	[V_PORT_REUSE] = {words_port_reuse_short, words_port_reuse},
	[V_ONE_SIDED] = {words_one_sided_short, words_one_sided},
	[V_RECEIVER_LIMITED] = {words_receiver_limited_short, words_receiver_limited},
	[V_APPLICATION_SLOW] = {words_application_slow_short, words_application_slow},
	[V_DELAYED_ACK] = {words_delayed_ack_short, words_delayed_ack},
	[V_BUFFERBLOAT] = {words_bufferbloat_short, words_bufferbloat},
	[V_MIDSTREAM] = {words_midstream_short, words_midstream},
	[V_CAPTURE_LOSS] = {words_capture_loss_short, words_capture_loss},
};

/* A verdict without words of its own is said by its help. */
static void
say(struct words *w, bool brief)
{
	const enum verdict_code code = (enum verdict_code)w->v->code;
	words_fn *fn = brief ? verdict_words[code].brief : verdict_words[code].sentence;

	if (fn)
		fn(w);
	else
		text_add(w->t, "%s", _(verdict_help(code)));
}

static char *
put(char *out, size_t size, const struct verdict *v, const struct conn_facts *f, nsec now,
    bool brief)
{
	struct text t = text_on(out, size);
	struct words w = {.t = &t, .v = v, .f = f, .now = now};

	if (v->severity != SEV_NONE && v->code < VERDICT_COUNT)
		say(&w, brief);
	return out;
}

char *
verdict_short(char *out, size_t size, const struct verdict *v, const struct conn_facts *f, nsec now)
{
	return put(out, size, v, f, now, true);
}

char *
verdict_text(char *out, size_t size, const struct verdict *v, const struct conn_facts *f, nsec now)
{
	return put(out, size, v, f, now, false);
}
