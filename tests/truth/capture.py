# SPDX-License-Identifier: MIT
"""Capture files and the tables beside them.

Reads classic pcap files just far enough for a scorer or a recorder: the IP packets with their
times, TCP's header fields, and which ICMP errors say "fragmentation needed". It does not relate
packets to each other.
"""

import csv
import struct
from collections import namedtuple

LINK_HEADER = {1: 14, 12: 0, 14: 0, 101: 0, 113: 16, 276: 20, 228: 0, 229: 0}
FLAG_LETTERS = ((0x01, "F"), (0x02, "S"), (0x04, "R"), (0x08, "P"), (0x20, "U"), (0x40, "E"),
                (0x80, "W"))

Packet = namedtuple("Packet", "frame time ip")
Tcp = namedtuple("Tcp", "src dst sport dport seq ack flags window ipid options payload checksum "
                 "ttl")


def read_pcap(path):
    """The IP packets of a pcap file, as (frame number from 1, seconds, bytes from IP on)."""
    with open(path, "rb") as f:
        data = f.read()
    order, unit = {b"\xd4\xc3\xb2\xa1": ("<", 1e-6), b"\xa1\xb2\xc3\xd4": (">", 1e-6),
                   b"\x4d\x3c\xb2\xa1": ("<", 1e-9), b"\xa1\xb2\x3c\x4d": (">", 1e-9),
                   }.get(data[:4], (None, None))
    if order is None:
        return []
    skip = LINK_HEADER.get(struct.unpack(order + "I", data[20:24])[0] & 0xFFFF)
    packets, at, frame = [], 24, 0
    while at + 16 <= len(data) and skip is not None:
        sec, sub, caplen, _ = struct.unpack(order + "IIII", data[at:at + 16])
        frame += 1
        packets.append(Packet(frame, sec + sub * unit, data[at + 16 + skip:at + 16 + caplen]))
        at += 16 + caplen
    return packets


def ip_payload(ip):
    """(protocol, source, destination, identification, ttl, payload bytes), or None."""
    if len(ip) >= 20 and ip[0] >> 4 == 4:
        header, total = (ip[0] & 15) * 4, struct.unpack(">H", ip[2:4])[0] or len(ip)
        return (ip[9], ip[12:16], ip[16:20], struct.unpack(">H", ip[4:6])[0], ip[8],
                ip[header:total])
    if len(ip) >= 40 and ip[0] >> 4 == 6:
        total = 40 + struct.unpack(">H", ip[4:6])[0]
        return ip[6], ip[8:24], ip[24:40], None, ip[7], ip[40:total]
    return None


def tcp_header(ip):
    """The TCP header of an IP packet (len(payload) as IP has it), or None."""
    p = ip_payload(ip)
    if p is None or p[0] != 6 or len(p[5]) < 20:
        return None
    proto, src, dst, ipid, ttl, tcp = p
    sport, dport, seq, ack, off, flags, window, checksum = struct.unpack(">HHIIBBHH", tcp[:18])
    header = (off >> 4) * 4
    return Tcp(src, dst, sport, dport, seq, ack, flags, window, ipid, tcp[20:header],
               tcp[header:], checksum, ttl)


def flag_letters(flags):
    """tcpdump's spelling: S. P. F. R …"""
    return "".join(c for bit, c in FLAG_LETTERS if flags & bit) + ("." if flags & 0x10 else "")


def timestamp_value(options):
    """TSval of a segment's options, or None."""
    at = 0
    while at + 1 < len(options) and options[at] != 0:
        if options[at] == 1:
            at += 1
            continue
        if options[at] == 8 and at + 10 <= len(options):
            return struct.unpack(">I", options[at + 2:at + 6])[0]
        at += max(options[at + 1], 2)
    return None


def mtu_error_times(path):
    """When ICMP "fragmentation needed" or ICMPv6 "packet too big" passed, in seconds."""
    times = []
    for packet in read_pcap(path):
        p = ip_payload(packet.ip)
        if p and ((p[0] == 1 and p[5][:2] == b"\x03\x04") or (p[0] == 58 and p[5][:1] == b"\x02")):
            times.append(packet.time)
    return times


def read_tsv(path):
    """The rows of a table with a heading line, as dictionaries."""
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))


def write_tsv(path, columns, rows):
    """Writes rows (dictionaries) below a heading line; what a row lacks stays empty."""
    with open(path, "w", encoding="utf-8") as f:
        f.write("\t".join(columns) + "\n")
        for row in rows:
            f.write("\t".join(str(row.get(c, "")) for c in columns) + "\n")
