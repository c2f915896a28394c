/* SPDX-License-Identifier: MIT */
/*
 * invariants: what must hold of everything the engine says, whatever it was fed. For the simulator
 * and the fuzzer. Aborts with the broken rule by name.
 */
#ifndef TCPLENS_TESTS_INVARIANTS_H
#define TCPLENS_TESTS_INVARIANTS_H

#include "core/engine.h"

/* Asks everything that can be asked: totals, scan, rows, detail, segments. */
void invariants_check(struct engine *e, nsec now, uint32_t max_connections);
void invariants_segment(const struct segment *s);
void invariants_detail(const struct conn_detail *d);
/* Called before abort(): says what was being fed. May be NULL. */
extern void (*invariants_report)(void);

#endif
