/* SPDX-License-Identifier: MIT */
/*
 * identify: which connection of a tuple a packet belongs to, who is its client, and the opening of
 * new ones. One tuple may carry many connections in time, or two at once where VLANs or tunnels
 * with the same addresses are captured together.
 */
#include "core/segment/identify.h"

#include "core/flow/cold.h"
#include "core/flow/ledger.h"
#include "core/flow/lifecycle.h"
#include "core/flow/syn_memory.h"
#include "core/flow/conn_table.h"
#include "core/segment/dedup.h"
#include "core/segment/emit.h"
#include "core/segment/lone_syn.h"
#include "core/segment/sender.h"

#include <string.h>

#define MSL_2	     (120 * NSEC_PER_SEC)
#define LONG_SILENCE (240 * NSEC_PER_SEC)
#define FAR_AWAY     (INT32_C(1) << 30)
#define CHAIN_MAX    8

/* ---- who is client ---- */

/* Higher is more server-like. */
static int
port_rank(uint16_t port)
{
	if (port < 1024)
		return 3;
	if (port < 32768)
		return 2;
	return port < 49152 ? 1 : 0;
}

static enum side
sender_side(const struct packet *p)
{
	int src = port_rank(p->sport), dst = port_rank(p->dport);

	if (p->flags & TH_SYN)
		return (p->flags & TH_ACK) ? SERVER : CLIENT;
	if ((p->flags & (TH_RST | TH_ACK)) == (TH_RST | TH_ACK) && p->seq == 0)
		return SERVER; /* refuses a SYN that was not captured */
	if (src != dst)
		return src > dst ? SERVER : CLIENT;
	return p->sport < p->dport ? SERVER : CLIENT;
}

static void
ends_set(struct conn *c, const struct packet *p, enum side from)
{
	memcpy(c->end[from].addr, p->src, 16);
	c->end[from].port = p->sport;
	memcpy(c->end[!from].addr, p->dst, 16);
	c->end[!from].port = p->dport;
}

/* Ends guessed wrongly are put right when a SYN shows up. */
static void
roles_swap(struct core *core, struct conn *c)
{
	struct endpoint e = c->end[0];
	struct half *a = &c->half[0], *b = &c->half[1], h = *a;

	c->end[0] = c->end[1];
	c->end[1] = e;
	*a = *b;
	*b = h;
	for (int i = 0; i < 2; i++) { /* an inline queue moves with its half */
		struct half *m = &c->half[i];

		if (m->sendq.cap == SENDQ_INLINE)
			m->sendq.rec = m->sendq.in_line;
	}
	c->near = (uint8_t)((c->near & 1) << 1 | (c->near >> 1));
	c->far = (uint8_t)((c->far & 1) << 1 | (c->far >> 1));
	if (c->ended_by >= 0)
		c->ended_by = !c->ended_by;
	conn_cold_swap(core, c);
	c->flags ^= C_SERVER_LAST;
	ledger_swap(c);
}

/* ---- opening ---- */

static void
conn_open(struct conn *c, const struct packet *p, enum side from)
{
	ends_set(c, p, from);
	c->ip_version = p->ip_version;
	c->start = c->last = p->ts;
	c->vlan = (int16_t)p->vlan;
	c->interface = p->interface;
	c->ended_by = -1;
	c->first_frame = p->frame;
	c->cold = &conn_cold_none;
	if (!(p->flags & TH_SYN)) {
		c->flags |= C_GUESSED | C_MIDSTREAM;
		if (p->sport >= 1024 && p->dport >= 1024)
			c->flags |= C_ROLES_OPEN;
	} else if (p->flags & TH_ACK) {
		c->flags |= C_MIDSTREAM;
	}
}

static struct conn *
conn_new(struct core *core, const struct packet *p, uint64_t hash, enum side from)
{
	struct conn *c;

	if (!make_room(core))
		return NULL;
	c = table_add(core->table, hash, p, p->ts);
	if (!c)
		return NULL;
	conn_open(c, p, from);
	core->counts.connections++;
	if ((p->flags & (TH_SYN | TH_ACK)) == TH_SYN)
		syn_memory_add(core->syns, p, c);
	return c;
}

struct conn *
identify_lone_syn(struct core *core, const struct packet *p, uint64_t hash)
{
	struct conn *c = conn_new(core, p, hash, CLIENT);

	if (c)
		lone_syn_keep(c, p);
	return c;
}

static struct conn *
conn_new_with_ends(struct core *core, const struct packet *p, uint64_t hash, enum side *from)
{
	struct conn *c;

	*from = sender_side(p);
	c = conn_new(core, p, hash, *from);
	if (!c)
		return NULL;
	c->half = table_halves(core->table);
	half_init(&c->half[CLIENT], p->scope);
	half_init(&c->half[SERVER], p->scope);
	c->syn_to_synack = c->synack_to_ack = -1;
	return c;
}

/* The tuple is used again: what came before ends here. */
static struct conn *
conn_renew(struct core *core, struct conn *old, const struct packet *p, uint64_t hash,
	   enum side *from)
{
	struct connref ref = {old->slot, old->gen};
	uint32_t scope = old->half[*from].scope;
	bool alive = old->end_cause == END_OPEN;
	nsec last = old->last;
	struct conn *c = conn_new_with_ends(core, p, hash, from);

