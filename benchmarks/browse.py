"""How fast the browser answers, seen from the terminal's side, on a catalogue of any size.

    python -m benchmarks.browse --images 200000
    python -m benchmarks.browse --catalogue imagenet.db     one that is there, of any size

A pseudo-terminal of 140x45 that answers what terminals are asked. `first paint` is the time from
the start of Python to the panels being drawn, beside it that of a textual app with nothing in it;
a key's time lasts from its being pressed to the first answer on the screen.
"""

from __future__ import annotations

import argparse
import os
import pty
import re
import resource
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from fcntl import ioctl
from pathlib import Path
from typing import TYPE_CHECKING

import imnet_data
from benchmarks.synthetic import write_release

if TYPE_CHECKING:
    from collections.abc import Sequence

ROWS, COLUMNS = 45, 140
EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("classes")
Empty().run()
"""
UP, DOWN, PAGE_UP, PAGE_DOWN = "\x1b[A", "\x1b[B", "\x1b[5~", "\x1b[6~"
HOME, END, ENTER, INTERRUPT = "\x1b[H", "\x1b[F", "\r", "\x03"
# What is pressed turn by turn, how often, and what it is called; each waits for the one before.
START = "mammal.n.01"
KEYS = (
    ("down, up", DOWN + "," + UP, 20), ("close, open", ENTER + "," + ENTER, 10),
    ("page down, page up", PAGE_DOWN + "," + PAGE_UP, 10),
    ("to the end, to the start", END + "," + HOME, 10),
    ("mark in, mark off", " , ", 10), ("all nouns, with images", "t,t", 10),
)  # fmt: skip
WORDS = ("dog", "water", "s", "machine")
_CONTROL = re.compile(rb"\x1b\[[0-9;?]*[a-zA-Z]|\x1b\][^\x07]*\x07")


class Seat:
    """A program on a pseudo-terminal, and somebody who reads it and presses keys."""

    def __init__(self, command: Sequence[str]) -> None:
        self._outer, inner = pty.openpty()
        ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        environment = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            command, stdin=inner, stdout=inner, stderr=inner, env=environment
        )
        os.close(inner)

    def press(self, key: str) -> None:
        os.write(self._outer, key.encode())

    def read(self, wait_s: float) -> bytes:
        """What is drawn next; b"" after so long without anything."""
        if not select.select([self._outer], [], [], wait_s)[0]:
            return b""
        try:
            drawn = os.read(self._outer, 1 << 16)
        except OSError:  # Linux: the other side is closed
            return b""
        if b"\x1b[c" in drawn:
            self.press("\x1b[?62;22c")
        return drawn

    def until(self, text: bytes, wait_s: float = 60.0) -> float:
        """When a text is drawn, in seconds from now."""
        start, seen = time.perf_counter(), b""
        while text not in _CONTROL.sub(b"", seen):
            if time.perf_counter() - start > wait_s:
                raise self._given_up(text.decode())
            seen += self.read(0.05)
        return time.perf_counter() - start

    def answer(self, key: str, quiet_s: float = 0.4) -> float:
        """From a key to the first thing that is drawn; then waits until nothing more is."""
        while self.read(quiet_s):
            pass
        start = time.perf_counter()
        self.press(key)
        if not self.read(5.0):
            raise self._given_up(f"no answer to {key!r}")
        return time.perf_counter() - start

    def _given_up(self, what: str) -> TimeoutError:
        self.process.kill()
        return TimeoutError(what)

    def memory_bytes(self) -> int:
        """The most that it held so far."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        return int(found[1]) * 1024 if found else 0

    def leave(self, key: str) -> None:
        self.press(key)
        while self.process.poll() is None:
            self.read(0.05)
        os.close(self._outer)


def line(what: str, times: Sequence[float], aim_ms: int) -> None:
    """The median, the worst, and what they are to stay below."""
    ms = [1e3 * one for one in times]
    print(f"{what:34}{statistics.median(ms):>10.0f}{max(ms):>10.0f}{aim_ms:>10}")


def measure(path: Path, runs: int) -> None:
    """All figures of one catalogue."""
    browse = [sys.executable, "-m", "imnet_data.cli", "-c", str(path), "browse"]
    print(f"{'ms':34}{'median':>10}{'worst':>10}{'aim':>10}")
    empty, first, ready, counted = [], [], [], []
    for _ in range(runs):
        seat = Seat([sys.executable, "-c", EMPTY])
        empty.append(seat.until(b"classes"))
        seat.leave("\x11")
        seat = Seat(browse)
        first.append(seat.until(b"details"))
        ready.append(first[-1] + seat.until(b"Search"))
        counted.append(ready[-1] + seat.until(b" images of "))
        seat.leave(INTERRUPT)
    line("an empty textual app's first paint", empty, 500)
    line("first paint", first, 500)
    line("textual's own first paint", ready, 500)
    line("all counted", counted, 2000)
    seat = Seat([*browse, START])
    seat.until(b" images of ")
    for name, key, times in KEYS:
        turns = key.split(",")
        line(name, [seat.answer(turns[at % 2]) for at in range(times)], 50)
    seat.answer("/")
    line("a letter in search", [seat.answer(sign) for word in WORDS for sign in typed(word)], 100)
    print(f"memory at most: {seat.memory_bytes() / 1e6:.0f} MB (aim: 200)")
    seat.leave(INTERRUPT)
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"processor time of all of it: {spent.ru_utime + spent.ru_stime:.1f} s")


def typed(word: str) -> Sequence[str]:
    """A word's letters, and the key that takes them all away."""
    return [*word, "\x15"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--images", type=int, default=200_000)
    parser.add_argument("--catalogue", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where the files are written, and removed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        path = arguments.catalogue
        if path is None:
            path = Path(name) / "imagenet.db"
            write_release(Path(name) / "fall11_whole.tar", arguments.images)
            with imnet_data.open(path, create=True) as catalogue:
                catalogue.index(Path(name) / "fall11_whole.tar")
        measure(path, arguments.runs)


if __name__ == "__main__":
    main()
