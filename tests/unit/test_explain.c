/* SPDX-License-Identifier: MIT */
/*
 * test_explain.c: every field of a frame, in order, in range and in words.
 */
#include "unit.h"

#include <stdio.h>

#include "stacks.h"

#define FIELDS_MAX 400

static struct buf b;
static struct frame f;
static struct field fields[FIELDS_MAX];
static size_t n_fields;

static void
keep(void *ctx, const struct field *field)
{
	(void)ctx;
	assert_true(n_fields < FIELDS_MAX);
	assert_non_null(field->name);
	assert_in_range(field->depth, 0, 2);
	assert_true(field->offset <= f.cap_len && field->len <= f.cap_len - field->offset);
	fields[n_fields++] = *field;
}

static uint32_t
explain(int linktype)
{
	f = buf_frame(&b, linktype);
	n_fields = 0;
	return explain_frame(&f, keep, NULL);
}

/* The value of a field under the last heading of that name; NULL: none. */
static const char *
value_of(const char *heading, const char *name)
{
	const char *found = NULL;
	bool inside = false;

	for (size_t i = 0; i < n_fields; i++) {
		if (fields[i].depth == 0)
			inside = strcmp(fields[i].name, heading) == 0;
		else if (inside && strcmp(fields[i].name, name) == 0)
			found = fields[i].value;
	}
	return found;
}

static const char *
note_of(const char *name)
{
	for (size_t i = 0; i < n_fields; i++) {
		if (strcmp(fields[i].name, name) == 0)
			return fields[i].note;
	}
	return NULL;
}

#define ASSERT_VALUE(heading, name, value)                                                         \
	do {                                                                                       \
		const char *v = value_of(heading, name);                                           \
		assert_non_null(v);                                                                \
		assert_string_equal(v, value);                                                     \
	} while (0)

static void
test_ethernet_ipv4_tcp(void **state)
{
	(void)state;
	begin_ipv4_tcp(&b);
	push_vlan(&b, 0x6005, 0x0800);
	push_ethernet(&b, 0x8100);
	assert_int_equal(explain(1), 14 + 4 + 20 + 32);
	ASSERT_VALUE("Ethernet", "Source", "02:00:00:00:00:01");
	ASSERT_VALUE("Ethernet", "Destination", "02:00:00:00:00:02");
	ASSERT_VALUE("Ethernet", "Type", "0x8100 (802.1Q)");
	ASSERT_VALUE("VLAN", "VLAN id", "5");
	ASSERT_VALUE("VLAN", "Priority", "3");
	ASSERT_VALUE("IPv4", "Source", "192.0.2.1");
	ASSERT_VALUE("IPv4", "Destination", "198.51.100.2");
	ASSERT_VALUE("IPv4", "Total length", "63");
	ASSERT_VALUE("IPv4", "Identification", "0x1234");
	ASSERT_VALUE("IPv4", "DF", "1");
	ASSERT_VALUE("IPv4", "Header length", "20 (5)");
	assert_string_equal(note_of("Header checksum"), "Correct");
	ASSERT_VALUE("IPv4", "MF", "0");
	ASSERT_VALUE("IPv4", "TTL", "64");
	ASSERT_VALUE("IPv4", "Protocol", "6 (TCP)");
	ASSERT_VALUE("TCP", "Source port", "40000");
	ASSERT_VALUE("TCP", "Destination port", "80");
	ASSERT_VALUE("TCP", "Sequence number", "16909060");
	ASSERT_VALUE("TCP", "Acknowledgment number", "84281096");
	ASSERT_VALUE("TCP", "Header length", "32 (8)");
	ASSERT_VALUE("TCP", "Flags", "0x018 [P.]");
	ASSERT_VALUE("TCP", "PSH", "1");
	ASSERT_VALUE("TCP", "SYN", "0");
	ASSERT_VALUE("TCP", "Window", "502");
	ASSERT_VALUE("TCP", "TSval", "11");
	ASSERT_VALUE("TCP", "TSecr", "10");
	ASSERT_VALUE("TCP", "Payload length", "11");
	assert_string_equal(note_of("Checksum"), "Correct");
	b.mem[FRAME_ROOM - 1] ^= 1;
	explain(1);
	assert_string_equal(note_of("Checksum"), "Wrong: the receiver drops the segment");
}

static void
explain_options(const char *hex)
{
	struct tcp_spec s = plain_segment;

	s.options = hex;
	s.payload = 0;
	buf_begin(&b);
	push_tcp(&b, &s);
	push_ipv4(&b, 6);
	assert_int_equal(explain(101), buf_len(&b)); /* no payload */
}

