# SPDX-License-Identifier: MIT
"""A real terminal for tests: tmux on a socket of its own, so that nobody's tmux is touched."""
import contextlib
import fcntl
import os
import pty
import re
import secrets
import select
import shlex
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import time

from tap import PATIENCE, Failed, Skip, check, equal, until

KEYS = {
    "enter": "Enter",
    "esc": "Escape",
    "up": "Up",
    "down": "Down",
    "pgdn": "NPage",
    "pgup": "PPage",
    "home": "Home",
    "end": "End",
    "tab": "Tab",
    "space": "Space",
    "left": "Left",
    "right": "Right",
    "backspace": "BSpace",
}
FINISHED = "program-ended-with"


class Terminal:
    """Runs a command in a terminal of columns × lines and looks at its screen."""

    def __init__(self, command, columns=80, lines=24, env=None, name="terminal"):
        if not shutil.which("tmux"):
            raise Skip("tmux is not installed")
        self.scratch = tempfile.mkdtemp(prefix="tcplens-ui-")
        self.socket = os.path.join(self.scratch, "s" + secrets.token_hex(3))
        self.name = name
        self.stty = [os.path.join(self.scratch, f"stty{k}") for k in (1, 2)]
        settings = {
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "LANGUAGE": "",
            "TERM": "tmux-256color",
            "HOME": self.scratch,
            "XDG_CONFIG_HOME": self.scratch,
            "NO_COLOR": None,
            "ESCDELAY": None,
            **(env or {}),
        }
        words = " ".join(
            f"-u {k}" if v is None else f"{k}={shlex.quote(v)}"
            for k, v in sorted(settings.items(), key=lambda kv: kv[1] is not None)
        )
        line = command if isinstance(command, str) else shlex.join(command)
        script = (
            f"stty -g > {self.stty[0]}; env {words} sh -c {shlex.quote(line)}; "
            f"printf '\\n{FINISHED} %d\\n' $?; stty -g > {self.stty[1]}; exec sleep 600"
        )
        self.tmux(
            "-u",
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-x",
            columns,
            "-y",
            lines,
            "sh",
            "-c",
            script,
        )
        self.tmux("set", "-g", "status", "off")
        self.tmux("set", "-sg", "escape-time", "10")
        self.resize(columns, lines)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind and issubclass(kind, (Failed, AssertionError)):
            error.args = (f"{error}\n{self.name}'s screen at that moment:\n" + self.text(),)
        self.close()

    def tmux(self, *arguments, check=True):
        done = subprocess.run(
            ["tmux", "-S", self.socket, *map(str, arguments)],
            text=True,
            timeout=60,
            capture_output=True,
            env={**os.environ, "TMUX": "", "LC_ALL": "C.UTF-8"},
        )
        if check and done.returncode != 0:
            raise RuntimeError(f"tmux {arguments[0]}: {done.stderr}")
        return done.stdout

    # ---- looking ----
    def text(self, colours=False):
        return self.tmux("capture-pane", "-p", *(["-e"] if colours else []), check=False)

    def lines(self):
        return self.text().split("\n")

    def shows(self, pattern, patience=None):
        """Waits until a line of the screen matches; returns the match."""
        expression = re.compile(pattern, re.MULTILINE)
        return until(lambda: expression.search(self.text()), f"/{pattern}/", patience)

    def shows_no(self, pattern, patience=None):
        expression = re.compile(pattern, re.MULTILINE)
        until(lambda: not expression.search(self.text()), f"/{pattern}/ to vanish", patience)

    def selected(self):
        """The text of the selected row: the line drawn in reverse below the status line."""
        for line in self.text(colours=True).split("\n")[1:-2]:
            codes = ";".join(re.findall(r"\x1b\[([0-9;]*)m", line)).split(";")
            if "7" in codes or "48" in codes:
                return re.sub(r"\x1b\[[0-9;]*m|[\x0e\x0f]", "", line)
        return ""

    def flag(self, name):
        """One of tmux's own facts about the terminal: alternate_on, cursor_flag, mouse_any_flag."""
        return self.tmux("display", "-p", "#{%s}" % name).strip()

    # ---- doing ----
    def keys(self, *keys):
        for key in keys:
            if key in KEYS:
                self.tmux("send-keys", KEYS[key])
            elif key.startswith("^") and len(key) == 2 or re.fullmatch(r"F\d+", key):
                self.tmux("send-keys", key.replace("^", "C-"))
            else:
                self.tmux("send-keys", "-l", key)

    def raw(self, data):
        """Bytes as a terminal would send them, a mouse report for example."""
        self.tmux("send-keys", "-H", *[f"{b:02x}" for b in data])

    def mouse(self, button, column, line, times=1):
        """A button pressed and let go, as the program asked its terminal to report it; 65 is the
        wheel, down."""
        if self.flag("mouse_sgr_flag") == "1":
            at = f"{column + 1};{line + 1}"
            report = f"\x1b[<{button};{at}M\x1b[<{button};{at}m".encode()
        else:
            at = bytes([33 + column, 33 + line])
            report = b"\x1b[M" + bytes([32 + button]) + at
            report += b"\x1b[M#" + at if button < 3 else b""
        self.raw(report * times)

    def click(self, column, line, times=1):
        self.mouse(0, column, line, times)

    def resize(self, columns, lines):
        self.tmux("resize-window", "-x", columns, "-y", lines)

    def process(self):
        """The process id of the program."""
        shell = self.tmux("display", "-p", "#{pane_pid}").strip()

        def deepest():
            tree = subprocess.run(
                ["ps", "-eo", "pid=,ppid=,comm="], capture_output=True, text=True
            ).stdout
            parents = {}
            for row in tree.splitlines():
                pid, parent, word = row.split(None, 2)
                parents.setdefault(parent, []).append((pid, word.strip()))
            todo = [shell]
            while todo:
                for pid, word in parents.get(todo.pop(), ()):
                    if word.startswith("tcplens"):
                        return int(pid)
                    todo.append(pid)
            return None

        return until(deepest, "the program to run")

    def ended(self, patience=None):
        """Waits for the program's end; returns its exit status."""
        return int(self.shows(FINISHED + r" (\d+)", patience).group(1))

    def stty_pair(self):
        until(lambda: os.path.exists(self.stty[1]) and os.path.getsize(self.stty[1]), "stty")
        return [open(path).read() for path in self.stty]

    def close(self):
        self.tmux("kill-server", check=False)
        give_up = time.monotonic() + PATIENCE
        while os.path.exists(self.socket) and time.monotonic() < give_up:
            if not self.tmux("ls", check=False):
                break
            time.sleep(0.05)
        shutil.rmtree(self.scratch, ignore_errors=True)


