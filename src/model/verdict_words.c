/* SPDX-License-Identifier: MIT */
/*
 * verdict_words: every verdict in a few words (the list) and in a sentence (everywhere else), in
 * the user's language. Every clause is one whole string for the translator. Knows what struct
 * verdict's numbers mean (core's verdicts.c says it beside each predicate), nothing of how they
 * were found.
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

/* The host that sent the answer. */
const char *
words_sender(struct words *w)
{
	return text_addr(w->whom, sizeof(w->whom), w->v->addr);
}

const char *
words_span(struct words *w, int i)
{
	return text_duration(w->span[i & 1], sizeof(w->span[0]), w->v->d[i]);
}

/* A count, within int for ngettext. */
int
words_count(const struct words *w, int i)
{
	const int64_t n = w->v->n[i];

	return n < 0 ? 0 : n > INT32_MAX ? INT32_MAX : (int)n;
}

/* Between two clauses. */
void
words_semicolon(struct words *w)
{
	text_add(w->t, "%s", _("; "));
}

/* When the sender tries again, and when it gives up: d[1], d[2]. */
static void
what_next(struct words *w)
{
	if (w->v->d[1] >= 0)
		words_semicolon(w);
	if (w->v->d[1] == 0)
		text_add(w->t, "%s", _("next attempt due now"));
	else if (w->v->d[1] > 0)
		text_add(w->t, _("next attempt in %s"), words_span(w, 1));
	if (w->v->d[2] == NSEC_NEVER || w->v->d[2] <= 0)
		return;
	words_semicolon(w);
	text_add(w->t, _("gives up at %s"),
		 text_clock(w->moment, sizeof(w->moment), w->v->d[2], 0));
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
	const char *host = text_addr(w->who, sizeof(w->who), w->f->end[w->v->side == SERVER].addr);

	text_add(w->t, _("refused by %s after %s: port closed"), host, words_span(w, 0));
	if (w->v->variant == 1) {
		words_semicolon(w);
		text_add(w->t, "%s",
			 _("the reset's TTL is not that host's own: a firewall answers"));
	}
	if (words_count(w, 0) > 1) {
		words_semicolon(w);
		text_add(w->t,
			 ngettext("it was the answer to %d SYN", "it was the answer to %d SYNs",
				  (unsigned long)words_count(w, 0)),
			 words_count(w, 0));
	}
}

static const char *
icmp(const struct words *w)
{
	return _(icmp_name(w->v->icmp_version, w->v->icmp_type, w->v->icmp_code));
}

static void
rejected_short(struct words *w)
{
	text_add(w->t, _("rejected: %s"), icmp(w));
}

static void
rejected(struct words *w)
{
	if (w->v->variant == 1)
		text_add(w->t,
			 _("rejected after %s: %s (ICMP %u/%u), said by the server itself, %s"),
			 words_span(w, 0), icmp(w), w->v->icmp_type, w->v->icmp_code,
			 words_sender(w));
	else
		text_add(w->t, _("rejected after %s: %s (ICMP %u/%u), said by %s on the way"),
			 words_span(w, 0), icmp(w), w->v->icmp_type, w->v->icmp_code,
			 words_sender(w));
}

static void
no_answer_short(struct words *w)
{
	const int n = words_count(w, 0);

	text_add(w->t, ngettext("no answer to %d SYN", "no answer to %d SYNs", (unsigned long)n),
		 n);
}

static void
no_answer(struct words *w)
{
	const int n = words_count(w, 0);

	text_add(w->t,
		 ngettext("no answer to %d SYN in %s", "no answer to %d SYNs in %s",
			  (unsigned long)n),
		 n, words_span(w, 0));
	if (w->v->variant == 1) {
		words_semicolon(w);
		text_add(w->t, "%s", _("the client has given up"));
	} else {
		what_next(w);
	}
}

static void
syn_ack_unanswered_short(struct words *w)
{
	const int n = words_count(w, 0);

	text_add(w->t, ngettext("%d SYN-ACK, no ACK", "%d SYN-ACKs, no ACK", (unsigned long)n), n);
}

