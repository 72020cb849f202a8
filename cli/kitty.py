"""Pictures by kitty's graphics protocol, placed by placeholder characters, as text is.

Whether a terminal draws them is terminal_answers.py's. The protocol, with the table of marks:
https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders
"""

from __future__ import annotations

import base64
import io
import secrets
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Final

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from imnet_data.cli.drawing import Drawn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image

_PLACEHOLDER: Final = chr(0x10EEEE)
# The combining marks that number rows and columns, in the protocol's order: the first of each run
# in hexadecimal, and how many there are.
_MARKS: Final = """
305 30d+2 310 312 33d+3 346 34a+3 350+3 357 35b 363+13 483+5 592+4 597+3 59c+6 5a8+2 5ab+2 5af 5c4
610+8 657+5 65d+2 6d6+7 6df+4 6e4 6e7+2 6eb+2 730 732+2 735+2 73a 73d 73f+3 743 745 747 749+2 7eb+7
7f3 816+4 81b+9 825+3 829+5 951 953+2 f82+2 f86+2 135d+3 17dd 193a 1a17 1a75+8 1b6b 1b6d+7 1cd0+3
1cda+2 1ce0 1dc0+2 1dc3+7 1dcb+2 1dd1+22 1dfe 20d0+2 20d4+4 20db+2 20e1 20e7 20e9 20f0 2cef+3
2de0+32 a66f a67c+2 a6f0+2 a8e0+18 aab0 aab2+2 aab7+2 aabe+2 aac1 fe20+7 10a0f 10a38 1d185+5
1d1aa+4 1d242+3
"""
_CHUNK = 4096
# A picture's number is the colour of its placeholders. It starts anywhere, so that two programs in
# one terminal seldom have the same, and stays clear of the plain colours.
_numbers = count(secrets.randbelow(1 << 22) + (1 << 20))


def kitty_drawn(picture: Image, width: int, height: int) -> Drawn:
    """A picture of the size that `width` by `height` cells have, sent as PNG."""
    number = next(_numbers) % (1 << 24)
    marks = _marks()
    width, height = min(width, len(marks)), min(height, len(marks))
    style = Style.from_color(Color.from_rgb(number >> 16, number >> 8 & 255, number & 255))
    lines = [
        [Segment("".join(f"{_PLACEHOLDER}{marks[row]}{mark}" for mark in marks[:width]), style)]
        for row in range(height)
    ]
    placed = f"\x1b_Ga=p,U=1,q=2,i={number},c={width},r={height}\x1b\\"
    before = "".join(_sent(picture, number)) + placed
    return Drawn(width, height, lines, before, after=f"\x1b_Ga=d,d=I,q=2,i={number}\x1b\\")


def _sent(picture: Image, number: int) -> Iterator[str]:
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    data = base64.b64encode(file.getvalue()).decode("ascii")
    for start in range(0, len(data), _CHUNK):
        head = f"f=100,q=2,i={number}," if start == 0 else ""
        more = int(start + _CHUNK < len(data))
        yield f"\x1b_G{head}m={more};{data[start : start + _CHUNK]}\x1b\\"


@cache
def _marks() -> str:
    found = []
    for run in _MARKS.split():
        first, _, length = run.partition("+")
        found += [chr(int(first, 16) + at) for at in range(int(length or 1))]
    return "".join(found)
