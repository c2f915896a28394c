# SPDX-License-Identifier: MIT
"""What observes an exercise: the program live in a terminal, the program writing JSON, tcpdump for
the record of what really passed, and ss for the kernel's timers."""
import collections
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "ui"))
from netlab import LabError, Pair, Recorder  # noqa: E402
from tap import Failed, Skip, check, equal, program, until  # noqa: E402
from terminal import Terminal  # noqa: E402

ROW = re.compile(
    r"^ ?(?P<severity>[EWN ]) *(?P<client>\S+) +→ *(?P<server>\S+) +(?P<state>[A-Z0-9?-]+) +"
    r"(?P<diagnosis>\S.*?) +(?P<retx>\d+) +(?P<next>–|now|late|[\d.]+\S*)(?: [▓░]+)? +"
    r"(?P<rtt>\S+) +"
    r"(?P<rate>\S+) +(?P<idle>\S+) *$",
    re.MULTILINE,
)
UNITS = {"h": 3600, "min": 60, "m": 60, "sec": 1, "s": 1, "ms": 1e-3, "us": 1e-6, "µs": 1e-6}
FLAGS = "FSRP.UEW"
SAMPLING = 0.35  # seconds: how old a screen can be when it is read
TOOLS = ("ip", "ss", "tc", "iptables", "nsenter", "sysctl", "tcpdump", "nc", "tmux")


def seconds(text):
    """ "14.8s", "2min4sec", "208ms" as a number."""
    parts = re.findall(r"([\d.]+) ?(h|min|ms|µs|us|m|sec|s)", text)
    check(parts, f"{text!r} is a duration")
    return sum(float(n) * UNITS[u] for n, u in parts)


# A job in the background begins with SIGINT ignored, and so would the programs that it starts.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Report:
    """`tcplens --json --segments --timers` on an interface, read while it runs."""

    def __init__(self, host, dev, path, *capture):
        self.path, self.objects, self.at = path, [], 0
        self.out = open(path, "wb")
        self.errors = open(path + ".err", "w+")
        self.process = host.popen(
            program(),
            "--json",
            "--segments",
            "--timers",
            "-i",
            dev,
            *capture,
            stdout=self.out,
            stderr=self.errors,
        )
        try:
            until(
                lambda: self.of("capture") or self.process.poll() is not None, "the report to begin"
            )
        finally:
            if self.process.poll() is not None:
                raise Failed(f"the report ended: {open(path + '.err').read()}")

    def read(self):
        with open(self.path, "rb") as f:
            f.seek(self.at)
            for line in f:
                if not line.endswith(b"\n"):
                    break
                self.at += len(line)
                self.objects.append(json.loads(line))
        return self.objects

    def of(self, kind, **wanted):
        return [
            o
            for o in self.read()
            if o["type"] == kind and all(o.get(k) == v for k, v in wanted.items())
        ]

    def stop(self):
        """Ends the report as a user would, with ^C; its last lines must be there."""
        self.process.send_signal(signal.SIGINT)
        try:
            status = self.process.wait(60)
        except Exception:
            self.process.kill()
            raise
        check(status == 0, f"the report ended with {status}: {open(self.path + '.err').read()}")
        check(self.of("summary"), "the report ends with its summary")
        return self

    def connection(self, port):
        found = [o for o in self.of("connection") if o["server"]["port"] == port]
        check(len(found) == 1, f"one connection to port {port}: {len(found)}")
        return found[0]

    def segments(self, port):
        number = self.connection(port)["id"]
        return [o for o in self.of("segment") if o["connection"] == number]

    def verdicts(self, port):
        return [v["code"] for v in self.connection(port)["verdicts"]]


