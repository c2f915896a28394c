/* SPDX-License-Identifier: MIT */
/*
 * capture: the loop that every source runs. Frames are decoded into a batch for the engine and
 * written to the file of -w; the engine is told the time. Runs in one thread; for the others the
 * status is updated under the source's lock, once per batch.
 */
#include "config.h"

#include "source/internal.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/i18n.h"
#include "source/packet_writer.h"

#define TICK       NSEC_PER_SEC
#define WAKE_PAUSE (100 * NSEC_PER_MS) /* between two wakes because of packets */
/* How long after its time a live packet may arrive: the kernel delivers in blocks. */
#define LATENESS (150 * NSEC_PER_MS)

static nsec
clock_read(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * NSEC_PER_SEC + t.tv_nsec;
}

nsec
clock_monotonic(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

nsec
clock_wall(void)
{
	return clock_read(CLOCK_REALTIME);
}

nsec
capture_now(const struct source *s)
{
	if (s->status.live)
		return clock_wall();
	if (s->status.phase != SOURCE_RUNNING) /* nothing is known of later times */
		return s->last_ts;
	if (s->replay.speed != 0)
		return s->replay.anchored ? replay_now(&s->replay, clock_monotonic()) : s->last_ts;
	/* A capture at the other end of the pipe: time passes there while no packet arrives. */
	if (s->status.paced && s->last_ts)
		return s->last_ts + clock_monotonic() - s->arrived;
	return s->last_ts;
}

/* ---- frames ---- */

static void
flush_batch(struct source *s)
{
	if (s->next != s->batch) {
		engine_ingest(s->engine, s->batch, (size_t)(s->next - s->batch));
		s->next = s->batch;
	}
	if (s->counted) {
		engine_count(s->engine, s->counts);
		memset(s->counts, 0, sizeof(s->counts));
		s->counted = false;
	}
}

/* Slow, since it looks at every datagram under reassembly: called at ticks only. */
static void
count_lost_fragments(struct source *s)
{
	if (s->fragmented)
		s->fragments_lost = decoder_fragments_lost(s->decoder);
}

/* Whether connections are reported as soon as they are over. Of a file that is read at once they
 * are reported at its end: what comes later in it may still revise them. */
static bool
reports_early(const struct source *s)
{
	return s->status.live || s->status.paced || s->status.piped;
}

/* Ticks by packet time, so that the result does not depend on how packets are batched. */
static ATTR_NOINLINE void
tick_by_packet(struct source *s, nsec ts)
{
	if (s->next_tick) {
		flush_batch(s);
		if (reports_early(s))
			engine_tick(s->engine, ts);
		count_lost_fragments(s);
	}
	s->next_tick = ts + TICK;
}

void
capture_frame(struct source *s, const struct frame *f)
{
	if (UNLIKELY(f->ts >= s->next_tick))
		tick_by_packet(s, f->ts);
	s->packets++;
	if (f->ts > s->latest)
		s->latest = f->ts;
	if (UNLIKELY(s->writer))
		pcap_writer_add(s->writer, f);
	enum decode_result r = decode_frame(s->decoder, f, s->next);
	if (r != DECODE_TCP && r != DECODE_ICMP) {
		s->counts[r]++;
		s->fragmented |= r == DECODE_FRAGMENT;
		s->counted = true;
	} else if (++s->next == s->batch + ENGINE_BATCH)
		flush_batch(s);
}

bool
capture_complete(const struct source *s)
{
	return s->cfg.max_packets && s->packets >= s->cfg.max_packets;
}

/* ---- status ---- */

static void
wake(struct source *s)
{
	uint64_t one = 1;

	s->last_wake = clock_monotonic();
	s->wake_pending = false;
	if (write(s->wake_fd, &one, sizeof(one)) < 0)
		return; /* the counter is full: it is readable */
}

static void
publish_writer(const struct pcap_writer *w, struct source_status *st)
{
	const char *error = pcap_writer_error(w);

	st->saved = pcap_writer_count(w);
	if (!error[0] || st->write_failed)
		return;
	st->write_failed = true;
	snprintf(st->message, sizeof(st->message), "%s", error);
}

static void
publish(struct source *s)
{
	struct source_status *st = &s->status;

	pthread_mutex_lock(&s->lock);
	if (s->packets != st->packets) {
		s->wake_pending = true;
		st->packets = s->packets;
		s->last_ts = s->latest;
		if (s->file.pipe)
			s->arrived = clock_monotonic();
	}
	s->ops->status(s, st);
	st->fragments_lost = s->fragments_lost;
	memcpy(st->unopened, decoder_unopened(s->decoder), sizeof(st->unopened));
	if (s->writer)
		publish_writer(s->writer, st);
	pthread_mutex_unlock(&s->lock);
	if (s->wake_pending && clock_monotonic() - s->last_wake >= WAKE_PAUSE)
		wake(s);
}

/* Puts a message before the one that will be reported at the end, if any. */
static void
add_message(struct source *s, const char *message)
{
	struct err earlier = s->err;

	if (earlier.msg[0])
		err_set(&s->err, "%s; %s", message, earlier.msg);
	else
		err_set(&s->err, "%s", message);
}

/* Closes the file of -w, before the phase says that the capture is over. Returns whether it is
 * complete. */
static bool
end_writing(struct source *s)
{
	char path[256];
	struct err err;

	if (!s->writer)
		return true;
	const uint64_t left_out = pcap_writer_left_out(s->writer);
	const bool ok = pcap_writer_close(s->writer, &err);
	s->writer = NULL;
	if (!ok) {
		add_message(s, err.msg);
	} else if (left_out) {
		text_escape(path, sizeof(path), s->cfg.write_file, strlen(s->cfg.write_file));
		err_set(&err,
			_("%s: %llu packets of another link type than the first were left out"),
			path, (unsigned long long)left_out);
		add_message(s, err.msg);
	}
	return ok;
}

static void
finish(struct source *s, enum source_phase phase)
{
	count_lost_fragments(s);
	publish(s);
	if (s->ops->release)
		s->ops->release(s);
	const bool written = end_writing(s);
	pthread_mutex_lock(&s->lock);
	s->status.phase = phase;
	s->status.write_failed = !written;
	if (s->err.msg[0])
		snprintf(s->status.message, sizeof(s->status.message), "%s", s->err.msg);
	s->new_filter.pending = false;
	s->new_filter.done = true;
	pthread_cond_broadcast(&s->filter_done);
	pthread_mutex_unlock(&s->lock);
	wake(s);
}

/* ---- waiting ---- */

static void
take_new_filter(struct source *s)
{
	pthread_mutex_lock(&s->lock);
	bool pending = s->new_filter.pending;
	const char *text = s->new_filter.text;
	pthread_mutex_unlock(&s->lock);
	if (!pending)
		return;
	struct err err = {""};
	bool ok = s->ops->set_filter(s, text, &err);
	pthread_mutex_lock(&s->lock);
	s->new_filter.pending = false;
	s->new_filter.done = true;
	s->new_filter.ok = ok;
	s->new_filter.err = err;
	pthread_cond_broadcast(&s->filter_done);
	pthread_mutex_unlock(&s->lock);
}

/* Whether time passes while no packet arrives. Sets *now to the latest time before which no packet
 * is outstanding. */
static bool
time_passes(struct source *s, nsec *now)
{
	pthread_mutex_lock(&s->lock);
	bool passes = s->status.live || s->status.paced;
	*now = capture_now(s) - (s->status.live ? LATENESS : 0);
	pthread_mutex_unlock(&s->lock);
	return passes;
}

static void
tick_by_clock(struct source *s)
{
	nsec now;

	if (!time_passes(s, &now) || now < s->next_tick)
		return;
	engine_tick(s->engine, now);
	count_lost_fragments(s);
	s->next_tick = now + TICK;
}

static struct timespec
poll_time(struct source *s)
{
	nsec now, left = time_passes(s, &now) ? TICK : NSEC_NEVER;

	if (s->due != NSEC_NEVER)
		left = nsec_min(left, nsec_max(0, s->due - clock_monotonic()));
	if (s->wake_pending)
		left = nsec_min(left, nsec_max(0, s->last_wake + WAKE_PAUSE - clock_monotonic()));
	left = nsec_min(left, 3600 * NSEC_PER_SEC);
	return (struct timespec){.tv_sec = left / NSEC_PER_SEC, .tv_nsec = left % NSEC_PER_SEC};
}

static void
wait_for_input(struct source *s)
{
	struct pollfd fds[2] = {
		{.fd = s->control_fd, .events = POLLIN},
		{.fd = s->ops->fd(s), .events = POLLIN},
	};
	struct timespec t = poll_time(s);

	if (s->writer) /* other programs may read the file meanwhile */
		pcap_writer_flush(s->writer);
	ppoll(fds, 2, &t, NULL);
	uint64_t n;
	if ((fds[0].revents & POLLIN) && read(s->control_fd, &n, sizeof(n)) < 0)
		return;
}

/* Of a file the engine knows only what its packets cover. */
static void
tell_liveness(struct source *s)
{
	pthread_mutex_lock(&s->lock);
	bool live = s->status.live;
	pthread_mutex_unlock(&s->lock);
	engine_set_live(s->engine, live);
}

void
capture_run(struct source *s)
{
	static const enum source_phase phases[] = {
		[INPUT_ENDED] = SOURCE_ENDED,
		[INPUT_DAMAGED] = SOURCE_DAMAGED,
		[INPUT_FAILED] = SOURCE_FAILED,
	};
	enum input_result r = INPUT_MORE;

	tell_liveness(s);
	s->next = s->batch;
	while (!atomic_load_explicit(&s->stopping, memory_order_relaxed)) {
		r = s->ops->read(s);
		flush_batch(s);
		publish(s);
		if (r != INPUT_MORE && r != INPUT_WAIT)
			break;
		if (r == INPUT_WAIT)
			wait_for_input(s);
		tick_by_clock(s);
		take_new_filter(s);
	}
	flush_batch(s);
	finish(s, r == INPUT_MORE || r == INPUT_WAIT ? SOURCE_ENDED : phases[r]);
}
