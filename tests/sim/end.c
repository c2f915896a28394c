/* SPDX-License-Identifier: MIT */
/* end: the states and the receiving half of a simulated endpoint (RFC 9293 3.10.7, in the order of
 * its steps). */
#include <assert.h>
#include <string.h>

#include "sim.h"

#define DELACK	  (40 * NSEC_PER_MS)
#define KEEP_IDLE NSEC_PER_SEC

/* ---- what the application and the clock ask for ---- */

static void
start(struct sim *s, struct end *e, enum tcp_state state)
{
	e->state = state;
	e->q[0] = (struct tx){.seq = 0, .end = 1, .first = s->now, .last = s->now, .times = 1,
			      .syn = true};
	e->n_q = 1;
	e->nxt = 1;
	e->timer = state == TCP_SYN_SENT ? TIMER_SYN : TIMER_SYN_ACK;
	e->timer_at = s->now + NSEC_PER_SEC + sim_draw(s, 32) * NSEC_PER_MS;
	send_segment(s, e, state == TCP_SYN_SENT ? TH_SYN : TH_SYN | TH_ACK, 0, 0, SENT_FIRST,
		     CAUSE_NONE);
}

void
end_open(struct sim *s, struct end *e)
{
	start(s, e, TCP_SYN_SENT);
}

void
end_write(struct sim *s, struct end *e, uint32_t bytes)
{
	e->written += bytes;
	send_pending(s, e);
}

void
end_close(struct sim *s, struct end *e)
{
	e->fin_wanted = true;
	e->keepalive_at = NSEC_NEVER;
	send_pending(s, e);
}

static void
end_stop(struct end *e, enum tcp_state state)
{
	e->state = state;
	e->n_q = 0;
	e->timer = TIMER_NONE;
	e->timer_at = e->rack_at = e->delack_at = e->keepalive_at = e->app_at = NSEC_NEVER;
}

void
end_abort(struct sim *s, struct end *e)
{
	send_segment(s, e, TH_RST | TH_ACK, e->nxt, 0, SENT_FIRST, CAUSE_NONE);
	end_stop(e, TCP_CLOSED);
}

/* The application takes everything that is there; a window update is sent when the window has grown
 * enough for one. */
void
end_read(struct sim *s, struct end *e)
{
	e->consumed = e->rcv_nxt;
	if (e->rcv_edge - e->rcv_nxt < e->mss && e->buffer >= 2u * e->mss)
		send_ack(s, e);
}

nsec
end_next_timer(const struct end *e)
{
	nsec own = nsec_min(e->timer_at, e->rack_at);

	return nsec_min(nsec_min(own, e->delack_at), nsec_min(e->keepalive_at, e->app_at));
}

static void
on_keepalive(struct sim *s, struct end *e)
{
	e->keepalive_at = NSEC_NEVER;
	if (s->now - e->heard < KEEP_IDLE) {
		e->keepalive_at = e->heard + KEEP_IDLE + sim_draw(s, 32) * NSEC_PER_MS;
		return;
	}
	if (e->keepalive_n++ >= 5) {
		end_abort(s, e);
		return;
	}
	if (e->n_q == 0)
		send_segment(s, e, TH_ACK, e->nxt - 1, 0, SENT_KEEPALIVE, CAUSE_NONE);
	e->keepalive_at = s->now + KEEP_IDLE + sim_draw(s, 32) * NSEC_PER_MS;
}

void
end_timers(struct sim *s, struct end *e)
{
	if (e->timer_at <= s->now)
		send_timer(s, e);
	if (e->rack_at <= s->now)
		send_rack(s, e);
	if (e->delack_at <= s->now)
		send_ack(s, e);
	if (e->keepalive_at <= s->now)
		on_keepalive(s, e);
	if (e->app_at <= s->now) {
		e->app_at = NSEC_NEVER;
		app_step(s, e);
	}
}

/* ---- what arrives ---- */

static int64_t
unwrap(int64_t near, seqno base, seqno seq)
{
	return near + (int32_t)(seq - (base + (seqno)near));
}

