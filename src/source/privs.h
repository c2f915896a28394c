/* SPDX-License-Identifier: MIT */
/*
 * privs: what privs.c offers beyond source.h. Private to this layer.
 */
#ifndef TCPLENS_SOURCE_PRIVS_H
#define TCPLENS_SOURCE_PRIVS_H

#include "source/source.h"

/* Puts all rights into force that the program's file has, until privs_suspend(). */
void privs_resume(void);
/* Sets err to one line: permission to capture on the interface is lacking, and how to get it. */
void privs_explain(const char *interface, struct err *err);

#endif
