/* SPDX-License-Identifier: MIT */
/*
 * conn: PRIVATE to core. What the engine keeps of a connection. The flow of a segment through these
 * files: engine.c (lock, batch) → table.c (whose is it) → track.c (in which order things are
 * decided; first.c: of a SYN alone) → range.c (which bytes) → cause.c (why again) → rules.c
 * (findings) → half.c, state.c, rtt.c, timers.c (what it changes) → seglog.c (remembered) →
 * facts.c, verdicts.c (told).
 */
#ifndef TCPLENS_CONN_H
#define TCPLENS_CONN_H

#include "core/core.h"
#include "core/pool.h"

#define NO_SLOT UINT32_MAX

/* Microseconds as the kernel's integers count them. */
typedef int32_t usec32;

/* A frame of a connection, counted from its first, from 1; 0: none, or too far on to be told. */
typedef uint32_t frame_mark;

/* One range of a sender's sequence space as it was sent; ranges of a queue never overlap. */
struct txrec {
	seqno seq, end;
	nsec first_ts; /* first transmission */
	frame_mark frame;
	uint32_t tsval; /* of the first transmission */
	uint32_t log;	/* number in the segment history of the first transmission */
	uint16_t ip_id; /* of the first transmission */
	uint8_t sent;	/* times, saturating */
	uint8_t flags;	/* TX_* */
};

/* The latest transmission of a range, kept apart where it is not the first; see txq_latest. */
struct txlatest {
	nsec ts;
	uint32_t tsval;
	uint16_t ip_id;
};

enum {
	TX_SACKED = 1,
	TX_RETRANS = 2,	 /* sent more than once */
	TX_FIN = 4,
	TX_SYN = 8,
	TX_LOST = 16,	 /* never captured itself, known from a retransmission only */
	TX_GAP = 32,	 /* opened a hole before it */
	TX_LATEST = 64,	 /* has a struct txlatest */
};

#define TXQ_INLINE 2
#define TXQ_MAX	   4096 /* ranges per sender; beyond, the oldest are forgotten (E10) */

/* The unacknowledged ranges of a sender, in sequence order. */
struct txq {
	struct txrec *rec; /* in_line or from the pool */
	uint16_t head, len, cap;
	bool has_latest; /* behind the ranges, in the pool, there are as many struct txlatest */
	struct txrec in_line[TXQ_INLINE];
};

/* A retransmission whose fate is still to be seen, or was lately. */
struct retx {
	seqno seq, end;
	nsec ts;
	nsec prev_ts;	/* of the transmission before it */
	uint64_t frame;
	uint64_t proved; /* by the D-SACK of this frame needless */
	nsec decided;	/* when `needed` became what it is */
	uint32_t tsval; /* 0 with has_ts false */
	uint32_t log;
	uint16_t ip_id;
	uint8_t cause, needed; /* enum needed */
	uint8_t copies; /* of it by the network, not yet reported by D-SACKs */
	bool has_ts, open;     /* open: may still be revised */
	bool hole;	       /* its original was never captured */
};

/* A hole: bytes that were jumped over and not captured (yet). */
struct hole {
	seqno seq, end;
	nsec ts;	 /* when it was opened */
	uint64_t frame;	 /* by this frame */
	uint32_t log;	 /* its number in the history */
	uint32_t tsval;	 /* of the opener */
	uint16_t ip_id;	 /* of the opener */
	nsec acked_ts;	 /* the peer has it, the capture never saw it */
};

#define RETX_MAX   32
#define HOLE_MAX   16

/* One ladder: attempts of the same bytes. */
struct ladder {
	seqno seq;
	uint8_t n, cause;
	bool tlp_first;
	nsec start, last;
	uint64_t frame;
	nsec rto;	/* the estimate when it began, without back-off */
	uint32_t gap_us[LADDER_MAX];
};

/* What only a sender with trouble needs; from the pool at the first retransmission or hole. Its
 * lists grow with it, up to RETX_MAX and HOLE_MAX. */
struct trouble {
	struct retx *retx; /* ring, the oldest at retx_at once it is full */
	struct hole *holes; /* oldest first */
	uint8_t n_retx, retx_at, retx_cap;
	uint8_t n_holes, hole_cap;
	struct ladder now, best;
	nsec implied;	/* time-out that the latest timer retransmission implied */
};

