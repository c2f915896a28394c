/* SPDX-License-Identifier: MIT */
/*
 * words: the enumerations of the analysis and the words for them, spelled as in ss, Wireshark and
 * the JSON lines. Names are constant strings; what is marked N_() is translated by whoever shows
 * it.
 */
#ifndef TCPLENS_CORE_WORDS_H
#define TCPLENS_CORE_WORDS_H

#include <stdbool.h>
#include <stdint.h>

enum side { CLIENT, SERVER };

/* RFC 9293 3.3.2, and UNKNOWN for an end of which nothing was seen. */
enum tcp_state {
	TCP_UNKNOWN,
	TCP_LISTEN,
	TCP_SYN_SENT,
	TCP_SYN_RECV,
	TCP_ESTAB,
	TCP_FIN_WAIT_1,
	TCP_FIN_WAIT_2,
	TCP_CLOSE_WAIT,
	TCP_CLOSING,
	TCP_LAST_ACK,
	TCP_TIME_WAIT,
	TCP_CLOSED,
	TCP_STATE_COUNT,
};

/* The word of a connection's row: the more telling end's state, or how it ended on the wire. */
enum conn_state {
	CONN_SYN_SENT,
	CONN_SYN_RECV,
	CONN_ESTAB,
	CONN_FIN_WAIT_1,
	CONN_FIN_WAIT_2,
	CONN_CLOSE_WAIT,
	CONN_CLOSING,
	CONN_LAST_ACK,
	CONN_TIME_WAIT,
	CONN_CLOSED,
	CONN_REFUSED,
	CONN_REJECTED,
	CONN_NO_ANSWER,
	CONN_RESET,
	CONN_TIMED_OUT,
	CONN_MIDSTREAM,
	CONN_STATE_COUNT,
};

enum end_cause {
	END_OPEN,
	END_CLOSED,
	END_REFUSED,
	END_REJECTED,
	END_NO_ANSWER,
	END_RESET,
	END_TIMED_OUT,
	END_EVICTED,
	END_CAUSE_COUNT,
};

/* Wireshark's completeness bits. */
enum {
	COMPLETE_SYN = 1,
	COMPLETE_SYN_ACK = 2,
	COMPLETE_ACK = 4,
	COMPLETE_DATA = 8,
	COMPLETE_FIN = 16,
	COMPLETE_RST = 32,
};

/* Findings of a segment: bit i of `findings` is row i of the table in analysis/findings.c. */
enum finding {
	F_RETRANSMISSION,
	F_FAST_RETRANSMISSION,
	F_SPURIOUS_RETRANSMISSION,
	F_OUT_OF_ORDER,
	F_LOST_SEGMENT,
	F_ACK_LOST_SEGMENT,
	F_DUPLICATE_ACK,
	F_ZERO_WINDOW,
	F_ZERO_WINDOW_PROBE,
	F_ZERO_WINDOW_PROBE_ACK,
	F_WINDOW_FULL,
	F_WINDOW_UPDATE,
	F_KEEP_ALIVE,
	F_KEEP_ALIVE_ACK,
	F_REUSED_PORTS,
	F_DUPLICATE_PACKET,
	F_CHALLENGE_ACK,
	F_RE_ACK,
	F_DSACK,
	FINDING_COUNT,
};
#define FINDING(f) (UINT32_C(1) << (f))

/* Why bytes were sent again (the JSON words are those of cause_name()). */
enum cause {
	CAUSE_NONE,
	CAUSE_SYN,
	CAUSE_SYN_ACK,
	CAUSE_FIN,
	CAUSE_RTO,
	CAUSE_TLP,
	CAUSE_FAST,
	CAUSE_RECOVERY,
	CAUSE_PMTU,
	CAUSE_TFO,
	CAUSE_PROBE,
	CAUSE_UNKNOWN,
	CAUSE_COUNT,
};

enum needed { NEEDED_UNKNOWN, NEEDED_YES, NEEDED_NO };

/* Which timer of a sender runs now. */
enum timer_kind {
	TIMER_NONE,
	TIMER_SYN,
	TIMER_SYN_ACK,
	TIMER_RTO,
	TIMER_TLP,
	TIMER_PERSIST,
	TIMER_KEEPALIVE,
	TIMER_KIND_COUNT,
};

/* Where a connection's time goes: what ended each gap between its segments. The first four are all
 * that a connection of requests and answers needs. */
