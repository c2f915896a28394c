/* SPDX-License-Identifier: MIT */
/*
 * flow: PRIVATE to the core. What is kept of a connection and of its two endpoints as senders.
 *
 * The structs are laid out by cache line, in the order of who touches them: with many connections a
 * packet costs as many nanoseconds as the lines it touches. doc/architecture.md explains the
 * layout; the assertions below hold it.
 */
#ifndef TCPLENS_CORE_FLOW_FLOW_H
#define TCPLENS_CORE_FLOW_FLOW_H

#include "core/context.h"
#include "core/flow/cold_parts.h"

#include <stddef.h>

#define CACHE_LINE ((size_t)64)
#define NO_SLOT	   UINT32_MAX

/* ---- what a sender has sent and not yet seen acknowledged ---- */

enum {
	SENT_SACKED = 1,
	SENT_RETRANS = 2, /* sent more than once */
	SENT_FIN = 4,
	SENT_SYN = 8,
	SENT_LOST = 16, /* the first transmission was never captured */
	SENT_GAP = 32,	/* began beyond the captured stream: a hole lies before it */
	SENT_LAST_APART = 64, /* has a struct last_sent */
};

/* One range of a sender's sequence space as it was first sent; ranges never overlap. */
struct sent_range {
	seqno seq, end;	  /* [seq, end) */
	nsec first_ts;	  /* first transmission */
	frame_mark frame; /* of the first transmission */
	uint32_t tsval;	  /* TSval of the first transmission */
	uint32_t log;	  /* its number in the segment history */
	uint16_t ip_id;	  /* of the first transmission */
	uint8_t sent;	  /* transmissions, saturating */
	uint8_t flags;	  /* SENT_* */
};

/* The latest transmission of a range, kept apart only where it is not the first one. */
struct last_sent {
	nsec ts;
	uint32_t tsval;
	uint16_t ip_id;
};

#define SENDQ_INLINE 2
#define SENDQ_MAX    4096 /* ranges per sender; beyond it the oldest is dropped */

/* The unacknowledged ranges of a sender, in sequence order; see segment/sendq.c. */
struct sendq {
	struct sent_range *rec; /* in_line, or memory of the pool */
	uint16_t head, len, cap;
	bool has_lasts; /* memory of the pool: cap structs last_sent follow the ranges */
	struct sent_range in_line[SENDQ_INLINE];
};

/* ---- round-trip times ---- */

/* RFC 6298 in Linux's integers (tcp_rtt_estimator): µs, srtt times 8, mdev and rttvar times 4. */
struct rtt {
	usec32 srtt, mdev, rttvar, mdev_max;
	usec32 floor;	   /* of rttvar, learned from the sender's timers; 0: Linux's 200 ms */
	/* ns, least time from the capture point to this endpoint and back: the minimum of the
	 * peer's samples, duplicated here so that the ACK path does not touch the peer's cache
	 * line. 0: no sample yet; UINT32_MAX: that or more. */
	uint32_t peer_min;
	seqno rtt_seq;	   /* end of the round trip in which the variance may not shrink again */
	uint32_t samples;
	nsec min, max, sum; /* of the half path that the capture point sees */
};

/* ---- one endpoint as a sender ---- */

/* What the latest segment of an endpoint was, so that the answer to it can be named. */
enum seg_kind {
	KIND_ORDINARY,
	KIND_KEEP_ALIVE,
	KIND_KEEP_ALIVE_ACK,
	KIND_ZERO_WINDOW_PROBE,
	KIND_SYN_ACK_COPY,
	KIND_OLD_DATA, /* only bytes that were acknowledged before */
	KIND_ODD,      /* not acceptable (RFC 9293 3.10.7.4): a SYN into a connection, a reset that
			* is not exact, numbers outside the window */
};

/* Linux's names for a sender's congestion state. */
enum ca_state { CA_OPEN, CA_RECOVERY, CA_LOSS };