/* RFC 6298 by Linux's integers (tcp_rtt_estimator); µs, srtt ×8, mdev and rttvar ×4. */
struct rtt {
	usec32 srtt, mdev, rttvar, mdev_max;
	usec32 floor;	/* of rttvar, learned from the sender's timers; 0: Linux's 200 ms */
	uint32_t near;	/* ns: min of the other end, 0 before it has one; UINT32_MAX: or more */
	seqno rtt_seq;
	uint32_t samples;
	nsec min, max, sum;
};

/* What the latest segment of an end was, so that its answer can be named (B5). */
enum seg_kind {
	KIND_ORDINARY,
	KIND_KEEP_ALIVE,
	KIND_ZERO_WINDOW_PROBE,
	KIND_SYN_ACK_COPY,
	KIND_OLD_DATA,	/* wholly acknowledged before */
	KIND_ODD,	/* not acceptable: SYN into a connection, inexact reset, out of window */
};

enum ca_state { CA_OPEN, CA_RECOVERY, CA_LOSS };

enum {
	H_ISN = 0x0001,      /* isn is known (SYN seen) */
	H_SEQ = 0x0002,      /* nxt is valid */
	H_UNA = 0x0004,      /* una is valid: the peer has acknowledged something */
	H_ACK = 0x0008,      /* last_ack is valid: this end has acknowledged something */
	H_SYN_SENT = 0x0010, /* sent a SYN without ACK */
	H_SYN_ACK = 0x0020,  /* sent a SYN-ACK */
	H_FIN = 0x0040,      /* fin_seq is valid */
	H_FIN_ACKED = 0x0080,
	H_OPTS = 0x0100, /* its SYN's options were seen whole */
	H_SACK_OK = 0x0200,
	H_TS_OK = 0x0400,
	H_TFO_DATA = 0x1000, /* SYN carried data */
	H_TS_SEEN = 0x2000,
	H_WAS_BLOCKED = 0x8000,    /* filled the peer's window: has more to send */
	H_SACK_SEEN = 0x20000, /* sent SACK blocks */
	H_TLP_OUT = 0x40000,   /* a tail-loss probe is outstanding */
	H_PARTIAL_CSUM = 0x100000, /* sent partial checksums: captured at this host */
	H_TFO_REFUSED = 0x200000,
	H_BYTE_PROBE = 0x400000, /* the last thing sent was a 1-byte window probe, beyond nxt */
	H_HINT_TS = 0x800000,    /* hint_tsval is valid */
};

/* What a sender needs only once something out of the ordinary happens; from the pool at its first
 * change. Until then half.rare points to rare_none, where all is 0. */
struct rare {
	nsec hint_ts;	    /* when the peer last gave a loss hint (SACK, dup ACK, partial ACK) */
	nsec hint_first;    /* first hint of that run */
	nsec rto_first;	    /* first timeout retransmission of this episode */
	nsec ca_left;	    /* when ca_last was left */
	nsec ka_last, ka_gap; /* keep-alive: latest probe and the interval measured, 0 unknown */
	nsec ka_idle;	    /* silence before the first probe */
	nsec zero_since, zero_time;
	nsec zero_until;    /* when the window last opened again */
	nsec told_due, told_rto; /* what the sink was last told */
	nsec got_last;	    /* when it got its latest packet before it was closed; 0: none since */
	nsec syn_last_ts;   /* latest SYN or SYN-ACK; 0: the first */
	frame_mark syn_last_frame, zero_frame;
	seqno high_seq;	    /* recovery point */
	seqno tlp_high;
	nsec zero_began;    /* when it was last closed, at zero_frame */
	uint64_t retransmitted_bytes;
	uint32_t hint_tsval; /* time stamp of hint_first, with H_HINT_TS */
	seqno syn_seq_refused;
	seqno rejected_to;  /* up to here the peer got everything and took nothing (PAWS) */
	uint32_t spurious, out_of_order, duplicate_acks, zero_windows;
	uint32_t window_full, window_updates, keep_alives, duplicates;
	uint32_t by_cause[CAUSE_COUNT]; /* see rare_retransmissions */
	uint16_t peer_dups; /* duplicate ACKs the peer sent for una, SACK news included */
	uint16_t plain_dups; /* those without SACK */
	uint16_t ka_probes;
	uint8_t told_kind, told_attempt;
	uint8_t probes;	    /* persist: probes sent since the window closed */
	uint8_t ka_unanswered;
	uint8_t ca_last;
	uint8_t n_open;	    /* retransmissions whose need is still open, 255: more */
	struct trouble *trouble;
};
extern const struct rare rare_none;

