/* SPDX-License-Identifier: MIT */
/*
 * display_filter_endpoint: parses the ports, addresses, networks and endpoints of a screen filter,
 * each for the client's side, the server's or either.
 */
#include "model/model.h"

#include "base/i18n.h"
#include "model/display_filter_parse.h"

#include <arpa/inet.h>
#include <stdio.h>

#define V4_PREFIX 96 /* bits of the v4-mapped prefix */

/* ---- ports ---- */

static bool
parse_port_number(struct parser *ps, uint16_t *out)
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

/* "http"; at the end of the text an unknown name may be the beginning of one. */
static bool
parse_service(struct parser *ps, uint16_t *out)
{
	const size_t n = word_length(ps->p);
	char word[FILTER_WORD_SIZE];

	snprintf(word, sizeof(word), "%.*s", (int)n, ps->p);
	if (n == 0 || n >= sizeof(word) || !service_port(word, out)) {
		parser_expected(ps, _("a port number or a service name"));
		ps->error->unfinished |= ps->p[n] == '\0';
		return false;
	}
	ps->p += n;
	return true;
}

static bool
add_range(struct parser *ps, struct filter_test *t, struct port_range r)
{
	struct filter *f = ps->f;

	if (f->n_ranges == FILTER_RANGES)
		return parser_too_long(ps);
	if (t->n_ranges++ == 0)
		t->first_range = f->n_ranges;
	f->ranges[f->n_ranges++] = r;
	return true;
}

/* "8080", "8000-8080" or "http" */
static bool
parse_port_range(struct parser *ps, struct filter_test *t)
{
	struct port_range r;

	if (!(is_digit(*ps->p) ? parse_port_number(ps, &r.low) : parse_service(ps, &r.low)))
		return false;
	r.high = r.low;
	if (*ps->p == '-') {
		const char *at = ++ps->p;

		if (!parse_port_number(ps, &r.high))
			return false;
		if (r.high < r.low) {
			/* "80-8" may become "80-8080" */
			ps->p = *ps->p == '\0' ? ps->p : at;
			return parser_expected(ps, _("a port number not below the first one"));
		}
	}
	return add_range(ps, t, r);
}

bool
parser_ports(struct parser *ps, uint8_t sides, bool negated)
{
	struct filter_test t = {.match = filter_match_port, .sides = sides};

	ps->operand = &filter_operand_port;
	do {
		parser_skip_space(ps);
		if (!parse_port_range(ps, &t))
			return false;
	} while (parser_take(ps, ","));
	if (!ends_value(ps->p))
		return parser_expected(ps, _("a comma, a port range or the next word"));
	return parser_add_equality(ps, &t, negated);
}

/* The ports that compare so with v: "> 1023". */
static struct port_range
compared_ports(uint16_t v, uint8_t comparison)
{
	const uint32_t below = v + (comparison & EQUAL ? 1u : 0u);
	const uint32_t first = v + (comparison & EQUAL ? 0u : 1u);
	const struct port_range empty = {1, 0};

	if (comparison & LESS)
		return below == 0 ? empty : (struct port_range){0, (uint16_t)(below - 1)};
	return first > UINT16_MAX ? empty : (struct port_range){(uint16_t)first, UINT16_MAX};
}

static bool
parse_port_comparison(struct parser *ps, uint8_t sides, uint8_t comparison)
{
	struct filter_test t = {.match = filter_match_port, .sides = sides};
	uint16_t v;

	parser_skip_space(ps);
	if (!parse_port_number(ps, &v))
		return false;
	if (!ends_value(ps->p))
		return parser_expected(ps, _("the next word"));
	return add_range(ps, &t, compared_ports(v, comparison)) && parser_add_test(ps, &t);
}

static bool
parse_port(struct parser *ps, const struct filter_word *w, uint8_t sides)
{
	const uint8_t c = parser_take_comparison(ps);
	const bool negated = c == (LESS | GREATER);

	(void)w;
	if (c == 0 || c == EQUAL || negated)
		return parser_ports(ps, sides, negated);
	return parse_port_comparison(ps, sides, c);
}

const struct filter_operand filter_operand_port = {
	.parse = parse_port, .port = true, .by_side = true};

/* ---- addresses ---- */

