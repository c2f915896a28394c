/* SPDX-License-Identifier: MIT */
/* verdict_case: what the tests of verdicts share: a pair of ends, and a look at the connection. */
#ifndef TCPLENS_TESTS_VERDICT_CASE_H
#define TCPLENS_TESTS_VERDICT_CASE_H

#include "pkt.h"

#define BEGIN(w, c)                                                                                \
	struct watch w;                                                                            \
	struct pair c;                                                                             \
	struct conn_detail d;                                                                      \
	watch_open(&w);                                                                            \
	pair_init(&c, &w, ISN(state))

#define LOOK(c, at) (d = pair_detail(&(c), at))

#define assert_verdict(v)     assert_non_null(verdict_of(&d, v))
#define assert_no_verdict(v)  assert_null(verdict_of(&d, v))
#define assert_severity(v, s) assert_int_equal(verdict_of(&d, v)->severity, s)

#define assert_evidence(v, frame) assert_evidence_at(v, frame, __FILE__, __LINE__)

static inline void
assert_evidence_at(const struct verdict *v, uint64_t frame, const char *file, int line)
{
	for (int i = 0; i < v->n_frames; i++)
		if (v->frames[i] == frame)
			return;
	print_error("frame %llu is not among the evidence\n", (unsigned long long)frame);
	_fail(file, line);
}

#endif