static void
answer_with_reset(struct sim *s, struct end *e, const struct packet *p)
{
	if (p->flags & TH_RST)
		return;
	if (p->flags & TH_ACK) {
		send_segment(s, e, TH_RST, unwrap(0, e->isn, p->ack), 0, SENT_FIRST, CAUSE_NONE);
	} else {
		e->rcv_nxt = 1;
		e->isn = 0; /* sequence number 0 */
		send_segment(s, e, TH_RST | TH_ACK, 0, 0, SENT_FIRST, CAUSE_NONE);
	}
}

static bool
reset_is_valid(const struct end *e, const struct packet *p, int64_t seq, int64_t ack)
{
	if (e->state == TCP_SYN_SENT)
		return (p->flags & TH_ACK) && ack == 1;
	return seq == e->rcv_nxt || (e->peer_fin > 0 && seq == e->rcv_nxt - 1);
}

static void
on_syn(struct sim *s, struct end *e, const struct packet *p)
{
	const struct end *peer = &s->end[!e->side];

	e->rcv_nxt = e->consumed = 1;
	e->ts = e->ts && (p->options & OPT_TS);
	e->sack = e->sack && (p->options & OPT_SACK_OK);
	e->wscale_ok = e->wscale_ok && peer->wscale_ok;
	e->window_edge = e->una + p->window;
}

static void
established(struct sim *s, struct end *e)
{
	const struct tx *t = &e->q[0];

	if (t->times == 1)
		estimator_sample(&e->rtt, s->now - t->first, 1, 1);
	e->state = TCP_ESTAB;
	e->una = e->written = 1;
	e->n_q = 0;
	e->backoff = 0;
	e->timer = TIMER_NONE;
	e->timer_at = NSEC_NEVER;
}

static void
remove_ooo(struct end *e, unsigned i)
{
	memmove(&e->ooo[i], &e->ooo[i + 1], (e->n_ooo - i - 1) * sizeof(*e->ooo));
	e->n_ooo--;
}

static void
add_ooo(struct end *e, struct range64 r)
{
	for (unsigned i = 0; i < e->n_ooo;) {
		if (e->ooo[i].left > r.right || e->ooo[i].right < r.left) {
			i++;
			continue;
		}
		r.left = r.left < e->ooo[i].left ? r.left : e->ooo[i].left;
		r.right = r.right > e->ooo[i].right ? r.right : e->ooo[i].right;
		remove_ooo(e, i);
	}
	if (e->n_ooo == OOO_MAX)
		e->n_ooo--;
	memmove(&e->ooo[1], &e->ooo[0], e->n_ooo * sizeof(*e->ooo));
	e->ooo[0] = r;
	e->n_ooo++;
}

/* true: a hole was filled. */
static bool
join_ooo(struct end *e)
{
	bool joined = false;

	for (unsigned i = 0; i < e->n_ooo;) {
		if (e->ooo[i].left > e->rcv_nxt) {
			i++;
			continue;
		}
		if (e->ooo[i].right > e->rcv_nxt)
			e->rcv_nxt = e->ooo[i].right;
		remove_ooo(e, i);
		i = 0;
		joined = true;
	}
	return joined;
}

static bool
already_here(const struct end *e, int64_t seq, int64_t end)
{
	if (end <= e->rcv_nxt)
		return true;
	for (unsigned i = 0; i < e->n_ooo; i++)
		if (seq >= e->ooo[i].left && end <= e->ooo[i].right)
			return true;
	return false;
}

/* A FIN occupies one sequence number, like a byte. */
static void
take_data(struct sim *s, struct end *e, int64_t seq, int64_t end, bool fin)
{
	bool at_once = true;

	if (already_here(e, seq, end)) {
		e->dsack = (struct range64){seq, end};
	} else if (end > e->rcv_edge + 1) {
		/* beyond the window: the ACK in answer tells where the window is */
	} else if (seq > e->rcv_nxt) {
		add_ooo(e, (struct range64){seq, end});
	} else {
		e->rcv_nxt = end;
		at_once = join_ooo(e) || e->n_ooo > 0 || ++e->unacked >= 2 || fin;
		if (e->reading)
			e->consumed = e->rcv_nxt;
	}
	if (at_once)
		send_ack(s, e);
	else
		e->delack_at = s->now + DELACK;
}

