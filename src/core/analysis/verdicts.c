/* SPDX-License-Identifier: MIT */
/*
 * verdicts: the table of the verdicts, and which of them hold of a connection. A row that no sign
 * in the connection speaks for is not asked: most connections are sound, and one look tells so.
 */
#include "core/analysis/verdicts.h"

#include "core/analysis/verdict_rules.h"
#include "core/flow/coverage.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

/* What a look at a connection finds without asking any predicate. */
enum sign {
	SIGN_NONE = 0,
	SIGN_FAILED = 1,      /* ended, and not in order */
	SIGN_FLAGGED = 2,     /* a flag that says nearly all */
	SIGN_ENDPOINT = 4,    /* an endpoint has a cold part */
	SIGN_CONNECTION = 8,  /* the connection has one */
	SIGN_LATE = 16,	      /* an opening that was repeated, or has waited for long */
	SIGN_CLOSING = 32,    /* one end has closed */
	SIGN_TIME = 128,      /* time went into more than requests and answers */
	SIGN_UNHEARD = 64,    /* one end sent more than SYNs; nothing of the other is captured */
};

#define FAILED_ENDS                                                                                \
	(1u << END_REFUSED | 1u << END_REJECTED | 1u << END_RESET | 1u << END_NO_ANSWER)
#define FLAGS (C_MIDSTREAM | C_PORT_REUSED | C_LOST_BY_CAPTURE | C_CHALLENGED)

struct verdict_row {
	enum verdict_code code;
	const char *name;
	enum severity severity;
	unsigned sign;	  /* enum sign: without any of them the verdict cannot hold */
	verdict_fn *test; /* NULL: this version never concludes it */
	const char *help;
};

/* In the order in which they are reported: what ended or prevents the connection, then what hurts
 * it, then what is worth knowing. clang-format off */
