/* SPDX-License-Identifier: MIT */
/*
 * packet_writer: what the writer of capture files offers beyond source.h. Private to this layer.
 */
#ifndef TCPLENS_SOURCE_PACKET_WRITER_H
#define TCPLENS_SOURCE_PACKET_WRITER_H

#include <sys/stat.h>

#include "source/source.h"

#define LINKTYPE_OF_FIRST_FRAME (-1)
/* Whether the ending of the name asks for something that this build can write. */
bool pcap_writer_can_name(const char *path, struct err *err);
/* Writes to fd in the format that the path's ending asks for. fd becomes the writer's: closed by
 * pcap_writer_close(), not by pcap_writer_free(). */
struct pcap_writer *pcap_writer_on(int fd, const char *path, int linktype, uint32_t snaplen,
				   struct err *err);
bool pcap_writer_flush(struct pcap_writer *w);
/* The file that it writes, as fstat(2) describes it. */
bool pcap_writer_stat(const struct pcap_writer *w, struct stat *out);
uint64_t pcap_writer_count(const struct pcap_writer *w);
/* Frames that the format cannot hold: pcap has one link type only. */
uint64_t pcap_writer_left_out(const struct pcap_writer *w);
/* "" while all is well. */
const char *pcap_writer_error(const struct pcap_writer *w);
/* Writes the end of the file; nothing may be added. Returns the first failure's errno, or 0. */
int pcap_writer_finish(struct pcap_writer *w);
void pcap_writer_free(struct pcap_writer *w);

#endif
