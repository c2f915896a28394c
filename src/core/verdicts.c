/* SPDX-License-Identifier: MIT */
/*
 * verdicts: what is wrong with a connection, as one diagnosis each with its evidence. A predicate
 * looks at the connection at one moment, changes nothing, and fills the numbers that its sentence
 * needs; what they mean is said above it. Table order is the order in which they are told.
 */
#include "core/conn.h"

#include <string.h>
#include <strings.h>

#define LOSS_SHARE	100 /* one retransmission in so many segments is worth a word */
#define SILENT_ATTEMPTS 2
#define WINDOW_CLOSED_MIN (500 * NSEC_PER_MS)
#define HALF_CLOSED_MIN (5 * NSEC_PER_SEC)
#define REUSE_QUICK	(60 * NSEC_PER_SEC)

static void
evidence(struct verdict *v, uint64_t frame)
{
	if (frame && v->n_frames < VERDICT_FRAMES)
		v->frames[v->n_frames++] = frame;
}

/* The retransmissions of a sender, oldest first. */
static void
evidence_retx(struct verdict *v, const struct half *h)
{
	const struct trouble *t = h->rare->trouble;

	for (unsigned i = 0; t && i < t->n_retx; i++) {
		unsigned at = t->n_retx < RETX_MAX ? i : (t->retx_at + i) % RETX_MAX;

		evidence(v, t->retx[at].frame);
	}
}

static uint64_t
syn_frame_last(const struct half *h)
{
	return h->rare->syn_last_frame ? h->rare->syn_last_frame : h->syn_frame;
}

static nsec
ladder_time(const struct half *h)
{
	return h->rare->trouble && h->rare->trouble->now.n > 0 ? h->rare->trouble->now.last : h->last_ts;
}

/* refused: side = who refused; d[0] = time from the SYN to the reset; n[0] = SYNs sent;
 * variant 1: its TTL differs from the one seen in other packets of that end (a firewall answers). */
static bool
refused(const struct conn *c, nsec now, struct verdict *v)
{
	(void)now;
	if (c->end_cause != END_REFUSED)
		return false;
	v->side = (uint8_t)c->ended_by;
	v->time = c->ended;
	v->d[0] = c->ended - c->half[!v->side].syn_last_ts;
	v->n[0] = c->half[!v->side].syn;
	evidence(v, syn_frame_last(&c->half[!v->side]));
	evidence(v, c->end_frame);
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
	v->d[0] = c->ended - c->half[!v->side].syn_last_ts;
	v->icmp_version = c->aside->icmp_version;
	v->icmp_type = c->aside->icmp_type;
	v->icmp_code = c->aside->icmp_code;
	memcpy(v->addr, c->aside->icmp_from, 16);
	v->variant = memcmp(c->aside->icmp_from, c->end[v->side].addr, 16) == 0;
	evidence(v, syn_frame_last(&c->half[!v->side]));
	evidence(v, c->end_frame);
	return true;
}

/* no-answer: side = the client; n[0] = SYNs sent; d[0] = since the first; d[1] = until the next
 * attempt (−1: none expected); d[2] = moment of giving up (NSEC_NEVER unknown); variant 1: has given
 * up. One SYN alone counts after a second of silence. */
static bool
no_answer(const struct conn *c, nsec now, struct verdict *v)
{
	const struct half *h = &c->half[CLIENT], *peer = &c->half[SERVER];
	nsec due = h->timer_len >= 0 ? h->timer_start + h->timer_len : -1;

	if (h->state != TCP_SYN_SENT || half_has(peer, H_SEQ))
		return false;
	if (h->syn < 2 && now - h->syn_last_ts < NSEC_PER_SEC)
		return false;
	v->side = CLIENT;
	v->time = h->syn_last_ts;
	v->n[0] = h->syn;
	v->d[0] = now - h->syn_ts;
	v->d[2] = timer_gives_up(c, CLIENT);
	v->variant = v->d[2] < now;
	v->d[1] = due < 0 || v->variant ? -1 : nsec_max(due - now, 0);
	evidence(v, h->syn_frame);
	evidence_retx(v, h);
	return true;
}

