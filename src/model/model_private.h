/* SPDX-License-Identifier: MIT */
/* model, between its own files. */
#ifndef TCPLENS_MODEL_PRIVATE_H
#define TCPLENS_MODEL_PRIVATE_H

#include "model/model.h"

/* ---- names.c ---- */
/* Name of a TCP service ("ssh"), or NULL. Remembered; for one thread. Lives until asked again for
 * another port. */
const char *service_name(uint16_t port);

#endif
