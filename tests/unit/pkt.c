/* SPDX-License-Identifier: MIT */
/*
 * pkt: packets of two ends that talk, given to an engine whose every word is kept.
 * See pkt.h. A test's memory is freed by watch_close(); after a failed assertion it leaks.
 */
#include "pkt.h"

#include "core/engine.h"
#include "core/flow/conn_table.h"
#include "core/segment/lone_syn.h"
#include "core/analysis/verdicts.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const seqno isn_low = 1000, isn_wrap = 0xffffff00;

/* ---- the watch ---- */

static void *
grow(void *p, size_t n, size_t *size, size_t item)
{
	if (n < *size)
		return p;
	*size = *size > 0 ? *size * 2 : 64;
	return xreallocarray(p, *size, item);
}

static void
on_segment(void *ctx, const struct segment *s)
{
	struct watch *w = ctx;

	w->segs = grow(w->segs, w->n_segs, &w->size_segs, sizeof(*w->segs));
	w->segs[w->n_segs++] = (struct seen_segment){*s, *s, 0};
}

static struct seen_segment *
find_segment(const struct watch *w, uint64_t frame)
{
	for (size_t i = w->n_segs; i > 0; i--)
		if (w->segs[i - 1].now.frame == frame)
			return &w->segs[i - 1];
	return NULL;
}

static void
on_amend(void *ctx, const struct segment *s)
{
	struct seen_segment *seen = find_segment(ctx, s->frame);

	assert_non_null(seen);	       /* nothing is amended that was not given */
	assert_true(seen->now.pending); /* nor after it was final */
	seen->now = *s;
	seen->amends++;
}

static void
on_timer(void *ctx, const struct timer_event *t)
{
	struct watch *w = ctx;

	w->timers = grow(w->timers, w->n_timers, &w->size_timers, sizeof(*w->timers));
	w->timers[w->n_timers++] = *t;
}

static void
on_connection(void *ctx, const struct conn_detail *d)
{
	struct watch *w = ctx;

	w->conns = grow(w->conns, w->n_conns, &w->size_conns, sizeof(*w->conns));
	w->conns[w->n_conns++] = *d;
}

struct engine_config
watch_config(void)
{
	return (struct engine_config){
		.max_connections = 1024, .memory = 4 << 20, .history = true, .seed = 1, .hz = 250};
}

void
watch_open_with(struct watch *w, struct engine_config cfg)
{
	*w = (struct watch){.now = PKT_EPOCH - PKT_STEP}; /* a first packet without time: at 0 */
	const struct engine_sink sink = {.ctx = w,
					 .segment = on_segment,
					 .amend = on_amend,
					 .timer = on_timer,
					 .connection = on_connection};
	struct err err;

	cfg.sink = &sink;
	w->e = engine_new(&cfg, &err);
	assert_non_null(w->e);
}

void
watch_open(struct watch *w)
{
	watch_open_with(w, watch_config());
}

void
watch_close(struct watch *w)
{
	engine_free(w->e);
	free(w->segs);
	free(w->timers);
	free(w->conns);
	*w = (struct watch){0};
}

void
watch_until(struct watch *w, nsec at)
{
	nsec end = PKT_EPOCH + at;

	while (w->now < end) {
		w->now = nsec_min(end, w->now + 100 * NSEC_PER_MS);
		engine_tick(w->e, w->now);
	}
}

void
watch_ingest(struct watch *w, const struct packet *p)
{
	w->now = nsec_max(w->now, p->ts);
	engine_ingest(w->e, p, 1);
}

const struct segment *
seg_at(const struct watch *w, uint64_t frame)
{
	const struct seen_segment *s = find_segment(w, frame);

	return s ? &s->now : NULL;
}

const struct segment *
seg_at_once(const struct watch *w, uint64_t frame)
{
	const struct seen_segment *s = find_segment(w, frame);

	return s ? &s->first : NULL;
}

bool
has_finding(const struct watch *w, uint64_t frame, enum finding f)
{
	const struct segment *s = seg_at(w, frame);

	assert_non_null(s);
	return (s->findings & FINDING(f)) != 0;
}

static void
print_findings(const char *title, uint32_t set)
{
	print_error("%s:", title);
	for (int f = 0; f < FINDING_COUNT; f++)
		if (set & FINDING(f))
			print_error(" %s", finding_info((enum finding)f)->name);
	print_error("%s\n", set ? "" : " nothing");
}

void
assert_findings_at(const struct watch *w, uint64_t frame, uint32_t want, const char *file, int line)
{
	const struct segment *s = seg_at(w, frame);

	if (s && s->findings == want)
		return;
	print_error("frame %llu\n", (unsigned long long)frame);
	if (s)
		print_findings("  found ", s->findings);
	print_findings("  wanted", want);
	_fail(file, line);
}

const struct timer_event *
timer_last(const struct watch *w, enum side from)
{
	for (size_t i = w->n_timers; i > 0; i--)
		if (w->timers[i - 1].from == from)
			return &w->timers[i - 1];
	return NULL;
}

