# SPDX-License-Identifier: MIT
"""The truth of every frame: both captures joined with the wire's log and the kernel's counters.

A transmission is what entered the wire; a frame is how one capture saw it. What a transmission is
(first time, repeated, probe) follows from everything its sender ever sent; what a frame is
(reordered, duplicated) from what the wire did and what had passed that capture before.
"""

from capture import read_pcap, tcp_header
from wire import digest

COLUMNS = ("cap frame t from sport dport flags seq len label seen needed cause gap_ms rto_ms "
           "srtt_ms rttvar_ms backoff timer late_ms ws40").split()
KINDS = (("TCPTimeouts", "RTO"), ("TCPSynRetrans", "SYNRTX"), ("TCPLossProbes", "TLP"),
         ("TCPFastRetrans", "FAST"), ("TCPSlowStartRetrans", "LOSS"), ("TCPKeepAlive", "KEEPALIVE"),
         ("TCPWinProbe", "ZWP"))
COUNT_LAG = 0.060  # a counter is seen to move at most this much after its frame


class Ranges:
    """Sorted disjoint [from, to) sets of bytes."""

    def __init__(self):
        self.parts = []

    def covered(self, a, b):
        """How many bytes of [a, b) are in."""
        return sum(max(0, min(b, y) - max(a, x)) for x, y in self.parts)

    def add(self, a, b):
        rest = [(x, y) for x, y in self.parts if y < a or x > b]
        joined = [(x, y) for x, y in self.parts if y >= a and x <= b]
        low, high = min([a] + [x for x, _ in joined]), max([b] + [y for _, y in joined])
        self.parts = sorted(rest + [(low, high)])

    def high(self):
        return self.parts[-1][1] if self.parts else None


class Instance:
    """One direction of one connection, in its sender's order."""

    def __init__(self, isn, synack):
        self.isn, self.synack = isn, synack
        self.sent, self.rows, self.high, self.syn_data = Ranges(), [], None, 0


def rel(seq, isn):
    """Signed distance modulo 2^32."""
    return ((int(seq) - isn + 2**31) % 2**32) - 2**31


def annotate(rows):
    """Classifies every transmission of the wire's log. rows: in order of serial."""
    current = {}
    for row in rows:
        row["sent"] = float(row["t"])
        row["outs"] = [float(t) for t in row["out"].split(",") if t]
        if "seq" not in row or row["seq"] == "" or row["action"] == "forged":
            continue
        key = (row["from"], row["sport"], row["dport"])
        flags, length = row["flags"], int(row["len"])
        inst = current.get(key)
        if inst is None or ("S" in flags and inst.isn != int(row["seq"])):
            isn = int(row["seq"]) - (0 if "S" in flags else 1)
            inst = current[key] = Instance(isn, "." in flags)
        row["instance"], row["a"] = inst, rel(row["seq"], inst.isn)
        row["b"] = row["a"] + length + ("S" in flags) + ("F" in flags)
        row["peer"] = current.get((("s" if row["from"] == "c" else "c"), row["dport"],
                                   row["sport"]))
        transmission(row, inst)


def transmission(row, inst):
    """rexmit, probe or orig, and which earlier rows it repeats."""
    a, b, flags = row["a"], row["b"], row["flags"]
    row["kind"], row["repeats"] = "orig", []
    if "R" in flags:
        return
    if b == a:
        if inst.high is not None and a == inst.high - 1 and "." in flags:
            row["kind"] = "probe"
        return
    state_change = "S" in flags and ("." in flags) != inst.synack
    row["repeats"] = [r for r in inst.rows if r["a"] < b and a < r["b"]]
    if row["repeats"] and not state_change:
        row["kind"] = "rexmit"
    if "S" in flags:
        inst.synack, inst.syn_data = "." in flags, int(row["len"])
    inst.rows.append(row)
    inst.sent.add(a, b)
    inst.high = max(b, inst.high if inst.high is not None else b)