static bool
is_hex_digit(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static size_t
address_length(const char *p)
{
	size_t n = 0;

	while (is_hex_digit(p[n]) || p[n] == '.' || p[n] == ':')
		n++;
	return n;
}

static void
set_v4(struct filter_test *t, const uint8_t v4[4], unsigned bits)
{
	memset(t->net, 0, 10);
	t->net[10] = t->net[11] = 0xff;
	memcpy(t->net + 12, v4, 4);
	t->prefix = (uint8_t)(V4_PREFIX + bits);
}

/* "10", "10.0.", "10.0.0.5" → the bytes there are; returns how many, 0: not an IPv4 address. */
static unsigned
parse_v4_bytes(const char *s, uint8_t v4[4])
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

/* The address that the n bytes at p are. *complete: not just the first bytes of an IPv4 address. */
static bool
parse_address_text(const char *p, size_t n, struct filter_test *t, bool *complete)
{
	char word[FILTER_WORD_SIZE];
	uint8_t v4[4];

	if (n == 0 || n >= sizeof(word))
		return false;
	memcpy(word, p, n);
	word[n] = '\0';
	*complete = true;
	if (memchr(p, ':', n)) {
		t->prefix = 128;
		return inet_pton(AF_INET6, word, t->net) == 1;
	}
	const unsigned bytes = parse_v4_bytes(word, v4);

	set_v4(t, v4, bytes * 8);
	*complete = bytes == 4;
	return bytes > 0;
}

static bool
parse_prefix(struct parser *ps, struct filter_test *t)
{
	static const uint8_t v4_mapped[12] = {[10] = 0xff, [11] = 0xff};
	const bool v4 = memcmp(t->net, v4_mapped, sizeof(v4_mapped)) == 0;
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
	t->prefix = (uint8_t)(v4 ? V4_PREFIX + bits : bits);
	return true;
}

/* The n bytes here are no address; at the end of the text they may become one. */
static bool
address_expected(struct parser *ps, size_t n)
{
	if (ps->p[n] == '\0')
		ps->p += n;
	return parser_expected(ps, _("an IPv4 or IPv6 address"));
}

/* An address, perhaps with a prefix length. partial: "10.0" is allowed and means 10.0.0.0/16. */
static bool
parse_address(struct parser *ps, uint8_t sides, bool partial, bool negated)
{
	struct filter_test t = {.match = filter_match_address, .sides = sides};
	bool complete;

	parser_skip_space(ps);
	const size_t n = address_length(ps->p);

	if (!parse_address_text(ps->p, n, &t, &complete) ||
	    (!complete && !partial && ps->p[n] != '/'))
		return address_expected(ps, n);
	ps->p += n;
	if (*ps->p == '/' && (ps->p++, !parse_prefix(ps, &t)))
		return false;
	if (!ends_value(ps->p))
		return parser_expected(ps, _("a prefix length or the next word"));
	return parser_add_equality(ps, &t, negated);
}

static bool
parse_host(struct parser *ps, const struct filter_word *w, uint8_t sides)
{
	bool negated;

	(void)w;
	return parser_take_equality(ps, &negated) && parse_address(ps, sides, false, negated);
}

static bool
parse_net(struct parser *ps, const struct filter_word *w, uint8_t sides)
{
	bool negated;

	(void)w;
	return parser_take_equality(ps, &negated) && parse_address(ps, sides, true, negated);
}

const struct filter_operand filter_operand_host = {.parse = parse_host, .by_side = true};
const struct filter_operand filter_operand_net = {.parse = parse_net, .by_side = true};

/* ---- without a word before it ---- */

/* "10.0.0.5:80" or "[fe80::1]:80", as the list shows endpoints: the n bytes at addr, and a port
 * here. */
static bool
parse_address_port(struct parser *ps, uint8_t sides, const char *addr, size_t n)
{
	struct filter_test t = {.match = filter_match_endpoint, .sides = sides};
	uint16_t port;
	bool complete;

	if (!parse_address_text(addr, n, &t, &complete) || !complete)
		return parser_expected(ps, _("an IPv4 or IPv6 address"));
	if (!parse_port_number(ps, &port))
		return false;
	if (!ends_value(ps->p))
		return parser_expected(ps, _("the next word"));
	return add_range(ps, &t, (struct port_range){port, port}) && parser_add_test(ps, &t);
}

static bool
parse_bracketed(struct parser *ps, uint8_t sides)
{
	const char *addr = ++ps->p;
	const size_t n = address_length(addr);

	ps->p += n;
	if (*ps->p != ']')
		return parser_expected(ps, _("an IPv6 address and \"]\""));
	ps->p++;
	if (*ps->p != ':')
		return parser_expected(ps, _("a colon and a port number"));
	ps->p++;
	return parse_address_port(ps, sides, addr, n);
}

bool
is_address_part(const char *p, size_t n)
{
	const bool v4 = memchr(p, '.', n);
	unsigned digits = 0, value = 0; /* of the present group; the value in decimal */
	unsigned separators = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] == (v4 ? '.' : ':')) {
			separators++;
			digits = value = 0;
			continue;
		}
		if (!(v4 ? is_digit(p[i]) : is_hex_digit(p[i])))
			return false;
		value = value * 10 + (unsigned)(p[i] - '0');
		if (++digits > 4 || (v4 && value > 255))
			return false;
	}
	return n > 0 && n < FILTER_WORD_SIZE && separators <= (v4 ? 3 : 7);
}

/* "10.0", "fe80:": looked for in the addresses as they are shown. */
static bool
parse_address_part(struct parser *ps, uint8_t sides, size_t n)
{
	struct filter_test t;

	if (!is_address_part(ps->p, n) || !text_test(ps, sides, n, &t))
		return address_expected(ps, n);
	ps->p += n;
	if (!ends_value(ps->p))
		return address_expected(ps, 0);
	return parser_add_test(ps, &t);
}

/* The n bytes at p are digits only, or cannot be part of an address: they are meant as a port. */
static bool
is_port(const char *p, size_t n)
{
	return strspn(p, "0123456789") == n ||
	       (!memchr(p, '.', n) && !memchr(p, ':', n) && !is_address_part(p, n));
}

bool
parser_endpoint(struct parser *ps, uint8_t sides)
{
	if (*ps->p == '[')
		return parse_bracketed(ps, sides);
	const char *addr = ps->p;
	const size_t n = address_length(addr);
	const char *colon = memchr(addr, ':', n);
	const char *dot = memchr(addr, '.', n);
	struct filter_test t;
	bool complete;

	if (dot && colon > dot) {
		ps->p = colon + 1;
		return parse_address_port(ps, sides, addr, (size_t)(colon - addr));
	}
	if (addr[n] == '/')
		return parse_address(ps, sides, true, false);
	if (is_port(addr, n))
		return parser_ports(ps, sides, false);
	if (parse_address_text(addr, n, &t, &complete) && complete)
		return parse_address(ps, sides, false, false);
	return parse_address_part(ps, sides, n);
}

bool
parser_at_endpoint(const struct parser *ps)
{
	return is_digit(*ps->p) || *ps->p == '[' || *ps->p == ':' ||
	       memchr(ps->p, ':', address_length(ps->p));
}
