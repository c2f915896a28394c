/* SPDX-License-Identifier: MIT */
/*
 * verdicts: what is wrong with a connection, as one diagnosis each with its evidence. A predicate
 * looks at the connection at one moment, changes nothing, and fills the numbers that its sentence
 * needs; what they mean is said above it. Table order is the order in which they are told. Here:
 * how a connection begins and ends, and the table; verdict_transfer.c: what goes on between.
 */
#include "core/analysis/verdicts.h"

#include "core/segment/timers.h"

#include <string.h>
#include <strings.h>

#define SILENT_ATTEMPTS 2

/* What a look at a connection finds without asking any predicate. */
enum sign {
	SIGN_NONE = 0,
	SIGN_FAILED = 1, /* ended, and not in order */
	SIGN_NOTED = 2,  /* a flag that says nearly all */
	SIGN_RARE = 4,   /* an end with a rare part */
	SIGN_ASIDE = 8,
	SIGN_LATE = 16,    /* an opening that takes its time */
	SIGN_CLOSING = 32, /* one end has closed */
	SIGN_UNHEARD = 64, /* one end spoke, and not only a SYN; of the other nothing is captured */
};

#define FAILED_ENDS (1u << END_REFUSED | 1u << END_REJECTED | 1u << END_RESET)
#define NOTED_FLAGS (C_MIDSTREAM | C_PORT_REUSED | C_RESET_LATE | C_LOST_BY_CAPTURE)

void
verdict_evidence(struct verdict *v, uint64_t frame)
{
	if (frame && v->n_frames < VERDICT_FRAMES)
		v->frames[v->n_frames++] = frame;
}

/* The retransmissions of a sender, oldest first. */
void
verdict_evidence_retx(struct verdict *v, const struct half *h)
{
	const struct retransmit_log *t = h->cold->retransmit_log;

	for (unsigned i = 0; t && i < t->n_retx; i++) {
		unsigned at = t->n_retx < t->retx_cap ? i : (t->retx_at + i) % t->retx_cap;

		verdict_evidence(v, t->retx[at].frame);
	}
}

static uint64_t
syn_frame_last(const struct conn *c, const struct half *h)
{
	return frame_of(c, h->cold->syn_repeat.last_frame ? h->cold->syn_repeat.last_frame
							  : h->syn_frame);
}

nsec
verdict_ladder_time(const struct half *h)
{
	return h->cold->retransmit_log && h->cold->retransmit_log->now.n > 0
		       ? h->cold->retransmit_log->now.last
		       : h->last_ts;
}

/* The error may answer an earlier SYN than the latest. */
static nsec
since_syn(const struct conn *c, const struct half *asked)
{
	nsec d = c->ended - half_syn_last(asked);

	return d >= 0 ? d : c->ended - asked->syn_ts;
}

/* refused: side = who refused; d[0] = time from the SYN to the reset; n[0] = SYNs sent;
 * variant 1: its TTL differs from the one seen in other packets of that end (a firewall answers).
 */
static bool
refused(const struct conn *c, nsec now, struct verdict *v)
{
	(void)now;
	if (c->end_cause != END_REFUSED)
		return false;
	v->side = (uint8_t)c->ended_by;
	v->time = c->ended;
	v->d[0] = since_syn(c, &c->half[!v->side]);
	v->n[0] = c->half[!v->side].syn;
	verdict_evidence(v, syn_frame_last(c, &c->half[!v->side]));
	verdict_evidence(v, frame_of(c, c->end_frame));
	return true;
}

/* rejected: addr = who sent the ICMP error, icmp_* = which; side = the server; d[0] = time from the
 * SYN; variant 1: the sender is the server itself, 0: another host or a router. */