static const struct verdict_row rows[] = {
	{V_REFUSED, "refused", SEV_ERROR, SIGN_FAILED, verdict_refused,
		N_("A reset answered the SYN: nobody listens on that port, or a firewall says so.")},
	{V_REJECTED, "rejected", SEV_ERROR, SIGN_CONNECTION, verdict_rejected,
		N_("An ICMP error that quotes the SYN: which, and which host sent it.")},
	{V_WRONG_RESPONDER, "wrong-responder", SEV_ERROR, SIGN_CONNECTION, verdict_wrong_responder,
		N_("The answer to a SYN came from another address or port, and the client refuses it.")},
	{V_NO_ANSWER, "no-answer", SEV_ERROR, SIGN_LATE | SIGN_FAILED, verdict_no_answer,
		N_("SYNs and silence: wrong address, host down, or dropped on the way.")},
	{V_UNKNOWN_CONNECTION, "unknown-connection", SEV_ERROR, SIGN_FAILED, verdict_unknown_connection,
		N_("A reset from an end of which nothing else was captured: it does not know this connection.")},
	{V_HALF_OPEN, "half-open", SEV_ERROR, SIGN_FAILED | SIGN_FLAGGED, verdict_half_open,
		N_("A reset answers data after a long silence, or a new SYN meets an older connection: one end "
		   "had forgotten it.")},
	{V_TIMED_OUT, "timed-out", SEV_ERROR, SIGN_ENDPOINT, verdict_timed_out,
		N_("The sender must have given up: its retransmissions were not answered.")},
	{V_PEER_SILENT, "peer-silent", SEV_ERROR, SIGN_ENDPOINT, verdict_peer_silent,
		N_("Data or a FIN is sent again and again into silence.")},
	{V_ACCEPT_QUEUE_FULL, "accept-queue-full", SEV_WARNING, SIGN_ENDPOINT, verdict_accept_queue_full,
		N_("The handshake is done for the client, yet the server repeats its SYN-ACK: the listener does "
		   "not accept.")},
	{V_SYN_ACK_UNANSWERED, "syn-ack-unanswered", SEV_ERROR, SIGN_LATE, verdict_syn_ack_unanswered,
		N_("The server answers, the client's ACK is not seen to arrive: return path, client gone, or "
		   "the last ACK lost.")},
	{V_PATH_MTU, "path-mtu", SEV_ERROR, SIGN_CONNECTION | SIGN_ENDPOINT, verdict_path_mtu,
		N_("Segments are too large for the path: a router says so, or large ones never arrive while "
		   "small ones do.")},
	{V_UNREACHABLE, "unreachable", SEV_WARNING, SIGN_CONNECTION, verdict_unreachable,
		N_("ICMP errors quote segments of the connection: which, and which host sent them.")},
	{V_RESET, "reset", SEV_WARNING, SIGN_FAILED, verdict_reset,
		N_("One side aborted the connection.")},
	{V_RESET_IGNORED, "reset-ignored", SEV_WARNING, SIGN_CONNECTION, verdict_reset_ignored,
		N_("A reset that its receiver does not accept, or after which it went on.")},
	{V_RESET_SUSPECT, "reset-suspect", SEV_WARNING, SIGN_CONNECTION, verdict_reset_suspect,
		N_("The reset does not look like the peer's own packets.")},
	{V_KEEPALIVE_UNANSWERED, "keepalive-unanswered", SEV_WARNING, SIGN_ENDPOINT,
		verdict_keepalive_unanswered,
		N_("Keep-alive probes are not answered.")},
	{V_WINDOW_CLOSED, "window-closed", SEV_WARNING, SIGN_ENDPOINT, verdict_window_closed,
		N_("The receiver's window is 0: its application does not read.")},
	{V_WINDOW_RETRACTED, "window-retracted", SEV_WARNING, SIGN_ENDPOINT, verdict_window_retracted,
		N_("The receiver took back room that it had offered; what was sent into it is refused.")},
	{V_ACKS_IGNORED, "acks-ignored", SEV_WARNING, SIGN_ENDPOINT, verdict_acks_ignored,
		N_("The same bytes again and again although their acknowledgement was captured on its way.")},
	{V_BAD_CHECKSUM, "bad-checksum", SEV_WARNING, SIGN_ENDPOINT, verdict_bad_checksum,
		N_("Segments that their receiver must drop because their checksum is wrong.")},
	{V_TWO_ANSWERS, "two-answers", SEV_WARNING, SIGN_CONNECTION, verdict_two_answers,
		N_("Two different SYN-ACKs answered one SYN.")},
	{V_LOSS, "loss", SEV_WARNING, SIGN_ENDPOINT, verdict_loss,
		N_("Segments were lost and sent again: at least one in a hundred.")},
	{V_RECEIVER_LIMITED, "receiver-limited", SEV_WARNING, SIGN_TIME, verdict_receiver_limited,
		N_("The sender is held by the receiver's window for most of the transfer.")},
	{V_APPLICATION_SLOW, "application-slow", SEV_NOTE, SIGN_TIME, verdict_application_slow,
		N_("The time goes into one side's application, not into the network.")},
	{V_BUFFERBLOAT, "bufferbloat", SEV_NOTE, SIGN_TIME, verdict_bufferbloat,
		N_("A queue on the path makes round trips at least four times as long as the shortest.")},
	{V_DELAYED_ACK, "delayed-ack", SEV_NOTE, SIGN_TIME, verdict_delayed_ack,
		N_("Small segments wait for delayed ACKs (Nagle).")},
	{V_DEFERRED_ACCEPT, "deferred-accept", SEV_NOTE, SIGN_ENDPOINT, verdict_deferred_accept,
		N_("The server waits for data before it accepts (TCP_DEFER_ACCEPT): nothing was lost.")},
	{V_SYN_LOST, "syn-lost", SEV_NOTE, SIGN_ENDPOINT, verdict_syn_lost,
		N_("Connected only after the SYN was repeated: the first was lost.")},
	{V_RESET_AFTER_CLOSE, "reset-after-close", SEV_NOTE, SIGN_CONNECTION, verdict_reset_after_close,
		N_("A reset after both had finished: harmless.")},
	{V_SPURIOUS, "spurious", SEV_NOTE, SIGN_ENDPOINT, verdict_spurious,
		N_("Segments were sent again although they had arrived.")},
	{V_REORDERING, "reordering", SEV_NOTE, SIGN_ENDPOINT, verdict_reordering,
		N_("Segments arrived out of order.")},
	{V_DUPLICATES, "duplicates", SEV_NOTE, SIGN_ENDPOINT, verdict_duplicates,
		N_("The network doubled packets.")},
	{V_HALF_CLOSED, "half-closed", SEV_NOTE, SIGN_CLOSING, verdict_half_closed,
		N_("One side has closed, the other has not yet.")},
	{V_PORT_REUSE, "port-reuse", SEV_NOTE, SIGN_FLAGGED, verdict_port_reuse,
		N_("The same addresses and ports were used again quickly.")},
	{V_CAPTURE_LOSS, "capture-loss", SEV_NOTE, SIGN_FLAGGED, verdict_capture_loss,
		N_("The capture lacks packets that the peer acknowledged.")},
	{V_ONE_SIDED, "one-sided", SEV_NOTE, SIGN_UNHEARD, verdict_one_sided,
		N_("Only one direction was captured; what needs the other is withheld.")},
	{V_MIDSTREAM, "midstream", SEV_NOTE, SIGN_FLAGGED, verdict_midstream,
		N_("The capture began after the connection; options and window scale are unknown.")},
};
/* clang-format on */
_Static_assert(ARRAY_LEN(rows) == VERDICT_COUNT, "every verdict has its row");