/* syn-ack-unanswered: side = the server; n[0] = SYN-ACKs sent; d[0] = since the first; variant 0: no
 * ACK was captured, 1: an ACK was captured after one of them and does not seem to arrive. */
static bool
syn_ack_unanswered(const struct conn *c, nsec now, struct verdict *v)
{
	const struct half *h = &c->half[SERVER];

	if (h->state != TCP_SYN_RECV || h->syn < 2 || c->end_cause != END_OPEN ||
	    (c->flags & C_HANDSHAKE_DONE))
		return false;
	v->side = SERVER;
	v->time = h->syn_last_ts;
	v->n[0] = h->syn;
	v->d[0] = now - h->syn_ts;
	evidence(v, h->syn_frame);
	evidence_retx(v, h);
	return true;
}

/* accept-queue-full: side = the server; n[0] = SYN-ACKs repeated after the client's ACK; n[1] =
 * client's retransmissions meanwhile; likely (the ACK may be lost behind the capture). */
static bool
accept_queue_full(const struct conn *c, nsec now, struct verdict *v)
{
	const struct half *h = &c->half[SERVER], *client = &c->half[CLIENT];

	(void)now;
	if (!(c->flags & C_ACCEPT_FULL) || h->bytes > 0)
		return false;
	v->side = SERVER;
	v->likely = true;
	v->time = h->syn_last_ts;
	v->n[0] = h->rare->by_cause[CAUSE_SYN_ACK];
	v->n[1] = client->rare->retransmissions;
	evidence(v, c->hs_frame);
	evidence_retx(v, h);
	return true;
}

/* syn-lost: side = the client; n[0] = at which SYN it connected; d[0] = time it cost. */
static bool
syn_lost(const struct conn *c, nsec now, struct verdict *v)
{
	const struct half *h = &c->half[CLIENT];

	(void)now;
	if (h->rare->by_cause[CAUSE_SYN] == 0 || !half_has(&c->half[SERVER], H_SYN_ACK))
		return false;
	v->side = CLIENT;
	v->time = h->syn_last_ts;
	v->n[0] = h->syn;
	v->d[0] = h->syn_last_ts - h->syn_ts;
	evidence(v, h->syn_frame);
	evidence_retx(v, h);
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
	v->d[0] = c->aside->end_silence;
	v->variant = (c->flags & C_HALF_OPEN_SYN) != 0;
	evidence(v, c->aside->end_answers);
	evidence(v, c->end_frame);
	return true;
}

/* reset: side = who aborted; d[0] = its peer's or own silence before; n[0] = bytes that the other
 * had sent it, n[1] = bytes it had sent; variant 0: in mid-transfer, 1: after idling (d[0] ≥ 60 s),
 * 2: during the handshake, 3: after its own close (data came to a closed socket), 4: after n[2] unanswered
 * keep-alive probes. */
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
	v->d[0] = c->aside->end_silence;
	v->n[0] = (int64_t)c->half[!v->side].unique_bytes;
	v->n[1] = (int64_t)h->unique_bytes;
	v->n[2] = h->rare->ka_unanswered;
	if (h->rare->ka_unanswered > 1)
		v->variant = 4;
	else if (half_has(h, H_FIN))
		v->variant = 3;
	else if (h->unique_bytes + c->half[!v->side].unique_bytes == 0 &&
		 !(c->flags & C_MIDSTREAM))
		v->variant = 2;
	else if (c->aside->end_silence >= 60 * NSEC_PER_SEC)
		v->variant = 1;
	evidence(v, c->aside->end_answers);
	evidence(v, c->end_frame);
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
	evidence(v, c->end_frame);
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
	v->n[0] = c->aside->rst_ttl;
	v->n[1] = c->half[v->side].ttl;
	v->variant = c->end_cause != END_RESET;
	evidence(v, c->end_frame);
	return true;
}

/* Attempts of the same bytes into silence; 0 where something came meanwhile. */
static unsigned
silent_attempts(const struct half *h)
{
	const struct ladder *l = h->rare->trouble ? &h->rare->trouble->now : NULL;

	if (!l || l->n == 0 || half_in_flight(h) == 0 || l->seq != h->una || h->last_rcv > l->start)
		return 0;
	return l->n;
}

