/* SPDX-License-Identifier: MIT */
/*
 * linktype: the names and numbers of link types.
 */
#include "config.h"

#include "source/linktype.h"

#include <pcap/pcap.h>
#include <stdio.h>

#include "base/i18n.h"

/* LINKTYPE_ values whose DLT_ values are different on this system. */
static const struct {
	int linktype, dlt;
} linktypes[] = {
	{100, DLT_ATM_RFC1483}, {101, DLT_RAW},      {102, DLT_SLIP_BSDOS},
	{103, DLT_PPP_BSDOS},   {106, DLT_ATM_CLIP},
};

int
linktype_to_dlt(int linktype)
{
	for (size_t i = 0; i < ARRAY_LEN(linktypes); i++)
		if (linktypes[i].linktype == linktype)
			return linktypes[i].dlt;
	return linktype;
}

int
dlt_to_linktype(int dlt)
{
	for (size_t i = 0; i < ARRAY_LEN(linktypes); i++)
		if (linktypes[i].dlt == dlt)
			return linktypes[i].linktype;
	return dlt;
}

const char *
linktype_name(int linktype)
{
	const char *name = pcap_datalink_val_to_name(linktype_to_dlt(linktype));

	return name ? name : "unknown";
}

void
linktype_status(int linktype, struct source_status *st)
{
	st->linktype = linktype_name(linktype);
	if (!decode_linktype_known(linktype) && !st->message[0])
		snprintf(st->message, sizeof(st->message),
			 _("link type %s (%d) is not supported: its packets are only counted"),
			 st->linktype, linktype);
}