static bool
rejected(const struct conn *c, nsec now, struct verdict *v)
{
	(void)now;
	if (c->end_cause != END_REJECTED)
		return false;
	v->side = (uint8_t)c->ended_by;
	v->time = c->ended;
	v->d[0] = since_syn(c, &c->half[!v->side]);
	v->icmp_version = c->cold->icmp_version;
	v->icmp_type = c->cold->icmp_type;
	v->icmp_code = c->cold->icmp_code;
	memcpy(v->addr, c->cold->icmp_from, 16);
	v->variant = memcmp(c->cold->icmp_from, c->end[v->side].addr, 16) == 0;
	verdict_evidence(v, syn_frame_last(c, &c->half[!v->side]));
	verdict_evidence(v, frame_of(c, c->end_frame));
	return true;
}

/* no-answer: side = the client; n[0] = SYNs sent; d[0] = since the first; d[1] = until the next
 * attempt (−1: none expected); d[2] = moment of giving up (NSEC_NEVER unknown); variant 1: has
 * given up. One SYN alone counts after a second of silence. */
static bool
no_answer(const struct conn *c, nsec now, struct verdict *v)
{
	const struct half *h = &c->half[CLIENT], *peer = &c->half[SERVER];
	nsec due = timer_due(c, CLIENT);

	if (h->state != TCP_SYN_SENT || half_has(peer, H_SEQ))
		return false;
	if (h->syn < 2 && now - half_syn_last(h) < NSEC_PER_SEC)
		return false;
	v->side = CLIENT;
	v->time = half_syn_last(h);
	v->n[0] = h->syn;
	v->d[0] = now - h->syn_ts;
	v->d[2] = timer_gives_up(c, CLIENT);
	v->variant = v->d[2] < now;
	v->d[1] = due == NSEC_NEVER || v->variant ? -1 : nsec_max(due - now, 0);
	verdict_evidence(v, frame_of(c, h->syn_frame));
	verdict_evidence_retx(v, h);
	return true;
}

/* One or two repeated SYN-ACKs may mean a lost ACK; more, or ignored data, that nobody accepts. */
static bool
is_not_accepted(const struct conn *c)
{
	const struct half *h = &c->half[SERVER];

	return (c->flags & C_ACCEPT_FULL) && h->payload.bytes == 0 &&
	       (h->cold->by_cause[CAUSE_SYN_ACK] > 2 ||
		cold_retransmissions(c->half[CLIENT].cold) > 0);
}

/* syn-ack-unanswered: side = the server; n[0] = SYN-ACKs sent; d[0] = since the first; variant 0:
 * no ACK was captured, 1: an ACK was captured after one of them and does not seem to arrive. */
static bool
syn_ack_unanswered(const struct conn *c, nsec now, struct verdict *v)
{
	const struct half *h = &c->half[SERVER];

	if (h->state != TCP_SYN_RECV || h->syn < 2 || c->end_cause != END_OPEN ||
	    is_not_accepted(c))
		return false;
	v->side = SERVER;
	v->variant = (c->flags & C_HANDSHAKE_DONE) != 0;
	v->likely = v->variant == 1;
	v->time = half_syn_last(h);
	v->n[0] = h->syn;
	v->d[0] = now - h->syn_ts;
	verdict_evidence(v, frame_of(c, h->syn_frame));
	verdict_evidence_retx(v, h);
	return true;
}

/* accept-queue-full: side = the server; n[0] = SYN-ACKs repeated after the client's ACK; n[1] =
 * client's retransmissions meanwhile; likely (the ACK may be lost behind the capture). */
static bool
accept_queue_full(const struct conn *c, nsec now, struct verdict *v)
{
	const struct half *h = &c->half[SERVER], *client = &c->half[CLIENT];

	(void)now;
	if (!is_not_accepted(c))
		return false;
	v->side = SERVER;
	v->likely = true;
	v->time = half_syn_last(h);
	v->n[0] = h->cold->by_cause[CAUSE_SYN_ACK];
	v->n[1] = cold_retransmissions(client->cold);
	verdict_evidence(v, frame_of(c, c->hs_frame));
	verdict_evidence_retx(v, h);
	return true;
}

