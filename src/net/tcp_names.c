/* SPDX-License-Identifier: MIT */
/*
 * tcp_names.c: tcpdump's letters for TCP flags, and names of MPTCP subtypes.
 */
#include "net/tcp.h"

/* In tcpdump's order. */
static const struct {
	uint16_t flag;
	char letter;
} flag_letters[] = {
	{TH_FIN, 'F'}, {TH_SYN, 'S'}, {TH_RST, 'R'}, {TH_PSH, 'P'}, {TH_ACK, '.'},
	{TH_URG, 'U'}, {TH_ECE, 'E'}, {TH_CWR, 'W'}, {TH_AE, 'e'},
};

char *
tcp_flags_text(char *out, size_t size, uint16_t flags)
{
	char letters[ARRAY_LEN(flag_letters) + 1];
	struct text t = text_on(out, size);
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(flag_letters); i++) {
		if (flags & flag_letters[i].flag)
			letters[n++] = flag_letters[i].letter;
	}
	letters[n] = '\0';
	text_add(&t, "%s", n > 0 ? letters : "none");
	return out;
}

const char *
mptcp_subtype_name(uint8_t subtype)
{
	static const char *const names[] = {
		"capable", "join", "dss", "add-addr", "rem-addr", "prio", "fail", "fast-close",
		"tcp-rst",
	};

	return subtype < ARRAY_LEN(names) ? names[subtype] : "unknown";
}
