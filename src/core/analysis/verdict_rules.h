/* SPDX-License-Identifier: MIT */
/*
 * verdict_rules: PRIVATE to the core. The predicates of the verdicts, one for each code. A
 * predicate looks at the connection at one moment and changes nothing. true: the verdict holds, and
 * *v has its numbers; false: *v is as it was. The severity is that of the table before; a predicate
 * may lower or raise it.
 */
#ifndef TCPLENS_CORE_VERDICT_RULES_H
#define TCPLENS_CORE_VERDICT_RULES_H

#include "core/analysis/verdict_evidence.h"

typedef bool verdict_fn(const struct verdict_input *in, struct verdict *v);

/* verdict_open.c */
verdict_fn verdict_refused, verdict_rejected, verdict_no_answer, verdict_syn_ack_unanswered,
	verdict_accept_queue_full, verdict_deferred_accept, verdict_syn_lost, verdict_two_answers,
	verdict_wrong_responder, verdict_port_reuse;
/* verdict_reset.c */
verdict_fn verdict_half_open, verdict_unknown_connection, verdict_reset,
	verdict_reset_after_close, verdict_reset_ignored, verdict_reset_suspect;
/* verdict_silence.c */
verdict_fn verdict_peer_silent, verdict_timed_out, verdict_keepalive_unanswered,
	verdict_half_closed, verdict_unreachable;
/* verdict_transfer.c */
verdict_fn verdict_window_closed, verdict_window_retracted, verdict_loss, verdict_reordering,
	verdict_spurious, verdict_duplicates, verdict_acks_ignored, verdict_bad_checksum;
/* verdict_path.c */
verdict_fn verdict_path_mtu;
/* Whether large segments of that end do not get through, without any ICMP. */
bool path_hole_holds(const struct verdict_input *in, enum side s);
/* verdict_time.c */
verdict_fn verdict_receiver_limited, verdict_application_slow, verdict_delayed_ack,
	verdict_bufferbloat;
/* verdict_capture.c */
verdict_fn verdict_one_sided, verdict_midstream, verdict_capture_loss;

#endif
