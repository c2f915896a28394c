/* SPDX-License-Identifier: MIT */
/*
 * snaplen: every golden capture, with packets cut at every length from 0 to 128 bytes, through the
 * decoder and the engine. Of a cut packet less may be known, but nothing else: whatever is still
 * decoded as TCP has the same endpoints, numbers and length on the wire as in the complete capture,
 * and the engine counts exactly what it was given. Not covered: damaged files (tests of the
 * source).
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/engine.h"

#define CUT_MAX	    128
#define FILE_HEADER 24
#define RECORD	    16

struct capture {
	uint8_t *bytes;
	size_t len;
	int linktype;
	size_t n;
	struct frame *frames;
};

/* What is known of a segment without its options. */
struct core_of_packet {
	bool tcp;
	uint16_t sport, dport, flags;
	seqno seq, ack;
	uint32_t payload_len;
};

static uint32_t
u32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v)); /* recorded on a little-endian machine, see load() */
	return v;
}

static bool
read_file(const char *path, struct capture *c)
{
	FILE *f = fopen(path, "rb");

	if (!f)
		return false;
	fseek(f, 0, SEEK_END);
	c->len = (size_t)ftell(f);
	rewind(f);
	c->bytes = xmalloc(c->len + 1);
	const bool ok = fread(c->bytes, 1, c->len, f) == c->len;

	fclose(f);
	return ok;
}

/* The frames of a classic capture file in this machine's byte order. */
static bool
load(const char *path, struct capture *c)
{
	*c = (struct capture){0};
	if (!read_file(path, c) || c->len < FILE_HEADER)
		return false;
	const bool nano = u32(c->bytes) == 0xa1b23c4d;

	if (!nano && u32(c->bytes) != 0xa1b2c3d4)
		return false;
	c->linktype = (int)u32(c->bytes + 20);
	c->frames = xcalloc(c->len / RECORD + 1, sizeof(*c->frames));
	for (size_t at = FILE_HEADER; at + RECORD <= c->len;) {
		const uint8_t *r = c->bytes + at;
		const uint32_t cap = u32(r + 8);

		if (cap > c->len - at - RECORD)
			return false;
		c->frames[c->n] = (struct frame){
			.ts = u32(r) * NSEC_PER_SEC + u32(r + 4) * (nano ? 1 : NSEC_PER_US),
			.number = c->n + 1,
			.data = r + RECORD,
			.cap_len = cap,
			.wire_len = u32(r + 12),
			.linktype = c->linktype,
		};
		c->n++;
		at += RECORD + cap;
	}
	return true;
}

static void
unload(struct capture *c)
{
	free(c->bytes);
	free(c->frames);
}

/* Decodes and ingests the capture cut at `cut`; fills what is known of each frame. */
static struct totals
run(const struct capture *c, uint32_t cut, struct core_of_packet *out)
{
	const struct engine_config ec = {
		.max_connections = 1024, .memory = 4 << 20, .history = true};
	struct engine *e = engine_new(&ec, NULL);
	struct decoder *d = decoder_new();
	uint64_t counts[DECODE_RESULT_COUNT] = {0};
	struct totals t;

	for (size_t i = 0; i < c->n; i++) {
		struct frame f = c->frames[i];
		struct packet p;

		if (f.cap_len > cut)
			f.cap_len = cut;
		/* A copy of exactly this length, so that a sanitizer sees a read past the end. */
		uint8_t *exact = xmalloc(f.cap_len + (f.cap_len == 0));

		memcpy(exact, f.data, f.cap_len);
		f.data = exact;
		const enum decode_result r = decode_frame(d, &f, &p);

		out[i] = (struct core_of_packet){0};
		if (r == DECODE_TCP)
			out[i] = (struct core_of_packet){true,	p.sport, p.dport,	p.flags,
							 p.seq, p.ack,	 p.payload_len};
		if (r == DECODE_TCP || r == DECODE_ICMP)
			engine_ingest(e, &p, 1);
		else
			counts[r]++;
		free(exact);
	}
	engine_count(e, counts);
	engine_finish(e);
	engine_totals(e, &t);
	engine_free(e);
	decoder_free(d);
	return t;
}

static bool
same(const struct core_of_packet *a, const struct core_of_packet *b)
{
	return a->sport == b->sport && a->dport == b->dport && a->flags == b->flags &&
	       a->seq == b->seq && a->ack == b->ack && a->payload_len == b->payload_len;
}

/* Prints what is wrong with one cut; returns how many lines. */
static int
check_cut(const struct capture *c, uint32_t cut, const struct core_of_packet *whole,
	  struct core_of_packet *part)
{
	const struct totals t = run(c, cut, part);
	uint64_t tcp = 0;
	int wrong = 0;

	for (size_t i = 0; i < c->n; i++) {
		tcp += part[i].tcp;
		if (!part[i].tcp || (whole[i].tcp && same(&part[i], &whole[i])))
			continue;
		printf("# cut at %u: frame %zu is another segment than the whole one\n", cut,
		       i + 1);
		wrong++;
	}
	if (t.packets == c->n && t.segments + t.capture_duplicates >= tcp && t.segments <= tcp)
		return wrong;
	printf("# cut at %u: %zu frames, %llu TCP; counted %llu, %llu and %llu duplicates\n", cut,
	       c->n, (unsigned long long)tcp, (unsigned long long)t.packets,
	       (unsigned long long)t.segments, (unsigned long long)t.capture_duplicates);
	return wrong + 1;
}

static void
check_file(const char *dir, const char *name, int number)
{
	char *path = xasprintf("%s/%s", dir, name);
	struct capture c;
	int wrong = 0;

	if (!load(path, &c)) {
		printf("not ok %d - %s cannot be read\n", number, name);
	} else {
		struct core_of_packet *whole = xcalloc(c.n + 1, sizeof(*whole));
		struct core_of_packet *part = xcalloc(c.n + 1, sizeof(*part));

		run(&c, UINT32_MAX, whole);
		for (uint32_t cut = 0; cut <= CUT_MAX; cut++)
			wrong += check_cut(&c, cut, whole, part);
		printf("%s %d - %s\n", wrong == 0 ? "ok" : "not ok", number, name);
		free(whole);
		free(part);
	}
	unload(&c);
	free(path);
}

static int
is_capture(const struct dirent *d)
{
	const size_t n = strlen(d->d_name);

	return n > 5 && strcmp(d->d_name + n - 5, ".pcap") == 0;
}

int
main(void)
{
	const char *srcdir = getenv("srcdir");
	char *dir = xasprintf("%s/tests/golden", srcdir ? srcdir : ".");
	struct dirent **names;
	const int n = scandir(dir, &names, is_capture, alphasort);

	printf("1..%d\n", n > 0 ? n : 1);
	if (n <= 0)
		printf("not ok 1 - no captures in %s\n", dir);
	for (int i = 0; i < n; i++) {
		check_file(dir, names[i]->d_name, i + 1);
		free(names[i]);
	}
	if (n > 0)
		free(names);
	free(dir);
	return 0;
}
