/* SPDX-License-Identifier: MIT */
/*
 * sim: two TCP endpoints, a path between them that loses, delays, reorders and duplicates packets,
 * and a capture point somewhere on it, all derived from a seed, in simulated time. What is captured
 * goes to the engine; what was really sent, why, and what became of it is kept as the truth.
 *
 * Sequence numbers are 64-bit and relative here (0 the SYN, 1 the first byte); ISNs are added only
 * when a packet is made, so that the simulator itself cannot fail at 2^32.
 */
#ifndef TCPLENS_TESTS_SIM_H
#define TCPLENS_TESTS_SIM_H

#include "core/engine.h"
#include "estimator.h"

#define SIM_EPOCH (INT64_C(1700000000) * NSEC_PER_SEC)

/* ---- the truth ---- */
enum sent_kind { SENT_FIRST, SENT_AGAIN, SENT_PROBE, SENT_KEEPALIVE };

/* One transmission by an endpoint. */
struct sent {
	enum side from;
	enum sent_kind kind;
	enum cause cause; /* of SENT_AGAIN */
	nsec ts;
	int64_t seq, end;  /* sequence space */
	uint32_t payload;
	uint16_t flags;
	bool delivered;
	bool doubled; /* duplicated by the network, beyond the capture point */
};

/* One packet past the capture point. */
struct captured {
	uint32_t sent; /* index */
	bool copy;     /* a duplicate made by the network */
	nsec ts;
	struct packet p;
};

/* ---- an endpoint ---- */
enum app {
	APP_BULK,
	APP_REQUESTS,
	APP_HALF_CLOSE,
	APP_ABORT,
	APP_SLOW_READER,
	APP_IDLE,
	APP_COUNT
};

struct tx { /* a segment not yet acknowledged */
	int64_t seq, end;
	nsec first, last;
	size_t order; /* of its latest transmission */
	unsigned times;
	bool sacked, lost, syn, fin;
};

struct range64 {
	int64_t left, right;
};

#define TXQ_MAX 256
#define OOO_MAX 64

struct end {
	enum side side;
	enum tcp_state state;
	seqno isn;
	/* options */
	bool ts, sack, wscale_ok;
	uint8_t wscale;
	uint16_t mss;
	enum { ID_COUNTS, ID_ZERO, ID_RANDOM } id_mode;
	uint16_t ip_id;
	uint32_t ts_base, ts_recent;
	/* sending */
	int64_t una, nxt, written; /* end of what the application has written */
	bool fin_wanted, fin_sent;
	int64_t window_edge; /* of the peer */
	struct tx q[TXQ_MAX];
	unsigned n_q;
	unsigned cwnd, dup_acks, backoff;
	int64_t recovery; /* point; 0 none */
	bool in_loss, tlp_out;
	int64_t tlp_end;
	struct estimator rtt;
	enum timer_kind timer;
	nsec timer_at; /* NSEC_NEVER: none */
	nsec rto_base; /* when the time-out started */
	nsec rack_at; /* when the segments that SACKs skipped count as lost */
	nsec delack_at, keepalive_at, app_at;
	nsec heard;
	unsigned keepalive_n, persist_n;
	/* receiving */
	int64_t rcv_nxt, rcv_edge, consumed;
	struct range64 ooo[OOO_MAX]; /* newest first */
	unsigned n_ooo, unacked;
	struct range64 dsack;
	int64_t peer_fin; /* 0: none yet */
	uint32_t buffer;
	bool reading;
	/* application */
	enum app app;
	unsigned rounds;
	int64_t wait_for; /* of rcv_nxt, before the next step */
	bool gave_up;
};

enum event_kind { EV_CAPTURE, EV_ARRIVE };

struct event {
	nsec at;
	uint64_t order;
	enum event_kind kind;
	uint32_t sent;
	bool copy;
	struct packet p;
};

#define EVENTS_MAX 2048

struct sim {
	uint64_t random;
	nsec now;
	struct engine *engine;
	/* the path */
	nsec one_way;
	unsigned where; /* capture: 0 at the client, 50 the middle, 100 at the server */
	unsigned loss, reorder, duplicate; /* per 10 000 packets */
	nsec cut_from, cut_to;		   /* nothing passes meanwhile */
	bool refuse;			   /* nobody listens at the server */
	nsec depart[2];
	struct event events[EVENTS_MAX];
	unsigned n_events;
	uint64_t order;
	struct end end[2];
	nsec idle;	   /* how long the idle application pauses */
	uint32_t response; /* bytes for each request */
	enum side closer;  /* who closes first */
	bool both_close;   /* and the other at once too */
	/* the truth */
	struct sent *sent;
	size_t n_sent, size_sent;
	struct captured *captured;
	size_t n_captured, size_captured;
	bool reset_lost;
	/* Called with every packet, before it goes to the engine. */
	void (*on_capture)(void *ctx, uint64_t frame, enum side from);
	void *ctx;
};

/* Uniform in [0, below). */
uint32_t sim_draw(struct sim *s, uint32_t below);
static inline bool
sim_chance(struct sim *s, unsigned per_10000)
{
	return sim_draw(s, 10000) < per_10000;
}

/* A run made from the seed. The caller still owns *e. */
struct sim *sim_new(uint64_t seed, struct engine *e);
void sim_free(struct sim *s);
/* Until nothing more happens, or `limit` of simulated time. */
void sim_run(struct sim *s, nsec limit);

/* ---- path.c ---- */
void path_send(struct sim *s, const struct packet *p, uint32_t sent);
/* ---- end.c ---- */
void end_open(struct sim *s, struct end *e);
void end_input(struct sim *s, struct end *e, const struct packet *p);
void end_timers(struct sim *s, struct end *e);
nsec end_next_timer(const struct end *e);
void end_write(struct sim *s, struct end *e, uint32_t bytes);
void end_close(struct sim *s, struct end *e);
void end_abort(struct sim *s, struct end *e);
void end_read(struct sim *s, struct end *e);
/* ---- send.c ---- */
void send_segment(struct sim *s, struct end *e, uint16_t flags, int64_t seq, uint32_t len,
		  enum sent_kind kind, enum cause cause);
void send_pending(struct sim *s, struct end *e);
void send_ack(struct sim *s, struct end *e);
void send_again(struct sim *s, struct end *e, struct tx *t, enum cause cause);
void send_arm(struct sim *s, struct end *e);
void send_timer(struct sim *s, struct end *e);
void send_rack(struct sim *s, struct end *e);
void send_acked(struct sim *s, struct end *e, const struct packet *p, int64_t ack);
/* ---- app.c ---- */
void app_step(struct sim *s, struct end *e);

#endif
