/* SPDX-License-Identifier: MIT */
/*
 * display_filter: evaluates a parsed screen filter for one connection. Called for every connection
 * under the engine's lock: no allocation, and no more work than the expression has terms.
 */
#include "model/model.h"

#include "base/i18n.h"
#include "model/model_private.h"

#include <stdlib.h>

static bool
port_in(const struct filter *f, const struct test *t, uint16_t port)
{
	for (uint32_t i = 0; i < t->n; i++) {
		const struct port_range *r = &f->ranges[t->first + i];

		if (port >= r->low && port <= r->high)
			return true;
	}
	return false;
}

static bool
addr_in(const struct test *t, const uint8_t addr[16])
{
	for (unsigned bits = t->prefix, i = 0; bits > 0; i++) {
		const unsigned n = bits < 8 ? bits : 8;
		const uint8_t mask = (uint8_t)(0xff << (8 - n));

		if ((addr[i] ^ t->net[i]) & mask)
			return false;
		bits -= n;
	}
	return true;
}

static bool
side_matches(const struct filter *f, const struct test *t, const struct endpoint *e)
{
	return t->kind == TEST_PORT ? port_in(f, t, e->port) : addr_in(t, e->addr);
}

static bool
sides_match(const struct filter *f, const struct test *t, const struct conn_facts *c)
{
	for (int side = CLIENT; side <= SERVER; side++) {
		if (t->sides & (1 << side) && side_matches(f, t, &c->end[side]))
			return true;
	}
	return false;
}

static bool
figure_matches(const struct test *t, const struct row_context *row)
{
	const int64_t v = t->column->key(row);

	if (v < 0) /* unknown: neither less nor more */
		return false;
	return t->comparison & (v < t->value ? LESS : v > t->value ? GREATER : EQUAL);
}

static bool
verdict_matches(const struct test *t, const struct conn_facts *c)
{
	const int bit = c->verdict.severity == SEV_NONE ? VERDICT_NONE_BIT : c->verdict.code;

	return t->mask >> bit & 1;
}

static bool
test_matches(const struct filter *f, const struct test *t, const struct row_context *row)
{
	const struct conn_facts *c = row->facts;

	switch (t->kind) {
	case TEST_PORT:
	case TEST_NET:
		return sides_match(f, t, c);
	case TEST_STATE:
		return t->mask >> c->state & 1;
	case TEST_VERDICT:
		return verdict_matches(t, c);
	case TEST_SEVERITY:
		return t->mask >> c->verdict.severity & 1;
	default:
		return figure_matches(t, row);
	}
}

bool
filter_match(const struct filter *f, const struct row_context *row)
{
	bool truth = true;

	if (!f)
		return true;

	for (uint32_t i = 0; i < f->n_steps; i++) {
		const struct filter_step *s = &f->steps[i];

		if (s->op == OP_TEST)
			truth = test_matches(f, &f->tests[s->arg], row);
		else if (s->op == OP_NOT)
			truth = !truth;
		else if (truth == (s->op == OP_SKIP_IF_TRUE))
			i = s->arg - 1; /* always forward: this ends */
	}
	return truth;
}

bool
filter_uses_time(const struct filter *f)
{
	return f && f->uses_time;
}

void
filter_free(struct filter *f)
{
	free(f);
}

const struct filter_word filter_words[] = {
	{"23", N_("client's or server's port; also port 23")},
	{"23,80,8000-8080", N_("one of several ports")},
	{"host 10.0.0.5", N_("an address, IPv4 or IPv6; a bare address does as well")},
	{"net 10.0.0.0/8", N_("a network; also net 10")},
	{"10.0.0.5:80", N_("an address with a port, as the list shows it")},
	{"src ..., dst ...", N_("only the client's or only the server's port, address or network")},
	{"state syn-sent", N_("connection's state; the beginning of the word will do: state fin")},
	{"verdict refused", N_("what is wrong; also verdict any, verdict none")},
	{"severity >= warning", N_("how bad it is: note, warning, error, none")},
	{"retx > 3", N_("retransmissions, both directions; retx alone: any")},
	{"timeouts, fast, tlp, spurious > N", N_("retransmissions of one kind")},
	{"out-of-order, dup-acks > N", N_("segments reordered, duplicate ACKs")},
	{"rtt > 200ms", N_("smoothed round trip; units us ms s m h, without one seconds")},
	{"rto > 1s", N_("retransmission timeout as it stands")},
	{"idle > 10s", N_("time since the last packet")},
	{"age < 1m, lasted > 1h", N_("time since the first packet; time from first to last")},
	{"rate > 1M", N_("payload bytes per second now; also sent-rate, received-rate")},
	{"bytes > 1G", N_("payload bytes, both directions; also sent, received, in-flight")},
	{"zero-window > 1s", N_("time during which a window was closed")},
	{"vlan 7, interface 2, id 1", N_("where it was captured, and its number")},
	{"and or not ( )", N_("combine; also && || !; words side by side mean and")},
};
const size_t filter_word_count = ARRAY_LEN(filter_words);