class Pty:
    """The program on a pseudo-terminal of our own, to take away and to count bytes on: the
    terminal that it belongs to (own), as in a window."""

    def __init__(self, command, ignore_hangup=False, own=True, env=None):
        master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (24, 80))

        def prepare():
            os.setsid()
            if own:
                fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            if ignore_hangup:
                signal.signal(signal.SIGHUP, signal.SIG_IGN)

        self.settings = tempfile.mkdtemp(prefix="tcplens-ui-")
        self.before = termios.tcgetattr(slave)
        self.name = os.ttyname(slave)
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            preexec_fn=prepare,
            env={
                **os.environ,
                "TERM": "xterm-256color",
                "LC_ALL": "C.UTF-8",
                "XDG_CONFIG_HOME": self.settings,
                **(env or {}),
            },
        )
        os.close(slave)
        self.master = master

    def read(self, wait):
        """What the program writes until it is silent for `wait` seconds."""
        got = b""
        while select.select([self.master], [], [], wait)[0]:
            try:
                piece = os.read(self.master, 65536)
            except OSError:
                break
            if not piece:
                break
            got += piece
        return got

    def draws(self, what):
        """Waits until it has drawn a screen with that."""
        drawn = b""

        def seen():
            nonlocal drawn
            drawn += self.read(0)
            check(self.process.poll() is None, f"the program runs on after {drawn!r}")
            return b"\x1b[" in drawn and what.encode() in drawn

        until(seen, f"{what} on a screen")

    def wake_ups(self):
        """How often each thread went to sleep, and was interrupted: the screen's and the
        capture's, not those of a sanitizer."""
        threads = {}
        for task in os.listdir(f"/proc/{self.process.pid}/task"):
            # A thread that ends meanwhile wakes up no more.
            with contextlib.suppress(FileNotFoundError, ProcessLookupError), open(
                f"/proc/{self.process.pid}/task/{task}/status"
            ) as f:
                name, *rest = f.read().splitlines()
                if task == str(self.process.pid) or name.endswith("capture"):
                    threads[task] = [int(s.split()[1]) for s in rest if "ctxt_switches" in s]
        return threads

    def waiting(self):
        """Bytes that the program has written and nobody has read."""
        return struct.unpack("i", fcntl.ioctl(self.master, termios.FIONREAD, bytes(4)))[0]

    def fill(self):
        """Has the screen drawn again and again until the terminal, which nobody reads, takes no
        more."""
        slave = os.open(self.name, os.O_RDWR | os.O_NOCTTY)

        def full():
            os.write(self.master, b"\x0c")
            return not select.select([], [slave], [], 0)[1]

        until(full, "the terminal to be full")
        os.close(slave)

    def restored(self):
        equal(termios.tcgetattr(self.master), self.before, "the terminal's settings")

    def hang_up(self):
        os.close(self.master)
        self.master = -1

    def end(self):
        if self.master >= 0:
            self.hang_up()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(30)
        shutil.rmtree(self.settings, ignore_errors=True)


def check_idle(p, threads=1):
    """Nothing changes: nothing is written, and there are no wake-ups but the clock's."""
    p.draws("tcplens")
    p.read(2)
    before, begun = p.wake_ups(), time.monotonic()
    equal(p.read(4), b"", "bytes written while nothing changed")
    after, seconds = p.wake_ups(), time.monotonic() - begun
    check(p.process.poll() is None, "the program runs on")
    equal(len(after), threads, "threads")
    slept = sum(sum(n) for n in after.values()) - sum(sum(n) for n in before.values())
    check(slept / seconds < 8, f"wake-ups in {seconds:.1f} s: {before} became {after}")
