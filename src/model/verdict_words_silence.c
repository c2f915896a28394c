/* SPDX-License-Identifier: MIT */
/* verdict_words_silence: the texts of the verdicts about an end that waits for the other. */
#include "model/verdict_words.h"

#include "base/i18n.h"

/* ---- peer-silent, timed-out ---- */

static void
peer_silent_row(struct words *w)
{
	const int n = words_count(w->v->silence.attempts);

	if (w->v->silence.fin)
		text_add(w->t, _("no ACK to the FIN, ×%d"), n);
	else
		text_add(
			w->t,
			ngettext("no ACK to %d attempt", "no ACK to %d attempts", (unsigned long)n),
			n);
}

static void
silence_length(struct words *w)
{
	words_semicolon(w);
	if (w->v->silence.silence >= 0)
		text_add(w->t, _("nothing from %s for %s"), words_peer(w),
			 words_span(w, w->v->silence.silence));
	else
		text_add(w->t, _("nothing from %s was captured"), words_peer(w));
}

static void
peer_silent(struct words *w)
{
	const int n = words_count(w->v->silence.attempts);

	if (w->v->silence.fin)
		text_add(w->t,
			 ngettext("%s sent its FIN %d time", "%s sent its FIN %d times",
				  (unsigned long)n),
			 words_end(w), n);
	else
		text_add(w->t,
			 ngettext("%s sent the same data %d time", "%s sent the same data %d times",
				  (unsigned long)n),
			 words_end(w), n);
	silence_length(w);
	words_forecast(w, &w->v->silence.forecast);
}

static void
silence_check(struct words *w)
{
	text_add(w->t,
		 _("ping %s; mtr -T -P %u %s: is it down, or are packets lost to it or back?"),
		 words_peer_host(w), words_server_port(w), words_peer_host(w));
}

const struct phrases words_peer_silent = {peer_silent_row, peer_silent, silence_check};

static void
timed_out_row(struct words *w)
{
	const int n = words_count(w->v->silence.attempts);

	text_add(
		w->t,
		ngettext("gave up after %d attempt", "gave up after %d attempts", (unsigned long)n),
		n);
}

static void
timed_out(struct words *w)
{
	const int n = words_count(w->v->silence.attempts);

	text_add(w->t,
		 ngettext("%s has likely given up after sending the same data %d time",
			  "%s has likely given up after sending the same data %d times",
			  (unsigned long)n),
		 words_end(w), n);
	silence_length(w);
}

const struct phrases words_timed_out = {timed_out_row, timed_out, silence_check};

/* ---- keepalive-unanswered ---- */

static void
keepalive_row(struct words *w)
{
	const int n = words_count(w->v->keepalive.unanswered);

	text_add(
		w->t,
		ngettext("%d keep-alive unanswered", "%d keep-alives unanswered", (unsigned long)n),
		n);
}

static void
keepalive(struct words *w)
{
	const struct verdict_keepalive_unanswered *k = &w->v->keepalive;

	text_add(w->t, _("%d of %d keep-alive probes of %s were not answered"),
		 words_count(k->unanswered), words_count(k->probes), words_end(w));
	words_semicolon(w);
	if (k->silence >= 0)
		text_add(w->t, _("nothing from %s for %s"), words_peer(w),
			 words_span(w, k->silence));
	else
		text_add(w->t, _("nothing from %s was captured"), words_peer(w));
}

static void
keepalive_check(struct words *w)
{
	text_add(w->t,
		 _("is %s up? A NAT or firewall may have dropped the idle connection: shorten "
		   "tcp_keepalive_time"),
		 words_peer_host(w));
}

const struct phrases words_keepalive = {keepalive_row, keepalive, keepalive_check};

/* ---- half-closed ---- */

static void
half_closed_row(struct words *w)
{
	words_by_side(w, N_("client open, server closed"), N_("server open, client closed"));
}

static void
half_closed(struct words *w)
{
	text_add(w->t, _("%s closed %s ago, %s has not yet"), words_peer(w),
		 words_span(w, w->v->half_closed.since), words_end(w));
}

static void
half_closed_check(struct words *w)
{
	text_add(w->t, _("the program at %s: does it still send, or has it forgotten to close?"),
		 words_end(w));
}

const struct phrases words_half_closed = {half_closed_row, half_closed, half_closed_check};

/* ---- unreachable ---- */

static void
unreachable_row(struct words *w)
{
	words_icmp_row(w, &w->v->unreachable.icmp);
}

static void
unreachable(struct words *w)
{
	const struct verdict_unreachable *u = &w->v->unreachable;
	const int times = words_count(u->times), repeats = words_count(u->repeats);

	text_add(w->t,
		 ngettext("%s reported %d time that segments of the connection do not get through: "
			  "%s (ICMP %u/%u)",
			  "%s reported %d times that segments of the connection do not get "
			  "through: %s (ICMP %u/%u)",
			  (unsigned long)times),
		 words_sender(w, &u->icmp), times, words_icmp(&u->icmp), u->icmp.type,
		 u->icmp.code);
	words_semicolon(w);
	if (repeats > 0)
		text_add(w->t,
			 ngettext("%s continued and retransmitted %d time",
				  "%s continued and retransmitted %d times",
				  (unsigned long)repeats),
			 words_end(w), repeats);
	else
		text_add(w->t, _("%s has not retransmitted since"), words_end(w));
}

static void
unreachable_check(struct words *w)
{
	text_add(w->t, _("the routes and the filter of %s: which route to %s did it lose?"),
		 words_sender(w, &w->v->unreachable.icmp),
		 text_addr(w->end, sizeof(w->end), w->f->end[w->v->side == CLIENT].addr));
}

const struct phrases words_unreachable = {unreachable_row, unreachable, unreachable_check};