def sack_blocks(row, peer):
    """SACK blocks of a row's segment, relative to the peer's ISN."""
    options, at, blocks = tcp_header(bytes.fromhex(row["digest"])), 0, []
    options = options.options if options else b""
    while at + 1 < len(options) and options[at]:
        if options[at] == 1:
            at += 1
            continue
        size = max(options[at + 1], 2)
        if options[at] == 5:
            edges = [int.from_bytes(options[i:i + 4], "big") for i in
                     range(at + 2, min(at + size, len(options)) - 3, 4)]
            blocks += [(rel(x, peer.isn), rel(y, peer.isn)) for x, y in
                       zip(edges[::2], edges[1::2])]
        at += size
    return blocks


def answers(row, rows, side):
    """What the receiver of row sent and the capture of side saw."""
    inst = row["instance"]
    return [r for r in rows if r["from"] != row["from"] and r.get("peer") is inst and
            "." in r["flags"] and "R" not in r["flags"] and (r["from"] == side or r["outs"])]


def has_said(row, answer):
    """The answer shows that the receiver has the bytes of row."""
    inst = row["instance"]
    return rel(answer["ack"], inst.isn) >= row["b"] or \
        any(x <= row["a"] and row["b"] <= y for x, y in sack_blocks(answer, inst))


def says_twice(row, answer):
    """A D-SACK: the first block repeats what the acknowledgment or the second block holds."""
    blocks, ack = sack_blocks(answer, row["instance"]), rel(answer["ack"], row["instance"].isn)
    if not blocks or not blocks[0][0] <= row["a"] < blocks[0][1]:
        return False
    return blocks[0][0] < ack or (len(blocks) > 1 and blocks[1][0] <= blocks[0][0] and
                                  blocks[0][1] <= blocks[1][1])


def needed(row, rows, side):
    """lost: some byte never arrived in an earlier copy. spurious: all had, and what the receiver
    said about it, before this copy came or by D-SACK, passed the capture of side."""
    arrived = Ranges()
    for earlier in row["repeats"]:
        if earlier["outs"]:
            arrived.add(earlier["a"], earlier["b"])
    if arrived.covered(row["a"], row["b"]) < row["b"] - row["a"]:
        # Duplicated by the network as well, it is reported as needless, which cannot be told apart.
        return "lost" if len(row["outs"]) < 2 else "?"
    since = min(min(e["outs"]) for e in row["repeats"] if e["outs"])
    until = min(row["outs"]) if row["outs"] else row["sent"]
    for answer in answers(row, rows, side):
        if since <= answer["sent"] < until and has_said(row, answer) or \
                row["outs"] and answer["sent"] >= until and says_twice(row, answer):
            return "spurious"
    return "?"


class Counters:
    """Which counters moved on a host when."""

    def __init__(self, moved):
        self.steps = {}
        names = dict(KINDS)
        for m in moved:
            if m["counter"] in names:
                self.steps.setdefault(m["side"], {}).setdefault(float(m["t"]), []).append(
                    names[m["counter"]])

    def kinds(self, side, when, wanted):
        """What moved first at or after when, of the wanted kinds."""
        for t in sorted(self.steps.get(side, {})):
            found = [k for k in self.steps[side][t] if k in wanted]
            if when - 0.0005 <= t <= when + COUNT_LAG and found:
                return "+".join(k for _, k in KINDS if k in found)
        return ""


def cause(row, when, counters):
    if row["kind"] == "probe":
        return counters.kinds(row["from"], when, {"KEEPALIVE", "ZWP"}) or "?"
    if "S" in row["flags"]:
        return counters.kinds(row["from"], when, {"SYNRTX", "RTO"}) or "?"
    if all(r["action"] == "too big" for r in row["repeats"]):
        return "PMTU"
    inst = row["instance"]
    if row["a"] == 1 and inst.syn_data and len(row["repeats"]) == 1 and \
            "S" in row["repeats"][0]["flags"]:
        return "TFO"
    return counters.kinds(row["from"], when, {"RTO", "TLP", "FAST", "LOSS"}) or "?"


