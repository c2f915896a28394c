/* SPDX-License-Identifier: MIT */
/*
 * core: TCP connections as one capture point sees them. Deterministic: input is decoded packets and
 * the time, output is facts copied on request. No clock, no I/O, no gettext, no capture library.
 *
 * Threads: one thread ingests, any may ask. The lock is inside engine.c; every call here is one
 * critical section with an upper bound of work.
 */
#ifndef TCPLENS_CORE_H
#define TCPLENS_CORE_H

#include "net/net.h"

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

/* Findings of a segment: bit i of `findings` is row i of the table in rules.c. */
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

/* Why bytes were sent again (tcp.md's D5; JSON words in cause_name). */
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
	VERDICT_COUNT,
};

/* A connection's handle: stays right when the slot is used again (then it names nobody). */
struct connref {
	uint32_t slot, gen;
};

static inline bool
connref_equal(struct connref a, struct connref b)
{
	return a.slot == b.slot && a.gen == b.gen;
}

struct endpoint {
	uint8_t addr[16]; /* network order, IPv4 as v4-mapped */
	uint16_t port;
};

#define VERDICT_FRAMES 8

/* One diagnosis. The sentence is made from these by the model layer, in the user's language; what
 * n, d and side hold for each code is said beside its predicate in verdicts.c. */
struct verdict {
	uint8_t code;	  /* enum verdict_code */
	uint8_t severity; /* enum severity */
	bool likely;	  /* there is doubt: say "likely" */
	uint8_t side;	  /* enum side the sentence is about */
	uint8_t variant;  /* of the sentence, per code */
	uint8_t n_frames;
	nsec time; /* when it became true */
	int64_t n[4];
	nsec d[4];
	uint8_t icmp_version, icmp_type, icmp_code;
	uint8_t addr[16]; /* the host that sent the answer, where it is not the peer */
	uint64_t frames[VERDICT_FRAMES]; /* the evidence: frame numbers */
};

/* A sender's retransmission timer, computed from the packets' own time. */
struct timer_facts {
	uint8_t kind;	 /* enum timer_kind */
	uint32_t attempt; /* which attempt is due: 1 = the first retransmission or probe */
	nsec due;	 /* earliest; NSEC_NEVER unknown */
	nsec due_latest; /* with the timer wheel's lateness */
	nsec gives_up;	 /* when the sender ends it all; NSEC_NEVER unknown */
	nsec rto;	 /* as it stands, back-off included; -1 unknown */
	nsec srtt, rttvar; /* -1 unknown */
};

struct rtt_facts {
	nsec min, max, sum; /* of the half path capture → peer → capture; -1 where samples is 0 */
	nsec srtt, rttvar;  /* RFC 6298's as this end has them, of the whole way; -1 */
	uint64_t samples;
};

/* One sender: what this end sent and what was agreed for it. */
struct half_facts {
	uint8_t state; /* enum tcp_state */
	int8_t sack, timestamps; /* 1 offered, 0 not, -1 unknown */
	int8_t wscale;		 /* 0…14 offered, -1 not offered, -2 unknown */
	bool scaled;		 /* window is scaled by both offers; false with wscale -2: "×?" */
	uint8_t ttl;		 /* of its packets; 0 none seen */
	int32_t mss;		 /* bytes, -1 unknown */
	seqno isn;
	uint64_t segments, bytes, unique_bytes, retransmitted_bytes;
	uint32_t retransmissions, spurious, out_of_order, duplicate_acks, zero_windows, window_full,
		window_updates, keep_alives, duplicates;
	uint32_t by_cause[CAUSE_COUNT];
	nsec zero_window_time;	/* closed in total, up to `now` while it is closed */
	nsec zero_window_since; /* 0: open */
	uint32_t syn, fin, rst;
	uint32_t window;	/* bytes it offers now */
	uint32_t in_flight;	/* its bytes not yet acknowledged */
	uint64_t rate;		/* payload bytes per second, recent */
	nsec last_sent;		/* 0 never */
	struct rtt_facts rtt;
	struct timer_facts timer;
};

