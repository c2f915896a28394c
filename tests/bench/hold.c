/* SPDX-License-Identifier: MIT */
/*
 * hold: how long the engine's lock is held. One thread ingests packets as fast as it can while
 * another asks for what a screen shows, without a pause: scans, rows, detail, segments, searches,
 * series, totals, freezing and thawing. The linker replaces the functions of the mutex by those
 * below, which measure the CPU time between lock and unlock (waiting for the processor is not
 * included). Interrupts and a hypervisor are included: the row "machine" shows how much they are,
 * by sections that do nothing for as long as a scan takes.
 *
 *	hold CONNECTIONS PACKETS
 *
 * The last line: microseconds below which 99.9 % of all sections stay, and the longest one.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/engine.h"

#define EPOCH (1700000000 * NSEC_PER_SEC)

#define SLOTS 4096 /* of a quarter of a microsecond each; the last one holds all that is longer */
#define SLOT  (NSEC_PER_US / 4)

/* The critical sections of one kind of call. */
struct sections {
	const char *name;
	nsec longest, sum;
	uint64_t count;
	uint64_t slots[SLOTS]; /* how many took that long */
};

struct bench {
	struct engine *e;
	uint32_t connections;
	uint64_t packets;
	atomic_bool done;
	struct sections ingest, tick, finish, clear, machine;
};

static nsec
cpu_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * NSEC_PER_SEC + t.tv_nsec;
}

static _Thread_local nsec locked_at;
static _Thread_local struct sections *measured; /* what the calling thread's sections count for */

int __real_pthread_mutex_lock(pthread_mutex_t *m);
int __wrap_pthread_mutex_lock(pthread_mutex_t *m);
int __real_pthread_mutex_unlock(pthread_mutex_t *m);
int __wrap_pthread_mutex_unlock(pthread_mutex_t *m);

int
__wrap_pthread_mutex_lock(pthread_mutex_t *m)
{
	int r = __real_pthread_mutex_lock(m);

	locked_at = cpu_now();
	return r;
}

int
__wrap_pthread_mutex_unlock(pthread_mutex_t *m)
{
	nsec held = cpu_now() - locked_at;
	struct sections *s = measured;

	if (s) {
		s->longest = nsec_max(s->longest, held);
		s->sum += held;
		s->count++;
		s->slots[nsec_min(held / SLOT, SLOTS - 1)]++;
	}
	return __real_pthread_mutex_unlock(m);
}

/* Runs a call and counts each of its critical sections: it may have several. */
#define MEASURED(s, call)                                                                          \
	do {                                                                                       \
		measured = (s);                                                                    \
		call;                                                                              \
		measured = NULL;                                                                   \
	} while (0)

/* ---- the capture thread ---- */

/* Packet k of connection c: SYN, SYN-ACK, ACK, then data and ACKs, now and then a repetition. */
static struct packet
make_packet(uint32_t c, uint32_t k, nsec now)
{
	bool from_server = k == 1 || (k > 2 && k % 3 != 2);
	uint32_t isn[2] = {c * 2654435761u, c * 40503u};
	uint32_t data = k > 2 ? k - 3 - (k - 3) / 3 : 0; /* segments before this packet */

	if (k > 8 && k % 17 == 0 && from_server)
		data--;
	struct packet p = {.ts = now, .vlan = -1, .ip_version = 4, .ttl = 64, .window = 502};
	uint8_t *client = from_server ? p.dst : p.src, *server = from_server ? p.src : p.dst;
	memcpy(client, (uint8_t[16]){[10] = 0xff, 0xff, 10, 0, 0, 1}, 16);
	memcpy(server, (uint8_t[16]){[10] = 0xff, 0xff, 10, 0, 0, 2}, 16);
	client[13] = (uint8_t)(c >> 16 >> 8);
	client[14] = (uint8_t)(c >> 16);
	uint16_t port = (uint16_t)c;
	p.sport = from_server ? 80 : port;
	p.dport = from_server ? port : 80;
	p.flags = k == 0 ? TH_SYN : k == 1 ? TH_SYN | TH_ACK : TH_ACK;
	p.seq = isn[from_server] + (k > 1);
	p.ack = k > 0 ? isn[!from_server] + 1 : 0;
	p.payload_len = k > 2 && from_server ? 1000 : 0;
	*(from_server ? &p.seq : &p.ack) += data * 1000;
	p.ip_id = (uint16_t)(k + 1);
	p.digest = p.seq * 31 + p.ack + k;
	return p;
}

