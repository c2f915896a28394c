/* SPDX-License-Identifier: MIT */
/* verdict_words_transfer: in words, the verdicts about windows, loss and the path. */
#include "model/verdict_words.h"

#include "base/i18n.h"

/* ---- window-closed ---- */

static void
window_closed_row(struct words *w)
{
	const struct verdict_window_closed *c = &w->v->window_closed;

	switch (c->reading) {
	case WINDOW_HOLE:
		text_add(w->t, "%s", _("window 0, segment missing"));
		break;
	case WINDOW_NOT_YET:
		text_add(w->t, "%s", _("window 0 since SYN-ACK"));
		break;
	case WINDOW_STACK_FAULT:
		text_add(w->t, "%s", _("window 0, ACKs in a loop"));
		break;
	case WINDOW_TOO_SMALL:
		text_add(w->t, _("window too small for %s"), words_span(w, c->total));
		break;
	default:
		if (c->closed_for > 0)
			text_add(w->t, _("not reading for %s"), words_span(w, c->closed_for));
		else
			text_add(w->t, _("did not read for %s"), words_span(w, c->total));
	}
}

static void
window_closed_fact(struct words *w)
{
	const struct verdict_window_closed *c = &w->v->window_closed;
	const int n = words_count(c->closures);

	if (c->reading == WINDOW_TOO_SMALL)
		text_add(w->t,
			 _("the window of %s was too small to send a segment for %s in total"),
			 words_end(w), words_span(w, c->total));
	else if (c->closed_for > 0)
		text_add(w->t, _("the window of %s has been 0 for %s"), words_end(w),
			 words_span(w, c->closed_for));
	else
		text_add(w->t,
			 ngettext("the window of %s was zero %d time, for %s",
				  "the window of %s was zero %d times, for %s in total",
				  (unsigned long)n),
			 words_end(w), n, words_span(w, c->total));
}

static void
window_closed_reading(struct words *w)
{
	const struct verdict_window_closed *c = &w->v->window_closed;

	words_semicolon(w);
	switch (c->reading) {
	case WINDOW_HOLE:
		text_add(w->t, "%s",
			 _("bytes are missing before those that it has, and it refuses them "
			   "because of its window"));
		break;
	case WINDOW_NOT_YET:
		text_add(w->t, "%s", _("it has been 0 since the SYN-ACK: it takes no data yet"));
		break;
	case WINDOW_STACK_FAULT:
		text_add(w->t, "%s",
			 _("both ends answer these ACKs with ACKs, without data: an error in a TCP "
			   "stack"));
		break;
	case WINDOW_TOO_SMALL:
		text_add(w->t, "%s", _("its receive buffer is short of room"));
		break;
	default:
		if (c->closed_for > 0)
			text_add(w->t, "%s", _("its application does not read"));
		else
			text_add(w->t, "%s", _("its application did not read"));
	}
}

static void
window_closed(struct words *w)
{
	const int probes = words_count(w->v->window_closed.probes);

	window_closed_fact(w);
	window_closed_reading(w);
	if (probes > 0) {
		words_semicolon(w);
		text_add(w->t,
			 ngettext("%d window probe", "%d window probes", (unsigned long)probes),
			 probes);
	}
}

static void
window_closed_check(struct words *w)
{
	switch (w->v->window_closed.reading) {
	case WINDOW_HOLE:
	case WINDOW_STACK_FAULT:
		text_add(w->t,
			 _("the kernel of %s: ss -tinm, nstat TcpExtTCPRcvQDrop, its version"),
			 words_host(w));
		break;
	default:
		text_add(w->t,
			 _("the program at %s: ss -tnp shows its Recv-Q; what is it busy with?"),
			 words_end(w));
	}
}

const struct phrases words_window_closed = {window_closed_row, window_closed, window_closed_check};

/* ---- window-retracted ---- */

static void
window_retracted_row(struct words *w)
{
	char bytes[16];

	text_add(w->t, _("window moved back by %s"),
		 text_count(bytes, sizeof(bytes), w->v->window_retracted.bytes));
}