/*
 * One end as a sender: five lines of the processor's cache, in the order of who touches them, since
 * with many connections a packet costs as many as it touches. A sender of data touches all, its
 * receiver the first alone; table.c asks for them ahead.
 */
struct half {
	/* ---- by every packet, either way ---- */
	uint32_t flags; /* H_* */
	seqno isn, nxt, una;
	seqno last_ack;	      /* latest (highest) ACK this end sent */
	uint32_t window;      /* latest it offered, scaled where the scale is known */
	uint32_t wraps;	      /* how often nxt − isn went past 2^32 */
	uint8_t state : 4;    /* enum tcp_state */
	uint8_t ca : 4;	      /* enum ca_state */
	uint8_t timer_kind : 4, last_kind : 4; /* enum seg_kind of its latest segment */
	int8_t wscale;	      /* offered; -1 not, -2 unknown */
	uint8_t backoff;
	nsec last_ts;	      /* its latest packet */
	const struct rare *rare; /* never NULL */
	uint32_t tsval;	      /* newest time stamp */
	uint16_t mss;	      /* offered; 0 unknown */
	uint8_t attempt;
	uint8_t ttl;
	uint32_t tsecr_sent;  /* what this end's newest segment echoed */
	uint32_t win_max;
	/* ---- by what it sends, and seldom ---- */
	uint16_t ip_id_newest;
	uint16_t ip_id_order; /* shift register: 1 = the ID grew by 1…64 */
	uint16_t ip_id_swapped; /* the same with the bytes swapped */
	uint16_t window_raw;
	uint32_t scope;
	frame_mark last_frame;
	uint64_t segments;
	uint64_t ip_id_window; /* bit i: ip_id_newest − i was captured */
	uint16_t dup_acks;    /* duplicate ACKs it sent for last_ack */
	uint16_t syn, fin, rst;
	uint32_t max_payload;
	seqno fin_seq;
	nsec syn_ts;	      /* first SYN or SYN-ACK */
	frame_mark syn_frame;
	frame_mark fin_frame;
	/* ---- by its data and by what acknowledges it ---- */
	uint64_t bytes, unique_bytes;
	double rate;	      /* bytes; see half_recent */
	uint32_t rate_at;     /* up to when it is weighted, in RATE_UNIT */
	uint32_t timer_slack; /* µs beside the wheel's lateness: rounding, two possible ladders */
	nsec timer_start, timer_len; /* nominal; len −1: unknown */
	nsec ack_ts;	      /* when the peer's ACK last advanced una */
	struct rtt rtt;
	struct txq q;
};

enum {
	C_GUESSED = 0x0001,	/* roles guessed */
	C_MIDSTREAM = 0x0002,
	C_REPORTED = 0x0008,	/* given to the sink */
	C_PORT_REUSED = 0x0010, /* the tuple was used before */
	C_RESET_LATE = 0x0020,	/* reset after both had finished */
	C_HALF_OPEN = 0x0040,	/* reset answering data: peer had forgotten */
	C_HALF_OPEN_SYN = 0x0080, /* discovered by a new SYN */
	C_TENTATIVE = 0x0100,	/* a new SYN while the old instance lives */
	C_RST_IGNORED = 0x0200, /* an invalid reset was seen */
	C_REPLACED = 0x0400,	/* a newer instance took the tuple */
	C_REFUSED_RETRY = 0x0800, /* the same SYN again after its reset */
	C_ACCEPT_FULL = 0x1000, /* server repeats its SYN-ACK, or ignores data, after the ACK */
	C_LOST_BY_CAPTURE = 0x2000,
	C_HANDSHAKE_DONE = 0x4000, /* third packet seen */
	C_CHALLENGED = 0x8000, /* its SYN was answered by the old connection first */
};

/* The class decides what is evicted first. */
/* DONE: ended and reported; ENDED: a late packet may still belong to it. */
enum conn_class { CLASS_DONE, CLASS_ENDED, CLASS_OPENING, CLASS_OPEN, CLASS_COUNT };

