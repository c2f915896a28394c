/* SPDX-License-Identifier: MIT */
/*
 * test_decode.c: link layers, tunnels, lengths, ICMP: what decode_frame makes of whole frames and
 * of frames cut anywhere.
 */
#include "unit.h"

#include "stacks.h"

static const uint8_t router4[4] = {203, 0, 113, 9};

static struct buf b;
static struct packet p;
static uint64_t unopened[ENCAP_COUNT]; /* of the latest frame */

static enum decode_result
decode_with(struct frame *f)
{
	struct decoder *d = decoder_new();
	enum decode_result r;

	assert_non_null(d);
	memset(&p, 0xa5, sizeof(p));
	r = decode_frame(d, f, &p);
	memcpy(unopened, decoder_unopened(d), sizeof(unopened));
	decoder_free(d);
	return r;
}

static enum decode_result
decode(int linktype)
{
	struct frame f = buf_frame(&b, linktype);

	return decode_with(&f);
}

static void
assert_v4_mapped(const uint8_t addr[16], const uint8_t v4[4])
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};

	assert_memory_equal(addr, prefix, 12);
	assert_memory_equal(addr + 12, v4, 4);
}

static void
assert_plain_segment(int ip_version)
{
	assert_int_equal(p.ip_version, ip_version);
	if (ip_version == 4) {
		assert_v4_mapped(p.src, host_a4);
		assert_v4_mapped(p.dst, host_b4);
	} else {
		assert_memory_equal(p.src, host_a6, 16);
		assert_memory_equal(p.dst, host_b6, 16);
	}
	assert_int_equal(p.sport, 40000);
	assert_int_equal(p.dport, 80);
	assert_int_equal(p.seq, 0x01020304);
	assert_int_equal(p.ack, 0x05060708);
	assert_int_equal(p.flags, TH_PSH | TH_ACK);
	assert_int_equal(p.window, 502);
	assert_int_equal(p.payload_len, 11);
}

static void
test_every_stack(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_stacks; i++) {
		const struct stack *s = &stacks[i];

		stack_build(&b, s);
		assert_true(decode_linktype_known(s->linktype));
		if (decode(s->linktype) != DECODE_TCP)
			fail_msg("%s: not decoded", s->name);
		if (p.csum != CSUM_GOOD || p.vlan != s->vlan || (p.scope != 0) != s->scoped)
			fail_msg("%s: checksum %d, VLAN %d, scope %x", s->name, p.csum, p.vlan,
				 p.scope);
		assert_plain_segment(s->ip_version);
		assert_int_equal(p.truncated, 0);
		assert_int_equal(p.options, OPT_TS);
		assert_int_equal(p.tsval, 11);
		assert_int_equal(p.icmp_version, 0);
		assert_int_equal(p.fragments, 0);
	}
}

/* However short the snapshot: never something else than the truth, and what is known is right. */
static void
test_every_stack_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_stacks; i++) {
		const struct stack *s = &stacks[i];
		struct frame f;
		uint32_t known = 0;

		stack_build(&b, s);
		f = buf_frame(&b, s->linktype);
		for (f.cap_len = 0; f.cap_len <= f.wire_len; f.cap_len++) {
			uint8_t *copy = malloc(f.cap_len + 1);
			struct frame cut = f;
			enum decode_result r;

			assert_non_null(copy);
			memcpy(copy, f.data, f.cap_len);
			cut.data = copy;
			r = decode_with(&cut);
			free(copy);
			if (r == DECODE_TCP) {
				known++;
				assert_int_equal(p.payload_len, 11);
				assert_int_equal(p.seq, 0x01020304);
				assert_int_equal(p.flags, TH_PSH | TH_ACK);
				assert_true(p.options & (OPT_TS | OPT_CUT));
				assert_true(p.csum == CSUM_UNKNOWN || p.csum == CSUM_GOOD);
			} else if (r != DECODE_TRUNCATED && r != DECODE_OTHER) {
				fail_msg("%s cut at %u: %d", s->name, f.cap_len, r);
			}
		}
		/* 14 bytes of the header are enough. */
		assert_true(known >= 20 + 12 + 11 - 14 + 1);
	}
}