	if (!c)
		return NULL;
	if (scope != p->scope)
		return c; /* another network with the same addresses */
	c->flags |= C_PORT_REUSED | (alive ? C_TENTATIVE : 0);
	conn_cold_get(core, c)->prior_ended = last;
	old = table_at(core->table, ref);
	if (old) {
		conn_touch(core, old);
		old->flags |= C_REPLACED;
		if (alive) /* the old connection's peer will answer with a challenge ACK */
			old->half[table_same_end(&old->end[CLIENT], p->src, p->sport) ? CLIENT
										      : SERVER]
				.last_kind = KIND_ODD;
	}
	return c;
}

/* ---- belonging ---- */

static bool
seq_near(const struct half *h, seqno seq, const struct half *peer)
{
	int64_t reach = (int64_t)2 * (peer->adv.window_max > 65535 ? peer->adv.window_max : 65535);
	int32_t away = (int32_t)(seq - h->seq.nxt);

	return !half_has(h, H_SEQ) || (away > -FAR_AWAY / 2 && away < 0) ||
	       (away >= 0 && away <= reach);
}

static bool
plausible(const struct conn *c, const struct packet *p, enum side from)
{
	const struct half *h = &c->half[from], *peer = &c->half[!from];

	if (h->scope != p->scope && half_has(h, H_SEQ))
		return false;
	/* A SYN can only be answered, or refused once more, by its own number. */
	if ((!half_has(h, H_SEQ) || ((p->flags & TH_RST) && !half_has(peer, H_ACK))) &&
	    half_has(peer, H_ISN) && (p->flags & TH_ACK) &&
	    (!seq_lt(peer->seq.isn, p->ack) || !seq_le(p->ack, peer->seq.nxt)))
		return false;
	/* Until it is answered a client has nothing to acknowledge. */
	if (!half_has(peer, H_SEQ) && half_has(h, H_ISN))
		return p->seq == h->seq.isn || p->seq == h->seq.nxt;
	return seq_near(h, p->seq, peer) &&
	       (!(p->flags & TH_ACK) || seq_near(peer, p->ack, h));
}

/* The newest instance, unless it cannot be its packet and it can be an older one's. */
static struct conn *
belongs(struct core *core, struct conn *newest, const struct packet *p, enum side *from)
{
	struct conn *c = newest;

	for (int i = 0; c && i < CHAIN_MAX; i++) {
		enum side f = table_same_end(&c->end[CLIENT], p->src, p->sport) ? CLIENT : SERVER;

		if (c == newest)
			f = *from;
		if (plausible(c, p, f)) {
			*from = f;
			return c;
		}
		c = table_older(core->table, c);
	}
	return newest;
}

static struct conn *
scope_instance(struct core *core, struct conn *c, const struct packet *p, enum side *from)
{
	for (int i = 0; c && i < CHAIN_MAX; i++) {
		enum side f = table_same_end(&c->end[CLIENT], p->src, p->sport) ? CLIENT : SERVER;

		if (c->half[f].scope == p->scope) {
			*from = f;
			return c;
		}
		c = table_older(core->table, c);
	}
	return NULL;
}

/* ---- SYNs ---- */

static bool
is_simultaneous(const struct conn *c, enum side from)
{
	const struct half *h = &c->half[from], *peer = &c->half[!from];

	return c->end_cause == END_OPEN && !half_has(h, H_SEQ) && peer->state == TCP_SYN_SENT;
}

static bool
syn_is_new(const struct conn *c, const struct packet *p, enum side from)
{
	const struct half *h = &c->half[from];

	if (is_simultaneous(c, from) || is_late_syn(h, p))
		return false;
	if (!half_has(h, H_ISN) || h->seq.isn != p->seq)
		return true;
	return c->end_cause == END_CLOSED && p->ts - c->last > MSL_2;
}

/* Drops all that is known of its sequence space. */
static void
seqspace_reset(struct core *core, struct half *h)
{
	half_release(core, h);
	h->flags &= ~(uint32_t)(H_ISN | H_SEQ | H_UNA | H_SYN_ACK | H_OPTS | H_SACK_OK | H_TS_OK |
				H_TLP_OUT);
	h->ca = CA_OPEN;
	h->backoff = 0;
}

/* The client has acknowledged the server's ISN: no other one can replace it. */
static bool
is_isn_settled(const struct half *server)
{
	return half_has(server, H_UNA) && seq_lt(server->seq.isn, server->seq.una);
}

/* The server answers the SYN once more with another ISN (SYN cookies change with time, or two hosts
 * answer): the client's ACK will tell which one it took, so the first is kept. */
static void
server_restart(struct core *core, struct conn *c, enum side from)
{
	struct half *h = &c->half[from];
	const struct syn_ack_other first = {
		.isn = h->seq.isn, .mss = h->mss, .wscale = h->wscale,
		.flags = h->flags & (H_OPTS | H_SACK_OK | H_TS_OK), .known = true,
	};

	seqspace_reset(core, h);
	h->flags |= H_TWO_ISNS;
	cold_get(core, h)->syn_ack_other = first;
}