class View:
    """One capture: its frames joined with the transmissions they are."""

    def __init__(self, side, path, rows):
        self.side, self.frames = side, []
        sent, arrived = {}, {}
        for row in rows:
            if row["from"] == side:
                sent.setdefault(row["digest"], []).append((row, 1))
            for copy, _ in enumerate(sorted(row["outs"]), 1):
                if row["from"] != side:
                    arrived.setdefault(row["digest"], []).append((row, copy))
        for packet in read_pcap(path):
            t = tcp_header(packet.ip)
            queue = t and (sent.get(digest(packet.ip)) or arrived.get(digest(packet.ip)))
            if queue:
                self.frames.append((packet, t, *queue.pop(0)))

    def label(self):
        """(packet, row, label, seen) of every joined frame, in the capture's order."""
        seen = {}
        for packet, _, row, copy in self.frames:
            inst = row.get("instance")
            if inst is None:
                yield packet, row, "forged" if row["action"] == "forged" else "orig", ""
                continue
            passed = seen.setdefault(inst, Ranges())
            a, b, how = row["a"], row["b"], ""
            label = row["kind"]
            if b > a and "R" not in row["flags"]:
                high = passed.high()
                how = "again" if passed.covered(a, b) else \
                    "hole" if high is not None and a < high else "new"
                if label == "orig" and how != "new" and row["from"] != self.side and \
                        not self.state_change(row):
                    label = "reordered"
                passed.add(a, b)
            if copy > 1:
                label = "netdup"
            yield packet, row, label, how

    @staticmethod
    def state_change(row):
        return "S" in row["flags"] and bool(row["repeats"])


def kernel_view(samples, row, when):
    """The sender's last sample before a frame."""
    best, t = {}, 0
    for s in samples:
        at = float(s["t"])
        if s["side"] == row["from"] and t <= at < when and \
                s["local"].endswith(f":{row['sport']}") and \
                s["remote"].endswith(f":{row['dport']}"):
            best, t = s, at
    if not best:
        return {}
    out = {"rto_ms": best.get("rto_ms", ""), "srtt_ms": best.get("rtt_ms", ""),
           "rttvar_ms": best.get("rttvar_ms", ""), "backoff": best.get("backoff", ""),
           "timer": best["timer"]}
    if best["expires_ms"] != "":
        out["late_ms"] = round((when - t) * 1e3 - float(best["expires_ms"]), 1)
    return out


def frame_row(side, packet, row, label, how):
    isn = row["instance"].isn if "instance" in row else None
    return {"cap": side, "frame": packet.frame, "t": f"{packet.time:.6f}", "from": row["from"],
            "sport": row["sport"], "dport": row["dport"], "flags": row["flags"],
            "seq": rel(row["seq"], isn) if isn is not None else "", "len": row["len"],
            "label": label, "seen": how}


def derive(base, log, samples, moved, ws40):
    """Truth rows of base.c.pcap and base.s.pcap. ws40: side → frame → tshark's words, or {}."""
    annotate(log)
    views = [View(side, f"{base}.{side}.pcap", log) for side in ("c", "s")]
    for view in views:
        for packet, _, row, _ in view.frames:
            if row["from"] == view.side:
                row["sent"] = packet.time
    counters, out = Counters(moved), []
    for view in views:
        for packet, row, label, how in view.label():
            words = ws40.get(view.side, {}).get(packet.frame, "")
            if label == "orig" and not words:
                continue
            line = frame_row(view.side, packet, row, label, how)
            line["ws40"] = words or "-"
            if label in ("rexmit", "probe"):
                line["cause"] = cause(row, row["sent"], counters)
                line.update(kernel_view(samples, row, row["sent"] - 0.0005))
            if label == "rexmit":
                line["needed"] = needed(row, log, view.side)
                line["gap_ms"] = round((row["sent"] - row["repeats"][-1]["sent"]) * 1e3, 1)
            out.append(line)
    return out
