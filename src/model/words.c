/* SPDX-License-Identifier: MIT */
/*
 * words: verdicts and findings as sentences, in the user's language. Every sentence is one whole
 * string for the translator. Knows what struct verdict's numbers mean (verdicts.c documents them)
 * and nothing about how they were found.
 */
#include "model/model.h"

#include "base/i18n.h"

/* What a verdict comes to in a few words. */
static const char *const verdict_phrases[VERDICT_COUNT] = {
	[V_REFUSED] = N_("port closed (reset answered the SYN)"),
	[V_REJECTED] = N_("rejected by an ICMP error"),
	[V_NO_ANSWER] = N_("no answer to the SYN"),
	[V_SYN_ACK_UNANSWERED] = N_("SYN-ACK not answered"),
	[V_ACCEPT_QUEUE_FULL] = N_("listener is not accepting"),
	[V_SYN_LOST] = N_("connected only after SYNs were repeated"),
	[V_HALF_OPEN] = N_("half-open: peer had forgotten the connection"),
	[V_RESET] = N_("aborted by a reset"),
	[V_RESET_AFTER_CLOSE] = N_("reset after both had finished"),
	[V_RESET_SUSPECT] = N_("reset does not look like the peer's"),
	[V_PEER_SILENT] = N_("peer is silent"),
	[V_TIMED_OUT] = N_("sender gave up"),
	[V_WINDOW_CLOSED] = N_("receiver not reading: window 0"),
	[V_RECEIVER_LIMITED] = N_("held by the receiver's window"),
	[V_APPLICATION_SLOW] = N_("the application is slow"),
	[V_LOSS] = N_("packet loss"),
	[V_REORDERING] = N_("packets reordered"),
	[V_SPURIOUS] = N_("needless retransmissions"),
	[V_DUPLICATES] = N_("packets doubled by the network"),
	[V_PATH_MTU] = N_("full-sized segments vanish: path MTU"),
	[V_KEEPALIVE_UNANSWERED] = N_("keep-alive probes not answered"),
	[V_DELAYED_ACK] = N_("waits for delayed ACKs"),
	[V_BUFFERBLOAT] = N_("RTT grows with the data in flight"),
	[V_HALF_CLOSED] = N_("one side closed, the other has not"),
	[V_PORT_REUSE] = N_("port used again quickly"),
	[V_ONE_SIDED] = N_("only one direction captured"),
	[V_MIDSTREAM] = N_("capture began in mid-stream"),
	[V_CAPTURE_LOSS] = N_("the capture lacks packets"),
};

char *
verdict_short(char *out, size_t size, const struct verdict *v, const struct conn_facts *f, nsec now)
{
	struct text t = text_on(out, size);

	(void)f;
	(void)now;
	if (v->severity != SEV_NONE && v->code < VERDICT_COUNT)
		text_add(&t, "%s", _(verdict_phrases[v->code]));
	return out;
}

char *
verdict_text(char *out, size_t size, const struct verdict *v, const struct conn_facts *f, nsec now)
{
	return verdict_short(out, size, v, f, now);
}

/* ---- segments ---- */

/* Signals and timers by their names in the field; the others are words. */
static const char *const cause_labels[CAUSE_COUNT] = {
	[CAUSE_SYN] = "SYN",
	[CAUSE_SYN_ACK] = "SYN-ACK",
	[CAUSE_FIN] = "FIN",
	[CAUSE_RTO] = "RTO",
	[CAUSE_TLP] = "TLP",
	[CAUSE_FAST] = "RACK",
	[CAUSE_RECOVERY] = N_("recovery"),
	[CAUSE_PMTU] = N_("path MTU"),
	[CAUSE_TFO] = "TFO",
	[CAUSE_PROBE] = N_("probe"),
	[CAUSE_UNKNOWN] = "?",
};

/* The findings that say how bytes came to be sent again, the most telling first: of several only
 * the first is named. */
static const enum finding repeats[] = {
	F_ZERO_WINDOW_PROBE,	   F_KEEP_ALIVE,     F_FAST_RETRANSMISSION,
	F_SPURIOUS_RETRANSMISSION, F_RETRANSMISSION,
};

static void
repeat_tag(struct text *t, const struct segment *s, const char *label)
{
	const char *cause = _(cause_labels[s->cause]);
	char after[16];

	text_duration(after, sizeof(after), s->rexmit_after);
	if (s->needed == NEEDED_YES) /* TRANSLATORS: [Retransmission RTO #3 +1.02s, needed] */
		text_add(t, _("[%s %s #%u +%s, needed]"), label, cause, s->rexmit_n, after);
	else if (s->needed == NEEDED_NO)
		text_add(t, _("[%s %s #%u +%s, not needed]"), label, cause, s->rexmit_n, after);
	else
		text_add(t, "[%s %s #%u +%s]", label, cause, s->rexmit_n, after);
}

/* Writes what kind of repetition this is; returns the findings that it speaks for. */
static uint32_t
repeat_note(struct text *t, const struct segment *s)
{
	uint32_t spoken = 0;
	const char *label = NULL;

	for (size_t i = 0; i < ARRAY_LEN(repeats); i++)
		spoken |= s->findings & FINDING(repeats[i]);
	for (size_t i = 0; i < ARRAY_LEN(repeats) && label == NULL; i++) {
		if (s->findings & FINDING(repeats[i]))
			label = finding_info(repeats[i])->label;
	}
	if (label == NULL || s->cause == CAUSE_NONE || s->cause >= CAUSE_COUNT)
		return 0;
	repeat_tag(t, s, _(label));
	return spoken;
}

static void
finding_note(struct text *t, const struct segment *s, enum finding f)
{
	const char *label = _(finding_info(f)->label);

	if (f == F_DUPLICATE_ACK && s->dup_ack > 0)
		text_add(t, "[%s %u]", label, s->dup_ack);
	else
		text_add(t, "[%s]", label);
}

char *
segment_notes(char *out, size_t size, const struct segment *s)
{
	struct text t = text_on(out, size);
	const uint32_t rest = s->findings & ~repeat_note(&t, s);

	for (int f = 0; f < FINDING_COUNT; f++) {
		if (!(rest & FINDING(f)))
			continue;
		if (t.len > 0)
			text_add(&t, " ");
		finding_note(&t, s, (enum finding)f);
	}
	return out;
}
