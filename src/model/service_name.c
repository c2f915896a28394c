/* SPDX-License-Identifier: MIT */
/*
 * service_name: names of TCP services from the system's services database, cached per port: a
 * screen looks up the same few dozen ports ten times a second, and each uncached lookup reads
 * /etc/services.
 */
#include "config.h"

#include "model/model_private.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>

#define SLOTS      256 /* by the low bits of the port */
#define ENTRY_SIZE 1024

static struct slot {
	bool known;
	uint16_t port;
	char name[24]; /* "": it has none */
} slots[SLOTS];

static void
look_up(struct slot *s, uint16_t port)
{
	struct servent entry, *found = NULL;
	char buf[ENTRY_SIZE];

	s->known = true;
	s->port = port;
	s->name[0] = '\0';
	if (getservbyport_r(htons(port), "tcp", &entry, buf, sizeof(buf), &found) == 0 && found)
		snprintf(s->name, sizeof(s->name), "%s", found->s_name);
}

const char *
service_name(uint16_t port)
{
	struct slot *s = &slots[port % SLOTS];

	if (!s->known || s->port != port)
		look_up(s, port);
	return s->name[0] != '\0' ? s->name : NULL;
}

bool
service_port(const char *name, uint16_t *out)
{
	struct servent entry, *found = NULL;
	char buf[ENTRY_SIZE], lower[64];

	copy_lower(lower, sizeof(lower), name);
	if (getservbyname_r(lower, "tcp", &entry, buf, sizeof(buf), &found) != 0 || !found)
		return false;
	*out = ntohs((uint16_t)found->s_port);
	return true;
}
