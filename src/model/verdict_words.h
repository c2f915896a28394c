/* SPDX-License-Identifier: MIT */
/* verdict_words: what the files that put verdicts in words share. */
#ifndef TCPLENS_VERDICT_WORDS_H
#define TCPLENS_VERDICT_WORDS_H

#include "model/model.h"

/* What a sentence is made from. The buffers hold the pieces that its format refers to. */
struct words {
	struct text *t;
	const struct verdict *v;
	const struct conn_facts *f;
	nsec now;
	unsigned n_spans;
	char who[64], whom[64], span[4][16], moment[32];
};

/* The end that the verdict is about, and the other one: "10.0.0.9:5432". */
const char *words_who(struct words *w);
const char *words_peer(struct words *w);
/* The host that sent an ICMP error. */
const char *words_sender(struct words *w, const struct icmp_notice *n);
/* A duration; valid until four others were put in words. */
const char *words_span(struct words *w, nsec duration);
/* A count within int, for ngettext. */
int words_count(uint64_t n);
/* Between two clauses. */
void words_semicolon(struct words *w);
/* One of two whole phrases, by the side that the verdict is about. */
void words_by_side(struct words *w, const char *client, const char *server);

/* verdict_path.c: in a few words (_short) and in a sentence. */
void words_window_closed_short(struct words *w);
void words_window_closed(struct words *w);
void words_loss_short(struct words *w);
void words_loss(struct words *w);
void words_reordering_short(struct words *w);
void words_reordering(struct words *w);
void words_spurious_short(struct words *w);
void words_spurious(struct words *w);
void words_duplicates_short(struct words *w);
void words_duplicates(struct words *w);
void words_path_mtu_short(struct words *w);
void words_path_mtu(struct words *w);
void words_half_closed_short(struct words *w);
void words_half_closed(struct words *w);
void words_port_reuse_short(struct words *w);
void words_port_reuse(struct words *w);
void words_one_sided_short(struct words *w);
void words_one_sided(struct words *w);
void words_midstream_short(struct words *w);
void words_midstream(struct words *w);
void words_capture_loss_short(struct words *w);
void words_capture_loss(struct words *w);

/* time_words.c */
void words_receiver_limited_short(struct words *w);
void words_receiver_limited(struct words *w);
void words_application_slow_short(struct words *w);
void words_application_slow(struct words *w);
void words_delayed_ack_short(struct words *w);
void words_delayed_ack(struct words *w);
void words_bufferbloat_short(struct words *w);
void words_bufferbloat(struct words *w);

#endif
