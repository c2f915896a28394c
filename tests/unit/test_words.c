/* SPDX-License-Identifier: MIT */
/*
 * test_words: what a verdict and a segment's findings say. Not covered: whether they are true
 * (tests of the engine), and other languages.
 */
#include "unit.h"

#include "model/model.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NOW  (INT64_C(1488968618) * NSEC_PER_SEC) /* 10:23:38 UTC */
#define LONG 512

static void
set_addr(struct endpoint *e, const char *addr, uint16_t port)
{
	memset(e->addr, 0, 10);
	e->addr[10] = e->addr[11] = 0xff;
	assert_int_equal(inet_pton(AF_INET, addr, e->addr + 12), 1);
	e->port = port;
}

static struct conn_facts
facts(void)
{
	struct conn_facts f = {.id = 1, .ip_version = 4};

	set_addr(&f.end[CLIENT], "10.0.0.5", 51514);
	set_addr(&f.end[SERVER], "10.0.0.9", 5432);
	return f;
}

static void
says(const struct verdict *v, const char *row, const char *sentence)
{
	const struct conn_facts f = facts();
	char out[LONG];

	assert_string_equal(verdict_short(out, sizeof(out), v, &f, NOW), row);
	assert_string_equal(verdict_text(out, sizeof(out), v, &f, NOW), sentence);
}

static void
says_check(const struct verdict *v, const char *check)
{
	const struct conn_facts f = facts();
	char out[LONG];

	assert_string_equal(verdict_check(out, sizeof(out), v, &f, NOW), check);
}

#define S(n)  ((nsec)((n)*1e9))
#define MS(n) ((nsec)((n)*1e6))

static const struct icmp_notice prohibited = {
	.version = 4, .type = 3, .code = 13, .from = {[10] = 0xff, 0xff, 10, 0, 0, 1}};
static const struct icmp_notice too_big = {
	.version = 4, .type = 3, .code = 4, .mtu = 1400, .from = {[10] = 0xff, 0xff, 10, 0, 0, 1}};

/* ---- openings ---- */

static void
test_refused(void **state)
{
	struct verdict v = {.code = V_REFUSED,
			    .severity = SEV_ERROR,
			    .side = SERVER,
			    .refused = {.syns = 1, .after = 23 * NSEC_PER_US}};

	(void)state;
	says(&v, "port closed", "refused by 10.0.0.9 after 0.02ms: port closed");
	says_check(&v, "ss -ltn on 10.0.0.9: does anything listen on 5432?");
	v.refused = (struct verdict_refused){.syns = 3, .after = MS(2), .firewall = true};
	says(&v, "refused by a firewall",
	     "refused with the address of 10.0.0.9 after 2.0ms; the reset's TTL is not the one "
	     "of that host: a firewall answers; it answered 3 SYNs");
}

static void
test_rejected(void **state)
{
	struct verdict v = {.code = V_REJECTED,
			    .severity = SEV_ERROR,
			    .side = SERVER,
			    .rejected = {.after = MS(1), .syns = 1, .icmp = prohibited}};

	(void)state;
	says(&v, "admin prohibited by 10.0.0.1",
	     "rejected after 1.0ms: communication administratively prohibited (ICMP 3/13), "
	     "reported by intermediate host 10.0.0.1");
	v.rejected.by_server = true;
	v.rejected.syns = 2;
	v.rejected.icmp.code = 3;
	says(&v, "port unreachable by 10.0.0.1",
	     "rejected after 1.0ms: port unreachable (ICMP 3/3), reported by the server itself, "
	     "10.0.0.1; 2 SYNs were sent");
	v.rejected.icmp.from[12] = 192; /* no room for the address */
	v.rejected.icmp.from[13] = 168;
	says(&v, "port unreachable",
	     "rejected after 1.0ms: port unreachable (ICMP 3/3), reported by the server itself, "
	     "192.168.0.1; 2 SYNs were sent");
}

