/* SPDX-License-Identifier: MIT */
/* verdict_words: shared by the files with the texts of verdicts. */
#ifndef TCPLENS_VERDICT_WORDS_H
#define TCPLENS_VERDICT_WORDS_H

#include "model/model.h"

#define ROW_COLUMNS 28 /* maximum width of a verdict's text in a row */

/* What a text is made from. The buffers hold the arguments of its format. */
struct words {
	struct text *t;
	const struct verdict *v;
	const struct conn_facts *f;
	unsigned n_spans;
	char end[64], peer[64], span[4][16], moment[32];
};

typedef void words_fn(struct words *w);

/* The texts of one verdict. */
struct phrases {
	words_fn *row;	    /* the distinguishing word first; does not repeat the state */
	words_fn *sentence; /* what was seen, then what it means */
	words_fn *check;    /* what to look at next */
};

/* verdict_words_open.c */
extern const struct phrases words_refused, words_rejected, words_no_answer,
	words_syn_ack_unanswered, words_accept_queue_full, words_deferred_accept, words_syn_lost,
	words_two_answers, words_wrong_responder, words_port_reuse;
/* verdict_words_reset.c */
extern const struct phrases words_half_open, words_unknown_connection, words_reset,
	words_reset_after_close, words_reset_ignored, words_reset_suspect;
/* verdict_words_silence.c */
extern const struct phrases words_peer_silent, words_timed_out, words_keepalive, words_half_closed,
	words_unreachable;
/* verdict_words_transfer.c */
extern const struct phrases words_window_closed, words_window_retracted, words_loss,
	words_reordering, words_spurious, words_duplicates, words_acks_ignored, words_path_mtu,
	words_bad_checksum;
/* time_words.c */
extern const struct phrases words_receiver_limited, words_application_slow, words_delayed_ack,
	words_bufferbloat;
/* verdict_words_capture.c */
extern const struct phrases words_one_sided, words_midstream, words_capture_loss;

/* ---- pieces ---- */

/* The end that the verdict is about, and the other one: "10.0.0.9:5432". */
const char *words_end(struct words *w);
const char *words_peer(struct words *w);
/* The same without port. */
const char *words_host(struct words *w);
const char *words_peer_host(struct words *w);
/* The server's port. */
unsigned words_server_port(const struct words *w);
/* The host that sent an ICMP error. */
const char *words_sender(struct words *w, const struct icmp_notice *n);
/* What an ICMP error says. */
const char *words_icmp(const struct icmp_notice *n);
/* "host unreachable by 10.0.0.1", where a row has room for it. */
void words_icmp_row(struct words *w, const struct icmp_notice *n);
/* A duration; valid for the next three calls. */
const char *words_span(struct words *w, nsec duration);
/* A count within int, for ngettext. */
int words_count(uint64_t n);
/* Adds "; " between two clauses. */
void words_semicolon(struct words *w);
/* Adds one of two phrases, by the side that the verdict is about. */
void words_by_side(struct words *w, const char *client, const char *server);
/* What a reset answers: "data", "a keep-alive". */
const char *words_answered(enum answered a);
/* Adds when the sender tries again, and when it gives up. */
void words_forecast(struct words *w, const struct forecast *f);

#endif