static void *
capture(void *arg)
{
	struct bench *b = arg;
	struct packet batch[ENGINE_BATCH];
	nsec now = EPOCH;
	uint64_t random = 1, n = 0;
	uint32_t *next = xcalloc(b->connections, sizeof(*next));

	while (n < b->packets) {
		for (size_t i = 0; i < ENGINE_BATCH; i++) {
			random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
			uint32_t c = (uint32_t)((random >> 33) % b->connections);
			batch[i] = make_packet(c, next[c]++, now += 1000);
			batch[i].frame = ++n;
		}
		MEASURED(&b->ingest, engine_ingest(b->e, batch, ENGINE_BATCH));
		if (n % (64 * ENGINE_BATCH) == 0)
			MEASURED(&b->tick, engine_tick(b->e, now));
	}
	atomic_store(&b->done, true);
	MEASURED(&b->tick, engine_tick(b->e, now + 1000 * NSEC_PER_SEC));
	MEASURED(&b->finish, engine_finish(b->e));
	MEASURED(&b->clear, engine_clear(b->e));
	free(next);
	return NULL;
}

/* ---- the screen ---- */

#define SLICE 2048
#define ROWS  60
#define COLUMNS 200

static int64_t
newest(const void *arg, const struct conn_facts *f)
{
	(void)arg;
	return -f->last;
}

static bool
any(const void *arg, const struct conn_facts *f)
{
	(void)arg;
	return f->half[SERVER].bytes > 0;
}

enum { SCAN, ROWS_CALL, DETAIL, SEGMENTS, FIND, SERIES, TOTALS, FREEZE, CALLS };

static void
do_nothing(nsec length)
{
	static pthread_mutex_t nobody_else = PTHREAD_MUTEX_INITIALIZER;

	pthread_mutex_lock(&nobody_else);
	while (cpu_now() - locked_at < length)
		;
	pthread_mutex_unlock(&nobody_else);
}

/* What the screens of one connection ask: its segments here and there, the next one of a kind that
 * does not occur, a graph of all. */
static void
look_into(struct bench *b, struct sections *s, struct connref ref, nsec now)
{
	static struct conn_detail detail;
	static struct segment segments[ROWS];
	static struct series_point points[COLUMNS];
	uint64_t total = 0, lost;
	struct series_query q = {.side = SERVER, .t0 = EPOCH, .t1 = now, .n = COLUMNS};

	MEASURED(&s[DETAIL], engine_detail(b->e, 0, ref, &detail));
	for (uint64_t tenth = 0; tenth < 10; tenth++)
		MEASURED(&s[SEGMENTS], engine_segments(b->e, ref, total * tenth / 10, ROWS,
						       segments, &total, &lost));
	MEASURED(&s[FIND], engine_find_segment(b->e, ref, 0, true, MARK_RESET));
	MEASURED(&s[SERIES], engine_series(b->e, ref, &q, points));
}

