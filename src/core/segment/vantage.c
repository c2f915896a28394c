/* SPDX-License-Identifier: MIT */
/*
 * vantage: where the capture point is, at one of the two hosts or between them. Decided by the
 * times of the handshake and by what only a sending host's own capture shows.
 */
#include "core/segment/vantage.h"

#include "core/segment/segment.h"

void
vantage_by_handshake(struct conn *c)
{
	nsec server = c->syn_to_synack, client = c->synack_to_ack;

	if (server < 0 || client < 0 || c->half[CLIENT].syn > 1 || c->half[SERVER].syn > 1)
		return;
	if (server / 4 > client + 50 * NSEC_PER_US) {
		c->near |= 1 << CLIENT;
		c->far |= 1 << SERVER;
	} else if (client / 4 > server + 50 * NSEC_PER_US) {
		c->near |= 1 << SERVER;
		c->far |= 1 << CLIENT;
	}
}

/* A checksum left to the network card shows the sending host itself. On a virtual link the peer's
 * packets come unfinished too, so from both endpoints it shows nothing. */
void
vantage_by_packet(struct seg *s)
{
	uint8_t bit = (uint8_t)(1 << s->from), other = (uint8_t)(1 << !s->from);
	struct conn *c = s->c;

	if (s->p->csum != CSUM_PARTIAL || half_has(s->snd, H_PARTIAL_CSUM))
		return;
	s->snd->flags |= H_PARTIAL_CSUM;
	if (half_has(s->rcv, H_PARTIAL_CSUM)) {
		c->near &= (uint8_t)~other;
		vantage_by_handshake(c);
	} else {
		c->near |= bit;
		c->far &= (uint8_t)~bit;
	}
}
