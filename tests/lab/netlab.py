# SPDX-License-Identifier: MIT
"""Network namespaces for the lab: hosts with the real kernel, joined by veth cables.

A namespace exists only as an open file of this process: it has no name in the system and cannot be
left behind, not even after SIGKILL. Sockets are made inside a namespace and then used from
anywhere; programs are started inside one with nsenter.
"""
import atexit
import contextlib
import ctypes
import fcntl
import os
import socket
import struct
import subprocess
import threading
import time

from wire import Wire

CLONE_NEWNET = 0x40000000
SIOCETHTOOL = 0x8946
# ETHTOOL_STXCSUM, _STSO, _SGSO, _SGRO
OFFLOADS = (0x17, 0x1F, 0x24, 0x2C)
TCP_REPAIR = 19

libc = ctypes.CDLL(None, use_errno=True)


class LabError(Exception):
    """What the machine does not allow, as the reason for skipping a test."""


def _check(result, what):
    if result != 0:
        raise LabError(f"{what}: {os.strerror(ctypes.get_errno())}")


def run(*command, check=True, **kw):
    """Runs a short command; the error is what it printed."""
    done = subprocess.run(
        [str(c) for c in command], capture_output=True, text=True, timeout=60, **kw
    )
    if check and done.returncode != 0:
        raise LabError(
            f"{' '.join(map(str, command))}: {done.stderr.strip() or done.stdout.strip()}"
        )
    return done.stdout


class Host:
    """One namespace: a host with its own interfaces, routes, firewall and sysctls."""

    def __init__(self, name):
        self.name = name
        self.fd = -1
        thread = threading.Thread(target=self._make)
        thread.start()
        thread.join()
        if self.fd < 0:
            raise LabError(self.error)
        self.path = f"/proc/{os.getpid()}/fd/{self.fd}"
        self.sh("ip", "link", "set", "lo", "up")

    def _make(self):
        if libc.unshare(CLONE_NEWNET) != 0:
            self.error = f"unshare(CLONE_NEWNET): {os.strerror(ctypes.get_errno())}"
            return
        self.fd = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)

    def close(self):
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    @contextlib.contextmanager
    def entered(self):
        """The calling thread is inside the namespace."""
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            _check(libc.setns(self.fd, CLONE_NEWNET), "setns")
            yield
        finally:
            libc.setns(home, CLONE_NEWNET)
            os.close(home)

    def inside(self, *command):
        """The command line that runs `command` in this namespace."""
        return ["nsenter", f"--net={self.path}", "--"] + [str(c) for c in command]

    def sh(self, *command, **kw):
        return run(*self.inside(*command), **kw)

    def popen(self, *command, **kw):
        return subprocess.Popen(self.inside(*command), **kw)

    def sysctl(self, name, value):
        self.sh("sysctl", "-qw", f"{name}={value}")

    def address(self, dev, *cidrs):
        for cidr in cidrs:
            self.sh("ip", "addr", "add", cidr, "dev", dev, *(["nodad"] if ":" in cidr else []))

    def iptables(self, *rule):
        self.sh("iptables", "-w", "5", *rule)

    @contextlib.contextmanager
    def rule(self, *rule):
        """An iptables rule while the block runs: rule("INPUT", "-p", "tcp", ... "-j", "DROP")."""
        self.iptables("-A", *rule)
        try:
            yield
        finally:
            self.iptables("-D", *rule)

    def offloads_off(self, dev):
        """Packets are captured as they cross the cable: no super-segments, no unfinished checksums."""
        with self.entered(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            for command in OFFLOADS:
                value = ctypes.create_string_buffer(struct.pack("II", command, 0))
                request = struct.pack("16sP16x", dev.encode(), ctypes.addressof(value))
                fcntl.ioctl(s, SIOCETHTOOL, request)

    # ---- sockets ----
    def socket(self, family=socket.AF_INET, kind=socket.SOCK_STREAM, proto=0):
        with self.entered():
            s = socket.socket(family, kind, proto)
        s.settimeout(150)
        if kind == socket.SOCK_STREAM:
            with contextlib.suppress(OSError):
                s.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"cubic")
        return s

    def listen(self, address, backlog=16, rcvbuf=None):
        s = self.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if rcvbuf:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        s.bind(address)
        s.listen(backlog)
        return s

    def connect(self, address, source=None, **kw):
        """A connected socket, or one whose connect() failed: then the OSError is raised."""
        s = self.connecting(address, source, **kw)
        s.settimeout(150)
        wait_connected(s)
        return s

    def connecting(self, address, source=None, family=None, options=()):
        """A socket whose connect() has begun."""
        s = self.socket(family or (socket.AF_INET6 if ":" in address[0] else socket.AF_INET))
        for option in options:
            s.setsockopt(*option)
        if source:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind(source)
        s.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            s.connect(address)
        return s


