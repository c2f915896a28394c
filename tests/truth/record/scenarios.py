# SPDX-License-Identifier: MIT
"""The scenarios: how two real kernels are led into every kind of trouble.

setup(lab, **parameters) decides the wire and the sysctls and gives work(), which acts and returns
what must stay open until all is recorded. VARIANTS holds the parameters of the runs.
"""

import random
import socket
import time

from lab import DEAD, DEAD6, DEVICE, drain, forget, reset

KINDS, VARIANTS = {}, {}


def scenario(*variants, options=()):
    def keep(setup):
        KINDS[setup.__name__], VARIANTS[setup.__name__] = (setup, options), variants
        return setup
    return keep


def data(n):
    return bytes(i * 7 % 251 for i in range(n))


def segments(s, n, size=1448, gap=0.0):
    """n full segments, back to back or with gaps."""
    if gap:
        for _ in range(n):
            s.sendall(data(size))
            time.sleep(gap)
    else:
        s.sendall(data(n * size))


def warm(c, s, n=3):
    """A few round trips, so that RTT and windows are known."""
    for _ in range(n):
        c.sendall(b"ping")
        s.recv(4)
        s.sendall(b"pong")
        c.recv(4)


def finish(c, s, wait=20):
    """Both close; s reads to the end."""
    reader = drain(s)
    c.shutdown(socket.SHUT_WR)
    reader.join(wait)
    s.close()
    c.close()
    time.sleep(0.1)


# ---- opening -------------------------------------------------------------------------------

@scenario({"linear": 4, "retries": 2}, {"linear": 0, "retries": 3}, {"linear": 1, "retries": 2},
          {"linear": 2, "retries": 3, "v6": True}, {"linear": 0, "retries": 6},
          {"linear": 4, "retries": 6})
def syn_ladder(lab, linear, retries, v6=False):
    """Nobody answers."""
    lab.c.sysctl(tcp_syn_linear_timeouts=linear, tcp_syn_retries=retries)
    lab.rule = lambda p: []
    return lambda: lab.connect(4321, v6, to=DEAD6 if v6 else DEAD)


@scenario({"lost": 1, "ms": 35}, {"lost": 2, "ms": 5}, {"lost": 3, "ms": 120, "timestamps": 0},
          {"lost": 1, "ms": 300, "timestamps": 0})
def syn_lost(lab, lost, ms, timestamps=1):
    """The first SYNs vanish, then data flows."""
    lab.rtt(ms)
    lab.c.sysctl(tcp_timestamps=timestamps)
    lab.rule = lambda p: [] if p.side == "c" and 0 < p.syn_n <= lost else None

    def work():
        c, s = lab.pair(8080)
        warm(c, s)
        finish(c, s)
    return work


@scenario({"lost": 1, "ms": 30}, {"lost": 2, "ms": 70}, {"lost": 3, "ms": 15})
def synack_lost(lab, lost, ms):
    """The first SYN-ACKs vanish; the client repeats its SYN, too."""
    lab.rtt(ms)
    lab.rule = lambda p: [] if p.side == "s" and 0 < p.syn_n <= lost else None

    def work():
        c, s = lab.pair(8080)
        warm(c, s)
        finish(c, s)
    return work


@scenario({"retries": 2, "ms": 40}, {"retries": 3, "ms": 8}, {"retries": 5, "ms": 60})
def synack_ladder(lab, retries, ms):
    """No SYN-ACK arrives and no repeated SYN either: the server's ladder alone."""
    lab.rtt(ms)
    lab.s.sysctl(tcp_synack_retries=retries)
    lab.c.sysctl(tcp_syn_retries=2)
    lab.rule = lambda p: [] if p.side == "s" or p.syn_n > 1 else None

    def work():
        listener = lab.s.listen(8081)
        lab.connect(8081)
        time.sleep(max(0, 2 ** (retries + 1) - 5))
        return listener
    return work


@scenario({"lost": 1, "ms": 25}, {"lost": 2, "ms": 90}, {"lost": 3, "ms": 6})
def final_ack_lost(lab, lost, ms):
    """The third packet of the handshake vanishes, and the answers to repeated SYN-ACKs."""
    lab.rtt(ms)
    lab.rule = lambda p: [] if p.side == "c" and p.flags == "." and p.ack_n <= lost else None

    def work():
        listener = lab.s.listen(8082)
        c = lab.connect(8082)
        s, _ = listener.accept()
        warm(c, s, 2)
        finish(c, s)
    return work


