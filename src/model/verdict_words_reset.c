/* SPDX-License-Identifier: MIT */
/* verdict_words_reset: the texts of the verdicts about what a reset means. */
#include "model/verdict_words.h"

#include "base/i18n.h"

/* ---- half-open ---- */

static void
half_open_row(struct words *w)
{
	const struct verdict_half_open *h = &w->v->half_open;

	switch (h->how) {
	case HALF_OPEN_BELIEVED:
		words_by_side(w, N_("client still had it open"),
			      N_("server still had it open"));
		break;
	case HALF_OPEN_SYN_MET:
		if (h->connected)
			text_add(w->t, _("old connection cost %s"), words_span(w, h->cost));
		else
			text_add(w->t, "%s", _("meets an older connection"));
		break;
	case HALF_OPEN_REPLACED:
		text_add(w->t, "%s", _("replaced by a new SYN"));
		break;
	default:
		words_by_side(w, N_("client had forgotten it"), N_("server had forgotten it"));
	}
}

static void
half_open_syn_met(struct words *w)
{
	const struct verdict_half_open *h = &w->v->half_open;
	const int n = words_count(h->answers);

	if (h->connected) {
		text_add(w->t,
			 _("the SYN of %s met an older connection of these ports, which %s still "
			   "held; connected after %s"),
			 words_end(w), words_peer(w), words_span(w, h->cost));
		return;
	}
	text_add(w->t,
		 ngettext("the SYN of %s was answered %d time by an ACK of an older connection",
			  "the SYN of %s was answered %d times by an ACK of an older connection",
			  (unsigned long)n),
		 words_end(w), n);
	words_semicolon(w);
	text_add(w->t, _("%s still holds one of these ports"), words_peer(w));
}

static void
half_open(struct words *w)
{
	const struct verdict_half_open *h = &w->v->half_open;

	switch (h->how) {
	case HALF_OPEN_BELIEVED:
		text_add(w->t,
			 _("half-open: %s still had a connection open that %s does not know"),
			 words_end(w), words_peer(w));
		break;
	case HALF_OPEN_SYN_MET:
		half_open_syn_met(w);
		break;
	case HALF_OPEN_REPLACED:
		text_add(w->t,
			 _("half-open: %s had forgotten the connection and opened a new one over "
			   "it"),
			 words_end(w));
		break;
	default:
		text_add(w->t,
			 _("half-open: %s had forgotten the connection, its reset answers %s"),
			 words_end(w), words_answered(h->answered));
	}
	if (h->silence >= 0 && h->how != HALF_OPEN_SYN_MET) {
		words_semicolon(w);
		text_add(w->t, _("it was silent for %s before"), words_span(w, h->silence));
	}
}

static void
half_open_check(struct words *w)
{
	if (w->v->half_open.how == HALF_OPEN_SYN_MET)
		text_add(w->t,
			 _("ss -tn on %s: which old connection does it hold, and since when?"),
			 words_peer_host(w));
	else
		text_add(w->t,
			 _("%s: restarted, or a NAT or firewall that dropped the idle connection? "
			   "Keep-alives help"),
			 words_host(w));
}

const struct phrases words_half_open = {half_open_row, half_open, half_open_check};

/* ---- unknown-connection ---- */

static void
unknown_connection_row(struct words *w)
{
	words_by_side(w, N_("unknown to the client"), N_("unknown to the server"));
}

static void
unknown_connection(struct words *w)
{
	const struct verdict_unknown_connection *u = &w->v->unknown_connection;

	if (u->answered == ANSWERS_SYN_ACK) {
		text_add(w->t,
			 _("%s answered a SYN-ACK with a reset; no SYN of its own was captured: "
			   "another host used its address, or the SYN took another path"),
			 words_end(w));
		return;
	}
	if (u->answered == ANSWERS_NO_ACK) {
		text_add(w->t,
			 _("%s answered a segment without SYN and ACK with a reset: no connection "
			   "sends such a segment; likely a scan"),
			 words_end(w));
		return;
	}
	text_add(w->t, _("%s answered %s with a reset: it does not know this connection"),
		 words_end(w), words_answered(u->answered));
	words_semicolon(w);
	if (u->related)
		text_add(w->t,
			 _("it continues connection #%llu from port %u: a NAT changed the port"),
			 (unsigned long long)u->related, u->port);
	else
		text_add(w->t, "%s",
			 _("it began before the capture, or its earlier packets went to another "
			   "host"));
}

