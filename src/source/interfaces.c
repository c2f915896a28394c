/* SPDX-License-Identifier: MIT */
/*
 * interfaces: the list of interfaces: libpcap's without the devices that carry no TCP, with the
 * system's counters.
 */
#include "config.h"

#include "source/source.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"

/* Prefixes of libpcap's devices that are not network interfaces. */
static const char *const not_networks[] = {"bluetooth", "usbmon", "nfqueue", "dbus-"};

static bool
is_network(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(not_networks); i++)
		if (strncmp(name, not_networks[i], strlen(not_networks[i])) == 0)
			return false;
	return true;
}

/* The interface's counter of that name in /sys; 0 if unknown. */
static uint64_t
statistic(const char *interface, const char *name)
{
	char path[160], line[32] = "";

	snprintf(path, sizeof(path), "/sys/class/net/%.64s/statistics/%s", interface, name);
	FILE *f = strchr(interface, '/') ? NULL : fopen(path, "re");
	if (!f)
		return 0;
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	fclose(f);
	line[strcspn(line, "\n")] = '\0';
	uint64_t v = 0;
	return parse_uint(line, 0, UINT64_MAX, &v) ? v : 0;
}

static void
add_address(struct text *t, const struct sockaddr *sa)
{
	char name[INET6_ADDRSTRLEN] = "";

	if (!sa)
		return;
	if (sa->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, name,
			  sizeof(name));
	else if (sa->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr,
			  name, sizeof(name));
	if (name[0])
		text_add(t, "%s%s", t->len ? ", " : "", name);
}

static void
describe(const pcap_if_t *p, struct interface_info *out)
{
	*out = (struct interface_info){
		.up = p->flags & PCAP_IF_UP,
		.running = p->flags & PCAP_IF_RUNNING,
		.loopback = p->flags & PCAP_IF_LOOPBACK,
		.wireless = p->flags & PCAP_IF_WIRELESS,
		.packets = statistic(p->name, "rx_packets") + statistic(p->name, "tx_packets"),
		.bytes = statistic(p->name, "rx_bytes") + statistic(p->name, "tx_bytes"),
	};
	text_escape(out->name, sizeof(out->name), p->name, strlen(p->name));
	if (p->description)
		text_escape(out->description, sizeof(out->description), p->description,
			    strlen(p->description));
	struct text t = text_on(out->addresses, sizeof(out->addresses));
	for (const pcap_addr_t *a = p->addresses; a; a = a->next)
		add_address(&t, a->addr);
}

int
interfaces_list(struct interface_info *out, int max, struct err *err)
{
	char errbuf[PCAP_ERRBUF_SIZE];
	pcap_if_t *all;
	int n = 0;

	if (pcap_findalldevs(&all, errbuf) < 0) {
		err_set(err, _("the interfaces cannot be listed: %s"), errbuf);
		return -1;
	}
	for (const pcap_if_t *p = all; p && n < max; p = p->next)
		if (is_network(p->name))
			describe(p, &out[n++]);
	pcap_freealldevs(all);
	return n;
}