@scenario({"ms": 12}, {"ms": 90}, {"ms": 3, "v6": True})
def refused(lab, ms, v6=False):
    """Nobody listens."""
    lab.rtt(ms)

    def work():
        for port in (9, 4242):
            lab.connect(port, v6)
            time.sleep(0.1)
    return work


@scenario({"ms": 18}, {"ms": 75}, {"ms": 4})
def rejected(lab, ms):
    """The server's firewall says no in every way."""
    lab.rtt(ms)
    how = ("icmp-port-unreachable", "icmp-host-unreachable", "icmp-net-unreachable",
           "icmp-admin-prohibited", "tcp-reset")
    for i, word in enumerate(how):
        lab.s.run("iptables", "-A", "INPUT", "-p", "tcp", "--dport", str(700 + i), "-j", "REJECT",
                  "--reject-with", word)

    def work():
        for i in range(len(how)):
            lab.connect(700 + i)
            time.sleep(0.1)
    return work


@scenario({"ms": 60, "close": True}, {"ms": 140}, {"ms": 30})
def simultaneous_open(lab, ms, close=False):
    """Both connect to each other."""
    lab.rtt(ms)

    def work():
        a, b = lab.c.socket(port=4100), lab.s.socket(port=5100)
        for one in (a, b):
            one.setblocking(False)
        a.connect_ex((lab.s.addr, 5100))
        b.connect_ex((lab.c.addr, 4100))
        time.sleep(ms / 1000 * 3)
        for one in (a, b):
            one.setblocking(True)
        a.sendall(b"hello")
        b.sendall(b"hi")
        time.sleep(ms / 1000 * 3)
        if close:
            a.close()
            b.close()
            time.sleep(ms / 1000 * 3)
        return a, b
    return work


@scenario({"cookies": 0, "backlog": 1, "extra": 2, "ms": 110, "wait": 5},
          {"cookies": 1, "backlog": 0, "extra": 2, "ms": 160, "wait": 4},
          {"cookies": 0, "backlog": 0, "extra": 1, "ms": 40, "wait": 8})
def accept_overflow(lab, cookies, backlog, extra, ms, wait):
    """More connections than the listener accepts, until it does."""
    lab.rtt(ms)
    lab.s.sysctl(tcp_syncookies=cookies)

    def work():
        listener, clients = lab.s.listen(8083, backlog), []
        for i in range(backlog + 1 + extra):
            c = lab.c.socket()
            c.setblocking(False)
            c.connect_ex((lab.s.addr, 8083))
            clients.append(c)
            if i == backlog and not cookies:
                time.sleep(ms / 1000 * 2)
        time.sleep(0.6)
        for i, c in enumerate(clients):
            try:
                c.send(b"request %d" % i)
            except OSError as e:
                lab.note(f"client {i}: {e.strerror}")
        time.sleep(wait)
        accepted = []
        listener.settimeout(3)
        try:
            for _ in clients:
                accepted.append(listener.accept()[0])
        except OSError:
            lab.note(f"accepted {len(accepted)}")
        time.sleep(ms / 1000 * 3)
        return accepted, clients
    return work


@scenario({"ms": 24, "size": 320}, {"ms": 80, "size": 900}, {"ms": 7, "size": 60})
def fast_open(lab, ms, size):
    """Cookie asked, data accepted in the SYN, cookie refused."""
    lab.rtt(ms)
    lab.c.sysctl(tcp_fastopen=3)
    lab.s.sysctl(tcp_fastopen=3)

    def work():
        listener = lab.s.listen(8084)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 5)
        for i in range(3):
            if i == 2:
                lab.s.sysctl(tcp_fastopen_key="01020304-05060708-090a0b0c-0d0e0f10")
            c = lab.c.socket()
            c.sendto(data(size), socket.MSG_FASTOPEN, (lab.s.addr, 8084))
            s, _ = listener.accept()
            s.recv(size)
            s.sendall(b"reply")
            c.recv(5)
            finish(c, s)
    return work


# ---- closing -------------------------------------------------------------------------------