static void
unknown_connection_check(struct words *w)
{
	const struct verdict_unknown_connection *u = &w->v->unknown_connection;

	if (u->related)
		text_add(w->t, _("the NAT between %s and %s: its table, its time-out"),
			 words_host(w), words_peer_host(w));
	else if (u->answered == ANSWERS_NO_ACK)
		text_add(w->t, _("does %s scan other ports or hosts as well?"), words_peer_host(w));
	else
		text_add(w->t,
			 _("was %s restarted? Does a load balancer or NAT send this connection "
			   "elsewhere now?"),
			 words_host(w));
}

const struct phrases words_unknown_connection = {unknown_connection_row, unknown_connection,
						 unknown_connection_check};

/* ---- reset ---- */

static void
reset_row_counted(struct words *w)
{
	const int n = words_count(w->v->reset.count);

	switch (w->v->reset.situation) {
	case RESET_KEEPALIVE:
		text_add(w->t,
			 ngettext("%d keep-alive unanswered", "%d keep-alives unanswered",
				  (unsigned long)n),
			 n);
		break;
	case RESET_SYN_ACKS:
		text_add(
			w->t,
			ngettext("no ACK to %d SYN-ACK", "no ACK to %d SYN-ACKs", (unsigned long)n),
			n);
		break;
	default:
		text_add(
			w->t,
			ngettext("no ACK to %d attempt", "no ACK to %d attempts", (unsigned long)n),
			n);
	}
}

static void
reset_row_idle(struct words *w)
{
	if (w->v->side == SERVER)
		text_add(w->t, _("by server, %s idle"), words_span(w, w->v->reset.idle));
	else
		text_add(w->t, _("by client, %s idle"), words_span(w, w->v->reset.idle));
}

/* Of each situation that has no number in its row. */
static const struct {
	const char *client, *server;
} reset_rows[] = {
	[RESET_ALONE] = {N_("nothing else captured"), N_("nothing else captured")},
	[RESET_ABANDONED] = {N_("handshake abandoned"), N_("handshake abandoned")},
	[RESET_LATE_DATA] = {N_("data after client closed"), N_("data after server closed")},
	[RESET_AFTER_FIN] = {N_("after client's FIN"), N_("after server's FIN")},
	[RESET_SOCKET_GONE] = {N_("client socket closed"), N_("server socket closed")},
	[RESET_CLOSING] = {N_("instead of client's FIN"), N_("instead of server's FIN")},
	[RESET_BEFORE_DATA] = {N_("by client before any data"), N_("by server before any data")},
	[RESET_UNREAD] = {N_("client left data unread"), N_("server left data unread")},
	[RESET_IN_FLIGHT] = {N_("by client in mid-transfer"), N_("by server in mid-transfer")},
	[RESET_NOT_ANSWERED] = {N_("by client, still waiting"), N_("by server without a reply")},
};

static void
reset_row(struct words *w)
{
	const unsigned s = w->v->reset.situation;

	if (s < ARRAY_LEN(reset_rows) && reset_rows[s].client)
		words_by_side(w, reset_rows[s].client, reset_rows[s].server);
	else if (s == RESET_ALL_ACKED)
		reset_row_idle(w);
	else
		reset_row_counted(w);
}

static void
reset_counted(struct words *w)
{
	const int n = words_count(w->v->reset.count);

	switch (w->v->reset.situation) {
	case RESET_KEEPALIVE:
		text_add(w->t,
			 ngettext("%s aborted the connection after %d unanswered keep-alive probe",
				  "%s aborted the connection after %d unanswered keep-alive probes",
				  (unsigned long)n),
			 words_end(w), n);
		break;
	case RESET_SYN_ACKS:
		text_add(w->t,
			 ngettext("%s gave up the handshake with a reset: its SYN-ACK, sent %d "
				  "time, was not acknowledged",
				  "%s gave up the handshake with a reset: its SYN-ACK, sent %d "
				  "times, was not acknowledged",
				  (unsigned long)n),
			 words_end(w), n);
		break;
	default:
		text_add(w->t,
			 ngettext("%s gave up with a reset: %u bytes, sent %d time, were not "
				  "acknowledged",
				  "%s gave up with a reset: %u bytes, sent %d times, were not "
				  "acknowledged",
				  (unsigned long)n),
			 words_end(w), w->v->reset.bytes, n);
	}
}

