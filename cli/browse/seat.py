"""The terminal that the browser draws on, whatever standard output is piped to.

What it needs of one: that it is one, on both sides, and that it can place a cursor. No textual
here: this is asked before it is loaded.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TextIO

from imnet_data.cli.terminal_answers import terminal_of

if TYPE_CHECKING:
    from imnet_data.cli.drawing import Terminal


def why_not() -> str | None:
    """Why there can be no browser here; None where there can."""
    term = os.environ.get("TERM", "")
    if term in ("", "dumb", "unknown"):
        here = term or "unset"
        return f"the browser needs a terminal that can place a cursor, and TERM is {here}"
    if not sys.stdin.isatty() or not (sys.stderr.isatty() or sys.stdout.isatty()):
        return "the browser needs a terminal to draw on and to read keys from"
    return None


def size() -> tuple[int, int]:
    """The terminal's columns and rows; 80 by 24 where it has not told them to the system."""
    try:
        width, height = os.get_terminal_size(stream().fileno())
    except OSError:
        width = height = 0
    # A serial line, or one that a program made, has none at first.
    return width or 80, height or 24


def drawn_on() -> Terminal:
    """How pictures are drawn on the terminal; it is asked, so this comes before the browser."""
    return terminal_of(stream().fileno())


def stream() -> TextIO:
    """Standard error, or where that is no terminal standard output."""
    found = sys.__stderr__ if sys.__stderr__ is not None and sys.__stderr__.isatty() else None
    found = found or sys.__stdout__
    assert found is not None
    return found