/* Goes back to the server's first ISN when a segment shows that it is the one in use. */
static void
isn_settle(struct core *core, struct conn *c, const struct packet *p, enum side from)
{
	struct half *h = &c->half[SERVER];
	const struct syn_ack_other first = h->cold->syn_ack_other;
	seqno number = from == SERVER ? p->seq : p->ack;

	if (!first.known || is_isn_settled(h) || number != first.isn + 1 ||
	    (p->flags & (TH_ACK | TH_SYN | TH_RST)) != TH_ACK)
		return;
	seqspace_reset(core, h);
	half_base_guess(h, first.isn + 1);
	h->seq.una = h->seq.nxt; /* acknowledged by this segment, or by one that was missed */
	h->flags |= first.flags | H_ISN | H_UNA | H_SYN_ACK;
	h->mss = first.mss;
	h->wscale = first.wscale;
}

static bool
syn_ack_is_new(struct core *core, struct conn *c, const struct packet *p, enum side from)
{
	const struct half *h = &c->half[from], *peer = &c->half[!from];

	if (half_has(peer, H_ISN) && seq_lt(peer->seq.isn, p->ack) &&
	    seq_le(p->ack, peer->seq.nxt)) {
		if (half_has(h, H_SYN_ACK) && h->seq.isn != p->seq && !is_isn_settled(h) &&
		    c->end_cause == END_OPEN)
			server_restart(core, c, from);
		return false;
	}
	if (half_has(h, H_ISN))
		return h->seq.isn != p->seq && half_has(peer, H_ISN);
	/* Mid-stream so far: its handshake would not come after its data. */
	return half_has(h, H_SEQ) && (int32_t)(p->seq - h->seq.nxt) > 0;
}

static struct conn *
instance_syn(struct core *core, struct conn *c, const struct packet *p, uint64_t hash,
	     enum side *from, bool *fresh)
{
	struct conn *old = c->half[*from].scope != p->scope ? scope_instance(core, c, p, from) : c;

	if (old)
		c = old;
	if (p->flags & TH_ACK) {
		if (!syn_ack_is_new(core, c, p, *from))
			return c;
	} else if (old && !syn_is_new(c, p, *from)) {
		return c;
	}
	*fresh = true;
	return conn_renew(core, c, p, hash, from);
}

static bool
is_new_midstream(const struct conn *c, const struct packet *p, enum side from)
{
	const struct half *h = &c->half[from];
	int32_t away = (int32_t)(p->seq - h->seq.nxt);

	if (p->flags & TH_RST)
		return false;
	if (h->scope != p->scope && half_has(h, H_SEQ) && !plausible(c, p, from))
		return !seq_near(h, p->seq, &c->half[!from]);
	return p->ts - c->last > LONG_SILENCE && half_has(h, H_SEQ) &&
	       (away > FAR_AWAY || away < -FAR_AWAY);
}

static void
roles_check(struct core *core, struct conn *c, const struct packet *p, enum side *from)
{
	enum side told;

	if (!(p->flags & TH_SYN))
		return;
	if (!(c->flags & C_GUESSED)) {
		if (!(p->flags & TH_ACK)) /* captured after its SYN-ACK */
			c->flags &= ~(uint32_t)C_MIDSTREAM;
		return;
	}
	told = (p->flags & TH_ACK) ? SERVER : CLIENT;
	if (told != *from) {
		roles_swap(core, c);
		segments_turn(c);
		*from = told;
	}
	if (c->flags & C_ROLES_OPEN)
		segments_settle(core, c);
	c->flags &= ~(uint32_t)(p->flags & TH_ACK ? C_GUESSED : C_GUESSED | C_MIDSTREAM);
}

struct conn *
identify(struct core *core, struct conn *found, const struct packet *p, uint64_t hash,
	    enum side *from, bool *fresh)
{
	struct conn *c = found;

	*fresh = false;
	if (!c) {
		*fresh = true;
		return conn_new_with_ends(core, p, hash, from);
	}
	/* Before and after a router between two networks: one packet, one connection. */
	if (p->scope != c->half[*from].scope &&
	    dedup_has(core->dedup, c, *from, p))
		return c;
	if (UNLIKELY(c->half[SERVER].cold->syn_ack_other.known))
		isn_settle(core, c, p, *from);
	if (p->flags & TH_SYN) {
		c = instance_syn(core, c, p, hash, from, fresh);
	} else if (!plausible(c, p, *from)) {
		c = belongs(core, c, p, from);
		if (is_new_midstream(c, p, *from)) {
			*fresh = true;
			c = conn_renew(core, c, p, hash, from);
		}
	}
	if (c && !*fresh)
		roles_check(core, c, p, from);
	return c;
}

struct conn *
identify_existing(struct core *core, const struct packet *p, uint64_t hash, enum side *from)
{
	struct conn *c = table_find(core->table, hash, p, from);

	if (c && !c->half)
		lone_syn_expand(c, table_halves(core->table));
	return c;
}
