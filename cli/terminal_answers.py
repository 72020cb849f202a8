"""Asking a terminal what it can draw and how large its cells are, before anything else reads it.

Drawing is drawing.py's.
"""

from __future__ import annotations

import os
import re
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from imnet_data.cli.drawing import CELL_PX, Terminal, Way

if TYPE_CHECKING:
    from collections.abc import Iterator

# One question for kitty's graphics, one for the cells' size in pixels, and one that every terminal
# answers: what comes before that answer is all that will come. The first has the key of placement
# by characters, which kitty before 0.28 does not take, and so does not answer.
_KITTY = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24,U=1;AAAA\x1b\\"
_CELLS = "\x1b[16t"
_ATTRIBUTES = "\x1b[c"
_ANSWERED = re.compile(rb"\x1b\[\?([\d;]*)c")
_CELLS_ARE = re.compile(rb"\x1b\[6;(\d+);(\d+)t")
# Across the world and back; a terminal that answers nothing costs this once.
_PATIENCE_S = 0.5


def terminal_of(out_fd: int | None, *, in_fd: int | None = None) -> Terminal:
    """What the terminal behind a file descriptor can draw; blocks where it does not say.

    Its answers are read from `in_fd`, standard input if None: ask before something else reads
    from there. NO_COLOR and TERM=dumb have shades, without asking.
    """
    if os.environ.get("NO_COLOR") or os.environ.get("TERM", "dumb") == "dumb":
        return Terminal(Way.SHADES)
    in_fd = _standard_input() if in_fd is None else in_fd
    if in_fd is None or out_fd is None or not (os.isatty(in_fd) and os.isatty(out_fd)):
        return Terminal()
    answer = _asked(in_fd, out_fd)
    return _told(answer, _cells_by_system(out_fd))


def _told(answer: bytes, cells: tuple[int, int] | None) -> Terminal:
    r"""What a terminal's answers come to.

    >>> _told(b"\x1b[6;18;9t\x1b[?62;4;22c", None)
    Terminal(way=<Way.SIXEL: 'sixel'>, cell_width_px=9, cell_height_px=18)
    """
    if found := _CELLS_ARE.search(answer):
        cells = int(found[2]), int(found[1])
    width, height = cells or (0, 0)
    if not (2 <= width <= 200 and 2 <= height <= 400):
        width, height = CELL_PX
    attributes = _ANSWERED.search(answer)
    # A placeholder's colour is its picture's number, so every one has to reach the terminal.
    in_full_colour = os.environ.get("COLORTERM", "") in ("truecolor", "24bit")
    if b"\x1b_Gi=31;OK" in answer and in_full_colour and not _no_placeholders():
        return Terminal(Way.KITTY, width, height)
    if attributes and b"4" in attributes[1].split(b";"):
        return Terminal(Way.SIXEL, width, height)
    return Terminal(Way.BLOCKS, width, height)


def _no_placeholders() -> bool:
    """Whether it is one that knows kitty's graphics, but not as characters: both draw sixels."""
    return "KONSOLE_VERSION" in os.environ or os.environ.get("TERM_PROGRAM") == "WezTerm"


def _asked(in_fd: int, out_fd: int) -> bytes:
    if os.environ.get("TERM") == "linux":
        return b""  # the console of a machine without windows shows what it does not understand
    # So does macOS's with the first question alone.
    first = "" if os.environ.get("TERM_PROGRAM") == "Apple_Terminal" else _KITTY
    try:
        with _unechoed(in_fd):
            os.write(out_fd, f"{first}{_CELLS}{_ATTRIBUTES}".encode("ascii"))
            return _read_answer(in_fd)
    except OSError:
        return b""


def _read_answer(fd: int) -> bytes:
    import select  # noqa: PLC0415 - only where a terminal is asked

    answer = b""
    until = time.monotonic() + _PATIENCE_S
    while not _ANSWERED.search(answer):
        left = until - time.monotonic()
        if left <= 0 or not select.select([fd], [], [], left)[0]:
            break
        part = os.read(fd, 1024)
        if not part:
            break
        answer += part
    return answer


@contextmanager
def _unechoed(fd: int) -> Iterator[None]:
    """The terminal gives every sign at once, and shows none of them."""
    import termios  # noqa: PLC0415 - only where a terminal is asked
    import tty  # noqa: PLC0415

    try:
        before = termios.tcgetattr(fd)
        tty.setcbreak(fd, termios.TCSANOW)
    except termios.error as error:
        raise OSError(*error.args) from error
    try:
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSANOW, before)


def _cells_by_system(fd: int) -> tuple[int, int] | None:
    """The cells' size as the system knows it, where the terminal told it."""
    import fcntl  # noqa: PLC0415 - only where a terminal is asked
    import struct  # noqa: PLC0415
    import termios  # noqa: PLC0415

    try:
        rows, columns, width, height = struct.unpack(
            "4H", fcntl.ioctl(fd, termios.TIOCGWINSZ, bytes(8))
        )
    except OSError:
        return None
    return (width // columns, height // rows) if rows and columns else None


def _standard_input() -> int | None:
    try:
        return None if sys.__stdin__ is None else sys.__stdin__.fileno()
    except (OSError, ValueError):
        return None