enum time_class {
	TIME_HANDSHAKE,
	TIME_NETWORK, /* on the way between the hosts */
	TIME_SERVER,  /* the server's application, between a request and its answer */
	TIME_CLIENT,  /* the client's application, between an answer and the next request */
	TIME_PAUSE,   /* nothing to send and nothing awaited */
	TIME_SENDER_APPLICATION, /* data in flight, but the sender gives too little */
	TIME_RECEIVER_WINDOW,	 /* the receiver's window is too small */
	TIME_WINDOW_CLOSED,	 /* the receiver's window is closed */
	TIME_CONGESTION,	 /* sender's congestion window, or the path */
	TIME_RECOVERY_RTO,	 /* time-outs, probes and the wait for them */
	TIME_RECOVERY_FAST,	 /* recovery without a time-out */
	TIME_NAGLE,		 /* a small segment waits for the ACK of the one before it */
	TIME_IDLE,		 /* long silence, or silence until the end */
	TIME_UNKNOWN,		 /* the capture lacks what is needed */
	TIME_CLASS_COUNT,
};

enum severity { SEV_NONE, SEV_NOTE, SEV_WARNING, SEV_ERROR };

enum verdict_code {
	V_REFUSED,
	V_REJECTED,
	V_NO_ANSWER,
	V_SYN_ACK_UNANSWERED,
	V_ACCEPT_QUEUE_FULL,
	V_SYN_LOST,
	V_HALF_OPEN,
	V_RESET,
	V_RESET_AFTER_CLOSE,
	V_RESET_SUSPECT,
	V_PEER_SILENT,
	V_TIMED_OUT,
	V_WINDOW_CLOSED,
	V_RECEIVER_LIMITED,
	V_APPLICATION_SLOW,
	V_LOSS,
	V_REORDERING,
	V_SPURIOUS,
	V_DUPLICATES,
	V_PATH_MTU,
	V_KEEPALIVE_UNANSWERED,
	V_DELAYED_ACK,
	V_BUFFERBLOAT,
	V_HALF_CLOSED,
	V_PORT_REUSE,
	V_ONE_SIDED,
	V_MIDSTREAM,
	V_CAPTURE_LOSS,
	V_RESET_IGNORED,
	V_UNKNOWN_CONNECTION,
	V_WRONG_RESPONDER,
	V_TWO_ANSWERS,
	V_ACKS_IGNORED,
	V_WINDOW_RETRACTED,
	V_UNREACHABLE,
	V_BAD_CHECKSUM,
	V_DEFERRED_ACCEPT,
	VERDICT_COUNT,
};
#define VERDICT(v) (UINT64_C(1) << (v))

/* ---- names and tables ---- */
const char *tcp_state_name(enum tcp_state s);	/* ss spelling: "SYN-SENT" … */
const char *conn_state_name(enum conn_state s);
const char *end_cause_name(enum end_cause c);	/* "refused" … */
const char *cause_name(enum cause c);		/* "syn-ack" …; NULL for CAUSE_NONE */
const char *timer_kind_name(enum timer_kind k);
const char *time_class_name(enum time_class t); /* JSON: "receiver_window" … */
const char *time_class_help(enum time_class t); /* N_() */
const char *verdict_name(enum verdict_code v);	/* "refused" … */
enum severity verdict_severity(enum verdict_code v); /* its usual one */
/* Whether this version can conclude it; the others are words of the contract only. */
bool verdict_has_rule(enum verdict_code v);
const char *verdict_help(enum verdict_code v);	/* N_(): what it says and from what */
const char *severity_name(enum severity s);	/* "error" "warning" "note" "none" */
char severity_letter(enum severity s);		/* 'E' 'W' 'N' ' ' */
/* In any case of letters; only those that have a rule. */
bool verdict_by_name(const char *name, enum verdict_code *out);
bool conn_state_by_name(const char *name, enum conn_state *out); /* any case */

struct finding_info {
	const char *name;  /* JSON and filter word: "duplicate-ack" */
	const char *label; /* N_() for the Notes column: "Dup ACK" */
	const char *help;  /* N_() what it means and how it is decided, with the RFC section */
	enum severity severity;
};
const struct finding_info *finding_info(enum finding f);
const char *tcp_state_help(enum tcp_state s);	/* N_() what it means for that end */
const char *conn_state_help(enum conn_state s); /* N_() */

#endif
