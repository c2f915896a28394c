/* SPDX-License-Identifier: MIT */
/*
 * cold_parts: PRIVATE to the core. What an endpoint or a connection keeps only once something out
 * of the ordinary happens to it. Made by cold.c.
 */
#ifndef TCPLENS_CORE_FLOW_COLD_PARTS_H
#define TCPLENS_CORE_FLOW_COLD_PARTS_H

#include "core/facts.h"

/* Microseconds in the width in which the Linux kernel counts them. */
typedef int32_t usec32;

/* A frame of a connection, counted from its first frame, starting at 1. 0: none, or so far on that
 * it does not fit. */
typedef uint32_t frame_mark;

/* ---- what only a sender with losses needs ---- */

/* A retransmission of which it is, or was lately, still open whether it was needed. */
struct retx {
	seqno seq, end;
	nsec ts;
	nsec prev_ts;	 /* transmission before it */
	uint64_t frame;
	uint64_t proved; /* frame of the D-SACK that proved it needless, 0 none */
	nsec decided;	 /* when `needed` got its present value */
	uint32_t tsval;	 /* valid with has_ts */
	uint32_t log;	 /* number in the segment history */
	uint16_t ip_id;
	uint16_t n;	       /* ordinal of the repetition, starting at 1 */
	uint8_t cause, needed; /* enum cause, enum needed */
	uint8_t copies;	       /* made by the network and not yet reported by D-SACKs */
	bool has_ts, open;     /* open: `needed` may still change */
	bool hole;	       /* its original was never captured */
};

/* Bytes that the stream jumped over and that were not captured (yet). */
struct hole {
	seqno seq, end;
	nsec ts;	/* when the segment behind it was captured */
	uint64_t frame; /* that segment */
	uint32_t log;	/* its number in the history */
	uint32_t tsval; /* its TSval */
	uint16_t ip_id; /* its IP ID */
	nsec acked_ts;	/* when the peer acknowledged the bytes that the capture lacks */
};

#define RETX_MAX 32
#define HOLE_MAX 16

/* Attempts of the same bytes, one after the other. */
struct ladder {
	seqno seq;
	uint8_t n, cause; /* gaps; enum cause */
	uint8_t timeouts; /* attempts made by the retransmission timer, saturating */
	bool tlp_first;	  /* the first attempt was a tail-loss probe */
	bool answered;	  /* the bytes are acknowledged, or the probes answered */
	nsec start, last; /* first transmission, latest attempt */
	uint64_t frame;	  /* of the first transmission */
	uint32_t rto_gap_us;		/* the latest gap, if it ended in a time-out; else 0 */
	uint32_t gap_us[LADDER_MAX];	/* measured intervals */
	uint32_t armed_us[LADDER_MAX];	/* what the timer was armed for; 0: not made by a timer */
};

/* From the pool at the first retransmission or hole. The lists grow up to RETX_MAX, HOLE_MAX. */
struct retransmit_log {
	struct retx *retx;  /* ring; the oldest is at retx_at once it is full */
	struct hole *holes; /* oldest first */
	uint8_t n_retx, retx_at, retx_cap;
	uint8_t n_holes, hole_cap;
	struct ladder now, best; /* running, and the longest so far */
	nsec implied;		 /* time-out implied by the latest timer retransmission */
};

/* ---- an endpoint ---- */

/* Loss recovery (RFC 5681, 6675, 8985). */
struct recovery {
	nsec hint_ts; /* when the peer last hinted at a loss (SACK, duplicate or partial ACK) */
	nsec hint_first;     /* first hint of that run */
	nsec rto_first;	     /* first time-out retransmission of this episode, 0 none */
	nsec left_ts;	     /* when left_state was left */
	seqno point;	     /* RecoveryPoint: SND.NXT when the episode began */
	seqno tlp_end;	     /* SND.NXT when the tail-loss probe was sent */
	seqno rejected_end;  /* the peer got everything up to here and took nothing (PAWS) */
	uint32_t hint_tsval; /* TSval of hint_first, with H_HINT_TS */
	uint16_t peer_dups;  /* duplicate ACKs for una, those with news in SACK included */
	uint16_t plain_dups; /* those without SACK */
	uint8_t left_state;  /* enum ca_state before the present one */
};

/* What its ladders taught of the sender's retransmission timer. */
struct backoff {
	usec32 rto_max; /* upper limit of the time-out; 0: Linux's 120 s */
	bool linear;	/* its first time-outs do not double (tcp_thin_linear_timeouts) */
	bool fixed;	/* none of its time-outs doubles */
	bool no_tlp;	/* it sends no tail-loss probes */
};

