/* SPDX-License-Identifier: MIT */
/*
 * privs: what privs.c offers beyond source.h. Private to this layer.
 */
#ifndef TCPLENS_SOURCE_PRIVS_H
#define TCPLENS_SOURCE_PRIVS_H

#include "source/source.h"

/* Ends what privs_suspend() began, until it is called again. */
void privs_resume(void);
/* Sets err to one line that says how to get the missing permission to capture on the interface. */
void privs_explain(const char *interface, struct err *err);

#endif
