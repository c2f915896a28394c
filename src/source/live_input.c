/* SPDX-License-Identifier: MIT */
/*
 * live_input: a live interface through libpcap as input of the capture thread. Packets are decoded
 * in the kernel's buffer, without a copy. The kernel delivers them in blocks, after 100 ms at the
 * latest, so that a busy link costs few wake-ups and an idle one none.
 */
#include "config.h"

#include "source/internal.h"

#include <errno.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "source/capture_filter.h"
#include "source/linktype.h"
#include "source/privs.h"
#include "source/ring.h"

#define BLOCK_TIMEOUT_MS 100
#define DISPATCH_MAX     256
#define BUFFER_KIB       (32u << 10)
#define BUFFER_KIB_MIN   (1u << 10)
#define STORE_MEMORY     ((size_t)64 << 20)
#define STATS_EVERY      (NSEC_PER_SEC / 2)

struct live_input {
	pcap_t *pcap;
	char name[64];
	int fd; /* for poll(); -1: there is none, read now and then */
	int linktype;
	uint32_t interface;
	bool nanoseconds;
	nsec stats_due;
	char note[256];
};

/* ---- packets ---- */

static void
on_packet(u_char *ctx, const struct pcap_pkthdr *h, const u_char *data)
{
	struct source *s = (struct source *)(void *)ctx;
	struct live_input *in = s->live;

	if (capture_complete(s))
		return;
	struct frame f = {
		.ts = h->ts.tv_sec * NSEC_PER_SEC +
		      h->ts.tv_usec * (in->nanoseconds ? 1 : NSEC_PER_US),
		.number = s->packets + 1,
		.data = data,
		.cap_len = h->caplen,
		.wire_len = h->len,
		.interface = in->interface,
		.linktype = in->linktype,
	};
	if (s->ring)
		f.ref = ring_add(s->ring, &f);
	capture_frame(s, &f);
}

static enum input_result
live_read(struct source *s)
{
	struct live_input *in = s->live;
	int n = pcap_dispatch(in->pcap, DISPATCH_MAX, on_packet, (u_char *)s);

	if (n == PCAP_ERROR) {
		err_set(&s->err, _("%s: %s; the capture has ended"), s->status.name,
			pcap_geterr(in->pcap));
		return INPUT_FAILED;
	}
	if (capture_complete(s))
		return INPUT_ENDED;
	if (n > 0)
		return INPUT_MORE;
	s->due = in->fd < 0 ? clock_monotonic() + BLOCK_TIMEOUT_MS * NSEC_PER_MS : NSEC_NEVER;
	return INPUT_WAIT;
}

static int
live_fd(struct source *s)
{
	return s->live->fd;
}

static void
live_status(struct source *s, struct source_status *st)
{
	struct live_input *in = s->live;
	struct pcap_stat ps;
	nsec clock = clock_monotonic();

	if (clock < in->stats_due)
		return;
	in->stats_due = clock + STATS_EVERY;
	if (pcap_stats(in->pcap, &ps) == 0) {
		st->kernel_drops = ps.ps_drop;
		st->interface_drops = ps.ps_ifdrop;
		st->drops_known = true;
	}
	if (st->linktype)
		return;
	if (in->note[0])
		snprintf(st->message, sizeof(st->message), "%s", in->note);
	linktype_status(in->linktype, st);
	st->snaplen = (uint32_t)pcap_snapshot(in->pcap);
}

static bool
live_set_filter(struct source *s, const char *filter, struct err *err)
{
	struct live_input *in = s->live;
	struct bpf_program program;
	const char *text = filter ? filter : "";

	if (pcap_compile(in->pcap, &program, text, 1, PCAP_NETMASK_UNKNOWN) < 0)
		return capture_filter_error(text, pcap_geterr(in->pcap), err);
	bool ok = pcap_setfilter(in->pcap, &program) == 0;
	pcap_freecode(&program);
	return ok || capture_filter_error(text, pcap_geterr(in->pcap), err);
}

static void
live_close(struct source *s)
{
	if (s->live->pcap)
		pcap_close(s->live->pcap);
	free(s->live);
	s->live = NULL;
}

/* ---- opening ---- */

/* As in tcpdump, a number stands for an interface by its position in the list. */
static void
choose_name(const char *wanted, char *out, size_t size)
{
	uint64_t n;
	struct interface_info *list;

	snprintf(out, size, "%s", wanted && wanted[0] ? wanted : "any");
	if (!parse_uint(out, 1, 1024, &n) || if_nametoindex(out))
		return;
	list = xcalloc(n, sizeof(*list));
	if (interfaces_list(list, (int)n, NULL) == (int)n)
		snprintf(out, size, "%s", list[n - 1].name);
	free(list);
}

static bool
explain_activation(const struct live_input *in, int r, struct err *err, bool *denied)
{
	const char *why = pcap_geterr(in->pcap);

	switch (r) {
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		if (denied)
			*denied = true;
		privs_explain(in->name, err);
		return false;
	case PCAP_ERROR_NO_SUCH_DEVICE:
		return err_set(err, _("%s: there is no such interface; tcplens -D lists them"),
			       in->name);
	case PCAP_ERROR_IFACE_NOT_UP:
		return err_set(err, _("%s: the interface is down; bring it up: ip link set %s up"),
			       in->name, in->name);
	default:
		return err_set(err, "%s: %s", in->name, why[0] ? why : pcap_statustostr(r));
	}
}

