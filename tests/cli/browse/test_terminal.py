"""The browser as a program: on a terminal that pipes its output on, and where there is none."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
from fcntl import ioctl
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import child, command_line, environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A colour as the foreground or the ground; 39 and 49 are the terminal's own.
_COLOUR = re.compile(rb"\x1b\[(?:\d+;)*(?:[34][0-8]|9[0-7]|10[0-7])(?:;\d+)*m")


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Both ends of a terminal of 100x30."""
    outer, inner = pty.openpty()
    ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    yield outer, inner
    os.close(outer)
    os.close(inner)


def _seen(outer: int, text: bytes) -> bytes:
    """What is drawn until a text is."""
    drawn = b""
    while text not in drawn:
        assert select.select([outer], [], [], 60)[0], drawn[-2000:]
        part = os.read(outer, 65536)
        if b"\x1b[c" in part:
            os.write(outer, b"\x1b[?62;22c")  # a terminal without graphics
        drawn += part
    return drawn


def test_the_screen_is_on_the_terminal_and_the_expression_in_the_pipe(
    catalogue: Path, terminal: tuple[int, int]
) -> None:
    outer, inner = terminal
    process = subprocess.Popen(
        command_line("-c", catalogue, "browse", "dog"),
        stdin=inner, stdout=subprocess.PIPE, stderr=inner,
        env=environment(TERM="xterm-256color", NO_COLOR="1"),
    )  # fmt: skip
    with process:
        try:
            drawn = _seen(outer, b" images of ")
            # As wide as the terminal, whatever the pipe is: in 80 columns is no room for this.
            assert b" Panel" in drawn
            os.write(outer, b" ")
            drawn += _seen(outer, b", 4 classes")
            assert not _COLOUR.search(drawn)  # NO_COLOR: weight and reverse alone
            os.write(outer, b"q")
            while process.poll() is None:  # a terminal that nobody reads would hold it up
                if select.select([outer], [], [], 0.05)[0]:
                    os.read(outer, 65536)
        finally:
            process.kill()
        assert process.stdout is not None
        assert process.stdout.read() == b"dog.n.01\n"
    assert process.returncode == 0


def test_it_ends_with_its_terminal_though_no_signal_tells_it_to(catalogue: Path) -> None:
    outer, inner = pty.openpty()
    # As on a terminal that is not the process's own: closing it sends no SIGHUP.
    process = subprocess.Popen(
        command_line("-c", catalogue, "browse", "dog"),
        stdin=inner, stdout=subprocess.DEVNULL, stderr=inner,
        env=environment(TERM="xterm-256color"),
    )  # fmt: skip
    with process:
        try:
            os.close(inner)
            _seen(outer, b" images of ")
            os.close(outer)
            assert process.wait(60) == 128 + signal.SIGHUP
        finally:
            process.kill()


@pytest.mark.parametrize("term", ["dumb", "xterm-256color"])
def test_what_cannot_be_a_screen_gets_a_sentence_and_the_tree(
    term: str, terminal: tuple[int, int]
) -> None:
    # Without a terminal at all, and on one that can only write line after line.
    stdin = terminal[1] if term == "dumb" else subprocess.DEVNULL
    done = child("browse", "hot dog", stdin=stdin, env=environment(TERM=term))
    assert done.returncode == 2
    assert done.stdout == b""
    said = done.stderr.decode().splitlines()
    assert said[0].startswith("imnet-data: the browser needs a terminal")
    assert said[1:] == ["try: imnet-data tree 'hot dog'"]
