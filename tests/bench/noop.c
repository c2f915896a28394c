/* SPDX-License-Identifier: MIT */
/*
 * noop: reads a capture file through pcap_loop and does nothing with it: what a packet costs at
 * the least, and the unit in which the benchmark gives its results.
 */
#include <pcap/pcap.h>
#include <stdio.h>

static void
nothing(u_char *count, const struct pcap_pkthdr *h, const u_char *bytes)
{
	(void)h;
	(void)bytes;
	++*(unsigned long *)(void *)count;
}

int
main(int argc, char **argv)
{
	char msg[PCAP_ERRBUF_SIZE] = "usage: noop FILE";
	unsigned long count = 0;
	pcap_t *p = argc == 2 ? pcap_open_offline(argv[1], msg) : NULL;

	if (!p || pcap_loop(p, -1, nothing, (u_char *)&count) < 0) {
		fprintf(stderr, "noop: %s\n", p ? pcap_geterr(p) : msg);
		return 1;
	}
	pcap_close(p);
	printf("%lu\n", count);
	return 0;
}
