/* SPDX-License-Identifier: MIT */
/*
 * noop: reads a capture file, or captures on an interface until SIGTERM, with pcap_loop and does
 * nothing with the packets: the least that a packet can cost, and the unit of the benchmark's
 * results.
 *
 *	noop FILE
 *	noop -i INTERFACE
 *
 * Prints how many packets there were and how many the kernel dropped; "ready" when it captures.
 */
#include <pcap/pcap.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define RING (64 << 20) /* bytes, as tcplens asks for */

static pcap_t *p;

static void
stop(int signal)
{
	(void)signal;
	pcap_breakloop(p);
}

static void
nothing(u_char *count, const struct pcap_pkthdr *h, const u_char *bytes)
{
	(void)h;
	(void)bytes;
	++*(unsigned long *)(void *)count;
}

static pcap_t *
open_interface(const char *name, char *msg)
{
	const struct sigaction act = {.sa_handler = stop};
	pcap_t *live = pcap_create(name, msg);

	if (!live)
		return NULL;
	pcap_set_snaplen(live, 262144);
	pcap_set_promisc(live, 1);
	pcap_set_buffer_size(live, RING);
	pcap_set_timeout(live, 100);
	if (pcap_activate(live) < 0) {
		snprintf(msg, PCAP_ERRBUF_SIZE, "%s", pcap_geterr(live));
		return NULL;
	}
	sigaction(SIGTERM, &act, NULL);
	return live;
}

int
main(int argc, char **argv)
{
	char msg[PCAP_ERRBUF_SIZE] = "usage: noop FILE | -i INTERFACE";
	unsigned long count = 0;
	struct pcap_stat st = {0};

	if (argc == 2)
		p = pcap_open_offline(argv[1], msg);
	else if (argc == 3 && strcmp(argv[1], "-i") == 0)
		p = open_interface(argv[2], msg);
	if (p && argc == 3) {
		puts("ready");
		fflush(stdout);
	}
	if (!p || pcap_loop(p, -1, nothing, (u_char *)&count) == PCAP_ERROR) {
		fprintf(stderr, "noop: %s\n", p ? pcap_geterr(p) : msg);
		return 1;
	}
	if (argc == 3)
		pcap_stats(p, &st);
	printf("%lu %u\n", count, st.ps_drop);
	pcap_close(p);
	return 0;
}