@scenario({"ms": 45, "first": "c"}, {"ms": 9, "first": "s"}, {"ms": 180, "first": "c"})
def close_half(lab, ms, first):
    """One closes, the other goes on for a while."""
    lab.rtt(ms)

    def work():
        c, s = lab.pair(8085)
        warm(c, s)
        one, other = (c, s) if first == "c" else (s, c)
        one.shutdown(socket.SHUT_WR)
        time.sleep(0.4)
        other.sendall(data(2000))
        time.sleep(0.3)
        other.close()
        reader = drain(one)
        reader.join(5)
        one.close()
        time.sleep(ms / 1000 * 2)
    return work


@scenario({"ms": 22}, {"ms": 130}, {"ms": 4})
def close_three(lab, ms):
    """FIN, FIN+ACK, ACK."""
    lab.rtt(ms)

    def work():
        c, s = lab.pair(8086)
        warm(c, s)
        c.shutdown(socket.SHUT_WR)
        s.recv(1)
        s.close()
        c.close()
        time.sleep(ms / 1000 * 2)
    return work


@scenario({"ms": 80}, {"ms": 240}, {"ms": 30, "pending": 500})
def close_simultaneous(lab, ms, pending=0):
    """FINs cross."""
    lab.rtt(ms)

    def work():
        c, s = lab.pair(8087)
        if pending:
            warm(c, s)
        c.shutdown(socket.SHUT_WR)
        s.shutdown(socket.SHUT_WR)
        time.sleep(ms / 1000 * 3)
        return c, s
    return work


@scenario({"ms": 15, "who": "c"}, {"ms": 60, "who": "s"}, {"ms": 33, "who": "c", "n": 6})
def abort(lab, ms, who, n=0):
    """SO_LINGER 0."""
    lab.rtt(ms)

    def work():
        c, s = lab.pair(8088)
        warm(c, s)
        if n:
            segments(c, n)
        reset(c if who == "c" else s)
        time.sleep(ms / 1000 * 3)
        return c, s
    return work


@scenario({"ms": 28, "more": True}, {"ms": 100, "more": False}, {"ms": 5, "more": True})
def close_unread(lab, ms, more):
    """A close with unread data; then, after a whole close, data for nobody."""
    lab.rtt(ms)

    def work():
        c, s = lab.pair(8089)
        c.sendall(data(700))
        time.sleep(ms / 1000 * 2)
        s.close()
        time.sleep(ms / 1000 * 2)
        if not more:
            return c
        c2, s2 = lab.pair(8089)
        warm(c2, s2, 1)
        s2.close()
        time.sleep(ms / 1000 * 2)
        c2.sendall(b"too late")
        time.sleep(ms / 1000 * 3)
        return c, c2
    return work


@scenario({"ms": 26, "timeout": 2}, {"ms": 70, "timeout": 3}, {"ms": 10, "timeout": 5})
def fin_wait_orphan(lab, ms, timeout):
    """The peer never closes: FIN-WAIT-2 ends in silence, data is then reset."""
    lab.rtt(ms)
    lab.c.sysctl(tcp_fin_timeout=timeout)

    def work():
        c, s = lab.pair(8090)
        warm(c, s)
        c.close()
        time.sleep(timeout + 1.5)
        s.sendall(b"anybody there?")
        time.sleep(ms / 1000 * 3)
        return s
    return work


@scenario({"ms": 34, "lost": 1}, {"ms": 110, "lost": 2}, {"ms": 6, "lost": 1})
def last_ack_lost(lab, ms, lost):
    """The last ACK vanishes: the FIN is repeated and TIME-WAIT answers."""
    lab.rtt(ms)
    state = {"fin": False, "dropped": 0}

    def rule(p):
        state["fin"] |= p.side == "s" and "F" in p.flags
        if state["fin"] and p.side == "c" and p.flags == "." and state["dropped"] < lost:
            state["dropped"] += 1
            return []
        return None
    lab.rule = rule

    def work():
        c, s = lab.pair(8091)
        warm(c, s)
        c.shutdown(socket.SHUT_WR)
        time.sleep(0.2)
        s.close()
        time.sleep(3)
        c.close()
    return work


@scenario({"ms": 50, "n": 4}, {"ms": 12, "n": 6}, {"ms": 90, "n": 5})
def fin_ladder(lab, ms, n):
    """The peer vanishes before the FIN: an orphan repeats it."""
    lab.rtt(ms)
    lab.c.sysctl(tcp_orphan_retries=n)

    def work():
        c, s = lab.pair(8092)
        warm(c, s)
        lab.command("cut c s")
        c.close()
        time.sleep(0.25 * 2 ** n + 4)
        return s
    return work


