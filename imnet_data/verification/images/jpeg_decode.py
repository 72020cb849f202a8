"""Decoding a JPEG strictly at a small scale: every bit of its entropy coding, few of its pixels.

Its header is jpeg_markers.py's; formats other than JPEG are pillow_decode.py's.

Grey at the smallest scale skips most of the inverse transforms and the colours, and finds the same
damage as a full decode (250 photographs in seven kinds of damage: the same counts in each).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import simplejpeg

from imnet_data.verification.images.jpeg_markers import END_MARKER
from imnet_data.verification.images.look import SMALLEST_SIDE

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from imnet_data.verification.images.jpeg_markers import JpegHeader

_BASELINE: Final = 0xC0
_READ_FRAMES: Final = frozenset({_BASELINE, 0xC1, 0xC2, 0xC9, 0xCA})  # Huffman and arithmetic
_LOSSLESS: Final = frozenset({0xC3, 0xCB})
_NO_SAMPLING: Final = "Could not determine subsampling"
_AHEAD_OF_END: Final = "extraneous bytes before marker 0xd9"


@dataclass(slots=True)
class Decoded:
    """The small grey picture with the pixels a cell, or what the decoder said instead.

    The picture has the shape (rows, columns, 1).

    `unknown` says that the decoder does not know the kind, which is no fault of the picture.
    """

    small: NDArray[np.uint8] | None = None
    cell: float = 8.0
    complaint: str = ""
    unknown: bool = False


def decode_jpeg(data: bytes, header: JpegHeader) -> Decoded:
    """Decode a JPEG whose header has been read.

    Raises:
        MemoryError: there is not enough memory for it.
    """
    if not _is_read(data, header):
        return Decoded(unknown=True)
    try:
        return Decoded(_decode(data), _cell(header.width, header.height))
    except ValueError as error:
        return _decode_mended(data, header, str(error))


def _decode_mended(data: bytes, header: JpegHeader, complaint: str) -> Decoded:
    """Decode once more, without what is harmless; the complaint that is left."""
    for _ in _HARMLESS:
        mended = _mended(data, header, complaint)
        if mended is None:
            break
        data = mended
        try:
            return Decoded(_decode(data), _cell(header.width, header.height))
        except ValueError as error:
            complaint = str(error)
    if "Insufficient memory" in complaint:
        raise MemoryError
    return Decoded(complaint=complaint, unknown=_NO_SAMPLING in complaint)


def _decode(data: bytes) -> NDArray[np.uint8]:
    pixels: NDArray[np.uint8] = simplejpeg.decode_jpeg(
        data,
        colorspace="GRAY",
        min_height=SMALLEST_SIDE,
        min_width=SMALLEST_SIDE,
        strict=True,
    )
    return pixels


@lru_cache(maxsize=1024)
def _cell(width: int, height: int) -> float:
    """Pixels a cell: the smallest of libjpeg's scales, n/8, that gives the sides asked for."""
    for eighths in range(1, 8):
        if all(-(-side * eighths // 8) >= min(side, SMALLEST_SIDE) for side in (width, height)):
            return 8 / eighths
    return 1.0


def _is_read(data: bytes, header: JpegHeader) -> bool:
    """Whether it is of a kind that the decoder knows, or of none that the standard has.

    12 bits a sample, lossless and hierarchical JPEGs are legal, and hardly any decoder reads them.
    """
    if header.frame == _BASELINE or header.frame is None or header.coded is None:
        return True
    if header.precision == 12:
        return False  # as it may be, unless baseline
    if header.frame in _LOSSLESS:
        predictor, last = data[header.coded - 3 : header.coded - 1]
        return not (1 <= predictor <= 7 and last == 0)
    return header.frame in _READ_FRAMES or header.precision != 8


# What a strict decoder stops at though every decoder shows the picture whole. It is put right in a
# copy and decoded again, so that damage behind it is still found.


def _with_whole_spectrum(data: bytes, header: JpegHeader) -> bytes | None:
    if header.coded is None:
        return None
    return data[: header.coded - 3] + b"\x00\x3f\x00" + data[header.coded :]


def _with_known_revision(data: bytes, header: JpegHeader) -> bytes | None:
    if header.jfif_at is None:
        return None
    return data[: header.jfif_at + 9] + b"\x01" + data[header.jfif_at + 10 :]


def _with_known_transform(data: bytes, header: JpegHeader) -> bytes | None:
    if header.adobe_at is None:
        return None
    transform = b"\x02" if header.components == 4 else b"\x01"
    return data[: header.adobe_at + 15] + transform + data[header.adobe_at + 16 :]


def _without_padding(data: bytes, header: JpegHeader) -> bytes | None:
    """Without the zeros that some cameras write between the last scan and the end marker."""
    end = data.rfind(END_MARKER)
    scan = data[:end].rstrip(b"\0")
    if end < (header.coded or 0) or len(scan) == end:
        return None
    # A last 0xFF of the scan has a zero of its own behind it.
    return scan + (b"\0" if scan.endswith(b"\xff") else b"") + END_MARKER


_HARMLESS: Final[dict[str, Callable[[bytes, JpegHeader], bytes | None]]] = {
    "Invalid SOS parameters for sequential JPEG": _with_whole_spectrum,
    "unknown JFIF revision": _with_known_revision,
    "Unknown Adobe color transform": _with_known_transform,
    _AHEAD_OF_END: _without_padding,
}


def _mended(data: bytes, header: JpegHeader, complaint: str) -> bytes | None:
    for words, mend in _HARMLESS.items():
        if words in complaint:
            return mend(data, header)
    return None