/* What a list, a filter or a sort may know of a connection. */
struct conn_facts {
	struct connref ref;
	uint64_t id; /* from 1, never used again */
	struct endpoint end[2]; /* by enum side */
	uint8_t ip_version;
	bool roles_guessed;
	bool pinned;
	uint8_t state;	    /* enum conn_state */
	uint8_t end_cause;  /* enum end_cause */
	int8_t ended_by;    /* enum side, -1 nobody or unknown */
	uint8_t completeness;
	int32_t vlan; /* -1 none */
	uint32_t interface;
	nsec start, last;  /* first and latest packet */
	nsec ended;	   /* 0: not */
	nsec syn_to_synack, synack_to_ack; /* -1 unknown */
	struct half_facts half[2];
	uint8_t n_verdicts;
	struct verdict verdict; /* the most telling one; severity SEV_NONE: nothing wrong */
	uint64_t remembered;	/* segments in the history */
};

#define LADDER_MAX 24

/* The longest run of attempts of the same bytes by one end. */
struct ladder_facts {
	uint8_t n_gaps; /* 0: there is no ladder, and what follows says nothing */
	nsec gaps[LADDER_MAX];	/* the intervals between the attempts */
	uint8_t ladder_cause;	/* enum cause of that run */
	uint8_t n_expected;
	nsec expected[LADDER_MAX]; /* the same run by the sender's rules */
	uint8_t first_is_tlp;
	const char *stack; /* whose ladder it is: "Linux", "Linux before 6.5" …; NULL */
	nsec ladder_start; /* when the first attempt was sent */
	seqno ladder_seq;  /* relative */
	uint64_t ladder_first_frame;
};

/* What the connection screen and the reports add to conn_facts. */
struct conn_detail {
	struct conn_facts f;
	uint8_t n_verdicts;
	struct verdict verdicts[VERDICT_COUNT]; /* most telling first */
	struct ladder_facts half[2];
};

/* One segment of the history; a POD. */
struct segment {
	nsec ts;
	uint64_t frame;
	uint64_t ref;	 /* packet store */
	uint64_t conn_id;
	int64_t seq, ack; /* relative, extended past 2^32; ack -1: no ACK flag */
	seqno raw_seq, raw_ack;
	uint32_t len;	  /* payload */
	uint32_t window;  /* scaled */
	uint32_t findings; /* FINDING() bits */
	uint16_t flags;	  /* TH_* */
	uint16_t dup_ack; /* the how-manieth duplicate ACK, 0 none */
	uint8_t from;	  /* enum side */
	uint8_t state[2]; /* both ends after it */
	uint8_t cause;	  /* enum cause; CAUSE_NONE: not a retransmission */
	uint8_t needed;	  /* enum needed */
	bool pending;	  /* needed or findings may still be revised by what follows */
	bool window_unscaled; /* the scale is unknown: window is as in the header */
	uint32_t rexmit_n;   /* the how-manieth repetition, 0 none */
	uint64_t rexmit_of;  /* frame it repeats, 0 unknown */
	nsec rexmit_after;   /* since the previous attempt of the same bytes */
	uint64_t acked_by;   /* frame of the ACK that covered it, 0 not yet */
	nsec acked_after;    /* how long that took */
};

struct timer_event {
	nsec time;
	uint64_t conn_id;
	uint8_t from; /* enum side */
	struct timer_facts t;
};

/* Receives what happens, in capture order, while packets are ingested. For reports: called under
 * the engine's lock, so it may not call the engine. Any pointer may be NULL. */
struct engine_sink {
	void *ctx;
	void (*segment)(void *ctx, const struct segment *);
	/* A segment given before was revised, or (pending false) is final now. */
	void (*amend)(void *ctx, const struct segment *);
	void (*timer)(void *ctx, const struct timer_event *);
	/* The connection ended, is evicted, or the input is over; exactly once for each. */
	void (*connection)(void *ctx, const struct conn_detail *);
};

struct engine_config {
	uint32_t max_connections; /* 1 … 2^24 */
	size_t memory;		  /* bytes for segment history and unacknowledged lists */
	bool history;		  /* keep segments for engine_segments */
	uint64_t seed;		  /* of the hash; random, packets are chosen by strangers */
	unsigned hz;		  /* of the senders' kernels, for lateness: 250 when 0 */
	const struct engine_sink *sink; /* or NULL; copied */
};

