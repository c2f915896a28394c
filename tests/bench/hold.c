/* SPDX-License-Identifier: MIT */
/*
 * hold: how long the engine's lock is held at the most. One thread ingests packets of many
 * connections as fast as it can while another asks like an impatient screen: scans, rows, detail,
 * segments, totals, freezing and thawing. The linker puts the functions below around the mutex:
 * what counts is the CPU time between lock and unlock (waiting for the processor is none of it).
 * Where the machine itself takes the processor away (interrupts, a hypervisor), that counts, too:
 * how much that is shows the row "machine", of sections as long as a scan that do nothing.
 *
 *	hold CONNECTIONS PACKETS
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/engine.h"

struct longest {
	const char *name;
	nsec max, sum;
	uint64_t calls, above; /* above 200 µs */
};

struct bench {
	struct engine *e;
	uint32_t connections;
	uint64_t packets;
	atomic_bool done;
	struct longest ingest, tick, clear, machine;
};

#define HOLD_LIMIT (200 * NSEC_PER_US)

static nsec
cpu_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * NSEC_PER_SEC + t.tv_nsec;
}

static _Thread_local nsec locked_at, held; /* held: in the latest critical section */

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
	held = cpu_now() - locked_at;
	return __real_pthread_mutex_unlock(m);
}

static void
took(struct longest *l)
{
	nsec d = held;

	l->max = nsec_max(l->max, d);
	l->sum += d;
	l->above += d > HOLD_LIMIT;
	l->calls++;
}

#define TIMED(l, call)                                                                            \
	do {                                                                                       \
		call;                                                                              \
		took(l);                                                                           \
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
	nsec now = 1700000000 * NSEC_PER_SEC;
	uint64_t random = 1, n = 0;
	uint32_t *next = xcalloc(b->connections, sizeof(*next));

	while (n < b->packets) {
		for (size_t i = 0; i < ENGINE_BATCH; i++) {
			random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
			uint32_t c = (uint32_t)((random >> 33) % b->connections);
			batch[i] = make_packet(c, next[c]++, now += 1000);
			batch[i].frame = ++n;
		}
		TIMED(&b->ingest, engine_ingest(b->e, batch, ENGINE_BATCH));
		if (n % (64 * ENGINE_BATCH) == 0)
			TIMED(&b->tick, engine_tick(b->e, now));
	}
	atomic_store(&b->done, true);
	TIMED(&b->clear, engine_tick(b->e, now + 1000 * NSEC_PER_SEC));
	free(next);
	return NULL;
}

/* ---- the screen ---- */

#define SLICE 2048
#define ROWS  60

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

enum { SCAN, ROWS_CALL, DETAIL, SEGMENTS, TOTALS, FREEZE, CALLS };

static void
do_nothing(nsec length)
{
	static pthread_mutex_t nobody_else = PTHREAD_MUTEX_INITIALIZER;

	pthread_mutex_lock(&nobody_else);
	while (cpu_now() - locked_at < length)
		;
	pthread_mutex_unlock(&nobody_else);
}

/* One refresh: a whole scan in slices, then what would be on the screen. */
static void
refresh(struct bench *b, struct longest *l)
{
	static struct scan_item items[SLICE];
	static struct conn_facts rows[ROWS];
	static struct conn_detail detail;
	static struct segment segments[ROWS];
	struct connref refs[ROWS];
	size_t n = 0, kept = 0;
	uint32_t cursor = 0;

	do {
		TIMED(&l[SCAN], n = engine_scan(b->e, &cursor, 0, any, newest, NULL, items, SLICE));
		TIMED(&b->machine, do_nothing(l[SCAN].sum / (nsec)l[SCAN].calls));
		for (size_t i = 0; i < n && kept < ROWS; i++)
			refs[kept++] = items[i].ref;
	} while (cursor != UINT32_MAX);
	TIMED(&l[ROWS_CALL], engine_rows(b->e, 0, refs, kept, rows));
	for (size_t i = 0; i < kept; i++) {
		uint64_t total, lost;

		TIMED(&l[DETAIL], engine_detail(b->e, 0, refs[i], &detail));
		TIMED(&l[SEGMENTS],
		      engine_segments(b->e, refs[i], 0, ROWS, segments, &total, &lost));
	}
	struct totals t;
	TIMED(&l[TOTALS], engine_totals(b->e, &t));
}

static void
watch(struct bench *b, struct longest *l)
{
	for (unsigned round = 1; !atomic_load(&b->done); round++) {
		refresh(b, l);
		if (round % 16 == 0) {
			TIMED(&l[FREEZE], engine_freeze(b->e, true));
			refresh(b, l);
			TIMED(&l[FREEZE], engine_freeze(b->e, false));
		}
	}
}

static nsec
print_longest(const struct longest *l)
{
	if (l->calls > 0)
		printf("# %-8s %9llu calls  mean %7.2f us  longest %8.1f us  %llu above 200 us\n",
		       l->name, (unsigned long long)l->calls,
		       (double)l->sum / (double)l->calls / 1e3, (double)l->max / 1e3,
		       (unsigned long long)l->above);
	return l->max;
}

int
main(int argc, char **argv)
{
	struct bench b = {.ingest = {.name = "ingest"}, .tick = {.name = "tick"},
			  .clear = {.name = "expire"}, .machine = {.name = "machine"}};
	struct longest l[CALLS] = {{.name = "scan"},	 {.name = "rows"},   {.name = "detail"},
				   {.name = "segments"}, {.name = "totals"}, {.name = "freeze"}};
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
	watch(&b, l);
	pthread_join(thread, NULL);
	nsec max = 0;
	for (int i = 0; i < CALLS; i++)
		max = nsec_max(max, print_longest(&l[i]));
	const struct longest *own[] = {&b.ingest, &b.tick, &b.clear};
	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		max = nsec_max(max, print_longest(own[i]));
	print_longest(&b.machine);
	printf("%.1f\n", (double)max / 1e3);
	engine_free(b.e);
	return 0;
}