/* What only some connections have: from the pool at its first change, until then aside_none. */
struct aside {
	frame_mark end_answers;	/* the frame that the reset or ICMP error answers */
	nsec end_silence;	/* how long the resetting end was silent before, -1 unknown */
	nsec prior_ended;	/* port reuse: when the older instance was last heard */
	nsec pmtu_ts;
	seqno pmtu_seq, pmtu_high;
	frame_mark icmp_frame;
	uint16_t icmp_mtu;
	uint8_t icmp_version, icmp_type, icmp_code;
	uint8_t pmtu_side, rst_ttl;
	uint8_t icmp_from[16];
};
extern const struct aside aside_none;

/* A SYN as its sender's end is made of it; its time and frame are those of the connection. */
struct first_syn {
	seqno seq;
	uint32_t tsval, tsecr;
	uint32_t scope;
	uint16_t options, window, mss, ip_id; /* as in struct packet */
	uint8_t wscale, ttl;
	bool partial_csum;
};

/* Both ends of a connection, indexed by enum side. */
union ends {
	struct half half[2];
	union ends *next; /* of the free ones */
};

/* In the order of who touches it: the first line by every packet, the second by those that are
 * remembered, the third seldom. */
struct conn {
	/* ---- by every packet ---- */
	struct endpoint end[2];
	uint16_t flags; /* C_* */
	uint8_t completeness;
	uint8_t end_cause : 4;
	uint8_t near : 2; /* bit per side: the capture is at that host */
	uint8_t far : 2;  /* bit per side: it is certainly not */
	struct half *half; /* [2], the table's; NULL: a single SYN is all there was so far */
	nsec last;
	uint64_t first_frame;
	/* ---- history: numbers of segments stay 0 where none are remembered ---- */
	uint64_t id;
	struct seglog_chunk *log_first, *log_last;
	uint32_t log_next;	/* number of the next segment */
	uint32_t log_lost;	/* dropped for room */
	nsec start;
	/* ---- place in the table ---- */
	nsec queued;	     /* when it was put into its class's list */
	uint32_t slot, gen;
	uint32_t prev, next; /* of that list */
	uint32_t hash;	     /* its low bits: where the index has it */
	uint32_t older; /* slot of the older instance of the tuple, NO_SLOT */
	uint8_t cls, pins;
	/* ---- how it began, ended or was refused ---- */
	int8_t ended_by;
	uint8_t ip_version;
	uint32_t interface;
	int16_t vlan;	/* -1 none */
	bool rst_suspect;
	const struct aside *aside; /* never NULL */
	union {
		struct first_syn syn; /* while it has no ends */
		struct {
			nsec ended, syn_to_synack, synack_to_ack;
			frame_mark end_frame;	/* the reset or ICMP error */
			frame_mark hs_frame;	/* the handshake's third */
		};
	};
};

/* Room for a connection as it would be with ends. */
struct whole {
	struct conn c;
	struct half half[2];
};

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
	int64_t nxt = (int64_t)((uint64_t)h->wraps << 32 | (h->nxt - h->isn));

	return nxt + (int32_t)(seq - h->nxt);
}

/* Its sequence space reaches up to there, beyond nxt. */
static inline void
half_reach(struct half *h, seqno to)
{
	uint32_t before = h->nxt - h->isn;

	h->nxt = to;
	h->wraps += to - h->isn < before;
}

/* When the latest packet came to that end while it was there to take it. */
static inline nsec
conn_last_got(const struct conn *c, enum side s)
{
	const struct rare *r = c->half[s].rare;

	return r->got_last ? r->got_last : c->half[!s].last_ts;
}

/* When it sent its latest SYN or SYN-ACK. */
static inline nsec
half_syn_last(const struct half *h)
{
	return h->rare->syn_last_ts ? h->rare->syn_last_ts : h->syn_ts;
}

/* A window probe is none. */
static inline uint32_t
rare_retransmissions(const struct rare *r)
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
	if (!half_has(h, H_UNA) || !half_has(h, H_SEQ) || !seq_lt(h->una, h->nxt))
		return 0;
	return h->nxt - h->una;
}

/* ---- the segment being looked at ---- */
struct engine;

