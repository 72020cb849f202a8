"""Sizes of images as a small picture: how many are how wide and how high, counted in cells.

Counting holds one array of cells, whatever the number of images; bars are chart_svg.py's.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# Cells an octave, and the octaves: sides from 1 to 65,535 pixels, which is all that a JPEG can say.
_CELLS = 6
_OCTAVES = 16
_SIDE = _CELLS * _OCTAVES
_PIXELS = 9
_LEFT, _TOP, _BELOW = 56, 10, 40
_RIGHT = 90


class SizeChart:
    """Counts sizes, then draws them; both axes are logarithmic."""

    def __init__(self) -> None:
        self._cells = np.zeros((_SIDE, _SIDE), np.int64)
        self.images = 0

    def add(self, sizes: Iterable[tuple[int, int] | None]) -> None:
        """Count some sizes, each (width, height) in pixels; None is not counted."""
        known = np.array([size for size in sizes if size is not None], np.float64).reshape(-1, 2)
        if not len(known):
            return
        places = np.floor(np.log2(np.maximum(known, 1)) * _CELLS).astype(np.int64)
        wide, high = np.minimum(places, _SIDE - 1).T
        flat = np.bincount(wide * _SIDE + high, minlength=_SIDE * _SIDE)
        self._cells += flat.reshape(_SIDE, _SIDE)
        self.images += len(known)

    def svg(self) -> str:
        """The chart, '' where nothing was counted."""
        if not self.images:
            return ""
        used = np.flatnonzero(self._cells.any(axis=0) | self._cells.any(axis=1))
        # Whole octaves, and never fewer than three, so that one size alone is no lone square.
        first, last = used[0] // _CELLS, max(used[-1] // _CELLS + 1, used[0] // _CELLS + 3)
        low, cells = int(first) * _CELLS, int(last - first) * _CELLS
        side = cells * _PIXELS
        width, height = _LEFT + side + _RIGHT, _TOP + side + _BELOW
        return "".join(
            (
                f'<svg class="sizes" viewBox="0 0 {width} {height}" style="max-width:{width}px"',
                ' role="img" aria-label="Images by width and height">',
                *_axes(range(int(first), int(last) + 1), side),
                '<g class="cells">',
                *self._squares(low, cells),
                "</g></svg>",
            )
        )

    def _squares(self, low: int, cells: int) -> Iterator[str]:
        most = math.log1p(int(self._cells.max()))
        for wide, high in zip(*np.nonzero(self._cells), strict=True):
            images = int(self._cells[wide, high])
            x = _LEFT + (int(wide) - low) * _PIXELS
            y = _TOP + (cells - 1 - int(high) + low) * _PIXELS
            # Logarithmic, as few sizes have most of the images; the rarest must still be seen.
            strength = 0.15 + 0.85 * math.log1p(images) / most
            yield (
                f'<rect x="{x}" y="{y}" width="{_PIXELS}" height="{_PIXELS}" '
                f'fill-opacity="{strength:.2f}"><title>{_span(int(wide))} x {_span(int(high))} '
                f"pixels: {images:,}</title></rect>"
            )


def _span(cell: int) -> str:
    """The whole numbers of pixels in a cell."""
    start = math.ceil(2 ** (cell / _CELLS) - 1e-9)
    end = math.ceil(2 ** ((cell + 1) / _CELLS) - 1e-9) - 1
    return f"{start:,}" if end <= start else f"{start:,}–{end:,}"  # noqa: RUF001 - a range's dash


def _axes(octaves: Sequence[int], side: int) -> Iterator[str]:
    for at, octave in enumerate(octaves):
        x, y = _LEFT + at * _CELLS * _PIXELS, _TOP + side - at * _CELLS * _PIXELS
        yield f'<path class="grid" d="M{x} {_TOP}V{_TOP + side}M{_LEFT} {y}H{_LEFT + side}"/>'
        yield f'<text class="tick" x="{_LEFT - 8}" y="{y + 4}">{2**octave:,}</text>'
        yield f'<text class="tick middle" x="{x}" y="{_TOP + side + 16}">{2**octave:,}</text>'
    yield f'<text class="axis" x="{_LEFT}" y="{_TOP + side + 34}">width in pixels, across; '
    yield "height, upwards</text>"