/* ---- the pair ---- */

static struct endpoint
endpoint_v4(uint8_t host, uint16_t port)
{
	return (struct endpoint){{[10] = 0xff, 0xff, 10, 0, 0, host}, port};
}

void
pair_init(struct pair *c, struct watch *w, seqno isn)
{
	*c = (struct pair){
		.w = w,
		.end = {endpoint_v4(1, 40000), endpoint_v4(2, 80)},
		.isn = {isn, isn + 0x60}, /* not equal, and 0xffffff00 still wraps soon */
		.window = {502, 509},
		.wscale = {7, 7},
		.mss = {1460, 1460},
		.sack = true,
		.ts = true,
		.ttl = {64, 57}, /* the capture is at the client */
		.ip_id = {100, 30000},
		.ts_base = {500000, 90000000},
		.ip_version = 4,
	};
}

static void
set_options(const struct pair *c, enum side from, const struct pkt *s, struct packet *p)
{
	bool first = (p->flags & TH_SYN) != 0;

	if (first && c->mss[from] > 0) {
		p->options |= OPT_MSS;
		p->mss = c->mss[from];
	}
	if (first && c->wscale[from] >= 0) {
		p->options |= OPT_WSCALE;
		p->wscale = (uint8_t)c->wscale[from];
	}
	if (first && c->sack && !s->no_sack)
		p->options |= OPT_SACK_OK;
	for (int i = 0; i < PACKET_SACK_MAX && s->sack[i].right > 0; i++) {
		p->options |= OPT_SACK;
		p->sack[p->n_sack].left = c->isn[!from] + (seqno)s->sack[i].left;
		p->sack[p->n_sack++].right = c->isn[!from] + (seqno)s->sack[i].right;
	}
	if (s->mptcp > 0) {
		p->options |= OPT_MPTCP;
		p->mptcp = s->mptcp - 1;
	}
	if (s->tfo > 0) {
		p->options |= OPT_TFO;
		p->tfo_len = (uint8_t)(s->tfo - 1);
	}
}

static void
set_timestamps(struct pair *c, enum side from, const struct pkt *s, struct packet *p)
{
	if (!c->ts || s->no_ts || (p->flags & TH_RST))
		return;
	p->options |= OPT_TS;
	p->tsval = c->ts_base[from] + (uint32_t)((p->ts - PKT_EPOCH) / NSEC_PER_MS);
	if (s->tsval > 0)
		p->tsval = s->tsval;
	if (p->flags & TH_ACK)
		p->tsecr = s->tsecr > 0 ? s->tsecr : c->ts_sent[!from];
	c->ts_sent[from] = p->tsval;
}

/* As of the header's bytes: FNV-1a over every field that a TCP header holds. */
static uint32_t
header_digest(const struct packet *p)
{
	const uint32_t v[] = {p->sport, p->dport, p->seq, p->ack, p->flags, p->window, p->options,
			      p->mss, p->wscale, p->tsval, p->tsecr, p->payload_len, p->n_sack,
			      p->sack[0].left, p->sack[0].right, p->sack[1].left, p->sack[1].right};
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		h = (h ^ v[i]) * 16777619u;
	return h;
}

static uint16_t
next_ip_id(struct pair *c, enum side from, const struct pkt *s)
{
	if (c->ip_version == 6 || c->ip_id_zero)
		return 0;
	uint16_t id = c->ip_id[from]++;
	return s->ip_id > 0 ? s->ip_id : id;
}

static int64_t
relative_seq(const struct pair *c, enum side from, uint16_t flags, const struct pkt *s)
{
	if (s->seq == SEQ_ISN || (s->seq == 0 && (flags & TH_SYN)))
		return 0;
	return s->seq != 0 ? s->seq : c->next[from];
}

struct packet
pair_packet(struct pair *c, enum side from, uint16_t flags, const struct pkt *s)
{
	flags |= s->flags;
	int64_t seq = relative_seq(c, from, flags, s);
	struct packet p = {
		.ts = s->at != 0 ? PKT_EPOCH + s->at : c->w->now + PKT_STEP,
		.sport = c->end[from].port,
		.dport = c->end[!from].port,
		.seq = c->isn[from] + (seqno)seq,
		.payload_len = s->len,
		.flags = flags,
		.window = s->win == WIN_ZERO ? 0 : s->win > 0 ? (uint16_t)s->win : c->window[from],
		.vlan = -1,
		.ip_version = c->ip_version,
		.ttl = s->ttl > 0 ? s->ttl : c->ttl[from],
		.tos = s->tos,
		.ip_df = 1,
		.csum = CSUM_GOOD,
		.ip_id = next_ip_id(c, from, s),
	};
	memcpy(p.src, c->end[from].addr, 16);
	memcpy(p.dst, c->end[!from].addr, 16);
	if (flags & TH_ACK)
		p.ack = c->isn[!from] + (seqno)(s->ack != 0 ? s->ack : c->next[!from]);
	set_options(c, from, s, &p);
	set_timestamps(c, from, s, &p);
	p.digest = header_digest(&p);
	p.checksum = (uint16_t)(p.digest ^ p.digest >> 16);
	int64_t end = seq + packet_seg_len(&p);
	if (!(flags & TH_RST) && end > c->next[from])
		c->next[from] = end;
	return p;
}

