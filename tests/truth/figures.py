# SPDX-License-Identifier: MIT
"""What tcplens reported about a capture, compared with the truth recorded beside it.

Each judge_* takes a Case and gives a Figure: how many were right of how many, which were excused,
and every mismatch in words. The truth's columns are those the recorder writes (record/README.md).
"""

import bisect
import json
import subprocess

from capture import mtu_error_times

JIFFY = 0.004       # of the recording kernels (HZ=250)
SAME_INSTANT = 0.005
LABEL_WORDS = {"retransmission", "out-of-order", "duplicate-packet", "zero-window-probe",
               "keep-alive"}
TIMER_CAUSES = {"SYNRTX", "RTO", "TLP", "ZWP", "KEEPALIVE"}


class Figure:
    """right of total; excused are in neither. bad: (frame or time, what) per mismatch."""

    def __init__(self):
        self.right = self.total = self.excused = 0
        self.bad = []

    def count(self, ok, where, what):
        self.total += 1
        if ok:
            self.right += 1
        else:
            self.bad.append((where, what))

    def add(self, other, prefix=""):
        self.right += other.right
        self.total += other.total
        self.excused += other.excused
        self.bad += [(f"{prefix}{where}", what) for where, what in other.bad]

    def share(self):
        return self.right / self.total if self.total else None


class Report:
    """The JSON lines of one run, indexed."""

    def __init__(self, lines):
        self.segments, self.by_conn, self.conns, self.timers = {}, {}, {}, {}
        self.summary, self.capture = {}, {}
        for line in lines:
            getattr(self, "_" + line["type"], lambda _: None)(line)

    def _segment(self, s):
        self.segments[s["frame"]] = s
        self.by_conn.setdefault(s["connection"], []).append(s)

    def _connection(self, c):
        self.conns[c["id"]] = c

    def _timer(self, t):
        self.timers.setdefault((t["connection"], t["from"]), []).append(t)

    def _summary(self, s):
        self.summary = s

    def _capture(self, c):
        self.capture = c

    def timer_before(self, conn, end, when):
        """The last timer line of that side strictly before, or None."""
        lines = self.timers.get((conn, end), [])
        i = bisect.bisect_left([t["time"] for t in lines], when)
        return lines[i - 1] if i else None

    def segment_before(self, conn, when):
        lines = self.by_conn.get(conn, [])
        i = bisect.bisect_right([s["time"] for s in lines], when)
        return lines[i - 1] if i else None

    def near_packet(self, conn, when):
        times = [s["time"] for s in self.by_conn.get(conn, [])]
        i = bisect.bisect_left(times, when - SAME_INSTANT)
        return i < len(times) and times[i] <= when + SAME_INSTANT

    def find(self, local, remote, when):
        """(connection id, side) of the socket local→remote: the instance with the latest segment at
        that time; None without one."""
        best = None
        for c in self.conns.values():
            ends = {name: (c[name]["ip"], c[name]["port"]) for name in ("client", "server")}
            for end, other in (("client", "server"), ("server", "client")):
                last = self.segment_before(c["id"], when)
                if ends[end] == local and ends[other] == remote and last and \
                        (best is None or last["time"] >= best[2]):
                    best = (c["id"], end, last["time"])
        return best[:2] if best else None


def run_tcplens(program, path):
    """(Report, None), or (None, why not)."""
    done = subprocess.run([program, "--json", "--segments", "--timers", "-r", path],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, check=False)
    if done.returncode != 0:
        error = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return None, f"exit status {done.returncode}: {error[-1] if error else ''}"
    try:
        lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
    except ValueError as e:
        return None, f"not JSON: {e}"
    return Report(lines), None


class Case:
    """One capture point of one recording: what tcplens said and what is known."""

    def __init__(self, side, path, report, truth, samples):
        self.side, self.path, self.report = side, path, report
        self.truth = [row for row in truth if row["cap"] == side]
        self.samples = [row for row in samples if row["side"] == side]
        self.mtu_errors = mtu_error_times(path)


def causes(row):
    return set(row["cause"].split("+")) - {"", "-", "?"}


def judge_words(row, words):
    """Whether the words are the truth's label."""
    label = row["label"]
    if label == "rexmit":
        return "retransmission" in words and "out-of-order" not in words
    if label == "reordered":
        return "out-of-order" in words and "retransmission" not in words
    if label == "netdup":
        return "duplicate-packet" in words and "retransmission" not in words
    if label == "probe":
        word = "keep-alive" if row["cause"] == "KEEPALIVE" else "zero-window-probe"
        return word in words and "retransmission" not in words
    return not words & LABEL_WORDS


