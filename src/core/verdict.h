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
	nsec overdue;  /* since the last attempt, when the next was due long ago and has not come:
			* what was expected of this sender does not hold; 0: none is overdue */
};

/* What an ICMP error says, and which host or router sent it. */
struct icmp_notice {
	uint8_t version, type, code; /* 4 or 6; as in the message */
	uint16_t mtu;		     /* of the next hop, 0: not said */
	uint8_t from[16];	     /* network order, IPv4 as v4-mapped */
};

/* ---- openings ---- */

/* side: who refused. */
struct verdict_refused {
	nsec after;    /* since the SYN that the reset answers */
	uint32_t syns; /* sent in all */
	bool firewall; /* the reset's TTL is not that host's own */
};

/* side: the end that was not reached. */
struct verdict_rejected {
	nsec after; /* since the SYN */
	uint32_t syns;
	struct icmp_notice icmp;
	bool by_server; /* the server itself sent it, no router */
};

enum no_answer_end {
	NO_ANSWER_WAITS,
	NO_ANSWER_GAVE_UP, /* by the sender's rules */
	NO_ANSWER_RESET,   /* the client closed with a reset of its own */
};

/* side: the client. */
struct verdict_no_answer {
	uint32_t syns;
	nsec elapsed; /* from the first until now, or until it ended */
	struct forecast forecast;
	uint8_t end;	 /* enum no_answer_end */
	uint32_t resets; /* that came and could not be accepted */
};

/* side: the server. */
struct verdict_syn_ack_unanswered {
	uint32_t syn_acks; /* sent by its timer */
	nsec elapsed;	   /* since the first */
	bool ack_seen; /* an ACK was captured after one of them, and does not seem to arrive */
};

/* side: the server. */
struct verdict_accept_queue_full {
	uint32_t repeats; /* SYN-ACKs that its timer sent after the client's ACK */
	uint32_t ignored; /* retransmissions of the client meanwhile */
	bool ack_arrived; /* the repeated SYN-ACK echoes the ACK's time stamp */
	bool over;	  /* it was accepted after all */
};

/* side: the server. */
struct verdict_deferred_accept {
	uint32_t repeats; /* SYN-ACKs after the client's ACK */
	nsec waited;	  /* from the client's ACK to its first data, or until now */
	bool over;	  /* the data came and was taken */
};

enum syn_lost_what {
	SYN_LOST_SYN,
	SYN_LOST_ANSWER, /* an answer to an earlier SYN was captured and did not arrive */
	SYN_LOST_ECN,	 /* only the SYN without ECN was answered */
};

/* side: the client. */
struct verdict_syn_lost {
	uint32_t syns; /* connected at that one */
	nsec cost;     /* from the first to the last of them */
	uint8_t what;  /* enum syn_lost_what */
};

/* side: the server. */
struct verdict_two_answers {
	nsec apart; /* the second SYN-ACK after the first */
};

/* side: the client. */
struct verdict_wrong_responder {
	uint8_t addr[16]; /* the other one: who answered, or who was asked; network order */
	uint16_t port;
	bool is_answer;	  /* this connection is the answer, the SYN is on the other one */
	uint64_t related; /* id of the other connection */
};

struct verdict_port_reuse {
	nsec after; /* the last packet of the connection before */
};

/* ---- resets ---- */

/* What a reset answers. */
enum answered {
	ANSWERS_NOTHING, /* it is spontaneous */
	ANSWERS_SYN,
	ANSWERS_SYN_ACK,
	ANSWERS_DATA,
	ANSWERS_FIN,
	ANSWERS_PROBE, /* a keep-alive or a window probe */
	ANSWERS_ACK,   /* one without anything else */
	ANSWERS_NO_ACK, /* one without SYN and ACK, which belongs to no connection */
};

enum half_open_how {
	HALF_OPEN_BY_RESET, /* its reset answers `answered` */
	HALF_OPEN_BELIEVED, /* side: the end that still believed in a connection */
	HALF_OPEN_SYN_MET,  /* its SYN, on this connection, met an older one */
	HALF_OPEN_REPLACED, /* its SYN, on a newer connection, met this one */
};

