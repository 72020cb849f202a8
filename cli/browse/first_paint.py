"""The empty panels, drawn before textual is loaded: half of a second is long to look at nothing.

textual draws over them what they hold.
"""

from __future__ import annotations

from typing import TextIO

from imnet_data.cli.screen import elide

# From 110 columns on there are two panels of one width, from 60 on the left one is wider.
_WIDE, _NARROW = 110, 60
_LEAST = 4  # in fewer columns nothing can be told
_ALTERNATE, _HIDE, _HOME = "\x1b[?1049h", "\x1b[?25l", "\x1b[H\x1b[2J"
LEAVE = "\x1b[?1049l\x1b[?25h"


def draw(stream: TextIO, title: str, size: tuple[int, int]) -> None:
    """Draw the empty panels on a terminal of that size; `LEAVE` takes them away again."""
    width, height = max(size[0], _LEAST), size[1]
    stream.write(_ALTERNATE + _HIDE + _HOME + "\r\n".join(lines(title, width, height)))
    stream.flush()


def lines(title: str, width: int, height: int) -> list[str]:
    """The lines, each as wide as the screen.

    >>> lines("reading", 62, 6)[2]
    '┃  reading WordNet …             ┃│                          │'
    """
    left = width // 2 if width >= _WIDE else width * 55 // 100 if width >= _NARROW else width
    right = width - left
    first = _row("  reading WordNet …", left, right)
    middle = [first, *[_row("", left, right)] * max(height - 6, 0)]
    return [
        f" {elide(title, width - 2)}".ljust(width),
        _edge(" classes ", left, "┏━┓") + _edge(" details ", right, "╭─╮"),
        *middle[: max(height - 5, 1)],
        _edge("", left, "┗━┛") + _edge("", right, "╰─╯"),
    ]


def _edge(title: str, width: int, signs: str) -> str:
    if not width:
        return ""
    line = signs[1]
    return signs[0] + (line + title if title else "").ljust(width - 2, line) + signs[2]


def _row(text: str, left: int, right: int) -> str:
    beside = f"│{'':{right - 2}}│" if right else ""
    return f"┃{text:{left - 2}}┃{beside}"
