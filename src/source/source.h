/* SPDX-License-Identifier: MIT */
/*
 * source: where packets come from and where their bytes are kept. Opens live interfaces through
 * libpcap and capture files through its own reader, runs the capture thread, which decodes and
 * feeds the engine. Only this layer knows libpcap.
 */
#ifndef TCPLENS_SOURCE_H
#define TCPLENS_SOURCE_H

#include "core/engine.h"

/* What is to be captured; filled from the command line. Strings are borrowed. */
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
	bool keep_bytes;         /* packet store wanted (a screen is there); without, opening waits
				  * for a pipe's first packet, to know the link type */
	const char *spool_dir;   /* for packets of a pipe or a compressed file; NULL = $TMPDIR */
	size_t store_memory;     /* bytes of the live ring; 0 = 64 MiB */
	const char *user;        /* -Z or NULL */
};

enum source_phase {
	SOURCE_RUNNING,
	SOURCE_ENDED,   /* end of file, -c reached, or stopped */
	SOURCE_DAMAGED, /* file ended early: message says where; what came before was shown */
	SOURCE_FAILED,  /* the interface went away …: message */
};

struct source_status {
	enum source_phase phase;
	bool live;      /* an interface, not a file */
	bool paced;     /* now moves between packets: a replay at `speed`, or, at
			 * speed 0, a pipe behind a screen */
	bool piped;     /* bytes come when somebody sends them */
	char name[256]; /* "eth0", "x.pcap", escaped */
	char message[512];    /* one line, "" none */
	const char *linktype; /* name: "EN10MB" */
	uint32_t snaplen;
	uint64_t packets; /* delivered */
	bool drops_known; /* a file seldom says what its capture dropped: the counts are then 0 */
	uint64_t kernel_drops, interface_drops;
	uint64_t fragments_lost; /* of datagrams that never became whole */
	uint64_t unopened[ENCAP_COUNT]; /* packets of encapsulations that are not opened */
	uint64_t saved;    /* written by -w */
	bool write_failed; /* the file of -w is not complete: message */
	int progress;   /* file: 0…1000 per mille, -1 unknown (pipe, live) */
	double speed;
};

struct source;

/* ---- privileges, in this order: privs_suspend, source_open, privs_drop, source_prepare ---- */

/* Suspends the rights that the program's file has and its caller lacks (set-user-ID bit,
 * capabilities), except while an interface is opened. Call first, in the only thread. */
void privs_suspend(void);
/* Opens the interface with all rights, or the file with the caller's; reads and parses nothing.
 * NULL and err with one clear line (permission: the exact setcap command). *denied, where not NULL,
 * says that permission to capture is lacking. */
struct source *source_open(const struct source_config *cfg, struct err *err, bool *denied);
/* Drops all privileges for good: becomes the user (-Z), else the one of SUDO_UID, else stays the
 * same without any capability. Call once, in the only thread, even if no source was opened. */
bool privs_drop(const char *user, struct err *err);
/* Compiles the capture filter, reads a file up to its first packet, creates the file of -w. Call
 * once, before the source runs; false and err: the source can only be closed. */
bool source_prepare(struct source *s, struct err *err);

/* Runs in the calling thread until the end (reports), or starts the capture thread (screens).
 * The engine must outlive the source. Neither calls engine_finish(): whoever made the engine does,
 * when the source's phase is no longer SOURCE_RUNNING. source_run gives false and err where the
 * phase is SOURCE_FAILED; a damaged file is not a failure (SOURCE_DAMAGED, message). */
bool source_run(struct source *s, struct engine *e, struct err *err);
bool source_start(struct source *s, struct engine *e, struct err *err);
/* Asks the thread to end (async-signal-safe), … */
void source_stop(struct source *s);
/* … and waits for its end. Then the file of -w is complete, or the status has write_failed. */
void source_end(struct source *s);
/* The same, and frees everything. */
void source_close(struct source *s);

