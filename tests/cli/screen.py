#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs a command in a terminal of its own until the key q has ended it; standard error stays ours.

The exit status is the command's.
"""
import os
import pty
import select
import sys

error = os.dup(2)
child, terminal = pty.fork()
if child == 0:
    os.dup2(error, 2)
    os.execvp(sys.argv[1], sys.argv[1:])
while True:
    try:
        if select.select([terminal], [], [], 0.2)[0] and not os.read(terminal, 65536):
            break
        os.write(terminal, b"q")
    except OSError:  # the command has ended
        break
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
