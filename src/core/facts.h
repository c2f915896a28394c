/* SPDX-License-Identifier: MIT */
/*
 * facts: what the engine says of connections, segments and timers, as plain data copied out of it.
 * Times are nanoseconds since the epoch, durations nanoseconds; -1 or NSEC_NEVER where unknown.
 */
#ifndef TCPLENS_CORE_FACTS_H
#define TCPLENS_CORE_FACTS_H

#include "core/verdict.h"
#include "core/words.h"
#include "net/net.h"

/* A connection's handle; stale once the connection is gone, also when its slot is used again. */
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

/* A sender's retransmission timer, computed from the packets' own time. */
struct timer_facts {
	uint8_t kind;	 /* enum timer_kind */
	uint32_t attempt; /* the one that is due; 1: the first transmission, or the first probe */
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
	uint32_t lost_before, lost_behind; /* the capture point: segments that had to be repeated */
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
	uint64_t verdict_set;	/* bit per enum verdict_code: all that hold */
	uint64_t kept;	/* segments in the history */
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
	bool answered; /* the run is over */
	const char *stack; /* whose ladder it is: "Linux", "Linux before 6.5" …; NULL */
	nsec ladder_start; /* when the first attempt was sent */
	seqno ladder_seq;  /* relative */
	uint64_t ladder_first_frame;
};

/* Where the time between the first and the latest packet went; the classes add up to life. */
struct time_facts {
	nsec life;
	nsec spent[TIME_CLASS_COUNT];
	nsec delayed_ack;	   /* part of TIME_NAGLE that the peer held its ACK back */
	uint32_t delayed_ack_waits;
	uint8_t delayed_side; /* enum side whose small segments waited */
};

#define ICMP_KEPT 8

/* An ICMP error that quotes a segment of a connection: evidence, and no segment of it. */
struct icmp_record {
	nsec ts;
	uint64_t frame;
	uint64_t ref;	  /* packet store */
	uint64_t conn_id;
	uint64_t quotes;  /* frame of the segment that it quotes, 0 unknown */
	uint8_t from;	  /* enum side that sent that segment */
	struct icmp_notice notice;
};

/* What the connection screen and the reports add to conn_facts. */
struct conn_detail {
	struct conn_facts f;
	uint32_t revision; /* times it went on after it had been reported */
	uint8_t n_verdicts;
	struct verdict verdicts[VERDICT_COUNT]; /* most telling first */
	struct ladder_facts half[2];
	struct time_facts time;
	uint32_t icmp_total; /* ICMP errors that quoted its segments */
	uint8_t n_icmp;
	struct icmp_record icmp[ICMP_KEPT]; /* the latest of them, oldest first */
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
	uint32_t in_flight[2]; /* bytes of each side that are unacknowledged after it */
	uint32_t findings; /* FINDING() bits */
	uint16_t flags;	  /* TH_* */
	uint16_t dup_ack; /* ordinal of the duplicate ACK, 0 none */
	uint8_t from;	  /* enum side */
	uint8_t state[2]; /* both ends after it */
	uint8_t cause;	  /* enum cause; CAUSE_NONE: not a retransmission */
	uint8_t needed;	  /* enum needed */
	bool pending;	  /* needed or findings may still be revised by what follows */
	bool window_unscaled; /* the scale is unknown: window is as in the header */
	bool settled; /* pending only because the roles of both ends may still be turned round */
	uint32_t rexmit_n;   /* ordinal of the repetition, 0 none */
	uint64_t rexmit_of;  /* frame it repeats, 0 unknown */
	nsec rexmit_after;   /* since the previous attempt of the same bytes */
	uint64_t acked_by;   /* frame of the ACK that covered it, 0 not yet */
	nsec acked_after;    /* how long that took */
};

/* What a search of segments can ask for: FINDING() bits, and a reset. */
#define MARK_RESET (UINT32_C(1) << 31)
_Static_assert(FINDING_COUNT < 31, "marks are 32 bits");

static inline uint32_t
segment_marks(const struct segment *s)
{
	return s->findings | ((s->flags & TH_RST) ? MARK_RESET : 0);
}

/* What is kept of a connection's segments: its beginning and its end, with a gap between them where
 * the memory did not suffice. */
struct history_facts {
	uint64_t kept;
	uint64_t dropped;
	uint64_t gap; /* place, among the kept ones, of the first segment after the gap */
};

/* What a series shows of a connection's segments, for one side as the sender of data. */
enum series_kind {
	SERIES_SEQ,	   /* end of its segments' sequence ranges, relative */
	SERIES_RETRANSMIT, /* the same, of retransmissions only */
	SERIES_ACK,	   /* acknowledgements of its peer, relative */
	SERIES_EDGE,	   /* right edge of the window that its peer offers, relative */
	SERIES_WINDOW,	   /* that window, bytes */
	SERIES_FLIGHT,	   /* its bytes in flight */
	SERIES_RTT,	   /* time until its segments were acknowledged, ns */
	SERIES_BYTES,	   /* payload bytes, in `sum` */
	SERIES_KIND_COUNT,
};

/* Time [t0, t1) cut into n equal columns; t1 > t0. */
struct series_query {
	enum series_kind kind;
	enum side side;
	nsec t0, t1;
	size_t n;
};

/* One column: the extremes, the latest and the sum of its values; count 0: there are none. */
struct series_point {
	uint64_t count, sum;
	int64_t min, max, last;
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
	void (*icmp)(void *ctx, const struct icmp_record *);
	/* The connection ended, is evicted, or the input is over. Once for each, and once more with
	 * a higher revision for one that went on after that. */
	void (*connection)(void *ctx, const struct conn_detail *);
};

struct totals {
	uint64_t packets;	  /* frames given to the engine or counted by engine_count */
	uint64_t segments;	  /* TCP */
	uint64_t capture_duplicates; /* packets captured twice; not analysed */
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

#endif
