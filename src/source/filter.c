/* SPDX-License-Identifier: MIT */
/*
 * filter: pcap-filter(7) expressions on frames that come from files: compiled by libpcap once for
 * each link type that occurs. Also the names and numbers of link types.
 */
#include "config.h"

#include "source/internal.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"

#define LINKTYPES_MAX 64

struct compiled {
	int linktype;
	bool usable;
	struct bpf_program program;
};

struct offline_filter {
	char *text;
	size_t n;
	struct compiled compiled[LINKTYPES_MAX];
	const struct compiled *last;
	uint64_t passed, vlan_rejected;
};

/* LINKTYPE_ values that this system's DLT_ values differ from. */
static const struct {
	int linktype, dlt;
} linktypes[] = {
	{100, DLT_ATM_RFC1483}, {101, DLT_RAW},      {102, DLT_SLIP_BSDOS},
	{103, DLT_PPP_BSDOS},   {106, DLT_ATM_CLIP},
};

int
linktype_to_dlt(int linktype)
{
	for (size_t i = 0; i < ARRAY_LEN(linktypes); i++)
		if (linktypes[i].linktype == linktype)
			return linktypes[i].dlt;
	return linktype;
}

int
dlt_to_linktype(int dlt)
{
	for (size_t i = 0; i < ARRAY_LEN(linktypes); i++)
		if (linktypes[i].dlt == dlt)
			return linktypes[i].linktype;
	return dlt;
}

const char *
linktype_name(int linktype)
{
	const char *name = pcap_datalink_val_to_name(linktype_to_dlt(linktype));

	return name ? name : "unknown";
}

void
linktype_status(int linktype, struct source_status *st)
{
	st->linktype = linktype_name(linktype);
	if (!decode_linktype_known(linktype) && !st->message[0])
		snprintf(st->message, sizeof(st->message),
			 _("link type %s (%d) is not known here: its packets are only counted"),
			 st->linktype, linktype);
}

static bool
compiles(pcap_t *p, const char *text)
{
	struct bpf_program program;

	if (pcap_compile(p, &program, text, 1, PCAP_NETMASK_UNKNOWN) < 0)
		return false;
	pcap_freecode(&program);
	return true;
}

/* libpcap does not say where: cuts text behind the words that are a filter by themselves. */
static bool
cut_to_good_words(char *text)
{
	pcap_t *p = pcap_open_dead(DLT_EN10MB, RECORD_DATA_MAX);
	bool good = false;

	for (char *space; p && !good && (space = strrchr(text, ' ')) != NULL;) {
		*space = '\0';
		good = text[0] && compiles(p, text);
	}
	if (p)
		pcap_close(p);
	return good;
}

bool
filter_error(const char *text, const char *why, struct err *err)
{
	char shown[160], words[160], where[256];

	text_escape(shown, sizeof(shown), text, strlen(text));
	snprintf(words, sizeof(words), "%s", shown);
	if (strstr(why, "syntax error") && cut_to_good_words(words)) {
		snprintf(where, sizeof(where), _("syntax error after \"%s\""), words);
		why = where;
	}
	return err_set(err, _("capture filter \"%s\": %s; see pcap-filter(7)"), shown, why);
}

struct offline_filter *
offline_filter_new(const char *text)
{
	struct offline_filter *of = xcalloc(1, sizeof(*of));

	of->text = xstrdup(text);
	return of;
}

void
offline_filter_free(struct offline_filter *of)
{
	if (!of)
		return;
	for (size_t i = 0; i < of->n; i++)
		if (of->compiled[i].usable)
			pcap_freecode(&of->compiled[i].program);
	free(of->text);
	free(of);
}

static const struct compiled *
find(struct offline_filter *of, int linktype)
{
	for (size_t i = 0; i < of->n; i++)
		if (of->compiled[i].linktype == linktype)
			return &of->compiled[i];
	return NULL;
}

bool
offline_filter_prepare(struct offline_filter *of, int linktype, struct err *err)
{
	const struct compiled *known = find(of, linktype);

	if (known)
		return known->usable;
	if (of->n == LINKTYPES_MAX)
		return err_set(err, _("too many link types for a capture filter"));
	struct compiled *c = &of->compiled[of->n++];
	c->linktype = linktype;
	pcap_t *p = pcap_open_dead(linktype_to_dlt(linktype), RECORD_DATA_MAX);
	if (!p)
		return err_set(err, _("out of memory"));
	c->usable = pcap_compile(p, &c->program, of->text, 1, PCAP_NETMASK_UNKNOWN) == 0;
	if (!c->usable)
		filter_error(of->text, pcap_geterr(p), err);
	pcap_close(p);
	return c->usable;
}

/* Where a frame says that it carries a VLAN tag. */
static bool
has_vlan(const struct frame *f)
{
	uint32_t at;

	switch (f->linktype) {
	case DLT_EN10MB:
		at = 12;
		break;
	case DLT_LINUX_SLL:
		at = 14;
		break;
	case DLT_LINUX_SLL2:
		at = 0;
		break;
	default:
		return false;
	}
	if (f->cap_len < at + 2)
		return false;
	unsigned type = (unsigned)f->data[at] << 8 | f->data[at + 1];
	return type == 0x8100 || type == 0x88a8 || type == 0x9100;
}

bool
offline_filter_match(struct offline_filter *of, const struct frame *f, struct err *err)
{
	if (!of->last || of->last->linktype != f->linktype) {
		offline_filter_prepare(of, f->linktype, err);
		of->last = find(of, f->linktype);
	}
	struct pcap_pkthdr h = {.caplen = f->cap_len, .len = f->wire_len};
	if (of->last && of->last->usable && pcap_offline_filter(&of->last->program, &h, f->data)) {
		of->passed++;
		return true;
	}
	of->vlan_rejected += has_vlan(f);
	return false;
}

void
offline_filter_hint(const struct offline_filter *of, char *out, size_t size)
{
	struct text t = text_on(out, size);

	if (!of->passed && of->vlan_rejected && !strstr(of->text, "vlan"))
		text_add(&t,
			 _("the filter matched nothing, but there are VLAN-tagged packets: try "
			   "\"%s or (vlan and (%s))\""),
			 of->text, of->text);
}
