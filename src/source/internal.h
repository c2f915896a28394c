/* SPDX-License-Identifier: MIT */
/*
 * internal: the source itself, and its two inputs (file, live) behind one table of functions.
 * Private to this layer. The capture thread owns everything that is not under the lock.
 */
#ifndef TCPLENS_SOURCE_INTERNAL_H
#define TCPLENS_SOURCE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "source/replay.h"
#include "source/savefile.h"
#include "source/source.h"

/* ---- inputs ---- */
enum input_result {
	INPUT_MORE, /* there may be more to read at once */
	INPUT_WAIT, /* nothing to deliver now: wait for fd or until s->due */
	INPUT_ENDED,
	INPUT_DAMAGED, /* s->err has the reason */
	INPUT_FAILED,  /* s->err has the reason */
};

struct input_ops {
	/* Called once, with privileges dropped, before the first read. false and err: failed. */
	bool (*prepare)(struct source *s, struct err *err);
	/* Delivers about one batch of frames through capture_frame(). Never blocks. */
	enum input_result (*read)(struct source *s);
	/* The descriptor to be polled after INPUT_WAIT; -1: none. */
	int (*fd)(struct source *s);
	/* Stores statistics and position in *st; called with the lock held. */
	void (*status)(struct source *s, struct source_status *st);
	/* Called after the last read; NULL: nothing to be done. */
	void (*release)(struct source *s);
	/* NULL: the filter cannot be changed. */
	bool (*set_filter)(struct source *s, const char *filter, struct err *err);
	void (*close)(struct source *s);
};

struct file_input {
	struct stream stream;
	struct savefile savefile;
	struct frame pending; /* read, not yet due */
	bool has_pending;
	struct capture_filter *filter;
	struct spool *spool;   /* the bytes of a stream that cannot be read again; or NULL */
	struct reread *reread; /* hashes of a file that can; or NULL */
	bool pipe;
};

struct live_input;

/* Identifies a regular file; inode 0: none. */
struct file_id {
	dev_t device;
	ino_t inode;
};

struct source {
	struct source_config cfg;
	const struct input_ops *ops;
	struct file_input file;
	struct live_input *live;
	struct ring *ring;
	struct pcap_writer *writer;
	struct file_id reads, writes; /* set before the source runs */
	struct engine *engine;
	struct decoder *decoder;

	/* owned by the capture thread */
	struct packet batch[ENGINE_BATCH];
	struct packet *next; /* the first free element of the batch */
	uint64_t counts[DECODE_RESULT_COUNT];
	bool counted;
	bool fragmented; /* there were IP fragments */
	uint64_t fragments_lost;
	uint64_t packets;
	nsec latest;    /* the latest packet time so far */
	nsec next_tick; /* packet time */
	nsec due;       /* when to read again after INPUT_WAIT, monotonic; NSEC_NEVER: by fd */
	nsec last_wake; /* when wake_fd was last written, monotonic */
	bool wake_pending; /* packets came since */
	struct err err;

	pthread_t thread;
	bool started;
	atomic_bool stopping;
	int control_fd; /* written to make the capture thread look at stopping and new_filter */
	int wake_fd;

	pthread_mutex_t lock; /* protects what follows */
	struct source_status status;
	struct replay replay;
	nsec last_ts;
	nsec arrived; /* monotonic: when last_ts was set */
	struct {      /* request of source_set_filter() to the capture thread */
		const char *text;
		bool pending, done, ok;
		struct err err;
	} new_filter;
	pthread_cond_t filter_done;
};

/* ---- source.c beyond source.h ---- */
/* Whether the file is the one that the source reads, or that -w writes. Any thread. */
bool source_reads(const struct source *s, const struct stat *info);
bool source_writes(const struct source *s, const struct stat *info);

/* ---- capture.c ---- */
void capture_frame(struct source *s, const struct frame *f);
bool capture_complete(const struct source *s); /* whether -c is reached */
void capture_run(struct source *s);
nsec clock_monotonic(void);
nsec clock_wall(void);
/* source_now(), called with the lock held. */
nsec capture_now(const struct source *s);

/* ---- file_input.c, live_input.c ---- */
bool file_open(struct source *s, struct err *err);
/* store_read() for a source that is a file. */
enum store_result file_reread(struct source *s, uint64_t ref, struct frame *f, uint8_t *buf,
			      size_t size);
bool live_open(struct source *s, struct err *err, bool *denied);

#endif