enum {
	H_ISN = 0x0001,	     /* seq.isn is the SYN's number */
	H_SEQ = 0x0002,	     /* seq.nxt is valid */
	H_UNA = 0x0004,	     /* seq.una is valid: the peer has acknowledged something */
	H_ACK = 0x0008,	     /* adv.ack is valid: this endpoint has acknowledged something */
	H_SYN_SENT = 0x0010, /* sent a SYN without ACK */
	H_SYN_ACK = 0x0020,  /* sent a SYN-ACK */
	H_FIN = 0x0040,	     /* sent a FIN: fin_seq is valid */
	H_FIN_ACKED = 0x0080,
	H_OPTS = 0x0100, /* all options of its SYN were captured */
	H_SACK_OK = 0x0200,
	H_TS_OK = 0x0400,
	H_TWO_ISNS = 0x0800, /* its SYN-ACKs for one SYN bore different ISNs */
	H_TFO_DATA = 0x1000, /* its SYN carried data (RFC 7413) */
	H_TS_SEEN = 0x2000,
	H_WAS_BLOCKED = 0x8000,	   /* filled the peer's window: it has more to send */
	H_SACK_SEEN = 0x20000,	   /* sent SACK blocks */
	H_TLP_OUT = 0x40000,	   /* a tail-loss probe is outstanding */
	H_PARTIAL_CSUM = 0x100000, /* sent partial checksums: captured at this host */
	H_TFO_REFUSED = 0x200000,
	H_BYTE_PROBE = 0x400000, /* its latest segment was a one-byte window probe beyond nxt */
	H_DOUBLED = 0x1000000,	 /* packets of it were captured twice */
	H_IPID_FIXED = 0x2000000, /* its latest two packets had the same IP ID */
	H_BARE_START = 0x4000000, /* all captured so far are equal ACKs without data: perhaps
				   * keep-alives, which the peer's first ACK will tell */
	H_NO_DSACK = 0x40000000, /* gets duplicates and reports none, though SACK was agreed */
	H_DEAF = 0x20000000, /* repeats acknowledged bytes: it does not get the ACKs */
	H_HINT_TS = 0x800000,	 /* recovery.hint_tsval is valid */
	H_ECN_SYN = 0x4000,	 /* its SYN asked for ECN (RFC 3168 6.1.1) */
	H_ECN_DROPPED = 0x10000, /* and a repetition of it did not */
	H_LAST_DATA = 0x8000000, /* its latest segment carried data */
	H_LAST_FIN = 0x10000000,	 /* its latest segment carried a FIN */
};

/* The sender's sequence space (RFC 9293 3.3.1). */
struct seqspace {
	seqno isn; /* ISS; guessed from the first segment without H_ISN */
	seqno nxt; /* SND.NXT: highest sequence number captured, plus its length */
	seqno una; /* SND.UNA: oldest unacknowledged */
	uint32_t wraps; /* times that nxt − isn passed 2^32 */
};

/* What the endpoint announces to its peer with every ACK. */
struct advertised {
	seqno ack;	     /* RCV.NXT: its highest acknowledgement */
	uint32_t window;     /* RCV.WND in bytes, scaled where the scale is known */
	uint32_t window_max; /* largest so far */
};

/* The IP IDs of its packets: whether they count up, and the newest. */
struct ipid {
	uint16_t newest;
	uint16_t order;		/* shift register, one bit a packet: 1 = grew by 1…64 */
	uint16_t order_swapped; /* the same with the ID's bytes swapped */
};

struct payload {
	uint64_t bytes, unique_bytes;
};

/* When the running retransmission timer (half.timer_kind) was armed and how long it runs. */
struct timer_clock {
	nsec start, length; /* nominal; length −1: unknown */
};

/* One endpoint as a sender. A sender of data touches all five lines, its receiver only the first;
 * flow/prefetch.c asks for them ahead. */
