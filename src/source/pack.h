/* SPDX-License-Identifier: MIT */
/*
 * pack: bytes to a file descriptor, buffered and, if wanted, compressed. Private to this layer.
 * Counterpart of stream and unpack. Knows nothing of what the bytes mean.
 */
#ifndef TCPLENS_SOURCE_PACK_H
#define TCPLENS_SOURCE_PACK_H

#include "source/unpack.h"

struct packer;

/* Whether this build can compress so. */
bool packer_can(enum packing kind);
/* The descriptor stays the caller's. NULL: this build cannot compress so, or no memory. */
struct packer *packer_new(int fd, enum packing kind);
void packer_free(struct packer *p);

/* After the first error everything fails; packer_error() keeps its errno. */
bool packer_write(struct packer *p, const void *bytes, size_t len);
/* Everything that was written so far can be read from the file afterwards. */
bool packer_flush(struct packer *p);
/* The same, and ends the compressed stream: nothing may follow. */
bool packer_finish(struct packer *p);
int packer_error(const struct packer *p);

#endif