/* A copy of the counters, the phase and the message. Any thread. */
void source_status(struct source *s, struct source_status *out);
/* Now, in the capture's own time: wall clock live, replay clock when paced, else the last packet;
 * behind a pipe with a screen it goes on between packets. At the end of a file it stands. */
nsec source_now(struct source *s);
/* Readable when the phase changed or packets came (told within 100 ms, at most ten times a second):
 * for poll(). Read it empty. */
int source_wake_fd(struct source *s);
/* Live: another capture filter while running. false and err: the old one stays. */
bool source_set_filter(struct source *s, const char *filter, struct err *err);

/* ---- packet store: bytes of packets by struct frame.ref ---- */
enum store_result {
	STORE_OK,
	STORE_NOT_KEPT,     /* overwritten by newer packets, or never kept */
	STORE_FILE_CHANGED, /* the file has other bytes there than when it was read */
	STORE_FILE_CUT,     /* the file is shorter than when it was read */
};

/* Copies a packet. buf receives at most size bytes; f->data = buf, f->cap_len = bytes copied. What
 * is copied is what was captured or read: never bytes that were put in its place. Any thread. */
enum store_result store_read(struct source *s, uint64_t ref, struct frame *f, uint8_t *buf,
			     size_t size);
/* A sentence for the user, translated; "" for STORE_OK. */
const char *store_explain(enum store_result r);

/* ---- writing capture files ---- */
struct pcap_writer;
/* Creates path, or with `overwrite` empties the regular file of that name; follows no symbolic link
 * in its last component. NULL and err: one line; *exists, where not NULL, says that there is a file
 * of that name and `overwrite` was not given. */
struct pcap_writer *pcap_writer_open(const char *path, int linktype, uint32_t snaplen,
				     bool overwrite, bool *exists, struct err *err);
bool pcap_writer_add(struct pcap_writer *w, const struct frame *f);
/* Flushes and frees w; false and err: not all packets are in the file. */
bool pcap_writer_close(struct pcap_writer *w, struct err *err);

/* ---- saving kept packets: a complete file under its name, or none ---- */
/* What stands under a name to which packets are to be saved. */
struct save_target {
	bool exists; /* it will be replaced: ask before */
	/* A symbolic link's target, escaped; else "". The link is replaced, not its target. */
	char link[512];
};
/* false and err: packets cannot be saved under that name: this program reads from or writes to it,
 * it is no regular file, its directory cannot be opened, or its ending asks for a compression that
 * this build lacks. */
bool save_check(const struct source *s, const char *path, struct save_target *out,
		struct err *err);

struct packet_saver;
/* Checks the name again and begins a file beside it. replace: what save_check() found may be
 * replaced. The ending decides the format: .pcapng, else pcap; .gz and .zst compress. */
struct packet_saver *packet_saver_new(const struct source *s, const char *path, bool replace,
				      struct err *err);
/* false: writing failed; packet_saver_finish() tells why. */
bool packet_saver_add(struct packet_saver *w, const struct frame *f);
uint64_t packet_saver_count(const struct packet_saver *w);
/* Packets that the format cannot hold: pcap has one link type. */
uint64_t packet_saver_left_out(const struct packet_saver *w);
/* Gives the complete file its name and frees w. false and err: nothing has changed on the disk. */
bool packet_saver_finish(struct packet_saver *w, struct err *err);
/* Frees w and leaves nothing behind. NULL is allowed. */
void packet_saver_discard(struct packet_saver *w);

/* ---- interfaces ---- */
struct interface_info {
	char name[64];
	char description[128];
	char addresses[256]; /* ", "-separated */
	bool up, running, loopback, wireless;
	uint64_t packets, bytes; /* received + sent as the system counts them; 0 unknown */
};
/* Lists at most max; returns how many, -1 and err on failure. */
int interfaces_list(struct interface_info *out, int max, struct err *err);

#endif
