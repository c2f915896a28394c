/* SPDX-License-Identifier: MIT */
/* icmp_error: PRIVATE to the core. ICMP errors that quote a segment of a connection. */
#ifndef TCPLENS_CORE_SEGMENT_ICMP_ERROR_H
#define TCPLENS_CORE_SEGMENT_ICMP_ERROR_H

#include "core/flow/flow.h"

void icmp_error_apply(struct core *core, const struct packet *p, uint64_t hash);

#endif
