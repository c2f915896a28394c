/* SPDX-License-Identifier: MIT */
/*
 * report_run: runs a source through an engine and writes what the engine reports to its sink. A
 * file is read and reported in the calling thread. While packets arrive over time, the capture
 * thread fills the buffer and the calling thread writes it ten times a second, so that a slow
 * reader costs no packets; the lock protects the buffer.
 */
#include "config.h"

#include "report/report.h"
#include "report/report_private.h"

#include "base/i18n.h"
#include "model/model.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define FLUSH_BYTES   (64 * 1024)        /* written as soon as more is waiting */
#define PENDING_BYTES (64 * 1024 * 1024) /* the capture waits for a reader that is further behind  \
					  */
#define LIVE_PERIOD_MS 100
/* The history is only used to revise recent segments. */
#define HISTORY_MEMORY ((size_t)64 << 20)
#define SERVERS_MAX    65536
#define HELD_MAX       (1000 * 1000)      /* lines; from a file */
#define HOLD_MAX       (2 * NSEC_PER_SEC) /* live */

struct report {
	const struct report_config *cfg;
	const struct report_lines *lines;
	struct source *source;
	struct report_queue queue;
	struct report_sort sort;
	struct server_table *servers; /* of --summary, else NULL */
	struct output out;            /* to be written */
	struct output line;           /* one line before it is queued */
	pthread_mutex_t lock;         /* only where `shared` */
	pthread_cond_t taken;         /* signalled when out was taken to be written */
	bool live;
	bool shared;     /* the capture has a thread of its own */
	bool threaded;   /* the capture thread runs: a full buffer is written by the other thread */
	bool ordered;    /* lines go through the queue, because segments are among them */
	bool closed;     /* the reader is gone or writing failed: nothing more is written */
	int write_errno; /* 0: no error */
	nsec now;        /* time of the engine at the end, else 0 */
	uint64_t verdicts_seen; /* bit per enum verdict_code */
};

/* With a single thread the lock is not taken: it would be a good part of the cost of a line. */
static void
lock(struct report *r)
{
	if (r->shared)
		pthread_mutex_lock(&r->lock);
}

static void
unlock(struct report *r)
{
	if (r->shared)
		pthread_mutex_unlock(&r->lock);
}

/* Writes nothing more after the first error. A reader that left (EPIPE) is not reported as one. */
static void
write_all(struct report *r, const struct output *out)
{
	if (r->closed)
		return;
	const int error = write_out(r->cfg->fd, out->buf, out->len, r->cfg->interrupted);

	if (error == 0)
		return;
	r->closed = true;
	r->write_errno = error == EPIPE ? 0 : error;
	source_stop(r->source);
}

static void
flush(struct report *r)
{
	write_all(r, &r->out);
	r->out.len = 0;
}

static void
flush_when_full(struct report *r)
{
	while (r->threaded && r->out.len >= PENDING_BYTES)
		pthread_cond_wait(&r->taken, &r->lock);
	if (!r->threaded && r->out.len >= FLUSH_BYTES)
		flush(r);
}

/* ---- lines released by the queue ---- */

static void
emit_segment(void *ctx, const struct segment *s)
{
	struct report *r = ctx;

	r->lines->segment(&r->out, s);
	flush_when_full(r);
}

static void
emit_text(void *ctx, const char *text, size_t len)
{
	struct report *r = ctx;

	output_raw(&r->out, text, len);
	flush_when_full(r);
}

/* ---- the engine's sink ---- */

static void
on_segment(void *ctx, const struct segment *s)
{
	struct report *r = ctx;

	lock(r);
	report_queue_segment(&r->queue, s);
	unlock(r);
}

static void
on_amend(void *ctx, const struct segment *s)
{
	struct report *r = ctx;

	lock(r);
	report_queue_amend(&r->queue, s);
	unlock(r);
}

/* Takes the lock and returns where to format a line; line_end() follows. */
static struct output *
line_begin(struct report *r)
{
	lock(r);
	return r->ordered ? &r->line : &r->out;
}

