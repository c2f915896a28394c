/* SPDX-License-Identifier: MIT */
/*
 * pcapng: the pcapng half of savefile. Private to this layer.
 */
#ifndef TCPLENS_SOURCE_PCAPNG_H
#define TCPLENS_SOURCE_PCAPNG_H

#include "source/savefile.h"

/* savefile_next() for a pcapng file whose first block is known to be a section header. */
enum savefile_result pcapng_next(struct savefile *sf, struct frame *f);
/* record_parse() for blocks. */
bool pcapng_record_parse(const struct record_format *f, const uint8_t *p, size_t len,
			 struct record *out);

#endif
