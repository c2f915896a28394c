# SPDX-License-Identifier: MIT
"""Capture files that nobody writes by accident: name → bytes."""
import gzip
import struct
import zlib

PCAP = b"\xd4\xc3\xb2\xa1"
ETHERNET = 1
U32 = 0xFFFFFFFF
# Ethernet, IPv4, TCP: a SYN from 10.0.0.1:1024 to 10.0.0.2:80
SYN = bytes.fromhex(
    "020000000001020000000002080045000028000040004006000"
    "00a0000010a000002040000500000000100000000500220000000" "0000"
)


def header(magic=0xA1B2C3D4, major=2, minor=4, snaplen=65535, link=ETHERNET):
    return struct.pack("<IHHiIII", magic, major, minor, 0, 0, snaplen, link)


def record(data=SYN, sec=1, fraction=0, captured=None, length=None):
    captured = len(data) if captured is None else captured
    return struct.pack("<IIII", sec, fraction, captured, length or captured) + data


def block(kind, body, length=None):
    """A pcapng block; its two lengths are right unless `length` is given."""
    body += b"\0" * (-len(body) % 4)
    total = len(body) + 12 if length is None else length
    return struct.pack("<II", kind, total & U32) + body + struct.pack("<I", total & U32)


def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


SECTION = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
INTERFACE = block(1, struct.pack("<HHI", ETHERNET, 0, 0))


def interface(*options):
    return block(1, struct.pack("<HHI", ETHERNET, 0, 0) + b"".join(options))


def packet(data=SYN, number=0, high=0, low=0, captured=None):
    captured = len(data) if captured is None else captured
    return block(6, struct.pack("<IIIII", number, high, low, captured & U32, len(data)) + data)


def pcap_files():
    for value in (0, 1, 0x7FFFFFFF, 0x80000000, U32):
        yield f"pcap-captured-{value:x}", header() + record() + record(captured=value, length=value)
        yield f"pcap-snaplen-{value:x}", header(snaplen=value) + record()
        yield f"pcap-link-{value:x}", header(link=value) + record()
        yield f"pcap-seconds-{value:x}", header() + record() + record(sec=value) + record(sec=2)
        yield f"pcap-fraction-{value:x}", header() + record(fraction=value) + record()
    yield "pcap-version", header(major=9, minor=9) + record()
    yield "pcap-header-only", header()
    yield "pcap-cut-header", header()[:10]
    yield "pcap-longer-than-wire", header() + record(length=1)
    yield "pcap-empty-frames", header() + record(b"") * 1000
    yield "pcap-zeros", header() + bytes(100000)
    yield "pcap-ones", header() + b"\xff" * 100000


def pcapng_files():
    for value in (0, 1, 2, 4, 8, 11, 13, 0x7FFFFFFC, 0xFFFFFFFC, U32):
        yield f"pcapng-length-{value:x}", SECTION + INTERFACE + block(6, b"", value) + packet()
        yield f"pcapng-section-length-{value:x}", block(
            0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1), value
        )
    for resolution in (0, 9, 20, 63, 64, 127, 128, 128 + 64, 255):
        yield f"pcapng-resolution-{resolution}", SECTION + interface(
            option(9, bytes([resolution]))
        ) + packet(high=U32, low=U32) + packet(low=1)
    for offset in (1 << 62, (1 << 63) - 1, -(1 << 63)):
        yield f"pcapng-offset-{offset}", SECTION + interface(
            option(14, struct.pack("<q", offset))
        ) + packet(high=0x7FFFFFFF, low=1) + packet()
    yield "pcapng-no-interface", SECTION + packet()
    yield "pcapng-interface-missing", SECTION + INTERFACE + packet(number=U32)
    yield "pcapng-captured", SECTION + INTERFACE + packet(captured=U32)
    yield "pcapng-many-interfaces", SECTION + INTERFACE * 20000 + packet(number=19999)
    yield "pcapng-many-sections", (SECTION + INTERFACE + packet()) * 5000
    yield "pcapng-unknown-blocks", SECTION + INTERFACE + block(0xBAD, bytes(64)) * 20000 + packet()
    yield "pcapng-long-name", SECTION + interface(option(2, b"\x1b]52;" + b"x" * 60000)) + packet()
    yield "pcapng-open-options", SECTION + interface(struct.pack("<HH", 2, 60000)) + packet()
    yield "pcapng-big-endian", block(0x0A0D0D0A, struct.pack(">IHHq", 0x1A2B3C4D, 1, 0, -1))
    yield "pcapng-simple-before", SECTION + block(3, struct.pack("<I", 60) + SYN)


def packed_files():
    good = header() + record() * 50
    yield "gzip-bomb", gzip.compress(header() + record() + bytes(64 << 20), 9)
    yield "gzip-in-gzip", gzip.compress(gzip.compress(good))
    yield "gzip-cut", gzip.compress(good)[:-9]
    yield "gzip-wrong-sum", gzip.compress(good)[:-8] + bytes(8)
    yield "gzip-two-members", gzip.compress(good) + gzip.compress(record() * 50)
    yield "gzip-tail", gzip.compress(good) + b"tail"
    yield "gzip-header-only", b"\x1f\x8b\x08\x00"
    yield "zlib", zlib.compress(good)
    yield "zstd-window", b"\x28\xb5\x2f\xfd\x00\xf8" + bytes(100)
    yield "zstd-skippable", b"\x50\x2a\x4d\x18\xff\xff\xff\xff" + bytes(100)
    yield "zstd-header-only", b"\x28\xb5\x2f\xfd"


def files():
    yield "empty", b""
    yield "text", b"hello world\n" * 1000
    yield "escape", b"\x1b]0;owned\x07" * 1000
    yield from pcap_files()
    yield from pcapng_files()
    yield from packed_files()
