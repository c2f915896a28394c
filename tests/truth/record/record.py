#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Records captures with their truth: record.py [-j N] [-s SNAPLEN] DIR [KIND…].

Runs each scenario with the real kernel at both ends of the wire, as root, in namespaces of its
own. Writes KIND-VARIANT.{c,s}.pcap, .truth.tsv, .ss.tsv, .mib.tsv, .wire.tsv and .log into DIR.
"""

import argparse
import multiprocessing
import os
import signal
import sys
import time
import traceback

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]

import opening  # noqa: E402, F401
import peers  # noqa: E402
import transfer  # noqa: E402, F401
import truth  # noqa: E402
from capture import write_tsv  # noqa: E402
from lab import Lab  # noqa: E402
from sampler import COLUMNS, MIB_COLUMNS, Sampler  # noqa: E402
from scenario import KINDS, VARIANTS  # noqa: E402
from wire import LOG_COLUMNS, Wire, log_rows  # noqa: E402

SETTLE = 0.3  # seconds after the scenario for the last packets


def child(work):
    """(process, pipe with its answer): runs work(send) in a process of its own."""
    receive, send = multiprocessing.Pipe(False)
    p = multiprocessing.get_context("fork").Process(target=work, args=(send,), daemon=True)
    p.start()
    return p, receive


def start(lab):
    """Wire and sampler as processes; (stop, collect)."""
    commands, lab.forger = os.pipe()
    stopped, stop = os.pipe()
    sampler = Sampler((lab.c, lab.s))

    def run_wire(send):
        wire = Wire(lab)
        wire.loop(commands)
        send.send(log_rows(wire))

    def run_sampler(send):
        sampler.loop(stopped)
        send.send((sampler.rows, sampler.moved))
    jobs = [child(run_wire), child(run_sampler)]

    def collect():
        lab.command("stop")
        os.write(stop, b"x")
        return [receive.recv() for _, receive in jobs]
    return collect


def record(base, kind, variant, snaplen):
    """One scenario from nothing to files."""
    setup, options = KINDS[kind]
    args = dict(VARIANTS[kind][variant])
    lab = Lab(offload="offload" in options)
    try:
        work = setup(lab, **args)
        captures = []

        def begin():
            captures.extend(h.capture(f"{base}.{h.side}.pcap", snaplen=snaplen)
                            for h in (lab.c, lab.s))
        lab.start_capture = begin
        if not lab.late_capture:
            begin()
        collect = start(lab)
        keep = work()  # sockets stay open until everything is collected
        time.sleep(SETTLE)
        for c in captures:  # ended before the wire: all that is captured must be in its log
            c.send_signal(signal.SIGINT)
            c.wait()
        log, (samples, moved) = collect()
        del keep
        write(base, lab, log, samples, moved)
    finally:
        lab.remove()


def write(base, lab, log, samples, moved):
    ws40 = {}
    for side in ("c", "s"):
        frames = peers.tshark_frames(f"{base}.{side}.pcap") or {}
        ws40[side] = {f: ",".join(sorted(w.replace("-", "_") for w in words))
                      for f, (_, words, _) in frames.items()}
    rows = truth.derive(base, log, samples, moved, ws40)
    write_tsv(base + ".truth.tsv", truth.COLUMNS, rows)
    write_tsv(base + ".ss.tsv", COLUMNS, samples)
    write_tsv(base + ".mib.tsv", MIB_COLUMNS, moved)
    write_tsv(base + ".wire.tsv", LOG_COLUMNS[:-1], log)
    with open(base + ".log", "w", encoding="utf-8") as f:
        f.writelines(line + "\n" for line in lab.log)


def job(args):
    base, kind, variant, snaplen = args
    began = time.time()
    try:
        record(base, kind, variant, snaplen)
    except Exception:  # one scenario's failure must not end the others
        return f"FAILED {os.path.basename(base)}\n{traceback.format_exc()}"
    return f"{os.path.basename(base)} {time.time() - began:.1f} s"


def spawn(task):
    """The task in a process that may have children (a pool's may not)."""
    receive, send = multiprocessing.Pipe(False)
    p = multiprocessing.Process(target=lambda: send.send(job(task)))
    p.start()
    return p, receive


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-j", type=int, default=4, help="so many scenarios at once")
    parser.add_argument("-s", type=int, default=0, help="snap length")
    parser.add_argument("--variants", help="comma-separated numbers from 0")
    parser.add_argument("dir")
    parser.add_argument("kinds", nargs="*")
    opt = parser.parse_args()
    os.makedirs(opt.dir, exist_ok=True)
    tasks = []
    for kind in opt.kinds or KINDS:
        for variant in range(len(VARIANTS[kind])):
            if not opt.variants or str(variant) in opt.variants.split(","):
                tasks.append((os.path.join(opt.dir, f"{kind}-{variant}"), kind, variant, opt.s))
    running, failed = [], 0
    while tasks or running:
        while tasks and len(running) < opt.j:
            running.append(spawn(tasks.pop(0)))
        for p, receive in list(running):
            if receive.poll(0.05):
                line = receive.recv()
                failed += line.startswith("FAILED")
                print(line, flush=True)
                p.join()
                running.remove((p, receive))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
