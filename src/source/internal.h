/* SPDX-License-Identifier: MIT */
/*
 * internal: what the files of this layer share: the source itself, and the two inputs (file, live)
 * behind one table of functions. The capture thread owns everything that is not under the lock.
 */
#ifndef TCPLENS_SOURCE_INTERNAL_H
#define TCPLENS_SOURCE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "source/savefile.h"
#include "source/source.h"

/* ---- replay.c: packet time against the clock on the wall; no locking ---- */
struct replay {
	double speed; /* 0 as fast as possible, < 0 held */
	bool anchored;
	nsec packet_time; /* at … */
	nsec clock;       /* … this moment of the monotonic clock */
};

/* Where the replay stands at `clock`. */
nsec replay_now(const struct replay *r, nsec clock);
/* Begins at the packet time, unless it has begun. */
void replay_begin(struct replay *r, nsec packet_time, nsec clock);
void replay_set_speed(struct replay *r, double speed, nsec packet_time, nsec clock);
/* How long until a packet of that time is due; 0 now, NSEC_NEVER while held. */
nsec replay_delay(const struct replay *r, nsec packet_time, nsec clock);

/* ---- filter.c: capture filters on files, compiled for each link type ---- */
struct offline_filter;
/* Compiles text for the link type too; true when it is known for it already. */
bool offline_filter_prepare(struct offline_filter *of, int linktype, struct err *err);
struct offline_filter *offline_filter_new(const char *text);
void offline_filter_free(struct offline_filter *of);
/* Whether the frame passes; a link type that the filter cannot be for lets nothing pass. */
bool offline_filter_match(struct offline_filter *of, const struct frame *f, struct err *err);
/* What to say when nothing passed; "" nothing. */
void offline_filter_hint(const struct offline_filter *of, char *out, size_t size);
/* Files carry LINKTYPE_ values, libpcap's functions want this system's DLT_. */
int linktype_to_dlt(int linktype);
int dlt_to_linktype(int dlt);
/* "EN10MB"; "unknown" for one without a name. */
const char *linktype_name(int linktype);
/* Its name into the status, and a message where packets of it cannot be understood. */
void linktype_status(int linktype, struct source_status *st);
/* One line for a filter that does not compile. */
bool filter_error(const char *text, const char *why, struct err *err);

/* ---- ring.c: bytes of live packets ---- */
struct ring;
struct ring *ring_new(size_t size);
void ring_free(struct ring *r);
/* Keeps the frame, forgetting the oldest; returns its reference, 0 where it cannot be kept. */
uint64_t ring_add(struct ring *r, const struct frame *f);
/* store_read() of the ring. Any thread. */
bool ring_read(struct ring *r, uint64_t ref, struct frame *f, uint8_t *buf, size_t size);

/* ---- spool.c: bytes of a stream that cannot be read again ---- */
struct spool;
/* In $TMPDIR, without a name; keeps the latest `limit` bytes. */
struct spool *spool_new(uint64_t limit, struct err *err);
void spool_free(struct spool *sp);
void spool_add(void *spool, const uint8_t *bytes, size_t len);
/* All len bytes at the offset, or false. Any thread. */
bool spool_read(struct spool *sp, uint64_t offset, uint8_t *buf, size_t len);
/* What must be said about it, "" nothing. */
void spool_message(struct spool *sp, char *out, size_t size);

/* ---- writer.c beyond source.h ---- */
#define LINKTYPE_OF_FIRST_FRAME (-1)
/* Whether the ending of the name asks for something that this build can write. */
bool pcap_writer_can_name(const char *path, struct err *err);
/* Writes to fd in the format that the path's ending asks for. fd becomes the writer's: closed by
 * pcap_writer_close(), not by pcap_writer_free(). */
struct pcap_writer *pcap_writer_on(int fd, const char *path, int linktype, uint32_t snaplen,
				   struct err *err);