static void
test_tcp_header_cut(void **state)
{
	struct frame f;
	const uint32_t tcp = 14 + 20;

	(void)state;
	begin_ipv4_tcp(&b);
	push_ethernet(&b, 0x0800);
	f = buf_frame(&b, 1);
	f.cap_len = tcp + 13;
	assert_int_equal(decode_with(&f), DECODE_TRUNCATED);
	f.cap_len = tcp + 14;
	assert_int_equal(decode_with(&f), DECODE_TCP);
	assert_int_equal(p.truncated, 1);
	assert_int_equal(p.csum, CSUM_UNKNOWN);
	assert_int_equal(p.options, OPT_CUT);
	assert_int_equal(p.window, 0xffff); /* unknown, and never taken for closed */
	f.cap_len = tcp + 16;
	assert_int_equal(decode_with(&f), DECODE_TCP);
	assert_int_equal(p.window, 502);
	f.cap_len = tcp + 31;
	assert_int_equal(decode_with(&f), DECODE_TCP);
	assert_int_equal(p.options, OPT_CUT);
	f.cap_len = tcp + 32;
	assert_int_equal(decode_with(&f), DECODE_TCP);
	assert_int_equal(p.options, OPT_TS);
	assert_int_equal(p.truncated, 1);
	assert_int_equal(p.payload_len, 11);
}

static void
test_frame_fields(void **state)
{
	struct frame f;

	(void)state;
	begin_ipv4_tcp(&b);
	push_ethernet(&b, 0x0800);
	f = buf_frame(&b, 1);
	f.number = 77;
	f.ref = 123456;
	f.interface = 3;
	f.direction = DIR_OUT;
	b.mem[b.at + 14 + 1] = 0x2b;
	assert_int_equal(decode_with(&f), DECODE_TCP);
	assert_int_equal(p.frame, 77);
	assert_int_equal(p.ref, 123456);
	assert_int_equal(p.interface, 3);
	assert_int_equal(p.direction, DIR_OUT);
	assert_int_equal(p.ts, f.ts);
	assert_int_equal(p.ip_id, 0x1234);
	assert_int_equal(p.ttl, 64);
	assert_int_equal(p.tos, 0x2b);
	assert_int_equal(p.ip_df, 1);
	begin_ipv6_tcp(&b);
	buf_bytes(&b)[0] = 0x62;
	buf_bytes(&b)[1] = 0xb0;
	assert_int_equal(decode(101), DECODE_TCP);
	assert_int_equal(p.tos, 0x2b);
	assert_int_equal(p.ttl, 63);
	assert_int_equal(p.ip_id, 0);
}

static void
test_cooked_direction(void **state)
{
	uint8_t *h;

	(void)state;
	begin_ipv4_tcp(&b);
	h = push_hex(&b, "0000 0001 0006 020000000001 0000 0800");
	assert_int_equal(decode(113), DECODE_TCP);
	assert_int_equal(p.direction, DIR_IN);
	h[1] = 4;
	assert_int_equal(decode(113), DECODE_TCP);
	assert_int_equal(p.direction, DIR_OUT);
	h[1] = 3;
	assert_int_equal(decode(113), DECODE_TCP);
	assert_int_equal(p.direction, DIR_UNKNOWN);
	begin_ipv4_tcp(&b);
	push_hex(&b, "0800 0000 00000009 0001 04 06 020000000001 0000");
	assert_int_equal(decode(276), DECODE_TCP);
	assert_int_equal(p.interface, 9);
	assert_int_equal(p.direction, DIR_OUT);
}

/* ---- lengths ---- */

static void
test_length_beyond_the_frame(void **state)
{
	(void)state;
	begin_ipv4_tcp(&b);
	put16(buf_bytes(&b) + 2, 20 + 32 + 1448);
	assert_int_equal(decode(101), DECODE_TCP);
	assert_int_equal(p.payload_len, 1448);
	assert_int_equal(p.truncated, 1);
	assert_int_equal(p.csum, CSUM_UNKNOWN);
}

