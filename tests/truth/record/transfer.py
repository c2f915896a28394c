# SPDX-License-Identifier: MIT
"""Scenarios of what happens to data: loss, silence, order, windows, and what a capture does."""

import random
import socket
import time

from lab import DEVICE, drain
from scenario import data, finish, scenario, segments, warm


# ---- silence and timers ----------------------------------------------------------------------

@scenario({"ms": 55, "n": 1, "retries": 5, "wait": 22},
          {"ms": 11, "n": 4, "retries": 4, "wait": 14},
          {"ms": 210, "n": 2, "retries": 4, "wait": 22}, {"ms": 30, "n": 1, "sack": 0,
                                                         "retries": 4, "wait": 14})
def cable_pull(lab, ms, n, retries, wait, sack=1):
    """Cut in the middle; the sender's ladder until it gives up."""
    lab.rtt(ms)
    lab.c.sysctl(tcp_retries2=retries, tcp_sack=sack)

    def work():
        c, s = lab.pair(8097)
        warm(c, s)
        time.sleep(0.3)
        lab.command("cut c s")
        segments(c, n, 900 if n == 1 else 1448)
        time.sleep(wait)
        return c, s
    return work


@scenario({"ms": 38, "n": 6, "wait": 3}, {"ms": 90, "n": 14, "wait": 6.5},
          {"ms": 8, "n": 9, "wait": 1.2, "v6": True}, {"ms": 20, "n": 1, "wait": 2.5})
def cable_back(lab, ms, n, wait, v6=False):
    """Cut and mended: the timeout's recovery."""
    lab.rtt(ms)

    def work():
        c, s = lab.pair(8098, v6)
        warm(c, s)
        reader = drain(s)
        lab.command("cut c s")
        segments(c, n)
        time.sleep(wait)
        lab.command("cut")
        time.sleep(wait * 1.2 + 1)
        c.shutdown(socket.SHUT_WR)
        reader.join(8)
        s.close()
    return work


@scenario({"ms": 14, "rto_min": 30}, {"ms": 40, "rto_min": 90}, {"ms": 5, "rto_min": 120})
def rto_min(lab, ms, rto_min):
    """A route with a smaller minimum."""
    lab.rtt(ms)
    lab.c.sysctl(tcp_retries2=5)
    lab.c.run("ip", "route", "change", "10.99.0.0/24", "dev", DEVICE, "rto_min", f"{rto_min}ms")

    def work():
        c, s = lab.pair(8099)
        warm(c, s, 6)
        lab.command("cut c s")
        segments(c, 1, 600)
        time.sleep(6)
        return c, s
    return work


@scenario({"ms": 48, "n": 6, "k": 1}, {"ms": 95, "n": 9, "k": 2}, {"ms": 17, "n": 7, "k": 3},
          {"ms": 60, "n": 1, "k": 1})
def tail_loss(lab, ms, n, k):
    """The last k of n segments vanish."""
    lab.rtt(ms)
    first = 4  # segments of warm()

    def rule(p):
        return [] if p.side == "c" and p.copy == 1 and first + n - k < p.seg <= first + n else None
    lab.rule = rule

    def work():
        c, s = lab.pair(8100)
        warm(c, s, first)
        reader = drain(s)
        segments(c, n)
        time.sleep(1.2)
        segments(c, 3)
        c.shutdown(socket.SHUT_WR)
        reader.join(8)
        s.close()
    return work


def bulk(lab, n, drop, sack=1, v6=False, port=8101, rule=None):
    """n segments after a warm-up; drop: {segment: copies that vanish}."""
    lab.c.sysctl(tcp_sack=sack)
    first = 2

    def lose(p):
        if p.side == "c" and p.seg > first and p.copy and \
                p.copy <= drop.get(p.seg - first, 0):
            return []
        return rule(p, p.seg - first) if rule else None
    lab.rule = lose

    def work():
        c, s = lab.pair(port, v6)
        warm(c, s, first)
        reader = drain(s)
        segments(c, n)
        c.shutdown(socket.SHUT_WR)
        reader.join(25)
        s.close()
        c.close()
        time.sleep(0.1)
    return work


@scenario({"ms": 36, "lost": (11,)}, {"ms": 64, "lost": (8, 9, 17)},
          {"ms": 10, "lost": (12, 14, 16, 18)}, {"ms": 150, "lost": (13, 21, 22)},
          {"ms": 25, "lost": (9, 15), "v6": True})
def fast_sack(lab, ms, lost, v6=False):
    """Losses in the middle, SACK on."""
    lab.rtt(ms)
    return bulk(lab, 36, {n: 1 for n in lost}, v6=v6)


@scenario({"ms": 36, "lost": (11,)}, {"ms": 58, "lost": (14, 16)}, {"ms": 13, "lost": (9, 20, 21)})
def fast_nosack(lab, ms, lost):
    """Losses in the middle, duplicate ACKs only."""
    lab.rtt(ms)
    return bulk(lab, 36, {n: 1 for n in lost}, sack=0)