static uint64_t
capture(struct pair *c, struct packet *p)
{
	p->frame = ++c->w->frame;
	p->ref = p->frame;
	c->last = *p;
	watch_ingest(c->w, p);
	return p->frame;
}

uint64_t
pair_send(struct pair *c, enum side from, uint16_t flags, const struct pkt *s)
{
	struct packet p = pair_packet(c, from, flags, s);

	return s->unseen ? 0 : capture(c, &p);
}

uint64_t
pair_copy(struct pair *c, nsec later, uint8_t ttl_less)
{
	struct packet p = c->last;

	p.ts += later;
	p.ttl -= ttl_less;
	return capture(c, &p);
}

uint64_t
pair_icmp(struct pair *c, nsec at, uint8_t router, uint8_t type, uint8_t code, uint16_t mtu)
{
	struct packet p = c->last, quoted = c->last;

	p.ts = PKT_EPOCH + at;
	p.icmp_version = p.ip_version;
	p.icmp_type = type;
	p.icmp_code = code;
	p.icmp_mtu = mtu;
	memcpy(p.icmp_from, (uint8_t[16]){[10] = 0xff, 0xff, 10, 9, 9, router}, 16);
	uint64_t frame = capture(c, &p);
	c->last = quoted;
	return frame;
}

void
pair_anew(struct pair *c, seqno further)
{
	for (int i = 0; i < 2; i++) {
		c->isn[i] += further;
		c->next[i] = 0;
		c->ts_sent[i] = 0;
	}
}

void
pair_handshake(struct pair *c, nsec at, nsec rtt)
{
	syn(c, .at = at);
	synack(c, .at = at + rtt);
	ack(c, CLIENT, .at = at + rtt + US(50));
}

void
pair_talk(struct pair *c, nsec at, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		data(c, SERVER, .len = 1000, .at = at + MS(30) * i);
		ack(c, CLIENT);
		data(c, CLIENT, .len = 500, .at = at + MS(30) * i + MS(2));
		ack(c, SERVER, .at = at + MS(30) * i + MS(22));
	}
}

static bool
between(const void *arg, const struct conn_facts *f)
{
	const struct pair *c = arg;

	for (int i = 0; i < 2; i++)
		if (memcmp(&f->end[0], &c->end[i], sizeof(f->end[0])) == 0 &&
		    memcmp(&f->end[1], &c->end[!i], sizeof(f->end[1])) == 0)
			return true;
	return false;
}

/* Newest first. */
static int64_t
by_age(const void *arg, const struct conn_facts *f)
{
	(void)arg;
	return -(int64_t)f->id;
}

static size_t
scan_pair(struct pair *c, nsec now, struct scan_item *newest)
{
	struct scan_item items[64];
	uint32_t cursor = 0;
	size_t n = 0;

	newest->key = INT64_MAX;
	do {
		size_t k = engine_scan(c->w->e, &cursor, now, between, by_age, c, items,
				       ARRAY_LEN(items));

		for (size_t i = 0; i < k; i++)
			if (items[i].key < newest->key)
				*newest = items[i];
		n += k;
	} while (cursor != UINT32_MAX);
	return n;
}

/* A predicate that was not asked would have said no. */
static void
assert_asked_enough(struct pair *c, nsec now, struct connref ref)
{
	static struct verdict some[VERDICT_COUNT], all[VERDICT_COUNT];
	uint64_t set, set_all;
	struct conn_expanded room;
	struct core *core = engine_core(c->w->e);
	const struct conn *conn = table_at(core->table, ref);

	if (!conn)
		return; /* only a freeze remembers it */
	conn = conn_expand(conn, &room);
	size_t n = verdicts_of(core, conn, now, some, VERDICT_COUNT, &set);
	assert_int_equal(n, verdicts_of_all_rules(core, conn, now, all, VERDICT_COUNT, &set_all));
	assert_memory_equal(some, all, n * sizeof(*all));
}

struct conn_detail
pair_detail(struct pair *c, nsec at)
{
	struct scan_item newest;
	struct conn_detail d;

	assert_true(scan_pair(c, PKT_EPOCH + at, &newest) > 0);
	assert_true(engine_detail(c->w->e, PKT_EPOCH + at, newest.ref, &d));
	assert_asked_enough(c, PKT_EPOCH + at, newest.ref);
	return d;
}

size_t
pair_count(struct pair *c)
{
	struct scan_item newest;

	return scan_pair(c, c->w->now, &newest);
}

const struct verdict *
verdict_of(const struct conn_detail *d, enum verdict_code v)
{
	for (int i = 0; i < d->n_verdicts; i++)
		if (d->verdicts[i].code == v)
			return &d->verdicts[i];
	return NULL;
}
