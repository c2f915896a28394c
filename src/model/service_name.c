/* SPDX-License-Identifier: MIT */
/*
 * service_name: names of TCP services from the system's services database, cached per port: a
 * screen looks up the same few dozen ports ten times a second, and each uncached lookup reads
 * /etc/services.
 */
#include "model/model_private.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>

#define SLOTS 256 /* by the low bits of the port */

static struct slot {
	bool asked;
	uint16_t port;
	char name[24]; /* "": it has none */
} slots[SLOTS];

static void
ask(struct slot *s, uint16_t port)
{
	struct servent entry, *found = NULL;
	char names[1024];

	s->asked = true;
	s->port = port;
	s->name[0] = '\0';
	if (getservbyport_r(htons(port), "tcp", &entry, names, sizeof(names), &found) == 0 &&
	    found)
		snprintf(s->name, sizeof(s->name), "%s", found->s_name);
}

const char *
service_name(uint16_t port)
{
	struct slot *s = &slots[port % SLOTS];

	if (!s->asked || s->port != port)
		ask(s, port);
	return s->name[0] != '\0' ? s->name : NULL;
}
