/* SPDX-License-Identifier: MIT */
/*
 * pcapng_writer: the blocks of a pcapng file with one section (draft-ietf-opsawg-pcapng). Private
 * to this layer. One interface description for each link type; time stamps in nanoseconds.
 */
#ifndef TCPLENS_SOURCE_PCAPNG_WRITER_H
#define TCPLENS_SOURCE_PCAPNG_WRITER_H

#include "net/net.h"
#include "source/pack.h"

#define PCAPNG_INTERFACES_MAX 256

struct pcapng_writer {
	uint32_t snaplen;
	uint32_t n_interfaces;
	uint32_t latest; /* the interface of the latest frame */
	int linktype[PCAPNG_INTERFACES_MAX];
};

/* Writes the section header and the first interface description. */
bool pcapng_begin(struct pcapng_writer *w, struct packer *p, int linktype, uint32_t snaplen);
/* Returns the number of the interface of that link type, writing its description if it is new. -1:
 * writing failed (packer_error() is not 0), or PCAPNG_INTERFACES_MAX is reached. */
int pcapng_interface(struct pcapng_writer *w, struct packer *p, int linktype);
bool pcapng_frame(struct packer *p, uint32_t interface, const struct frame *f);

#endif