static bool
silent_side(const struct conn *c, enum side *s)
{
	for (int i = 0; i < 2; i++)
		if (c->half[i].state >= TCP_ESTAB &&
		    silent_attempts(&c->half[i]) >= SILENT_ATTEMPTS) {
			*s = (enum side)i;
			return true;
		}
	return false;
}

static void
silence_fill(const struct conn *c, enum side s, nsec now, struct verdict *v)
{
	const struct half *h = &c->half[s];
	nsec due = h->timer_len >= 0 ? h->timer_start + h->timer_len : -1;

	v->side = s;
	v->time = ladder_time(h);
	v->n[0] = silent_attempts(h);
	v->d[0] = now - h->last_rcv;
	v->d[1] = due < 0 ? -1 : nsec_max(due - now, 0);
	v->d[2] = timer_gives_up(c, s);
	v->variant = half_has(h, H_FIN) && h->una == h->fin_seq;
	evidence(v, h->rare->trouble->now.frame);
	evidence_retx(v, h);
}

/* peer-silent: side = who sends into silence; n[0] = retransmissions; d[0] = how long the peer has
 * been silent; d[1] = until the next attempt (−1 unknown); d[2] = moment of giving up (NSEC_NEVER
 * unknown); variant 1: it is the FIN. */
static bool
peer_silent(const struct conn *c, nsec now, struct verdict *v)
{
	enum side s;

	if (c->end_cause != END_OPEN || !silent_side(c, &s) || timer_gives_up(c, s) < now)
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

	if (c->end_cause != END_OPEN || !silent_side(c, &s) || timer_gives_up(c, s) >= now)
		return false;
	silence_fill(c, s, now, v);
	v->likely = true;
	v->d[1] = -1;
	return true;
}

/* window-closed: side = who does not read; d[0] = closed for, d[1] = in total; n[0] = times;
 * n[1] = probes sent by the peer; variant 0: closed now, 1: it was, for d[1] in total. */
static bool
window_closed(const struct conn *c, nsec now, struct verdict *v)
{
	for (int i = 0; i < 2; i++) {
		const struct half *h = &c->half[i];
		nsec open = h->rare->zero_since && c->end_cause == END_OPEN ? now - h->rare->zero_since : 0;

		if (open + h->rare->zero_time < WINDOW_CLOSED_MIN)
			continue;
		v->side = (uint8_t)i;
		v->time = h->rare->zero_since ? h->rare->zero_since : c->last;
		v->d[0] = open;
		v->d[1] = h->rare->zero_time + open;
		v->n[0] = h->rare->zero_windows;
		v->n[1] = c->half[!i].rare->by_cause[CAUSE_PROBE];
		v->variant = open == 0;
		evidence(v, h->rare->zero_frame);
		return true;
	}
	return false;
}

static bool
worst_loss(const struct conn *c, enum side *s)
{
	uint32_t n[2];

	for (int i = 0; i < 2; i++) {
		const struct half *h = &c->half[i];

		n[i] = h->rare->retransmissions - h->rare->spurious - h->rare->by_cause[CAUSE_SYN] -
		       h->rare->by_cause[CAUSE_SYN_ACK] - h->rare->by_cause[CAUSE_TFO];
	}
	*s = n[SERVER] > n[CLIENT] ? SERVER : CLIENT;
	return n[*s] > 0 && (uint64_t)n[*s] * LOSS_SHARE >= c->half[*s].segments;
}

/* loss: side = whose segments; n[0] = retransmissions that may have been needed, n[1] = segments
 * sent, n[2] = by time-out, n[3] = fast. Not while the peer is silent altogether. */
static bool
loss(const struct conn *c, nsec now, struct verdict *v)
{
	enum side s;
	const struct half *h;

	(void)now;
	if (silent_side(c, &s) || !worst_loss(c, &s))
		return false;
	h = &c->half[s];
	v->side = s;
	v->time = ladder_time(h);
	v->n[0] = h->rare->retransmissions - h->rare->spurious - h->rare->by_cause[CAUSE_SYN] -
		  h->rare->by_cause[CAUSE_SYN_ACK] - h->rare->by_cause[CAUSE_TFO];
	v->n[1] = (int64_t)h->segments;
	v->n[2] = h->rare->by_cause[CAUSE_RTO];
	v->n[3] = h->rare->by_cause[CAUSE_FAST];
	evidence_retx(v, h);
	return true;
}

