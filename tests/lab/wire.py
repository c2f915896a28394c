# SPDX-License-Identifier: MIT
"""A wire between two interfaces of one namespace that delays, loses and slows what crosses it.

Runs as a thread. What happens to a frame depends on the address at the far end (side b), so that
one wire serves a near host, a far one and a slow path. Losses follow a seeded generator, or name
exactly the data segments to lose.
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


class Path:
    """delay: seconds each way. loss: probability, of frames with payload towards b. rate: bytes per
    second each way, with `queue` bytes of room; `cut` loses everything."""

    def __init__(self, delay=0.0, loss=0.0, rate=None, queue=30000, seed=1):
        self.delay, self.loss, self.rate, self.queue = delay, loss, rate, queue
        self.random = random.Random(seed)
        self.busy_until = [0.0, 0.0]
        self.cut = False

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
        return self.paths.get(frame[at:at + 4], self.default)

    def run(self):
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
                due = self._path(frame, s is a).send_time(frame, s is a, time.monotonic())
                if due is not None:
                    order += 1
                    heapq.heappush(waiting, (due, order, b if s is a else a, frame))
