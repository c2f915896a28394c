# SPDX-License-Identifier: MIT
"""tcplens beside tshark and tcptrace on the same capture.

Differences are sorted into the reasons that doc/differences.md explains; what fits none is
"unexplained". Each tool may be absent: then its figure is None.
"""

import re
import shutil
import subprocess

from figures import Figure, tshark_words

FIELDS = ("retransmission fast_retransmission spurious_retransmission out_of_order lost_segment "
          "ack_lost_segment duplicate_ack zero_window zero_window_probe zero_window_probe_ack "
          "window_full window_update keep_alive keep_alive_ack reused_ports").split()
OUR_OWN = {"duplicate-packet", "challenge-ack", "re-ack", "dsack"}
REXMIT = {"retransmission", "fast-retransmission", "spurious-retransmission", "out-of-order"}
PURE_ACK = {"duplicate-ack", "window-update", "keep-alive-ack", "zero-window-probe-ack",
            "ack-lost-segment"}


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120,
                          check=False)
    return done.stdout.decode("utf-8", "replace").splitlines()


def tshark_frames(path):
    """frame → (stream, words, length) of every TCP frame; None without tshark."""
    if not shutil.which("tshark"):
        return None
    command = ["tshark", "-n", "-r", path, "-Y", "tcp and not icmp and not icmpv6",
               "-T", "fields", "-e", "frame.number", "-e", "tcp.stream", "-e", "tcp.len"]
    for field in FIELDS:
        command += ["-e", "tcp.analysis." + field]
    frames = {}
    for line in run(*command):
        cells = line.split("\t") + [""] * len(FIELDS)
        if cells[1]:
            found = ",".join(w for w, cell in zip(FIELDS, cells[3:]) if cell)
            frames[int(cells[0])] = (int(cells[1].split(",")[0]), tshark_words(found),
                                     int(cells[2].split(",")[0] or 0))
    return frames


def reason(segment, theirs):
    """Which written reason explains that the words differ; None: none does."""
    if segment is None:
        return "no-line"
    ours = set(segment["analysis"])
    for name, holds in REASONS:
        if holds(ours, theirs, segment):
            return name
    return None


# In the order of their checks: conditions on our words (o), theirs (t) and our segment line (s).
REASONS = (
    ("network-duplicate", lambda o, t, s: "duplicate-packet" in o),
    ("reset-after-data", lambda o, t, s: "R" in s["flags"] and not o),
    ("zero-window-probe", lambda o, t, s:
     "zero-window-probe" in o and "keep-alive" in t),
    ("probe-answer", lambda o, t, s:
     "zero-window-probe-ack" in o or ("keep-alive-ack" in t and not s["len"])),
    ("re-ack", lambda o, t, s: "re-ack" in o),
    ("challenge-ack", lambda o, t, s: "challenge-ack" in o),
    ("dsack", lambda o, t, s: "dsack" in o),
    ("reordered-original", lambda o, t, s:
     "out-of-order" in o and "retransmission" in t),
    ("retransmission-at-sender", lambda o, t, s:
     "retransmission" in o and "out-of-order" in t),
    ("late-proof", lambda o, t, s:
     o - t == {"spurious-retransmission"} and "retransmission" in t),
    ("fast-by-sack", lambda o, t, s:
     "fast-retransmission" in o and "fast-retransmission" not in t and "retransmission" in t),
    ("not-fast", lambda o, t, s:
     "retransmission" in o and "fast-retransmission" in t - o),
    ("retransmission-of-uncaptured", lambda o, t, s:
     "retransmission" in o and not t & REXMIT),
    ("simultaneous-open", lambda o, t, s:
     not o and "S" in s["flags"] and "retransmission" in t),
    ("sack-is-duplicate-ack", lambda o, t, s:
     o ^ t <= {"duplicate-ack", "window-update"} and "duplicate-ack" in o),
    ("nothing-outstanding", lambda o, t, s:
     "duplicate-ack" in t - o and not s["len"]),
    ("never-seen", lambda o, t, s:
     bool(s["len"]) and not o & REXMIT and "retransmission" in t),
    ("acks-uncaptured", lambda o, t, s:
     bool(o - t) and o - t <= {"ack-lost-segment", "lost-segment"} and not t - o),
    ("gap-filled", lambda o, t, s: t - o == {"lost-segment"} and not o - t),
    ("instance", lambda o, t, s:
     bool((t ^ o) & {"reused-ports"}) or (t - o <= {"ack-lost-segment"} and bool(t - o))),
)


# What tshark's rules cannot see and the program is there to report: counted as equal, and listed.
BETTER = {"network-duplicate", "zero-window-probe", "probe-answer", "re-ack", "challenge-ack",
          "simultaneous-open", "retransmission-at-sender", "reordered-original",
          "sack-is-duplicate-ack", "late-proof", "instance", "captured-length",
          "never-seen", "late-ack"}


def compare(case, frames):
    """(figure of agreeing frames, differences per reason, unexplained differences)."""
    figure, reasons, unexplained, misread, newest = Figure(), {}, [], set(), {}
    disordered = set()  # (stream, side) whose ACKs were captured out of order
    for frame, (stream, theirs, length) in sorted(frames.items()):
        segment = case.report.segments.get(frame)
        ours = set(segment["analysis"]) if segment else None
        why = None
        if segment and segment["len"] != length:
            misread.add(stream)
        if segment and overtaken(segment, newest):
            disordered.add((stream, segment["from"]))
        if ours is None or ours - OUR_OWN != theirs or ours & {"duplicate-packet"}:
            why = "captured-length" if stream in misread else reason(segment, theirs)
            if not why and not segment["len"] and (stream, segment["from"]) in disordered:
                why = "late-ack"
            why = why or "unexplained"
            reasons[why] = reasons.get(why, 0) + 1
        what = f"{why}: ours {words(ours)}, tshark {words(theirs)}"
        figure.count(why is None or why in BETTER, frame, what)
        if why == "unexplained":
            unexplained.append((frame, what))
    return figure, reasons, unexplained


def overtaken(segment, newest):
    """Its ACK is below one of the same side that was captured before."""
    key, ack = (segment["connection"], segment["from"]), segment["ack"]
    if ack is None or ack < newest.get(key, 0):
        return ack is not None
    newest[key] = ack
    return False


def words(found):
    return "no line" if found is None else ",".join(sorted(found)) or "-"


def ordinary(truth):
    """No loss, or loss with simple recovery: nothing reordered, duplicated, forged or probed."""
    return not any(row["label"] in ("reordered", "netdup", "forged", "probe") or
                   {"LOSS"} & set(row["cause"].split("+")) for row in truth)


def tcptrace_count(path):
    """Connections tcptrace finds, None without it or when it cannot read the file."""
    if not shutil.which("tcptrace"):
        return None
    lines = run("tcptrace", "-n", path)
    if not any("packets seen" in line for line in lines):
        return None
    return sum(1 for line in lines if re.match(r"\s*\d+: \S+ - \S+ \(", line))


def conversation_frames(path):
    """Frames of each conversation of `-z conv,tcp`, in its order; None without tshark."""
    if not shutil.which("tshark"):
        return None
    counts = []
    for line in run("tshark", "-n", "-q", "-r", path, "-z", "conv,tcp"):
        cells = line.split()
        if len(cells) > 9 and cells[1] == "<->":
            counts.append(int(cells[9]))
    return counts
