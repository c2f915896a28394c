/* SPDX-License-Identifier: MIT */
/*
 * test_segment_notes: the notes of a segment, word by word. Not covered: whether they are true
 * (tests of the engine), and other languages.
 */
#include "unit.h"

#include "model/model.h"

#include <stdio.h>
#include <string.h>

struct expectation {
	uint32_t findings;
	enum cause cause;
	enum needed needed;
	const char *notes;
};

#define RETX      FINDING(F_RETRANSMISSION)
#define FAST_RETX (RETX | FINDING(F_FAST_RETRANSMISSION))
#define SPURIOUS  (RETX | FINDING(F_SPURIOUS_RETRANSMISSION))

static void
check(const struct expectation *e)
{
	const struct segment s = {
		.findings = e->findings,
		.cause = (uint8_t)e->cause,
		.needed = (uint8_t)e->needed,
		.rexmit_n = 2,
		.rexmit_after = 250 * NSEC_PER_MS,
		.dup_ack = 4,
	};
	char out[256];

	segment_notes(out, sizeof(out), &s);
	if (strcmp(out, e->notes) != 0)
		fail_msg("expected \"%s\", not \"%s\"", e->notes, out);
}

static void
test_retransmissions(void **state)
{
	static const struct expectation all[] = {
		{RETX, CAUSE_RTO, NEEDED_UNKNOWN, "[Retransmission RTO #2 +250ms]"},
		{RETX, CAUSE_RTO, NEEDED_YES, "[Retransmission RTO #2 +250ms, needed]"},
		{SPURIOUS, CAUSE_TLP, NEEDED_NO,
		 "[Spurious Retransmission TLP #2 +250ms, not needed]"},
		{RETX, CAUSE_SYN, NEEDED_UNKNOWN, "[Retransmission SYN #2 +250ms]"},
		{RETX, CAUSE_SYN_ACK, NEEDED_UNKNOWN, "[Retransmission SYN-ACK #2 +250ms]"},
		{RETX, CAUSE_FIN, NEEDED_UNKNOWN, "[Retransmission FIN #2 +250ms]"},
		{RETX, CAUSE_RECOVERY, NEEDED_UNKNOWN, "[Retransmission recovery #2 +250ms]"},
		{RETX, CAUSE_PMTU, NEEDED_UNKNOWN, "[Retransmission path MTU #2 +250ms]"},
		{RETX, CAUSE_TFO, NEEDED_UNKNOWN, "[Retransmission TFO #2 +250ms]"},
		{RETX, CAUSE_UNKNOWN, NEEDED_UNKNOWN, "[Retransmission ? #2 +250ms]"},
		{FINDING(F_ZERO_WINDOW_PROBE), CAUSE_PROBE, NEEDED_UNKNOWN,
		 "[Zero Window Probe #2 +250ms]"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		check(&all[i]);
}

/* The cause is named once, and not as a mechanism that is unknown: without SACK it cannot be
 * RACK. */
static void
test_fast(void **state)
{
	static const struct expectation all[] = {
		{FAST_RETX, CAUSE_FAST, NEEDED_YES, "[Fast Retransmission #2 +250ms, needed]"},
		{FAST_RETX | SPURIOUS, CAUSE_FAST, NEEDED_NO,
		 "[Fast Retransmission #2 +250ms, not needed]"},
		{SPURIOUS, CAUSE_FAST, NEEDED_NO,
		 "[Spurious Retransmission fast #2 +250ms, not needed]"},
		{FAST_RETX, CAUSE_RECOVERY, NEEDED_UNKNOWN,
		 "[Fast Retransmission recovery #2 +250ms]"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		check(&all[i]);
}

static void
test_other_findings(void **state)
{
	static const struct expectation all[] = {
		{0, CAUSE_NONE, NEEDED_UNKNOWN, ""},
		{FINDING(F_DUPLICATE_ACK), CAUSE_NONE, NEEDED_UNKNOWN, "[Dup ACK 4]"},
		{FINDING(F_OUT_OF_ORDER) | FINDING(F_WINDOW_FULL), CAUSE_NONE, NEEDED_UNKNOWN,
		 "[Out-Of-Order] [Window Full]"},
		{RETX | FINDING(F_WINDOW_FULL), CAUSE_RTO, NEEDED_UNKNOWN,
		 "[Retransmission RTO #2 +250ms] [Window Full]"},
		/* without a cause nothing is known of the repetition */
		{RETX, CAUSE_NONE, NEEDED_UNKNOWN, "[Retransmission]"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		check(&all[i]);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_retransmissions),
	cmocka_unit_test(test_fast),
	cmocka_unit_test(test_other_findings),
};

UNIT_MAIN(tests)
