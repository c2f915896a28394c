/* SPDX-License-Identifier: MIT */
/* words: see words.h. */
#include "core/words.h"

#include "base/base.h"

#include <strings.h>

struct word {
	const char *name, *help;
};

/* clang-format off */
static const struct word tcp_states[TCP_STATE_COUNT] = {
	[TCP_UNKNOWN] = {"UNKNOWN", N_("Nothing was seen of this end.")},
	[TCP_LISTEN] = {"LISTEN", N_("Asked by a SYN, has not answered yet.")},
	[TCP_SYN_SENT] = {"SYN-SENT", N_("Has sent a SYN, waits for the answer.")},
	[TCP_SYN_RECV] = {"SYN-RECV", N_("Has answered the SYN, waits for the handshake's last ACK.")},
	[TCP_ESTAB] = {"ESTAB", N_("Established: data may flow both ways.")},
	[TCP_FIN_WAIT_1] = {"FIN-WAIT-1", N_("Has closed its side, waits for the ACK of its FIN.")},
	[TCP_FIN_WAIT_2] = {"FIN-WAIT-2", N_("Has closed, its FIN is acknowledged; waits for the peer's FIN.")},
	[TCP_CLOSE_WAIT] = {"CLOSE-WAIT", N_("The peer has closed; this end's application has not yet.")},
	[TCP_CLOSING] = {"CLOSING", N_("Both closed at once; waits for the ACK of its FIN.")},
	[TCP_LAST_ACK] = {"LAST-ACK", N_("Closed after the peer; waits for the ACK of its FIN.")},
	[TCP_TIME_WAIT] = {"TIME-WAIT", N_("Finished; waits for late packets (60 s on Linux).")},
	[TCP_CLOSED] = {"CLOSED", N_("Finished, or never open.")},
};

static const struct word conn_states[CONN_STATE_COUNT] = {
	[CONN_SYN_SENT] = {"SYN-SENT", N_("The client has asked; nobody has answered yet.")},
	[CONN_SYN_RECV] = {"SYN-RECV", N_("The server has answered; the client's ACK is not seen to arrive.")},
	[CONN_ESTAB] = {"ESTAB", N_("Established.")},
	[CONN_FIN_WAIT_1] = {"FIN-WAIT-1", N_("One end has closed; its FIN is not acknowledged yet.")},
	[CONN_FIN_WAIT_2] = {"FIN-WAIT-2", N_("One end has closed, the other may still send.")},
	[CONN_CLOSE_WAIT] = {"CLOSE-WAIT", N_("One end has closed, the other has not yet.")},
	[CONN_CLOSING] = {"CLOSING", N_("Both ends closed at once.")},
	[CONN_LAST_ACK] = {"LAST-ACK", N_("Both have closed; the last ACK is missing.")},
	[CONN_TIME_WAIT] = {"TIME-WAIT", N_("Closed in good order; one end waits for late packets.")},
	[CONN_CLOSED] = {"CLOSED", N_("Closed in good order.")},
	[CONN_REFUSED] = {"REFUSED", N_("A reset answered the SYN: nobody listens on that port.")},
	[CONN_REJECTED] = {"REJECTED", N_("An ICMP error answered the SYN.")},
	[CONN_NO_ANSWER] = {"NO-ANSWER", N_("The client gave up: no SYN was answered.")},
	[CONN_RESET] = {"RESET", N_("Ended by a reset.")},
	[CONN_TIMED_OUT] = {"TIMED-OUT", N_("The sender must have given up: its retransmissions were not answered.")},
	[CONN_MIDSTREAM] = {"MIDSTREAM", N_("Older than the capture: its handshake was not seen.")},
};
/* clang-format on */

static const char *const end_causes[END_CAUSE_COUNT] = {
	"open", "closed", "refused", "rejected", "no-answer", "reset", "timed-out", "evicted",
};

static const char *const causes[CAUSE_COUNT] = {
	[CAUSE_SYN] = "syn",	   [CAUSE_SYN_ACK] = "syn-ack", [CAUSE_FIN] = "fin",
	[CAUSE_RTO] = "rto",	   [CAUSE_TLP] = "tlp",		[CAUSE_FAST] = "fast",
	[CAUSE_RECOVERY] = "recovery", [CAUSE_PMTU] = "pmtu",	[CAUSE_TFO] = "tfo",
	[CAUSE_PROBE] = "probe",   [CAUSE_UNKNOWN] = "unknown",
};

static const char *const timer_kinds[TIMER_KIND_COUNT] = {
	"none", "syn", "syn-ack", "rto", "tlp", "persist", "keepalive",
};

/* clang-format off */
static const struct word time_classes[TIME_CLASS_COUNT] = {
	[TIME_HANDSHAKE] = {"handshake", N_("Until the handshake was complete.")},
	[TIME_NETWORK] = {"network", N_("On the way between the hosts, at the path's shortest time.")},
	[TIME_SERVER] = {"server", N_("The server's application, from a request to its answer.")},
	[TIME_CLIENT] = {"client",
		N_("The client's application, from an answer to its next request.")},
	[TIME_PAUSE] = {"pause", N_("Nothing was in flight and nothing awaited.")},
	[TIME_SENDER_APPLICATION] = {"sender_application",
		N_("Data was in flight, there was room for more, and none was given.")},
	[TIME_RECEIVER_WINDOW] = {"receiver_window", N_("The receiver's window had no room for the next segment.")},
	[TIME_WINDOW_CLOSED] = {"window_closed", N_("The receiver's window was closed.")},
	[TIME_CONGESTION] = {"congestion", 
		N_("Each segment waited for an ACK: the sender's congestion window or the path.")},
	[TIME_RECOVERY_RTO] = {"recovery_rto", N_("Retransmission time-outs, probes and the wait for them.")},
	[TIME_RECOVERY_FAST] = {"recovery_fast", N_("Recovery of losses without a time-out.")},
	[TIME_NAGLE] = {"nagle", N_("A small segment waited for the ACK of the one before it (RFC 896).")},
	[TIME_IDLE] = {"idle", N_("Long silence, or silence until the connection ended.")},
	[TIME_UNKNOWN] = {"unknown", N_("The capture lacks what is needed to tell.")},
};
/* clang-format on */

static const char *const severities[] = {"none", "note", "warning", "error"};

const char *
tcp_state_name(enum tcp_state s)
{
	return tcp_states[s].name;
}

const char *
tcp_state_help(enum tcp_state s)
{
	return tcp_states[s].help;
}

const char *
conn_state_name(enum conn_state s)
{
	return conn_states[s].name;
}

const char *
conn_state_help(enum conn_state s)
{
	return conn_states[s].help;
}

const char *
end_cause_name(enum end_cause c)
{
	return end_causes[c];
}

const char *
cause_name(enum cause c)
{
	return causes[c];
}

const char *
timer_kind_name(enum timer_kind k)
{
	return timer_kinds[k];
}

const char *
time_class_name(enum time_class t)
{
	return time_classes[t].name;
}

const char *
time_class_help(enum time_class t)
{
	return time_classes[t].help;
}

const char *
severity_name(enum severity s)
{
	return severities[s];
}

char
severity_letter(enum severity s)
{
	return " NWE"[s];
}

bool
conn_state_by_name(const char *name, enum conn_state *out)
{
	for (int i = 0; i < CONN_STATE_COUNT; i++)
		if (strcasecmp(name, conn_states[i].name) == 0) {
			*out = (enum conn_state)i;
			return true;
		}
	return false;
}
