/* SPDX-License-Identifier: MIT */
/*
 * sack: selective acknowledgements (RFC 2018) and reports of duplicates (RFC 2883), checked against
 * what the peer really sent before they are believed.
 */
#include "core/segment/sack.h"

#include "core/flow/sendq.h"
#include "core/segment/segment.h"

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
	return seq_lt(left, right) && seq_le(right, h->seq.nxt) && half_has(h, H_SEQ) &&
	       (!half_has(h, H_UNA) || seq_le(h->seq.una, left));
}

static uint32_t
block_news(struct seg *s, seqno left, seqno right)
{
	const struct sendq *q = &s->rcv->sendq;
	uint32_t news = 0;

	for (size_t i = sendq_lower(q, left); i < q->len; i++) {
		const struct sent_range *r = sendq_at(q, i);

		if (seq_le(right, r->seq))
			break;
		if (r->flags & SENT_SACKED)
			continue;
		news += seq_min(r->end, right) - seq_max(r->seq, left);
		if (!(r->flags & SENT_RETRANS) && (!s->sacked_sent || r->first_ts < s->sacked_sent))
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
block_mark(struct pool *pool, struct sendq *q, seqno left, seqno right)
{
	sendq_split(pool, q, left);
	sendq_split(pool, q, right);
	for (size_t i = sendq_lower(q, left); i < q->len; i++) {
		struct sent_range *r = sendq_at(q, i);

		if (seq_le(right, r->seq))
			break;
		r->flags |= SENT_SACKED;
	}
}

void
sack_apply(struct seg *s)
{
	const struct packet *p = s->p;

	for (size_t i = s->dsack; i < p->n_sack; i++)
		if (block_sane(s->rcv, p->sack[i].left, p->sack[i].right))
			block_mark(s->core->pool, &s->rcv->sendq, p->sack[i].left,
				   p->sack[i].right);
}

bool
reports_duplicates(const struct conn *c)
{
	const struct half *a = &c->half[0], *b = &c->half[1];

	return (half_has(a, H_SACK_OK) && half_has(b, H_SACK_OK)) || half_has(a, H_SACK_SEEN) ||
	       half_has(b, H_SACK_SEEN);
}
