/* SPDX-License-Identifier: MIT */
/*
 * source: where packets come from, and where their bytes are kept. Opens live interfaces with
 * libpcap and capture files with its own reader, and runs the capture thread, which decodes packets
 * and passes them to the engine. Only this layer knows libpcap.
 */
#ifndef TCPLENS_SOURCE_H
#define TCPLENS_SOURCE_H

#include "core/engine.h"

/* What to capture, from the command line. Strings are borrowed. */
struct source_config {
	const char *interface; /* live: NULL = "any" */
	const char *read_file; /* -r: path, "-" standard input; NULL live */
	const void *memory;    /* a capture in memory (the demo) with memory_len bytes, or NULL */
	size_t memory_len;
	const char *memory_name; /* shown as the source's name */
	const char *write_file;  /* -w or NULL */
	bool overwrite;          /* write_file may be a regular file that exists */
	const char *filter;      /* pcap-filter(7) or NULL */
	const char *linktype;    /* -y or NULL */
	uint32_t snaplen;        /* 0 = 262144 */
	uint32_t buffer_kib;     /* kernel buffer; 0 = 32 MiB */
	bool no_promisc;         /* -p */
	char direction;          /* -Q: 'i' in, 'o' out, 0 both */
	uint64_t max_packets;    /* -c; 0 = no limit */
	double speed;            /* file: 0 = as fast as possible, 1 = its own pace */
	bool keep_bytes;         /* for store_read(), which screens need; without it, preparing
				  * waits for the first packet of a pipe, to know the link type */
	const char *spool_dir;   /* for packets of a pipe or a compressed file; NULL = $TMPDIR */
	size_t store_memory;     /* bytes of the live ring; 0 = 64 MiB */
	const char *user;        /* -Z or NULL */
};

enum source_phase {
	SOURCE_RUNNING,
	SOURCE_ENDED,   /* end of file, -c reached, or stopped */
	SOURCE_DAMAGED, /* the file is, where message says; everything before was delivered */
	SOURCE_FAILED,  /* such as an interface that disappeared: message */
};

struct source_status {
	enum source_phase phase;
	bool live;      /* an interface, not a file */
	bool paced;     /* source_now() moves between packets: a replay at `speed`, or, at speed 0,
			 * a pipe with a screen */
	bool piped;     /* a pipe: packets come at any time */
	char name[256]; /* "eth0", "x.pcap", escaped */
	char message[512];    /* one line, "" none */
	const char *linktype; /* name: "EN10MB" */
	uint32_t snaplen;
	uint64_t packets; /* delivered */
	bool drops_known; /* false, and counts of 0: a file without statistics */
	uint64_t kernel_drops, interface_drops;
	uint64_t fragments_lost; /* of datagrams that were never completed */
	uint64_t unopened[ENCAP_COUNT]; /* packets of encapsulations that are not opened */
	uint64_t saved;    /* written by -w */
	bool write_failed; /* the file of -w is incomplete: message */
	int progress;      /* file: 0…1000 per mille; -1: unknown (pipe, live) */
	double speed;
};

struct source;

/* ---- privileges, in this order: privs_suspend, source_open, privs_drop, source_prepare ---- */

/* Suspends the privileges that the program's file has and its caller lacks (set-user-ID bit,
 * capabilities), except while an interface is opened. Call first, in the only thread. */
void privs_suspend(void);
/* Opens the interface with all privileges, or the file with the caller's; reads and parses nothing.
 * NULL and err: one line (missing permission: with the exact setcap command). *denied, unless NULL:
 * permission to capture is missing. */
struct source *source_open(const struct source_config *cfg, struct err *err, bool *denied);
/* Drops all privileges for good. The process gets the named user (-Z), else that of SUDO_UID, else
 * keeps its own, without any capability. Call once, in the only thread, even if no source was
 * opened. */
bool privs_drop(const char *user, struct err *err);
/* The capture filter to be used, instead of that in the config; borrowed until source_close(). */
void source_choose_filter(struct source *s, const char *filter);
/* Compiles the capture filter, reads a file up to its first packet, creates the file of -w. Call
 * once, before the source runs; false and err: the source can only be closed. */
bool source_prepare(struct source *s, struct err *err);

/* Run in the calling thread until the end (reports), or in a new capture thread (screens). The
 * engine must outlive the source. Neither calls engine_finish(): the engine's owner does, when the
 * phase is no longer SOURCE_RUNNING. source_run() returns false and sets err if the phase is
 * SOURCE_FAILED; a damaged file is not a failure (SOURCE_DAMAGED, message). */