static void
window_retracted(struct words *w)
{
	const struct verdict_window_retracted *r = &w->v->window_retracted;
	const int times = words_count(r->times);
	char bytes[16], refused[16];

	text_add(w->t,
		 ngettext("%s withdrew window that it had offered %d time, up to %s bytes",
			  "%s withdrew window that it had offered %d times, up to %s bytes",
			  (unsigned long)times),
		 words_end(w), times, text_count(bytes, sizeof(bytes), r->bytes));
	words_semicolon(w);
	text_add(w->t, _("%s bytes that had been sent were refused"),
		 text_count(refused, sizeof(refused), r->refused));
}

static void
window_retracted_check(struct words *w)
{
	text_add(w->t,
		 _("%s: does the program lower SO_RCVBUF? tcp_rmem, tcp_mem pressure, "
		   "tcp_shrink_window"),
		 words_host(w));
}

const struct phrases words_window_retracted = {window_retracted_row, window_retracted,
					       window_retracted_check};

/* ---- loss ---- */

struct loss_figures {
	int lost, segments, share; /* per mille, rounded */
};

static struct loss_figures
loss_figures(const struct verdict_loss *l)
{
	const uint64_t lost = (uint64_t)l->before + l->behind;
	const uint64_t whole = l->segments ? l->segments : 1;

	return (struct loss_figures){
		.lost = words_count(lost),
		.segments = words_count(l->segments),
		.share = words_count((lost * 1000 + whole / 2) / whole),
	};
}

static void
loss_row(struct words *w)
{
	const struct loss_figures f = loss_figures(&w->v->loss);
	char lost[16], segments[16];

	text_add(w->t, _("loss %d.%d%%: %s of %s"), f.share / 10, f.share % 10,
		 text_count(lost, sizeof(lost), (uint64_t)f.lost),
		 text_count(segments, sizeof(segments), (uint64_t)f.segments));
}

/* Before each of several causes. */
static int
loss_cause(struct words *w, uint32_t n, bool *first)
{
	if (n > 0)
		text_add(w->t, "%s", *first ? _(": ") : _(", "));
	*first &= n == 0;
	return words_count(n);
}

/* Their numbers add up to what was sent again. */
static void
loss_causes(struct words *w)
{
	const struct verdict_loss *l = &w->v->loss;
	bool first = true;
	int n;

	if ((n = loss_cause(w, l->by_timeout, &first)) > 0)
		text_add(w->t, _("%d by time-out"), n);
	if ((n = loss_cause(w, l->by_probe, &first)) > 0)
		text_add(w->t, _("%d by tail-loss probe"), n);
	if ((n = loss_cause(w, l->fast, &first)) > 0)
		text_add(w->t, _("%d fast"), n);
	if ((n = loss_cause(w, l->recovery, &first)) > 0)
		text_add(w->t, _("%d in recovery"), n);
	if ((n = loss_cause(w, l->fin, &first)) > 0)
		text_add(w->t, _("%d of the FIN"), n);
	if ((n = loss_cause(w, l->unknown, &first)) > 0)
		text_add(w->t, _("%d for unknown cause"), n);
}

/* What passed the capture point may also have been dropped by the host that it reached. */
static void
loss_place(struct words *w)
{
	const struct verdict_loss *l = &w->v->loss;

	if (l->behind == 0)
		text_add(w->t, "%s",
			 ngettext("it was lost before the capture point",
				  "they were lost before the capture point",
				  (unsigned long)l->before));
	else if (l->before == 0)
		text_add(w->t,
			 ngettext("it was lost behind the capture point, or %s drops it",
				  "they were lost behind the capture point, or %s drops them",
				  (unsigned long)l->behind),
			 words_peer_host(w));
	else
		text_add(w->t,
			 _("%d were lost before the capture point, %d behind it or by %s"),
			 words_count(l->before), words_count(l->behind), words_peer_host(w));
}

static void
loss(struct words *w)
{
	const struct verdict_loss *l = &w->v->loss;
	const struct loss_figures f = loss_figures(l);

	text_add(w->t, _("%s sent %d of %d segments again (%d.%d%%)"), words_end(w), f.lost,
		 f.segments, f.share / 10, f.share % 10);
	loss_causes(w);
	words_semicolon(w);
	loss_place(w);
}

