/* SPDX-License-Identifier: MIT */
/*
 * unpack: decompresses gzip and Zstandard piece by piece. Private to this layer.
 */
#ifndef TCPLENS_SOURCE_UNPACK_H
#define TCPLENS_SOURCE_UNPACK_H

#include "base/base.h"

enum packing { PACKING_NONE, PACKING_GZIP, PACKING_ZSTD, PACKING_UNKNOWN };
enum unpack_result { UNPACK_OK, UNPACK_BAD };

/* Recognises a compression by the first bytes of a file; *name: its name, NULL for none. */
enum packing unpacker_probe(const uint8_t *bytes, size_t len, const char **name);
/* NULL: this build lacks it, or no memory. */
struct unpacker *unpacker_new(enum packing kind);
void unpacker_free(struct unpacker *u);
/* A buffer for compressed bytes. Up to *room may be stored in it; then call unpacker_fed(). */
uint8_t *unpacker_buffer(struct unpacker *u, size_t *room);
void unpacker_fed(struct unpacker *u, size_t len);
/* Decompresses at most size bytes; *len 0: everything that was fed is used up. */
enum unpack_result unpacker_read(struct unpacker *u, uint8_t *out, size_t size, size_t *len);
/* Whether the input so far ends a compressed stream, so that the file may end. */
bool unpacker_complete(const struct unpacker *u);

#endif