/* syn-lost: side = the client; n[0] = at which SYN it connected; d[0] = time it cost. */
static bool
syn_lost(const struct conn *c, nsec now, struct verdict *v)
{
	const struct half *h = &c->half[CLIENT];

	(void)now;
	if (h->cold->by_cause[CAUSE_SYN] == 0 || !(c->flags & C_HANDSHAKE_DONE) ||
	    (c->flags & C_CHALLENGED))
		return false;
	v->side = CLIENT;
	v->time = half_syn_last(h);
	v->n[0] = h->syn;
	v->d[0] = half_syn_last(h) - h->syn_ts;
	verdict_evidence(v, frame_of(c, h->syn_frame));
	verdict_evidence_retx(v, h);
	return true;
}

/* half-open: side = who had forgotten the connection (sent the reset); d[0] = its silence before;
 * variant 0: the reset answered data, 1: a new SYN found the old connection. */
static bool
half_open(const struct conn *c, nsec now, struct verdict *v)
{
	(void)now;
	if (!(c->flags & C_HALF_OPEN) || c->end_cause != END_RESET)
		return false;
	v->side = (uint8_t)c->ended_by;
	v->time = c->ended;
	v->d[0] = c->cold->end_silence;
	v->variant = (c->flags & C_HALF_OPEN_SYN) != 0;
	verdict_evidence(v, frame_of(c, c->cold->end_answers));
	verdict_evidence(v, frame_of(c, c->end_frame));
	return true;
}

/* reset: side = who aborted; d[0] = its peer's or own silence before; n[0] = bytes that the other
 * had sent it, n[1] = bytes it had sent; variant 0: in mid-transfer, 1: after idling (d[0] ≥ 60 s),
 * 2: during the handshake, 3: after its own close (data came to a closed socket), 4: after n[2]
 * unanswered keep-alive probes. */
static bool
reset(const struct conn *c, nsec now, struct verdict *v)
{
	const struct half *h;

	(void)now;
	if (c->end_cause != END_RESET || (c->flags & C_HALF_OPEN))
		return false;
	v->side = (uint8_t)c->ended_by;
	h = &c->half[v->side];
	v->time = c->ended;
	v->d[0] = c->cold->end_silence;
	v->n[0] = (int64_t)c->half[!v->side].payload.unique_bytes;
	v->n[1] = (int64_t)h->payload.unique_bytes;
	v->n[2] = h->cold->keepalive.unanswered;
	if (h->cold->keepalive.unanswered > 1)
		v->variant = 4;
	else if (half_has(h, H_FIN))
		v->variant = 3;
	else if (h->payload.unique_bytes + c->half[!v->side].payload.unique_bytes == 0 &&
		 !(c->flags & C_MIDSTREAM))
		v->variant = 2;
	else if (c->cold->end_silence >= 60 * NSEC_PER_SEC)
		v->variant = 1;
	verdict_evidence(v, frame_of(c, c->cold->end_answers));
	verdict_evidence(v, frame_of(c, c->end_frame));
	return true;
}

/* reset-after-close: side = who sent it. */
static bool
reset_after_close(const struct conn *c, nsec now, struct verdict *v)
{
	(void)now;
	if (!(c->flags & C_RESET_LATE))
		return false;
	v->side = c->half[CLIENT].rst ? CLIENT : SERVER;
	v->time = c->last;
	verdict_evidence(v, frame_of(c, c->end_frame));
	return true;
}

/* reset-suspect: side = in whose name it came; n[0] = its TTL, n[1] = that end's usual TTL;
 * variant 0: the TTL differs, 1: that end went on as if it had not sent it. */
static bool
reset_suspect(const struct conn *c, nsec now, struct verdict *v)
{
	(void)now;
	if (!c->rst_suspect)
		return false;
	v->side = c->ended_by >= 0 ? (uint8_t)c->ended_by : (c->half[SERVER].rst ? SERVER : CLIENT);
	v->likely = true;
	v->time = c->ended ? c->ended : c->last;
	v->n[0] = c->cold->rst_ttl;
	v->n[1] = c->half[v->side].ttl;
	v->variant = c->end_cause != END_RESET;
	verdict_evidence(v, frame_of(c, c->end_frame));
	return true;
}