static void
test_length_zero_is_the_frame(void **state)
{
	struct tcp_spec s = plain_segment;

	(void)state;
	s.payload = 66000;
	buf_begin(&b);
	push_tcp(&b, &s);
	push_ipv4(&b, 6);
	put16(buf_bytes(&b) + 2, 0);
	push_ethernet(&b, 0x0800);
	assert_int_equal(decode(1), DECODE_TCP);
	assert_int_equal(p.payload_len, 66000);
	assert_int_equal(p.csum, CSUM_GOOD);
	buf_begin(&b);
	push_tcp(&b, &s);
	push_ipv6(&b, 6);
	put16(buf_bytes(&b) + 4, 0);
	push_ethernet(&b, 0x86dd);
	assert_int_equal(decode(1), DECODE_TCP);
	assert_int_equal(p.payload_len, 66000);
	assert_int_equal(p.csum, CSUM_GOOD);
}

static void
test_jumbogram(void **state)
{
	struct tcp_spec s = plain_segment;
	uint8_t *h;

	(void)state;
	s.payload = 70000;
	buf_begin(&b);
	push_tcp(&b, &s);
	finish_tcp(buf_bytes(&b), buf_len(&b), host_a6, host_b6, 16);
	h = push_hex(&b, "06 00 c204 00000000");
	put32(h + 4, buf_len(&b));
	push_ipv6(&b, 0);
	put16(buf_bytes(&b) + 4, 0);
	assert_int_equal(decode(101), DECODE_TCP);
	assert_int_equal(p.payload_len, 70000);
	assert_int_equal(p.csum, CSUM_GOOD);
}

static void
spoil(size_t at, uint8_t value, enum decode_result expected)
{
	begin_ipv4_tcp(&b);
	buf_bytes(&b)[at] = value;
	assert_int_equal(decode(101), expected);
}

static void
test_lengths_that_lie(void **state)
{
	(void)state;
	spoil(0, 0x44, DECODE_MALFORMED);   /* header of 16 bytes */
	spoil(0, 0x55, DECODE_MALFORMED);   /* version 5 */
	spoil(3, 19, DECODE_MALFORMED);	    /* total length within the header */
	spoil(3, 39, DECODE_MALFORMED);	    /* no room for a TCP header */
	spoil(3, 51, DECODE_MALFORMED);	    /* nor for its options */
	spoil(20 + 12, 0x40, DECODE_MALFORMED); /* data offset below 5 */
	spoil(20 + 12, 0xf0, DECODE_MALFORMED); /* and beyond the segment */
	spoil(9, 17, DECODE_OTHER);
	spoil(9, 132, DECODE_OTHER);
	begin_ipv6_tcp(&b);
	buf_bytes(&b)[0] = 0x40;
	push_ethernet(&b, 0x86dd);
	assert_int_equal(decode(1), DECODE_MALFORMED);
}

/* A frame ends where its link layer says, whatever IP says; a mirror may have cut a tunnel. */
static void
test_length_beyond_the_link(void **state)
{
	uint8_t *h;

	(void)state;
	buf_begin(&b);
	push(&b, 6); /* padding */
	push_tcp(&b, &plain_segment);
	push_ipv4_fragment(&b, 6, 1, 0);
	push_hex(&b, "1100 0042 0000 0021");
	put16(buf_bytes(&b) + 4, 2 + 20 + 32 + plain_segment.payload);
	push_ethernet(&b, 0x8864);
	assert_int_equal(decode(1), DECODE_TCP);
	assert_int_equal(p.payload_len, plain_segment.payload);
	begin_ipv4_tcp(&b);
	h = push_ipv4(&b, 4);
	put16(h + 2, 20 + 20 + 32 + 5); /* six bytes of the inner packet are cut away */
	assert_int_equal(decode(101), DECODE_TCP);
	assert_int_equal(p.payload_len, plain_segment.payload);
	assert_int_equal(p.truncated, 1);
}

