/* SPDX-License-Identifier: MIT */
/*
 * display_filter_words: the words of the screen filter. To add one: a row here; the parser, the
 * completion, the help screen and the man page follow.
 */
#include "model/model.h"

#include "model/display_filter_parse.h"

#define FORM(form, meaning) {.example = (form), .help = (meaning)}
#define FIGURE(word, condition, meaning)                                                           \
	{(word), NULL, (condition), (meaning), &filter_operand_figure, filter_match_figure}

/* clang-format off */
const struct filter_word filter_words[] = {
	FORM("23", N_("client's or server's port")),
	FORM("23,80,8000-8080", N_("one of several ports")),
	FORM("http", N_("port of a service, by its name in /etc/services")),
	FORM("10.0.0.5", N_("address of the client or the server, IPv4 or IPv6")),
	FORM("10.0.0.5:80", N_("address and port of the same end, as the list shows them")),
	FORM("10.0.0.0/8", N_("network: an address and the length of its prefix")),
	FORM("10.0", N_("part of an address")),
	FORM("syn", N_("part of the name of a state, a verdict or a severity")),
	{"port", NULL, "port > 1023", N_("client's or server's port: a number, a service, a list or a comparison"),
	 &filter_operand_port, filter_match_port},
	{"host", NULL, "host 10.0.0.5", N_("address of the client or the server"),
	 &filter_operand_host, filter_match_address},
	{"net", NULL, "net 10.0.0.0/8", N_("network; its first bytes are enough: net 10"),
	 &filter_operand_net, filter_match_address},
	{"src", "client", "src 10.0.0.5", N_("the client's port, host or net"),
	 &filter_operand_client, NULL},
	{"dst", "server", "dst port 443", N_("the server's port, host or net"),
	 &filter_operand_server, NULL},
	{"state", NULL, "state syn-sent", N_("state of the connection; its beginning is enough: state fin"),
	 &filter_operand_state, filter_match_state},
	{"verdict", NULL, "verdict refused", N_("any of the connection's verdicts; also verdict any, verdict none"),
	 &filter_operand_verdict, filter_match_verdict},
	{"severity", NULL, "severity >= warning", N_("severity: error, warning, note or none"),
	 &filter_operand_severity, filter_match_severity},
	FIGURE("retx", "retx > 3", N_("retransmissions, both directions; retx alone: any")),
	FIGURE("timeouts", "timeouts > 3", N_("retransmissions by timeout")),
	FIGURE("fast", "fast > 3", N_("fast retransmissions and those of the recovery after them")),
	FIGURE("tlp", "tlp > 3", N_("tail-loss probes")),
	FIGURE("spurious", "spurious > 3", N_("retransmissions that were not needed")),
	FIGURE("out-of-order", "out-of-order > 3", N_("segments that the network reordered")),
	FIGURE("dup-acks", "dup-acks > 3", N_("duplicate ACKs, both directions")),
	FIGURE("rtt", "rtt > 200ms", N_("smoothed round-trip time; units us ms s m h, seconds without one")),
	FIGURE("rto", "rto > 1s", N_("current retransmission timeout, the larger one of both ends")),
	FIGURE("handshake", "handshake > 1s", N_("duration of the handshake")),
	FIGURE("idle", "idle > 10s", N_("time since the last packet")),
	FIGURE("age", "age < 1m", N_("time since the first packet")),
	FIGURE("lasted", "lasted > 1h", N_("time from the first packet to the end or the last packet")),
	FIGURE("rate", "rate > 1M", N_("current payload bytes per second, both directions; 10Mbit: in bits")),
	FIGURE("sent-rate", "sent-rate > 1M", N_("current payload rate per second, client to server")),
	FIGURE("received-rate", "received-rate > 1M", N_("current payload rate per second, server to client")),
	FIGURE("bytes", "bytes > 1G", N_("payload bytes, both directions")),
	FIGURE("sent", "sent > 1G", N_("payload bytes from client to server")),
	FIGURE("received", "received > 1G", N_("payload bytes from server to client")),
	FIGURE("segments", "segments > 10k", N_("segments, both directions")),
	FIGURE("in-flight", "in-flight > 64k", N_("bytes sent and not yet acknowledged, both directions")),
	FIGURE("client-window", "client-window < 1k", N_("receive window that the client offers")),
	FIGURE("server-window", "server-window < 1k", N_("receive window that the server offers")),
	FIGURE("zero-window", "zero-window > 1s", N_("total time with a closed window")),
	FIGURE("vlan", "vlan 7", N_("VLAN id")),
	FIGURE("interface", "interface 2", N_("number of the interface")),
	FIGURE("id", "id 1", N_("the connection's number in this capture")),
	FORM("and or not ( )", N_("combine conditions; also && || !; conditions side by side mean and")),
};
/* clang-format on */
const size_t filter_word_count = ARRAY_LEN(filter_words);

const struct filter_word *
filter_word_find(const char *p, size_t n)
{
	for (size_t i = 0; i < filter_word_count; i++) {
		const struct filter_word *w = &filter_words[i];

		if ((w->name && word_is(p, n, w->name)) || (w->alias && word_is(p, n, w->alias)))
			return w;
	}
	return NULL;
}
