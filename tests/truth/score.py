#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures tcplens against recorded truth.

score.py --tcplens PROGRAM DIR [NAME…] runs PROGRAM on every NAME.c.pcap and NAME.s.pcap of DIR,
compares what it says with NAME.truth.tsv and NAME.ss.tsv, and prints one line per capture and the
totals. -v lists every mismatch. The exit status is 1 when a total misses its threshold.
"""

import argparse
import concurrent.futures
import glob
import os
import sys

sys.dont_write_bytecode = True

import figures
import peers
from capture import read_tsv
from figures import Figure

# name, heading, what it measures, threshold (None: for information)
FIGURES = (
    ("label", "label", "labels of special segments", 0.99),
    ("worse", "vs40", "rows tshark 4.0 labels rightly", 1.0),
    ("cause", "cause", "causes of retransmissions", 0.97),
    ("needed", "needed", "needed or spurious, where known", 0.97),
    ("never", "nospur", "never spurious for a needed one", 1.0),
    ("rto", "rto", "RTO within 10 % or a jiffy of the kernel's", 0.95),
    ("firing", "firing", "next firing within the interval shown", 0.95),
    ("state", "state", "states of both ends", 0.99),
    ("tshark", "tshark", "frames equal to tshark, ordinary captures", 0.995),
    ("listed", "listed", "differences to tshark with a written reason", 1.0),
    ("count", "counts", "connections and frames as tshark and tcptrace count", None),
)


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tcplens", required=True, help="the program to measure")
    parser.add_argument("-v", "--verbose", action="store_true", help="list every mismatch")
    parser.add_argument("--tap", action="store_true", help="Test Anything Protocol, thresholds")
    parser.add_argument("--no-peers", action="store_true", help="without tshark and tcptrace")
    parser.add_argument("--only", help="comma-separated figures to list with -v")
    parser.add_argument("dir")
    parser.add_argument("names", nargs="*")
    return parser.parse_args()


def names_in(directory, wanted):
    found = sorted({os.path.basename(p).rsplit(".truth.tsv", 1)[0]
                    for p in glob.glob(os.path.join(directory, "*.truth.tsv"))})
    return [n for n in found if not wanted or any(n == w or n.startswith(w) for w in wanted)]


def judge(case, truth, opt):
    """All figures of one capture, by name; absent ones are missing."""
    out = {"label": figures.judge_label(case), "worse": figures.judge_worse(case),
           "cause": figures.judge_cause(case), "rto": figures.judge_rto(case),
           "firing": figures.judge_firing(case), "state": figures.judge_state(case)}
    out["needed"], out["never"] = figures.judge_needed(case)
    reasons = {}
    frames = None if opt.no_peers else peers.tshark_frames(case.path)
    if frames is not None:
        equal, reasons, unexplained = peers.compare(case, frames)
        if peers.ordinary(truth):
            out["tshark"] = equal
        out["listed"] = Figure()
        for frame, what in unexplained:
            out["listed"].count(False, frame, what)
        out["listed"].total += sum(reasons.values()) - len(unexplained)
        out["listed"].right += sum(reasons.values()) - len(unexplained)
        if not opt.tap:
            out["count"] = count(case, frames)
    return out, reasons


def count(case, frames):
    """Connections and their frames beside the two tools' counts."""
    figure = Figure()
    ours = sorted(c["c2s"]["segments"] + c["s2c"]["segments"] for c in case.report.conns.values())
    streams = len({stream for stream, _, _ in frames.values()})
    figure.count(len(ours) == streams, "tshark", f"{len(ours)} connections, tshark {streams}")
    theirs = sorted(peers.conversation_frames(case.path) or [])
    figure.count(ours == theirs, "conv,tcp", f"frames {ours}, tshark {theirs}")
    traced = peers.tcptrace_count(case.path)
    if traced is not None:
        figure.count(len(ours) == traced, "tcptrace", f"{len(ours)} connections, tcptrace {traced}")
    return figure


def cell(figure):
    if figure is None or not figure.total:
        return "-"
    return f"{figure.right}/{figure.total}"