class Stage:
    """The hosts of one exercise and what observes them. capture: the program's interface options and
    capture filter."""

    def __init__(self, path=None, capture=(), columns=120, lines=24):
        for tool in TOOLS:
            if not shutil.which(tool):
                raise Skip(f"{tool} is not installed")
        try:
            self.net = Pair(path)
        except LabError as e:
            raise Skip(f"this machine forbids network namespaces: {e}") from None
        self.scratch = tempfile.mkdtemp(prefix="tcplens-lab-")
        self.pcap = os.path.join(self.scratch, "record.pcap")
        self.recorder = Recorder(self.net.client, "c0", self.pcap, expression=("tcp or icmp",))
        self.report = Report(self.net.client, "c0", os.path.join(self.scratch, "json"), *capture)
        command = self.net.client.inside(program(), "-i", "c0", *capture)
        self.terminal = Terminal(command, columns, lines, name="live screen")
        self.terminal.shows(r"\blive\b")

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.terminal.__exit__(kind, error, trace)
        if self.report.process.poll() is None:
            self.report.process.kill()
            self.report.process.wait()
        if self.recorder.process.poll() is None:
            self.recorder.process.kill()
            self.recorder.process.wait()
        self.net.close()
        shutil.rmtree(self.scratch, ignore_errors=True)

    # ---- the screen ----
    def row(self, port, probe=lambda row: True, what=""):
        """Waits until the row of the connection to `port` is there and satisfies the probe."""

        def look():
            for match in ROW.finditer(self.terminal.text()):
                if match["server"].endswith(f":{port}") and probe(match.groupdict()):
                    return match.groupdict()
            return None

        try:
            return until(look, f"the row of port {port} {what}")
        except Failed as e:
            raise Failed(f"{e}\n{self.terminal.text()}") from None

    def state(self, port, state):
        return self.row(port, lambda row: row["state"] == state, f"in {state}")

    def diagnosed(self, port, expression):
        return self.row(
            port,
            lambda row: re.search(expression, row["diagnosis"]),
            f"with diagnosis /{expression}/",
        )

    # ---- the kernel ----
    def kernel_timer(self, port, host=None):
        """The socket's timer as ss prints it: kind, seconds left, retransmissions; or None."""
        said = (host or self.net.client).sh("ss", "-tinoH", "dport", "=", f":{port}")
        found = re.search(r"timer:\((\w+),([^,]+),(\d+)\)", said)
        return found and (found[1], seconds(found[2]), int(found[3]))

    def kernel_state(self, port, host=None, side="dport"):
        said = (host or self.net.client).sh("ss", "-tanH", side, "=", f":{port}")
        return said.split()[0] if said.split() else None

    # ---- the record ----
    def finish(self):
        """Ends report and record; returns the segments that passed, oldest first."""
        self.recorder.stop()
        self.report.stop()
        self.same_from_file()
        return segments(self.pcap)

    def same_from_file(self):
        """Each segment is reported alike live and from the record; the longer of the two may have more
        at its end."""
        said = subprocess.run(
            [program(), "--json", "--segments", "-r", self.pcap],
            capture_output=True,
            text=True,
            timeout=120,
        )
        read, live = by_ends([json.loads(x) for x in said.stdout.splitlines()]), by_ends(
            self.report.read()
        )
        for pair in live:
            ours, theirs = live[pair], read.get(pair, [])
            check(len(theirs) > 0.8 * len(ours), f"{pair} is in the record")
            self.same_said(*sorted((ours, theirs), key=len), f"{pair}: live, and from the record")

    @staticmethod
    def same_said(shorter, longer, what):
        """On two processors, segments sent at the same time may be captured in a different order. With
        the same order everything must be equal; otherwise both must have the same segments."""
        pairs = list(zip(shorter, longer))
        if all(a[:FIELDS] == b[:FIELDS] for a, b in pairs):
            for a, b in pairs:
                equal(a, b, what)
            return
        here, there = (collections.Counter(x[:FIELDS] for x in said) for said in (shorter, longer))
        equal(here - there, collections.Counter(), f"{what}, only in one")