enum range_kind {
	RANGE_NONE,	 /* occupies no sequence space */
	RANGE_NEW,	 /* extends the stream */
	RANGE_GAP,	 /* begins beyond what was captured */
	RANGE_REORDERED, /* an original that arrives late */
	RANGE_LATE,	 /* an original captured after its ACK: order of the capture only */
	RANGE_COPY,	 /* the same packet once more */
	RANGE_AGAIN,	 /* all or part was seen before: a retransmission */
	RANGE_HOLE,	 /* a retransmission of what was never captured */
};

/* State before the segment, and what has been decided of it so far. snd sent it, rcv is to get it:
 * nothing here says client or server. */
struct seg {
	struct engine *e;
	const struct packet *p;
	struct conn *c;
	struct half *snd, *rcv;
	nsec now;
	nsec silent_since; /* when snd sent the one before this, 0 never */
	nsec rexmit_after; /* since it was last sent, -1 it was not */
	seqno seq, end;	  /* of its sequence space, SYN and FIN included */
	uint32_t log;	  /* its number in the history */
	enum side from;
	bool pure_ack;	  /* ACK, no data, no SYN/FIN/RST */
	bool new_instance;   /* it opened a new use of the tuple */
	/* ---- decided of it: all 0 before ---- */
	uint32_t findings;
	enum range_kind range;
	enum seg_kind kind;
	bool outstanding; /* rcv has unacknowledged data that this could acknowledge */
	bool new_sack;	  /* its SACK blocks say something new */
	bool dsack;
	bool window_closed;  /* rcv's latest window was 0 for snd, or too small to send */
	bool rst_valid;
	/* retransmission */
	bool pending;
	uint8_t cause, needed;
	uint32_t rexmit_n;
	uint64_t rexmit_of;
	nsec sacked_sent;    /* when the first of newly_sacked sent only once was sent; 0 none */
	nsec last_sent;	     /* latest transmission of its first byte, 0 unknown */
	uint32_t newly_sacked; /* bytes */
	uint32_t seen_bytes; /* of its range seen before */
	uint16_t dup_ack;
};

/* ---- range.c ---- */
void range_classify(struct seg *s);
void range_ids_learn(struct half *h, uint16_t ip_id); /* 0: it has none */
/* ---- half.c ---- */
bool half_trouble(struct engine *e, struct half *h);
/* Room in a list that is full, if it may grow still and there is memory. */
void trouble_more_retx(struct engine *e, struct trouble *t);
void trouble_more_holes(struct engine *e, struct trouble *t);
/* Bytes of data it sent within about the last second: its rate, in bytes a second. */
double half_recent(const struct half *h, nsec now);
/* To be written to; where no memory is left what is written is lost. */
struct rare *half_rare(struct engine *e, struct half *h);
struct aside *conn_aside(struct engine *e, struct conn *c);
void half_init(struct half *h, uint32_t scope); /* zeroed before: nothing is known of it */
void half_options(struct half *h, uint16_t options, uint16_t mss, uint8_t wscale); /* its SYN's */
void half_sent(struct engine *e, struct seg *s);  /* snd's side of the update */
void half_acked(struct engine *e, struct seg *s); /* rcv's queue, by this segment's ACK and SACK */
void half_release(struct engine *e, struct half *h);
/* snd cannot know of room at rcv; near: how long it takes to learn of it */
bool half_window_closed(const struct half *snd, const struct half *rcv, nsec now, nsec near);
struct txrec *txq_at(const struct txq *q, size_t i);
struct txrec *txq_find(const struct txq *q, seqno seq); /* the range that holds seq, or NULL */
struct txlatest txq_latest(const struct txq *q, const struct txrec *r); /* r: one of q */
uint32_t txq_outstanding(const struct txq *q); /* ranges not SACKed */
/* ---- sack.c ---- */
void sack_examine(struct seg *s); /* before the rules: new_sack, dsack */
void sack_apply(struct engine *e, struct seg *s);
/* ---- cause.c ---- */
void cause_decide(struct seg *s);
void cause_remember(struct engine *e, struct seg *s);
/* whether the ends tell what came twice (D-SACK), so that silence says something */
bool cause_reports_duplicates(const struct conn *c);
void cause_open_count(struct engine *e, struct half *h);

