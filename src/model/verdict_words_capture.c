/* SPDX-License-Identifier: MIT */
/* verdict_words_capture: the texts of the verdicts about the capture itself. */
#include "model/verdict_words.h"

#include "base/i18n.h"

static void
one_sided_row(struct words *w)
{
	words_by_side(w, N_("only the client captured"), N_("only the server captured"));
}

static void
one_sided(struct words *w)
{
	text_add(w->t,
		 _("only packets from %s were captured, none from %s: RTT, loss and silence are "
		   "unknown"),
		 words_end(w), words_peer_host(w));
}

static void
one_sided_check(struct words *w)
{
	text_add(w->t,
		 _("capture at one of the hosts, or mirror both directions: packets from %s take "
		   "another path"),
		 words_peer_host(w));
}

const struct phrases words_one_sided = {one_sided_row, one_sided, one_sided_check};

static void
midstream_row(struct words *w)
{
	text_add(w->t, "%s", _("capture began in mid-stream"));
}

static void
midstream(struct words *w)
{
	text_add(w->t, "%s",
		 _("the capture began in mid-stream: options and window scale are unknown"));
}

static void
midstream_check(struct words *w)
{
	text_add(w->t, "%s",
		 _("start the capture before the connection, if its handshake matters"));
}

const struct phrases words_midstream = {midstream_row, midstream, midstream_check};

static void
capture_loss_row(struct words *w)
{
	text_add(w->t, "%s", _("packets missing in capture"));
}

static void
capture_loss(struct words *w)
{
	text_add(w->t, "%s",
		 _("bytes were acknowledged that are missing in the capture: it lost packets"));
}

static void
capture_loss_check(struct words *w)
{
	text_add(w->t, "%s",
		 _("the drops of the capture: a larger buffer (-B), a narrower filter, a shorter "
		   "-s"));
}

const struct phrases words_capture_loss = {capture_loss_row, capture_loss, capture_loss_check};