static bool
create(struct source *s, uint32_t buffer_kib, struct err *err)
{
	struct live_input *in = s->live;
	char errbuf[PCAP_ERRBUF_SIZE];
	bool any = strcmp(in->name, "any") == 0;

	in->pcap = pcap_create(in->name, errbuf);
	if (!in->pcap)
		return err_set(err, "%s: %s", in->name, errbuf);
	pcap_set_snaplen(in->pcap, (int)(s->cfg.snaplen ? s->cfg.snaplen : RECORD_DATA_MAX));
	pcap_set_promisc(in->pcap, !s->cfg.no_promisc && !any);
	pcap_set_timeout(in->pcap, BLOCK_TIMEOUT_MS);
	pcap_set_buffer_size(in->pcap, (int)(buffer_kib << 10));
	pcap_set_tstamp_precision(in->pcap, PCAP_TSTAMP_PRECISION_NANO);
	return true;
}

/* If the kernel has no memory for the buffer, tries smaller ones and leaves a note. */
static bool
activate(struct source *s, struct err *err, bool *denied)
{
	struct live_input *in = s->live;
	uint32_t wanted = s->cfg.buffer_kib ? s->cfg.buffer_kib : BUFFER_KIB;

	if (wanted > INT32_MAX >> 10)
		wanted = INT32_MAX >> 10;
	for (uint32_t kib = wanted;; kib /= 2) {
		if (!create(s, kib, err))
			return false;
		int r = pcap_activate(in->pcap);
		if (r >= 0) {
			if (kib != wanted)
				snprintf(in->note, sizeof(in->note),
					 _("the kernel's buffer is %u KiB, not %u: no memory for "
					   "more"),
					 kib, wanted);
			else if (r == PCAP_WARNING)
				snprintf(in->note, sizeof(in->note), "%s", pcap_geterr(in->pcap));
			return true;
		}
		if (r != PCAP_ERROR || !strstr(pcap_geterr(in->pcap), "rx ring") ||
		    kib / 2 < BUFFER_KIB_MIN)
			return explain_activation(in, r, err, denied);
		pcap_close(in->pcap);
		in->pcap = NULL;
	}
}

static bool
explain_linktype(struct live_input *in, const char *wanted, struct err *err)
{
	char names[256];
	struct text t = text_on(names, sizeof(names));
	int *list, n = pcap_list_datalinks(in->pcap, &list);

	for (int i = 0; i < n; i++)
		text_add(&t, "%s%s", i ? ", " : "", linktype_name(dlt_to_linktype(list[i])));
	if (n > 0)
		pcap_free_datalinks(list);
	return err_set(err, _("%s: link type %s (-y) is not available; there are: %s"), in->name,
		       wanted, names);
}

/* Sets the link type of -y. Without it, prefers the newer cooked one (SLL2) to the older (SLL),
 * because it has the interface of every packet. */
static bool
choose_linktype(struct source *s, struct err *err)
{
	struct live_input *in = s->live;
	const char *wanted = s->cfg.linktype;

	if (wanted && wanted[0]) {
		int dlt = pcap_datalink_name_to_val(wanted);

		if (dlt < 0 || pcap_set_datalink(in->pcap, dlt) < 0)
			return explain_linktype(in, wanted, err);
	} else if (pcap_datalink(in->pcap) == DLT_LINUX_SLL) {
		/* If that fails, SLL is usable too. */
		(void)pcap_set_datalink(in->pcap, DLT_LINUX_SLL2);
	}
	in->linktype = dlt_to_linktype(pcap_datalink(in->pcap));
	return true;
}

static bool
set_direction(struct source *s, struct err *err)
{
	struct live_input *in = s->live;

	if (!s->cfg.direction)
		return true;
	pcap_direction_t d = s->cfg.direction == 'i' ? PCAP_D_IN : PCAP_D_OUT;
	return pcap_setdirection(in->pcap, d) == 0 ||
	       err_set(err, _("%s: the direction (-Q) cannot be set: %s"), in->name,
		       pcap_geterr(in->pcap));
}

static bool
live_prepare(struct source *s, struct err *err)
{
	struct live_input *in = s->live;
	char errbuf[PCAP_ERRBUF_SIZE];

	if (!choose_linktype(s, err) || !set_direction(s, err))
		return false;
	if (s->cfg.filter && s->cfg.filter[0] && !live_set_filter(s, s->cfg.filter, err))
		return false;
	if (pcap_setnonblock(in->pcap, 1, errbuf) < 0)
		return err_set(err, "%s: %s", in->name, errbuf);
	in->nanoseconds = pcap_get_tstamp_precision(in->pcap) == PCAP_TSTAMP_PRECISION_NANO;
	in->fd = pcap_get_selectable_fd(in->pcap);
	in->interface = if_nametoindex(in->name);
	if (!s->cfg.keep_bytes)
		return true;
	s->ring = ring_new(s->cfg.store_memory ? s->cfg.store_memory : STORE_MEMORY);
	return s->ring || err_set(err, _("no memory for the bytes of packets"));
}

static const struct input_ops live_ops = {
	.prepare = live_prepare,
	.read = live_read,
	.fd = live_fd,
	.status = live_status,
	.set_filter = live_set_filter,
	.close = live_close,
};

bool
live_open(struct source *s, struct err *err, bool *denied)
{
	s->live = xcalloc(1, sizeof(*s->live));
	s->ops = &live_ops;
	choose_name(s->cfg.interface, s->live->name, sizeof(s->live->name));
	text_escape(s->status.name, sizeof(s->status.name), s->live->name, strlen(s->live->name));
	privs_resume();
	bool ok = activate(s, err, denied);
	privs_suspend();
	return ok;
}