/* Probes of an idle peer (RFC 9293 3.8.4). */
struct keepalive {
	nsec last_ts;
	nsec active; /* its latest packet before a run of keep-alives and answers to them */
	nsec spoke;  /* its latest packet before a run of keep-alives */
	nsec gap;  /* interval between two probes, 0 unknown */
	nsec idle; /* silence before the first probe */
	uint16_t probes;
	uint8_t unanswered; /* in a row, saturating */
};

/* A closed window (RFC 9293 3.8.6.1) that this endpoint advertises, and its own probes. */
struct zero_window {
	nsec since;	  /* closed since, 0 open */
	nsec total;	  /* closed in all before that */
	nsec small;	  /* open in all, but too small to send into */
	nsec until;	  /* when it last opened again */
	nsec began;	  /* when it was last closed, by `frame` */
	frame_mark frame;
	uint16_t closures;
	uint16_t in_loop;    /* ACKs without data that answered one another while it was closed */
	uint16_t probes_all; /* window probes sent to the peer */
	uint8_t probes_sent; /* to the peer since the peer's window closed */
	bool from_syn_ack;   /* closed since its SYN-ACK */
	bool hole;	     /* bytes are missing below what it has */
};

/* Room that was offered and taken back, below what had been sent. */
struct window_retraction {
	nsec ts;
	seqno from, to; /* what had been sent beyond the new edge, at last */
	uint32_t bytes; /* the farthest that the edge moved */
	frame_mark frame;
	uint16_t times;
};

/* Repetitions of bytes whose ACK had been captured on its way. */
struct ignored_acks {
	nsec ts; /* latest of the longest run */
	seqno seq;
	frame_mark frame;
	uint16_t run, longest; /* of the same bytes */
};

/* Bytes that did not get through in one piece, and the smaller piece that was tried then. */
struct path_recut {
	uint32_t failed, tried; /* payload bytes */
	seqno end;		/* of the smaller one */
	uint8_t attempts;	/* of the larger one */
};

/* An ACK without data shows that its sender has sent more than was captured. */
struct unseen_sent {
	nsec ts; /* 0: nothing */
	seqno to;
};

/* Where tracking was resumed behind a gap of the capture wider than the window. */
struct capture_jump {
	nsec ts;
	seqno from, to; /* SND.NXT before and after */
	seqno una;	/* SND.UNA before */
	uint32_t log;	/* the segment that showed the gap, its number in the history */
	bool by_ack;	/* an ACK of the peer showed it */
	bool pending;	/* the next segments may still show that there was none */
};

/* The latest SYN or SYN-ACK where it is not the first one. */
struct syn_repeat {
	uint16_t by_timer;  /* SYN-ACKs that no repeated SYN brought about */
	uint16_t after_ack; /* those of them that came after the client's ACK */
	bool late;	    /* the first of these came later than any timer */
	bool ack_echoed;    /* one of them echoes the time stamp of that ACK */
	nsec last_ts; /* 0: the first is the latest */
	frame_mark last_frame;
	seqno refused_end; /* end of the SYN's data that the server did not take (RFC 7413) */
};

/* The first of two SYN-ACKs with different ISNs, until the client's ACK tells which one it took. */
struct syn_ack_other {
	seqno isn;
	uint32_t flags; /* H_OPTS, H_SACK_OK, H_TS_OK */
	uint16_t mss;
	int8_t wscale;
	bool known;
};

/* Retransmissions of data and FINs that may have been needed: for losses, as far as is known. */
struct lost {
	uint32_t by_cause[CAUSE_COUNT];
	uint32_t before; /* of them, those whose original was lost before the capture point */
};

/* What the sink was last told of this endpoint's timer. */
struct timer_emitted {
	nsec due, rto;
	uint8_t kind, attempt;
};

/* The cold part of an endpoint: what it needs once something out of the ordinary happens. From the
 * pool at its first change; until then half.cold points to half_cold_none, where all is 0. */
struct half_cold {
	struct recovery recovery;
	struct capture_jump jump;
	struct backoff backoff;
	struct keepalive keepalive;
	struct zero_window zero_window;
	struct window_retraction retraction;
	struct ignored_acks ignored;
	struct path_recut recut;
	struct unseen_sent unseen;
	uint32_t bad_checksums;
	uint32_t spurious_syns; /* of `spurious`, SYNs and SYN-ACKs */
	struct syn_repeat syn_repeat;
	struct syn_ack_other syn_ack_other;
	struct timer_emitted emitted;
	nsec closed_got;     /* when it got its latest packet before it closed; 0 none since */
	uint64_t retransmitted_bytes;
	uint32_t spurious, out_of_order, duplicate_acks, zero_windows;
	uint32_t window_full, window_updates, keep_alives, duplicates;
	struct lost lost;
	uint32_t by_cause[CAUSE_COUNT]; /* see cold_retransmissions() */
	uint8_t n_open; /* retransmissions whose need is still open, saturating */
	struct retransmit_log *retransmit_log;
};
extern const struct half_cold half_cold_none;

