/* SPDX-License-Identifier: MIT */
/*
 * linktype: the names and numbers of link types. Private to this layer.
 */
#ifndef TCPLENS_SOURCE_LINKTYPE_H
#define TCPLENS_SOURCE_LINKTYPE_H

#include "source/source.h"

/* Files carry LINKTYPE_ values, libpcap's functions take this system's DLT_ values. */
int linktype_to_dlt(int linktype);
int dlt_to_linktype(int dlt);
/* "EN10MB"; "unknown" if it has no name. */
const char *linktype_name(int linktype);
/* Sets st->linktype, and st->message if packets of this link type cannot be decoded. */
void linktype_status(int linktype, struct source_status *st);

#endif
