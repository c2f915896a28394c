/* SPDX-License-Identifier: MIT */
/*
 * sack: selective acknowledgements (RFC 2018) and reports of duplicates (RFC 2883), checked against
 * what the peer really sent before they are believed.
 */
#include "core/txq.h"

/* The first block reports a duplicate when it lies below the ACK or inside the second block. */
static bool
first_is_dsack(const struct packet *p)
{
	if (p->n_sack == 0)
		return false;
	if (seq_le(p->sack[0].right, p->ack))
		return true;
	return p->n_sack > 1 && seq_le(p->sack[1].left, p->sack[0].left) &&
	       seq_le(p->sack[0].right, p->sack[1].right);
}

static bool
block_sane(const struct half *h, seqno left, seqno right)
{
	return seq_lt(left, right) && seq_le(right, h->nxt) && half_has(h, H_SEQ) &&
	       (!half_has(h, H_UNA) || seq_le(h->una, left));
}

static uint32_t
block_news(struct seg *s, seqno left, seqno right)
{
	const struct txq *q = &s->rcv->q;
	uint32_t news = 0;

	for (size_t i = txq_lower(q, left); i < q->len; i++) {
		const struct txrec *r = txq_at(q, i);

		if (seq_le(right, r->seq))
			break;
		if (r->flags & TX_SACKED)
			continue;
		news += seq_min(r->end, right) - seq_max(r->seq, left);
		if (!(r->flags & TX_RETRANS) && (!s->sacked_sent || r->first_ts < s->sacked_sent))
			s->sacked_sent = r->first_ts;
	}
	return news;
}

void
sack_examine(struct seg *s)
{
	const struct packet *p = s->p;

	s->dsack = first_is_dsack(p);
	for (size_t i = s->dsack; i < p->n_sack; i++)
		if (block_sane(s->rcv, p->sack[i].left, p->sack[i].right))
			s->newly_sacked +=
				block_news(s, p->sack[i].left, p->sack[i].right);
	s->new_sack = s->newly_sacked > 0;
}

static void
block_mark(struct pool *pool, struct txq *q, seqno left, seqno right)
{
	txq_split(pool, q, left);
	txq_split(pool, q, right);
	for (size_t i = txq_lower(q, left); i < q->len; i++) {
		struct txrec *r = txq_at(q, i);

		if (seq_le(right, r->seq))
			break;
		r->flags |= TX_SACKED;
	}
}

void
sack_apply(struct engine *e, struct seg *s)
{
	const struct packet *p = s->p;

	for (size_t i = s->dsack; i < p->n_sack; i++)
		if (block_sane(s->rcv, p->sack[i].left, p->sack[i].right))
			block_mark(engine_pool(e), &s->rcv->q, p->sack[i].left, p->sack[i].right);
}
