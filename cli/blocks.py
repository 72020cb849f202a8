"""Pictures as block characters: two colours and four quarters a cell, or shades without colour.

Terminals that draw pixels get kitty.py's or sixels.py's.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

if TYPE_CHECKING:
    import numpy.typing as npt
    from PIL.Image import Image

# A bit a quarter: left top 1, right top 2, left bottom 4, right bottom 8. Of two patterns that are
# each other's reverse one is enough, the colours being exchanged.
_GLYPHS = " ▘▝▀▖▌▞▛"
_MEMBERS = np.array([[pattern >> bit & 1 for bit in range(4)] for pattern in range(8)], np.float32)
_SHADES = " .:-=+*#%@"
# Steps of a colour: finer ones are not seen, and fewer colours are more often the same.
_STEP = 4


def block_lines(picture: Image) -> list[list[Segment]]:
    """The lines of a picture of two pixels a cell in either direction.

    Each cell shows the two colours and the one of eight patterns that are nearest to its four
    pixels: twice the detail across of half blocks.
    """
    patterns, fore, back = _nearest(_quarters(picture))
    rows = zip(patterns.tolist(), _packed(fore), _packed(back), strict=True)
    return [
        [
            Segment(_GLYPHS[pattern], _style(*colours))
            for pattern, *colours in zip(*row, strict=True)
        ]
        for row in rows
    ]


def shade_lines(picture: Image) -> list[list[Segment]]:
    """The lines of a picture of a pixel a cell, by characters that are more or less dense."""
    grey = np.asarray(picture.convert("L"), np.int64)
    places = grey * len(_SHADES) // 256
    return [[Segment("".join(_SHADES[place] for place in row))] for row in places.tolist()]


def _quarters(picture: Image) -> npt.NDArray[np.float32]:
    """Shape (rows, columns, 4, 3): the four pixels of each cell, left to right, top to bottom."""
    pixels = np.asarray(picture.convert("RGB"), np.float32)
    high, wide = pixels.shape[0] // 2, pixels.shape[1] // 2
    cells = pixels[: 2 * high, : 2 * wide].reshape(high, 2, wide, 2, 3)
    return cells.transpose(0, 2, 1, 3, 4).reshape(high, wide, 4, 3)


def _nearest(
    quarters: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """The best pattern of each cell with its two colours.

    The squares' sum about two means is least where the means' own squares, each by its number of
    pixels, are greatest.
    """
    inside = np.einsum("pq,rcqk->rcpk", _MEMBERS, quarters)
    outside = quarters.sum(axis=2)[:, :, None] - inside
    number = _MEMBERS.sum(axis=1)[:, None]
    fore = inside / np.maximum(number, 1)
    back = outside / (4 - number)
    gain = (fore * inside).sum(axis=-1) + (back * outside).sum(axis=-1)
    best = gain.argmax(axis=-1)
    chosen = best[:, :, None, None]
    return (
        best,
        np.take_along_axis(fore, chosen, axis=2)[:, :, 0],
        np.take_along_axis(back, chosen, axis=2)[:, :, 0],
    )


def _packed(colours: npt.NDArray[np.float32]) -> list[list[int]]:
    """Each colour as one number, in steps."""
    steps = (colours / _STEP).round().clip(0, 255 // _STEP).astype(np.int64) * _STEP
    steps[steps >= 256 - _STEP] = 255
    packed: list[list[int]] = (steps @ np.array([65536, 256, 1])).tolist()
    return packed


@lru_cache(maxsize=16_384)
def _style(fore: int, back: int) -> Style:
    return Style.from_color(_colour(fore), _colour(back))


@lru_cache(maxsize=8_192)
def _colour(packed: int) -> Color:
    return Color.from_rgb(packed >> 16, packed >> 8 & 255, packed & 255)
