# SPDX-License-Identifier: MIT
"""Test cases as functions, run side by side, reported in TAP in the order they were written.

A case fails by an exception; what it prints into its diagnostics is shown then. Nothing here waits
for a fixed time: a case polls until what it expects is there, or gives up after long.
"""
import concurrent.futures
import os
import sys
import threading
import time
import traceback

PATIENCE = float(os.environ.get("TCPLENS_TEST_PATIENCE", "40"))
CASES = []


class Skip(Exception):
    """The machine cannot run this case: why, in plain words."""


class Failed(Exception):
    pass


def case(title):
    def register(f):
        CASES.append((title, f))
        return f

    return register


def check(condition, what):
    if not condition:
        raise Failed(what)


def equal(got, wanted, what):
    check(got == wanted, f"{what}: got {got!r}, wanted {wanted!r}")


def until(probe, what, patience=None):
    """Polls until probe() is true; returns what it returned."""
    give_up = time.monotonic() + (patience or PATIENCE)
    while True:
        result = probe()
        if result:
            return result
        if time.monotonic() > give_up:
            raise Failed(f"waited in vain for {what}")
        time.sleep(0.05)


def program():
    """The program under test: $TCPLENS, else the one built here."""
    for path in (os.environ.get("TCPLENS"), "src/tcplens", "./tcplens"):
        if path and os.access(path, os.X_OK):
            return os.path.abspath(path)
    sys.exit("Bail out! no program: set TCPLENS or run in the build directory")


def source_dir():
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def run_one(f):
    try:
        f()
        return "ok", None
    except Skip as e:
        return "skip", str(e)
    except Exception:  # noqa: BLE001 - reported
        return "not ok", traceback.format_exc(limit=-4)


def main(workers):
    """Runs the cases named on the command line, or all."""
    chosen = [c for c in CASES if not sys.argv[1:] or c[1].__name__ in sys.argv[1:]]
    print(f"1..{len(chosen)}", flush=True)
    failed = False
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        results = [pool.submit(run_one, f) for _, f in chosen]
        for number, ((title, _), result) in enumerate(zip(chosen, results), 1):
            word, detail = result.result()
            failed |= word == "not ok"
            line = f"{'not ok' if word == 'not ok' else 'ok'} {number} - {title}"
            print(line + (f" # SKIP {detail}" if word == "skip" else ""))
            if word == "not ok":
                print("\n".join("# " + x for x in detail.rstrip().splitlines()))
            sys.stdout.flush()
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            thread.join(5)
    sys.exit(failed)
