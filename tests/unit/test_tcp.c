/* SPDX-License-Identifier: MIT */
/*
 * test_tcp.c: the TCP header, its options, checksum and texts; sequence arithmetic.
 */
#include "unit.h"

#include "frames.h"

static struct buf b;
static struct packet p;
static struct frame f;

static void
decode_segment(const struct tcp_spec *s)
{
	struct decoder *d = decoder_new();

	assert_non_null(d);
	buf_begin(&b);
	push_tcp(&b, s);
	push_ipv4(&b, 6);
	f = buf_frame(&b, 101);
	memset(&p, 0xa5, sizeof(p));
	assert_int_equal(decode_frame(d, &f, &p), DECODE_TCP);
	decoder_free(d);
}

static void
decode_options(const char *hex)
{
	struct tcp_spec s = plain_segment;

	s.options = hex;
	decode_segment(&s);
}

static void
test_syn_options(void **state)
{
	(void)state;
	decode_options("020405b4 0402 080a 00000001 00000000 01 030307");
	assert_int_equal(p.options, OPT_MSS | OPT_SACK_OK | OPT_TS | OPT_WSCALE);
	assert_int_equal(p.mss, 1460);
	assert_int_equal(p.wscale, 7);
	assert_int_equal(p.tsval, 1);
	assert_int_equal(p.tsecr, 0);
}

static void
test_no_options(void **state)
{
	(void)state;
	decode_options("");
	assert_int_equal(p.options, 0);
	assert_int_equal(p.n_sack, 0);
	assert_int_equal(p.mss, 0);
	assert_int_equal(p.tsval, 0);
	assert_int_equal(p.payload_len, 11);
}

static void
test_sack_blocks(void **state)
{
	(void)state;
	decode_options("0101 0512 00000010 00000020 fffffff0 00000008");
	assert_int_equal(p.options, OPT_SACK);
	assert_int_equal(p.n_sack, 2);
	assert_int_equal(p.sack[0].left, 0x10);
	assert_int_equal(p.sack[0].right, 0x20);
	assert_int_equal(p.sack[1].left, 0xfffffff0);
	assert_int_equal(p.sack[1].right, 8);
	decode_options("0522 00000001 00000002 00000003 00000004"
		       "00000005 00000006 00000007 00000008");
	assert_int_equal(p.n_sack, 4);
	assert_int_equal(p.sack[3].right, 8);
	/* More blocks in two options than there can be. */
	decode_options("0512 00000001 00000002 00000003 00000004"
		       "0512 00000005 00000006 00000007 00000008 0101");
	assert_int_equal(p.n_sack, 4);
}

static void
test_other_options(void **state)
{
	(void)state;
	decode_options("2202");
	assert_int_equal(p.options, OPT_TFO);
	assert_int_equal(p.tfo_len, 0);
	decode_options("220a 0102030405060708");
	assert_int_equal(p.tfo_len, 8);
	decode_options("fe0c f989 0102030405060708");
	assert_int_equal(p.options, OPT_TFO);
	assert_int_equal(p.tfo_len, 8);
	decode_options("fd04 1234");
	assert_int_equal(p.options, OPT_UNKNOWN);
	decode_options("1e0c 2001 0102030405060708 1e04 3000");
	assert_int_equal(p.options, OPT_MPTCP);
	assert_int_equal(p.mptcp, 2);
	decode_options("1312 000102030405060708090a0b0c0d0e0f");
	assert_int_equal(p.options, OPT_AUTH);
	decode_options("1d10 0001 000102030405060708090a0b");
	assert_int_equal(p.options, OPT_AUTH);
	decode_options("4d04 abcd 020405b4");
	assert_int_equal(p.options, OPT_UNKNOWN | OPT_MSS);
	assert_int_equal(p.mss, 1460);
}

/* What stood before the lie was taken. */
static void
test_bad_options(void **state)
{
	(void)state;
	decode_options("020405b4 0300 0000");
	assert_int_equal(p.options, OPT_MSS | OPT_BAD);
	decode_options("020405b4 0801 0000");
	assert_int_equal(p.options, OPT_MSS | OPT_BAD);
	decode_options("020405b4 080a 0000");
	assert_int_equal(p.options, OPT_MSS | OPT_BAD);
	decode_options("010101 08");
	assert_int_equal(p.options, OPT_BAD);
	decode_options("0303 07 01 0203 05 00"); /* MSS of a length it cannot have */
	assert_int_equal(p.options, OPT_WSCALE | OPT_BAD);
	decode_options("0506 00000000 0101");
	assert_int_equal(p.options, OPT_BAD);
	decode_options("00 020405b4 000000"); /* nothing counts behind the end */
	assert_int_equal(p.options, 0);
}

