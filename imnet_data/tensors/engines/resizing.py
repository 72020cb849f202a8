"""Resizing and cutting by Pillow: the pixels of `resize()` and then `crop()`, in less time.

Decoding is decoding.py's; which part of a picture is taken is geometry.py's.

Pillow resizes across and then down, rounding between. The two are asked for one by one here, so
that what the crop leaves out is not made: nearly half of the work downwards, an eighth to a third
of that across. Anything cleverer was measured to be off by a grey level here and there: a box of
the crop alone is exact only where its edges, in pixels of the picture, are numbers that single
precision holds, which Pillow keeps a box in.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from PIL import Image

from imnet_data.errors import PictureRefused
from imnet_data.tensors.engines.engine import MOST_PIXELS
from imnet_data.tensors.geometry import Filter

if TYPE_CHECKING:
    from imnet_data.tensors.geometry import Window

PILLOW_FILTERS: Final = {
    Filter.BILINEAR: Image.Resampling.BILINEAR,
    Filter.BICUBIC: Image.Resampling.BICUBIC,
}
# How many pixels a filter reaches to either side, where it does not make smaller (Resample.c).
_REACH: Final = {Filter.BILINEAR: 1.0, Filter.BICUBIC: 2.0}


def check_size(window: Window) -> None:
    """That a picture does not become too large, as one of 1 x 10,000 pixels would.

    Raises:
        PictureRefused: it would.
    """
    width, height = window.size
    if width * height > MOST_PIXELS:
        raise PictureRefused(f"it would have {width:,} x {height:,} pixels when resized: too many")


def plainly(picture: Image.Image, window: Window, side: int, kind: Filter) -> Image.Image:
    """A window as Pillow gives it with no shortcut: the oracle's.

    Raises:
        PictureRefused: it would become too large.
    """
    check_size(window)
    left, top, right, bottom = map(int, window.box)
    part = picture.crop((left, top, right, bottom))
    # Pillow alone would give a copy of it: torchvision asks it for nothing.
    if part.size != window.size:
        part = part.resize(window.size, PILLOW_FILTERS[kind])
    x, y = window.corner
    return part.crop((x, y, x + side, y + side))


def cut(picture: Image.Image, window: Window, side: int, kind: Filter) -> Image.Image:
    """A window of a picture in RGB, as `plainly()` gives it.

    Raises:
        PictureRefused: it would become too large.
    """
    width, height = picture.size
    is_whole = window.box == (0, 0, width, height)
    # A drawn box becomes the output itself: nothing of it is left out.
    if not is_whole or _may_be_resized_down_first(width, height, window.size):
        return plainly(picture, window, side, kind)
    check_size(window)
    down = _Axis(height, window.size[1], window.corner[1], side)
    across = _Axis(width, window.size[0], window.corner[0], side)
    first, last = down.reach(_REACH[kind])
    needed = picture.crop((0, first, width, last))
    resampling = PILLOW_FILTERS[kind]
    return down.rows(across.columns(needed, resampling), first, resampling)


def _may_be_resized_down_first(width: int, height: int, size: tuple[int, int]) -> bool:
    """Whether Pillow takes the rows first, as it does since 13.0 (its pull request 9549).

    That is where more is taken off the height than twice what is off the width: with a short side
    of the same size, a picture that is more than twice as high as wide.
    """
    shorter, narrower = height - size[1], width - size[0]
    return shorter > 0 and shorter > 2 * narrower


class _Axis:
    """One direction: `source` pixels resized to `size`, of which `side` from `corner` on are asked.

    Pillow takes an edge of a box as a number of single precision. Where both edges are such
    numbers, and so is every step between (a size that is a power of two), the asked ones can be
    made alone and are the same to the last bit.
    """

    __slots__ = ("corner", "is_exact", "side", "size", "source", "step")

    def __init__(self, source: int, size: int, corner: int, side: int) -> None:
        self.source, self.size, self.corner, self.side = source, size, corner, side
        self.step = source / size
        power_of_two = size & (size - 1) == 0
        self.is_exact = power_of_two and _is_single(self._edge(0)) and _is_single(self._edge(side))

    def _edge(self, at: int) -> float:
        return (self.corner + at) * self.step

    def reach(self, support: float) -> tuple[int, int]:
        """From which to which pixel of the source anything asked for is made, with one to spare."""
        around = support * max(self.step, 1.0) + 1.5
        first, last = self._edge(0) - around, self._edge(self.side) + around
        return max(int(first), 0), min(int(last) + 1, self.source)

    def columns(self, picture: Image.Image, resampling: Image.Resampling) -> Image.Image:
        """A picture of as many rows, resized and cut across."""
        rows = picture.height
        if self.source == self.size:
            return picture.crop((self.corner, 0, self.corner + self.side, rows))
        if self.is_exact:
            box = (self._edge(0), 0, self._edge(self.side), rows)
            return picture.resize((self.side, rows), resampling, box)
        whole = picture.resize((self.size, rows), resampling)
        return whole.crop((self.corner, 0, self.corner + self.side, rows))

    def rows(self, picture: Image.Image, first: int, resampling: Image.Resampling) -> Image.Image:
        """A picture of the rows from the source's `first` on, resized and cut downwards."""
        width, height = picture.size
        if self.source == self.size:
            return picture.crop((0, self.corner - first, width, self.corner - first + self.side))
        if self.is_exact:
            box = (0, self._edge(0) - first, width, self._edge(self.side) - first)
            return picture.resize((width, self.side), resampling, box)
        if height < self.source:
            # The rows that no asked one is made of may hold anything.
            within = picture
            picture = Image.new("RGB", (width, self.source))
            picture.paste(within, (0, first))
        whole = picture.resize((width, self.size), resampling)
        return whole.crop((0, self.corner, width, self.corner + self.side))


def _is_single(number: float) -> bool:
    return bool(struct.unpack("f", struct.pack("f", number))[0] == number)
