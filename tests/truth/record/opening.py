# SPDX-License-Identifier: MIT
"""Scenarios of how connections begin and end."""

import socket
import time

from lab import DEAD, DEAD6, drain, forget, reset
from scenario import data, finish, scenario, segments, warm


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
    """Neither a SYN-ACK nor a repeated SYN arrives: the server's ladder alone."""
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
    """The server's firewall rejects in every way."""
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
    """The server loses the connection; data is answered by a reset."""
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
    """The client loses the connection and connects again from the same port."""
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
    """Forged segments provoke challenge ACKs; the exact reset ends the connection."""
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