bool source_run(struct source *s, struct engine *e, struct err *err);
bool source_start(struct source *s, struct engine *e, struct err *err);
/* Asks the capture to end, and returns at once. Async-signal-safe. */
void source_stop(struct source *s);
/* Stops the capture thread and waits for its end. Then the file of -w is complete, or the status
 * has write_failed. */
void source_end(struct source *s);
/* The same, and frees everything. NULL is allowed. */
void source_close(struct source *s);

/* Copies the status. Any thread. */
void source_status(struct source *s, struct source_status *out);
/* The current time of the capture: live the wall clock, paced the time that the replay has reached,
 * else the time of the last packet; with a pipe and a screen it moves on between packets. After the
 * end it stands still. */
nsec source_now(struct source *s);
/* A descriptor for poll(): readable when the phase has changed or packets have arrived, at most ten
 * times a second. Read eight bytes to reset it. */
int source_wake_fd(struct source *s);
/* Changes the capture filter of a running live capture. false and err: the old one stays. */
bool source_set_filter(struct source *s, const char *filter, struct err *err);

/* ---- packet store: bytes of packets by struct frame.ref ---- */
enum store_result {
	STORE_OK,
	STORE_NOT_KEPT,     /* overwritten by newer packets, or never kept */
	STORE_FILE_CHANGED, /* the file has other bytes there than when it was read */
	STORE_FILE_CUT,     /* the file is shorter than when it was read */
};

/* Copies a packet. buf receives at most size bytes; f->data = buf, f->cap_len = bytes copied. Never
 * copies other bytes than those that were captured or read. Any thread. */
enum store_result store_read(struct source *s, uint64_t ref, struct frame *f, uint8_t *buf,
			     size_t size);
/* A sentence for the user, translated; "" for STORE_OK. */
const char *store_explain(enum store_result r);

/* ---- writing capture files ---- */
struct pcap_writer;
/* Creates path, or with `overwrite` empties the regular file of that name; does not follow a
 * symbolic link in its last component. NULL and err: one line. *exists, unless NULL: the path
 * exists and `overwrite` was not given. */
struct pcap_writer *pcap_writer_open(const char *path, int linktype, uint32_t snaplen,
				     bool overwrite, bool *exists, struct err *err);
bool pcap_writer_add(struct pcap_writer *w, const struct frame *f);
/* Flushes and frees w; false and err: not all packets are in the file. */
bool pcap_writer_close(struct pcap_writer *w, struct err *err);

/* ---- saving kept packets: a complete file under its name, or none ---- */
/* What exists under the name of a file to be saved. */
struct save_target {
	bool exists; /* would be replaced: ask first */
	/* A symbolic link's target, escaped; else "". The link is replaced, not its target. */
	char link[512];
};
/* Whether packets can be saved under that name. false and err: the source reads or writes that
 * file, it is not a regular file, its directory cannot be opened, or this build lacks the
 * compression that its ending stands for. */
bool save_check(const struct source *s, const char *path, struct save_target *out,
		struct err *err);

struct packet_saver;
/* Checks the name again and begins a temporary file in its directory. replace: the name may exist.
 * Its ending selects the format: .pcapng, else pcap; .gz and .zst compress. */
struct packet_saver *packet_saver_new(const struct source *s, const char *path, bool replace,
				      struct err *err);
/* false: writing failed; packet_saver_finish() returns the reason. */
bool packet_saver_add(struct packet_saver *w, const struct frame *f);
uint64_t packet_saver_count(const struct packet_saver *w);
/* The number of packets that the format could not hold: pcap has one link type. */
uint64_t packet_saver_left_out(const struct packet_saver *w);
/* Gives the complete file its name and frees w. false and err: nothing has changed on the disk. */
bool packet_saver_finish(struct packet_saver *w, struct err *err);
/* Frees w and removes the temporary file. NULL is allowed. */
void packet_saver_discard(struct packet_saver *w);

/* ---- interfaces ---- */
struct interface_info {
	char name[64];
	char description[128];
	char addresses[256]; /* ", "-separated */
	bool up, running, loopback, wireless;
	uint64_t packets, bytes; /* received + sent, counted by the system; 0: unknown */
};
/* Lists at most max; returns how many, -1 and err on failure. */
int interfaces_list(struct interface_info *out, int max, struct err *err);

#endif