static void
test_not_tcp(void **state)
{
	(void)state;
	buf_begin(&b);
	push(&b, 28);
	push_ethernet(&b, 0x0806);
	assert_int_equal(decode(1), DECODE_OTHER);
	assert_int_equal(decode(147), DECODE_UNSUPPORTED);
	assert_false(decode_linktype_known(147));
	buf_begin(&b);
	push_hex(&b, "0000 0001 0006 020000000001 0000 0003");
	assert_int_equal(decode(113), DECODE_OTHER);
}

/* What stays closed is counted by its kind. */
static void
test_unopened(void **state)
{
	static const struct {
		enum encapsulation kind;
		int linktype;
		const char *hex;
	} closed[] = {
		/* clang-format off */
		{ENCAP_ESP, 228, "45000024 00004000 40320000 c0000201 c6336402 00000001 00000002 00"},
		{ENCAP_ESP, 228,
		 "45000028 00004000 40110000 c0000201 c6336402 11941194 00140000 00000001 00000002"},
		{ENCAP_WIREGUARD, 228,
		 "45000028 00004000 40110000 c0000201 c6336402 ca6cca6c 00140000 04000000 00000002"},
		{ENCAP_CAPWAP_ENCRYPTED, 228,
		 "45000028 00004000 40110000 c0000201 c6336402 c350147f 00140000 01000000 00000002"},
		{ENCAP_CAPWAP_FRAGMENT, 228,
		 "45000028 00004000 40110000 c0000201 c6336402 c350147f 00140000 00100280 00000002"},
		{ENCAP_IPCOMP, 228, "45000018 00004000 406c0000 c0000201 c6336402 06000002"},
		{ENCAP_GRE, 228, "45000018 00004000 402f0000 c0000201 c6336402 00030800"},
		{ENCAP_MACSEC, 1, "020000000002 020000000001 88e5 2c00 00000001"},
		{ENCAP_ETHERTYPE, 1, "020000000002 020000000001 88b5 2c00 00000001"},
		{ENCAP_WLAN_ENCRYPTED, 105,
		 "0841 0000 020000000003 020000000001 020000000002 1000 0102030405060708"},
		{ENCAP_LINK_FRAGMENT, 105,
		 "0801 0000 020000000003 020000000001 020000000002 1100 0102030405060708"},
		{ENCAP_LINK_FRAGMENT, 7, "0102 d4 01 0001 4500"},
		{ENCAP_PPP_COMPRESSED, 9, "ff03 002d 0102"},
		{ENCAP_PPP_COMPRESSED, 9, "ff03 fd 0102"},
		{ENCAP_PPP_ENCRYPTED, 9, "ff03 53 0102"},
		{ENCAP_PPP_FRAGMENT, 9, "ff03 003d 80000001 0021 4500"},
		{ENCAP_LINK_TYPE, 147, "00"},
		{ENCAP_LINK_TYPE, 192, "0000 0800 93000000"},
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(closed); i++) {
		buf_begin(&b);
		push_hex(&b, closed[i].hex);
		assert_int_equal(decode(closed[i].linktype), DECODE_UNSUPPORTED);
		assert_int_equal(unopened[closed[i].kind], 1);
	}
	for (int e = 0; e < ENCAP_COUNT; e++) {
		assert_non_null(encapsulation_info((enum encapsulation)e)->name);
		assert_non_null(encapsulation_info((enum encapsulation)e)->hint);
	}
}

/* Key exchange and keep-alives on the ports of what is encrypted. */
static void
test_not_encrypted(void **state)
{
	static const char *const open[] = {
		"45000028 00004000 40110000 c0000201 c6336402 11941194 00140000 00000000 00000002",
		"4500001d 00004000 40110000 c0000201 c6336402 11941194 00090000 ff",
		"45000028 00004000 40110000 c0000201 c6336402 ca6cca6c 00140000 01000000 00000002",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(open); i++) {
		buf_begin(&b);
		push_hex(&b, open[i]);
		assert_int_equal(decode(228), DECODE_OTHER);
	}
}

/* ---- tunnels ---- */