def wait_connected(s):
    """Waits until connect() has finished; raises the error with which it failed."""
    import select

    select.select([], [s], [], 150)
    error = s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if error:
        raise OSError(error, os.strerror(error))


def forget(s):
    """Closes a connection without sending anything: the peer does not notice."""
    s.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
    s.close()


def receive(s, count):
    """Exactly count bytes, or fewer if the connection ended before."""
    got = b""
    while len(got) < count:
        piece = s.recv(count - len(got))
        if not piece:
            break
        got += piece
    return got


def cable(a, dev_a, b, dev_b):
    """A veth pair between two hosts, up, with offloads off."""
    a.sh("ip", "link", "add", dev_a, "type", "veth", "peer", "name", dev_b, "netns", b.path)
    for host, dev in ((a, dev_a), (b, dev_b)):
        host.sysctl(f"net.ipv6.conf.{dev}.addr_gen_mode", 1)  # no link-local address: no multicast
        host.sh("ip", "link", "set", dev, "up")
        host.offloads_off(dev)


class Pair:
    """Client and server: 10.0.0.1 on c0 and 10.0.0.2 on s0, on one cable, or with a wire.Path
    between them."""

    CLIENT = "10.0.0.1"
    SERVER = "10.0.0.2"

    def __init__(self, path=None):
        self.client = Host("client")
        self.server = Host("server")
        if path:
            self.middle = Host("middle")
            cable(self.client, "c0", self.middle, "a0")
            cable(self.middle, "b0", self.server, "s0")
            self.wire = Wire(self.middle, "a0", "b0", {}, path)
        else:
            cable(self.client, "c0", self.server, "s0")
        self.client.address("c0", f"{self.CLIENT}/24", "fd00::1/64")
        self.server.address("s0", f"{self.SERVER}/24", "fd00::2/64")
        for host in (self.client, self.server):
            calm(host)
        neighbours(self.client, "c0", self.server, "s0", (self.SERVER, "fd00::2"))
        neighbours(self.server, "s0", self.client, "c0", (self.CLIENT, "fd00::1"))

    def open(self, port=1234, source_port=40000, **kw):
        """An established connection: the client's socket and the server's."""
        with self.server.listen((self.SERVER, port), **kw) as listener:
            c = self.client.connect((self.SERVER, port), (self.CLIENT, source_port))
            s, _ = listener.accept()
        for end in (c, s):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            end.settimeout(150)
        return c, s

    def close(self):
        self.client.close()
        self.server.close()


def calm(host):
    """The kernel's defaults, whatever this machine has set; nothing kept from earlier connections."""
    try:
        host.sysctl("net.ipv4.tcp_congestion_control", "cubic")
    except LabError:  # not allowed for a namespace: each socket still asks for it
        host.sysctl("net.ipv4.tcp_congestion_control", "reno")
    host.sysctl("net.ipv4.tcp_no_metrics_save", 1)


def neighbours(host, dev, peer, peer_dev, addresses):
    """Fixed neighbour entries: no ARP in the captures, and packets to dead addresses are sent."""
    mac = peer.sh("ip", "-o", "link", "show", peer_dev).split("link/ether ")[1].split()[0]
    for address in addresses:
        host.sh("ip", "neigh", "replace", address, "lladdr", mac, "dev", dev, "nud", "permanent")


class Recorder:
    """tcpdump on an interface, from when it listens until stop()."""

    def __init__(self, host, dev, path, snaplen=0, expression=()):
        self.path = path
        self.process = host.popen(
            "tcpdump",
            "-i",
            dev,
            "-n",
            "-U",
            "-Z",
            "root",
            "-s",
            snaplen,
            "-w",
            path,
            *expression,
            stderr=subprocess.PIPE,
            text=True,
        )
        atexit.register(self.process.kill)  # also when the exercise fails
        for line in self.process.stderr:
            if "listening on" in line:
                return
        raise LabError("tcpdump does not start")

    def stop(self):
        time.sleep(1.2)  # packets in flight are still written
        self.process.terminate()
        self.process.wait(20)
        self.process.stderr.close()


class Clock:
    """Waits until so many seconds after its start."""

    def __init__(self, start=None):
        self.start = time.monotonic() if start is None else start

    def at(self, seconds):
        time.sleep(max(0, self.start + seconds - time.monotonic()))


def together(*actors):
    """Runs the actors side by side; the first error of any is raised when all have ended."""
    errors = []

    def guarded(actor):
        try:
            actor()
        except Exception as e:  # noqa: BLE001 - reported below
            errors.append((actor, e))

    threads = [threading.Thread(target=guarded, args=(a,), daemon=True) for a in actors]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if errors:
        actor, error = errors[0]
        raise RuntimeError(f"{getattr(actor, '__name__', actor)}: {error!r}") from error