/* reordering: side = whose segments; n[0] = how many came late. */
static bool
reordering(const struct conn *c, nsec now, struct verdict *v)
{
	enum side s = c->half[SERVER].rare->out_of_order > c->half[CLIENT].rare->out_of_order ? SERVER : CLIENT;

	(void)now;
	if (c->half[s].rare->out_of_order == 0)
		return false;
	v->side = s;
	v->time = c->half[s].last_ts;
	v->n[0] = c->half[s].rare->out_of_order;
	return true;
}

/* spurious: side = who sent needlessly; n[0] = how many, n[1] = of how many retransmissions. */
static bool
spurious(const struct conn *c, nsec now, struct verdict *v)
{
	enum side s = c->half[SERVER].rare->spurious > c->half[CLIENT].rare->spurious ? SERVER : CLIENT;
	const struct half *h = &c->half[s];

	(void)now;
	if (h->rare->spurious == 0)
		return false;
	v->side = s;
	v->time = h->last_ts;
	v->n[0] = h->rare->spurious;
	v->n[1] = h->rare->retransmissions;
	for (unsigned i = 0; h->rare->trouble && i < h->rare->trouble->n_retx; i++)
		if (h->rare->trouble->retx[i].needed == NEEDED_NO)
			evidence(v, h->rare->trouble->retx[i].frame);
	return true;
}

/* duplicates: side = whose packets; n[0] = how many. */
static bool
duplicates(const struct conn *c, nsec now, struct verdict *v)
{
	enum side s = c->half[SERVER].rare->duplicates > c->half[CLIENT].rare->duplicates ? SERVER : CLIENT;

	(void)now;
	if (c->half[s].rare->duplicates == 0)
		return false;
	v->side = s;
	v->time = c->half[s].last_ts;
	v->n[0] = c->half[s].rare->duplicates;
	return true;
}

/* path-mtu: an ICMP error said so. side = the sender that must cut its segments; addr = who says so;
 * n[0] = the MTU (0 not said); n[1] = segments cut anew since; variant 0: heeded, 1: not (yet). */
static bool
path_mtu(const struct conn *c, nsec now, struct verdict *v)
{
	(void)now;
	if (!c->aside->pmtu_ts)
		return false;
	v->side = c->aside->pmtu_side;
	v->time = c->aside->pmtu_ts;
	v->n[0] = c->aside->icmp_mtu;
	v->n[1] = c->half[c->aside->pmtu_side].rare->by_cause[CAUSE_PMTU];
	v->variant = v->n[1] == 0 && seq_lt(c->half[c->aside->pmtu_side].una, c->aside->pmtu_high);
	v->icmp_version = c->aside->icmp_version;
	v->icmp_type = c->aside->icmp_type;
	v->icmp_code = c->aside->icmp_code;
	memcpy(v->addr, c->aside->icmp_from, 16);
	evidence(v, c->aside->icmp_frame);
	/* Heeded, it is how the path works, not a fault. */
	v->severity = v->variant ? SEV_ERROR : SEV_NOTE;
	return true;
}

/* keepalive-unanswered: side = who probes; n[0] = probes unanswered in a row, n[1] = sent in all;
 * d[0] = since the peer was last heard. */
static bool
keepalive_unanswered(const struct conn *c, nsec now, struct verdict *v)
{
	for (int i = 0; i < 2; i++) {
		const struct half *h = &c->half[i];

		if (h->rare->ka_unanswered == 0 || now - h->rare->ka_last < NSEC_PER_SEC)
			continue;
		v->side = (uint8_t)i;
		v->time = h->rare->ka_last;
		v->n[0] = h->rare->ka_unanswered;
		v->n[1] = h->rare->ka_probes;
		v->d[0] = now - h->last_rcv;
		evidence(v, h->last_frame);
		return true;
	}
	return false;
}