static const struct verdict_row *
row_of(enum verdict_code code)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].code == code)
			return &rows[i];
	return &rows[0];
}

static bool
is_late(const struct half *h, nsec now)
{
	return (h->state == TCP_SYN_SENT || h->state == TCP_SYN_RECV) &&
	       (h->syn > 1 || now - half_syn_last(h) >= NSEC_PER_SEC);
}

static unsigned
signs_of(const struct conn *c, nsec now)
{
	const struct half *a = &c->half[CLIENT], *b = &c->half[SERVER];
	unsigned signs = 0;

	if (FAILED_ENDS >> c->end_cause & 1)
		signs |= SIGN_FAILED;
	if (c->flags & FLAGS)
		signs |= SIGN_FLAGGED;
	if (a->cold != &half_cold_none || b->cold != &half_cold_none)
		signs |= SIGN_ENDPOINT;
	if (c->cold != &conn_cold_none)
		signs |= SIGN_CONNECTION;
	if (is_late(a, now) || is_late(b, now))
		signs |= SIGN_LATE;
	if (((a->flags | b->flags) & H_FIN_ACKED) && !(a->flags & b->flags & H_FIN))
		signs |= SIGN_CLOSING;
	if (conn_time(c)->full || conn_time(c)->long_waits[0] || conn_time(c)->long_waits[1])
		signs |= SIGN_TIME;
	if ((a->segments == 0 || b->segments == 0) && ((a->flags | b->flags) & H_ACK))
		signs |= SIGN_UNHEARD;
	return signs;
}

static size_t
verdicts_by_signs(const struct core *core, const struct conn *c, nsec now, unsigned signs,
		  struct verdict *out, size_t max, uint64_t *set)
{
	const struct verdict_input in = {
		.core = core,
		.c = c,
		.now = core->live ? now : coverage_until(core->coverage, c->end, c->last, now),
	};
	struct verdict v = {0};
	size_t n = 0;

	*set = 0;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct verdict_row *r = &rows[i];

		if (!(r->sign & signs))
			continue;
		v.code = (uint8_t)r->code;
		v.severity = (uint8_t)r->severity;
		if (!r->test(&in, &v))
			continue;
		*set |= VERDICT(r->code);
		if (n < max)
			out[n++] = v;
		memset(&v, 0, sizeof(v));
	}
	return n;
}

size_t
verdicts_of(const struct core *core, const struct conn *c, nsec now, struct verdict *out,
	    size_t max, uint64_t *set)
{
	const unsigned signs = signs_of(c, now);

	*set = 0;
	return signs ? verdicts_by_signs(core, c, now, signs, out, max, set) : 0;
}

size_t
verdicts_of_all_rules(const struct core *core, const struct conn *c, nsec now,
		      struct verdict *out, size_t max, uint64_t *set)
{
	return verdicts_by_signs(core, c, now, UINT_MAX, out, max, set);
}

const char *
verdict_name(enum verdict_code v)
{
	return row_of(v)->name;
}

enum severity
verdict_severity(enum verdict_code v)
{
	return row_of(v)->severity;
}

bool
verdict_has_rule(enum verdict_code v)
{
	return row_of(v)->test;
}

const char *
verdict_help(enum verdict_code v)
{
	return row_of(v)->help;
}

bool
verdict_by_name(const char *name, enum verdict_code *out)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].test && strcasecmp(name, rows[i].name) == 0) {
			*out = rows[i].code;
			return true;
		}
	return false;
}