def print_bad(label, out, only):
    for name, figure in out.items():
        if not only or name in only:
            for where, what in figure.bad:
                print(f"    {label} {name} {where}: {what}")


def captures(opt):
    """(label, path, side, truth, samples) of every capture that is wanted."""
    for name in names_in(opt.dir, opt.names):
        base = os.path.join(opt.dir, name)
        truth = read_tsv(base + ".truth.tsv")
        samples = read_tsv(base + ".ss.tsv") if os.path.exists(base + ".ss.tsv") else []
        for side in ("c", "s"):
            path = f"{base}.{side}.pcap"
            if os.path.exists(path):
                yield f"{name}.{side}", path, side, truth, samples


def score_one(opt, path, side, truth, samples):
    """(figures, reasons, None), or (None, None, why the program failed)."""
    report, error = figures.run_tcplens(opt.tcplens, path)
    if report is None:
        return None, None, error
    return *judge(figures.Case(side, path, report, truth, samples), truth, opt), None


def score(opt):
    """Totals by figure, reasons, and captures the program failed on."""
    totals, all_reasons, failed = {}, {}, []
    if not opt.tap:
        print(f"{'capture':32}" + "".join(f"{h:>9}" for _, h, _, _ in FIGURES))
    wanted = list(captures(opt))
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        scored = pool.map(lambda c: score_one(opt, *c[1:]), wanted)
        for (label, *_), (out, reasons, error) in zip(wanted, scored):
            if error:
                failed.append(f"{label}: {error}")
                continue
            for key, figure in out.items():
                totals.setdefault(key, Figure()).add(figure, f"{label} ")
            for why, n in reasons.items():
                all_reasons[why] = all_reasons.get(why, 0) + n
            if not opt.tap:
                print(f"{label:32}" + "".join(f"{cell(out.get(n)):>9}" for n, _, _, _ in FIGURES))
            if opt.verbose:
                print_bad(label, out, opt.only and opt.only.split(","))
    return totals, all_reasons, failed


def reached(figure, threshold):
    return threshold is None or figure.total == 0 or figure.share() >= threshold


def print_totals(totals, reasons, failed):
    print()
    for name, _, what, threshold in FIGURES:
        figure = totals.get(name)
        if figure is None:
            print(f"  absent  {what}: no tool to compare with")
            continue
        mark = "      " if threshold is None else \
            "ok    " if reached(figure, threshold) else "MISSED"
        share = "-" if figure.share() is None else f"{figure.share() * 100:.2f} %"
        need = "" if threshold is None else f", need {threshold * 100:.1f} %"
        print(f"  {mark}  {what}: {figure.right}/{figure.total} = {share}{need}"
              f"{f' ({figure.excused} excused)' if figure.excused else ''}")
    if reasons:
        print("  reasons of the differences to tshark: " +
              ", ".join(f"{why} {n}" for why, n in sorted(reasons.items(), key=lambda r: -r[1])))
    for line in failed:
        print(f"  FAILED  {line}")


def print_tap(totals, failed):
    rows = [row for row in FIGURES if row[3] is not None]
    print(f"1..{len(rows) + 1}")
    for line in failed:
        print(f"# {line}")
    print(f"{'not ' if failed else ''}ok 1 - every capture is read")
    for i, (name, _, what, threshold) in enumerate(rows, 2):
        figure = totals.get(name)
        if figure is None:
            print(f"ok {i} - {what} # SKIP without tshark")
            continue
        good = reached(figure, threshold)
        print(f"{'' if good else 'not '}ok {i} - {what}: {figure.right} of {figure.total}")
        if not good:
            for where, why in figure.bad[:40]:
                print(f"# {where}: {why}")


def main():
    opt = options()
    if not names_in(opt.dir, opt.names):
        sys.exit(f"score.py: no captures with truth in {opt.dir}")
    totals, reasons, failed = score(opt)
    if opt.tap:
        print_tap(totals, failed)
        return 0
    print_totals(totals, reasons, failed)
    good = all(reached(totals[n], t) for n, _, _, t in FIGURES if n in totals)
    return 0 if good and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