/* Attempts of the same bytes into silence; 0 where something came meanwhile. */
static unsigned
silent_attempts(const struct conn *c, enum side s)
{
	const struct half *h = &c->half[s];
	const struct ladder *l = h->cold->retransmit_log ? &h->cold->retransmit_log->now : NULL;

	if (!l || l->n == 0 || half_in_flight(h) == 0 || l->seq != h->seq.una ||
	    conn_last_got(c, s) > l->start)
		return 0;
	return l->n;
}

bool
verdict_silent_side(const struct conn *c, enum side *s)
{
	for (int i = 0; i < 2; i++)
		if (c->half[i].state >= TCP_ESTAB &&
		    silent_attempts(c, (enum side)i) >= SILENT_ATTEMPTS) {
			*s = (enum side)i;
			return true;
		}
	return false;
}

static void
silence_fill(const struct conn *c, enum side s, nsec now, struct verdict *v)
{
	const struct half *h = &c->half[s];
	nsec due = timer_due(c, s);

	v->side = s;
	v->time = verdict_ladder_time(h);
	v->n[0] = silent_attempts(c, s);
	v->d[0] = now - conn_last_got(c, s);
	v->d[1] = due == NSEC_NEVER ? -1 : nsec_max(due - now, 0);
	v->d[2] = timer_gives_up(c, s);
	v->variant = half_has(h, H_FIN) && h->seq.una == h->fin_seq;
	verdict_evidence(v, h->cold->retransmit_log->now.frame);
	verdict_evidence_retx(v, h);
}

/* peer-silent: side = who sends into silence; n[0] = retransmissions; d[0] = how long the peer has
 * been silent; d[1] = until the next attempt (−1 unknown); d[2] = moment of giving up (NSEC_NEVER
 * unknown); variant 1: it is the FIN. */
static bool
peer_silent(const struct conn *c, nsec now, struct verdict *v)
{
	enum side s;

	if (c->end_cause != END_OPEN || !verdict_silent_side(c, &s) || timer_gives_up(c, s) < now)
		return false;
	silence_fill(c, s, now, v);
	return true;
}

/* timed-out: side = who gave up; n[0] = retransmissions; d[0] = how long the peer was silent;
 * d[2] = the moment; likely: nothing is sent when a sender gives up, it is known by its rules. */
static bool
timed_out(const struct conn *c, nsec now, struct verdict *v)
{
	enum side s;

	if (c->end_cause != END_OPEN || !verdict_silent_side(c, &s) || timer_gives_up(c, s) >= now)
		return false;
	silence_fill(c, s, now, v);
	v->likely = true;
	v->d[1] = -1;
	return true;
}

struct verdict_row {
	const char *name;
	enum severity severity;
	enum sign sign; /* without it test is false, and is not asked */
	bool (*test)(const struct conn *c, nsec now, struct verdict *v);
	const char *help;
};

