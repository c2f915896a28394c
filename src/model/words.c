/* SPDX-License-Identifier: MIT */
/*
 * words: the notes of a segment: what was found of it, in Wireshark's words, with the cause and the
 * attempt of a retransmission. Verdicts are put in words by verdict_words.c.
 */
#include "model/model.h"

#include "base/i18n.h"

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
	F_ZERO_WINDOW_PROBE,       F_KEEP_ALIVE,     F_FAST_RETRANSMISSION,
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
	for (size_t i = 0; i < ARRAY_LEN(repeats) && !label; i++) {
		if (s->findings & FINDING(repeats[i]))
			label = finding_info(repeats[i])->label;
	}
	if (!label || s->cause == CAUSE_NONE || s->cause >= CAUSE_COUNT)
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
