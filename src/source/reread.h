/* SPDX-License-Identifier: MIT */
/*
 * reread: reads bytes of a file again, and only the same that were read first. Private to this
 * layer.
 */
#ifndef TCPLENS_SOURCE_REREAD_H
#define TCPLENS_SOURCE_REREAD_H

#include "source/source.h"

struct reread;

/* fd is a regular file and borrowed. Never returns NULL. */
struct reread *reread_new(int fd);
void reread_free(struct reread *r);
/* A stream_tee_fn: takes the bytes of the file in order, from its beginning, as they are read. */
void reread_add(void *reread, const uint8_t *bytes, size_t len);
/* Reads exactly len bytes at that offset. STORE_NOT_KEPT: they were not added. Any thread. */
enum store_result reread_bytes(struct reread *r, uint64_t offset, uint8_t *buf, size_t len);

#endif
