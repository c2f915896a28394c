/* SPDX-License-Identifier: MIT */
/*
 * segment: PRIVATE to the core. The segment being processed: the state before it, and what has been
 * decided of it so far.
 */
#ifndef TCPLENS_CORE_SEGMENT_SEGMENT_H
#define TCPLENS_CORE_SEGMENT_SEGMENT_H

#include "core/flow/flow.h"

/* What a segment's sequence range is to the stream of its sender. */
enum range_kind {
	RANGE_NONE,	 /* occupies no sequence space */
	RANGE_NEW,	 /* extends the stream */
	RANGE_GAP,	 /* begins beyond the captured stream */
	RANGE_REORDERED, /* an original that arrives late */
	RANGE_LATE,	 /* an original captured after its ACK: only the capture's order */
	RANGE_COPY,	 /* the same packet once more */
	RANGE_AGAIN,	 /* all or part was seen before: a retransmission */
	RANGE_HOLE,	 /* a retransmission of bytes that were never captured */
};

/* snd sent it, rcv is to receive it, whichever of them is the client. */
struct seg {
	struct core *core;
	const struct packet *p;
	struct conn *c;
	struct half *snd, *rcv;
	nsec now;
	nsec silent_since; /* when snd sent the one before this, 0 never */
	nsec rexmit_after; /* since the same bytes were last sent, −1 they were not */
	seqno seq, end;	   /* [seq, end) with SYN and FIN; equal: no sequence space */
	uint32_t log;	   /* its number in the history */
	enum side from;
	bool pure_ack;	   /* ACK without data, SYN, FIN, RST */
	bool new_instance; /* it opened a new connection of a used tuple */
	/* ---- decided of it; all 0 before ---- */
	uint32_t findings; /* FINDING() bits */
	bool ends_handshake; /* the third packet of the handshake */
	enum range_kind range;
	enum seg_kind kind;
	bool outstanding;   /* rcv has unacknowledged data that this could acknowledge */
	bool new_sack;	    /* its SACK blocks report something new */
	bool seq_crosses_gap; /* begins behind a gap of the capture wider than the window */
	bool ack_crosses_gap; /* acknowledges what lies behind such a gap */
	bool dsack;	    /* its first block reports a duplicate (RFC 2883) */
	bool window_closed; /* rcv's latest window was 0 for snd, or too small to send */
	bool rst_valid;	    /* a reset that its receiver accepts (RFC 9293 3.10.7, RFC 5961) */
	bool pending;	    /* needed may still change */
	uint8_t cause, needed; /* enum cause, enum needed */
	uint32_t rexmit_n;     /* ordinal of the repetition, starting at 1 */
	uint64_t rexmit_of;    /* frame it repeats, 0 unknown */
	nsec sacked_sent;      /* when the oldest newly SACKed range that was sent only once was
				* sent; 0 none */
	nsec last_sent;	       /* latest transmission of its first byte, 0 unknown */
	uint32_t newly_sacked; /* bytes */
	uint32_t seen_bytes;   /* of its range, seen before */
	uint16_t dup_ack;      /* ordinal of the duplicate ACK, 0 none */
};

#endif