@scenario({"ms": 32, "drop": {12: 2}}, {"ms": 70, "drop": {9: 3}},
          {"ms": 18, "drop": {10: 2, 14: 1}},
          {"ms": 45, "drop": {7: 2, 8: 2}})
def lost_retransmission(lab, ms, drop):
    """The repetition vanishes, too."""
    lab.rtt(ms)
    return bulk(lab, 40, drop)


@scenario({"ms": 16, "percent": 2, "n": 150, "seed": 3},
          {"ms": 50, "percent": 5, "n": 120, "seed": 8},
          {"ms": 7, "percent": 8, "n": 150, "seed": 21},
          {"ms": 24, "percent": 4, "n": 120, "seed": 5, "both": True},
          {"ms": 30, "percent": 6, "n": 120, "seed": 6, "v6": True})
def random_loss(lab, ms, percent, n, seed, both=False, v6=False):
    """Packets vanish at random, data only or ACKs, too."""
    lab.rtt(ms)
    dice = random.Random(seed)

    def rule(p, _):
        if (p.len or both) and not p.syn_n and dice.random() * 100 < percent:
            return []
        return None
    return bulk(lab, n, {}, v6=v6, rule=rule)


@scenario({"ms": 40, "late": {8: 3, 20: 25}}, {"ms": 90, "late": {10: 8, 18: 120}},
          {"ms": 12, "late": {9: 1, 15: 5, 25: 40}}, {"ms": 35, "late": {7: 6, 22: 50}, "v6": True})
def reorder(lab, ms, late, v6=False):
    """Segments overtaken by others."""
    lab.rtt(ms)

    def rule(p, seg):
        return [late[seg] / 1000] if p.side == "c" and p.copy == 1 and seg in late else None
    return bulk(lab, 45, {}, v6=v6, rule=rule)


@scenario({"ms": 30, "twice": {6: 0, 13: 2}}, {"ms": 75, "twice": {9: 10, 10: 0}},
          {"ms": 9, "twice": {8: 0.5, 30: 30}}, {"ms": 22, "twice": {7: 0, 12: 4}, "v6": True})
def duplicated(lab, ms, twice, v6=False):
    """The network duplicates segments."""
    lab.rtt(ms)

    def rule(p, seg):
        return [0, twice[seg] / 1000] if p.side == "c" and p.copy == 1 and seg in twice else None
    return bulk(lab, 35, {}, v6=v6, rule=rule)


@scenario({"ms": 30, "stall": 0.6}, {"ms": 80, "stall": 1.4}, {"ms": 12, "stall": 0.4})
def spurious_timeout(lab, ms, stall):
    """Everything waits for longer than the timeout, nothing is lost."""
    lab.rtt(ms)

    def work():
        c, s = lab.pair(8102)
        warm(c, s)
        reader = drain(s)
        segments(c, 8, gap=ms / 1000)
        lab.command("stall")
        segments(c, 10)
        time.sleep(stall)
        lab.command("flush")
        time.sleep(ms / 1000 * 4)
        segments(c, 4)
        c.shutdown(socket.SHUT_WR)
        reader.join(8)
        s.close()
    return work


@scenario({"ms": 27, "n": 3, "lost": 1}, {"ms": 100, "n": 2, "lost": 1},
          {"ms": 60, "n": 4, "lost": 2})
def rack_reorder(lab, ms, n, lost):
    """Too few SACKs for three duplicates: RACK's timer."""
    lab.rtt(ms)
    first = 5
    lab.rule = lambda p: [] if p.side == "c" and p.copy == 1 and \
        first < p.seg <= first + lost else None

    def work():
        c, s = lab.pair(8103)
        warm(c, s, first)
        reader = drain(s)
        segments(c, n)
        time.sleep(ms / 1000 * 5 + 0.3)
        c.shutdown(socket.SHUT_WR)
        reader.join(5)
        s.close()
    return work


# ---- windows, probes, delays -----------------------------------------------------------------

@scenario({"ms": 19, "hold": 5, "rcvbuf": 6000}, {"ms": 60, "hold": 8, "rcvbuf": 12000},
          {"ms": 140, "hold": 6, "rcvbuf": 5000})
def zero_window(lab, ms, hold, rcvbuf):
    """The reader stops and comes back."""
    lab.rtt(ms)

    def work():
        c, s = lab.pair(8104, rcvbuf=rcvbuf)
        c.setblocking(False)
        for _ in range(20):
            try:
                c.send(data(8000))
            except BlockingIOError:
                break
        time.sleep(hold)
        c.setblocking(True)
        finish(c, s)
    return work


@scenario({"ms": 14, "every": 0.25, "size": 1500, "rcvbuf": 7000},
          {"ms": 50, "every": 0.15, "size": 3000, "rcvbuf": 10000},
          {"ms": 30, "every": 0.4, "size": 2500, "rcvbuf": 5000})