/* Those that name what was transferred. */
static void
reset_in_transfer(struct words *w)
{
	const struct verdict_reset *r = &w->v->reset;
	char pending[16], sent[16], received[16];

	text_count(pending, sizeof(pending), r->bytes);
	text_count(sent, sizeof(sent), r->sent);
	text_count(received, sizeof(received), r->received);
	switch (r->situation) {
	case RESET_UNREAD:
		text_add(w->t,
			 _("%s aborted the connection, likely with unread data; it had received %s "
			   "bytes and sent %s"),
			 words_end(w), received, sent);
		break;
	case RESET_NOT_ANSWERED:
		words_by_side(w, N_("the client aborted the connection before it had an answer"),
			      N_("the server aborted the connection without an answer"));
		words_semicolon(w);
		text_add(w->t, _("%s had sent %s bytes and received %s"), words_end(w), sent,
			 received);
		break;
	default:
		text_add(w->t,
			 _("%s aborted the connection in mid-transfer, with %s bytes in flight; "
			   "it had sent %s bytes and received %s"),
			 words_end(w), pending, sent, received);
	}
	if (r->idle >= NSEC_PER_SEC) {
		words_semicolon(w);
		text_add(w->t, _("after %s of silence"), words_span(w, r->idle));
	}
}

/* Those that come with the end of a connection, or after it. */
static void
reset_closing(struct words *w)
{
	const struct verdict_reset *r = &w->v->reset;

	switch (r->situation) {
	case RESET_LATE_DATA:
		text_add(w->t,
			 _("%s reset the connection: %u bytes came after it had closed, and are "
			   "lost"),
			 words_end(w), r->bytes);
		break;
	case RESET_AFTER_FIN:
		text_add(w->t,
			 _("%s closed the connection and reset it after its own FIN; no data came "
			   "in between"),
			 words_end(w));
		break;
	case RESET_SOCKET_GONE:
		text_add(w->t,
			 r->answered == ANSWERS_DATA
				 ? _("%s answered %s with a reset: its socket was closed while the "
				     "other end was still sending")
				 : _("%s answered %s with a reset: its socket was closed"),
			 words_end(w), words_answered(r->answered));
		break;
	case RESET_CLOSING:
		text_add(w->t,
			 _("%s answered the other end's close with a reset instead of a FIN; "
			   "nothing was pending"),
			 words_end(w));
		break;
	default:
		text_add(w->t,
			 _("%s aborted the connection after all data had been acknowledged, %s "
			   "idle"),
			 words_end(w), words_span(w, r->idle));
	}
}

static void
reset(struct words *w)
{
	switch (w->v->reset.situation) {
	case RESET_ALONE:
		text_add(w->t, _("%s sent a reset; nothing else of this connection was captured"),
			 words_end(w));
		break;
	case RESET_KEEPALIVE:
	case RESET_GAVE_UP:
	case RESET_SYN_ACKS:
		reset_counted(w);
		break;
	case RESET_ABANDONED:
		text_add(w->t,
			 _("%s abandoned the handshake with a reset: a scan, a health check, or it "
			   "was interrupted"),
			 words_end(w));
		break;
	case RESET_BEFORE_DATA:
		text_add(w->t, _("%s aborted the connection before any data was sent"),
			 words_end(w));
		break;
	case RESET_UNREAD:
	case RESET_IN_FLIGHT:
	case RESET_NOT_ANSWERED:
		reset_in_transfer(w);
		break;
	default:
		reset_closing(w);
	}
}

static void
reset_check(struct words *w)
{
	switch (w->v->reset.situation) {
	case RESET_KEEPALIVE:
	case RESET_GAVE_UP:
	case RESET_SYN_ACKS:
		text_add(w->t, _("the path from %s to %s, and whether %s is up"), words_host(w),
			 words_peer_host(w), words_peer_host(w));
		break;
	case RESET_ALONE:
		text_add(w->t, "%s",
			 _("capture longer, or with a wider filter, to see what the reset ends"));
		break;
	case RESET_ABANDONED:
	case RESET_CLOSING:
	case RESET_AFTER_FIN:
		text_add(w->t, "%s",
			 _("nothing, unless the application reports an error at this time"));
		break;
	default:
		text_add(w->t,
			 _("the log of the program at %s at this time: why did it close (time-out, "
			   "limit, crash)?"),
			 words_end(w));
	}
}

const struct phrases words_reset = {reset_row, reset, reset_check};

/* ---- reset-after-close ---- */

static void
reset_after_close_row(struct words *w)
{
	text_add(w->t, "%s", _("reset after close"));
}

