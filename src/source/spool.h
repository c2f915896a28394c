/* SPDX-License-Identifier: MIT */
/*
 * spool: the latest bytes of a stream that cannot be read again. Private to this layer.
 */
#ifndef TCPLENS_SOURCE_SPOOL_H
#define TCPLENS_SOURCE_SPOOL_H

#include "base/base.h"

struct spool;

/* Keeps the latest `limit` bytes, or fewer if little space is free, in a file without a name in the
 * directory; NULL: $TMPDIR, else /tmp. Returns NULL and sets err on failure. */
struct spool *spool_new(const char *dir, uint64_t limit, struct err *err);
void spool_free(struct spool *sp);
/* A stream_tee_fn: appends the bytes. */
void spool_add(void *spool, const uint8_t *bytes, size_t len);
/* Reads exactly len bytes at that offset of the stream; false: they are not kept. Any thread. */
bool spool_read(struct spool *sp, uint64_t offset, uint8_t *buf, size_t len);
/* A message for the status; "": none. */
void spool_message(struct spool *sp, char *out, size_t size);

#endif
