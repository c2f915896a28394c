/* SPDX-License-Identifier: MIT */
/*
 * icmp_names.c: names of ICMP errors (RFC 792, 1122, 1812, 4443).
 */
#include "net/net.h"

struct icmp_row {
	uint8_t type, code;
	const char *name;
};

#define ANY_CODE 255

/* Per type, the row for any code comes last. */
static const struct icmp_row icmp4_names[] = {
	{3, 0, N_("network unreachable")},
	{3, 1, N_("host unreachable")},
	{3, 2, N_("protocol unreachable")},
	{3, 3, N_("port unreachable")},
	{3, 4, N_("fragmentation needed")},
	{3, 5, N_("source route failed")},
	{3, 6, N_("destination network unknown")},
	{3, 7, N_("destination host unknown")},
	{3, 8, N_("source host isolated")},
	{3, 9, N_("network administratively prohibited")},
	{3, 10, N_("host administratively prohibited")},
	{3, 11, N_("network unreachable for type of service")},
	{3, 12, N_("host unreachable for type of service")},
	{3, 13, N_("communication administratively prohibited")},
	{3, 14, N_("host precedence violation")},
	{3, 15, N_("precedence cutoff in effect")},
	{3, ANY_CODE, N_("destination unreachable")},
	{4, ANY_CODE, N_("source quench")},
	{11, 0, N_("time to live exceeded in transit")},
	{11, 1, N_("fragment reassembly time exceeded")},
	{11, ANY_CODE, N_("time exceeded")},
	{12, ANY_CODE, N_("parameter problem")},
};

static const struct icmp_row icmp6_names[] = {
	{1, 0, N_("no route to destination")},
	{1, 1, N_("communication administratively prohibited")},
	{1, 2, N_("beyond scope of source address")},
	{1, 3, N_("address unreachable")},
	{1, 4, N_("port unreachable")},
	{1, 5, N_("source address failed policy")},
	{1, 6, N_("route rejected")},
	{1, ANY_CODE, N_("destination unreachable")},
	{2, ANY_CODE, N_("packet too big")},
	{3, 0, N_("hop limit exceeded in transit")},
	{3, 1, N_("fragment reassembly time exceeded")},
	{3, ANY_CODE, N_("time exceeded")},
	{4, ANY_CODE, N_("parameter problem")},
};

static const char *
find_name(const struct icmp_row *row, size_t n, uint8_t type, uint8_t code)
{
	for (; n > 0; n--, row++) {
		if (row->type == type && (row->code == code || row->code == ANY_CODE))
			return row->name;
	}
	return N_("ICMP error");
}

const char *
icmp_name(uint8_t icmp_version, uint8_t type, uint8_t code)
{
	if (icmp_version == 6)
		return find_name(icmp6_names, ARRAY_LEN(icmp6_names), type, code);
	return find_name(icmp4_names, ARRAY_LEN(icmp4_names), type, code);
}