struct totals {
	uint64_t packets;	  /* frames given to the engine or counted by engine_count */
	uint64_t segments;	  /* TCP */
	uint64_t capture_duplicates; /* dropped before analysis (A6) */
	uint64_t decode[DECODE_RESULT_COUNT];
	uint64_t truncated;	  /* segments captured short */
	uint64_t connections;	  /* ever */
	uint64_t tracked;	  /* now */
	uint64_t evicted;
	uint64_t refused;	  /* segments not tracked: table probe limit */
	uint64_t history_lost;	  /* segments dropped from histories for room */
	uint64_t retransmissions;
	uint64_t verdicts[VERDICT_COUNT]; /* connections that ended or were evicted with each */
	uint64_t change;	  /* differs whenever anything visible may have changed */
	nsec first, last;	  /* of the packets; 0 none */
	nsec now;		  /* the engine's time */
};

struct engine;

/* NULL and err when the budgets cannot be had. */
struct engine *engine_new(const struct engine_config *cfg, struct err *err);
void engine_free(struct engine *e);

/* ---- capture thread ---- */
/* Applies segments and ICMP errors in order. n ≤ ENGINE_BATCH. */
#define ENGINE_BATCH 128
void engine_ingest(struct engine *e, const struct packet *p, size_t n);
/* Counts frames that gave no packet, by result; counts[DECODE_TCP] and [DECODE_ICMP] do not
 * count. */
void engine_count(struct engine *e, const uint64_t counts[DECODE_RESULT_COUNT]);
/* Time has passed, a second or so: reports the connections that ended and have been quiet since. */
void engine_tick(struct engine *e, nsec now);
/* The input is over: gives every connection to the sink. */
void engine_finish(struct engine *e);
/* Forgets all connections (F5), numbers go on. */
void engine_clear(struct engine *e);

/* ---- any thread ---- */
void engine_totals(struct engine *e, struct totals *out);

typedef bool match_fn(const void *arg, const struct conn_facts *f);
/* Dense sort key of a row: smaller comes first. */
typedef int64_t key_fn(const void *arg, const struct conn_facts *f);

struct scan_item {
	struct connref ref;
	int64_t key;
};

/* Walks the table in slices: *cursor 0 begins, UINT32_MAX returned in it says done. Looks at a
 * bounded number of connections, writes at most max items that match (match NULL: all), returns
 * how many. match and key run under the lock: pure and quick. now: for what depends on time. */
size_t engine_scan(struct engine *e, uint32_t *cursor, nsec now, match_fn *match, key_fn *key,
		   const void *arg, struct scan_item *out, size_t max);
/* Copies the facts of n ≤ 256 connections; a ref that names nobody gives ref.gen 0. */
void engine_rows(struct engine *e, nsec now, const struct connref *refs, size_t n,
		 struct conn_facts *out);
/* false: nobody by that ref any more. */
bool engine_detail(struct engine *e, nsec now, struct connref ref, struct conn_detail *out);
/* Remembered segments [first, first+n) of the connection, oldest first, n ≤ 512; returns how many
 * were written. *total: how many are remembered; *lost: older ones no longer remembered. */
size_t engine_segments(struct engine *e, struct connref ref, uint64_t first, size_t n,
		       struct segment *out, uint64_t *total, uint64_t *lost);
/* Keeps a connection from being evicted while a screen shows it (counted). */
void engine_pin(struct engine *e, struct connref ref, bool pin);
/* Freezes what scan, rows, detail, segments and totals show at this moment; tracking goes on.
 * engine_totals then still counts live packets: .packets minus those at the freeze = "+N". */
void engine_freeze(struct engine *e, bool frozen);

/* ---- names and tables ---- */
const char *tcp_state_name(enum tcp_state s);	/* ss spelling: "SYN-SENT" … */
const char *conn_state_name(enum conn_state s);
const char *end_cause_name(enum end_cause c);	/* "refused" … */
const char *cause_name(enum cause c);		/* "syn-ack" …; NULL for CAUSE_NONE */
const char *timer_kind_name(enum timer_kind k);
const char *verdict_name(enum verdict_code v);	/* "refused" … */
enum severity verdict_severity(enum verdict_code v); /* its usual one */
/* Whether this version can conclude it; the others are words of the contract only. */
bool verdict_is_told(enum verdict_code v);
const char *verdict_help(enum verdict_code v);	/* N_(): what it says and from what */
const char *severity_name(enum severity s);	/* "error" "warning" "note" "none" */
char severity_letter(enum severity s);		/* 'E' 'W' 'N' ' ' */
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