static void
syn_ack_unanswered(struct words *w)
{
	const int n = words_count(w, 0);

	text_add(w->t,
		 ngettext("%s sent its SYN-ACK %d time in %s", "%s sent its SYN-ACK %d times in %s",
			  (unsigned long)n),
		 words_who(w), n, words_span(w, 0));
	words_semicolon(w);
	if (w->v->variant == 1)
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
	const int repeats = words_count(w, 0), ignored = words_count(w, 1);

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
	text_add(w->t, _("connected at SYN %d, %s late"), words_count(w, 0), words_span(w, 0));
}

static void
syn_lost(struct words *w)
{
	text_add(w->t, _("connected only at SYN number %d: the lost ones cost %s"),
		 words_count(w, 0), words_span(w, 0));
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
	if (w->v->variant == 1)
		text_add(w->t,
			 _("half-open: %s had forgotten the connection and opened a new one over "
			   "it; it was silent for %s before"),
			 words_who(w), words_span(w, 0));
	else
		text_add(w->t,
			 _("half-open: %s had forgotten the connection, its reset answers data; "
			   "it was silent for %s before"),
			 words_who(w), words_span(w, 0));
}

static void
reset_short(struct words *w)
{
	switch (w->v->variant) {
	case 1:
		words_by_side(w, N_("aborted by client after idling"),
			      N_("aborted by server after idling"));
		break;
	case 2:
		words_by_side(w, N_("aborted by client before any data"),
			      N_("aborted by server before any data"));
		break;
	case 3:
		words_by_side(w, N_("reset by client: data after its close"),
			      N_("reset by server: data after its close"));
		break;
	case 4:
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

	text_count(sent, sizeof(sent), (uint64_t)w->v->n[1]);
	text_count(got, sizeof(got), (uint64_t)w->v->n[0]);
	text_add(w->t,
		 _("%s aborted the connection in mid-transfer; it had sent %s bytes and received "
		   "%s"),
		 words_who(w), sent, got);
}

static void
reset(struct words *w)
{
	const int probes = words_count(w, 2);

	switch (w->v->variant) {
	case 1:
		text_add(w->t, _("%s aborted the connection after %s of silence"), words_who(w),
			 words_span(w, 0));
		break;
	case 2:
		text_add(w->t, _("%s aborted the connection before any data was sent"),
			 words_who(w));
		break;
	case 3:
		text_add(w->t, _("%s reset the connection: data came after it had closed"),
			 words_who(w));
		break;
	case 4:
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
	if (w->v->variant == 0)
		text_add(w->t, _("reset suspect: TTL %d, not %d"), words_count(w, 0),
			 words_count(w, 1));
	else
		text_add(w->t, "%s", _("reset suspect: its sender went on"));
}

static void
reset_suspect(struct words *w)
{
	if (w->v->variant == 0)
		text_add(w->t,
			 _("a reset in the name of %s is likely not its own: TTL %d, its other "
			   "packets have %d"),
			 words_who(w), words_count(w, 0), words_count(w, 1));
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
	const int n = words_count(w, 0);

	if (w->v->variant == 1)
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
	const int n = words_count(w, 0);

	if (w->v->variant == 1)
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
	text_add(w->t, _("nothing from %s for %s"), words_peer(w), words_span(w, 0));
	what_next(w);
}

static void
timed_out_short(struct words *w)
{
	const int n = words_count(w, 0);

	text_add(w->t,
		 ngettext("gave up after %d retransmission", "gave up after %d retransmissions",
			  (unsigned long)n),
		 n);
}

static void
timed_out(struct words *w)
{
	const int n = words_count(w, 0);

	text_add(w->t,
		 ngettext("%s has likely given up after %d retransmission",
			  "%s has likely given up after %d retransmissions", (unsigned long)n),
		 words_who(w), n);
	words_semicolon(w);
	text_add(w->t, _("nothing from %s for %s"), words_peer(w), words_span(w, 0));
}

static void
keepalive_short(struct words *w)
{
	const int n = words_count(w, 0);

	text_add(w->t,
		 ngettext("%d keep-alive probe unanswered", "%d keep-alive probes unanswered",
			  (unsigned long)n),
		 n);
}

static void
keepalive(struct words *w)
{
	text_add(w->t,
		 _("%d of %d keep-alive probes of %s were not answered; nothing from %s for %s"),
		 words_count(w, 0), words_count(w, 1), words_who(w), words_peer(w),
		 words_span(w, 0));
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
