/* SPDX-License-Identifier: MIT */
/* lifecycle: PRIVATE to the core. How a connection changes its class, is evicted and goes. */
#ifndef TCPLENS_CORE_FLOW_LIFECYCLE_H
#define TCPLENS_CORE_FLOW_LIFECYCLE_H

#include "core/flow/flow.h"

/* Before any change of the connection: a snapshot that is being shown keeps the old facts. */
void conn_touch(struct core *core, struct conn *c);
/* Emits the connection, unless it was since its latest packet. */
void conn_report(struct core *core, struct conn *c);
/* A packet came for a connection that had been reported: it will be reported anew. */
void conn_revive(struct core *core, struct conn *c);
/* Puts it into the queue of its class, which decides what is evicted first. */
void conn_update_class(struct core *core, struct conn *c, nsec now);
/* Gives back the memory that an endpoint has from the pool. */
void half_release(struct core *core, struct half *h);
/* Gives back all its memory; it must have been reported. */
void conn_drop(struct core *core, struct conn *c);
/* Evicts the oldest connection of the first class that has one, where all slots are taken. false:
 * all are pinned. */
bool make_room(struct core *core);
/* Reports connections that ended and have been quiet since, at most a slice of them; true: there
 * may be more. */
bool report_quiet(struct core *core);

#endif
