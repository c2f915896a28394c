/* SPDX-License-Identifier: MIT */
/*
 * unpack: gzip and Zstandard, piece by piece. Private to this layer.
 */
#ifndef TCPLENS_SOURCE_UNPACK_H
#define TCPLENS_SOURCE_UNPACK_H

#include "base/base.h"

enum packing { PACKING_NONE, PACKING_GZIP, PACKING_ZSTD, PACKING_UNKNOWN };
enum unpack_result { UNPACK_OK, UNPACK_BAD };

/* What the first bytes of a file say; *name: of a packing, NULL for none. */
enum packing unpacker_probe(const uint8_t *bytes, size_t len, const char **name);
/* NULL: not built in, or no memory. */
struct unpacker *unpacker_new(enum packing kind);
void unpacker_free(struct unpacker *u);
/* The buffer for packed bytes; *room may be filled from *at on, then told by unpacker_fed(). */
uint8_t *unpacker_buffer(struct unpacker *u, size_t *room);
void unpacker_fed(struct unpacker *u, size_t len);
/* Writes at most size bytes; *len 0: everything fed is used up. */
enum unpack_result unpacker_read(struct unpacker *u, uint8_t *out, size_t size, size_t *len);
/* Whether it stands at the end of a packed stream: the file may end here. */
bool unpacker_complete(const struct unpacker *u);

#endif
