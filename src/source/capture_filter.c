/* SPDX-License-Identifier: MIT */
/*
 * capture_filter: pcap-filter(7) expressions applied to frames from files. libpcap compiles the
 * expression once for each link type that occurs.
 */
#include "config.h"

#include "source/capture_filter.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "source/linktype.h"
#include "source/savefile.h"

#define LINKTYPES_MAX 64

struct compiled {
	int linktype;
	bool usable;
	struct bpf_program program;
};

struct capture_filter {
	char *text;
	size_t n;
	struct compiled compiled[LINKTYPES_MAX];
	const struct compiled *last;
	uint64_t passed, vlan_rejected;
};

static bool
compiles(pcap_t *p, const char *text)
{
	struct bpf_program program;

	if (pcap_compile(p, &program, text, 1, PCAP_NETMASK_UNKNOWN) < 0)
		return false;
	pcap_freecode(&program);
	return true;
}

/* Cuts text after the longest sequence of words that is a valid filter, because libpcap does not
 * report where a syntax error is. false: there is none. */
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
capture_filter_error(const char *text, const char *why, struct err *err)
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

struct capture_filter *
capture_filter_new(const char *text)
{
	struct capture_filter *cf = xcalloc(1, sizeof(*cf));

	cf->text = xstrdup(text);
	return cf;
}

void
capture_filter_free(struct capture_filter *cf)
{
	if (!cf)
		return;
	for (size_t i = 0; i < cf->n; i++)
		if (cf->compiled[i].usable)
			pcap_freecode(&cf->compiled[i].program);
	free(cf->text);
	free(cf);
}

static const struct compiled *
find(struct capture_filter *cf, int linktype)
{
	for (size_t i = 0; i < cf->n; i++)
		if (cf->compiled[i].linktype == linktype)
			return &cf->compiled[i];
	return NULL;
}

bool
capture_filter_prepare(struct capture_filter *cf, int linktype, struct err *err)
{
	const struct compiled *known = find(cf, linktype);

	if (known)
		return known->usable;
	if (cf->n == LINKTYPES_MAX)
		return err_set(err, _("too many link types for a capture filter"));
	struct compiled *c = &cf->compiled[cf->n++];
	c->linktype = linktype;
	pcap_t *p = pcap_open_dead(linktype_to_dlt(linktype), RECORD_DATA_MAX);
	if (!p)
		return err_set(err, _("out of memory"));
	c->usable = pcap_compile(p, &c->program, cf->text, 1, PCAP_NETMASK_UNKNOWN) == 0;
	if (!c->usable)
		capture_filter_error(cf->text, pcap_geterr(p), err);
	pcap_close(p);
	return c->usable;
}

/* Whether the link-layer header announces a VLAN tag. */
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
capture_filter_match(struct capture_filter *cf, const struct frame *f, struct err *err)
{
	if (!cf->last || cf->last->linktype != f->linktype) {
		capture_filter_prepare(cf, f->linktype, err);
		cf->last = find(cf, f->linktype);
	}
	struct pcap_pkthdr h = {.caplen = f->cap_len, .len = f->wire_len};
	if (cf->last && cf->last->usable && pcap_offline_filter(&cf->last->program, &h, f->data)) {
		cf->passed++;
		return true;
	}
	cf->vlan_rejected += has_vlan(f);
	return false;
}

void
capture_filter_hint(const struct capture_filter *cf, char *out, size_t size)
{
	struct text t = text_on(out, size);

	if (!cf->passed && cf->vlan_rejected && !strstr(cf->text, "vlan"))
		text_add(&t,
			 _("the filter matched nothing, but there are VLAN-tagged packets: try "
			   "\"%s or (vlan and (%s))\""),
			 cf->text, cf->text);
}