static void
reset_after_close(struct words *w)
{
	text_add(w->t, _("%s sent a reset after both had finished: harmless"), words_end(w));
}

static void
nothing_check(struct words *w)
{
	text_add(w->t, "%s", _("nothing, unless the application reports an error at this time"));
}

const struct phrases words_reset_after_close = {reset_after_close_row, reset_after_close,
						nothing_check};

/* ---- reset-ignored ---- */

static void
reset_ignored_row(struct words *w)
{
	switch (w->v->reset_ignored.why) {
	case IGNORED_ACK:
		text_add(w->t, "%s", _("resets with a wrong ACK"));
		break;
	case IGNORED_WENT_ON:
		words_by_side(w, N_("server went on after reset"),
			      N_("client went on after reset"));
		break;
	default:
		text_add(w->t, "%s", _("reset with a wrong number"));
	}
}

static void
reset_ignored_facts(struct words *w)
{
	const struct verdict_reset_ignored *r = &w->v->reset_ignored;
	const int n = words_count(r->count);

	switch (r->why) {
	case IGNORED_ACK:
		text_add(w->t,
			 ngettext("%s answered the SYN with %d reset that does not acknowledge it",
				  "%s answered the SYN with %d resets that do not acknowledge it",
				  (unsigned long)n),
			 words_end(w), n);
		break;
	case IGNORED_WENT_ON:
		text_add(w->t,
			 _("%s sent a reset, and %s went on: the reset did not arrive or was not "
			   "accepted"),
			 words_end(w), words_peer(w));
		break;
	default:
		text_add(w->t,
			 _("%s sent a reset with sequence number %lld, but %s expects %lld and "
			   "ignores it"),
			 words_end(w), (long long)r->number, words_peer(w), (long long)r->wanted);
	}
}

static void
reset_ignored(struct words *w)
{
	const struct verdict_reset_ignored *r = &w->v->reset_ignored;
	const int repeats = words_count(r->repeats);

	reset_ignored_facts(w);
	words_semicolon(w);
	if (r->why == IGNORED_ACK)
		text_add(w->t, _("%s keeps trying"), words_peer(w));
	else
		text_add(w->t,
			 _("one end now considers the connection closed, the other one considers "
			   "it open"));
	if (repeats > 0) {
		words_semicolon(w);
		text_add(w->t,
			 ngettext("%s has retransmitted %d time without an answer",
				  "%s has retransmitted %d times without an answer",
				  (unsigned long)repeats),
			 words_peer(w), repeats);
	}
}

static void
reset_ignored_check(struct words *w)
{
	text_add(w->t,
		 _("who sends this reset: %s itself, or a firewall with its address? Compare TTL "
		   "and IP ID"),
		 words_host(w));
}

const struct phrases words_reset_ignored = {reset_ignored_row, reset_ignored, reset_ignored_check};

/* ---- reset-suspect ---- */

static void
reset_suspect_row(struct words *w)
{
	switch (w->v->reset_suspect.suspicion) {
	case SUSPECT_TTL:
		text_add(w->t, _("TTL %d, usually %d"), w->v->reset_suspect.ttl,
			 w->v->reset_suspect.usual_ttl);
		break;
	case SUSPECT_IP_ID:
		text_add(w->t, "%s", _("IP ID out of sequence"));
		break;
	default:
		text_add(w->t, "%s", _("its sender continued"));
	}
}

static void
reset_suspect(struct words *w)
{
	switch (w->v->reset_suspect.suspicion) {
	case SUSPECT_TTL:
		text_add(w->t,
			 _("a reset with the address of %s was likely sent by another host: TTL "
			   "%d, other packets have %d"),
			 words_end(w), w->v->reset_suspect.ttl, w->v->reset_suspect.usual_ttl);
		break;
	case SUSPECT_IP_ID:
		text_add(w->t,
			 _("a reset with the address of %s was likely sent by another host: its IP "
			   "ID is out of sequence, and it has no time stamps"),
			 words_end(w));
		break;
	default:
		text_add(w->t,
			 _("a reset with the address of %s was likely sent by another host: %s "
			   "continued as if it had sent none"),
			 words_end(w), words_end(w));
	}
}

static void
reset_suspect_check(struct words *w)
{
	text_add(w->t,
		 _("capture at %s: does the reset leave it? If not, a device on the path sends "
		   "it"),
		 words_host(w));
}

const struct phrases words_reset_suspect = {reset_suspect_row, reset_suspect, reset_suspect_check};