bool pcap_writer_flush(struct pcap_writer *w);
/* The file that it writes, as fstat(2) describes it. */
bool pcap_writer_stat(const struct pcap_writer *w, struct stat *out);
uint64_t pcap_writer_count(const struct pcap_writer *w);
/* Frames that the format cannot hold: pcap has one link type only. */
uint64_t pcap_writer_left_out(const struct pcap_writer *w);
/* "" while all is well. */
const char *pcap_writer_error(const struct pcap_writer *w);
/* Writes the end of the file; nothing may be added. Returns the first failure's errno, or 0. */
int pcap_writer_finish(struct pcap_writer *w);
void pcap_writer_free(struct pcap_writer *w);

/* ---- privs.c beyond source.h ---- */
/* Until privs_suspend() all rights are in force that the program's file has. */
void privs_resume(void);
/* One line for want of permission on an interface. */
void privs_explain(const char *interface, struct err *err);

/* ---- inputs ---- */
enum input_result {
	INPUT_MORE, /* a batch was delivered, there is more */
	INPUT_WAIT, /* nothing to deliver now */
	INPUT_ENDED,
	INPUT_DAMAGED, /* s->err says what */
	INPUT_FAILED,  /* s->err says what */
};

struct input_ops {
	/* With privileges dropped, before the first read. */
	bool (*prepare)(struct source *s, struct err *err);
	/* Delivers what is there, about one batch, through capture_frame(). Never waits. */
	enum input_result (*read)(struct source *s);
	/* To be polled after INPUT_WAIT; -1 nothing. */
	int (*fd)(struct source *s);
	/* Statistics and position into *st; called with the lock held. */
	void (*status)(struct source *s, struct source_status *st);
	/* NULL: it has none. */
	bool (*set_filter)(struct source *s, const char *filter, struct err *err);
	void (*close)(struct source *s);
};

struct file_input {
	struct stream stream;
	struct savefile savefile;
	struct frame pending; /* read, not yet due */
	bool has_pending;
	struct offline_filter *filter;
	struct spool *spool;
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

	/* the capture thread's own */
	struct packet batch[ENGINE_BATCH];
	struct packet *next; /* of the batch: what the next packet goes to */
	uint64_t counts[DECODE_RESULT_COUNT];
	bool counted;
	bool fragmented; /* fragments came */
	uint64_t fragments_lost;
	uint64_t packets;
	nsec latest;    /* packet time, never goes back */
	nsec next_tick; /* packet time */
	nsec due;    /* after INPUT_WAIT: read again then, monotonic; NSEC_NEVER when told by fd */
	nsec woke;   /* when wake_fd was last written, monotonic */
	bool untold; /* packets came since */
	struct err err;

	pthread_t thread;
	bool started;
	atomic_bool stopping;
	int control_fd; /* written: stop, another speed, another filter */
	int wake_fd;

	pthread_mutex_t lock; /* what follows */
	struct source_status status;
	struct replay replay;
	nsec last_ts;
	nsec arrived; /* monotonic: when last_ts was set */
	struct {      /* source_set_filter() waits for the capture thread */
		const char *text;
		bool pending, done, ok;
		struct err err;
	} new_filter;
	pthread_cond_t filter_done;
};

/* ---- source.c beyond source.h ---- */
/* Whether the file is the one that packets come from, or that -w fills. */
bool source_reads(const struct source *s, const struct stat *info);
bool source_writes(const struct source *s, const struct stat *info);

/* ---- capture.c ---- */
void capture_frame(struct source *s, const struct frame *f);
bool capture_complete(const struct source *s); /* -c */
void capture_run(struct source *s);
nsec clock_monotonic(void);
nsec clock_wall(void);
/* source_now() with the lock held. */
nsec capture_now(const struct source *s);

/* ---- filesrc.c, pcapsrc.c ---- */
bool file_open(struct source *s, struct err *err);
bool live_open(struct source *s, struct err *err, bool *denied);

#endif