static void
test_flags(void **state)
{
	struct tcp_spec s = plain_segment;

	(void)state;
	for (unsigned flags = 0; flags < 0x200; flags++) {
		s.flags = (uint16_t)flags;
		decode_segment(&s);
		assert_int_equal(p.flags, flags);
	}
	s.flags = 0xe00 | TH_SYN; /* reserved bits */
	decode_segment(&s);
	assert_int_equal(p.flags, TH_SYN);
}

static void
test_flags_text(void **state)
{
	char s[16];

	(void)state;
	assert_string_equal(tcp_flags_text(s, sizeof(s), TH_SYN), "S");
	assert_string_equal(tcp_flags_text(s, sizeof(s), TH_SYN | TH_ACK), "S.");
	assert_string_equal(tcp_flags_text(s, sizeof(s), TH_PSH | TH_ACK), "P.");
	assert_string_equal(tcp_flags_text(s, sizeof(s), TH_FIN | TH_ACK | TH_PSH), "FP.");
	assert_string_equal(tcp_flags_text(s, sizeof(s), TH_RST), "R");
	assert_string_equal(tcp_flags_text(s, sizeof(s), TH_SYN | TH_ECE | TH_CWR), "SEW");
	assert_string_equal(tcp_flags_text(s, 12, 0x1ff), "FSRP.UEWe");
	assert_string_equal(tcp_flags_text(s, sizeof(s), 0), "none");
}

static const char *
options_text(const char *hex)
{
	static char s[300];

	decode_options(hex);
	return tcp_options_text(s, sizeof(s), &f);
}

static void
test_options_text(void **state)
{
	(void)state;
	assert_string_equal(options_text("020405b4 0402 080a 00000001 00000000 01 030307"),
			    "mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7");
	assert_string_equal(options_text("0101 080a 00000001 00000002"),
			    "nop,nop,TS val 1 ecr 2");
	assert_string_equal(options_text("0101 050a 00000001 00000002"), "nop,nop,sack 1 {1:2}");
	assert_string_equal(options_text("2202 0101"), "tfo  cookiereq,nop,nop");
	assert_string_equal(options_text("220a 0102030405060708 0101"),
			    "tfo  cookie 0102030405060708,nop,nop");
	assert_string_equal(options_text("4d04 abcd"), "unknown-77 0xabcd");
	assert_string_equal(options_text("00"), "eol");
	assert_string_equal(options_text(""), "");
}

static void
test_mptcp_text(void **state)
{
	(void)state;
	assert_string_equal(options_text("1e04 0181"), "mptcp 4 capable v1 csum");
	assert_string_equal(options_text("1e0c 0101 0102030405060708"),
			    "mptcp 12 capable v1 {0x102030405060708}");
	assert_string_equal(options_text("1e14 0001 0102030405060708 1112131415161718"),
			    "mptcp 20 capable v0 {0x102030405060708,0x1112131415161718}");
	assert_string_equal(options_text("1e0c 1103 00000010 00000020"),
			    "mptcp 12 join backup id 3 token 0x10 nonce 0x20");
	assert_string_equal(options_text("1e10 1003 0102030405060708 00000020"),
			    "mptcp 16 join id 3 hmac 0x102030405060708 nonce 0x20");
	assert_string_equal(options_text("1e18 1000 000102030405060708090a0b0c0d0e0f10111213"),
			    "mptcp 24 join hmac 0x000102030405060708090a0b0c0d0e0f10111213");
	assert_string_equal(options_text("1e08 2001 00000007"), "mptcp 8 dss ack 7");
	assert_string_equal(options_text("1e1c 201f 0000000000000007 0000000000000009 "
					 "00000003 0010 beef"),
			    "mptcp 28 dss fin ack 7 seq 9 subseq 3 len 16 csum 0xbeef");
	assert_string_equal(options_text("1e12 2005 00000007 00000009 00000003 0010 0101"),
			    "mptcp 18 dss ack 7 seq 9 subseq 3 len 16,nop,nop");
	assert_string_equal(options_text("1e04 5103"), "mptcp 4 prio backup id 3");
	assert_string_equal(options_text("1e04 4003"), "mptcp 4 rem-addr 0x03");
}