static void
nest(int depth)
{
	begin_ipv4_tcp(&b);
	for (int i = 0; i < depth; i++)
		push_ipv4(&b, 4);
}

static void
test_tunnel_depth(void **state)
{
	(void)state;
	nest(8);
	assert_int_equal(decode(101), DECODE_TCP);
	assert_plain_segment(4);
	nest(9);
	assert_int_equal(decode(101), DECODE_UNSUPPORTED);
	nest(300);
	assert_int_equal(decode(101), DECODE_UNSUPPORTED);
}

/* Long runs of one kind of header end somewhere and never in a deep recursion. */
static void
test_many_headers(void **state)
{
	(void)state;
	begin_ipv4_tcp(&b);
	push_vlan(&b, 1, 0x0800);
	for (int i = 0; i < 15000; i++)
		push_vlan(&b, 1, 0x8100);
	push_ethernet(&b, 0x8100);
	assert_int_equal(decode(1), DECODE_TCP);
	buf_begin(&b);
	for (int i = 0; i < 9000; i++)
		push_hex(&b, "3c00 0104 00000000");
	push_ipv6(&b, 60);
	assert_int_equal(decode(101), DECODE_UNSUPPORTED);
	buf_begin(&b);
	for (int i = 0; i < 5000; i++)
		push_hex(&b, "aaaa03 000000 8100 0001 0400");
	push_ethernet(&b, 0x0400);
	assert_int_equal(decode(1), DECODE_UNSUPPORTED);
}

static uint32_t
scope_of(const char *hex, uint16_t type)
{
	begin_ipv4_tcp(&b);
	push_hex(&b, hex);
	push_ethernet(&b, type);
	assert_int_equal(decode(1), DECODE_TCP);
	return p.scope;
}

static uint32_t
vxlan_scope(const char *vni, uint16_t sport)
{
	begin_ipv4_tcp(&b);
	push_ethernet(&b, 0x0800);
	push_hex(&b, vni);
	push_hex(&b, "08000000");
	push_udp(&b, sport, 4789);
	push_ipv4(&b, 17);
	assert_int_equal(decode(101), DECODE_TCP);
	return p.scope;
}

static void
test_scope(void **state)
{
	(void)state;
	assert_int_equal(scope_of("0005 0800", 0x8100), scope_of("e005 0800", 0x8100));
	assert_int_not_equal(scope_of("0005 0800", 0x8100), scope_of("0006 0800", 0x8100));
	assert_int_not_equal(scope_of("0005 8100 0006 0800", 0x8100),
			     scope_of("0006 8100 0005 0800", 0x8100));
	assert_int_equal(vxlan_scope("00000100", 1), vxlan_scope("00000100", 2));
	assert_int_not_equal(vxlan_scope("00000100", 1), vxlan_scope("00000200", 1));
	/* Labels and tunnel ids that differ by direction tell nothing apart. */
	assert_int_equal(scope_of("00064140", 0x8847), scope_of("00074140", 0x8847));
}

/* The port alone makes no tunnel. */
static void
test_udp_port_is_a_hint(void **state)
{
	static const uint16_t ports[] = {4789, 8472,  4790,  6081, 4754, 6635, 2152, 3544,
					 1701, 48879, 37008, 5247, 5072, 4341, 53};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ports); i++) {
		buf_begin(&b);
		push_hex(&b, "ff02030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20");
		push_udp(&b, 5000, ports[i]);
		push_ipv4(&b, 17);
		assert_int_equal(decode(101), DECODE_OTHER);
	}
}

/* The last stop of a source route is the peer, and what its checksum is over. */
static void
test_routing_header(void **state)
{
	uint8_t *h;

	(void)state;
	buf_begin(&b);
	push_tcp(&b, &plain_segment);
	finish_tcp(buf_bytes(&b), buf_len(&b), host_a6, host_b6, 16);
	h = push(&b, 24);
	h[0] = 6;
	h[1] = 2;
	h[3] = 1;
	memcpy(h + 8, host_b6, 16);
	push_ipv6(&b, 43);
	memset(buf_bytes(&b) + 24, 0x77, 16);
	assert_int_equal(decode(101), DECODE_TCP);
	assert_plain_segment(6);
	assert_int_equal(p.csum, CSUM_GOOD);
	h[2] = 9; /* of a type not known */
	assert_int_equal(decode(101), DECODE_TCP);
	assert_int_equal(p.csum, CSUM_UNKNOWN);
}