static void
test_no_answer(void **state)
{
	struct verdict v = {
		.code = V_NO_ANSWER,
		.severity = SEV_ERROR,
		.side = CLIENT,
		.no_answer = {.syns = 6,
			      .elapsed = S(31),
			      .forecast = {.next = MS(14800), .gives_up = NOW + S(96)}},
	};

	(void)state;
	says(&v, "no answer ×6",
	     "no answer to 6 SYNs in 31.0s; next attempt in 14.8s; gives up at 10:25:14");
	v.no_answer.forecast = (struct forecast){.next = 0, .gives_up = NSEC_NEVER};
	says(&v, "no answer ×6", "no answer to 6 SYNs in 31.0s; next attempt due now");
	v.no_answer.forecast.overdue = S(22);
	says(&v, "no answer ×6", "no answer to 6 SYNs in 31.0s; no further attempt for 22.0s");
	v.no_answer.forecast = (struct forecast){.next = -1, .gives_up = NSEC_NEVER};
	v.no_answer.syns = 1;
	says(&v, "no answer ×1", "no answer to 1 SYN in 31.0s");
	v.no_answer.end = NO_ANSWER_GAVE_UP;
	says(&v, "gave up after 1 SYN", "no answer to 1 SYN in 31.0s; the client has given up");
	v.no_answer.end = NO_ANSWER_RESET;
	v.no_answer.resets = 2;
	v.no_answer.syns = 4;
	says(&v, "gave up after 4 SYNs",
	     "no answer to 4 SYNs in 31.0s; 2 resets arrived that the client cannot accept; the "
	     "client gave up and closed with a reset");
}

static void
test_syn_acks(void **state)
{
	struct verdict v = {.code = V_SYN_ACK_UNANSWERED,
			    .severity = SEV_ERROR,
			    .side = SERVER,
			    .syn_ack_unanswered = {.syn_acks = 3, .elapsed = S(4)}};

	(void)state;
	says(&v, "no ACK to 3 SYN-ACKs",
	     "10.0.0.9:5432 sent its SYN-ACK 3 times in 4.0s; no ACK was seen: one of them is "
	     "lost on the way, or the client does not answer");
	v.syn_ack_unanswered.ack_seen = true;
	says(&v, "no ACK to 3 SYN-ACKs",
	     "10.0.0.9:5432 sent its SYN-ACK 3 times in 4.0s; the client's ACK was captured: it is "
	     "lost behind the capture point, or the server drops it");

	v.code = V_ACCEPT_QUEUE_FULL;
	v.accept_queue_full = (struct verdict_accept_queue_full){.repeats = 3, .ignored = 1};
	says(&v, "listener does not accept",
	     "the listener on 10.0.0.9:5432 is likely not accepting, its queue is full; SYN-ACK "
	     "repeated 3 times after the client's ACK; the client had to retransmit 1 time");
	says_check(&v,
		   "ss -ltn 'sport = 5432' on 10.0.0.9: has Recv-Q reached Send-Q (the backlog)?");
	v.accept_queue_full =
		(struct verdict_accept_queue_full){.repeats = 1, .ack_arrived = true, .over = true};
	says(&v, "accepted late",
	     "10.0.0.9:5432 accepted the connection late: its queue was likely full; SYN-ACK "
	     "repeated 1 time after the client's ACK; its SYN-ACK echoes the ACK, which had "
	     "arrived");

	v.code = V_DEFERRED_ACCEPT;
	v.deferred_accept =
		(struct verdict_deferred_accept){.repeats = 2, .waited = S(3), .over = true};
	says(&v, "accept waits for data",
	     "10.0.0.9:5432 accepted the connection when its first data arrived, after 3.0s; "
	     "SYN-ACK repeated 2 times meanwhile (TCP_DEFER_ACCEPT): nothing was lost");
	v.deferred_accept.over = false;
	says(&v, "accept waits for data",
	     "10.0.0.9:5432 likely waits for data before it accepts; none arrived for 3.0s; "
	     "SYN-ACK repeated 2 times meanwhile (TCP_DEFER_ACCEPT): nothing was lost");
}

static void
test_syn_lost(void **state)
{
	struct verdict v = {.code = V_SYN_LOST,
			    .severity = SEV_NOTE,
			    .side = CLIENT,
			    .syn_lost = {.syns = 2, .cost = S(1)}};

	(void)state;
	says(&v, "connected at SYN 2, +1.0s",
	     "connected only at SYN number 2, 1.0s late: the earlier ones were not answered");
	v.syn_lost.what = SYN_LOST_ANSWER;
	says(&v, "connected at SYN 2, +1.0s",
	     "connected only at SYN number 2, 1.0s late: the answer to an earlier one did not "
	     "arrive");
	v.syn_lost.what = SYN_LOST_ECN;
	says(&v, "connected at SYN 2, +1.0s",
	     "connected only at SYN number 2, 1.0s late: only the SYN without ECN was answered");
}