/* Queues or keeps the line and releases the lock. */
static void
line_end(struct report *r)
{
	if (r->ordered) {
		report_queue_text(&r->queue, r->line.buf, r->line.len);
		r->line.len = 0;
	}
	flush_when_full(r);
	unlock(r);
}

static void
on_timer(void *ctx, const struct timer_event *e)
{
	struct report *r = ctx;

	r->lines->timer(line_begin(r), e);
	line_end(r);
}

static void
on_icmp(void *ctx, const struct icmp_record *e)
{
	struct report *r = ctx;

	r->lines->icmp(line_begin(r), e);
	line_end(r);
}

/* Keeps the lines of a connection to be sorted. When they exceed the memory limit, what has come so
 * far is sorted and written. */
static void
sort_connection(struct report *r, const struct conn_detail *d, const struct row_context *row)
{
	lock(r);
	r->lines->connection(&r->line, r->cfg, d, row->now);
	report_sort_add(&r->sort, row, r->line.buf, r->line.len);
	r->line.len = 0;
	if (report_sort_size(&r->sort) >= r->cfg->memory)
		report_sort_emit(&r->sort, emit_text, r);
	unlock(r);
}

static void
on_connection(void *ctx, const struct conn_detail *d)
{
	struct report *r = ctx;
	const nsec now = nsec_max(r->now, nsec_max(d->f.last, d->f.ended));
	const struct row_context row = {.facts = &d->f, .now = now};

	if (!filter_match(r->cfg->filter, &row))
		return;
	for (int i = 0; i < d->n_verdicts; i++)
		r->verdicts_seen |= UINT64_C(1) << d->verdicts[i].code;
	if (r->servers) {
		lock(r);
		server_table_add(r->servers, &d->f);
		unlock(r);
		return;
	}
	if (r->cfg->sort.column) {
		sort_connection(r, d, &row);
		return;
	}
	r->lines->connection(line_begin(r), r->cfg, d, now);
	line_end(r);
}

/* ---- running ---- */

static struct engine *
make_engine(struct report *r, struct err *err)
{
	const struct engine_sink sink = {
		.ctx = r,
		.segment = r->cfg->segments ? on_segment : NULL,
		.amend = r->cfg->segments ? on_amend : NULL,
		.timer = r->cfg->timers ? on_timer : NULL,
		.icmp = r->cfg->segments ? on_icmp : NULL,
		.connection = on_connection,
	};
	struct engine_config ec = {
		.max_connections = r->cfg->max_connections,
		.memory = r->cfg->memory,
		.history_memory = HISTORY_MEMORY,
		.sink = &sink,
	};

	if (getrandom(&ec.seed, sizeof(ec.seed), 0) != (ssize_t)sizeof(ec.seed)) {
		err_set(err, _("no random numbers from the system: %s"), strerror(errno));
		return NULL;
	}
	if (r->cfg->summary)
		r->servers = server_table_new(SERVERS_MAX, ec.seed);
	return engine_new(&ec, err);
}

/* Writes what is ready while the capture thread fills a new buffer. */
static void
write_ready(struct report *r)
{
	lock(r);
	report_queue_advance(&r->queue, source_now(r->source));
	struct output ready = r->out;

	r->out = (struct output){0};
	pthread_cond_signal(&r->taken);
	unlock(r);
	write_all(r, &ready);
	output_free(&ready);
}

static void
write_while_capturing(struct report *r)
{
	struct pollfd p = {.fd = source_wake_fd(r->source), .events = POLLIN};
	struct source_status st;
	uint64_t drained;

	do {
		if (poll(&p, 1, LIVE_PERIOD_MS) > 0 && read(p.fd, &drained, sizeof(drained)) < 0 &&
		    errno != EAGAIN)
			break;
		write_ready(r);
		source_status(r->source, &st);
	} while (st.phase == SOURCE_RUNNING);
	lock(r);
	r->threaded = false;
	pthread_cond_signal(&r->taken);
	unlock(r);
}

/* Whether packets arrive over time, so that lines must be written before the input ends. */
static bool
is_streaming(const struct report *r)
{
	struct source_status st;

	source_status(r->source, &st);
	return st.live || st.paced || st.piped;
}

