/* SPDX-License-Identifier: MIT */
/*
 * display_filter_endpoint: parses the ports, addresses, networks and endpoints of a screen filter,
 * each for the client's side, the server's or either.
 */
#include "model/model.h"

#include "base/i18n.h"
#include "model/display_filter_parse.h"

#include <arpa/inet.h>

#define V4_BITS 96 /* of the v4-mapped prefix */

/* ---- ports ---- */

static bool
parse_port(struct parser *ps, uint16_t *out)
{
	uint32_t v = 0;
	const char *at = ps->p;

	if (!is_digit(*ps->p))
		return parser_expected(ps, _("a port number"));
	while (is_digit(*ps->p) && v <= UINT16_MAX)
		v = v * 10 + (uint32_t)(*ps->p++ - '0');
	if (v > UINT16_MAX) {
		ps->p = at;
		return parser_expected(ps, _("a port number up to 65535"));
	}
	*out = (uint16_t)v;
	return true;
}

static bool
parse_port_range(struct parser *ps, struct test *t)
{
	struct filter *f = ps->f;
	struct port_range r;
	const char *at;

	if (!parse_port(ps, &r.low))
		return false;
	r.high = r.low;
	if (*ps->p == '-') {
		at = ++ps->p;
		if (!parse_port(ps, &r.high))
			return false;
		/* "80-8" may be on its way to "80-8080" */
		if (r.high < r.low) {
			ps->p = *ps->p == '\0' ? ps->p : at;
			return parser_expected(ps, _("a port number not below the first"));
		}
	}
	if (f->n_ranges == FILTER_RANGES)
		return parser_too_long(ps);
	f->ranges[f->n_ranges++] = r;
	t->n++;
	return true;
}

static bool
parse_ports(struct parser *ps, uint8_t sides, bool negated)
{
	struct test t = {.kind = TEST_PORT, .sides = sides, .first = ps->f->n_ranges};

	do {
		parser_skip_space(ps);
		if (!parse_port_range(ps, &t))
			return false;
	} while (parser_take(ps, ","));
	if (!ends_value(ps->p))
		return parser_expected(ps, _("a comma, a port range or the next word"));
	return parser_add_equality(ps, &t, negated);
}

/* "port > 1023" */
static bool
parse_port_comparison(struct parser *ps, uint8_t sides, uint8_t comparison)
{
	struct test t = {.kind = TEST_PORT, .sides = sides, .first = ps->f->n_ranges, .n = 1};
	struct port_range r = {0, UINT16_MAX};
	uint16_t v;

	parser_skip_space(ps);
	if (!parse_port(ps, &v))
		return false;
	if (!ends_value(ps->p))
		return parser_expected(ps, _("the next word"));
	if (comparison & LESS)
		r.high = comparison & EQUAL ? v : (uint16_t)(v - 1);
	else
		r.low = comparison & EQUAL ? v : (uint16_t)(v + 1);
	if ((comparison == LESS && v == 0) || (comparison == GREATER && v == UINT16_MAX))
		r = (struct port_range){1, 0}; /* nothing can match */
	if (ps->f->n_ranges == FILTER_RANGES)
		return parser_too_long(ps);
	ps->f->ranges[ps->f->n_ranges++] = r;
	return parser_add_test(ps, &t);
}

static bool
parse_after_port(struct parser *ps, uint8_t sides)
{
	const uint8_t c = parser_take_comparison(ps);
	const bool negated = c == (LESS | GREATER);

	if (c == 0 || c == EQUAL || negated)
		return parse_ports(ps, sides, negated);
	return parse_port_comparison(ps, sides, c);
}

/* ---- addresses ---- */

static size_t
address_len(const char *p)
{
	size_t n = 0;

	while (is_digit(p[n]) || (p[n] >= 'a' && p[n] <= 'f') || (p[n] >= 'A' && p[n] <= 'F') ||
	       p[n] == '.' || p[n] == ':')
		n++;
	return n;
}

static void
set_v4(struct test *t, const uint8_t v4[4], unsigned bits)
{
	memset(t->net, 0, 10);
	t->net[10] = t->net[11] = 0xff;
	memcpy(t->net + 12, v4, 4);
	t->prefix = (uint8_t)(V4_BITS + bits);
}

/* "10", "10.0.", "10.0.0.5" → the parts there are; how many, or 0 when it is none. */
static unsigned
parse_v4_parts(const char *s, uint8_t v4[4])
{
	unsigned n = 0;

	memset(v4, 0, 4);
	while (n < 4 && is_digit(*s)) {
		unsigned v = 0;

		while (is_digit(*s) && v < 256)
			v = v * 10 + (unsigned)(*s++ - '0');
		if (v > 255)
			return 0;
		v4[n++] = (uint8_t)v;
		if (*s == '.' && n < 4)
			s++;
	}
	return *s == '\0' ? n : 0;
}

/* The address at p with n characters; *whole: not just the beginning of one. */
static bool
parse_address_text(const char *p, size_t n, struct test *t, bool *whole)
{
	char word[FILTER_WORD];
	uint8_t v4[4];

	if (n == 0 || n >= sizeof(word))
		return false;
	memcpy(word, p, n);
	word[n] = '\0';
	*whole = true;
	if (memchr(p, ':', n)) {
		t->prefix = 128;
		return inet_pton(AF_INET6, word, t->net) == 1;
	}
	const unsigned parts = parse_v4_parts(word, v4);

	set_v4(t, v4, parts * 8);
	*whole = parts == 4;
	return parts > 0;
}

