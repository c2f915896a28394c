/* SPDX-License-Identifier: MIT */
/*
 * pack: writes bytes to a file descriptor, buffered and optionally compressed. The counterpart of
 * stream and unpack. Knows nothing of what the bytes mean. Private to this layer.
 */
#ifndef TCPLENS_SOURCE_PACK_H
#define TCPLENS_SOURCE_PACK_H

#include "source/unpack.h"

struct packer;

/* Whether this build has that compression. */
bool packer_can(enum packing kind);
/* The descriptor is borrowed. NULL: this build lacks that compression, or no memory. */
struct packer *packer_new(int fd, enum packing kind);
void packer_free(struct packer *p);

/* After the first error every call fails; packer_error() returns its errno. */
bool packer_write(struct packer *p, const void *bytes, size_t len);
/* Writes everything out that was given so far. */
bool packer_flush(struct packer *p);
/* The same, and ends the compressed stream: nothing may be written after it. */
bool packer_finish(struct packer *p);
int packer_error(const struct packer *p);

#endif