/* Segment routing lists the stops from the last one on (RFC 8754). */
static void
test_segment_routing(void **state)
{
	uint8_t *h;

	(void)state;
	buf_begin(&b);
	push_tcp(&b, &plain_segment);
	finish_tcp(buf_bytes(&b), buf_len(&b), host_a6, host_b6, 16);
	h = push(&b, 40);
	h[0] = 6;
	h[1] = 4;
	h[2] = 4;
	h[3] = 1;
	memcpy(h + 8, host_b6, 16);
	memset(h + 24, 0x77, 16);
	push_ipv6(&b, 43);
	memset(buf_bytes(&b) + 24, 0x77, 16);
	assert_int_equal(decode(101), DECODE_TCP);
	assert_plain_segment(6);
	assert_int_equal(p.csum, CSUM_GOOD);
}

/* On the way along an IPv4 source route the destination is the next stop. */
static void
test_source_route(void **state)
{
	uint8_t *h;

	(void)state;
	buf_begin(&b);
	push_tcp(&b, &plain_segment);
	finish_tcp(buf_bytes(&b), buf_len(&b), host_a4, router4, 4);
	push_hex(&b, "01 83 07 04 00000000");
	memcpy(buf_bytes(&b) + 4, router4, 4);
	h = push_ipv4_fragment(&b, 6, 1, 0);
	h[0] = 0x47;
	assert_int_equal(decode(101), DECODE_TCP);
	assert_int_equal(p.csum, CSUM_UNKNOWN);
	h[20 + 3] = 8; /* used up */
	assert_int_equal(decode(101), DECODE_TCP);
	assert_int_equal(p.csum, CSUM_BAD);
}

/* ---- checksums around the segment ---- */

/* VXLAN over IPv4; returns the UDP header, whose checksum is right. */
static uint8_t *
begin_vxlan(void)
{
	uint8_t *h;

	begin_ipv4_tcp(&b);
	push_ethernet(&b, 0x0800);
	push_hex(&b, "08000000 00002a00");
	h = push_udp(&b, 50000, 4789);
	finish_udp4(h, buf_len(&b));
	push_ipv4(&b, 17);
	return h;
}

static void
assert_outer(enum checksum sum)
{
	assert_int_equal(decode(101), DECODE_TCP);
	assert_int_equal(p.csum, CSUM_GOOD);
	assert_int_equal(p.outer_csum, sum);
}

static void
test_outer_checksum(void **state)
{
	uint8_t *h;

	(void)state;
	begin_ipv4_tcp(&b);
	assert_outer(CSUM_UNKNOWN); /* no tunnel */
	push_ipv4(&b, 4);
	assert_outer(CSUM_GOOD);
	buf_bytes(&b)[8]++; /* time to live */
	assert_outer(CSUM_BAD);
	h = begin_vxlan();
	assert_outer(CSUM_GOOD);
	h[7]++;
	assert_outer(CSUM_BAD);
	put16(h + 6, 0); /* none */
	assert_outer(CSUM_GOOD);
	put16(h + 6, pseudo_sum(host_a4, host_b4, 4, 17, buf_len(&b) - 20));
	assert_outer(CSUM_PARTIAL);
	buf_bytes(&b)[10]++;
	assert_outer(CSUM_BAD);
}

/* Of what was not captured whole only the header can be checked. */
static void
test_outer_checksum_cut(void **state)
{
	uint8_t *h = begin_vxlan();
	struct frame f = buf_frame(&b, 101);

	(void)state;
	h[7]++;
	f.cap_len--;
	assert_int_equal(decode_with(&f), DECODE_TCP);
	assert_int_equal(p.csum, CSUM_UNKNOWN);
	assert_int_equal(p.outer_csum, CSUM_GOOD);
}