static bool
parse_prefix(struct parser *ps, struct test *t)
{
	const bool v4 = t->prefix <= 128 && memcmp(t->net, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) == 0;
	const unsigned most = v4 ? 32 : 128;
	const char *at = ps->p;
	unsigned bits = 0;

	if (!is_digit(*ps->p))
		return parser_expected(ps, _("the length of the network's prefix"));
	while (is_digit(*ps->p) && bits <= most)
		bits = bits * 10 + (unsigned)(*ps->p++ - '0');
	if (bits > most) {
		ps->p = at;
		return parser_expected(ps, v4 ? _("a prefix length up to 32")
					      : _("a prefix length up to 128"));
	}
	t->prefix = (uint8_t)(v4 ? V4_BITS + bits : bits);
	return true;
}

/* A wrong address: the place is its beginning, or the end where it may only be unfinished. */
static bool
address_expected(struct parser *ps, size_t n)
{
	if (ps->p[n] == '\0')
		ps->p += n;
	return parser_expected(ps, _("an IPv4 or IPv6 address"));
}

/* An address and perhaps its prefix. partial: "10.0" means 10.0.0.0/16. */
static bool
parse_address(struct parser *ps, uint8_t sides, bool partial, bool negated)
{
	struct test t = {.kind = TEST_NET, .sides = sides};
	bool whole;

	parser_skip_space(ps);
	const size_t n = address_len(ps->p);

	if (!parse_address_text(ps->p, n, &t, &whole) || (!whole && !partial && ps->p[n] != '/'))
		return address_expected(ps, n);
	ps->p += n;
	if (*ps->p == '/' && (ps->p++, !parse_prefix(ps, &t)))
		return false;
	if (!ends_value(ps->p))
		return parser_expected(ps, _("a prefix length or the next word"));
	return parser_add_equality(ps, &t, negated);
}

/* "10.0.0.5:80" or "[fe80::1]:80", as endpoints are shown. n: the address's length. */
static bool
parse_endpoint(struct parser *ps, uint8_t sides, const char *addr, size_t n)
{
	struct test t = {.kind = TEST_NET};
	const uint32_t first = ps->f->n_steps;
	uint16_t port;
	bool whole;

	if (!parse_address_text(addr, n, &t, &whole) || !whole)
		return parser_expected(ps, _("an IPv4 or IPv6 address"));
	if (!parse_port(ps, &port))
		return false;
	if (!ends_value(ps->p))
		return parser_expected(ps, _("the next word"));
	if (ps->f->n_ranges == FILTER_RANGES)
		return parser_too_long(ps);
	const struct test p = {.kind = TEST_PORT, .first = ps->f->n_ranges, .n = 1};

	ps->f->ranges[ps->f->n_ranges++] = (struct port_range){port, port};
	/* address and port of the same end: (client's and client's) or (server's and server's) */
	for (int side = CLIENT; side <= SERVER; side++) {
		struct test a = t, b = p;

		if (!(sides & 1 << side))
			continue;
		if (ps->f->n_steps > first &&
		    !parser_add_step(ps, OP_SKIP_IF_TRUE, ps->f->n_steps + 4))
			return false;
		a.sides = b.sides = (uint8_t)(1 << side);
		if (!parser_add_test(ps, &a) ||
		    !parser_add_step(ps, OP_SKIP_IF_FALSE, ps->f->n_steps + 2) ||
		    !parser_add_test(ps, &b))
			return false;
	}
	return true;
}

static bool
parse_bracketed(struct parser *ps, uint8_t sides)
{
	const char *addr = ++ps->p;
	const size_t n = address_len(addr);

	ps->p += n;
	if (*ps->p != ']')
		return parser_expected(ps, _("an IPv6 address and \"]\""));
	ps->p++;
	if (*ps->p != ':')
		return parser_expected(ps, _("a colon and a port number"));
	ps->p++;
	return parse_endpoint(ps, sides, addr, n);
}

/* A number, a list, an address, a network or an endpoint without a word before it. */
static bool
parse_bare(struct parser *ps, uint8_t sides)
{
	if (*ps->p == '[')
		return parse_bracketed(ps, sides);
	const size_t n = address_len(ps->p);
	const char *colon = memchr(ps->p, ':', n);
	const char *dot = memchr(ps->p, '.', n);

	if (dot && colon > dot) {
		const char *addr = ps->p;

		ps->p = colon + 1;
		return parse_endpoint(ps, sides, addr, (size_t)(colon - addr));
	}
	if (dot || colon || ps->p[n] == '/')
		return parse_address(ps, sides, true, false);
	return parse_ports(ps, sides, false);
}

/* Digits, or hexadecimal digits with a colon among them that make an IPv6 address. */
static bool
is_bare(const char *p)
{
	const size_t n = address_len(p);
	const char *colon = memchr(p, ':', n);

	if (is_digit(*p) || *p == '[' || *p == ':')
		return true;
	return colon && memchr(colon + 1, ':', n - (size_t)(colon + 1 - p));
}

/* ---- with and without a word before it ---- */

static bool
parse_host(struct parser *ps, uint8_t sides, bool partial)
{
	bool negated;

	return parser_take_equality(ps, &negated) && parse_address(ps, sides, partial, negated);
}

/* After src or dst, or without them. */
bool
parser_place(struct parser *ps, uint8_t sides, bool *taken)
{
	*taken = true;
	if (parser_take_word(ps, "port"))
		return parse_after_port(ps, sides);
	if (parser_take_word(ps, "host"))
		return parse_host(ps, sides, false);
	if (parser_take_word(ps, "net"))
		return parse_host(ps, sides, true);
	parser_skip_space(ps);
	if (is_bare(ps->p))
		return parse_bare(ps, sides);
	*taken = false;
	return true;
}
