/* SPDX-License-Identifier: MIT */
/*
 * capture_filter: pcap-filter(7) expressions applied to frames from files. Private to this layer.
 */
#ifndef TCPLENS_SOURCE_CAPTURE_FILTER_H
#define TCPLENS_SOURCE_CAPTURE_FILTER_H

#include "net/net.h"

struct capture_filter;

/* Copies the text; compiles nothing yet. */
struct capture_filter *capture_filter_new(const char *text);
void capture_filter_free(struct capture_filter *cf);
/* Compiles the filter for the link type, if that is not done yet. false and err: impossible. */
bool capture_filter_prepare(struct capture_filter *cf, int linktype, struct err *err);
/* Whether the frame passes. If the filter cannot be compiled for its link type, no frame of that
 * type does, and err is set at the first one. */
bool capture_filter_match(struct capture_filter *cf, const struct frame *f, struct err *err);
/* Advice for a filter that nothing passed; "" if there is none. */
void capture_filter_hint(const struct capture_filter *cf, char *out, size_t size);
/* Sets err to one line for an expression that libpcap rejects with the reason `why`. */
bool capture_filter_error(const char *text, const char *why, struct err *err);

#endif
