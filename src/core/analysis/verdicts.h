/* SPDX-License-Identifier: MIT */
/*
 * verdicts: what the files of predicates share. Private to core. A predicate looks at a connection
 * at one moment; true: it holds, and *v has the numbers of its sentence.
 */
#ifndef TCPLENS_CORE_VERDICTS_H
#define TCPLENS_CORE_VERDICTS_H

#include "core/flow/flow.h"

/* Adds a frame to the evidence; 0 and what is too many are left out. */
void verdict_evidence(struct verdict *v, uint64_t frame);
/* The retransmissions of a sender, oldest first. */
void verdict_evidence_retx(struct verdict *v, const struct half *h);

nsec verdict_ladder_time(const struct half *h);
bool verdict_silent_side(const struct conn *c, enum side *s);

/* ---- verdicts.c ---- */
/* The verdicts that hold at `now`, most telling first; returns how many, max at the most. */
size_t verdicts_of(const struct conn *c, nsec now, struct verdict *out, size_t max);
/* verdicts_of, asking only the predicates that need one of the signs; UINT_MAX: all of them. Both
 * find the same: that is for the tests to show. */
size_t verdicts_by_signs(const struct conn *c, nsec now, unsigned signs, struct verdict *out,
			 size_t max);

/* ---- verdict_transfer.c ---- */
bool verdict_window_closed(const struct conn *c, nsec now, struct verdict *v);
bool verdict_loss(const struct conn *c, nsec now, struct verdict *v);
bool verdict_reordering(const struct conn *c, nsec now, struct verdict *v);
bool verdict_spurious(const struct conn *c, nsec now, struct verdict *v);
bool verdict_duplicates(const struct conn *c, nsec now, struct verdict *v);
bool verdict_path_mtu(const struct conn *c, nsec now, struct verdict *v);
bool verdict_keepalive_unanswered(const struct conn *c, nsec now, struct verdict *v);
bool verdict_half_closed(const struct conn *c, nsec now, struct verdict *v);
bool verdict_port_reuse(const struct conn *c, nsec now, struct verdict *v);
bool verdict_one_sided(const struct conn *c, nsec now, struct verdict *v);
bool verdict_midstream(const struct conn *c, nsec now, struct verdict *v);
bool verdict_capture_loss(const struct conn *c, nsec now, struct verdict *v);

#endif