static void
loss_check(struct words *w)
{
	if (w->v->loss.behind == 0)
		text_add(w->t, _("between %s and this capture: mtr -T -P %u, ethtool -S for drops"),
			 words_host(w), words_server_port(w));
	else
		text_add(w->t, _("between this capture and %s: mtr -T -P %u, ethtool -S for drops"),
			 words_peer_host(w), words_server_port(w));
}

const struct phrases words_loss = {loss_row, loss, loss_check};

/* ---- reordering, spurious, duplicates ---- */

static void
reordering_row(struct words *w)
{
	const int n = words_count(w->v->reordering.count);

	text_add(w->t,
		 ngettext("%d segment out of order", "%d segments out of order", (unsigned long)n),
		 n);
}

static void
reordering(struct words *w)
{
	const int n = words_count(w->v->reordering.count);

	text_add(w->t,
		 ngettext("%d segment of %s arrived out of order",
			  "%d segments of %s arrived out of order", (unsigned long)n),
		 n, words_end(w));
}

static void
reordering_check(struct words *w)
{
	text_add(w->t,
		 _("parallel paths between %s and here: bonding, ECMP, several queues of a router"),
		 words_host(w));
}

const struct phrases words_reordering = {reordering_row, reordering, reordering_check};

static void
spurious_row(struct words *w)
{
	const int n = words_count(w->v->spurious.needless);

	text_add(w->t, ngettext("%d needless repeat", "%d needless repeats", (unsigned long)n), n);
}

static void
spurious(struct words *w)
{
	text_add(w->t, _("%d of %d retransmissions of %s were not needed: the data had arrived"),
		 words_count(w->v->spurious.needless), words_count(w->v->spurious.retransmissions),
		 words_end(w));
}

static void
spurious_check(struct words *w)
{
	text_add(w->t,
		 _("delays above the time-out of %s, reordering, or ACKs lost on their way to "
		   "it"),
		 words_host(w));
}

const struct phrases words_spurious = {spurious_row, spurious, spurious_check};

static void
duplicates_row(struct words *w)
{
	const int n = words_count(w->v->duplicates.count);

	text_add(w->t, ngettext("%d packet duplicated", "%d packets duplicated", (unsigned long)n),
		 n);
}

static void
duplicates(struct words *w)
{
	const int n = words_count(w->v->duplicates.count);

	text_add(w->t,
		 ngettext("the network duplicated %d packet of %s",
			  "the network duplicated %d packets of %s", (unsigned long)n),
		 n, words_end(w));
}

static void
duplicates_check(struct words *w)
{
	text_add(w->t, _("a bridge loop or a device between %s and here that copies packets"),
		 words_host(w));
}

const struct phrases words_duplicates = {duplicates_row, duplicates, duplicates_check};

/* ---- acks-ignored ---- */

static void
acks_ignored_row(struct words *w)
{
	text_add(w->t, _("its ACKs are ignored, ×%d"), words_count(w->v->acks_ignored.repeats));
}

static void
acks_ignored(struct words *w)
{
	const struct verdict_acks_ignored *a = &w->v->acks_ignored;
	const int n = words_count(a->repeats);

	text_add(w->t,
		 ngettext("%s repeated %d time what had been acknowledged: the ACK was captured on "
			  "its way to it",
			  "%s repeated %d times what had been acknowledged: the ACK was captured "
			  "on its way to it",
			  (unsigned long)n),
		 words_end(w), n);
	words_semicolon(w);
	if (a->at_sender)
		text_add(w->t, "%s", _("that host drops it"));
	else
		text_add(w->t, "%s",
			 _("it is lost behind the capture point, or that host drops it"));
}

static void
acks_ignored_check(struct words *w)
{
	text_add(w->t,
		 _("%s: its packet filter (nft list ruleset), rp_filter, and nstat -az for "
		   "TcpInErrs, PAWS"),
		 words_host(w));
}

const struct phrases words_acks_ignored = {acks_ignored_row, acks_ignored, acks_ignored_check};

/* ---- path-mtu ---- */

