/* SPDX-License-Identifier: MIT */
/* lateness: PRIVATE to the core. How late the timers of a kernel fire. */
#ifndef TCPLENS_CORE_SEGMENT_LATENESS_H
#define TCPLENS_CORE_SEGMENT_LATENESS_H

#include "base/base.h"

/* How late a timer of that length may fire in a kernel of `hz` ticks a second, 0: 250; ns. */
nsec timer_lateness(unsigned hz, nsec timeout);

#endif
