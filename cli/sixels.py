"""Pictures as sixels, six rows of pixels a band, in up to 256 colours of the picture's own.

Whether a terminal draws them is terminal_answers.py's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image as Pillow

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    from PIL.Image import Image

_BAND = 6
_COLOURS = 256
_LONG_RUN = re.compile(rb"(.)\1{3,}")


def sixels(picture: Image) -> str:
    """The control sequence that draws a picture in RGB, its left top at the cursor."""
    # Octrees take 1 ms for a thumbnail, the median cut 50, and at 256 colours look the same.
    reduced = picture.quantize(_COLOURS, method=Pillow.Quantize.FASTOCTREE)
    pixels = np.asarray(reduced)
    palette = np.array(reduced.getpalette(), np.int64).reshape(-1, 3)
    parts = [f'\x1bPq"1;1;{picture.width};{picture.height}', *_colours(palette)]
    parts += [_band(pixels[top : top + _BAND]) for top in range(0, len(pixels), _BAND)]
    return "".join((*parts, "\x1b\\"))


def _colours(palette: npt.NDArray[np.int64]) -> Iterator[str]:
    """The colours' definitions, of which each part is a percentage."""
    for at, (red, green, blue) in enumerate(((palette * 100 + 127) // 255).tolist()):
        yield f"#{at};2;{red};{green};{blue}"


def _band(rows: npt.NDArray[np.uint8]) -> str:
    """Six rows: for each colour in them, which of the six pixels of a column are in it."""
    present, places = np.unique(rows, return_inverse=True)
    places = places.reshape(rows.shape)
    bits = np.zeros((len(present), rows.shape[1]), np.uint8)
    columns = np.arange(rows.shape[1])
    for row, colours in enumerate(places):
        bits[colours, columns] |= np.uint8(1 << row)
    lines = []
    for colour, line in zip(present.tolist(), bits, strict=True):
        signs = (line + np.uint8(63)).tobytes().rstrip(b"?")
        lines.append(f"#{colour}{_LONG_RUN.sub(_run, signs).decode('ascii')}")
    return "$".join(lines) + "-"


def _run(found: re.Match[bytes]) -> bytes:
    return b"!%d%c" % (len(found[0]), found[1][0])
