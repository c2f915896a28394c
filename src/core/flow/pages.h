/* SPDX-License-Identifier: MIT */
/*
 * pages.h: in what pieces the system gives memory. Where there is much of it huge pages cost less:
 * their translations and that each page is given alone cost more than the contents. Where there is
 * little, clearing a huge page costs more than all that is needed: hence not for the first bytes.
 */
#ifndef TCPLENS_CORE_FLOW_PAGES_H
#define TCPLENS_CORE_FLOW_PAGES_H

#include <stddef.h>

#define PAGE ((size_t)4096)
#define HUGE_SHIFT 21
#define HUGE_PAGE ((size_t)1 << HUGE_SHIFT)
#define PAGES_FEW ((size_t)256 << 10) /* bytes taken page by page; whole pages */

#endif
