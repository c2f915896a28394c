/* SPDX-License-Identifier: MIT */
/*
 * invariants: what must hold for everything that the engine reports, whatever its input was. For
 * the simulator and the fuzzer. Aborts and names the rule that is broken.
 */
#ifndef TCPLENS_TESTS_INVARIANTS_H
#define TCPLENS_TESTS_INVARIANTS_H

#include "core/engine.h"

/* Calls every function that reports: totals, scan, rows, detail, segments. */
void invariants_check(struct engine *e, nsec now, uint32_t max_connections);
void invariants_segment(const struct segment *s);
void invariants_detail(const struct conn_detail *d);
/* Called before abort(), to print what the input was. May be NULL. */
extern void (*invariants_report)(void);

#endif
