/* SPDX-License-Identifier: MIT */
/* verdict_words_open: the texts of the verdicts about how a connection begins, or does not. */
#include "model/verdict_words.h"

#include "base/i18n.h"

/* ---- refused ---- */

static void
refused_row(struct words *w)
{
	text_add(w->t, "%s",
		 w->v->refused.firewall ? _("refused by a firewall") : _("port closed"));
}

static void
refused(struct words *w)
{
	const struct verdict_refused *r = &w->v->refused;
	const int syns = words_count(r->syns);

	text_add(w->t,
		 r->firewall ? _("refused with the address of %s after %s")
			     : _("refused by %s after %s: port closed"),
		 words_host(w), words_span(w, r->after));
	if (r->firewall) {
		words_semicolon(w);
		text_add(w->t, "%s",
			 _("the reset's TTL is not the one of that host: a firewall answers"));
	}
	if (syns > 1) {
		words_semicolon(w);
		text_add(w->t,
			 ngettext("it answered %d SYN", "it answered %d SYNs",
				  (unsigned long)syns),
			 syns);
	}
}

static void
refused_check(struct words *w)
{
	if (w->v->refused.firewall)
		text_add(w->t, _("the firewalls before %s: which rule resets port %u?"),
			 words_host(w), words_server_port(w));
	else
		text_add(w->t, _("ss -ltn on %s: does anything listen on %u?"), words_host(w),
			 words_server_port(w));
}

const struct phrases words_refused = {refused_row, refused, refused_check};

/* ---- rejected ---- */

static void
rejected_row(struct words *w)
{
	words_icmp_row(w, &w->v->rejected.icmp);
}

static void
rejected(struct words *w)
{
	const struct verdict_rejected *r = &w->v->rejected;
	const int syns = words_count(r->syns);

	if (r->by_server)
		text_add(w->t,
			 _("rejected after %s: %s (ICMP %u/%u), reported by the server itself, %s"),
			 words_span(w, r->after), words_icmp(&r->icmp), r->icmp.type, r->icmp.code,
			 words_sender(w, &r->icmp));
	else
		text_add(w->t,
			 _("rejected after %s: %s (ICMP %u/%u), reported by intermediate host %s"),
			 words_span(w, r->after), words_icmp(&r->icmp), r->icmp.type, r->icmp.code,
			 words_sender(w, &r->icmp));
	if (syns > 1) {
		words_semicolon(w);
		text_add(w->t,
			 ngettext("%d SYN was sent", "%d SYNs were sent", (unsigned long)syns),
			 syns);
	}
}

static void
rejected_check(struct words *w)
{
	const struct icmp_notice *n = &w->v->rejected.icmp;

	if (w->v->rejected.by_server)
		text_add(w->t, _("the packet filter of %s (nft list ruleset), and ss -ltn there"),
			 words_sender(w, n));
	else
		text_add(w->t, _("the filter and the routes of %s: why does port %u not pass?"),
			 words_sender(w, n), words_server_port(w));
}

const struct phrases words_rejected = {rejected_row, rejected, rejected_check};

/* ---- no-answer ---- */

static void
no_answer_row(struct words *w)
{
	const struct verdict_no_answer *a = &w->v->no_answer;
	const int n = words_count(a->syns);

	if (a->end == NO_ANSWER_WAITS)
		text_add(w->t, _("no answer ×%d"), n);
	else
		text_add(
			w->t,
			ngettext("gave up after %d SYN", "gave up after %d SYNs", (unsigned long)n),
			n);
}

static void
no_answer_end(struct words *w)
{
	const struct verdict_no_answer *a = &w->v->no_answer;

	switch (a->end) {
	case NO_ANSWER_GAVE_UP:
		words_semicolon(w);
		text_add(w->t, "%s", _("the client has given up"));
		break;
	case NO_ANSWER_RESET:
		words_semicolon(w);
		text_add(w->t, "%s", _("the client gave up and closed with a reset"));
		break;
	default:
		words_forecast(w, &a->forecast);
	}
}

static void
no_answer(struct words *w)
{
	const struct verdict_no_answer *a = &w->v->no_answer;
	const int n = words_count(a->syns), resets = words_count(a->resets);

	text_add(w->t,
		 ngettext("no answer to %d SYN in %s", "no answer to %d SYNs in %s",
			  (unsigned long)n),
		 n, words_span(w, a->elapsed));
	if (resets > 0) {
		words_semicolon(w);
		text_add(w->t,
			 ngettext("%d reset arrived that the client cannot accept",
				  "%d resets arrived that the client cannot accept",
				  (unsigned long)resets),
			 resets);
	}
	no_answer_end(w);
}