/* side: who had forgotten the connection. */
struct verdict_half_open {
	uint8_t how;	  /* enum half_open_how */
	uint8_t answered; /* enum answered */
	nsec silence;	  /* of that end before; −1 unknown */
	/* HALF_OPEN_SYN_MET: */
	uint32_t answers;  /* ACKs of the older connection that its SYNs got */
	nsec cost;	   /* from its first SYN to its last */
	bool connected;	   /* in the end */
	uint64_t older;	   /* id of the older connection, 0: not captured */
};

/* side: who does not know the connection. */
struct verdict_unknown_connection {
	uint8_t answered; /* enum answered */
	uint64_t related; /* id of a connection that this one continues, 0 none */
	uint16_t port;	  /* of its client */
};

enum reset_situation {
	RESET_ALONE,	    /* nothing else of the connection was captured */
	RESET_KEEPALIVE,    /* after `count` unanswered probes */
	RESET_GAVE_UP,	    /* the same `bytes`, sent `count` times, were not acknowledged */
	RESET_SYN_ACKS,	    /* its SYN-ACK, sent `count` times, was not */
	RESET_ABANDONED,    /* it had opened the connection and aborts the handshake */
	RESET_LATE_DATA,    /* `bytes` came after it had closed */
	RESET_AFTER_FIN,    /* after its own FIN; nothing came in between */
	RESET_SOCKET_GONE,  /* its socket was closed when `answered` came */
	RESET_CLOSING,	    /* after the other end's FIN, with nothing pending */
	RESET_BEFORE_DATA,
	RESET_UNREAD,	    /* data had come that was not read */
	RESET_IN_FLIGHT,    /* `bytes` were on their way */
	RESET_NOT_ANSWERED, /* the client's latest data had no reply yet */
	RESET_ALL_ACKED,    /* nothing pending */
};

/* side: who aborted. */
struct verdict_reset {
	uint8_t situation; /* enum reset_situation */
	uint8_t answered;  /* enum answered */
	nsec idle;	   /* of both ends before; −1 unknown */
	uint64_t sent;	   /* payload bytes */
	uint64_t received; /* payload bytes that it had acknowledged */
	uint32_t count;
	uint32_t bytes;
};

enum reset_ignored_why {
	IGNORED_SEQ,	 /* its number is not the one that its receiver waits for */
	IGNORED_ACK,	 /* it does not acknowledge the SYN */
	IGNORED_WENT_ON, /* its receiver went on all the same */
};

/* side: who sent it. */
struct verdict_reset_ignored {
	uint8_t why;		/* enum reset_ignored_why */
	int64_t number, wanted; /* relative sequence numbers */
	uint32_t count;		/* resets */
	nsec went_on;	  /* how long after it its receiver sent something; −1: not heard since */
	uint32_t repeats; /* of the receiver, into silence */
};

enum suspicion {
	SUSPECT_NOTHING,
	SUSPECT_TTL,	 /* ttl, not usual_ttl */
	SUSPECT_IP_ID,	 /* its IP ID is out of sequence, and it has no time stamps */
	SUSPECT_WENT_ON, /* that end went on as if it had not sent it */
};

/* side: in whose name the reset came. */
struct verdict_reset_suspect {
	uint8_t suspicion; /* enum suspicion */
	uint8_t ttl, usual_ttl;
};

/* ---- waiting for the other end ---- */

/* side: who sends into silence, or has given up. peer-silent, timed-out. */
struct verdict_silence {
	uint32_t attempts; /* of the same bytes, the first transmission included */
	nsec silence;	   /* of the peer; −1: it was never heard */
	struct forecast forecast;
	bool fin; /* it is the FIN that is repeated */
};

/* side: who probes. */
struct verdict_keepalive_unanswered {
	uint32_t unanswered; /* in a row */
	uint32_t probes;     /* in all */
	nsec silence;	     /* since the peer was last heard; −1: it was never heard */
};

/* side: who has not closed. */
struct verdict_half_closed {
	nsec since; /* for how long the other end has */
};