static void
test_odd_answers(void **state)
{
	struct verdict v = {.code = V_TWO_ANSWERS,
			    .severity = SEV_WARNING,
			    .side = SERVER,
			    .two_answers = {.apart = MS(1.5)}};

	(void)state;
	says(&v, "two SYN-ACKs to one SYN",
	     "two SYN-ACKs of 10.0.0.9:5432 with different sequence numbers answered one SYN, "
	     "1.5ms apart: two hosts or two stacks have this address");
	v.code = V_WRONG_RESPONDER;
	v.side = CLIENT;
	v.wrong_responder = (struct verdict_wrong_responder){
		.addr = {[10] = 0xff, 0xff, 192, 0, 2, 6}, .port = 80, .related = 3};
	says(&v, "answered by another address",
	     "the SYN of 10.0.0.5:51514 was answered by 192.0.2.6:80 (connection #3): the client "
	     "refuses what comes from another address");
	v.wrong_responder.is_answer = true;
	says(&v, "answers another's SYN",
	     "this SYN-ACK answers the SYN that 10.0.0.5:51514 sent to 192.0.2.6:80 (connection "
	     "#3): it comes from another address and is refused");
	v.code = V_PORT_REUSE;
	v.port_reuse.after = S(2);
	says(&v, "ports reused after 2.0s",
	     "the same addresses and ports were used again 2.0s after the previous connection");
}

/* ---- resets ---- */

static void
test_half_open(void **state)
{
	struct verdict v = {.code = V_HALF_OPEN,
			    .severity = SEV_ERROR,
			    .side = SERVER,
			    .half_open = {.answered = ANSWERS_DATA, .silence = S(2.5)}};

	(void)state;
	says(&v, "server had forgotten it",
	     "half-open: 10.0.0.9:5432 had forgotten the connection, its reset answers data; it "
	     "was silent for 2.5s before");
	v.half_open.answered = ANSWERS_PROBE;
	v.half_open.silence = -1;
	says(&v, "server had forgotten it",
	     "half-open: 10.0.0.9:5432 had forgotten the connection, its reset answers a "
	     "keep-alive");
	v.side = CLIENT;
	v.half_open = (struct verdict_half_open){.how = HALF_OPEN_BELIEVED, .silence = -1};
	says(&v, "client still had it open",
	     "half-open: 10.0.0.5:51514 still had a connection open that 10.0.0.9:5432 does not "
	     "know");
	v.half_open = (struct verdict_half_open){.how = HALF_OPEN_REPLACED, .silence = S(1)};
	says(&v, "replaced by a new SYN",
	     "half-open: 10.0.0.5:51514 had forgotten the connection and opened a new one over "
	     "it; it was silent for 1.0s before");
	v.half_open = (struct verdict_half_open){.how = HALF_OPEN_SYN_MET, .answers = 5};
	says(&v, "meets an older connection",
	     "the SYN of 10.0.0.5:51514 was answered 5 times by an ACK of an older connection; "
	     "10.0.0.9:5432 still holds one of these ports");
	v.half_open.connected = true;
	v.half_open.cost = MS(32);
	says(&v, "old connection cost 32.0ms",
	     "the SYN of 10.0.0.5:51514 met an older connection of these ports, which "
	     "10.0.0.9:5432 still held; connected after 32.0ms");
}

static void
test_unknown_connection(void **state)
{
	struct verdict v = {.code = V_UNKNOWN_CONNECTION,
			    .severity = SEV_ERROR,
			    .side = SERVER,
			    .unknown_connection = {.answered = ANSWERS_DATA}};

	(void)state;
	says(&v, "unknown to the server",
	     "10.0.0.9:5432 answered data with a reset: it does not know this connection; it began "
	     "before the capture, or its earlier packets went to another host");
	v.unknown_connection.related = 12;
	v.unknown_connection.port = 40213;
	says(&v, "unknown to the server",
	     "10.0.0.9:5432 answered data with a reset: it does not know this connection; it "
	     "continues connection #12 from port 40213: a NAT changed the port");
	v.side = CLIENT;
	v.unknown_connection = (struct verdict_unknown_connection){.answered = ANSWERS_SYN_ACK};
	says(&v, "unknown to the client",
	     "10.0.0.5:51514 answered a SYN-ACK with a reset; no SYN of its own was captured: "
	     "another host used its address, or the SYN took another path");
	v.side = SERVER;
	v.unknown_connection.answered = ANSWERS_NO_ACK;
	says(&v, "unknown to the server",
	     "10.0.0.9:5432 answered a segment without SYN and ACK with a reset: no connection "
	     "sends such a segment; likely a scan");
}

