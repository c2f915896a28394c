# SPDX-License-Identifier: MIT
"""The kernel's own view: its sockets (NETLINK_SOCK_DIAG) and its TCP counters, sampled.

A row per change of a socket, and one per half second while nothing changes; a row per counter that
moved. Packets are recorded elsewhere.
"""

import os
import select
import socket
import struct
import time

NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY = 4, 20
NLM_F_REQUEST_DUMP = 0x301
STATES = ("", "ESTAB", "SYN-SENT", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "CLOSED",
          "CLOSE-WAIT", "LAST-ACK", "LISTEN", "CLOSING", "SYN-RECV")
TIMERS = ("off", "on", "keepalive", "timewait", "persist")
CA_STATES = ("Open", "Disorder", "CWR", "Recovery", "Loss")
COUNTERS = ("TCPTimeouts", "TCPSynRetrans", "TCPLossProbes", "TCPFastRetrans",
            "TCPSlowStartRetrans", "TCPKeepAlive", "TCPWinProbe", "TCPSpuriousRTOs",
            "TCPLossProbeRecovery", "ListenOverflows", "ListenDrops", "SyncookiesSent",
            "TCPChallengeACK", "TCPDSACKRecv", "TCPDSACKUndo", "TCPLostRetransmit",
            "TCPFastOpenActive", "TCPFastOpenPassive", "PAWSEstab", "DelayedACKs")
COLUMNS = ("t side local remote state timer expires_ms timer_retrans rto_ms rtt_ms rttvar_ms "
           "minrtt_ms backoff ca_state cwnd ssthresh mss unacked sacked lost retrans_out "
           "total_retrans dsack_dups probes snd_wnd rcv_wnd ato_ms sendq recvq "
           "last_data_sent_ms last_ack_recv_ms").split()
MIB_COLUMNS = ("t", "side", "counter", "delta")
SAMPLE_EVERY, COUNT_EVERY, HEARTBEAT = 0.020, 0.008, 0.5
IGNORED = ("expires_ms", "last_data_sent_ms", "last_ack_recv_ms", "t")


def address(family, data, port):
    size = 4 if family == socket.AF_INET else 16
    text = socket.inet_ntop(family, data[:size])
    return f"{text}:{port}" if size == 4 else f"[{text}]:{port}"


def tcp_info(data):
    """The figures of struct tcp_info that are recorded, times in ms."""
    data = data.ljust(240, b"\0")
    _, ca, _, probes, backoff = struct.unpack("5B", data[:5])
    word = struct.unpack("24I", data[8:104])
    return {"rto_ms": word[0] / 1000, "ato_ms": word[1] / 1000, "mss": word[2],
            "unacked": word[4], "sacked": word[5], "lost": word[6], "retrans_out": word[7],
            "last_data_sent_ms": word[9], "last_ack_recv_ms": word[12], "rtt_ms": word[15] / 1000,
            "rttvar_ms": word[16] / 1000, "ssthresh": word[17], "cwnd": word[18],
            "total_retrans": word[23], "backoff": backoff, "probes": probes,
            "ca_state": CA_STATES[ca] if ca < len(CA_STATES) else ca,
            "minrtt_ms": struct.unpack("I", data[148:152])[0] / 1000,
            "dsack_dups": struct.unpack("I", data[216:220])[0],
            "snd_wnd": struct.unpack("I", data[228:232])[0],
            "rcv_wnd": struct.unpack("I", data[232:236])[0]}


class Sampler:
    """side → sockets and counters of that host's namespace."""

    def __init__(self, hosts):
        self.hosts = {h.side: h.inside(self.open) for h in hosts}
        self.rows, self.moved, self.last = [], [], {}
        self.raw = {side: b"" for side in self.hosts}
        self.values = {side: {} for side in self.hosts}

    @staticmethod
    def open():
        return (socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG),
                os.open("/proc/thread-self/net/netstat", os.O_RDONLY))

    def dump(self, netlink, family):
        """(family, message body) of every TCP socket but listeners."""
        request = struct.pack("BBBxI48x", family, socket.IPPROTO_TCP, 1 << 1, 0xFFF & ~(1 << 10))
        netlink.send(struct.pack("IHHII", 16 + len(request), SOCK_DIAG_BY_FAMILY,
                                 NLM_F_REQUEST_DUMP, 1, 0) + request)
        while True:
            data, at = netlink.recv(1 << 17), 0
            while at + 16 <= len(data):
                size, kind = struct.unpack("IH", data[at:at + 6])
                if kind in (2, 3):
                    return
                yield data[at + 16:at + size]
                at += (size + 3) & ~3

    def socket_row(self, side, body):
        family, state, timer, retrans = body[:4]
        sport, dport = struct.unpack(">HH", body[4:8])
        expires, recvq, sendq = struct.unpack("III", body[52:64])
        row = {"t": f"{time.time():.6f}", "side": side, "local": address(family, body[8:24], sport),
               "remote": address(family, body[24:40], dport),
               "state": STATES[state] if state < len(STATES) else state,
               "timer": TIMERS[timer] if timer < len(TIMERS) else timer,
               "expires_ms": expires if timer else "", "timer_retrans": retrans,
               "sendq": sendq, "recvq": recvq}
        at = 72
        while at + 4 <= len(body):
            size, kind = struct.unpack("HH", body[at:at + 4])
            if kind == 2:
                row.update(tcp_info(body[at + 4:at + size]))
            at += max((size + 3) & ~3, 4)
        return row

    def sample(self):
        for side, (netlink, _) in self.hosts.items():
            for family in (socket.AF_INET, socket.AF_INET6):
                for body in self.dump(netlink, family):
                    self.keep(self.socket_row(side, body))

    def keep(self, row):
        """A row per change; a timer that runs down is not a change."""
        key = (row["side"], row["local"], row["remote"])
        old, now = self.last.get(key), float(row["t"])
        same = old and all(row.get(k) == old.get(k) for k in COLUMNS if k not in IGNORED)
        rearmed = old and row["expires_ms"] != "" and old["expires_ms"] != "" and \
            row["expires_ms"] > old["expires_ms"] + 1 - (now - float(old["t"])) * 1000 + 8
        if same and not rearmed and now - float(old["kept"]) < HEARTBEAT:
            self.last[key] = {**row, "kept": old["kept"]}
            return
        self.last[key] = {**row, "kept": now}
        self.rows.append(row)

    def count(self):
        for side, (_, fd) in self.hosts.items():
            raw = os.pread(fd, 1 << 16, 0)
            if raw == self.raw[side]:
                continue
            self.raw[side], now = raw, time.time()
            heads, values = raw.splitlines()[:2]
            new = dict(zip(heads.decode().split()[1:], map(int, values.split()[1:])))
            for name in COUNTERS:
                delta = new.get(name, 0) - self.values[side].get(name, new.get(name, 0))
                if delta:
                    self.moved.append({"t": f"{now:.6f}", "side": side, "counter": name,
                                       "delta": delta})
            self.values[side] = new

    def loop(self, stop):
        """Until the pipe stop is written to."""
        next_sample = time.time()
        self.count()
        while not select.select([stop], [], [], COUNT_EVERY)[0]:
            self.count()
            if time.time() >= next_sample:
                self.sample()
                next_sample = time.time() + SAMPLE_EVERY
        self.count()
