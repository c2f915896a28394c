# SPDX-License-Identifier: MIT
"""The wire: forwards packets between the two hosts and does exactly what the scenario says.

Every packet gets a serial number when it enters; the log holds what entered, and what left when.
That log is the truth the labels are made of. It takes commands from a pipe.
"""

import heapq
import os
import select
import struct
import sys
import time
from types import SimpleNamespace

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from capture import flag_letters, tcp_header  # noqa: E402

OTHER = {"c": "s", "s": "c"}
LOG_COLUMNS = ("t", "serial", "from", "sport", "dport", "flags", "seq", "ack", "len", "action",
               "out", "digest")


def digest(ip):
    """What distinguishes transmissions, in a capture of at least 100 bytes of each."""
    return ip[:100].hex()


class Flow:
    """One direction of one connection, for rules that count."""

    def __init__(self, seq):
        self.isn, self.high = seq, seq
        self.count = self.data = self.syns = self.acks = 0
        self.segment_of, self.copies = {}, {}


class Wire:
    """lab: delays, rule, MTU. rows: the log."""

    def __init__(self, lab):
        self.lab, self.rows, self.queue = lab, [], []
        self.serial = self.order = 0
        self.flows, self.conns, self.newest = {}, {}, None
        self.cut, self.stalled, self.running = set(), False, True
        self.held, self.start = [], time.time()

    def describe(self, side, ip):
        """What a rule may ask of a packet; conn counts connections from 1."""
        t = tcp_header(ip)
        if t is None:
            return None
        key = (side, t.sport, t.dport)
        both = frozenset(((side, t.sport), (OTHER[side], t.dport)))
        flow, syn = self.flows.get(key), bool(t.flags & 2)
        if both not in self.conns or (syn and not t.flags & 16 and flow and flow.isn != t.seq):
            self.conns[both] = len(set(self.conns.values())) + 1
            flow = None
        if flow is None:
            flow = self.flows[key] = Flow(t.seq)
        length = len(t.payload)
        flow.count += 1
        flow.syns += syn
        flow.acks += not syn and not length and t.flags & 7 == 0
        self.newest = (key, t.src, t.dst, len(ip))
        number = copy = 0
        if length and not syn:
            if t.seq not in flow.segment_of:
                flow.segment_of[t.seq] = len(flow.segment_of) + 1
            number = flow.segment_of[t.seq]
            copy = flow.copies[t.seq] = flow.copies.get(t.seq, 0) + 1
        flow.high = t.seq + length + syn + (t.flags & 1)
        flow.ack, flow.last = t.ack, t
        return SimpleNamespace(side=side, tcp=t, flags=flag_letters(t.flags), len=length,
                               conn=self.conns[both], n=flow.count, syn_n=flow.syns if syn else 0,
                               ack_n=flow.acks, seg=number, copy=copy,
                               t=time.time() - self.start)

    def take(self, side, data):
        """A packet enters."""
        self.serial += 1
        ip = data[10:] if self.lab.offload else data
        p = self.describe(side, ip)
        delays, action = [0.0], "fwd"
        if p is not None and self.lab.rule:
            extra = self.lab.rule(p)
            delays = delays if extra is None else extra
        if side in self.cut or p is None and ip[0] >> 4 == 6 and ip[6] == 58 and ip[40] > 4:
            delays = []
        if self.lab.mtu and len(ip) > self.lab.mtu and p is not None and not self.lab.offload:
            delays, action = [], "too big"
            self.refuse_size(side, ip)
        if action == "fwd":
            action = "DROP" if not delays else "dup" if len(delays) > 1 else \
                "delay" if delays[0] else "fwd"
        row = self.note(side, ip, p, action)
        for extra in delays:
            self.send(OTHER[side], data, row, self.lab.delay[side] + extra)

    def note(self, side, ip, p, action):
        row = {"t": f"{time.time():.6f}", "serial": self.serial, "from": side, "action": action,
               "digest": digest(ip), "out": []}
        if p is not None:
            row.update(sport=p.tcp.sport, dport=p.tcp.dport, flags=p.flags, seq=p.tcp.seq,
                       ack=p.tcp.ack, len=p.len)
        self.rows.append(row)
        return row

    def send(self, side, data, row, delay):
        self.order += 1
        item = (time.time() + delay, self.order, side, data, row)
        if self.stalled:
            self.held.append(item)
        else:
            heapq.heappush(self.queue, item)

    def deliver(self):
        while self.queue and self.queue[0][0] <= time.time():
            _, _, side, data, row = heapq.heappop(self.queue)
            host = self.lab.c if side == "c" else self.lab.s
            row["out"].append(f"{time.time():.6f}")
            os.write(host.tun, data)

    def refuse_size(self, side, ip):
        """The hop in the middle answers what does not fit (RFC 1191)."""
        quote = ip[:28]
        icmp = struct.pack(">BBHHH", 3, 4, 0, 0, self.lab.mtu) + quote
        icmp = icmp[:2] + struct.pack(">H", checksum(icmp)) + icmp[4:]
        head = struct.pack(">BBHHHBBH4s4s", 0x45, 0xC0, 20 + len(icmp), 0, 0, 64, 1, 0,
                           bytes([10, 99, 0, 254]), ip[12:16])
        head = head[:10] + struct.pack(">H", checksum(head)) + head[12:]
        row = {"out": []}
        self.send(side, head + icmp, row, 0.0005)

    def command(self, words):
        name, args = words[0], words[1:]
        if name == "cut":
            self.cut = set(args)
        elif name == "stall":
            self.stalled = True
            self.held, self.queue = sorted(self.queue), []
        elif name == "flush":
            self.stalled = False
            for _, order, side, data, row in self.held:
                heapq.heappush(self.queue, (time.time(), order, side, data, row))
            self.held = []
        elif name == "forge":
            self.forge(args[0], args[1], int(args[2]), int(args[3]), int(args[4]))
        elif name == "stop":
            self.running = False

    def forge(self, side, flags, dseq, dack, length):
        """A segment nobody sent: dseq from the sender's SND.NXT, dack from its last ACK."""
        key, flow = [(k, f) for k, f in self.flows.items() if k[0] == side][-1]
        t = flow.last
        bits = sum(bit for bit, c in ((1, "F"), (2, "S"), (4, "R"), (8, "P"), (16, ".")) if
                   c in flags)
        tcp = struct.pack(">HHIIBBHHH", key[1], key[2], (flow.high + dseq) % 2**32,
                          (flow.ack + dack) % 2**32 if bits & 16 else 0, 0x50, bits, 512, 0, 0)
        tcp += b"x" * length
        pseudo = t.src + t.dst + struct.pack(">BBH", 0, 6, len(tcp))
        tcp = tcp[:16] + struct.pack(">H", checksum(pseudo + tcp)) + tcp[18:]
        head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 4242, 0x4000, 64, 6, 0,
                           t.src, t.dst)
        ip = head[:10] + struct.pack(">H", checksum(head)) + head[12:] + tcp
        self.serial += 1
        row = self.note(side, ip, SimpleNamespace(tcp=tcp_header(ip), flags=flags, len=length),
                        "forged")
        self.send(OTHER[side], ip, row, self.lab.delay[side])

    def loop(self, commands):
        fds = {self.lab.c.tun: "c", self.lab.s.tun: "s"}
        while self.running:
            wait = max(0, self.queue[0][0] - time.time()) if self.queue else 1.0
            ready, _, _ = select.select([*fds, commands], [], [], wait)
            self.deliver()
            if commands in ready:
                for line in os.read(commands, 4096).decode().splitlines():
                    self.command(line.split())
            for fd in ready:
                if fd != commands:
                    self.read(fd, fds[fd])
            self.deliver()

    def read(self, fd, side):
        for _ in range(256):
            try:
                self.take(side, os.read(fd, 70000))
            except BlockingIOError:
                return


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def log_rows(wire):
    return [{**row, "out": ",".join(row["out"])} for row in wire.rows]