/* Only who answers data is said to have cut off a sender. */
static void
test_reset_socket_gone(void **state)
{
	struct verdict v = {
		.code = V_RESET,
		.severity = SEV_WARNING,
		.side = SERVER,
		.reset = {.situation = RESET_SOCKET_GONE, .answered = ANSWERS_FIN}};

	(void)state;
	says(&v, "server socket closed",
	     "10.0.0.9:5432 answered a FIN with a reset: its socket was closed");
	v.reset.answered = ANSWERS_ACK;
	says(&v, "server socket closed",
	     "10.0.0.9:5432 answered an ACK with a reset: its socket was closed");
}

static void
test_reset(void **state)
{
	static const struct {
		enum reset_situation situation;
		const char *row, *sentence;
	} all[] = {
		{RESET_ALONE, "nothing else captured",
		 "10.0.0.5:51514 sent a reset; nothing else of this connection was captured"},
		{RESET_KEEPALIVE, "3 keep-alives unanswered",
		 "10.0.0.5:51514 aborted the connection after 3 unanswered keep-alive probes"},
		{RESET_GAVE_UP, "no ACK to 3 attempts",
		 "10.0.0.5:51514 gave up with a reset: 70 bytes, sent 3 times, were not "
		 "acknowledged"},
		{RESET_SYN_ACKS, "no ACK to 3 SYN-ACKs",
		 "10.0.0.5:51514 gave up the handshake with a reset: its SYN-ACK, sent 3 times, "
		 "was "
		 "not acknowledged"},
		{RESET_ABANDONED, "handshake abandoned",
		 "10.0.0.5:51514 abandoned the handshake with a reset: a scan, a health check, or "
		 "it was interrupted"},
		{RESET_LATE_DATA, "data after client closed",
		 "10.0.0.5:51514 reset the connection: 70 bytes came after it had closed, and are "
		 "lost"},
		{RESET_AFTER_FIN, "after client's FIN",
		 "10.0.0.5:51514 closed the connection and reset it after its own FIN; no data "
		 "came "
		 "in between"},
		{RESET_SOCKET_GONE, "client socket closed",
		 "10.0.0.5:51514 answered data with a reset: its socket was closed while the other "
		 "end was still sending"},
		{RESET_CLOSING, "instead of client's FIN",
		 "10.0.0.5:51514 answered the other end's close with a reset instead of a FIN; "
		 "nothing was pending"},
		{RESET_BEFORE_DATA, "by client before any data",
		 "10.0.0.5:51514 aborted the connection before any data was sent"},
		{RESET_UNREAD, "client left data unread",
		 "10.0.0.5:51514 aborted the connection, likely with unread data; it had received "
		 "900 bytes and sent 200; after 1.3s of silence"},
		{RESET_IN_FLIGHT, "by client in mid-transfer",
		 "10.0.0.5:51514 aborted the connection in mid-transfer, with 70 bytes in "
		 "flight; it had sent 200 bytes and received 900; after 1.3s of silence"},
		{RESET_NOT_ANSWERED, "by client, still waiting",
		 "the client aborted the connection before it had an answer; 10.0.0.5:51514 had "
		 "sent 200 bytes and received 900; after 1.3s of silence"},
		{RESET_ALL_ACKED, "by client, 1.3s idle",
		 "10.0.0.5:51514 aborted the connection after all data had been acknowledged, 1.3s "
		 "idle"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		const struct verdict v = {.code = V_RESET,
					  .severity = SEV_WARNING,
					  .side = CLIENT,
					  .reset = {.situation = (uint8_t)all[i].situation,
						    .answered = ANSWERS_DATA,
						    .idle = S(1.3),
						    .sent = 200,
						    .received = 900,
						    .count = 3,
						    .bytes = 70}};

		says(&v, all[i].row, all[i].sentence);
	}
}

static void
test_reset_ignored(void **state)
{
	struct verdict v = {.code = V_RESET_IGNORED,
			    .severity = SEV_WARNING,
			    .side = CLIENT,
			    .reset_ignored = {.why = IGNORED_SEQ,
					      .number = 145,
					      .wanted = 144,
					      .count = 1,
					      .went_on = -1}};

	(void)state;
	says(&v, "reset with a wrong number",
	     "10.0.0.5:51514 sent a reset with sequence number 145, but 10.0.0.9:5432 expects "
	     "144 and ignores it; one end now considers the connection closed, the other one "
	     "considers it open");
	v.reset_ignored.why = IGNORED_WENT_ON;
	v.reset_ignored.repeats = 2;
	says(&v, "server went on after reset",
	     "10.0.0.5:51514 sent a reset, and 10.0.0.9:5432 went on: the reset did not arrive "
	     "or was not accepted; one end now considers the connection closed, the other one "
	     "considers it open; 10.0.0.9:5432 has retransmitted 2 times without an answer");
	v.side = SERVER;
	v.reset_ignored =
		(struct verdict_reset_ignored){.why = IGNORED_ACK, .count = 5, .went_on = -1};
	says(&v, "resets with a wrong ACK",
	     "10.0.0.9:5432 answered the SYN with 5 resets that do not acknowledge it; "
	     "10.0.0.5:51514 keeps trying");
}

static void
test_reset_suspect(void **state)
{
	struct verdict v = {
		.code = V_RESET_SUSPECT,
		.severity = SEV_WARNING,
		.side = SERVER,
		.reset_suspect = {.suspicion = SUSPECT_TTL, .ttl = 240, .usual_ttl = 52}};

	(void)state;
	says(&v, "TTL 240, usually 52",
	     "a reset with the address of 10.0.0.9:5432 was likely sent by another host: TTL "
	     "240, other packets have 52");
	v.reset_suspect.suspicion = SUSPECT_IP_ID;
	says(&v, "IP ID out of sequence",
	     "a reset with the address of 10.0.0.9:5432 was likely sent by another host: its IP "
	     "ID is out of sequence, and it has no time stamps");
	v.reset_suspect.suspicion = SUSPECT_WENT_ON;
	says(&v, "its sender continued",
	     "a reset with the address of 10.0.0.9:5432 was likely sent by another host: "
	     "10.0.0.9:5432 continued as if it had sent none");
	v.code = V_RESET_AFTER_CLOSE;
	says(&v, "reset after close",
	     "10.0.0.9:5432 sent a reset after both had finished: harmless");
}

/* ---- waiting ---- */

static void
test_silence(void **state)
{
	struct verdict v = {.code = V_PEER_SILENT,
			    .severity = SEV_ERROR,
			    .side = CLIENT,
			    .silence = {.attempts = 5,
					.silence = S(6),
					.forecast = {.next = S(1), .gives_up = NSEC_NEVER}}};

	(void)state;
	says(&v, "no ACK to 5 attempts",
	     "10.0.0.5:51514 sent the same data 5 times; nothing from 10.0.0.9:5432 for 6.0s; next "
	     "attempt in 1.0s");
	v.silence.fin = true;
	v.silence.silence = -1;
	v.silence.forecast = (struct forecast){.next = -1, .gives_up = NSEC_NEVER, .overdue = S(9)};
	says(&v, "no ACK to the FIN, ×5",
	     "10.0.0.5:51514 sent its FIN 5 times; nothing from 10.0.0.9:5432 was captured; no "
	     "further attempt for 9.0s");
	v.code = V_TIMED_OUT;
	v.silence.silence = S(900);
	says(&v, "gave up after 5 attempts",
	     "10.0.0.5:51514 has likely given up after sending the same data 5 times; nothing from "
	     "10.0.0.9:5432 for 15m00s");
}

static void
test_keepalive(void **state)
{
	struct verdict v = {.code = V_KEEPALIVE_UNANSWERED,
			    .severity = SEV_WARNING,
			    .side = CLIENT,
			    .keepalive = {.unanswered = 3, .probes = 7, .silence = S(30)}};

	(void)state;
	says(&v, "3 keep-alives unanswered",
	     "3 of 7 keep-alive probes of 10.0.0.5:51514 were not answered; nothing from "
	     "10.0.0.9:5432 for 30.0s");
	v.code = V_HALF_CLOSED;
	v.half_closed.since = S(8);
	says(&v, "client open, server closed",
	     "10.0.0.9:5432 closed 8.0s ago, 10.0.0.5:51514 has not yet");
}

static void
test_unreachable(void **state)
{
	struct verdict v = {.code = V_UNREACHABLE,
			    .severity = SEV_WARNING,
			    .side = CLIENT,
			    .unreachable = {.icmp = prohibited, .times = 5, .repeats = 4}};

	(void)state;
	says(&v, "admin prohibited by 10.0.0.1",
	     "10.0.0.1 reported 5 times that segments of the connection do not get through: "
	     "communication administratively prohibited (ICMP 3/13); 10.0.0.5:51514 continued "
	     "and retransmitted 4 times");
	v.unreachable.repeats = 0;
	v.unreachable.times = 1;
	says(&v, "admin prohibited by 10.0.0.1",
	     "10.0.0.1 reported 1 time that segments of the connection do not get through: "
	     "communication administratively prohibited (ICMP 3/13); 10.0.0.5:51514 has not "
	     "retransmitted since");
}

/* ---- transfers ---- */

static void
test_window_closed(void **state)
{
	struct verdict v = {
		.code = V_WINDOW_CLOSED,
		.severity = SEV_WARNING,
		.side = SERVER,
		.window_closed = {
			.closed_for = MS(3100), .total = S(4), .closures = 2, .probes = 3}};

	(void)state;
	says(&v, "not reading for 3.1s",
	     "the window of 10.0.0.9:5432 has been 0 for 3.1s; its application does not read; 3 "
	     "window probes");
	v.window_closed.closed_for = 0;
	v.window_closed.probes = 0;
	says(&v, "did not read for 4.0s",
	     "the window of 10.0.0.9:5432 was zero 2 times, for 4.0s in total; its application did "
	     "not read");
	v.window_closed.reading = WINDOW_HOLE;
	says(&v, "window 0, segment missing",
	     "the window of 10.0.0.9:5432 was zero 2 times, for 4.0s in total; bytes are missing "
	     "before those that it has, and it refuses them because of its window");
	v.window_closed.reading = WINDOW_NOT_YET;
	says(&v, "window 0 since SYN-ACK",
	     "the window of 10.0.0.9:5432 was zero 2 times, for 4.0s in total; it has been 0 since "
	     "the SYN-ACK: it takes no data yet");
	v.window_closed.reading = WINDOW_STACK_FAULT;
	says(&v, "window 0, ACKs in a loop",
	     "the window of 10.0.0.9:5432 was zero 2 times, for 4.0s in total; both ends answer "
	     "these ACKs with ACKs, without data: an error in a TCP stack");
	v.code = V_WINDOW_RETRACTED;
	v.window_retracted = (struct verdict_window_retracted){1, 16640, 16640};
	says(&v, "window moved back by 17k",
	     "10.0.0.9:5432 withdrew window that it had offered 1 time, up to 17k bytes; 17k bytes "
	     "that had been sent were refused");
}

static void
test_loss(void **state)
{
	struct verdict v = {.code = V_LOSS,
			    .severity = SEV_WARNING,
			    .side = CLIENT,
			    .loss = {.behind = 25, .segments = 1000, .by_timeout = 4, .fast = 21}};

	(void)state;
	says(&v, "loss 2.5%: 25 of 1.0k",
	     "10.0.0.5:51514 sent 25 of 1000 segments again (2.5%): 4 by time-out, 21 fast; they "
	     "were lost behind the capture point, or 10.0.0.9 drops them");
	v.loss = (struct verdict_loss){.before = 1, .segments = 3, .unknown = 1};
	says(&v, "loss 33.3%: 1 of 3",
	     "10.0.0.5:51514 sent 1 of 3 segments again (33.3%): 1 for unknown cause; it was "
	     "lost before the capture point");
	v.loss = (struct verdict_loss){
		.before = 2, .behind = 4, .segments = 9, .by_probe = 1, .recovery = 4, .fin = 1};
	says(&v, "loss 66.7%: 6 of 9",
	     "10.0.0.5:51514 sent 6 of 9 segments again (66.7%): 1 by tail-loss probe, 4 in "
	     "recovery, 1 of the FIN; 2 were lost before the capture point, 4 behind it or by "
	     "10.0.0.9");
}

static void
test_repeats(void **state)
{
	struct verdict v = {.code = V_SPURIOUS,
			    .severity = SEV_NOTE,
			    .side = CLIENT,
			    .spurious = {.needless = 2, .retransmissions = 3}};

	(void)state;
	says(&v, "2 needless repeats",
	     "2 of 3 retransmissions of 10.0.0.5:51514 were not needed: the data had arrived");
	v.code = V_REORDERING;
	v.reordering.count = 2;
	says(&v, "2 segments out of order", "2 segments of 10.0.0.5:51514 arrived out of order");
	v.code = V_DUPLICATES;
	says(&v, "2 packets duplicated", "the network duplicated 2 packets of 10.0.0.5:51514");
	v.code = V_ACKS_IGNORED;
	v.acks_ignored = (struct verdict_acks_ignored){.repeats = 3};
	says(&v, "its ACKs are ignored, ×3",
	     "10.0.0.5:51514 repeated 3 times what had been acknowledged: the ACK was captured on "
	     "its way to it; it is lost behind the capture point, or that host drops it");
	v.acks_ignored.at_sender = true;
	says(&v, "its ACKs are ignored, ×3",
	     "10.0.0.5:51514 repeated 3 times what had been acknowledged: the ACK was captured on "
	     "its way to it; that host drops it");
	v.code = V_BAD_CHECKSUM;
	v.bad_checksum.segments = 2;
	says(&v, "2 wrong checksums",
	     "2 segments of 10.0.0.5:51514 have wrong checksums: their receiver drops them");
}

static void
test_path_mtu(void **state)
{
	struct verdict v = {.code = V_PATH_MTU,
			    .severity = SEV_ERROR,
			    .side = SERVER,
			    .path_mtu = {.kind = PATH_MTU_HEEDED, .icmp = too_big, .cut = 2}};

	(void)state;
	says(&v, "path MTU is 1400",
	     "10.0.0.1 reports that segments of 10.0.0.9:5432 are too large: the path takes 1400 "
	     "bytes; the sender follows it: 2 segments were sent again in smaller pieces");
	v.path_mtu.cut = 0;
	v.path_mtu.icmp.mtu = 0;
	says(&v, "path MTU is 0",
	     "10.0.0.1 reports that segments of 10.0.0.9:5432 are too large for the path; the "
	     "sender follows it");
	v.path_mtu.icmp.mtu = 1400;
	v.path_mtu.kind = PATH_MTU_IGNORED;
	says(&v, "path MTU 1400 is ignored",
	     "10.0.0.1 reports that segments of 10.0.0.9:5432 are too large: the path takes 1400 "
	     "bytes; the sender ignores it and sends the same size again");
	v.path_mtu = (struct verdict_path_mtu){
		.kind = PATH_MTU_BLACK_HOLE, .passes = 548, .fails = 1448, .attempts = 4};
	says(&v, "1448 bytes never pass",
	     "segments of 1448 bytes of 10.0.0.9:5432 never pass (4 attempts), those of 548 "
	     "bytes do: likely a router drops large packets and its ICMP is lost");
	v.path_mtu.kind = PATH_MTU_FOUND;
	says(&v, "found that 548 bytes pass",
	     "segments of 1448 bytes of 10.0.0.9:5432 never passed; it found by itself that 548 "
	     "bytes do");
	v.path_mtu.kind = PATH_MTU_HOLE_AT_RECEIVER;
	says(&v, "1448 bytes never pass",
	     "1448 bytes of 10.0.0.9:5432 are missing and are never filled, while segments of 548 "
	     "bytes arrive: large packets are likely dropped before this point");
}

static void
test_capture(void **state)
{
	struct verdict v = {.code = V_ONE_SIDED, .severity = SEV_NOTE, .side = CLIENT};

	(void)state;
	says(&v, "only the client captured",
	     "only packets from 10.0.0.5:51514 were captured, none from 10.0.0.9: RTT, loss and "
	     "silence are unknown");
	v.code = V_MIDSTREAM;
	says(&v, "capture began in mid-stream",
	     "the capture began in mid-stream: options and window scale are unknown");
	v.code = V_CAPTURE_LOSS;
	says(&v, "packets missing in capture",
	     "bytes were acknowledged that are missing in the capture: it lost packets");
}

/* Every code that can be concluded says something whole, whatever its numbers: all bytes of them 0,
 * or all 1. The row is short. */
static void
test_all(void **state)
{
	const struct conn_facts f = facts();
	struct verdict v;

	(void)state;
	for (int i = 0; i < VERDICT_COUNT * 4; i++) {
		char row[LONG], sentence[LONG], check[LONG], tiny[4];

		memset(&v, i / 2 % 2, sizeof(v));
		v.code = (uint8_t)(i / 4);
		v.side = (uint8_t)(i % 2);
		v.severity = SEV_ERROR;
		if (!verdict_has_rule((enum verdict_code)v.code))
			continue;
		verdict_short(row, sizeof(row), &v, &f, NOW);
		verdict_text(sentence, sizeof(sentence), &v, &f, NOW);
		verdict_check(check, sizeof(check), &v, &f, NOW);
		assert_true(strlen(row) > 5 && strlen(sentence) > 5 && strlen(check) > 5);
		assert_true(strlen(sentence) < 400 && strlen(check) < 200);
		assert_true(i / 2 % 2 || text_width(row) <= 28);
		assert_null(strchr(sentence, '\n'));
		assert_null(strstr(sentence, "(null)"));
		assert_true(strlen(verdict_text(tiny, sizeof(tiny), &v, &f, NOW)) < 4);
	}
}

static void
test_nothing_wrong(void **state)
{
	const struct verdict v = {.severity = SEV_NONE};

	(void)state;
	says(&v, "", "");
}

static void
test_notes(void **state)
{
	struct segment s = {.findings = 0};
	char out[LONG], want[LONG];

	(void)state;
	assert_string_equal(segment_notes(out, sizeof(out), &s), "");

	s.findings = FINDING(F_RETRANSMISSION);
	s.cause = CAUSE_RTO;
	s.rexmit_n = 3;
	s.rexmit_after = NSEC_PER_SEC;
	snprintf(want, sizeof(want), "[%s RTO #3 +1.0s]", finding_info(F_RETRANSMISSION)->label);
	assert_string_equal(segment_notes(out, sizeof(out), &s), want);

	s.rexmit_after = -1; /* unknown */
	snprintf(want, sizeof(want), "[%s RTO #3]", finding_info(F_RETRANSMISSION)->label);
	assert_string_equal(segment_notes(out, sizeof(out), &s), want);
	s.rexmit_after = NSEC_PER_SEC;

	s.needed = NEEDED_NO;
	s.findings |= FINDING(F_SPURIOUS_RETRANSMISSION) | FINDING(F_ZERO_WINDOW);
	snprintf(want, sizeof(want), "[%s RTO #3 +1.0s, not needed] [%s]",
		 finding_info(F_SPURIOUS_RETRANSMISSION)->label,
		 finding_info(F_ZERO_WINDOW)->label);
	assert_string_equal(segment_notes(out, sizeof(out), &s), want);

	s = (struct segment){.findings = FINDING(F_DUPLICATE_ACK), .dup_ack = 3};
	snprintf(want, sizeof(want), "[%s 3]", finding_info(F_DUPLICATE_ACK)->label);
	assert_string_equal(segment_notes(out, sizeof(out), &s), want);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_refused),       cmocka_unit_test(test_rejected),
	cmocka_unit_test(test_no_answer),     cmocka_unit_test(test_syn_acks),
	cmocka_unit_test(test_syn_lost),      cmocka_unit_test(test_odd_answers),
	cmocka_unit_test(test_half_open),     cmocka_unit_test(test_unknown_connection),
	cmocka_unit_test(test_reset_socket_gone),
	cmocka_unit_test(test_reset),         cmocka_unit_test(test_reset_ignored),
	cmocka_unit_test(test_reset_suspect), cmocka_unit_test(test_silence),
	cmocka_unit_test(test_keepalive),     cmocka_unit_test(test_unreachable),
	cmocka_unit_test(test_window_closed), cmocka_unit_test(test_loss),
	cmocka_unit_test(test_repeats),       cmocka_unit_test(test_path_mtu),
	cmocka_unit_test(test_capture),       cmocka_unit_test(test_all),
	cmocka_unit_test(test_nothing_wrong), cmocka_unit_test(test_notes),
};

int
main(void)
{
	setenv("TZ", "UTC", 1);
	tzset();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