/* half-closed: side = who has not closed; d[0] = for how long the other has. */
static bool
half_closed(const struct conn *c, nsec now, struct verdict *v)
{
	for (int i = 0; i < 2; i++) {
		const struct half *h = &c->half[i];

		if (c->end_cause != END_OPEN || !half_has(h, H_FIN_ACKED) ||
		    half_has(&c->half[!i], H_FIN) || now - h->last_ts < HALF_CLOSED_MIN)
			continue;
		v->side = (uint8_t)!i;
		v->time = h->last_ts;
		v->d[0] = now - h->last_ts;
		evidence(v, c->first_frame + h->fin_frame);
		return true;
	}
	return false;
}

/* port-reuse: d[0] = how long after the last packet of the connection before it. */
static bool
port_reuse(const struct conn *c, nsec now, struct verdict *v)
{
	(void)now;
	if (!(c->flags & C_PORT_REUSED) || c->start - c->aside->prior_ended > REUSE_QUICK)
		return false;
	v->time = c->start;
	v->d[0] = c->start - c->aside->prior_ended;
	evidence(v, c->first_frame);
	return true;
}

/* one-sided: side = the only end whose packets were captured. Withheld for lone SYNs: silence is
 * then what is to be reported. */
static bool
one_sided(const struct conn *c, nsec now, struct verdict *v)
{
	enum side s = c->half[SERVER].segments > 0 ? SERVER : CLIENT;

	(void)now;
	if (c->half[!s].segments > 0 || !half_has(&c->half[s], H_ACK) || c->half[s].segments < 4)
		return false;
	v->side = s;
	v->time = c->start;
	evidence(v, c->first_frame);
	return true;
}

/* midstream: the handshake was not captured; options and scale are unknown. */
static bool
midstream(const struct conn *c, nsec now, struct verdict *v)
{
	(void)now;
	if (!(c->flags & C_MIDSTREAM))
		return false;
	v->time = c->start;
	evidence(v, c->first_frame);
	return true;
}

/* capture-loss: bytes were acknowledged that the capture does not have. */
static bool
capture_loss(const struct conn *c, nsec now, struct verdict *v)
{
	(void)now;
	if (!(c->flags & C_LOST_BY_CAPTURE))
		return false;
	v->time = c->last;
	for (int i = 0; i < 2; i++) {
		const struct trouble *t = c->half[i].rare->trouble;

		if (t && t->n_holes > 0) {
			v->side = (uint8_t)i;
			evidence(v, t->holes[t->n_holes - 1].frame);
		}
	}
	return true;
}

struct verdict_row {
	const char *name;
	enum severity severity;
	bool (*test)(const struct conn *c, nsec now, struct verdict *v);
	const char *help;
};