/* ---- ICMP ---- */

/* An error that quotes n bytes of the segment in IPv4. */
static void
begin_icmp4(const char *head, uint32_t n)
{
	uint8_t quoted[20 + 40], *h;

	begin_ipv4_tcp(&b);
	memcpy(quoted, buf_bytes(&b), 20 + n);
	buf_begin(&b);
	push_bytes(&b, quoted, 20 + n);
	push_hex(&b, head);
	h = push_ipv4(&b, 1);
	memcpy(h + 12, router4, 4);
	memcpy(h + 16, host_a4, 4);
}

/* Every error that ends or hinders, with the addresses, ports and number that it quotes. */
static void
test_icmp_errors(void **state)
{
	static const struct {
		uint8_t type, codes; /* 0 … codes - 1 */
	} errors[] = {{3, 16}, {4, 1}, {11, 2}, {12, 3}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		for (uint8_t code = 0; code < errors[i].codes; code++) {
			begin_icmp4("0000 0000 00000578", 8);
			buf_bytes(&b)[20] = errors[i].type;
			buf_bytes(&b)[21] = code;
			assert_int_equal(decode(101), DECODE_ICMP);
			assert_int_equal(p.icmp_version, 4);
			assert_int_equal(p.icmp_type, errors[i].type);
			assert_int_equal(p.icmp_code, code);
			assert_int_equal(p.icmp_mtu, errors[i].type == 3 && code == 4 ? 1400 : 0);
			assert_v4_mapped(p.icmp_from, router4);
			assert_v4_mapped(p.src, host_a4);
			assert_v4_mapped(p.dst, host_b4);
			assert_int_equal(p.sport, 40000);
			assert_int_equal(p.dport, 80);
			assert_int_equal(p.seq, 0x01020304);
		}
	}
}

static void
test_icmp_quote(void **state)
{
	struct frame f;

	(void)state;
	begin_icmp4("0303 0000 00000000", 8);
	assert_int_equal(decode(101), DECODE_ICMP);
	assert_int_equal(p.flags, 0);
	assert_true(p.options & OPT_CUT);
	begin_icmp4("0304 0000 00000000", 32);
	assert_int_equal(decode(101), DECODE_ICMP);
	assert_int_equal(p.icmp_mtu, 0); /* RFC 792: an old router does not say it */
	assert_int_equal(p.flags, TH_PSH | TH_ACK);
	assert_int_equal(p.payload_len, 11);
	assert_int_equal(p.truncated, 0); /* quoting less is not cutting */
	begin_icmp4("0303 0000 00000000", 7);
	assert_int_equal(decode(101), DECODE_OTHER);
	begin_icmp4("0303 0000 00000000", 8);
	f = buf_frame(&b, 101);
	f.cap_len--;
	assert_int_equal(decode_with(&f), DECODE_TRUNCATED);
}

static void
test_icmp_not_error(void **state)
{
	(void)state;
	begin_icmp4("0000 0000 00000000", 32); /* echo reply */
	assert_int_equal(decode(101), DECODE_OTHER);
	begin_icmp4("0501 0000 c0000201", 32); /* redirect */
	assert_int_equal(decode(101), DECODE_OTHER);
	begin_icmp4("0303 0000 00000000", 8);
	buf_bytes(&b)[28 + 9] = 17; /* quotes UDP */
	assert_int_equal(decode(101), DECODE_OTHER);
	begin_icmp4("0303 0000 00000000", 8);
	put16(buf_bytes(&b) + 28 + 6, 0x2005); /* quotes a later fragment */
	assert_int_equal(decode(101), DECODE_OTHER);
}

static const uint8_t router6[16] = {0x20, 0x01, 0x0d, 0xb8, [7] = 9, [15] = 1};

static void
begin_icmp6(const char *head)
{
	uint8_t *h;

	begin_ipv6_tcp(&b);
	push_hex(&b, head);
	h = push_ipv6(&b, 58);
	memcpy(h + 8, router6, 16);
	memcpy(h + 24, host_a6, 16);
}

