/* SPDX-License-Identifier: MIT */
/* time_words: the texts about where a connection's time went, and of the verdicts about it. */
#include "model/verdict_words.h"

#include "base/i18n.h"

static const char *const labels[TIME_CLASS_COUNT] = {
	[TIME_HANDSHAKE] = N_("handshake"),
	[TIME_NETWORK] = N_("network"),
	[TIME_SERVER] = N_("server"),
	[TIME_CLIENT] = N_("client"),
	[TIME_PAUSE] = N_("pause"),
	[TIME_SENDER_APPLICATION] = N_("sending application"),
	[TIME_RECEIVER_WINDOW] = N_("receiver's window"),
	[TIME_WINDOW_CLOSED] = N_("closed window"),
	[TIME_CONGESTION] = N_("congestion window or path"),
	[TIME_RECOVERY_RTO] = N_("time-outs"),
	[TIME_RECOVERY_FAST] = N_("fast recovery"),
	[TIME_NAGLE] = N_("Nagle"),
	[TIME_IDLE] = N_("idle"),
	[TIME_UNKNOWN] = N_("unknown"),
};

const char *
time_class_label(enum time_class t)
{
	return _(labels[t]);
}

/* "of 6.1s: server 37%, network 29%" */
static void
add_shares(struct words *w)
{
	const struct verdict_time *t = &w->v->time_spent;

	words_semicolon(w);
	text_add(w->t, _("of %s:"), words_span(w, t->active));
	for (int i = 0; i < TIME_SHARES && t->shares[i].percent > 0; i++)
		text_add(w->t, "%s %s %d%%", i > 0 ? _(",") : "",
			 time_class_label((enum time_class)t->shares[i].cls), t->shares[i].percent);
}

static int
percent_of(const struct verdict_time *t)
{
	return t->active > 0 ? (int)((t->spent * 100 + t->active / 2) / t->active) : 0;
}

static void
receiver_limited_row(struct words *w)
{
	text_add(w->t, _("window full %d%% of time"), percent_of(&w->v->time_spent));
}

static void
receiver_limited(struct words *w)
{
	text_add(w->t, _("%s holds the sender back: its receive window was full for %s (%d%%)"),
		 words_end(w), words_span(w, w->v->time_spent.spent),
		 percent_of(&w->v->time_spent));
	add_shares(w);
}

static void
receiver_limited_check(struct words *w)
{
	text_add(w->t,
		 _("ss -tinm on %s: rcv_space and SO_RCVBUF; net.ipv4.tcp_rmem; does the program "
		   "read?"),
		 words_host(w));
}

const struct phrases words_receiver_limited = {receiver_limited_row, receiver_limited,
					       receiver_limited_check};

static void
application_slow_row(struct words *w)
{
	const int percent = percent_of(&w->v->time_spent);

	if (w->v->side == SERVER)
		text_add(w->t, _("server slow: %d%% of time"), percent);
	else
		text_add(w->t, _("client slow: %d%% of time"), percent);
}

static void
application_slow(struct words *w)
{
	const struct verdict_time *t = &w->v->time_spent;
	const int waits = words_count(t->waits);

	text_add(w->t,
		 ngettext("the application on %s took %s in %d wait (%d%%), not the network",
			  "the application on %s took %s in %d waits (%d%%), not the network",
			  (unsigned long)waits),
		 words_end(w), words_span(w, t->spent), waits, percent_of(t));
	add_shares(w);
}

static void
application_slow_check(struct words *w)
{
	text_add(
		w->t,
		_("the program at %s: its log, its CPU and disk, what it waits for (strace, perf)"),
		words_end(w));
}

const struct phrases words_application_slow = {application_slow_row, application_slow,
					       application_slow_check};

static void
delayed_ack_row(struct words *w)
{
	text_add(w->t, _("delayed ACKs cost %s"), words_span(w, w->v->delayed_ack.spent));
}

static void
delayed_ack(struct words *w)
{
	const int waits = words_count(w->v->delayed_ack.waits);

	text_add(w->t,
		 ngettext("%s held %d small segment back until the delayed ACK of the previous "
			  "one arrived (Nagle): %s lost",
			  "%s held %d small segments back until the delayed ACK of the previous "
			  "one arrived (Nagle): %s lost",
			  (unsigned long)waits),
		 words_end(w), waits, words_span(w, w->v->delayed_ack.spent));
}

static void
delayed_ack_check(struct words *w)
{
	text_add(w->t,
		 _("the program at %s: TCP_NODELAY, or one write instead of several small ones"),
		 words_end(w));
}

const struct phrases words_delayed_ack = {delayed_ack_row, delayed_ack, delayed_ack_check};

static void
bufferbloat_row(struct words *w)
{
	text_add(w->t, _("RTT up to %s by a queue"),
		 words_span(w, w->v->bufferbloat.rtt_max));
}

static void
bufferbloat(struct words *w)
{
	const struct verdict_bufferbloat *b = &w->v->bufferbloat;

	text_add(w->t,
		 _("the data of %s fills a queue on the path: round trips grew from %s to %s, "
		   "for %s"),
		 words_end(w), words_span(w, b->rtt_min), words_span(w, b->rtt_max),
		 words_span(w, b->spent));
}

static void
bufferbloat_check(struct words *w)
{
	text_add(w->t,
		 _("the narrowest link behind %s: fq_codel or cake, shaping just below its rate"),
		 words_host(w));
}

const struct phrases words_bufferbloat = {bufferbloat_row, bufferbloat, bufferbloat_check};