static void
no_answer_check(struct words *w)
{
	text_add(w->t,
		 _("traceroute -T -p %u %s: where does the path end? Is the host up, and what "
		   "drops the SYN?"),
		 words_server_port(w), words_peer_host(w));
}

const struct phrases words_no_answer = {no_answer_row, no_answer, no_answer_check};

/* ---- syn-ack-unanswered ---- */

static void
syn_ack_unanswered_row(struct words *w)
{
	const int n = words_count(w->v->syn_ack_unanswered.syn_acks);

	text_add(w->t, ngettext("no ACK to %d SYN-ACK", "no ACK to %d SYN-ACKs", (unsigned long)n),
		 n);
}

static void
syn_ack_unanswered(struct words *w)
{
	const struct verdict_syn_ack_unanswered *a = &w->v->syn_ack_unanswered;
	const int n = words_count(a->syn_acks);

	text_add(w->t,
		 ngettext("%s sent its SYN-ACK %d time in %s", "%s sent its SYN-ACK %d times in %s",
			  (unsigned long)n),
		 words_end(w), n, words_span(w, a->elapsed));
	words_semicolon(w);
	if (a->ack_seen)
		text_add(w->t, "%s",
			 _("the client's ACK was captured: it is lost behind the capture point, or "
			   "the server drops it"));
	else
		text_add(w->t, "%s",
			 _("no ACK was seen: one of them is lost on the way, or the client does "
			   "not answer"));
}

static void
syn_ack_unanswered_check(struct words *w)
{
	if (w->v->syn_ack_unanswered.ack_seen)
		text_add(w->t, _("nstat -az on %s: TcpExtListenDrops and TcpExtTCPReqQFull*"),
			 words_host(w));
	else
		text_add(w->t,
			 _("the path back from %s to %s: routes, firewalls, a spoofed client?"),
			 words_host(w), words_peer_host(w));
}

const struct phrases words_syn_ack_unanswered = {syn_ack_unanswered_row, syn_ack_unanswered,
						 syn_ack_unanswered_check};

/* ---- accept-queue-full, deferred-accept ---- */

static void
accept_queue_full_row(struct words *w)
{
	text_add(w->t, "%s",
		 w->v->accept_queue_full.over ? _("accepted late") : _("listener does not accept"));
}

static void
accept_queue_full_facts(struct words *w)
{
	const int repeats = words_count(w->v->accept_queue_full.repeats);
	const int ignored = words_count(w->v->accept_queue_full.ignored);

	if (repeats > 0) {
		words_semicolon(w);
		text_add(w->t,
			 ngettext("SYN-ACK repeated %d time after the client's ACK",
				  "SYN-ACK repeated %d times after the client's ACK",
				  (unsigned long)repeats),
			 repeats);
	}
	if (ignored > 0) {
		words_semicolon(w);
		text_add(w->t,
			 ngettext("the client had to retransmit %d time",
				  "the client had to retransmit %d times", (unsigned long)ignored),
			 ignored);
	}
}

static void
accept_queue_full(struct words *w)
{
	const struct verdict_accept_queue_full *a = &w->v->accept_queue_full;

	if (a->over)
		text_add(w->t, _("%s accepted the connection late: its queue was likely full"),
			 words_end(w));
	else
		text_add(w->t, _("the listener on %s is likely not accepting, its queue is full"),
			 words_end(w));
	accept_queue_full_facts(w);
	if (a->ack_arrived) {
		words_semicolon(w);
		text_add(w->t, "%s", _("its SYN-ACK echoes the ACK, which had arrived"));
	}
}

static void
accept_queue_full_check(struct words *w)
{
	text_add(w->t, _("ss -ltn 'sport = %u' on %s: has Recv-Q reached Send-Q (the backlog)?"),
		 words_server_port(w), words_host(w));
}

const struct phrases words_accept_queue_full = {accept_queue_full_row, accept_queue_full,
						accept_queue_full_check};

static void
deferred_accept_row(struct words *w)
{
	text_add(w->t, "%s", _("accept waits for data"));
}

static void
deferred_accept(struct words *w)
{
	const struct verdict_deferred_accept *d = &w->v->deferred_accept;
	const int n = words_count(d->repeats);

	if (d->over)
		text_add(w->t,
			 _("%s accepted the connection when its first data arrived, after %s"),
			 words_end(w), words_span(w, d->waited));
	else
		text_add(w->t, _("%s likely waits for data before it accepts; none arrived for %s"),
			 words_end(w), words_span(w, d->waited));
	words_semicolon(w);
	text_add(w->t,
		 ngettext("SYN-ACK repeated %d time meanwhile (TCP_DEFER_ACCEPT): nothing was "
			  "lost",
			  "SYN-ACK repeated %d times meanwhile (TCP_DEFER_ACCEPT): nothing was "
			  "lost",
			  (unsigned long)n),
		 n);
}