# ---- half-open, forged, reused ---------------------------------------------------------------

@scenario({"ms": 31}, {"ms": 85}, {"ms": 6, "v6": True})
def half_open_reset(lab, ms, v6=False):
    """The server forgets the connection; data is answered by a reset."""
    lab.rtt(ms)

    def work():
        c, s = lab.pair(8093, v6)
        warm(c, s)
        time.sleep(0.5)
        forget(s)
        c.sendall(b"still there?")
        time.sleep(ms / 1000 * 3)
        return c
    return work


@scenario({"ms": 44}, {"ms": 120}, {"ms": 9})
def half_open_syn(lab, ms):
    """The client forgets and connects again from the same port."""
    lab.rtt(ms)

    def work():
        listener = lab.s.listen(8094)
        c = lab.connect(8094, sport=4444)
        s, _ = listener.accept()
        warm(c, s)
        time.sleep(0.3)
        forget(c)
        c = lab.connect(8094, sport=4444)
        s2, _ = listener.accept()
        warm(c, s2, 1)
        return c, s, s2
    return work


@scenario({"ms": 27}, {"ms": 66}, {"ms": 150})
def challenge(lab, ms):
    """Forged segments provoke challenge ACKs; the exact reset kills."""
    lab.rtt(ms)

    def work():
        c, s = lab.pair(8095)
        warm(c, s)
        for forged in ("S 90 0 0", "R 5 0 0", ". 0 90000 0", "P. -90000 0 9", "R 0 0 0"):
            time.sleep(0.6)
            lab.command("forge c " + forged)
        time.sleep(ms / 1000 * 2)
        try:
            c.sendall(b"dead already")
        except OSError:
            pass
        time.sleep(ms / 1000 * 3)
        return c, s
    return work


@scenario({"ms": 16}, {"ms": 77}, {"ms": 4})
def port_reuse(lab, ms):
    """The same ports again: after a reset, and into the server's TIME-WAIT."""
    lab.rtt(ms)

    def work():
        listener = lab.s.listen(8096)
        for how in ("reset", "fin", "end"):
            c = lab.connect(8096, sport=4545)
            s, _ = listener.accept()
            warm(c, s, 2)
            if how == "reset":
                reset(c)
                time.sleep(ms / 1000 * 2 + 0.2)
                s.close()
            else:
                s.close()
                time.sleep(ms / 1000 * 2 + 0.2)
                c.close()
                time.sleep(ms / 1000 * 2 + 0.2)
    return work


# ---- silence and timers ----------------------------------------------------------------------

@scenario({"ms": 55, "n": 1, "retries": 5, "wait": 22}, {"ms": 11, "n": 4, "retries": 4, "wait": 14},
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


@scenario({"ms": 32, "drop": {12: 2}}, {"ms": 70, "drop": {9: 3}}, {"ms": 18, "drop": {10: 2, 14: 1}},
          {"ms": 45, "drop": {7: 2, 8: 2}})
def lost_retransmission(lab, ms, drop):
    """The repetition vanishes, too."""
    lab.rtt(ms)
    return bulk(lab, 40, drop)


@scenario({"ms": 16, "percent": 2, "n": 150, "seed": 3}, {"ms": 50, "percent": 5, "n": 120, "seed": 8},
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
    """The network doubles segments."""
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


@scenario({"ms": 27, "n": 3, "lost": 1}, {"ms": 100, "n": 2, "lost": 1}, {"ms": 60, "n": 4, "lost": 2})
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


@scenario({"ms": 23, "idle": 1, "every": 1, "count": 2}, {"ms": 70, "idle": 2, "every": 1, "count": 3},
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
    """Super-segments vanish and are repeated in pieces."""
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


@scenario({"ms": 15, "mtu": 900, "n": 6}, {"ms": 70, "mtu": 1300, "n": 12}, {"ms": 40, "mtu": 700, "n": 3})
def frag_needed(lab, ms, mtu, n):
    """A hop in the middle takes less than the ends think."""
    lab.rtt(ms)
    lab.mtu = mtu
    return bulk(lab, n, {})


@scenario({"ms": 29, "seed": 4}, {"ms": 11, "seed": 14}, {"ms": 83, "seed": 40})
def storm(lab, ms, seed):
    """Loss, reordering and doubles together."""
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


