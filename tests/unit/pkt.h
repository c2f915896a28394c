/* SPDX-License-Identifier: MIT */
/*
 * pkt: engine tests write conversations, one packet a line. A `watch` is an engine with a sink that
 * remembers all it was told; a `pair` is two ends which talk past it, with sequence numbers
 * relative to their ISNs, so that one test runs with any ISN:
 *
 *	struct watch w;
 *	struct pair c;
 *	watch_open(&w);
 *	pair_init(&c, &w, ISN(state));
 *	syn(&c, .at = MS(0));
 *	synack(&c, .at = MS(20));
 *	ack(&c, CLIENT);
 *	uint64_t f = data(&c, CLIENT, .len = 100, .at = MS(30));
 *	data(&c, CLIENT, .seq = 1, .len = 100, .at = MS(260));
 *	assert_true(has_finding(&w, f + 1, F_RETRANSMISSION));
 *	watch_close(&w);
 *
 * Knows the engine's public header only.
 */
#ifndef TCPLENS_TESTS_PKT_H
#define TCPLENS_TESTS_PKT_H

#include "core/engine.h"
#include "unit.h"

#define US(n)  ((nsec)((n) * 1e3))
#define MS(n)  ((nsec)((n) * 1e6))
#define SEC(n) ((nsec)((n) * 1e9))

/* When the tests' clock stands at 0. */
#define PKT_EPOCH (INT64_C(1700000000) * NSEC_PER_SEC)

/* Between packets whose time is not said. */
#define PKT_STEP (100 * NSEC_PER_US)

/* Written where 0 would mean "as usual". */
#define SEQ_ISN	 INT64_MIN /* relative sequence number 0 */
#define WIN_ZERO (-1)	   /* a closed window */

