/* SPDX-License-Identifier: MIT */
/* vantage: PRIVATE to the core. Where the capture point is. */
#ifndef TCPLENS_CORE_SEGMENT_VANTAGE_H
#define TCPLENS_CORE_SEGMENT_VANTAGE_H

#include "core/segment/segment.h"

void vantage_by_handshake(struct conn *c); /* once both its times are known */
void vantage_by_packet(struct seg *s);

#endif
