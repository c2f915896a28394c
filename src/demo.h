/* SPDX-License-Identifier: MIT */
/* demo: the built-in capture, src/demo.pcap byte by byte; the build makes demo_data.c from it. */
#ifndef TCPLENS_DEMO_H
#define TCPLENS_DEMO_H

#include <stddef.h>

extern const unsigned char demo_capture[];
extern const size_t demo_capture_len;

#endif
