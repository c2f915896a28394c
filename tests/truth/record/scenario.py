# SPDX-License-Identifier: MIT
"""What all scenarios share: how they are named, and a conversation's simple steps.

setup(lab, **parameters) decides the wire and the sysctls and gives work(), which acts and returns
what must stay open until everything is recorded. VARIANTS holds the parameters of the runs.
"""

import socket
import time

from lab import drain

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
