/* SPDX-License-Identifier: MIT */
/* facts_fill: PRIVATE to the core. Facts of a connection, copied out of it at one moment. */
#ifndef TCPLENS_CORE_FACTS_FILL_H
#define TCPLENS_CORE_FACTS_FILL_H

#include "core/flow/flow.h"

void facts_fill(const struct core *core, const struct conn *c, nsec now, struct conn_facts *out);
void detail_fill(const struct core *core, const struct conn *c, nsec now, struct conn_detail *out);

#endif
