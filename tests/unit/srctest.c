/* SPDX-License-Identifier: MIT */
/* srctest: see its header. */
#include "config.h"

#include "srctest.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- a decoder and an engine that record ---- */

struct decoder {
	char unused;
};

struct decoder *
decoder_new(void)
{
	return calloc(1, sizeof(struct decoder));
}

void
decoder_free(struct decoder *d)
{
	free(d);
}

const uint64_t *
decoder_unopened(const struct decoder *d)
{
	static const uint64_t none[ENCAP_COUNT];

	(void)d;
	return none;
}

uint64_t
decoder_fragments_lost(const struct decoder *d)
{
	(void)d;
	return 0;
}

/* Frames of less than 20 bytes are not TCP. */
enum decode_result
decode_frame(struct decoder *d, const struct frame *f, struct packet *out)
{
	(void)d;
	*out = (struct packet){.ts = f->ts, .frame = f->number, .ref = f->ref};
	out->payload_len = f->cap_len;
	out->ttl = f->cap_len ? f->data[0] : 0;
	return f->cap_len < 20 ? DECODE_OTHER : DECODE_TCP;
}

bool
decode_linktype_known(int linktype)
{
	return linktype != LINKTYPE_NOT_KNOWN;
}

void
engine_ingest(struct engine *e, const struct packet *p, size_t n)
{
	assert_true(n >= 1 && n <= ENGINE_BATCH);
	for (size_t i = 0; i < n; i++)
		e->seen[(e->n + i) % SEEN_MAX] = p[i];
	e->n += (unsigned)n;
}

void
engine_count(struct engine *e, const uint64_t counts[DECODE_RESULT_COUNT])
{
	for (int i = 0; i < DECODE_RESULT_COUNT; i++)
		e->others += counts[i];
}

void
engine_set_live(struct engine *e, bool live)
{
	(void)e;
	(void)live;
}

void
engine_tick(struct engine *e, nsec now)
{
	e->tick_at[e->ticks % SEEN_MAX] = e->n;
	e->tick[e->ticks++ % SEEN_MAX] = now;
}

/* ---- helpers ---- */

struct engine *engine;

int
setup(void **state)
{
	(void)state;
	engine = calloc(1, sizeof(*engine));
	return 0;
}

int
teardown(void **state)
{
	(void)state;
	free(engine);
	return 0;
}

struct source *
open_source(const struct source_config *cfg, struct err *err, bool *denied)
{
	struct source *s = source_open(cfg, err, denied);

	if (s && !source_prepare(s, err)) {
		source_close(s);
		return NULL;
	}
	return s;
}

struct source *
open_memory(const struct capfile *c, struct source_config cfg)
{
	struct err err = {""};

	cfg.memory = c->buf;
	cfg.memory_len = c->len;
	cfg.memory_name = "memory";
	struct source *s = open_source(&cfg, &err, NULL);
	assert_string_equal(err.msg, "");
	assert_non_null(s);
	return s;
}

struct source_status
run(struct source *s)
{
	struct source_status st;
	struct err err = {""};

	assert_true(source_run(s, engine, &err));
	source_status(s, &st);
	return st;
}

void
start(struct source *s)
{
	struct err err = {""};

	assert_true(source_start(s, engine, &err));
}

struct source_status
wait_for(struct source *s, unsigned n)
{
	struct source_status st;

	for (int i = 0; i < 20000; i++) {
		source_status(s, &st);
		if (st.packets >= n || st.phase != SOURCE_RUNNING)
			return st;
		usleep(1000);
	}
	fail_msg("%llu packets of %u", (unsigned long long)st.packets, n);
	return st;
}

struct source_status
wait_end(struct source *s)
{
	return wait_for(s, UINT32_MAX);
}

void
numbered(struct capfile *c, unsigned n, uint32_t gap)
{
	pcap_header(c, 0xa1b23c4d, 4, 1);
	for (unsigned i = 0; i < n; i++)
		pcap_packet(c, 1000 + i * gap, i, (uint8_t)i, 20 + i, 20 + i);
}

/* ---- pipes ---- */

void
open_pipe(struct pipe_source *p, struct source_config cfg)
{
	struct err err = {""};

	bytes_save("", 0, p->path);
	unlink(p->path);
	assert_int_equal(mkfifo(p->path, 0600), 0);
	p->fd = open(p->path, O_RDWR);
	assert_true(p->fd >= 0);
	cfg.read_file = p->path;
	cfg.keep_bytes = true;
	p->s = open_source(&cfg, &err, NULL);
	assert_string_equal(err.msg, "");
}

void
send_part(const struct pipe_source *p, const struct capfile *c, size_t from, size_t to)
{
	assert_int_equal(write(p->fd, c->buf + from, to - from), to - from);
}

void
close_writer(struct pipe_source *p)
{
	close(p->fd);
	unlink(p->path);
}
