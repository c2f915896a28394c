/* SPDX-License-Identifier: MIT */
/*
 * packet_writer: what the writer of capture files offers beyond source.h. Private to this layer.
 */
#ifndef TCPLENS_SOURCE_PACKET_WRITER_H
#define TCPLENS_SOURCE_PACKET_WRITER_H

#include <sys/stat.h>

#include "source/source.h"

#define LINKTYPE_OF_FIRST_FRAME (-1)
/* Whether this build can write the format that the ending of the name stands for; else err. */
bool pcap_writer_can_name(const char *path, struct err *err);
/* A writer to fd, in the format that the ending of the path stands for. pcap_writer_close() closes
 * fd, pcap_writer_free() does not. */
struct pcap_writer *pcap_writer_on(int fd, const char *path, int linktype, uint32_t snaplen,
				   struct err *err);
bool pcap_writer_flush(struct pcap_writer *w);
/* fstat(2) of the file. */
bool pcap_writer_stat(const struct pcap_writer *w, struct stat *out);
uint64_t pcap_writer_count(const struct pcap_writer *w);
/* The number of frames that the format could not hold: pcap has one link type only. */
uint64_t pcap_writer_left_out(const struct pcap_writer *w);
/* The first error; "": none. */
const char *pcap_writer_error(const struct pcap_writer *w);
/* Writes the end of the file, after which nothing may be added. Returns the errno of the first
 * failure, or 0. */
int pcap_writer_finish(struct pcap_writer *w);
void pcap_writer_free(struct pcap_writer *w);

#endif
