/* SPDX-License-Identifier: MIT */
/* findings: PRIVATE to the core. The findings of a segment. */
#ifndef TCPLENS_CORE_ANALYSIS_FINDINGS_H
#define TCPLENS_CORE_ANALYSIS_FINDINGS_H

#include "core/segment/segment.h"

/* Decides s->findings and s->dup_ack. */
void findings_decide(struct seg *s);

#endif