/* ---- every sequence test runs twice: at low sequence numbers and across 2^32 ---- */
extern const seqno isn_low, isn_wrap;
#define ISN(state) (*(const seqno *)*(state))
#define SEQ_TEST(f)                                                                               \
	{#f, f, NULL, NULL, pkt_state(&isn_low)},                                                  \
	{                                                                                          \
		#f " across 2^32", f, NULL, NULL, pkt_state(&isn_wrap)                             \
	}
/* cmocka's table wants a pointer to non-const in a constant expression. */
#define pkt_state(p) ((void *)(uintptr_t)(p))

/* ---- what the engine said ---- */
struct seen_segment {
	struct segment first; /* as given at once */
	struct segment now;   /* as last amended */
	unsigned amends;
};

struct watch {
	struct engine *e;
	uint64_t frame; /* the latest */
	nsec now;	/* of the latest packet */
	struct seen_segment *segs;
	size_t n_segs, size_segs;
	struct timer_event *timers;
	size_t n_timers, size_timers;
	struct conn_detail *conns; /* those that ended, in order */
	size_t n_conns, size_conns;
};

void watch_open(struct watch *w);
/* cfg.sink is set by this; everything else is the caller's. */
void watch_open_with(struct watch *w, struct engine_config cfg);
struct engine_config watch_config(void);
void watch_close(struct watch *w);
/* Nothing is captured until `at`: engine_tick() often enough to end what has run out. */
void watch_until(struct watch *w, nsec at);
void watch_ingest(struct watch *w, const struct packet *p);

/* The segment of a frame as it is known now; NULL when the engine gave none. */
const struct segment *seg_at(const struct watch *w, uint64_t frame);
const struct segment *seg_at_once(const struct watch *w, uint64_t frame);
bool has_finding(const struct watch *w, uint64_t frame, enum finding f);
/* Fails with both sets by name when the frame's findings are not exactly `want`. */
#define assert_findings(w, frame, want) assert_findings_at(w, frame, want, __FILE__, __LINE__)
void assert_findings_at(const struct watch *w, uint64_t frame, uint32_t want, const char *file,
			int line);
/* The latest timer event of a side; NULL: none yet. */
const struct timer_event *timer_last(const struct watch *w, enum side from);

/* ---- two ends ---- */
struct pair {
	struct watch *w;
	struct endpoint end[2];
	seqno isn[2];
	int64_t next[2];     /* relative: what each sends next */
	uint16_t window[2];  /* in the header */
	int8_t wscale[2];    /* -1: not offered */
	uint16_t mss[2];     /* 0: not offered */
	bool sack, ts;	     /* offered by both */
	uint8_t ttl[2];
	uint16_t ip_id[2];   /* of the next packet; counts up unless ip_id_zero */
	bool ip_id_zero;
	uint32_t ts_base[2]; /* TSval at the clock's 0; 1 per ms */
	uint32_t ts_sent[2]; /* the latest TSval of each */
	uint8_t ip_version;
	struct packet last;  /* the latest packet, to be copied */
};

/* One packet; what is 0 is as usual. */
struct pkt {
	nsec at;	 /* 0: 100 µs after the previous packet of the watch */
	int64_t seq;	 /* relative; 0: what this end sends next (a SYN: its ISN) */
	int64_t ack;	 /* relative; 0: all that the other end has sent */
	uint32_t len;	 /* payload */
	uint16_t flags;	 /* besides those of the call */
	int32_t win;	 /* in the header; 0: this end's own */
	uint32_t tsval, tsecr;
	bool no_ts, no_sack;
	uint16_t ip_id;
	uint8_t ttl, tos;
	uint8_t mptcp;	 /* subtype + 1 of an MPTCP option */
	int tfo;	 /* cookie bytes + 1 of a Fast Open option */
	bool unseen;	 /* sent, but not past the capture point */
	struct {
		int64_t left, right; /* relative to the other end's ISN; right 0 ends */
	} sack[PACKET_SACK_MAX];
};

/* 10.0.0.1:40000 → 10.0.0.2:80, MSS 1460, scale 7, SACK and time stamps, IP IDs
 * counting, captured at the client. */
void pair_init(struct pair *c, struct watch *w, seqno isn);
/* Makes the packet, and remembers that it was sent. */
struct packet pair_packet(struct pair *c, enum side from, uint16_t flags, const struct pkt *s);
/* The same, given to the engine; returns its frame number (0: unseen). */
uint64_t pair_send(struct pair *c, enum side from, uint16_t flags, const struct pkt *s);
/* The latest packet once more, byte for byte, `later`; ttl_less: hops in between. */
uint64_t pair_copy(struct pair *c, nsec later, uint8_t ttl_less);
/* An ICMP error from `router` (last byte of 10.9.9.x) that quotes the latest packet. */
uint64_t pair_icmp(struct pair *c, nsec at, uint8_t router, uint8_t type, uint8_t code,
		   uint16_t mtu);
/* The same two ends and ports begin anew: ISNs `further` on, nothing sent yet. */
void pair_anew(struct pair *c, seqno further);
/* SYN at `at`, SYN-ACK half a round trip each way: seen at the client, rtt later; then the ACK. */
void pair_handshake(struct pair *c, nsec at, nsec rtt);
/* n times, 30 ms apart: 1000 bytes from the server, 500 from the client, all acknowledged: round
 * trips of 20 ms, and enough of each end's IP IDs to see that they count. */
void pair_talk(struct pair *c, nsec at, unsigned n);
/* The newest connection between the two ends as it is at `at`; fails when there is none. */
struct conn_detail pair_detail(struct pair *c, nsec at);
/* How many connections between the two ends are tracked. */
size_t pair_count(struct pair *c);

#define tcp(c, from, flags, ...) pair_send(c, from, flags, &(struct pkt){__VA_ARGS__})
#define syn(c, ...)		 tcp(c, CLIENT, TH_SYN, __VA_ARGS__)
#define synack(c, ...)		 tcp(c, SERVER, TH_SYN | TH_ACK, __VA_ARGS__)
#define ack(c, from, ...)	 tcp(c, from, TH_ACK, __VA_ARGS__)
#define data(c, from, ...)	 tcp(c, from, TH_ACK | TH_PSH, __VA_ARGS__)
#define fin(c, from, ...)	 tcp(c, from, TH_ACK | TH_FIN, __VA_ARGS__)
#define rst(c, from, ...)	 tcp(c, from, TH_RST, __VA_ARGS__)
#define rst_ack(c, from, ...)	 tcp(c, from, TH_RST | TH_ACK, __VA_ARGS__)

#define assert_states(c, client, server)                                                          \
	do {                                                                                       \
		struct conn_detail d_ = pair_detail(c, (c)->w->now - PKT_EPOCH);                   \
		assert_string_equal(tcp_state_name(d_.f.half[CLIENT].state),                       \
				    tcp_state_name(client));                                       \
		assert_string_equal(tcp_state_name(d_.f.half[SERVER].state),                       \
				    tcp_state_name(server));                                       \
	} while (0)
#define assert_conn(c, want)                                                                      \
	assert_string_equal(                                                                       \
		conn_state_name(pair_detail(c, (c)->w->now - PKT_EPOCH).f.state),                  \
		conn_state_name(want))

/* The verdict of that code, or NULL. */
const struct verdict *verdict_of(const struct conn_detail *d, enum verdict_code v);

#endif
