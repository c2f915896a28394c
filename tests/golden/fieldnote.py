#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Builds the captures of the classic exercises: an address where nobody answers, a handshake with
its close, a conversation over nc, a port where nobody listens. Each is given as tcpdump prints it;
what tcpdump leaves out (addresses of the link layer, IP ID, TTL) is as a Linux host sends it.

usage: fieldnote.py DIRECTORY      writes fieldnote-NAME.pcap
"""
import datetime
import re
import socket
import struct
import sys

DAY = datetime.datetime(2017, 3, 8, tzinfo=datetime.timezone.utc)

LISTINGS = {
    # telnet to an address that does not exist: the same SYN again after 1, 2, 4, 8, 16 s
    'syn-ladder': '''
10:23:23.323597 100.64.150.81.49416 > 192.168.3.87.23: [S], seq 2826371792, win 29200, options [mss 1460,sackOK,TS val 425996656 ecr 0,nop,wscale 7], length 0
10:23:24.321698 100.64.150.81.49416 > 192.168.3.87.23: [S], seq 2826371792, win 29200, options [mss 1460,sackOK,TS val 425996906 ecr 0,nop,wscale 7], length 0
10:23:26.325704 100.64.150.81.49416 > 192.168.3.87.23: [S], seq 2826371792, win 29200, options [mss 1460,sackOK,TS val 425997407 ecr 0,nop,wscale 7], length 0
10:23:30.329689 100.64.150.81.49416 > 192.168.3.87.23: [S], seq 2826371792, win 29200, options [mss 1460,sackOK,TS val 425998408 ecr 0,nop,wscale 7], length 0
10:23:38.345710 100.64.150.81.49416 > 192.168.3.87.23: [S], seq 2826371792, win 29200, options [mss 1460,sackOK,TS val 426000412 ecr 0,nop,wscale 7], length 0
10:23:54.361731 100.64.150.81.49416 > 192.168.3.87.23: [S], seq 2826371792, win 29200, options [mss 1460,sackOK,TS val 426004416 ecr 0,nop,wscale 7], length 0
''',
    # telnet 127.0.0.1 1234, then quit: three segments open, three close
    'open-close': '''
10:48:56.195211 127.0.0.1.36702 > 127.0.0.1.1234: [S], seq 909028172, win 43690, options [mss 65495,sackOK,TS val 426379874 ecr 0,nop,wscale 7], length 0
10:48:56.195230 127.0.0.1.1234 > 127.0.0.1.36702: [S.], seq 2567911667, ack 909028173, win 43690, options [mss 65495,sackOK,TS val 426379874 ecr 426379874,nop,wscale 7], length 0
10:48:56.195248 127.0.0.1.36702 > 127.0.0.1.1234: [.], ack 1, win 342, options [nop,nop,TS val 426379874 ecr 426379874], length 0
10:49:09.528631 127.0.0.1.36702 > 127.0.0.1.1234: [F.], seq 1, ack 1, win 342, options [nop,nop,TS val 426383207 ecr 426379874], length 0
10:49:09.528740 127.0.0.1.1234 > 127.0.0.1.36702: [F.], seq 1, ack 2, win 342, options [nop,nop,TS val 426383207 ecr 426383207], length 0
10:49:09.528774 127.0.0.1.36702 > 127.0.0.1.1234: [.], ack 2, win 342, options [nop,nop,TS val 426383207 ecr 426383207], length 0
''',
    # nc 127.0.0.1 1234: the client says "hello world", the server "yes"; closed minutes later
    'conversation': '''
11:11:47.081879 127.0.0.1.36746 > 127.0.0.1.1234: [S], seq 22427316, win 43690, options [mss 65495,sackOK,TS val 426722596 ecr 0,nop,wscale 7], length 0
11:11:47.081902 127.0.0.1.1234 > 127.0.0.1.36746: [S.], seq 1998354527, ack 22427317, win 43690, options [mss 65495,sackOK,TS val 426722596 ecr 426722596,nop,wscale 7], length 0
11:11:47.081924 127.0.0.1.36746 > 127.0.0.1.1234: [.], ack 1, win 342, options [nop,nop,TS val 426722596 ecr 426722596], length 0
11:11:55.248233 127.0.0.1.36746 > 127.0.0.1.1234: [P.], seq 1:13, ack 1, win 342, options [nop,nop,TS val 426724637 ecr 426722596], length 12
11:11:55.248252 127.0.0.1.1234 > 127.0.0.1.36746: [.], ack 13, win 342, options [nop,nop,TS val 426724637 ecr 426724637], length 0
11:12:03.575472 127.0.0.1.1234 > 127.0.0.1.36746: [P.], seq 1:5, ack 13, win 342, options [nop,nop,TS val 426726719 ecr 426724637], length 4
11:12:03.575490 127.0.0.1.36746 > 127.0.0.1.1234: [.], ack 5, win 342, options [nop,nop,TS val 426726719 ecr 426726719], length 0
11:23:54.735945 127.0.0.1.36746 > 127.0.0.1.1234: [F.], seq 13, ack 5, win 342, options [nop,nop,TS val 426904509 ecr 426726719], length 0
11:23:54.736041 127.0.0.1.1234 > 127.0.0.1.36746: [F.], seq 5, ack 14, win 342, options [nop,nop,TS val 426904509 ecr 426904509], length 0
11:23:54.736087 127.0.0.1.36746 > 127.0.0.1.1234: [.], ack 6, win 342, options [nop,nop,TS val 426904509 ecr 426904509], length 0
''',
    # nc 127.0.0.1 54321, where nobody listens
    'refused': '''
19:18:01.063037 127.0.0.1.43590 > 127.0.0.1.54321: [S], seq 1145802608, win 43690, options [mss 65495,sackOK,TS val 434016091 ecr 0,nop,wscale 7], length 0
19:18:01.063060 127.0.0.1.54321 > 127.0.0.1.43590: [R.], seq 0, ack 1145802609, win 0, length 0
''',
}

PAYLOADS = {12: b'hello world\n', 4: b'yes\n'}
FLAGS = {'F': 0x01, 'S': 0x02, 'R': 0x04, 'P': 0x08, '.': 0x10}

LINE = re.compile(
    r'(?P<time>[\d:.]+) (?P<src>[\d.]+)\.(?P<sport>\d+) > (?P<dst>[\d.]+)\.(?P<dport>\d+): '
    r'\[(?P<flags>[A-Z.]+)\],(?: seq (?P<seq>\d+)(?::\d+)?,)?(?: ack (?P<ack>\d+),)? '
    r'win (?P<win>\d+),(?: options \[(?P<options>.*)\],)? length (?P<length>\d+)$')


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def option(text):
    word = text.split()
    if word[0] == 'mss':
        return struct.pack('!BBH', 2, 4, int(word[1]))
    if word[0] == 'sackOK':
        return b'\x04\x02'
    if word[0] == 'TS':
        return struct.pack('!BBII', 8, 10, int(word[2]), int(word[4]))
    if word[0] == 'wscale':
        return struct.pack('!BBB', 3, 3, int(word[1]))
    assert word[0] == 'nop', text
    return b'\x01'


class Conversation:
    """Holds the ISNs: numbers after the handshake are relative in a listing."""

    def __init__(self):
        self.isn = {}
        self.next = {}
        self.ip_id = {}

    def packet(self, m):
        src, dst = (m['src'], int(m['sport'])), (m['dst'], int(m['dport']))
        flags = sum(FLAGS[c] for c in m['flags'])
        seq, ack = int(m['seq'] or 0), int(m['ack'] or 0)
        if flags & FLAGS['S']:
            self.isn[src] = seq
        elif not flags & FLAGS['R']:
            # a pure ACK is printed without seq: its number is the next one to be sent
            seq = (self.isn[src] + seq if m['seq'] else self.next[src]) & 0xffffffff
            ack = (self.isn[dst] + ack) & 0xffffffff
        length = int(m['length'])
        self.next[src] = seq + length + bool(flags & (FLAGS['S'] | FLAGS['F']))
        return self.ip(src, dst, flags, self.tcp(m, src, dst, seq, ack, flags, length))

    def tcp(self, m, src, dst, seq, ack, flags, length):
        options = b''.join(option(o) for o in (m['options'] or '').split(',') if o)
        head = struct.pack('!HHIIBBHHH', src[1], dst[1], seq, ack, (20 + len(options)) // 4 << 4,
                           flags, int(m['win']), 0, 0) + options
        body = head + PAYLOADS.get(length, b'')
        assert len(body) == len(head) + length
        pseudo = socket.inet_aton(src[0]) + socket.inet_aton(dst[0]) + struct.pack(
            '!BBH', 0, socket.IPPROTO_TCP, len(body))
        return body[:16] + struct.pack('!H', checksum(pseudo + body)) + body[18:]

    def ip(self, src, dst, flags, segment):
        ident = 0
        if not (flags & FLAGS['R'] or flags == FLAGS['S'] | FLAGS['.']):
            ident = self.ip_id[src] = self.ip_id.get(src, src[1]) + 1
        head = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(segment), ident & 0xffff,
                           0x4000, 64, socket.IPPROTO_TCP, 0, socket.inet_aton(src[0]),
                           socket.inet_aton(dst[0]))
        head = head[:10] + struct.pack('!H', checksum(head)) + head[12:]
        return head + segment


def ethernet(src, ip):
    if src.startswith('127.'):
        return bytes(12) + b'\x08\x00' + ip
    return b'\x02\0\0\0\0\x01' + b'\x02\0\0\0\0\x02' + b'\x08\x00' + ip


def capture(listing):
    out = [struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1)]
    conversation = Conversation()
    for line in listing.strip().splitlines():
        m = LINE.match(line)
        assert m, line
        h, minute, s = m['time'].split(':')
        at = DAY + datetime.timedelta(hours=int(h), minutes=int(minute))
        second, micro = s.split('.')
        frame = ethernet(m['src'], conversation.packet(m))
        out.append(struct.pack('<IIII', int(at.timestamp()) + int(second), int(micro), len(frame),
                               len(frame)) + frame)
    return b''.join(out)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for name, listing in LISTINGS.items():
        with open(f'{sys.argv[1]}/fieldnote-{name}.pcap', 'wb') as f:
            f.write(capture(listing))


main()