/* ---- a connection ---- */

/* What became of a reset. */
enum reset_fate {
	FATE_NONE,     /* there was none */
	FATE_TAKEN,    /* it ended the connection */
	FATE_LATE,     /* both ends had finished before */
	FATE_REFUSED,  /* its receiver does not accept it (RFC 9293 3.10.7.4) */
	FATE_UNHEEDED, /* its receiver went on as if it had not come */
	FATE_DISOWNED, /* its supposed sender went on as if it had not sent it */
};

/* What an ICMP error means for the connection. */
enum icmp_role {
	ICMP_NOTED,	/* nothing */
	ICMP_REJECTS,	/* it quotes a SYN that was not answered */
	ICMP_HINDERS,	/* segments do not get through */
	ICMP_TOO_LARGE, /* a segment is too large for the path */
	ICMP_ROLE_COUNT,
};

struct icmp_kept {
	struct icmp_record record;
	uint8_t role; /* enum icmp_role */
};

/* From the pool at the first ICMP error. */
struct icmp_log {
	struct icmp_kept latest[ICMP_KEPT]; /* ring; the oldest is at `at` once it is full */
	uint8_t n, at;
	uint32_t count[ICMP_ROLE_COUNT];
	uint32_t repeats_before; /* retransmissions of the hindered end when the first came */
};

/* The reset that counts most, or else the latest one, and what stood before it. */
struct reset_record {
	nsec ts;
	nsec silence; /* since the packet of its sender before it; −1: none was captured */
	nsec idle;    /* since the latest packet of either end; −1: there was none */
	nsec went_on; /* FATE_UNHEEDED, FATE_DISOWNED: when */
	uint64_t received; /* payload of its receiver that its sender acknowledged, with it too */
	frame_mark frame, answers; /* itself; the segment that it answers, 0 none */
	seqno seq, wanted; /* its number; RCV.NXT of its receiver, as far as known */
	seqno ack;	   /* what its sender had acknowledged */
	uint32_t late;	   /* bytes that came after its sender's FIN and were not acknowledged */
	uint32_t in_flight[2]; /* payload of each end that it leaves unacknowledged */
	uint16_t count;	   /* so many with this fate */
	uint8_t fate, answered; /* enum reset_fate, enum answered */
	uint8_t from;	   /* enum side */
	uint8_t state[2];  /* enum tcp_state of both ends before it */
	uint8_t probes, repeats; /* of its sender, not answered */
	uint8_t ttl, suspicion;	 /* enum suspicion */
	bool heard;	   /* its sender had sent anything but resets */
	bool met;	   /* its receiver had sent anything */
};

/* The cold part of a connection; from the pool at its first change, until then conn_cold_none. */
/* A SYN that met an older connection of its ports. */
struct syn_challenge {
	frame_mark frame; /* the latest answer */
	uint16_t count;	  /* ACKs of the older connection that answered it */
	uint64_t older;	  /* its id, 0: it was not captured */
};

/* A second SYN-ACK with another number to the same SYN. */
struct second_answer {
	nsec ts;    /* 0: none */
	nsec apart; /* after the first */
	frame_mark frame;
	bool late; /* the client had acknowledged the first */
};

/* A SYN-ACK that comes from another address or port than the SYN went to. */
struct other_responder {
	uint8_t addr[16]; /* of the server of the other connection */
	uint64_t related; /* its id, 0: none */
	uint16_t port;
	bool is_answer; /* this connection has the SYN-ACK, the other one the SYN */
};

struct conn_cold {
	struct syn_challenge challenge;
	struct second_answer second_answer;
	struct other_responder responder;
	struct reset_record reset;
	nsec prior_ended;	/* port reuse: latest packet of the older connection */
	nsec pmtu_ts;		/* latest ICMP "too big", 0 none */
	seqno pmtu_seq, pmtu_high; /* range it made the sender cut anew */
	uint64_t reported_verdicts; /* bit per code: what the totals counted for it */
	uint16_t pmtu;	       /* as ICMP said, 0: not said */
	uint16_t pmtu_ignored; /* repeats larger than allowed, since one that fitted */
	uint8_t pmtu_side;
	struct icmp_log *icmp; /* NULL: none came */
};
extern const struct conn_cold conn_cold_none;

union scratch {
	struct half_cold half_cold;
	struct conn_cold conn_cold;
};

#endif