/* clang-format off */
static const struct verdict_row rows[VERDICT_COUNT] = {
	[V_REFUSED] = {"refused", SEV_ERROR, SIGN_FAILED, refused,
		N_("A reset answered the SYN: nobody listens on that port, or a firewall says so.")},
	[V_REJECTED] = {"rejected", SEV_ERROR, SIGN_FAILED, rejected,
		N_("An ICMP error that quotes the SYN: which, and which host sent it.")},
	[V_NO_ANSWER] = {"no-answer", SEV_ERROR, SIGN_LATE, no_answer,
		N_("SYNs and silence: wrong address, host down, or dropped on the way.")},
	[V_SYN_ACK_UNANSWERED] = {"syn-ack-unanswered", SEV_ERROR, SIGN_LATE, syn_ack_unanswered,
		N_("The server answers, the client's ACK is not seen to arrive: return path, client gone, or "
		   "the last ACK lost.")},
	[V_ACCEPT_QUEUE_FULL] = {"accept-queue-full", SEV_WARNING, SIGN_RARE, accept_queue_full,
		N_("The handshake is done for the client, yet the server repeats its SYN-ACK: the listener does "
		   "not accept.")},
	[V_SYN_LOST] = {"syn-lost", SEV_NOTE, SIGN_RARE, syn_lost,
		N_("Connected only after the SYN was repeated: the first was lost.")},
	[V_HALF_OPEN] = {"half-open", SEV_ERROR, SIGN_FAILED, half_open,
		N_("A reset that knows no connection answers data, or a new SYN finds an old connection: one "
		   "end had forgotten it.")},
	[V_RESET] = {"reset", SEV_WARNING, SIGN_FAILED, reset,
		N_("One side aborted the connection.")},
	[V_RESET_AFTER_CLOSE] = {"reset-after-close", SEV_NOTE, SIGN_NOTED, reset_after_close,
		N_("A reset after both had finished: harmless.")},
	[V_RESET_SUSPECT] = {"reset-suspect", SEV_WARNING, SIGN_NOTED, reset_suspect,
		N_("The reset does not look like the peer's own packets.")},
	[V_PEER_SILENT] = {"peer-silent", SEV_ERROR, SIGN_RARE, peer_silent,
		N_("Data or a FIN is sent again and again into silence.")},
	[V_TIMED_OUT] = {"timed-out", SEV_ERROR, SIGN_RARE, timed_out,
		N_("The sender must have given up: its retransmissions were not answered.")},
	[V_WINDOW_CLOSED] = {"window-closed", SEV_WARNING, SIGN_RARE, verdict_window_closed,
		N_("The receiver's window is 0: its application does not read.")},
	[V_RECEIVER_LIMITED] = {"receiver-limited", SEV_WARNING, SIGN_NONE, NULL,
		N_("The sender is held by the receiver's window for most of the transfer.")},
	[V_APPLICATION_SLOW] = {"application-slow", SEV_NOTE, SIGN_NONE, NULL,
		N_("The time goes into one side's application, not into the network.")},
	[V_LOSS] = {"loss", SEV_WARNING, SIGN_RARE, verdict_loss,
		N_("Segments were lost and sent again: at least one in a hundred.")},
	[V_REORDERING] = {"reordering", SEV_NOTE, SIGN_RARE, verdict_reordering,
		N_("Segments arrived out of order.")},
	[V_SPURIOUS] = {"spurious", SEV_NOTE, SIGN_RARE, verdict_spurious,
		N_("Segments were sent again although they had arrived.")},
	[V_DUPLICATES] = {"duplicates", SEV_NOTE, SIGN_RARE, verdict_duplicates,
		N_("The network doubled packets.")},
	[V_PATH_MTU] = {"path-mtu", SEV_ERROR, SIGN_ASIDE, verdict_path_mtu,
		N_("A router says that segments are too large for the path.")},
	[V_KEEPALIVE_UNANSWERED] = {"keepalive-unanswered", SEV_WARNING, SIGN_RARE,
		verdict_keepalive_unanswered,
		N_("Keep-alive probes are not answered.")},
	[V_DELAYED_ACK] = {"delayed-ack", SEV_NOTE, SIGN_NONE, NULL,
		N_("Small segments wait for delayed ACKs (Nagle).")},
	[V_BUFFERBLOAT] = {"bufferbloat", SEV_NOTE, SIGN_NONE, NULL,
		N_("The RTT grows with the bytes in flight.")},
	[V_HALF_CLOSED] = {"half-closed", SEV_NOTE, SIGN_CLOSING, verdict_half_closed,
		N_("One side has closed, the other has not yet.")},
	[V_PORT_REUSE] = {"port-reuse", SEV_NOTE, SIGN_NOTED, verdict_port_reuse,
		N_("The same addresses and ports were used again quickly.")},
	[V_ONE_SIDED] = {"one-sided", SEV_NOTE, SIGN_UNHEARD, verdict_one_sided,
		N_("Only one direction was captured; what needs the other is withheld.")},
	[V_MIDSTREAM] = {"midstream", SEV_NOTE, SIGN_NOTED, verdict_midstream,
		N_("The capture began after the connection; options and window scale are unknown.")},
	[V_CAPTURE_LOSS] = {"capture-loss", SEV_NOTE, SIGN_NOTED, verdict_capture_loss,
		N_("The capture lacks packets that the peer acknowledged.")},
};

