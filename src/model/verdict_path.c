/* SPDX-License-Identifier: MIT */
/*
 * verdict_path: in words, the verdicts about windows, about the path between the ends, and about
 * what the capture itself lacks. The others are in verdict_words.c.
 */
#include "model/verdict_words.h"

#include "base/i18n.h"

/* ---- windows ---- */

void
words_window_closed_short(struct words *w)
{
	const struct verdict_window_closed *c = &w->v->window_closed;

	if (c->closed_for > 0)
		text_add(w->t, _("receiver not reading: window 0 for %s"),
			 words_span(w, c->closed_for));
	else
		text_add(w->t, _("receiver did not read: window 0 for %s"),
			 words_span(w, c->total));
}

void
words_window_closed(struct words *w)
{
	const int times = words_count(w->v->window_closed.times);
	const int probes = words_count(w->v->window_closed.probes);

	if (w->v->window_closed.closed_for > 0)
		text_add(w->t, _("%s is not reading: its window has been 0 for %s"), words_who(w),
			 words_span(w, w->v->window_closed.closed_for));
	else
		text_add(w->t,
			 ngettext("%s did not read: its window was 0 %d time, for %s",
				  "%s did not read: its window was 0 %d times, for %s in total",
				  (unsigned long)times),
			 words_who(w), times, words_span(w, w->v->window_closed.total));
	if (probes > 0) {
		words_semicolon(w);
		text_add(w->t,
			 ngettext("%d window probe", "%d window probes", (unsigned long)probes),
			 probes);
	}
}

/* ---- the path ---- */

static int
per_mille(int part, int whole)
{
	return whole > 0 ? (int)((int64_t)part * 1000 / whole) : 0;
}

void
words_loss_short(struct words *w)
{
	const struct verdict_loss *l = &w->v->loss;
	const int lost = words_count(l->lost), segments = words_count(l->segments);
	const int share = per_mille(lost, segments);

	text_add(w->t, _("loss %d.%d%%: %d of %d segments"), share / 10, share % 10, lost,
		 segments);
}

void
words_loss(struct words *w)
{
	const struct verdict_loss *l = &w->v->loss;
	const int lost = words_count(l->lost), segments = words_count(l->segments);
	const int share = per_mille(lost, segments);

	text_add(w->t, _("%s sent %d of %d segments again (%d.%d%%): %d by time-out, %d fast"),
		 words_who(w), lost, segments, share / 10, share % 10, words_count(l->by_timeout),
		 words_count(l->fast));
}

void
words_reordering_short(struct words *w)
{
	const int n = words_count(w->v->reordering.count);

	text_add(w->t,
		 ngettext("%d segment out of order", "%d segments out of order", (unsigned long)n),
		 n);
}

void
words_reordering(struct words *w)
{
	const int n = words_count(w->v->reordering.count);

	text_add(w->t,
		 ngettext("%d segment of %s came out of order",
			  "%d segments of %s came out of order", (unsigned long)n),
		 n, words_who(w));
}

void
words_spurious_short(struct words *w)
{
	text_add(w->t, _("%d of %d retransmissions not needed"),
		 words_count(w->v->spurious.needless),
		 words_count(w->v->spurious.retransmissions));
}

void
words_spurious(struct words *w)
{
	text_add(w->t, _("%d of %d retransmissions of %s were not needed: the data had arrived"),
		 words_count(w->v->spurious.needless),
		 words_count(w->v->spurious.retransmissions), words_who(w));
}

void
words_duplicates_short(struct words *w)
{
	const int n = words_count(w->v->duplicates.count);

	text_add(w->t, ngettext("%d packet doubled", "%d packets doubled", (unsigned long)n), n);
}

void
words_duplicates(struct words *w)
{
	const int n = words_count(w->v->duplicates.count);

	text_add(w->t,
		 ngettext("the network doubled %d packet of %s",
			  "the network doubled %d packets of %s", (unsigned long)n),
		 n, words_who(w));
}

void
words_path_mtu_short(struct words *w)
{
	if (w->v->path_mtu.ignored)
		text_add(w->t, _("path MTU %d is not heeded"), w->v->path_mtu.icmp.mtu);
	else
		text_add(w->t, _("path MTU is %d"), w->v->path_mtu.icmp.mtu);
}

void
words_path_mtu(struct words *w)
{
	const int cut = words_count(w->v->path_mtu.cut);

	if (w->v->path_mtu.icmp.mtu > 0)
		text_add(w->t,
			 _("%s says that segments of %s are too large: the path takes %d bytes"),
			 words_sender(w, &w->v->path_mtu.icmp), words_who(w),
			 w->v->path_mtu.icmp.mtu);
	else
		text_add(w->t, _("%s says that segments of %s are too large for the path"),
			 words_sender(w, &w->v->path_mtu.icmp), words_who(w));
	words_semicolon(w);
	if (w->v->path_mtu.ignored)
		text_add(w->t, "%s", _("this is not heeded"));
	else if (cut == 0)
		text_add(w->t, "%s", _("heeded"));
	else
		text_add(w->t,
			 ngettext("heeded, %d segment was sent again in smaller pieces",
				  "heeded, %d segments were sent again in smaller pieces",
				  (unsigned long)cut),
			 cut);
}

/* ---- states and the capture ---- */

void
words_half_closed_short(struct words *w)
{
	words_by_side(w, N_("server closed, client has not"), N_("client closed, server has not"));
}

void
words_half_closed(struct words *w)
{
	text_add(w->t, _("%s closed %s ago, %s has not yet"), words_peer(w),
		 words_span(w, w->v->half_closed.since),
		 words_who(w));
}

void
words_port_reuse_short(struct words *w)
{
	text_add(w->t, _("ports used again after %s"),
		 words_span(w, w->v->port_reuse.after));
}

void
words_port_reuse(struct words *w)
{
	text_add(w->t,
		 _("the same addresses and ports were used again %s after the connection before"),
		 words_span(w, w->v->port_reuse.after));
}

void
words_one_sided_short(struct words *w)
{
	words_by_side(w, N_("only the client's packets captured"),
		      N_("only the server's packets captured"));
}

void
words_one_sided(struct words *w)
{
	text_add(w->t,
		 _("only packets from %s were captured: RTT and silence cannot be told"),
		 words_who(w));
}

void
words_midstream_short(struct words *w)
{
	text_add(w->t, "%s", _("capture began in mid-stream"));
}

void
words_midstream(struct words *w)
{
	text_add(w->t, "%s",
		 _("the capture began in mid-stream: options and window scale are unknown"));
}

void
words_capture_loss_short(struct words *w)
{
	text_add(w->t, "%s", _("the capture lacks packets"));
}

void
words_capture_loss(struct words *w)
{
	text_add(w->t, "%s", _("bytes were acknowledged that the capture lacks: it lost packets"));
}
