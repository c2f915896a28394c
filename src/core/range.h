/* SPDX-License-Identifier: MIT */
/* range: PRIVATE to core; see range.c. */
#ifndef TCPLENS_RANGE_H
#define TCPLENS_RANGE_H

#include "core/txq.h"

int sent_order(const struct half *h, const struct packet *p, uint16_t ip_id, uint32_t tsval,
	       bool has_ts);

#endif
