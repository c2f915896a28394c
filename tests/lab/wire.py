# SPDX-License-Identifier: MIT
"""A wire between two interfaces of one namespace that delays, loses and slows what crosses it.

Runs as a thread. What happens to a frame depends on the address on side b, so that one wire
serves a near host, a far one and a slow path. Losses follow a seeded generator, or are exactly the
data segments that are named.
"""
import heapq
import random
import select
import socket
import struct
import threading
import time

ETH_P_ALL = 3
PACKET_OUTGOING = 4


def kind_of(frame):
    """What a TCP segment in an IPv4 frame is: syn, syn-ack, rst, fin, data or ack."""
    if frame[12:14] != b"\x08\x00" or frame[23] != 6:
        return "other"
    tcp = 14 + 4 * (frame[14] & 15)
    flags = frame[tcp + 13]
    length = struct.unpack_from(">H", frame, 16)[0] - (tcp - 14) - 4 * (frame[tcp + 12] >> 4)
    if flags & 2:
        return "syn-ack" if flags & 16 else "syn"
    if flags & 4:
        return "rst"
    return "fin" if flags & 1 else "data" if length else "ack"


class Path:
    """delay: seconds each way. loss: probability, of frames with payload towards b. rate: bytes per
    second each way, with `queue` bytes of room. `cut` loses everything. lose: exactly which are
    lost, {("c", "data"): {2, 3}} the client's second and third segment with data; late: the same
    with seconds of delay more, double: copies. The client is on side a."""

    def __init__(
        self, delay=0.0, loss=0.0, rate=None, queue=30000, seed=1, lose=None, late=None, double=None
    ):
        self.delay, self.loss, self.rate, self.queue = delay, loss, rate, queue
        self.lose, self.late, self.double = lose or {}, late or {}, double or {}
        self.random = random.Random(seed)
        self.busy_until = [0.0, 0.0]
        self.seen = {}
        self.cut = False

    def send_times(self, frame, towards_b, now):
        """When the frame leaves the wire: not at all, once, or twice."""
        what = ("c" if towards_b else "s", kind_of(frame))
        nth = self.seen[what] = self.seen.get(what, 0) + 1
        if nth in self.lose.get(what, ()):
            return ()
        at = self.send_time(frame, towards_b, now)
        if at is None:
            return ()
        at += self.late.get(what, {}).get(nth, 0)
        return (at, at + 0.001) if nth in self.double.get(what, ()) else (at,)

    def send_time(self, frame, towards_b, now):
        """When the frame leaves the wire, or None when it is lost."""
        if self.cut:
            return None
        if towards_b and self.loss and len(frame) > 200 and self.random.random() < self.loss:
            return None
        if not self.rate:
            return now + self.delay
        start = max(now, self.busy_until[towards_b])
        if (start - now) * self.rate > self.queue:
            return None
        self.busy_until[towards_b] = start + len(frame) / self.rate
        return self.busy_until[towards_b] + self.delay


class Wire(threading.Thread):
    def __init__(self, host, dev_a, dev_b, paths, default=None):
        super().__init__(daemon=True)
        self.paths = {socket.inet_aton(a): p for a, p in paths.items()}
        self.default = default or Path()
        with host.entered():
            self.sockets = [self._open(dev_a), self._open(dev_b)]
        self.start()

    @staticmethod
    def _open(dev):
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        s.bind((dev, ETH_P_ALL))
        return s

    def _path(self, frame, towards_b):
        if struct.unpack_from(">H", frame, 12)[0] != 0x0800:
            return self.default
        at = 30 if towards_b else 26
        return self.paths.get(frame[at : at + 4], self.default)

    def run(self):
        try:
            self.carry()
        except OSError:
            pass  # an interface is gone: the hosts have ended

    def carry(self):
        waiting, order = [], 0
        a, b = self.sockets
        while True:
            now = time.monotonic()
            while waiting and waiting[0][0] <= now:
                _, _, out, frame = heapq.heappop(waiting)
                out.send(frame)
            timeout = max(0, waiting[0][0] - now) if waiting else 1
            for s in select.select(self.sockets, [], [], timeout)[0]:
                frame, source = s.recvfrom(65536)
                if source[2] == PACKET_OUTGOING or len(frame) < 34:
                    continue
                path = self._path(frame, s is a)
                for due in path.send_times(frame, s is a, time.monotonic()):
                    order += 1
                    heapq.heappush(waiting, (due, order, b if s is a else a, frame))