/* clang-format off */
static const struct verdict_row rows[VERDICT_COUNT] = {
	[V_REFUSED] = {"refused", SEV_ERROR, refused,
		N_("A reset answered the SYN: nobody listens on that port, or a firewall says so.")},
	[V_REJECTED] = {"rejected", SEV_ERROR, rejected,
		N_("An ICMP error that quotes the SYN: which, and which host sent it.")},
	[V_NO_ANSWER] = {"no-answer", SEV_ERROR, no_answer,
		N_("SYNs and silence: wrong address, host down, or dropped on the way.")},
	[V_SYN_ACK_UNANSWERED] = {"syn-ack-unanswered", SEV_ERROR, syn_ack_unanswered,
		N_("The server answers, the client's ACK is not seen to arrive: return path, client gone, or "
		   "the last ACK lost.")},
	[V_ACCEPT_QUEUE_FULL] = {"accept-queue-full", SEV_WARNING, accept_queue_full,
		N_("The handshake is done for the client, yet the server repeats its SYN-ACK: the listener does "
		   "not accept.")},
	[V_SYN_LOST] = {"syn-lost", SEV_NOTE, syn_lost,
		N_("Connected only after the SYN was repeated: the first was lost.")},
	[V_HALF_OPEN] = {"half-open", SEV_ERROR, half_open,
		N_("A reset that knows no connection answers data, or a new SYN finds an old connection: one "
		   "end had forgotten it.")},
	[V_RESET] = {"reset", SEV_WARNING, reset,
		N_("One side aborted the connection.")},
	[V_RESET_AFTER_CLOSE] = {"reset-after-close", SEV_NOTE, reset_after_close,
		N_("A reset after both had finished: harmless.")},
	[V_RESET_SUSPECT] = {"reset-suspect", SEV_WARNING, reset_suspect,
		N_("The reset does not look like the peer's own packets.")},
	[V_PEER_SILENT] = {"peer-silent", SEV_ERROR, peer_silent,
		N_("Data or a FIN is sent again and again into silence.")},
	[V_TIMED_OUT] = {"timed-out", SEV_ERROR, timed_out,
		N_("The sender must have given up: its retransmissions were not answered.")},
	[V_WINDOW_CLOSED] = {"window-closed", SEV_WARNING, window_closed,
		N_("The receiver's window is 0: its application does not read.")},
	[V_RECEIVER_LIMITED] = {"receiver-limited", SEV_WARNING, NULL,
		N_("The sender is held by the receiver's window for most of the transfer.")},
	[V_APPLICATION_SLOW] = {"application-slow", SEV_NOTE, NULL,
		N_("The time goes into one side's application, not into the network.")},
	[V_LOSS] = {"loss", SEV_WARNING, loss,
		N_("Segments were lost and sent again: at least one in a hundred.")},
	[V_REORDERING] = {"reordering", SEV_NOTE, reordering,
		N_("Segments arrived out of order.")},
	[V_SPURIOUS] = {"spurious", SEV_NOTE, spurious,
		N_("Segments were sent again although they had arrived.")},
	[V_DUPLICATES] = {"duplicates", SEV_NOTE, duplicates,
		N_("The network doubled packets.")},
	[V_PATH_MTU] = {"path-mtu", SEV_ERROR, path_mtu,
		N_("A router says that segments are too large for the path.")},
	[V_KEEPALIVE_UNANSWERED] = {"keepalive-unanswered", SEV_WARNING, keepalive_unanswered,
		N_("Keep-alive probes are not answered.")},
	[V_DELAYED_ACK] = {"delayed-ack", SEV_NOTE, NULL,
		N_("Small segments wait for delayed ACKs (Nagle).")},
	[V_BUFFERBLOAT] = {"bufferbloat", SEV_NOTE, NULL,
		N_("The RTT grows with the bytes in flight.")},
	[V_HALF_CLOSED] = {"half-closed", SEV_NOTE, half_closed,
		N_("One side has closed, the other has not yet.")},
	[V_PORT_REUSE] = {"port-reuse", SEV_NOTE, port_reuse,
		N_("The same addresses and ports were used again quickly.")},
	[V_ONE_SIDED] = {"one-sided", SEV_NOTE, one_sided,
		N_("Only one direction was captured; what needs the other is withheld.")},
	[V_MIDSTREAM] = {"midstream", SEV_NOTE, midstream,
		N_("The capture began after the connection; options and window scale are unknown.")},
	[V_CAPTURE_LOSS] = {"capture-loss", SEV_NOTE, capture_loss,
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

/* Sound connections are most of all: one look tells that nothing can be found. */
static bool
is_sound(const struct conn *c)
{
	const struct half *a = &c->half[0], *b = &c->half[1];

	return c->end_cause == END_OPEN && c->flags == C_HANDSHAKE_DONE && a->rare == &rare_none && b->rare == &rare_none &&
	       !half_has(a, H_FIN) && !half_has(b, H_FIN) && !c->aside->pmtu_ts && !c->rst_suspect;
}

size_t
verdicts_of(const struct conn *c, nsec now, struct verdict *out, size_t max)
{
	size_t n = 0;

	if (is_sound(c))
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(order) && n < max; i++) {
		const struct verdict_row *r = &rows[order[i]];
		struct verdict *v = &out[n];

		memset(v, 0, sizeof *v);
		v->code = order[i];
		v->severity = (uint8_t)r->severity;
		n += r->test(c, now, v);
	}
	return n;
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