def unknowable(row):
    """A retransmission of bytes that were never captured, ahead of all others, looks like the first."""
    return row["label"] == "rexmit" and row["seen"] == "new"


def tshark_words(text):
    return {w.replace("_", "-") for w in text.split(",")} - {"", "-"}


def segment_words(report, frame):
    s = report.segments.get(frame)
    return set(s["analysis"]) if s else None


def judge_label(case):
    """Special segments against the truth, false alarms on all other frames counted as wrong."""
    figure, listed = Figure(), set()
    for row in case.truth:
        frame = int(row["frame"])
        listed.add(frame)
        words = segment_words(case.report, frame)
        special = row["label"] not in ("orig", "forged")
        if row["label"] == "forged" or (unknowable(row) and words is not None):
            figure.excused += 1
        elif special or not judge_words(row, words or set()):
            figure.count(words is not None and judge_words(row, words), frame,
                         f"{row['label']} {row['cause']} seen {row['seen'] or '-'}: "
                         f"{said(words)} (tshark 4.0: {row['ws40'] or '-'})")
    for frame, s in case.report.segments.items():
        alarms = set(s["analysis"]) & LABEL_WORDS
        if frame in listed or not alarms:
            continue
        if alarms == {"duplicate-packet"} and s["flags"] == "." and not s["len"]:
            figure.excused += 1  # a doubled ACK: truth may list data only
        else:
            figure.count(False, frame, f"ordinary segment: {said(set(s['analysis']))}")
    return figure


def said(words):
    return "no segment line" if words is None else ",".join(sorted(words)) or "nothing said"


def judge_worse(case):
    """Rows that tshark 4.0 labels rightly, ours must be right too."""
    figure = Figure()
    for row in case.truth:
        frame = int(row["frame"])
        words = segment_words(case.report, frame)
        if row["label"] == "forged" or unknowable(row) or not row.get("ws40"):
            continue
        if judge_words(row, tshark_words(row["ws40"])):
            figure.count(words is not None and judge_words(row, words), frame,
                         f"{row['label']}: {said(words)}, tshark 4.0 rightly {row['ws40']}")
    return figure


def expected_causes(case, row, segment):
    """Whether our cause agrees with the kernel's counters."""
    kernel, flags = causes(row), row["flags"]
    words = set()
    if "PMTU" in kernel or "LOSS" in kernel and after_mtu_error(case, segment):
        return {"pmtu"}
    if "TFO" in kernel or "LOSS" in kernel and repeats_syn_data(case, segment):
        return {"tfo"}
    if "SYNRTX" in kernel:
        return {"syn-ack" if "." in flags else "syn"}
    words |= {"rto"} if "RTO" in kernel else set()
    words |= {"tlp"} if "TLP" in kernel else set()
    words |= {"fast", "recovery"} if "FAST" in kernel else set()
    words |= {"recovery"} if "LOSS" in kernel else set()
    if "F" in flags and int(row["len"]) == 0:
        words |= {"fin"}
    return words


def after_mtu_error(case, segment):
    return any(0 <= segment["time"] - t < 0.1 for t in case.mtu_errors)


def repeats_syn_data(case, segment):
    first = case.report.by_conn[segment["connection"]][0]
    return first["flags"].startswith("S") and first["len"] > 0 and \
        first["raw_seq"] + 1 == segment["raw_seq"]


def judge_cause(case):
    figure = Figure()
    for row in case.truth:
        segment = case.report.segments.get(int(row["frame"]))
        if row["label"] != "rexmit" or not causes(row):
            continue
        if unknowable(row) or row["cause"] == "PMTU" and not case.mtu_errors:
            figure.excused += 1
            continue
        said_cause = ((segment or {}).get("retransmit") or {}).get("cause")
        want = expected_causes(case, row, segment) if segment else set()
        figure.count(said_cause in want, int(row["frame"]),
                     f"{row['cause']} {row['flags']} +{row['gap_ms'] or '?'} ms: "
                     f"said {said_cause}, want {'/'.join(sorted(want))}")
    return figure