static void
peer_finished(struct end *e)
{
	if (e->state == TCP_ESTAB)
		e->state = TCP_CLOSE_WAIT;
	else if (e->state == TCP_FIN_WAIT_1)
		e->state = TCP_CLOSING;
	else if (e->state == TCP_FIN_WAIT_2)
		end_stop(e, TCP_TIME_WAIT);
}

static void
fin_acked(struct end *e)
{
	if (!e->fin_sent || e->una != e->nxt)
		return;
	if (e->state == TCP_FIN_WAIT_1)
		e->state = TCP_FIN_WAIT_2;
	else if (e->state == TCP_CLOSING)
		end_stop(e, TCP_TIME_WAIT);
	else if (e->state == TCP_LAST_ACK)
		end_stop(e, TCP_CLOSED);
}

/* What the payload of a segment does, in any state. */
static void
take_segment(struct sim *s, struct end *e, const struct packet *p, int64_t seq, int64_t ack)
{
	int64_t end = seq + packet_seg_len(p), before = e->rcv_nxt;
	bool fin = (p->flags & TH_FIN) != 0;

	send_acked(s, e, p, ack);
	fin_acked(e);
	if (fin)
		e->peer_fin = end - 1;
	if (end > seq)
		take_data(s, e, seq, end, fin);
	else if (seq < e->rcv_nxt) /* a probe */
		send_ack(s, e);
	if (e->peer_fin > 0 && before <= e->peer_fin && e->rcv_nxt > e->peer_fin)
		peer_finished(e);
}

static void
input_opening(struct sim *s, struct end *e, const struct packet *p, int64_t ack)
{
	bool is_syn = (p->flags & TH_SYN) != 0, has_ack = (p->flags & TH_ACK) != 0;

	if (e->state == TCP_LISTEN && is_syn && !has_ack) {
		on_syn(s, e, p);
		start(s, e, TCP_SYN_RECV);
	} else if (e->state == TCP_SYN_SENT && is_syn && has_ack && ack == 1) {
		on_syn(s, e, p);
		established(s, e);
		e->window_edge = 1 + p->window;
		send_ack(s, e);
		app_step(s, e);
	} else if (e->state == TCP_SYN_RECV && is_syn && !has_ack) {
		send_again(s, e, &e->q[0], CAUSE_SYN_ACK);
	}
}

void
end_input(struct sim *s, struct end *e, const struct packet *p)
{
	const struct end *peer = &s->end[!e->side];
	int64_t seq = unwrap(e->rcv_nxt, peer->isn, p->seq), ack = unwrap(e->una, e->isn, p->ack);

	e->heard = s->now;
	e->keepalive_n = 0;
	if (e->state == TCP_CLOSED) {
		answer_with_reset(s, e, p);
		return;
	}
	if (p->flags & TH_RST) {
		if (reset_is_valid(e, p, seq, ack))
			end_stop(e, TCP_CLOSED);
		return;
	}
	if ((p->options & OPT_TS) && seq <= e->rcv_nxt &&
	    seq + packet_seg_len(p) >= e->rcv_nxt) /* RFC 7323 4.3: not from old duplicates */
		e->ts_recent = p->tsval;
	if (e->state == TCP_LISTEN || e->state == TCP_SYN_SENT ||
	    (e->state == TCP_SYN_RECV && (p->flags & TH_SYN))) {
		input_opening(s, e, p, ack);
		return;
	}
	if (p->flags & TH_SYN) { /* a repeated SYN-ACK */
		e->dsack = (struct range64){0, 1};
		send_ack(s, e);
		return;
	}
	if (e->state == TCP_SYN_RECV) {
		established(s, e);
		app_step(s, e);
	}
	if (e->state == TCP_TIME_WAIT) {
		if (packet_seg_len(p) == 0)
			return;
		e->dsack = (struct range64){seq, seq + packet_seg_len(p)};
		send_ack(s, e);
		return;
	}
	take_segment(s, e, p, seq, ack);
	if (e->state != TCP_CLOSED && e->state != TCP_TIME_WAIT)
		app_step(s, e);
}
