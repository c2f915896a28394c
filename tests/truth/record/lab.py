# SPDX-License-Identifier: MIT
"""Two hosts: network namespaces that only the wire joins.

A Host gives sockets, commands and captures inside its namespace; a Lab holds both and what a
scenario decides: delay, rule, MTU, offloads. What is recorded is decided elsewhere.
"""

import ctypes
import fcntl
import os
import socket
import struct
import subprocess
import threading
import time

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
TUNSETIFF, TUNSETOFFLOAD, TUNSETVNETHDRSZ = 0x400454CA, 0x400454D0, 0x400454D8
IFF_TUN, IFF_NO_PI, IFF_VNET_HDR = 1, 0x1000, 0x4000
OFFLOAD_CSUM_TSO = 1 | 2 | 4
DEVICE = "wire0"
ADDRESS = {"c": "10.99.0.1", "s": "10.99.0.2"}
ADDRESS6 = {"c": "fd99::1", "s": "fd99::2"}
DEAD, DEAD6 = "10.99.0.77", "fd99::77"
TCP_REPAIR = 19
CAPTURE_FILTER = "tcp or icmp or (icmp6 and ip6[40] <= 4)"


class Host:
    """One namespace. side: "c" or "s"."""

    def __init__(self, side, offload=False):
        self.side, self.name = side, f"truth{os.getpid()}{side}"
        self.addr, self.addr6 = ADDRESS[side], ADDRESS6[side]
        subprocess.run(["ip", "netns", "add", self.name], check=True)
        self.ns = os.open(f"/run/netns/{self.name}", os.O_RDONLY)
        self.tun = self.inside(lambda: open_tun(offload))
        for command in (f"addr add {self.addr}/24 dev {DEVICE}", "link set lo up",
                        f"-6 addr add {self.addr6}/64 dev {DEVICE} nodad",
                        f"link set {DEVICE} addrgenmode none", f"link set {DEVICE} up"):
            self.run("ip", *command.split())

    def inside(self, work):
        """Runs work() in this namespace; what it opens stays there."""
        result = []

        def enter():
            if LIBC.setns(self.ns, CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")
            result.append(work())
        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
        if not result:
            raise OSError("failed inside a namespace")
        return result[0]

    def run(self, *command):
        subprocess.run(["ip", "netns", "exec", self.name, *command], check=True,
                       stdout=subprocess.DEVNULL)

    def sysctl(self, **values):
        """sysctl(tcp_retries2=5) sets net.ipv4.tcp_retries2."""
        for key, value in values.items():
            self.run("sysctl", "-qw", f"net.ipv4.{key}={value}")

    def socket(self, v6=False, port=0, rcvbuf=0):
        family = socket.AF_INET6 if v6 else socket.AF_INET
        s = self.inside(lambda: socket.socket(family, socket.SOCK_STREAM))
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if rcvbuf:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        if port:
            s.bind((self.addr6 if v6 else self.addr, port))
        return s

    def listen(self, port, backlog=16, v6=False, rcvbuf=0):
        s = self.socket(v6, port, rcvbuf)
        s.listen(backlog)
        return s

    def capture(self, path, device=DEVICE, snaplen=0):
        """A running tcpdump that has begun."""
        p = subprocess.Popen(["ip", "netns", "exec", self.name, "tcpdump", "-n", "-i", device,
                              "-Z", "root", "--time-stamp-precision=nano", "-U",
                              "--immediate-mode", "-s", str(snaplen), "-B", "8192",
                              "-w", path, CAPTURE_FILTER],
                             stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
        while b"listening on" not in p.stderr.readline():
            if p.poll() is not None:
                raise OSError("tcpdump does not start")
        return p

    def remove(self):
        os.close(self.tun)
        os.close(self.ns)
        subprocess.run(["ip", "netns", "del", self.name], check=False)


def open_tun(offload):
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    flags = IFF_TUN | IFF_NO_PI | (IFF_VNET_HDR if offload else 0)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", DEVICE.encode(), flags))
    if offload:
        fcntl.ioctl(fd, TUNSETVNETHDRSZ, struct.pack("i", 10))
        fcntl.ioctl(fd, TUNSETOFFLOAD, OFFLOAD_CSUM_TSO)
    return fd


class Lab:
    """What a scenario may decide before the wire runs, and what it can do meanwhile."""

    def __init__(self, offload=False):
        self.offload = offload
        self.c, self.s = Host("c", offload), Host("s", offload)
        self.delay = {"c": 0.010, "s": 0.010}  # seconds, one way, by sender
        self.rule = None    # called per packet: None to forward, or a list of extra delays
        self.mtu = 0        # of the hop in the middle; 0: any
        self.forger = None  # the wire's end of commands, set when it runs
        self.log = []
        self.late_capture = False
        self.start_capture = None

    def rtt(self, ms):
        self.delay = {"c": ms / 2000, "s": ms / 2000}

    def note(self, text):
        self.log.append(f"{time.time():.6f}\t{text}")

    def command(self, text):
        """"cut SIDE…" (cut alone mends), stall, flush, "forge SIDE FLAGS DSEQ DACK LEN", stop."""
        os.write(self.forger, (text + "\n").encode())
        time.sleep(0.03)

    def connect(self, port, v6=False, sport=0, to=None):
        """A connected client socket, or None with the error noted."""
        s = self.c.socket(v6, sport)
        try:
            s.connect((to or (self.s.addr6 if v6 else self.s.addr), port))
        except OSError as e:
            self.note(f"connect: {e.strerror}")
            s.close()
            return None
        return s

    def pair(self, port=80, v6=False, rcvbuf=0, sport=0):
        """(client, server) connected sockets, Nagle off."""
        listener = self.s.listen(port, v6=v6, rcvbuf=rcvbuf)
        c = self.connect(port, v6, sport)
        s, _ = listener.accept()
        listener.close()
        for one in (c, s):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return c, s

    def remove(self):
        self.c.remove()
        self.s.remove()


def drain(s):
    """Reads everything in the background; join() the result."""
    def read():
        try:
            while s.recv(65536):
                pass
        except OSError:
            pass
    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return thread


def forget(s):
    """The host drops the connection without sending anything."""
    s.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
    s.close()


def reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()