struct half {
	/* ---- line 0: by every packet, either way ---- */
	uint32_t flags; /* H_* */
	struct seqspace seq;
	struct advertised adv;
	uint8_t state : 4;	/* enum tcp_state */
	uint8_t ca : 4;		/* enum ca_state */
	uint8_t timer_kind : 4; /* enum timer_kind that runs */
	uint8_t last_kind : 4;	/* enum seg_kind of its latest segment */
	int8_t wscale;		/* offered shift count; −1 not offered, −2 unknown */
	uint8_t backoff;	/* doublings of the RTO */
	uint8_t attempt;	/* of the running timer: 1 = the first retransmission or probe */
	uint8_t ttl;		/* of its packets; 0 none seen */
	uint16_t mss;		/* MSS option it sent, bytes; 0 unknown */
	uint32_t tsval;		/* newest TSval sent */
	uint32_t tsecr_sent;	/* TSecr of the segment with that TSval */
	nsec last_ts;		/* its latest packet, 0 none */
	const struct half_cold *cold; /* never NULL */
	/* ---- line 1: by what it sends ---- */
	struct ipid ipid;
	uint16_t window_raw; /* window field of its latest segment */
	uint32_t scope;	     /* digest of the encapsulation around its packets */
	frame_mark last_frame;
	uint64_t segments;
	uint64_t ipid_seen;  /* bit i: IP ID newest − i was captured */
	uint16_t dup_acks;   /* duplicate ACKs it sent for adv.ack */
	uint16_t syn, fin, rst;
	uint32_t max_payload;
	seqno fin_seq;
	nsec syn_ts; /* its first SYN or SYN-ACK */
	frame_mark syn_frame;
	frame_mark fin_frame;
	/* ---- lines 2 to 4: by its data and by what acknowledges it ---- */
	struct payload payload;
	float recent;		 /* payload bytes, weighted down with their age; see half_rate() */
	uint32_t passed_max;	 /* longest range acknowledged in one piece, bytes */
	uint32_t recent_at;	 /* up to when `recent` is weighted, in RATE_UNIT */
	uint32_t timer_slack_us; /* how much later than the timer wheel's lateness it may fire */
	struct timer_clock timer;
	nsec ack_ts; /* when the peer's ACK last advanced una */
	struct rtt rtt;
	struct sendq sendq;
};
_Static_assert(sizeof(struct half) % CACHE_LINE == 0, "an endpoint begins with a cache line");
_Static_assert(offsetof(struct half, ipid) == CACHE_LINE, "line 0 is what either way touches");
_Static_assert(offsetof(struct half, payload) == 2 * CACHE_LINE, "data begins with line 2");

/* ---- a connection ---- */

enum {
	C_GUESSED = 0x0001, /* roles guessed */
	C_MIDSTREAM = 0x0002,
	C_REPORTED = 0x0008,	  /* given to the sink */
	C_PORT_REUSED = 0x0010,	  /* addresses and ports were used before */
	C_SERVER_LAST = 0x0020,	  /* the latest payload was the server's */
	C_FOREIGN_TTL = 0x0040,	  /* the reset that refused it bears another TTL than its host */
	C_ROLES_OPEN = 0x0200,	  /* its first segments wait for a late SYN to tell the roles */
	C_HALF_OPEN_SYN = 0x0080, /* a new SYN of its client found it still open at the server */
	C_TENTATIVE = 0x0100,	  /* a new SYN while the older connection lives */
	C_REPLACED = 0x0400,	  /* a newer connection has the same addresses and ports */
	C_ACCEPT_FULL = 0x1000, /* the server repeats its SYN-ACK or ignores data after the ACK */
	C_LOST_BY_CAPTURE = 0x2000,
	C_HANDSHAKE_DONE = 0x4000, /* third packet seen */
	C_CHALLENGED = 0x8000,	   /* its SYN was answered by the older connection first */
};

/* What is evicted first. DONE: ended and reported; ENDED: a late packet may still belong to it. */
enum conn_class { CLASS_DONE, CLASS_ENDED, CLASS_OPENING, CLASS_OPEN, CLASS_COUNT };

/* A connection of a single SYN, as compact as a SYN says anything: scans and floods consist of
 * them. Its time and frame are those of the connection. */
struct lone_syn {
	seqno seq;
	uint32_t tsval, tsecr;
	uint32_t scope;
	uint16_t options, window, mss, ip_id; /* as in struct packet */
	uint8_t wscale, ttl;
	bool partial_csum, ecn; /* asks for ECN */
};

#define TIME_COMPACT (TIME_CLIENT + 1) /* classes that need no struct time_ledger_full */

/* Where a connection's time went so far; see analysis/time_ledger.c. One cache line. */
struct time_ledger {
	nsec until; /* sending time up to which all is charged; 0: nothing yet */
	struct time_ledger_full *full; /* from the pool when requests and answers are not all */
	nsec spent[TIME_COMPACT];
	nsec flights_time; /* see flights; network time, unless the connection turns out as bulk */
	uint8_t last_side;  /* enum side that sent the latest payload */
	uint8_t last_class; /* enum time_class of the latest charge */
	bool has_payload;   /* there was any */
	/* Waits for the server's and the client's application, while full is NULL. */
	uint8_t waits[2], long_waits[2];
	uint8_t flights; /* waits within an answer, while full is NULL */
};
_Static_assert(sizeof(struct time_ledger) == CACHE_LINE, "one line for every packet with data");

/* Both endpoints of a connection, indexed by enum side, and its time. */
union halves {
	struct {
		struct half half[2];
		struct time_ledger time;
	};
	union halves *next; /* of the free ones */
};

