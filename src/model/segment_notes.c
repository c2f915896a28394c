/* SPDX-License-Identifier: MIT */
/*
 * segment_notes: the notes of a segment: its findings by their usual names, and the cause and the
 * number of a retransmission.
 */
#include "model/model.h"

#include "base/i18n.h"

/* Timers and flags have the same name in every language. */
static const char *const cause_labels[CAUSE_COUNT] = {
	[CAUSE_SYN] = "SYN",
	[CAUSE_SYN_ACK] = "SYN-ACK",
	[CAUSE_FIN] = "FIN",
	[CAUSE_RTO] = "RTO",
	[CAUSE_TLP] = "TLP",
	[CAUSE_FAST] = N_("fast"),
	[CAUSE_RECOVERY] = N_("recovery"),
	[CAUSE_PMTU] = N_("path MTU"),
	[CAUSE_TFO] = "TFO",
	[CAUSE_PROBE] = N_("probe"),
	[CAUSE_UNKNOWN] = "?",
};

/* The findings of bytes that are sent again, the most specific first: only that one is shown. */
static const enum finding repeats[] = {
	F_ZERO_WINDOW_PROBE,       F_KEEP_ALIVE,     F_FAST_RETRANSMISSION,
	F_SPURIOUS_RETRANSMISSION, F_RETRANSMISSION,
};

/* Whether the label of the finding says the cause already. */
static bool
names_cause(enum finding f, enum cause c)
{
	return (f == F_FAST_RETRANSMISSION && c == CAUSE_FAST) ||
	       (f == F_ZERO_WINDOW_PROBE && c == CAUSE_PROBE);
}

/* "Retransmission RTO" */
static void
add_kind(struct text *t, const struct segment *s, enum finding f)
{
	text_add(t, "%s", _(finding_info(f)->label));
	if (!names_cause(f, (enum cause)s->cause))
		text_add(t, " %s", _(cause_labels[s->cause]));
}

static void
add_repeat(struct text *t, const struct segment *s, enum finding f)
{
	char kind_text[128], after_text[24], duration[16];
	struct text kind = text_on(kind_text, sizeof(kind_text));
	struct text after = text_on(after_text, sizeof(after_text));

	add_kind(&kind, s, f);
	if (s->rexmit_after >= 0) /* else unknown: the earlier attempt was not captured */
		text_add(&after, " +%s",
			 text_duration(duration, sizeof(duration), s->rexmit_after));
	if (s->needed == NEEDED_YES) /* TRANSLATORS: [Retransmission RTO #3 +1.02s, needed] */
		text_add(t, _("[%s #%u%s, needed]"), kind_text, s->rexmit_n, after_text);
	else if (s->needed == NEEDED_NO)
		text_add(t, _("[%s #%u%s, not needed]"), kind_text, s->rexmit_n, after_text);
	else
		text_add(t, "[%s #%u%s]", kind_text, s->rexmit_n, after_text);
}

/* Adds the note of a repetition; returns the findings that it covers. */
static uint32_t
add_repetition(struct text *t, const struct segment *s)
{
	uint32_t covered = 0;
	int shown = -1;

	for (size_t i = 0; i < ARRAY_LEN(repeats); i++) {
		if (shown < 0 && s->findings & FINDING(repeats[i]))
			shown = (int)repeats[i];
		covered |= s->findings & FINDING(repeats[i]);
	}
	if (shown < 0 || s->cause == CAUSE_NONE || s->cause >= CAUSE_COUNT)
		return 0;
	add_repeat(t, s, (enum finding)shown);
	return covered;
}

static void
add_finding(struct text *t, const struct segment *s, enum finding f)
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
	const uint32_t rest = s->findings & ~add_repetition(&t, s);

	for (int f = 0; f < FINDING_COUNT; f++) {
		if (!(rest & FINDING(f)))
			continue;
		if (t.len > 0)
			text_add(&t, " ");
		add_finding(&t, s, (enum finding)f);
	}
	return out;
}