static void
test_odd_options_text(void **state)
{
	struct frame cut;
	char s[100];

	(void)state;
	assert_string_equal(options_text("fe04 f989"), "exp-tfo cookiereq");
	assert_string_equal(options_text("fe06 f989 beef 0101"), "exp-tfo cookie beef,nop,nop");
	assert_string_equal(options_text("fe04 1234"), "exp 0x1234");
	assert_string_equal(options_text("020405b4 0300"), "mss 1460,[bad opt]");
	assert_string_equal(options_text("0304 0707"), "wscale [bad length 4]");
	options_text("020405b4 0101 080a 00000001 00000002");
	cut = f;
	cut.cap_len = 20 + 20 + 8;
	assert_string_equal(tcp_options_text(s, sizeof(s), &cut), "mss 1460,nop,nop,[|tcp]");
}

/* ---- checksum ---- */

static enum checksum
checksum_of(int version, uint32_t payload, uint32_t spoiled)
{
	struct tcp_spec s = plain_segment;
	struct decoder *d = decoder_new();

	assert_non_null(d);
	s.payload = payload;
	buf_begin(&b);
	push_tcp(&b, &s);
	if (version == 4)
		push_ipv4(&b, 6);
	else
		push_ipv6(&b, 6);
	if (spoiled != 0)
		b.mem[FRAME_ROOM - spoiled] ^= 0x10;
	f = buf_frame(&b, 101);
	assert_int_equal(decode_frame(d, &f, &p), DECODE_TCP);
	decoder_free(d);
	return p.csum;
}

static void
test_checksum(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < 200; n++) {
		assert_int_equal(checksum_of(4, n, 0), CSUM_GOOD);
		assert_int_equal(checksum_of(6, n, 0), CSUM_GOOD);
	}
	for (uint32_t at = 1; at <= 100; at++)
		assert_int_equal(checksum_of(4, 100, at), CSUM_BAD);
	assert_int_equal(checksum_of(4, 65000, 0), CSUM_GOOD);
	assert_int_equal(checksum_of(4, 65000, 65000), CSUM_BAD);
}

/* What a kernel leaves for its network card: the pseudo header's sum, not inverted. */
static void
test_checksum_partial(void **state)
{
	struct decoder *d = decoder_new();
	uint8_t *h;

	(void)state;
	assert_non_null(d);
	begin_ipv4_tcp(&b);
	h = buf_bytes(&b) + 20;
	put16(h + 16, pseudo_sum(host_a4, host_b4, 4, 6, 43));
	f = buf_frame(&b, 101);
	assert_int_equal(decode_frame(d, &f, &p), DECODE_TCP);
	assert_int_equal(p.csum, CSUM_PARTIAL);
	f.cap_len--;
	assert_int_equal(decode_frame(d, &f, &p), DECODE_TCP);
	assert_int_equal(p.csum, CSUM_UNKNOWN);
	decoder_free(d);
}

static void
test_digest(void **state)
{
	struct tcp_spec s = plain_segment;
	uint32_t digest;

	(void)state;
	decode_segment(&s);
	digest = p.digest;
	decode_segment(&s);
	assert_int_equal(p.digest, digest);
	s.options = "0101 080a 0000000c 0000000a";
	decode_segment(&s);
	assert_int_not_equal(p.digest, digest);
}

static void
test_sequence_arithmetic(void **state)
{
	(void)state;
	assert_true(seq_lt(1, 2));
	assert_true(seq_lt(0xfffffff0, 5));
	assert_false(seq_lt(5, 0xfffffff0));
	assert_true(seq_le(7, 7));
	assert_int_equal(seq_max(0xfffffff0, 5), 5);
	assert_int_equal(seq_min(0xfffffff0, 5), 0xfffffff0);
	p.payload_len = 10;
	p.flags = TH_SYN | TH_FIN;
	assert_int_equal(packet_seg_len(&p), 12);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_syn_options),
	cmocka_unit_test(test_no_options),
	cmocka_unit_test(test_sack_blocks),
	cmocka_unit_test(test_other_options),
	cmocka_unit_test(test_bad_options),
	cmocka_unit_test(test_flags),
	cmocka_unit_test(test_flags_text),
	cmocka_unit_test(test_options_text),
	cmocka_unit_test(test_mptcp_text),
	cmocka_unit_test(test_odd_options_text),
	cmocka_unit_test(test_checksum),
	cmocka_unit_test(test_checksum_partial),
	cmocka_unit_test(test_digest),
	cmocka_unit_test(test_sequence_arithmetic),
};

UNIT_MAIN(tests)
