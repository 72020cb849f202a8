"""How large a picture may be to be decoded: a small file can promise any number of pixels.

What is over a bound is found `huge`, and is not decoded.
"""

from __future__ import annotations

from typing import Final

UNUSUAL_PIXELS: Final = 89_478_485
"""A picture of more is `huge`: Pillow warns of a decompression bomb from there on. ImageNet's
largest has some 20 million. No format but JPEG is decoded beyond it: Pillow holds it whole, at up
to 4 bytes a pixel."""

MOST_JPEG_PIXELS: Final = 200_000_000
"""A JPEG of one scan is decoded row by row at an eighth of its size, in a second or two."""

_MOST_COEFFICIENT_BYTES: Final = 512 << 20
"""Several scans are gathered in memory before a pixel is made, at two bytes a sample."""

_MOST_SCANNED_SAMPLES: Final = 4_000_000_000
"""Each scan goes over the whole picture and may be a few bytes long: their number needs a bound."""


def over_pixels(most: int) -> str:
    """Why a picture of more pixels than that is not decoded."""
    return f"not decoded: more than {most:,} pixels"


def over_scans(samples: int, scans: int) -> str | None:
    """Why a JPEG of several scans is not decoded, or None; `samples` are those of one scan."""
    if 2 * samples > _MOST_COEFFICIENT_BYTES:
        return f"not decoded: {samples:,} samples in several scans"
    if samples * scans > _MOST_SCANNED_SAMPLES:
        return f"not decoded: {scans:,} scans of {samples:,} samples"
    return None