static void
test_options(void **state)
{
	(void)state;
	explain_options("020405b4 0402 080a 00000001 00000000 01 030307");
	ASSERT_VALUE("TCP", "Maximum segment size", "1460");
	ASSERT_VALUE("TCP", "SACK permitted", "");
	ASSERT_VALUE("TCP", "Timestamps", "TSval 1, TSecr 0");
	ASSERT_VALUE("TCP", "No operation", "");
	ASSERT_VALUE("TCP", "Window scale", "7 (2^7 = 128)");
	explain_options("0101 050a 00000001 00000002 1e04 2001 220a 0102030405060708 4d04 abcd");
	ASSERT_VALUE("TCP", "SACK", "1");
	ASSERT_VALUE("TCP", "Block", "1-2");
	ASSERT_VALUE("TCP", "Unknown option", "kind 77, len 4");
	ASSERT_VALUE("TCP", "Data", "abcd");
	ASSERT_VALUE("TCP", "MPTCP", "dss (2)");
	ASSERT_VALUE("TCP", "Fast Open cookie", "0102030405060708");
	explain_options("0303 0f 01");
	ASSERT_VALUE("TCP", "Window scale", "15 (2^14 = 16384)");
	explain_options("0304 0707");
	ASSERT_VALUE("TCP", "Malformed option", "kind 3, len 4");
	explain_options("0309 0707");
	ASSERT_VALUE("TCP", "Malformed options", "03090707");
	explain_options("1312 000102030405060708090a0b0c0d0e0f");
	ASSERT_VALUE("TCP", "MD5 signature", "000102030405060708090a0b0c0d0e0f");
}

static void
test_quoted(void **state)
{
	(void)state;
	begin_ipv4_tcp(&b);
	push_hex(&b, "0304 0000 00000578");
	push_ipv4(&b, 1);
	assert_int_equal(explain(101), buf_len(&b));
	ASSERT_VALUE("ICMP", "Type", "3");
	ASSERT_VALUE("ICMP", "Next-hop MTU", "1400");
	assert_string_equal(note_of("Code"), "fragmentation needed");
	ASSERT_VALUE("TCP", "Sequence number", "16909060");
	begin_ipv6_tcp(&b);
	push_hex(&b, "0200 0000 00000500");
	push_ipv6(&b, 58);
	explain(101);
	ASSERT_VALUE("ICMPv6", "MTU", "1280");
	assert_string_equal(note_of("Code"), "packet too big");
	assert_string_equal(note_of("TCP"), "Quoted in the ICMP error");
}

/* What a field means depends on the segment. */
static void
test_notes(void **state)
{
	struct tcp_spec s = plain_segment;

	(void)state;
	s.flags = TH_SYN;
	s.options = "2202";
	buf_begin(&b);
	push_tcp(&b, &s);
	push_ipv4(&b, 6);
	put16(buf_bytes(&b) + 36, pseudo_sum(host_a4, host_b4, 4, 6, buf_len(&b) - 20));
	explain(101);
	assert_non_null(strstr(note_of("Window"), "never scaled"));
	assert_non_null(strstr(note_of("Checksum"), "network card"));
	assert_non_null(strstr(note_of("Fast Open cookie"), "Requests"));
	assert_non_null(strstr(note_of("Acknowledgment number"), "Ignored"));
}

/* Fields come in the order of their bytes, headings cover their fields, nothing leaves the frame,
 * whatever is cut. */
static void
test_every_stack(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_stacks; i++) {
		uint32_t whole, payload;

		stack_build(&b, &stacks[i]);
		whole = buf_len(&b);
		payload = explain(stacks[i].linktype);
		if (payload >= whole)
			fail_msg("%s: no payload", stacks[i].name);
		assert_memory_equal(f.data + payload, "abcdefghijk", 11);
		ASSERT_VALUE("TCP", "Destination port", "80");
		for (uint32_t cap = 0; cap <= whole; cap++) {
			f.cap_len = cap;
			n_fields = 0;
			assert_true(explain_frame(&f, keep, NULL) <= cap);
			for (size_t k = 1; k < n_fields; k++) {
				if (fields[k].depth == 0)
					assert_true(fields[k].offset >= fields[0].offset);
			}
		}
	}
}

/* A fragment alone shows what it has. */
static void
test_fragment(void **state)
{
	uint8_t first[24];

	(void)state;
	begin_ipv4_tcp(&b);
	memcpy(first, buf_bytes(&b) + 20, sizeof(first));
	buf_begin(&b);
	push_bytes(&b, first, sizeof(first));
	push_ipv4_fragment(&b, 6, 1, 0x2000);
	explain(101);
	ASSERT_VALUE("IPv4", "MF", "1");
	buf_begin(&b);
	push_bytes(&b, first, sizeof(first));
	push_ipv4_fragment(&b, 6, 1, 0x2003);
	explain(101);
	ASSERT_VALUE("IPv4", "Fragment offset", "24 (3)");
	assert_null(value_of("TCP", "Source port"));
	assert_non_null(note_of("One fragment"));
}

/* Names from a packet are no commands to the terminal. */
static void
test_escaped(void **state)
{
	uint8_t *h;

	(void)state;
	begin_ipv4_tcp(&b);
	h = push(&b, 64);
	h[0] = 61;
	h[1] = 2;
	memcpy(h + 4, "em0\x1b[2J", 8);
	explain(117);
	ASSERT_VALUE("PFLOG", "Interface", "em0\\x1b[2J");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_ethernet_ipv4_tcp),
	cmocka_unit_test(test_options),
	cmocka_unit_test(test_quoted),
	cmocka_unit_test(test_notes),
	cmocka_unit_test(test_every_stack),
	cmocka_unit_test(test_fragment),
	cmocka_unit_test(test_escaped),
};

UNIT_MAIN(tests)