static void
path_mtu_row(struct words *w)
{
	const struct verdict_path_mtu *m = &w->v->path_mtu;

	switch (m->kind) {
	case PATH_MTU_HEEDED:
		text_add(w->t, _("path MTU is %u"), m->icmp.mtu);
		break;
	case PATH_MTU_IGNORED:
		text_add(w->t, _("path MTU %u is ignored"), m->icmp.mtu);
		break;
	case PATH_MTU_FOUND:
		text_add(w->t, _("found that %u bytes pass"), m->passes);
		break;
	default:
		text_add(w->t, _("%u bytes never pass"), m->fails);
	}
}

static void
path_mtu_by_icmp(struct words *w)
{
	const struct verdict_path_mtu *m = &w->v->path_mtu;
	const int cut = words_count(m->cut);

	if (m->icmp.mtu > 0)
		text_add(w->t,
			 _("%s reports that segments of %s are too large: the path takes %d bytes"),
			 words_sender(w, &m->icmp), words_end(w), m->icmp.mtu);
	else
		text_add(w->t, _("%s reports that segments of %s are too large for the path"),
			 words_sender(w, &m->icmp), words_end(w));
	words_semicolon(w);
	if (m->kind == PATH_MTU_IGNORED)
		text_add(w->t, "%s", _("the sender ignores it and sends the same size again"));
	else if (cut == 0)
		text_add(w->t, "%s", _("the sender follows it"));
	else
		text_add(w->t,
			 ngettext("the sender follows it: %d segment was sent again in smaller "
				  "pieces",
				  "the sender follows it: %d segments were sent again in smaller "
				  "pieces",
				  (unsigned long)cut),
			 cut);
}

static void
path_mtu_hole(struct words *w)
{
	const struct verdict_path_mtu *m = &w->v->path_mtu;

	if (m->kind == PATH_MTU_HOLE_AT_RECEIVER)
		text_add(w->t,
			 _("%u bytes of %s are missing and are never filled, while segments of %u "
			   "bytes arrive: large packets are likely dropped before this point"),
			 m->fails, words_end(w), m->passes);
	else if (m->kind == PATH_MTU_FOUND)
		text_add(w->t,
			 _("segments of %u bytes of %s never passed; it found by itself that %u "
			   "bytes do"),
			 m->fails, words_end(w), m->passes);
	else
		text_add(w->t,
			 _("segments of %u bytes of %s never pass (%u attempts), those of %u bytes "
			   "do: likely a router drops large packets and its ICMP is lost"),
			 m->fails, words_end(w), m->attempts, m->passes);
}

static void
path_mtu(struct words *w)
{
	if (w->v->path_mtu.kind <= PATH_MTU_IGNORED)
		path_mtu_by_icmp(w);
	else
		path_mtu_hole(w);
}

static void
path_mtu_check(struct words *w)
{
	if (w->v->path_mtu.kind == PATH_MTU_IGNORED)
		text_add(w->t,
			 _("the filter of %s: does it drop ICMP 3/4 (or ICMPv6 2)? "
			   "net.ipv4.tcp_mtu_probing"),
			 words_host(w));
	else
		text_add(w->t,
			 _("tracepath -n %s from %s; allow ICMP 3/4, clamp the MSS, lower the "
			   "MTU"),
			 words_peer_host(w), words_host(w));
}

const struct phrases words_path_mtu = {path_mtu_row, path_mtu, path_mtu_check};

/* ---- bad-checksum ---- */

static void
bad_checksum_row(struct words *w)
{
	const int n = words_count(w->v->bad_checksum.segments);

	text_add(w->t, ngettext("%d wrong checksum", "%d wrong checksums", (unsigned long)n), n);
}

static void
bad_checksum(struct words *w)
{
	const int n = words_count(w->v->bad_checksum.segments);

	text_add(w->t,
		 ngettext("%d segment of %s has a wrong checksum: its receiver drops it",
			  "%d segments of %s have wrong checksums: their receiver drops them",
			  (unsigned long)n),
		 n, words_end(w));
}

static void
bad_checksum_check(struct words *w)
{
	text_add(
		w->t,
		_("the devices between %s and here that rewrite packets: ethtool -k, NAT, tunnels"),
		words_host(w));
}

const struct phrases words_bad_checksum = {bad_checksum_row, bad_checksum, bad_checksum_check};