/* ---- proof.c ---- */
/* what this ACK, which moved rcv from una_before, proves of earlier ones */
void cause_proof_since(struct engine *e, struct seg *s, seqno una_before);
void cause_copied(const struct seg *s); /* the network made a copy of it */
void cause_close(struct engine *e, struct conn *c); /* nothing more will come */
/* ---- first.c ---- */
bool first_syn_fits(const struct packet *p); /* ordinary enough to be kept as a struct first_syn */
void first_syn_keep(struct conn *c, const struct packet *p);
void first_syn_grow(struct conn *c, struct half half[2]); /* zeroed ones, that become its ends */
/* The connection itself, or as it would be with ends, in room. */
const struct conn *conn_whole(const struct conn *c, struct whole *room);
/* ---- place.c ---- */
void place_by_handshake(struct conn *c); /* once both its times are known */
void place_by_packet(struct seg *s);
/* ---- rules.c ---- */
void rules_run(struct seg *s);
/* ---- state.c ---- */
void state_segment(struct engine *e, struct seg *s);
bool state_reset_valid(const struct seg *s);
enum tcp_state state_now(const struct half *h, const struct conn *c, nsec now);
/* gives_up: timer_gives_up of each end; cause: what state_end_cause says. */
enum end_cause state_end_cause(const struct conn *c, const nsec gives_up[2], nsec now);
enum conn_state state_row(const struct conn *c, enum end_cause cause, const nsec gives_up[2],
			  nsec now);
/* ---- rtt.c ---- */
void rtt_sample(struct rtt *r, nsec sample, seqno una, seqno nxt);
/* True when it is the shortest so far. */
bool rtt_observe(struct rtt *r, nsec half);
void rtt_learn(struct rtt *r, nsec rto); /* the sender's timer fired that long after a send */
nsec rtt_rto(const struct half *h);	/* estimate with back-off, -1 unknown */
bool rtt_rto_known(const struct half *h); /* by a sample, a fall-back or the sender's timer */
nsec rtt_rto_base(const struct half *h); /* without back-off; 1 s where it is not known */
nsec rtt_srtt(const struct half *h);	/* -1 unknown */
nsec rtt_near(const struct conn *c, enum side s); /* least time from the capture to s and back */
/* ---- timers.c ---- */
void timer_sent(struct seg *s, bool was_idle);
void timer_acked(struct seg *s, seqno una_before);
void timer_stop(struct half *h);
void timer_syn_sent(struct half *h, nsec now);
void timer_syn_at_once(struct half *h, nsec now);
/* Has the timer that runs for h come due by now, within what the capture can tell? */
bool timer_fired(const struct conn *c, enum side s, nsec now);
void timer_facts_fill(const struct conn *c, enum side s, unsigned hz, struct timer_facts *out);
/* The same of who has sent a SYN and nothing else yet, with hz 0. */
void timer_facts_first_syn(nsec sent, struct timer_facts *out);
nsec timer_lateness(unsigned hz, nsec timeout);
size_t timer_expected(const struct conn *c, enum side s, const struct ladder *l,
		      nsec out[LADDER_MAX], const char **stack);
/* The moment the sender of unanswered SYNs or data gives up; NSEC_NEVER unknown. */
nsec timer_gives_up(const struct conn *c, enum side s);
/* Nominal moment of the next attempt; NSEC_NEVER: none runs, unknown, or none will follow. */
nsec timer_due(const struct conn *c, enum side s);
/* ---- seglog.c ---- */

void seglog_append(struct engine *e, struct conn *c, const struct segment *s); /* engine.c */
struct segment *seglog_get(struct conn *c, uint32_t number);

/* ---- facts.c ---- */
void facts_fill(const struct conn *c, nsec now, struct conn_facts *out);
void detail_fill(const struct conn *c, nsec now, struct conn_detail *out);
/* ---- verdicts.c ---- */
size_t verdicts_of(const struct conn *c, nsec now, struct verdict *out, size_t max);
/* ---- engine.c ---- */
bool engine_remembers(const struct engine *e); /* whether segments are wanted by anybody */
void engine_amend(struct engine *e, struct conn *c, uint32_t log, bool final);
struct pool *engine_pool(struct engine *e);
/* Written to where no memory is left, never read. */
union scratch {
	struct rare rare;
	struct aside aside;
};
union scratch *engine_scratch(struct engine *e);
unsigned engine_hz(const struct engine *e);

#endif
