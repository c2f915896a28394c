/* SPDX-License-Identifier: MIT */
/*
 * verdict: one diagnosis of a connection with the numbers that its sentence needs, named per code.
 * The sentence is made of them by the model layer, in the user's language. `side` is the end that
 * the sentence is about; what it is for each code is said beside the code's numbers.
 */
#ifndef TCPLENS_CORE_VERDICT_H
#define TCPLENS_CORE_VERDICT_H

#include "core/words.h"
#include "net/net.h"

/* When a sender that is not answered tries again. */
struct forecast {
	nsec next;     /* until the next attempt, 0: due now; −1: none is expected, or unknown */
	nsec gives_up; /* the moment when it gives up; NSEC_NEVER: unknown */
};

/* What an ICMP error says, and which host or router sent it. */
struct icmp_notice {
	uint8_t version, type, code; /* 4 or 6; as in the message */
	uint16_t mtu;		     /* of the next hop, 0: not said */
	uint8_t from[16];	     /* network order, IPv4 as v4-mapped */
};

/* side: who refused. */
struct verdict_refused {
	nsec after;    /* since the SYN that the reset answers */
	uint32_t syns; /* sent in all */
};

/* side: the end that was not reached. */
struct verdict_rejected {
	nsec after; /* since the SYN */
	struct icmp_notice icmp;
	bool by_server; /* the server itself sent it, no router */
};

/* side: the client. */
struct verdict_no_answer {
	uint32_t syns;
	nsec elapsed; /* since the first */
	struct forecast forecast;
	bool gave_up;
};

/* side: the server. */
struct verdict_syn_ack_unanswered {
	uint32_t syn_acks;
	nsec elapsed; /* since the first */
	bool ack_seen; /* an ACK was captured after one of them, and does not seem to arrive */
};

/* side: the server. */
struct verdict_accept_queue_full {
	uint32_t repeats; /* SYN-ACKs sent again after the client's ACK */
	uint32_t ignored; /* retransmissions of the client meanwhile */
};

/* side: the client. */
struct verdict_syn_lost {
	uint32_t syns; /* connected at that one */
	nsec cost;     /* from the first to the last of them */
};

/* side: who had forgotten the connection. */
struct verdict_half_open {
	nsec silence; /* of that end before; −1 unknown */
	bool by_syn;  /* its new SYN found the old connection; otherwise its reset answered data */
};

enum reset_situation {
	RESET_IN_TRANSFER,
	RESET_IDLE,	     /* after `idle` */
	RESET_BEFORE_DATA,
	RESET_AFTER_FIN,     /* data came to a closed socket */
	RESET_KEEPALIVE,     /* after `count` unanswered probes */
};

/* side: who aborted. */
struct verdict_reset {
	uint8_t situation; /* enum reset_situation */
	nsec idle;	   /* −1 unknown */
	uint64_t sent, received; /* payload bytes */
	uint32_t count;
};

enum suspicion {
	SUSPECT_TTL,	 /* ttl, not usual_ttl */
	SUSPECT_WENT_ON, /* that end went on as if it had not sent it */
};

/* side: in whose name the reset came. */
struct verdict_reset_suspect {
	uint8_t suspicion; /* enum suspicion */
	uint8_t ttl, usual_ttl;
};

/* side: who sends into silence, or has given up. */
struct verdict_silence {
	uint32_t repeats; /* of the same bytes */
	nsec silence;	  /* of the peer */
	struct forecast forecast;
	bool fin; /* it is the FIN that is repeated */
};

/* side: whose window was closed. */
struct verdict_window_closed {
	nsec closed_for; /* now, for so long; 0: open again */
	nsec total;
	uint32_t times;
	uint32_t probes; /* sent by the peer */
};

/* side: whose segments were lost. */
struct verdict_loss {
	uint32_t lost; /* retransmissions that may have been needed */
	uint64_t segments;
	uint32_t by_timeout, fast;
};

/* side: whose segments. reordering, duplicates. */
struct verdict_count {
	uint32_t count;
};

/* side: who sent again needlessly. */
struct verdict_spurious {
	uint32_t needless, retransmissions;
};

/* side: the sender that must cut its segments. */
struct verdict_path_mtu {
	struct icmp_notice icmp;
	uint32_t cut; /* segments cut anew since */
	bool ignored; /* it goes on as before */
};

/* side: who probes. */
struct verdict_keepalive_unanswered {
	uint32_t unanswered; /* in a row */
	uint32_t probes;     /* in all */
	nsec silence;	     /* since the peer was last heard */
};

/* side: who has not closed. */
struct verdict_half_closed {
	nsec since; /* for how long the other end has */
};

struct verdict_port_reuse {
	nsec after; /* the last packet of the connection before */
};

#define TIME_SHARES 3

struct time_share {
	uint8_t cls; /* enum time_class */
	uint8_t percent; /* of the active time, rounded */
};

/* receiver-limited, application-slow; side: whose window, whose application. */
struct verdict_time {
	nsec spent, active;
	uint32_t waits; /* of application-slow */
	struct time_share shares[TIME_SHARES]; /* largest first */
};

/* side: whose small segments waited. */
struct verdict_delayed_ack {
	nsec spent;
	uint32_t waits;
};

/* side: whose data fills the queue. */
struct verdict_bufferbloat {
	nsec spent, rtt_min, rtt_max;
};

#define VERDICT_FRAMES 8

struct verdict {
	uint8_t code;	  /* enum verdict_code: says which member of the union is meant */
	uint8_t severity; /* enum severity */
	bool likely;	  /* there is doubt: the sentence says so */
	uint8_t side;	  /* enum side */
	uint8_t n_frames;
	nsec time; /* when it became true */
	uint64_t frames[VERDICT_FRAMES]; /* the evidence: frame numbers */
	union {
		struct verdict_refused refused;
		struct verdict_rejected rejected;
		struct verdict_no_answer no_answer;
		struct verdict_syn_ack_unanswered syn_ack_unanswered;
		struct verdict_accept_queue_full accept_queue_full;
		struct verdict_syn_lost syn_lost;
		struct verdict_half_open half_open;
		struct verdict_reset reset;
		struct verdict_reset_suspect reset_suspect;
		struct verdict_silence silence; /* peer-silent, timed-out */
		struct verdict_window_closed window_closed;
		struct verdict_loss loss;
		struct verdict_count reordering, duplicates;
		struct verdict_spurious spurious;
		struct verdict_path_mtu path_mtu;
		struct verdict_keepalive_unanswered keepalive;
		struct verdict_half_closed half_closed;
		struct verdict_port_reuse port_reuse;
		struct verdict_time time_spent; /* receiver-limited, application-slow */
		struct verdict_delayed_ack delayed_ack;
		struct verdict_bufferbloat bufferbloat;
	};
};

#endif
