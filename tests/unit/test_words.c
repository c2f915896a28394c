/* SPDX-License-Identifier: MIT */
/*
 * test_words: what a verdict and a segment's findings say. Not covered: whether they are true
 * (tests of the engine), and other languages.
 */
#include "unit.h"

#include "model/model.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NOW (INT64_C(1488968618) * NSEC_PER_SEC) /* 10:23:38 UTC */
#define LONG 512

static void
set_addr(struct endpoint *e, const char *addr, uint16_t port)
{
	memset(e->addr, 0, 10);
	e->addr[10] = e->addr[11] = 0xff;
	assert_int_equal(inet_pton(AF_INET, addr, e->addr + 12), 1);
	e->port = port;
}

static struct conn_facts
facts(void)
{
	struct conn_facts f = {.id = 1, .ip_version = 4};

	set_addr(&f.end[CLIENT], "10.0.0.5", 51514);
	set_addr(&f.end[SERVER], "10.0.0.9", 5432);
	return f;
}

static void
says(const struct verdict *v, const char *brief, const char *sentence)
{
	const struct conn_facts f = facts();
	char out[LONG];

	assert_string_equal(verdict_short(out, sizeof(out), v, &f, NOW), brief);
	assert_string_equal(verdict_text(out, sizeof(out), v, &f, NOW), sentence);
}

static void
test_refused(void **state)
{
	const struct verdict v = {.code = V_REFUSED,
				  .severity = SEV_ERROR,
				  .side = SERVER,
				  .refused = {.syns = 1, .after = 23 * NSEC_PER_US}};

	(void)state;
	says(&v, "port closed (reset answered the SYN)",
	     "refused by 10.0.0.9 after 0.02ms: port closed");
}

static void
test_no_answer(void **state)
{
	struct verdict v = {
		.code = V_NO_ANSWER,
		.severity = SEV_ERROR,
		.side = CLIENT,
		.no_answer = {.syns = 6, .elapsed = 31 * NSEC_PER_SEC,
			      .forecast = {14800 * NSEC_PER_MS, NOW + 96 * NSEC_PER_SEC}},
	};

	(void)state;
	says(&v, "no answer to 6 SYNs",
	     "no answer to 6 SYNs in 31.0s; next attempt in 14.8s; gives up at 10:25:14");
	v.no_answer.forecast = (struct forecast){0, NSEC_NEVER};
	says(&v, "no answer to 6 SYNs", "no answer to 6 SYNs in 31.0s; next attempt due now");
	v.no_answer.syns = 1;
	v.no_answer.forecast.next = -1;
	says(&v, "no answer to 1 SYN", "no answer to 1 SYN in 31.0s");
	v.no_answer.gave_up = true;
	says(&v, "no answer to 1 SYN", "no answer to 1 SYN in 31.0s; the client has given up");
}

static void
test_rejected(void **state)
{
	struct verdict v = {.code = V_REJECTED,
			    .severity = SEV_ERROR,
			    .side = SERVER,
			    .rejected = {.icmp = {.version = 4, .type = 3, .code = 3},
					 .after = NSEC_PER_MS}};
	const struct conn_facts f = facts();
	char out[LONG], want[LONG];

	(void)state;
	memcpy(v.rejected.icmp.from, f.end[CLIENT].addr, 16);
	snprintf(want, sizeof(want), "rejected: %s", icmp_name(4, 3, 3));
	assert_string_equal(verdict_short(out, sizeof(out), &v, &f, NOW), want);
	verdict_text(out, sizeof(out), &v, &f, NOW);
	assert_non_null(strstr(out, "said by 10.0.0.5 on the way"));
	assert_non_null(strstr(out, "ICMP 3/3"));
}

static void
test_window_closed(void **state)
{
	struct verdict v = {.code = V_WINDOW_CLOSED,
			    .severity = SEV_WARNING,
			    .side = SERVER,
			    .window_closed = {.closed_for = 3100 * NSEC_PER_MS,
					      .total = 4 * NSEC_PER_SEC,
					      .times = 2,
					      .probes = 3}};

	(void)state;
	says(&v, "receiver not reading: window 0 for 3.1s",
	     "10.0.0.9:5432 is not reading: its window has been 0 for 3.1s; 3 window probes");
	v.window_closed.closed_for = 0;
	v.window_closed.probes = 0;
	says(&v, "receiver did not read: window 0 for 4.0s",
	     "10.0.0.9:5432 did not read: its window was 0 2 times, for 4.0s in total");
}

