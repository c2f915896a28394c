#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""reader: runs a program with a small pipe as its standard output.

	reader late|never|leaves PROGRAM ARGUMENT...

late: the pipe does not block; reads only when it is full, and prints everything. never: sends SIGTERM
when the pipe is full and reads nothing. leaves: closes its end when the pipe is full. The exit status
is the program's.
"""

import array
import fcntl
import os
import signal
import subprocess
import sys
import termios
import time

PIPE_BYTES = 4096
DEADLINE = 60  # seconds


def waiting(fd):
    """Bytes in the pipe."""
    count = array.array("i", [0])
    fcntl.ioctl(fd, termios.FIONREAD, count)
    return count[0]


def wait_until_full(fd, child):
    end = time.monotonic() + DEADLINE
    while waiting(fd) < PIPE_BYTES and child.poll() is None and time.monotonic() < end:
        time.sleep(0.01)


def main():
    how, *command = sys.argv[1:]
    source, sink = os.pipe()
    fcntl.fcntl(sink, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    os.set_blocking(sink, how != "late")
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sink) as child:
        os.close(sink)
        wait_until_full(source, child)
        if how == "late":
            while data := os.read(source, PIPE_BYTES):
                sys.stdout.buffer.write(data)
        elif how == "never":
            child.send_signal(signal.SIGTERM)
        else:
            os.close(source)
        try:
            return child.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            child.kill()
            return 255


if __name__ == "__main__":
    sys.exit(main())
