/* SPDX-License-Identifier: MIT */
/*
 * reread: bytes of a file once more, if they are still those that were read first.
 * Private to this layer.
 */
#ifndef TCPLENS_SOURCE_REREAD_H
#define TCPLENS_SOURCE_REREAD_H

#include "source/source.h"

struct reread;

/* fd is borrowed, an ordinary file. Never NULL. */
struct reread *reread_new(int fd);
void reread_free(struct reread *r);
/* A stream_tee_fn: the bytes that are read first, in order, from the file's beginning on. */
void reread_add(void *reread, const uint8_t *bytes, size_t len);
/* Exactly len bytes at that offset. STORE_NOT_KEPT: they were not added. Any thread. */
enum store_result reread_bytes(struct reread *r, uint64_t offset, uint8_t *buf, size_t len);

#endif