def slow_reader(lab, ms, every, size, rcvbuf):
    """The reader takes a little at a time."""
    lab.rtt(ms)

    def work():
        c, s = lab.pair(8105, rcvbuf=rcvbuf)
        c.setblocking(False)
        try:
            c.send(data(40000))
        except BlockingIOError:
            pass
        s.settimeout(1)
        try:
            for _ in range(16):
                s.recv(size)
                time.sleep(every)
        except TimeoutError:
            pass
        s.settimeout(None)
        c.setblocking(True)
        finish(c, s)
    return work


@scenario({"ms": 23, "idle": 1, "every": 1, "count": 2},
          {"ms": 70, "idle": 2, "every": 1, "count": 3},
          {"ms": 5, "idle": 1, "every": 2, "count": 2})
def keepalive(lab, ms, idle, every, count):
    """Probes answered, then not."""
    lab.rtt(ms)

    def work():
        c, s = lab.pair(8106)
        for name, value in (("TCP_KEEPIDLE", idle), ("TCP_KEEPINTVL", every),
                            ("TCP_KEEPCNT", count)):
            c.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
        c.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        warm(c, s, 2)
        time.sleep((idle + 0.2) * 3)
        lab.command("cut c s")
        time.sleep(idle + every * (count + 1) + 1)
        return c, s
    return work


@scenario({"ms": 18, "gap": 0.07}, {"ms": 90, "gap": 0.25}, {"ms": 3, "gap": 0.05})
def delayed_ack(lab, ms, gap):
    """Small writes nobody answers, then requests and replies, quick and slow."""
    lab.rtt(ms)

    def work():
        c, s = lab.pair(8107)
        for _ in range(25):
            c.sendall(b"tick")
            time.sleep(gap)
        s.recv(1000)
        warm(c, s, 4)
        for _ in range(2):
            c.sendall(b"slow")
            s.recv(4)
            time.sleep(0.15)
            s.sendall(b"well")
            c.recv(4)
        finish(c, s)
    return work


# ---- what the capture does -------------------------------------------------------------------

@scenario({"ms": 20, "n": 120}, {"ms": 4, "n": 200}, {"ms": 60, "n": 80}, options=("offload",))
def offload(lab, ms, n):
    """Super-segments and partial checksums at the sender."""
    lab.rtt(ms)
    return bulk(lab, n, {})


@scenario({"ms": 20, "lost": (3,)}, {"ms": 45, "lost": (5, 9)}, {"ms": 8, "lost": (4, 6, 11)},
          options=("offload",))
def offload_loss(lab, ms, lost):
    """Super-segments vanish and are retransmitted in pieces."""
    lab.rtt(ms)
    return bulk(lab, 200, {n: 1 for n in lost})


@scenario({"ms": 21, "n": 10}, {"ms": 65, "n": 25}, {"ms": 6, "n": 6, "v6": True})
def midstream(lab, ms, n, v6=False):
    """The capture begins after the handshake."""
    lab.rtt(ms)
    lab.late_capture = True

    def work():
        c, s = lab.pair(8108, v6)
        warm(c, s, 2)
        lab.start_capture()
        warm(c, s, 2)
        reader = drain(s)
        segments(c, n)
        time.sleep(0.2)
        c.shutdown(socket.SHUT_WR)
        reader.join(5)
        s.close()
        c.close()
        time.sleep(ms / 1000 * 2)
    return work


@scenario({"ms": 15, "mtu": 900, "n": 6}, {"ms": 70, "mtu": 1300, "n": 12},
          {"ms": 40, "mtu": 700, "n": 3})
def frag_needed(lab, ms, mtu, n):
    """The path MTU is smaller than both endpoints assume."""
    lab.rtt(ms)
    lab.mtu = mtu
    return bulk(lab, n, {})


@scenario({"ms": 29, "seed": 4}, {"ms": 11, "seed": 14}, {"ms": 83, "seed": 40})
def storm(lab, ms, seed):
    """Loss, reordering and duplicates together."""
    lab.rtt(ms)
    dice = random.Random(seed)

    def rule(p, _):
        roll = dice.random() * 100
        if p.syn_n or roll > 9:
            return None
        return [] if roll < 3 and p.len else [dice.random() * ms / 1500] if roll < 6 else \
            [0, dice.random() * ms / 2000]
    return bulk(lab, 120, {}, rule=rule)


@scenario({"ms": 25}, {"ms": 60}, {"ms": 10})
def conversation(lab, ms):
    """Ordinary traffic: requests and replies of all sizes, several connections."""
    lab.rtt(ms)

    def work():
        for i in range(3):
            c, s = lab.pair(8110 + i)
            for size in (20, 300, 1448, 5000, 30000):
                c.sendall(data(50))
                s.recv(50)
                s.sendall(data(size))
                left = size
                while left:
                    left -= len(c.recv(left))
            finish(c, s)
    return work


