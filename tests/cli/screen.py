#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs a command in a terminal of its own. Standard error and the exit status are the command's.

Usage: screen.py WORD COMMAND...: once the word is on the screen, the key q ends the command.
"""
import os
import pty
import select
import sys

word = sys.argv[1].encode()
error = os.dup(2)
child, terminal = pty.fork()
if child == 0:
    os.dup2(error, 2)
    os.execvp(sys.argv[2], sys.argv[2:])
output = b""
while True:
    try:
        if select.select([terminal], [], [], 0.2)[0]:
            output += os.read(terminal, 65536)
        if word in output:
            os.write(terminal, b"q")
    except OSError:  # the command has ended
        break
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
