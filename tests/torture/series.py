# SPDX-License-Identifier: MIT
"""Series of packets that may grow without end: name → frames of n packets. What the program does
with four times as many must cost about four times as much."""
import random
import struct

from hostile import header

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
CLIENT, SERVER = b"\x0a\0\0\1", b"\x0a\0\0\2"
ETHERNET = b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0"
TIMESTAMP = b"\1\1\x08\x0a"


def ip(payload, protocol, src, dst, number=0, fragment=0x4000):
    return ETHERNET + struct.pack(
        ">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), number & 0xFFFF, fragment, 64, protocol, 0,
        src, dst
    ) + payload


def tcp(seq, ack, flags, length=0, options=b"", window=64240, sport=40000, dport=80, number=0,
        back=False, src=CLIENT):
    """One segment of the connection from `src`; back: the server's."""
    options += b"\1" * (-len(options) % 4)
    ports = (dport, sport) if back else (sport, dport)
    segment = struct.pack(
        ">HHIIBBHHH", *ports, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, (20 + len(options)) << 2,
        flags, window & 0xFFFF, 0, 0
    ) + options + bytes(length)
    ends = (SERVER, src) if back else (src, SERVER)
    return ip(segment, 6, *ends, number)


MSS_SACK_SCALE = b"\2\4\5\xb4\4\2\3\3\7"


def handshake(sport=40000, isn=0):
    yield tcp(isn, 0, SYN, options=MSS_SACK_SCALE, sport=sport)
    yield tcp(0, isn + 1, SYN | ACK, options=MSS_SACK_SCALE, sport=sport, back=True)
    yield tcp(isn + 1, 1, ACK, sport=sport)


def sack(*blocks):
    return struct.pack(">BBBB", 1, 1, 5, 2 + 8 * len(blocks)) + b"".join(
        struct.pack(">II", a & 0xFFFFFFFF, b & 0xFFFFFFFF) for a, b in blocks
    )


def opened(make):
    """A series on one connection that is open already."""
    def series(n):
        yield from handshake()
        for i in range(n):
            yield make(i, n)
    series.__name__ = make.__name__
    return series


@opened
def in_order(i, _):
    return tcp(1 + i // 2 * 100, 1, ACK, 100) if i % 2 == 0 else \
        tcp(1, 101 + i // 2 * 100, ACK, back=True)


@opened
def never_acknowledged(i, _):
    return tcp(1 + i * 100, 1, ACK, 100)


@opened
def one_byte(i, _):
    return tcp(1 + i, 1, ACK, 1)


@opened
def reversed_order(i, n):
    return tcp(1 + (n - i) * 100, 1, ACK, 100)


@opened
def every_other_missing(i, _):
    return tcp(1 + i // 2 * 200, 1, ACK, 100) if i % 2 == 0 else \
        tcp(1, 1, ACK, options=sack((1 + i // 2 * 200, 101 + i // 2 * 200)), back=True)


@opened
def random_holes(i, n):
    return tcp(1 + random.Random(i).randrange(n) * 100, 1, ACK, 100)


@opened
def same_again(i, _):
    return tcp(1, 1, ACK, 100, number=i)


@opened
def all_again(i, n):
    return tcp(1 + i % (n // 2) * 100, 1, ACK, 100, number=i)


@opened
def duplicate_acks(i, _):
    return tcp(1, 1, ACK, number=i, back=True)


@opened
def random_sack(i, n):
    at = random.Random(i).randrange(n) * 100
    return tcp(1, 1, ACK, options=sack((at, at + 50), (at + 200, at + 260)), back=True) if i % 2 \
        else tcp(1 + i * 50, 1, ACK, 100)


@opened
def random_numbers(i, _):
    r = random.Random(i)
    return tcp(r.getrandbits(32), r.getrandbits(32), r.getrandbits(8) & ~(SYN | RST), 10)


@opened
def windows(i, _):
    return tcp(1, 1, ACK, window=i % 2 * 1000, back=True)


@opened
def resets(i, _):
    return tcp(1 + i, 1, RST)


@opened
def fins(i, _):
    return tcp(1 + i, 1, FIN | ACK)


@opened
def keep_alives(i, _):
    return tcp(0, 1, ACK, back=False) if i % 2 == 0 else tcp(1, 1, ACK, back=True)


@opened
def syn_acks(i, _):
    return tcp(i * 1000, 1, SYN | ACK, options=MSS_SACK_SCALE, back=True)


@opened
def icmp_errors(i, _):
    quoted = tcp(1, 1, ACK)[14:42]
    return ip(struct.pack(">BBHI", 3, i % 16, 0, 0) + quoted, 1, b"\x0a\0\0\xfe", CLIENT)


def syn_flood(n):
    for i in range(n):
        yield tcp(i, 0, SYN, sport=i & 0xFFFF, src=struct.pack(">I", 0x0B000000 + (i >> 16)))


def ack_flood(n):
    for i in range(n):
        yield tcp(i, i, ACK, sport=i & 0xFFFF, src=struct.pack(">I", 0x0B000000 + (i >> 16)))


def port_reused(n):
    for i in range(n // 3):
        yield from handshake(isn=i * 100000)


def syns_of_one_tuple(n):
    for i in range(n):
        yield tcp(i * 100000, 0, SYN)


def short_connections(n):
    for i in range(n // 5):
        port = 1024 + i % 60000
        yield from handshake(port, i)
        yield tcp(i + 1, 1, FIN | ACK, sport=port)
        yield tcp(1, i + 2, RST | ACK, sport=port, back=True)


def fragments_left_open(n):
    for i in range(n):
        yield ip(bytes(64), 6, CLIENT, SERVER, i, 0x2000)


def fragments_of_one(n):
    for i in range(n):
        yield ip(bytes(8), 6, CLIENT, SERVER, 1, 0x2000 | (i * 7 % 8000))


SERIES = (
    in_order, never_acknowledged, one_byte, reversed_order, every_other_missing, random_holes,
    same_again, all_again, duplicate_acks, random_sack, random_numbers, windows, resets, fins,
    keep_alives, syn_acks, icmp_errors, syn_flood, ack_flood, port_reused, syns_of_one_tuple,
    short_connections, fragments_left_open, fragments_of_one,
)


def capture(series, n, step=1000):
    """The series as a capture file, a packet every `step` microseconds."""
    out = [header()]
    for i, frame in enumerate(series(n)):
        at = i * step
        out.append(struct.pack("<IIII", 1 + at // 1000000, at % 1000000, len(frame), len(frame)))
        out.append(frame)
    return b"".join(out)
