/* SPDX-License-Identifier: MIT */
/* track: PRIVATE to core; see track.c, instance.c and copies.c. */
#ifndef TCPLENS_TRACK_H
#define TCPLENS_TRACK_H

#include "core/conn.h"
#include "core/table.h"

enum copy { COPY_NONE, COPY_BY_CAPTURE, COPY_BY_NETWORK };

/* The latest packets of all connections; NULL: no memory. nth: of its sender's packets. */
struct copies *copies_new(void);
void copies_free(struct copies *all);
void copies_prefetch(struct copies *all, const struct packet *p);
/* Whether it is a copy of one before; notes nothing. */
bool copies_has(struct copies *all, const struct conn *c, uint64_t nth, const struct packet *p);
/* The packet is known to be no copy. */
void copies_note(struct copies *all, const struct conn *c, uint64_t nth, const struct packet *p);
enum copy copies_look(struct copies *all, const struct conn *c, uint64_t nth,
		      const struct packet *p);

/* Which connection the packet belongs to, made if need be; NULL: it cannot be tracked. *fresh: this
 * packet opened it. */
/* found: what table_find says, with *from as it told. */
struct conn *instance_of(struct engine *e, struct conn *found, const struct packet *p,
			 uint64_t hash, enum side *from, bool *fresh);
/* A connection of nothing but this SYN, without ends; NULL: it cannot be tracked. */
struct conn *instance_of_syn(struct engine *e, const struct packet *p, uint64_t hash);

/* The connection of the packet's tuple, with ends, or NULL. */
struct conn *track_find(struct engine *e, const struct packet *p, uint64_t hash, enum side *from);
/* Tells the sink of timers that changed. */
void timers_tell(struct engine *e, struct conn *c, nsec now);
/* Puts it into the queue of its class. */
void class_update(struct engine *e, struct conn *c, nsec now);
void track_icmp(struct engine *e, const struct packet *p, uint64_t hash); /* icmp.c */
void track_packet(struct engine *e, const struct packet *p, uint64_t hash);

/* ---- engine.c, for the files of this group ---- */
struct table *engine_table(struct engine *e);
struct copies *engine_copies(struct engine *e);
struct totals *engine_counts(struct engine *e);
const struct engine_sink *engine_sink(const struct engine *e);
/* A slot for one more: evicts the oldest harmless one when all are taken. false: all are pinned. */
bool engine_make_room(struct engine *e, nsec now);
void engine_touch(struct engine *e, struct conn *c); /* before a change: the freeze keeps a copy */
void engine_report(struct engine *e, struct conn *c); /* to the sink, once */

#endif