FIELDS = 5  # of a segment, which come before what is concluded from them


def by_ends(objects):
    """What is reported about every connection's segments, by its ports."""
    found = {
        o["id"]: (o["client"]["port"], o["server"]["port"])
        for o in objects
        if o["type"] == "connection"
    }
    said = {}
    for o in objects:
        if o["type"] == "segment":
            cause = o["retransmit"] and o["retransmit"]["cause"]
            said.setdefault(found[o["connection"]], []).append(
                (
                    o["from"],
                    o["flags"],
                    o["seq"],
                    o["ack"],
                    o["len"],
                    cause,
                    o["client_state"],
                    o["server_state"],
                )
            )
    return said


def segments(path):
    """The TCP segments in an Ethernet/IPv4 capture made here."""
    found = []
    with open(path, "rb") as f:
        f.read(24)
        frame = 0
        while header := f.read(16):
            sec, usec, kept, _ = struct.unpack("=IIII", header)
            data = f.read(kept)
            frame += 1
            if data[12:14] != b"\x08\x00" or data[23] != 6:
                continue
            tcp = 14 + 4 * (data[14] & 15)
            sport, dport, seq, ack, offset, flags, window = struct.unpack_from(
                ">HHIIBBH", data, tcp
            )
            length = struct.unpack_from(">H", data, 16)[0] - (tcp - 14) - 4 * (offset >> 4)
            found.append(
                {
                    "frame": frame,
                    "time": sec + usec / 1e6,
                    "sport": sport,
                    "dport": dport,
                    "seq": seq,
                    "ack": ack,
                    "len": length,
                    "window": window,
                    "options": data[tcp + 20 : tcp + 4 * (offset >> 4)],
                    "flags": "".join(
                        c for bit, c in zip((1, 2, 4, 8, 16, 32, 64, 128), FLAGS) if flags & bit
                    ),
                }
            )
    return found


def times(record, flags, port):
    """When segments with these flags went to `port`."""
    return [s["time"] for s in record if s["flags"] == flags and s["dport"] == port]


def gaps(moments):
    return [b - a for a, b in zip(moments, moments[1:])]


def in_background(f, *arguments):
    thread = threading.Thread(target=f, args=arguments, daemon=True)
    thread.start()
    return thread


def gently(s):
    """Closes after the peer has."""
    s.settimeout(60)
    while s.recv(4096):
        pass
    s.close()


def check_countdown(stage, port, kernel_kind):
    """NEXT on the screen against the kernel's timer, read before and after; the timer wheel may fire
    an eighth later than ss shows, which then stays at 0."""

    def consistent():
        before = stage.kernel_timer(port)
        row = stage.row(port)
        after = stage.kernel_timer(port)
        if not before or not after or before[0] != kernel_kind or before[2] != after[2]:
            return None  # it fired in between, or another timer runs
        if row["next"] in ("now", "late", "–"):
            return None
        shown = seconds(row["next"])
        return after[1] - SAMPLING <= shown <= before[1] * 1.13 + SAMPLING and (before[1], shown)

    first = until(consistent, "NEXT to agree with the kernel's timer")
    later = until(lambda: (two := consistent()) and two != first and two, "NEXT to count down")
    return first, later


def check_due(report, port, record_times, side="client"):
    """Each retransmission came within the interval announced before it."""
    number = report.connection(port)["id"]
    announced = [e for e in report.of("timer", connection=number) if e["from"] == side]
    late = []
    for moment in record_times:
        said = [e for e in announced if e["time"] < moment - 0.0005]
        check(said and said[-1]["due"] is not None, f"a deadline was announced before {moment:.3f}")
        event = said[-1]
        if not event["due"] - 0.005 <= moment <= event["due_latest"] + SAMPLING:
            late.append((moment - event["due"], event["due_latest"] - event["due"]))
    check(not late, f"came outside the interval (after due, width): {late}")