/* The order in which they are told: what ended or prevents the connection, then what hurts it. */
static const uint8_t order[] = {
	V_REFUSED, V_REJECTED, V_NO_ANSWER, V_HALF_OPEN, V_TIMED_OUT, V_PEER_SILENT,
	V_ACCEPT_QUEUE_FULL, V_SYN_ACK_UNANSWERED, V_PATH_MTU, V_RESET, V_RESET_SUSPECT,
	V_KEEPALIVE_UNANSWERED, V_WINDOW_CLOSED, V_LOSS, V_SYN_LOST, V_RESET_AFTER_CLOSE, V_SPURIOUS,
	V_REORDERING, V_DUPLICATES, V_HALF_CLOSED, V_PORT_REUSE, V_CAPTURE_LOSS, V_ONE_SIDED,
	V_MIDSTREAM,
};
/* clang-format on */

/* An opening that was repeated or has waited for an answer for long. */
static bool
is_late(const struct half *h, nsec now)
{
	return (h->state == TCP_SYN_SENT || h->state == TCP_SYN_RECV) &&
	       (h->syn > 1 || now - half_syn_last(h) >= NSEC_PER_SEC);
}

/* Sound connections are most of all: one look tells that nothing, or but little, can be found. */
static unsigned
signs_of(const struct conn *c, nsec now)
{
	const struct half *a = &c->half[CLIENT], *b = &c->half[SERVER];
	unsigned signs = 0;

	if (FAILED_ENDS >> c->end_cause & 1)
		signs |= SIGN_FAILED;
	if ((c->flags & NOTED_FLAGS) || c->rst_suspect)
		signs |= SIGN_NOTED;
	if (a->cold != &half_cold_none || b->cold != &half_cold_none)
		signs |= SIGN_RARE;
	if (c->cold != &conn_cold_none)
		signs |= SIGN_ASIDE;
	if (is_late(a, now) || is_late(b, now))
		signs |= SIGN_LATE;
	if (((a->flags | b->flags) & H_FIN_ACKED) && !(a->flags & b->flags & H_FIN))
		signs |= SIGN_CLOSING;
	if ((a->segments == 0 || b->segments == 0) && ((a->flags | b->flags) & H_ACK))
		signs |= SIGN_UNHEARD;
	return signs;
}

size_t
verdicts_by_signs(const struct conn *c, nsec now, unsigned signs, struct verdict *out, size_t max)
{
	size_t n = 0, clean = 0;

	for (size_t i = 0; i < ARRAY_LEN(order) && n < max; i++) {
		const struct verdict_row *r = &rows[order[i]];
		struct verdict *v = &out[n];

		if (!(r->sign & signs))
			continue;
		if (n == clean) { /* a predicate that fails has written nothing */
			memset(v, 0, sizeof(*v));
			clean++;
		}
		v->code = order[i];
		v->severity = (uint8_t)r->severity;
		n += r->test(c, now, v);
	}
	return n;
}

size_t
verdicts_of(const struct conn *c, nsec now, struct verdict *out, size_t max)
{
	const unsigned signs = signs_of(c, now);

	return signs ? verdicts_by_signs(c, now, signs, out, max) : 0;
}

const char *
verdict_name(enum verdict_code v)
{
	return rows[v].name;
}

enum severity
verdict_severity(enum verdict_code v)
{
	return rows[v].severity;
}

bool
verdict_has_rule(enum verdict_code v)
{
	return rows[v].test;
}

const char *
verdict_help(enum verdict_code v)
{
	return rows[v].help;
}

bool
verdict_by_name(const char *name, enum verdict_code *out)
{
	for (int i = 0; i < VERDICT_COUNT; i++)
		if (strcasecmp(name, rows[i].name) == 0) {
			*out = (enum verdict_code)i;
			return true;
		}
	return false;
}