/* By who touches it: line 0 by every packet, line 1 where segments are kept, the rest seldom. */
struct conn {
	/* ---- line 0: by every packet ---- */
	struct endpoint end[2];
	uint16_t flags; /* C_* */
	uint8_t completeness;
	uint8_t end_cause : 4;
	uint8_t near : 2; /* bit per side: the capture is at that host */
	uint8_t far : 2;  /* bit per side: the capture is certainly not at that host */
	struct half *half; /* [2], owned by the connection until table_remove(); NULL: lone SYN */
	nsec last;
	uint64_t first_frame;
	/* ---- line 1: segment history ---- */
	uint64_t id;
	struct history_chunk *log_first; /* its first segments, or NULL */
	struct history_index *log_later; /* the chunks after that, or NULL */
	uint32_t log_next; /* number of the next segment; 0 while none are kept */
	uint32_t log_lost; /* dropped for room */
	nsec start;
	/* ---- place in the table ---- */
	nsec queued; /* when it was put into the queue of its class */
	uint32_t slot, gen;
	uint32_t prev, next; /* in that queue */
	uint32_t hash;	     /* low bits: its place in the index */
	uint32_t older;	     /* slot of the older connection of the same tuple, NO_SLOT */
	uint8_t cls, pins;
	/* ---- how it began and ended ---- */
	int8_t ended_by; /* enum side, −1 */
	uint8_t ip_version;
	uint32_t interface;
	int16_t vlan; /* −1 none */
	uint8_t revision; /* times it went on after it had been reported, saturating */
	const struct conn_cold *cold; /* never NULL */
	union {
		struct lone_syn syn; /* while half is NULL */
		struct {
			nsec ended, syn_to_synack, synack_to_ack;
			frame_mark end_frame; /* reset or ICMP error */
			frame_mark hs_frame;  /* third packet of the handshake */
		};
	};
};
_Static_assert(offsetof(struct conn, id) == CACHE_LINE, "line 0 is all that most packets need");
_Static_assert(sizeof(struct conn) == 3 * CACHE_LINE, "a flood costs this much a connection");

/* Room for a lone SYN as it would be with endpoints. */
struct conn_expanded {
	struct conn c;
	union halves halves;
};

/* c->half is not NULL. */
static inline struct time_ledger *
conn_time(const struct conn *c)
{
	return &((union halves *)c->half)->time;
}

static inline bool
half_has(const struct half *h, uint32_t flag)
{
	return (h->flags & flag) != 0;
}

static inline frame_mark
frame_marked(const struct conn *c, uint64_t frame)
{
	uint64_t mark = frame - c->first_frame + 1;

	return mark <= UINT32_MAX ? (frame_mark)mark : 0;
}

/* 0: unknown. */
static inline uint64_t
frame_of(const struct conn *c, frame_mark mark)
{
	return mark ? c->first_frame + mark - 1 : 0;
}

/* Relative to the ISN, extended past 2^32. */
static inline int64_t
half_rel(const struct half *h, seqno seq)
{
	int64_t nxt = (int64_t)((uint64_t)h->seq.wraps << 32 | (h->seq.nxt - h->seq.isn));

	return nxt + (int32_t)(seq - h->seq.nxt);
}

/* Moves SND.NXT forward to `to`. */
static inline void
half_reach(struct half *h, seqno to)
{
	uint32_t before = h->seq.nxt - h->seq.isn;

	h->seq.nxt = to;
	h->seq.wraps += to - h->seq.isn < before;
}

/* When the latest packet reached that endpoint while it was there to take it. */
static inline nsec
conn_last_got(const struct conn *c, enum side s)
{
	const struct half_cold *r = c->half[s].cold;

	return r->closed_got ? r->closed_got : c->half[!s].last_ts;
}

/* When the endpoint sent its latest SYN or SYN-ACK. */
static inline nsec
half_syn_last(const struct half *h)
{
	return h->cold->syn_repeat.last_ts ? h->cold->syn_repeat.last_ts : h->syn_ts;
}

/* Window probes and keep-alives are not counted as retransmissions. */
static inline uint32_t
cold_retransmissions(const struct half_cold *r)
{
	uint32_t n = 0;

	for (int i = 0; i < CAUSE_COUNT; i++)
		n += r->by_cause[i];
	return n - r->by_cause[CAUSE_PROBE];
}

/* Bytes sent and not yet acknowledged. */
static inline uint32_t
half_in_flight(const struct half *h)
{
	if (!half_has(h, H_UNA) || !half_has(h, H_SEQ) || !seq_lt(h->seq.una, h->seq.nxt))
		return 0;
	return h->seq.nxt - h->seq.una;
}

#endif