def judge_needed(case):
    """(all, never false where lost): null where the truth is known is wrong only in the first."""
    figure, never = Figure(), Figure()
    for row in case.truth:
        if row["label"] != "rexmit" or row["needed"] not in ("lost", "spurious"):
            continue
        if unknowable(row):
            figure.excused += 1
            continue
        segment = case.report.segments.get(int(row["frame"]))
        # An endpoint that never answered may still have received a SYN: not judged.
        silent = segment and not answered(case, segment)
        said = ((segment or {}).get("retransmit") or {})
        if silent and said.get("cause") == "syn" and said.get("needed") is None:
            figure.excused += 1
            continue
        if silent and row["needed"] == "spurious":
            figure.excused += 1
            continue
        said_needed = ((segment or {}).get("retransmit") or {}).get("needed")
        what = f"{row['needed']} {row['cause']}: needed {json.dumps(said_needed)}"
        figure.count(said_needed is (row["needed"] == "lost"), int(row["frame"]), what)
        if row["needed"] == "lost":
            never.count(said_needed is not False, int(row["frame"]), what)
    return figure, never


def answered(case, segment):
    """Whether the peer sent anything past this capture that shows that an earlier copy arrived."""
    return any(s["from"] != segment["from"] and s["ack"] is not None and s["flags"] != "R." and
               (s["raw_ack"] - segment["raw_seq"]) % 2**32 < 2**31
               for s in case.report.by_conn[segment["connection"]])


def endpoint(text):
    host, _, port = text.rpartition(":")
    return host.strip("[]").split("%")[0], int(port)


def sampled(case):
    """The kernel's samples with their connection and side, without those at the time of a packet."""
    for row in case.samples:
        when = float(row["t"])
        found = case.report.find(endpoint(row["local"]), endpoint(row["remote"]), when)
        if found:
            yield row, when, found[0], found[1], case.report.near_packet(found[0], when)


def judge_rto(case):
    figure = Figure()
    for row, when, conn, end, near in sampled(case):
        if not row["rto_ms"]:
            continue
        if near:
            figure.excused += 1
            continue
        line = case.report.timer_before(conn, end, when)
        ours, kernel = line and line["rto"], float(row["rto_ms"]) / 1000
        ok = ours is not None and abs(ours - kernel) <= max(0.1 * kernel, JIFFY + 1e-6)
        figure.count(ok, f"{when:.3f}", f"{end} {row['state']} {row['timer']} kernel {kernel:.3f} "
                     f"ours {'none' if ours is None else format(ours, '.3f')} "
                     f"(last line {line['kind'] if line else 'none'})")
    return figure


def judge_firing(case):
    """Timer-driven repetitions and probes on the sender's host, within the interval before."""
    figure, kept_alive = Figure(), set()
    for row in case.truth:
        if row["from"] != case.side or row["label"] not in ("rexmit", "probe") or \
                not causes(row) & TIMER_CAUSES or causes(row) & {"FAST", "LOSS"} or \
                causes(row) == {"SYNRTX"}:  # an answer to a repeated SYN, not a timer
            continue
        segment = case.report.segments.get(int(row["frame"]))
        if segment is None:
            figure.count(False, int(row["frame"]), "no segment line")
            continue
        conn = segment["connection"]
        if row["cause"] == "KEEPALIVE" and conn not in kept_alive:
            kept_alive.add(conn)  # that keep-alive is on is known from the first probe
            figure.excused += 1
            continue
        when = segment["time"]
        line = case.report.timer_before(segment["connection"], segment["from"], when)
        if line is None or line["due"] is None:
            figure.count(False, int(row["frame"]), f"{row['cause']} {row['flags']}: no timer shown")
            continue
        latest = line["due_latest"] if line["due_latest"] is not None else line["due"]
        figure.count(line["due"] <= when <= latest, int(row["frame"]),
                     f"{row['cause']} {row['flags']} after {line['kind']}: arrived "
                     f"{(when - line['due']) * 1e3:+.1f} ms of due, "
                     f"{(when - latest) * 1e3:+.1f} of latest")
    return figure


def fin_not_sent(case, conn, end, when, row):
    """close() was called, the FIN waits behind unsent data: the wire cannot know."""
    if row["state"] not in ("FIN-WAIT-1", "LAST-ACK") or not int(row["sendq"] or 0):
        return False
    return not any(s["from"] == end and "F" in s["flags"] and s["time"] <= when
                   for s in case.report.by_conn[conn])


def judge_state(case):
    figure = Figure()
    for row, when, conn, end, near in sampled(case):
        if near or fin_not_sent(case, conn, end, when, row):
            figure.excused += 1
            continue
        segment = case.report.segment_before(conn, when)
        ours = segment and segment[end + "_state"]
        figure.count(ours == row["state"], f"{when:.3f}",
                     f"{end}: kernel {row['state']}, ours {ours} since frame "
                     f"{segment['frame'] if segment else '-'}")
    return figure