static void
test_icmpv6_errors(void **state)
{
	static const struct {
		uint8_t type, codes;
	} errors[] = {{1, 8}, {2, 1}, {3, 2}, {4, 4}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		for (uint8_t code = 0; code < errors[i].codes; code++) {
			begin_icmp6("0000 0000 00000500");
			buf_bytes(&b)[40] = errors[i].type;
			buf_bytes(&b)[41] = code;
			assert_int_equal(decode(101), DECODE_ICMP);
			assert_int_equal(p.icmp_version, 6);
			assert_int_equal(p.icmp_type, errors[i].type);
			assert_int_equal(p.icmp_code, code);
			assert_int_equal(p.icmp_mtu, errors[i].type == 2 ? 1280 : 0);
			assert_memory_equal(p.icmp_from, router6, 16);
			assert_memory_equal(p.src, host_a6, 16);
			assert_memory_equal(p.dst, host_b6, 16);
			assert_int_equal(p.sport, 40000);
			assert_int_equal(p.dport, 80);
			assert_int_equal(p.seq, 0x01020304);
		}
	}
}

static void
test_icmpv6_quote(void **state)
{
	(void)state;
	begin_icmp6("0200 0000 00020000");
	assert_int_equal(decode(101), DECODE_ICMP);
	assert_int_equal(p.icmp_mtu, UINT16_MAX); /* the most that the field holds */
	begin_icmp6("8000 0000 00000000"); /* echo request */
	assert_int_equal(decode(101), DECODE_OTHER);
	begin_icmp6("8900 0000 00000000"); /* redirect */
	assert_int_equal(decode(101), DECODE_OTHER);
	begin_icmp6("0100 0000 00000000");
	buf_bytes(&b)[48 + 6] = 58; /* quotes an echo request */
	assert_int_equal(decode(101), DECODE_OTHER);
}

static void
test_icmp_names(void **state)
{
	(void)state;
	assert_string_equal(icmp_name(4, 3, 3), "port unreachable");
	assert_string_equal(icmp_name(4, 3, 4), "fragmentation needed");
	assert_string_equal(icmp_name(4, 3, 200), "destination unreachable");
	assert_string_equal(icmp_name(6, 1, 4), "port unreachable");
	assert_string_equal(icmp_name(6, 2, 7), "packet too big");
	for (unsigned i = 0; i < 65536; i++) {
		assert_non_null(icmp_name(4, (uint8_t)(i >> 8), (uint8_t)i));
		assert_non_null(icmp_name(6, (uint8_t)(i >> 8), (uint8_t)i));
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_every_stack),
	cmocka_unit_test(test_every_stack_cut),
	cmocka_unit_test(test_tcp_header_cut),
	cmocka_unit_test(test_frame_fields),
	cmocka_unit_test(test_cooked_direction),
	cmocka_unit_test(test_length_beyond_the_frame),
	cmocka_unit_test(test_length_zero_is_the_frame),
	cmocka_unit_test(test_jumbogram),
	cmocka_unit_test(test_lengths_that_lie),
	cmocka_unit_test(test_length_beyond_the_link),
	cmocka_unit_test(test_not_tcp),
	cmocka_unit_test(test_unopened),
	cmocka_unit_test(test_not_encrypted),
	cmocka_unit_test(test_tunnel_depth),
	cmocka_unit_test(test_many_headers),
	cmocka_unit_test(test_scope),
	cmocka_unit_test(test_udp_port_is_a_hint),
	cmocka_unit_test(test_routing_header),
	cmocka_unit_test(test_segment_routing),
	cmocka_unit_test(test_source_route),
	cmocka_unit_test(test_outer_checksum),
	cmocka_unit_test(test_outer_checksum_cut),
	cmocka_unit_test(test_icmp_errors),
	cmocka_unit_test(test_icmp_quote),
	cmocka_unit_test(test_icmp_not_error),
	cmocka_unit_test(test_icmpv6_errors),
	cmocka_unit_test(test_icmpv6_quote),
	cmocka_unit_test(test_icmp_names),
};

UNIT_MAIN(tests)