/* One refresh: a scan of all connections in slices, then what would be on the screen. */
static void
refresh(struct bench *b, struct sections *s)
{
	static struct scan_item items[SLICE];
	static struct conn_facts rows[ROWS];
	struct connref refs[ROWS];
	size_t n = 0, kept = 0;
	uint32_t cursor = 0;
	struct totals t;

	do {
		MEASURED(&s[SCAN],
			 n = engine_scan(b->e, &cursor, 0, any, newest, NULL, items, SLICE));
		MEASURED(&b->machine, do_nothing(s[SCAN].sum / (nsec)s[SCAN].count));
		for (size_t i = 0; i < n && kept < ROWS; i++)
			refs[kept++] = items[i].ref;
	} while (cursor != UINT32_MAX);
	MEASURED(&s[TOTALS], engine_totals(b->e, &t));
	MEASURED(&s[ROWS_CALL], engine_rows(b->e, 0, refs, kept, rows));
	for (size_t i = 0; i < kept; i++)
		look_into(b, s, refs[i], rows[i].last);
}

static void
watch(struct bench *b, struct sections *s)
{
	for (unsigned round = 1; !atomic_load(&b->done); round++) {
		refresh(b, s);
		if (round % 16 == 0) {
			MEASURED(&s[FREEZE], engine_freeze(b->e, true));
			refresh(b, s);
			MEASURED(&s[FREEZE], engine_freeze(b->e, false));
		}
	}
}

/* ---- the result ---- */

/* The time that 99.9 % of the sections do not exceed. */
static nsec
permille_999(const struct sections *s)
{
	uint64_t longer = 0;
	int i = SLOTS;

	while (i > 0 && (longer + s->slots[i - 1]) * 1000 <= s->count)
		longer += s->slots[--i];
	return nsec_min(i * SLOT, s->longest);
}

static void
print_sections(const struct sections *s)
{
	if (s->count > 0)
		printf("# %-8s %9llu sections  mean %7.2f us  99.9 %% %7.2f us  longest %8.1f us\n",
		       s->name, (unsigned long long)s->count,
		       (double)s->sum / (double)s->count / 1e3, (double)permille_999(s) / 1e3,
		       (double)s->longest / 1e3);
}

static void
sum_up(struct sections *sum, const struct sections *s)
{
	print_sections(s);
	sum->longest = nsec_max(sum->longest, s->longest);
	sum->count += s->count;
	for (int i = 0; i < SLOTS; i++)
		sum->slots[i] += s->slots[i];
}

int
main(int argc, char **argv)
{
	static struct bench b = {.ingest = {.name = "ingest"},
				 .tick = {.name = "tick"},
				 .finish = {.name = "finish"},
				 .clear = {.name = "clear"},
				 .machine = {.name = "machine"}};
	static struct sections asked[CALLS] = {
		[SCAN] = {.name = "scan"}, [ROWS_CALL] = {.name = "rows"},
		[DETAIL] = {.name = "detail"}, [SEGMENTS] = {.name = "segments"},
		[FIND] = {.name = "find"}, [SERIES] = {.name = "series"},
		[TOTALS] = {.name = "totals"}, [FREEZE] = {.name = "freeze"}};
	static struct sections all;
	struct err err;
	pthread_t thread;

	if (argc != 3) {
		fputs("usage: hold CONNECTIONS PACKETS\n", stderr);
		return 2;
	}
	b.connections = (uint32_t)strtoul(argv[1], NULL, 10);
	b.packets = strtoull(argv[2], NULL, 10);
	struct engine_config cfg = {.max_connections = b.connections,
				    .memory = 256 << 20,
				    .history = true,
				    .seed = 1};
	b.e = engine_new(&cfg, &err);
	if (!b.e || pthread_create(&thread, NULL, capture, &b) != 0)
		die("hold: %s", b.e ? "no thread" : err.msg);
	watch(&b, asked);
	pthread_join(thread, NULL);
	for (int i = 0; i < CALLS; i++)
		sum_up(&all, &asked[i]);
	struct sections *own[] = {&b.ingest, &b.tick, &b.finish, &b.clear};
	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		sum_up(&all, own[i]);
	print_sections(&b.machine);
	printf("%.2f %.1f\n", (double)permille_999(&all) / 1e3, (double)all.longest / 1e3);
	engine_free(b.e);
	return 0;
}