static void
test_peer_silent(void **state)
{
	struct verdict v = {.code = V_PEER_SILENT,
			    .severity = SEV_ERROR,
			    .side = CLIENT,
			    .silence = {.repeats = 5,
					.silence = 6 * NSEC_PER_SEC,
					.forecast = {NSEC_PER_SEC, NSEC_NEVER}}};

	(void)state;
	says(&v, "peer silent: 5 retransmissions",
	     "10.0.0.5:51514 sent the same data 5 times more; nothing from 10.0.0.9:5432 for 6.0s; "
	     "next attempt in 1.0s");
}

static void
test_loss(void **state)
{
	const struct verdict v = {.code = V_LOSS,
				  .severity = SEV_WARNING,
				  .side = CLIENT,
				  .loss = {.lost = 25,
					   .segments = 1000,
					   .by_timeout = 4,
					   .fast = 21}};

	(void)state;
	says(&v, "loss 2.5%: 25 of 1000 segments",
	     "10.0.0.5:51514 sent 25 of 1000 segments again (2.5%): 4 by time-out, 21 fast");
}

/* Every code says something whole, whatever its numbers: all bytes of them 0, or all 1. */
static void
test_all(void **state)
{
	const struct conn_facts f = facts();
	struct verdict v;

	(void)state;
	for (int i = 0; i < VERDICT_COUNT * 4; i++) {
		char brief[LONG], sentence[LONG], tiny[4];

		memset(&v, i / 2 % 2, sizeof(v));
		v.code = (uint8_t)(i / 4);
		v.side = (uint8_t)(i % 2);
		v.severity = SEV_ERROR;
		verdict_short(brief, sizeof(brief), &v, &f, NOW);
		verdict_text(sentence, sizeof(sentence), &v, &f, NOW);
		assert_true(strlen(brief) > 5 && strlen(sentence) > 5);
		assert_true(strlen(sentence) < 300);
		assert_null(strchr(sentence, '\n'));
		assert_null(strstr(sentence, "(null)"));
		assert_true(strlen(verdict_text(tiny, sizeof(tiny), &v, &f, NOW)) < 4);
	}
}

static void
test_nothing_wrong(void **state)
{
	const struct verdict v = {.severity = SEV_NONE};

	(void)state;
	says(&v, "", "");
}

static void
test_notes(void **state)
{
	struct segment s = {.findings = 0};
	char out[LONG], want[LONG];

	(void)state;
	assert_string_equal(segment_notes(out, sizeof(out), &s), "");

	s.findings = FINDING(F_RETRANSMISSION);
	s.cause = CAUSE_RTO;
	s.rexmit_n = 3;
	s.rexmit_after = NSEC_PER_SEC;
	snprintf(want, sizeof(want), "[%s RTO #3 +1.0s]", finding_info(F_RETRANSMISSION)->label);
	assert_string_equal(segment_notes(out, sizeof(out), &s), want);

	s.needed = NEEDED_NO;
	s.findings |= FINDING(F_SPURIOUS_RETRANSMISSION) | FINDING(F_ZERO_WINDOW);
	snprintf(want, sizeof(want), "[%s RTO #3 +1.0s, not needed] [%s]",
		 finding_info(F_SPURIOUS_RETRANSMISSION)->label,
		 finding_info(F_ZERO_WINDOW)->label);
	assert_string_equal(segment_notes(out, sizeof(out), &s), want);

	s = (struct segment){.findings = FINDING(F_DUPLICATE_ACK), .dup_ack = 3};
	snprintf(want, sizeof(want), "[%s 3]", finding_info(F_DUPLICATE_ACK)->label);
	assert_string_equal(segment_notes(out, sizeof(out), &s), want);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_refused),	      cmocka_unit_test(test_no_answer),
	cmocka_unit_test(test_rejected),      cmocka_unit_test(test_window_closed),
	cmocka_unit_test(test_peer_silent),   cmocka_unit_test(test_loss),
	cmocka_unit_test(test_all),	      cmocka_unit_test(test_nothing_wrong),
	cmocka_unit_test(test_notes),
};

int
main(void)
{
	setenv("TZ", "UTC", 1);
	tzset();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