/* side: whose segments did not get through. */
struct verdict_unreachable {
	struct icmp_notice icmp; /* the latest */
	uint32_t times;
	uint32_t repeats; /* of the sender since the first */
};

/* ---- transfers ---- */

enum window_reading {
	WINDOW_NOT_READ,     /* nothing is missing: the application does not read */
	WINDOW_HOLE,	     /* the missing bytes are refused because the window is 0 */
	WINDOW_NOT_YET,	     /* 0 from the SYN-ACK on */
	WINDOW_STACK_FAULT,  /* ACKs with a window of 0 answer each other */
	WINDOW_TOO_SMALL,    /* open, but too small for the sender to fill a segment */
};

/* side: whose window was closed. */
struct verdict_window_closed {
	nsec closed_for; /* now, for so long; 0: it is over */
	nsec total;
	uint32_t closures;
	uint32_t probes; /* of the peer while it was closed; those of this closure if it lasts */
	uint8_t reading; /* enum window_reading */
};

/* side: whose right edge moved left. */
struct verdict_window_retracted {
	uint32_t times;
	uint32_t bytes;	  /* the farthest */
	uint32_t refused; /* bytes that had been sent and had to be sent again */
};

/* side: whose segments were lost. The causes add up to before + behind. */
struct verdict_loss {
	uint32_t before, behind; /* the capture point: retransmissions that were needed */
	uint64_t segments;
	uint32_t by_timeout, by_probe, fast, recovery, fin, unknown;
};

/* side: whose segments. reordering, duplicates. */
struct verdict_count {
	uint32_t count;
};

/* side: who sent again needlessly. */
struct verdict_spurious {
	uint32_t needless, retransmissions;
};

/* side: who goes on repeating. */
struct verdict_acks_ignored {
	uint32_t repeats; /* of bytes whose ACK had been captured on its way to it */
	bool at_sender;	  /* the capture is at that host */
};

enum path_mtu_kind {
	PATH_MTU_HEEDED,  /* ICMP said so, and the sender cut its segments */
	PATH_MTU_IGNORED, /* ICMP said so, and the same size is sent again */
	PATH_MTU_BLACK_HOLE, /* no ICMP; `fails` bytes never pass, `passes` do */
	PATH_MTU_HOLE_AT_RECEIVER, /* no ICMP; `fails` bytes are missing here, `passes` came */
	PATH_MTU_FOUND,	  /* no ICMP; the sender found by itself that `passes` bytes pass */
};

/* side: the sender of the segments that are too large. */
struct verdict_path_mtu {
	uint8_t kind; /* enum path_mtu_kind */
	struct icmp_notice icmp;
	uint32_t cut; /* segments cut anew since */
	uint32_t passes, fails; /* payload bytes; 0 unknown */
	uint32_t attempts;
};

/* side: whose segments. */
struct verdict_bad_checksum {
	uint32_t segments;
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
		struct verdict_deferred_accept deferred_accept;
		struct verdict_syn_lost syn_lost;
		struct verdict_two_answers two_answers;
		struct verdict_wrong_responder wrong_responder;
		struct verdict_port_reuse port_reuse;
		struct verdict_half_open half_open;
		struct verdict_unknown_connection unknown_connection;
		struct verdict_reset reset;
		struct verdict_reset_ignored reset_ignored;
		struct verdict_reset_suspect reset_suspect;
		struct verdict_silence silence; /* peer-silent, timed-out */
		struct verdict_keepalive_unanswered keepalive;
		struct verdict_half_closed half_closed;
		struct verdict_unreachable unreachable;
		struct verdict_window_closed window_closed;
		struct verdict_window_retracted window_retracted;
		struct verdict_loss loss;
		struct verdict_count reordering, duplicates;
		struct verdict_spurious spurious;
		struct verdict_acks_ignored acks_ignored;
		struct verdict_path_mtu path_mtu;
		struct verdict_bad_checksum bad_checksum;
		struct verdict_time time_spent; /* receiver-limited, application-slow */
		struct verdict_delayed_ack delayed_ack;
		struct verdict_bufferbloat bufferbloat;
	};
};

#endif