static void
deferred_accept_check(struct words *w)
{
	text_add(w->t, _("whether the listener on %s sets TCP_DEFER_ACCEPT, and why %s is silent"),
		 words_end(w), words_peer(w));
}

const struct phrases words_deferred_accept = {deferred_accept_row, deferred_accept,
					      deferred_accept_check};

/* ---- syn-lost ---- */

static void
syn_lost_row(struct words *w)
{
	text_add(w->t, _("connected at SYN %d, +%s"), words_count(w->v->syn_lost.syns),
		 words_span(w, w->v->syn_lost.cost));
}

static void
syn_lost(struct words *w)
{
	const struct verdict_syn_lost *l = &w->v->syn_lost;
	const int syns = words_count(l->syns);

	switch (l->what) {
	case SYN_LOST_ANSWER:
		text_add(w->t,
			 _("connected only at SYN number %d, %s late: the answer to an earlier one "
			   "did not arrive"),
			 syns, words_span(w, l->cost));
		break;
	case SYN_LOST_ECN:
		text_add(w->t,
			 _("connected only at SYN number %d, %s late: only the SYN without ECN was "
			   "answered"),
			 syns, words_span(w, l->cost));
		break;
	default:
		text_add(w->t,
			 _("connected only at SYN number %d, %s late: the earlier ones were not "
			   "answered"),
			 syns, words_span(w, l->cost));
	}
}

static void
syn_lost_check(struct words *w)
{
	if (w->v->syn_lost.what == SYN_LOST_ECN)
		text_add(w->t, _("a firewall before %s that drops ECN; sysctl net.ipv4.tcp_ecn"),
			 words_peer_host(w));
	else
		text_add(w->t,
			 _("nstat -az on %s: TcpExtListenDrops; loss on the way: mtr -T -P %u %s"),
			 words_peer_host(w), words_server_port(w), words_peer_host(w));
}

const struct phrases words_syn_lost = {syn_lost_row, syn_lost, syn_lost_check};

/* ---- two-answers, wrong-responder ---- */

static void
two_answers_row(struct words *w)
{
	text_add(w->t, "%s", _("two SYN-ACKs to one SYN"));
}

static void
two_answers(struct words *w)
{
	text_add(w->t,
		 _("two SYN-ACKs of %s with different sequence numbers answered one SYN, %s "
		   "apart: two hosts or two stacks have this address"),
		 words_end(w), words_span(w, w->v->two_answers.apart));
}

static void
two_answers_check(struct words *w)
{
	text_add(w->t,
		 _("which hosts have %s: arping, a second stack on it, a load balancer that "
		   "copies"),
		 words_host(w));
}

const struct phrases words_two_answers = {two_answers_row, two_answers, two_answers_check};

static const char *
other_end(struct words *w)
{
	const struct verdict_wrong_responder *r = &w->v->wrong_responder;

	return text_endpoint(w->peer, sizeof(w->peer), r->addr, r->port);
}

static void
wrong_responder_row(struct words *w)
{
	text_add(w->t, "%s",
		 w->v->wrong_responder.is_answer ? _("answers another's SYN")
						 : _("answered by another address"));
}

static void
wrong_responder(struct words *w)
{
	const struct verdict_wrong_responder *r = &w->v->wrong_responder;

	if (r->is_answer)
		text_add(w->t,
			 _("this SYN-ACK answers the SYN that %s sent to %s (connection #%llu): it "
			   "comes from another address and is refused"),
			 words_end(w), other_end(w), (unsigned long long)r->related);
	else
		text_add(w->t,
			 _("the SYN of %s was answered by %s (connection #%llu): the client "
			   "refuses what comes from another address"),
			 words_end(w), other_end(w), (unsigned long long)r->related);
}

static void
wrong_responder_check(struct words *w)
{
	text_add(w->t,
		 _("the NAT or load balancer between them: the answer of %s must pass it on its "
		   "way back"),
		 other_end(w));
}

const struct phrases words_wrong_responder = {wrong_responder_row, wrong_responder,
					      wrong_responder_check};

/* ---- port-reuse ---- */

static void
port_reuse_row(struct words *w)
{
	text_add(w->t, _("ports reused after %s"), words_span(w, w->v->port_reuse.after));
}

static void
port_reuse(struct words *w)
{
	text_add(w->t,
		 _("the same addresses and ports were used again %s after the previous connection"),
		 words_span(w, w->v->port_reuse.after));
}

static void
port_reuse_check(struct words *w)
{
	text_add(w->t,
		 _("on %s: does the program bind a fixed port, or is ip_local_port_range used up?"),
		 text_addr(w->end, sizeof(w->end), w->f->end[CLIENT].addr));
}

const struct phrases words_port_reuse = {port_reuse_row, port_reuse, port_reuse_check};