static bool
run(struct report *r, struct engine *e, struct err *err)
{
	if (!is_streaming(r))
		return source_run(r->source, e, err);
	r->shared = r->threaded = true;
	if (!source_start(r->source, e, err)) {
		r->threaded = false;
		return false;
	}
	write_while_capturing(r);
	return true;
}

static void
finish(struct report *r, struct engine *e)
{
	struct source_status st;
	struct totals t;

	engine_totals(e, &t);
	r->now = t.now;
	engine_finish(e);
	engine_totals(e, &t); /* before lock(): the engine takes its own lock first */
	source_status(r->source, &st);
	lock(r);
	report_queue_finish(&r->queue);
	report_sort_emit(&r->sort, emit_text, r);
	if (r->servers)
		report_servers(&r->out, r->servers);
	r->lines->summary(&r->out, &t, &st);
	flush(r);
	unlock(r);
}

static enum report_exit
status_of(const struct report *r, bool ran, const struct err *err)
{
	struct source_status st;

	source_status(r->source, &st);
	if (!ran)
		err_print("%s", err->msg);
	else if (st.message[0] != '\0')
		err_print("%s", st.message);
	if (r->write_errno != 0)
		err_print(_("cannot write the report: %s"), strerror(r->write_errno));
	if (!ran || st.phase == SOURCE_FAILED || st.write_failed || r->write_errno != 0)
		return REPORT_ERROR;
	return r->verdicts_seen & r->cfg->fail_on ? REPORT_FAIL_ON : REPORT_OK;
}

static void
begin(struct report *r)
{
	struct source_status st;

	source_status(r->source, &st);
	r->live = st.live;
	r->queue = (struct report_queue){
		.max_items = HELD_MAX,
		.max_hold = r->live ? HOLD_MAX : 0,
		.ctx = r,
		.emit_segment = emit_segment,
		.emit_text = emit_text,
	};
	r->lines->capture(&r->out, r->cfg, &st);
}

enum report_exit
report_run(const struct report_config *cfg, struct source *s)
{
	struct report r = {
		.cfg = cfg,
		.lines = cfg->format == REPORT_JSON ? &report_json : &report_table,
		.source = s,
		.sort = {.order = cfg->sort},
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.taken = PTHREAD_COND_INITIALIZER,
		.ordered = cfg->segments,
	};
	struct err err = {""};
	struct engine *e = make_engine(&r, &err);

	if (!e) {
		err_print("%s", err.msg);
		return REPORT_ERROR;
	}
	signal(SIGPIPE, SIG_IGN);
	begin(&r);
	const bool ran = run(&r, e, &err);

	finish(&r, e);
	engine_free(e);
	output_free(&r.out);
	output_free(&r.line);
	report_sort_free(&r.sort);
	server_table_free(r.servers);
	return status_of(&r, ran, &err);
}

/* ---- --fail-on ---- */

static bool
unknown_verdict(const char *word, struct err *err)
{
	char known[480], shown[64];
	struct text t = text_on(known, sizeof(known));

	for (int v = 0; v < VERDICT_COUNT; v++)
		if (verdict_has_rule((enum verdict_code)v))
			text_add(&t, "%s%s", v > 0 ? " " : "", verdict_name((enum verdict_code)v));
	return err_set(err, _("--fail-on: \"%s\" is not one of: %s"),
		       text_escape(shown, sizeof(shown), word, strlen(word)), known);
}

bool
report_parse_fail_on(const char *list, uint64_t *out, struct err *err)
{
	*out = 0;
	while (*list != '\0') {
		const size_t n = strcspn(list, ",");
		char word[64];
		enum verdict_code v;

		snprintf(word, sizeof(word), "%.*s", (int)(n < sizeof(word) ? n : sizeof(word)),
			 list);
		if (n > 0 && !verdict_by_name(word, &v))
			return unknown_verdict(word, err);
		if (n > 0)
			*out |= UINT64_C(1) << v;
		list += n + (list[n] == ',');
	}
	if (*out == 0)
		return unknown_verdict("", err);
	return true;
}
